"""Where jobs are lived: in a thread of this process, in processes of this machine, or on a Dask cluster.

Worlds of one process take turns at everything that is not compiled, so that processes of their own are the way to use every
core. `open_pool` chooses; the store, the numbers and the way to stop are the same everywhere.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from analysis.pool_shared import PATIENCE, Bell, Died, Pool, Promises, Stopped, portable, stop_at_exit
from simulation.errors import Problem, UserError

if TYPE_CHECKING:
    from analysis.jobs import Job
    from analysis.store import Entry

__all__ = ["Died", "Pool", "Stopped", "default_workers", "open_pool"]


def open_pool(workers: int | None = None, cluster: str | None = None) -> Pool:
    """A pool of `workers` processes (one a core where left out; 1 is a thread of this process), or a Dask cluster.

    Parameters
    ----------
    workers
        How many worlds are lived at once.
    cluster
        Address of a running Dask scheduler, such as `tcp://10.0.0.5:8786`: its workers live the worlds.

    Raises
    ------
    UserError
        If both are asked for, or there are no such workers or no such cluster.
    """
    if cluster is not None:
        if workers is not None:
            raise UserError(Problem(
                "--workers and --cluster", f"--workers {workers} and --cluster {cluster}",
                "a cluster has the workers that were started for it", "leave one of the two out",
            ))  # fmt: skip
        from analysis.pools_of_a_cluster import Cluster

        return Cluster(cluster)
    if workers is not None and workers < 1:
        raise UserError(Problem("--workers", str(workers), "1 or more", "leave it out to use every core"))
    width = workers or default_workers()
    if width == 1:
        return OneThread()
    from analysis.pools_of_processes import Processes

    return Processes(width)


def default_workers() -> int:
    """How many processes can run at once here: cores, less what affinity or a container's limits withhold."""
    import loky

    return loky.cpu_count()


class OneThread:
    """One world at a time, in a thread of this process."""

    width = 1
    reaches_store = True

    def __init__(self) -> None:
        from simulation.history import platform_tag

        self.platform = platform_tag()
        self._bell = Bell()
        self._promises = Promises()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="world")
        self._work: set[Future[None]] = set()
        stop_at_exit(self)

    def submit(self, job: Job) -> Future[list[Entry]]:
        """What the job will give."""
        future = self._promises.new()
        self._work = {work for work in self._work if not work.done()}
        self._work.add(self._thread.submit(self._live, job, future))
        return future

    def stop(self) -> None:
        """Stop the world that is lived in its week, and let the others be."""
        self._bell.ring()
        self._promises.break_all(Stopped())
        self._thread.shutdown(wait=False, cancel_futures=True)
        wait({work for work in self._work if not work.done()}, timeout=PATIENCE)

    def close(self) -> None:
        """Let go of the thread."""
        if len(self._promises):
            self.stop()
        self._thread.shutdown(wait=False)

    def revive(self) -> None:
        """Nothing: this process does not outlive itself."""

    def _live(self, job: Job, future: Future[list[Entry]]) -> None:
        try:
            self._promises.keep(future, list(job.run(self._bell.check)))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the job
            self._promises.break_(future, error)
        except BaseException as error:  # noqa: BLE001 - a job must not end the command by ending itself
            self._promises.break_(future, portable(error))
