"""What every room of tests shares: property tests that repeat themselves, two threads, one world at a time, no windows."""

from __future__ import annotations

import base64
import os
import signal
from pathlib import Path

# Set before Numba and Matplotlib are imported, since both read them once. The test that one thread gives the same lives
# as many needs two threads even on a machine with one core.
os.environ.setdefault("NUMBA_NUM_THREADS", str(max(2, os.cpu_count() or 1)))
os.environ.setdefault("MPLBACKEND", "Agg")
# Several tests at a time keep all cores busy. Processes that each would start for worlds of a moment take longer to import
# what they need than those worlds take: what is not told how many workers to have lives its worlds in the test's own process.
# Tests of what processes do ask for two or three of them.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

# Where the tests run in the background of a script, they and all that they start would ignore Ctrl-C: some send it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.database import DirectoryBasedExampleDatabase

_KEPT = Path(__file__).resolve().parents[1] / ".hypothesis"  # git ignores it

set_hypothesis_home_dir(_KEPT)

# `deterministic`: the same examples every time, so that a failure on one machine is a failure on all. Hypothesis keeps no
# examples then. `explore`: new examples every time, failures kept. Choose with HYPOTHESIS_PROFILE=explore.
hypothesis.settings.register_profile("deterministic", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.register_profile(
    "explore", deadline=None, database=DirectoryBasedExampleDatabase(_KEPT / "examples"), max_examples=1_000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "deterministic"))


BLANK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
"""A picture of one point."""


@pytest.fixture
def blank_pictures(monkeypatch) -> None:
    """Every picture is drawn, and a blank one written in its place: for tests that read what stands beside pictures."""

    def blank(figure, target, **_) -> None:
        target.write(BLANK) if hasattr(target, "write") else Path(target).write_bytes(BLANK)

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", blank)


def pytest_terminal_summary(terminalreporter) -> None:
    """Show the figures that tests have recorded with `record_property("figure", ...)`: tests themselves print nothing."""
    told = [
        (report.nodeid.split("::")[-1], text)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, text in getattr(report, "user_properties", [])
        if name == "figure" and getattr(report, "when", "") == "call"
    ]
    if told:
        terminalreporter.section("figures")
    before = ""
    for test, text in told:
        if test != before:
            terminalreporter.write_line(test)
        terminalreporter.write_line(f"    {text}")
        before = test
