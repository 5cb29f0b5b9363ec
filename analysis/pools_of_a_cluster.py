"""A pool of the workers of a running Dask cluster. Asked for only with `--cluster`; nothing else imports `distributed`.

The cluster lives worlds and sends them back; it never sees the run store. Its workers must run the same code as this
machine, and all be of one platform, or the numbers would not be the same: each is asked before its first job.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import platform
import threading
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.pool_shared import PATIENCE, Died, Promises, Stopped, live_and_tell, stop_at_exit
from simulation.errors import Problem, UserError
from simulation.history import platform_tag, version
from simulation.identity import code_of, code_of_model

if TYPE_CHECKING:
    from analysis.jobs import Job
    from analysis.store import Entry

REACHED = 10.0
"""Seconds within which a scheduler answers."""

MANNED = 30.0
"""Seconds within which a cluster has its first worker."""

LOOKED = 0.5
"""Seconds between two looks, by a world that is lived on a cluster, at whether it is still wanted."""

_EXAMPLE = "tcp://127.0.0.1:8786"
_SAME = "install the same version of recovery-journeys there as here, and start the cluster's workers again"


class Cluster:
    """The workers of the Dask scheduler at `address`."""

    reaches_store = False

    def __init__(self, address: str) -> None:
        self.address = address
        self._promises = Promises()
        self._lock = threading.Lock()
        self._tasks: dict[Future[Any], Any] = {}
        self._over = False
        self._library = _library(address)
        self._client: Any = None
        self._levels = _hush()
        try:
            _reach(address)
            self._client = self._library.Client(address, timeout=REACHED, set_as_default=False, name="recovery")
            self._here = self._ask_workers()
        except BaseException:
            self.close()
            raise
        self.platform = self._here["platform"]
        self._width = 1
        self._looked = 0.0
        stop_at_exit(self)

    @property
    def width(self) -> int:
        """Threads of all workers that there are now: some may come and go."""
        if time.monotonic() - self._looked > 5 and not self._over:
            self._looked = time.monotonic()
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                self._width = max(1, sum(self._client.nthreads().values()))
        return self._width

    def submit(self, job: Job) -> Future[list[Entry]]:
        """What the job will give."""
        if self._over:
            raise RuntimeError("this pool has been stopped or closed")
        future = self._promises.new()
        try:
            packed = pickle.dumps(_Order(job, self._here), pickle.HIGHEST_PROTOCOL)
            task = self._client.submit(pickle.loads, packed, key=f"world-{uuid.uuid4().hex}", pure=False)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the job
            self._promises.break_(future, error)
            return future
        with self._lock:
            self._tasks[future] = task
        task.add_done_callback(lambda task: self._land(task, future))
        return future

    def stop(self) -> None:
        """Cancel what waits, tell what runs, and leave the cluster."""
        self._over = True
        self._promises.break_all(Stopped())
        self._leave()

    def close(self) -> None:
        """Leave the cluster; it goes on running for others."""
        if len(self._promises):
            self._promises.break_all(Stopped())
        self._over = True
        self._leave()

    def revive(self) -> None:
        """Nothing: Dask starts its workers again, or does without."""

    def _leave(self) -> None:
        """Close the client: the scheduler then forgets all that it was asked for."""
        client, self._client = self._client, None
        if client is not None:
            closing = threading.Thread(target=_close, args=(client,), daemon=True, name="leave-cluster")
            closing.start()
            closing.join(PATIENCE)
        with self._lock:
            self._tasks.clear()
        levels, self._levels = self._levels, {}
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

    def _land(self, task: Any, future: Future[Any]) -> None:
        """Take what came of a task, in a thread of Dask's, and have the cluster forget it."""
        with self._lock:
            self._tasks.pop(future, None)
        if self._over:
            return
        try:
            told = task.result()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the job
            self._promises.break_(future, self._meant(error, task))
        else:
            task.release()
            self._promises.unpack(future, told)

    def _meant(self, error: BaseException, task: Any) -> Exception:
        """What an error of Dask's means for the job."""
        if isinstance(error, self._library.KilledWorker):
            return Died(f"the workers that lived it ended before it was done, one after another: {error}")
        if task.status in ("cancelled", "lost"):
            return _unanswered(self.address, "the scheduler stopped answering")
        return error if isinstance(error, Exception) else RuntimeError(str(error))

    def _ask_workers(self) -> dict[str, Any]:
        """What this machine and the cluster have in common.

        Raises
        ------
        UserError
            If there is no worker, or one cannot live the same worlds.
        """
        try:
            self._client.wait_for_workers(1, timeout=MANNED)
        except TimeoutError:
            raise UserError(Problem(
                f"--cluster {self.address}", f"it has no workers, and none has come in {MANNED:.0f} seconds", "",
                f"start some: dask worker {self.address} --nthreads 1",
            )) from None  # fmt: skip
        told = self._client.run(what_runs_here, on_error="return")
        return agree(self.address, what_runs_here(), told)


