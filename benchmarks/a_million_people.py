"""How much memory a long world of many people takes, events kept and all tables written, and how that grows with people.

    python benchmarks/a_million_people.py [--people 1000000] [--weeks 520] [--threads N]

The cohort `england`, baseline, full tie dynamics, in a process of its own: the population is drawn, burn-in lived, then the
weeks; then weekly, people and events tables are written. First the same is done with 10,000 and 100,000 people over a year, and
bytes a person follow from the difference. Ends with 1 where the process held more than the aim, 2 GB for a million people.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

WEEKS_A_YEAR = 52
SMALL, LARGER = 10_000, 100_000
AIM = 2e9
"""Bytes held at most, by a million people."""

SECONDS = {"start": "for people and burn-in", "week": "for the weeks", "write": "for writing"}


def held() -> float:
    """The most that this process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1.0 if sys.platform == "darwin" else 1024.0)


def measure(people: int, weeks: int, threads: int) -> dict[str, Any]:
    """One world lived and written, in this process."""
    from simulation import simulate

    simulate("baseline", people=50, years=0.1, seed=1, threads=threads)
    began = held()
    clocks: list[float] = [time.perf_counter()]
    history = simulate(
        "baseline", people=people, years=weeks / WEEKS_A_YEAR, seed=1, threads=threads,
        watch=lambda world: clocks.append(time.perf_counter()),
    )  # fmt: skip
    lived, at = held(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        files = {path.name: path.stat().st_size for path in history.write(folder)}
    return {
        "people": people, "weeks": history.weeks, "began": began, "lived": lived, "written": held(),
        "events": int(history.weekly.filter(regex="_events$").to_numpy().sum()), "files": files,
        "start_seconds": clocks[1] - clocks[0],
        "week_seconds": clocks[-1] - clocks[1], "write_seconds": time.perf_counter() - at,
    }  # fmt: skip


def apart(people: int, weeks: int, threads: int) -> dict[str, Any]:
    """The same in a process of its own."""
    asked = [sys.executable, __file__, "--one", str(people), str(weeks), str(threads)]
    done = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def say(one: dict[str, Any]) -> None:
    """One measurement as a line."""
    speed = one["people"] * one["weeks"] / one["week_seconds"] / 1e6
    memory = ", ".join(f"{one[what] / 1e9:.2f}" for what in ("began", "lived", "written"))
    seconds = ", ".join(f"{one[what + '_seconds']:.0f} s {said}" for what, said in SECONDS.items())
    print(
        f"{one['people']:>9,} people, {one['weeks']} weeks: GB held at most until it began, had lived, had written: {memory};"
        f" {one['events']:,} events, {sum(one['files'].values()) / 1e6:.0f} MB of files; {seconds};"
        f" {speed:.2f} million person-weeks a second",
        flush=True,
    )


def main() -> int:
    """Measure, and say whether the most that was held is within the aim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--weeks", type=int, default=520)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--one", type=int, nargs=3, metavar=("PEOPLE", "WEEKS", "THREADS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    if asked.one:
        print(json.dumps(measure(*asked.one)))
        return 0
    small, larger = (apart(people, WEEKS_A_YEAR, asked.threads) for people in (SMALL, LARGER))
    for one in (small, larger):
        say(one)
    for what in ("lived", "written"):
        print(f"bytes a person, {what}: {(larger[what] - small[what]) / (LARGER - SMALL):,.0f}")
    one = apart(asked.people, asked.weeks, asked.threads)
    say(one)
    within = one["written"] <= AIM * max(1.0, asked.people / 1e6)
    print(f"{one['written'] / 1e9:.2f} GB at most, {'within' if within else 'more than'} the aim of 2 GB for a million people")
    return 0 if within else 1


if __name__ == "__main__":
    raise SystemExit(main())
