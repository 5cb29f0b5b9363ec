"""`recovery evidence claims`: what a user types, what comes back, and what is left on the disk."""

from __future__ import annotations

import json
import re

import pandas as pd

TINY = ("evidence", "claims", "R64", "--people", 40, "--years", 0.4, "--draws", 1, "--workers", 1)


def test_one_verdict_is_repeated_with_one_command_and_left_in_files(recovery, tmp_path):
    said = recovery(*TINY)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("claim | class | deterrence | verdict")
    assert [line.split(" | ")[:3] for line in lines[1:3]] == [["R64", "I", "on"], ["R64", "I", "off"]]
    assert "inserted" in said.out
    assert "A rehearsal" in said.out
    assert f"Each draw: 8 worlds, {8 * 40 * 12 + 40 * 52:,} person-weeks." in said.err  # read to week 12; 52 of burn-in
    assert "Worlds: 8 lived now, 0 found in the store." in said.err
    folder = tmp_path / "results" / "claims-R64"
    assert {path.name for path in folder.iterdir()} == {
        "results.csv", "verdicts.csv", "draws.csv", "report.html", "a_labelling_shock.png", "claims.json",
    }  # fmt: skip
    results = pd.read_csv(folder / "results.csv")
    assert len(results) == 8
    assert set(results["measure"]) == {"less_distress", "less_waiting"}
    verdicts = pd.read_csv(folder / "verdicts.csv")
    assert verdicts["claim"].tolist() == ["R64", "R64"]
    words = re.sub(r"</?span[^>]*>", "", (folder / "report.html").read_text(encoding="utf-8"))
    assert "recovery evidence claims R64" in words


def test_the_same_again_is_already_done_more_draws_live_what_is_missing_and_others_are_not_written_over(recovery):
    recovery(*TINY)
    again = recovery(*TINY)
    assert (again.code, "already done" in again.out) == (0, True)
    other = recovery(*TINY[:-4], "--draws", 2, "--workers", 1)
    assert other.code == 2
    assert "draws" in other.err
    more = recovery(*TINY[:-4], "--draws", 2, "--workers", 1, "--force")
    assert more.code == 0
    assert "Worlds: 8 lived now, 8 found in the store." in more.err


def test_what_cannot_be_measured_is_told_and_ends_with_1(recovery):
    said = recovery("evidence", "claims", "R61", "--people", 40, "--years", 0.4, "--draws", 1, "--workers", 1, "--json")
    assert said.code == 1
    record = json.loads(said.out)
    assert len(record["failed"]) == 4
    assert "R61 cannot be measured in worlds of 21 weeks" in record["failed"][0]
    assert {row["verdict"] for row in record["verdicts"]} == {"not testable"}


def test_wrong_ids_and_numbers_are_mistakes_told_before_anything_is_lived(recovery, tmp_path):
    said = recovery("evidence", "claims", "R470", "R64")
    assert said.code == 2
    assert "R1 to R67" in said.err
    assert recovery("evidence", "claims", "R64", "--draws", 0).code == 2
    assert recovery("evidence", "claims", "R64", "--people", 1).code == 2
    assert not (tmp_path / "results").exists()


def test_a_study_is_run_by_its_name_and_left_in_files_of_its_own(recovery, tmp_path):
    """The smallest real run from end to end: four worlds of forty people over ten years, and the same again is already done."""
    asked = ("evidence", "claims", "two-selves", "--people", 40, "--draws", 1, "--workers", 1)
    said = recovery(*asked)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("study | deterrence | what it is")
    assert lines[1].startswith("two-selves | on | two selves")
    assert "Worlds: 4 lived now, 0 found in the store." in said.err
    folder = tmp_path / "results" / "claims-two-selves"
    assert {path.name for path in folder.iterdir()} == {
        "results.csv", "studies.csv", "draws.csv", "report.html", "two-selves.png", "claims.json",
    }  # fmt: skip
    table = pd.read_csv(folder / "studies.csv").set_index("measure")
    assert table.loc["loop_gain_own", "known"] == 1
    assert 0 <= table.loc["share_whose_lives_meet", "median"] <= 1
    assert "already done" in recovery(*asked).out
    record = json.loads(recovery(*asked, "--json").out)
    assert (record["verdicts"], len(record["answers"])) == ([], 7)


def test_a_study_that_is_not_there_is_a_mistake_told_with_the_nearest(recovery, tmp_path):
    said = recovery("evidence", "claims", "two-selfs")
    assert said.code == 2
    assert "two-selves" in said.err
    assert not (tmp_path / "results").exists()
