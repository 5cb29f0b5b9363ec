"""One set of worlds with the same people and the same luck: which worlds they are, and what a comparison asks of them.

States are looked at in two weeks only, the policy's first week and the horizon, unless an outcome is asked for that reads more. A
placebo world, the base world with one irrelevant change to one person, is named once the base world is known, as that person
must be at risk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.acts import count_acts
from analysis.course import course_of
from analysis.jobs import Wanted, world_wanted
from analysis.measures_lives import Lives
from analysis.outcomes import Outcome
from analysis.pairing import WEEKS_A_YEAR, Question, own_policies
from analysis.parting import Parting, parting
from analysis.stretch import Stretch, stretch_of
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
    """Means of one outcome in one group in both worlds, in the outcome's unit, over `people` people at risk.

    `known` counts those of whom the base world holds a value; all of them where None.
    """

    people: int
    base: float
    other: float
    known: int | None = None


@dataclass(frozen=True)
class Tally:
    """How many people one world treated better or worse than the other on the primary outcome, under shared luck."""

    people: int
    helped: int
    harmed: int

    @property
    def same(self) -> int:
        """How many fared the same."""
        return self.people - self.helped - self.harmed

    @property
    def net(self) -> float:
        """Helped less harmed, per 1,000; not a number where there is nobody."""
        return 1000.0 * (self.helped - self.harmed) / self.people if self.people else np.nan


@dataclass
class Numbers:
    """What is kept of one set of worlds; keys are (other world, outcome, group), or the other world alone.

    Attributes
    ----------
    tallies
        Ledger of each group, by (other world, group).
    placebo
        The same for the placebo world, by group; empty where none was lived.
    weekly
        The primary outcome over time, by world, at the default assumptions: column `course`, a row for each week from the
        first, of the primary group (`analysis.course`); without events, columns of the weekly table, of all with own experience.
    times
        Weeks to the event that the primary outcome asks about, of each person of the primary group at risk, shape (people,),
        the horizon where it did not happen, by world; and whether it happened.
    partings
        The first people whose lives differ, and why.
    stretches
        The stretches themselves of a set with a ledger, by world, the placebo world as `PLACEBO`.
    """

    task: Task
    pairs: dict[tuple[str, str, str], Pair] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)
    flags: dict[str, tuple[int, int]] = field(default_factory=dict)
    reach: dict[str, list[dict]] = field(default_factory=dict)
    base_reach: list[dict] = field(default_factory=list)
    tried: dict[str, list[dict]] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    identical: dict[str, bool] = field(default_factory=dict)
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    placebo: dict[str, Tally] = field(default_factory=dict)
    weekly: dict[str, pd.DataFrame] = field(default_factory=dict)
    times: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    partings: dict[str, Parting] = field(default_factory=dict)
    stretches: dict[str, Stretch] = field(default_factory=dict)


def over_seeds_and_draws(numbers: Sequence[Numbers], read: Callable[[Numbers], float]) -> tuple[np.ndarray, np.ndarray]:
    """One number of each set of worlds: over seeds at the default assumptions, shape (worlds,), and over draws, (draws,)."""
    seeds = np.array([read(found) for found in numbers if found.task.draw is None], dtype=float)
    draws = np.array([read(found) for found in numbers if found.task.draw is not None], dtype=float)
    return seeds, draws


def difference(found: Numbers, label: str, outcome: str, group: str) -> float:
    """Other world less base world, in the outcome's unit, in one pair of worlds."""
    pair = found.pairs[label, outcome, group]
    return pair.other - pair.base


BASE, PLACEBO = "base", "nothing (placebo)"
"""Keys of the base world, and of the placebo world, where worlds are held by their labels."""


def worlds_of(
    question: Question, task: Task, platform: Mapping[str, str], events: bool = False
) -> dict[str, Wanted]:
    """The worlds of one set, by label, the base world first, as they are wanted from the store."""
    plans = {BASE: question.base, **dict(zip(question.labels, question.others, strict=True))}
    return {label: _wanted(question, plan, task, platform, events) for label, plan in plans.items()}


