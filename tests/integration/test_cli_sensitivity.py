"""`recovery sensitivity`: what a user types, what comes back, what is left on the disk, and what a kill leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from analysis.store import RunStore
from analysis.upkeep import verify

SMALL = ("--people", 150, "--years", 1.25, "--seeds", "1-2", "--workers", 1)
ASKED = ("sensitivity", "the-visit", "independent-advocates", "--parameters", "w_distress,flag_shock", *SMALL)
MORRIS = (*ASKED, "--samples", 2, "--no-ablation")
FOLDER = "results/the-visit-vs-independent-advocates-sensitivity"


@pytest.mark.rendered
def test_it_answers_in_sentences_and_writes_its_files_and_the_same_again_is_done_already(recovery, tmp_path):
    said = recovery(*MORRIS)
    assert said.code == 0, said.err
    for words in ("effect of independent-advocates on relapsed", "the dummy", "mu*", "Luck makes up"):
        assert words in said.out
    assert "How many more would do cannot be told from so few trajectories" in said.out
    assert "Worlds: 32 lived now, 0 found in the store." in said.out
    assert "not a forecast" in said.out
    names = {"report.html", "sensitivity.csv", "factors.csv", "points.csv", "responses.csv", "sensitivity.json"}
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == names
    table = pd.read_csv(tmp_path / FOLDER / "sensitivity.csv")
    assert {"mu_star", "mu", "sigma", "luck_share"} <= set(table["measure"])
    record = json.loads((tmp_path / FOLDER / "sensitivity.json").read_text())
    assert record["varied"] == ["w_distress", "flag_shock"]
    again = recovery(*MORRIS)
    assert again.code == 0
    assert "already done" in again.out
    other = recovery(*MORRIS, "--outcome", "died")
    assert other.code == 2
    assert "outcome" in other.err
    assert "0 lived now, 32 found in the store" in recovery(*MORRIS, "--outcome", "died", "--force").out


def test_results_that_were_edited_are_neither_believed_nor_replaced_without_force(recovery, tmp_path):
    recovery(*MORRIS)
    receipt, table = (tmp_path / FOLDER / name for name in ("sensitivity.json", "sensitivity.csv"))
    record, rows = receipt.read_text(), table.read_text()
    nothing_said = {name: value for name, value in json.loads(record).items() if name != "sentences"}
    for path, edited in ((receipt, record.replace("stand", "do not stand", 1)), (receipt, json.dumps(nothing_said)),
                         (receipt, record[:-9]), (table, rows.replace("w_distress", "w_hope", 1))):  # fmt: skip
        before = path.read_text()
        path.write_text(edited)
        said = recovery(*MORRIS)
        assert said.code == 2
        assert path.name in said.err
        assert "--force" in said.err
        assert "Traceback" not in said.err
        assert path.read_text() == edited
        path.write_text(before)
    assert "already done" in recovery(*MORRIS).out
    table.unlink()
    assert "missing in" in recovery(*MORRIS).err
    assert table.read_text() == rows
    table.write_text("edited")
    assert recovery(*MORRIS, "--force").code == 0
    assert table.read_text() == rows


def test_an_answer_in_json_is_json_and_nothing_else(recovery):
    record = json.loads(recovery(*MORRIS, "--json").out)
    assert record["method"] == "morris"
    assert record["points"] == 8
    assert {row["factor"] for row in record["measures"]} == {"w_distress", "flag_shock", "dummy", "luck"}


def test_sobol_of_the_named_assumptions_gives_shares_of_variance(recovery, tmp_path):
    said = recovery(*ASKED, "--method", "sobol", "--samples", 4, "--no-ablation", "--out", "there")
    assert said.code == 0, said.err
    assert "The first-order share" in said.out
    table = pd.read_csv(tmp_path / "there" / "sensitivity.csv")
    assert {"first", "total", "pawn_median", "pawn_max", "luck_share"} <= set(table["measure"])


def test_a_dry_run_says_what_it_would_take_and_lives_nothing(recovery, tmp_path):
    said = recovery(*MORRIS, "--dry-run")
    assert said.code == 0, said.err
    assert "8 points of 3 factors" in said.out
    assert "32 worlds, of which 0 are there already" in said.out
    assert not (tmp_path / "results").exists()
    recovery(*MORRIS)
    assert "32 are there already and 0 are to be lived" in recovery(*MORRIS, "--dry-run").out
    screening = recovery(*ASKED[:3], "--method", "sobol", "--leading", 4, *SMALL, "--no-ablation", "--dry-run")
    assert "Which assumptions lead shows only once the screening is lived" in screening.out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--method", "sobl"), "did you mean 'sobol'"),
        (("--method", "sobol", "--samples", 12), "8 or 16"),
        (("--parameters", "w_hop"), "did you mean 'w_hope'"),
        (("--groups", "age"), "mechanism or layer"),
        (("--groups", "mecanism"), "did you mean 'mechanism'"),
        (("--samples", 1), "--samples 10"),
        (("--method", "sobol", "--samples", 1), "--samples 64"),
        (("--leading", 4), "--method sobol"),
        (("--screening-trajectories", 4), "--leading 6 too"),
        (("--seeds", "1,1"), "--seeds 1-3"),
        (("--outcome", "relapse"), "relapse"),
        (("--own-experience", "120 %"), "a share from 0 to 100 %"),
        (("--own-experience", "most"), "a share from 0 to 100 %"),
        (("--set", "assumptions.w_hope=99"), "w_hope"),
        (("--seeds", "one"), "--seeds"),
        (("--people", 3), "--people"),
        (("--workers", 0), "--workers"),
    ],
)
def test_a_mistake_is_answered_in_one_message_before_anything_is_lived(recovery, tmp_path, options, told):
    said = recovery("sensitivity", "the-visit", "independent-advocates", *options)
    assert said.code == 2
    assert told in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "results").exists()


def test_a_value_that_is_set_is_not_varied_and_the_share_with_own_experience_may_be_given(recovery):
    said = recovery(*MORRIS, "--set", "assumptions.w_distress=0.5", "--own-experience", "60 %", "--json")
    record = json.loads(said.out)
    assert record["varied"] == ["flag_shock"]
    assert list(record["fixed"]) == ["w_distress"]
    assert record["inputs"]["own_experience"] == 0.6


def start(folder, *options):
    command = [sys.executable, "-c", "from analysis.cli import main; main()", *(str(option) for option in options)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


@pytest.mark.slow
def test_killed_outright_it_goes_on_without_a_lost_world_and_ends_as_if_nothing_had_been(tmp_path, monkeypatch):
    """SIGKILL to the command and the processes that live its worlds, which none of them can prepare for."""
    monkeypatch.setenv("RECOVERY_STORE", "store")
    options = (*ASKED[:-2], "--workers", 2, "--samples", 8, "--no-ablation", "--out", "out")
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    for folder in (calm, killed):
        folder.mkdir()
    out, err = start(calm, *options).communicate()
    assert ", 0 found in the store." in out, err
    sets = len(list(calm.glob("store/numbers/*/[0-9a-f]*/record.json")))

    def records():
        return {path: path.read_bytes() for path in killed.glob("store/numbers/*/[0-9a-f]*/record.json")}

    process = start(killed, *options)
    while process.poll() is None and len(records()) < 10:
        time.sleep(0.05)
    assert process.poll() is None, "it ended before it could be killed"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = records()
    assert 10 <= len(before) < sets
    out, err = start(killed, *options).communicate()
    assert f"Worlds: {2 * (sets - len(before))} lived now, {2 * len(before)} found in the store." in out, err
    after = records()
    assert all(after[path] == content for path, content in before.items())
    assert not verify(RunStore(killed / "store")).damaged
    for name in ("sensitivity.csv", "points.csv", "responses.csv", "factors.csv"):
        assert (killed / "out" / name).read_bytes() == (calm / "out" / name).read_bytes(), name
