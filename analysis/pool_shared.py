"""What all pools share: how a world is stopped, what a lost process looks like, and promises of what jobs will give."""

from __future__ import annotations

import atexit
import contextlib
import pickle
import threading
import traceback
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from analysis.jobs import Job
    from analysis.store import Entry

PATIENCE = 1.5
"""Seconds within which a stopped pool has stopped, or is left to itself."""


class Stopped(Exception):
    """Raised inside a world when the run that it belongs to has been stopped, and by futures of a stopped pool."""


class Died(Exception):
    """Raised by a future whose process ended before its job did: killed, out of memory, crashed."""


class Pool(Protocol):
    """Somewhere to live jobs; `open_pool` gives one.

    Attributes
    ----------
    width
        How many worlds are lived at once.
    platform
        Tag of the machines that live them, as `simulation.history.platform_tag` gives it.
    reaches_store
        Whether jobs are run where the run store lies, and can write to it themselves.
    """

    platform: dict[str, str]
    reaches_store: bool

    @property
    def width(self) -> int:
        """How many worlds are lived at once."""

    def submit(self, job: Job) -> Future[list[Entry]]:
        """What the job will give; the future raises what the job raised, or Died, or Stopped."""

    def stop(self) -> None:
        """End at once: running jobs are ended or told to, and nothing more is delivered."""

    def close(self) -> None:
        """Let go, after all futures are done; what is still running is stopped."""

    def revive(self) -> None:
        """After a future has raised Died: make ready for new jobs, if that is needed."""


class Bell:
    """Rung to stop worlds; `check` is what a world calls each week."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Stop the worlds in the week that they are living."""
        self._rung.set()

    def check(self, *_: object) -> None:
        """Nothing, or Stopped once the bell has been rung."""
        if self._rung.is_set():
            raise Stopped


class Promises:
    """Futures that a pool has given out and not yet kept. Each is settled once, from whatever thread comes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[Future[Any]] = set()

    def new(self) -> Future[Any]:
        """One more promise; it cannot be cancelled, only the whole pool be stopped."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            self._open.add(future)
        return future

    def keep(self, future: Future[Any], given: Any) -> None:
        """Deliver, unless it is settled already."""
        if self._take(future):
            future.set_result(given)

    def break_(self, future: Future[Any], error: BaseException) -> None:
        """Raise instead of delivering, unless it is settled already."""
        if self._take(future):
            future.set_exception(error)

    def break_all(self, error: Exception) -> None:
        """Raise the same from all that are still open."""
        with self._lock:
            broken, self._open = self._open, set()
        for future in broken:
            future.set_exception(error)

    def unpack(self, future: Future[Any], told: bytes) -> None:
        """Settle with what `live_and_tell` gave in another process."""
        try:
            fine, given = pickle.loads(told)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong belongs to whoever waits
            fine, given = False, error
        if fine:
            self.keep(future, given)
        else:
            self.break_(future, given)

    def __len__(self) -> int:
        with self._lock:
            return len(self._open)

    def _take(self, future: Future[Any]) -> bool:
        with self._lock:
            if future not in self._open:
                return False
            self._open.discard(future)
            return True


def live_and_tell(packed: bytes, check: Callable[..., None]) -> bytes:
    """Outcome of a packed job, itself packed: what it gave, or what it raised, in a form that any process can read.

    A library that moves objects between processes gives up a whole pool over one that cannot be read at the other end;
    bytes always can.
    """
    try:
        return pickle.dumps((True, list(pickle.loads(packed).run(check))), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # noqa: BLE001 - a job that ends its process on purpose is a failed job too
        return pickle.dumps((False, portable(error)), pickle.HIGHEST_PROTOCOL)


def portable(error: BaseException) -> Exception:
    """The same error where it can be sent to another process and read there, else a RuntimeError that says the same.

    Its traceback goes with it as a note, since it is lost on the way.
    """
    lines = "".join(traceback.format_exception(error)).rstrip()
    if isinstance(error, Exception):
        error.add_note(f"In the process that lived it:\n{lines}")
        with contextlib.suppress(Exception):
            if type(pickle.loads(pickle.dumps(error))) is type(error):
                return error
    plain = RuntimeError(f"{type(error).__name__}: {error}")
    plain.add_note(f"In the process that lived it:\n{lines}")
    return plain


_OPEN: weakref.WeakSet[Any] = weakref.WeakSet()


def stop_at_exit(pool: Any) -> None:
    """Have `pool.stop()` called when Python ends, unless it has gone by then.

    Libraries wait for their threads at the end of Python, before ordinary exit functions run. They ask for it by the same
    way as here, and who asked last comes first: call this when a library has just asked.
    """
    _OPEN.add(pool)
    getattr(threading, "_register_atexit", atexit.register)(_stop_open)


def _stop_open() -> None:
    for pool in list(_OPEN):
        pool.stop()
