"""What a sensitivity analysis makes of worlds that failed: which seeds and points are left out, and whether that bends it.

A trajectory or base sample counts whole or not at all. Where worlds fail at one end of an assumption, that end is left out with
them: no figure shows what happens there, and that must be said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from analysis.sensitivity_design import Design
from analysis.sensitivity_worlds import Lived
from simulation.parameters import PARAMETERS

if TYPE_CHECKING:
    from analysis.sensitivity import Sensitivity

LARGEST = 1e70
"""Figures beyond this are refused: squares of their variances are no numbers any more."""

ROUNDING = 1e-9
"""Differences that are a smaller share of the outcome than this are rounding, and count as none."""

FEWEST_BLOCKS = 2
"""Trajectories or base samples that must be whole for anything to be said."""

SHUFFLES, CHANCE = 1_999, 0.05
SHUFFLE_SEED = 20_260_311

NAMED = 3
"""How many assumptions that failures go with are named at most."""

BLOCKS = {"morris": ("trajectory", "trajectories"), "sobol": ("base sample", "base samples")}

FOLLOW_COLUMNS = ("factor", "where", "share_failed", "share_failed_elsewhere", "chance")
"""Columns of `failed_follow.csv`: an assumption, in which half of its range ("high" or "low") worlds fail more often, the share
of points there that failed and of those in the other half, and the chance of as much by luck, over all assumptions at once."""


def usable(lived: Sequence[Lived]) -> list[Lived]:
    """The same with figures that are no numbers, or beyond `LARGEST`, as failures; and no differences that are rounding."""
    return [one if one.failure else _usable(one) for one in lived]


def _usable(one: Lived) -> Lived:
    pairs = {}
    for label, (base, other) in one.pairs.items():
        wrong = [figure for figure in (base, other) if not abs(figure) <= LARGEST]
        if wrong:
            return Lived({}, f"{wrong[0]:g} is no figure, or too large for one")
        size = max(abs(base), abs(other))
        pairs[label] = (base, base if abs(other - base) <= ROUNDING * size else other)
    return replace(one, pairs=pairs)


def without_rounding(answers: np.ndarray, size: float) -> np.ndarray:
    """The same answers, those equal where they differ by rounding alone: by less than `ROUNDING` of `size`, the outcome's."""
    values, places = np.unique(answers, return_inverse=True)
    group = np.r_[0, np.cumsum(np.diff(values) > ROUNDING * size)]
    first = np.searchsorted(group, np.arange(group[-1] + 1))
    stands_for = values[first]
    stands_for[group[values == 0.0]] = 0.0
    return stands_for[group[places]].reshape(answers.shape)


def size_of(lived: Sequence[Lived]) -> float:
    """The largest figure of either world, without its sign."""
    return max((abs(figure) for one in lived for pair in one.pairs.values() for figure in pair), default=0.0)


def failed_at(design: Design, lived: Sequence[Lived]) -> np.ndarray:
    """Where worlds failed or gave no figure, shape (blocks, width, seeds), of the points of a design in their order."""
    return np.array([bool(one.failure) for one in lived]).reshape(design.blocks, design.width, -1)


def places_of_seeds(failed: np.ndarray) -> list[int]:
    """Places of the seeds that are kept, of failures of shape (blocks, width, seeds).

    All, unless they leave fewer than two whole blocks: then those with most blocks that are not whole are left out, one by one,
    until two are. Where that helps nothing, all.
    """
    broken = failed.any(axis=1)
    kept = list(range(broken.shape[1]))

    def enough() -> bool:
        return int((~broken[:, kept].any(axis=1)).sum()) >= FEWEST_BLOCKS

    while not enough() and len(kept) > 1:
        kept.remove(max(kept, key=lambda seed: broken[:, seed].sum()))
    return kept if enough() else list(range(broken.shape[1]))


