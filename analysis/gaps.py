"""Gaps between groups: an outcome in one group less the same outcome in another, as an outcome of its own."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analysis.catalogue import find_outcomes
from analysis.outcomes import Outcome
from analysis.stretch import Stretch
from analysis.subgroups import FEWEST, Subgroup, check_split, split_by
from simulation.errors import ComparisonError, Problem
from simulation.groups import NO_NAMES, Names


def gap(
    outcome: str | Outcome, by: str, first: str | None = None, second: str | None = None, names: Names = NO_NAMES
) -> Outcome:
    """An outcome that is the gap between two groups: `outcome` in the `first` less the same in the `second`, in its unit.

    Groups are judged by the state in the first week. Use for `observe`, or in `compare(..., outcomes=[...])` to see whether a
    policy narrows a gap. Do not read a gap as the effect of belonging to a group: what else differs between the two is not
    held fixed.

    Parameters
    ----------
    outcome
        By name, or as it is.
    by
        What people are split by, as `--by` takes it: a trait such as "record", a group, or a rule on a person's state.
    first, second
        Names of two of its levels; where left out, the first two.
    names
        Names that a scenario gives to its areas and population groups.

    Raises
    ------
    ComparisonError
        For an unknown outcome, split or level.

    Examples
    --------
    >>> from analysis import gap
    >>> found = gap("relapsed", by="record")
    >>> found.id, found.unit
    ('gap_relapsed_by_record', 'people per 1,000')
    """
    of = find_outcomes([outcome])[0]
    check_split(by, names)
    levels = {level.name: level for level in split_by(by, names)}
    chosen = [name or list(levels)[at] for at, name in enumerate((first, second))]
    for name in chosen:
        if name not in levels:
            raise ComparisonError(Problem(f"gap by {by}", f"level {name!r}", ", ".join(levels), "name one of these"))
    if chosen[0] == chosen[1]:
        raise ComparisonError(Problem(f"gap by {by}", f"level {chosen[0]!r} twice", "two levels", "name another"))
    one, other = (levels[name] for name in chosen)
    usual = (chosen[0], chosen[1]) == tuple(list(levels)[:2])
    told = by if usual else f"{by} {chosen[0]} {chosen[1]}"
    return replace(
        of, id=f"gap_{of.id}_by_{_plain(told)}", better="neither", phrase="", weekly="", event="", time="",
        at_risk=lambda people: of.at_risk(people) & (one.members(people) | other.members(people)),
        at_risk_means=f"{of.at_risk_means}: {one.means}, less {other.means}",
        measure=_measure(of, one), summarise=_summarise(of), means=f"gap between {one.means} and {other.means}: {of.means}",
    )  # fmt: skip


def _measure(of: Outcome, one: Subgroup) -> Callable[[Stretch], np.ndarray]:
    """What `of` measures, and in a last column whether the person is of the first group."""

    def measure(stretch: Stretch) -> np.ndarray:
        values = np.asarray(of.measure(stretch), dtype=float)
        return np.column_stack([values, one.members(stretch.start)])

    return measure


def _summarise(of: Outcome) -> Callable[[np.ndarray, np.ndarray], float]:
    """The difference of the two groups; not a number where fewer than 30 people of either have a value."""

    def summarise(values: np.ndarray, weights: np.ndarray) -> float:
        first = values[:, -1] == 1
        inner = values[:, :-1] if values.shape[1] > 2 else values[:, 0]
        if min(first.sum(), (~first).sum()) < FEWEST:
            return math.nan
        return of.summarise(inner[first], weights[first]) - of.summarise(inner[~first], weights[~first])

    return summarise


def _plain(words: str) -> str:
    return re.sub(r"\W+", "_", words).strip("_")
