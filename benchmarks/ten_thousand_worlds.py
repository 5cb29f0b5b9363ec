"""Lives ten thousand small worlds through pool and store, and prints the memory that each process takes on the way.

    python benchmarks/ten_thousand_worlds.py

Each world is of 20 people and one year of the cohort `a_year_in`, under a seed of its own. Resident memory is read from /proc,
so this runs on Linux. It grows while everything is loaded, and must be flat from then on: ends with 1 where a process grows by
more than --most megabytes in the last four fifths of the way.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from analysis.ensemble import run_jobs
from analysis.jobs import WorldsJob, world_wanted
from analysis.pools import open_pool
from analysis.store import RunStore
from simulation import Scenario

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(process: int) -> float:
    """Resident memory of a process, in MB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE / 1e6


def children() -> list[int]:
    """Processes that live worlds for this one: those of its children that hold more than 100 MB."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and resident(int(path.parent.name)) > 100:
                found.append(int(path.parent.name))
    return sorted(found)


def main() -> int:
    """Measure and print; 0 where memory stayed flat."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=float, default=15.0, help="megabytes that a process may grow by")
    asked = parser.parse_args()
    plan = replace(Scenario.load("a-year-in"), people=20, years=1.0)
    steps, began = [], time.monotonic()

    def tell(done: int, total: int, _left: float | None) -> None:
        if done % max(1, total // 10) == 0 or done == total:
            now = [resident(os.getpid()), *map(resident, children())]
            steps.append(now)
            told = ", ".join(f"{size:.0f}" for size in now[1:])
            passed = time.monotonic() - began
            print(f"{done:6,} worlds  {passed:5.0f} s  this process {now[0]:.0f} MB, workers {told} MB", flush=True)

    with tempfile.TemporaryDirectory() as folder, contextlib.closing(open_pool(asked.workers)) as pool:
        store = RunStore(Path(folder) / "store")
        jobs = [WorldsJob((world_wanted(plan, seed, platform=pool.platform),)) for seed in range(asked.worlds)]
        ran = run_jobs(jobs, store, pool, tell)
        took, room = time.monotonic() - began, sum(row.bytes for row in store.rows())
    first, last = steps[len(steps) // 5], steps[-1]
    grown = [after - before for before, after in zip(first, last, strict=True)]
    print(f"{ran.lived:,} worlds, {len(ran.failed)} failed, in {took:.0f} s; {room / 1e6:.0f} MB in the store")
    workers = ", ".join(f"{size:+.1f}" for size in grown[1:])
    print(f"from a fifth of the way to the end: this process {grown[0]:+.1f} MB, workers {workers} MB")
    return 0 if ran.lived == asked.worlds and max(grown) <= asked.most else 1


if __name__ == "__main__":
    raise SystemExit(main())