def failures_followed(design: Design, failed: np.ndarray) -> pd.DataFrame:
    """Assumptions at one end of which points failed more often than luck gives; columns `FOLLOW_COLUMNS`, the surest first.

    `failed` has shape (blocks, width). Points that failed are compared with the whole ones by the sum of their ranks in each
    assumption. Points of a block are no independent ones: whole blocks of values are shuffled against the blocks of failures,
    all assumptions alike, and each sum is held against the largest of all, which corrects for their number.

    References
    ----------
    Westfall and Young (1993), "Resampling-based multiple testing": the largest of all statistics.
    """
    nothing = pd.DataFrame(columns=list(FOLLOW_COLUMNS))
    some = np.flatnonzero(failed.any(axis=1))
    if not len(some) or failed.all():
        return nothing
    places = design.places[:, :-1]
    ranks = (rankdata(places, axis=0) - (len(places) + 1) / 2).reshape(*failed.shape, -1)
    flat = failed[some].astype(float).ravel()
    luck = np.random.default_rng(SHUFFLE_SEED)
    orders = [np.arange(len(failed)), *(luck.permutation(len(failed)) for _ in range(SHUFFLES))]
    sums = np.array([flat @ ranks[order[some]].reshape(len(flat), -1) for order in orders])
    spread = sums.std(axis=0)
    apart = np.divide(sums - sums.mean(axis=0), spread, out=np.zeros_like(sums), where=spread > 1e-9 * len(places))
    largest = np.abs(apart).max(axis=1)
    rows = []
    for at, name in enumerate(design.factors.parameters):
        chance = float((largest >= abs(apart[0, at]) - 1e-9).mean())
        if chance < CHANCE:
            above = apart[0, at] > 0
            there = ((places[:, at] > 0.5) == above).reshape(failed.shape)
            shares = [float(failed[half].mean()) if half.any() else math.nan for half in (there, ~there)]
            rows.append((name, "high" if above else "low", *shares, chance, -abs(apart[0, at])))
    return pd.DataFrame(sorted(rows, key=lambda row: row[-1]), columns=[*FOLLOW_COLUMNS, "order"]).drop(columns="order")


def followed_in_words(followed: pd.DataFrame) -> list[str]:
    """A sentence on the assumptions that failures go with; none where there are none."""
    if followed.empty:
        return []
    named = [
        f"{_told(row.factor)} is {row.where} ({_share(row.share_failed)} of points there, {_share(row.share_failed_elsewhere)} "
        "elsewhere)" for row in followed.head(NAMED).itertuples()
    ]  # fmt: skip
    rest = f"; and {len(followed) - NAMED} more" if len(followed) > NAMED else ""
    often = f"Worlds fail, or have no figure, more often where {'; where '.join(named)}{rest}"
    return [f"{often}: what happens there is not in these figures."]


def failures_in_words(found: Sensitivity) -> list[str]:
    """What gave no figure, what is left out for it, and whether that bends the answer; nothing where all was lived."""
    failed = found.failures
    if failed.empty:
        return []
    one, many = BLOCKS[found.method]
    count, all_of = len(found.dropped), found.design.blocks
    points = failed["point"].dropna().nunique()
    first = failed.iloc[0]
    sets = f"{len(failed)} set{'' if len(failed) == 1 else 's'} of worlds"
    said = f"{sets} gave no figure, at {points} of {len(found.points):,} points"
    are = "is" if count == 1 else "are"
    left = f"; {count} of {all_of} {one if all_of == 1 else many} {are} left out for it" if count else ""
    lines = [f"{said}{left}. The first ({place_of(first)}, seed {first.seed}): {first.reason}."]
    return [*lines, *seeds_in_words(found), *followed_in_words(found.failed_follow)]


def place_of(failure: pd.Series) -> str:
    """Where worlds failed, from a row of the failures: at a point, or with one part of the model changed."""
    return str(failure.arm) if pd.isna(failure.point) else f"point {int(failure.point)}"


def seeds_in_words(found: Sensitivity) -> list[str]:
    """A sentence on seeds that are left out of every figure; none where all are kept."""
    if not found.failed_seeds:
        return []
    named = " and ".join(str(seed) for seed in found.failed_seeds)
    one, many = ("Seed", "is") if len(found.failed_seeds) == 1 else ("Seeds", "are")
    left = f"{len(found.seeds)} seed{' remains' if len(found.seeds) == 1 else 's remain'}"
    return [f"{one} {named} {many} left out of every figure: too many worlds failed, or gave no figure, there; {left}."]


def _told(name: str) -> str:
    return f"{PARAMETERS[name].means} ({name})" if name in PARAMETERS else name


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"
