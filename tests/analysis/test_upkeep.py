"""What the run store holds is told in groups, checked to the last byte, and goes only where no run can use it or it is chosen."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.entries_told import lines_of, size_in_words, told_entry
from analysis.store import FAILED, NUMBERS, WORLDS, Entry, RunStore
from analysis.upkeep import (
    CURRENT,
    DAMAGED,
    OTHER_CODE,
    OTHER_PLATFORM,
    Choice,
    Now,
    groups_of,
    in_ranges,
    named,
    nearest_names,
    prune,
    rows_named,
    scenarios_of,
    verify,
)
from simulation.errors import OutputError
from simulation.identity import identity_of
from simulation.parameters import PARAMETERS
from simulation.scenario import Scenario

HERE = {"system": "Linux", "numpy": "2.1"}
NOW = Now(HERE, "c0de", frozenset({"c0de-of-sets"}))


def name_of(number: int) -> str:
    return f"{number:02x}" * 16


def world(number: int, scenario="the-visit", code="c0de", platform=HERE, **more) -> Entry:
    identity = {"scenario": {}, "people": 2_000, "weeks": 104, "seed": number, "platform": platform, "code": code}
    files = {"weekly.parquet": b"w" * 1_000, "covered.parquet": b"", "state-00056.parquet": b"s" * 500}
    return Entry(WORLDS, name_of(number), {"identity": identity, "scenario": scenario, "seed": number, **more}, files)


def numbers(number: int, told="trial, labels layer", measured="trial", code="c0de-of-sets") -> Entry:
    identity = {"measured": measured, "people": {"england": 500, "a_year_in": 300}, "seed": number, "platform": HERE,
                "code": code}  # fmt: skip
    if measured == "comparison":
        identity["scenario"] = told
    return Entry(NUMBERS, name_of(number), {"identity": identity, "told": f"{told}, seed {number}"})


def failure(number: int, code="c0de") -> Entry:
    content = {"message": "out of range", "error": "WorldError", "where": ["in week 3"], "told": f"the-visit, seed {number}"}
    return Entry(FAILED, name_of(number), {**content, "identity": world(number, code=code).content["identity"]})


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "store")


@pytest.fixture
def full(store) -> RunStore:
    """A store with some of everything."""
    for entry in (
        *(world(number) for number in (1, 2, 3, 7)), world(8, "baseline"), world(9, code="old"),
        world(10, platform={"system": "Other"}), numbers(20), numbers(21), numbers(22, code="old"),
        numbers(23, "the-visit against baseline, peers", "comparison"), failure(30), failure(31, code="old"),
    ):  # fmt: skip
        store.put(entry)
    (store.place(WORLDS, name_of(3)) / "weekly.parquet").write_bytes(b"")
    return store


def numbers_left(store: RunStore) -> list[int]:
    return sorted(int(name[:2], 16) for _, name in store.names())


# --- Groups


def test_alike_entries_are_told_together_with_their_seeds_and_what_is_kept(full):
    groups = {(group.kind, group.what, group.standing): group for group in groups_of(full.rows(), NOW)}
    visit = groups[WORLDS, "the-visit", CURRENT]
    assert (visit.people, visit.weeks, visit.count, visit.failed) == (2_000, 104, 3, 1)
    assert visit.seeds == {1, 2, 7, 30}
    assert visit.kept == {"weekly", "states"}
    assert visit.bytes == sum(full.row(kind, name_of(number)).bytes for kind, number in
                              ((WORLDS, 1), (WORLDS, 2), (WORLDS, 7), (FAILED, 30)))  # fmt: skip
    assert abs(visit.newest - datetime.now(UTC)) < timedelta(minutes=1)
    trial = groups[NUMBERS, "trial, labels layer", CURRENT]
    assert (trial.people, trial.weeks, trial.count, trial.seeds) == (800, None, 2, {20, 21})
    assert groups[NUMBERS, "comparison: the-visit against baseline, peers", CURRENT].count == 1
    assert groups[WORLDS, "the-visit", OTHER_PLATFORM].count == 1
    assert groups[WORLDS, "the-visit", DAMAGED].count == 1
    assert (groups[WORLDS, "the-visit", OTHER_CODE].count, groups[WORLDS, "the-visit", OTHER_CODE].failed) == (1, 1)
    assert [group.kind for group in groups.values()] == sorted((group.kind for group in groups.values()), reverse=True)


def test_an_entry_whose_record_cannot_be_read_has_a_line_too(full):
    (full.place(WORLDS, name_of(1)) / "record.json").write_bytes(b"")
    (lost,) = (group for group in groups_of(full.rows(), NOW) if group.what == "not known")
    assert (lost.standing, lost.count, lost.people) == (DAMAGED, 1, None)


def test_entries_of_any_shape_are_told(store):
    for number, content in enumerate(({}, {"identity": 3}, {"identity": {"people": "many", "seed": "x"}, "told": 5}), 1):
        store.put(Entry(WORLDS, name_of(number), content))
    assert sum(group.count for group in groups_of(store.rows(), NOW)) == 3
    for row in store.rows():
        assert lines_of(told_entry(store, row, NOW))


@given(numbers=st.lists(st.integers(0, 40)))
def test_ranges_in_short_form_are_read_back(numbers):
    from analysis.cli.console import read_seeds

    text = in_ranges(numbers)
    assert (read_seeds(text) if text else []) == sorted(set(numbers))


def test_the_numbers_of_a_comparison_are_of_all_its_scenarios(full):
    of = {int(row.name[:2], 16): scenarios_of(row) for row in full.rows()}
    assert of[23] == {"the-visit", "baseline", "peers"}
    assert (of[1], of[8], of[20], of[30]) == ({"the-visit"}, {"baseline"}, set(), {"the-visit"})


# --- One entry


def test_names_are_found_by_their_first_digits_and_near_ones_are_known(full):
    assert named(full, "0101") == [name_of(1)]
    assert named(full, "0") == [name_of(number) for number in (1, 2, 3, 7, 8, 9, 10)]
    assert named(full, "ffff") == []
    assert nearest_names(full, "0102")[0] == name_of(1)


def test_what_decides_a_world_is_told_where_it_differs_from_the_defaults(store):
    scenario = Scenario.from_text("""
        people = 60
        layer = "network"
        [[policy]]
        lever = "peer_groups"
        set = 2
        from = "week 4"
        because = "a reason, which decides nothing"
    """, "mine")  # fmt: skip
    identity = identity_of(scenario, 5, assumptions={"w_shame": 1.5}, nudge=4)
    store.put(Entry(WORLDS, name_of(1), {"identity": identity, "scenario": "mine", "seed": 5, "seconds": 2.0},
                    {"weekly.parquet": b"w" * 1_200}))  # fmt: skip
    (row,) = store.rows()
    told = told_entry(store, row, Now(identity["platform"], identity["code"]))
    assert told["scenario"].keys() == {"layer", "policies"}
    assert told["assumptions"] == {"w_shame": {"value": 1.5, "default": PARAMETERS["w_shame"].default}}
    assert (told["people"], told["seed"], told["nudge"], told["cohort"]) == (60, 5, 4, "england")
    assert told["standing"] == CURRENT
    assert told["kept"] == {"weekly.parquet": 1_200}
    assert told["content"]["identity"] == identity
    text = "\n".join(lines_of(told))
    assert "reason" not in text
    for said in (
        f"world {name_of(1)}: mine", "60 people", "seed 5, cohort england", "person 4 nudged", "layer: network",
        "policies: from_week 4, lever peer_groups, ramp_weeks 0, set 2, whom everyone",
        f"assumption w_shame: 1.5 (default {PARAMETERS['w_shame'].default:g})",
        f"code {identity['code']}: current", "lived in 2.0 s",
        "weekly.parquet: 1.2 kB", str(store.place(WORLDS, name_of(1))),
    ):  # fmt: skip
        assert said in text, said


def test_a_failure_says_what_went_wrong_and_where(full):
    (row,) = rows_named(full, name_of(30))
    text = "\n".join(lines_of(told_entry(full, row, NOW)))
    assert f"failed {name_of(30)}: the-visit" in text
    assert "WorldError: out of range" in text
    assert "in week 3" in text
    assert "seed 30" in text


def test_what_no_run_uses_any_more_says_why(full):
    for number, said in ((9, "code old: other code"), (10, "another platform"), (3, "damaged: weekly.parquet: ends too early")):
        (row,) = rows_named(full, name_of(number))
        assert said in "\n".join(lines_of(told_entry(full, row, NOW)))


@pytest.mark.parametrize(("size", "said"), [(0, "0 bytes"), (1_000, "1.0 kB"), (1_234_567, "1.2 MB"), (5 * 10**9, "5.0 GB")])
def test_sizes_are_said_in_the_unit_they_are_read_best_in(size, said):
    assert size_in_words(size) == said


# --- Verify


def test_every_damaged_file_is_named_once_and_the_rest_is_counted(full):
    path = full.place(WORLDS, name_of(7)) / "state-00056.parquet"
    path.write_bytes(b"t" + path.read_bytes()[1:])
    (full.place(WORLDS, name_of(3)) / "state-00056.parquet").unlink()
    told: list[tuple] = []
    checked = verify(full, lambda *progress: told.append(progress))
    assert {(one.name, one.file, one.why) for one in checked.damaged} == {
        (name_of(3), "weekly.parquet", "ends too early"), (name_of(3), "state-00056.parquet", "missing"),
        (name_of(7), "state-00056.parquet", "not what was written"),
    }  # fmt: skip
    assert checked.entries == 13
    assert checked.bytes == sum(row.bytes for row in full.rows())
    assert told[0] == (0, 13, None)
    assert told[-1] == (13, 13, None)


def test_an_empty_store_is_whole(store):
    assert verify(store) == type(verify(store))(0, 0, ())


# --- Prune

ALL = [1, 2, 3, 7, 8, 9, 10, 20, 21, 22, 23, 30, 31]
USELESS = {3, 9, 22}


def choose(**what) -> Choice:
    return Choice(**what)


def soon() -> datetime:
    """After everything that this file makes, however long other tests take before it is run."""
    return datetime.now(UTC) + timedelta(hours=12)


@pytest.mark.parametrize(
    ("choice", "goes"),
    [
        (choose(), USELESS),
        (choose(failed=True), USELESS | {30, 31}),
        (choose(scenario="baseline"), USELESS | {8, 23}),
        (choose(scenario="the-visit"), USELESS | {1, 2, 7, 10, 23}),
        (choose(scenario="the-visit", failed=True), USELESS | {30, 31}),
        (choose(scenario="trial"), USELESS),
        (choose(before=soon()), set(ALL) - {30, 31}),
        (choose(before=soon(), scenario="baseline"), USELESS | {8, 23}),
        (choose(before=soon() - timedelta(days=1)), USELESS),
        (choose(everything=True), set(ALL)),
    ],
)
def test_what_no_run_can_use_goes_and_what_is_chosen_with_it(full, choice, goes):
    size = sum(row.bytes for row in full.rows() if int(row.name[:2], 16) in goes)
    dry = prune(full, NOW, choice, dry_run=True)
    assert numbers_left(full) == ALL
    gone = prune(full, NOW, choice)
    assert numbers_left(full) == sorted(set(ALL) - goes)
    assert gone == dry
    assert gone.bytes == size
    assert sum(gone.counts.values()) == len(goes)


def test_why_each_goes_is_told(full):
    gone = prune(full, NOW, choose(scenario="baseline"))
    assert gone.counts == {
        (WORLDS, DAMAGED): 1, (WORLDS, OTHER_CODE): 1, (NUMBERS, OTHER_CODE): 1, (WORLDS, "of baseline"): 1,
        (NUMBERS, "of baseline"): 1,
    }  # fmt: skip


def test_what_killed_processes_left_goes_after_an_hour(full):
    part = full.place(WORLDS, name_of(1)).parent
    for name, age in (("old", 3_700), ("fresh", 0)):
        path = part / f".unfinished-{name}"
        path.mkdir()
        (path / "weekly.parquet").write_bytes(b"w" * 70)
        os.utime(path, (time.time() - age,) * 2)
    assert prune(full, NOW, choose(), dry_run=True).counts["unfinished", "left by a process that was killed"] == 1
    assert (part / ".unfinished-old").exists()
    before = prune(full, NOW, choose(), dry_run=True).bytes
    assert prune(full, NOW, choose()).bytes == before
    assert [(part / f".unfinished-{name}").exists() for name in ("old", "fresh")] == [False, True]


def test_nothing_that_is_not_the_store_s_own_is_touched(full):
    foreign = [
        full.folder / "notes.txt", full.folder / "worlds" / "notes.txt", full.folder / "worlds" / "01" / "notes.txt",
        full.folder / "mine" / "01" / name_of(1) / "record.json", full.folder / "worlds" / "mine" / "x.parquet",
        full.folder / "worlds" / "01" / "abc" / "record.json",
        full.folder / "worlds" / "ff" / name_of(1) / "record.json",
    ]  # fmt: skip
    for path in foreign:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
        os.utime(path, (0, 0))
    outside = full.folder.parent / "outside"
    outside.mkdir()
    (outside / "mine.txt").write_text("mine")
    (full.folder / "worlds" / "01" / name_of(1)).rename(full.folder.parent / "moved")
    (full.folder / "worlds" / "01" / name_of(1)).symlink_to(outside)
    gone = prune(full, NOW, choose(everything=True))
    assert sum(gone.counts.values()) == len(ALL)
    assert list(full.names()) == []
    assert all(path.read_text() == "mine" for path in [*foreign, outside / "mine.txt"])
    assert (full.folder / "store.json").exists()


def test_a_folder_that_is_no_store_is_refused(tmp_path):
    (tmp_path / "worlds").mkdir()
    (tmp_path / "letters").mkdir()
    with pytest.raises(OutputError, match="no run store"):
        RunStore(tmp_path)
