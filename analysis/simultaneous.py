"""Several policies on the same worlds: intervals that hold together, and which policy is best, how surely.

Of several 95 % intervals each may miss, so that one of them misses more often than the 5 % says. Simultaneous intervals are
wide enough that all of them together hold their truths in 95 % of comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis.intervals import LEVEL, Effect, effect_of
from simulation.errors import ComparisonError, Problem

FEWEST_FOR_CORRELATION = 5
"""With fewer worlds, correlations between policies are not estimated: Bonferroni's bound holds whatever they are."""

DIRECTIONS = 2**10
"""Directions over which the chance that all intervals hold is averaged: a power of two covers them evenly."""

NEGLIGIBLE = 1e-10
"""Share of the largest part of a correlation below which a part is rounding."""


@dataclass(frozen=True)
class Pair:
    """One policy against another: the first's effect less the second's, in the outcome's unit, and who is better in the draws.

    The interval over luck holds together with those of all other pairs. Of the `effect.draws` draws the first gives the better
    outcome in `won` and the same in `tied`.
    """

    first: str
    second: str
    effect: Effect
    won: int
    tied: int

    @property
    def sure(self) -> bool:
        """Whether luck alone cannot account for the difference."""
        return self.effect.low_luck > 0 or self.effect.high_luck < 0


@dataclass(frozen=True)
class Ranking:
    """Policies from best to worst by their mean effect, their effects against the base world, and each pair of them.

    `effects` hold together over luck, and so do the pairs; best first, each pair with the better policy first. `best` is the
    number of draws in which each policy is best, draws in which several are shared among them; `regret` how much worse each is
    than the best of the same draw, in the outcome's unit, as (mean, most) over the draws, not a number without draws.
    """

    names: tuple[str, ...]
    effects: tuple[Effect, ...]
    pairs: tuple[Pair, ...]
    best: tuple[float, ...]
    regret: tuple[tuple[float, float], ...]
    draws: int


def joint_level(differences: np.ndarray, level: float = LEVEL) -> float:
    """The level at which each column's interval must be taken so that all together hold their truths in a share `level`.

    `differences` are paired, shape (worlds, columns). The largest of the columns' t statistics is taken to be that of a
    multivariate t with their estimated correlation, at n - 1 degrees of freedom; over a direction u from the centre its
    distribution is an F, and the mean over an even set of directions is solved for. As a formula: mean over u of
    F(c^2 / (r m(u)^2); r, n - 1) = level, with r the rank of the correlation R = A A' and m(u) the largest |A u|.

    Columns that are one value in all worlds are exact and need no share of the risk. With fewer than five worlds, or no more
    than the rank, correlations cannot be estimated and the bound of Bonferroni stands in. Use when worlds are independent;
    columns may be correlated, equal, or sums of each other. The solution is within 0.2 % of the exact critical value.

    References
    ----------
    Dunnett (1955), "A multiple comparison procedure for comparing several treatments with a control", Journal of the American
    Statistical Association 50:1096. Hothorn, Bretz and Westfall (2008), "Simultaneous inference in general parametric models",
    Biometrical Journal 50:346. Genz and Bretz (2009), Computation of Multivariate Normal and t Probabilities.
    """
    moving = differences[:, np.any(differences != differences[:1], axis=0)]
    worlds, columns = moving.shape
    if columns < 2 or worlds < 2:
        return level
    factor = _factor(np.corrcoef(moving, rowvar=False))
    if worlds < FEWEST_FOR_CORRELATION or worlds - 1 <= factor.shape[1]:
        return 1 - (1 - level) / columns
    return _level_of(factor, worlds - 1, level)


def _factor(correlation: np.ndarray) -> np.ndarray:
    """A with A A' the correlation, shape (columns, rank): of the rank it has, so that equal columns count once."""
    sizes, parts = np.linalg.eigh(correlation)
    kept = sizes > NEGLIGIBLE * sizes[-1]
    return parts[:, kept] * np.sqrt(sizes[kept])


def _level_of(factor: np.ndarray, freedom: int, level: float) -> float:
    """Level of each of several t intervals with this factor of their correlation so that all hold in a share `level`."""
    from scipy import optimize, special

    rank = factor.shape[1]
    if rank == 1:
        return level
    furthest = np.max(np.abs(_even_directions(rank) @ factor.T), axis=1)

    def missing(critical: float) -> float:
        return float(np.mean(special.fdtr(rank, freedom, critical**2 / (rank * furthest**2)))) - level

    alone = float(special.stdtrit(freedom, 0.5 + level / 2))
    bound = float(special.stdtrit(freedom, 1 - (1 - level) / (2 * len(factor))))
    # The directions are even but finite: the answer may lie outside its bounds by their rounding.
    critical = optimize.brentq(missing, 0.98 * alone, 1.02 * bound, xtol=1e-6)
    return float(2 * special.stdtr(freedom, np.clip(critical, alone, bound)) - 1)


