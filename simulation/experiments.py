"""Experiments in force: a state set, added to, capped or frozen; a tie or a role given; a role taken; a move.

No policy could make these changes; they show what follows from one thing alone. An experiment acts at the beginning of a
week, before anybody lives it: in the week it names, or, for each person once, so many weeks after an event of theirs.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.book import WeekEvents
from simulation.diary import DOMAIN_NAMES, EVENTS, EXPERIMENT, MOVED, ROLE_GAINED, ROLE_LOST
from simulation.groups import read_whom
from simulation.luck import uniforms
from simulation.rules import HOME_AND_NEW, holds
from simulation.scenario_parts import EVERYONE_ELSE, Experiment
from simulation.state import FIELD, GIVEN_NONE, GIVEN_TIES, ROLES, ends_to_set

COVERED_FROM = 1 << 16
"""Decision numbers, of the stream of coverage, above those of any lever."""

NEVER = np.iinfo(np.int32).max

Noted = tuple[np.ndarray, int, int, int]
"""Events that an experiment writes: permanent ids in order, then event, detail and cause."""


@dataclass(frozen=True)
class Hold:
    """A cap or a freeze of one state in one week, and the rows of people that it is on, shape (people,), of bool."""

    state: str
    cap: float | None
    on: np.ndarray

    def apply(self, settings: np.ndarray, row: int) -> None:
        """Write it into one row of settings; of several caps the lowest counts."""
        if self.cap is None:
            settings[f"freeze_{self.state}"][row] = 1.0
        else:
            name = f"cap_{self.state}"
            settings[name][row] = min(settings[name][row], self.cap)


class ExperimentInForce:
    """One experiment in one world; arrays have one entry a permanent person id."""

    def __init__(
        self, experiment: Experiment, seed: int, size: int, areas: tuple[str, ...], groups: tuple[str, ...]
    ) -> None:
        self.experiment = experiment
        self._rule = read_whom(experiment.whom, areas, groups)
        self._areas = areas
        self.ever = np.zeros(size, dtype=bool)
        self.person_weeks = 0
        self._covered = np.ones(size, dtype=bool)
        if experiment.covers is not None:
            number = COVERED_FROM + (zlib.crc32(experiment.name.encode()) & 0xFFFF)
            self._covered = uniforms(seed, np.arange(size), 0, number) < experiment.covers
        self._begins = np.full(size, NEVER, dtype=np.int32)
        self._begun = np.zeros(size, dtype=bool)

    def hear(self, events: WeekEvents) -> None:
        """Take note of the events of the week just lived: people whose experiment begins by one of them."""
        one = self.experiment
        if not one.when or events.week < one.start:
            return
        names = ("decided_gradually", "decided_suddenly") if one.when == "decided" else (one.when,)
        which = np.isin(events.event, [EVENTS.index(name) for name in names])
        if one.domain:
            which &= events.domain == DOMAIN_NAMES.index(one.domain)
        people = np.unique(events.person[which])
        first = people[self._begins[people] == NEVER]
        self._begins[first] = events.week + 1 + one.after

    def beginning(self, week: int, people: np.ndarray) -> np.ndarray:
        """Rows of `people` for whom it begins this week, shape (people,), of bool."""
        one, ids = self.experiment, people["person"]
        due = self._begins[ids] == week if one.when else np.full(len(people), week == one.start)
        if not due.any():
            return due
        due = np.asarray(due & holds(self._rule, people) & (people["alive"] > 0) & self._covered[ids])
        self.ever[ids[due]] = True
        self._begun[ids[due]] = True
        self._begins[ids[due]] = week
        return due

    def act(self, week: int, people: np.ndarray, frozen: Sequence[str]) -> tuple[list[Noted], Hold | None]:
        """Do this week's part to the rows of `people`; gives the events to be written, and a cap or freeze in force."""
        one = self.experiment
        if one.state in frozen:
            return [], None  # what is switched off does not move, for an experiment either
        due = self.beginning(week, people)
        if one.do in ("cap", "freeze"):
            on = self._lasting(week, people)
            self.person_weeks += int(on.sum())
            return [], Hold(one.state, one.value if one.do == "cap" else None, on) if on.any() else None
        if one.do == "give_tie":
            self._give_ties(week, people, due)
            return [], None
        self.person_weeks += int(due.sum())
        if one.do in ("set", "add"):
            self._change(people, due)
            return [], None
        return self._write(people, due), None

    def _lasting(self, week: int, people: np.ndarray) -> np.ndarray:
        """Rows on which a cap or a freeze is this week."""
        ids = people["person"]
        on = self._begun[ids] & (people["alive"] > 0)
        if self.experiment.lasts is not None:
            on &= week < self._begins[ids].astype(np.int64) + self.experiment.lasts
        return np.asarray(on)

    def _change(self, people: np.ndarray, due: np.ndarray) -> None:
        """Set a state, or add to it, within its range."""
        one = self.experiment
        if one.state == "homeless":
            due = due & (people["custody_left"] == 0)
        value = np.full(int(due.sum()), one.value) if one.do == "set" else people[one.state][due].astype(float) + one.value
        people[one.state][due] = np.clip(value, *ends_to_set(FIELD[one.state]))

    def _give_ties(self, week: int, people: np.ndarray, due: np.ndarray) -> None:
        """Give ties, and take them back when they have lasted."""
        one, ids = self.experiment, people["person"]
        if one.lasts is not None:
            over = self._begun[ids] & (self._begins[ids].astype(np.int64) + one.lasts == week)
            people["given_kind"][over] = GIVEN_NONE
            people["given_count"][over] = 0
        people["given_kind"][due] = GIVEN_TIES.index(one.what)
        people["given_count"][due] = one.count
        self.person_weeks += int(self._lasting(week, people).sum())

    def _write(self, people: np.ndarray, due: np.ndarray) -> list[Noted]:
        """Give or take a role, or move people; only those for whom it changes something, and nobody inside who could not."""
        one = self.experiment
        if one.do != "take_role" and one.what != "giving":
            due = due & (people["custody_left"] == 0)
        if one.do == "move":
            area = self._areas.index(one.what)
            due = due & (people["area"] != area)
            people["area"][due] = area
            event, detail = MOVED, area
        else:
            held = 1 if one.do == "give_role" else 0
            due = due & (people[one.what] != held)
            people[one.what][due] = held
            event, detail = (ROLE_GAINED if held else ROLE_LOST), ROLES.index(one.what)
        ids = np.sort(people["person"][due])
        return [(ids, event, detail, EXPERIMENT)] if len(ids) else []


