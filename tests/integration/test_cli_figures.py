"""`recovery evidence validate --figures`: published figures of one's own, from the file to the verdict."""

from __future__ import annotations

import json

import pandas as pd
import pytest

FIGURES = """
[[figure]]
id = "all"
source = "by construction"
cohort = "leaving_prison"
meets = "homeless or not homeless"
weeks = 6
value = "100 %"
sd = "1 %"

[[figure]]
id = "homeless"
source = "somebody"
checked = "recalled"
cohort = "leaving_prison"
meets = "homeless"
group = "own_experience"
weeks = 8
value = "16 %"
interval = ["10 %", "22 %"]
"""

TINY = ("evidence", "validate", "--figures", "mine.toml", "--people", 70, "--draws", 3, "--workers", 1)


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(FIGURES)
    return path


def test_each_figure_gets_a_row_a_verdict_and_a_sentence_and_all_are_counted(recovery, tmp_path, mine):
    said = recovery(*TINY)
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[0].startswith("figure | cohort | published | sd | median")
    assert lines[1].startswith("all | leaving_prison | 1,000 | 10 | 1,000 | 1,000 to 1,000 |")
    assert lines[1].endswith("| inside")
    assert "3 draws of " in said.out
    assert "2 figures at 3 draws" in said.err
    assert "Worlds: 3 lived now, 0 found in the store." in said.err
    folder = tmp_path / "results" / "validate-figures-mine"
    assert {path.name for path in folder.iterdir()} == {
        "draws.csv", "figures.csv", "figures.md", "figures.png", "validation.json",
    }  # fmt: skip
    table = pd.read_csv(folder / "figures.csv").set_index("id")
    assert (table.loc["all", "verdict"], table.loc["all", "half_width_model"]) == ("inside", 0.0)
    each = pd.read_csv(folder / "draws.csv")
    assert each["seed"].nunique() == 3
    assert (each.loc[each["id"] == "all", "value"] == 1000.0).all()
    assert "**homeless**: " in (folder / "figures.md").read_text()


def test_the_same_again_is_already_done_more_draws_live_only_those_and_json_says_it_all(recovery, mine):
    first = recovery(*TINY)
    again = recovery(*TINY)
    assert "already done" in again.out
    assert again.out.splitlines()[:3] == first.out.splitlines()[:3]
    more = recovery(*TINY[:-4], "--draws", 4, "--out", "more", "--json")
    assert "Worlds: 1 lived now, 3 found in the store." in more.err
    record = json.loads(more.out)
    assert (record["draws"], record["counted"]["figures"], len(record["table"])) == (4, 2, 2)
    other = recovery(*TINY, "--set", "assumptions.detection=0.05")
    assert (other.code, "assumptions" in other.err) == (2, True)


def test_a_mistake_in_the_file_ends_with_2_and_one_message(recovery, mine):
    mine.write_text(FIGURES.replace('"16 %"', '"160 %"'))
    said = recovery(*TINY)
    assert said.code == 2
    assert "mine.toml, line 19 (homeless)" in said.err
    assert "0 to 1,000, in people per 1,000" in said.err
    assert "Traceback" not in said.err
    assert "no such file" in recovery("evidence", "validate", "--figures", "other.toml").err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--fit", "independent-hazards"), "beside --figures"), (("--seeds", "1-5"), "a seed for each draw"),
        (("--draws", "1"), "--draws"), (("--layer", "nul"), "did you mean 'null'?"), (("--people", "3"), "--people"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_with_figures_are_refused(recovery, mine, options, told):
    draws = () if options[0] == "--draws" else ("--draws", 3)
    said = recovery("evidence", "validate", "--figures", "mine.toml", *draws, *options)
    assert said.code == 2
    assert told in said.err


def test_draws_without_figures_are_refused(recovery):
    said = recovery("evidence", "validate", "--draws", 3)
    assert said.code == 2
    assert "--draws beside --figures" in said.err


def test_seeds_of_ones_own_are_one_for_each_draw(recovery, tmp_path, mine):
    said = recovery(*TINY[:-4], "--seeds", "7,9", "--workers", 1)
    assert said.code == 0, said.err
    each = pd.read_csv(tmp_path / "results" / "validate-figures-mine" / "draws.csv")
    assert sorted(each["seed"].unique()) == [7, 9]


def test_new_starts_a_file_of_figures_that_can_be_validated(recovery, tmp_path):
    said = recovery("new", "mine", "--figures")
    assert said.code == 0
    assert "Next: recovery evidence validate --figures mine.toml" in said.out
    assert recovery("new", "mine", "--figures").code == 2
    found = recovery(*TINY)
    assert found.code == 0, found.err
    assert "P4, homeless a year after release | leaving_prison | 160" in found.out


def test_what_the_store_holds_of_figures_is_told_as_current(recovery, mine):
    recovery(*TINY)
    listed = recovery("runs", "list")
    assert listed.code == 0
    assert "figures of leaving_prison" in listed.out
    assert "of other code" not in listed.out
