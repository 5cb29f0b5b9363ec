"""Ratios of means, numbers needed to treat and weeks lived without an event, against closed forms and published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analysis.intervals import Effect, luck_interval
from analysis.number_needed import Needed, number_needed
from analysis.ratios import NO_WORLD, NOTHING_IN_BASE, NOTHING_IN_OTHER, ONE_WORLD, ratio_of
from simulation.errors import ComparisonError

NONE = np.zeros(0)
COUNTS = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=3, max_size=20)


def paired(counts):
    base, other = np.array(counts, dtype=float).T
    assume(base.any())
    return base, other


def test_the_ratio_has_fieller_s_interval_where_its_differences_are_not_skewed():
    """Two worlds are never skewed. Fieller in closed form: the roots of (y - r x)^2 = t^2 (Syy - 2 r Sxy + r^2 Sxx) / n."""
    base, other = np.array([100.0, 101.0]), np.array([80.0, 80.5])
    covariance = np.cov(base, other) / 2
    t = stats.t.ppf(0.975, 1)
    roots = np.roots([
        base.mean() ** 2 - t**2 * covariance[0, 0],
        -2 * (base.mean() * other.mean() - t**2 * covariance[0, 1]),
        other.mean() ** 2 - t**2 * covariance[1, 1],
    ])  # fmt: skip
    found = ratio_of(base, other, NONE, NONE)
    assert found.value == pytest.approx(80.25 / 100.5)
    assert (found.low_luck, found.high_luck) == pytest.approx(sorted(roots))


@given(COUNTS)
def test_the_ratio_may_be_one_just_where_the_difference_may_be_nothing(counts):
    base, other = paired(counts)
    assume(other.any() and not np.array_equal(base, other))
    found = ratio_of(base, other, NONE, NONE)
    _, low, high = luck_interval(other - base)
    assume(min(abs(low), abs(high)) > 1e-6)
    assert (found.low_luck <= 1 <= found.high_luck) == (low <= 0 <= high)


@given(COUNTS, COUNTS)
def test_the_range_over_assumptions_of_a_ratio_holds_that_of_luck_and_the_ratio(counts, drawn):
    base, other = paired(counts)
    found = ratio_of(base, other, *paired(drawn))
    assume(other.any())
    assert found.low <= found.low_luck <= found.value <= found.high_luck <= found.high


@given(COUNTS, st.floats(0.1, 10))
def test_in_another_unit_the_ratio_is_the_same(counts, factor):
    base, other = paired(counts)
    assume(other.any())
    one, another = (ratio_of(scale * base, scale * other, NONE, NONE) for scale in (1.0, factor))
    assert (another.value, another.low_luck, another.high_luck) == pytest.approx(
        (one.value, one.low_luck, one.high_luck), rel=1e-6, abs=1e-9
    )


def test_equal_worlds_have_a_ratio_of_exactly_one_with_exact_ends():
    same = np.array([0.1, 0.7, 0.3])
    found = ratio_of(same, same, same, same)
    assert (found.value, found.low_luck, found.high_luck, found.low, found.high) == (1, 1, 1, 1, 1)
    assert found.is_same


def test_worlds_that_share_a_mean_but_differ_are_not_the_same():
    found = ratio_of(np.array([1.0, 3.0]), np.array([3.0, 1.0]), NONE, NONE)
    assert found.value == 1
    assert not found.is_same


def test_the_ratio_is_one_of_means_not_a_mean_of_ratios():
    assert ratio_of(np.array([1.0, 99.0]), np.array([2.0, 99.0]), NONE, NONE).value == pytest.approx(1.01)


@pytest.mark.parametrize(
    ("base", "other", "reason"),
    [
        ([], [], NO_WORLD),
        ([np.nan], [np.nan], NO_WORLD),
        ([0, 0], [1, 2], NOTHING_IN_BASE),
        ([0, 0], [0, 0], NOTHING_IN_BASE),
        ([2, 3], [0, 0], NOTHING_IN_OTHER),
        ([2], [3], ONE_WORLD),
        ([2], [2], ONE_WORLD),
    ],
)
def test_where_a_number_is_missing_the_ratio_says_why(base, other, reason):
    found = ratio_of(np.array(base, dtype=float), np.array(other, dtype=float), NONE, NONE)
    assert found.reason == reason
    assert math.isnan(found.high_luck)


def test_too_few_events_in_the_base_worlds_bound_the_ratio_from_below_only():
    base, other = np.array([0, 0, 1, 0, 0, 1.0]), np.array([2, 1, 3, 1, 2, 2.0])
    found = ratio_of(base, other, NONE, NONE)
    assert math.isinf(found.high_luck)
    assert 0 < found.low_luck < found.value


def test_luck_is_taken_out_of_the_range_over_assumptions_of_a_ratio():
    """Draws that hold nothing but luck, whose ratios have a standard deviation of 0.04 each."""
    generator = np.random.default_rng(3)
    widths = []
    for _ in range(100):
        base, drawn = generator.poisson(100, 200), generator.poisson(100, 200)
        found = ratio_of(base, base - generator.binomial(base, 0.2), drawn, drawn - generator.binomial(drawn, 0.2))
        widths.append(found.high - found.low)
    assert np.median(widths) < 0.4 * 2 * 1.96 * 0.04


@pytest.mark.parametrize(("base", "other"), [([1.0, 2.0], [1.0]), ([1.0, -2.0], [1.0, 1.0]), ([1.0, 2.0], [-0.1, 1.0])])
def test_means_that_are_no_pairs_or_below_nothing_are_refused(base, other):
    with pytest.raises(ComparisonError):
        ratio_of(np.array(base), np.array(other), NONE, NONE)


def effect(value, low, high, wide_low=None, wide_high=None):
    return Effect(value, low, high, low if wide_low is None else wide_low, high if wide_high is None else wide_high, 30, 32)


def test_altman_s_example_runs_from_4_who_benefit_through_infinity_to_20_who_are_harmed():
    """Altman (1998): risk reduced by 10 %, 95 % interval -5 % to 25 %."""
    found = number_needed(effect(-10, -25, 5), 100, "lower")
    assert (found.value, found.helps) == (pytest.approx(10), True)
    assert found.luck == Needed(benefit=(4, math.inf), harm=(20, math.inf))


def test_a_reduction_that_is_sure_has_a_range_of_numbers_needed():
    """Barrowman (2002), CMAJ 166:1676: 16.6 % (0.9 % to 32.2 %) is 6 people, 3.1 to 111.1."""
    found = number_needed(effect(16.6, 0.9, 32.2), 100, "higher")
    assert found.value == pytest.approx(6.02, abs=0.01)
    assert found.luck.benefit == pytest.approx((3.1, 111.1), abs=0.05)
    assert found.luck.harm is None


def test_harm_that_is_sure_is_a_number_needed_to_harm():
    found = number_needed(effect(20, 10, 40), 1000, "lower")
    assert (found.value, found.helps) == (50, False)
    assert found.luck == Needed(harm=(25, 100))


def test_both_intervals_have_their_own_number_needed():
    found = number_needed(effect(-20, -25, -10, -50, 4), 1000, "lower")
    assert found.luck == Needed(benefit=(40, 100))
    assert found.assumptions == Needed(benefit=(20, math.inf), harm=(250, math.inf))


def test_no_effect_needs_infinitely_many_people_and_neither_helps_nor_harms():
    found = number_needed(effect(0, 0, 0), 1000, "lower")
    assert math.isinf(found.value)
    assert (found.luck, found.assumptions) == (Needed(), Needed())


def test_without_an_interval_of_the_difference_there_is_none_of_the_number_needed():
    found = number_needed(Effect(-20, math.nan, math.nan, math.nan, math.nan, 1, 0), 1000, "lower")
    assert (found.value, found.luck, found.assumptions) == (50, None, None)


@given(st.floats(-500, 500), st.floats(0, 300), st.floats(0, 300))
def test_what_the_number_needed_leaves_is_just_what_the_difference_leaves(value, below, above):
    low, high = value - below, value + above
    found = number_needed(effect(value, low, high), 1000, "higher").luck
    assert (found.benefit is not None) == (high > 0)
    assert (found.harm is not None) == (low < 0)
    if found.benefit:
        assert 1000 / found.benefit[0] == pytest.approx(high)
        assert found.benefit[0] <= found.benefit[1]
    assert (found.benefit is not None and math.isinf(found.benefit[1])) == (low <= 0 < high)


@pytest.mark.parametrize(("scale", "better"), [(0, "lower"), (math.nan, "lower"), (1000, "less")])
def test_a_number_needed_of_nobody_or_of_no_direction_is_refused(scale, better):
    with pytest.raises(ComparisonError):
        number_needed(effect(1, 0, 2), scale, better)
