"""Draws of the assumptions cover each range evenly, and never depend on one another."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.draws import RATIO_FOR_LOG, draw_assumptions, own_ranges
from simulation.errors import ComparisonError
from simulation.parameters import PARAMETERS, free_parameters

UNIT = {"made up": (0.0, 1.0)}
PINNED = [9005392350194027, 3534350288105657, 6432537381003518, 355163209263084, 1600118430723463, 2270593857093618]


def drawn_between_0_and_1(name, draws):
    """Draws of an assumption of any name whose range is 0 to 1."""
    return draw_assumptions(draws, {name: (0.0, 1.0)})[name]


def places_of(name, values):
    """Where the values stand, 0 to 1, in the assumption's plausible range, on the scale on which it is covered."""
    low, high = PARAMETERS[name].low, PARAMETERS[name].high
    if low > 0 and high / low >= RATIO_FOR_LOG:
        return np.log(values / low) / np.log(high / low)
    return (values - low) / (high - low)


def scenario(**settings):
    return SimpleNamespace(
        assumptions={name: SimpleNamespace(range=value, set=None) for name, value in settings.items()}
    )


def test_every_free_assumption_is_drawn_inside_its_range_and_no_structural_one_is():
    drawn = draw_assumptions(40)
    assert set(drawn) == {parameter.name for parameter in free_parameters()}
    for name, values in drawn.items():
        assert values.min() >= PARAMETERS[name].low
        assert values.max() <= PARAMETERS[name].high


@given(fewer=st.integers(0, 300), more=st.integers(0, 300))
def test_the_first_draws_are_the_same_however_many_are_drawn(fewer, more):
    """Nested (Qian 2009): more draws add to those that have been lived."""
    fewer, more = sorted((fewer, more))
    few, many = draw_assumptions(fewer, UNIT), draw_assumptions(more, UNIT)
    for name, values in few.items():
        np.testing.assert_array_equal(values, many[name][:fewer])


@given(doublings=st.integers(0, 11), name=st.text("abc_", min_size=1, max_size=6))
def test_of_as_many_draws_as_a_power_of_two_each_slice_of_a_range_holds_one(doublings, name):
    """A Latin hypercube (McKay, Beckman and Conover 1979), whatever the assumption is called."""
    draws = 2**doublings
    assert sorted(np.floor(drawn_between_0_and_1(name, draws) * draws)) == list(range(draws))


@given(draws=st.integers(1, 500))
def test_between_powers_of_two_no_coarse_slice_is_empty_and_no_fine_one_holds_two(draws):
    """As evenly as it can be done for any number of draws, those before it being given."""
    coarse = 2 ** (draws.bit_length() - 1)
    places = drawn_between_0_and_1("x", draws)
    assert set(np.floor(places * coarse)) == set(range(coarse))
    assert len(set(np.floor(places * 2 * coarse))) == draws


def test_an_assumption_is_covered_evenly_and_in_no_order():
    """The mean and the variance of a uniform number; draws that follow one another are no nearer than others."""
    places = drawn_between_0_and_1("x", 4096)
    assert places.mean() == pytest.approx(1 / 2, abs=1e-3)
    assert places.var() == pytest.approx(1 / 12, abs=1e-3)
    assert abs(np.corrcoef(places[1:], places[:-1])[0, 1]) < 4 / np.sqrt(4096)


def test_the_draws_are_the_same_on_every_machine_and_for_ever():
    """Of a made-up name, in 2^-53ths of the range: another value here would make every drawn world another one."""
    assert (drawn_between_0_and_1("pinned", 6) * 2.0**53).astype(int).tolist() == PINNED


def test_a_rate_whose_range_spans_much_is_covered_evenly_on_a_log_scale():
    low, high = PARAMETERS["unjustified_flag_rate"].low, PARAMETERS["unjustified_flag_rate"].high
    values = draw_assumptions(256)["unjustified_flag_rate"]
    assert np.median(values) == pytest.approx(np.sqrt(low * high), rel=0.05)
    places = np.log(values / low) / np.log(high / low)
    assert sorted(np.floor(places * 256)) == list(range(256))


@pytest.mark.parametrize("draws", [32, 45, 100, 400])
def test_assumptions_are_no_more_alike_than_chance_has_it(draws):
    """Between two of n independent draws a correlation has a standard error of 1 over the root of n - 1."""
    drawn = draw_assumptions(draws)
    table = np.array([places_of(name, drawn[name]) for name in drawn])
    correlations = np.corrcoef(table)[np.triu_indices(len(table), 1)] * np.sqrt(draws - 1)
    assert np.sqrt(np.mean(correlations**2)) < 1.1
    assert np.abs(correlations).max() < 5  # of some 3,000 pairs


def test_ten_thousand_draws_of_a_hundred_assumptions_take_seconds_at_most():
    began = time.perf_counter()
    drawn = draw_assumptions(10_000, {f"made-up {at}": (0.01, 1.0) for at in range(100)})
    assert len(drawn) > 100
    assert time.perf_counter() - began < 20


def test_the_same_draws_come_every_time_and_another_range_or_assumption_moves_no_other():
    one, two = draw_assumptions(12), draw_assumptions(12, {"a_new_one": (0.0, 1.0), "deterrence": (0.0, 0.1)})
    assert two["deterrence"].max() <= 0.1
    for name in one:
        if name != "deterrence":
            np.testing.assert_array_equal(one[name], two[name])


def test_a_range_that_a_scenario_gives_replaces_the_plausible_one():
    assert own_ranges([scenario(deterrence=(0.0, 0.4)), scenario()]) == {"deterrence": (0.0, 0.4)}


def test_two_scenarios_must_give_one_assumption_the_same_range():
    with pytest.raises(ComparisonError, match="deterrence"):
        own_ranges([scenario(deterrence=(0.0, 0.4)), scenario(deterrence=(0.0, 0.3))])
