"""Rules that mark off the points of one kind from the others: boxes of the patient rule induction method (PRIM).

The search is that of the EMA Workbench (extra `discovery`). What a box is worth is judged here: by a limit's quasi-p-value, by
how many points it holds, and by points that were not looked at when it was found.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulation.errors import ComparisonError, Problem

MOST_RULES = 3
"""Rules for one kind of point, at most: more boxes of the same kind are pieces of one that is no box."""

FEWEST_IN_RULE = 5
"""Points of the kind that a rule must hold."""

FEWEST_RIGHT = 0.5
"""Share of the points that a rule holds which must be of the kind: below, the rule is more often wrong than right."""

CHANCE = 0.05
"""Quasi-p-value above which a limit is dropped, divided by the number of factors among which it was found."""

MOST_FACTORS = 16
"""Factors that a rule is looked for on: those whose values differ most between the kind and the rest."""

FEWEST_POINTS = 40
"""Points below which no rules are looked for: what few points show, other points would not."""

FOLDS = 5
DECIMALS = 12


@dataclass(frozen=True)
class Limit:
    """One factor kept within ends, in its own unit; an open end is not a number, and so is its quasi-p-value.

    The quasi-p-value of an end is the chance that so many points of the kind, or more, would lie in a box of so many points if
    they were as common there as in the same box without that end (one-sided binomial test). "Quasi", since the end was
    chosen on the same points.
    """

    factor: str
    low: float
    high: float
    chance_low: float
    chance_high: float

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Which of these values, shape (points,), lie strictly within the ends."""
        above = np.ones(len(values), dtype=bool) if math.isnan(self.low) else values > self.low
        return above if math.isnan(self.high) else above & (values < self.high)


@dataclass(frozen=True)
class Rule:
    """A box: points of one kind lie where all its limits hold.

    Attributes
    ----------
    kind
        The kind of point that it is a rule for.
    limits
        What it asks for, the surest first.
    points, right
        How many points it holds, and how many of them are of the kind; of all points, those of earlier rules among them.
    of_kind
        How many points of the kind there are.
    why_dropped
        Why the rule is not to be used; empty where it is.
    """

    kind: str
    limits: tuple[Limit, ...]
    points: int
    right: int
    of_kind: int
    why_dropped: str = ""

    @property
    def density(self) -> float:
        """Share of its points that are of the kind."""
        return self.right / self.points if self.points else math.nan

    @property
    def coverage(self) -> float:
        """Share of all points of the kind that it holds."""
        return self.right / self.of_kind if self.of_kind else math.nan

    def holds(self, values: pd.DataFrame) -> np.ndarray:
        """Which points, shape (points,), meet all limits; `values` has a column for each factor."""
        inside = np.ones(len(values), dtype=bool)
        for limit in self.limits:
            inside &= limit.holds(values[limit.factor].to_numpy(dtype=float))
        return inside


@dataclass(frozen=True)
class HeldOut:
    """How rules found in four fifths of the points do in the other fifth, five times over.

    `points` are those that such rules hold, `right` those of them that are of the kind; `of_kind` of `everywhere` points are.
    """

    points: int
    right: int
    of_kind: int
    everywhere: int

    @property
    def density(self) -> float:
        """Share of the points held that are of the kind; not a number where none is held."""
        return self.right / self.points if self.points else math.nan

    @property
    def coverage(self) -> float:
        """Share of the points of the kind that are held."""
        return self.right / self.of_kind if self.of_kind else math.nan

    @property
    def says_something(self) -> bool:
        """Whether the rules hold points of the kind more often than points at large are."""
        return self.points > 0 and self.density > self.of_kind / self.everywhere


def find_rules(values: pd.DataFrame, of_kind: np.ndarray, kind: str) -> tuple[list[Rule], list[Rule]]:
    """Rules that hold points of one kind, and those that were dropped with the reason.

    Among the factors whose values differ most between the kind and the rest, PRIM takes away a little of the points at one end
    of one factor at a time, where that makes the kind most common, and then gives back what costs nothing. From each box on
    that way ends are taken off without which its points correlate as well with those of the kind, and the box that does so
    most is taken; ends that luck could give are dropped one by one. The next rule is looked for among the points that are left.

    Parameters
    ----------
    values
        A row a point, a column a factor, in the factors' units; every value finite.
    of_kind
        Which points are of the kind, shape (points,).

    Raises
    ------
    ComparisonError
        Where the extra `discovery` is not installed.

    References
    ----------
    Friedman and Fisher (1999), "Bump hunting in high-dimensional data", Statistics and Computing 9:123. Bryant and Lempert
    (2010), "Thinking inside the box", Technological Forecasting and Social Change 77:34, for scenario discovery, coverage,
    density and the quasi-p-values.
    """
    of_kind = np.asarray(of_kind, dtype=bool)
    varied = [name for name in values if values[name].nunique() > 1]
    left = np.ones(len(values), dtype=bool)
    kept: list[Rule] = []
    while len(kept) < MOST_RULES and of_kind[left].any() and not of_kind[left].all() and varied:
        limits = _best_box(values.loc[left, varied], of_kind[left])
        rule = _judged(kind, limits, values, of_kind, left)
        if rule.why_dropped:
            return kept, [rule]
        kept.append(rule)
        left &= ~rule.holds(values)
    return kept, []


