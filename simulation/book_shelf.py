"""Where the events of many weeks are kept: near at hand while they are few, in a file of their own where they are many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import IO, overload
from weakref import finalize

import numpy as np

from simulation.book import KINDS, WeekEvents
from simulation.errors import WorldError

NEAR = 64_000_000
"""Bytes of events that are held; what goes beyond it is laid by in a file, so that ten years of a million people are not held."""

_COLUMNS = (("value", np.float64), *zip(("person", "event", "domain", "detail", "cause"), KINDS, strict=True))
"""Columns of a week in the file, each with its type, the widest first."""


class Shelf(Sequence[WeekEvents]):
    """The events of a world, week after week, each as it was put there.

    The file lies in the folder for temporary files (`TMPDIR` names another) and has no name: it goes with the shelf, and with
    the process that is killed. Where it cannot be written, all is held. A copy, or what is sent to another process, holds all.

    Parameters
    ----------
    near
        Bytes that are held at most.

    Raises
    ------
    WorldError
        Where what was laid by cannot be read back.
    """

    def __init__(self, near: int = NEAR) -> None:
        self._near = near
        self._held: dict[int, WeekEvents] = {}
        self._bytes = 0
        self._laid: list[tuple[int, int, int]] = []
        self._file: IO[bytes] | None = None
        self._can_lay = True
        self._lock = Lock()

    def append(self, week: WeekEvents) -> None:
        """Put the events of another week there."""
        self._held[len(self)] = week
        self._bytes += sum(getattr(week, name).nbytes for name, _ in _COLUMNS)
        if self._bytes > self._near and self._can_lay:
            self._lay_by()

    @property
    def events(self) -> int:
        """How many events there are."""
        return sum(count for _, _, count in self._laid) + sum(map(len, self._held.values()))

    def sizes(self) -> list[int]:
        """How many events each week has."""
        return [count for _, _, count in self._laid] + [len(week) for week in self._held.values()]

    def _lay_by(self) -> None:
        """Write all weeks that are held into the file; on a full disk they stay held."""
        try:
            if self._file is None:
                # Unbuffered: what a full disk did not take must not be tried again when the file is read.
                self._file = tempfile.TemporaryFile(prefix="recovery-events-", buffering=0)  # noqa: SIM115
                finalize(self, self._file.close)
            laid = []
            for week in self._held.values():
                laid.append((self._file.seek(0, 2), week.week, len(week)))
                for name, kind in _COLUMNS:
                    np.ascontiguousarray(getattr(week, name), dtype=kind).tofile(self._file)
        except OSError:
            self._can_lay = False
            return
        self._laid += laid
        self._held, self._bytes = {}, 0

    def _read(self, place: int) -> WeekEvents:
        at, week, count = self._laid[place]
        columns = {}
        with self._lock:
            if self._file is not None:
                self._file.seek(at)
                columns = {name: np.fromfile(self._file, dtype=kind, count=count) for name, kind in _COLUMNS}
        if any(len(column) != count for column in columns.values()):
            raise WorldError(f"the events of week {week}, laid by in a file for the time being, cannot be read back")
        return WeekEvents(week, **columns)

    def __len__(self) -> int:
        return len(self._laid) + len(self._held)

    @overload
    def __getitem__(self, place: int) -> WeekEvents: ...
    @overload
    def __getitem__(self, place: slice) -> list[WeekEvents]: ...
    def __getitem__(self, place: int | slice) -> WeekEvents | list[WeekEvents]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        at = place % len(self)
        return self._read(at) if at < len(self._laid) else self._held[at]

    def __iter__(self) -> Iterator[WeekEvents]:
        return (self[place] for place in range(len(self)))

    def __reduce__(self) -> tuple[object, ...]:
        return _shelf_of, (list(self), self._near)


def _shelf_of(weeks: list[WeekEvents], near: int) -> Shelf:
    """A shelf with these weeks."""
    shelf = Shelf(near)
    for week in weeks:
        shelf.append(week)
    return shelf
