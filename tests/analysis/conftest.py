"""Worlds written down by hand, for measures whose answer can be counted on paper."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from analysis.claim_arms import Arm, Arms
from analysis.measures_lives import NUMBERS, Lives
from analysis.stretch import Stretch
from analysis.study_recipes import RECIPES
from simulation.book import WeekEvents
from simulation.diary import CAUSES, DOMAIN_NAMES, EVENTS
from simulation.history import EVENT_COLUMNS, EventColumns, columns_of_weeks
from simulation.state import STATE_DTYPE


def world(people: int, weeks: int, events=(), snapshots=None, **start) -> SimpleNamespace:
    """What `simulate` gives, as far as measures read it.

    `events` are (week, person, event) with a domain's name or a detail's number after it where it matters, and a dict of its
    `cause` or `value`; `start` are columns of the state at week 0, everybody alive with own experience; `snapshots` are
    columns by week.
    """
    begun = np.zeros(people, dtype=STATE_DTYPE)
    begun["person"] = np.arange(people)
    begun["alive"] = begun["own_experience"] = 1
    begun["age"] = 30.0
    for name, values in start.items():
        begun[name] = values
    kept = {}
    for week, columns in (snapshots or {}).items():
        kept[week] = begun.copy()
        for name, values in columns.items():
            kept[week][name] = values
    happened = [_week(week, sorted((e for e in events if e[0] == week), key=lambda e: e[1])) for week in range(weeks)]
    return SimpleNamespace(
        start=begun, end=begun.copy(), snapshots=kept, weeks=weeks, columns=columns_of_weeks(happened),
        provenance={"assumptions": {"work_until": 65.0}},
    )  # fmt: skip


def _week(week: int, events: list[tuple]) -> WeekEvents:
    rows = np.zeros((len(events), 5), dtype=np.int32)
    values = np.zeros(len(events))
    for at, (_, person, event, *more) in enumerate(events):
        rows[at, :2] = person, EVENTS.index(event)
        for what in more:
            if isinstance(what, str):
                rows[at, 2] = DOMAIN_NAMES.index(what)
            elif isinstance(what, dict):
                rows[at, 4] = CAUSES.index(what.get("cause", ""))
                values[at] = what.get("value", 0.0)
            else:
                rows[at, 3] = what
    return WeekEvents(week, *rows.T, values)


@pytest.fixture
def stretch():
    """A stretch of a world written by hand, from its start to an end with these columns; the events say who has died.

    `panel` are columns of the states between, by week.
    """

    def made(people: int, weeks: int, events=(), end=None, panel=None, **start) -> Stretch:
        lived = world(people, weeks, events, panel, **start)
        for name, values in (end or {}).items():
            lived.end[name] = values
        lived.end["alive"][[person for _, person, event, *_ in events if event == "died"]] = 0
        return Stretch(lived.start, lived.end, 0, weeks, lived.columns, lived.snapshots)

    return made


@pytest.fixture
def hand_made():
    return world


@pytest.fixture
def lives():
    """The lives of the people of a world written by hand."""
    return lambda *arguments, **more: Lives(world(*arguments, **more))


class _Stretched:
    """States of a longer world: those of the short one, each standing for several weeks."""

    def __init__(self, snapshots, short: int, weeks: int) -> None:
        self.snapshots, self.short, self.weeks = snapshots, short, weeks

    def __contains__(self, week: int) -> bool:
        return 0 <= week <= self.weeks

    def __getitem__(self, week: int) -> np.ndarray:
        return self.snapshots[week * self.short // self.weeks]


def stretched_world(history, weeks: int, flagged=(4, 104)) -> SimpleNamespace:
    """A world of `weeks` from a shorter one whose every week was kept; flags on every second person besides, told and ended."""
    columns = history.columns
    columns = replace(columns, week=columns.week.astype(np.int64) * weeks // history.weeks)
    persons = np.arange(0, len(history.start), 2)
    more = [(week + later, event) for week in flagged for later, event in ((0, "flag_on"), (2, "disclosed"), (9, "flag_off"))]
    for week, event in more:
        if week < weeks:
            columns = _with(columns, week, persons, NUMBERS[event])
    order = np.argsort(columns.week, kind="stable")
    snapshots = _Stretched({**history.snapshots, history.weeks: history.end}, history.weeks, weeks)
    return SimpleNamespace(
        start=history.start, end=history.end, snapshots=snapshots, weeks=weeks, columns=columns.where(order), covered=[persons]
    )


def _with(columns: EventColumns, week: int, persons: np.ndarray, event: int) -> EventColumns:
    added = {"week": week, "event": event, "domain": 0, "detail": 2, "cause": 5, "value": 0.0}
    parts = {name: np.full(len(persons), value) for name, value in added.items()} | {"person": persons}
    return EventColumns(*(np.concatenate([getattr(columns, name), parts[name]]) for name in EVENT_COLUMNS))


def arms_of(histories, probed=None) -> Arms:
    """Arms of these worlds, by name; a probe gives `probed`, everybody's state."""
    return Arms({name: Arm(history) for name, history in histories.items()}, None if probed is None else lambda *_: probed)


@pytest.fixture
def stretched():
    """A world stretched to any number of weeks."""
    return stretched_world


@pytest.fixture
def arms():
    """The arms of a claim from worlds by name."""
    return arms_of


@pytest.fixture
def measured(arms):
    """What a claim's recipe makes of worlds by the names of its arms."""
    return lambda claim, **worlds: RECIPES[claim].measure(arms(worlds))
