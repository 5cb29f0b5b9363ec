"""One world from one week to a later one: everybody's state at both ends, and every event between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from analysis.measures_lives import Lives
from simulation.history import EVENT_COLUMNS, EventColumns


class NoEvents(Exception):
    """Raised where something is asked of the events of a world of which none were kept."""


@dataclass(frozen=True)
class Stretch:
    """A part of a world's history; what an outcome is measured on.

    Attributes
    ----------
    start, end
        State of everybody after `first_week` weeks, and after `weeks` more: one row a person of `STATE_DTYPE`, shape
        (people,), in the order of permanent ids.
    first_week, weeks
        The world's week at which it begins, and how long it is.
    happened
        Events of its weeks, counted from its first week; None where none were kept.
    """

    start: np.ndarray
    end: np.ndarray
    first_week: int
    weeks: int
    happened: EventColumns | None = None

    @property
    def columns(self) -> EventColumns:
        """Events of its weeks, counted from its first. Raises NoEvents where none were kept."""
        if self.happened is None:
            raise NoEvents("no events were kept of this world")
        return self.happened

    @property
    def snapshots(self) -> dict[int, np.ndarray]:
        """State of everybody at both ends, by the week counted from the first."""
        return {0: self.start, self.weeks: self.end}

    @cached_property
    def lives(self) -> Lives:
        """What happened to everybody, week by week, row w after w of its weeks. Raises NoEvents where none were kept."""
        return Lives(self, np.ones(len(self.start), dtype=bool))

    def alive_weeks(self) -> np.ndarray:
        """How many of its weeks each person lived to the end, shape (people,)."""
        return np.where(self.start["alive"] == 1, np.minimum(self.lives.died, self.weeks), 0)


def stretch_of(world: Any, first_week: int, last_week: int, events: bool) -> Stretch:
    """The stretch of a world, lived or kept, from the state after `first_week` weeks to that after `last_week`.

    Raises
    ------
    KeyError
        If the world does not hold everybody's state in one of these weeks.
    """
    happened = _between(world.columns, first_week, last_week) if events else None
    start, end = world.snapshots[first_week], world.snapshots[last_week]
    return Stretch(start, end, first_week, last_week - first_week, happened)


def whole_stretch(history: Any) -> Stretch:
    """All of a world's history, of which every event was kept."""
    return Stretch(history.start, history.end, 0, history.weeks, history.columns)


def pooled(stretches: Sequence[Stretch]) -> Stretch:
    """The people of several worlds over the same weeks as if of one, numbered on from world to world in the order given."""
    first = stretches[0]
    counts = [len(one.start) for one in stretches]
    start, end = (np.concatenate([getattr(one, name) for one in stretches]) for name in ("start", "end"))
    parts = [one.columns for one in stretches]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in EVENT_COLUMNS}
    joined["person"] = joined["person"] + np.repeat(np.cumsum([0, *counts[:-1]]), [len(part) for part in parts])
    order = np.argsort(joined["week"], kind="stable")
    columns = EventColumns(**{name: column[order] for name, column in joined.items()})
    return Stretch(start, end, first.first_week, first.weeks, columns)


def _between(columns: EventColumns, first: int, last: int) -> EventColumns:
    kept = (columns.week >= first) & (columns.week < last)
    if not kept.all():
        columns = columns.where(kept)
    return replace(columns, week=columns.week - np.int32(first)) if first else columns
