"""Whole worlds, with every number anywhere in its range and any policy: nobody ever leaves the range of a state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Scenario, World
from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS, widest
from simulation.scenario_parts import Assumption, Policy

WEEKS = 26
WHOM = ("everyone", "own_experience", "has_record", "recovering", "women")


def policies(drawn) -> tuple[Policy, ...]:
    """Policies on about half of all levers, for some or for all, with and without covers, places and ramps."""
    made = []
    for lever in LEVERS.values():
        if drawn.luck.random() < 0.5:
            continue
        aimed = lever.scope == "person"
        share = drawn.luck.random()
        made.append(
            Policy(
                lever.name, "set", drawn.between(lever.low, lever.high), start=int(drawn.luck.integers(0, 8)),
                ramp=int(drawn.luck.integers(0, 6)) if not lever.once else 0,
                whom=str(drawn.luck.choice(WHOM)) if aimed else "everyone",
                covers=drawn.between(0.1, 1.0) if aimed and share < 0.3 else None,
                places=int(drawn.luck.integers(1, 20)) if aimed and 0.3 < share < 0.5 else None,
            )
        )
    return tuple(made)


def live_anywhere(drawn, cohort: str) -> None:
    """Live half a year of a small world from anywhere, looking at everybody each week."""
    plan = replace(
        Scenario.load(cohort).with_settings(people=60), policies=policies(drawn), own_experience=drawn.between(0.1, 1.0),
        assumptions={name: Assumption(name, range=widest(one), because="anywhere") for name, one in PARAMETERS.items()},
    )  # fmt: skip
    world = World(plan, int(drawn.luck.integers(0, 2**40)), assumptions=drawn.assumptions())
    world.check()
    for _ in range(WEEKS):
        world.step()
        world.check()


@pytest.mark.parametrize("cohort", ["baseline", "a-year-in"])
@settings(max_examples=12)
@given(seed=st.integers(0, 2**32))
def test_people_stay_in_their_ranges_with_any_numbers_and_policies(anywhere, cohort, seed):
    """Every state of everybody, every week; every tie returned."""
    live_anywhere(anywhere(seed), cohort)


@pytest.mark.slow
@pytest.mark.parametrize("cohort", ["baseline", "a-year-in"])
@settings(max_examples=200)
@given(seed=st.integers(0, 2**32))
def test_people_stay_in_their_ranges_in_hundreds_of_worlds(anywhere, cohort, seed):
    """The same, for longer."""
    live_anywhere(anywhere(seed), cohort)
