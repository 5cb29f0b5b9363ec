"""What is put into the run store is read back to the last bit, or said to be damaged; nothing finished is lost."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis.store
from analysis import store_records
from analysis.store import FAILED, NUMBERS, WORLDS, Damaged, Entry, RunStore
from simulation.errors import OutputError

NAME, OTHER = "3fa94c" + "0" * 26, "3fa9" + "1" * 28
CONTENT = {"identity": {"seed": 3, "assumptions": {"small": 1e-05, "long": 0.30000000000000004}}, "told": "ä, é"}
FILES = {"weekly.parquet": b"week by week", "state-00056.parquet": b"\0\1\2"}


def world(name=NAME, files=FILES, **more) -> Entry:
    return Entry(WORLDS, name, {**CONTENT, **more}, files)


def folder_of(store: RunStore, name=NAME, kind=WORLDS) -> Path:
    return store.folder / kind / name[:2] / name


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << (bit % 8)
    path.write_bytes(data)


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "store")


names = st.text("0123456789abcdef", min_size=32, max_size=32)
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
entries = st.builds(
    Entry,
    st.sampled_from([WORLDS, NUMBERS, FAILED]),
    names,
    st.dictionaries(st.text(), plain_values, max_size=5),
    st.dictionaries(st.from_regex(r"[a-z]{1,8}(-[0-9]{5})?\.parquet", fullmatch=True), st.binary(max_size=300), max_size=4),
)


# --- What is kept


@given(entry=entries)
def test_whatever_is_put_is_read_back(entry):
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(folder)
        store.put(entry)
        assert store.has(entry.kind, entry.name, entry.files)
        assert store.read(entry.kind, entry.name) == entry


def test_an_entry_is_a_folder_with_a_record_and_files_that_any_program_can_read(store):
    store.put(world())
    assert json.loads((store.folder / "store.json").read_text()) == {"what": "run store of recovery-journeys", "format": 1}
    folder = store.folder / "worlds" / "3f" / NAME
    assert (folder / "weekly.parquet").read_bytes() == FILES["weekly.parquet"]
    record = json.loads((folder / "record.json").read_text())
    assert record.pop("checksum") == hashlib.sha256(
        json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()
    assert (record["format"], record["kind"], record["name"], record["content"]) == (1, "worlds", NAME, CONTENT)
    assert record["files"]["weekly.parquet"] == {
        "bytes": 12, "sha256": hashlib.sha256(b"week by week").hexdigest(),
    }  # fmt: skip


def test_only_the_files_asked_for_are_read(store):
    store.put(world())
    flip(folder_of(store) / "state-00056.parquet", 0)
    assert store.read(WORLDS, NAME, ["weekly.parquet"]).files == {"weekly.parquet": b"week by week"}
    assert store.read(WORLDS, NAME, []).content == CONTENT
    with pytest.raises(KeyError):
        store.read(WORLDS, NAME, ["events.parquet"])


def test_what_is_not_there_is_not_had(store):
    assert not store.has(WORLDS, NAME)
    with pytest.raises(KeyError):
        store.read(WORLDS, NAME)
    store.drop(WORLDS, NAME)
    assert list(store.rows()) == []
    assert not store.folder.exists(), "looking makes nothing"
    store.put(world())
    assert not store.has(NUMBERS, NAME)
    assert not store.has(WORLDS, NAME, ["weekly.parquet", "events.parquet"])


def test_further_files_are_added_to_those_that_are_there(store):
    store.put(world(files={"weekly.parquet": b"week by week"}, seconds=2))
    store.put(world(files={"weekly.parquet": b"others' bytes", "events.parquet": b"events"}, room=1))
    read = store.read(WORLDS, NAME)
    assert read.files == {"weekly.parquet": b"week by week", "events.parquet": b"events"}
    assert read.content == {**CONTENT, "seconds": 2, "room": 1}


def test_what_is_whole_is_not_written_again(store):
    store.put(world())
    before = {path: path.stat().st_mtime_ns for path in folder_of(store).parent.rglob("*")}
    store.put(world(files={"weekly.parquet": b"the same world"}, seconds=3))
    assert {path: path.stat().st_mtime_ns for path in folder_of(store).parent.rglob("*")} == before


def test_a_file_that_another_process_adds_meanwhile_stays(store, monkeypatch):
    store.put(world(files={"weekly.parquet": b"week by week"}))
    looks = []

    def look(entry, place):
        found = RunStore._whole(store, entry, place)
        if not looks:
            RunStore(store.folder).put(world(files={"events.parquet": b"events"}))
        looks.append(found)
        return found

    monkeypatch.setattr(store, "_whole", look)
    store.put(world(files={"covered.parquet": b"covered"}))
    assert store.read(WORLDS, NAME).files.keys() == {"weekly.parquet", "events.parquet", "covered.parquet"}


@pytest.mark.parametrize("error", [FileNotFoundError, FileExistsError])
def test_a_folder_that_another_process_removes_under_our_feet_is_made_again(store, monkeypatch, error):
    """Python's own mkdir says that the folder exists, where it has gone just after it was found."""
    failing = [error(errno.EEXIST, "gone again")] * 2
    make = Path.mkdir

    def mkdir(path, *arguments, **more):
        if failing and path == folder_of(store).parent:
            raise failing.pop()
        make(path, *arguments, **more)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    store.put(world())
    assert not failing
    assert store.read(WORLDS, NAME) == world()


