"""Intervals that hold all at once are as wide as published tables have them, and no wider than they need be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.intervals import luck_interval
from analysis.simultaneous import simultaneous_intervals, simultaneous_level


def correlated(contrasts: int, worlds: int, share: float) -> np.ndarray:
    """Differences whose sample correlation is exactly `share` between any two contrasts."""
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(contrasts, worlds))
    rows -= rows.mean(axis=1, keepdims=True)
    white = np.linalg.solve(np.linalg.cholesky(rows @ rows.T), rows)
    wanted = np.full((contrasts, contrasts), share) + (1.0 - share) * np.eye(contrasts)
    return np.linalg.cholesky(wanted) @ white


def critical(level: float, worlds: int) -> float:
    return float(stats.t.ppf(0.5 + level / 2, worlds - 1))


@pytest.mark.parametrize(
    ("contrasts", "freedom", "published"),
    [(2, 10, 2.57), (3, 10, 2.76), (4, 10, 2.89), (2, 20, 2.38), (3, 20, 2.54), (5, 20, 2.73), (3, 60, 2.41)],
)
def test_critical_values_are_those_of_dunnetts_table_of_two_sided_comparisons(contrasts, freedom, published):
    """Dunnett (1964), Biometrics 20:482, Table II: 95 %, comparisons with a control that share it, correlation 1/2."""
    level = simultaneous_level(correlated(contrasts, freedom + 1, 0.5))
    assert critical(level, freedom + 1) == pytest.approx(published, abs=0.012)


def test_independent_contrasts_with_many_worlds_need_sidaks_level():
    assert simultaneous_level(correlated(4, 4000, 0.0)) == pytest.approx(0.95**0.25, abs=6e-4)


def test_contrasts_that_are_one_need_no_more_than_one():
    row = np.random.default_rng(2).normal(size=12)
    assert simultaneous_level(np.array([row, -3.0 * row, 0.5 * row])) == pytest.approx(0.95, abs=1e-9)


def test_contrasts_that_never_differ_cost_nothing_and_have_no_width():
    row = np.random.default_rng(3).normal(size=12)
    both = simultaneous_intervals(np.array([row, np.zeros(12)]))
    assert both[0] == luck_interval(row)
    assert both[1] == (0.0, 0.0, 0.0)


def test_two_worlds_tell_of_no_correlation():
    assert simultaneous_level(np.array([[1.0, 2.0], [3.0, 1.0]])) == pytest.approx(0.95**0.5)


@given(st.integers(2, 5), st.integers(3, 30), st.integers(0, 10_000))
def test_the_level_lies_between_that_of_one_interval_and_bonferronis(contrasts, worlds, seed):
    rows = np.random.default_rng(seed).normal(size=(contrasts, worlds))
    assert 0.95 <= simultaneous_level(rows) <= 1 - 0.05 / contrasts


@pytest.mark.slow
@pytest.mark.parametrize("worlds", [10, 30])
def test_all_of_three_policies_are_covered_at_once_in_93_to_97_of_100_cases(worlds):
    rng, held = np.random.default_rng(np.random.SeedSequence([5, worlds])), 0
    mix = np.linalg.cholesky(np.array([[1.0, 0.7, 0.3], [0.7, 1.0, 0.1], [0.3, 0.1, 1.0]]))
    for _ in range(1_000):
        rows = mix @ rng.normal(size=(3, worlds)) + 1.0
        held += all(low <= 1.0 <= high for _, low, high in simultaneous_intervals(rows))
    assert 930 <= held <= 970
