"""Everything public in simulation/ says what it gives, and every example in a docstring is run."""

from __future__ import annotations

import ast
import doctest
import importlib

PARTS = ("In words", "Formula", "Theory", "Evidence")
"""What the docstring of each mechanism of a week says, in this order."""


def public(tree: ast.Module):
    """(name, node) of each public function, class and method of a module."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                    yield f"{node.name}.{inner.name}", inner


def sets_what_a_property_gets(node: ast.AST) -> bool:
    """Whether `node` is the setter of a property: its getter says what it is."""
    return any(getattr(mark, "attr", "") in {"setter", "deleter"} for mark in getattr(node, "decorator_list", []))


def test_every_module_says_what_it_is_for(sources):
    assert [name for name, tree in sources.items() if not ast.get_docstring(tree)] == []


def test_everything_public_says_what_it_gives(sources):
    silent = [
        f"{module}.{name}"
        for module, tree in sources.items()
        if module.split(".")[0] == "simulation"
        for name, node in public(tree)
        if not ast.get_docstring(node) and not sets_what_a_property_gets(node)
    ]
    assert silent == []


def rule_functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def called_in(node: ast.FunctionDef, functions) -> list[str]:
    """Functions of the module that `node` calls, in the order of the text."""
    calls = [c for c in ast.walk(node) if isinstance(c, ast.Call) and getattr(c.func, "id", "") in functions]
    return [c.func.id for c in sorted(calls, key=lambda c: (c.lineno, c.col_offset))]


def said_by(name: str, functions, seen: set[str]) -> str:
    """All that a mechanism says: its own docstring and those of the functions that it is put together from."""
    if name in seen:
        return ""
    seen.add(name)
    own = ast.get_docstring(functions[name]) or ""
    return "\n".join([own, *(said_by(part, functions, seen) for part in called_in(functions[name], functions))])


def test_every_mechanism_of_a_week_says_its_words_formula_theory_and_evidence(sources):
    """A mechanism is what `live_one_week` calls and what rests on numbers of the model; the rest keeps time and count."""
    functions = rule_functions(sources["simulation.week"])
    wanting = {}
    for name in dict.fromkeys(called_in(functions["live_one_week"], functions)):
        if "assume" in [argument.arg for argument in functions[name].args.args]:
            text = said_by(name, functions, set())
            if missing := [part for part in PARTS if f"{part}:" not in text]:
                wanting[name] = missing
    assert wanting == {}


def test_what_a_mechanism_says_stands_in_its_order(sources):
    wrong = []
    for name, node in rule_functions(sources["simulation.week"]).items():
        text = ast.get_docstring(node) or ""
        found = [text.find(f"{part}:") for part in PARTS if f"{part}:" in text]
        if found != sorted(found):
            wrong.append(name)
    assert wrong == []


def test_examples_in_docstrings_give_what_they_say(sources, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    finder, failures = doctest.DocTestFinder(exclude_empty=True), []
    for name, tree in sources.items():
        if not any(">>>" in (ast.get_docstring(node) or "") for node in [tree, *(node for _, node in public(tree))]):
            continue
        module = importlib.import_module(name)
        for example in finder.find(module, name):
            said: list[str] = []
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            if runner.run(example, out=said.append).failed:
                failures.append("".join(said))
    assert failures == []
