"""Events that rule each other out, and events that come back: cumulative incidence, and the mean number of events so far.

Weeks are counted from where a person's clock starts. An event of lived week w is known after w + 1 weeks, so its time is w + 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.survival import LEVEL, log_log_ends, none_of, read_times, time_grid, too_few
from simulation.errors import ComparisonError, Problem

CENSORED = 0
"""What ended the follow-up of somebody whom none of the events had happened to."""


@dataclass(frozen=True)
class Incidence:
    """Shares of people to whom each of several events has happened first, week by week.

    Attributes
    ----------
    causes
        The events, in words, each of which rules the others out.
    people
        How many are at risk at the start.
    weeks
        Weeks since the start of the clock, shape (times,).
    share, error, low, high
        Share with each event, its standard error and the ends of its pointwise log-log interval, shape (causes, times).
    free
        Share with none of them, shape (times,).
    at_risk
        People followed and without any of them until just before each time, shape (times,).
    note
        Why there are no numbers; empty where there are.
    """

    causes: tuple[str, ...]
    people: int
    weeks: np.ndarray
    share: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    free: np.ndarray
    at_risk: np.ndarray
    note: str = ""
    unit: str = "share of people"

    def table(self) -> pd.DataFrame:
        """One row a cause and time: `cause, weeks, share, error, low, high, free, at_risk`."""
        parts = [
            pd.DataFrame({"cause": cause, "weeks": self.weeks, "share": self.share[at], "error": self.error[at],
                          "low": self.low[at], "high": self.high[at], "free": self.free, "at_risk": self.at_risk})
            for at, cause in enumerate(self.causes)
        ]  # fmt: skip
        return pd.concat(parts, ignore_index=True)


def cumulative_incidence(
    weeks: np.ndarray,
    cause: np.ndarray,
    causes: Sequence[str],
    followed: int | None = None,
    level: float = LEVEL,
    fewest: int = 1,
) -> Incidence:
    """Aalen and Johansen's estimate of the share of people to whom each event has happened first.

    Use when one event rules out another, as death does a first lapse, and the question is how many will have had which. Do not
    use to say what would happen if nobody died: nothing in the data says that. Where nobody has had an event yet its error is
    0, and the exact binomial end, of those whose course is known so far, stands in the place of the log-log one.

    Parameters
    ----------
    weeks
        Weeks to the first event, or to the end of follow-up, whole numbers or not, shape (people,).
    cause
        Which event: 1 for the first of `causes` and so on, `CENSORED` where follow-up ended, shape (people,).
    causes
        The events, in words.
    followed
        Weeks for which anybody was followed. By default the longest time given.
    level
        Share of pointwise intervals that should hold the true share.
    fewest
        People below which there are no numbers and the note says so.

    Raises
    ------
    ComparisonError
        If the rows do not belong together, a time is below 0, or a cause has no name.

    References
    ----------
    Aalen and Johansen (1978), Scand J Stat 5:141; the error by the delta method, Marubini and Valsecchi (1995), "Analysing
    Survival Data from Clinical Trials and Observational Studies", which without censoring is that of a plain share.
    """
    cause = np.asarray(cause, dtype=int)
    weeks, _ = read_times(weeks, cause != CENSORED)
    if len(cause) and not 0 <= cause.min() <= cause.max() <= len(causes):
        raise ComparisonError(Problem("cumulative incidence", f"causes from {cause.min()} to {cause.max()}",
                                      f"0 (censored) to {len(causes)}, one for each name", "Name every cause."))  # fmt: skip
    end = float(weeks.max(initial=0.0) if followed is None else followed)
    cause = np.where(weeks <= end, cause, CENSORED)
    weeks = np.minimum(weeks, end)
    grid = time_grid(weeks, end)
    at_risk = len(weeks) - np.searchsorted(np.sort(weeks), grid)
    if len(weeks) < max(1, fewest):
        unknown = np.full((len(causes), len(grid)), math.nan)
        return Incidence(tuple(causes), len(weeks), grid, unknown, unknown, unknown, unknown,
                         np.full(len(grid), math.nan), at_risk, too_few(len(weeks)))  # fmt: skip
    place = np.searchsorted(grid, weeks)
    counts = np.array([np.bincount(place[cause == one + 1], minlength=len(grid)) for one in range(len(causes))])
    share, error, free = _aalen_johansen(counts, at_risk)
    low, high = log_log_ends(share, error, level)
    # Where all or none of those whose course is known so far have had an event, the exact ends.
    end_of_none = none_of(at_risk + counts.sum(axis=0).cumsum() - counts.sum(axis=0), level)
    high = np.where((share == 0) & (grid > 0), end_of_none, high)
    low = np.where(share == 1, 1.0 - end_of_none, low)
    # Nothing is known once nobody is followed, unless every person has had an event by then.
    known = (at_risk > 0) | (free == 0)
    values = [np.where(known, each, math.nan) for each in (share, error, low, high, free)]
    return Incidence(tuple(causes), len(weeks), grid, *values, at_risk)


@dataclass(frozen=True)
class MeanCount:
    """Mean number of events so far of a person who stays under observation, week by week.

    Attributes
    ----------
    event
        The event, in words.
    people
        How many are followed at the start.
    weeks
        Weeks since the start of the clock, from 0, shape (weeks + 1,).
    mean, error, low, high
        Mean number of events so far, its robust standard error and the ends of its pointwise interval, shape (weeks + 1,).
    at_risk
        People followed through each week, the one that leads to the row, shape (weeks + 1,); row 0: through the first.
    note
        Why there are no numbers; empty where there are.
    """

    event: str
    people: int
    weeks: np.ndarray
    mean: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    note: str = ""
    unit: str = "events per person followed"

    def table(self) -> pd.DataFrame:
        """One row a week: `weeks, mean, error, low, high, at_risk`."""
        names = ("weeks", "mean", "error", "low", "high", "at_risk")
        return pd.DataFrame({name: getattr(self, name) for name in names})


def mean_count(
    weeks: np.ndarray,
    persons: np.ndarray,
    followed: np.ndarray,
    end: int,
    event: str = "events",
    level: float = LEVEL,
    fewest: int = 1,
) -> MeanCount:
    """Mean number of repeated events so far, by Nelson and Aalen's estimate, with an error that lets people differ.

    Each week adds the events of that week per person followed through it. The error is robust: events of one person may go
    together in any way. Use for lapses, arrests and whatever else comes back. Death ends the following, so it is the number
    for somebody who stays alive at the rates of those alive. Do not use to compare how many events happened in all where
    deaths differ: fewer events may then mean fewer people left to have them.

    Parameters
    ----------
    weeks, persons
        Lived week, from 0, and place in the row of people of each event, shape (events,) each.
    followed
        Lived weeks for which each person is followed, from week 0 on, shape (people,): the week of a death is the last.
    end
        Weeks to look at.
    event
        The events, in words.
    level
        Share of pointwise intervals that should hold the true mean. They are made on the log scale, so never below 0.
    fewest
        People below which there are no numbers and the note says so.

    Raises
    ------
    ComparisonError
        If an event lies outside the weeks that its person is followed.

    References
    ----------
    Lin, Wei, Yang and Ying (2000), J R Stat Soc B 62:711; Lawless and Nadeau (1995), Technometrics 37:158.
    """
    weeks, persons, followed = (np.asarray(each, dtype=int) for each in (weeks, persons, followed))
    kept = weeks < end
    weeks, persons, followed = weeks[kept], persons[kept], np.minimum(followed, end)
    if np.any(weeks < 0) or np.any(weeks >= followed[persons]):
        raise ComparisonError(Problem("mean number of events", "an event outside the weeks that its person is followed",
                                      "events from week 0 to the last week followed", "Check the order of people."))  # fmt: skip
    at_risk = np.array([np.count_nonzero(followed > week) for week in range(end)], dtype=int)
    grid, shown = np.arange(end + 1), np.concatenate([[len(followed)], at_risk])
    if len(followed) < max(1, fewest):
        unknown = np.full(end + 1, math.nan)
        return MeanCount(event, len(followed), grid, unknown, unknown, unknown, unknown, shown, too_few(len(followed)))
    rate = np.bincount(weeks, minlength=end) / np.maximum(at_risk, 1)
    mean = np.concatenate([[0.0], np.cumsum(rate)])
    error = _robust_error(weeks, persons, followed, at_risk, rate)
    low, high = _ends_of_mean(mean, error, shown, level)
    values = [np.where(shown > 0, each, math.nan) for each in (mean, error, low, high)]
    return MeanCount(event, len(followed), grid, *values, shown)


def _aalen_johansen(counts: np.ndarray, at_risk: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares and errors by cause and time, shape (causes, times), and the share free of all, shape (times,)."""
    n, every = np.maximum(at_risk, 1), counts.sum(axis=0)
    free = np.cumprod(1.0 - every / n)
    before = np.concatenate([[1.0], free[:-1]])
    share = np.cumsum(before * counts / n, axis=1)
    # Sums over times t of (F - F(t))^2 a(t) + b(t) - 2 (F - F(t)) c(t), with F the share so far: each square multiplied out.
    a = every / np.maximum(n * (n - every), 1)
    b = before**2 * (n - counts) * counts / n**3.0
    c = before * counts / n**2.0
    squares = share**2 * np.cumsum(a) - 2 * share * np.cumsum(share * a, axis=1) + np.cumsum(share**2 * a, axis=1)
    variance = squares + np.cumsum(b, axis=1) - 2 * (share * np.cumsum(c, axis=1) - np.cumsum(share * c, axis=1))
    # Sums that should be 0 or 1 may miss it by the last bit.
    share = np.where(share > 1.0 - 1e-12, 1.0, share)
    return share, np.sqrt(np.maximum(variance, 0.0)), free


