"""`recovery attribute`: what a user types, what comes back, and what is left on the disk."""

from __future__ import annotations

import json

import pandas as pd
import pytest

SMALL = ("--people", 150, "--years", 1.25, "--seeds", "1-2", "--workers", 1)
PARTS = ("attribute", "the-visit", "spoken-for", *SMALL)
ADVOCATE = ("attribute", "the-visit", "independent-advocates", *SMALL)
FOLDER = "results/the-visit-vs-spoken-for-parts"


@pytest.mark.rendered
def test_it_answers_in_sentences_and_a_table_and_writes_its_files(recovery, tmp_path):
    said = recovery(*PARTS)
    assert said.code == 0, said.err
    assert "under spoken-for than under the-visit" in said.out
    assert "Shapley 1953" in said.out
    assert "not a forecast" in said.out
    assert "Worlds: 16 lived now, 0 found in the store." in said.out
    for name in ("just handling", "review date", "independent advocate", "all parts", "added last"):
        assert name in said.out
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == {"parts.csv", "parts.png", "attribution.json"}
    table = pd.read_csv(tmp_path / FOLDER / "parts.csv")
    primary = table[table["primary"]]
    shares, whole = (primary.loc[primary["measure"] == name, "effect"] for name in ("share", "whole"))
    assert shares.sum() == pytest.approx(whole.item())


def test_the_same_again_is_done_already_another_is_refused_and_force_finds_the_worlds(recovery, tmp_path):
    recovery(*PARTS)
    again = recovery(*PARTS)
    assert again.code == 0
    assert "already done" in again.out
    assert "Shapley 1953" in again.out
    other = recovery(*PARTS, "--outcome", "died")
    assert other.code == 2
    assert "outcomes" in other.err
    assert "0 lived now, 16 found in the store" in recovery(*PARTS, "--outcome", "died", "--force").out
    (tmp_path / FOLDER / "parts.csv").write_text("damaged")
    repaired = recovery(*PARTS, "--outcome", "died")
    assert "missing or damaged" in repaired.err
    assert (tmp_path / FOLDER / "parts.csv").read_text().startswith("base,other")


@pytest.mark.rendered
def test_spillover_adds_its_table_picture_and_sentence(recovery, tmp_path):
    said = recovery(*ADVOCATE, "--spillover", "--shares", "0.5,1", "--out", "there")
    assert said.code == 0, said.err
    assert "With 50 % of those who are eligible covered (independent advocate)" in said.out
    assert "nobody" in said.out
    table = pd.read_csv(tmp_path / "there" / "spillover.csv")
    assert set(table["share"]) == {0.5, 1.0}
    record = json.loads((tmp_path / "there" / "attribution.json").read_text())
    assert set(record["files"]) == {"parts.csv", "parts.png", "spillover.csv", "spillover.png"}
    assert "another coupling of luck" in " ".join(record["notes"])


def test_an_answer_in_json_is_json_and_nothing_else(recovery):
    answer = json.loads(recovery(*PARTS, "--part", "police=just_handling,review_date", "--json").out)
    assert set(answer["parts"]) == {"police", "independent_advocate"}
    assert answer["worlds"] == {"lived": 8, "found_in_the_store": 0}
    assert json.loads(recovery(*PARTS, "--part", "police=just_handling,review_date", "--json").out)["already_done"] is True


def test_it_says_beforehand_what_it_would_take_and_lives_nothing(recovery, tmp_path):
    asked = (*PARTS, "--spillover", "--only", "just_handling", "--shares", "0.5,1", "--draws", 1)
    said = recovery(*asked, "--dry-run")
    assert said.code == 0, said.err
    worlds = json.loads(recovery(*asked, "--dry-run", "--json").out)["worlds"]
    assert said.out.startswith(f"{worlds} worlds, of which 0 are there already")
    assert not (tmp_path / "results" / "the-visit-vs-spoken-for-parts").exists()
    lived = json.loads(recovery(*asked, "--json").out)["worlds"]["lived"]
    assert lived == worlds


def test_what_makes_its_numbers_unsafe_is_said_once_in_its_answer(recovery):
    said = recovery(*ADVOCATE, "--spillover", "--shares", "0.5,1", "--draws", 2).out
    for words in ("rests on 2 pairs of worlds", "rests on 2 draws", "No study measures police flags", "effects by ethnicity"):
        assert said.count(words) == 1


WRONG = {
    "numbers alone kept of worlds with shares covered": ((*ADVOCATE, "--spillover", "--keep", "numbers"), "--keep states"),
    "something else kept": ((*PARTS, "--keep", "all"), "--keep"),
    "an outcome of events not kept": ((*PARTS, "--keep", "states", "--outcome", "weeks_before_relapse"), "--keep events"),
    "several levers given to shares": ((*PARTS, "--spillover"), "--only just_handling"),
    "shares that are none": ((*ADVOCATE, "--shares", "0.5,2"), "above 0 and at most 1"),
    "shares that are no numbers": ((*ADVOCATE, "--shares", "half"), "above 0 and at most 1"),
    "a part without levers": ((*PARTS, "--part", "police"), "--part"),
    "a part of an unknown lever": ((*PARTS, "--part", "a=review"), "review_date"),
    "an unknown outcome": ((*PARTS, "--outcome", "relaps"), "relapsed"),
    "draws below zero": ((*PARTS, "--draws", -1), "--draws"),
    "worlds without a difference": (("attribute", "the-visit", "the-visit", *SMALL), "no policy that the-visit lacks"),
    "worlds that cannot be paired": (("attribute", "baseline", "spoken-for", *SMALL), "cohort"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_asked_is_told_before_anything_is_lived(recovery, tmp_path, what):
    arguments, says = WRONG[what]
    said = recovery(*arguments)
    assert said.code == 2
    assert says in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_help_shows_an_example(recovery):
    assert "recovery attribute the-visit spoken-for" in recovery("attribute", "--help").out
