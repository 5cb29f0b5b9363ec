"""What published figures count, in worlds whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.catalogue import EVERY
from analysis.observing import observe
from analysis.published_measures import STATES, Measure, Measured, ends_of, measure_in
from simulation import simulate
from simulation.rules import Names

HALF = np.arange(60) % 2
TENTH = (np.arange(60) % 10 == 0).astype(int)


@pytest.fixture
def made(hand_made):
    """A world of 60 people over a year, every other one a woman, every tenth homeless at its end and nobody at its start."""
    return hand_made(
        60, 52, [(3, at, "arrest") for at in range(12)], {0: {}, 52: {"homeless": TENTH, "count_arrests": np.arange(60) < 12}},
        woman=HALF, use=1, hope=np.linspace(0, 1, 60), distress=np.linspace(1, 0, 60),
    )  # fmt: skip


def measured(world, kind, *what, **more) -> Measured:
    return measure_in(world, Measure("england", kind, what, **{"weeks": 52, **more}))


def test_a_share_of_all_or_of_nobody_is_what_it_is_by_construction(made):
    assert measured(made, "meets", "homeless or not homeless") == (1000.0, 60, "")
    assert measured(made, "meets", "homeless and not homeless") == (0.0, 60, "")


def test_a_share_is_of_the_group_of_the_first_week_and_meets_its_rule_at_the_horizon(made):
    assert measured(made, "meets", "homeless") == (100.0, 60, "")
    assert measured(made, "meets", "homeless", group="not woman") == (200.0, 30, "")
    assert measured(made, "meets", "homeless", group="homeless") == (pytest.approx(math.nan, nan_ok=True), 0, "nobody at risk")
    assert measured(made, "meets", "homeless", group="not woman", weeks=0).value == 0.0


def test_an_outcome_is_the_one_that_a_comparison_reports(made):
    assert measured(made, "outcome", "arrested") == (200.0, 60, "")
    assert measured(made, "outcome", "arrests", group="woman").value == 200.0


def test_the_dead_have_no_state_at_the_horizon(hand_made):
    world = hand_made(60, 52, snapshots={0: {}, 52: {"alive": HALF, "homeless": TENTH}}, use=1)
    assert measured(world, "meets", "homeless").value == 0.0
    assert measured(world, "outcome", "died").value == 500.0


def test_a_group_against_another_is_a_ratio_an_odds_ratio_or_a_difference(hand_made):
    """30 of 100 against 20 of 100: 1.5; (30 / 70) / (20 / 80); 100 per 1,000."""
    woman = np.arange(200) % 2
    held = ((woman == 1) & (np.arange(200) < 60)) | ((woman == 0) & (np.arange(200) < 40))
    world = hand_made(200, 52, snapshots={0: {}, 52: {"work": held}}, woman=woman)
    given = {"group": "woman", "against": "not woman"}
    assert measured(world, "meets", "work", contrast="ratio", **given) == (pytest.approx(1.5), 100, "")
    assert measured(world, "meets", "work", contrast="odds ratio", **given).value == pytest.approx(30 / 70 / (20 / 80))
    assert measured(world, "meets", "work", contrast="difference", **given).value == pytest.approx(100.0)
    nothing = measured(world, "meets", "homeless", contrast="ratio", **given)
    assert (math.isnan(nothing.value), nothing.note) == (True, "too little happened")


def test_a_mean_and_a_correlation_are_of_the_states_at_the_horizon(made):
    made.snapshots[52]["hope"] = made.start["hope"]
    assert measured(made, "mean", "hope").value == pytest.approx(0.5)
    assert measured(made, "mean", "woman").value == pytest.approx(0.5)
    assert measured(made, "correlation", "hope", "distress").value == pytest.approx(-1.0)
    assert measured(made, "correlation", "hope", "hope").value == pytest.approx(1.0)


def test_a_handful_of_people_is_no_figure(made):
    few = measured(made, "meets", "homeless", group="hope < 0.3")
    assert (math.isnan(few.value), few.people, few.note) == (True, 18, "fewer than 30 people of whom a value is known")


def test_a_rule_may_compare_with_the_names_of_a_scenario(made):
    made.start["population_group"] = made.snapshots[0]["population_group"] = HALF
    wanted = Measure("own.toml", "meets", ("homeless",), group='population_group == "east"', weeks=52)
    assert measure_in(made, wanted, Names(groups=("others", "east"))).people == 30


@pytest.fixture(scope="module")
def lived():
    return simulate("baseline", people=200, years=2, seed=4, panel=[0, *range(4, 105, 4)])


def test_every_outcome_lies_in_its_range_and_is_what_observe_says(lived):
    """Of the whole of a lived world, whatever can be told of 200 people."""
    table, told = observe(lived), 0
    for row in table.itertuples():
        found = measured(lived, "outcome", row.outcome, weeks=104)
        low, high = ends_of(EVERY[row.outcome], 104)
        assert found.people == row.people_at_risk
        if math.isfinite(row.value):
            told += 1
            assert found.value == pytest.approx(row.value, rel=1e-12), row.outcome
            assert low <= found.value <= high, row.outcome
        else:
            assert math.isnan(found.value), row.outcome
    assert told > 50


@pytest.mark.parametrize("name", STATES)
def test_every_state_that_has_a_mean_lies_in_its_range(lived, name):
    found = measured(lived, "mean", name, weeks=104).value
    assert STATES[name].low <= found <= STATES[name].high