def _robust_error(
    weeks: np.ndarray, persons: np.ndarray, followed: np.ndarray, at_risk: np.ndarray, rate: np.ndarray
) -> np.ndarray:
    """Root of the sum over people of the square of what each adds beyond the mean rate, shape (weeks + 1,)."""
    order = np.argsort(weeks, kind="stable")
    weeks, persons = weeks[order], persons[order]
    ends = np.searchsorted(weeks, np.arange(len(at_risk) + 1))
    beyond, variance = np.zeros(len(followed)), np.zeros(len(at_risk) + 1)
    for week, people in enumerate(at_risk):
        if people:
            own = np.bincount(persons[ends[week] : ends[week + 1]], minlength=len(followed))
            beyond += (own - np.where(followed > week, rate[week], 0.0)) / people
        variance[week + 1] = beyond @ beyond
    return np.sqrt(variance)


def _ends_of_mean(
    mean: np.ndarray, error: np.ndarray, people: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the interval of a mean number on the log scale; before the first event, the exact one of Poisson."""
    from scipy import stats

    some = np.where(mean > 0, mean, 1.0)
    factor = np.exp(stats.norm.ppf(0.5 + level / 2) * error / some)
    none = -math.log((1.0 - level) / 2.0) / np.maximum(people, 1)
    high = np.where(mean > 0, mean * factor, none)
    high[0] = 0.0
    return mean / factor, high
