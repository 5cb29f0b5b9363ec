"""Runs many worlds at once on this machine, keeps only what was asked of each, and stops at once when interrupted."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

Progress = Callable[[int, int, float | None], None]
"""Told how many worlds are done, of how many, and the seconds left (None while nothing is known)."""


class Stopped(Exception):
    """Raised inside a world when the run that it belongs to has been stopped."""


class Bell:
    """Rung to stop every world of a run; `check` is what a world calls each week."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Stop the run's worlds in the week they are living."""
        self._rung.set()

    def check(self, *_: object) -> None:
        """Nothing, or Stopped once the bell has been rung."""
        if self._rung.is_set():
            raise Stopped


def run_all(
    tasks: Sequence[Task],
    live: Callable[[Task, Bell], Result],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    weights: Sequence[int] | None = None,
) -> list[Result]:
    """What `live` gives for each task, in the order of the tasks, run by `workers` threads (default: one a core).

    `live` must reduce its world to the numbers wanted: only its result is kept. `weights` says how many worlds each task
    holds. The first failure, or an interruption from the keyboard, rings the bell for the other worlds and is raised.
    """
    weights = list(weights) if weights is not None else [1] * len(tasks)
    clock = _Clock(sum(weights), progress)
    bell = Bell()
    pool = ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1, thread_name_prefix="world")
    try:
        futures = {pool.submit(live, task, bell): at for at, task in enumerate(tasks)}
        results: list[Result | None] = [None] * len(tasks)
        waiting = set(futures)
        clock.tell(0)
        while waiting:
            done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                results[futures[future]] = future.result()
            clock.tell(sum(weights[futures[future]] for future in done))
        return results
    except BaseException:
        bell.ring()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Clock:
    """Tells `progress` how far a run is, and how long the rest will take at the pace so far."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total, self.progress, self.done, self.started = total, progress, 0, time.monotonic()

    def tell(self, more: int) -> None:
        self.done += more
        if self.progress is None:
            return
        passed = time.monotonic() - self.started
        left = passed / self.done * (self.total - self.done) if self.done else None
        self.progress(self.done, self.total, left)
