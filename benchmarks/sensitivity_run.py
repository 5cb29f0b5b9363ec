"""Screens every free assumption by Morris as a user would, kills the run half way, goes on, and says what it took.

    python benchmarks/sensitivity_run.py --folder results/of-this-run

The command is killed (SIGKILL, its worker processes with it) once half of its sets of worlds are in the store, and started
again. Every set that was finished must be found, whole and as it was written; what both starts took is told for each point.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from analysis.store import RunStore
from analysis.upkeep import verify

LOOK_SECONDS = 2.0
FULL = ("--people", "4000", "--seeds", "1-3", "--own-experience", "80 %", "--samples", "10")
SCENARIOS = ("the-visit-five-years", "independent-advocates-five-years")


def command(folder: Path, options: tuple[str, ...]) -> list[str]:
    """The command line of the analysis."""
    python = [sys.executable, "-c", "from analysis.cli import main; main()"]
    store = ("--store", str(folder / "store"), "--out", str(folder / "morris"))
    return [*python, "sensitivity", *SCENARIOS, "--method", "morris", *options, *store]


def records(folder: Path) -> dict[str, bytes]:
    """The record of each finished set of worlds, byte by byte."""
    return {str(path): path.read_bytes() for path in folder.glob("store/numbers/*/[0-9a-f]*/record.json")}


def run_until(folder: Path, options: tuple[str, ...], enough: int) -> float:
    """Start the command and kill it once `enough` sets are finished; seconds that it ran."""
    began = time.monotonic()
    process = subprocess.Popen(command(folder, options), stdout=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and len(list(folder.glob("store/numbers/*/[0-9a-f]*/record.json"))) < enough:
        time.sleep(LOOK_SECONDS)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return time.monotonic() - began


def main() -> int:
    """Run it; 0 where nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="an empty or new folder, for the store and the results")
    parser.add_argument("--kill-at", type=int, default=1400, help="sets of worlds in the store at which it is killed")
    parser.add_argument("options", nargs="*", help=f"options of the analysis, after -- (default: {' '.join(FULL)})")
    asked = parser.parse_args()
    options = tuple(asked.options) or FULL
    asked.folder.mkdir(parents=True, exist_ok=True)
    first = run_until(asked.folder, options, asked.kill_at)
    before = records(asked.folder)
    began = time.monotonic()
    code = subprocess.run(command(asked.folder, options), check=False).returncode
    second = time.monotonic() - began
    now = records(asked.folder)
    lost = [name for name in before if now.get(name) != before[name]]
    damaged = verify(RunStore(asked.folder / "store")).damaged
    record = json.loads((asked.folder / "morris" / "sensitivity.json").read_text())
    found, lived = record["worlds"]["found_in_the_store"], record["worlds"]["lived"]
    seconds, points = first + second, record["points"]
    room = sum(path.stat().st_size for path in asked.folder.glob("store/**/*") if path.is_file())
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"killed after {first:,.0f} s with {len(before):,} sets of worlds finished; {len(lost)} of them lost or written twice, "
          f"{len(damaged)} damaged; then {second:,.0f} s more, {found:,} worlds found and {lived:,} lived")  # fmt: skip
    print(f"{points:,} points, {found + lived:,} worlds in all: {seconds / 60:.1f} minutes, {seconds / points:.2f} s a point, "
          f"{room / 1e6:.0f} MB in the store, {memory:.0f} MB in the largest process")  # fmt: skip
    return 1 if lost or damaged or code else 0


if __name__ == "__main__":
    raise SystemExit(main())
