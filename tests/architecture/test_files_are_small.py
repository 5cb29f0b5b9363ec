"""A file holds one subject and a function one thought: both fit in a reader's head."""

from __future__ import annotations

import ast

FILE_LINES = 600
FUNCTION_LINES = 70

LONG_FILES = {
    "simulation/parameters.py": "a table: one row a number, and every number of the model has its one home here",
    "simulation/week.py": "a document: the whole rule of a week, in the order in which it is lived",
}

LONG_FUNCTIONS = {
    "analysis.effect.compare": "the main entry from Python: an argument a line, and what each means below",
}
"""Functions allowed to be longer, each with its reason."""


def python_files(root):
    return [path for package in ("simulation", "analysis") for path in sorted((root / package).rglob("*.py"))]


def test_files_are_short(root):
    long = {}
    for path in python_files(root):
        name, lines = path.relative_to(root).as_posix(), len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES and name not in LONG_FILES:
            long[name] = lines
    assert long == {}, f"over {FILE_LINES} lines: two subjects?"


def test_functions_are_short(sources):
    long = {}
    for module, tree in sources.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                name, lines = f"{module}.{node.name}", node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES and name not in LONG_FUNCTIONS:
                    long[name] = lines
    assert long == {}, f"over {FUNCTION_LINES} lines: two thoughts?"
