"""One week of a life taken apart: which week, beside whom, and what is said where nothing was at risk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.life import tell_life
from analysis.life_terms import in_words, leading, week_lines, week_of_conduct, weigh_week
from simulation import Scenario, World
from simulation.errors import ComparisonError
from simulation.terms import TERMS, before_conduct, in_terms

PLANS = [Scenario.load(name).with_settings(people=200, years=1) for name in ("the-visit", "independent-advocates")]


def conduct(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["week", "event", "domain"])


@pytest.fixture(scope="module")
def life():
    return tell_life(*PLANS, seed=1)


def test_the_week_taken_apart_is_the_first_in_which_conduct_differs():
    ours = conduct((1, "lapse", "use"), (2, "role_lost", ""), (9, "lapse", "offending"))
    theirs = conduct((1, "lapse", "use"), (7, "resolved", "use"), (9, "lapse", "offending"))
    assert week_of_conduct([ours, theirs])[:2] == (7, "use")
    assert "the same in both worlds" in week_of_conduct([ours, ours.iloc[[0, 2]]])


def test_in_one_world_it_is_that_of_the_first_lapse_or_relapse():
    assert week_of_conduct([conduct((1, "decided_gradually", "use"), (4, "relapse", "use"))])[:2] == (4, "use")
    assert "no lapse or relapse" in week_of_conduct([conduct((1, "decided_gradually", "use"))])


def test_where_conduct_parts_the_same_luck_meets_different_chances(life):
    (weighed,) = life.weighed.domains
    one, other = weighed
    assert one.luck == other.luck
    for telling, found in zip(life.tellings, weighed, strict=True):
        that_week = telling.events[
            (telling.events["week"] == life.weighed.week) & (telling.events["domain"] == found.domain)
        ]
        fell = that_week["event"].isin(["lapse", "relapse", "decided_gradually"]).any()
        assert fell == (found.luck < found.chance)


def test_the_reference_is_the_mean_of_everybody_at_risk_of_the_same(life):
    found = life.weighed.domains[0][0]
    world = World(PLANS[0], 1)
    for _ in range(life.weighed.week):
        world.step()
    everyone = in_terms(before_conduct(world, range(200)), found.domain).values()
    alike = [one for one in everyone if one.kind == found.kind]
    assert found.people == len(alike)
    assert found.reference == pytest.approx(np.mean([one.value for one in alike]), abs=1e-12)
    assert found.terms["reference"].sum() == pytest.approx(found.reference, abs=1e-12)
    assert found.terms["life"].sum() == pytest.approx(found.value, abs=1e-12)
    assert found.terms["difference"].sum() == pytest.approx(found.value - found.reference, abs=1e-12)
    assert list(found.terms.index) == list(TERMS)


def test_terms_told_and_the_rest_add_up_to_the_sum(life):
    lines = week_lines(life.weighed.domains[0])
    heads = next(at for at, line in enumerate(lines) if line.split() == ["reference", *(plan.name for plan in PLANS)])
    total = next(at for at, line in enumerate(lines) if line.startswith("sum "))
    columns = np.array([[float(cell) for cell in line.split()[-3:]] for line in lines[heads + 1 : total + 1]])
    assert columns[:-1].sum(axis=0) == pytest.approx(columns[-1], abs=0.05)
    assert len(leading(life.weighed.domains[0])) <= 6


def test_a_person_without_a_problem_and_a_person_who_has_died_are_told_why_nothing_is_weighed(life):
    plan = replace(PLANS[0], people=60)
    world = World(plan, 2)
    well = int(np.flatnonzero(world.snapshot()["mental_health"] == 0)[0])
    (found,) = weigh_week([plan], 2, well, 0, ["mental_health"])
    assert found[0].why_not.startswith("no problem of their own in mental health")
    assert week_lines(found) == [f"Mental health: {found[0].why_not}."]
    deadly = PLANS[0].with_settings(people=300, years=1, assumptions={"death_use": 10.0})
    for _ in range(52):
        world = World(deadly, 3) if world.scenario is not deadly else world
        world.step()
    died = np.flatnonzero(world.snapshot()["alive"] == 0)
    assert len(died)
    (found,) = weigh_week([deadly], 3, int(died[0]), 51, ["use"])
    assert found[0].why_not == "no longer alive"


@pytest.mark.parametrize("week", [-1, 52])
def test_a_week_that_is_not_lived_is_told_which_are(week):
    with pytest.raises(ComparisonError, match="0 to 51"):
        tell_life(PLANS[0], week=week)


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.025, "about 1 in 40"),
        (0.45, "about 45 in 100"),
        (1e-9, "less than 1 in a million"),
        (0.0004, "about 1 in 2,500"),
    ],
)
def test_chances_are_told_as_people_say_them(chance, words):
    assert in_words(chance) == words
