"""Response surfaces: each published number as a function of the free parameters, fitted to trials.

A surface is a sum over the parameters' places, their squares and some products, of which the lasso keeps what the trials bear
out; what it keeps is fitted anew with a slight pull to 0. What is left over is told apart into luck, which two seeds at the same
point show, and what the surface does not follow, which counts as an error of the surface.

References
----------
Box and Draper (2007), Response Surfaces, Mixtures, and Ridge Analyses, 2nd ed. Tibshirani (1996), "Regression shrinkage and
selection via the lasso", J. R. Stat. Soc. B 58:267. Belloni and Chernozhukov (2013), "Least squares after model selection in
high-dimensional sparse models", Bernoulli 19:521. Vernon et al. (2010), "Galaxy formation: a Bayesian uncertainty analysis",
Bayesian Anal. 5:619 (emulators for history matching).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulation.errors import EvidenceError, Problem

PRODUCTS_OF = 14
"""Products are offered among so many parameters of each number, those that move it most in a straight line."""

FOLDS = 10
"""Trials are left out of a surface by tenths to see what it foretells."""

LASSO_FOLDS, LASSO_PENALTIES = 5, 30
"""How finely the lasso's penalty is looked for."""

ENOUGH = 30
"""Trials a number needs for a surface: below, it is held at its mean, and its spread counts as error."""

Term = tuple[int, ...]
"""(i,) a parameter, (i, i) its square, (i, j) a product."""


@dataclass(frozen=True)
class Surfaces:
    """Surfaces of some numbers over some parameters.

    Attributes
    ----------
    terms
        The terms that any of them uses.
    weights, constant
        How each term moves each number, shape (terms, numbers), and their constants, shape (numbers,), on the fitted scales.
    error
        What each surface does not follow, sd, shape (numbers,), luck left out.
    luck
        Sd of a trial about its expected value, shape (numbers,).
    followed
        Share of the variance between trials that the surface foretells for trials left out of its fit, shape (numbers,).
    trials
        How many trials each rests on, shape (numbers,).
    """

    terms: tuple[Term, ...]
    weights: np.ndarray
    constant: np.ndarray
    error: np.ndarray
    luck: np.ndarray
    followed: np.ndarray
    trials: np.ndarray

    def at(self, places: np.ndarray) -> np.ndarray:
        """Numbers on their fitted scales, shape (points, numbers), at places between 0 and 1, shape (points, parameters)."""
        return _products(centred(places), *self._factors) @ self.weights + self.constant

    @cached_property
    def _factors(self) -> tuple[np.ndarray, np.ndarray]:
        return _factors_of(self.terms)

    def take(self, numbers: Sequence[int]) -> Surfaces:
        """Those of some of the numbers."""
        some = list(numbers)
        return Surfaces(
            self.terms, self.weights[:, some], self.constant[some], self.error[some], self.luck[some], self.followed[some],
            self.trials[some],
        )  # fmt: skip

    def terms_of(self, number: int) -> list[Term]:
        """The terms that move one number."""
        return [term for term, weight in zip(self.terms, self.weights[:, number], strict=True) if weight != 0.0]


def check_installed() -> None:
    """Raise EvidenceError where scikit-learn, which fits surfaces, is not installed."""
    try:
        import sklearn  # noqa: F401
    except ImportError as missing:
        raise EvidenceError(
            Problem("a calibration", f"{missing.name} is not installed", "scikit-learn, which the extra `calibration` brings",
                    "pip install 'recovery-journeys[calibration]'")
        ) from missing  # fmt: skip


def centred(places: np.ndarray) -> np.ndarray:
    """Places between 0 and 1 as numbers between -1 and 1."""
    return 2.0 * places - 1.0


def fit_surfaces(places: np.ndarray, values: np.ndarray, pairs: np.ndarray) -> Surfaces:
    """Surfaces fitted to trials.

    Parameters
    ----------
    places
        Where the trials stood, shape (trials, parameters), between 0 and 1.
    values
        What they gave, on the fitted scales, shape (trials, numbers); not a number where nothing was measured.
    pairs
        Rows of `places` that were lived under two seeds, shape (pairs, 2): they tell luck.
    """
    x = centred(places)
    fits = [_fit_one(x, values[:, at], pairs) for at in range(values.shape[1])]
    terms = tuple(sorted({term for fit in fits for term in fit.weights}, key=lambda term: (len(term), term)))
    weights = np.array([[fit.weights.get(term, 0.0) for fit in fits] for term in terms]).reshape(len(terms), len(fits))
    each = {name: np.array([getattr(fit, name) for fit in fits]) for name in ("constant", "error", "luck", "followed", "trials")}
    return Surfaces(terms, weights, **each)


