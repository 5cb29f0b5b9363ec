"""Draws from a posterior over the parameters' places, by elliptical slice sampling about a Gaussian guess.

A place between 0 and 1, even beforehand, is the standard normal distribution function of a coordinate, standard normal
beforehand. The guess is the normal distribution about the best point found, with the curvature there, somewhat widened; a step
moves along an ellipse through the point and a draw of the guess, and what the guess misses is made good by the slice. No step
size has to be tuned, and directions on which the figures say nothing come from the prior at once.

References
----------
Murray, Adams and MacKay (2010), "Elliptical slice sampling", AISTATS 9:541. Nishihara, Murray and Adams (2014), "Parallel MCMC
with generalized elliptical slice sampling", J. Mach. Learn. Res. 15:2087. Vehtari et al. (2021), "Rank-normalization, folding,
and localization: an improved R-hat", Bayesian Anal. 16:667.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

WIDENED = 1.25
"""The guess's sd, as a multiple of what the curvature at the best point says."""

KNOWN = 20
"""Points a parameter from which a covariance of what was found weighs half."""

LogScore = Callable[[np.ndarray], np.ndarray]
"""The log score at coordinates, shape (points, parameters), of shape (points,)."""

Residuals = Callable[[np.ndarray], np.ndarray]
"""Roots of what the log score loses, shape (points, parameters) to (points, numbers): their squares, halved, are its shape."""


@dataclass(frozen=True)
class Chains:
    """Coordinates kept of each chain, shape (chains, kept, parameters), and their log scores, shape (chains, kept)."""

    coordinates: np.ndarray
    scores: np.ndarray

    def pooled(self) -> np.ndarray:
        """All coordinates, shape (chains * kept, parameters)."""
        return self.coordinates.reshape(-1, self.coordinates.shape[-1])

    def r_hat(self) -> np.ndarray:
        """Rank-normalised split R-hat of each coordinate, shape (parameters,): near 1 where the chains agree."""
        return np.array([_r_hat(self.coordinates[:, :, at]) for at in range(self.coordinates.shape[-1])])

    def draws(self, count: int) -> np.ndarray:
        """So many coordinates, evenly from all chains, shape (count, parameters), in an order that mixes the chains."""
        pooled = np.swapaxes(self.coordinates, 0, 1).reshape(-1, self.coordinates.shape[-1])
        return pooled[np.linspace(0, len(pooled) - 1, count).round().astype(int)]


def places_of(coordinates: np.ndarray) -> np.ndarray:
    """Places between 0 and 1 of coordinates."""
    from scipy.special import ndtr

    return np.asarray(ndtr(coordinates))


def coordinates_of(places: np.ndarray) -> np.ndarray:
    """Coordinates of places; those at an end are moved in by a millionth."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(places, 1e-6, 1.0 - 1e-6)))


def best_from(residuals: Residuals, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best point that a search finds from `start`, shape (parameters,), and the covariance of the guess there."""
    from scipy.optimize import least_squares

    def value(at: np.ndarray) -> np.ndarray:
        return np.concatenate([residuals(at[None])[0], at])

    def slopes(at: np.ndarray) -> np.ndarray:
        step = 1e-4
        moved = at + step * np.eye(len(at))
        rows = (residuals(moved) - residuals(at[None])[0]) / step
        return np.concatenate([rows.T, np.eye(len(at))])

    found = least_squares(value, start, slopes, max_nfev=60)
    jacobian = slopes(found.x)
    return found.x, np.linalg.inv(jacobian.T @ jacobian)


