"""What store and pool cost: the same worlds of 10,000 people lived bare, in two processes, and through `run_jobs` into a store.

    python benchmarks/overhead_of_store_and_pool.py

Bare: two processes that are ready live half of the worlds each with `simulate`, and keep nothing. Through: a pool of two that
has yet to start, states and weekly tables packed, written with checksums, moved into place. One after the other, in turns; the
ratio of each turn is printed, and their median.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from analysis.ensemble import run_jobs
from analysis.jobs import WorldsJob, world_wanted
from analysis.pools import open_pool
from analysis.store import RunStore
from simulation import Scenario

PEOPLE = 10_000
BARE = f"""
import sys
from dataclasses import replace
from simulation import Scenario, simulate
years, seeds = float(sys.argv[1]), [int(seed) for seed in sys.argv[2:]]
plan = replace(Scenario.load("baseline"), people={PEOPLE}, years=years)
simulate("baseline", people=20, years=0.1, seed=1, threads=1)
print("ready", flush=True)
sys.stdin.readline()
for seed in seeds:
    simulate(plan, seed=seed, panel=(0, plan.weeks), events=False, threads=1)
"""


def bare(years: float, seeds: range, workers: int) -> float:
    """Seconds that processes which are ready take for these worlds, keeping nothing."""
    parts = [list(seeds)[at::workers] for at in range(workers)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", BARE, str(years), *map(str, part)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for part in parts
    ]
    for process in processes:
        process.stdout.readline()
    began = time.perf_counter()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.wait()
    return time.perf_counter() - began


def through(years: float, seeds: range, workers: int) -> tuple[float, float]:
    """Seconds that the same take through a new pool into a new store, and the megabytes kept."""
    plan = replace(Scenario.load("baseline"), people=PEOPLE, years=years)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with contextlib.closing(open_pool(workers)) as pool:
            store = RunStore(Path(folder) / "store")
            worlds = [world_wanted(plan, seed, states=(0, plan.weeks), platform=pool.platform) for seed in seeds]
            run_jobs([WorldsJob((world,)) for world in worlds], store, pool)
            took = time.perf_counter() - began
            pool.stop()  # the next turn starts processes of its own
        return took, sum(row.bytes for row in store.rows()) / 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=12)
    parser.add_argument("--years", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    seeds = range(1, asked.worlds + 1)
    through(0.1, range(1, 3), asked.workers)  # compiles, where that has not been done
    ratios = []
    for _ in range(asked.repeat):
        plain = bare(asked.years, seeds, asked.workers)
        kept, room = through(asked.years, seeds, asked.workers)
        ratios.append(kept / plain)
        print(f"bare {plain:.1f} s, through pool and store {kept:.1f} s: {ratios[-1]:.3f}", flush=True)
    print(
        f"{asked.worlds} worlds of {PEOPLE:,} people and {asked.years:g} years on {asked.workers} workers, {room:.0f} MB kept: "
        f"{100 * (statistics.median(ratios) - 1):+.1f} % (median of {asked.repeat})"
    )


if __name__ == "__main__":
    main()
