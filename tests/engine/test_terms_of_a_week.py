"""A week taken apart is the week that is lived: its terms say what happens, in either engine, and looking changes nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulation import Scenario, World, settle, week
from simulation.diary import DECIDED_GRADUALLY, DECIDED_SUDDENLY, DOMAIN_NAMES, LAPSE, RELAPSE
from simulation.mechanisms import LAYERS, MECHANISMS
from simulation.scenario_parts import Policy
from simulation.state import DOMAINS
from simulation.terms import before_conduct, in_terms

OFTEN = {"lapse_offending": -4.0, "justified_flag": 0.03, "unjustified_flag_rate": 0.03, "homeless_on": -6.7}
WORDS_OF = {"lapse": LAPSE, "relapse": RELAPSE, "deciding": DECIDED_GRADUALLY}
EVERYONE = range(120)

PLANS = {
    "everything": {},
    "a policy": {"policies": (Policy("check_ups", "set", 1.0, start=1), Policy("hope_coaching", "set", 1.0, start=1))},
    "the null layer": {"layer": "null"},
    "half off": {"switch_off": tuple(MECHANISMS)[::2]},
    "the other half off": {"switch_off": tuple(MECHANISMS)[1::2]},
    "areas": {"areas": ({"name": "home", "risk": 0.7}, {"name": "coast", "risk": -0.4})},
}


def world_of(changes: dict, engine: str) -> World:
    plan = replace(Scenario.load("the-visit"), people=120, years=1, own_experience=1.0, **changes)
    return World(plan, 4, engine=engine, assumptions=OFTEN, start=settle(plan, seed=4, assumptions=OFTEN))


def judged_now(world: World) -> dict:
    """What everyone is judged by in the coming week, by person and domain."""
    moments = before_conduct(world, EVERYONE)
    return {(person, domain): one for domain in DOMAINS for person, one in in_terms(moments, domain).items()}


class Overhearing:
    """What the plain rule asks of `happens` and `logistic` in step 12, as it lives: the first answer a person and domain."""

    def __init__(self, patch) -> None:
        self.asked: dict[tuple[int, str], float] = {}
        self._now: tuple[int, str] | None = None
        for domain in DOMAINS:
            patch.setattr(week, f"course_of_{domain}", self._course(domain, getattr(week, f"course_of_{domain}")))
        patch.setattr(week, "happens", self._heard(week.happens, 1))
        patch.setattr(week, "chance_of_relapse", self._odds(week.chance_of_relapse))

    def _course(self, domain, own):
        def course(person, *rest):
            self._now = (person.person, domain)
            found = own(person, *rest)
            self._now = None
            return found

        return course

    def _heard(self, own, place):
        def heard(*given):
            if self._now is not None:
                self.asked[self._now] = given[place]
            return own(*given)

        return heard

    def _odds(self, own):
        def chance_of(*given):
            chance = own(*given)
            self.asked[self._now] = math.log(chance / (1.0 - chance))
            return chance

        return chance_of


@pytest.mark.parametrize("changes", PLANS.values(), ids=PLANS)
def test_terms_sum_to_what_the_plain_rule_asks_while_it_lives(monkeypatch, changes):
    """What a week of the world itself asks is overheard: the terms sum to it, and nobody else is asked."""
    world = world_of(changes, "plain")
    total = 0
    for _ in range(5):
        found = judged_now(world)
        with monkeypatch.context() as patch:
            overhearing = Overhearing(patch)
            world.step()
        asked = overhearing.asked
        sums = {key: math.fsum(one.terms.values()) for key, one in found.items()}
        assert set(asked) <= set(sums)
        assert {key: sums[key] for key in asked} == pytest.approx(asked, rel=0, abs=1e-12)
        # Whoever takes a turning point is asked for nothing more.
        assert {found[key].kind for key in set(sums) - set(asked)} <= {"deciding"}
        total += len(asked)
    assert total > 500


@pytest.mark.parametrize("changes", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("engine", ["compiled", "plain"])
def test_what_happens_follows_from_the_terms_and_the_luck(changes, engine):
    """In a world as it is lived, the event of each person comes where their luck lies below the chance of their terms."""
    world = world_of(changes, engine)
    happened = 0
    for _ in range(30 if engine == "compiled" else 6):
        found = judged_now(world)
        lived = world.step()
        events = set(zip(lived.person.tolist(), lived.event.tolist(), lived.domain.tolist(), strict=True))
        for (person, domain), one in found.items():
            number = DOMAIN_NAMES.index(domain)
            total = math.fsum(one.terms.values())
            chance = week.logistic(total) if one.kind == "relapse" else week.cloglog(total)
            expected = one.luck < chance and (person, DECIDED_SUDDENLY, number) not in events
            assert ((person, WORDS_OF[one.kind], number) in events) == expected
            happened += expected
    assert happened > (20 if engine == "compiled" else 0)


def test_looking_at_a_week_changes_nothing_about_it():
    one, other = (world_of(PLANS["a policy"], "compiled") for _ in range(2))
    for _ in range(6):
        before_conduct(one, EVERYONE)
        before_conduct(one, [3])
        lived = [world.step() for world in (one, other)]
        for name in ("person", "event", "domain", "detail", "cause", "value"):
            assert np.array_equal(*(getattr(events, name) for events in lived)), name
        people = [world.snapshot() for world in (one, other)]
        assert [name for name in people[0].dtype.names if people[0][name].tobytes() != people[1][name].tobytes()] == []


def test_a_moment_is_the_middle_of_the_week_not_its_start():
    """Distress has moved by step 12, and what a lapse then costs has not."""
    world = world_of({}, "compiled")
    world.step()
    before, moments = world.snapshot(), before_conduct(world, EVERYONE)
    world.step()
    after = world.snapshot()
    moved = [person for person, moment in moments.items() if moment.person.distress != before["distress"][person]]
    assert len(moved) > 60
    lapsed = [person for person in moments if after["count_lapses"][person] > before["count_lapses"][person]]
    assert lapsed
    for person, moment in moments.items():
        assert moment.person.distress == after["distress"][person]
        if person in lapsed and after["identity"][person] > 0.0:
            assert moment.person.identity > after["identity"][person]


def test_the_dead_are_judged_by_nothing():
    world = world_of({}, "compiled")
    world.people["alive"][world.row_of[7]] = 0
    world.touch()
    assert 7 not in before_conduct(world, EVERYONE)


def test_a_term_switched_off_is_nothing():
    """The null layer has liability and duration, and no weight of anybody else."""
    found = judged_now(world_of({"layer": "null"}, "compiled"))
    assert "peers" in LAYERS["null"]
    lapses = [one for one in found.values() if one.kind == "lapse" and one.domain == "use"]
    assert {one.terms["homelessness"] for one in lapses} == {0.0}
    assert {one.terms["other_domains"] for one in lapses} == {0.0}
    assert len({one.terms["liability"] for one in lapses}) > 10
