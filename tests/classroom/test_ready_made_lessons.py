"""The lessons of docs/lessons/ are those that the code makes, and their sheets say what their worlds gave."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest

from analysis.classroom.lesson import MOST_BYTES
from analysis.classroom.lesson_page import ILLUSTRATION, asset, lesson_data, mark_of
from simulation.history import platform_tag

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted((DOCS / "lessons").glob("*.html"))
TO_DO = "run: python docs/make_lessons.py"


@pytest.fixture(scope="module")
def make_lessons():
    sys.path.insert(0, str(DOCS))
    try:
        spec = importlib.util.spec_from_file_location("make_lessons", DOCS / "make_lessons.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules["make_lessons"] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(DOCS))
        sys.modules.pop("make_lessons", None)


def data_of(path: Path) -> dict:
    text = path.read_text(encoding="utf-8")
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_draws_as_the_code_draws_now(path):
    text = path.read_text(encoding="utf-8")
    for name in ("stage.js", "page.js", "lesson.js", "lesson.css"):
        assert asset(name) in text, TO_DO
    assert ILLUSTRATION in text
    assert len(text.encode()) < MOST_BYTES / 3


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_teachers_sheet_says_what_the_worlds_of_the_page_gave(path):
    data = data_of(path)
    sheet = path.with_name(f"{path.stem}-teacher.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| (\d+) \| ([\d.]+) \| ([\d.]+) \| (\S+) \|", sheet, re.MULTILINE)
    assert len(rows) == len(data["lucks"])
    for (people, *values), luck in zip(rows, data["lucks"], strict=True):
        one, two = (course[data["lastWeek"]] for course in luck["courses"])
        assert int(people) == sum(luck["who"])
        assert [float(value) for value in values] == pytest.approx([one, two, two - one], abs=0.06)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_teachers_sheet_holds_all_that_a_teacher_needs(path):
    sheet = path.with_name(f"{path.stem}-teacher.md").read_text(encoding="utf-8")
    for part in ("Aims", "The 20 minutes", "Questions, and what to notice", "Answers", "Limits"):
        assert f"\n## {part}\n" in sheet
    assert "**Content note.**" in sheet
    assert "| 18 to 20 |" in sheet
    assert ILLUSTRATION in sheet
    assert f"{path.stem}-student.md" in sheet


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_made_again_to_the_letter(path, make_lessons):
    if mark_of(path) != f"{path.stem} {platform_tag()}":
        pytest.skip("made on another platform: a last bit may differ, and so, later, a life")
    assert data_of(path) == json.loads(json.dumps(lesson_data(make_lessons.make(path.stem)))), TO_DO