def test_a_file_that_another_process_moves_in_over_ours_is_found_and_mended(store, monkeypatch):
    store.put(world(files={"weekly.parquet": b"week by week"}))
    theirs = [b"the same, written by another version"]

    def settle(folder):
        if theirs:
            (folder / "events.parquet").write_bytes(theirs.pop())

    monkeypatch.setattr(analysis.store, "settle_folder", settle)
    store.put(world(files={"events.parquet": b"events"}))
    assert store.read(WORLDS, NAME, ["events.parquet"]).files == {"events.parquet": b"events"}


def test_of_two_failures_of_one_world_the_last_is_told(store):
    store.put(Entry(FAILED, NAME, {"message": "out of memory"}))
    store.put(Entry(FAILED, NAME, {"message": "division by zero"}))
    assert store.read(FAILED, NAME).content == {"message": "division by zero"}


def test_what_is_dropped_is_gone_and_nothing_else_is(store):
    for name in (NAME, OTHER):
        store.put(world(name))
    store.drop(WORLDS, NAME)
    assert not store.has(WORLDS, NAME)
    assert store.has(WORLDS, OTHER, FILES)
    assert [path.name for path in folder_of(store).parent.iterdir()] == [OTHER]


def test_rows_tell_sizes_dates_and_damage_without_reading_files(store):
    store.put(world())
    store.put(world(OTHER))
    flip(folder_of(store, OTHER) / "record.json", 100)
    whole, damaged = sorted(store.rows(), key=lambda row: row.damage)
    assert (whole.kind, whole.name, whole.content, whole.damage) == (WORLDS, NAME, CONTENT, "")
    assert whole.files == {"weekly.parquet": 12, "state-00056.parquet": 3}
    assert whole.bytes == sum(path.stat().st_size for path in folder_of(store).iterdir())
    assert abs(whole.made.timestamp() - time.time()) < 60
    assert (damaged.name, damaged.content, damaged.damage) == (OTHER, None, "record.json: not what was written")
    os.truncate(folder_of(store) / "weekly.parquet", 3)
    (row,) = (row for row in store.rows() if row.name == NAME)
    assert (row.content, row.damage) == (CONTENT, "weekly.parquet: ends too early")


def test_names_that_lead_elsewhere_are_refused(store):
    for kind, name in (("worlds", "../" + "a" * 29), ("worlds", "ABC"), ("other", NAME), ("worlds", NAME + "\n")):
        with pytest.raises(ValueError, match="no entry"):
            store.has(kind, name)
    for file in ("../x.parquet", "record.json", ".hidden", "a/b.parquet", "x.parquet\n", ""):
        with pytest.raises(ValueError, match="plain"):
            store.put(world(files={file: b""}))
    assert not store.folder.exists()


# --- Damage


@given(entry=entries, data=st.data())
def test_any_single_flipped_bit_is_found_and_the_file_named(entry, data):
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(folder)
        store.put(entry)
        place = folder_of(store, entry.name, entry.kind)
        file = data.draw(st.sampled_from(sorted(path.name for path in place.iterdir() if path.stat().st_size)))
        flip(place / file, data.draw(st.integers(0, 8 * (place / file).stat().st_size - 1)))
        with pytest.raises(Damaged) as caught:
            store.read(entry.kind, entry.name)
        assert caught.value.file == file
        assert [damaged.file for damaged in store.damages(entry.kind, entry.name)] == [file]


