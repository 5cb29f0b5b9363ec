"""Person-weeks a second of the engine, by number of people and of threads, with the memory they take: the benchmark of record.

Each measurement is taken in a process of its own, after what there is to compile has been compiled. Every line says

- whole: person-weeks lived after week 0, over the seconds that everything took, drawing the people and burn-in with them;
- weeks: the same over the seconds of the lived weeks alone, and nanoseconds of processor time, all threads together;
- memory: the most that the process held.

A yardstick of NumPy (sorting and exponentials) is timed in the same process, so that runs on unlike or busy machines can be set
against each other: `--record` keeps speed times yardstick, a later run prints how it compares, and ends with 1 where a fifth
or more has been lost.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

RECORD = Path(__file__).with_suffix(".json")
LOSS = 0.8
"""Below this share of what is on record, speed counts as lost."""

YEARS = {10_000: 10, 100_000: 2, 1_000_000: 1}


def measure(people: int, years: int, threads: int) -> dict[str, float]:
    """One measurement, in this process."""
    from simulation import simulate

    simulate("baseline", people=50, years=0.1, seed=1, threads=threads)
    clocks: list[tuple[float, float]] = []
    started = time.perf_counter()
    history = simulate(
        "baseline", people=people, years=years, seed=1, threads=threads,
        watch=lambda _: clocks.append((time.perf_counter(), time.process_time())),
    )  # fmt: skip
    ended = time.perf_counter()
    lived = people * history.weeks
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "people": people, "years": years, "threads": threads, "whole": lived / (ended - started),
        "weeks": lived / (clocks[-1][0] - clocks[0][0]), "nanoseconds": 1e9 * (clocks[-1][1] - clocks[0][1]) / lived,
        "gigabytes": most / 1e9, "events": sum(map(len, history.happened)), "yardstick": yardstick(),
    }  # fmt: skip


def yardstick() -> float:
    """Seconds that a fixed piece of NumPy's work takes here and now, the shortest of five."""
    import numpy as np

    values = np.random.default_rng(1).random(500_000)
    shortest = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        np.sort(values)
        np.exp(values)
        shortest = min(shortest, time.perf_counter() - started)
    return shortest


def apart(people: int, years: int, threads: int) -> subprocess.Popen[str]:
    """The same in a process of its own, begun."""
    asked = [sys.executable, __file__, "--one", str(people), str(years), str(threads)]
    return subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)


def result_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a process has measured."""
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a measurement ended with {process.returncode}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def best(people: int, years: int, threads: int, repeat: int) -> dict[str, Any]:
    """The fastest of several measurements: whatever else the machine does only makes a run longer."""
    return max((result_of(apart(people, years, threads)) for _ in range(repeat)), key=lambda one: one["weeks"])


def said_of(one: dict[str, Any]) -> str:
    """One measurement as a line."""
    threads = f"{one['threads']} thread{'s' if one['threads'] > 1 else ''}"
    return (
        f"{one['people']:>9,} people, {one['years']:>2} years, {threads}: whole {one['whole'] / 1e6:.2f},"
        f" weeks {one['weeks'] / 1e6:.2f} million person-weeks a second; {one['nanoseconds']:.0f} ns each;"
        f" {one['gigabytes']:.2f} GB; {one['events']:,} events"
    )


def main() -> int:
    """Measure and print; 1 where speed has been lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--years", type=int, help="for every size; by default fewer years for more people")
    parser.add_argument("--repeat", type=int, default=3, help="times each measurement is taken; the fastest counts")
    parser.add_argument("--record", action="store_true", help="keep what is measured as what later runs are set against")
    parser.add_argument("--one", type=int, nargs=3, metavar=("PEOPLE", "YEARS", "THREADS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measure(*asked.one)))
        return 0

    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    found: dict[str, float] = {}
    speed: dict[tuple[int, int], float] = {}
    for people in asked.people:
        years = asked.years or YEARS.get(people, 1)
        for threads in (1, 2):
            one = best(people, years, threads, asked.repeat)
            print(said_of(one), flush=True)
            speed[people, threads] = one["weeks"]
            found[f"{people} people, {threads} threads"] = one["weeks"] * one["yardstick"]
        print(f"{'':>9} two threads against one: {speed[people, 2] / speed[people, 1]:.2f}")
    fewest, most = min(asked.people), max(asked.people)
    if most > fewest:
        print(f"a person-week among {most:,} costs {speed[fewest, 1] / speed[most, 1]:.2f} times one among {fewest:,}")
    beside = [apart(fewest, asked.years or YEARS.get(fewest, 1), 1) for _ in range(2)]
    together = sum(result_of(one)["weeks"] for one in beside)
    print(f"two worlds of {fewest:,} side by side against one: {together / speed[fewest, 1]:.2f}")
    return compare(found, asked.record)


def compare(found: dict[str, float], record: bool) -> int:
    """Set what was found against what is on record, or keep it there; 1 where a fifth or more is lost."""
    kept = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    if record:
        kept |= {name: round(value) for name, value in found.items()}
        RECORD.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        return 0
    lost = False
    for name, value in found.items():
        if name in kept:
            share = value / kept[name]
            lost |= share < LOSS
            print(f"{name}: {share:.2f} of what is on record, by the yardstick{': a loss' if share < LOSS else ''}")
    return int(lost)


if __name__ == "__main__":
    raise SystemExit(main())
