"""Worlds that differ by a policy, or by nothing that matters: the same people, the same luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation import RecoveryModel, Scenario, World, simulate
from simulation.levers import LEVERS
from simulation.scenario_parts import Policy

START = 30
"""Week in which the policies of these tests begin."""


def strongest(name: str) -> Policy:
    """A policy that sets a lever as far from its base as its range allows, or somewhere that matters within a year."""
    lever = LEVERS[name]
    soon = {"review_date": 4.0, "seal_records": 4.0}
    value = soon.get(name, lever.high if lever.high != lever.base else lever.low)
    return Policy(name, "set", value, start=START)


@pytest.mark.parametrize("name", LEVERS)
def test_worlds_that_differ_by_a_policy_are_identical_until_it_begins(lived, same, name):
    """Weekly rows, events and states agree to the last bit up to the policy's first week."""
    plan = replace(Scenario.load("baseline"), policies=(strongest(name),))
    panel = (0, 10, START)
    other = simulate(plan, people=150, years=0.65, seed=1, panel=panel)
    assert same.until(START, lived("baseline", 150, 0.65, panel=panel), other) == []


def test_a_policy_that_begins_changes_lives(lived, same):
    """The test above would see a difference: the same two worlds part after the first week of a strong policy."""
    plan = replace(Scenario.load("baseline"), policies=(strongest("hope_coaching"),))
    panel = (0, 10, START)
    other = simulate(plan, people=150, years=0.65, seed=1, panel=panel)
    assert same.until(START + 1, lived("baseline", 150, 0.65, panel=panel), other)


def test_equal_policies_differ_by_exactly_nothing(same):
    """Two worlds of the same policy are one world, and a policy that sets a lever to what it was is no policy."""
    plan = Scenario.load("independent-advocates")
    one, two = (simulate(plan, people=400, years=1, seed=5, panel=(52,), threads=threads) for threads in (1, 2))
    same(one, two)
    assert (one.weekly.to_numpy() - two.weekly.to_numpy() == 0.0).all()
    nothing = replace(Scenario.load("baseline"), policies=(Policy("policing", "multiply", 1.0, start=4),))
    same(simulate("baseline", people=300, years=1, seed=5), simulate(nothing, people=300, years=1, seed=5))


@pytest.mark.parametrize("plan", ["baseline", "a-year-in"])
def test_policies_do_nothing_before_week_nought(same, plan):
    """Policies of any strength, from week 0, find the same people as the world without them."""
    policies = tuple(replace(strongest(name), start=0) for name in LEVERS)
    with_policies = replace(Scenario.load(plan), policies=policies).with_settings(people=200)
    one, other = World(Scenario.load(plan).with_settings(people=200), 3), World(with_policies, 3)
    for name in one.people.dtype.names:
        assert one.people[name].tobytes() == other.people[name].tobytes(), name
    for name in ("kin", "estranged", "others", "kind"):
        assert np.array_equal(getattr(one.ties, name), getattr(other.ties, name)), name


def moved(lives, one, other) -> list[int]:
    """People in whose lives any event differs."""
    here, there = lives(one), lives(other)
    ids = here.index.union(there.index)
    return ids[here.reindex(ids, fill_value="") != there.reindex(ids, fill_value="")].tolist()


@pytest.mark.parametrize(("plan", "people"), [("baseline", 1200), ("a-year-in", 1200)])
def test_a_placebo_pair_moves_at_most_a_few_lives_in_a_thousand(lived, lives, record_property, plan, people):
    """One person begins with a little more distress: over five years hardly anybody else's life changes."""
    base = lived(plan, people, 5, threads=2)
    counts = []
    for person in np.flatnonzero(base.start["own_experience"])[:5].tolist():
        counts.append(len(moved(lives, base, simulate(plan, people=people, years=5, seed=1, nudge=person))))
    per_thousand = [1000 * count / people for count in counts]
    record_property("figure", f"{plan}: lives with any event different, per 1,000 over 5 years: {per_thousand}")
    assert max(per_thousand) <= 5.0


def test_a_real_change_to_one_person_moves_that_life_and_few_others(lives, record_property):
    """One person is active in use from week 0: their own life differs, and those of a few around them."""
    counts = []
    for seed in (1, 2, 3):
        models = [RecoveryModel("baseline", people=1000, years=5, seed_number=seed) for _ in range(2)]
        person = int(np.flatnonzero(models[0].start["own_experience"] == 0)[0])
        models[1].person(person).use = 1
        for model in models:
            while model.running:
                model.step()
        differ = moved(lives, *models)
        assert person in differ
        counts.append(len(differ))
    record_property("figure", f"lives of 1,000 with any event different over 5 years, one of them active in use: {counts}")
    assert max(counts) <= 40


def test_a_placebo_pair_differs_at_its_start_by_one_number_of_one_person():
    """So that whatever else differs later follows from it."""
    plan = Scenario.load("baseline").with_settings(people=200)
    one, other = World(plan, 1), World(plan, 1, nudge=7)
    for name in one.people.dtype.names:
        differ = np.flatnonzero(one.people[name] != other.people[name]).tolist()
        assert differ == ([7] if name == "distress" else []), name


def test_the_weekly_table_gives_the_public_stigma_that_the_week_was_lived_at():
    """Also in the first week of a policy on it."""
    plan = Scenario.from_text('extends = "baseline"\n[[policy]]\nlever = "public_stigma"\nset = "20 %"\nfrom = "week 3"')
    level = simulate(plan, people=40, years=0.1, seed=1, threads=1).weekly["public_stigma"]
    assert level[2] > 0.5
    assert level[3] < 0.21
