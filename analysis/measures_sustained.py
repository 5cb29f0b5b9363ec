"""Time in recovery that others believe, week by week, rebuilt from the events."""

from __future__ import annotations

import numpy as np

from analysis.measures_lives import Lives
from simulation.state import DOMAINS, NONE, RECOVERING

YEAR = 52


def weeks_believed(lives: Lives, domain: str) -> np.ndarray:
    """Weeks of recovery that others believe, shape (weeks + 1, people), in a domain; known only while recovering in it.

    One more each week in recovery, up to that of a death; in offending, in custody none. What a lapse left of it stands in the
    event of its end.
    """
    status = lives.status(domain)
    grows = lives.lived
    if domain == "offending":
        released = np.zeros_like(grows)
        released[lives.when("custody_end")] = True
        grows = grows & ((lives.custody[:-1] == 0) | released)
    begun = np.full((lives.weeks, lives.people), np.nan)
    for event in ("decided_gradually", "decided_suddenly"):
        begun[lives.when(event, domain)] = 0.0
    resolved, persons, left = lives.with_value("resolved", domain)
    begun[resolved, persons] = left
    weeks = np.zeros((lives.weeks + 1, lives.people))
    weeks[0] = lives.start[f"weeks_{domain}"]
    for week in range(lives.weeks):
        before = np.where(np.isnan(begun[week]), weeks[week], begun[week])
        weeks[week + 1] = before + ((status[week + 1] == RECOVERING) & grows[week])
    return weeks


def sustained_year_by_week(lives: Lives) -> np.ndarray:
    """Who is recovering in all own domains, a year or more of it believed in each, shape (weeks + 1, people), of bool."""
    held = np.ones((lives.weeks + 1, lives.people), dtype=bool)
    own = np.zeros_like(held)
    for domain in DOMAINS:
        status = lives.status(domain)
        own |= status != NONE
        held &= (status == NONE) | ((status == RECOVERING) & (weeks_believed(lives, domain) >= YEAR))
    return held & own
