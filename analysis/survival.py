"""Times to an event when some people are lost before it: Kaplan and Meier's estimate, its band, and what is read off it.

Weeks are counted from where a person's clock starts. An event of lived week w is known after w + 1 weeks, so its time is w + 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.subgroups import FEWEST
from simulation.errors import ComparisonError, Problem

LEVEL = 0.95


class Found(NamedTuple):
    """A number found in a world and its standard error from luck, not a number where it is not worked out."""

    value: float
    error: float = math.nan


NOT_FOUND = Found(math.nan)


class Median(NamedTuple):
    """Week by which half of the people have had the event, with its interval; not a number where that is not reached."""

    value: float
    low: float
    high: float


class LogRank(NamedTuple):
    """A log-rank test of two groups: statistic (standard normal if they do not differ), p, and why there is none."""

    statistic: float
    p: float
    note: str = ""


@dataclass(frozen=True)
class Curve:
    """Share of people to whom an event has not yet happened, week by week, with its band.

    Attributes
    ----------
    event
        The event, in words.
    people
        Whose event it is: how many are at risk at the start.
    weeks
        Weeks since the start of the clock, from 0, shape (times,): every whole week followed, or, where times are no whole
        weeks, each time at which somebody had the event or was lost.
    share, low, high
        Share without the event after so many weeks, and the ends of its pointwise interval, shape (times,). Not a number
        once nobody is followed any more.
    at_risk, events
        People followed and without the event until just before each time, and events at it, shape (times,).
    level
        Share of intervals, each for one week alone, that should hold the true share.
    note
        Why there are no numbers; empty where there are.
    """

    event: str
    people: int
    weeks: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    level: float = LEVEL
    note: str = ""
    unit: str = "share of people without the event"

    def table(self) -> pd.DataFrame:
        """One row a time: `weeks, share, low, high, at_risk, events`."""
        names = ("weeks", "share", "low", "high", "at_risk", "events")
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def median(self) -> Median:
        """Week by which half have had the event, its interval read off the band.

        Reference: Brookmeyer and Crowley (1982), Biometrics 38:29, with the band used here.
        """
        return Median(*(self._first_at_half(ends) for ends in (self.share, self.low, self.high)))

    def restricted_mean(self, horizon: float) -> Found:
        """Mean weeks without the event up to `horizon`, with its standard error: the area under the curve.

        Use when curves cross, or when a difference must be told in weeks. Do not use beyond the weeks followed: it is then
        not a number. The week of the event counts as one without it. Reference: Royston and Parmar (2013), BMC Med Res
        Methodol 13:152; the error is Greenwood's, carried through the area.
        """
        inside = self.weeks < horizon
        steps = np.diff(np.append(self.weeks[inside], horizon))
        areas = self.share[inside] * steps
        # Not enough that the curve is known before the horizon: somebody must have been followed up to it, or all had the event.
        if not inside.any() or self.weeks[-1] < horizon or np.isnan(areas).any():
            return NOT_FOUND
        to_come = np.cumsum(areas[::-1])[::-1]
        each = _spread_of(self.events[inside], self.at_risk[inside])
        return Found(float(areas.sum()), float(math.sqrt(np.sum(to_come**2 * each))))

    def _first_at_half(self, share: np.ndarray) -> float:
        below = share <= 0.5 + 1e-12
        return float(self.weeks[np.argmax(below)]) if below.any() else math.nan


def curve(
    weeks: np.ndarray,
    happened: np.ndarray,
    followed: float | None = None,
    event: str = "the event",
    level: float = LEVEL,
    fewest: int = 1,
) -> Curve:
    """Kaplan and Meier's curve of the share of people without an event, with log-log bands.

    Use when follow-up ends at different times for reasons that have nothing to do with the event. Do not use to say how many
    will have had the event where death or another event rules it out: `cumulative_incidence` does that. Where nobody has had
    the event yet the log-log interval does not exist; the exact binomial one of those still followed stands in its place.
    Where all have had it, the upper end stays that of the week before.

    Parameters
    ----------
    weeks
        Weeks to the event, or to the end of follow-up, shape (people,).
    happened
        Whether it was the event, shape (people,).
    followed
        Weeks for which anybody was followed: what comes later is left out. By default the longest time given.
    event
        The event, in words.
    level
        Share of pointwise intervals that should hold the true share.
    fewest
        People below which there are no numbers and the note says so.

    Raises
    ------
    ComparisonError
        If the two do not belong together, or a time is below 0 or not a number.

    References
    ----------
    Kaplan and Meier (1958), J Am Stat Assoc 53:457; Kalbfleisch and Prentice (2002) for the log-log interval.
    """
    from scipy import stats

    weeks, happened = read_times(weeks, happened)
    end = float(weeks.max(initial=0.0) if followed is None else followed)
    happened = happened & (weeks <= end)
    weeks = np.minimum(weeks, end)
    grid = time_grid(weeks, end)
    if len(weeks) < max(1, fewest):
        return no_curve(event, grid, len(weeks), level)
    events, at_risk = counted(weeks, happened, grid)
    share = np.ones(len(grid))
    if happened.any():
        # SciPy reads no times of which all are censored.
        found = stats.ecdf(stats.CensoredData(uncensored=weeks[happened], right=weeks[~happened]))
        share = found.sf.evaluate(grid)
    low, high = _band(share, events, at_risk, level)
    known = (at_risk > 0) | (share == 0)
    return Curve(
        event, len(weeks), grid, *(np.where(known, each, math.nan) for each in (share, low, high)), at_risk, events, level
    )


def no_curve(event: str, grid: np.ndarray, people: int, level: float = LEVEL) -> Curve:
    """A curve without numbers, whose note says that too few people, or none, are at risk."""
    unknown, none = np.full(len(grid), math.nan), np.zeros(len(grid), dtype=int)
    return Curve(event, people, grid, unknown, unknown, unknown, none, none, level, too_few(people))


def too_few(people: int) -> str:
    """Why there is no number, in words."""
    few = "only 1 person is" if people == 1 else f"only {people} people are"
    return "nobody is at risk" if people == 0 else f"{few} at risk, fewer than {FEWEST}"


def read_times(weeks: np.ndarray, happened: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Times as real numbers and events as true or false, shape (people,) each. Raises ComparisonError where they cannot be."""
    weeks, happened = np.asarray(weeks, dtype=float), np.asarray(happened, dtype=bool)
    if weeks.shape != happened.shape or weeks.ndim != 1:
        raise ComparisonError(Problem("times to an event", f"{weeks.shape} times and {happened.shape} events",
                                      "one time and one event a person", "Give two rows of the same length."))  # fmt: skip
    wrong = ~(weeks >= 0) | np.isinf(weeks)
    if wrong.any():
        raise ComparisonError(Problem("times to an event", f"{weeks[wrong][0]} as a time", "weeks from 0 up",
                                      "Leave out whoever is not at risk."))  # fmt: skip
    return weeks, happened


