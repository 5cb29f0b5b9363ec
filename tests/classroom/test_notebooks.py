"""The notebooks of the lessons run from their first cell to their last, as a student would run them."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from analysis.classroom.lesson_page import ILLUSTRATION

LESSONS = Path(__file__).resolve().parents[2] / "docs" / "lessons"
NOTEBOOKS = sorted(LESSONS.glob("*.ipynb"))


def cells_of(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def run(source: str, names: dict) -> object:
    """Run a cell; gives the value of its last expression, as a notebook shows it."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last is not None else None


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs_and_says_something(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    said = []
    for cell in cells_of(path):
        if cell["cell_type"] == "code":
            shown = run("".join(cell["source"]), names)
            said.append(capsys.readouterr().out + ("" if shown is None else str(shown)))
    assert said[0] == ""
    assert all(text.strip() for text in said[1:])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_holds_no_output_and_says_what_it_is_first(path):
    """Outputs are for the student to make; the plain line stands before anything else."""
    cells = cells_of(path)
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells if cell["cell_type"] == "code")
    assert ILLUSTRATION in "".join(cells[0]["source"])


def test_each_lesson_has_a_page_both_sheets_and_a_notebook():
    names = {path.stem for path in LESSONS.glob("*.html")}
    assert names == {"setbacks", "label", "community"}
    for name in names:
        for file in (f"{name}-teacher.md", f"{name}-student.md", f"{name}.ipynb"):
            assert (LESSONS / file).is_file(), file