def held_out(values: pd.DataFrame, of_kind: np.ndarray, kind: str) -> HeldOut:
    """Rules for one kind found without a fifth of the points and judged by that fifth, for each fifth in turn.

    Fifths are runs of neighbouring points, so that a trajectory of Morris' method is hardly ever in both parts.
    """
    of_kind = np.asarray(of_kind, dtype=bool)
    held = np.zeros(len(values), dtype=bool)
    for fold in np.array_split(np.arange(len(values)), FOLDS):
        asked = np.zeros(len(values), dtype=bool)
        asked[fold] = True
        rules, _ = find_rules(values[~asked], of_kind[~asked], kind)
        for rule in rules:
            held[asked] |= rule.holds(values[asked])
    return HeldOut(int(held.sum()), int((held & of_kind).sum()), int(of_kind.sum()), len(values))


def _best_box(values: pd.DataFrame, of_kind: np.ndarray) -> tuple[Limit, ...]:
    """The box that goes most with the kind, less the ends that luck could give."""
    bar = CHANCE / values.shape[1]
    values = values[_most_apart(values, of_kind)]
    simpler = [_simplified(box, values, of_kind) for box in _boxes(values, of_kind)]
    limits, _ = max(simpler, key=lambda found: (found[1], -len(found[0])))
    while limits:
        limits = _with_chances(limits, values, of_kind)
        ends = [(one.chance_low, at, "low") for at, one in enumerate(limits) if not math.isnan(one.low)]
        ends += [(one.chance_high, at, "high") for at, one in enumerate(limits) if not math.isnan(one.high)]
        worst, at, side = max(ends)
        if worst <= bar:
            break
        limits = _closed([_opened(one, side) if number == at else one for number, one in enumerate(limits)])
    return tuple(sorted(limits, key=lambda one: np.nanmin([one.chance_low, one.chance_high])))


def _most_apart(values: pd.DataFrame, of_kind: np.ndarray) -> list[str]:
    """Factors whose distribution differs most between the kind and the rest (Kolmogorov and Smirnov), in their order."""
    from scipy import stats

    apart = [stats.ks_2samp(values.loc[of_kind, name], values.loc[~of_kind, name], method="asymp").statistic for name in values]
    kept = np.sort(np.argsort(-np.array(apart), kind="stable")[:MOST_FACTORS])
    return [str(name) for name in values.columns[kept]]


def _simplified(
    limits: Sequence[Limit], values: pd.DataFrame, of_kind: np.ndarray
) -> tuple[tuple[Limit, ...], float]:
    """A box less the ends without which it goes with the kind as well or better, one by one; and how well it does.

    PRIM closes in on a piece of a kind that lies in several corners; without some of its ends the piece is the whole corner.
    """
    ends = [(at, side) for at, one in enumerate(limits) for side in ("low", "high") if not math.isnan(getattr(one, side))]
    outside = np.array([~_only(limits[at], side).holds(values[limits[at].factor].to_numpy()) for at, side in ends])
    best = _correlation(~outside.any(axis=0)[None, :], of_kind)[0] if ends else 0.0
    while ends:
        without = (outside.sum(axis=0)[None, :] - outside) == 0
        found = _correlation(without, of_kind)
        at = int(np.argmax(found))
        if found[at] < best:
            break
        best = float(found[at])
        ends, outside = ends[:at] + ends[at + 1 :], np.delete(outside, at, axis=0)
    kept = list(limits)
    for number in range(len(limits)):
        for side in ("low", "high"):
            if (number, side) not in ends:
                kept[number] = _opened(kept[number], side)
    return _closed(kept), float(best)


def _boxes(values: pd.DataFrame, of_kind: np.ndarray) -> list[tuple[Limit, ...]]:
    """All boxes on PRIM's way from all points to few of them, each as its limits."""
    prim, objectives = _prim()
    # Up to version 2.5 of the workbench a threshold must be given; 0 asks for nothing, and makes its own coverage meaningless.
    needed = {"threshold": 0.0} if "threshold" in inspect.signature(prim.__init__).parameters else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The original aim: the workbench's own is made for categories, and stops where no one slice gains anything.
        box = prim(values.astype(float).reset_index(drop=True), of_kind, obj_function=objectives.ORIGINAL, **needed).find_box()
    return [_limits(ends, values) for ends in box.box_lims]


