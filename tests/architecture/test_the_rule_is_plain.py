"""The rule of a week is a document: scalar functions that mean the same in plain Python and compiled, bit for bit."""

from __future__ import annotations

import ast

RULE = ("simulation.week",)
"""No loops, arrays, NumPy, chance or input and output here."""

SAME_BITS = (*RULE, "simulation.engine", "simulation.luck", "simulation.ties")
"""No powers here: `2.0**x` and `x**3` differ between Numba and Python in a last bit; exp, log, expm1 and log1p do not."""

COMPILING = "simulation.compiled"

MAY_IMPORT = {"__future__", "math", "typing"}
"""All that the rule may import, beside the modules of simulation/ it rests on."""

LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.AsyncFor)
TALKING = {"breakpoint", "input", "open", "print"}
DRAWING = {"four", "gathering", "of_pair", "philox", "uniforms"}


def of_rooms(sources, rooms):
    """Modules that are one of `rooms` or lie inside one."""
    found = {name: tree for name, tree in sources.items() if any(name == r or name.startswith(f"{r}.") for r in rooms)}
    assert found, f"none of {rooms} is there"
    return found


def places(tree: ast.AST, kinds) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, kinds)]


def modules_named_in(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


class Indexing(ast.NodeVisitor):
    """Lines that index into something, annotations apart: `tuple[float, float]` is a type, `hope[i]` an array."""

    def __init__(self) -> None:
        self.lines: list[int] = []

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.lines.append(node.lineno)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for statement in [*node.body, *node.decorator_list]:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)


def test_a_week_has_no_loops(sources):
    for name, tree in of_rooms(sources, RULE).items():
        assert places(tree, LOOPS) == [], name


def test_a_week_has_no_arrays(sources):
    for name, tree in of_rooms(sources, RULE).items():
        found = Indexing()
        found.visit(tree)
        assert found.lines == [], name


def test_a_week_imports_nothing_but_mathematics_and_what_it_rests_on(sources):
    for name, tree in of_rooms(sources, RULE).items():
        other = {module for module in modules_named_in(tree) if module.split(".")[0] != "simulation"}
        assert other <= MAY_IMPORT, name


def test_a_week_draws_no_chance_and_says_nothing(sources):
    for name, tree in of_rooms(sources, RULE).items():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert [f"line {node.lineno}: {called(node)}" for node in calls if called(node) in TALKING | DRAWING] == [], name


def test_no_powers_where_plain_and_compiled_must_agree(sources):
    for name, tree in of_rooms(sources, SAME_BITS).items():
        powers = [
            node.lineno
            for node in ast.walk(tree)
            if (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow))
            or (isinstance(node, ast.Call) and called(node) in {"pow", "power", "float_power"})
        ]
        assert powers == [], name


def test_compiled_is_the_only_room_that_knows_numba(sources):
    wrong = [
        name
        for name, tree in sources.items()
        if name != COMPILING and any(module.split(".")[0] in {"numba", "llvmlite"} for module in modules_named_in(tree))
    ]
    assert wrong == []
    assert COMPILING in sources
