"""How the values of some people become one number, where that is not their mean. Each takes values and weights of people."""

from __future__ import annotations

import math

import numpy as np


def median_of(values: np.ndarray, weights: np.ndarray) -> float:
    """Median of one value a person, shape (people,); weights are not used."""
    return float(np.median(values))


def median_time(values: np.ndarray, weights: np.ndarray) -> float:
    """Median time to an event by Kaplan and Meier's estimate; not a number where it happens to fewer than half.

    `values` holds the time to the event or to the end of follow-up, and whether it was the event, shape (people, 2).
    """
    happened = values[:, 1] > 0
    if not happened.any():
        return math.nan
    from scipy import stats

    curve = stats.ecdf(stats.CensoredData(uncensored=values[happened, 0], right=values[~happened, 0])).sf
    below = np.flatnonzero(curve.probabilities <= 0.5 + 1e-12)
    return float(curve.quantiles[below[0]]) if len(below) else math.nan


def pooled_ratio(values: np.ndarray, weights: np.ndarray) -> float:
    """Ratio of two rates pooled over people: `values` are events and time with, events and time without, shape (people, 4)."""
    with_it, time_with, without, time_without = values.sum(axis=0)
    if time_with == 0 or time_without == 0 or without == 0:
        return math.nan
    return float((with_it / time_with) / (without / time_without))


def correlation_of(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted correlation of two values a person, shape (people, 2); not a number where one of them does not vary."""
    total = weights.sum()
    if total <= 0:
        return math.nan
    centred = values - (weights[:, None] * values).sum(axis=0) / total
    spread = (weights[:, None] * centred**2).sum(axis=0)
    if (spread <= 0).any():
        return math.nan
    return float((weights * centred[:, 0] * centred[:, 1]).sum() / math.sqrt(spread[0] * spread[1]))


def gini(values: np.ndarray, weights: np.ndarray) -> float:
    """Gini coefficient of values from 0, shape (people,): 0 where all are equal, towards 1 where one has all.

    As a formula: sum of (2 i - n - 1) x_i / (n sum of x), x rising. Gini (1912). Not a number where all are 0.
    """
    ordered = np.sort(values)
    count, total = len(ordered), ordered.sum()
    if total == 0:
        return math.nan
    return float(((2 * np.arange(1, count + 1) - count - 1) * ordered).sum() / (count * total))


def bimodality(values: np.ndarray, weights: np.ndarray) -> float:
    """Sarle's bimodality coefficient of values, shape (people,): (skewness^2 + 1) / kurtosis, of the whole population.

    5/9 for an even spread, 1 for two points, 1/3 for a normal; above 5/9 hints at two modes, and a heavy skew does too. Not a
    number where nothing varies. Ellison (1987); Pfister and others (2013), Frontiers in Psychology 4:700.
    """
    off = values - values.mean()
    spread = (off**2).mean()
    if spread <= 1e-18:
        return math.nan
    skewness, kurtosis = (off**3).mean() / spread**1.5, (off**4).mean() / spread**2
    return float((skewness**2 + 1.0) / kurtosis)
