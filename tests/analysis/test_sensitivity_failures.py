"""A sensitivity analysis of which worlds fail: a seed, one end of an assumption, or at random; and figures that are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.sensitivity import Asked, study
from analysis.sensitivity_design import make_design
from analysis.sensitivity_factors import function_factors
from analysis.sensitivity_failures import failures_followed, usable, without_rounding
from analysis.sensitivity_worlds import Arm, Formula, Lived
from simulation.errors import WorldError

RANGES = dict.fromkeys("abcdef", (0.0, 1.0))


def analyse(answer, method="morris", samples=10, seeds=(1, 2, 3)):
    asked = Asked("formula", (), "y", "the value of the formula", "units", "higher", 0, "")
    design = make_design(method, function_factors(RANGES), samples)
    return study(asked, design, list(seeds), Formula(answer), resamples=50)


def line(values, seed):
    return 10 * values["a"] + values["b"]


def failing(where):
    """A formula that cannot be worked out where `where(values, seed)` is so."""

    def answer(values, seed):
        if where(values, seed):
            raise ValueError("out of memory")
        return line(values, seed)

    return answer


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_seed_that_fails_everywhere_is_left_out_and_named_and_the_others_answer(method):
    found = analyse(failing(lambda values, seed: seed == 2), method, 8)
    whole = analyse(line, method, 8, seeds=(1, 3))
    assert (found.seeds, found.failed_seeds, found.dropped) == ([1, 3], [2], [])
    assert found.table.equals(whole.table)
    assert found.responses.equals(whole.responses)
    said = "Seed 2 is left out of every figure: too many worlds failed, or gave no figure, there; 2 seeds remain."
    assert said in found.sentences[""]


def test_every_row_of_a_table_says_what_it_is_of_and_whether_it_counts(tmp_path):
    """One trajectory fails at one point, so that its rows do not count; nor do those of the dummy's other luck."""
    found = analyse(failing(lambda values, seed: seed == 2 and values["a"] == 1.0), samples=6)
    assert 0 < len(found.dropped) < 5
    found.write(tmp_path)
    responses, points, table = (pd.read_csv(tmp_path / name) for name in ("responses.csv", "points.csv", "sensitivity.csv"))
    last = found.design.width - 1
    for rows in (responses, points):
        assert rows["block"].tolist() == (rows["point"] // found.design.width).tolist()
        assert rows["other_luck"].tolist() == (rows["point"] % found.design.width == last).tolist()
        assert rows["counted"].tolist() == (~rows["other_luck"] & ~rows["block"].isin(found.dropped)).tolist()
    assert set(responses.loc[~responses["other_luck"], "seed"]) == {1, 2, 3}
    assert responses[["base", "outcome", "unit"]].drop_duplicates().to_numpy().tolist() == [["formula", "y", "units"]]
    assert {"unit", "value"} <= set(points)
    assert table["whom"].isna().all()  # a formula is of nobody
    assert (table["horizon_weeks"] == 0).all()


def test_a_seed_is_kept_where_two_trajectories_are_whole_under_it():
    found = analyse(failing(lambda values, seed: seed == 2 and values["a"] == 1.0))
    assert found.failed_seeds == []
    assert 0 < len(found.dropped) < 9


def test_where_every_seed_fails_everywhere_nothing_can_be_said():
    with pytest.raises(WorldError, match=r"10 of 10 trajectories .* out of memory"):
        analyse(failing(lambda values, seed: True))


def test_failures_at_one_end_of_an_assumption_are_said_to_leave_that_end_out_of_the_figures():
    found = analyse(failing(lambda values, seed: values["c"] < 0.1), samples=16)
    assert found.failed_follow[["factor", "where", "share_failed_elsewhere"]].to_numpy().tolist() == [["c", "low", 0.0]]
    said = " ".join(found.sentences[""])
    assert "Worlds fail, or have no figure, more often where c is low (" in said
    assert "what happens there is not in these figures." in said


def test_failures_so_common_that_nothing_can_be_said_still_name_what_they_go_with():
    with pytest.raises(WorldError, match="more often where a is high"):
        analyse(failing(lambda values, seed: values["a"] > 0.5), samples=16)


@pytest.mark.parametrize(("method", "samples"), [("morris", 10), ("sobol", 16)])
def test_failures_by_chance_are_seldom_said_to_go_with_an_assumption(method, samples):
    """Trajectories that break off somewhere, whatever the assumptions: at most 4 of 40 such designs are to be called bent."""
    design = make_design(method, function_factors(RANGES), samples)
    luck = np.random.default_rng(3)
    bent = 0
    for _ in range(40):
        failed = np.zeros((design.blocks, design.width), dtype=bool)
        for block in luck.choice(design.blocks, 4, replace=False):
            failed[block, luck.integers(design.width) :] = True
        bent += len(failures_followed(design, failed)) > 0
    assert bent <= 4


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 1e101])
def test_a_figure_that_is_none_or_too_large_for_one_is_a_failure(value):
    found = analyse(lambda values, seed: value if values["a"] == 1.0 and seed == 1 else line(values, seed), samples=16)
    assert len(found.failures) > 0
    assert found.table["estimate"].notna().all()
    one, two = usable([Lived({"": (1.0, value)}), Lived({"": (1.0, 2.0)})])
    assert one.failure
    assert two == Lived({"": (1.0, 2.0)})


def test_differences_that_are_rounding_alone_count_as_none():
    assert usable([Lived({"": (300.0, 300.0 + 1e-10)})])[0].pairs == {"": (300.0, 300.0)}
    answers = np.array([[0.0, 1e-12], [5.0, 5.0 + 1e-12]])
    assert without_rounding(answers, 5.0).tolist() == [[0.0, 0.0], [5.0, 5.0]]
    assert "none of the assumptions varied moves it." in analyse(lambda values, seed: 7 + 1e-14 * values["a"]).sentences[""][1]
    found = analyse(lambda values, seed: 7 + values["b"] + 1e-14 * values["a"])
    assert found.measure("a") == (0.0, 0.0, 0.0)


def test_a_mechanism_whose_difference_is_rounding_changes_nothing():
    asked = Asked("formula", (), "y", "the value of the formula", "units", "higher", 0, "")
    design = make_design("morris", function_factors(RANGES), 5)
    arms = [Arm("default", "default", "", None), Arm("hope", "mechanism", "off", None)]

    def evaluate(lives):
        given = {"default": 7.0, "hope": 7.0 + 1e-14}
        values = [given[life.arm] if life.arm else line(life.values, life.seed) for life in lives]
        return [Lived({"": (value, value)}) for value in values]

    found = study(asked, design, [1, 2], evaluate, arms, resamples=50)
    assert found.table.set_index("factor").loc["hope", "difference_from_default"] == 0.0
