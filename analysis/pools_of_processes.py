"""A pool of processes of this machine, kept by loky: one world each, one thread each, gone when this process is gone."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from loky import ProcessPoolExecutor
from loky.backend.reduction import dumps
from loky.process_executor import ShutdownExecutorError

from analysis.pool_shared import PATIENCE, Died, Promises, Stopped, live_and_tell, stop_at_exit

if TYPE_CHECKING:
    from analysis.jobs import Job
    from analysis.store import Entry

IDLE = 20.0
"""Seconds after which a process without work ends itself."""

STUCK = 5.0
"""Seconds after which a process that is gone, and that loky has not missed, is missed here."""

MOST_ON_WINDOWS = 60

_THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_ENVIRONMENT = {**dict.fromkeys(_THREADS, "1"), "MPLBACKEND": "Agg", "LOKY_MAX_MEMORY_LEAK_SIZE": "1e18"}
"""What the processes have besides the environment of this one. A world is large and goes again: that is no leak."""

_QUIET = r"(A worker (stopped|was restarted)|Failed to kill subprocesses)"
"""Warnings of loky about what is seen to here."""

_CLEARED_UP = "ignore::UserWarning:loky.backend.resource_tracker"
"""What loky says, once this process has been killed, of the locks that it then removes."""


class Processes:
    """`width` worlds at once, each in a process of its own."""

    reaches_store = True

    def __init__(self, width: int) -> None:
        from simulation.history import platform_tag

        self.width = min(width, MOST_ON_WINDOWS) if sys.platform == "win32" else width
        self.platform = platform_tag()
        self._promises = Promises()
        self._crew: _Crew | None = None
        self._over = False

    def submit(self, job: Job) -> Future[list[Entry]]:
        """What the job will give. Processes start with the first."""
        if self._over:
            raise RuntimeError("this pool has been stopped or closed")
        if self._crew is None:
            self._crew = _borrow(self.width)
        future = self._promises.new()
        try:
            packed = bytes(dumps(job))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the job
            self._promises.break_(future, error)
        else:
            self._crew.give(packed, self._promises, future)
        return future

    def stop(self) -> None:
        """End all processes now."""
        self._over = True
        self._promises.break_all(Stopped())
        if self._crew is not None:
            self._crew.stop()
            self._crew = None

    def close(self) -> None:
        """Leave the processes to the next pool, or to end themselves after a while without work."""
        if len(self._promises):
            self.stop()
        self._over = True
        if self._crew is not None:
            _rest(self._crew)
            self._crew = None

    def revive(self) -> None:
        """Let new processes live the next jobs, if those there were have ended."""
        if self._crew is not None and self._crew.broken:
            self._crew.stop()
            self._crew = None


class _Crew:
    """Processes, the line that keeps them alive, and the one thread that starts them.

    All that loky is asked to do is asked by that thread. Ctrl-C reaches neither it nor the processes that it starts (they
    inherit that), so that an interruption never catches loky half-way, and no process ever prints a traceback for it.
    """

    def __init__(self, width: int) -> None:
        self.key = _surroundings(width)
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._flying: dict[Future[Any], Promises] = {}
        self._processes: dict[int, Any] = {}
        self._hands = ThreadPoolExecutor(max_workers=1, initializer=_hold_interrupts, thread_name_prefix="pool")
        self._read, self._write = Pipe(duplex=False)
        self._executor = self._hands.submit(self._make, width).result()
        self._results = _closed_once(self._executor._result_queue._writer)
        self._watch: threading.Thread | None = None

    def _make(self, width: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=width, timeout=IDLE, env=_ENVIRONMENT, initializer=_begin, initargs=(self._read, os.getpid())
        )

    @property
    def ended(self) -> bool:
        """Whether its processes have been ended."""
        return self._over.is_set()

    @property
    def broken(self) -> bool:
        """Whether it takes no more work."""
        return self.ended or self._executor._flags.broken is not None

    def give(self, packed: bytes, promises: Promises, future: Future[Any]) -> None:
        """Have a packed job lived, and settle its future with what comes of it."""
        with self._lock:
            self._flying[future] = promises
            start = None if self.ended else self._hands.submit(self._start, packed, future)
        if start is None:
            self._lose(future, None)
        else:
            start.result()

    def _start(self, packed: bytes, future: Future[Any]) -> None:
        if self.ended:
            return self._lose(future, None)
        _hush()
        try:
            inner = self._executor.submit(_live, packed)
        except Exception as error:  # noqa: BLE001 - broken, or no more processes can be started: the job is lost all the same
            return self._lose(future, error)
        self._processes = self._executor._processes
        inner.add_done_callback(lambda inner: self._land(inner, future))
        if self._watch is None:
            self._watch = threading.Thread(target=self._miss_the_dead, daemon=True, name="pool-watch")
            self._watch.start()
            stop_at_exit(self)  # loky asks for its own turn with the first job of each of its executors
        return None

    def _land(self, inner: Future[bytes], future: Future[Any]) -> None:
        error = inner.exception()
        if error is not None:
            return self._lose(future, error)
        with self._lock:
            promises = self._flying.pop(future, None)
        if promises is not None:
            promises.unpack(future, inner.result())
        return None

    def _lose(self, future: Future[Any], error: BaseException | None) -> None:
        with self._lock:
            promises = self._flying.pop(future, None)
        if promises is None:
            return
        if error is None or isinstance(error, BrokenExecutor | ShutdownExecutorError):
            error = Died("the process that lived it ended before it was done")
        promises.break_(future, error)

    def _miss_the_dead(self) -> None:
        """Lose all jobs where a process is gone and loky waits for the rest of what it was sending.

        A process that is killed while it sends a result leaves the reader waiting, for good.
        """
        since: dict[int, float] = {}
        while not self._over.wait(0.5):
            gone = {pid for pid, process in list(self._processes.items()) if wait([process.sentinel], 0)}
            since = {pid: since.get(pid, time.monotonic()) for pid in gone}
            if any(time.monotonic() - then > STUCK for then in since.values()):
                self.stop()

    def stop(self) -> None:
        """End every process now; returns when they are gone, or after a moment."""
        with self._lock:
            if self.ended:
                return
            self._over.set()
        manager = self._executor._executor_manager_thread
        self._write.close()  # each process ends itself when it sees the end of its line
        with contextlib.suppress(TimeoutError, RuntimeError):  # busy starting others; Python is ending
            self._hands.submit(self._end_executor).result(timeout=PATIENCE)
            if manager is not None:
                manager.join(timeout=PATIENCE)
        self._hands.shutdown(wait=False)
        with self._lock:
            lost = list(self._flying)
        for future in lost:
            self._lose(future, None)

    def _end_executor(self) -> None:
        self._results.close()  # else a reader of half a result would wait for a writer: this process, which never writes
        self._executor.shutdown(wait=False, kill_workers=True)
        self._read.close()


def _closed_once(connection: Connection) -> Connection:
    """The same connection, which any thread may close at any time.

    As Python has it, two threads that close one at the same moment both close its number, which may be another file's by
    then: here loky's thread, which clears up when processes end, and the one that ends them.
    """
    lock, close = threading.Lock(), connection.close

    def close_in_turn() -> None:
        with lock:
            close()

    connection.close = close_in_turn  # type: ignore[method-assign]
    return connection


def _live(packed: bytes) -> bytes:
    return live_and_tell(packed, _go_on)


def _go_on(*_: object) -> None:
    """Nothing: a process that is to stop is ended."""


def _begin(line: Connection, parent: int) -> None:
    """Make a new process deaf to Ctrl-C, and end it when its line to the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(line, parent), daemon=True, name="line").start()


