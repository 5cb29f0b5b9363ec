"""Person-weeks a second of the engine, by number of people and of threads, with the memory they take: the benchmark of record.

Each measurement is taken in a process of its own, after what there is to compile has been compiled. Every line says

- whole: person-weeks lived after week 0, over the seconds that everything took, drawing the people and burn-in with them;
- weeks: the same over the seconds of the lived weeks alone, and nanoseconds of processor time, all threads together;
- yardsticks: that processor time in turns of a piece of work like a week that never changes (`yardstick.py`), done once after
  each week, so that whatever else the machine does slows both; of each the lowest tenth counts;
- memory: the most that the process held.

`--record` keeps the yardsticks by people, years and threads. A later run says how it compares, what is not on record and where
the record is out of date, and ends with 1 where a fifth of the speed or more is lost. Two threads against
one is told, not judged.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from yardstick import Yardstick

RECORD = Path(__file__).with_suffix(".json")
LOSS = 0.8
"""From this share of the speed on record down, speed counts as lost."""
GAIN = 1.2
"""From this multiple of the speed on record up, the record is out of date: a loss of what was gained would not be seen."""

KEY = re.compile(r"\d+ people, \d+ years, \d+ threads")

YEARS = {10_000: 10, 100_000: 2, 1_000_000: 1}


def measure(people: int, years: int, threads: int) -> dict[str, float]:
    """One measurement, in this process."""
    from simulation import simulate

    simulate("baseline", people=50, years=0.1, seed=1, threads=threads)
    yardstick = Yardstick()
    begun, ended, turns = [], [], []

    def look(_: object) -> None:
        ended.append((time.perf_counter(), time.process_time()))
        turns.append(yardstick.turn())
        begun.append((time.perf_counter(), time.process_time()))

    started = time.perf_counter()
    history = simulate("baseline", people=people, years=years, seed=1, threads=threads, watch=look)
    whole = time.perf_counter() - started - sum(after[0] - before[0] for before, after in zip(ended, begun, strict=True))
    weeks = np.array(ended[1:]) - np.array(begun[:-1])  # the first look is before the first week
    nanoseconds = 1e9 * weeks[:, 1] / people
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    lived = people * history.weeks
    return {
        "people": people, "years": years, "threads": threads, "whole": lived / whole, "weeks": lived / weeks[:, 0].sum(),
        "nanoseconds": nanoseconds.mean(), "yardsticks": np.quantile(nanoseconds, 0.1) / np.quantile(turns, 0.1),
        "gigabytes": most / 1e9, "events": sum(map(len, history.happened)),
    }  # fmt: skip


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
    """The fastest of several measurements, with the median of their yardsticks."""
    found = [result_of(apart(people, years, threads)) for _ in range(repeat)]
    one = max(found, key=lambda one: one["weeks"])
    return one | {"yardsticks": float(np.median([each["yardsticks"] for each in found]))}


def said_of(one: dict[str, Any]) -> str:
    """One measurement as a line."""
    threads = f"{one['threads']} thread{'s' if one['threads'] > 1 else ''}"
    return (
        f"{one['people']:>9,} people, {one['years']:>2} years, {threads}: whole {one['whole'] / 1e6:.2f},"
        f" weeks {one['weeks'] / 1e6:.2f} million person-weeks a second; {one['nanoseconds']:.0f} ns each,"
        f" {one['yardsticks']:.2f} yardsticks; {one['gigabytes']:.2f} GB; {one['events']:,} events"
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
            found[f"{people} people, {years} years, {threads} threads"] = one["yardsticks"]
        print(f"{'':>9} two threads against one: {speed[people, 2] / speed[people, 1]:.2f}")
    fewest, most = min(asked.people), max(asked.people)
    if most > fewest:
        print(f"a person-week among {most:,} costs {speed[fewest, 1] / speed[most, 1]:.2f} times one among {fewest:,}")
    beside = [apart(fewest, asked.years or YEARS.get(fewest, 1), 1) for _ in range(2)]
    together = sum(result_of(one)["weeks"] for one in beside)
    print(f"two worlds of {fewest:,} side by side against one: {together / speed[fewest, 1]:.2f}")
    return compare(found, asked.record)


def compare(found: dict[str, float], record: bool) -> int:
    """Set the yardsticks that were found against those on record, or keep them there; 1 where a fifth of the speed is lost."""
    kept = on_record()
    if record:
        kept |= {name: round(value, 3) for name, value in found.items()}
        RECORD.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        return 0
    lost = False
    for name, value in found.items():
        if name not in kept:
            print(f"{name}: not on record")
            continue
        speed = kept[name] / value
        lost |= speed <= LOSS
        verdict = ": a loss" if speed <= LOSS else ": the record is out of date (--record)" if speed >= GAIN else ""
        print(f"{name}: {speed:.2f} times the speed on record{verdict}")
    return int(lost)


def on_record() -> dict[str, float]:
    """Yardsticks on record, by people, years and threads; a key of another form has lost its meaning and is dropped."""
    if not RECORD.exists():
        print(f"{RECORD.name} is not there: nothing is on record")
        return {}
    kept: dict[str, float] = json.loads(RECORD.read_text(encoding="utf-8"))
    return {name: value for name, value in kept.items() if KEY.fullmatch(name)}


if __name__ == "__main__":
    raise SystemExit(main())