def _even_directions(rank: int) -> np.ndarray:
    """Directions from the centre, shape (directions, rank), spread evenly and always the same."""
    from scipy import special
    from scipy.stats import qmc

    even = qmc.Sobol(rank, scramble=False).random(DIRECTIONS) + 0.5 / DIRECTIONS
    normal = special.ndtri(even)
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def simultaneous_effects(differences: np.ndarray, drawn: np.ndarray, level: float = LEVEL) -> list[Effect]:
    """Effects whose intervals over luck hold together, from paired differences over seeds and over draws.

    Shapes are (worlds, columns) and (draws, columns), a column a policy against the same base world. Worlds in which any
    difference is not a number are left out. The intervals over assumptions hold those over luck, and are taken column by
    column: a few draws cannot bear more.

    Raises
    ------
    ComparisonError
        Where the columns over seeds and over draws do not match.
    """
    differences, drawn = _columns(differences, drawn)
    each = joint_level(differences, level)
    effects = []
    for column in range(differences.shape[1]):
        effect = effect_of(differences[:, column], drawn[:, column], level)
        joint = effect_of(differences[:, column], np.zeros(0), each)
        low, high = effect.low, effect.high
        if effect.draws >= 2:
            low, high = float(np.nanmin([low, joint.low_luck])), float(np.nanmax([high, joint.high_luck]))
        effects.append(replace(effect, low_luck=joint.low_luck, high_luck=joint.high_luck, low=low, high=high))
    return effects


def rank_policies(
    names: Sequence[str], differences: np.ndarray, drawn: np.ndarray, better: str, level: float = LEVEL
) -> Ranking:
    """Policies from best to worst, and how sure each place is, from paired differences against the same base worlds.

    `differences` have shape (worlds, policies), `drawn` (draws, policies), in the order of `names`; `better` is "lower" or
    "higher". Each draw is one set of worlds, so the counts of draws hold luck as well as assumptions. Use when all policies
    were lived under the same seeds and draws.

    Raises
    ------
    ComparisonError
        Where shapes or names do not match, or `better` is neither word.
    """
    differences, drawn = _columns(differences, drawn)
    if better not in ("lower", "higher"):
        raise ComparisonError(Problem("better", repr(better), "'lower' or 'higher'", ""))
    if len(names) != differences.shape[1] or len(set(names)) != len(names):
        raise ComparisonError(Problem("ranking", ", ".join(names), f"{differences.shape[1]} names, each once", ""))
    if len(differences) == 0:
        raise ComparisonError(Problem("ranking", "no world in which somebody is at risk", "at least one", ""))
    sign = 1.0 if better == "higher" else -1.0
    order = np.argsort(-sign * differences.mean(axis=0), kind="stable")
    differences, drawn = differences[:, order], drawn[:, order]
    ranked = tuple(names[at] for at in order)
    return Ranking(
        ranked,
        tuple(simultaneous_effects(differences, drawn, level)),
        _pairs(ranked, differences, drawn, sign, level),
        _times_best(sign * drawn),
        _regrets(sign * drawn),
        len(drawn),
    )


def _columns(differences: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as tables of whole rows."""
    differences, drawn = np.asarray(differences, dtype=float), np.asarray(drawn, dtype=float)
    if differences.ndim != 2 or drawn.ndim != 2 or differences.shape[1] != drawn.shape[1] or differences.shape[1] == 0:
        given = f"shapes {differences.shape} and {drawn.shape}"
        raise ComparisonError(Problem("several policies", given, "(worlds, policies) and (draws, policies)", ""))
    return tuple(table[np.isfinite(table).all(axis=1)] for table in (differences, drawn))


def _pairs(
    names: tuple[str, ...], differences: np.ndarray, drawn: np.ndarray, sign: float, level: float
) -> tuple[Pair, ...]:
    """Each policy against each that is ranked below it."""
    places = list(combinations(range(len(names)), 2))
    if not places:
        return ()
    first, second = (list(side) for side in zip(*places, strict=True))
    over_draws = drawn[:, first] - drawn[:, second]
    effects = simultaneous_effects(differences[:, first] - differences[:, second], over_draws, level)
    gains = sign * over_draws
    return tuple(
        Pair(names[one], names[two], effect, int((gains[:, at] > 0).sum()), int((gains[:, at] == 0).sum()))
        for at, ((one, two), effect) in enumerate(zip(places, effects, strict=True))
    )


def _times_best(gains: np.ndarray) -> tuple[float, ...]:
    """In how many draws each policy is best; where several are, each has its share."""
    leads = gains == gains.max(axis=1, keepdims=True) if len(gains) else np.zeros(gains.shape)
    return tuple(float(share) for share in (leads / np.maximum(leads.sum(axis=1, keepdims=True), 1)).sum(axis=0))


def _regrets(gains: np.ndarray) -> tuple[tuple[float, float], ...]:
    """How much less than the best of the same draw each policy gains: mean and most over the draws."""
    if not len(gains):
        return ((math.nan, math.nan),) * gains.shape[1]
    less = gains.max(axis=1, keepdims=True) - gains
    return tuple((float(mean), float(most)) for mean, most in zip(less.mean(axis=0), less.max(axis=0), strict=True))