def _end_with(line: Connection, parent: int) -> None:
    """End this process when the line ends, or when the parent is gone and somebody else still holds its end of the line."""
    try:
        while not line.poll(1.0) and os.getppid() == parent:
            pass
    except OSError:
        pass
    os._exit(1)


def _hold_interrupts() -> None:
    """Keep Ctrl-C from this thread and, since they inherit it, from the processes that it starts."""
    _start_trackers()
    if hasattr(signal, "pthread_sigmask"):  # on Windows the processes ignore it once they have started
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _start_trackers() -> None:
    """Start the two processes that clear up behind killed ones: before Ctrl-C is held, since Python's lets it go again."""
    from multiprocessing import resource_tracker

    from loky.backend import resource_tracker as loky_tracker

    if os.name == "posix":
        resource_tracker.ensure_running()
    sys.warnoptions.append(_CLEARED_UP)
    try:
        loky_tracker.ensure_running()
    finally:
        sys.warnoptions.remove(_CLEARED_UP)


def _hush() -> None:
    warnings.filterwarnings("ignore", _QUIET, UserWarning)


def _surroundings(width: int) -> tuple[Any, ...]:
    """What processes have from this one when they start: those of other surroundings cannot be taken over."""
    told = {name: value for name, value in os.environ.items() if name.startswith(("RECOVERY_", "NUMBA_", "PYTHON"))}
    return width, tuple(sys.path), os.getcwd(), tuple(sorted(told.items()))


_resting: _Crew | None = None
_resting_lock = threading.Lock()


def _borrow(width: int) -> _Crew:
    """The crew that rests, if it fits, else a new one."""
    global _resting
    with _resting_lock:
        crew, _resting = _resting, None
    if crew is not None:
        if not crew.broken and crew.key == _surroundings(width):
            return crew
        crew.stop()
    return _Crew(width)


def _rest(crew: _Crew) -> None:
    """Keep a crew for the next pool; one is kept."""
    global _resting
    if crew.broken:
        crew.stop()
        return
    with _resting_lock:
        other, _resting = _resting, crew
    if other is not None:
        other.stop()
