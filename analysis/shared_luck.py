"""How large luck is where many points are lived under the same few seeds, which ties their luck together.

What a seed does to all points alike is seen as often as there are seeds, however many points there are. So the variance between
seeds is taken apart into what is common to all points and the rest, and each part is as surely known as its own degrees of
freedom allow. Drawn from those distributions, the variance shows how little three seeds say.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.intervals import LEVEL, mean_intervals

DRAWS = 100_000
"""Draws behind the reach of luck: its third digit is stable."""

DRAW_SEED = 20_261_125

TURNS, DRAWS_A_TURN = 200, 1_000
"""How often seeds are turned to see what luck alone would give, and draws behind the reach of luck each time."""

FEWEST_SEEDS = 5
"""Seeds from which a point's own spread tells its luck; with fewer, all points' spreads are taken together."""


def freedom_of_rest(apart: np.ndarray) -> float:
    """Degrees of freedom of a mean variance between seeds, from deviations of shape (points, seeds) with mean 0 over seeds.

    As a formula, with n = seeds - 1 and K the covariance of a seed's deviations between points: n (tr K)^2 / tr K^2, which
    lies between n, where all points move together, and n x points, where each has luck of its own. Both traces are estimated
    without bias from the moments of a Wishart matrix. With two seeds nothing tells how far points move together: the fewest,
    1, is given.

    References
    ----------
    Satterthwaite (1946), "An approximate distribution of estimates of variance components", Biometrics Bulletin 2:110. Box
    (1954), "Some theorems on quadratic forms applied in the study of analysis of variance problems", Annals of Mathematical
    Statistics 25:290.
    """
    points, n = apart.shape[0], apart.shape[1] - 1
    gram = apart.T @ apart
    squared, of_square = float(np.trace(gram)) ** 2, float((gram**2).sum())
    if n == 1 or squared == 0.0:
        return float(n)
    together = (n * of_square - squared) / (n * (n + 2) * (n - 1))  # tr K^2
    alone = (squared - 2 * n * together) / n**2  # (tr K)^2
    ratio = alone / together if together > alone / points else float(points)
    return n * float(np.clip(ratio, 1.0, points))


def _taken_apart(answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each seed does to all points alike, shape (seeds,), and the rest of the spread between seeds, (points, seeds)."""
    apart = answers - answers.mean(axis=1, keepdims=True)
    alike = apart.mean(axis=0)
    return alike, apart - alike


def luck_of(answers: np.ndarray) -> tuple[float, float]:
    """Mean square of what is common to all points of a seed, and of the rest, from answers of shape (points, seeds).

    The variance of one seed's answer is common / points + (1 - 1 / points) x rest.
    """
    points, seeds = answers.shape
    alike, rest = _taken_apart(answers)
    return points * float(np.var(alike, ddof=1)), float((rest**2).sum()) / max(1, (points - 1) * (seeds - 1))


def draw_luck(answers: np.ndarray, size: int, luck: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """By what factors both mean squares of `luck_of` may be wrong, shape (size,) each: their generalised pivots.

    References
    ----------
    Weerahandi (1993), "Generalized confidence intervals", Journal of the American Statistical Association 88:899.
    """
    n = answers.shape[1] - 1
    freedom = freedom_of_rest(_taken_apart(answers)[1])
    return n / luck.chisquare(n, size), freedom / luck.chisquare(freedom, size)


def variance_of_luck(common: np.ndarray, rest: np.ndarray, points: int) -> np.ndarray:
    """Variance of one seed's answer from both mean squares; what is common counts as none where it is below the rest."""
    return np.maximum(0.0, (common - rest) / points) + rest


def most_by_luck(points: int, chance: float) -> int:
    """How many of so many points luck may well give, each by itself with this chance: the upper end of 95 %."""
    from scipy import stats

    return int(stats.binom.ppf((1 + LEVEL) / 2, points, chance))


def reach_in(answers: np.ndarray, size: int, luck: np.random.Generator) -> float:
    """How far luck may move one seed's answer, at 95 %, either way, from answers of shape (points, seeds) and so many draws."""
    common, rest = luck_of(answers)
    wrong, wrong_rest = draw_luck(answers, size, luck)
    variance = variance_of_luck(common * wrong, rest * wrong_rest, len(answers))
    return float(np.quantile(np.abs(luck.standard_normal(size)) * np.sqrt(variance), LEVEL))


def most_beyond_luck(answers: np.ndarray, smallest: float) -> tuple[int, int]:
    """At how many points luck alone may well give a mean of `smallest` or more beyond luck, above 0 and below.

    `answers` are paired differences of shape (points, seeds), with two seeds or more. Where luck is normal, seeds may be turned
    into each other at random, by the same rotation at all points, and nothing changes: what points share by their seeds stays
    shared. Each point's mean, which is what is done there, is taken out first, and what is left made as much larger as that
    takes away. The upper end of 95 % of what turning gives, on either side; never fewer than where each point errs by itself.

    References
    ----------
    Langsrud (2005), "Rotation tests", Statistics and Computing 15:53.
    """
    luck = np.random.default_rng(DRAW_SEED)
    seeds, counts = answers.shape[1], np.zeros((TURNS, 2))
    left = (answers - answers.mean(axis=1, keepdims=True)) * math.sqrt(seeds / (seeds - 1))
    for turn in range(TURNS):
        mixed, sizes = np.linalg.qr(luck.standard_normal((seeds, seeds)))
        means, low, high = _at_points(left @ (mixed * np.sign(np.diag(sizes))), luck)
        large = np.abs(means) >= smallest
        counts[turn] = (large & (low > 0)).sum(), (large & (high < 0)).sum()
    above, below = np.quantile(counts, (1 + LEVEL) / 2, axis=0, method="higher")
    alone = most_by_luck(len(answers), (1 - LEVEL) / 2)
    return max(int(above), alone), max(int(below), alone)


def _at_points(answers: np.ndarray, luck: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of answers of shape (points, seeds) and the ends of their intervals over luck, shape (points,) each."""
    seeds = answers.shape[1]
    if seeds >= FEWEST_SEEDS:
        return mean_intervals(answers)
    means, half = answers.mean(axis=1), reach_in(answers, DRAWS_A_TURN, luck) / math.sqrt(seeds)
    return means, means - half, means + half


def reach_of_luck(responses: pd.DataFrame) -> float:
    """How far luck may move the answer of one seed at a point, at 95 %, either way; of means, over the root of the seeds.

    `responses` is a long table `point, seed, response`. Luck is taken to be about as large at all points. Where each point has
    seeds of its own the spreads of all are pooled. Not a number where no point has two seeds.
    """
    wide = responses.pivot_table(index="point", columns="seed", values="response", sort=False)
    shared = wide[wide.columns[wide.notna().to_numpy().mean(axis=0) > 0.5]].dropna()
    luck = np.random.default_rng(DRAW_SEED)
    if shared.shape[1] >= 2 and len(shared):
        return reach_in(shared.to_numpy(), DRAWS, luck)
    apart = wide.sub(wide.mean(axis=1), axis=0).to_numpy()
    freedom = int(np.isfinite(apart).sum()) - len(wide)
    if freedom < 1:
        return math.nan
    variance = float(np.nansum(apart**2)) / luck.chisquare(freedom, DRAWS)
    return float(np.quantile(np.abs(luck.standard_normal(DRAWS)) * np.sqrt(variance), LEVEL))
