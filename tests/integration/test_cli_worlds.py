"""`run`, `compare` and `life`: what a user types, what comes back, and what is left on the disk."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from analysis.store import RunStore
from analysis.upkeep import verify

SMALL = ("--people", 150, "--years", 1.25)
TINY = ("--people", 30, "--years", 0.2)
PAIRS = (*SMALL, "--seeds", "1-3", "--draws", 2)
VISIT = ("compare", "the-visit", "independent-advocates")


@pytest.mark.rendered
def test_run_gives_a_summary_and_the_files_of_a_run(recovery, tmp_path):
    said = recovery("run", "baseline", *SMALL, "--panel", "every 13", "--csv")
    assert said.code == 0
    assert "not a forecast" in said.out
    names = {path.name for path in (tmp_path / "results" / "baseline").iterdir()}
    assert {"run.json", "weekly.parquet", "people.parquet", "events.parquet", "panel.parquet", "overview.png"} <= names
    assert {"weekly.csv", "people.csv", "events.csv"} <= names
    assert len(pd.read_parquet(tmp_path / "results" / "baseline" / "weekly.parquet")) == 65


def test_the_same_run_again_is_already_done_and_another_is_not_written_over_it(recovery, tmp_path):
    recovery("run", "baseline", *SMALL)
    path = tmp_path / "results" / "baseline" / "run.json"
    before = path.read_bytes()
    again = recovery("run", "baseline", *SMALL)
    assert again.code == 0
    assert "already done" in again.out
    other = recovery("run", "baseline", *SMALL, "--seed", 2)
    assert other.code == 2
    assert "seed" in other.err
    assert path.read_bytes() == before
    assert recovery("run", "baseline", *SMALL, "--seed", 2, "--force").code == 0
    assert json.loads(path.read_text())["seed"] == 2


def test_the_plain_engine_gives_the_same_weeks_as_the_compiled_one(recovery, tmp_path):
    size = ("--people", 30, "--years", 0.2)
    recovery("run", "baseline", *size, "--out", "compiled")
    recovery("run", "baseline", *size, "--engine", "plain", "--out", "plain")
    one, two = (pd.read_parquet(tmp_path / name / "weekly.parquet") for name in ("compiled", "plain"))
    pd.testing.assert_frame_equal(one, two)


def test_an_assumption_can_be_set(recovery, tmp_path):
    recovery("run", "baseline", *SMALL, "--set", "assumptions.identity_rate=0.02")
    record = json.loads((tmp_path / "results" / "baseline" / "run.json").read_text())
    assert record["assumptions"]["identity_rate"] == 0.02


@pytest.mark.rendered
def test_compare_answers_in_the_shape_of_the_first_minute(recovery, tmp_path):
    said = recovery(*VISIT, *PAIRS)
    assert said.code == 0
    first, *_ = said.out.splitlines()
    assert first.startswith("Of every 1,000 people flagged without cause, ")
    assert "within a year when an independent advocate stands by them (luck alone: " in first
    assert "if our assumptions are off: " in first
    assert "An illustration of mechanisms: not a forecast, and not about any real person." in said.out
    assert "results/the-visit-vs-independent-advocates/report.html" in said.out
    assert "pairs of worlds" in said.err


def test_the_same_comparison_again_is_already_done_and_another_is_not_written_over_it(recovery, tmp_path):
    first = recovery(*VISIT, *PAIRS)
    folder = tmp_path / "results" / "the-visit-vs-independent-advocates"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = recovery(*VISIT, *PAIRS)
    assert again.code == 0
    assert "already done" in again.out
    assert again.out.splitlines()[0] == first.out.splitlines()[0]
    assert recovery(*VISIT, *SMALL, "--seeds", "1-2", "--draws", 2).code == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_compare_speaks_of_flags_added_where_a_policy_raises_more_of_them(recovery):
    raised = ("compare", "a-year-in", "the-visit", "--people", 300, "--years", 1.25, "--seeds", "1-3", "--draws", 0)
    said = recovery(*raised, "--workers", 1).out
    assert "For every 100 flags added, " in said
    assert "averted" not in said


def test_compare_in_json_holds_the_effects(recovery):
    found = json.loads(recovery(*VISIT, *PAIRS, "--outcome", "lapsed", "--json").out)
    assert {row["outcome"] for row in found["effects"]} == {"relapsed", "lapsed"}
    assert found["answers"][0]["sentence"].startswith("Of every 1,000")


def test_compare_splits_by_a_trait(recovery, tmp_path):
    said = recovery(*VISIT, *PAIRS, "--by", "woman")
    assert said.code == 0
    effects = pd.read_csv(tmp_path / "results" / "the-visit-vs-independent-advocates" / "effects.csv")
    assert {"women", "men", "flagged_without_cause", "all"} <= set(effects["group"])


def test_life_tells_a_life_in_both_worlds(recovery):
    said = recovery("life", "the-visit", "independent-advocates", *SMALL)
    assert said.code == 0
    assert "In both worlds:" in said.out
    assert "From there on, in independent-advocates:" in said.out


def test_life_takes_a_week_apart_in_words_and_in_json(recovery):
    asked = ("life", "the-visit", "independent-advocates", *SMALL, "--week", 20)
    said = recovery(*asked)
    assert said.code == 0
    assert "Week 20 (year 1) in its terms (the week asked for):" in said.out
    assert "not of why any real person does anything" in said.out
    found = json.loads(recovery(*asked, "--json").out)["week"]
    assert found["week"] == 20
    assert [one["domain"] for one in found["domains"]] == [name for name in ("use", "offending", "mental_health") for _ in "12"]
    for one in found["domains"]:
        if not one["why_not"]:
            assert abs(sum(term["life"] for term in one["terms"]) - one["value"]) < 1e-12


def test_life_in_one_world_and_in_json(recovery):
    found = json.loads(recovery("life", "baseline", *SMALL, "--person", 3, "--json").out)
    assert found["person"] == 3
    assert found["worlds"][0]["sentences"][0].startswith("At the start: ")


MISTAKES = {
    "a range of seeds backwards": (*VISIT, "--seeds", "5-1"),
    "seeds that are words": (*VISIT, "--seeds", "all"),
    "too many seeds": (*VISIT, "--seeds", "1-99999999"),
    "fewer than no people": (*VISIT, "--people", -5),
    "half a person": (*VISIT, "--people", 0.5),
    "no years": (*VISIT, "--years", 0),
    "years that are no number": (*VISIT, "--years", "nan"),
    "too few years for the horizon": (*VISIT, "--years", 0.5),
    "fewer than no draws": (*VISIT, "--draws", -1),
    "no workers": (*VISIT, "--workers", 0),
    "seeds in raised digits": (*VISIT, "--seeds", "\u00b2"),
    "a seed of thousands of digits": (*VISIT, "--seeds", "9" * 5_000),
    "a panel in raised digits": ("run", "baseline", "--panel", "\u00b2"),
    "a seed too large": ("run", "baseline", "--seed", 2**63),
    "no name of a folder": ("run", "baseline", "--out", ""),
    "an assumption set twice": (
        "run",
        "baseline",
        "--set",
        "assumptions.identity_rate=0.02",
        "--set",
        "assumptions.identity_rate =0.03",
    ),
    "an unknown outcome": (*VISIT, "--outcome", "relapsd"),
    "an unknown group": (*VISIT, "--by", "womn"),
    "half a rule": (*VISIT, "--by", "identity < 0.4 and"),
    "an unknown scenario": ("compare", "the-visit", "independent-advocat"),
    "worlds of different cohorts": ("compare", "baseline", "the-visit"),
    "one world only": ("compare", "the-visit"),
    "a setting of nothing": ("run", "baseline", "--set", "identity_rate"),
    "an unknown assumption": ("run", "baseline", "--set", "assumptions.identity_rat=0.02"),
    "an assumption out of range": ("run", "baseline", "--set", "assumptions.identity_rate=7"),
    "an unknown engine": ("run", "baseline", "--engine", "fast"),
    "a panel beyond the end": ("run", "baseline", "--years", 1, "--panel", "53"),
    "a seed below 0": ("run", "baseline", "--seed", -1),
    "a scenario file that is not there": ("run", "nowhere.toml"),
    "an unknown option": ("run", "baseline", "--fast"),
    "an unknown verb": ("walk",),
    "a week that is not lived": ("life", "baseline", "--people", 100, "--years", 1, "--week", 52),
    "a week that is no number": ("life", "baseline", "--week", "soon"),
    "a person who is not there": ("life", "baseline", "--people", 100, "--person", 100),
    "a folder below a file": ("run", "baseline", "--out", "file/results"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_ends_with_2_one_clear_message_and_nothing_written(recovery, tmp_path, mistake):
    (tmp_path / "file").write_text("")
    said = recovery(*MISTAKES[mistake])
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("recovery: ") == 1
    assert "Traceback" not in said.err
    assert any(part in said.err for part in ("to do: ", "did you mean", "allowed "))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_numbers_and_settings_are_told_as_they_are(recovery):
    assert "given: 9,223,372,036,854,775,808" in recovery("run", "baseline", "--seed", 2**63).err
    assert "1 week (1/52 of a year) to 100 years" in recovery("run", "baseline", "--years", "nan").err
    said = recovery("run", "baseline", "--set", "assumptions.nope=1", "--set", "assumptions.hope=1", "--set", "x").err
    assert "3 problems" in said
    assert said.count("allowed: ") == said.count("given: ") == said.count("to do: ") == 3


def test_spaces_around_the_name_of_an_assumption_do_not_matter(recovery, tmp_path):
    assert recovery("run", "baseline", *TINY, "--set", " assumptions.identity_rate = 0.02").code == 0
    record = json.loads((tmp_path / "results" / "baseline" / "run.json").read_text())
    assert record["assumptions"]["identity_rate"] == 0.02


def test_a_forced_run_leaves_no_file_of_the_former_one(recovery, tmp_path):
    folder = tmp_path / "results" / "baseline"
    recovery("run", "baseline", *TINY, "--panel", "0", "--csv")
    (folder / "letter.txt").write_text("dear")
    said = recovery("run", "baseline", *TINY, "--force", "--json")
    names = {path.name for path in folder.iterdir()}
    tables = {"run.json", "weekly.parquet", "people.parquet", "events.parquet", "outcomes.csv", "overview.png"}
    assert names == tables | {"letter.txt"}
    assert {*json.loads(said.out)["files"], "letter.txt"} == names
    listed = json.loads((folder / "run.json").read_text())["files"]
    assert listed["weekly.parquet"]["bytes"] == (folder / "weekly.parquet").stat().st_size


def test_a_run_writes_every_outcome_by_group_too(recovery, tmp_path):
    file = tmp_path / "results" / "baseline" / "outcomes.csv"
    assert recovery("run", "baseline", "--people", 300, "--years", 1).code == 0
    alone = pd.read_csv(file, keep_default_na=False)
    assert set(alone["group"]) == {"all"}
    assert (alone.loc[alone["value"] == "", "note"] != "").all()
    assert recovery("run", "baseline", "--people", 300, "--years", 1, "--by", "woman", "--force").code == 0
    split = pd.read_csv(file, keep_default_na=False)
    assert set(split["group"]) == {"all", "women", "men"}
    same = split[split["group"] == "all"].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, alone)
    assert "already done" in recovery("run", "baseline", "--people", 300, "--years", 1, "--by", "woman").out
    otherwise = recovery("run", "baseline", "--people", 300, "--years", 1, "--by", "age").err
    assert "other inputs (by woman there, age now)" in otherwise


def test_a_run_split_by_nothing_known_is_refused_before_it_is_lived(recovery, tmp_path):
    said = recovery("run", "baseline", *TINY, "--by", "nobodies")
    assert said.code == 2
    assert "--by nobodies" in said.err
    assert not (tmp_path / "results").exists()


def test_a_run_with_a_file_missing_or_damaged_is_done_again(recovery, tmp_path):
    folder = tmp_path / "results" / "baseline"
    recovery("run", "baseline", *TINY)
    whole = (folder / "people.parquet").read_bytes()
    (folder / "people.parquet").write_bytes(whole[:-1])
    (folder / "events.parquet").unlink()
    said = recovery("run", "baseline", *TINY)
    assert said.code == 0
    assert "already done" not in said.out
    assert "missing or damaged" in said.err
    assert "events.parquet, people.parquet" in said.err
    assert (folder / "people.parquet").read_bytes() == whole
    assert "already done" in recovery("run", "baseline", *TINY).out


def test_a_world_without_own_experience_is_summed_up_without_unknown_numbers(recovery, tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "baseline"\nown_experience = "0 %"\n')
    said = recovery("run", "mine.toml", *TINY)
    assert said.code == 0
    assert "nan" not in said.out
    assert "nobody alive with own experience" in said.out


def test_a_machine_that_has_not_compiled_is_told_so_before_the_clock_of_the_run_starts(recovery, monkeypatch):
    import simulation

    monkeypatch.setitem(vars(simulation), "is_compiled_before", lambda: False)
    lines = recovery("run", "baseline", *TINY).err.splitlines()
    at = lines.index("compiling once (about 20 s) ...")
    assert lines[at + 1].startswith("baseline: 30 people")


def test_a_mistake_of_ours_is_one_message_with_a_hint(recovery, monkeypatch):
    import analysis.catalogue

    def broken(*_):
        raise RuntimeError("something we did not think of")

    monkeypatch.setattr(analysis.catalogue, "find_outcomes", broken)
    said = recovery(*VISIT)
    assert said.code == 1
    assert "something we did not think of" in said.err
    assert "RECOVERY_DEBUG=1" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("sent", "ends", "says"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "ended from outside")]
)
def test_an_interruption_leaves_nothing_but_finished_worlds(tmp_path, sent, ends, says):
    # What runs in the background of a script ignores interruptions from the start; this test must not.
    heed = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = heed + "sys.argv[0] = 'recovery'; from analysis.cli import main; main()"
    command = [sys.executable, "-c", code, "compare", "baseline", "fewer-unjustified-flags", "--workers", "2"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.stderr.readline().find("pairs of worlds") < 0:
        assert process.poll() is None
    time.sleep(0.5)
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode == ends
    assert out == ""
    assert says in err
    assert "Traceback" not in err
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["store"]
    assert verify(RunStore(tmp_path / "results" / "store")).damaged == ()
