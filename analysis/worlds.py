"""One set of worlds with the same people and the same luck: which worlds they are, and what a comparison asks of them.

States are looked at in two weeks only, the policy's first week and the horizon. A placebo world, the base world with one
irrelevant change to one person, is named once the base world is known, as that person must be at risk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.jobs import Wanted, world_wanted
from analysis.outcomes import Outcome
from analysis.pairing import WEEKS_A_YEAR, Question, own_policies
from analysis.subgroups import EVERYONE

NUDGED = 0
"""The person whose one irrelevant change makes the placebo world, where nobody with a problem is at risk."""


@dataclass(frozen=True)
class Task:
    """A set of worlds to live: its seed, the assumptions drawn for it (None: the defaults) and what else it is to show.

    `fit` names the other fit whose values these assumptions are, where they are not drawn.
    """

    seed: int
    draw: int | None = None
    assumptions: Mapping[str, float] | None = None
    ledger: bool = False
    fit: str = ""

    def worlds(self, question: Question) -> int:
        """How many worlds it takes."""
        return 1 + len(question.others) + (1 if self.ledger else 0)


@dataclass(frozen=True)
class Pair:
    """Means of one outcome in one group in both worlds, in the outcome's unit, over `people` people at risk."""

    people: int
    base: float
    other: float


@dataclass(frozen=True)
class Lives:
    """How many people one world treated better or worse than the other on the primary outcome, under shared luck."""

    people: int
    helped: int
    harmed: int

    @property
    def same(self) -> int:
        """How many fared the same."""
        return self.people - self.helped - self.harmed


@dataclass
class Numbers:
    """What is kept of one set of worlds; keys are (other world, outcome, group), or the other world alone."""

    task: Task
    pairs: dict[tuple[str, str, str], Pair] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)
    flags: dict[str, tuple[int, int]] = field(default_factory=dict)
    reach: dict[str, list[dict]] = field(default_factory=dict)
    base_reach: list[dict] = field(default_factory=list)
    tried: dict[str, list[dict]] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    identical: dict[str, bool] = field(default_factory=dict)
    ledger: dict[str, Lives] = field(default_factory=dict)
    placebo: Lives | None = None
    weekly: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Columns of the weekly tables that show the primary outcome, at the default assumptions."""


def over_seeds_and_draws(numbers: Sequence[Numbers], read: Callable[[Numbers], float]) -> tuple[np.ndarray, np.ndarray]:
    """One number of each set of worlds: over seeds at the default assumptions, shape (worlds,), and over draws, (draws,)."""
    seeds = np.array([read(found) for found in numbers if found.task.draw is None], dtype=float)
    draws = np.array([read(found) for found in numbers if found.task.draw is not None], dtype=float)
    return seeds, draws


def difference(found: Numbers, label: str, outcome: str, group: str) -> float:
    """Other world less base world, in the outcome's unit, in one pair of worlds."""
    pair = found.pairs[label, outcome, group]
    return pair.other - pair.base


BASE = "base"
"""Key of the base world where worlds are held by their labels."""


def worlds_of(
    question: Question, task: Task, platform: Mapping[str, str], events: bool = False
) -> dict[str, Wanted]:
    """The worlds of one set, by label, the base world first, as they are wanted from the store."""
    plans = {BASE: question.base, **dict(zip(question.labels, question.others, strict=True))}
    return {label: _wanted(question, plan, task, platform, events) for label, plan in plans.items()}


def placebo_of(question: Question, task: Task, base: Any, platform: Mapping[str, str]) -> Wanted:
    """The base world again, with one irrelevant change to one person at risk: what nothing does to anybody."""
    start = base.snapshots[question.first_week]
    at_risk = np.flatnonzero(question.group.members(start) & question.primary.at_risk(start))
    person = int(start["person"][at_risk[0]]) if len(at_risk) else NUDGED
    return _wanted(question, question.base, task, platform, nudge=person)


def _wanted(
    question: Question,
    scenario: Any,
    task: Task,
    platform: Mapping[str, str],
    events: bool = False,
    nudge: int | None = None,
) -> Wanted:
    """One world; those of which nothing but the outcomes is kept end at the horizon."""
    to_the_end = task.draw is None and nudge is None
    return world_wanted(
        replace(scenario, years=question.years if to_the_end else question.last_week / WEEKS_A_YEAR),
        task.seed,
        assumptions=assumptions_for(scenario, task.assumptions),
        nudge=nudge,
        states={question.first_week, question.last_week},
        events=events,
        platform=platform,
    )


