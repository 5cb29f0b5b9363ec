"""Time in recovery that others believe, week by week, rebuilt from the events."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from analysis.measures_lives import Lives
from simulation.state import DOMAINS, NONE, RECOVERING

YEAR = 52


def weeks_believed(lives: Lives, domain: str) -> np.ndarray:
    """Weeks of recovery that others believe, shape (weeks + 1, people), in a domain; known only while recovering in it.

    One more each week in recovery, up to that of a death; in offending, in custody none. What a lapse left of it stands in the
    event of its end.
    """
    table = np.empty((lives.weeks + 1, lives.people))
    for week, now in enumerate(_week_after_week(lives, domain)):
        table[week] = now
    return table


def weeks_believed_at(lives: Lives, domain: str, week: int) -> np.ndarray:
    """The same after `week` weeks, shape (people,), without room for a table of all weeks. Raises IndexError beyond the last."""
    if not 0 <= week <= lives.weeks:
        raise IndexError(f"week {week} of {lives.weeks}")
    return next(islice(_week_after_week(lives, domain), week, None))


def _week_after_week(lives: Lives, domain: str) -> Iterator[np.ndarray]:
    grows = lives.lived
    if domain == "offending":
        released = np.zeros_like(grows)
        released[lives.when("custody_end")] = True
        grows = grows & ((lives.custody[:-1] == 0) | released)
    grows = grows & (lives.status(domain)[1:] == RECOVERING)
    begun, persons, left = _begun(lives, domain)
    places = np.searchsorted(begun, np.arange(lives.weeks + 1))
    now = lives.start[f"weeks_{domain}"].astype(float)
    yield now
    for week in range(lives.weeks):
        here = slice(places[week], places[week + 1])
        now = now.copy()
        now[persons[here]] = left[here]
        now += grows[week]
        yield now


def _begun(lives: Lives, domain: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lived week and person of each beginning of recovery, in week order, and the weeks that it begins with: 0 after a decision.

    Of two in one week the end of a lapse stands last.
    """
    parts = [(*lives.when(event, domain), 0.0) for event in ("decided_gradually", "decided_suddenly")]
    parts.append(lives.with_value("resolved", domain))
    weeks, persons = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
    left = np.concatenate([np.broadcast_to(value, len(week)) for week, _, value in parts])
    order = np.argsort(weeks, kind="stable")
    return weeks[order], persons[order], left[order]


def sustained_year_by_week(lives: Lives) -> np.ndarray:
    """Who is recovering in all own domains, a year or more of it believed in each, shape (weeks + 1, people), of bool."""
    held = np.ones((lives.weeks + 1, lives.people), dtype=bool)
    own = np.zeros_like(held)
    for domain in DOMAINS:
        status = lives.status(domain)
        own |= status != NONE
        held &= (status == NONE) | ((status == RECOVERING) & (weeks_believed(lives, domain) >= YEAR))
    return held & own
