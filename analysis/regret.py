"""Which of several policies to choose over the space of assumptions: chance of being best, and regret at having chosen."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.discovery import merged, without_dummy
from analysis.intervals import LEVEL, luck_interval, mean_over_groups, share_over_groups
from analysis.shared_luck import most_by_luck, reach_of_luck
from analysis.words import number
from simulation.errors import ComparisonError, Problem
from simulation.units import number_in_words

COLUMNS = (
    "world best best_low best_high best_for_sure tied expected_regret expected_low expected_high greatest_regret greatest_at "
    "unit level points seeds"
).split()
"""Columns of `regret.csv`: a row a world, the most often best first."""

NAMED = 3
"""Factors whose values say where a regret is greatest."""


@dataclass(frozen=True)
class Regret:
    """Several worlds judged over the same points.

    Attributes
    ----------
    table
        One row a world, the base world among them, with the columns `COLUMNS`. `best` is the share of points where it is the
        best, places that are shared counted in equal parts; `best_for_sure` the share where it is better than every other
        beyond luck; `tied` the share where it shares the first place. Regret, in the outcome's unit, is how much worse it is
        than the best at the same point: on average, and at most, at the point `greatest_at`. Intervals reach from where luck
        alone may have helped to where it may have harmed.
    at_points
        Regret of each world, shape (points, worlds): index the points, a column a world.
    sentences
        The same in words.
    """

    table: pd.DataFrame
    at_points: pd.DataFrame
    sentences: tuple[str, ...]


def regret(
    points: pd.DataFrame,
    responses: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    base: str,
    better: str,
    unit: str,
    leading: Sequence[str] = (),
    blocks: pd.Series | None = None,
) -> Regret:
    """Chance of being best, and expected and greatest regret, of the base world and several policies.

    As formulas, with y the mean outcome over seeds, the better the larger: at point p world w has the regret
    max over v of y_vp, less y_wp. Its expected regret is the mean over points, all points counting alike.

    Use when all worlds were lived at the same points under the same seeds. The intervals are over blocks of points, which share
    most of their assumptions, and over luck, which a seed may share over all points: a world is the best between where it is
    beyond luck and where luck leaves it possible. With one seed they hold no luck. The best of several noisy means looks better
    than it is, so that with few seeds every regret is too large. That a world leaves least to regret is said where its mean
    difference from each other, which is the difference of their regrets, leaves out 0 over blocks and seeds together.

    Parameters
    ----------
    points, responses, factors
        As for `discover`, with `other` in `responses`.
    base
        Name of the base world, which is among those that can be chosen.
    better, unit
        "lower" or "higher", and the unit of the outcome.
    leading
        Factors whose values say where a regret is greatest.
    blocks
        The trajectory or base sample of each point, by point; where None every point is a block of its own.

    Raises
    ------
    ComparisonError
        If neither end of the outcome is better, or no point has every world under a shared seed.

    References
    ----------
    Savage (1951), "The theory of statistical decision", Journal of the American Statistical Association 46:55.
    """
    if better not in ("lower", "higher"):
        raise ComparisonError(
            Problem("which policy is best", f"an outcome of which {better!r} is better", "lower or higher",
                    "ask of another outcome")
        )  # fmt: skip
    gains, left_out = _gains(without_dummy(points, factors), responses, -1.0 if better == "lower" else 1.0, base)
    means = gains.groupby(level="point").mean()
    at_points = -means.sub(means.max(axis=1), axis=0)
    # Worlds that are equal up to rounding share their place.
    at_points = at_points.mask(at_points.to_numpy() <= 1e-9 * max(1.0, float(means.abs().to_numpy().max())), 0.0)
    of = at_points.index.to_numpy() if blocks is None else blocks.loc[at_points.index].to_numpy()
    seeds = int(gains.groupby(level="point").size().min())
    against = _Against(means.to_numpy(), _reaches(gains))
    rows = [_row(name, at, at_points, against, of, unit, seeds) for at, name in enumerate(means.columns)]
    table = pd.DataFrame(rows, columns=COLUMNS).sort_values(["best", "expected_regret"], ascending=[False, True], kind="stable")
    table = table.reset_index(drop=True).astype({"greatest_at": "Int64"})
    said = _sentences(table, at_points, _least(table, gains, of), points, factors, leading, left_out)
    return Regret(table, at_points, tuple(said))


def _gains(points: pd.DataFrame, responses: pd.DataFrame, sign: float, base: str) -> tuple[pd.DataFrame, int]:
    """Gain over the base world at each (point, seed) with every world, the better the larger; and how many points lack one."""
    whole = merged(points, responses)
    wide = whole.pivot_table(index=["point", "seed"], columns="other", values="response", sort=False)
    others = list(dict.fromkeys(responses["other"]))
    kept = sign * wide.reindex(columns=others).dropna()
    if kept.empty:
        raise ComparisonError(
            Problem("which policy is best", "no point with every policy under a shared seed", "one at least", "look at failures")
        )
    kept.insert(0, base, 0.0)
    return kept, wide.index.get_level_values("point").nunique() - kept.index.get_level_values("point").nunique()


@dataclass(frozen=True)
class _Against:
    """Every world against each other: `means` of gains, shape (points, worlds), and `reach` of luck in their differences.

    `reach` has shape (points, worlds, worlds); it is not a number where no point has two seeds.
    """

    means: np.ndarray
    reach: np.ndarray

    @property
    def known(self) -> bool:
        """Whether it is known how far luck reaches."""
        return bool(np.isfinite(self.reach).all())

    @property
    def lucky(self) -> bool:
        """Whether luck is known, and moves something."""
        return bool((self.reach > 0).any())

    def ahead(self, at: int, luck: float) -> np.ndarray:
        """How far one world is ahead of each other, so many times the reach of luck added, shape (points, other worlds)."""
        found: np.ndarray = self.means[:, [at]] - self.means + luck * self.reach[:, at]
        return np.delete(found, at, axis=1)


def _reaches(gains: pd.DataFrame) -> np.ndarray:
    """How far luck reaches in the difference of each pair of worlds, from the spread between seeds of all points together."""
    counts, worlds = gains.groupby(level="point").size().to_numpy(), gains.shape[1]
    reach = np.zeros((len(counts), worlds, worlds))
    for one, other in itertools.combinations(range(worlds), 2):
        apart = (gains.iloc[:, one] - gains.iloc[:, other]).rename("response").reset_index()
        reach[:, one, other] = reach[:, other, one] = reach_of_luck(apart) / np.sqrt(counts)
    return reach


def _row(
    name: str, at: int, at_points: pd.DataFrame, against: _Against, blocks: np.ndarray, unit: str, seeds: int
) -> tuple[object, ...]:
    first = at_points.to_numpy() == 0
    shared, own = first.sum(axis=1), at_points[name]
    chance, fewest, most = share_over_groups(first[:, at] / shared, blocks)
    expected, least, largest = mean_over_groups(own.to_numpy(), blocks)
    least = max(0.0, least) if math.isfinite(least) else least
    sure = (against.ahead(at, -1.0) > 0).all(axis=1).astype(float)
    if against.lucky:
        perhaps = (against.ahead(at, 1.0) >= 0).all(axis=1).astype(float)
        fewest, most = min(fewest, share_over_groups(sure, blocks)[1]), max(most, share_over_groups(perhaps, blocks)[2])
        least, largest = _regret_with_luck(at, against, blocks, least, largest)
    tied = float((first[:, at] & (shared > 1)).mean())
    beyond_luck = float(sure.mean()) if against.known else math.nan
    return (
        name, chance, fewest, most, beyond_luck, tied, expected, least, largest, float(own.max()),
        own.idxmax() if own.max() > 0 else None, unit, LEVEL, len(first), seeds,
    )  # fmt: skip


def _regret_with_luck(at: int, against: _Against, blocks: np.ndarray, least: float, most: float) -> tuple[float, float]:
    """Ends of the interval of a world's mean regret from those over blocks alone, with luck for the world and against it."""
    lucky = np.maximum(0.0, (-against.ahead(at, 1.0)).max(axis=1))
    unlucky = np.maximum(0.0, (-against.ahead(at, -1.0)).max(axis=1))
    others = against.means.shape[1] - 1
    # Where hardly more points than luck would give are such that another world is ahead beyond it, there may be none.
    beaten = (lucky > 0).sum() > most_by_luck(len(lucky), min(1.0, others * (1 - LEVEL) / 2))
    low = max(0.0, mean_over_groups(lucky, blocks)[1]) if beaten else 0.0
    return min(least, low), max(most, mean_over_groups(unlucky, blocks)[2])


