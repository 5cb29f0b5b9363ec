"""Times to an event when some people are lost before it: Kaplan and Meier's estimate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Found(NamedTuple):
    """A number found in a world and its standard error from luck, not a number where it is not worked out."""

    value: float
    error: float = math.nan


NOT_FOUND = Found(math.nan)


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
    curve = stats.ecdf(stats.CensoredData(uncensored=weeks[happened], right=weeks[~happened]))
    share = curve.cdf.evaluate(np.asarray(by, dtype=float))
    error = _greenwood(weeks, happened, by)
    return [Found(float(value), off) if week <= followed else NOT_FOUND
            for week, value, off in zip(by, share, error, strict=True)]  # fmt: skip


def _greenwood(weeks: np.ndarray, happened: np.ndarray, by: Sequence[float]) -> list[float]:
    """Standard errors of Kaplan and Meier's estimate at each of the weeks `by`."""
    times, events = np.unique(weeks[happened], return_counts=True)
    at_risk = len(weeks) - np.searchsorted(np.sort(weeks), times)
    kept = np.cumprod(1.0 - events / at_risk)
    spread = np.cumsum(events / np.maximum(at_risk * (at_risk - events), 1))
    errors = []
    for week in by:
        last = int(np.searchsorted(times, week, side="right")) - 1
        errors.append(float(kept[last] * math.sqrt(spread[last])) if last >= 0 else 0.0)
    return errors
