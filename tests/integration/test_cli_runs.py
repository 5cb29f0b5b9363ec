"""`recovery runs`: what the store holds is listed, shown, verified and pruned."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path

import pytest

import analysis
from analysis.calibration.waves import code_of_points
from analysis.claim_jobs import code_of_claim
from analysis.cli import runs
from analysis.store import FAILED, NUMBERS, WORLDS, Entry, RunStore
from analysis.study_recipes import MEASURED_IN
from simulation.history import platform_tag
from simulation.identity import code_of_model, identity_of
from simulation.scenario import Scenario

PEOPLE = 60


def name_of(number: int) -> str:
    return f"{number:02x}" * 16


@pytest.fixture
def kept(tmp_path) -> RunStore:
    """The store that is used where none is named: worlds, one of other code, numbers, and a failure."""
    store = RunStore(tmp_path / "results" / "store")
    plan = Scenario.load("the-visit").with_settings(people=PEOPLE, years=0.5)
    for number in (1, 2, 3, 5):
        identity = {**identity_of(plan, number), **({"code": "0" * 16} if number == 5 else {})}
        content = {"identity": identity, "scenario": plan.name, "seed": number, "seconds": 1.5, "reach": [], "tried": []}
        store.put(Entry(WORLDS, name_of(number), content, {"weekly.parquet": b"w" * 2_000, "covered.parquet": b"c"}))
    identity = {"measured": "trial", "seed": 1, "people": {"england": 500}, "platform": platform_tag(), "code": "f" * 16}
    store.put(Entry(NUMBERS, name_of(20), {"identity": identity, "told": "trial, labels layer, seed 1"}))
    store.put(Entry(FAILED, name_of(30), {
        "message": "out of range", "error": "WorldError", "where": ["in week 3"], "told": "the-visit, seed 9",
        "identity": identity_of(plan, 9),
    }))  # fmt: skip
    return store


def damage(kept: RunStore, number: int) -> Path:
    path = kept.place(WORLDS, name_of(number)) / "weekly.parquet"
    path.write_bytes(b"v" + path.read_bytes()[1:])
    return path


# --- list


def test_alike_entries_share_a_line_with_how_many_their_seeds_and_their_room(recovery, kept):
    said = recovery("runs", "list")
    assert said.code == 0
    lines = said.out.splitlines()
    (current,) = (line for line in lines if line.startswith("the-visit") and line.endswith("current"))
    assert "60 people, 26 weeks | 3 worlds, 1 failed | 1-3,9 | weekly | " in current
    (other,) = (line for line in lines if line.startswith("the-visit") and line.endswith("of other code"))
    assert "| 1 world | 5 |" in other
    assert any(line.startswith("trial, labels layer, 500 people | 1 set of numbers | 1 ") for line in lines)
    assert lines[-1].startswith("6 entries, ")
    assert lines[-1].endswith("results/store")


def test_on_a_terminal_the_list_is_a_table(recovery, kept, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    lines = recovery("runs", "list").out.splitlines()
    assert lines[1].split() == ["of", "holds", "seeds", "kept", "size", "made", "use"]
    assert any("the-visit" in line and "3 worlds" in line and "current" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_every_entry_has_a_line_of_its_own_where_that_is_asked_for(recovery, kept):
    lines = recovery("runs", "list", "--all").out.splitlines()
    assert len(lines) == 1 + 6 + 1
    assert sum(line.startswith(name_of(number)[:12]) for number in (1, 2, 3, 5, 20, 30) for line in lines) == 6


def test_the_list_is_answered_in_json(recovery, kept):
    answer = json.loads(recovery("runs", "list", "--json").out)
    assert answer["entries"] == 6
    assert answer["bytes"] == sum(path.stat().st_size for path in kept.folder.rglob("*/*/*/*"))
    (visit,) = (one for one in answer["groups"] if one["what"] == "the-visit" and one["standing"] == "current")
    assert (visit["count"], visit["failed"], visit["seeds"], visit["people"], visit["weeks"]) == (3, 1, "1-3,9", 60, 26)
    every = json.loads(recovery("runs", "list", "--all", "--json").out)["all"]
    assert {one["name"] for one in every} == {name_of(number) for number in (1, 2, 3, 5, 20, 30)}


def test_an_empty_store_says_how_to_fill_it_and_nothing_is_made(recovery, tmp_path):
    said = recovery("runs", "list")
    assert said.code == 0
    assert "empty" in said.out
    assert "recovery compare" in said.out
    for verb in (["verify"], ["prune"], ["list", "--json"], ["verify", "--json"], ["prune", "--json"]):
        assert recovery("runs", *verb).code == 0
    assert list(tmp_path.iterdir()) == []


def test_another_store_may_be_named_by_option_or_environment(recovery, kept, monkeypatch):
    kept.folder.rename("elsewhere")
    assert "6 entries" in recovery("runs", "list", "--store", "elsewhere").out
    monkeypatch.setenv("RECOVERY_STORE", "elsewhere")
    assert "6 entries" in recovery("runs", "list").out


@pytest.mark.parametrize("verb", [["list"], ["show", "abcd"], ["verify"], ["prune", "--all"]])
def test_a_folder_that_is_no_store_is_refused_and_left_alone(recovery, tmp_path, verb):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    for folder, said in (("mine", "no run store"), ("mine/letter.txt", "a file"), ("none", "none"), (" ", "--store")):
        answer = recovery("runs", *verb, "--store", folder)
        assert answer.code == 2
        assert said in answer.err
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


# --- show


def test_an_entry_is_shown_by_its_first_digits(recovery, kept):
    said = recovery("runs", "show", name_of(2)[:4].upper())
    assert said.code == 0
    for told in (f"world {name_of(2)}: the-visit", "60 people, 26 weeks, seed 2", "flag_once", "weekly.parquet: 2.0 kB",
                 "lived in 1.5 s", f"code {code_of_model()}: current"):  # fmt: skip
        assert told in said.out
    (entry,) = json.loads(recovery("runs", "show", name_of(2), "--json").out)["entries"]
    assert entry["content"]["identity"]["seed"] == 2
    assert entry["kept"] == {"weekly.parquet": 2_000, "covered.parquet": 1}


def test_a_failure_is_shown_with_its_message_and_where(recovery, kept):
    out = recovery("runs", "show", name_of(30)).out
    assert "WorldError: out of range" in out
    assert "in week 3" in out


@pytest.mark.parametrize(
    ("digits", "said"),
    [("0102", name_of(1)[:12]), ("010", "at least 4"), ("xyzw", "0 to 9"), ("../..", "0 to 9"), ("", "at least 4")],
)
def test_a_name_that_nothing_has_is_told_with_near_ones(recovery, kept, digits, said):
    answer = recovery("runs", "show", digits)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""


def test_digits_that_several_names_begin_with_are_not_enough(recovery, kept):
    kept.put(Entry(WORLDS, name_of(1)[:-1] + "f", {}))
    answer = recovery("runs", "show", name_of(1)[:6])
    assert answer.code == 2
    assert name_of(1) in answer.err
    assert "2 names" in answer.err
    assert recovery("runs", "show", name_of(1)).code == 0


# --- verify


def test_a_whole_store_is_told_with_what_was_read(recovery, kept):
    said = recovery("runs", "verify")
    assert said.code == 0
    assert said.out.startswith("6 entries read, ")
    assert said.out.rstrip().endswith("all whole")
    assert "reading results/store" in said.err


def test_each_damaged_file_is_named_and_the_command_ends_with_1(recovery, kept):
    path = damage(kept, 1)
    os.truncate(kept.place(WORLDS, name_of(2)) / "record.json", 10)
    said = recovery("runs", "verify")
    assert said.code == 1
    assert f"damaged: {path.relative_to(Path.cwd())}: not what was written" in said.out
    assert f"{name_of(2)}/record.json: ends too early" in said.out
    assert "2 damaged files; the next run that needs what was in them lives it again" in said.out
    answer = recovery("runs", "verify", "--json")
    assert answer.code == 1
    assert {(one["name"], one["file"]) for one in json.loads(answer.out)["damaged"]} == {
        (name_of(1), "weekly.parquet"), (name_of(2), "record.json"),
    }  # fmt: skip


# --- prune


def test_what_no_run_can_use_goes(recovery, kept):
    (kept.place(WORLDS, name_of(3)) / "weekly.parquet").unlink()
    dry = recovery("runs", "prune", "--dry-run")
    assert "would remove 1 world: of other code" in dry.out
    assert len(list(kept.names())) == 6
    said = recovery("runs", "prune")
    assert said.code == 0
    assert "removed 1 world: damaged" in said.out
    assert "removed 1 world: of other code" in said.out
    assert "removed 1 set of numbers: of other code" in said.out
    assert "kB freed in results/store" in said.out
    assert sorted(name for _, name in kept.names()) == [name_of(number) for number in (1, 2, 30)]
    assert "nothing to remove" in recovery("runs", "prune").out


def test_options_choose_what_goes_with_it(recovery, kept):
    recovery("runs", "prune")
    assert "nothing to remove" in recovery("runs", "prune", "--older-than", "30 days").out
    assert "1 record of a failure: failed" in recovery("runs", "prune", "--failed").out
    answer = json.loads(recovery("runs", "prune", "--scenario", "the-visit", "--json").out)
    assert answer["removed"] == [{"kind": "worlds", "reason": "of the-visit", "count": 3}]
    assert list(kept.names()) == []


def test_all_leaves_an_empty_store(recovery, kept):
    (kept.folder / "notes.txt").write_text("mine")
    assert recovery("runs", "prune", "--all").code == 0
    assert sorted(path.name for path in kept.folder.iterdir()) == ["failed", "notes.txt", "numbers", "store.json", "worlds"]
    assert "empty" in recovery("runs", "list").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--older-than", "30"], "30 days"),
        (["--older-than", "0 days"], "at least a day"),
        (["--older-than", "yesterday"], "30 days"),
        (["--scenario", "the-vist"], "did you mean 'the-visit'"),
        (["--all", "--failed"], "--all alone"),
    ],
)
def test_choices_that_cannot_be_read_remove_nothing(recovery, kept, options, said):
    answer = recovery("runs", "prune", *options)
    assert answer.code == 2
    assert said in answer.err
    assert len(list(kept.names())) == 6


# --- the sub-command


def test_every_verb_has_an_example(recovery):
    for verb in ("list", "show", "verify", "prune"):
        assert f"Example: recovery runs {verb}" in " ".join(recovery("runs", verb, "--help").out.replace("│", " ").split())


def test_the_list_knows_all_modules_whose_code_decides_numbers():
    """Else `prune` would take numbers that a new module measures for those of other code."""
    named = set()
    for path in Path(analysis.__file__).parent.glob("*.py"):
        if path.name == "receipt.py":  # which only says by what code it was made, and keeps nothing in the store
            continue
        if path.name == "claim_jobs.py":  # a module a family of claims, each asked below
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "code_that_measures":
                (given,) = node.args
                named.add(given.value if isinstance(given, ast.Constant) else constants[given.id])
    assert named == set(runs.MEASURING)
    assert {code_of_claim(claim) for claim in MEASURED_IN} | {code_of_points()} <= runs._now().measures
