"""Imports go one way. Each layer may look into those above it in the list, never below."""

from __future__ import annotations

import ast
import graphlib

LAYERS = (
    {"errors", "units", "diary"},
    {"loading"},
    {"mechanisms"},
    {"parameters", "levers", "state", "book", "toml_lines"},
    {"luck", "rules", "rule_proof", "groups"},
    {"week", "areas", "cohort", "sentences", "scenario", "experiments", "policy"},
    {"ties", "engine", "population", "story", "switches"},
    {"compiled", "fast", "plain"},
    {"world"},
    {"history"},
    {"run", "identity"},
    {"people", "model", "terms"},
)
"""The layers of simulation/, from what everything rests on to what rests on everything.

A module named for one of them, such as `scenario_files`, belongs to its layer. Modules of one layer may read each other, as
long as they make no circle.
"""

OPEN_TO_ANALYSIS = {
    "simulation",
    "simulation.cohort",
    "simulation.diary",
    "simulation.errors",
    "simulation.groups",
    "simulation.history",
    "simulation.identity",
    "simulation.levers",
    "simulation.loading",
    "simulation.mechanisms",
    "simulation.parameters",
    "simulation.policy",
    "simulation.run",
    "simulation.scenario",
    "simulation.state",
    "simulation.story",
    "simulation.terms",
    "simulation.toml_lines",
    "simulation.units",
}
"""What analysis/ may read: the declared surface, and the modules that declare words, numbers and tables. Never the rule."""


def for_types_only(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def imports_when_run(tree: ast.AST):
    """Each import statement that runs: all of them, inside functions too, but not those that only type checkers read."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and for_types_only(child.test):
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        yield from imports_when_run(child)


def imported(module: str, is_package: bool, tree: ast.AST, known: set[str]):
    """(module, name) for each import: `name` is empty for whole modules, which `from package import module` is as well."""
    for statement in imports_when_run(tree):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name, ""
            continue
        above = module.split(".") if is_package else module.split(".")[:-1]
        here = above[: len(above) - statement.level + 1] if statement.level else []
        source = ".".join([*here, *([statement.module] if statement.module else [])])
        for alias in statement.names:
            whole = f"{source}.{alias.name}"
            yield (whole, "") if whole in known else (source, alias.name)


def edges(sources):
    known = set(sources)
    for module, tree in sources.items():
        is_package = any(other.startswith(f"{module}.") for other in known)
        for target, name in imported(module, is_package, tree, known):
            yield module, target, name


def layer_of(module: str) -> int:
    """Height of the module's layer, -1 where it has none."""
    short = module.split(".")[1]
    for height, layer in enumerate(LAYERS):
        if any(short == name or short.startswith(f"{name}_") for name in layer):
            return height
    return -1


def test_every_module_of_simulation_has_its_layer(sources):
    unplaced = [name for name in sources if name.startswith("simulation.") and layer_of(name) < 0]
    assert unplaced == [], "give each a place in LAYERS"


def test_simulation_looks_only_at_layers_it_rests_on(sources):
    wrong = [
        f"{module} imports {target} {name}"
        for module, target, name in edges(sources)
        if module.startswith("simulation.") and target.startswith("simulation.")
        if layer_of(module) < layer_of(target)
    ]
    assert wrong == []


def test_no_module_of_simulation_reads_the_package_it_is_part_of(sources):
    """`from simulation import X` inside simulation/ would run the whole package first: an arrow back."""
    wrong = [
        f"{module} imports {name} from simulation"
        for module, target, name in edges(sources)
        if module.startswith("simulation.") and target == "simulation"
    ]
    assert wrong == []


def test_simulation_knows_nothing_of_analysis(sources):
    wrong = [
        f"{module} imports {target}"
        for module, target, _ in edges(sources)
        if module.split(".")[0] == "simulation" and target.split(".")[0] == "analysis"
    ]
    assert wrong == []


def test_analysis_reads_only_the_public_surface_of_simulation(sources):
    wrong = []
    for module, target, name in edges(sources):
        if module.split(".")[0] != "analysis" or target.split(".")[0] != "simulation":
            continue
        if target not in OPEN_TO_ANALYSIS or name.startswith("_"):
            wrong.append(f"{module} imports {target} {name}")
    assert wrong == []


def test_nothing_but_the_command_and_the_classroom_reads_them(sources):
    rooms = ("analysis.cli", "analysis.classroom")
    wrong = [
        f"{module} imports {target}"
        for module, target, _ in edges(sources)
        if target.startswith(rooms) and not module.startswith(rooms)
    ]
    assert wrong == []


def test_imports_make_no_circle(sources):
    graph: dict[str, set[str]] = {module: set() for module in sources}
    for module, target, _ in edges(sources):
        if target in sources and target != module:
            graph[module].add(target)
    # A package's own __init__ gathers its modules, which may name it as their parent: only its modules are ordered.
    packages = {name for name in sources if any(other.startswith(f"{name}.") for other in sources)}
    ordered = {module: targets - packages for module, targets in graph.items() if module not in packages}
    list(graphlib.TopologicalSorter(ordered).static_order())


def test_there_is_no_room_called_utils(sources):
    vague = {"utils", "util", "helpers", "common", "misc", "tools"}
    assert [name for name in sources if name.split(".")[-1] in vague] == []
