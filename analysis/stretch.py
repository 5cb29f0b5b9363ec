"""One world from one week to a later one: everybody's state at both ends, and every event between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    between
        State of everybody in weeks between the two, by the week counted from the first; empty where none is at hand.
    """

    start: np.ndarray
    end: np.ndarray
    first_week: int
    weeks: int
    happened: EventColumns | None = None
    between: Mapping[int, np.ndarray] = field(default_factory=dict)

    @property
    def columns(self) -> EventColumns:
        """Events of its weeks, counted from its first. Raises NoEvents where none were kept."""
        if self.happened is None:
            raise NoEvents("no events were kept of this world")
        return self.happened

    @property
    def snapshots(self) -> dict[int, np.ndarray]:
        """State of everybody at both ends, and in the weeks between that are at hand, by the week counted from the first."""
        return {0: self.start, **dict(sorted(self.between.items())), self.weeks: self.end}

    @property
    def widest(self) -> int:
        """Most weeks from one state that is at hand to the next."""
        return int(np.diff(list(self.snapshots)).max())

    @cached_property
    def lives(self) -> Lives:
        """What happened to everybody, week by week, row w after w of its weeks. Raises NoEvents where none were kept."""
        return Lives(self, np.ones(len(self.start), dtype=bool))

    def alive_weeks(self) -> np.ndarray:
        """How many of its weeks each person lived to the end, shape (people,)."""
        return np.where(self.start["alive"] == 1, np.minimum(self.lives.died, self.weeks), 0)


def stretch_of(world: Any, first_week: int, last_week: int, events: bool, panel: Iterable[int] = ()) -> Stretch:
    """The stretch of a world, lived or kept, from the state after `first_week` weeks to that after `last_week`.

    `panel` are weeks of the world, between the two, of which the states are wanted too.

    Raises
    ------
    KeyError
        If the world does not hold everybody's state in one of these weeks.
    """
    happened = _between(world.columns, first_week, last_week) if events else None
    start, end = world.snapshots[first_week], world.snapshots[last_week]
    between = {week - first_week: world.snapshots[week] for week in panel if first_week < week < last_week}
    return Stretch(start, end, first_week, last_week - first_week, happened, between)


def stretch_of_history(history: Any, first_week: int = 0, last_week: int | None = None) -> Stretch:
    """A stretch of a world just lived, all of it unless weeks are given, with its events and every state that it kept between.

    Raises
    ------
    KeyError
        If the world does not hold everybody's state in one of these weeks.
    """
    last = history.weeks if last_week is None else last_week
    states = {**history.snapshots, 0: history.start, history.weeks: history.end}
    between = {week - first_week: state for week, state in states.items() if first_week < week < last}
    columns = _events_of(history)
    happened = None if columns is None else _between(columns, first_week, last)
    return Stretch(states[first_week], states[last], first_week, last - first_week, happened, between)


def _events_of(history: Any) -> EventColumns | None:
    try:
        columns: EventColumns = history.columns
    except ValueError:  # a world of which no events were kept
        return None
    return columns


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
