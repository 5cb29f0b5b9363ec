"""What the two packages offer is declared, sorted, importable, and all there is."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
import types

import pytest

PACKAGES = ("simulation", "analysis")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_surface_is_sorted_and_says_each_name_once(package):
    names = importlib.import_module(package).__all__
    assert list(names) == sorted(set(names))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_the_surface_is_there(package):
    module = importlib.import_module(package)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_public_without_being_declared(package, sources):
    """Beside the declared names only modules may be seen, and what the file itself needs from elsewhere."""
    module = importlib.import_module(package)
    needed = {
        alias.asname or alias.name
        for node in ast.walk(sources[package])
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] not in PACKAGES
        for alias in node.names
    }
    seen = {
        name for name, value in vars(module).items() if name[0] != "_" and not isinstance(value, types.ModuleType)
    }
    assert seen - needed <= set(module.__all__)


def test_the_names_that_people_rely_on_are_offered():
    simulation, analysis = (importlib.import_module(package) for package in PACKAGES)
    assert {"Person", "RecoveryModel", "Scenario", "simulate"} <= set(simulation.__all__)
    assert {"compare", "gap", "observe", "own_outcome"} <= set(analysis.__all__)


def test_the_changelog_begins_with_the_version_of_the_project_after_what_is_unreleased(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    headings = re.findall(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert next(heading for heading in headings if heading != "Unreleased") == project["version"]
    assert "Unreleased" not in headings[1:]