def assumptions_for(scenario: Any, drawn: Mapping[str, float] | None) -> dict[str, float] | None:
    """The drawn assumptions that apply in this world: those that its scenario sets itself stay as set."""
    if drawn is None:
        return None
    fixed = {name for name, own in scenario.assumptions.items() if own.set is not None}
    return {name: value for name, value in drawn.items() if name not in fixed}


def numbers_of(question: Question, task: Task, lived: Mapping[str, Any], placebo: Any | None = None) -> Numbers:
    """The numbers that a comparison asks of one set of worlds, `lived`, by label, and `placebo` where there is one."""
    found = Numbers(task)
    base = lived[BASE]
    start = base.snapshots[question.first_week]
    primary = question.group.members(start)
    masks = {EVERYONE: np.ones(len(start), dtype=bool), question.group.name: primary}
    masks |= {part.name: part.members(start) & primary for part in question.splits}
    own = {outcome.id: _values(outcome, question, start, base) for outcome in question.outcomes}
    if task.draw is None:
        found.weekly[BASE] = _shown(question, base)
    mask = masks[question.group.name]
    for label, scenario in zip(question.labels, question.others, strict=True):
        other = lived[label]
        _compare(found, question, label, scenario, base, other, own, masks)
        if task.draw is None:
            found.weekly[label] = _shown(question, other)
        if task.ledger:
            theirs = _values(question.primary, question, start, other)
            found.ledger[label] = _lives(question.primary, own[question.primary.id], theirs, mask)
    if placebo is not None:
        theirs = _values(question.primary, question, start, placebo)
        found.placebo = _lives(question.primary, own[question.primary.id], theirs, mask)
    return found


def _shown(question: Question, world: Any) -> pd.DataFrame:
    """The columns of the weekly table that show the primary outcome over time."""
    return world.weekly[[question.primary.weekly, "own_alive"]].copy()


def _values(outcome: Outcome, question: Question, start: np.ndarray, world: Any) -> np.ndarray:
    """The outcome of each person in one world, shape (people,); not a number for people not at risk in the base world.

    `start` is the base world's state at the first week: whom something can happen to is judged there for all worlds.
    """
    then, end = world.snapshots[question.first_week], world.snapshots[question.last_week]
    measured = np.asarray(outcome.measure(then, end, question.horizon), dtype=float)
    return np.where(outcome.at_risk(start), measured, np.nan)


def _compare(
    found: Numbers,
    question: Question,
    label: str,
    scenario: Any,
    base: Any,
    other: Any,
    measured: dict[str, np.ndarray],
    masks: dict[str, np.ndarray],
) -> None:
    start = base.snapshots[question.first_week]
    for outcome in question.outcomes:
        theirs = _values(outcome, question, start, other)
        for group, mask in masks.items():
            found.pairs[label, outcome.id, group] = _pair(measured[outcome.id], theirs, mask, outcome.scale)
        if outcome is question.primary:
            found.totals[label] = float(np.nansum(theirs) - np.nansum(measured[outcome.id]))
    found.flags[label] = tuple(
        int(world.snapshots[question.last_week]["count_flags"].sum() - start["count_flags"].sum())
        for world in (base, other)
    )
    found.reach[label] = list(other.reach)
    found.base_reach = list(base.reach)
    found.tried[label] = list(other.tried)
    own = [ids for ids, differs in zip(other.covered, own_policies(question.base, scenario), strict=True) if differs]
    found.reached[label] = len(np.unique(np.concatenate(own))) if own else 0
    found.identical[label] = _identical_until(question.first_week, base, other)


def _pair(base: np.ndarray, other: np.ndarray, mask: np.ndarray, scale: float) -> Pair:
    kept = mask & np.isfinite(base)
    people = int(kept.sum())
    if people == 0:
        return Pair(0, np.nan, np.nan)
    return Pair(people, float(base[kept].mean() * scale), float(other[kept].mean() * scale))


def _lives(outcome: Outcome, base: np.ndarray, other: np.ndarray, mask: np.ndarray) -> Lives:
    kept = mask & np.isfinite(base)
    gain = other[kept] - base[kept]
    if outcome.better == "lower":
        gain = -gain
    return Lives(int(kept.sum()), int((gain > 0).sum()), int((gain < 0).sum()))


def _identical_until(week: int, base: Any, other: Any) -> bool:
    """Whether two worlds agree in every weekly figure before `week` and in every person's state at its start."""
    before = [world.weekly[world.weekly["week"] < week].reset_index(drop=True) for world in (base, other)]
    if not before[0].equals(before[1]):
        return False
    ours, theirs = base.snapshots[week], other.snapshots[week]
    return all(
        np.array_equal(ours[name], theirs[name], equal_nan=ours[name].dtype.kind == "f") for name in ours.dtype.names
    )
