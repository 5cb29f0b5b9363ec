"""The same passes in plain Python, for teaching and debugging: the same history as the compiled ones, far slower."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation import engine
from simulation.book import Book
from simulation.fast import in_chunks
from simulation.state import read_rows, write_rows

if TYPE_CHECKING:
    from simulation.world import World


class Records(list[Any]):
    """Rows of a structured table as plain objects with the same names; it also says its length as an array does."""

    def __init__(self, table: np.ndarray) -> None:
        names = table.dtype.names or ()
        super().__init__(SimpleNamespace(**dict(zip(names, row, strict=True))) for row in table.tolist())

    @property
    def shape(self) -> tuple[int]:
        """Number of rows, as an array gives it."""
        return (len(self),)

    def put_back(self, table: np.ndarray) -> None:
        """Write the objects back into the rows of `table`."""
        names = table.dtype.names or ()
        table[:] = np.array([tuple(getattr(one, name) for name in names) for one in self], dtype=table.dtype)


def plain_sight(seen: tuple[np.ndarray, np.ndarray]) -> tuple[Records, Records]:
    """What can be seen of people, at a glance and closer by, as plain objects."""
    glance, closer = seen
    return Records(glance), Records(closer)


def no_luck() -> SimpleNamespace:
    """Luck of a week before any of it is drawn: numbers at which nothing happens."""
    return SimpleNamespace(**dict.fromkeys(engine.CHANCES, 1.0))


def _settings(world: World) -> tuple[Any, Records, Records]:
    return world.policy.setting_of, Records(world.policy.settings), Records(world.assume)


def _put_back(plain: tuple[Records, Records], seen: tuple[np.ndarray, np.ndarray]) -> None:
    for records, table in zip(plain, seen, strict=True):
        records.put_back(table)


class PlainWeek:
    """One week of one world, in plain passes over objects made from its columns."""

    def __init__(self, world: World) -> None:
        self.world = world

    def live(self, level: float) -> None:
        """Steps 2 to 13 for everyone alive, at this `level` of public stigma, 0 to 1."""
        world, ties = self.world, self.world.ties
        rows, seen, seen_next = read_rows(world.people), plain_sight(world.seen), plain_sight(world.seen_next)
        for (low, high), book in zip(world.ranges, world.books, strict=True):
            engine.live_rows(
                low, high, world.seed, world.week, world.mode, level, rows, *_settings(world), Records(world.areas_table),
                ties.kin, ties.estranged, ties.others, seen, seen_next, [no_luck()], book.pages,
            )  # fmt: skip
        write_rows(rows, world.people)
        _put_back(seen_next, world.seen_next)

    def tie(self) -> None:
        """Step 14 for everyone."""
        world, ties = self.world, self.world.ties
        rows, seen = read_rows(world.people), plain_sight(world.seen_next)
        for (low, high), book in zip(world.ranges, world.books, strict=True):
            engine.tie_rows(
                low, high, world.seed, world.week, world.mode, rows, *_settings(world), ties.kin, ties.estranged,
                ties.others, ties.kind, seen, book.pages,
            )  # fmt: skip

    def show(self) -> None:
        """What others see of everyone as they stand."""
        world = self.world
        seen = plain_sight(world.seen_next)
        rows = read_rows(world.people)
        engine.show_rows(0, len(rows), rows, *_settings(world), Records(world.areas_table), seen)
        _put_back(seen, world.seen_next)

    def take_stock(self, level: float) -> None:
        """Derived columns of everyone as they stand."""
        world, ties = self.world, self.world.ties
        rows = read_rows(world.people)
        engine.take_stock_of_rows(
            0, len(rows), level, rows, *_settings(world), Records(world.areas_table), ties.kin, ties.estranged,
            ties.others, plain_sight(world.seen_next),
        )  # fmt: skip
        write_rows(rows, world.people)

    def add_up(self) -> tuple[np.ndarray, np.ndarray]:
        """Counts and sums of the state as it stands, in the order of `engine.COUNTS` and `engine.SUMS`."""
        world = self.world
        rows, assume = read_rows(world.people), Records(world.assume)
        return in_chunks(
            len(rows),
            lambda low, high, counts, sums: engine.add_up_rows(low, high, world.row_of, rows, assume, counts, sums),
        )

    def close(self) -> None:
        """Nothing is held."""


def live_alone(world: World, row: int, level: float) -> np.void:
    """Steps 2 to 13 for the person of one row, from what others show now; gives the row that it leads to."""
    ties = world.ties
    state = world.people[row : row + 1].copy()
    person = read_rows(state)
    _, settings, assume = _settings(world)
    engine.live_rows(
        0, 1, world.seed, world.week, world.mode, level, person, [int(world.policy.setting_of[row])], settings, assume,
        Records(world.areas_table), ties.kin, ties.estranged, ties.others, plain_sight(world.seen_next),
        plain_sight(world.seen_next), [no_luck()], Book(1).pages,
    )  # fmt: skip
    write_rows(person, state)
    lived: np.void = state[0]
    return lived
