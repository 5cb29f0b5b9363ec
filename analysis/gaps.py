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
        Names of two of its levels: both where it has more than two. Of two levels, what is left out is the one not named, or
        both in their order.
    names
        Names that a scenario gives to its areas and population groups.

    Raises
    ------
    ComparisonError
        For an unknown outcome, split or level, and for a split of more than two levels of which two are not named.

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
    chosen = _chosen(by, list(levels), first, second)
    one, other = (levels[name] for name in chosen)
    told = by if chosen == tuple(levels) else f"{by} {chosen[0]} {chosen[1]}"
    return replace(
        of, id=f"gap_{of.id}_by_{_plain(told)}", better="neither", phrase="", weekly="", event="", time="",
        at_risk=lambda people: of.at_risk(people) & (one.members(people) | other.members(people)),
        at_risk_means=f"{of.at_risk_means}: {one.means}, less {other.means}",
        measure=_measure(of, one), summarise=_summarise(of), means=f"gap between {one.means} and {other.means}: {of.means}",
    )  # fmt: skip


def _chosen(by: str, levels: list[str], first: str | None, second: str | None) -> tuple[str, str]:
    """The two levels that a gap lies between. Raises ComparisonError where they are unknown, the same, or not said."""
    given = [name for name in (first, second) if name is not None]
    for name in given:
        if name not in levels:
            raise ComparisonError(Problem(f"gap by {by}", f"level {name!r}", ", ".join(levels), "name one of these"))
    if len(given) < 2 and len(levels) != 2:
        said = " and ".join(repr(name) for name in given) or "no levels"
        todo = f"first={levels[0]!r}, second={levels[1]!r}"
        allowed = f"two of its {len(levels)} levels by name: {', '.join(levels)}"
        raise ComparisonError(Problem(f"gap by {by}", said, allowed, todo))
    left = iter([name for name in levels if name not in given])
    one, other = (name if name is not None else next(left) for name in (first, second))
    if one == other:
        raise ComparisonError(Problem(f"gap by {by}", f"level {one!r} twice", "two levels", "name another"))
    return one, other


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
