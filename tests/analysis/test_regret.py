"""Chance of being best and regret among several policies over the same points, by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.regret import regret
from simulation.errors import ComparisonError

_spec = importlib.util.spec_from_file_location("tables_of_sensitivity", Path(__file__).with_name("tables_of_sensitivity.py"))
_tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tables)
FACTORS, points_of, responses_of = _tables.FACTORS, _tables.points_of, _tables.responses_of


def asked(*effects, better="lower", spread=0.0, seeds=2, **others):
    """Policies named one, two, ... with these effects at the same points."""
    names = ("one", "two", "three")
    tables = [
        responses_of(np.array(own, dtype=float), spread, seeds, names[at], seed=at) for at, own in enumerate(effects)
    ]
    given = {"base": "as-now", "better": better, "unit": "people per 1,000", **others}
    return regret(points_of(len(effects[0])), pd.concat(tables), FACTORS, **given)


def row(found, world):
    return found.table.set_index("world").loc[world]


def test_regret_is_how_much_worse_than_the_best_at_the_same_point():
    """By hand: at four points the best are one, one, two and as-now."""
    found = asked([-10, -8, -2, 4], [-4, -8.5, -6, 2])
    assert found.at_points["one"].tolist() == [0, 0.5, 4, 4]
    assert found.at_points["two"].tolist() == [6, 0, 0, 2]
    assert found.at_points["as-now"].tolist() == [10, 8.5, 6, 0]
    assert row(found, "one")[["best", "expected_regret", "greatest_regret"]].tolist() == [0.25, 2.125, 4.0]
    assert row(found, "two")[["best", "expected_regret", "greatest_regret", "greatest_at"]].tolist() == [0.5, 2.0, 6.0, 0]


def test_where_higher_is_better_the_largest_is_best():
    found = asked([10, 8], [4, 12], better="higher")
    assert row(found, "one")["greatest_regret"] == 4
    assert row(found, "as-now")["best"] == 0


def test_chances_of_being_best_add_up_to_one_with_places_shared():
    found = asked([-5, -5, 0], [-5, -1, 0])
    assert found.table["best"].sum() == pytest.approx(1)
    assert row(found, "one")["best"] == pytest.approx((1 / 2 + 1 + 1 / 3) / 3)
    assert row(found, "one")["tied"] == pytest.approx(2 / 3)
    assert any("several share the first place" in line for line in found.sentences)


def test_the_interval_of_a_chance_is_the_exact_one():
    """Clopper and Pearson: none of ten gives 0 to 0.3085."""
    found = asked([-5] * 10)
    assert row(found, "as-now")[["best_low", "best_high"]].tolist() == pytest.approx([0, 0.308497], abs=1e-6)


def test_intervals_are_over_blocks_of_points_that_share_their_assumptions():
    """Twenty points in four blocks that each say the same five times are worth four points."""
    effects = np.repeat([-5.0, 3.0, -5.0, -5.0], 5)
    blocks = pd.Series(np.repeat([0, 1, 2, 3], 5), index=range(20))
    alone, together = asked(effects), asked(effects, blocks=blocks)
    four = asked([-5.0, 3.0, -5.0, -5.0])
    for name in ("best", "expected_regret"):
        assert row(together, "one")[name] == row(alone, "one")[name]
    ends = ["best_low", "best_high", "expected_low", "expected_high"]
    assert row(together, "one")[ends[2:]].tolist() == pytest.approx(row(four, "one")[ends[2:]].tolist())
    widths = [row(found, "one")["best_high"] - row(found, "one")["best_low"] for found in (alone, together)]
    assert widths[1] > 1.5 * widths[0]


def test_policies_that_are_equal_everywhere_are_called_equal():
    found = asked([0, 0, 0], [0, 0, 0])
    assert found.sentences == ("All are equal at all 3 points: nothing to choose between.",)
    assert found.table["best"].tolist() == pytest.approx([1 / 3] * 3)
    assert (found.table["expected_regret"] == 0).all()


def test_equal_policies_share_the_least_regret():
    found = asked([-5, -6, -5, -6], [-5, -6, -5, -6])
    assert "On average one and two leave least to regret." in found.sentences


def test_best_for_sure_leaves_out_what_luck_may_explain():
    clear = asked([-50.0] * 8, [-10.0] * 8, spread=1.0, seeds=4)
    assert row(clear, "one")["best_for_sure"] == 1
    luck = asked([-50.0] * 8, [-49.9] * 8, spread=5.0, seeds=4)
    assert row(luck, "one")["best"] + row(luck, "two")["best"] == 1
    assert luck.table["best_for_sure"].max() < 0.3


def test_with_one_seed_luck_is_not_known_and_that_is_said():
    found = asked([-5, 3], seeds=1)
    assert found.table["best_for_sure"].isna().all()
    assert any("luck is not known" in line for line in found.sentences)
    assert "Which leaves least to regret on average is not settled with 1 seed and 2 points." in found.sentences


def policies_of_luck(number, seeds=3, points=40, alike=1.0, own=0.0):
    """Three worlds of which none is better in truth: differences are luck, of a seed at all points alike and of each point."""
    luck = np.random.default_rng([9, number])
    tables = []
    for name in ("one", "two"):
        effects = alike * luck.normal(size=seeds) + own * luck.normal(size=(points, seeds))
        table = responses_of(np.zeros(points), seeds=seeds, other=name)
        tables.append(table.assign(response=effects.ravel(), other_value=table["base_value"] + effects.ravel()))
    blocks = pd.Series(np.arange(points) // 5, index=range(points))
    return regret(
        points_of(points), pd.concat(tables), FACTORS, base="as-now", better="lower", unit="people per 1,000", blocks=blocks
    )


@pytest.mark.parametrize(("alike", "own"), [(1.0, 0.02), (0.0, 1.0), (0.7, 0.7)])
def test_of_policies_that_differ_by_luck_alone_none_is_hardly_ever_said_to_leave_least_to_regret(alike, own):
    """Twenty times over; luck alone would put one first each time."""
    found = [policies_of_luck(number, alike=alike, own=own) for number in range(20)]
    named = [any("least to regret." in line and "not settled" not in line for line in one.sentences) for one in found]
    assert sum(named) <= 2
    unlucky = [one.table["best_low"].max() > 1 / 3 or one.table["best_high"].min() < 1 / 3 for one in found]
    assert sum(unlucky) <= 2
    sure_of_regret = [one.table["expected_low"].max() > 0 for one in found]
    assert sum(sure_of_regret) <= 2
    assert sum(any("nowhere worse than the best" in line for line in one.sentences) for one in found) <= 1


def test_what_luck_leaves_open_is_said_to_be_open():
    found = policies_of_luck(1)
    assert "Which leaves least to regret on average is not settled with 3 seeds and 40 points." in found.sentences
    assert any("it is nowhere seen to be worse than the best, which may be luck" in line for line in found.sentences)


def test_a_policy_that_is_better_beyond_luck_is_said_to_leave_least_to_regret():
    effects = np.linspace(-40, -60, 40)
    found = asked(effects, effects + 20, spread=3.0, seeds=3)
    assert "On average one leaves least to regret." in found.sentences
    assert row(found, "one")["best_low"] > 0.8
    assert row(found, "two")["expected_low"] > 10


def test_where_policies_are_best_in_turn_luck_widens_what_each_is_best_at():
    """At half the points one is better by 9, at the others worse by 1: luck may turn round the latter."""
    effects = np.where(np.arange(40) < 20, -9.0, 1.0)
    still, lucky = (asked(effects, spread=spread, seeds=3) for spread in (0.0, 2.0))
    assert row(still, "one")["best"] == 0.5
    assert row(still, "one")["best_high"] < 0.7
    assert row(lucky, "one")["best_high"] > 0.9
    assert row(lucky, "one")["best_low"] > 0.2


def test_where_a_regret_is_greatest_is_told_by_the_leading_factors():
    found = asked([-10, 4], leading=["need_weeks", "deterrence"])
    place = points_of(2).loc[1]
    line = next(line for line in found.sentences if line.startswith("one"))
    assert f"by at most 4.0, where need_weeks is {place['need_weeks']:.3g} weeks" in line


def test_a_policy_that_is_nowhere_worse_leaves_nothing_to_regret():
    line = next(line for line in asked([-5, -3]).sentences if line.startswith("one"))
    assert "it is nowhere worse than the best" in line


def test_points_that_lack_a_policy_are_left_out_and_counted():
    tables = pd.concat([responses_of(np.array([-5.0, -5.0])), responses_of(np.array([-9.0]), other="peers")])
    found = regret(points_of(2), tables, FACTORS, base="as-now", better="lower", unit="people per 1,000")
    assert list(found.at_points.index) == [0]
    assert any(line.startswith("1 point lacks") for line in found.sentences)


def test_what_cannot_be_asked_is_answered_in_words():
    with pytest.raises(ComparisonError, match="lower or higher"):
        asked([-5.0], better="neither")
    apart = pd.concat([responses_of(np.array([-5.0])), responses_of(np.array([-9.0]), other="peers").assign(seed=99)])
    with pytest.raises(ComparisonError, match="shared seed"):
        regret(points_of(1), apart, FACTORS, base="as-now", better="lower", unit="people per 1,000")
