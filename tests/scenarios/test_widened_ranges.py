"""A scenario may widen the range of an assumption with a reason, and the model keeps its bounds there."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import compare
from simulation import Scenario, simulate
from simulation.errors import ParameterError, ScenarioError
from simulation.parameters import PARAMETERS, assumptions, free_parameters, widest
from simulation.state import FIELDS

BECAUSE = 'because = "two studies in this town"\n'


def widened(name: str, low: float, high: float, because: str = BECAUSE) -> Scenario:
    text = f'extends = "the-visit"\n[[assumption]]\nname = "{name}"\nrange = [{low!r}, {high!r}]\n{because}'
    return Scenario.from_text(text, "widened")


def test_a_wider_range_is_told_with_its_reason_and_warned_of():
    plan = widened("w_distress", 0.0, 3.0)
    assert any("wider than the plausible 0 to 2" in said and "two studies in this town" in said for said in plan.describe())
    assert any("within which the model was tested" in warning for warning in plan.warnings)
    assert not any("tested" in warning for warning in widened("w_distress", 0.2, 0.8).warnings)


@pytest.mark.parametrize("ends", [(0.0, 3.0), (0.2, 0.8)], ids=["wider", "narrower"])
@pytest.mark.parametrize("because", ["", 'because = "  "\n'], ids=["none", "blank"])
def test_a_range_without_a_reason_is_refused(ends, because):
    with pytest.raises(ScenarioError, match="a range with its reason"):
        widened("w_distress", *ends, because)


@pytest.mark.parametrize(("low", "high"), [(0.0, 4.1), (-0.1, 1.0)])
def test_no_reason_is_enough_for_more_than_one_width_or_for_another_sign(low, high):
    with pytest.raises(ScenarioError, match="w_distress"):
        widened("w_distress", low, high)


def test_a_value_that_is_set_stays_within_the_plausible_range():
    with pytest.raises(ScenarioError):
        Scenario.from_text('extends = "the-visit"\n[[assumption]]\nname = "w_distress"\nset = 3\n' + BECAUSE, "set")
    with pytest.raises(ParameterError):
        Scenario.load("the-visit").with_settings(assumptions={"w_distress": 3.0})
    with pytest.raises(ParameterError):
        assumptions({"w_distress": 2.1})


def test_values_passed_from_python_stay_within_the_plausible_range_and_the_error_names_it():
    with pytest.raises(ParameterError, match="allowed from 0 to 2 "):
        simulate("the-visit", people=60, years=0.5, seed=1, assumptions={"w_distress": 3.0})


def test_a_scenario_may_be_lived_as_far_as_it_widens_a_range_and_no_further():
    plan = widened("w_distress", 0.0, 3.0)
    simulate(plan, people=60, years=0.5, seed=1, assumptions={"w_distress": 3.0})
    with pytest.raises(ParameterError, match="allowed from 0 to 3 "):
        simulate(plan, people=60, years=0.5, seed=1, assumptions={"w_distress": 3.1})


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda one: one.name)
def test_the_widest_range_holds_the_plausible_one_and_keeps_its_sign(parameter):
    low, high = widest(parameter)
    assert low <= parameter.low <= parameter.high <= high
    assert low >= 0 or parameter.low < 0
    assert high <= 0 or parameter.high > 0


@pytest.mark.parametrize("unit", ["share", "chance a week", "share a week", "share a year", "quality"])
def test_no_share_chance_or_quality_is_widened_beyond_1(unit):
    within = [one for one in PARAMETERS.values() if one.unit == unit and one.high <= 1]
    assert within
    for parameter in within:
        assert widest(parameter)[0] >= -1, parameter.name
        assert widest(parameter)[1] <= 1, parameter.name


def test_a_range_below_0_can_be_widened_downwards():
    assert widest(PARAMETERS["public_stigma_trend"])[0] == pytest.approx(-0.03)


def test_a_comparison_draws_from_the_wider_range_in_both_worlds():
    effects = compare("the-visit", widened("w_distress", 1.9, 3.0), people=60, years=1.25, seeds=[1], draws=4, workers=1)
    assert effects.drawn["w_distress"].min() >= 1.9
    assert effects.drawn["w_distress"].max() > PARAMETERS["w_distress"].high


@pytest.mark.slow
@pytest.mark.parametrize("parameter", free_parameters(), ids=lambda one: one.name)
def test_states_stay_within_their_bounds_at_the_widest_ends(parameter):
    for end in widest(parameter):
        plan = widened(parameter.name, *widest(parameter))
        history = simulate(plan, people=60, years=0.5, seed=1, assumptions={parameter.name: end}, panel=(26,))
        people = history.snapshots[26]
        for field in FIELDS:
            values = np.asarray(people[field.name], dtype=float)
            assert not np.isnan(values).any(), field.name
            assert (values >= field.low - 1e-9).all(), field.name
            assert (values <= field.high + 1e-9).all(), field.name
