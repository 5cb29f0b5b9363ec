"""Results are moved into place whole, and never written over in silence."""

from __future__ import annotations

import json

import pytest

from analysis.files import already_there, check_writable, fingerprint, put, put_json, staged
from simulation.errors import OutputError


def test_a_file_is_written_whole_with_nothing_left_beside_it(tmp_path):
    put(tmp_path / "a" / "b.txt", "words")
    assert (tmp_path / "a" / "b.txt").read_text() == "words"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_an_interruption_leaves_neither_results_nor_the_folder_beside(tmp_path):
    def write_half():
        with staged(tmp_path / "results") as beside:
            put(beside / "half.csv", "half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_results_are_moved_into_place_together(tmp_path):
    with staged(tmp_path / "results") as beside:
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
