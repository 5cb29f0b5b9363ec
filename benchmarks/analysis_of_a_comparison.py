"""Times the analysis of thirty pairs of worlds of 10,000 people that the run store has already: reading, measuring, report.

    python benchmarks/analysis_of_a_comparison.py [--people 10000] [--seeds 30] [--years 2] [--store FOLDER]

Lives the worlds first where the store lacks them, then times, three times over, all that follows: what is read from the store,
every outcome, the ledger, partings, journeys, tables, pictures and the report, written to disk.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from analysis import compare, write_comparison
from analysis.store import RunStore

TURNS = 3


def main() -> None:
    """Live what is missing, then time the analysis."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--years", type=float, default=2.0)
    parser.add_argument("--store", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        store = RunStore(asked.store or Path(room) / "store")
        began = time.perf_counter()
        lived = compare_all(asked, store)
        print(f"{lived.ran.lived} worlds lived, {lived.ran.reused} found: {time.perf_counter() - began:.1f} s")
        times = []
        for turn in range(TURNS):
            began = time.perf_counter()
            effects = compare_all(asked, store)
            reading = time.perf_counter() - began
            write_comparison(effects, Path(room) / f"results-{turn}")
            times.append(time.perf_counter() - began)
            print(f"turn {turn + 1}: read and measured {reading:.1f} s, in all {times[-1]:.1f} s; lived {effects.ran.lived}")
        print(f"{asked.seeds} seeds x 2 arms x {asked.people:,} people: median {statistics.median(times):.1f} s")


def compare_all(asked: argparse.Namespace, store: RunStore):
    """The comparison of the project's first page, without draws of the assumptions."""
    return compare(
        "the-visit", ["independent-advocates"], people=asked.people, years=asked.years, seeds=range(1, asked.seeds + 1),
        draws=0, store=store,
    )  # fmt: skip


if __name__ == "__main__":
    main()
