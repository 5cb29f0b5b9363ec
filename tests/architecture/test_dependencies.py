"""What the packages import is what the project asks for, and what it asks for is used."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

OWN = {"simulation", "analysis"}

NOT_IMPORTED_HERE = {
    "networkx": "Mesa imports it without asking for it",
}

COMES_WITH = {"pydantic_core": "pydantic"}
"""Installed by another, which is asked for and decides its version."""


def names_of(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", requirement).group().lower() for requirement in requirements}


def imported(sources) -> set[str]:
    found = set()
    for tree in sources.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.split(".")[0])
    return {COMES_WITH.get(name.lower(), name.lower()) for name in found - set(sys.stdlib_module_names) - OWN}


def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_import_is_asked_for(root, sources):
    assert imported(sources) <= names_of(project(root)["dependencies"])


def test_everything_asked_for_is_used(root, sources):
    assert names_of(project(root)["dependencies"]) - set(NOT_IMPORTED_HERE) <= imported(sources)


def test_requirements_are_ranges_never_one_version(root):
    given = project(root)
    every = [*given["dependencies"], *(r for extra in given["optional-dependencies"].values() for r in extra)]
    assert [requirement for requirement in every if "==" in requirement or ">=" not in requirement] == []
