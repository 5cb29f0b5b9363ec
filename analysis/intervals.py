"""Two intervals for every effect, never mixed: what luck alone could do, and what our assumptions leave open.

Luck is the play of chance from one world to the next; it shrinks with more worlds. Assumptions are the numbers nobody is
sure of; more computing does not shrink what they leave open, only evidence does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
"""Share of intervals meant to hold the truth."""

UNSEEN = 10.0
"""Worlds at which the skewness that is seen is counted half as much again: chosen by what intervals cover (docs/intervals.md)."""

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


def unreported(effect: Effect) -> Effect:
    """The same pairs of worlds and draws without any number: of too few people to be told."""
    return Effect(*[np.nan] * 5, effect.worlds, effect.draws)


def luck_interval(differences: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean of paired differences, shape (worlds,), and the ends of its interval over luck, in their unit.

    The t interval, reaching further on the side of the long tail where the differences are skewed (`mean_intervals`). Where all
    worlds agree the width is exactly zero. With fewer than two worlds the ends are not a number: one world says nothing
    about luck; worlds where the difference is not a number are left out. Not for events so rare that hardly any pair of
    worlds differs: what was never seen has no spread. Its coverage is measured in docs/intervals.md.

    Examples
    --------
    >>> luck_interval(np.array([3.0, 3.0, 3.0]))
    (3.0, 3.0, 3.0)
    """
    differences = np.asarray(differences, dtype=float)
    differences = differences[np.isfinite(differences)]
    if len(differences) == 0:
        return np.nan, np.nan, np.nan
    if len(differences) == 1:
        return float(differences[0]), np.nan, np.nan
    mean, low, high = mean_intervals(differences, level)
    return float(mean), float(low), float(high)


