"""Which of several policies to choose over the space of assumptions: chance of being best, and regret at having chosen."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.discovery import merged, without_dummy
from analysis.intervals import LEVEL, mean_over_groups, share_over_groups
from analysis.shared_luck import reach_of_luck
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
        best, places that are shared counted in equal parts, with its interval; `best_for_sure` the share where it is better
        than every other beyond luck; `tied` the share where it shares the first place. Regret, in the outcome's unit, is how
        much worse it is than the best at the same point: on average, with its interval, and at most, at the point
        `greatest_at`.
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
    most of their assumptions; blocks of a design cover the space more evenly than independent ones. The best of several noisy
    means looks better than it is, so that with few seeds every regret is too large: `best_for_sure` says how much is beyond luck.

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
    worlds = list(gains.columns)
    means = gains.groupby(level="point").mean()
    at_points = -means.sub(means.max(axis=1), axis=0)
    # Worlds that are equal up to rounding share their place.
    first = at_points.to_numpy() <= 1e-9 * max(1.0, float(means.abs().to_numpy().max()))
    at_points = at_points.mask(first, 0.0)
    sure = _beyond_luck(gains)
    seeds = int(gains.groupby(level="point").size().min())
    of = at_points.index.to_numpy() if blocks is None else blocks.loc[at_points.index].to_numpy()
    rows = [
        _row(name, first, at, at_points, of, float(sure[:, at].mean()) if sure is not None else math.nan, unit, seeds)
        for at, name in enumerate(worlds)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).sort_values(["best", "expected_regret"], ascending=[False, True], kind="stable")
    table = table.reset_index(drop=True)
    said = _sentences(table, at_points, points, factors, leading, left_out)
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


def _row(
    name: str,
    first: np.ndarray,
    at: int,
    at_points: pd.DataFrame,
    blocks: np.ndarray,
    sure: float,
    unit: str,
    seeds: int,
) -> tuple[object, ...]:
    shared = first.sum(axis=1)
    chance = share_over_groups(first[:, at] / shared, blocks)
    tied = float((first[:, at] & (shared > 1)).mean())
    own = at_points[name]
    expected, least, most = mean_over_groups(own.to_numpy(), blocks)
    return (
        name, *chance, sure, tied, expected, max(0.0, least) if math.isfinite(least) else least, most,
        float(own.max()), own.idxmax() if own.max() > 0 else None, unit, LEVEL, len(first), seeds,
    )  # fmt: skip


def _beyond_luck(gains: pd.DataFrame) -> np.ndarray | None:
    """Where each world is better than every other beyond luck, shape (points, worlds); None where no point has two seeds.

    Each pair of worlds is judged by its paired differences, whose spread between seeds is that of all points together.
    """
    by_point = gains.groupby(level="point")
    means, counts = by_point.mean(), by_point.size().to_numpy()
    sure = np.ones(means.shape, dtype=bool)
    for one, other in itertools.combinations(range(means.shape[1]), 2):
        apart = (gains.iloc[:, one] - gains.iloc[:, other]).rename("response").reset_index()
        half = reach_of_luck(apart) / np.sqrt(counts)
        if np.isnan(half).any():
            return None
        ahead = (means.iloc[:, one] - means.iloc[:, other]).to_numpy()
        sure[:, one] &= ahead > half
        sure[:, other] &= -ahead > half
    return sure


def _sentences(
    table: pd.DataFrame,
    at_points: pd.DataFrame,
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
    least = table.loc[table["expected_regret"].idxmin()]
    equal = table.loc[table["expected_regret"] == least["expected_regret"], "world"]
    choice = [f"On average {' and '.join(equal)} {'leave' if len(equal) > 1 else 'leaves'} least to regret."]
    alone = ["With one seed a point, luck is not known: some of the regret is luck."] if table["seeds"].iloc[0] == 1 else []
    return [*said, *shared, *choice, *alone, *missing]


def _sure(row: object) -> str:
    share = getattr(row, "best_for_sure", math.nan)
    return f"; beyond luck at {_percent(share)}" if math.isfinite(share) else ""


def _interval(row: object) -> str:
    low, high = getattr(row, "expected_low", math.nan), getattr(row, "expected_high", math.nan)
    return f" ({number(low)} to {number(high)})" if math.isfinite(low) else ""


def _regretted(row: object, unit: str, points: pd.DataFrame, factors: pd.DataFrame, leading: Sequence[str]) -> str:
    """What choosing a world everywhere may be regretted: on average, and where most."""
    most = getattr(row, "greatest_regret", 0.0)
    if not most > 0:
        return "Chosen everywhere, it is nowhere worse than the best"
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