def test_every_bit_of_a_record_counts_those_that_change_nothing_that_is_read_too(store):
    """1e-05 with its e flipped is 1E-05, and the last digit of 0.30000000000000004 may be another: the same numbers."""
    store.put(world(files={}))
    path = folder_of(store) / "record.json"
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        flip(path, bit)
        assert not store.has(WORLDS, NAME), bit
        path.write_bytes(whole)
    assert store.has(WORLDS, NAME)


@given(data=st.data())
def test_a_file_that_ends_too_early_is_found_without_reading_it(data):
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(folder)
        store.put(world())
        file = data.draw(st.sampled_from([*FILES, "record.json"]))
        path = folder_of(store) / file
        os.truncate(path, data.draw(st.integers(0, path.stat().st_size - 1)))
        assert not store.has(WORLDS, NAME, FILES)
        with pytest.raises(Damaged, match=f"{file}: ends too early"):
            store.read(WORLDS, NAME)


@pytest.mark.parametrize("file", [*FILES, "record.json"])
@pytest.mark.parametrize(
    ("how", "why"),
    [
        (lambda path: flip(path, 9), "not what was written"),
        (lambda path: os.truncate(path, 2), "ends too early"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\n"), "not what was written"),
        (lambda path: path.unlink(), "missing"),
        (lambda path: (path.unlink(), path.mkdir(), (path / "x").write_text("x")), "cannot be read|not what was|too early"),
    ],
)
def test_damage_is_named_on_reading_and_mended_by_the_next_put(store, file, how, why):
    store.put(world())
    store.put(world(OTHER))
    how(folder_of(store) / file)
    with pytest.raises(Damaged, match=rf"{NAME}/{file}: ({why})"):
        store.read(WORLDS, NAME)
    store.put(world())
    assert store.read(WORLDS, NAME) == world()
    assert store.read(WORLDS, OTHER) == world(OTHER)
    assert sorted(path.name for path in folder_of(store).parent.iterdir()) == [OTHER, NAME]


def test_an_entry_under_the_name_of_another_is_damage(store):
    store.put(world())
    shutil.copytree(folder_of(store), folder_of(store, OTHER))
    with pytest.raises(Damaged, match="not what was written"):
        store.read(WORLDS, OTHER)


def test_a_record_that_names_files_elsewhere_is_damage(store):
    """Even with its checksum right: a store may come from somebody else."""
    store.put(world(files={}))
    record = store_records.record_of(WORLDS, NAME, {}, {"../../../store.json": store_records.sum_of(b"")})
    (folder_of(store) / "record.json").write_bytes(store_records.bytes_of(record))
    with pytest.raises(Damaged):
        store.read(WORLDS, NAME)
    assert not store.has(WORLDS, NAME)


def test_a_file_or_an_empty_folder_in_the_place_of_an_entry_gives_way(store):
    for make in (Path.touch, Path.mkdir):
        folder_of(store).parent.mkdir(parents=True, exist_ok=True)
        make(folder_of(store))
        assert not store.has(WORLDS, NAME)
        store.put(world())
        assert store.read(WORLDS, NAME) == world()
        store.drop(WORLDS, NAME)


def test_damage_is_told_across_processes():
    damaged = Damaged(WORLDS, NAME, "weekly.parquet", "missing")
    assert str(pickle.loads(pickle.dumps(damaged))) == f"worlds/{NAME}/weekly.parquet: missing"


# --- The folder


def test_a_file_and_a_folder_of_other_things_are_no_store(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    for folder in (tmp_path / "letter.txt", tmp_path, tmp_path / "letter.txt" / "store"):
        with pytest.raises(OutputError) as caught:
            RunStore(folder)
        (problem,) = caught.value.problems
        assert problem.where == str(folder)
        assert "--store" in problem.todo
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_empty_folder_becomes_a_store_and_hidden_files_are_no_matter(tmp_path):
    (tmp_path / ".DS_Store").touch()
    RunStore(tmp_path).put(world())
    assert RunStore(tmp_path).has(WORLDS, NAME, FILES)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"what": "other"}'])
def test_a_damaged_store_file_loses_nothing_finished(store, content):
    store.put(world())
    (store.folder / "store.json").write_text(content)
    if content in ("", "{"):
        again = RunStore(store.folder)
        assert again.has(WORLDS, NAME, FILES)
        again.check_writable()
        assert json.loads((store.folder / "store.json").read_text())["format"] == 1
    else:
        with pytest.raises(OutputError, match="no run store"):
            RunStore(store.folder)


def test_a_lost_store_file_loses_nothing_finished(store):
    store.put(world())
    (store.folder / "store.json").unlink()
    again = RunStore(store.folder)
    assert again.has(WORLDS, NAME, FILES)
    again.check_writable()
    assert json.loads((store.folder / "store.json").read_text())["format"] == 1


def test_a_link_that_leads_round_in_a_circle_is_damage_and_no_end_of_the_list(store):
    store.put(world())
    place = store.place(WORLDS, NAME)
    other = place.with_name(NAME[:2] + "f" * 30)
    other.symlink_to(other)
    rows = {row.name: row.damage for row in store.rows()}
    assert rows[NAME] == ""
    assert rows[other.name] != ""
    assert [damaged.name for damaged in store.damages(WORLDS, other.name)] == [other.name]


def test_a_damaged_store_file_beside_other_things_is_no_store(store):
    store.put(world())
    (store.folder / "store.json").write_text("")
    (store.folder / "letter.txt").touch()
    with pytest.raises(OutputError, match="cannot be read"):
        RunStore(store.folder)


def test_a_store_of_a_later_version_is_left_alone(store):
    store.put(world())
    (store.folder / "store.json").write_text('{"what": "run store of recovery-journeys", "format": 2}')
    with pytest.raises(OutputError, match="format 2"):
        RunStore(store.folder)


# --- Writing that fails


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "no room left on the disk"),
        (errno.EDQUOT, "no room left in your share of the disk"),
        (errno.EROFS, "it cannot be written: read-only"),
        (errno.EACCES, "it cannot be written: permission denied"),
        (errno.EIO, "it cannot be written: input/output error"),
    ],
)
def test_a_write_that_fails_is_told_and_leaves_what_is_finished_and_nothing_else(store, monkeypatch, number, said):
    store.put(world())

    def fail(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    for write in (
        lambda: store.put(world(OTHER)),
        lambda: store.put(world(files={"events.parquet": b"events"})),
        store.check_writable,
    ):
        with pytest.raises(OutputError) as caught:
            write()
        (problem,) = caught.value.problems
        assert problem.where == str(store.folder)
        assert said in problem.given.lower()
        assert ("recovery runs prune" in problem.todo) == (number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
        assert "--store" in problem.todo
        assert "goes on from there" in problem.todo
    assert store.read(WORLDS, NAME) == world()
    assert [path for path in store.folder.rglob("*") if path.name.startswith(".")] == []


def test_an_interruption_leaves_nothing_half_written(store, monkeypatch):
    store.put(world())

    def interrupt(handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.put(world(OTHER))
    assert [path.name for path in folder_of(store).parent.iterdir()] == [NAME]


def test_a_world_that_json_cannot_hold_leaves_nothing(store):
    with pytest.raises(TypeError):
        store.put(world(number=object()))
    assert [path for path in store.folder.rglob("*") if path.is_file()] == [store.folder / "store.json"]


def test_before_long_work_the_store_is_made_and_tried(store):
    store.check_writable()
    assert [path.name for path in store.folder.iterdir()] == ["store.json"]


def test_what_killed_processes_left_goes_after_an_hour(store):
    store.put(world())
    fresh, old = (folder_of(store).parent / f".unfinished-{name}" for name in ("fresh", "old"))
    for path in (fresh, old):
        path.mkdir()
        (path / "weekly.parquet").write_bytes(b"half")
    loose, foreign = store.folder / ".unfinished-loose", store.folder / "old.txt"
    for path in (loose, foreign):
        path.touch()
    for path in (old, loose, foreign):
        os.utime(path, (time.time() - 3700,) * 2)
    assert sorted(store.leftovers()) == sorted([old, loose])
    store.check_writable()
    assert [path.exists() for path in (old, loose, fresh, foreign)] == [False, False, True, True]
    assert store.has(WORLDS, NAME, FILES)
