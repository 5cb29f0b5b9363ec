"""`recovery`, `list`, `check` and `new`: what there is, said plainly."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tomllib

import pytest

VERBS = ("new", "check", "list", "run", "compare", "lesson", "classroom", "life")
LISTS = ("scenarios", "levers", "parameters", "outcomes", "cohorts", "groups", "mechanisms")


def test_alone_it_prints_help(recovery):
    said = recovery()
    assert said.code == 0
    for verb in VERBS:
        assert verb in said.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example_and_json(recovery, verb):
    said = recovery(verb, "--help")
    assert said.code == 0
    assert f"Example: recovery {verb}" in said.out
    assert "--json" in said.out


def test_it_says_its_version(recovery):
    said = recovery("--version")
    assert said.code == 0
    assert said.out.startswith("recovery-journeys ")


def test_help_comes_quickly():
    """Half a second by the clock of an idle machine; the test allows a busy one."""
    code = "import sys; from analysis.cli import run_command; sys.exit(run_command(['--help']))"
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    assert min(times) < 1.5


def test_help_loads_none_of_the_heavy_libraries():
    code = (
        "import sys; from analysis.cli import run_command; run_command(['--help'])\n"
        "heavy = {'numba', 'pandas', 'matplotlib', 'scipy', 'mesa'} & set(sys.modules); sys.exit(' '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("what", LISTS)
def test_each_list_has_names_and_meanings(recovery, what):
    rows = json.loads(recovery("list", what, "--json").out)
    assert len(rows) >= 2
    assert all(row["name"] for row in rows)
    lines = recovery("list", what).out.splitlines()
    assert len(lines) == len(rows)


def test_levers_parameters_and_outcomes_are_listed_with_unit_and_meaning(recovery):
    for what in ("levers", "parameters", "outcomes"):
        for row in json.loads(recovery("list", what, "--json").out):
            assert row["unit"]
            assert row["means"]


def test_each_outcome_is_listed_with_all_that_it_is(recovery):
    rows = {row["name"]: row for row in json.loads(recovery("list", "outcomes", "--json").out)}
    assert list(rows["relapsed"]) == ["name", "usual", "unit", "better", "means", "among", "censoring", "source"]
    assert [name for name, row in rows.items() if row["usual"] == "usual"] == list(rows)[:11]
    assert {row["better"] for row in rows.values()} == {"lower", "higher", "neither"}
    assert rows["weeks_untold"]["unit"] == "weeks per flag"


def test_in_a_terminal_outcomes_are_told_one_below_the_other(recovery, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", recovery("list", "outcomes").out)
    lines = [line.rstrip() for line in plain.splitlines()]
    at = lines.index("gini_quality_of_life")
    assert lines[at + 1 : at + 4] == ["  usual: asked for", "  unit: 0-1", "  better: lower"]
    assert max(map(len, lines)) <= 80


def test_an_unknown_list_is_answered_with_the_nearest_one(recovery):
    said = recovery("list", "leverz")
    assert said.code == 2
    assert "'levers'" in said.err


def test_check_reads_scenarios_back_in_plain_sentences(recovery):
    said = recovery("check", "the-visit", "independent-advocates")
    assert said.code == 0
    assert "From week 5, an independent advocate" in said.out


def test_check_in_json_holds_the_same(recovery):
    (found,) = json.loads(recovery("check", "the-visit", "--json").out)
    assert found["name"] == "the-visit"
    assert found["resolved"]["cohort"] == "a_year_in"


def test_check_tells_all_problems_of_all_files_in_one_message(recovery, tmp_path):
    (tmp_path / "one.toml").write_text('extends = "baseline"\nyeers = 3\n')
    (tmp_path / "two.toml").write_text('extends = "baseline"\npeople = "many"\n')
    said = recovery("check", "one.toml", "two.toml", "baseline")
    assert said.code == 2
    assert "yeers" in said.err
    assert "two.toml" in said.err
    assert said.out == ""


def test_check_knows_the_outcomes(recovery, tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "baseline"\n[primary]\noutcome = "relapsd"\n')
    said = recovery("check", "mine.toml")
    assert said.code == 2
    assert "relapsed" in said.err


def test_a_new_scenario_is_commented_and_right_as_it_stands(recovery, tmp_path):
    said = recovery("new", "mine", "--from", "the-visit")
    assert said.code == 0
    text = (tmp_path / "mine.toml").read_text()
    assert tomllib.loads(text) == {"question": "What changes if ...?", "extends": "the-visit"}
    assert "# [[policy]]" in text
    assert recovery("check", "mine.toml").code == 0


def test_what_its_comments_show_is_right_too(recovery, tmp_path):
    recovery("new", "mine", "--from", "the-visit")
    path = tmp_path / "mine.toml"
    shown = [line.removeprefix("# ") for line in path.read_text().splitlines() if line.startswith(("# [", "# "))]
    keys = [
        line for line in shown if line.startswith("[") or ("=" in line and line.split("=")[0].strip().isidentifier())
    ]
    top = [line for line in keys if line.split("=")[0].strip() in {"people", "years"}]
    tables = [line for line in keys if line not in top]
    path.write_text("\n".join(['question = "?"', 'extends = "the-visit"', *top, *tables]))
    said = recovery("check", "mine.toml")
    assert said.code == 0, said.err


def test_a_new_scenario_never_overwrites_one(recovery, tmp_path):
    recovery("new", "mine")
    before = (tmp_path / "mine.toml").read_text()
    said = recovery("new", "mine", "--from", "the-visit")
    assert said.code == 2
    assert (tmp_path / "mine.toml").read_text() == before
    assert recovery("new", "mine", "--from", "the-visit", "--force").code == 0


def test_a_new_scenario_does_not_extend_itself(recovery, tmp_path):
    said = recovery("new", "baseline", "--out", "x")
    assert said.code == 2
    assert "cannot extend itself" in said.err
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_scenario_is_said_in_whole_words(recovery):
    assert "given: no scenario by this name" in recovery("check", "nope").err


@pytest.mark.parametrize("name", ["../mine", "a/b", "", "x" * 200])
def test_a_new_scenario_has_a_plain_name(recovery, tmp_path, name):
    assert recovery("new", name).code == 2
    assert list(tmp_path.iterdir()) == []
