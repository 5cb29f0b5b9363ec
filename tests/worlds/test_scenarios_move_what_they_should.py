"""Each shipped scenario moves what its lever is for, and moves it no more once the mechanism that it works by is off.

Small paired worlds: the same people, the same luck, one start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pytest

from simulation import Scenario, settle, simulate
from simulation.scenario_files import shipped_scenarios

SEED = 11
PEOPLE = 1200
OWN_EXPERIENCE = 0.8

UP, DOWN = 1, -1


@dataclass(frozen=True)
class Move:
    """What a scenario must move, against which base, by which week, and what must stop it.

    `column` is a state or total of people, whose sum over everybody must rise or fall (`sign`). `off` and `without` are
    mechanisms switched off and assumptions set in both worlds, after which it must stay as it is; where there are none, the
    lever changes the column itself. `assume` are assumptions of every world.
    """

    scenario: str
    base: str
    column: str
    sign: int
    week: int
    off: tuple[str, ...] = ()
    without: Mapping[str, float] = field(default_factory=dict)
    assume: Mapping[str, float] = field(default_factory=dict)


NO_FEAR = ("label_exposure", "flag_distress")
NO_ROLES = ("roles", "tie_changes")

MOVES = (
    Move("review-dates", "the-visit", "anticipated_stigma", DOWN, 30, off=NO_FEAR),
    Move("just-policing", "the-visit", "distress", DOWN, 6, off=("flag_distress",)),
    Move("just-officers", "the-visit", "weeks_flagged", DOWN, 30, off=("advocacy",)),
    Move("independent-advocates", "the-visit", "weeks_flagged", DOWN, 30, off=("advocacy",)),
    Move("independent-advocates-five-years", "the-visit-five-years", "weeks_flagged", DOWN, 60, off=("advocacy",)),
    Move("accountable-policing", "the-visit", "anticipated_stigma", DOWN, 30, off=("advocacy",)),
    Move("spoken-for", "the-visit", "anticipated_stigma", DOWN, 30, off=NO_FEAR),
    Move("the-visit", "a-year-in", "self_stigma", UP, 20, off=(*NO_FEAR, "deterrence", "kin_contagion", "rejection")),
    Move("the-visit-five-years", "a-year-in", "self_stigma", UP, 20, off=(*NO_FEAR, "deterrence", "kin_contagion", "rejection")),
    Move("more-arrests", "baseline", "anticipated_stigma", UP, 156, off=NO_FEAR),
    Move("records-sealed", "leaving-prison", "anticipated_stigma", DOWN, 208, off=NO_FEAR),
    Move("employers-not-asking", "employers-asking", "work", UP, 26, without={"role_barrier": 0.0}),
    Move("supported-employment", "leaving-prison", "identity", UP, 52, off=NO_ROLES),
    Move("skills-training", "leaving-prison", "weeks_roles", UP, 52, without={"role_skills": 0.0}),
    Move("volunteering-posts", "a-year-in", "identity", UP, 52, off=NO_ROLES),
    Move("parenting-support", "leaving-prison", "family", UP, 26, off=("institution_penalty",)),
    Move("a-downturn", "baseline", "identity", DOWN, 130, off=NO_ROLES),
    Move("relocation", "entering-treatment", "exposure", DOWN, 8, off=("location",)),
    Move("relocation-with-community", "relocation", "community", UP, 52, off=("location",)),
    Move("leaving-associates", "entering-treatment", "degree", DOWN, 78, off=("tie_changes",)),
    Move("contact-campaign", "a-year-in", "social_capital", UP, 52, off=("rejection",)),
    Move("public-stigma-falling", "baseline", "anticipated_stigma", DOWN, 156, off=("label_exposure",)),
    Move("public-stigma-halved", "baseline", "anticipated_stigma", DOWN, 156, off=("label_exposure",)),
    Move("housing-first", "leaving-prison", "sum_distress", DOWN, 52, off=("homelessness", "tie_changes")),
    Move("services-that-obstruct", "first-episode", "hope", DOWN, 104, off=("services",)),
    Move("helping-services", "baseline", "hope", UP, 156, off=("services", "tie_changes")),
    Move("services-for-more", "baseline", "hope", UP, 156, off=("services", "tie_changes")),
    Move("mental-health-services-for-more", "first-episode", "weeks_service", UP, 52),
    Move("mental-health-services-for-more", "first-episode", "diagnosis", UP, 104, off=("services",)),
    Move("coercion", "baseline", "anticipated_stigma", UP, 104, off=("services",)),
    Move("hope-coaching", "entering-treatment", "count_decisions", UP, 52, off=("hope",)),
    Move("treat-symptoms", "first-episode", "sum_distress", DOWN, 78, off=("distress",)),
    # Late, as a stay must be served under the policy before it costs less.
    Move("prison-visits", "leaving-prison", "weeks_roles", UP, 156, off=("institution_penalty", "kin_changes")),
    Move("family-support", "baseline", "kin_close", UP, 104, off=("kin_changes", "advocacy")),
    Move("shaming-with-a-future", "shaming", "identity", UP, 130, off=("hope",)),
    Move("check-ups-after-a-lapse", "a-year-in", "count_relapses", DOWN, 52),
    Move("community-sentences", "leaving-prison", "weeks_custody", DOWN, 104),
    Move("a-package", "entering-treatment", "weeks_roles", UP, 52),
    Move("more-unjustified-flags", "baseline", "count_unjustified_flags", UP, 156, assume={"unjustified_flag_rate": 0.03}),
    Move("fewer-unjustified-flags", "baseline", "count_unjustified_flags", DOWN, 156, assume={"unjustified_flag_rate": 0.03}),
)

ASKED_APART = {"shaming", "stage-aware-policing", "peer-recovery-groups"}
"""Those whose direction is for the model to find, or which need another world: they have tests of their own below."""

BASES = {"baseline", "a-year-in", "leaving-prison", "entering-treatment", "first-episode", "employers-asking"}


@cache
def plan(name: str) -> Scenario:
    """The scenario with fewer people, most of them with own experience."""
    return replace(Scenario.load(name), people=PEOPLE, own_experience=OWN_EXPERIENCE)


@cache
def start(base: str, assumed: tuple[tuple[str, float], ...]):
    return settle(plan(base), seed=SEED, assumptions=dict(assumed))


@cache
def lived(name: str, base: str, week: int, off: tuple[str, ...], assumed: tuple[tuple[str, float], ...]) -> np.ndarray:
    """Everyone's state at `week` in one world, shape (people,)."""
    scenario = replace(plan(name), switch_off=off, years=(week + 1) / 52)
    history = simulate(
        scenario, seed=SEED, assumptions=dict(assumed), panel=[week], events=False, threads=1, start=start(base, assumed)
    )
    return history.snapshots[week]


