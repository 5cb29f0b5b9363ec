"""Seconds that ten years of the cohort `england` take, compilation apart, on one thread, on two and on all cores."""

from __future__ import annotations

import argparse
import os
import time

from simulation import simulate


def seconds(people: int, years: float, threads: int) -> float:
    """Seconds that one world takes, with drawing its people and its burn-in."""
    start = time.perf_counter()
    simulate("baseline", people=people, years=years, seed=1, threads=threads)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3, help="times each measurement is taken; the shortest counts")
    asked = parser.parse_args()

    cores = os.cpu_count() or 1
    print(f"{asked.people:,} people, {asked.years} years; {cores} cores")
    print(f"200 people for a year, compiling what was not compiled before: {seconds(200, 1, 1):.1f} s")
    person_weeks = asked.people * asked.years * 52
    shortest = {}
    for threads in sorted({1, min(2, cores), cores}):
        shortest[threads] = min(seconds(asked.people, asked.years, threads) for _ in range(asked.repeat))
        speed = person_weeks / shortest[threads] / 1e6
        name = f"{threads} thread{'s' if threads > 1 else ''}"
        print(f"{name}: {shortest[threads]:.2f} s, {speed:.2f} million person-weeks a second")
    for threads, took in shortest.items():
        if threads > 1:
            print(f"{threads} threads against 1: {shortest[1] / took:.2f} times as fast")


if __name__ == "__main__":
    main()
