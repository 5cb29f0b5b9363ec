"""Two live worlds of the same people, with the same luck, lived on week by week as a class asks for it."""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.classroom.frames import Stage, frame_of, stage_of
from analysis.classroom.judged import counts_people
from analysis.classroom.lesson import plans_of
from analysis.classroom.stories import Lived, Stories, in_words, tell_two
from analysis.course import is_so_far
from analysis.pairing import Question, ask
from analysis.stretch import Stretch
from simulation import Scenario, World
from simulation.errors import ComparisonError, Problem, UserError
from simulation.history import EVENT_COLUMNS, events_table
from simulation.run import checked_seed

if TYPE_CHECKING:
    from simulation.book import WeekEvents

KIND_BITS, PERSON_BITS = 3, 10
"""How one whole number holds a tie: kind, then either person; there are at most 2^10 people."""


@dataclass
class _Life:
    """One world of a room, and what has been kept of it: of each week a byte a person, and the ties that came and went.

    `course` is what the outcome would have been, had it been judged after each week; not a number where it is not counted.
    """

    world: World
    start: np.ndarray
    codes: list[bytes] = field(default_factory=list)
    made: list[np.ndarray] = field(default_factory=list)
    ended: list[np.ndarray] = field(default_factory=list)
    happened: list[WeekEvents] = field(default_factory=list)
    course: list[float] = field(default_factory=list)
    ties: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    first: np.ndarray | None = None

    def keep(self, now: np.ndarray) -> None:
        """Keep the week as it stands; `now` is the world's snapshot."""
        frame = frame_of(self.world, now)
        ties = np.sort(keys_of(frame.ties))
        self.codes.append(frame.codes.tobytes())
        self.made.append(np.setdiff1d(ties, self.ties, assume_unique=True).astype(np.int32))
        self.ended.append(np.setdiff1d(self.ties, ties, assume_unique=True).astype(np.int32))
        self.ties = ties

    def plain(self, since: int) -> dict[str, Any]:
        """The weeks from `since` on as plain data, for the page."""
        return {
            "codes": base64.b64encode(b"".join(self.codes[since:])).decode(),
            "made": [keys.tolist() for keys in self.made[since:]],
            "ended": [keys.tolist() for keys in self.ended[since:]],
            "course": [None if np.isnan(value) else round(value, 3) for value in self.course[since:]],
        }

    def events_of(self, person: int) -> list[WeekEvents]:
        """What has happened to one person, week by week, weeks without anything left out."""
        found = []
        for week in self.happened:
            own = week.person == person
            if own.any():
                found.append(replace(week, **{name: getattr(week, name)[own] for name in EVENT_COLUMNS if name != "week"}))
        return found


def keys_of(ties: np.ndarray) -> np.ndarray:
    """Each tie of shape (ties, 3), `one, other, kind`, as one number."""
    return ((ties[:, 0] << PERSON_BITS | ties[:, 1]) << KIND_BITS) | ties[:, 2]


class Room:
    """Two worlds that a class lives through, and everything of them up to the week that has been reached.

    Every week that has been lived is kept, so going back, and playing the same luck again, asks for nothing to be lived anew.
    Other luck, or other worlds, are another room.

    Parameters
    ----------
    base, other
        The two worlds: scenarios that can be compared. The primary outcome of `other` is the effect that grows.
    seed
        Names the people and their luck.

    Raises
    ------
    UserError
        Where they cannot be lived or compared, or are larger than a lesson may be.
    """

    def __init__(self, base: Scenario, other: Scenario, seed: int) -> None:
        self.plans = plans_of(base, other, base.people, base.years, (seed,))
        self.question: Question = ask(self.plans[0], [self.plans[1]])
        self.seed = checked_seed(seed)
        self.lock = threading.RLock()
        self._lives = self._begin()
        self.stage: Stage = stage_of(self._lives[0].world)
        self.who = np.zeros(self.people, dtype=bool)
        for life in self._lives:
            self._keep(life)

    @property
    def people(self) -> int:
        """How many people live in either world."""
        return self.plans[0].people

    @property
    def weeks(self) -> int:
        """How many weeks there are to live."""
        return self.plans[0].weeks

    @property
    def week(self) -> int:
        """How many weeks have been lived."""
        return self._lives[0].world.week

    def step(self, to: int | None = None) -> int:
        """Live on by a week, or until week `to`, never beyond the last one; gives the week reached."""
        with self.lock:
            goal = min(self.week + 1 if to is None else to, self.weeks)
            while self.week < goal:
                for life in self._lives:
                    life.happened.append(life.world.step())
                    self._keep(life)
            return self.week

    def course(self, world: int) -> list[float]:
        """What the outcome would have been after each week so far, in the unit of the room; not a number where not counted."""
        return list(self._lives[world].course)

    def effect(self, week: int | None = None) -> float:
        """The outcome in the other world less that in the base world, as judged after `week` weeks, or as of now."""
        at = self.week if week is None else week
        return self._lives[1].course[at] - self._lives[0].course[at]

    def stories(self, person: int) -> Stories:
        """Both lives of one person so far. Raises UserError where there is nobody of this number."""
        if isinstance(person, bool) or not isinstance(person, int) or not 0 <= person < self.people:
            raise UserError(
                Problem("person", repr(person)[:40], f"0 to {self.people - 1}", "choose somebody on the page")
            )
        with self.lock:
            one, two = (
                Lived(
                    life.world.scenario,
                    in_words(events_table(life.events_of(person), life.world.scenario.area_names)),
                    life.start[person],
                    life.world.snapshot()[person],
                )
                for life in self._lives
            )
        return tell_two((one, two))

    def since(self, week: int) -> dict[str, Any]:
        """The weeks from `week` on, up to now, as plain data for the page."""
        with self.lock:
            return {"from": week, "week": self.week, "worlds": [life.plain(week) for life in self._lives]}

    def close(self) -> None:
        """Let go of both worlds."""
        with self.lock:
            for life in self._lives:
                life.world.close()

    def _begin(self) -> tuple[_Life, _Life]:
        """Both worlds before their first week; the other one begins as the base world does where that may be."""
        one = World(self.plans[0], self.seed)
        try:
            two = World(self.plans[1], self.seed, start=one.keep_start())
        except ComparisonError:  # other assumptions, or another layer of the model: people settle by themselves
            two = World(self.plans[1], self.seed)
        return _Life(one, one.snapshot()), _Life(two, two.snapshot())

    def _keep(self, life: _Life) -> None:
        """Keep the week that a world has reached, with what the outcome would be by now."""
        now = life.world.snapshot()
        life.keep(now)
        question, week = self.question, life.world.week
        if week < question.first_week or week > question.last_week:
            life.course.append(np.nan)
            return
        if week == question.first_week:
            life.first = now
            self.who = question.group.members(now) & question.primary.at_risk(now)
        if (
            not self.who.any()
            or life.first is None
            or (week == question.first_week and not is_so_far(question.primary))
        ):
            life.course.append(np.nan)
            return
        life.course.append(self._judge(life.first, now, week - question.first_week))

    def _judge(self, first: np.ndarray, now: np.ndarray, weeks: int) -> float:
        """The primary outcome over these weeks, in the unit of the room."""
        if weeks == 0:
            return 0.0
        outcome = self.question.primary
        stretch = Stretch(first, now, self.question.first_week, weeks)
        found = outcome.figure(outcome.values(stretch, self.who), outcome.weights(stretch), self.who)
        return found / 10.0 if counts_people(self.question) else found
