"""The journeys of the people of several worlds, side by side: when what happens first, how often, who is where, and who turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.competing import CENSORED, Incidence, MeanCount, cumulative_incidence, mean_count
from analysis.measures_lives import NEVER, Lives
from analysis.multistate import Path, occupancy, path_of, spells, spells_summary, transitions
from analysis.subgroups import FEWEST
from analysis.survival import Curve, curve, log_rank
from analysis.trajectories import turns_table
from simulation.errors import ComparisonError, Problem
from simulation.state import ACTIVE, DOMAINS, NONE, RECOVERING

Times = tuple[np.ndarray, np.ndarray]
"""Weeks to an event or to the end of following, and whether it was the event, shape (people,) each."""

NOT_INDEPENDENT = "worlds share people and luck: no independent groups; see the paired difference"
"""What stands beside every test between two worlds."""


@dataclass(frozen=True)
class Milestone:
    """Something that happens first at some time: the events that bring it, and the status at the start of those at risk."""

    name: str
    words: str
    events: tuple[str, ...]
    status: int


MILESTONES = (
    Milestone("lapse", "first lapse", ("lapse",), RECOVERING),
    Milestone("relapse", "first relapse", ("relapse",), RECOVERING),
    Milestone("decision", "first decision to change", ("decided_gradually", "decided_suddenly"), ACTIVE),
)
"""Each of people who are recovering, or active, at the start, in the domain or in at least one."""


@dataclass(frozen=True)
class Journeys:
    """The journeys of several worlds.

    Attributes
    ----------
    domain
        The domain looked at; None for all domains of each person's own together.
    weeks
        Weeks lived in each world.
    curves, incidence
        By name of the milestone and then by world: the share still without it, deaths censored; the shares to whom it, and
        death before it, have happened.
    lapses
        By world: mean number of lapses so far, of people with a problem, past or present, at the start.
    paths
        By world: the states of those people, week by week.
    turns
        Reversals and tortuosity: one row a world and measure.
    log_ranks
        Each other world against the first: one row a milestone and world.
    """

    domain: str | None
    weeks: int
    curves: Mapping[str, Mapping[str, Curve]]
    incidence: Mapping[str, Mapping[str, Incidence]]
    lapses: Mapping[str, MeanCount]
    paths: Mapping[str, Path]
    turns: pd.DataFrame
    log_ranks: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, each with the columns `world` and, where there are several, `milestone` in front."""
        occupied = {world: occupancy(path).reset_index() for world, path in self.paths.items()}
        moved = {world: transitions(path) for world, path in self.paths.items()}
        stayed = {world: spells_summary(spells(path)) for world, path in self.paths.items()}
        return {
            "survival": _by_milestone({name: _tables(each) for name, each in self.curves.items()}),
            "survival_summary": self.summary(),
            "log_rank": self.log_ranks,
            "incidence": _by_milestone({name: _tables(each) for name, each in self.incidence.items()}),
            "mean_lapses": _by_world(_tables(self.lapses)),
            "occupancy": _by_world(occupied),
            "transitions": _by_world(moved),
            "spells": _by_world(stayed),
            "turns": self.turns,
        }

    def summary(self) -> pd.DataFrame:
        """One row a milestone and world: people at risk, median week and mean weeks without it, with errors, or why not."""
        rows = []
        for name, worlds in self.curves.items():
            for world, one in worlds.items():
                mean = one.restricted_mean(self.weeks)
                rows.append((name, world, one.people, int(one.events.sum()), *one.median(), *mean, self.weeks, one.note))
        columns = ["milestone", "world", "people", "events", "median_weeks", "median_low", "median_high",
                   "restricted_mean_weeks", "error", "horizon_weeks", "note"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)


def journeys(lives_by_world: Mapping[str, Lives], domain: str | None = None) -> Journeys:
    """The journeys of the people of each world, from the first week of its `Lives` to the last.

    Use to see how lives go in worlds that differ in a policy; the first world is the one that others are held against. Do not
    take one pair of worlds for the effect of the policy: that is a mean over seeds with its interval, as `compare` gives it.

    Parameters
    ----------
    lives_by_world
        The lives, by the name of their world, all of the same number of weeks.
    domain
        "use", "offending" or "mental_health"; None takes all domains together: a lapse in any, recovery in all own ones.

    Raises
    ------
    ComparisonError
        If there is no world or no week, worlds differ in their number of weeks, or the domain is unknown. Where fewer than 30
        people are at risk there is no error but a note in the place of numbers.
    """
    weeks = _check(lives_by_world, domain)
    times = {one.name: {world: times_to(lives, one, domain) for world, lives in lives_by_world.items()} for one in MILESTONES}
    curves = {
        one.name: {world: curve(*at, followed=weeks, event=one.words, fewest=FEWEST) for world, at in times[one.name].items()}
        for one in MILESTONES
    }
    incidence = {
        one.name: {world: _incidence(lives, one, domain, times[one.name][world]) for world, lives in lives_by_world.items()}
        for one in MILESTONES
    }
    return Journeys(
        domain, weeks, curves, incidence,
        {world: lapses_so_far(lives, domain) for world, lives in lives_by_world.items()},
        {world: path_of(lives, domain).of(_at_start(lives, domain, None)) for world, lives in lives_by_world.items()},
        _by_world({world: turns_table(lives, domain) for world, lives in lives_by_world.items()}),
        _log_ranks(times),
    )  # fmt: skip


