"""The long trials of benchmarks/, in small: kills and resumes, memory over many worlds, and classes at once on the live page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, BENCHMARKS / name, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_comparison_that_is_killed_again_and_again_gives_the_tables_of_an_undisturbed_one(record_property):
    done = run("killed_and_resumed.py", "--kills", "6")
    record_property("figure", done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing damaged, nothing twice" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory of processes is read from /proc")
def test_memory_stays_flat_over_many_small_worlds(record_property):
    done = run("ten_thousand_worlds.py", "--worlds", "300")
    record_property("figure", done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory of processes is read from /proc")
def test_several_classes_at_once_are_answered_and_nothing_breaks(record_property):
    pytest.importorskip("solara", reason="the extra is not installed: pip install '.[classroom]'")
    done = run("thirty_sessions.py", "--sessions", "3", "--minutes", "0.2", "--people", "60")
    record_property("figure", done.stdout.splitlines()[2])
    assert done.returncode == 0, done.stdout + done.stderr
