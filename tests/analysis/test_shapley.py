"""Shapley values against games with known answers, and against the properties that define them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.shapley import gains, parts_in, shapley, shapley_weights


def game(parts: int, worth) -> np.ndarray:
    """The value of each coalition by a rule on its members, numbered from 0, shape (coalitions,)."""
    return np.array([worth(set(parts_in(coalition, parts))) for coalition in range(1 << parts)], dtype=float)


VOTES = (50, 49, 1)
COSTS = (8.0, 11.0, 13.0, 18.0)

KNOWN = {
    # Two left gloves, one right glove, a pair is worth 1.
    "gloves": (game(3, lambda who: float(2 in who and len(who) > 1)), (1 / 6, 1 / 6, 2 / 3)),
    # Littlechild and Owen (1973): a runway as long as the longest aeroplane among those that land needs.
    "airport": (game(4, lambda who: max((COSTS[one] for one in who), default=0.0)), (2.0, 3.0, 4.0, 9.0)),
    # Shapley and Shubik (1954): 51 of 100 votes carry a motion.
    "shareholders": (game(3, lambda who: float(sum(VOTES[one] for one in who) >= 51)), (2 / 3, 1 / 6, 1 / 6)),
    "additive": (game(4, lambda who: sum(3.0 * one - 1.0 for one in who)), (-1.0, 2.0, 5.0, 8.0)),
    # Unanimity: nothing without all.
    "unanimity": (game(5, lambda who: 10.0 * (len(who) == 5)), (2.0,) * 5),
}


@pytest.mark.parametrize("name", KNOWN)
def test_games_of_the_textbooks_are_divided_as_they_say(name):
    values, expected = KNOWN[name]
    np.testing.assert_allclose(shapley(values), expected, rtol=0, atol=1e-12)


def test_two_parts_are_owed_half_of_what_they_make_together_beyond_themselves():
    first, second, both = 4.0, -1.0, 9.0
    expected = [first + (both - first - second) / 2, second + (both - first - second) / 2]
    assert shapley(np.array([0.0, first, second, both])).tolist() == expected


@pytest.mark.parametrize("parts", range(1, 7))
def test_the_weights_of_all_coalitions_sum_to_one_and_are_those_of_the_formula(parts):
    weights = shapley_weights(parts)
    factorial = math.factorial
    assert weights == pytest.approx([factorial(s) * factorial(parts - s - 1) / factorial(parts) for s in range(parts)])
    assert sum(math.comb(parts - 1, s) * weights[s] for s in range(parts)) == pytest.approx(1.0)


def values_of(parts: int):
    return arrays(np.float64, (3, 1 << parts), elements=st.floats(-1e4, 1e4, width=32))


GAMES = st.integers(1, 5).flatmap(values_of)


def parts_of(values: np.ndarray) -> int:
    return values.shape[-1].bit_length() - 1


@given(GAMES)
def test_shares_add_up_to_the_whole_in_every_world(values):
    np.testing.assert_allclose(shapley(values).sum(axis=1), values[:, -1] - values[:, 0], rtol=1e-12, atol=1e-8)


@given(GAMES)
def test_a_share_is_the_mean_gain_over_all_orders(values):
    parts = parts_of(values)
    total = np.zeros((len(values), parts))
    orders = list(itertools.permutations(range(parts)))
    for order in orders:
        there = 0
        for part in order:
            total[:, part] += values[:, there | 1 << part] - values[:, there]
            there |= 1 << part
    np.testing.assert_allclose(shapley(values), total / len(orders), rtol=1e-9, atol=1e-8)


@given(GAMES, st.integers(0, 4))
def test_a_part_that_adds_nothing_to_any_coalition_has_exactly_nothing(values, part):
    part %= parts_of(values)
    idle = values[:, np.arange(values.shape[1]) & ~(1 << part)]
    assert shapley(idle)[:, part].tolist() == [0.0] * len(values)


@given(st.integers(2, 5).flatmap(values_of))
def test_parts_that_can_be_exchanged_have_the_same(values):
    """The first two: the value of a coalition depends on how many of them it has."""
    coalitions = np.arange(values.shape[1])
    swapped = (coalitions & ~3) | (coalitions & 1) << 1 | (coalitions & 2) >> 1
    alike = values[:, np.minimum(coalitions, swapped)]
    shares = shapley(alike)
    np.testing.assert_allclose(shares[:, 0], shares[:, 1], rtol=1e-12, atol=1e-8)


@given(st.integers(1, 5).flatmap(lambda parts: st.tuples(values_of(parts), values_of(parts))))
def test_shares_of_two_outcomes_added_are_the_shares_added(both):
    one, two = both
    np.testing.assert_allclose(shapley(one + two), shapley(one) + shapley(two), rtol=1e-9, atol=1e-8)


def test_gains_begin_with_the_part_alone_and_end_with_the_part_added_last():
    values = np.arange(8.0) ** 2
    assert gains(values, 1)[[0, -1]].tolist() == [values[2] - values[0], values[7] - values[5]]


@pytest.mark.parametrize("columns", [0, 1, 3, 6])
def test_values_that_are_not_one_for_each_set_of_parts_are_refused(columns):
    with pytest.raises(ValueError, match="not one for each"):
        shapley(np.zeros((2, columns)))
