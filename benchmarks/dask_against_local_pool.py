"""How fast a Dask cluster of this machine is beside the local pool: the same worlds through both, into a store each.

    python benchmarks/dask_against_local_pool.py

A scheduler and workers are started here, on ports that are free, and ended. Both pools have lived a small world before the
clock starts. They take turns, each time with a new store; what is printed is the median of the turns' ratios, the local
pool's seconds over the cluster's: 1 would be as fast, less is slower.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analysis.ensemble import run_jobs
from analysis.jobs import WorldsJob, world_wanted
from analysis.pools import Pool, open_pool
from analysis.store import RunStore
from simulation import Scenario


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Address of a Dask scheduler with so many workers, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scheduler.json"
        dask = [sys.executable, "-m", "dask"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        scheduler = subprocess.Popen(
            [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0",
             "--scheduler-file", str(told)], **quiet,
        )  # fmt: skip
        while not told.exists() or not told.read_text().endswith("}"):
            time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        crew = subprocess.Popen(
            [*dask, "worker", address, "--host", "127.0.0.1", "--nworkers", str(workers), "--nthreads", "1",
             "--no-dashboard", "--local-directory", folder], **quiet,
        )  # fmt: skip
        try:
            yield address
        finally:
            for process in (crew, scheduler):
                process.terminate()
                process.wait()


def seconds(pool: Pool, people: int, years: float, seeds: range) -> float:
    """How long these worlds take on a pool that is ready, into a new store."""
    plan = replace(Scenario.load("baseline"), people=people, years=years)
    worlds = [world_wanted(plan, seed, states=(0, plan.weeks), platform=pool.platform) for seed in seeds]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        ran = run_jobs([WorldsJob((world,)) for world in worlds], RunStore(Path(folder) / "store"), pool)
        took = time.perf_counter() - began
    if (ran.lived, ran.failed) != (len(seeds), []):
        raise SystemExit(f"only {ran.lived} of {len(seeds)} worlds were lived")
    return took


def manned(pool: Pool, workers: int) -> Pool:
    """The pool, once all its workers are there and have lived a world."""
    while pool.width < workers:
        time.sleep(0.5)
    for turn in range(3):
        seconds(pool, 20, 0.1, range(turn * 4 * workers, (turn + 1) * 4 * workers))
    return pool


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--years", type=float, default=5.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    what = (asked.people, asked.years, range(1, asked.worlds + 1))
    ratios = []
    with cluster(asked.workers) as address, contextlib.ExitStack() as stack:
        local = stack.enter_context(contextlib.closing(manned(open_pool(asked.workers), asked.workers)))
        dask = stack.enter_context(contextlib.closing(manned(open_pool(cluster=address), asked.workers)))
        for _ in range(asked.repeat):
            here, there = seconds(local, *what), seconds(dask, *what)
            ratios.append(here / there)
            print(f"local pool {here:.1f} s, Dask {there:.1f} s: {ratios[-1]:.2f}", flush=True)
    print(
        f"{asked.worlds} worlds of {asked.people:,} people and {asked.years:g} years, {asked.workers} workers: Dask has "
        f"{statistics.median(ratios):.2f} of the local pool's speed (median of {asked.repeat})"
    )


if __name__ == "__main__":
    main()