def moved(move: Move, *, off: tuple[str, ...] = (), without: Mapping[str, float] | None = None) -> np.ndarray:
    """The difference that the scenario makes to the column, for each person."""
    assumed = tuple(sorted({**move.assume, **(without or {})}.items()))
    with_it, base = (lived(name, move.base, move.week, off, assumed) for name in (move.scenario, move.base))
    return with_it[move.column].astype(float) - base[move.column]


@pytest.mark.parametrize("move", MOVES, ids=[move.scenario for move in MOVES])
def test_a_scenario_moves_what_its_lever_is_for(move):
    assert move.sign * moved(move).sum() > 0


STOPPED = [move for move in MOVES if move.off or move.without]


@pytest.mark.parametrize("move", STOPPED, ids=[move.scenario for move in STOPPED])
def test_a_scenario_moves_nothing_once_its_mechanism_is_off(move):
    """Not less: nothing, for anybody. The same people, the same luck, and no way left from the lever to the column."""
    assert not moved(move, off=move.off, without=move.without).any()


def test_a_message_that_shames_changes_who_decides_and_does_not_with_shame_off():
    """Which way it goes depends on hope: that is for the model to find, not for a test to ask."""
    move = Move("shaming", "baseline", "count_decisions", UP, 130, off=("shame",))
    assert moved(move).any()
    assert not moved(move, off=move.off).any()


def test_stage_aware_policing_withholds_flags_in_the_first_year_of_recovery_only():
    """Week by week, of people whose life is the same so far in both worlds. With the rate at the highest of its plausible range,
    as flags without cause are rare, and none spreading to kin, as one withheld is not passed on."""
    assumed = (("unjustified_flag_rate", 0.03),)
    weeks = range(52, 209)
    as_now, aware = (
        simulate(
            replace(plan(name), switch_off=("kin_contagion",), years=4), seed=SEED, assumptions=dict(assumed), panel=weeks,
            events=False, threads=1, start=start("baseline", assumed),
        ).snapshots
        for name in ("baseline", "stage-aware-policing")
    )  # fmt: skip
    early, late = [], []
    for week in weeks[:-1]:
        alike = as_now[week] == aware[week]
        in_first_year = as_now[week]["sustained"] < 52
        new = [
            world[week + 1]["count_unjustified_flags"] - world[week]["count_unjustified_flags"] for world in (as_now, aware)
        ]
        early.append([flags[alike & in_first_year].sum() for flags in new])
        late.append([flags[alike & ~in_first_year].sum() for flags in new])
        assert (new[0] == new[1])[alike & ~in_first_year].all()
    assert np.sum(early, axis=0)[1] < np.sum(early, axis=0)[0]
    assert np.sum(late, axis=0)[0] > 0


def test_peer_groups_make_more_of_the_ties_of_people_in_recovery_ties_to_others_in_recovery():
    """In England as it is, over four years, as ties change slowly. Not more ties in all: who is in one place is in no other."""
    world = replace(Scenario.load("baseline"), people=3000, years=4)
    groups = replace(world, policies=Scenario.load("peer-recovery-groups").policies)
    begin = settle(world, seed=SEED)
    for off in ((), ("tie_changes",)):
        shares = []
        for scenario in (world, groups):
            lived_by = replace(scenario, switch_off=off)
            people = simulate(lived_by, seed=SEED, panel=[208], events=False, threads=1, start=begin).snapshots[208]
            recovering = (people["use"] == 2) | (people["offending"] == 2) | (people["mental_health"] == 2)
            shares.append(people["ties_recovering"][recovering].sum() / people["degree"][recovering].sum())
        assert shares[1] > shares[0] if not off else shares[1] == shares[0]


def test_employers_who_guess_keep_people_of_a_marked_group_from_work_and_nobody_else():
    assumed = (("statistical_discrimination", 1.0),)
    even, guessed = (lived("employers-not-asking", "employers-asking", 52, ("tie_changes",), more) for more in ((), assumed))
    marked = even["population_group"] == 1
    assert marked.any()
    assert guessed["work"][marked].sum() < even["work"][marked].sum()
    assert guessed["work"][~marked].sum() == even["work"][~marked].sum()


def test_every_shipped_scenario_is_put_to_this_test():
    assert {move.scenario for move in MOVES} | ASKED_APART | BASES == set(shipped_scenarios())
