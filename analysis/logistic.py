"""Logistic regression by maximum likelihood, and what is read off it: odds ratios, R squared, foresight out of sample.

References: Cox (1958), J R Stat Soc B 20:215; McFadden (1974) and Nagelkerke (1991), Biometrika 78:691, for R squared; Hanley and
McNeil (1982), Radiology 143:29, for the area under the curve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

STEPS = 60
RIDGE = 1e-6
"""Held against each slope, of standardised predictors and per person: nothing in what is found, and enough that predictors which
say the same, or part the people whole, end the search."""


@dataclass(frozen=True)
class Fit:
    """A fitted regression of an outcome on predictors.

    Attributes
    ----------
    slopes
        Log odds for one standard deviation of each predictor, shape (predictors,); 0 for one that does not vary.
    log_likelihood, nothing_known
        Of the fit, and of the same outcome with a constant alone.
    people
        Rows that it was fitted to.
    """

    intercept: float
    slopes: np.ndarray
    means: np.ndarray
    spreads: np.ndarray
    log_likelihood: float
    nothing_known: float
    people: int

    def chances(self, predictors: np.ndarray) -> np.ndarray:
        """Chance of the outcome for other rows of predictors, shape (people,)."""
        return expit(self.intercept + standard(predictors, self.means, self.spreads) @ self.slopes)

    def mcfadden(self) -> float:
        """McFadden's R squared; 0 where the outcome does not vary."""
        return 1.0 - self.log_likelihood / self.nothing_known if self.nothing_known < 0 else 0.0

    def nagelkerke(self) -> float:
        """Nagelkerke's R squared; 0 where the outcome does not vary."""
        if self.nothing_known >= 0:
            return 0.0
        explained = -math.expm1(2.0 / self.people * (self.nothing_known - self.log_likelihood))
        return explained / -math.expm1(2.0 / self.people * self.nothing_known)


def expit(values: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), without overflow, shape as `values`."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.asarray(values, dtype=float))))


def standard(predictors: np.ndarray, means: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Predictors less their means in units of their sd, shape (people, predictors); 0 where they do not vary."""
    varying = spreads > 0
    return np.where(varying, (predictors - means) / np.where(varying, spreads, 1.0), 0.0)


def fit(predictors: np.ndarray, outcome: np.ndarray) -> Fit:
    """The logistic regression of `outcome`, of bool, shape (people,), on `predictors`, (people, predictors), and a constant.

    Use when an outcome is yes or no. Where a predictor parts the people whole, its slope is large and means no more than that.

    Raises
    ------
    ValueError
        If there is nobody.
    """
    x, y = np.asarray(predictors, dtype=float), np.asarray(outcome, dtype=float)
    if len(y) == 0:
        raise ValueError("nobody to fit a regression to")
    means, spreads = x.mean(axis=0), x.std(axis=0)
    # Rounding leaves a spread of the order of the last digit in what does not vary.
    spreads = np.where(spreads > 1e-9 * np.maximum(1.0, np.abs(means)), spreads, 0.0)
    share = float(y.mean())
    nothing = 0.0 if share in (0.0, 1.0) else len(y) * (share * math.log(share) + (1 - share) * math.log1p(-share))
    if nothing == 0.0:
        sure = math.copysign(40.0, share - 0.5)
        return Fit(sure, np.zeros(x.shape[1]), means, spreads, 0.0, 0.0, len(y))
    design = np.column_stack([np.ones(len(y)), standard(x, means, spreads)])
    beta, likelihood = _climb(design, y, math.log(share / (1 - share)))
    return Fit(float(beta[0]), beta[1:], means, spreads, likelihood, nothing, len(y))


def _climb(design: np.ndarray, y: np.ndarray, begin: float) -> tuple[np.ndarray, float]:
    """Newton's steps, halved where they overshoot, to the peak of the likelihood; the coefficients, and the likelihood there."""
    held = np.full(design.shape[1], RIDGE * len(y))
    held[0] = 0.0
    beta = np.zeros(design.shape[1])
    beta[0] = begin
    likelihood = _log_likelihood(design, y, beta)
    best = likelihood - 0.5 * float(held @ beta**2)
    for _ in range(STEPS):
        chance = expit(design @ beta)
        weight = chance * (1.0 - chance)
        curvature = (design * weight[:, None]).T @ design + np.diag(held + 1e-12)
        step = np.linalg.solve(curvature, design.T @ (y - chance) - held * beta)
        size, better = 1.0, False
        while size > 1e-4 and not better:
            tried = beta + size * step
            likelihood = _log_likelihood(design, y, tried)
            better = likelihood - 0.5 * float(held @ tried**2) >= best - 1e-12
            size /= 2
        if not better:
            break
        gained = likelihood - 0.5 * float(held @ tried**2) - best
        beta, best = tried, best + gained
        if gained < 1e-9:
            break
    return beta, _log_likelihood(design, y, beta)


def _log_likelihood(design: np.ndarray, y: np.ndarray, beta: np.ndarray) -> float:
    odds = design @ beta
    return float(np.sum(y * odds - np.logaddexp(0.0, odds)))


def foreseen(predictors: np.ndarray, outcome: np.ndarray, folds: int = 5) -> np.ndarray:
    """Chance of each row's outcome from a regression fitted to the other folds, shape (people,); row i is of fold i mod folds."""
    outcome = np.asarray(outcome, dtype=bool)
    found = np.empty(len(outcome))
    fold = np.arange(len(outcome)) % folds
    for one in range(folds):
        found[fold == one] = fit(predictors[fold != one], outcome[fold != one]).chances(predictors[fold == one])
    return found


def area_under_curve(score: np.ndarray, outcome: np.ndarray) -> float:
    """Chance that a row with the outcome scores higher than one without, ties counted half; not a number without both kinds."""
    from scipy.stats import rankdata

    outcome = np.asarray(outcome, dtype=bool)
    with_it, without = int(outcome.sum()), int((~outcome).sum())
    if not with_it or not without:
        return math.nan
    ranks = rankdata(score)
    return float((ranks[outcome].sum() - with_it * (with_it + 1) / 2) / (with_it * without))