def agree(address: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """What `here` runs, with the platform that all workers share.

    Parameters
    ----------
    address
        Of the scheduler.
    here
        What this machine runs, as `what_runs_here` gives it.
    there
        The same of each worker, or the error that it gave, by its address.

    Raises
    ------
    UserError
        If a worker runs something else, or workers are of several platforms.
    """
    where = f"--cluster {address}"
    for worker, has in there.items():
        if not isinstance(has, Mapping):
            raise UserError(Problem(
                where, f"worker {worker} cannot run this package: {type(has).__name__}: {has}", "", _SAME,
            ))  # fmt: skip
        if found := _difference(here, has):
            raise UserError(Problem(where, f"worker {worker} has {found}", "worlds must be lived by the same code", _SAME))
    platforms = {worker: has["platform"] for worker, has in there.items()}
    first, shared = next(iter(platforms.items()))
    for worker, has in platforms.items():
        if has != shared:
            other = ", ".join(f"{name} {has[name]} and {shared[name]}" for name in has if has[name] != shared.get(name))
            raise UserError(Problem(
                where, f"workers {worker} and {first} differ: {other}",
                "a last digit may differ between platforms, and so, later, a life",
                "use workers of one platform, with the same versions of numba and numpy",
            ))  # fmt: skip
    return {**here, "platform": shared}


@lru_cache(maxsize=1)
def what_runs_here() -> dict[str, Any]:
    """Version, code and platform of this process."""
    return {
        "version": version(), "python": platform.python_version(), "model": code_of_model(),
        "analysis": code_of(Path(__file__).parent.glob("*.py")), "platform": platform_tag(),
    }  # fmt: skip


def _difference(here: Mapping[str, Any], has: Mapping[str, Any]) -> str:
    """How what a worker has differs, in words; empty where it does not matter."""
    if has["version"] != here["version"]:
        return f"version {has['version']} of recovery-journeys, and this machine {here['version']}"
    if has["model"] != here["model"]:
        return f"other code of the model ({has['model']}) than this machine ({here['model']})"
    if has["analysis"] != here["analysis"]:
        return f"other code of the analysis ({has['analysis']}) than this machine ({here['analysis']})"
    return ""


class _Order:
    """A job that is lived by whoever unpickles it, which is the worker.

    Schedulers unpickle the function of a task, but none of its bytes: this one needs nothing but Python, so that a
    scheduler need not have this package.
    """

    def __init__(self, job: Job, asked: Mapping[str, Any]) -> None:
        self._parts = (pickle.dumps(job, pickle.HIGHEST_PROTOCOL), dict(asked))

    def __reduce__(self) -> tuple[Any, ...]:
        return _live_there, self._parts


def _live_there(packed: bytes, asked: Mapping[str, Any]) -> bytes:
    """Outcome of a packed job on a worker of the cluster.

    Workers may come after the others were asked, so each looks again whether it is the same.
    """
    has = what_runs_here()
    found = _difference(asked, has)
    if not found and has["platform"] != asked["platform"]:
        found = "another platform, or other versions of numba and numpy, than the workers that were there before"
    if found:
        raise UserError(Problem("a worker that has come to the cluster", f"it has {found}", "", _SAME))
    return live_and_tell(packed, _StillWanted())


class _StillWanted:
    """Called each week of a world on a worker: Stopped once the scheduler has told the worker to forget the task."""

    def __init__(self) -> None:
        from distributed import get_worker

        worker = get_worker()
        self._tasks, self._key = worker.state.tasks, worker.get_current_task()
        self._next = 0.0

    def __call__(self, *_: object) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + LOOKED
        task = self._tasks.get(self._key)
        if task is None or task.state not in ("executing", "long-running"):
            raise Stopped


def _library(address: str) -> Any:
    """The module `distributed`."""
    try:
        import distributed
    except ImportError:
        raise UserError(Problem(
            f"--cluster {address}", "the package distributed is not installed", "a cluster is reached with Dask",
            "pip install 'recovery-journeys[cluster]'",
        )) from None  # fmt: skip
    return distributed


def _unanswered(address: str, what: str) -> UserError:
    return UserError(Problem(
        f"--cluster {address}", what, "",
        "see that `dask scheduler` runs there and can be reached from here, and give the same command again: "
        "what was finished is kept",
    ))  # fmt: skip


def _reach(address: str) -> None:
    """Nothing where a scheduler answers at the address; Dask's own client leaves threads behind where none does."""
    with ThreadPoolExecutor(max_workers=1) as aside:  # this thread may have an event loop of its own, as in a notebook
        try:
            kind = aside.submit(lambda: asyncio.run(_identity(address))).result()
        except (ValueError, TypeError) as error:
            raise UserError(Problem(
                f"--cluster {address}", str(error), f"the address that the scheduler tells when it starts, such as {_EXAMPLE}",
                "for tls:// addresses, name the certificates in Dask's configuration",
            )) from None  # fmt: skip
        except (OSError, TimeoutError):
            raise _unanswered(address, f"no scheduler has answered within {REACHED:.0f} seconds") from None
    if kind != "Scheduler":
        raise UserError(Problem(
            f"--cluster {address}", f"a Dask {kind.lower()} listens there", "the address of the scheduler", "",
        ))  # fmt: skip


async def _identity(address: str) -> str:
    from distributed.core import rpc
    from distributed.security import Security

    async with rpc(address, timeout=REACHED, connection_args=Security().get_connection_args("client")) as there:
        return str((await asyncio.wait_for(there.identity(), REACHED))["type"])


def _close(client: Any) -> None:
    with contextlib.suppress(Exception):
        client.close(timeout=PATIENCE)


def _hush() -> dict[str, int]:
    """Quieten Dask's own log, unless RECOVERY_DEBUG is set; gives the levels that there were."""
    if os.environ.get("RECOVERY_DEBUG"):
        return {}
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in ("distributed", "tornado")]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return levels
