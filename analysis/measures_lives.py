"""What happened to some people of a world, week by week, rebuilt from how they began and from the events.

Row w of every table is the state after w weeks, so that row 0 is the start and lived week w leads from row w to row w + 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from simulation.diary import CAUSES, DOMAIN_NAMES, EVENTS, ROLE_DETAILS
from simulation.state import ACTIVE, LAPSED, RECOVERING

if TYPE_CHECKING:
    from simulation.history import EventColumns, History

NEVER = 2**30
"""Week of an event that never happened."""

NUMBERS: Mapping[str, int] = {name: number for number, name in enumerate(EVENTS)}
_STATUS = {
    "onset": ACTIVE, "decided_gradually": RECOVERING, "decided_suddenly": RECOVERING, "lapse": LAPSED,
    "resolved": RECOVERING, "relapse": ACTIVE,
}  # fmt: skip


class Lived(Protocol):
    """What lives are read from: a history, or a part of one."""

    @property
    def start(self) -> np.ndarray:
        """State of everybody at its first week, shape (people,)."""

    @property
    def end(self) -> np.ndarray:
        """State of everybody at its last week, shape (people,)."""

    @property
    def weeks(self) -> int:
        """Weeks lived."""

    @property
    def snapshots(self) -> Mapping[int, np.ndarray]:
        """State of everybody in the weeks that were kept."""

    @property
    def columns(self) -> EventColumns:
        """Every event, as numbers, in week order."""


def status_by_week(history: History, domain: str) -> np.ndarray:
    """Status of everybody in a domain, shape (weeks + 1, people), people in the order of permanent ids."""
    return Lives(history, np.ones(len(history.start), dtype=bool)).status(domain)


class Lives:
    """The lives of some people of a world.

    Parameters
    ----------
    history
        A world of which every event was kept, or a stretch of one (`analysis.stretch`).
    who
        Whose lives, shape (people,) of all people in the order of permanent ids; by default those with own experience at
        the start, who are the cohort: the others stand around them.

    Attributes
    ----------
    start
        Their state at week 0, shape (people,).
    weeks, people
        Weeks lived, and how many they are.
    columns
        Their events as numbers; `person` is the place in the row of those whose lives these are.
    """

    def __init__(self, history: Lived, who: np.ndarray | None = None) -> None:
        self.history = history
        self.who = history.start["own_experience"] == 1 if who is None else np.asarray(who, dtype=bool)
        self.start: np.ndarray = history.start[self.who]
        self.weeks = history.weeks
        self.people = len(self.start)
        place = np.where(self.who, np.cumsum(self.who) - 1, -1)
        columns = history.columns
        kept = place[columns.person] >= 0
        columns = columns if kept.all() else columns.where(kept)
        self.columns = replace(columns, person=place[columns.person])
        self._status: dict[str, np.ndarray] = {}

    def at(self, week: int) -> np.ndarray:
        """Their state after `week` weeks, every column, shape (people,). Raises KeyError where it was not kept."""
        if week == 0:
            return self.start
        last = week == self.weeks and week not in self.history.snapshots
        state: np.ndarray = (self.history.end if last else self.history.snapshots[week])[self.who]
        return state

    def when(
        self, event: str, domain: str | None = None, detail: int | None = None, cause: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lived week and place in the row of each such event, in the order in which they happened."""
        kept = self._which(event, domain)
        if detail is not None:
            kept &= self.columns.detail == detail
        if cause is not None:
            kept &= self.columns.cause == CAUSES.index(cause)
        return self.columns.week[kept], self.columns.person[kept]

    def with_value(self, event: str, domain: str | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lived week, place in the row and value of each such event, in the order in which they happened."""
        kept = self._which(event, domain)
        return self.columns.week[kept], self.columns.person[kept], self.columns.value[kept]

    def _which(self, event: str, domain: str | None) -> np.ndarray:
        kept = self.columns.event == NUMBERS[event]
        return kept if domain is None else kept & (self.columns.domain == DOMAIN_NAMES.index(domain))

    def first(self, event: str) -> np.ndarray:
        """Lived week of each person's first such event, `NEVER` without one, shape (people,)."""
        weeks, persons = self.when(event)
        found = np.full(self.people, NEVER, dtype=np.int32)
        np.minimum.at(found, persons, weeks)
        return found

    def count(self, event: str, since: int, until: int) -> np.ndarray:
        """How many such events each person had in the lived weeks `since` to `until` - 1, shape (people,)."""
        weeks, persons = self.when(event)
        kept = (weeks >= since) & (weeks < until)
        return np.bincount(persons[kept], minlength=self.people)

    def status(self, domain: str) -> np.ndarray:
        """Status in a domain, shape (weeks + 1, people), int8."""
        if domain not in self._status:
            changes = [(self.when(event, domain), status) for event, status in _STATUS.items()]
            self._status[domain] = self._rebuilt(self.start[domain], changes)
        return self._status[domain]

    def role(self, name: str) -> np.ndarray:
        """Whether a role is held, shape (weeks + 1, people), int8."""
        detail = ROLE_DETAILS.index(name)
        gained, lost = (self.when(event, detail=detail) for event in ("role_gained", "role_lost"))
        return self._on_and_off(self.start[name], gained, lost)

    @cached_property
    def custody(self) -> np.ndarray:
        """Whether in custody, shape (weeks + 1, people), int8."""
        # Starts are written last: a person released in a week may be sentenced again in it, and is then inside.
        changes = [(self.when("custody_end"), 0), (self.when("custody_start"), 1)]
        return self._rebuilt(self.start["custody_left"] > 0, changes)

    def in_service(self, domain: str) -> np.ndarray:
        """Whether in a service for a domain, shape (weeks + 1, people), int8."""
        began = self.start["service"] == DOMAIN_NAMES.index(domain)
        return self._on_and_off(began, self.when("service_start", domain), self.when("service_end", domain))

    @cached_property
    def symptoms(self) -> np.ndarray:
        """Whether there are symptoms, shape (weeks + 1, people), int8."""
        return self._on_and_off(self.start["symptoms"], self.when("symptoms_on"), self.when("symptoms_off"))

    @cached_property
    def homeless(self) -> np.ndarray:
        """Whether homeless, shape (weeks + 1, people), int8."""
        return self._on_and_off(self.start["homeless"], self.when("homeless_start"), self.when("homeless_end"))

    @cached_property
    def flagged(self) -> np.ndarray:
        """Whether there is a police flag, shape (weeks + 1, people), int8."""
        return self._on_and_off(self.start["flag"] > 0, self.when("flag_on"), self.when("flag_off"))

    @cached_property
    def record(self) -> np.ndarray:
        """Whether there is a record that is not sealed, shape (weeks + 1, people), int8."""
        # A record may be sealed and begun anew in one week, in this order.
        return self._rebuilt(self.start["record"], [(self.when("record_off"), 0), (self.when("record_on"), 1)])

    @cached_property
    def diagnosis(self) -> np.ndarray:
        """Whether there is a diagnosis as a label, shape (weeks + 1, people), int8."""
        return self._on_and_off(self.start["diagnosis"], self.when("diagnosis_on"), self.when("diagnosis_off"))

    @cached_property
    def personal_recovery(self) -> np.ndarray:
        """Whether in personal recovery, shape (weeks + 1, people), int8."""
        on, off = (self.when(f"personal_recovery_{which}") for which in ("on", "off"))
        return self._on_and_off(self.start["personal_recovery"], on, off)

    @cached_property
    def lived(self) -> np.ndarray:
        """Which weeks each person lived, that of a death too, shape (weeks, people), of bool."""
        weeks = np.arange(self.weeks)[:, None]
        return np.asarray((weeks <= self.died[None, :]) & (self.start["alive"] == 1)[None, :])

    @cached_property
    def died(self) -> np.ndarray:
        """Lived week of each death, `NEVER` without one, shape (people,)."""
        return self.first("died")

    def alive(self, week: int) -> np.ndarray:
        """Who is alive after `week` weeks, shape (people,), of bool."""
        return self.died >= week

    def _on_and_off(
        self, start: np.ndarray, on: tuple[np.ndarray, np.ndarray], off: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        # Ends are written last: a role gained and lost to custody in one week is not held.
        return self._rebuilt(start, [(on, 1), (off, 0)])

    def _rebuilt(self, start: np.ndarray, changes: Sequence[tuple[tuple[np.ndarray, np.ndarray], int]]) -> np.ndarray:
        """A state week by week from its start and what it became in which week, shape (weeks + 1, people)."""
        table = np.full((self.weeks + 1, self.people), -1, dtype=np.int8)
        table[0] = start
        for (weeks, persons), value in changes:
            table[weeks + 1, persons] = value
        for week in range(1, self.weeks + 1):
            row = table[week]
            np.copyto(row, table[week - 1], where=row < 0)
        return table


def runs(held: np.ndarray) -> np.ndarray:
    """For how many weeks in a row, up to and with each week, `held` is so, shape (weeks, people) as `held`."""
    length = np.zeros(held.shape, dtype=np.int32)
    before = np.zeros(held.shape[1], dtype=np.int32)
    for week in range(len(held)):
        before = np.where(held[week], before + 1, 0)
        length[week] = before
    return length
