"""What a sensitivity analysis varies: which assumptions, between which ends, alone or in groups, and the dummy beside them.

A *factor* is one assumption, or a group of assumptions that are moved together. The last factor is the *dummy*, which nothing
in the model reads: what it seems to do is what luck does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.draws import RATIO_FOR_LOG, own_ranges, spread
from analysis.sensitivity_layers import layer_in_tables, layer_of
from analysis.spelling import Spell, in_python
from simulation.errors import ComparisonError, Problem
from simulation.parameters import PARAMETERS, free_parameters

DUMMY = "dummy"

SHORTEST_PART, MOST_NEAR = 3, 3
"""Letters of a name from which those that hold it are named, and how many near names are named at most."""

GROUPS = ("mechanism", "layer")
"""By what assumptions may be moved together: the part of the model that they belong to, or its layer."""

COLUMNS = ("factor", "kind", "low", "high", "default", "unit", "means", "basis", "mechanism", "layer", "log", "because")


@dataclass(frozen=True)
class Factors:
    """The factors of one analysis.

    Attributes
    ----------
    table
        One row a factor, the dummy last, with the columns `COLUMNS`; numbers are empty for groups and the dummy.
    parameters
        Assumptions that are varied, in the order of their columns in a design.
    groups
        Name of the factor that each of them belongs to, in the same order.
    ranges
        Low and high end of each of them, in its own unit.
    fixed
        Assumptions left out, with the reason.
    """

    table: pd.DataFrame
    parameters: tuple[str, ...]
    groups: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]]
    fixed: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors, the dummy last."""
        return (*dict.fromkeys(self.groups), DUMMY)

    @property
    def grouped(self) -> bool:
        """Whether some factor is a group of assumptions."""
        return self.groups != self.parameters

    def values(self, places: np.ndarray) -> np.ndarray:
        """Values of the assumptions at places between 0 and 1, both of shape (points, assumptions), in their own units.

        Wide ranges are covered evenly on a log scale, as the draws of a comparison are.
        """
        columns = [spread(places[:, at], *self.ranges[name]) for at, name in enumerate(self.parameters)]
        return np.stack(columns, axis=1)


def choose_factors(
    scenarios: Sequence[Any], parameters: Sequence[str] | None = None, groups: str | None = None
) -> Factors:
    """The factors of these scenarios: free assumptions of the table, or the named ones, less those that every scenario sets.

    A scenario's own `range` takes the place of the table's, and makes a structural constant free.

    Raises
    ------
    ComparisonError
        For an unknown assumption or grouping, two ranges for one assumption, or where nothing is left to vary.
    """
    if wrong := wrong_groups(groups):
        raise ComparisonError(wrong)
    own, because = own_ranges(scenarios), _reasons(scenarios)
    wanted = _known(parameters) if parameters is not None else _free(own)
    fixed = _set_everywhere(scenarios, wanted)
    chosen = tuple(name for name in wanted if name not in fixed)
    if not chosen:
        raise ComparisonError(
            Problem(
                "parameters",
                ", ".join(wanted),
                "at least one that no scenario sets",
                "leave a set value out, or name others",
            )
        )
    ranges = {name: own.get(name, (PARAMETERS[name].low, PARAMETERS[name].high)) for name in chosen}
    members = tuple(_group_of(name, groups) for name in chosen)
    rows = (
        _rows_of_groups(chosen, members, groups) if groups else [_row(name, ranges[name], because) for name in chosen]
    )
    table = pd.DataFrame([*rows, _row_of_dummy()], columns=list(COLUMNS))
    return Factors(table, chosen, members, ranges, fixed)


def wrong_groups(groups: object, spell: Spell = in_python) -> list[Problem]:
    """That assumptions cannot be moved together by this, where they cannot; else nothing."""
    if groups is None or groups in GROUPS:
        return []
    todo = near_names(groups, GROUPS) or spell("groups", GROUPS[0])
    return [Problem(spell("groups"), repr(groups), " or ".join(GROUPS), todo)]


