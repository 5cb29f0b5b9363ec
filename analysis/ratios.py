"""How many times as many: ratios of one world's mean to another's, with both intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.intervals import LEVEL, luck_interval, without_luck
from simulation.errors import ComparisonError, Problem

NO_WORLD = "nobody is at risk in any world"
NOTHING_IN_BASE = "nothing happens in any base world, and nothing cannot be multiplied"
NOTHING_IN_OTHER = "nothing happens in any other world: how often it might under other luck was not seen"
ONE_WORLD = "one pair of worlds says nothing about luck"

FURTHEST = 60
"""How many times the search for an end of an interval doubles its step before there is none."""


@dataclass(frozen=True)
class Ratio:
    """A ratio of means, other world to base world, with both its intervals; `reason` says why a number is missing.

    `low_luck` to `high_luck` is what other seeds would give, `low` to `high` what other assumptions would give, always holding
    the former. An upper end is infinite where the base worlds hold too few events to bound it. `worlds` and `draws` count the
    pairs of worlds behind each.
    """

    value: float
    low_luck: float
    high_luck: float
    low: float
    high: float
    worlds: int
    draws: int
    reason: str = ""

    @property
    def is_same(self) -> bool:
        """Whether both means are the same in every world that was lived, and there was more than one."""
        known = [end for end in (self.low_luck, self.high_luck, self.low, self.high) if not np.isnan(end)]
        return self.value == 1 and bool(known) and all(end == 1 for end in known)


def ratio_of(
    base: np.ndarray, other: np.ndarray, base_drawn: np.ndarray, other_drawn: np.ndarray, level: float = LEVEL
) -> Ratio:
    """Ratio of the mean of `other` to that of `base`, pairs over seeds, shape (worlds,), and over draws, shape (draws,).

    The interval over luck holds each ratio r for which the mean of other - r base may be 0 (Fieller), so it leaves out 1 just
    where the interval of the difference leaves out 0. That over assumptions is made of the ratios of the draws with luck taken
    out, as in `effect_of`, from draws whose base world is not 0. Exactly 1, without width, where all pairs are equal.

    Use for means that cannot be below 0, such as counts, shares and weeks. Do not use when hardly anything happens in the base
    worlds: the ratio is then anything, and says so, while the difference is still known.

    Raises
    ------
    ComparisonError
        Where the pairs do not match, or a mean is below 0.

    References
    ----------
    Fieller (1954), "Some problems in interval estimation", Journal of the Royal Statistical Society B 16:175.

    Examples
    --------
    >>> found = ratio_of(np.array([10.0, 12.0]), np.array([10.0, 12.0]), np.zeros(0), np.zeros(0))
    >>> found.value, found.low_luck, found.high_luck
    (1.0, 1.0, 1.0)
    """
    base, other = _pairs(base, other)
    base_drawn, other_drawn = _pairs(base_drawn, other_drawn)
    unknown = Ratio(np.nan, np.nan, np.nan, np.nan, np.nan, len(base), 0)
    if len(base) == 0:
        return replace(unknown, reason=NO_WORLD)
    if not base.any():
        return replace(unknown, reason=NOTHING_IN_BASE)
    value, low_luck, high_luck, reason = _ratio_over_luck(base, other, level)
    held = base_drawn > 0
    ratios = other_drawn[held] / base_drawn[held]
    low, high = np.nan, np.nan
    if len(ratios) >= 2:
        one_pair = (other - value * base) / np.mean(base)
        possible = without_luck(ratios, float(np.var(one_pair, ddof=1)) if len(base) >= 2 else 0.0)
        tails = np.quantile(possible, [(1 - level) / 2, (1 + level) / 2])
        low, high = float(np.nanmin([tails[0], low_luck])), float(np.nanmax([tails[1], high_luck]))
    return Ratio(value, low_luck, high_luck, low, high, len(base), len(ratios), reason)


def _pairs(base: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of which both are known."""
    base, other = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    if base.shape != other.shape:
        raise ComparisonError(
            Problem("ratio", f"{base.size} base worlds and {other.size} others", "as many of both, in pairs", "")
        )
    known = np.isfinite(base) & np.isfinite(other)
    base, other = base[known], other[known]
    if (base < 0).any() or (other < 0).any():
        lowest = min(base.min(), other.min())
        raise ComparisonError(
            Problem("ratio", f"a mean of {lowest:g}", "means from 0, such as counts", "ask for the difference")
        )
    return base, other


def _ratio_over_luck(base: np.ndarray, other: np.ndarray, level: float) -> tuple[float, float, float, str]:
    """The ratio, both ends of its interval over luck, and why one is missing."""
    if np.array_equal(base, other):
        return (1.0, 1.0, 1.0, "") if len(base) > 1 else (1.0, np.nan, np.nan, ONE_WORLD)
    value = float(np.mean(other) / np.mean(base))
    if len(base) == 1:
        return value, np.nan, np.nan, ONE_WORLD
    if not other.any():
        return 0.0, 0.0, np.nan, NOTHING_IN_OTHER

    def reach_of_low_end(ratio: float) -> float:
        return -luck_interval(other - ratio * base, level)[1]

    def reach_of_high_end(ratio: float) -> float:
        return luck_interval(other - ratio * base, level)[2]

    low = 0.0 if reach_of_low_end(0.0) >= 0 else _where_it_ends(reach_of_low_end, value, 0.0)
    return value, low, _upper_end(reach_of_high_end, value), ""


def _where_it_ends(reach, inside: float, outside: float) -> float:
    """The ratio between these two at which the reach falls to 0."""
    from scipy import optimize

    if reach(inside) <= 0:  # no spread at all but for rounding: the interval is the ratio itself
        return inside
    return float(optimize.brentq(reach, inside, outside, xtol=1e-14, rtol=1e-12))


def _upper_end(reach, value: float) -> float:
    """Where the reach falls to 0 above the ratio; infinite where it never does."""
    step = value
    for _ in range(FURTHEST):
        if reach(value + step) < 0:
            return _where_it_ends(reach, value, value + step)
        step *= 2
    return np.inf
