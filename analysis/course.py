"""The primary outcome over time: what it would have been, had it been judged after each week, in the people of whom it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from analysis.measures_lives import Lives
from analysis.measures_sustained import sustained_year_by_week
from analysis.outcomes import Outcome
from simulation.state import ROLES

Weekly = Callable[[Lives], np.ndarray]


def _roles(lives: Lives) -> np.ndarray:
    return np.sum([lives.role(name) for name in ROLES], axis=0)


TOTALS: Mapping[str, Weekly] = {
    "custody_weeks": lambda lives: lives.custody,
    "homeless_weeks": lambda lives: lives.homeless,
    "flagged_weeks": lambda lives: lives.flagged,
}
"""Outcomes that count weeks in a state, and the state, shape (weeks + 1, people)."""

MEANS: Mapping[str, Weekly] = {"personal_recovery": lambda lives: lives.personal_recovery, "roles_held": _roles}
"""Outcomes that are a mean over weeks, and of what, shape (weeks + 1, people)."""

LEVELS: Mapping[str, Weekly] = {"sustained_year": lambda lives: _alive(lives, sustained_year_by_week(lives))}
"""Outcomes that are a state in the week in which they are judged, shape (weeks + 1, people)."""

COUNTS: Mapping[str, str] = {"offences": "offence"}
"""Outcomes that count events, repeated ones too, and the event."""


def course_of(outcome: Outcome, lives: Lives) -> np.ndarray:
    """What `outcome` would have been after each lived week, shape (weeks,), in its unit, as a mean over all these lives.

    Its last value is the outcome as it is judged, over the same people: a first event counts once, and whoever dies stays among
    those counted. Not a number where there is nobody.

    Raises
    ------
    KeyError
        Where the outcome is none of those that can be primary ones.
    """
    if not lives.people:
        return np.full(lives.weeks, np.nan)
    if outcome.event:
        happened = np.bincount(np.minimum(lives.first(outcome.event), lives.weeks), minlength=lives.weeks + 1)
        return outcome.scale * np.cumsum(happened[:-1]) / lives.people
    if outcome.id in COUNTS:
        happened = np.bincount(lives.when(COUNTS[outcome.id])[0], minlength=lives.weeks)
        return outcome.scale * np.cumsum(happened) / lives.people
    if outcome.id in LEVELS:
        return outcome.scale * LEVELS[outcome.id](lives)[1:].mean(axis=1)
    held = {**TOTALS, **MEANS}[outcome.id](lives)[1:] * lives.lived
    so_far = np.cumsum(held.mean(axis=1))
    return outcome.scale * (so_far / np.arange(1, lives.weeks + 1) if outcome.id in MEANS else so_far)


def is_so_far(outcome: Outcome) -> bool:
    """Whether its course adds up week by week, rather than being a state of each week."""
    return outcome.id not in LEVELS


def _alive(lives: Lives, held: np.ndarray) -> np.ndarray:
    weeks = np.arange(lives.weeks + 1)[:, None]
    return held & (lives.died[None, :] >= weeks) & (lives.start["alive"] == 1)[None, :]
