"""What a comparison would take, before it is run: worlds, minutes, gigabytes."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from analysis.jobs import Job, WorldsJob, work_of, world_wanted
from analysis.packing import EVENTS, WEEKLY, state_file
from analysis.pairing import Question
from analysis.sets import jobs_of, read_world
from analysis.store import Damaged, RunStore
from analysis.worlds import BASE, Task, placebo_of, worlds_of
from simulation.history import platform_tag

PROBE_PEOPLE, PROBE_WEEKS, PROBES = 2_000, 52, 2
"""Size of the small world that is lived to see how fast this machine is, and how often."""

START_SECONDS = 4.0
"""Seconds until processes are there to live worlds."""

BYTES_OF_A_RECORD, BYTES_OF_NUMBERS = 12_000.0, 10_000.0
"""Room that the record of an entry takes, and the numbers of one set where nothing else is kept."""


@dataclass(frozen=True)
class Estimate:
    """Worlds that a comparison needs, how many of them are there already, and what the others would take."""

    worlds: int
    there: int
    workers: int
    minutes: float
    gigabytes: float
    free_gigabytes: float

    def sentences(self) -> list[str]:
        """The same in words."""
        left = self.worlds - self.there
        lines = [f"{self.worlds:,} worlds, of which {self.there:,} are there already and {left:,} are to be lived."]
        if left:
            minutes = _minutes_in_words(self.minutes)
            room = "less than 0.01 GB" if self.gigabytes < 0.01 else f"about {self.gigabytes:,.2f} GB"
            lines.append(
                f"On {self.workers} worker{'' if self.workers == 1 else 's'}: {minutes}. In the store: {room} more, of "
                f"{self.free_gigabytes:,.1f} GB free."
            )
        if self.gigabytes > self.free_gigabytes:
            lines.append("That is more than there is room for: keep less (--keep numbers), or name another --store.")
        return lines

    def record(self) -> dict[str, Any]:
        """The same as plain values."""
        return {**asdict(self), "to_live": self.worlds - self.there}


def _minutes_in_words(minutes: float) -> str:
    whole = round(minutes)
    return "less than a minute" if whole < 1 else "about a minute" if whole == 1 else f"about {whole:,} minutes"


def estimate(
    question: Question,
    tasks: Sequence[Task],
    store: RunStore,
    workers: int,
    keep: str,
    platform: Mapping[str, str],
    beside: Sequence[Job] = (),
) -> Estimate:
    """What it would take to have these sets of worlds, from what the store has and from a small world lived here and now.

    `beside` are jobs of further worlds of the same size; worlds that several jobs want are counted once. Good to a third or so:
    how fast a machine is changes with what else it does.
    """
    asked = [*jobs_of(question, tasks, platform, keep), *_placebos(question, tasks, store, keep, platform), *beside]
    return estimate_jobs(question, asked, store, workers, keep)


def estimate_jobs(question: Question, asked: Sequence[Job], store: RunStore, workers: int, keep: str) -> Estimate:
    """What it would take to have what these jobs give; the question says what kind of world shows how fast this machine is."""
    jobs = _each_once(asked)
    left = [job for job in (one.without(store.has) for one in jobs) if job is not None]
    worlds, missing = sum(job.worlds for job in jobs), sum(job.worlds for job in left)
    pace = _probe(question, keep == "events")
    side_by_side = max(1, min(workers, len(left)))
    seconds = pace.seconds * sum(job.work for job in left) / side_by_side + (START_SECONDS if left else 0.0)
    room = sum(pace.room(job) for job in left)
    return Estimate(worlds, worlds - missing, workers, seconds / 60, room / 1e9, _free_bytes(store.folder) / 1e9)


def _each_once(jobs: Sequence[Job]) -> list[Job]:
    """The jobs less the worlds that one before them gives."""
    given: set[tuple[str, str]] = set()

    def is_given(kind: str, name: str, _: tuple[str, ...]) -> bool:
        return (kind, name) in given

    found = []
    for job in jobs:
        left = job.without(is_given)
        if left is not None:
            found.append(left)
            given.update((kind, name) for kind, name, _ in left.wanted)
    return found


@dataclass(frozen=True)
class _Pace:
    """Seconds that a person-week takes here, and the bytes of one person's state, of one week, and of a person-week's events."""

    seconds: float
    state: float
    week: float
    events: float

    def room(self, job: Job) -> float:
        """Bytes that a job's entries take."""
        if not isinstance(job, WorldsJob):
            return BYTES_OF_A_RECORD + BYTES_OF_NUMBERS
        return sum(
            BYTES_OF_A_RECORD
            + len(one.states) * one.scenario.people * self.state
            + one.scenario.weeks * (self.week + one.scenario.people * self.events)
            for one in job.asked
        )


def _placebos(
    question: Question, tasks: Sequence[Task], store: RunStore, keep: str, platform: Mapping[str, str]
) -> list[Job]:
    """The placebo worlds: by name where the base world is there to say whom they nudge, else somebody's."""
    found: list[Job] = []
    for task in tasks if keep != "numbers" else ():
        if task.ledger:
            try:
                base = read_world(store, worlds_of(question, task, platform, keep == "events")[BASE])
                found.append(WorldsJob((placebo_of(question, task, base, platform, keep == "events"),)))
            except (KeyError, Damaged):
                nobody = world_wanted(question.base, task.seed, nudge=-1, events=keep == "events", platform=platform)
                found.append(WorldsJob((nobody,)))
    return found


def _probe(question: Question, events: bool) -> _Pace:
    """How fast this machine is now, and what a small world takes."""
    people = min(question.people, PROBE_PEOPLE)
    small = replace(question.base, people=people, years=PROBE_WEEKS / 52, policies=(), experiments=())
    world = world_wanted(small, 1, states=(PROBE_WEEKS,), events=events, platform=platform_tag())
    times = []
    for _ in range(PROBES):
        began = time.perf_counter()
        entry = world.lived(lambda *_: None)
        times.append(time.perf_counter() - began)
    sizes = {name: len(data) for name, data in entry.files.items()}
    return _Pace(
        min(times) / work_of([small], shared=True), sizes[state_file(PROBE_WEEKS)] / people, sizes[WEEKLY] / PROBE_WEEKS,
        sizes.get(EVENTS, 0) / people / PROBE_WEEKS,
    )  # fmt: skip


def _free_bytes(folder: Path) -> int:
    """Room on the disk where a folder is, or would be made."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free
