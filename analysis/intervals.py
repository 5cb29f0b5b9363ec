"""Two intervals for every effect, never mixed: what luck alone could do, and what our assumptions leave open.

Luck is the play of chance from one world to the next; it shrinks with more worlds. Assumptions are the numbers nobody is
sure of; more computing does not shrink what they leave open, only evidence does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
"""Share of intervals meant to hold the truth."""

FEWEST_DRAWS = 10
"""With fewer draws than this a perfect correlation of one of many assumptions may be chance: none is named."""

NAMED_AT_MOST = 3
"""How many assumptions are named as the source of a range."""


@dataclass(frozen=True)
class Effect:
    """An effect with both its intervals, in the unit of its outcome.

    `low_luck` to `high_luck` is what other seeds would give at the same assumptions; `low` to `high` is what other
    assumptions would give, and always holds the former; with fewer than two draws it was not asked, and is not a number.
    `worlds` and `draws` count the pairs of worlds behind each.
    """

    value: float
    low_luck: float
    high_luck: float
    low: float
    high: float
    worlds: int
    draws: int

    @property
    def is_nothing(self) -> bool:
        """Whether the effect is 0 in every world that was lived, and there was more than one."""
        known = [end for end in (self.low_luck, self.high_luck, self.low, self.high) if np.isfinite(end)]
        return self.value == 0 and bool(known) and not any(known)


def luck_interval(differences: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean of paired differences, shape (worlds,), and the ends of its t interval, in their unit.

    Where all worlds agree the width is exactly zero. With fewer than two worlds the ends are not a number: one world says
    nothing about luck. Not for differences of a handful of rare events in two or three worlds, where t is too hopeful.

    References
    ----------
    Student (1908), "The probable error of a mean", Biometrika 6:1.

    Examples
    --------
    >>> luck_interval(np.array([3.0, 3.0, 3.0]))
    (3.0, 3.0, 3.0)
    """
    differences = differences[np.isfinite(differences)]
    if len(differences) == 0:
        return np.nan, np.nan, np.nan
    if len(differences) == 1:
        return float(differences[0]), np.nan, np.nan
    if np.all(differences == differences[0]):
        same = float(differences[0])
        return same, same, same
    from scipy import stats  # costs half a second to import

    mean = float(np.mean(differences))
    half = float(stats.t.ppf(0.5 + level / 2, len(differences) - 1) * stats.sem(differences))
    return mean, mean - half, mean + half


def without_luck(drawn: np.ndarray, luck_variance: float) -> np.ndarray:
    """Effects over draws of the assumptions, shape (draws,), with the spread that is single-world luck taken out.

    Each draw is one pair of worlds, so its effect holds luck as well. As a formula: b_d = m + (e_d - m) sqrt(max(0, 1 -
    s2 / S2)), with m and S2 the mean and variance of the e_d and s2 the variance of luck in one pair. Use when luck is about
    as large at every draw; do not use when draws differ much in how lucky a world can be.

    References
    ----------
    The variance of a sum of independent parts; as in the random-effects estimate of DerSimonian and Laird (1986).
    """
    drawn = np.asarray(drawn, dtype=float)
    finite = drawn[np.isfinite(drawn)]
    if len(finite) < 2:
        return drawn
    spread = float(np.var(finite, ddof=1))
    if spread == 0.0:
        return drawn
    kept = np.sqrt(max(0.0, 1.0 - luck_variance / spread))
    mean = float(np.mean(finite))
    return mean + (drawn - mean) * kept


def effect_of(differences: np.ndarray, drawn: np.ndarray, level: float = LEVEL) -> Effect:
    """The effect and both intervals from paired differences over seeds, shape (worlds,), and over draws, shape (draws,)."""
    differences = np.asarray(differences, dtype=float)
    drawn = np.asarray(drawn, dtype=float)
    value, low_luck, high_luck = luck_interval(differences, level)
    finite = differences[np.isfinite(differences)]
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.nan, np.nan
    if len(drawn) >= 2:
        # From one world alone luck cannot be told, so none is taken out of the draws: the range is too wide rather than not.
        possible = without_luck(drawn, float(np.var(finite, ddof=1)) if len(finite) >= 2 else 0.0)
        tails = np.quantile(possible, [(1 - level) / 2, (1 + level) / 2])
        low, high = float(np.nanmin([tails[0], low_luck])), float(np.nanmax([tails[1], high_luck]))
    return Effect(value, low_luck, high_luck, low, high, len(finite), len(drawn))


def standing_out(
    parameters: dict[str, np.ndarray], effects: np.ndarray, level: float = LEVEL
) -> list[tuple[str, float]]:
    """Names and rank correlations, strongest first, of the assumptions that go with the effect beyond chance.

    Spearman's correlation over draws, named only if the chance that any of so many unrelated assumptions would reach it is
    below 1 - level (Bonferroni). Use for a first look at many assumptions in few draws; it misses effects that rise and
    fall, and interactions.
    """
    from scipy import stats

    effects = np.asarray(effects, dtype=float)
    kept = np.isfinite(effects)
    if kept.sum() < FEWEST_DRAWS or np.ptp(effects[kept]) == 0.0:
        return []
    threshold = (1 - level) / max(1, len(parameters))
    found = []
    for name, values in parameters.items():
        if np.ptp(values[kept]) == 0.0:
            continue
        result = stats.spearmanr(values[kept], effects[kept])
        if result.pvalue < threshold:
            found.append((name, float(result.statistic)))
    return sorted(found, key=lambda item: -abs(item[1]))[:NAMED_AT_MOST]
