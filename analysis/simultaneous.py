"""Intervals that hold all at once: several policies against one base world, and each against each."""

from __future__ import annotations

import numpy as np

from analysis.intervals import LEVEL, luck_interval

POINTS = 2**14
"""Points at which the largest of the statistics is looked at: the level is right to a few parts in ten thousand."""

SEED = 20_250_101
"""Of the scrambled points: the same intervals every time."""


def simultaneous_level(differences: np.ndarray, level: float = LEVEL) -> float:
    """Level that each of several intervals must have for all of them to hold at once with `level`.

    Paired differences of several contrasts over the same worlds go up and down together, so that less is needed than if they
    were independent (Sidak) and far less than by Bonferroni. From the correlation of the differences, the quantile of the
    largest absolute value of a multivariate t; contrasts without spread hold anyway and do not count.

    Use when several policies are ranked on the same worlds. Do not use with fewer than three worlds, where no correlation is
    known: Sidak's level is given then.

    Parameters
    ----------
    differences
        One row a contrast, shape (contrasts, worlds), all finite.

    References
    ----------
    Hothorn, Bretz and Westfall (2008), "Simultaneous inference in general parametric models", Biometrical Journal 50:346.

    Examples
    --------
    One contrast needs no more than itself; the same contrast twice neither.

    >>> once = np.array([[1.0, 2.0, 4.0, 3.0]])
    >>> round(simultaneous_level(once), 6), round(simultaneous_level(np.vstack([once, 2 * once])), 6)
    (0.95, 0.95)
    """
    differences = np.asarray(differences, dtype=float)
    worlds = differences.shape[1] if differences.ndim == 2 else 0
    spread = differences.std(axis=1, ddof=1) if worlds > 1 else np.zeros(len(differences))
    moving = differences[spread > 0.0]
    if len(moving) <= 1:
        return level
    if worlds < 3:
        return float(level ** (1.0 / len(moving)))
    from scipy import stats

    values, vectors = np.linalg.eigh(np.corrcoef(moving))
    kept = values > 1e-9 * values.max()
    if kept.sum() == 1:
        return level
    factor = vectors[:, kept] * np.sqrt(values[kept])
    points = stats.qmc.Sobol(int(kept.sum()) + 1, rng=np.random.default_rng(SEED)).random(POINTS)
    points = np.clip(points, 1e-12, 1.0 - 1e-12)
    freedom = worlds - 1
    scale = np.sqrt(stats.chi2.ppf(points[:, 0], freedom) / freedom)
    largest = np.abs(stats.norm.ppf(points[:, 1:]) @ factor.T).max(axis=1) / scale
    found = 2.0 * stats.t.cdf(np.quantile(largest, level), freedom) - 1.0
    # Never less than one interval needs, never more than Bonferroni's, which the points' own error could pass by a hair.
    return float(np.clip(found, level, 1.0 - (1.0 - level) / len(moving)))


def simultaneous_intervals(differences: np.ndarray, level: float = LEVEL) -> list[tuple[float, float, float]]:
    """Mean and both ends of each row of paired differences, shape (contrasts, worlds), all ends holding at once."""
    differences = np.asarray(differences, dtype=float)
    each = simultaneous_level(differences, level)
    return [luck_interval(row, each) for row in differences]