def _limits(ends: pd.DataFrame, values: pd.DataFrame) -> tuple[Limit, ...]:
    """The ends of a box that leave points out, each moved to the shortest number between those within and those without."""
    found = []
    for name in values:
        column = values[name].to_numpy(dtype=float)
        low, high = (float(end) for end in ends[name])
        within = column[(column >= low) & (column <= high)]
        below, above = column[column < low], column[column > high]
        start = shortest_between(below.max(), within.min()) if len(below) and len(within) else math.nan
        end = shortest_between(within.max(), above.min()) if len(above) and len(within) else math.nan
        if not (math.isnan(start) and math.isnan(end)):
            found.append(Limit(str(name), start, end, math.nan, math.nan))
    return tuple(found)


def shortest_between(low: float, high: float) -> float:
    """The number with the fewest decimal places, nearest to the middle, strictly between two numbers; the middle if none is.

    Examples
    --------
    >>> shortest_between(0.1183, 0.1246)
    0.12
    """
    middle = (low + high) / 2
    first = -math.floor(math.log10(max(abs(low), abs(high)))) if low or high else 0
    for decimals in range(first, first + DECIMALS):
        number = round(middle, decimals)
        if low < number < high:
            return float(number)
    return middle


def _with_chances(limits: Sequence[Limit], values: pd.DataFrame, of_kind: np.ndarray) -> tuple[Limit, ...]:
    """The same limits with the quasi-p-value of each end."""
    inside = _inside(limits, values)
    found = []
    for at, one in enumerate(limits):
        chances = [math.nan, math.nan]
        for side, end in enumerate((one.low, one.high)):
            if not math.isnan(end):
                without = [*limits[:at], _opened(one, ("low", "high")[side]), *limits[at + 1 :]]
                chances[side] = _quasi_p(inside, _inside(without, values), of_kind)
        found.append(Limit(one.factor, one.low, one.high, *chances))
    return tuple(found)


def _quasi_p(inside: np.ndarray, without: np.ndarray, of_kind: np.ndarray) -> float:
    from scipy import stats

    share = float(of_kind[without].mean())
    return float(stats.binomtest(int(of_kind[inside].sum()), int(inside.sum()), share, alternative="greater").pvalue)


def _opened(limit: Limit, side: str) -> Limit:
    """The same limit with one end left open."""
    if side == "low":
        return Limit(limit.factor, math.nan, limit.high, math.nan, limit.chance_high)
    return Limit(limit.factor, limit.low, math.nan, limit.chance_low, math.nan)


def _only(limit: Limit, side: str) -> Limit:
    """The same limit with that end alone."""
    return _opened(limit, "high" if side == "low" else "low")


def _closed(limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """Limits that have an end."""
    return tuple(one for one in limits if not (math.isnan(one.low) and math.isnan(one.high)))


def _inside(limits: Sequence[Limit], values: pd.DataFrame) -> np.ndarray:
    inside = np.ones(len(values), dtype=bool)
    for limit in limits:
        inside &= limit.holds(values[limit.factor].to_numpy(dtype=float))
    return inside


def _correlation(inside: np.ndarray, of_kind: np.ndarray) -> np.ndarray:
    """Correlation (phi) of lying in a box with being of the kind, shape (boxes,); 0 where a box holds all points or none.

    `inside` has shape (boxes, points). As a formula, with m the share of points held, p that of the kind and j that of both:
    (j - m p) / sqrt(m (1 - m) p (1 - p)). Unlike the harmonic mean of coverage and density it does not prefer all points to a
    sure rule where the kind is common.
    """
    held, kind, both = inside.mean(axis=1), float(of_kind.mean()), (inside & of_kind).mean(axis=1)
    spread = held * (1 - held) * kind * (1 - kind)
    return np.where(spread > 0, (both - held * kind) / np.sqrt(np.where(spread > 0, spread, 1.0)), 0.0)


def _judged(
    kind: str, limits: tuple[Limit, ...], values: pd.DataFrame, of_kind: np.ndarray, left: np.ndarray
) -> Rule:
    """The rule counted over all points, with the reason where it is to be dropped; `left` are points no other rule holds."""
    inside = _inside(limits, values)
    found = Rule(kind, limits, int(inside.sum()), int((inside & of_kind).sum()), int(of_kind.sum()))
    new, right = int((inside & left).sum()), int((inside & left & of_kind).sum())
    why = ""
    if not limits:
        why = "no limit holds more of them than luck could"
    elif right < FEWEST_IN_RULE:
        why = f"it holds {right} of them, and fewer than {FEWEST_IN_RULE} are hardly any"
    elif right < FEWEST_RIGHT * new:
        why = f"it is right for {right} of {new} points, less than half"
    return Rule(kind, limits, found.points, found.right, found.of_kind, why)


def _prim() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            # It warns of parts of its own that it can do without.
            warnings.simplefilter("ignore")
            from ema_workbench.analysis.prim import Prim, PRIMObjectiveFunctions
    except ImportError as missing:
        raise ComparisonError(
            Problem("rules of where a policy helps", f"{missing.name} is not installed",
                    "the EMA Workbench, which the extra `discovery` brings", "pip install 'recovery-journeys[discovery]'")
        ) from missing  # fmt: skip
    return Prim, PRIMObjectiveFunctions
