"""The posterior that is shipped can be read, is within every range, and is what draws of a comparison are of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.calibration.learned import defaults_at_the_centre
from analysis.calibration.results import made_with
from analysis.calibration.settings import load_settings
from analysis.effect import compare, drawn_over, plan_tasks, question_of
from analysis.posterior import Posterior, drawn_assumptions, load_posterior, posterior_assumptions, save_posterior
from simulation.errors import ComparisonError, EvidenceError
from simulation.parameters import PARAMETERS, free_parameters
from simulation.scenario import Scenario

FREE = [one.name for one in free_parameters()]


def test_the_posterior_shipped_has_every_free_parameter_within_its_range_and_says_how_it_was_made():
    shipped = load_posterior()
    assert sorted(shipped.draws.columns) == sorted(FREE)
    assert len(shipped.draws) >= 200
    assert {"layer", "trials", "inside", "numbers", "half_width", "largest_r_hat"} <= set(shipped.provenance)
    assert not shipped.draws.duplicated().any()


def test_the_defaults_stand_at_the_centre_of_the_posterior_shipped():
    """Where this fails after a calibration: python docs/make_defaults.py."""
    centre = defaults_at_the_centre(load_posterior())
    assert set(centre) == set(FREE) - {"statistical_discrimination"}, "which no world of a target reads"
    assert {name: PARAMETERS[name].default for name in centre} == centre


def test_the_posterior_shipped_was_made_with_the_settings_and_the_numbers_that_are_shipped():
    """A target or a setting that is changed afterwards makes it a posterior of something else."""
    assert made_with(load_settings()).items() <= load_posterior().provenance.items()


def test_a_posterior_comes_back_from_its_file_as_it_was(tmp_path):
    draws = pd.DataFrame({"w_hope": [1.5, 2.0], "consolidation": [0.1, 0.2]})
    save_posterior(Posterior(draws, {"draws": 2}), tmp_path / "posterior.parquet")
    back = load_posterior(tmp_path / "posterior.parquet")
    assert back.draws.equals(draws)
    assert back.provenance == {"draws": 2}
    assert back.assumptions(1) == [{"w_hope": 1.5, "consolidation": 0.1}]


@pytest.mark.parametrize(
    ("draws", "said"),
    [
        ({"w_hop": [1.0]}, "w_hop: no parameter of this version"),
        ({"w_hope": [99.0]}, "w_hope: values outside its range"),
        ({"w_hope": [np.nan]}, "w_hope: values outside its range"),
        ({"w_hope": ["much"]}, "w_hope: no numbers"),
        ({"w_hope": []}, "it holds no draw"),
    ],
)
def test_a_posterior_of_another_version_is_refused_in_words(tmp_path, draws, said):
    save_posterior(Posterior(pd.DataFrame(draws), {}), tmp_path / "posterior.parquet")
    with pytest.raises(EvidenceError) as refused:
        load_posterior(tmp_path / "posterior.parquet")
    assert said in str(refused.value)


def test_a_file_that_is_no_posterior_is_refused_in_words(tmp_path):
    (tmp_path / "text.parquet").write_text("no table")
    pd.DataFrame({"w_hope": [1.0]}).to_parquet(tmp_path / "table.parquet")
    for name, said in (("text", "it cannot be read"), ("table", "nothing of where it is from"), ("none", "it cannot be read")):
        with pytest.raises(EvidenceError) as refused:
            load_posterior(tmp_path / f"{name}.parquet")
        assert said in str(refused.value)


def test_more_draws_than_there_are_is_an_error_that_says_how_many_there_are():
    with pytest.raises(EvidenceError) as refused:
        posterior_assumptions(1_000_000)
    assert f"at most {len(load_posterior().draws)}" in str(refused.value)


def test_draws_of_the_posterior_are_its_first_rows_and_a_range_of_a_scenario_stands_above_it():
    drawn = drawn_assumptions(5, {"deterrence": (0.0, 0.1)})
    first = load_posterior().draws.head(5)
    assert set(drawn) == set(FREE)
    for name in FREE:
        same = np.array_equal(drawn[name], first[name])
        assert same is (name != "deterrence")
    assert drawn["deterrence"].max() <= 0.1
    more = drawn_assumptions(9, {"deterrence": (0.0, 0.1)})
    assert all(np.array_equal(more[name][:5], drawn[name]) for name in FREE)


def test_draws_over_ranges_do_not_ask_the_posterior():
    evenly = drawn_assumptions(64, {}, "ranges")
    spread = {one.name: (evenly[one.name].min(), evenly[one.name].max()) for one in free_parameters()}
    assert all(spread[one.name][1] - spread[one.name][0] > 0.8 * (one.high - one.low) for one in free_parameters())


def test_a_comparison_lives_the_draws_it_was_asked_for_and_another_layer_has_no_posterior():
    question = question_of("the-visit", ["independent-advocates"], people=60, years=1.2)
    tasks, drawn = plan_tasks(question, [1], 3)
    lived = [task.assumptions for task in tasks if task.draw is not None and not task.fit]
    assert lived == [{name: float(drawn[name][at]) for name in drawn} for at in range(3)]
    assert np.array_equal(drawn["w_hope"], load_posterior().draws["w_hope"].head(3))
    null = Scenario.load("the-visit").with_settings(60, 1.2, {})
    assert drawn_over(question, "posterior") == "posterior"
    assert drawn_over(question_of(_in_layer(null, "network"), [_in_layer(null, "network")]), "posterior") == "ranges"


def _in_layer(scenario, layer):
    from dataclasses import replace

    return replace(scenario, layer=layer)


def test_a_comparison_refuses_draws_of_something_else():
    with pytest.raises(ComparisonError) as refused:
        compare("the-visit", "independent-advocates", over="prior")
    assert "posterior, ranges" in str(refused.value)
