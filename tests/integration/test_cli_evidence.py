"""`recovery evidence`: what a user types, what comes back, and what is left on the disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib

import pandas as pd
import pytest

from analysis import trial_jobs
from analysis.trial import live_trial

TINY = ("evidence", "validate", "--people", 60, "--seeds", "1,2", "--layer", "null", "--workers", 1)


@pytest.mark.rendered
def test_validate_prints_every_number_and_how_many_are_met(recovery, tmp_path):
    said = recovery(*TINY[:-2])
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


def test_another_seed_lives_one_trial_more_and_the_same_seeds_none(recovery, tmp_path):
    """Whatever the folder of results: the store under results/ has them."""
    first = recovery(*TINY)
    assert "15 lived now, 0 found in the store" in first.err
    same = recovery(*TINY, "--out", "elsewhere")
    assert "Worlds: 0 lived now, 15 found in the store" in same.err
    assert same.out.splitlines()[:-1] == first.out.splitlines()[:-1]
    more = recovery(*TINY, "--seeds", "1-3", "--out", "more")
    assert "7 lived now, 15 found in the store" in more.err
    assert (tmp_path / "results" / "store" / "store.json").exists()


def test_without_a_store_nothing_is_kept_but_the_results(recovery, tmp_path):
    said = recovery(*TINY, "--store", "none")
    assert said.code == 0
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["validate-null"]


def test_a_trial_that_fails_is_told_ends_with_1_and_is_lived_again_the_next_time(recovery, monkeypatch):
    def live(values, seed, **more):
        if seed == 2:
            raise ZeroDivisionError("nobody there")
        return live_trial(values, seed, **more)

    with monkeypatch.context() as broken:
        broken.setattr(trial_jobs, "live_trial", live)
        said = recovery(*TINY)
        again = recovery(*TINY, "--json")
    assert (said.code, again.code) == (1, 1)
    assert "Failed: trial, null layer, seed 2: ZeroDivisionError: nobody there (recovery runs show" in said.out
    assert "1 trial failed" in said.err
    assert "Traceback" not in said.err + again.err
    assert len(json.loads(again.out)["failed"]) == 1
    mended = recovery(*TINY)
    assert mended.code == 0
    assert "7 lived now, 8 found in the store" in mended.err
    assert "Failed" not in mended.out


def test_a_damaged_trial_is_named_and_lived_again(recovery, tmp_path):
    first = recovery(*TINY)
    for path in (tmp_path / "results" / "store" / "numbers").rglob("record.json"):
        path.write_bytes(path.read_bytes()[:100])
    again = recovery(*TINY, "--out", "elsewhere")
    assert again.code == 0
    assert "15 lived now" in again.err
    assert again.out.splitlines()[:-1] == first.out.splitlines()[:-1]


def test_workers_and_a_cluster_are_not_asked_for_together(recovery):
    for verb in ("validate", "calibrate"):
        said = recovery("evidence", verb, "--workers", 2, "--cluster", "tcp://127.0.0.1:1")
        assert said.code == 2
        assert "one of them" in said.err


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
    assert "already done" in recovery(*asked).out
    again = recovery(*asked, "--out", "elsewhere")
    assert "Worlds: 0 lived now" in again.err
    assert tomllib.loads((tmp_path / "elsewhere" / "fit.toml").read_text()) == fit


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="an interruption from the keyboard is another thing there")
def test_an_interrupted_search_says_that_it_goes_on_and_does(recovery, tmp_path):
    """Interrupted like from a keyboard, the whole group of processes at once, in the middle of its trials."""
    asked = ("evidence", "calibrate", "independent-hazards", "--people", "40", "--rounds", "1", "--seeds", "1")
    command = [sys.executable, "-c", "from analysis.cli import main; main()", *asked, "--held-out", "2", "--workers", "2"]
    shell = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True)
    for line in shell.stderr:
        if "trials lived" in line:
            break
    os.killpg(shell.pid, signal.SIGINT)
    said = shell.communicate(timeout=120)[1]
    assert shell.returncode == 130
    *progress, last = said.splitlines()
    assert last == "recovery: interrupted: what has been lived is kept, and the same command goes on from there"
    assert all("within two sd" in line or "trials lived" in line for line in progress), said
    done = recovery(*asked, "--held-out", "2")
    assert done.code == 0
    assert "found in the store" in done.err
    assert ", 0 found in the store" not in done.err


def test_calibrating_on_the_seeds_that_judge_it_is_a_mistake(recovery):
    said = recovery("evidence", "calibrate", "independent-hazards", "--seeds", "1-3", "--held-out", "3-5")
    assert said.code == 2
    assert "not fitted to" in said.err


def test_validate_judges_a_fit_by_its_name(recovery, tmp_path):
    said = recovery("evidence", "validate", "--fit", "independent-hazards", "--people", 60, "--seeds", 1, "--workers", 1)
    assert said.code == 0
    assert "results/validate-independent-hazards/validate.csv" in said.out
    unknown = recovery("evidence", "validate", "--fit", "independent-hazard")
    assert unknown.code == 2
    assert "did you mean 'independent-hazards'?" in unknown.err
    other = recovery("evidence", "validate", "--fit", "independent-hazards", "--layer", "labels")
    assert other.code == 2
    assert "null, the layer that independent-hazards is a fit of" in other.err
