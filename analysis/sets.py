"""Has the sets of worlds of a comparison lived, or found in the store, and reduces each to its numbers.

What is kept of each world is a choice. `events`: the weekly table, everybody's state in the two weeks that the comparison
looks at, and every event, so that any outcome, group or split can be asked later without living again. `states`: the same
without the events, and so without what is read from them: journeys, dates, who parts first. `numbers`: only what this very
question asks, for thousands of worlds on a small disk.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import Any, TypeVar

import pandas as pd

from analysis.catalogue import find_outcomes
from analysis.ensemble import Progress, Ran, gather
from analysis.jobs import (
    Asked,
    Check,
    Job,
    Wanted,
    WorldsJob,
    code_that_measures,
    failure_of,
    measured,
    work_of,
)
from analysis.packing import unpack_world
from analysis.pairing import Question, ask
from analysis.pools import Pool
from analysis.store import NUMBERS, WORLDS, Damaged, Entry, RunStore
from analysis.worlds import BASE, Numbers, Pair, Tally, Task, numbers_of, placebo_of, worlds_of
from simulation import settle
from simulation.identity import name_of

Found = TypeVar("Found")

KEEP = ("events", "states", "numbers")
"""What may be kept of each world of a comparison, the usual first."""


def live_sets(
    question: Question,
    tasks: Sequence[Task],
    store: RunStore,
    pool: Pool,
    keep: str = KEEP[0],
    progress: Progress | None = None,
) -> tuple[list[Numbers], Ran]:
    """The numbers of each set of worlds, in the order of the tasks, and what came of the run.

    A set of which a world failed is left out, so that all worlds that are compared share their seeds and draws.

    Raises
    ------
    OutputError
        If the store cannot be written.
    """
    if keep == "numbers":
        return _measure(question, tasks, store, pool, progress)
    return _Sets(question, tasks, store, pool, keep == "events").live(progress)


def jobs_of(question: Question, tasks: Sequence[Task], platform: Mapping[str, str], keep: str) -> list[Job]:
    """A job for each set of worlds; its placebo world apart, unless `keep` is "numbers"."""
    if keep == "numbers":
        return [_set_job(question, task, platform) for task in tasks]
    events = keep == "events"
    return [_worlds_job(worlds_of(question, task, platform, events).values(), question) for task in tasks]


def _worlds_job(worlds: Any, question: Question) -> WorldsJob:
    return WorldsJob(tuple(worlds), question.identical)


class _Sets:
    """Sets of worlds whose worlds are kept in the store."""

    def __init__(
        self, question: Question, tasks: Sequence[Task], store: RunStore, pool: Pool, events: bool
    ) -> None:
        self.question, self.tasks, self.store, self.pool, self.events = question, tasks, store, pool, events
        self.worlds = [worlds_of(question, task, pool.platform, events) for task in tasks]
        self.placebos: dict[int, Wanted] = {}

    def live(self, progress: Progress | None) -> tuple[list[Numbers], Ran]:
        """Live all sets, and then the placebo worlds of those that have one: whom they nudge shows in the base world."""
        more = sum(task.ledger for task in self.tasks)
        jobs = [_worlds_job(worlds.values(), self.question) for worlds in self.worlds]
        results, ran = gather(jobs, self.store, self.pool, self._read, _shifted(progress, 0, more))
        ledgers = sorted(self.placebos)
        placebos = [WorldsJob((self.placebos[place],)) for place in ledgers]
        before = ran.lived + len(ran.failed)
        told = _shifted(progress, before, 0)
        others, again = gather(placebos, self.store, self.pool, lambda at: self._read_with_placebo(ledgers[at]), told)
        ran.add(again)
        if progress is not None and before:  # some placebo worlds may have been there already
            progress(before + more, before + more, 0.0)
        for place, found in zip(ledgers, others, strict=True):
            results[place] = found
        return [found for found in results if found is not None], ran

    def _read(self, place: int) -> Numbers:
        task, lived = self.tasks[place], self._lived(place)
        if task.ledger:
            self.placebos[place] = placebo_of(self.question, task, lived[BASE], self.pool.platform, self.events)
        return numbers_of(self.question, task, lived, events=self.events)

    def _read_with_placebo(self, place: int) -> Numbers:
        placebo = read_world(self.store, self.placebos[place])
        return numbers_of(self.question, self.tasks[place], self._lived(place), placebo, self.events)

    def _lived(self, place: int) -> dict[str, Any]:
        return {label: read_world(self.store, world) for label, world in self.worlds[place].items()}


def read_world(store: RunStore, wanted: Wanted) -> Any:
    """A world that the store has. Raises KeyError or Damaged where it has not, or not whole."""
    return unpack_world(store.read(WORLDS, wanted.name, wanted.files))


def _shifted(progress: Progress | None, before: int, after: int) -> Progress | None:
    """The same progress as a part of a longer run: so many worlds come before it, so many after."""
    if progress is None:
        return None
    tell = progress
    return lambda done, total, left: tell(before + done, before + total + after, left)


def _measure(
    question: Question, tasks: Sequence[Task], store: RunStore, pool: Pool, progress: Progress | None
) -> tuple[list[Numbers], Ran]:
    """The same where only the numbers are kept; sets whose worlds the store has all the same are read from them."""
    every = with_usual_outcomes(question)
    jobs = {place: _set_job(every, task, pool.platform) for place, task in enumerate(tasks)}
    lacking = [place for place, job in jobs.items() if not store.has(*job.wanted[0])]
    there = [place for place in lacking if _has_worlds(question, tasks[place], store, pool)]
    events = question.needs_events
    kept, ran = _Sets(question, [tasks[place] for place in there], store, pool, events).live(None)
    left = [(tasks[place], job) for place, job in jobs.items() if place not in there]

    def read(at: int) -> Numbers:
        task, job = left[at]
        return _numbers_from(store.read(NUMBERS, job.name), task, every)

    found, more = gather([job for _, job in left], store, pool, read, progress)
    ran.add(more)
    return _in_order([*kept, *(one for one in found if one is not None)], tasks), ran


def with_usual_outcomes(question: Question) -> Question:
    """The same question of the usual outcomes too, as numbers are kept of them: others can be asked of the same numbers."""
    return replace(question, outcomes=tuple(dict.fromkeys([*find_outcomes(None), *question.outcomes])))


def number_jobs(sets: Sequence[tuple[Question, Task]], platform: Mapping[str, str]) -> list[Job]:
    """A job for each set of worlds, each of a question of its own, of which only the numbers are kept."""
    return [_set_job(with_usual_outcomes(question), task, platform) for question, task in sets]


def reduce_sets(
    sets: Sequence[tuple[Question, Task]],
    store: RunStore,
    pool: Pool,
    read: Callable[[int, Numbers], Found],
    progress: Progress | None = None,
) -> tuple[list[Found | None], list[str], Ran]:
    """What `read` makes of the numbers of each set, of which it is given the place: for thousands of sets, one at a time.

    None stands for a set of which a world failed. Also the name of each set in the store, and what came of the run.

    Raises
    ------
    OutputError
        If the store cannot be written.
    """
    jobs = number_jobs(sets, pool.platform)
    names = [job.wanted[0][1] for job in jobs]

    def take(at: int) -> Found:
        question, task = sets[at]
        return read(at, _numbers_from(store.read(NUMBERS, names[at]), task, question))

    found, ran = gather(jobs, store, pool, take, progress)
    return found, names, ran


def _has_worlds(question: Question, task: Task, store: RunStore, pool: Pool) -> bool:
    worlds = worlds_of(question, task, pool.platform, question.needs_events).values()
    return all(store.has(WORLDS, one.name, one.files) for one in worlds)


def _in_order(numbers: Sequence[Numbers], tasks: Sequence[Task]) -> list[Numbers]:
    """The numbers in the order of their tasks."""
    place = {id(task): at for at, task in enumerate(tasks)}
    return sorted(numbers, key=lambda found: place[id(found.task)])


def _set_job(question: Question, task: Task, platform: Mapping[str, str]) -> SetJob:
    worlds = worlds_of(question, task, platform)
    asked = {
        "outcomes": [outcome.id for outcome in question.outcomes], "primary": question.primary.id, "by": question.by,
        "group": question.group.name, "first_week": question.first_week, "horizon": question.horizon, "ledger": task.ledger,
        "shown": task.draw is None, "labels": list(question.labels),
    }  # fmt: skip
    identity = {
        "measured": "comparison", "worlds": [world.name for world in worlds.values()], "asked": asked, "seed": task.seed,
        "people": question.people, "weeks": max(world.scenario.weeks for world in worlds.values()),
        "scenario": f"{question.base.name} against {', '.join(question.labels)}", "platform": dict(platform),
        "code": code_that_measures("analysis.sets"),
    }  # fmt: skip
    plans = (question.base, *question.others)
    return SetJob(name_of(identity), identity, plans, tuple(asked["outcomes"]), question.by, task, platform)


@dataclass(frozen=True)
class SetJob:
    """One set of worlds of which only the numbers are kept."""

    name: str
    identity: Mapping[str, Any]
    plans: tuple[Any, ...]
    outcomes: tuple[str, ...]
    by: str | None
    task: Task
    platform: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[Asked, ...]:
        """The numbers of this set."""
        return ((NUMBERS, self.name, ()),)

    @property
    def told(self) -> str:
        """Which set it is, in a few words."""
        draw = "" if self.task.draw is None else f", draw {self.task.draw}"
        return f"{self.identity['scenario']}, seed {self.task.seed}{draw}"

    @property
    def worlds(self) -> int:
        """How many worlds it lives; one that is compared with itself is lived once."""
        return len(self._different) + (1 if self.task.ledger else 0)

    @property
    def work(self) -> float:
        """How much it has to live, in person-weeks, burn-in included."""
        return work_of(self._different, shared=True)

    @property
    def _different(self) -> list[Any]:
        return list(dict(zip(self.identity["worlds"], self.plans, strict=True)).values())

    def without(self, found: Any) -> SetJob | None:
        """The same job; None where its numbers are found."""
        return None if found(*self.wanted[0]) else self

    def run(self, check: Check) -> list[Entry]:
        """Live the worlds and reduce them to their numbers."""
        return measured(self.name, self.identity, self.told, lambda: self._measure(check))

    def failures(self, message: str) -> list[Entry]:
        """The record of its failure as a whole."""
        return [failure_of(self.name, self.identity, self.told, message)]

    def _measure(self, check: Check) -> tuple[dict[str, Any], dict[str, bytes]]:
        question = ask(self.plans[0], list(self.plans[1:]), list(self.outcomes), self.by)
        events = question.needs_events
        wanted = worlds_of(question, self.task, self.platform, events)
        base = wanted[BASE]
        start = None
        if question.identical:
            start = settle(base.scenario, seed=base.seed, assumptions=base.assumptions, progress=check)
        different = {world.name: world for world in wanted.values()}
        by_name = {name: world.live(check, start) for name, world in different.items()}
        lived: dict[str, Any] = {label: by_name[world.name] for label, world in wanted.items()}
        placebo = None
        if self.task.ledger:
            placebo = placebo_of(question, self.task, lived[BASE], self.platform, events).live(check, start)
        return _plain_numbers(numbers_of(question, self.task, lived, placebo, events), question)


def _plain_numbers(found: Numbers, question: Question) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Numbers as plain values and files, for the store."""
    content = {
        "pairs": [[*key, pair.people, _known(pair.base), _known(pair.other), pair.known] for key, pair in found.pairs.items()],
        "totals": {label: _known(value) for label, value in found.totals.items()},
        "flags": {label: list(both) for label, both in found.flags.items()},
        "reach": found.reach, "base_reach": found.base_reach, "tried": found.tried, "reached": found.reached,
        "identical": found.identical, "tallies": [[*key, *astuple(tally)] for key, tally in found.tallies.items()],
        "placebo": [[group, *astuple(tally)] for group, tally in found.placebo.items()],
    }  # fmt: skip
    files = {}
    for number, label in enumerate((BASE, *question.labels)):
        if label in found.weekly:
            sink = io.BytesIO()
            found.weekly[label].to_parquet(sink, index=False)
            files[_shown_file(number)] = sink.getvalue()
    return content, files


