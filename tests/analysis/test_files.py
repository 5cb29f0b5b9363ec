"""Results are moved into place whole, and never written over in silence."""

from __future__ import annotations

import errno
import json
import os

import pytest

from analysis.files import (
    already_there,
    check_writable,
    fingerprint,
    list_files,
    lost_files,
    put,
    put_json,
    staged,
)
from simulation.errors import OutputError


def test_a_file_is_written_whole_with_nothing_left_beside_it(tmp_path):
    put(tmp_path / "a" / "b.txt", "words")
    assert (tmp_path / "a" / "b.txt").read_text() == "words"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_an_interruption_leaves_neither_results_nor_the_folder_beside(tmp_path):
    def write_half():
        with staged(tmp_path / "results", "run.json") as beside:
            put(beside / "half.csv", "half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_results_are_moved_into_place_together(tmp_path):
    with staged(tmp_path / "results", "run.json") as beside:
        put(beside / "one.csv", "1")
        assert not (tmp_path / "results").exists()
    assert (tmp_path / "results" / "one.csv").read_text() == "1"


def test_the_same_inputs_again_are_already_done(tmp_path):
    inputs = {"seeds": [1, 2]}
    put_json(tmp_path / "run.json", {"inputs": inputs, "inputs_fingerprint": fingerprint(inputs)})
    assert already_there(tmp_path, "run.json", inputs, force=False)
    assert not already_there(tmp_path, "run.json", inputs, force=True)
    assert not already_there(tmp_path / "new", "run.json", inputs, force=False)


def test_other_inputs_are_never_overwritten_and_what_differs_is_named(tmp_path):
    inputs = {"seeds": [1, 2], "people": 5}
    put_json(tmp_path / "run.json", {"inputs": inputs, "inputs_fingerprint": fingerprint(inputs)})
    with pytest.raises(OutputError, match="seeds"):
        already_there(tmp_path, "run.json", {"seeds": [1, 3], "people": 5}, force=False)


def test_a_folder_of_other_files_is_not_taken(tmp_path):
    put(tmp_path / "letter.txt", "dear")
    with pytest.raises(OutputError, match="not results"):
        already_there(tmp_path, "run.json", {}, force=False)


def test_a_record_that_cannot_be_read_is_said_and_kept(tmp_path):
    put(tmp_path / "run.json", "{")
    with pytest.raises(OutputError, match="cannot be read"):
        already_there(tmp_path, "run.json", {}, force=False)
    assert (tmp_path / "run.json").read_text() == "{"


def test_a_folder_that_cannot_be_made_is_told_before_any_work(tmp_path):
    put(tmp_path / "file", "")
    with pytest.raises(OutputError):
        check_writable(tmp_path / "file" / "results")
    check_writable(tmp_path / "deep" / "er")
    assert not (tmp_path / "deep").exists()


def test_equal_contents_have_equal_fingerprints_whatever_their_order():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint(json.loads('{"b": [2], "a": 1}'))
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


def write_results(folder, *names, inputs=1, force=True):
    with staged(folder, "run.json", inputs, force) as beside:
        for name in names:
            put(beside / name, f"{name} of {inputs}")
        record = {"inputs": inputs, "inputs_fingerprint": fingerprint(inputs), "files": list_files(beside, "run.json")}
        put_json(beside / "run.json", record)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_new_results_leave_no_file_of_the_former_ones_and_touch_no_other(tmp_path):
    write_results(tmp_path / "a", "panel.csv", "weekly.csv")
    put(tmp_path / "a" / "letter.txt", "dear")
    write_results(tmp_path / "a", "weekly.csv", inputs=2)
    assert names_in(tmp_path / "a") == ["letter.txt", "run.json", "weekly.csv"]
    assert (tmp_path / "a" / "weekly.csv").read_text() == "weekly.csv of 2"


def test_a_receipt_cannot_have_files_elsewhere_removed(tmp_path):
    put(tmp_path / "mine.txt", "mine")
    put_json(tmp_path / "a" / "run.json", {"files": {"../mine.txt": {}, "..": {}, str(tmp_path / "mine.txt"): {}}})
    write_results(tmp_path / "a", "weekly.csv")
    assert (tmp_path / "mine.txt").exists()


def test_an_interruption_while_moving_leaves_no_receipt_beside_files_it_does_not_list(tmp_path, monkeypatch):
    write_results(tmp_path / "a", "one.csv", "two.csv")
    move, moved = os.replace, []

    def interrupted(source, target):
        if str(target) == str(tmp_path / "a" / "two.csv"):
            raise KeyboardInterrupt
        moved.append(target)
        move(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_results(tmp_path / "a", "one.csv", "two.csv", inputs=2)
    assert tmp_path / "a" / "one.csv" in moved
    assert names_in(tmp_path / "a") == ["one.csv", "two.csv"]
    assert names_in(tmp_path) == ["a"]


def test_a_folder_where_a_file_must_go_is_told_before_anything_is_moved(tmp_path):
    write_results(tmp_path / "a", "one.csv")
    (tmp_path / "a" / "two.csv").mkdir()
    with pytest.raises(OutputError, match=r"two\.csv"):
        write_results(tmp_path / "a", "one.csv", "two.csv", inputs=2)
    assert (tmp_path / "a" / "one.csv").read_text() == "one.csv of 1"
    assert lost_files(tmp_path / "a", "run.json") == []


def test_a_file_that_is_missing_or_changed_is_found(tmp_path):
    write_results(tmp_path / "a", "one.csv", "three.csv", "two.csv")
    (tmp_path / "a" / "one.csv").unlink()
    (tmp_path / "a" / "two.csv").write_text("half")
    assert lost_files(tmp_path / "a", "run.json") == ["one.csv", "two.csv"]


def test_other_results_that_appeared_meanwhile_are_kept(tmp_path):
    def write_late():
        with staged(tmp_path / "a", "run.json", inputs=2, force=False) as beside:
            put(beside / "one.csv", "late")
            write_results(tmp_path / "a", "one.csv", force=False)

    with pytest.raises(OutputError, match="other inputs"):
        write_late()
    assert (tmp_path / "a" / "one.csv").read_text() == "one.csv of 1"


def test_a_full_disk_is_told_of_the_folder_that_was_asked_for(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as caught:
        write_results(tmp_path / "a", "one.csv")
    assert "No space left" in str(caught.value)
    assert "unfinished" not in str(caught.value)
    assert str(tmp_path / "a") in str(caught.value)


def test_results_go_into_a_folder_on_which_a_disk_is_mounted(tmp_path, monkeypatch):
    """Nothing can be moved into it from outside: that is another device."""
    mount, move = tmp_path / "mount", os.replace
    mount.mkdir()

    def across_no_devices(source, target):
        inside = [str(path).startswith(str(mount)) for path in (source, target)]
        if inside[0] != inside[1]:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        move(source, target)

    monkeypatch.setattr(os, "replace", across_no_devices)
    with staged(mount, "record.json") as beside:
        (beside / "effects.csv").write_text("1")
        (beside / "record.json").write_text("{}")
    assert sorted(path.name for path in mount.iterdir()) == ["effects.csv", "record.json"]


def test_what_a_killed_run_left_is_removed_after_an_hour_and_nothing_else(tmp_path):
    old, fresh, others = (tmp_path / name for name in (".a.unfinished-1", ".a.unfinished-2", ".b.unfinished-3"))
    for path in (old, fresh, others):
        path.mkdir()
    for path in (old, others):
        os.utime(path, (0, 0))
    write_results(tmp_path / "a", "one.csv")
    assert names_in(tmp_path) == [".a.unfinished-2", ".b.unfinished-3", "a"]