def counted(weeks: np.ndarray, happened: np.ndarray, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Events at each time of `grid`, and people at risk until just before it, shape (times,) each."""
    events = np.bincount(np.searchsorted(grid, weeks[happened]), minlength=len(grid))
    return events, len(weeks) - np.searchsorted(np.sort(weeks), grid)


def log_log_ends(share: np.ndarray, error: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the log-log interval of shares strictly between 0 and 1 with their standard errors; the share itself elsewhere."""
    from scipy import stats

    inside = (share > 0) & (share < 1)
    logs = np.log(np.where(inside, share, 0.5))
    width = stats.norm.ppf(0.5 + level / 2) * error / np.where(inside, share, 1.0) / np.abs(logs)
    return tuple(np.where(inside, np.exp(logs * np.exp(sign * width)), share) for sign in (1, -1))  # type: ignore[return-value]


def none_of(people: np.ndarray, level: float) -> np.ndarray:
    """Upper end of the exact interval of a share that is seen in none of so many people (Clopper and Pearson 1934)."""
    return np.asarray(1.0 - ((1.0 - level) / 2.0) ** (1.0 / np.maximum(people, 1)))


def log_rank(first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]) -> LogRank:
    """Log-rank test of whether two groups have the event at the same rate, each given as (weeks, happened).

    Use when two groups live apart from each other and their rates keep one proportion. Do not use to say that a policy works:
    two worlds that share their luck and their people are no independent groups, people of one world touch each other, and
    in simulated worlds any p becomes as small as one likes with more people. Paired differences over seeds answer that.
    Reference: Mantel (1966), Cancer Chemother Rep 50:163, as SciPy's `logrank` does it.
    """
    from scipy import stats

    samples = [read_times(*each) for each in (first, second)]
    if not all(len(weeks) for weeks, _ in samples):
        return LogRank(math.nan, math.nan, "nobody is at risk in one of the groups")
    if not any(happened.any() for _, happened in samples):
        return LogRank(math.nan, math.nan, "nobody in either group had the event")
    # Where no event sets the groups against each other the test is 0 / 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = stats.logrank(*(stats.CensoredData(uncensored=at[had], right=at[~had]) for at, had in samples))
    if not math.isfinite(found.statistic):
        return LogRank(math.nan, math.nan, "at no event were people of both groups at risk and some of them spared")
    return LogRank(float(found.statistic), float(found.pvalue))


