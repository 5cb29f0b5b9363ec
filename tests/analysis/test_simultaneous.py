"""Intervals that hold together against published tables and SciPy's Dunnett and Tukey, and rankings counted by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import special, stats

from analysis.intervals import effect_of, luck_interval
from analysis.simultaneous import joint_level, rank_policies, simultaneous_effects
from simulation.errors import ComparisonError

NO_DRAWS = np.zeros((0, 3))
TABLES = arrays.arrays(float, st.tuples(st.integers(2, 12), st.integers(1, 4)), elements=st.integers(-3, 9).map(float))


def with_correlation(correlation, worlds):
    """A sample whose columns are correlated just so."""
    generator = np.random.default_rng(11)
    values = generator.standard_normal((worlds, len(correlation)))
    values -= values.mean(axis=0)
    values = np.linalg.qr(values)[0]
    return values @ np.linalg.cholesky(np.array(correlation)).T


def critical(differences):
    return float(special.stdtrit(len(differences) - 1, 0.5 + joint_level(differences) / 2))


@pytest.mark.parametrize(
    ("policies", "freedom", "table"),
    [(2, 5, 3.03), (3, 5, 3.29), (2, 10, 2.57), (3, 10, 2.76), (2, 20, 2.38), (3, 20, 2.54), (5, 20, 2.73)],
)
def test_policies_correlated_by_half_have_the_critical_values_of_dunnett_s_table(policies, freedom, table):
    """Dunnett (1964), Biometrics 20:482, two-sided 5 %."""
    correlation = np.full((policies, policies), 0.5) + 0.5 * np.eye(policies)
    assert critical(with_correlation(correlation, freedom + 1)) == pytest.approx(table, abs=0.0075)


@pytest.mark.parametrize(("policies", "worlds"), [(3, 10), (3, 30), (5, 30)])
def test_all_pairs_of_uncorrelated_policies_have_the_critical_value_of_tukey(policies, worlds):
    samples = with_correlation(np.eye(policies), worlds)
    pairs = np.stack([samples[:, one] - samples[:, two] for one, two in combinations(range(policies), 2)], axis=1)
    tukey = stats.studentized_range.ppf(0.95, policies, worlds - 1) / np.sqrt(2)
    assert critical(pairs) == pytest.approx(tukey, rel=2.5e-3)


def test_the_critical_value_is_that_at_which_scipy_s_dunnett_finds_five_in_a_hundred():
    """Three groups of seven and a control have 24 degrees of freedom and correlations of one half."""
    c = critical(with_correlation(np.full((3, 3), 0.5) + 0.5 * np.eye(3), 25))
    generator = np.random.default_rng(8)
    control = generator.standard_normal(7)
    groups = [generator.standard_normal(7) for _ in range(3)]
    pooled = np.sqrt(np.mean([np.var(group, ddof=1) for group in (control, *groups)]) * 2 / 7)
    groups[0] += control.mean() - groups[0].mean() + c * pooled  # a shift keeps the spread: the statistic is c
    found = stats.dunnett(*groups, control=control, rng=np.random.default_rng(1))
    assert found.statistic[0] == pytest.approx(c)
    assert found.pvalue[0] == pytest.approx(0.05, abs=0.002)


@given(TABLES)
def test_the_joint_level_lies_between_one_interval_alone_and_the_bound_of_bonferroni(differences):
    level = joint_level(differences)
    columns = np.count_nonzero(np.ptp(differences, axis=0))
    assert 0.95 <= level <= 1 - 0.05 / max(columns, 1) + 1e-12


@given(TABLES)
def test_intervals_that_hold_together_hold_those_that_hold_alone(differences):
    together = simultaneous_effects(differences, differences[:0])
    for effect, column in zip(together, differences.T, strict=True):
        mean, low, high = luck_interval(column)
        assert effect.value == pytest.approx(mean)
        assert effect.low_luck <= low <= high <= effect.high_luck


@given(TABLES, TABLES)
def test_ranges_over_assumptions_hold_the_intervals_over_luck(differences, drawn):
    columns = min(differences.shape[1], drawn.shape[1])
    for effect in simultaneous_effects(differences[:, :columns], drawn[:, :columns]):
        assert effect.low <= effect.low_luck <= effect.value <= effect.high_luck <= effect.high


def test_one_policy_alone_has_the_interval_of_an_effect():
    differences, drawn = np.array([[1.0], [2.0], [5.0], [0.0], [3.0]]), np.array([[1.0], [4.0], [9.0]])
    assert simultaneous_effects(differences, drawn) == [effect_of(differences[:, 0], drawn[:, 0])]


def test_a_policy_that_changes_nothing_is_exactly_nothing_and_costs_the_others_no_width():
    generator = np.random.default_rng(2)
    two = generator.standard_normal((10, 2))
    three = np.column_stack([two, np.zeros(10)])
    effects = simultaneous_effects(three, NO_DRAWS)
    assert effects[:2] == simultaneous_effects(two, NO_DRAWS[:, :2])
    assert effects[2].is_nothing


def test_the_same_policy_twice_counts_once():
    one = np.random.default_rng(3).standard_normal((10, 1))
    assert joint_level(np.hstack([one, one, -2 * one])) == pytest.approx(0.95)


@pytest.mark.parametrize("worlds", [2, 3, 4])
def test_with_a_handful_of_worlds_the_bound_of_bonferroni_stands_in(worlds):
    differences = np.random.default_rng(4).standard_normal((worlds, 3))
    assert joint_level(differences) == pytest.approx(1 - 0.05 / 3)


def test_from_one_world_there_is_an_effect_and_no_interval():
    effects = simultaneous_effects(np.array([[1.0, 2.0, 4.0]]), NO_DRAWS)
    assert [effect.value for effect in effects] == [1, 2, 4]
    assert np.isnan([effect.low_luck for effect in effects]).all()


def test_policies_are_ranked_by_what_is_better_and_draws_counted_for_each_pair():
    differences = np.array([[-1.0, -9.0, 2.0], [-2.0, -8.0, 2.5], [-3.0, -9.5, 2.0], [-1.0, -9.0, 1.0], [-2.0, -8.0, 2.0]])
    drawn = np.array([[-1.0, -9.0, 2.0], [-5.0, -4.0, 2.0], [-3.0, -3.0, 1.0], [-2.0, -8.0, -8.0]])
    found = rank_policies(["mild", "strong", "bad"], differences, drawn, "lower")
    assert found.names == ("strong", "mild", "bad")
    assert found.best == (1 + 0.5 + 0.5, 1 + 0.5, 0.5)
    assert found.regret == ((0.25, 1.0), ((8 + 0 + 0 + 6) / 4, 8.0), ((11 + 7 + 4 + 0) / 4, 11.0))
    first = found.pairs[0]
    assert (first.first, first.second, first.won, first.tied, first.effect.draws) == ("strong", "mild", 2, 1, 4)
    assert first.effect.value == pytest.approx(-8.7 - -1.8)
    assert all(pair.sure for pair in found.pairs)
    assert rank_policies(["mild", "strong", "bad"], differences, drawn, "higher").names == ("bad", "mild", "strong")


def test_equal_policies_are_exactly_equal_in_their_pair():
    column = np.random.default_rng(5).standard_normal(12)
    found = rank_policies(["one", "same"], np.column_stack([column, column]), np.zeros((3, 2)), "lower")
    assert found.pairs[0].effect.is_nothing
    assert (found.pairs[0].won, found.pairs[0].tied, found.pairs[0].sure) == (0, 3, False)


def test_worlds_in_which_nobody_is_at_risk_are_left_out_for_all_policies():
    differences = np.array([[1.0, 2.0], [np.nan, np.nan], [2.0, 4.0]])
    assert rank_policies(["a", "b"], differences, np.zeros((0, 2)), "higher").effects[0].worlds == 2


@pytest.mark.parametrize(
    ("names", "shape", "drawn", "better"),
    [
        (["a", "b"], (5, 3), (0, 3), "lower"),
        (["a", "a"], (5, 2), (0, 2), "lower"),
        (["a", "b"], (5, 2), (0, 3), "lower"),
        (["a", "b"], (5, 2), (0, 2), "best"),
        (["a", "b"], (0, 2), (0, 2), "lower"),
        ([], (5, 0), (0, 0), "lower"),
    ],
)
def test_what_cannot_be_ranked_is_refused(names, shape, drawn, better):
    with pytest.raises(ComparisonError):
        rank_policies(names, np.ones(shape), np.ones(drawn), better)


def test_without_draws_there_is_no_regret():
    differences = np.array([[-1.0, -9.0], [-2.0, -8.0]])
    assert np.isnan(rank_policies(["mild", "strong"], differences, np.zeros((0, 2)), "lower").regret).all()