def _numbers_from(entry: Entry, task: Task, question: Question) -> Numbers:
    """Numbers as the store has them. Raises Damaged where the entry is whole but not what this version writes."""
    content, files = entry.content, entry.files
    try:
        labels = (BASE, *question.labels)
        shown = {label: files[_shown_file(at)] for at, label in enumerate(labels) if _shown_file(at) in files}
        return Numbers(
            task,
            pairs={(row[0], row[1], row[2]): Pair(row[3], _number(row[4]), _number(row[5]), row[6]) for row in content["pairs"]},
            totals={label: _number(value) for label, value in content["totals"].items()},
            flags={label: (both[0], both[1]) for label, both in content["flags"].items()},
            reach=content["reach"], base_reach=content["base_reach"], tried=content["tried"], reached=content["reached"],
            identical=content["identical"], tallies={(row[0], row[1]): Tally(*row[2:]) for row in content["tallies"]},
            placebo={row[0]: Tally(*row[1:]) for row in content["placebo"]},
            weekly={label: pd.read_parquet(io.BytesIO(data)) for label, data in shown.items()},
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Damaged(entry.kind, entry.name, "record.json", "cannot be read") from error


def _shown_file(number: int) -> str:
    return f"weekly-{number:02d}.parquet"


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float | None) -> float:
    return math.nan if value is None else value
