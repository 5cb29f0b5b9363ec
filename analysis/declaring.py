"""How an observable is declared: among whom, in which unit, as a mean over people or over what happened to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from analysis.outcomes import OUTCOMES, Outcome, has_problem, is_in_trouble, is_recovering
from analysis.stretch import Stretch
from simulation.state import DOMAINS, NONE, RECOVERING, ROLES

YEAR = 52
HALF_A_YEAR = 26
QUARTER = 13


class Unit(NamedTuple):
    """The unit of a reported figure, and what a mean is multiplied with to give it."""

    words: str
    scale: float = 1.0


PEOPLE = Unit("people per 1,000", 1000.0)
PER_PERSON = Unit("weeks per person")
WEEKS = Unit("weeks per 1,000 people", 1000.0)
SHARE = Unit("0-1")


class Among(NamedTuple):
    """Whom an observable is counted among, judged by the state in the first week, and in words."""

    at_risk: Callable[[np.ndarray], np.ndarray]
    means: str


def count_domains(people: np.ndarray) -> np.ndarray:
    """In how many domains each person has a problem, past or present, shape (people,)."""
    return np.sum([people[domain] != NONE for domain in DOMAINS], axis=0)


def is_alive(people: np.ndarray) -> np.ndarray:
    """Who is alive, shape (people,), of bool."""
    return np.asarray(people["alive"] == 1)


def holds_no_role(people: np.ndarray) -> np.ndarray:
    """Who holds none of the four roles, shape (people,), of bool."""
    return np.all([people[role] == 0 for role in ROLES], axis=0)


def recovering_domains(people: np.ndarray) -> np.ndarray:
    """In how many domains each person is recovering, shape (people,)."""
    return np.sum([people[domain] == RECOVERING for domain in DOMAINS], axis=0)


EVERYONE = Among(is_alive, "everybody alive in the first week")
WITH_A_PROBLEM = Among(has_problem, OUTCOMES["died"].at_risk_means)
IN_RECOVERY = Among(is_recovering, OUTCOMES["relapsed"].at_risk_means)
WITH_SEVERAL = Among(
    lambda people: has_problem(people) & (count_domains(people) >= 2),
    "people who had a problem, past or present, in two domains or more in the first week",
)
WITHOUT_A_PROBLEM = Among(
    lambda people: is_alive(people) & (count_domains(people) == 0),
    "people who had no problem in any domain in the first week",
)
IN_TROUBLE = Among(is_in_trouble, "people who were active or in a lapse in at least one domain in the first week")
WITHOUT_A_ROLE = Among(
    lambda people: has_problem(people) & holds_no_role(people),
    "people who had a problem, past or present, and held no role in the first week",
)

WITH_DEATHS = "none: whoever dies before the horizon is counted by what had happened until then"
ALIVE_AT_THE_END = "people who die before the horizon are left out, as they have no state then"


def declare(
    name: str,
    unit: Unit,
    better: str,
    among: Among,
    measure: Callable[[Stretch], np.ndarray],
    means: str,
    source: str,
    *,
    needs_events: bool = True,
    **more: Any,
) -> Outcome:
    """An observable; `more` are further fields of `Outcome`."""
    return Outcome(
        name, unit.words, unit.scale, better, among.at_risk, among.means, measure, means, source, needs_events=needs_events,
        **more,
    )  # fmt: skip


def at_the_end(read: Callable[[np.ndarray], np.ndarray]) -> Callable[[Stretch], np.ndarray]:
    """What `read` gives of everybody's state at the horizon, not a number for the dead."""
    return lambda stretch: np.where(stretch.end["alive"] == 1, read(stretch.end), np.nan)


def added(total: str) -> Callable[[Stretch], np.ndarray]:
    """By how much a running total grew, shape (people,)."""
    return lambda stretch: stretch.end[total] - stretch.start[total]


Happened = Callable[[Stretch], tuple[np.ndarray, np.ndarray]]
"""Gives the person and the value of each of the things that happened, shape (things,) each."""


def mean_of_each(stretch: Stretch, happened: Happened) -> np.ndarray:
    """Mean value of what happened to each person, not a number where nothing did, shape (people,)."""
    persons, values = happened(stretch)
    people = len(stretch.start)
    count = np.bincount(persons, minlength=people)
    total = np.bincount(persons, weights=values, minlength=people)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def declare_of_each(
    name: str,
    unit: Unit,
    better: str,
    among: Among,
    happened: Happened,
    means: str,
    source: str,
    *,
    censoring: str,
    shortest: int = 1,
    every: int = 0,
) -> Outcome:
    """An observable that is a mean over what happened to people, such as decisions, and not over people."""
    return declare(
        name, unit, better, among, lambda stretch: mean_of_each(stretch, happened), means, source,
        weigh=lambda stretch: np.bincount(happened(stretch)[0], minlength=len(stretch.start)).astype(float),
        censoring=censoring, shortest=shortest, every=every,
    )  # fmt: skip
