"""One history, however it is worked out: compiled or plain, on one thread or many, stored in any order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation import Scenario, World, simulate
from simulation.levers import LEVERS
from simulation.run import settle
from simulation.scenario_parts import Policy

CASES = [
    pytest.param("baseline", None, 60, 0.5, id="england"),
    pytest.param("the-visit", None, 80, 0.5, id="a_year_in with the visit"),
    pytest.param("independent-advocates", None, 80, 0.4, id="a_year_in with advocates"),
    pytest.param("helping-services", 4, 60, 0.5, id="england with helping services"),
]


def busy() -> Scenario:
    """A world in which every lever has moved to an end of its range, so that rare branches of the rule are lived."""
    policies = [
        Policy(name, "set", lever.high if lever.high > 0.0 else lever.low, start=1 + place % 3)
        for place, (name, lever) in enumerate(LEVERS.items())
        if lever.scope == "person"
    ]
    policies.append(Policy("public_stigma", "set", 0.9, start=2))
    # At the top of their range reviews and seals come after years: here they come soon.
    sooner = {"review_date": 6.0, "seal_records": 10.0, "just_officers": 0.5, "just_handling": 0.5, "stage_aware_policing": 0.5}
    changed = [replace(one, value=sooner.get(one.lever, one.value)) for one in policies]
    return replace(Scenario.load("baseline"), policies=tuple(changed), own_experience=1.0)


RARE = {
    "justified_flag": 0.03, "offence_rate": 0.75, "detection": 0.09, "conviction": 0.9, "custody_base": 0.45,
    "custody_weeks": 9.0, "onset_rate": 0.00015, "move": 0.003, "homeless_on": -6.7, "turning_points": 0.09,
    "unjustified_flag_rate": 0.03, "kin_contagion": 0.0003, "service_entry": 0.03, "death_use": 10.0,
}  # fmt: skip


@pytest.mark.parametrize(("name", "start", "people", "years"), CASES)
def test_compiled_and_plain_give_the_same_history(lived, same, early, name, start, people, years):
    """People, ties, weekly table and events agree to the last bit."""
    plan = early(name, start) if start is not None else name
    panel = (0, 1, round(years * 52))
    same(
        lived(plan, people, years, panel=panel, threads=1),
        lived(plan, people, years, panel=panel, threads=1, engine="plain"),
    )


def test_compiled_and_plain_give_the_same_history_where_much_happens(lived, same):
    """Also with every lever pulled and every rare thing as likely as its range allows."""
    one = lived(busy(), 60, 0.6, seed=3, assumptions=RARE, threads=2)
    other = lived(busy(), 60, 0.6, seed=3, assumptions=RARE, threads=2, engine="plain")
    same(one, other)
    happened = set(one.events["event"].unique())
    assert {"flag_on", "flag_off", "service_start", "custody_start", "custody_end", "moved", "record_off"} <= happened


def test_compiled_and_plain_leave_the_same_ties():
    """Who holds a place with whom, what they call it, and which kin have turned away."""
    worlds = [World(Scenario.load("the-visit").with_settings(people=80), 2, engine=engine) for engine in ("compiled", "plain")]
    for _ in range(12):
        for world in worlds:
            world.step()
    one, other = (world.ties for world in worlds)
    for name in ("kin", "estranged", "others", "kind"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@pytest.mark.parametrize("plan", ["baseline", "the-visit"])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_a_history(lived, same, plan, threads):
    """One, two and three threads live the same lives."""
    panel = (0, 60, 104)
    same(lived(plan, 601, 2, panel=panel, threads=1), lived(plan, 601, 2, panel=panel, threads=threads))


@pytest.mark.parametrize("order", ["backwards", "shuffled"])
@pytest.mark.parametrize("plan", ["baseline", "the-visit"])
def test_the_order_in_which_people_are_stored_does_not_change_a_history(lived, same, plan, order):
    """Everything is keyed by permanent ids, never by a place in a list."""
    stored = np.arange(601)[::-1] if order == "backwards" else np.random.default_rng(5).permutation(601)
    panel = (0, 60, 104)
    other = simulate(plan, people=601, years=2, seed=1, panel=panel, threads=2, stored=stored)
    same(lived(plan, 601, 2, panel=panel, threads=1), other)


def test_policies_for_some_people_hold_in_any_order_of_storing(same):
    """Covers, places and reach follow people, not rows."""
    plan = replace(
        Scenario.load("baseline"),
        policies=(
            Policy("hope_coaching", "set", 1.0, start=3, whom="recovering", covers=0.5),
            Policy("independent_advocate", "set", 1.0, start=3, whom="has_record", places=20),
        ),
    )
    one, other = (
        simulate(plan, people=400, years=1, seed=4, stored=stored, threads=threads)
        for stored, threads in ((None, 1), (np.random.default_rng(6).permutation(400), 3))
    )
    same(one, other)
    assert one.reach == other.reach


def test_the_same_seed_gives_the_same_history_and_another_seed_another(lived, same):
    """A seed names the people and their luck."""
    one = lived("baseline", 300, 1, threads=2)
    same(one, simulate("baseline", people=300, years=1, seed=1))
    other = simulate("baseline", people=300, years=1, seed=2)
    assert same.differences(one, other)


def test_nobody_lives_by_the_luck_of_another():
    """Whatever a state set from outside asks for is drawn for that person: a stay in a service without a problem too."""
    plan = Scenario.load("baseline").with_settings(people=40)
    worlds = [
        World(plan, 1, threads=1), World(plan, 1, threads=3), World(plan, 1, engine="plain"),
        World(plan, 1, stored=np.arange(40)[::-1]),
    ]  # fmt: skip
    for world in worlds:
        without = (world.people["use"] == 0) & (world.people["offending"] == 0) & (world.people["mental_health"] == 0)
        world.people["service"][without] = 1
        world.touch()
        for _ in range(12):
            world.step()
    stays = [world.snapshot()["service"].tolist() for world in worlds]
    assert stays[1:] == stays[:1] * 3
    assert 0 < sum(stays[0]) < 40


@pytest.mark.parametrize("plan", ["baseline", "independent-advocates"])
def test_a_world_that_begins_from_a_kept_start_is_the_same_world(lived, same, plan):
    """Settling once for several worlds saves time and changes nothing."""
    start = settle(plan, people=300, seed=1)
    same(lived(plan, 300, 1, threads=1), simulate(plan, people=300, years=1, seed=1, start=start))
