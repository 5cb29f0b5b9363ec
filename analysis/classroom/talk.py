"""What a live page asks and what it is told: plain data both ways, whatever the page sends."""

from __future__ import annotations

import logging
import math
import uuid
from collections.abc import Mapping
from typing import Any

from analysis.classroom.choices import LEVERS, MECHANISMS, MOST_YEARS, PRESETS, Choices
from analysis.classroom.judged import outcome_data
from analysis.classroom.lesson import FEWEST_PEOPLE, MOST_PEOPLE
from analysis.classroom.lesson_page import ILLUSTRATION
from analysis.classroom.looks import looks
from analysis.classroom.rooms import Rooms
from analysis.classroom.session import Room
from analysis.report_rests import what_differs
from simulation.errors import Problem, UserError

FIRST = Choices("visit_with_advocates")
"""What a page begins with."""

LOG = logging.getLogger(__name__)

MOST_WEEKS_AT_ONCE = 13
"""Weeks that are lived before a page is answered. A page that comes back after a lost connection is given up where its first
question is not answered within half a second; a week of 500 people takes 10 ms of a processor."""

MOST_LUCK = 1_000_000
MOST_GIVEN = 100
"""Most levers, or mechanisms, that a page may name: there are fewer of either."""

GONE = "This room was closed after a long time without use. Press Begin, and the same people live the same weeks again."


class Talk:
    """One page's side of the server.

    Parameters
    ----------
    rooms
        Where the page's room is.
    """

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.key = uuid.uuid4().hex
        self._answers = {"hello": self._hello, "open": self._open, "step": self._step, "story": self._story, "file": self._file}

    def answer(self, request: Any) -> dict[str, Any]:
        """What a page is told: `of`, the number of its request, and what it asked for, or `problems` in words."""
        number = request.get("of") if isinstance(request, Mapping) else None
        reply: dict[str, Any] = {"of": number if isinstance(number, int) else -1}
        try:
            answer = self._answers.get(str(request.get("do"))) if isinstance(request, Mapping) else None
            if answer is None:
                raise UserError(Problem("the page", "a request that nobody knows", "what this page can ask", "reload the page"))
            return reply | answer(request)
        except UserError as error:
            return reply | {"problems": [in_a_sentence(problem) for problem in error.problems]}
        except Exception:  # the last place where a mistake of ours can be told in words
            LOG.exception("a page could not be answered")
            return reply | {"problems": ["This went wrong on the server, by a mistake of ours. Where it runs, it says more."]}

    def close(self) -> None:
        """Let go of the page's room."""
        self.rooms.close(self.key)

    def _hello(self, _: Mapping[str, Any]) -> dict[str, Any]:
        settings = {name: Choices(name).settings() for name in PRESETS}
        return {
            "looks": looks(),
            "illustration": ILLUSTRATION,
            "levers": [
                {"name": one.name, "label": one.label, "unit": one.unit, "low": one.low, "high": one.high, "step": one.step,
                 "rest": one.value, "atRest": one.at_rest, "meaning": one.meaning, "more": one.more,
                 "source": one.source, "because": one.because, "kind": one.kind}
                for one in LEVERS
            ],
            "presets": [
                {"name": name, "label": one.label, "about": one.about, "settings": settings[name], "both": list(one.both)}
                for name, one in PRESETS.items()
            ],
            "mechanisms": [{"name": one.name, "label": one.label, "off": one.off} for one in MECHANISMS],
            "first": {"preset": FIRST.preset, "people": FIRST.people, "years": FIRST.years},
            "people": [FEWEST_PEOPLE, MOST_PEOPLE],
            "years": [1, MOST_YEARS],
        }  # fmt: skip

    def _open(self, request: Mapping[str, Any]) -> dict[str, Any]:
        choices = choices_of(request)
        luck = _whole(request, "luck", 1, MOST_LUCK)
        room = self.rooms.open(self.key, *choices.worlds(), luck)
        return {"room": room_data(room, choices), "weeks": room.since(0)}

    def _step(self, request: Mapping[str, Any]) -> dict[str, Any]:
        room = self.rooms.find(self.key)
        if room is None:
            return {"gone": GONE}
        have = _whole(request, "have", 0, room.week)
        to = _whole(request, "to", 0, room.weeks)
        room.step(min(to, have + MOST_WEEKS_AT_ONCE))
        return {"weeks": room.since(have + 1)}

    def _story(self, request: Mapping[str, Any]) -> dict[str, Any]:
        room = self.rooms.find(self.key)
        if room is None:
            return {"gone": GONE}
        person = _whole(request, "person", 0, room.people - 1)
        stories = room.stories(person)
        return {
            "person": person, "lines": [list(lines) for lines in stories.lines], "parting": stories.parting,
            "week": -1 if stories.week is None else stories.week, "until": room.week,
        }  # fmt: skip

    def _file(self, request: Mapping[str, Any]) -> dict[str, Any]:
        base, other = choices_of(request).files()
        return {"base": base, "other": other}


def choices_of(request: Mapping[str, Any]) -> Choices:
    """What a page has chosen. Raises UserError where it is no choice at all; `Choices.problems` says the rest."""
    levers, off = request.get("levers", {}), request.get("off", [])
    if not isinstance(levers, Mapping) or not isinstance(off, list) or max(len(levers), len(off)) > MOST_GIVEN:
        raise UserError(Problem("the page", "settings that nobody can read", "levers and mechanisms by name", "reload the page"))
    return Choices(
        str(request.get("preset", FIRST.preset)),
        {str(name): value for name, value in levers.items()},
        tuple(map(str, off)),
        request.get("people", FIRST.people),
        request.get("years", FIRST.years),
    )


def room_data(room: Room, choices: Choices) -> dict[str, Any]:
    """What a page has to know of its room before the first week."""
    question = room.question
    base, other = question.base, question.others[0]
    return {
        "stage": room.stage.plain(),
        "names": [base.name, other.name],
        "about": PRESETS[choices.preset].about,
        "differs": what_differs(base, other),
        "set": choices.said(),
        "people": room.people,
        "weeks": room.weeks,
        "luck": room.seed,
        "firstWeek": question.first_week,
        "lastWeek": question.last_week,
        "outcome": outcome_data(question),
    }


def in_a_sentence(problem: Problem) -> str:
    """A problem as one line for a page."""
    allowed = f" Allowed: {problem.allowed}." if problem.allowed else ""
    todo = f" {problem.todo[:1].upper()}{problem.todo[1:].rstrip('.')}." if problem.todo else ""
    given = f": {problem.given}" if problem.given else ""
    return f"{problem.where[:1].upper()}{problem.where[1:]}{given}.{allowed}{todo}"


def _whole(request: Mapping[str, Any], name: str, low: int, high: int) -> int:
    """A whole number of a request. Raises UserError where it is none, or out of range."""
    value = request.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value != int(value):
        raise UserError(Problem(name, repr(value)[:40], f"a whole number from {low:,} to {high:,}", "reload the page"))
    if not low <= value <= high:
        raise UserError(Problem(name, repr(value)[:40], f"{low:,} to {high:,}", "reload the page"))
    return int(value)
