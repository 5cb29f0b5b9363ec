"""The same rule in plain Python, for teaching and debugging: the same history as the compiled one, far slower."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation import engine
from simulation.book import Book
from simulation.state import PersonRow, read_rows, write_rows

if TYPE_CHECKING:
    from simulation.world import World


def records(table: np.ndarray) -> list[Any]:
    """Rows of a structured `table` as plain objects with the same names."""
    names = table.dtype.names or ()
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in table.tolist()]


def put_back(objects: list[Any], table: np.ndarray) -> None:
    """Write plain objects back into the rows of a structured `table`."""
    names = table.dtype.names or ()
    table[:] = np.array([tuple(getattr(one, name) for name in names) for one in objects], dtype=table.dtype)


def no_luck() -> SimpleNamespace:
    """Luck of a week before any of it is drawn: numbers at which nothing happens."""
    return SimpleNamespace(**dict.fromkeys(engine.CHANCES, 1.0))


class PlainWeek:
    """The passes of `simulation.engine` over plain objects made from a world's columns."""

    records = staticmethod(records)

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def rows(self) -> list[PersonRow]:
        """Everyone, as plain objects, in the order in which they are stored."""
        return read_rows(self.world.people)

    def _common(self) -> tuple:
        world = self.world
        return world.policy.setting_of, records(world.policy.settings), records(world._assume)

    def live(self, level: float) -> None:
        """Steps 2 to 13 for everyone alive."""
        world = self.world
        rows, seen, seen_next = self.rows, records(world._seen), records(world._seen_next)
        for part, (low, high) in enumerate(world._ranges()):
            arguments = self._arguments(rows, seen, seen_next, level, world._books[part].pages)
            engine.live_rows(low, high, *arguments)
        write_rows(rows, world.people)
        put_back(seen_next, world._seen_next)

    def _arguments(self, rows: list, seen: list, seen_next: list, level: float, pages: tuple) -> tuple:
        world, ties = self.world, self.world.ties
        setting_of, settings, assume = self._common()
        return (
            world.seed, world.week, world.mode, level, rows, setting_of, settings, assume, records(world._areas), ties.kin,
            ties.estranged, ties.others, seen, seen_next, [no_luck()], pages,
        )  # fmt: skip

    def live_alone(self, row: int, level: float) -> np.void:
        """Steps 2 to 13 for the person of one row, from what others show now; gives the row that it leads to."""
        world = self.world
        state = world.people[row : row + 1].copy()
        person = read_rows(state)
        seen = records(world._seen_next)
        _, settings, assume = self._common()
        setting_of = [int(world.policy.setting_of[row])]
        ties = world.ties
        engine.live_rows(
            0, 1, world.seed, world.week, world.mode, level, person, setting_of, settings, assume, records(world._areas),
            ties.kin, ties.estranged, ties.others, seen, records(world._seen_next), [no_luck()], Book(1).pages,
        )  # fmt: skip
        write_rows(person, state)
        return state[0]

    def tie(self) -> None:
        """Step 14 for everyone."""
        world, ties = self.world, self.world.ties
        rows, seen = self.rows, _Counted(records(world._seen_next))
        setting_of, settings, assume = self._common()
        for part, (low, high) in enumerate(world._ranges()):
            engine.tie_rows(
                low, high, world.seed, world.week, world.mode, rows, setting_of, settings, assume, ties.kin,
                ties.estranged, ties.others, ties.kind, seen, world._books[part].pages,
            )  # fmt: skip

    def show(self) -> None:
        """What others see of everyone as they stand."""
        world = self.world
        seen = records(world._seen_next)
        setting_of, settings, assume = self._common()
        engine.show_rows(
            0, len(world.people), self.rows, setting_of, settings, assume, records(world._areas), seen
        )  # fmt: skip
        put_back(seen, world._seen_next)

    def take_stock(self, level: float) -> None:
        """Derived columns of everyone as they stand."""
        world, ties = self.world, self.world.ties
        rows = self.rows
        setting_of, settings, assume = self._common()
        engine.take_stock_of_rows(
            0, len(rows), level, rows, setting_of, settings, assume, records(world._areas), ties.kin, ties.estranged,
            ties.others, records(world._seen_next),
        )  # fmt: skip
        write_rows(rows, world.people)


class _Counted(list):
    """A list that also says its length as an array does."""

    @property
    def shape(self) -> tuple[int]:
        return (len(self),)
