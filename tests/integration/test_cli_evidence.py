"""`recovery evidence validate`: what a user types, what comes back, and what is left on the disk."""

from __future__ import annotations

import json
import tomllib

import pandas as pd
import pytest

TINY = ("evidence", "validate", "--people", 60, "--seeds", "1,2", "--layer", "null")


def test_validate_prints_every_number_and_how_many_are_met(recovery, tmp_path):
    said = recovery(*TINY)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("number | cohort | status | published")
    assert sum(" | " in line for line in lines) == 40
    assert "of 32 published numbers are met within two sd" in said.out
    assert "Attempts" in said.out
    assert "results/validate-null/validate.csv" in said.out
    assert "2 trials of four cohorts" in said.err
    table = pd.read_csv(tmp_path / "results" / "validate-null" / "validate.csv")
    assert len(table) == 39
    assert {path.name for path in (tmp_path / "results" / "validate-null").iterdir()} == {
        "validate.csv", "validate.png", "validation.json",
    }  # fmt: skip


def test_the_same_validation_again_is_already_done_and_another_is_not_written_over_it(recovery):
    first = recovery(*TINY)
    again = recovery(*TINY)
    assert again.code == 0
    assert "already done" in again.out
    assert again.out.splitlines()[:40] == first.out.splitlines()[:40]
    other = recovery(*TINY, "--set", "assumptions.detection=0.05")
    assert other.code == 2
    assert "assumptions" in other.err


def test_validate_answers_in_json(recovery):
    record = json.loads(recovery(*TINY, "--json", "--out", "mine").out)
    assert record["layer"] == "null"
    assert record["numbers"] + record["layer_numbers"] == 39
    assert len(record["table"]) == 39


def test_a_layer_that_there_is_not_is_a_mistake_told_with_the_nearest_one(recovery):
    said = recovery("evidence", "validate", "--layer", "nul")
    assert said.code == 2
    assert "did you mean 'null'?" in said.err


@pytest.mark.slow
def test_calibrate_searches_judges_on_other_seeds_and_leaves_a_fit_that_can_be_read(recovery, tmp_path):
    """One round over the null layer's parameters; asked again it is already done."""
    asked = ("evidence", "calibrate", "independent-hazards", "--people", 40, "--rounds", 1, "--seeds", 1, "--held-out", 2)
    said = recovery(*asked)
    assert said.code == 0, said.err
    assert "19 parameters" in said.err
    folder = tmp_path / "results" / "calibrate-independent-hazards"
    fit = tomllib.loads((folder / "fit.toml").read_text())
    assert fit["layer"] == "null"
    assert fit["made"]["seeds"] == [1]
    assert set(fit["values"]) == set(fit["search"])
    assert (folder / "validate.csv").exists()
    assert not list((tmp_path / "results").glob(".*.trials.json"))
    assert "already done" in recovery(*asked).out


def test_calibrating_on_the_seeds_that_judge_it_is_a_mistake(recovery):
    said = recovery("evidence", "calibrate", "independent-hazards", "--seeds", "1-3", "--held-out", "3-5")
    assert said.code == 2
    assert "not fitted to" in said.err


def test_validate_judges_a_fit_by_its_name(recovery, tmp_path):
    said = recovery("evidence", "validate", "--fit", "independent-hazards", "--people", 60, "--seeds", 1)
    assert said.code == 0
    assert "results/validate-independent-hazards/validate.csv" in said.out
    unknown = recovery("evidence", "validate", "--fit", "independent-hazard")
    assert unknown.code == 2
    assert "did you mean 'independent-hazards'?" in unknown.err
    other = recovery("evidence", "validate", "--fit", "independent-hazards", "--layer", "labels")
    assert other.code == 2
    assert "null, the layer that independent-hazards is a fit of" in other.err
