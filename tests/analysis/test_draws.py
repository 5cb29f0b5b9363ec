"""Draws of the assumptions cover each range evenly, and never depend on one another."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analysis.draws import draw_assumptions, own_ranges
from simulation.errors import ComparisonError
from simulation.parameters import PARAMETERS, free_parameters


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


def test_each_slice_of_a_range_is_used_once():
    """A Latin hypercube (McKay, Beckman and Conover 1979): ten draws, one in each tenth."""
    drawn = draw_assumptions(10)
    values = drawn["decide_use"]
    low, high = PARAMETERS["decide_use"].low, PARAMETERS["decide_use"].high
    assert sorted(np.floor((values - low) / (high - low) * 10)) == list(range(10))


def test_a_rate_whose_range_spans_much_is_covered_evenly_on_a_log_scale():
    values = draw_assumptions(200)["unjustified_flag_rate"]
    low, high = PARAMETERS["unjustified_flag_rate"].low, PARAMETERS["unjustified_flag_rate"].high
    assert np.median(values) == pytest.approx(np.sqrt(low * high), rel=0.05)


def test_assumptions_are_drawn_independently():
    drawn = draw_assumptions(400)
    table = np.array([drawn[name].argsort().argsort() for name in drawn])
    correlations = np.corrcoef(table)[np.triu_indices(len(table), 1)]
    assert np.abs(correlations).max() < 0.25  # of 2,000 pairs, five standard errors of 1/sqrt(400)


def test_the_same_draws_come_every_time_and_another_range_moves_no_other_assumption():
    one, two = draw_assumptions(12), draw_assumptions(12, {"deterrence": (0.0, 0.1)})
    assert two["deterrence"].max() <= 0.1
    for name in one:
        if name != "deterrence":
            np.testing.assert_array_equal(one[name], two[name])


def test_a_range_that_a_scenario_gives_replaces_the_plausible_one():
    assert own_ranges([scenario(deterrence=(0.0, 0.4)), scenario()]) == {"deterrence": (0.0, 0.4)}


def test_two_scenarios_must_give_one_assumption_the_same_range():
    with pytest.raises(ComparisonError, match="deterrence"):
        own_ranges([scenario(deterrence=(0.0, 0.4)), scenario(deterrence=(0.0, 0.3))])