def sample(
    score: LogScore, guess: tuple[np.ndarray, np.ndarray], starts: np.ndarray, steps: int, seed: Sequence[int],
    keep: int = 1000, refinements: int = 0,
) -> Chains:  # fmt: skip
    """Draws from the posterior: the standard normal prior of the coordinates times what `score` says.

    Parameters
    ----------
    score
        The log score, without the prior.
    guess
        Mean and covariance of the guess.
    starts
        Where the chains begin, shape (chains, parameters).
    steps
        Steps of each chain; the first third is thrown away.
    seed
        Names the luck of the draws.
    keep
        Points kept of each chain, evenly spaced.
    refinements
        How many times the guess is made anew from what chains of a quarter of the steps have found, which are then thrown away:
        where the best point says little of how far the posterior reaches.
    """
    for at in range(refinements):
        found = sample(score, guess, starts, max(3, steps // 4), (*seed, at), keep)
        guess, starts = _refined(found, guess[1]), found.coordinates[:, -1]
    mean, covariance = guess
    root = np.linalg.cholesky(covariance) * WIDENED
    luck = np.random.default_rng(seed)
    inverse = np.linalg.inv(root)

    def slice_score(at: np.ndarray) -> np.ndarray:
        about = (at - mean) @ inverse.T
        return score(at) - 0.5 * (at**2).sum(axis=1) + 0.5 * (about**2).sum(axis=1)

    now, height = starts.copy(), slice_score(starts)
    first = steps // 3
    wanted = np.unique(np.linspace(first, steps - 1, min(keep, steps - first)).astype(int))
    kept, scores = [], []
    for step in range(steps):
        now, height = _step(slice_score, now, height, mean, root, luck)
        if step in wanted[len(kept) : len(kept) + 1]:
            kept.append(now.copy())
            scores.append(score(now))
    return Chains(np.swapaxes(np.array(kept), 0, 1), np.array(scores).T)


def _refined(found: Chains, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of what was found, the covariance shrunk towards the one before: so few points know few directions."""
    pooled = found.pooled()
    share = len(pooled) / (len(pooled) + KNOWN * pooled.shape[1])
    return pooled.mean(axis=0), share * np.atleast_2d(np.cov(pooled.T)) + (1.0 - share) * before


def _step(
    score: LogScore, now: np.ndarray, height: np.ndarray, mean: np.ndarray, root: np.ndarray, luck: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One step of every chain along its ellipse."""
    chains, parameters = now.shape
    other = luck.standard_normal((chains, parameters)) @ root.T
    level = height + np.log(luck.random(chains))
    angle = luck.random(chains) * 2.0 * np.pi
    low, high = angle - 2.0 * np.pi, angle.copy()
    about = now - mean
    after, found = now.copy(), height.copy()
    waiting = np.arange(chains)
    while len(waiting):
        turned = angle[waiting, None]
        there = about[waiting] * np.cos(turned) + other[waiting] * np.sin(turned) + mean
        heights = score(there)
        inside = heights > level[waiting]
        done = waiting[inside]
        after[done], found[done] = there[inside], heights[inside]
        waiting = waiting[~inside]
        below = angle[waiting] < 0.0
        low[waiting] = np.where(below, angle[waiting], low[waiting])
        high[waiting] = np.where(below, high[waiting], angle[waiting])
        # An ellipse that has shrunk to nothing stays where it is: the point itself lies on the slice.
        gone = high[waiting] - low[waiting] < 1e-12
        waiting = waiting[~gone]
        angle[waiting] = low[waiting] + luck.random(len(waiting)) * (high[waiting] - low[waiting])
    return after, found


def _r_hat(values: np.ndarray) -> float:
    """Of one coordinate, shape (chains, kept)."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    half = values.shape[1] // 2
    if half < 2:
        return float("nan")
    split = np.concatenate([values[:, :half], values[:, -half:]])
    ranks = rankdata(split).reshape(split.shape)
    normal = ndtri((ranks - 0.375) / (split.size + 0.25))
    within = normal.var(axis=1, ddof=1).mean()
    between = half * normal.mean(axis=1).var(ddof=1)
    return float(np.sqrt(((half - 1) / half * within + between / half) / within)) if within > 0 else float("nan")
