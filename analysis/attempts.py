"""Attempts to leave substance use behind before a first sustained year: how each ended, and how many it takes.

An attempt begins with a decision and ends with a relapse or a death, or has led to a year: lapses that were resolved belong to
it. Somebody who is in recovery or in a lapse in the first week is in an attempt then.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.competing import CENSORED, cumulative_incidence
from analysis.declaring import YEAR, Among, is_alive
from analysis.measures_following import DECISIONS, Following, following, following_the_start
from analysis.measures_lives import NEVER, Lives, runs
from analysis.stretch import Stretch
from simulation.diary import DOMAIN_NAMES
from simulation.state import ACTIVE, LAPSED, RECOVERING

LONG_ENOUGH = 78
"""Weeks that somebody's attempt must be followed for, so that it is known how many lead to a year: six in seven of those that
do have led to it by then, in the baseline; in a shorter time attempts are seen to fail and not to succeed."""

LED_TO_A_YEAR, ENDED = 1, 2
"""How an attempt can end, after `CENSORED`."""

WEEKS, HOW, FOLLOWED = range(3)
"""What is known of an attempt: weeks to its end or to the horizon, how it ended, weeks from its beginning to the horizon."""


def _not_yet_a_year(people: np.ndarray) -> np.ndarray:
    use = people["use"]
    under_way = (use == RECOVERING) & (people["weeks_use"] < YEAR)
    return is_alive(people) & ((use == ACTIVE) | (use == LAPSED) | under_way)


NOT_YET_A_YEAR = Among(
    _not_yet_a_year,
    "people who were active or lapsed in substance use, or in recovery from it for less than 52 weeks, in the first week",
)


def first_year_of(lives: Lives) -> np.ndarray:
    """Weeks after which each person has first been 52 weeks in a row in recovery from use, `NEVER` without, shape (people,).

    Weeks of recovery that others believe in the first week count for a recovery that goes on from there.
    """
    alive = np.arange(lives.weeks + 1)[:, None] <= lives.died[None, :]
    held = (lives.status("use") == RECOVERING) & alive
    length = runs(held)
    unbroken = length == np.arange(1, lives.weeks + 2)[:, None]
    # Row 0 is no week lived: a recovery that is there already has its weeks so far, and one more with each row.
    length = length + np.where(unbroken, lives.start["weeks_use"] - 1, 0)
    reached = held & (length >= YEAR)
    return np.where(reached.any(axis=0), reached.argmax(axis=0), NEVER)


def _begun(lives: Lives) -> Following:
    """Every attempt before the first year, with the next relapse in use, in the order of people and then of time."""
    decided = following(lives, DECISIONS, ("relapse",))
    decided = decided.where(decided.domain == DOMAIN_NAMES.index("use"))
    under_way = np.isin(lives.start["use"], (RECOVERING, LAPSED))
    found = following_the_start(lives, under_way, ("relapse",), "use").and_then(decided)
    found = found.where(found.week < first_year_of(lives)[found.person])
    return found.where(np.lexsort([found.week, found.person]))


def attempts(stretch: Stretch, most: int) -> np.ndarray:
    """What became of each person's first attempts, one fewer than `most`, shape (people, 3 (most - 1)).

    For each: weeks to its end or to the horizon, how it ended (`LED_TO_A_YEAR`, `ENDED`, `CENSORED`), and weeks from its
    beginning to the horizon. Not a number where there was none.
    """
    lives = stretch.lives
    found = _begun(lives)
    first = first_year_of(lives)[found.person].astype(np.int64)
    # The year is full after `first` weeks, which is in lived week first - 1.
    ends = np.column_stack([first - 1, found.week + found.wait, lives.died[found.person], np.full(len(first), lives.weeks)])
    which = ends.argmin(axis=1)
    how = np.array([LED_TO_A_YEAR, ENDED, ENDED, CENSORED])[which]
    known = np.column_stack([ends.min(axis=1) - found.week, how, lives.weeks - found.week])
    begins = np.append(True, found.person[1:] != found.person[:-1])[: len(found.person)]
    order = np.arange(len(found.person)) - np.flatnonzero(begins)[np.cumsum(begins) - 1]
    table = np.full((lives.people, most - 1, 3), np.nan)
    kept = order < most - 1
    table[found.person[kept], order[kept]] = known[kept]
    return table.reshape(lives.people, -1)


def attempts_needed(values: np.ndarray, weights: np.ndarray, most: int) -> float:
    """Mean attempts up to a sustained year, `most` at most, by the shares of first, second and later ones that lead to it.

    `values` as `attempts` gives them; everybody weighs the same. Formula: 1 + (1 - p_1) + (1 - p_1)(1 - p_2) and so on, p_k the
    share of k-th attempts that lead to a year. Not a number where one of them is not followed for long enough. Use for lives that
    end at a horizon: an attempt under way is censored by the weeks that it has lasted. Do not read it as the mean over people who
    get there: it is that of people who go on deciding. Reference: Aalen and Johansen (1978), Scand J Stat 5:141, for each p_k.
    """
    del weights
    table = values.reshape(len(values), most - 1, 3)
    needed, left = 1.0, 1.0
    for order in range(most - 1):
        if left <= 0:
            break
        left *= 1.0 - _share_leading(table[:, order])
        needed += left
    return needed


def _share_leading(known: np.ndarray) -> float:
    """Share of attempts of one order, shape (people, 3), that lead to a year; not a number where too few weeks are followed."""
    known = known[np.isfinite(known[:, WEEKS])]
    if not len(known) or known[:, FOLLOWED].max() < LONG_ENOUGH:
        return math.nan
    share = cumulative_incidence(known[:, WEEKS], known[:, HOW].astype(int), ("a year", "an end")).share[0]
    return float(share[np.isfinite(share)][-1])