def placebo_of(question: Question, task: Task, base: Any, platform: Mapping[str, str], events: bool = False) -> Wanted:
    """The base world again, with one irrelevant change to one person at risk: what nothing does to anybody."""
    start = base.snapshots[question.first_week]
    at_risk = np.flatnonzero(question.group.members(start) & question.primary.at_risk(start))
    person = int(start["person"][at_risk[0]]) if len(at_risk) else NUDGED
    return _wanted(question, question.base, task, platform, events, nudge=person)


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
    scenario = _with_ranges_shared(scenario, question)
    return world_wanted(
        replace(scenario, years=question.years if to_the_end else question.last_week / WEEKS_A_YEAR),
        task.seed,
        assumptions=assumptions_for(scenario, task.assumptions),
        nudge=nudge,
        states={question.first_week, *question.panel, question.last_week},
        events=events,
        platform=platform,
    )


def _with_ranges_shared(scenario: Any, question: Question) -> Any:
    """The same world, which may draw from ranges that any world compared with it widens, as they share their draws."""
    wider = {
        name: plan.assumptions[name] for plan in (question.base, *question.others) for name in plan.widened
        if name not in scenario.assumptions
    }  # fmt: skip
    return replace(scenario, assumptions={**scenario.assumptions, **wider}) if wider else scenario


def assumptions_for(scenario: Any, drawn: Mapping[str, float] | None) -> dict[str, float] | None:
    """The drawn assumptions that apply in this world: those that its scenario sets itself stay as set."""
    if drawn is None:
        return None
    fixed = {name for name, own in scenario.assumptions.items() if own.set is not None}
    return {name: value for name, value in drawn.items() if name not in fixed}


def numbers_of(
    question: Question, task: Task, lived: Mapping[str, Any], placebo: Any | None = None, events: bool = True
) -> Numbers:
    """The numbers that a comparison asks of one set of worlds, `lived`, by label, and `placebo` where there is one.

    `events` says whether the worlds hold their events: without them times, partings and stretches are left out.
    """
    found = Numbers(task)
    base = _Measured(question, lived[BASE], events)
    masks = masks_of(question, base.stretch.start)
    if task.draw is None:
        found.weekly[BASE] = base.shown(masks[question.group.name], events)
    if task.draw is None and events:
        found.times[BASE] = base.times(masks[question.group.name])
    if task.ledger and events:
        found.stretches[BASE] = base.stretch
    for label, scenario in zip(question.labels, question.others, strict=True):
        other = _Measured(question, lived[label], events, base)
        _compare(found, label, base, other, masks)
        _account(found, question, label, scenario, lived, events)
        if task.draw is None:
            found.weekly[label] = other.shown(masks[question.group.name], events)
        if task.draw is None and events:
            found.times[label] = other.times(masks[question.group.name])
            found.partings[label] = parting(
                base.stretch, other.stretch, question.base.area_names, _covered(question, scenario, lived[BASE], lived[label])
            )
        if task.ledger and events:
            found.stretches[label] = other.stretch
    if placebo is not None:
        theirs = _Measured(question, placebo, events, base)
        found.placebo = {group: _tally(question.primary, base, theirs, mask) for group, mask in masks.items()}
        if events:
            found.stretches[PLACEBO] = theirs.stretch
            found.times[PLACEBO] = theirs.times(masks[question.group.name])
    return found


def _covered(question: Question, scenario: Any, base: Any, other: Any) -> dict[str, np.ndarray]:
    """Permanent ids of those whom each lever of a policy that only one of two worlds has covers there, by lever."""
    found: dict[str, np.ndarray] = {}
    for plan, world, own in (
        (scenario, other, own_policies(question.base, scenario)),
        (question.base, base, own_policies(scenario, question.base)),
    ):
        for policy, ids, differs in zip(plan.policies, world.covered, own, strict=True):
            if differs:
                found[policy.lever] = np.union1d(found.get(policy.lever, np.zeros(0, dtype=np.int64)), ids)
    return found


def masks_of(question: Question, start: np.ndarray) -> dict[str, np.ndarray]:
    """Who belongs to each group looked at, shape (people,), by name; all but everyone are of the primary group."""
    primary = question.group.members(start)
    masks = {part.name: part.members(start) & primary for part in (*question.declared, *question.splits)}
    return masks | {EVERYONE: np.ones(len(start), dtype=bool), question.group.name: primary}


