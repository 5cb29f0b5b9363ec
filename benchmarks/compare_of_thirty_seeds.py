"""Times a whole comparison: thirty seeds of two worlds of 10,000 people over ten years, lived, measured, and reported.

    python benchmarks/compare_of_thirty_seeds.py [--people 10000] [--seeds 30] [--years 10] [--workers N]

Into an empty store, without draws of the assumptions; every world that is lived counts, placebos too. What there is to compile
is compiled before. Aim: under 60 s on a machine of two cores that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from analysis import compare, write_comparison
from simulation import simulate

WEEKS_A_YEAR = 52


def main() -> None:
    """Live, measure, report; say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--years", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=None, help="worlds lived at once; one a core by default")
    asked = parser.parse_args()
    simulate("baseline", people=20, years=0.1, seed=1)
    with tempfile.TemporaryDirectory() as room:
        began = time.perf_counter()
        effects = compare(
            "the-visit", ["independent-advocates"], people=asked.people, years=asked.years, seeds=range(1, asked.seeds + 1),
            draws=0, store=Path(room) / "store", workers=asked.workers,
        )  # fmt: skip
        lived = time.perf_counter() - began
        write_comparison(effects, Path(room) / "results")
        whole = time.perf_counter() - began
    person_weeks = effects.ran.lived * asked.people * asked.years * WEEKS_A_YEAR
    print(
        f"{asked.seeds} seeds x 2 arms x {asked.people:,} people x {asked.years:g} years, {os.cpu_count()} processors:"
        f" {whole:.1f} s ({lived:.1f} lived and measured, {whole - lived:.1f} reported); {effects.ran.lived} worlds,"
        f" {person_weeks / lived / 1e6:.2f} million person-weeks a second, burn-in not counted"
    )


if __name__ == "__main__":
    main()