def _least(table: pd.DataFrame, gains: pd.DataFrame, blocks: np.ndarray) -> list[str]:
    """The worlds that leave least to regret, several where they are equal; none where blocks and seeds leave that open."""
    regrets = table.set_index("world")["expected_regret"]
    first = gains[regrets.idxmin()]
    means = gains.groupby(level="point").mean()
    equal = [name for name in gains if np.allclose(gains[name], first, rtol=0.0, atol=1e-9 * max(1.0, float(first.abs().max())))]
    for other in gains.columns.difference(equal):
        ahead = first - gains[other]
        mean, low, _ = mean_over_groups((means[first.name] - means[other]).to_numpy(), blocks)
        over_seeds, low_of_seeds, _ = luck_interval(ahead.groupby(level="seed").mean().to_numpy())
        if not mean - math.hypot(mean - low, over_seeds - low_of_seeds) > 0:
            return []
    return equal


def _sentences(
    table: pd.DataFrame,
    at_points: pd.DataFrame,
    least: Sequence[str],
    points: pd.DataFrame,
    factors: pd.DataFrame,
    leading: Sequence[str],
    left_out: int,
) -> list[str]:
    count = len(at_points)
    lack = "1 point lacks" if left_out == 1 else f"{left_out:,} points lack"
    missing = [f"{lack} a world of some policy: left out."] if left_out else []
    if (at_points.to_numpy() == 0).all():
        everywhere = "the one point" if count == 1 else f"all {count:,} points"
        return [f"All are equal at {everywhere}: nothing to choose between.", *missing]
    unit = str(table["unit"].iloc[0])
    said = []
    for row in table.itertuples():
        said.append(
            f"{row.world}: best at {_percent(row.best)} of {count:,} points ({_percent(row.best_low)} to "
            f"{_percent(row.best_high)}{_sure(row)}). {_regretted(row, unit, points, factors, leading)}."
        )
    tied = float((at_points == 0).sum(axis=1).gt(1).mean())
    shared = [f"At {_percent(tied)} of points several share the first place; each is given an equal part of it."] if tied else []
    seeds = int(table["seeds"].iloc[0])
    worlds = f"{seeds} seed{'' if seeds == 1 else 's'} and {count:,} point{'' if count == 1 else 's'}"
    choice = [f"Which leaves least to regret on average is not settled with {worlds}."]
    if least:
        choice = [f"On average {' and '.join(least)} {'leave' if len(least) > 1 else 'leaves'} least to regret."]
    alone = ["With one seed a point, luck is not known: no interval here holds it, and some of the regret is luck."]
    alone = alone if seeds == 1 else []
    return [*said, *shared, *choice, *alone, *missing]


