"""`recovery lesson` as a teacher would type it."""

from __future__ import annotations

import json

import pytest

SMALL = "lesson the-visit independent-advocates --people 40 --seeds 1".split()


def test_it_writes_one_page_and_says_how_to_open_it(recovery, tmp_path):
    said = recovery(*SMALL, "--out", "class.html")
    assert said.code == 0, said.err
    assert "open it by a double click" in said.out
    assert [path.name for path in tmp_path.iterdir()] == ["class.html"]
    assert (tmp_path / "class.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_same_again_is_already_done_and_another_file_is_never_overwritten_in_silence(recovery, tmp_path):
    assert recovery(*SMALL, "--out", "class.html").code == 0
    written = (tmp_path / "class.html").stat().st_mtime_ns
    again = recovery(*SMALL, "--out", "class.html")
    assert (again.code, again.out.strip()) == (0, "already done: class.html")
    other = recovery(*SMALL, "--title", "Another", "--out", "class.html")
    assert other.code == 2
    assert "--force" in other.err
    assert (tmp_path / "class.html").stat().st_mtime_ns == written
    assert recovery(*SMALL, "--title", "Another", "--out", "class.html", "--force").code == 0
    assert "<h1>Another</h1>" in (tmp_path / "class.html").read_text(encoding="utf-8")


def test_its_default_place_names_both_worlds(recovery, tmp_path):
    told = json.loads(recovery(*SMALL, "--json").out)
    assert told["file"] == "results/lesson-the-visit-vs-independent-advocates.html"
    assert told["bytes"] == (tmp_path / told["file"]).stat().st_size
    assert (told["unit"], len(told["effects"])) == ("people of every 100", 1)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--people", "501"], "--people"),
        (["--years", "10.1"], "--years"),
        (["--seeds", "1-7"], "--seeds"),
        (["--out", "lesson"], "--out"),
        (["--out", " "], "--out"),
        (["--title", "x" * 201], "--title"),
        (["--years", "1"], "--years"),
    ],
)
def test_a_mistake_is_one_clear_message(recovery, tmp_path, options, named):
    said = recovery(*SMALL, *options)
    assert said.code == 2
    assert named in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_page(recovery, tmp_path):
    (tmp_path / "lessons.html").mkdir()
    said = recovery(*SMALL, "--out", "lessons.html")
    assert (said.code, "a folder" in said.err) == (2, True)
