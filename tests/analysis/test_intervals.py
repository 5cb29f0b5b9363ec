"""Both intervals of an effect against closed forms and against data whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.intervals import (
    effect_of,
    luck_interval,
    mean_intervals,
    mean_of_others,
    mean_over_groups,
    share_over_groups,
    standing_out,
    without_luck,
)
from analysis.words import over_assumptions

NUMBERS = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


def t_interval(differences):
    return stats.t.interval(0.95, len(differences) - 1, loc=differences.mean(), scale=stats.sem(differences))


def test_of_differences_that_are_not_skewed_the_luck_interval_is_the_t_interval_of_scipy():
    differences = np.array([-3.0, -1.0, 0.0, 1.0, 3.0]) + 2.5
    assert luck_interval(differences) == pytest.approx((2.5, *t_interval(differences)))


def test_the_interval_is_that_of_the_paired_t_test_where_differences_are_symmetric():
    base, other = np.array([10.0, 14.0, 11.0, 9.0]), np.array([13.0, 16.0, 15.0, 12.0])
    paired = stats.ttest_rel(other, base).confidence_interval(0.95)
    assert luck_interval(other - base)[1:] == pytest.approx((paired.low, paired.high))


def test_student_s_own_example_has_the_interval_of_the_t_table():
    """Student (1908), hours of sleep gained by ten people: mean 1.58, s 1.23, t table at 9 degrees 2.262; long tail upwards."""
    gained = np.array([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4])
    mean, low, high = luck_interval(gained)
    assert mean == pytest.approx(1.58)
    assert low == pytest.approx(1.58 - 2.262 * 1.230 / math.sqrt(10), abs=1e-3)
    assert high > 1.58 + 2.262 * 1.230 / math.sqrt(10)


def test_the_end_on_the_side_of_the_long_tail_reaches_further_by_the_skewness_of_scipy():
    differences = np.array([0.0, 0.0, 1.0, 1.0, 2.0, 9.0])
    low, high = t_interval(differences)
    quantile = stats.t.ppf(0.975, 5)
    further = stats.sem(differences) * stats.skew(differences, bias=False) * (2 * quantile**2 + 1) / (6 * math.sqrt(6))
    further *= 1 + 10 / 16
    assert luck_interval(differences)[1:] == pytest.approx((low, high + further))
    assert luck_interval(-differences)[1:] == pytest.approx((-high - further, -low))


@given(NUMBERS, st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_in_another_unit_or_from_another_zero_the_interval_is_the_same(differences, factor, shift):
    values = np.array(differences)
    if np.ptp(values) < 1e-3:
        return  # a shift would round the spread away
    there = luck_interval(factor * values + shift)
    assert there == pytest.approx([factor * end + shift for end in luck_interval(values)], rel=1e-6, abs=1e-6)


@given(NUMBERS)
def test_what_is_lost_one_way_is_won_the_other(differences):
    mean, low, high = luck_interval(np.array(differences))
    assert luck_interval(-np.array(differences)) == pytest.approx((-mean, -high, -low), rel=1e-9, abs=1e-9)


@given(NUMBERS)
def test_a_surer_interval_holds_a_less_sure_one(differences):
    _, low, high = luck_interval(np.array(differences), 0.9)
    _, lower, higher = luck_interval(np.array(differences), 0.99)
    assert lower <= low <= high <= higher


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e-300])
def test_where_all_worlds_agree_the_interval_is_the_value_to_the_last_digit(value):
    assert luck_interval(np.full(7, value)) == (value, value, value)


def test_differences_too_small_to_square_still_have_a_width():
    _, low, high = luck_interval(np.array([0.0, 1e-200, 2e-200]))
    assert low < 0 < high


def test_many_samples_at_once_have_the_intervals_that_each_has_alone():
    samples = np.random.default_rng(5).gamma(1.0, size=(20, 8))
    samples[3] = 0.1
    together = np.array(mean_intervals(samples)).T
    assert together == pytest.approx(np.array([luck_interval(sample) for sample in samples]), rel=1e-12)


def test_the_luck_interval_of_two_worlds_has_the_closed_form_of_one_degree_of_freedom():
    """With one degree of freedom t is Cauchy: its 97.5 % quantile is tan(0.475 pi)."""
    _, low, high = luck_interval(np.array([0.0, 2.0]))
    assert (low, high) == pytest.approx((1 - math.tan(0.475 * math.pi), 1 + math.tan(0.475 * math.pi)))


def test_equal_worlds_differ_by_exactly_nothing_with_an_interval_of_no_width():
    assert luck_interval(np.zeros(30)) == (0.0, 0.0, 0.0)
    effect = effect_of(np.zeros(30), np.zeros(30))
    assert (effect.value, effect.low_luck, effect.high_luck, effect.low, effect.high) == (0, 0, 0, 0, 0)


def test_one_world_says_nothing_about_luck():
    mean, low, high = luck_interval(np.array([4.0]))
    assert mean == 4.0
    assert np.isnan([low, high]).all()


def test_no_world_says_nothing_at_all():
    assert np.isnan(luck_interval(np.array([]))).all()


def test_worlds_in_which_nobody_was_at_risk_are_left_out():
    assert luck_interval(np.array([1.0, np.nan, 3.0]))[0] == 2.0


@pytest.mark.parametrize("drawn", [[], [3.0], [3.0, np.nan]])
def test_with_fewer_than_two_draws_there_is_no_range_over_assumptions(drawn):
    effect = effect_of(np.array([1.0, 2.0, 4.0]), np.array(drawn))
    assert np.isnan([effect.low, effect.high]).all()
    assert np.isfinite([effect.low_luck, effect.high_luck]).all()
    assert over_assumptions(effect) == "not asked"


def test_taking_luck_out_leaves_the_spread_that_assumptions_make():
    """Draws of spread 3 seen through luck of spread 4 have spread 5; what is left has spread 3 again."""
    draws = np.array([-5.0, 5.0, -5.0, 5.0])
    spread = np.var(draws, ddof=1)
    left = without_luck(draws, luck_variance=spread * 16 / 25)
    assert np.std(left) == pytest.approx(np.std(draws) * 3 / 5)
    assert left.mean() == pytest.approx(draws.mean())


def test_where_luck_explains_all_the_spread_nothing_is_left_for_assumptions():
    draws = np.array([1.0, 2.0, 4.0])
    assert without_luck(draws, luck_variance=100.0) == pytest.approx(np.full(3, draws.mean()))


def test_the_range_over_assumptions_covers_the_truth_and_not_the_luck_on_synthetic_pairs():
    """Truths drawn with spread 2 and seen with luck of spread 6: the range is that of the truths, within sampling."""
    generator = np.random.default_rng(7)
    widths = []
    for _ in range(300):
        differences = 10 + 6 * generator.standard_normal(200)
        drawn = 10 + 2 * generator.standard_normal(200) + 6 * generator.standard_normal(200)
        effect = effect_of(differences, drawn)
        widths.append(effect.high - effect.low)
    raw = 2 * 1.96 * math.sqrt(2**2 + 6**2)
    assert np.median(widths) < 0.6 * raw
    assert np.median(widths) == pytest.approx(2 * 1.96 * 2, rel=0.35)


@given(NUMBERS, NUMBERS)
def test_the_range_over_assumptions_always_holds_the_range_of_luck_and_the_effect(differences, drawn):
    effect = effect_of(np.array(differences), np.array(drawn))
    assert effect.low <= effect.low_luck <= effect.value <= effect.high_luck <= effect.high


def test_an_assumption_that_drives_the_effect_is_named_and_idle_ones_are_not():
    generator = np.random.default_rng(1)
    parameters = {f"idle_{number}": generator.random(30) for number in range(60)}
    parameters["driver"] = generator.random(30)
    found = standing_out(parameters, -3 * parameters["driver"] + 0.1 * generator.standard_normal(30))
    assert [name for name, _ in found] == ["driver"]
    assert found[0][1] < -0.9


def test_among_idle_assumptions_one_is_named_in_at_most_about_one_comparison_of_twenty():
    generator = np.random.default_rng(2)
    named = 0
    for _ in range(200):
        parameters = {str(number): generator.random(30) for number in range(40)}
        named += bool(standing_out(parameters, generator.standard_normal(30)))
    assert named <= 20  # binomial(200, .05) exceeds 20 once in a thousand times


def test_with_a_handful_of_draws_no_assumption_is_named():
    values = np.arange(6.0)
    assert standing_out({"driver": values}, values) == []


def test_the_wide_range_holds_the_effect_of_a_single_world_too():
    effect = effect_of(np.array([0.0]), np.array([-800.0, -20.0]))
    assert effect.low < -20
    assert effect.high == 0.0


def test_the_mean_of_a_few_other_worlds_lies_in_its_interval_as_often_as_is_said():
    """95 in 100 of normal worlds, seen in 4,000 sets of eight worlds and three others: within four standard errors."""
    worlds = np.random.default_rng(7).normal(20.0, 5.0, (4000, 11))
    ends = np.array([mean_of_others(each[:8], 3) for each in worlds])
    others = worlds[:, 8:].mean(axis=1)
    held = ((ends[:, 0] <= others) & (others <= ends[:, 1])).mean()
    assert abs(held - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 4000)


def test_one_world_says_nothing_of_where_others_lie():
    assert np.isnan(mean_of_others(np.array([3.0]), 2)).all()


def test_an_interval_over_groups_is_that_of_their_means_where_all_are_of_one_size():
    values, groups = np.random.default_rng(8).normal(size=(6, 5)) + np.arange(6.0)[:, None], np.repeat(np.arange(6), 5)
    assert mean_over_groups(values.ravel(), groups) == pytest.approx(luck_interval(values.mean(axis=1)))


def test_an_interval_over_groups_of_unequal_sizes_is_that_of_cluster_sampling():
    """By hand: three groups of sums 2, 9, 4 and sizes 1, 3, 1: mean 3, deviations -1, 0, 1, of a mean size of 5 / 3."""
    mean, low, high = mean_over_groups(np.array([2.0, 1.0, 3.0, 5.0, 4.0]), np.array([7, 2, 2, 2, 9]))
    assert mean == 3.0
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 2) * np.std([-0.6, 0.0, 0.6], ddof=1) / math.sqrt(3))


def test_one_group_says_nothing_of_where_others_lie():
    assert np.isnan(mean_over_groups(np.array([1.0, 2.0]), np.array([4, 4]))[1:]).all()
    assert share_over_groups(np.array([1.0, 0.0]), np.array([4, 4])) == (0.5, 0.0, 1.0)


def test_the_interval_of_a_share_over_groups_that_are_points_is_the_exact_one():
    """Clopper and Pearson: none of ten gives 0 to 0.3085; three of ten 0.0667 to 0.6525, here from one point fewer."""
    assert share_over_groups(np.zeros(10), np.arange(10))[2] == pytest.approx(0.3085, abs=1e-4)
    share, low, high = share_over_groups(np.r_[np.ones(3), np.zeros(7)], np.arange(10))
    assert share == pytest.approx(0.3)
    assert 0.05 < low < 0.0667
    assert 0.6525 < high < 0.68


def test_the_interval_of_a_share_holds_the_truth_where_points_of_a_group_go_together():
    """Ten groups of thirty points, each group of one kind in four of five cases; taken as 300 points half would miss."""
    luck = np.random.default_rng(9)
    groups = np.repeat(np.arange(10), 30)
    held = []
    for _ in range(200):
        kind = np.repeat(luck.random(10) < 0.4, 30)
        wins = np.where(luck.random(300) < 0.8, kind, luck.random(300) < 0.4)
        _, low, high = share_over_groups(wins.astype(float), groups)
        held.append(low <= 0.4 <= high)
    assert np.mean(held) >= 0.92
