"""Worlds small enough to be lived in plain Python, and columns whose week can be lived without a world around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import History, Scenario, simulate
from simulation.areas import areas_table, make_areas
from simulation.book import Book
from simulation.compiled import CHANCE_DTYPE, kernels
from simulation.diary import EVENTS
from simulation.levers import lever_bases, unchanged_settings
from simulation.parameters import PARAMETERS, assumptions_row
from simulation.state import STATE_DTYPE
from simulation.ties import Ties, room_to_be_seen
from simulation.week import LIVING

STILL = dict.fromkeys(
    (
        "w_hope", "w_identity", "w_capital", "w_peers", "w_distress", "w_homeless", "w_shame", "w_roles_use",
        "w_roles_offending", "w_roles_mental_health", "consolidation", "frailty_sd", "area_risk_home", "deterrence",
        "link_use_offending", "link_use_mental_health", "both_link", "lapse_symptoms", "lapse_age", "service_help",
        "turning_points", "trying", "role_skills", "role_need", "role_barrier", "institution_penalty", "role_problem",
        "homeless_problem", "homeless_capital", "homeless_kin", "symptom_frailty", "symptoms_distress", "onset_rate",
        "death_floor_men", "death_base_men", "move", "service_entry", "homophily", "leave_associates", "tie_label",
    ),
    0.0,
)  # fmt: skip
"""Numbers at which nothing about a person moves any hazard: each is constant, and its closed form is known."""

ROUND = {
    "decide_use": -3.3, "decide_offending": -3.0, "decide_mental_health": -3.4, "turning_threshold": -0.3,
    "distress_decay": 0.25, "expiry": 0.02, "anticipated_decay": 0.013,
}  # fmt: skip
"""Values at which the closed forms were worked out; the defaults of these numbers are fitted, and move."""


class Columns:
    """Many people who know nobody, all in the same state, lived by the compiled rule with numbers of the test's choice."""

    def __init__(self, people: int, seed: int, state: dict[str, Any], assume: dict[str, float]) -> None:
        values = {parameter.name: parameter.default for parameter in PARAMETERS.values()} | ROUND | STILL | assume
        self.seed = seed
        self.week = 0
        self.people = np.zeros(people, dtype=STATE_DTYPE)
        self.people["person"] = np.arange(people)
        self.people["alive"] = 1
        self.people["age"] = 30.0
        self.people["group_bias"] = 1.0
        for name in ("identity", "hope", "self_stigma", "coherence"):
            self.people[name] = 0.5
        for name, value in state.items():
            self.people[name] = value
        self.ties = Ties.empty(people)
        self.assume = assumptions_row(values)
        self.settings = unchanged_settings(lever_bases(values))
        self.areas = areas_table(make_areas(values))
        self.seen = room_to_be_seen(people)
        self.chances = np.ones(1, dtype=CHANCE_DTYPE)
        self.book = Book(people)
        self.nobody_special = np.zeros(people, dtype=np.int32)

    def live(self, weeks: int = 1) -> list[tuple[int, int, str]]:
        """Live so many weeks; gives week, person and name of each event."""
        happened = []
        for _ in range(weeks):
            self.book.turn()
            kernels().live_rows(
                0, len(self.people), self.seed, self.week, LIVING, 0.55, self.people, self.nobody_special, self.settings,
                self.assume, self.areas, self.ties.kin, self.ties.estranged, self.ties.others, self.seen, self.seen,
                self.chances, self.book.pages,
            )  # fmt: skip
            page, _ = self.book.entries()
            happened += [(self.week, person, EVENTS[event]) for person, event in page[:, :2].tolist()]
            self.week += 1
        return happened


@pytest.fixture(scope="session")
def columns() -> Callable[..., Columns]:
    """Makes `Columns`: columns(people, seed, assume={...}, **state)."""

    def make(people: int, seed: int = 1, assume: dict[str, float] | None = None, **state: Any) -> Columns:
        return Columns(people, seed, state, assume or {})

    return make


def unlike(one: np.ndarray, other: np.ndarray) -> list[str]:
    """Names of the columns whose bits differ; what lies between columns in memory is nobody's state."""
    return [name for name in STATE_DTYPE.names or () if one[name].tobytes() != other[name].tobytes()]


class Same:
    """Whether two histories are one and the same, to the last bit."""

    @staticmethod
    def differences(one: History, other: History) -> list[str]:
        """What differs: names of states at the end and of weekly columns, and the first event that does."""
        found = unlike(one.end, other.end)
        for name in one.weekly.columns:
            if one.weekly[name].to_numpy().tobytes() != other.weekly[name].to_numpy().tobytes():
                found.append(f"weekly {name}")
        if not one.events.equals(other.events):
            found.append(f"events: {len(one.events)} and {len(other.events)}")
        for week in one.snapshots:
            found += [f"{name} at week {week}" for name in unlike(one.snapshots[week], other.snapshots[week])]
        return found

    def __call__(self, one: History, other: History) -> None:
        """Fail unless the two are the same, saying what differs."""
        assert one.snapshots.keys() == other.snapshots.keys()
        assert self.differences(one, other) == []

    @staticmethod
    def until(week: int, one: History, other: History) -> list[str]:
        """What differs between two histories before a week: snapshots and weekly rows and events."""
        found = [
            f"{name} at week {at}"
            for at in one.snapshots
            if at <= week
            for name in unlike(one.snapshots[at], other.snapshots[at])
        ]
        before = [history.weekly[history.weekly["week"] < week] for history in (one, other)]
        if not before[0].equals(before[1]):
            found.append("weekly")
        told = [history.events[history.events["week"] < week].reset_index(drop=True) for history in (one, other)]
        if not told[0].equals(told[1]):
            found.append("events")
        return found


@pytest.fixture(scope="session")
def same() -> Same:
    """Compares two histories bit for bit."""
    return Same()


@pytest.fixture(scope="session")
def early() -> Callable[[str, int], Scenario]:
    """A shipped scenario whose policies begin in this week instead of later, so that a short world sees them act."""

    def make(name: str, week: int) -> Scenario:
        plan = Scenario.load(name)
        return replace(plan, policies=tuple(replace(policy, start=min(policy.start, week)) for policy in plan.policies))

    return make


@pytest.fixture(scope="session")
def lived() -> Callable[..., History]:
    """Histories, each lived once however many tests ask for it."""
    kept: dict[str, History] = {}

    def live(plan: str | Scenario, people: int, years: float, seed: int = 1, **others: Any) -> History:
        key = repr((plan.name if isinstance(plan, Scenario) else plan, people, years, seed, sorted(others.items())))
        if key not in kept:
            kept[key] = simulate(plan, people=people, years=years, seed=seed, **others)
        return kept[key]

    return live


def events_of_lives(history: History) -> pd.Series:
    """One text for each person who did anything: all that happened in their life, whom they met and lost included."""
    events = history.events
    told = events["week"].astype(str) + " " + events["event"].astype(str) + " " + events["domain"].astype(str)
    told += " " + events["detail"].astype(str) + " " + events["cause"].astype(str)
    return told.groupby(events["person"]).agg("; ".join)


@pytest.fixture(scope="session")
def lives() -> Callable[[History], pd.Series]:
    """All that happened in each life, as one text a person."""
    return events_of_lives