@dataclass(frozen=True)
class _One:
    weights: dict[Term, float]
    constant: float
    error: float
    luck: float
    followed: float
    trials: int


def _fit_one(x: np.ndarray, values: np.ndarray, pairs: np.ndarray) -> _One:
    known = np.flatnonzero(np.isfinite(values))
    y = values[known]
    luck = _luck(values, pairs)
    spread = float(y.std()) if len(y) else np.nan
    if len(y) < ENOUGH or spread < 1e-12:
        mean = float(y.mean()) if len(y) else 0.0
        return _One({}, mean, spread if len(y) else np.inf, luck, 0.0, len(y))
    terms = _kept(x[known], y, _offered(x[known], y))
    columns = _columns(x[known], terms)
    left = _left_out(columns, y)
    coefficients, constant = _ridge(columns, y)
    error = float(np.sqrt(max(0.0, float(np.mean(left**2)) - luck**2)))
    followed = 1.0 - float(np.mean(left**2)) / spread**2
    return _One(dict(zip(terms, coefficients.tolist(), strict=True)), constant, error, luck, followed, len(y))


def _luck(values: np.ndarray, pairs: np.ndarray) -> float:
    """Sd of luck from trials at the same point under two seeds; 0 where there are none."""
    if len(pairs) == 0:
        return 0.0
    apart = values[pairs[:, 0]] - values[pairs[:, 1]]
    apart = apart[np.isfinite(apart)]
    return float(np.sqrt(np.mean(apart**2) / 2.0)) if len(apart) else 0.0


def _offered(x: np.ndarray, y: np.ndarray) -> list[Term]:
    """Every parameter and its square, and products among those that move the number most."""
    from sklearn.linear_model import Ridge

    parameters = x.shape[1]
    slopes = np.abs(Ridge(alpha=1.0).fit(x, y).coef_)
    most = sorted(np.argsort(-slopes, kind="stable")[:PRODUCTS_OF].tolist())
    products = [(i, j) for at, i in enumerate(most) for j in most[at + 1 :]]
    return [(i,) for i in range(parameters)] + [(i, i) for i in range(parameters)] + products


def _kept(x: np.ndarray, y: np.ndarray, offered: Sequence[Term]) -> list[Term]:
    """Terms that the lasso keeps at the largest penalty within half a standard error of the best in cross-validation."""
    from sklearn.linear_model import LassoCV, lasso_path

    columns = _columns(x, offered)
    scale = columns.std(axis=0)
    scale[scale == 0.0] = 1.0
    standard = (columns - columns.mean(axis=0)) / scale
    about = y - y.mean()
    found = LassoCV(cv=LASSO_FOLDS, alphas=LASSO_PENALTIES, max_iter=5000, tol=1e-3).fit(standard, about)
    errors = found.mse_path_.mean(axis=1)
    best = int(np.argmin(errors))
    allowed = errors[best] + found.mse_path_[best].std() / np.sqrt(LASSO_FOLDS) / 2.0
    penalty = float(found.alphas_[int(np.argmax(errors <= allowed))])
    _, coefficients, _ = lasso_path(standard, about, alphas=[penalty], max_iter=5000, tol=1e-3)
    return [term for term, one in zip(offered, coefficients[:, 0], strict=True) if one != 0.0]


def _ridge(columns: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import Ridge

    if columns.shape[1] == 0:
        return np.zeros(0), float(y.mean())
    found = Ridge(alpha=0.5).fit(columns, y)
    return np.asarray(found.coef_), float(found.intercept_)


def _left_out(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What each trial is off from a surface fitted without its tenth of the trials, shape (trials,)."""
    fold = np.arange(len(y)) % FOLDS
    left = np.empty(len(y))
    for at in range(FOLDS):
        coefficients, constant = _ridge(columns[fold != at], y[fold != at])
        left[fold == at] = y[fold == at] - columns[fold == at] @ coefficients - constant
    return left


def _columns(x: np.ndarray, terms: Sequence[Term]) -> np.ndarray:
    """The terms' values at each point, shape (points, terms)."""
    return _products(x, *_factors_of(terms))


def _factors_of(terms: Sequence[Term]) -> tuple[np.ndarray, np.ndarray]:
    """The parameters that each term multiplies, each of shape (terms,); the second -1 where it is of one alone."""
    first = np.array([term[0] for term in terms], dtype=int)
    return first, np.array([term[1] if len(term) == 2 else -1 for term in terms], dtype=int)


def _products(x: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    columns = x[:, first]
    both = second >= 0
    columns[:, both] *= x[:, second[both]]
    return columns
