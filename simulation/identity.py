"""What decides a world, and the name that follows from it: worlds of one name are the same to the last bit.

A name is a hash of everything that can change a history: the deciding parts of the scenario, every parameter, the people, the
weeks, the seed, the cohort's numbers, the platform, and the code of the model. What cannot change it does not count: titles,
questions, reasons given, what is judged or costs, how many threads, which engine, comments and docstrings.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulation.cohort import cohort_folder, load_cohort
from simulation.history import platform_tag
from simulation.loading import check_unedited
from simulation.scenario import Scenario

_DECIDES_NOTHING = ("name", "path", "text", "question", "primary", "costs", "currency", "warnings", "extended")
_NAMED_APART = ("people", "years", "cohort", "assumptions")
_REASONS = ("because", "where")
_NAME_DIGITS = 32


def identity_of(
    scenario: Scenario,
    seed: int,
    *,
    assumptions: Mapping[str, float] | None = None,
    nudge: int | None = None,
    platform: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """All that decides the world of `scenario` under this seed, as plain values that JSON can hold.

    Parameters
    ----------
    scenario, seed, assumptions, nudge
        As `simulate` takes them.
    platform
        The tag of the machine that lives it, this one where left out.

    Raises
    ------
    ScenarioError, ParameterError
        If there is no such cohort or assumption.
    """
    deciding = {
        one.name: _plain(getattr(scenario, one.name))
        for one in fields(scenario)
        if one.name not in (*_DECIDES_NOTHING, *_NAMED_APART)
    }
    return {
        "scenario": deciding, "cohort": _cohort(scenario.cohort, _stamp(scenario.cohort)), "people": scenario.people,
        "weeks": scenario.weeks, "seed": int(seed), "nudge": nudge,
        "assumptions": scenario.assumed(assumptions),
        "platform": dict(platform or _this_platform()), "code": code_of_model(),
    }  # fmt: skip


def name_of(identity: Mapping[str, Any]) -> str:
    """Name that follows from what decides a thing: 32 hexadecimal digits."""
    text = json.dumps(identity, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_NAME_DIGITS]


@lru_cache(maxsize=1)
def code_of_model() -> str:
    """Hash, 16 hexadecimal digits, of the syntax trees of all modules of the model; comments and docstrings do not count.

    Raises
    ------
    UserError
        If a module has been edited since it was loaded.
    """
    modules = list(Path(__file__).parent.glob("*.py"))
    check_unedited(modules)
    return code_of(modules)


def code_of(paths: Iterable[Path]) -> str:
    """Hash, 16 hexadecimal digits, of the syntax trees of these modules, whatever their folder; comments do not count."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        digest.update(f"module {path.name}\n".encode())
        for part in _parts(ast.parse(path.read_bytes())):
            digest.update(part.encode())
    return digest.hexdigest()[:16]


def _parts(node: object) -> Iterator[str]:
    """A tree as a row of words, without docstrings and without what differs between versions of Python only."""
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for name, value in ast.iter_fields(node):
            # Newer versions of Python have fields that older ones lack: an empty one says nothing.
            if value is None or value == [] or name in ("type_ignores", "kind", "type_comment"):
                continue
            yield f" {name}="
            yield from _parts(value)
        yield ")"
    elif isinstance(node, list):
        yield "["
        for one in node:
            if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)):
                yield from _parts(one)
        yield "]"
    else:
        yield f"{node!r},"


_this_platform = lru_cache(maxsize=1)(platform_tag)


def _stamp(cohort: str) -> tuple[int, int]:
    """What shows that the file of a cohort has changed."""
    path = cohort_folder() / f"{cohort}.toml"
    return (path.stat().st_mtime_ns, path.stat().st_size) if path.is_file() else (0, 0)


@lru_cache(maxsize=16)
def _cohort(name: str, _stamp: tuple[int, int]) -> dict[str, Any]:
    """What decides the starting people: the cohort's numbers, without their sources and meanings."""
    cohort = load_cohort(name)
    numbers = {one.name: float(one.value) for one in cohort.numbers.values()}
    return {"name": name, "event": cohort.event, "burn_in": cohort.burn_in, "burn_in_weeks": cohort.burn_in_weeks,
            "numbers": numbers}  # fmt: skip


def _plain(value: Any) -> Any:
    """The same in what JSON can hold, the reasons given left out; 1 and 1.0 are one number."""
    if hasattr(value, "resolved"):
        value = value.resolved()
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items() if name not in _REASONS}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return value