def function_factors(ranges: Mapping[str, tuple[float, float]], groups: Sequence[str] | None = None) -> Factors:
    """The factors of a formula whose arguments have these ends, for checking the analysis where the answer is known."""
    names = tuple(ranges)
    members = tuple(groups) if groups is not None else names
    rows = []
    for name in dict.fromkeys(members):
        alone = name in ranges
        low, high = ranges[name] if alone else (np.nan, np.nan)
        kind = "parameter" if alone else "group"
        log = low > 0 and high / low >= RATIO_FOR_LOG
        rows.append((name, kind, low, high, (low + high) / 2, "", name, "assumed", "", "", log, ""))
    table = pd.DataFrame([*rows, _row_of_dummy()], columns=list(COLUMNS))
    return Factors(table, names, members, dict(ranges), {})


def _known(parameters: Sequence[str]) -> tuple[str, ...]:
    wrong = [name for name in parameters if name not in PARAMETERS]
    if wrong or not parameters:
        raise ComparisonError([
            Problem("parameters", repr(name), "names from `recovery list parameters`", near_names(name, PARAMETERS))
            for name in wrong
        ] or Problem("parameters", "none", "names from `recovery list parameters`", "name one or more"))  # fmt: skip
    return tuple(dict.fromkeys(parameters))


def near_names(name: object, known: Iterable[str]) -> str:
    """A hint with the few known names nearest to what was given: those that hold it, and those spelt like it; or empty."""
    given, names = str(name), list(known)
    holding = [one for one in names if len(given) >= SHORTEST_PART and given in one]
    near = list(dict.fromkeys([*holding, *difflib.get_close_matches(given, names, n=MOST_NEAR)]))[:MOST_NEAR]
    return f"did you mean {' or '.join(repr(one) for one in near)}?" if near else ""


def _free(own: Mapping[str, Any]) -> tuple[str, ...]:
    free = [parameter.name for parameter in free_parameters()]
    return (*free, *(name for name in PARAMETERS if name in own and name not in free))


def _set_everywhere(scenarios: Sequence[Any], wanted: Sequence[str]) -> dict[str, str]:
    """Those that hold one value in every world, whatever is drawn, and why."""
    found = {}
    for name in wanted:
        own = [scenario.assumptions.get(name) for scenario in scenarios]
        if all(one is not None and one.set is not None for one in own):
            found[name] = own[0].because or "set by the scenario"
    return found


def _reasons(scenarios: Sequence[Any]) -> dict[str, str]:
    """Why scenarios give their own ranges, by assumption."""
    return {
        name: one.because for scenario in scenarios for name, one in scenario.assumptions.items() if one.range is not None
    }  # fmt: skip


def _group_of(name: str, groups: str | None) -> str:
    if groups is None:
        return name
    return PARAMETERS[name].group if groups == "mechanism" else layer_in_tables(layer_of(name))


def _row(name: str, ends: tuple[float, float], because: Mapping[str, str]) -> tuple[Any, ...]:
    one = PARAMETERS[name]
    log = ends[0] > 0 and ends[1] / ends[0] >= RATIO_FOR_LOG
    return (
        name, "parameter", *ends, one.default, one.unit, one.means, one.basis, one.group, layer_in_tables(layer_of(name)), log,
        because.get(name, ""),
    )  # fmt: skip


def _rows_of_groups(chosen: Sequence[str], members: Sequence[str], groups: str) -> list[tuple[Any, ...]]:
    rows = []
    for group in dict.fromkeys(members):
        inside = [name for name, member in zip(chosen, members, strict=True) if member == group]
        grades = [PARAMETERS[name].basis for name in inside]
        most = max(dict.fromkeys(grades), key=grades.count)
        means = f"{len(inside)} assumption{'' if len(inside) == 1 else 's moved together'}: {', '.join(inside)}"
        part = group if groups == "mechanism" else ""
        layer = group if groups == "layer" else ""
        rows.append((group, "group", np.nan, np.nan, np.nan, "", means, most, part, layer, False, ""))
    return rows


def _row_of_dummy() -> tuple[Any, ...]:
    means = "nothing: no rule reads it, and what it seems to do is what other luck does"
    return (DUMMY, DUMMY, 0.0, 1.0, np.nan, "", means, "", "", "", False, "")