def _sure(row: object) -> str:
    share = getattr(row, "best_for_sure", math.nan)
    return f"; beyond luck at {_percent(share)}" if math.isfinite(share) else ""


def _interval(row: object) -> str:
    low, high = getattr(row, "expected_low", math.nan), getattr(row, "expected_high", math.nan)
    return f" ({number(low)} to {number(high)})" if math.isfinite(low) else ""


def _regretted(row: object, unit: str, points: pd.DataFrame, factors: pd.DataFrame, leading: Sequence[str]) -> str:
    """What choosing a world everywhere may be regretted: on average, and where most."""
    most, seeds = getattr(row, "greatest_regret", 0.0), getattr(row, "seeds", 1)
    if not most > 0:
        beyond_luck = seeds > 1 and getattr(row, "expected_high", math.nan) == 0
        seen = "worse than the best" if beyond_luck else "seen to be worse than the best, which may be luck"
        return f"Chosen everywhere, it is nowhere {seen}"
    expected = f"{number(getattr(row, 'expected_regret', 0.0))} {unit} on average{_interval(row)}"
    place = points.loc[getattr(row, "greatest_at", None)]
    units = dict(zip(factors["factor"].astype(str), factors["unit"].astype(str), strict=True))
    where = [
        f"{name} is {number_in_words(float(f'{place[name]:.3g}'))} {units.get(name, '')}".strip()
        for name in list(leading)[:NAMED] if name in points and pd.notna(place[name])
    ]  # fmt: skip
    at = f"where {', '.join(where)}" if where else f"at point {getattr(row, 'greatest_at', '')}"
    return f"Chosen everywhere, it is worse than the best at each point by {expected}, and by at most {number(most)}, {at}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
