"""Bimodality, inequality and likeness of ties against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures_following import following
from analysis.observables_of_recovery import ratio_of_rates
from analysis.observables_of_the_self import gini, sarle
from analysis.observables_of_ties import assortativity
from analysis.trajectories import reversals

VALUES = st.lists(st.integers(0, 1000), min_size=4, max_size=40).map(lambda found: np.array(found, dtype=float))


def test_sarles_coefficient_of_known_distributions():
    """Uniform 5/9, normal 1/3, exponential (2^2 + 1) / 9, two points 1."""
    even = (np.arange(200_000) + 0.5) / 200_000
    from scipy import stats

    assert sarle(even) == pytest.approx(5 / 9, abs=1e-6)
    assert sarle(stats.norm.ppf(even)) == pytest.approx(1 / 3, abs=1e-3)
    assert sarle(stats.expon.ppf(even)) == pytest.approx(5 / 9, abs=2e-3)
    assert sarle(np.array([0.0] * 3 + [1.0] * 7)) == pytest.approx(1.0)
    assert math.isnan(sarle(np.full(10, 0.3)))
    assert math.isnan(sarle(np.array([0.3])))


@given(VALUES, st.floats(0.1, 10), st.floats(-5, 5))
def test_sarles_coefficient_is_at_most_one_and_knows_no_scale(values, scale, shift):
    found = sarle(values)
    if not math.isnan(found):
        assert 0 < found <= 1 + 1e-9
        assert sarle(scale * values + shift) == pytest.approx(found, rel=1e-6)
        assert sarle(-values) == pytest.approx(found, rel=1e-9)


def test_ginis_coefficient_of_known_vectors():
    """(0, ..., 0, 1) gives 1 - 1/n, and 1 to n gives (n - 1) / 3n."""
    assert gini(np.array([0.0, 0.0, 0.0, 1.0])) == pytest.approx(3 / 4)
    assert gini(np.arange(1.0, 101.0)) == pytest.approx(99 / 300)
    assert gini(np.full(7, 3.0)) == pytest.approx(0.0)
    assert math.isnan(gini(np.zeros(3)))


@given(VALUES, st.floats(0.1, 10))
def test_ginis_coefficient_is_half_the_relative_mean_difference(values, scale):
    if values.sum() > 0:
        differences = np.abs(values[:, None] - values[None, :]).mean()
        assert gini(values) == pytest.approx(differences / (2 * values.mean()), abs=1e-12)
        assert gini(scale * values) == pytest.approx(gini(values))
        assert gini(np.tile(values, 3)) == pytest.approx(gini(values))


@given(st.integers(4, 12), st.integers(0, 2**16), st.data())
def test_assortativity_is_the_correlation_over_the_ends_of_ties(people, seed, data):
    """Newman's coefficient of a random mutual network, as a correlation over both ends of every tie."""
    luck = np.random.default_rng(np.random.SeedSequence([seed, people]))
    tied = np.triu(luck.random((people, people)) < 0.5, 1)
    tied = tied | tied.T
    trait = np.array(data.draw(st.lists(st.booleans(), min_size=people, max_size=people)), dtype=float)
    degree = tied.sum(axis=1).astype(float)
    ends = np.argwhere(tied)
    mine, theirs = trait[ends[:, 0]], trait[ends[:, 1]]
    share = np.where(degree > 0, tied @ trait / np.maximum(degree, 1), 0.0)
    found = assortativity(np.column_stack([trait, share]), degree)
    if len(ends) == 0 or np.ptp(mine) == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(np.corrcoef(mine, theirs)[0, 1])


def test_a_ratio_of_rates_is_none_where_a_side_is_empty():
    ones = np.ones(2)
    assert ratio_of_rates(np.array([[1, 10, 1, 40], [1, 10, 0, 0]], dtype=float), ones) == pytest.approx(4.0)
    assert math.isnan(ratio_of_rates(np.array([[1, 10, 0, 40]], dtype=float), ones[:1]))
    assert math.isnan(ratio_of_rates(np.array([[0, 0, 1, 40]], dtype=float), ones[:1]))


@given(st.lists(st.integers(1, 3), min_size=2, max_size=30))
def test_a_life_turns_as_often_when_it_is_read_backwards(states):
    path = np.array(states, dtype=np.int8)[:, None]
    assert reversals(path)[0] == reversals(path[::-1])[0]


def test_nothing_follows_where_nothing_happened(lives):
    found = following(lives(2, 5), ("lapse",), ("relapse",))
    assert len(found.wait) == len(found.where(found.wait >= 0).wait) == 0
