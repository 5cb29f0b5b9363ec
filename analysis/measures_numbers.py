"""The arithmetic of the measures: shares, ratios, correlations and regressions, each with its error from luck where it is easy.

A share, ratio or correlation that some group is too small for is not a number. Where a quantity does not vary at all (a layer
holds it), nothing can go with it: its correlation is 0.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.survival import NOT_FOUND, Found


def share(happened: np.ndarray) -> Found:
    """Share of people to whom it happened; `happened` of bool, shape (people,)."""
    people = len(happened)
    if people == 0:
        return NOT_FOUND
    found = float(np.mean(happened))
    return Found(found, math.sqrt(found * (1.0 - found) / people))


def mean(values: np.ndarray) -> Found:
    """Mean of `values`, shape (people,)."""
    if len(values) < 2:
        return NOT_FOUND
    return Found(float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values))))


def ratio(above: Found, below: Found) -> Found:
    """`above` divided by `below`, each a share of its own people; not a number over 0."""
    if not below.value > 0 or math.isnan(above.value):
        return NOT_FOUND
    value = above.value / below.value
    relative = [found.error / found.value if found.value > 0 else math.nan for found in (above, below)]
    return Found(value, abs(value) * math.hypot(*relative))


def paired_ratio(above: np.ndarray, below: np.ndarray) -> Found:
    """Ratio of two means over the same people, each of shape (people,); its error by the delta method, pair by pair."""
    under = float(np.mean(below)) if len(below) > 1 else 0.0
    if not under > 0:
        return NOT_FOUND
    value = float(np.mean(above)) / under
    return Found(value, float(np.std(above - value * below, ddof=1)) / (under * math.sqrt(len(below))))


def odds_ratio(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Odds of an event in one group against another, and the error of its logarithm; each of bool, shape (people,).

    Half a person is added to every cell where one of them is empty (Haldane, 1956, Ann Hum Genet 20:309).
    """
    if len(one) == 0 or len(other) == 0:
        return math.nan, math.nan
    cells = np.array([np.sum(one), np.sum(~one), np.sum(other), np.sum(~other)], dtype=float)
    if cells.min() == 0:
        cells += 0.5
    return float(cells[0] * cells[3] / (cells[1] * cells[2])), float(np.sqrt(np.sum(1.0 / cells)))


def odds_ratio_found(one: np.ndarray, other: np.ndarray) -> Found:
    """The same as a number and its error."""
    value, log_error = odds_ratio(one, other)
    return Found(value, value * log_error)


def correlation(one: np.ndarray, other: np.ndarray) -> Found:
    """Pearson's correlation of two quantities over people, each of shape (people,)."""
    if len(one) < 3:
        return NOT_FOUND
    value = float(np.mean(standardised(one) * standardised(other)))
    return Found(value, (1.0 - value * value) / math.sqrt(len(one) - 1))


def standardised(values: np.ndarray) -> np.ndarray:
    """`values` less their mean, in units of their sd, shape (people,); all 0 where they do not vary."""
    values = np.asarray(values, dtype=float)
    off = values - values.mean()
    spread = float(off.std())
    # Rounding leaves a spread of the order of the last digit in what does not vary.
    return off / spread if spread > 1e-9 * max(1.0, abs(float(values.mean()))) else np.zeros(len(values))


def partial_r_squared(outcome: np.ndarray, known: list[np.ndarray], added: list[np.ndarray]) -> Found:
    """Share of the variance of `outcome` that `known` leaves open and `added` explains; each of shape (people,)."""
    if len(outcome) <= len(known) + len(added) + 1:
        return NOT_FOUND
    left = _unexplained(outcome, known)
    if left <= 1e-12 * len(outcome):
        return Found(0.0)
    return Found(max(0.0, 1.0 - _unexplained(outcome, [*known, *added]) / left))


def cross_lag(later: np.ndarray, earlier: np.ndarray, other: np.ndarray) -> Found:
    """Standardised coefficient of `other` on `later`, given the `earlier` value of the same; already standardised, (people,)."""
    if len(later) < 4:
        return NOT_FOUND
    columns = np.column_stack([earlier, other])
    found, *_ = np.linalg.lstsq(columns, later, rcond=None)
    left = later - columns @ found
    spread = columns.T @ columns
    if not np.all(np.diag(spread) > 0) or np.linalg.cond(spread) > 1e10:
        return Found(float(found[1]))
    variance = float(left @ left) / (len(later) - 2) * np.linalg.inv(spread)[1, 1]
    return Found(float(found[1]), math.sqrt(max(0.0, float(variance))))


def _unexplained(outcome: np.ndarray, columns: list[np.ndarray]) -> float:
    """Sum of squares of `outcome` that a straight line in `columns` and a constant leaves."""
    y = np.asarray(outcome, dtype=float)
    design = np.column_stack([np.ones(len(y)), *(standardised(column) for column in columns)])
    found, *_ = np.linalg.lstsq(design, y, rcond=None)
    left = y - design @ found
    return float(left @ left)