def restricted_mean(weeks: np.ndarray, happened: np.ndarray, horizon: float) -> np.ndarray:
    """Weeks without the event up to `horizon` of each person, shape (people,): their mean is the restricted mean.

    Use for paired differences, where everybody is followed to the event or the horizon. Where somebody is lost before, the
    restricted mean needs `Curve.restricted_mean`.

    Raises
    ------
    ComparisonError
        If somebody is lost before the horizon.
    """
    weeks, happened = read_times(weeks, happened)
    lost = ~happened & (weeks < horizon)
    if lost.any():
        raise ComparisonError(
            Problem("restricted mean", f"{int(lost.sum())} of {len(weeks)} people lost before week {horizon:g}",
                    "everybody followed to the event or the horizon", "Use Curve.restricted_mean, or a nearer horizon.")
        )  # fmt: skip
    return np.minimum(weeks, horizon)


def share_with_event(
    weeks: np.ndarray, happened: np.ndarray, by: Sequence[float], followed: float = math.inf
) -> list[Found]:
    """Shares of people to whom the event has happened by each of the weeks `by`, people lost before it censored.

    Use when follow-up ends at different times for reasons that have nothing to do with the event. Do not use when what ends
    it also changes the chance of the event. Reference: Kaplan and Meier (1958), J Am Stat Assoc 53:457; errors by Greenwood.

    Parameters
    ----------
    weeks
        Weeks to the event, or to the end of follow-up, shape (people,).
    happened
        Whether it was the event, shape (people,).
    by
        Weeks asked for, rising.
    followed
        Weeks for which anybody was followed: beyond them nothing is known, and the answer is not a number.
    """
    from scipy import stats

    weeks, happened = np.asarray(weeks, dtype=float), np.asarray(happened, dtype=bool)
    if len(weeks) == 0:
        return [NOT_FOUND for _ in by]
    if not happened.any():
        return [Found(0.0, 0.0) if week <= followed else NOT_FOUND for week in by]
    # SciPy reads no times of which all are censored, and warns of an error that is 0/0 once nobody is left.
    found = stats.ecdf(stats.CensoredData(uncensored=weeks[happened], right=weeks[~happened]))
    share = found.cdf.evaluate(np.asarray(by, dtype=float))
    error = _greenwood(weeks, happened, by)
    return [Found(float(value), off) if week <= followed else NOT_FOUND
            for week, value, off in zip(by, share, error, strict=True)]  # fmt: skip


def _greenwood(weeks: np.ndarray, happened: np.ndarray, by: Sequence[float]) -> list[float]:
    """Standard errors of Kaplan and Meier's estimate at each of the weeks `by`."""
    times = np.unique(weeks[happened])
    events, at_risk = counted(weeks, happened, times)
    kept = np.cumprod(1.0 - events / at_risk)
    spread = np.cumsum(_spread_of(events, at_risk))
    errors = []
    for week in by:
        last = int(np.searchsorted(times, week, side="right")) - 1
        errors.append(float(kept[last] * math.sqrt(spread[last])) if last >= 0 else 0.0)
    return errors


def _spread_of(events: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """What each time adds to the variance of the log of the share, after Greenwood; 0 where nobody is left."""
    return np.asarray(events / np.maximum(at_risk * (at_risk - events), 1))


def time_grid(weeks: np.ndarray, end: float) -> np.ndarray:
    """Every week from 0 to `end`, or, where times are no whole weeks, 0, each time and `end`; shape (times,)."""
    if np.all(weeks == np.floor(weeks)) and end == math.floor(end):
        return np.arange(int(end) + 1)
    return np.unique(np.concatenate([[0.0, end], weeks]))


def _band(share: np.ndarray, events: np.ndarray, at_risk: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the interval of each share, shape (times,) each."""
    error = share * np.sqrt(np.cumsum(_spread_of(events, at_risk)))
    low, high = log_log_ends(share, error, level)
    exact = none_of(at_risk, level)
    low = np.where(share == 1, 1.0 - exact, low)
    low[0] = share[0] if share[0] == 1 else low[0]
    gone = np.flatnonzero(share == 0)
    if len(gone):
        before = high[gone[0] - 1] if gone[0] else 1.0
        high[gone] = before if before < 1 else exact[gone[0]]
    return low, high
