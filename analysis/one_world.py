"""Outcomes of one world, among all at risk and by group: what a comparison asks of two, asked of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.catalogue import EVERY, find_outcomes
from analysis.outcomes import Outcome
from analysis.stretch import Stretch, stretch_of, whole_stretch
from analysis.subgroups import EVERYONE, FEWEST, check_split, everyone, split_by
from simulation.errors import ComparisonError, Problem

COLUMNS = "outcome unit better group people value weeks note".split()
"""Columns of `outcomes.csv`: `people` at risk, `value` in `unit`, over so many weeks; `note` says why there is no value."""

NOBODY, TOO_FEW = "nobody is at risk", f"under {FEWEST} people at risk: not reported"


def observe(
    history: Any,
    outcomes: Sequence[str | Outcome] | None = None,
    by: str | None = None,
    from_week: int = 0,
    until_week: int | None = None,
) -> pd.DataFrame:
    """Outcomes of one world, a row for each outcome and group.

    Whom an outcome can happen to, and who belongs to a group, is judged in the first week. Groups of fewer than thirty people
    are named and not reported; nor is what a stretch is too short to show, or what the world did not record.

    Parameters
    ----------
    history
        A world with its events, as `simulate` gives it.
    outcomes
        Names, or outcomes made by `own_outcome`; every one that there is where None.
    by
        A trait, group or rule that splits the people.
    from_week, until_week
        The stretch of the world that is looked at: states must have been kept in these weeks (`simulate(..., panel=)`), but
        for its start and end.

    Raises
    ------
    ComparisonError
        Where an outcome or group is unknown, or nothing was kept of one of these weeks.
    """
    asked = list(EVERY.values()) if outcomes is None else find_outcomes(outcomes)
    names = history.scenario.names
    if by is not None:
        check_split(by, names)
    stretch = _stretch(history, from_week, history.weeks if until_week is None else until_week)
    groups = [everyone(), *(split_by(by, names) if by else ())]
    masks = {group.name: group.members(stretch.start) for group in groups}
    rows = [row for outcome in asked for row in _rows(outcome, stretch, masks)]
    return pd.DataFrame(rows, columns=COLUMNS)


def gap(history: Any, outcome: str | Outcome, trait: str) -> float:
    """Largest less smallest value of an outcome between the levels of a trait, in the outcome's unit.

    Not a number where fewer than two levels have thirty people at risk. Use to ask whether a gap between groups closes; the
    difference of two of its values has no simple interval, so that `compare --by` is the way to test one.
    """
    table = observe(history, [outcome], by=trait)
    known = table.loc[(table["group"] != EVERYONE) & np.isfinite(table["value"]), "value"]
    return float(known.max() - known.min()) if len(known) > 1 else math.nan


def _stretch(history: Any, first: int, last: int) -> Stretch:
    if (first, last) == (0, history.weeks):
        return whole_stretch(history)
    kept = {0: history.start, history.weeks: history.end, **history.snapshots}
    missing = [week for week in (first, last) if week not in kept]
    if missing or not first < last:
        told = f"weeks {first} to {last}"
        allowed = f"weeks of which states were kept, in order: {', '.join(map(str, sorted(kept)))}"
        raise ComparisonError(Problem("observe", told, allowed, f"simulate(..., panel=({first}, {last}))"))
    return stretch_of(_Kept(history.columns, kept), first, last, events=True)


class _Kept:
    """A world's events, and its states in the weeks in which they were kept."""

    def __init__(self, columns: Any, snapshots: dict[int, np.ndarray]) -> None:
        self.columns, self.snapshots = columns, snapshots


def _rows(outcome: Outcome, stretch: Stretch, masks: dict[str, np.ndarray]) -> list[tuple]:
    at_risk = outcome.at_risk(stretch.start)
    short = stretch.weeks < outcome.shortest
    values = None if short else outcome.values(stretch, at_risk)
    weights = None if short else outcome.weights(stretch)
    rows = []
    for group, mask in masks.items():
        who = at_risk & mask
        people, value = int(who.sum()), math.nan
        note = f"{stretch.weeks} weeks are too short: {outcome.shortest} at least" if short else ""
        if not note:
            note = NOBODY if people == 0 else TOO_FEW if people < FEWEST else ""
        if not note:
            known = int((who & np.isfinite(values if values.ndim == 1 else values[:, 0])).sum())
            note = f"known of {known} people: not reported under {FEWEST}" if known < FEWEST else ""
        if not note:
            value = outcome.figure(values, weights, who)
            note = "" if math.isfinite(value) else "it happened to nobody, or to too few to tell"
        rows.append((outcome.id, outcome.unit, outcome.better, group, people, value, stretch.weeks, note))
    return rows


