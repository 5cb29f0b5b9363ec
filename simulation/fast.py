"""The passes of `simulation.engine` over a world's columns, compiled, shared by threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.compiled import CHANCE_DTYPE, kernels
from simulation.engine import COUNTS, SUMS

if TYPE_CHECKING:
    from simulation.world import World

IDS_A_CHUNK = 4096
"""People added up together, in the order of ids: sums do not depend on how many threads share the work."""


class CompiledWeek:
    """One week of one world, in compiled passes over ranges of rows; each thread has its own luck and its own book."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._kernels = kernels()
        self._chances = np.ones(len(world.ranges), dtype=CHANCE_DTYPE)
        self._pool = ThreadPoolExecutor(len(world.ranges)) if len(world.ranges) > 1 else None

    def _share(self, work: Callable[[int, int, int], None]) -> None:
        """Do `work(part, low, high)` for each range of rows, on the threads there are."""
        ranges = self.world.ranges
        if self._pool is None:
            work(0, *ranges[0])
            return
        for done in [self._pool.submit(work, part, low, high) for part, (low, high) in enumerate(ranges)]:
            done.result()

    def _settings(self) -> tuple[Any, ...]:
        policy = self.world.policy
        return policy.setting_of, policy.settings, self.world.assume

    def live(self, level: float) -> None:
        """Steps 2 to 13 for everyone alive, at this `level` of public stigma, 0 to 1."""
        world, ties = self.world, self.world.ties

        def work(part: int, low: int, high: int) -> None:
            self._kernels.live_rows(
                low, high, world.seed, world.week, world.mode, level, world.people, *self._settings(), world.areas_table,
                ties.kin, ties.estranged, ties.others, world.seen, world.seen_next, self._chances[part : part + 1],
                world.books[part].pages,
            )  # fmt: skip

        self._share(work)

    def tie(self) -> None:
        """Step 14 for everyone."""
        world, ties = self.world, self.world.ties

        def work(part: int, low: int, high: int) -> None:
            self._kernels.tie_rows(
                low, high, world.seed, world.week, world.mode, world.people, *self._settings(), ties.kin, ties.estranged,
                ties.others, ties.kind, world.seen_next, world.books[part].pages,
            )  # fmt: skip

        self._share(work)

    def show(self) -> None:
        """What others see of everyone as they stand."""
        world = self.world
        self._kernels.show_rows(0, len(world.people), world.people, *self._settings(), world.areas_table, world.seen_next)

    def take_stock(self, level: float) -> None:
        """Derived columns of everyone as they stand."""
        world, ties = self.world, self.world.ties
        self._kernels.take_stock_of_rows(
            0, len(world.people), level, world.people, *self._settings(), world.areas_table, ties.kin, ties.estranged,
            ties.others, world.seen_next,
        )  # fmt: skip

    def add_up(self) -> tuple[np.ndarray, np.ndarray]:
        """Counts and sums of the state as it stands, in the order of `engine.COUNTS` and `engine.SUMS`."""
        world = self.world
        return in_chunks(
            len(world.people),
            lambda low, high, counts, sums: self._kernels.add_up_rows(
                low, high, world.row_of, world.people, world.assume, counts, sums
            ),
            map if self._pool is None else self._pool.map,
        )

    def close(self) -> None:
        """Let go of the threads."""
        if self._pool is not None:
            self._pool.shutdown()


def in_chunks(
    people: int,
    add: Callable[[int, int, np.ndarray, np.ndarray], Any],
    each: Callable[[Callable[[int], None], range], Iterable[None]] = map,
) -> tuple[np.ndarray, np.ndarray]:
    """Counts and sums added up by `add(low, high, counts, sums)` for each chunk of ids, and then over chunks, in their order.

    `each` does a piece of work for each chunk, on one thread or many.
    """
    lows = range(0, people, IDS_A_CHUNK)
    counts = np.zeros((len(lows), len(COUNTS)), dtype=np.int64)
    sums = np.zeros((len(lows), len(SUMS)))

    def work(chunk: int) -> None:
        low = lows[chunk]
        add(low, min(low + IDS_A_CHUNK, people), counts[chunk], sums[chunk])

    for _ in each(work, range(len(lows))):
        pass
    total = np.zeros(len(SUMS))
    for part in sums:
        total += part
    return counts.sum(axis=0), total
