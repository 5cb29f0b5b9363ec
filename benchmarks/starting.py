"""How long the command `recovery` takes to start: help, a first result with everything to be compiled, and later ones.

Each is a process of its own, from its start to its end: seconds on the wall, the shortest of the repeats, and seconds of
processor time, its own and that of the processes it started. Compiled code is kept in a folder made for this measurement, so
that the first result is as slow as on a fresh install; nothing else that is kept anywhere is touched. Aims: help under 0.5 s,
a first result under 30 s, later ones under 3 s, on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORLD = ("run", "baseline", "--people", "1000", "--years", "1", "--force")


def started(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Seconds on the wall and of processor time that the command with these arguments takes, in an empty folder's cache."""
    environment = os.environ | {"RECOVERY_CACHE": str(folder / "cache"), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", "from analysis.cli import main; main()", *arguments]
    before, now = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - now, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(what: str, aim: float, arguments: list[str], folder: Path, repeat: int) -> None:
    """Measure one start so many times, and say so in a line."""
    walls, processor = zip(*(started(arguments, folder) for _ in range(repeat)), strict=True)
    print(f"{what:<45} {min(walls):6.2f} s on the wall, {min(processor):6.2f} of processor time (aim: under {aim:g})", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started(["--help"], folder)  # Python's own compiled files, and the disk's memory of them
        measured("recovery --help", 0.5, ["--help"], folder, asked.repeat)
        measured("recovery list scenarios", 3.0, ["list", "scenarios"], folder, asked.repeat)
        measured("a first result, everything compiled", 30.0, [*WORLD, "--out", "first"], folder, 1)
        measured("a later one, nothing compiled", 3.0, [*WORLD, "--out", "later"], folder, asked.repeat)


if __name__ == "__main__":
    main()
