"""Kills a comparison at random moments, again and again, and resumes it: what comes out must be what an undisturbed run gives.

    python benchmarks/killed_and_resumed.py --kills 200

A comparison is started as a user would start it, and killed (SIGKILL, which no program can prepare for) after a random while:
while it starts, while worlds are lived, while one is written, while the results are. Every second kill ends its worker processes
too. After each kill every byte of the store is read. Nothing that was finished may be damaged, gone, or written a second time.
When a comparison gets to its end, its tables are held against those of the undisturbed run, byte by byte, and another begins.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from analysis.store import RunStore
from analysis.upkeep import verify

QUESTION = ("compare", "the-visit", "independent-advocates", "--people", "200", "--years", "1.25", "--seeds", "1-24",
            "--draws", "16", "--workers", "2", "--out", "results")  # fmt: skip
TABLES = ("effects.csv", "ledger.csv", "reach.csv")
SOONEST, LONGEST = 1.0, 10.0
"""Seconds after which a comparison is killed at the soonest and at the latest; the first worlds are there after about four."""


@dataclass
class Trial:
    """What has been seen so far."""

    kills: int = 0
    amid: int = 0
    ends: int = 0
    worlds: int = 0
    wrong: list[str] = field(default_factory=list)


def start(folder: Path) -> subprocess.Popen[bytes]:
    """The comparison, begun in `folder` in a session of its own."""
    command = [sys.executable, "-c", "from analysis.cli import main; main()", *QUESTION]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def tables(folder: Path) -> dict[str, bytes]:
    """The tables of results, byte by byte."""
    return {name: (folder / "results" / name).read_bytes() for name in TABLES}


def records(folder: Path) -> dict[str, bytes]:
    """The record of each finished entry of the store, byte by byte."""
    return {str(path): path.read_bytes() for path in folder.glob("store/*/*/*/record.json")}


def run_until_killed(folder: Path, after: float, with_workers: bool) -> int | None:
    """Start the comparison and kill it after so many seconds; its exit code where it ended before, else None."""
    process = start(folder)
    try:
        process.communicate(timeout=after)
        return process.returncode
    except subprocess.TimeoutExpired:
        if with_workers:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        return None


def check_store(folder: Path, before: dict[str, bytes], trial: Trial) -> dict[str, bytes]:
    """What is finished now; anything damaged, lost or written twice goes into the list of what is wrong."""
    store = folder / "store"
    if not store.exists():
        return {}
    damaged = verify(RunStore(store)).damaged
    now = records(folder)
    lost = [name for name in before if name not in now]
    twice = [name for name in before if name in now and now[name] != before[name]]
    for what, names in (("damaged", damaged), ("lost", lost), ("written twice", twice)):
        trial.wrong += [f"after kill {trial.kills}: {what}: {name}" for name in names]
    return now


def live_one(folder: Path, most_kills: int, trial: Trial, luck: random.Random) -> None:
    """One comparison, killed and resumed until it gets to its end."""
    finished: dict[str, bytes] = {}
    while True:
        after = luck.uniform(SOONEST, LONGEST) if trial.kills < most_kills else 600.0
        code = run_until_killed(folder, after, with_workers=trial.kills % 2 == 1)
        if code is None:
            trial.kills += 1
            time.sleep(0.5)  # what lives worlds ends by itself when nobody is there any more
        elif code != 0:
            trial.wrong.append(f"ended with {code} after {trial.kills} kills")
            return
        before, finished = finished, check_store(folder, finished, trial)
        trial.amid += code is None and len(finished) > len(before)
        if code == 0:
            trial.ends += 1
            trial.worlds = len(finished)
            return


def main() -> int:
    """Run the trial; 0 where nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills")
    asked = parser.parse_args()
    luck, trial, began = random.Random(asked.seed), Trial(), time.monotonic()
    room = Path(tempfile.mkdtemp(prefix="killed-"))
    os.environ["RECOVERY_STORE"] = "store"
    try:
        calm = room / "calm"
        calm.mkdir()
        if start(calm).wait() != 0:
            print("the undisturbed run failed")
            return 1
        expected = tables(calm)
        while trial.kills < asked.kills and not trial.wrong:
            folder = Path(tempfile.mkdtemp(dir=room))
            live_one(folder, asked.kills, trial, luck)
            if not trial.wrong and tables(folder) != expected:
                trial.wrong.append("the tables differ from those of an undisturbed run")
            shutil.rmtree(folder)
            print(f"{trial.kills} kills, {trial.ends} comparisons got to their end", flush=True)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    for line in trial.wrong:
        print(f"WRONG: {line}")
    print(
        f"{trial.kills} kills, {trial.amid} of them after worlds had been finished since the one before, over {trial.ends} "
        f"comparisons of {trial.worlds} worlds each, {time.monotonic() - began:.0f} s: "
        + ("something was wrong" if trial.wrong else "nothing lost, nothing damaged, nothing twice, every table as undisturbed")
    )
    return 1 if trial.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
