"""What follows what in the same life and the same domain: how long from each event to the next of another kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from analysis.measures_lives import NEVER, NUMBERS, Lives
from simulation.diary import DOMAIN_NAMES

DECISIONS = ("decided_gradually", "decided_suddenly")


@dataclass(frozen=True)
class Following:
    """Events of some kinds, in the order in which they happened, and what followed them; each of shape (events,).

    Attributes
    ----------
    week, person, event, domain
        Lived week, place in the row, and numbers of the event and its domain.
    wait
        Weeks from it to the next of the events that may follow, in the same life and domain; `NEVER` where none came.
    next
        Place of that event among the columns of `lives`, -1 where none came.
    """

    week: np.ndarray
    person: np.ndarray
    event: np.ndarray
    domain: np.ndarray
    wait: np.ndarray
    next: np.ndarray

    def where(self, kept: np.ndarray) -> Following:
        """Those events for which `kept`, shape (events,), is true."""
        return Following(*(getattr(self, one.name)[kept] for one in fields(self)))

    def and_then(self, more: Following) -> Following:
        """These events and `more` after them."""
        return Following(*(np.concatenate([getattr(self, one.name), getattr(more, one.name)]) for one in fields(self)))


def following(lives: Lives, first: Sequence[str], then: Sequence[str]) -> Following:
    """Every event of the kinds `first`, and the next of the kinds `then` in a later week of the same life and domain."""
    columns = lives.columns
    begun = np.flatnonzero(np.isin(columns.event, [NUMBERS[name] for name in first]))
    return _followed_by(
        lives, columns.week[begun], columns.person[begun], columns.event[begun], columns.domain[begun], then
    )


def following_the_start(lives: Lives, who: np.ndarray, then: Sequence[str], domain: str = "") -> Following:
    """The start of the stretch as an event of the week before it, `NEVER` in number, and the next of the kinds `then`.

    Of those `who` are true, shape (people,), and of events of one domain, or of those that belong to none.
    """
    persons = np.flatnonzero(who)
    weeks, numbers, domains = (np.full(len(persons), value) for value in (-1, NEVER, DOMAIN_NAMES.index(domain)))
    return _followed_by(lives, weeks, persons, numbers, domains, then)


def _followed_by(
    lives: Lives, week: np.ndarray, person: np.ndarray, event: np.ndarray, domain: np.ndarray, then: Sequence[str]
) -> Following:
    columns = lives.columns
    ended = np.flatnonzero(np.isin(columns.event, [NUMBERS[name] for name in then]))
    # Weeks from -1 on, so that the start of the stretch sorts before its first week and after every other life.
    span = lives.weeks + 1
    theirs = (columns.person[ended].astype(np.int64) * len(DOMAIN_NAMES) + columns.domain[ended]) * span + columns.week[ended] + 1
    ours = (person.astype(np.int64) * len(DOMAIN_NAMES) + domain) * span + week + 1
    order = np.argsort(theirs, kind="stable")
    place = np.searchsorted(theirs[order], ours, side="right")
    same = np.append(theirs[order] // span, -1)[place] == ours // span
    found = np.where(same, np.append(ended[order], -1)[place], -1)
    wait = np.where(same, np.append(columns.week, 0)[found] - week, NEVER)
    return Following(week, person, event, domain, wait, found)


def weeks_until(found: Following, lives: Lives, most: int, own: int | np.ndarray = 0) -> np.ndarray:
    """Weeks lived between each event and the next, at most `most`, shape (events,): 0 where it came in the week after.

    `own` is 1 where the week of the event itself counts, as that of a flag does, which is carried from then on. A death ends
    them. Only for events of which `most` weeks are followed (`is_followed`) is this the whole answer.
    """
    lived = np.minimum(found.wait, lives.died[found.person] - found.week) - 1 + own
    return np.clip(lived, 0, most)


def is_followed(found: Following, lives: Lives, weeks: int, own: int | np.ndarray = 0) -> np.ndarray:
    """Whether so many weeks of each event are part of the stretch, whoever lives through them, shape (events,).

    Weeks after it, or, where `own` is 1, its own and those after.
    """
    return np.asarray(found.week + 1 - own + weeks <= lives.weeks)


def part_in_first(lives: Lives, event: str, domain: str | None = None, detail: int | None = None) -> np.ndarray:
    """How far each person's first event of a kind is one of this domain or detail, 0 to 1, shape (people,).

    Events of one week share the place. Not a number for people without such an event.
    """
    first = lives.first(event)
    weeks, persons = lives.when(event)
    theirs, who = lives.when(event, domain, detail)
    count = np.bincount(persons[weeks == first[persons]], minlength=lives.people)
    this = np.bincount(who[theirs == first[who]], minlength=lives.people)
    return np.where(first < NEVER, this / np.maximum(count, 1), np.nan)
