"""Both intervals of an effect against closed forms and against data whose truth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.intervals import effect_of, luck_interval, standing_out, without_luck
from analysis.words import over_assumptions

NUMBERS = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


def test_the_luck_interval_of_a_sample_without_skewness_is_the_t_interval_of_scipy():
    differences = np.array([3.1, -0.4, 1.35, 1.9, 0.8])
    ends = stats.t.interval(0.95, len(differences) - 1, loc=differences.mean(), scale=stats.sem(differences))
    assert luck_interval(differences) == pytest.approx((differences.mean(), *ends))


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