def mean_intervals(samples: np.ndarray, level: float | np.ndarray = LEVEL) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of samples, shape (..., worlds), and both ends of their intervals, shape (...) each, in the samples' unit.

    As formulas, with mean m, standard error e and skewness g of n worlds, and the t quantile q of n - 1 degrees of freedom:
    m - q e to m + q e, the end on the side of the long tail a further e |g| b (2 q^2 + 1) / (6 sqrt(n)) away. That is the first
    term of the Edgeworth expansion with b = 1 + 10 / (n + 10), since few worlds of a skewed outcome show too little of its
    skewness: ten of an exponential one three fifths. The other end stays, so the t interval is always held, and is what a
    symmetric sample gets.

    Use when worlds are independent and there are at least two, all finite; a sample that is one value throughout has width
    zero. `level` may differ by sample, shape (...). What it covers is measured in docs/intervals.md.

    References
    ----------
    Student (1908), "The probable error of a mean", Biometrika 6:1. Johnson (1978), "Modified t tests and confidence intervals
    for asymmetrical populations", Journal of the American Statistical Association 73:536.
    """
    from scipy import special

    worlds = samples.shape[-1]
    same = np.all(samples == samples[..., :1], axis=-1)
    mean = np.where(same, samples[..., 0], np.mean(samples, axis=-1))
    off = samples - mean[..., None]
    # In units of the largest, so that no square or cube of a very small difference is lost.
    largest = np.max(np.abs(off), axis=-1)
    off = off / np.where(largest == 0.0, 1.0, largest)[..., None]
    spread = np.sqrt(np.sum(off**2, axis=-1) / (worlds - 1))
    third = np.sum(off**3, axis=-1) / np.where(spread == 0.0, 1.0, spread) ** 3
    skewness = third * worlds / ((worlds - 1) * (worlds - 2)) if worlds > 2 else np.zeros_like(spread)
    quantile = special.stdtrit(worlds - 1, 0.5 + np.asarray(level) / 2)
    unseen = 1 + UNSEEN / (worlds + UNSEEN)
    further = skewness * unseen * (2 * quantile**2 + 1) / (6 * np.sqrt(worlds))
    error = spread * largest / np.sqrt(worlds)
    low = mean - error * (quantile + np.maximum(0.0, -further))
    return mean, low, mean + error * (quantile + np.maximum(0.0, further))


def mean_of_others(differences: np.ndarray, others: int, level: float = LEVEL) -> tuple[float, float]:
    """Ends of the interval in which the mean of so many other worlds should lie, from paired differences, shape (worlds,).

    As a formula, with mean m and standard deviation s of n worlds and the t quantile q of n - 1 degrees of freedom:
    m plus or minus q s sqrt(1 / others + 1 / n). Use to ask whether a few worlds lived elsewhere are such as these; do not use
    for the effect itself, whose interval is `luck_interval`. Not a number from fewer than two worlds.

    References
    ----------
    Hahn and Meeker (1991), Statistical Intervals: A Guide for Practitioners: a prediction interval for the mean of future
    observations.

    Examples
    --------
    >>> mean_of_others(np.array([3.0, 3.0, 3.0]), 2)
    (3.0, 3.0)
    """
    from scipy import special

    worlds = len(differences)
    if worlds < 2:
        return np.nan, np.nan
    mean, spread = float(np.mean(differences)), float(np.std(differences, ddof=1))
    half = float(special.stdtrit(worlds - 1, 0.5 + level / 2)) * spread * np.sqrt(1 / others + 1 / worlds)
    return float(mean - half), float(mean + half)


def values_of_groups(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """One value a group, shape (groups,), whose mean is that of all values and whose spread is that of their mean.

    `values` and `groups` have shape (points,). As a formula, with N points in G groups, mean m, and n_g points with sum s_g in a
    group: m + (s_g - m n_g) G / N. Use where points of one group share most of what they are, and groups are independent.

    References
    ----------
    Cochran (1977), Sampling Techniques, chapter 9: single-stage cluster sampling with clusters of unequal sizes.

    Examples
    --------
    >>> values_of_groups(np.array([1.0, 1.0, 4.0]), np.array([0, 0, 1]))
    array([0.66666667, 3.33333333])
    """
    _, of = np.unique(groups, return_inverse=True)
    counts, sums = np.bincount(of), np.bincount(of, values)
    if np.ptp(values) == 0.0:
        return np.full(len(counts), float(values[0]))
    mean = float(np.mean(values))
    found: np.ndarray = mean + (sums - mean * counts) * len(counts) / len(values)
    return found


def mean_over_groups(values: np.ndarray, groups: np.ndarray) -> tuple[float, float, float]:
    """Mean of values, shape (points,), and the ends of its 95 % interval over groups of points; they are not a number for one."""
    _, low, high = luck_interval(values_of_groups(values, groups))
    return float(np.mean(values)), low, high


def share_over_groups(wins: np.ndarray, groups: np.ndarray) -> tuple[float, float, float]:
    """Mean of values from 0 to 1, shape (points,), as a share, and the ends of its 95 % interval over groups of points.

    The interval of Clopper and Pearson for as many independent points as would give a share this variance: as formulas, with v
    the variance of the share p over G groups and t_k the t quantile of k degrees of freedom,
    p (1 - p) / v (t_N-1 / t_G-1)^2, at most N. Where no group differs from another there are as many as groups.

    References
    ----------
    Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of positive counts estimated from
    survey data", Survey Methodology 24:193.

    Examples
    --------
    >>> [round(end, 3) for end in share_over_groups(np.zeros(20), np.repeat(np.arange(5), 4))]
    [0.0, 0.0, 0.522]
    """
    from scipy import special, stats

    each = values_of_groups(wins, groups)
    share, count = float(np.clip(np.mean(wins), 0.0, 1.0)), len(each)
    if count < 2:
        return share, 0.0, 1.0
    tail = (1 - LEVEL) / 2
    variance = float(np.var(each, ddof=1)) / count
    alone = float(count)
    if variance > 0.0:
        wider = special.stdtrit(len(wins) - 1, tail) / special.stdtrit(count - 1, tail)
        alone = min(float(len(wins)), share * (1 - share) / variance * wider**2)
    won = share * alone
    low = float(stats.beta.ppf(tail, won, alone - won + 1)) if won > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, won + 1, alone - won)) if won < alone else 1.0
    return share, low, high


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
        low, high = float(np.nanmin([tails[0], low_luck, value])), float(np.nanmax([tails[1], high_luck, value]))
    return Effect(value, low_luck, high_luck, low, high, len(finite), len(drawn))


def standing_out(
    parameters: dict[str, np.ndarray], effects: np.ndarray, level: float = LEVEL
) -> list[tuple[str, float]]:
    """Names and rank correlations, strongest first, of the assumptions that go with the effect beyond chance.

    Spearman's correlation over draws, named only if the chance that any of so many unrelated assumptions would reach it is
    below 1 - level (Bonferroni). Use for a first look at many assumptions in few draws; it misses effects that rise and
    fall, and interactions.
    """
    threshold = (1 - level) / max(1, len(parameters))
    return [(name, size) for name, size, chance in _correlations(parameters, effects) if chance < threshold][:NAMED_AT_MOST]


def strongest(parameters: dict[str, np.ndarray], effects: np.ndarray) -> list[tuple[str, float]]:
    """Names and rank correlations of the few assumptions that go with the effect most, whether or not by chance.

    Use beside `standing_out` where it names none, and say that chance alone could put these first.
    """
    return [(name, size) for name, size, _ in _correlations(parameters, effects)][:NAMED_AT_MOST]


def _correlations(parameters: dict[str, np.ndarray], effects: np.ndarray) -> list[tuple[str, float, float]]:
    """Name, Spearman correlation with the effect and its p value of each assumption that varied, strongest first."""
    from scipy import stats

    effects = np.asarray(effects, dtype=float)
    kept = np.isfinite(effects)
    if kept.sum() < FEWEST_DRAWS or np.ptp(effects[kept]) == 0.0:
        return []
    found = []
    for name, values in parameters.items():
        if np.ptp(values[kept]) > 0.0:
            result = stats.spearmanr(values[kept], effects[kept])
            found.append((name, float(result.statistic), float(result.pvalue)))
    return sorted(found, key=lambda item: -abs(item[1]))