def times_to(lives: Lives, milestone: Milestone, domain: str | None = None) -> Times:
    """Weeks to the first such event of each person at risk at the start, those who die or reach the end without it censored."""
    who = _at_start(lives, domain, milestone.status)
    first = np.full(lives.people, NEVER)
    for event in milestone.events:
        weeks, persons = lives.when(event, domain)
        np.minimum.at(first, persons, weeks)
    # An event of lived week w is known after w + 1 weeks; so is a death, before which the rest of the week still happened.
    last = np.minimum(lives.died, lives.weeks - 1)
    happened = first <= last
    return np.where(happened, first, last)[who] + 1, happened[who]


def lapses_so_far(lives: Lives, domain: str | None = None) -> MeanCount:
    """Mean number of lapses so far, people with a problem, past or present, at the start, each followed to death or the end."""
    who = _at_start(lives, domain, None)
    place = np.cumsum(who) - 1
    weeks, persons = lives.when("lapse", domain)
    kept = who[persons]
    followed = np.minimum(lives.died, lives.weeks - 1)[who] + 1
    return mean_count(weeks[kept], place[persons[kept]], followed, lives.weeks, "lapses", fewest=FEWEST)


def _incidence(lives: Lives, milestone: Milestone, domain: str | None, times: Times) -> Incidence:
    weeks, happened = times
    died = lives.died[_at_start(lives, domain, milestone.status)] < NEVER
    cause = np.where(happened, 1, np.where(died, 2, CENSORED))
    causes = (milestone.words, f"death before a {milestone.words}")
    return cumulative_incidence(weeks, cause, causes, lives.weeks, fewest=FEWEST)


def _at_start(lives: Lives, domain: str | None, status: int | None) -> np.ndarray:
    """Who is alive at the start with this status in the domain, or in at least one; None: any status of a problem."""
    found = np.zeros(lives.people, dtype=bool)
    for one in DOMAINS if domain is None else (domain,):
        begun = lives.status(one)[0]
        found |= begun != NONE if status is None else begun == status
    return found & (lives.start["alive"] == 1)


def _check(lives_by_world: Mapping[str, Lives], domain: str | None) -> int:
    """Weeks of each of the worlds."""
    if domain is not None and domain not in DOMAINS:
        raise ComparisonError(Problem(f"domain {domain!r}", "an unknown domain", f"one of: {', '.join(DOMAINS)}",
                                      "Leave it out for all domains together."))  # fmt: skip
    weeks = {world: lives.weeks for world, lives in lives_by_world.items()}
    if not weeks:
        raise ComparisonError(Problem("journeys", "no world", "the lives of one world or more", "Give at least one."))
    if len(set(weeks.values())) > 1:
        said = ", ".join(f"{world} {count}" for world, count in weeks.items())
        raise ComparisonError(Problem("journeys", f"worlds of different lengths in weeks: {said}", "one length",
                                      "Cut them to the shortest."))  # fmt: skip
    if not max(weeks.values()):
        raise ComparisonError(Problem("journeys", "worlds of no week", "one week or more", "Take a longer stretch."))
    return next(iter(weeks.values()))


def _log_ranks(times: Mapping[str, Mapping[str, Times]]) -> pd.DataFrame:
    rows = []
    for name, worlds in times.items():
        (base, first), *others = worlds.items()
        for world, second in others:
            rows.append((name, base, world, *_tested(first, second)))
    return pd.DataFrame(rows, columns=["milestone", "base", "other", "statistic", "p", "note"])


def _tested(first: Times, second: Times) -> tuple[float, float, str]:
    if min(len(first[0]), len(second[0])) < FEWEST:
        return np.nan, np.nan, f"fewer than {FEWEST} people are at risk in one of the worlds"
    found = log_rank(first, second)
    return found.statistic, found.p, found.note or NOT_INDEPENDENT


def _tables(found: Mapping[str, Curve] | Mapping[str, Incidence] | Mapping[str, MeanCount]) -> dict[str, pd.DataFrame]:
    return {world: one.table() for world, one in found.items()}


def _by_world(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return _stacked("world", tables)


def _by_milestone(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> pd.DataFrame:
    return _stacked("milestone", {name: _by_world(each) for name, each in tables.items()})


def _stacked(column: str, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables one under the other, the name of each in front."""
    parts: Sequence[pd.DataFrame] = list(tables.values())
    found = pd.concat(parts, ignore_index=True)
    found.insert(0, column, np.repeat(list(tables), [len(part) for part in parts]))
    return found
