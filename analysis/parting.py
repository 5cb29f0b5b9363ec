"""Identical until, only because: whose lives are the first to differ between two worlds, when, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.stretch import Stretch
from simulation import story
from simulation.diary import EVENTS
from simulation.history import EventColumns, event_in_words

REACHED = EVENTS.index("reached")
TOLD = 5
"""How many of the first people to part are told of, in each pair of worlds."""

_BITS = (("week", 13), ("event", 6), ("domain", 2), ("detail", 8), ("cause", 6))
"""What tells two events of a person apart, and room for each in one whole number; its value, such as weeks believed, does not."""


@dataclass(frozen=True)
class FirstToPart:
    """One of the first people whose lives differ: what happens to them in that week in either world, and what reached them."""

    person: int
    in_base: str
    in_other: str
    reached_by: str


@dataclass(frozen=True)
class Parting:
    """How the lives of two worlds come to differ.

    Attributes
    ----------
    reached_week
        The world's week in which a policy of one world alone first reaches somebody; None where none does.
    week
        The week in which lives first differ, in an event other than being reached; None where none do.
    people
        How many lives differ in that week.
    first
        Some of them, in the order of permanent ids, those that a policy had reached before others.
    reached_and_parted, only_parted
        How many lives differ at any time up to the horizon: of people whom a policy of one world alone reached, and of others,
        to whom it came through ties, kin or places.
    reached
        How many people such a policy reached.
    """

    reached_week: int | None
    week: int | None
    people: int
    first: tuple[FirstToPart, ...]
    reached_and_parted: int
    only_parted: int
    reached: int


def parting(
    base: Stretch, other: Stretch, area_names: Sequence[str], covered: Mapping[str, np.ndarray] | None = None
) -> Parting:
    """Where and why the lives of two worlds part, over one stretch of both.

    `covered` holds the permanent ids of those whom each lever of a policy of one world alone covers in any week, whether or
    not an event tells of it: a policy for everybody writes none.
    """
    reached_by, reached_week = _reached(base, other, area_names)
    for lever, people in (covered or {}).items():
        for person in people.tolist():
            reached_by.setdefault(person, lever)
    ours, theirs = (each.columns.where(each.columns.event != REACHED) for each in (base, other))
    differing = _differing(ours, theirs)
    ever = np.unique(np.concatenate([columns.person[which] for columns, which in zip((ours, theirs), differing, strict=True)]))
    started = [columns.week[which].min() for columns, which in zip((ours, theirs), differing, strict=True) if which.any()]
    touched = np.isin(ever, list(reached_by))
    week = int(min(started)) if started else None
    people, first = (0, ()) if week is None else _first(ours, theirs, differing, week, reached_by, area_names)
    return Parting(
        None if reached_week is None else reached_week + base.first_week, None if week is None else week + base.first_week,
        people, first, int(touched.sum()), int((~touched).sum()), len(reached_by),
    )  # fmt: skip


def _key(columns: EventColumns) -> np.ndarray:
    """Each event as one whole number: equal for the same event of the same person in the same week."""
    key = columns.person.astype(np.int64)
    for name, bits in _BITS:
        key = (key << bits) + (getattr(columns, name).astype(np.int64) + (1 if name == "detail" else 0))
    return key


def _differing(ours: EventColumns, theirs: EventColumns) -> tuple[np.ndarray, np.ndarray]:
    """Which events of either world the other does not have as often, shapes (events,) of bool."""
    keys = _key(ours), _key(theirs)
    _, place = np.unique(np.concatenate(keys), return_inverse=True)
    sign = np.repeat([1, -1], [len(key) for key in keys])
    more = np.bincount(place, weights=sign)[place] != 0
    return more[: len(ours)], more[len(ours) :]


def _reached(base: Stretch, other: Stretch, area_names: Sequence[str]) -> tuple[dict[int, str], int | None]:
    """The lever that reached each person in one of the two worlds alone, by person, and the first week of it."""
    ours, theirs = (each.columns.where(each.columns.event == REACHED) for each in (base, other))
    found: dict[int, str] = {}
    weeks = []
    for columns, which in zip((ours, theirs), _differing(ours, theirs), strict=True):
        weeks += columns.week[which].tolist()
        for at in np.flatnonzero(which):
            found.setdefault(int(columns.person[at]), str(event_in_words(columns, at, area_names)["detail"]))
    return found, min(weeks, default=None)


def _first(
    ours: EventColumns,
    theirs: EventColumns,
    differing: tuple[np.ndarray, np.ndarray],
    week: int,
    reached_by: dict[int, str],
    area_names: Sequence[str],
) -> tuple[int, tuple[FirstToPart, ...]]:
    """How many people part in the first week in which anybody does, and some of them."""
    told: list[dict[int, list[str]]] = []
    for columns, which in zip((ours, theirs), differing, strict=True):
        said: dict[int, list[str]] = {}
        for at in np.flatnonzero(which & (columns.week == week)):
            row = event_in_words(columns, at, area_names)
            said.setdefault(row["person"], []).append(story.event_words(row))
        told.append(said)
    people = sorted({*told[0], *told[1]}, key=lambda person: (person not in reached_by, person))
    first = tuple(
        FirstToPart(
            person, *("; ".join(said.get(person, [])) or "none of that" for said in told),
            reached_by.get(person, "").replace("_", " "),
        )
        for person in people[:TOLD]
    )
    return len(people), first