class _Measured:
    """One world of a set, and the outcomes of its people; whom they can happen to is judged in the base world."""

    def __init__(self, question: Question, world: Any, events: bool, base: _Measured | None = None) -> None:
        self.question, self.world = question, world
        self.stretch = stretch_of(world, question.first_week, question.last_week, events, question.panel)
        start = self.stretch.start if base is None else base.stretch.start
        self.at_risk = {outcome.id: outcome.at_risk(start) for outcome in question.outcomes}
        self.values = {outcome.id: outcome.values(self.stretch, self.at_risk[outcome.id]) for outcome in question.outcomes}
        self.weights = {outcome.id: outcome.weights(self.stretch) for outcome in question.outcomes}

    def figure(self, outcome: Outcome, mask: np.ndarray) -> float:
        """The figure of an outcome in a group, in its unit."""
        return outcome.figure(self.values[outcome.id], self.weights[outcome.id], mask & self.at_risk[outcome.id])

    def times(self, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weeks to the primary outcome's event, or lived without it, and whether it happened, in a group at risk of it."""
        outcome = self.question.primary
        if not outcome.event:
            return np.zeros(0), np.zeros(0, dtype=bool)
        who = group & self.at_risk[outcome.id]
        first = self.stretch.lives.first(outcome.event)[who]
        # An event in the first week has happened after one week: a curve starts at week 0 with everybody.
        happened = first < self.stretch.weeks
        return np.where(happened, first + 1, self.stretch.alive_weeks()[who]).astype(float), happened

    def shown(self, group: np.ndarray, events: bool) -> pd.DataFrame:
        """The primary outcome over time, in a group at risk of it; of all with own experience where there are no `events`."""
        outcome = self.question.primary
        if not events:
            return self.world.weekly[[outcome.weekly, "own_alive"]].copy()
        return pd.DataFrame({"course": course_of(outcome, Lives(self.stretch, group & self.at_risk[outcome.id]))})


def _compare(found: Numbers, label: str, base: _Measured, other: _Measured, masks: dict[str, np.ndarray]) -> None:
    """The outcomes of a pair of worlds in every group, and who fares better or worse."""
    primary = base.question.primary
    for outcome in base.question.outcomes:
        at_risk = base.at_risk[outcome.id]
        for group, mask in masks.items():
            who = mask & at_risk
            values = (base.figure(outcome, mask), other.figure(outcome, mask))
            pair = Pair(int(who.sum()), *values, outcome.known(base.values[outcome.id], who))
            found.pairs[label, outcome.id, group] = pair
    ours, theirs = base.values[primary.id], other.values[primary.id]
    found.totals[label] = float(np.nansum(theirs) - np.nansum(ours))
    for group, mask in masks.items():
        found.tallies[label, group] = _tally(primary, base, other, mask)


def _account(
    found: Numbers, question: Question, label: str, scenario: Any, lived: Mapping[str, Any], events: bool
) -> None:
    """What the other world's policies reached and did, the flags it averted, and whether it was the same until they began."""
    base, other = lived[BASE], lived[label]
    start = base.snapshots[question.first_week]
    found.flags[label] = tuple(
        int(world.snapshots[question.last_week]["count_flags"].sum() - start["count_flags"].sum())
        for world in (base, other)
    )
    acted = count_acts(scenario.policies, other) if events else [None] * len(other.reach)
    found.reach[label] = [{**line, "acted": count} for line, count in zip(other.reach, acted, strict=True)]
    found.base_reach = list(base.reach)
    found.tried[label] = list(other.tried)
    own = [ids for ids, differs in zip(other.covered, own_policies(question.base, scenario), strict=True) if differs]
    found.reached[label] = len(np.unique(np.concatenate(own))) if own else 0
    found.identical[label] = _identical_until(question.first_week, base, other)


def _tally(outcome: Outcome, base: _Measured, other: _Measured, mask: np.ndarray) -> Tally:
    """Whom the other world treats better and worse on the primary outcome."""
    gain = gain_of(outcome, base.values[outcome.id], other.values[outcome.id])[mask & base.at_risk[outcome.id]]
    return Tally(len(gain), int((gain > 0).sum()), int((gain < 0).sum()))


def gain_of(outcome: Outcome, base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """What each person gains in the other world, shape (people,), in units of one value: above 0 is better."""
    return base - other if outcome.better == "lower" else other - base


def _identical_until(week: int, base: Any, other: Any) -> bool:
    """Whether two worlds agree in every weekly figure before `week` and in every person's state at its start."""
    before = [world.weekly[world.weekly["week"] < week].reset_index(drop=True) for world in (base, other)]
    if not before[0].equals(before[1]):
        return False
    ours, theirs = base.snapshots[week], other.snapshots[week]
    return all(
        np.array_equal(ours[name], theirs[name], equal_nan=ours[name].dtype.kind == "f") for name in ours.dtype.names
    )
