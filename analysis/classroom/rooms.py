"""Every class's room of this process: no more than there is memory for, and none left open by a class that has gone."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from analysis.classroom.session import Room
from simulation import Scenario
from simulation.errors import Problem, UserError

MOST_ROOMS = 40
IDLE_SECONDS = 45 * 60
SWEEP_SECONDS = 30.0
MOST_MADE_AT_ONCE = 2


class RoomsFull(UserError):
    """As many rooms are open as there may be."""


class Rooms:
    """Rooms by the key of the page that each belongs to.

    A room takes its place before its worlds are made, which takes a moment in which other pages are answered. Worlds are made
    for a few pages at a time, the others wait: thirty at once would each be there as late as the last.

    Parameters
    ----------
    most
        How many there may be at once.
    idle
        Seconds after which a room that nobody has asked for anything is closed.
    clock
        Gives the time in seconds.
    """

    def __init__(
        self, most: int = MOST_ROOMS, idle: float = IDLE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.idle, self.clock = most, idle, clock
        self._rooms: dict[str, Room | None] = {}
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()
        self._making = threading.Semaphore(MOST_MADE_AT_ONCE)

    def __len__(self) -> int:
        return len(self._rooms)

    def open(self, key: str, base: Scenario, other: Scenario, seed: int) -> Room:
        """A room with these worlds for a page, in place of its former one.

        Raises
        ------
        RoomsFull
            Where there are as many rooms as there may be.
        UserError
            Where the worlds cannot be lived or compared.
        """
        self.close(key)
        with self._lock:
            if len(self._rooms) >= self.most:
                raise RoomsFull(
                    Problem("the classroom", f"{self.most} pages at once", "no more, so that each is quick",
                            "close a page that is not needed, or wait until one has gone, and try again")
                )  # fmt: skip
            self._rooms[key], self._used[key] = None, self.clock()
        try:
            with self._making:
                room = Room(base, other, seed)
        except BaseException:
            self.close(key)
            raise
        with self._lock:
            still_there = key in self._rooms
            if still_there:
                self._rooms[key] = room
        if not still_there:  # the page has gone while its worlds were made
            room.close()
        return room

    def find(self, key: str) -> Room | None:
        """The room of a page, which is in use from now on; None where it has none any more."""
        with self._lock:
            room = self._rooms.get(key)
            if room is not None:
                self._used[key] = self.clock()
            return room

    def close(self, key: str) -> None:
        """Close the room of a page, if it has one."""
        with self._lock:
            room = self._rooms.pop(key, None)
            self._used.pop(key, None)
        if room is not None:
            room.close()

    def sweep(self) -> int:
        """Close every room that has been idle too long; gives how many."""
        now = self.clock()
        with self._lock:
            gone = [key for key, used in self._used.items() if now - used > self.idle and self._rooms[key] is not None]
        for key in gone:
            self.close(key)
        return len(gone)

    def close_all(self) -> None:
        """Close every room."""
        for key in list(self._rooms):
            self.close(key)

    @contextlib.contextmanager
    def swept(self, every: float = SWEEP_SECONDS) -> Iterator[None]:
        """Sweep now and then in the background, as long as this lasts; then close every room."""
        stop = threading.Event()

        def work() -> None:
            while not stop.wait(every):
                self.sweep()

        worker = threading.Thread(target=work, name="sweep of rooms", daemon=True)
        worker.start()
        try:
            yield
        finally:
            stop.set()
            worker.join()
            self.close_all()
