"""Runs the jobs that a question needs: leaves out what the store has, keeps what is lived as it comes, and stops at once.

Workers of this machine write each world to the store when it is finished, so that an interruption loses only those that are
being lived; those of a cluster hand theirs over, and this process writes. However many jobs there are, a few are in flight at a
time, so that memory stays as it is.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from analysis.jobs import Check, Job
from analysis.pools import Died, Pool
from analysis.store import FAILED, Damaged, Entry, RunStore

Found = TypeVar("Found")

Progress = Callable[[int, int, float | None], None]
"""Told how many worlds are done, of how many, and the seconds left (None while nothing is known)."""

ROUNDS = 3
"""How many times what was found damaged on reading is lived again before giving up."""

DIED = (
    "the process that lived it was ended twice from outside or by a crash: out of memory is the usual cause (fewer people, or "
    "fewer workers, need less)"
)


@dataclass
class Ran:
    """What came of some jobs: worlds lived now, worlds that were there already, failures, files found damaged and lived again."""

    lived: int = 0
    reused: int = 0
    failed: list[Entry] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    def add(self, more: Ran) -> None:
        """Count in what came of further jobs."""
        self.lived += more.lived
        self.reused += more.reused
        self.failed += more.failed
        self.damaged += more.damaged


def run_jobs(
    jobs: Sequence[Job],
    store: RunStore,
    pool: Pool,
    progress: Progress | None = None,
    ready: Callable[[int], None] | None = None,
) -> Ran:
    """Have all that `jobs` want in the store: lives what is missing, on `pool`.

    `ready` is called with the place of each job, in this thread, once all that it wants is there and nothing of it failed.
    An interruption stops the pool at once; what was finished by then is kept.

    Raises
    ------
    OutputError
        If the store cannot be written.
    """
    run = _Run(jobs, store, pool, progress, ready)
    try:
        run.go()
    except BaseException:
        pool.stop()
        run.keep_finished()
        raise
    return run.ran


def gather(
    jobs: Sequence[Job],
    store: RunStore,
    pool: Pool,
    read: Callable[[int], Found],
    progress: Progress | None = None,
) -> tuple[list[Found | None], Ran]:
    """What `read` makes of each job's entries once they are there, in the order of the jobs, and what came of the run.

    None stands for a job of which something failed. What turns out to be damaged on reading is lived again.

    Raises
    ------
    OutputError
        If the store cannot be written.
    Damaged
        If a store damages faster than worlds can be lived.
    """
    results: list[Found | None] = [None] * len(jobs)
    again: list[int] = []
    last: Damaged | KeyError | None = None

    def take(place: int) -> None:
        nonlocal last
        try:
            results[place] = read(place)
        except (Damaged, KeyError) as error:
            last = error
            again.append(place)
            if isinstance(error, Damaged):
                ran.damaged.append(f"{store.place(error.kind, error.name) / error.file}: {error.why}")
                store.drop(error.kind, error.name)

    ran = Ran()
    ran.add(run_jobs(jobs, store, pool, progress, take))
    for _ in range(ROUNDS - 1):
        if not again:
            return results, ran
        places, again = again, []
        some = [jobs[place] for place in places]
        ran.add(_lived_again(some, store, pool, lambda at, places=places: take(places[at])))
    if again and last is not None:
        raise last
    return results, ran


def _lived_again(jobs: Sequence[Job], store: RunStore, pool: Pool, take: Callable[[int], None]) -> Ran:
    """What came of living damaged worlds once more; those counted as there already are not counted twice."""
    more = run_jobs(jobs, store, pool, None, take)
    return Ran(more.lived, -more.lived, more.failed, more.damaged)


@dataclass(frozen=True)
class _Kept:
    """A job that is run where the store lies: each entry is written once it is finished, and comes back without its files."""

    job: Job
    folder: Path

    def run(self, check: Check) -> Iterator[Entry]:
        """Run it."""
        store = RunStore(self.folder)
        for entry in self.job.run(check):
            store.put(entry)
            yield replace(entry, files={})


class _Run:
    """Jobs on their way through a pool into a store."""

    def __init__(
        self, jobs: Sequence[Job], store: RunStore, pool: Pool, progress: Progress | None, ready: Any
    ) -> None:
        self.store, self.pool, self.ready, self.ran = store, pool, ready, Ran()
        self.there: deque[int] = deque()
        self.queue: deque[tuple[int, Job]] = deque()
        self.flying: dict[Future[list[Entry]], tuple[int, Job]] = {}
        for place, job in enumerate(jobs):
            self._sort(place, job)
        # Two commands on one store share the work if each takes it in an order of its own.
        random.shuffle(self.queue)
        self.clock = _Clock([job for _, job in self.queue], progress)

    def go(self) -> None:
        """Run everything."""
        if self.queue:
            self.store.check_writable()
        self.clock.tell()
        while self.queue or self.flying or self.there:
            self._fill()
            if self.there:
                self._hand_over(self.there.popleft())
            elif self.flying:
                self._land(*wait(self.flying, timeout=0.5, return_when=FIRST_COMPLETED))

    def keep_finished(self) -> None:
        """After an interruption: keep what was finished and handed over, but not yet written."""
        if self.pool.reaches_store:
            return
        for future in [future for future in self.flying if future.done() and not future.cancelled()]:
            with contextlib.suppress(Exception):
                for entry in future.result():
                    self.store.put(entry)

    def _sort(self, place: int, job: Job) -> None:
        """Take up a job, less what is there already."""
        left = job.without(self.store.has)
        self.ran.reused += job.worlds - (left.worlds if left else 0)
        if left is None:
            self.there.append(place)
            return
        self.queue.append((place, left))
        for kind, name, _ in left.wanted:
            if damage := self.store.damage(kind, name):
                self.ran.damaged.append(f"{self.store.place(kind, name)}/{damage}")

    def _fill(self) -> None:
        while self.queue and len(self.flying) < 2 * self.pool.width:
            place, job = self.queue.popleft()
            fresh = job.without(self.store.has)  # another command may have lived it meanwhile
            self.ran.reused += job.worlds - (fresh.worlds if fresh else 0)
            self.clock.skip(job, fresh)
            if fresh is None:
                self.there.append(place)
            else:
                self.flying[self._submit(fresh)] = (place, fresh)

    def _submit(self, job: Job) -> Future[list[Entry]]:
        return self.pool.submit(_Kept(job, self.store.folder.absolute()) if self.pool.reaches_store else job)

    def _hand_over(self, place: int) -> None:
        if self.ready is not None:
            self.ready(place)

    def _land(self, done: set[Future[list[Entry]]], _flying: set[Future[list[Entry]]]) -> None:
        suspects = []
        for future in done:
            place, job = self.flying.pop(future)
            try:
                self._keep(place, job, future.result())
            except Died:
                suspects.append((place, job))
        if not suspects:
            return
        suspects += self._clear()
        self.pool.revive()
        for place, job in suspects:
            left = job.without(self.store.has)  # some of its worlds may have been finished before
            self.ran.lived += job.worlds - (left.worlds if left else 0)
            self.clock.skip(job, left)
            if left is None:
                self.there.append(place)
            else:
                self._alone(place, left)

    def _clear(self) -> Iterator[tuple[int, Job]]:
        """Jobs in flight when a process died, those left out that came back whole all the same."""
        for future, (place, job) in list(self.flying.items()):
            try:
                self._keep(place, job, future.result())
            except Died:
                yield place, job
        self.flying = {}

    def _alone(self, place: int, job: Job) -> None:
        """Try a job whose process died once more, alone, so that the guilt of another is not its own."""
        future = self._submit(job)
        self.flying = {future: (place, job)}
        while not future.done():
            wait([future], timeout=0.5)
        self.flying = {}
        try:
            self._keep(place, job, future.result())
        except Died:
            self.pool.revive()
            left = job.without(self.store.has)
            failures = left.failures(DIED) if left else []
            for entry in failures:
                self.store.put(entry)
            self._count(place, job, failures)

    def _keep(self, place: int, job: Job, entries: list[Entry]) -> None:
        if not self.pool.reaches_store:
            for entry in entries:
                self.store.put(entry)
        self._count(place, job, entries)

    def _count(self, place: int, job: Job, entries: list[Entry]) -> None:
        failed = [entry for entry in entries if entry.kind == FAILED]
        for entry in entries:
            if entry.kind != FAILED:
                self.store.drop(FAILED, entry.name)
        self.ran.failed += failed
        self.ran.lived += job.worlds - min(job.worlds, len(failed))
        self.clock.add(job)
        if not failed:
            self.there.append(place)


class _Clock:
    """Tells `progress` how far a run is, and how long the rest will take at the pace so far."""

    def __init__(self, jobs: Sequence[Job], progress: Progress | None) -> None:
        self.worlds, self.work = sum(job.worlds for job in jobs), sum(job.work for job in jobs)
        self.done, self.worked = 0, 0.0
        self.progress, self.started = progress, time.monotonic()

    def skip(self, job: Job, fresh: Job | None) -> None:
        """Leave out what another command has lived."""
        self.worlds -= job.worlds - (fresh.worlds if fresh else 0)
        self.work -= job.work - (fresh.work if fresh else 0.0)

    def add(self, job: Job) -> None:
        """Count a job as done."""
        self.done += job.worlds
        self.worked += job.work
        self.tell()

    def tell(self) -> None:
        """Say how far it is."""
        if self.progress is not None and self.worlds:
            passed = time.monotonic() - self.started
            left = passed / self.worked * (self.work - self.worked) if self.worked else None
            self.progress(self.done, self.worlds, left)
