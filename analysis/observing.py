"""One world observed: every outcome, for everyone at risk and by group, with what cannot be said and why."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from analysis.catalogue import EVERY, find_outcomes
from analysis.outcomes import Outcome
from analysis.stretch import Stretch, stretch_of_history
from analysis.subgroups import FEWEST, Subgroup, check_split, everyone, split_by
from analysis.survival import too_few
from simulation.errors import ComparisonError, Problem
from simulation.groups import NO_NAMES, Names

COLUMNS = ("outcome", "unit", "better", "group", "people_at_risk", "value", "weeks_observed", "note")


def observe(
    history: Any,
    outcomes: Iterable[str | Outcome] | None = None,
    by: str | None = None,
    from_week: int = 0,
    until_week: int | None = None,
) -> pd.DataFrame:
    """What can be observed of one world: one row an outcome, and one more for each group.

    Use to describe a world. Do not use to judge a policy by two worlds observed apart: `compare` pairs them.

    Parameters
    ----------
    history
        A world, as `simulate` gives it.
    outcomes
        Names of outcomes, or outcomes made by `own_outcome` or `gap`; every known one where None.
    by
        Splits people as `--by` does: a trait ("label", "domains", "kin", "area", "sex", "age", "record", "stage",
        "population_group"), a named group, or a rule on a person's state; judged in the first week.
    from_week, until_week
        First week, and the horizon: weeks of which the world holds everybody's state (its start, its end, its panel).

    Returns
    -------
    DataFrame
        Columns `outcome, unit, better, group, people_at_risk, value, weeks_observed, note`. A value that cannot be told is
        not a number, and `note` says why: nobody is at risk, fewer than 30 people are, the stretch is too short, no panel
        was kept. Where a value is known of some of those at risk only, `note` says of how many.

    Raises
    ------
    ComparisonError
        For an unknown outcome or split, or a week of which the world holds no states.

    Examples
    --------
    >>> from analysis import observe
    >>> from simulation import simulate
    >>> world = simulate("baseline", people=500, years=1, seed=1)
    >>> found = observe(world, ["degree", "rose_the_hard_way"]).set_index("outcome")
    >>> found.loc["degree", "unit"], found.loc["rose_the_hard_way", "note"]
    ('ties per person', 'needs 53 weeks or more: these are 52')
    """
    wanted = list(EVERY.values()) if outcomes is None else find_outcomes(outcomes)
    stretch = _stretch(history, from_week, until_week)
    groups = [everyone(), *_levels(by, history)]
    rows = [row for outcome in wanted for row in _rows(outcome, stretch, groups)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def check_by(by: str | None, scenario: Any) -> None:
    """Nothing if the people of a scenario can be split by `by`; raises ComparisonError with what is allowed otherwise."""
    if by is not None:
        check_split(by, _names(scenario))


def _levels(by: str | None, history: Any) -> list[Subgroup]:
    scenario = getattr(history, "scenario", None)
    check_by(by, scenario)
    return [] if by is None else split_by(by, _names(scenario))


def _names(scenario: Any) -> Names:
    return NO_NAMES if scenario is None else scenario.names


def _stretch(history: Any, first: int, last: int | None) -> Stretch:
    last = history.weeks if last is None else last
    states = {0, *history.snapshots, history.weeks}
    if not (first in states and last in states and first < last):
        given = f"weeks {first} to {last}"
        held = ", ".join(str(week) for week in sorted(states))
        raise ComparisonError(Problem("weeks observed", given, f"two of the weeks of which every state was kept ({held}), the "
                                      "earlier first", "keep more with panel=(week, ...)"))  # fmt: skip
    return stretch_of_history(history, first, last)


def _rows(outcome: Outcome, stretch: Stretch, groups: list[Subgroup]) -> list[tuple]:
    start = stretch.start
    at_risk = np.asarray(outcome.at_risk(start), dtype=bool)
    who = [at_risk & np.asarray(group.members(start), dtype=bool) for group in groups]
    note = _why_not(outcome, stretch)
    values = weights = None
    if not note and at_risk.any():
        values, weights = outcome.values(stretch, at_risk), outcome.weights(stretch)
    found = []
    for group, mask in zip(groups, who, strict=True):
        value, said = (math.nan, note) if note else _figure(outcome, values, weights, mask)
        found.append((outcome.id, outcome.unit, outcome.better, group.name, int(mask.sum()), value, stretch.weeks, said))
    return found


def _why_not(outcome: Outcome, stretch: Stretch) -> str:
    """Why an outcome cannot be measured on this stretch at all, in words; empty where it can."""
    if stretch.weeks < outcome.shortest:
        return f"needs {outcome.shortest} weeks or more: these are {stretch.weeks}"
    if outcome.needs_events and stretch.happened is None:
        return "is read from events, of which none were kept"
    if outcome.every and stretch.widest > outcome.every:
        return f'needs everybody\'s state every {outcome.every} weeks: keep a panel, as --panel "every {outcome.every}" does'
    return ""


def _figure(
    outcome: Outcome, values: np.ndarray | None, weights: np.ndarray | None, mask: np.ndarray
) -> tuple[float, str]:
    """The figure of one group and a note, or not a number and why."""
    people = int(mask.sum())
    if people == 0 or values is None or weights is None:
        return math.nan, too_few(0)
    if people < FEWEST:
        return math.nan, f"{too_few(people)}: not reported"
    first = values if values.ndim == 1 else values[:, 0]
    known = int((mask & np.isfinite(first)).sum())
    if known < FEWEST:
        of = "nobody" if known == 0 else f"only {known}"
        return math.nan, f"a value is known of {of} of {people:,} people at risk, fewer than {FEWEST}: not reported"
    value = outcome.figure(values, weights, mask)
    if not math.isfinite(value):
        return math.nan, "too little happened for a value"
    return value, "" if known == people else f"known of {known:,} of {people:,} people at risk"
