"""Odds within the same person, at times with and without something: conditional logistic regression."""

from __future__ import annotations

import math

import numpy as np

from analysis.survival import NOT_FOUND, Found

STEPS = 30
"""More of Newton's steps than any fit has needed: the likelihood has one peak."""

SURE = 15.0
"""Log odds beyond which an estimate is taken for one that runs away, where a factor never or always goes with the event."""


def within_person_odds_ratio(event: np.ndarray, factors: np.ndarray, kept: np.ndarray) -> Found:
    """Odds ratio of an event with the first factor against without it, the other factors and the person held fixed.

    Use when lasting differences between people may stand behind both. Do not use when an event changes later values of a
    factor strongly. People with the event in all of their periods, or in none, say nothing. Formula: the likelihood of which
    periods of a person had the event, given in how many; its sums over subsets by the recursion of Gail, Lubin and
    Rubinstein (1981), Biometrika 68:703.

    Parameters
    ----------
    event
        Whether it happened, shape (periods, people), of bool.
    factors
        Shape (factors, periods, people); the first is the one asked for.
    kept
        Which periods count, shape (periods, people), of bool.
    """
    event = event & kept
    total, periods = event.sum(axis=0), kept.sum(axis=0)
    telling = (total > 0) & (total < periods)
    event, kept, total = event[:, telling], kept[:, telling], total[telling]
    factors = factors[:, :, telling].astype(float)
    if not telling.any():
        return NOT_FOUND
    # Centred within persons: the likelihood stays the same, and its sums stay small.
    means = (factors * kept).sum(axis=1) / kept.sum(axis=0)
    factors = np.where(kept, factors - means[:, None, :], 0.0)
    wide = factors.reshape(len(factors), -1).std(axis=1)
    if wide[0] <= 1e-12:
        return NOT_FOUND
    factors = factors[wide > 1e-12] / wide[wide > 1e-12, None, None]
    beta, spread = _climb(event, factors, kept, total)
    log_odds = beta[0] / wide[0]
    if not math.isfinite(log_odds) or abs(log_odds) > SURE:
        return NOT_FOUND
    value = math.exp(log_odds)
    return Found(value, value * math.sqrt(spread[0, 0]) / wide[0])


def _climb(
    event: np.ndarray, factors: np.ndarray, kept: np.ndarray, total: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Newton's steps to the peak of the likelihood: the coefficients, and their covariance."""
    beta = np.zeros(len(factors))
    seen = (factors * event).sum(axis=(1, 2))
    for _ in range(STEPS):
        expected, spread = _moments(beta, factors, kept, total)
        try:
            step = np.linalg.solve(spread, seen - expected)
        except np.linalg.LinAlgError:
            return np.full(len(beta), math.nan), spread
        beta = beta + np.clip(step, -2.0, 2.0)
        if np.max(np.abs(step)) < 1e-7:
            break
    try:
        return beta, np.linalg.inv(spread)
    except np.linalg.LinAlgError:
        return np.full(len(beta), math.nan), spread


def _moments(
    beta: np.ndarray, factors: np.ndarray, kept: np.ndarray, total: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sum over people of the mean and the covariance of the factors in the periods with the event, given their number.

    `f[k]` sums over subsets of k periods of the product of their odds, `g` and `h` are its first and second derivatives.
    """
    count, people, most = len(beta), len(total), int(total.max())
    odds = np.where(kept, np.exp(np.tensordot(beta, factors, axes=1)), 0.0)
    f = np.zeros((most + 1, people))
    g = np.zeros((count, most + 1, people))
    h = np.zeros((count, count, most + 1, people))
    f[0] = 1.0
    for period in range(len(kept)):
        x, e = factors[:, period], odds[period]
        top = min(period + 1, most)
        add_f = f[:top].copy()
        add_g = g[:, :top].copy()
        for i in range(count):
            for j in range(i, count):
                h[i, j, 1 : top + 1] += e * (h[i, j, :top] + x[i] * add_g[j] + x[j] * add_g[i] + x[i] * x[j] * add_f)
        g[:, 1 : top + 1] += e * (add_g + x[:, None, :] * add_f)
        f[1 : top + 1] += e * add_f
    at = np.arange(people)
    base = f[total, at]
    first = g[:, total, at] / base
    spread = np.zeros((count, count))
    for i in range(count):
        for j in range(i, count):
            spread[i, j] = spread[j, i] = float(np.sum(h[i, j, total, at] / base - first[i] * first[j]))
    return first.sum(axis=1), spread
