"""Pages on which a week's events are noted, and the events of a week put in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.diary import COLUMNS, MOST_EVENTS_A_WEEK, NO_CAUSE, NO_DOMAIN, REACHED


@dataclass(frozen=True)
class WeekEvents:
    """Events of one week, in the order of permanent ids, each column an array of shape (events,)."""

    week: int
    person: np.ndarray
    event: np.ndarray
    domain: np.ndarray
    detail: np.ndarray
    cause: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.person)


KINDS = (np.int32, np.int8, np.int8, np.int16, np.int8)
"""Types in which person, event, domain, detail and cause are kept: a long world of many people keeps tens of millions."""

WeekLine = tuple[np.ndarray, np.ndarray, np.ndarray, float]
"""One week of the weekly table: counts and sums of the state at its end, events by number, the level of public stigma."""


class Book:
    """Pages for the events that some people may note in one week; memory is used only as far as they are written."""

    def __init__(self, people: int) -> None:
        lines = max(1, people) * MOST_EVENTS_A_WEEK
        self.pages = (
            np.empty((lines, len(COLUMNS)), dtype=np.int32),
            np.empty(lines, dtype=np.float64),
            np.zeros(1, dtype=np.int64),
        )

    def turn(self) -> None:
        """Begin a new week."""
        self.pages[2][0] = 0

    def entries(self) -> tuple[np.ndarray, np.ndarray]:
        """What has been noted this week: whole numbers, shape (entries, columns), and values, shape (entries,)."""
        page, values, written = self.pages
        return page[: written[0]], values[: written[0]]


def gather(
    week: int,
    reached: list[tuple[np.ndarray, int]],
    entries: list[tuple[np.ndarray, np.ndarray]],
    done_to: list[tuple[np.ndarray, int, int, int]],
) -> WeekEvents:
    """Events of a week from all pages, in the order of ids: for each person whom a policy reached first, then what an
    experiment did (`done_to`: ids, event, detail, cause), then what happened.
    """
    pages = [page for page, _ in entries]
    values = [value for _, value in entries]
    first = [
        np.column_stack([persons, *(np.full(len(persons), code) for code in (REACHED, NO_DOMAIN, lever, NO_CAUSE))])
        for persons, lever in reached
        if len(persons)
    ]
    first += [
        np.column_stack([persons, *(np.full(len(persons), code) for code in (event, NO_DOMAIN, detail, cause))])
        for persons, event, detail, cause in done_to
    ]
    page = np.concatenate([*(lines.astype(np.int32) for lines in first), *pages])
    value = np.concatenate([*(np.zeros(len(lines)) for lines in first), *values])
    order = np.argsort(page[:, 0], kind="stable")
    person, event, domain, detail, cause = (page[order, column].astype(kind) for column, kind in enumerate(KINDS))
    return WeekEvents(week, person, event, domain, detail, cause, value[order])
