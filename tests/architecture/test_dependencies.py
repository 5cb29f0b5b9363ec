"""What the packages import is what the project asks for, and what it asks for is used."""

from __future__ import annotations

import ast
import re
import sys
import tomllib

OWN = {"simulation", "analysis"}

NOT_IMPORTED_HERE = {
    "altair": "mesa.visualization imports it without asking for it",
    "networkx": "Mesa imports it without asking for it",
    "solara-assets": "files that Solara's pages load, and no module",
}

COMES_WITH = {"llvmlite": "numba", "pydantic_core": "pydantic", "sklearn": "scikit-learn", "threadpoolctl": "scikit-learn"}
"""Installed by another, which is asked for and decides its version, or under another name."""


SCIKIT_LEARN = {"analysis.calibration.surfaces", "analysis.trajectory_classes"}

EXTRAS = {
    "calibration": SCIKIT_LEARN,
    "classroom": {"analysis.classroom.page", "analysis.classroom.server", "analysis.classroom.single"},
    "cluster": {"analysis.pools_of_a_cluster"},
    "discovery": {"analysis.discovery_rules"},
    "journeys": SCIKIT_LEARN,
}
"""What may read the packages of an extra, and must do without them until it is asked for: inside functions only."""

PAGES = {"analysis.classroom.page", "analysis.classroom.single"}
"""Modules that Solara loads as a whole, once its server has been asked for."""


def names_of(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", requirement).group().lower() for requirement in requirements}


def imported(sources) -> set[str]:
    return set().union(*(imported_by(ast.walk(tree)) for tree in sources.values()))


def imported_by(nodes) -> set[str]:
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return {COMES_WITH.get(name.lower(), name.lower()) for name in found - set(sys.stdlib_module_names) - OWN}


def outside_functions(node):
    """Every statement that runs when the module is read."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from outside_functions(child)


def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def of_extras(root) -> set[str]:
    given = project(root)["optional-dependencies"]
    return set().union(*(names_of(given[extra]) for extra in EXTRAS))


def test_every_import_is_asked_for(root, sources):
    assert imported(sources) <= names_of(project(root)["dependencies"]) | of_extras(root)


def test_everything_asked_for_is_used(root, sources):
    assert (names_of(project(root)["dependencies"]) | of_extras(root)) - set(NOT_IMPORTED_HERE) <= imported(sources)


def test_what_an_extra_brings_is_read_only_where_it_is_needed_and_only_when_asked_for(root, sources):
    given = project(root)["optional-dependencies"]
    for extra, rooms in EXTRAS.items():
        brought = names_of(given[extra]) - names_of(project(root)["dependencies"])
        reading = {module for module, tree in sources.items() if brought & imported_by(ast.walk(tree))}
        at_once = {module for module, tree in sources.items() if brought & imported_by(outside_functions(tree))}
        assert (reading, at_once - PAGES) == (rooms, set()), extra


def test_no_module_but_a_page_loads_a_page_before_it_is_asked_for(sources):
    for module in sources.keys() - PAGES:
        for node in outside_functions(sources[module]):
            if isinstance(node, ast.ImportFrom):
                assert not PAGES & {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}, module


def test_every_extra_can_be_tested(root):
    assert of_extras(root) <= names_of(project(root)["optional-dependencies"]["test"])


def test_requirements_are_ranges_never_one_version(root):
    given = project(root)
    every = [*given["dependencies"], *(r for extra in given["optional-dependencies"].values() for r in extra)]
    assert [requirement for requirement in every if "==" in requirement or ">=" not in requirement] == []