class ExperimentsInForce:
    """The experiments of one world, week by week."""

    def __init__(
        self,
        experiments: Sequence[Experiment],
        seed: int,
        size: int,
        areas: tuple[str, ...] = HOME_AND_NEW,
        groups: tuple[str, ...] = (EVERYONE_ELSE,),
    ) -> None:
        self._all = [ExperimentInForce(one, seed, size, areas, groups) for one in experiments]

    def hear(self, events: WeekEvents) -> None:
        """Take note of the events of the week just lived."""
        for one in self._all:
            one.hear(events)

    def act(self, week: int, people: np.ndarray, frozen: Sequence[str]) -> tuple[list[Noted], list[Hold]]:
        """Do all that begins this week to the rows of `people`, in the order of the scenario, but to what is `frozen`."""
        noted: list[Noted] = []
        held: list[Hold] = []
        for one in self._all:
            events, hold = one.act(week, people, frozen)
            noted += events
            if hold is not None:
                held.append(hold)
        return noted, held

    def reach(self) -> list[dict[str, Any]]:
        """What each experiment has reached so far, as `PolicyInForce.reach` tells it of policies."""
        return [
            {"lever": f"experiment: {one.experiment.name}", "whom": one.experiment.whom, "people": int(one.ever.sum()),
             "person_weeks": one.person_weeks, "places": None, "nobody": not one.ever.any(), "clipped": False}
            for one in self._all
        ]  # fmt: skip
