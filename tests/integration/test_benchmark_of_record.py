"""What the benchmark of record says of speed that is lost, and that its yardstick is what it was."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def benchmark_of_record(monkeypatch, tmp_path):
    """The module, with an empty record of its own."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    found = importlib.util.spec_from_file_location("speed_of_the_engine", BENCHMARKS / "speed_of_the_engine.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setattr(module, "RECORD", tmp_path / "record.json")
    yield module
    sys.modules.pop("yardstick", None)


SMALL, LARGE = "100 people, 1 years, 1 threads", "200 people, 1 years, 1 threads"


@pytest.mark.parametrize(
    ("found", "ending", "verdict"),
    [
        (0.8, 0, ": the record is out of date (--record)"), (0.83, 0, ": the record is out of date (--record)"), (0.84, 0, ""),
        (1.0, 0, ""), (1.24, 0, ""), (1.25, 1, ": a loss"), (2.0, 1, ": a loss"),
    ],
)  # fmt: skip
def test_a_fifth_of_the_speed_lost_is_a_loss_and_a_fifth_gained_outdates_the_record(
    benchmark_of_record, capsys, found, ending, verdict
):
    assert benchmark_of_record.compare({SMALL: 1.0, LARGE: 1.0}, record=True) == 0
    capsys.readouterr()
    assert benchmark_of_record.compare({SMALL: found, LARGE: 1.0}, record=False) == ending
    assert capsys.readouterr().out.splitlines() == [
        f"{SMALL}: {1 / found:.2f} times the speed on record{verdict}", f"{LARGE}: 1.00 times the speed on record",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other", ["101 people, 1 years, 1 threads", "100 people, 2 years, 1 threads", "100 people, 1 years, 2 threads"]
)
def test_a_size_a_number_of_years_or_of_threads_that_is_not_on_record_is_said(benchmark_of_record, capsys, other):
    benchmark_of_record.compare({SMALL: 1.0}, record=True)
    capsys.readouterr()
    assert benchmark_of_record.compare({other: 9.0}, record=False) == 0
    assert capsys.readouterr().out == f"{other}: not on record\n"


def test_that_there_is_no_record_is_said(benchmark_of_record, capsys):
    assert benchmark_of_record.compare({SMALL: 9.0}, record=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        "record.json is not there: nothing is on record", f"{SMALL}: not on record",
    ]  # fmt: skip


def test_what_was_recorded_without_its_years_is_not_on_record_and_goes(benchmark_of_record):
    benchmark_of_record.RECORD.write_text('{"100 people, 1 threads": 2.0}')
    benchmark_of_record.compare({LARGE: 1.0}, record=True)
    assert benchmark_of_record.on_record() == {LARGE: 1.0}
    assert "100 people, 1 threads" not in benchmark_of_record.RECORD.read_text()


def test_what_is_measured_is_told_and_kept_with_its_years(benchmark_of_record, monkeypatch):
    """From the command to the record, the measurements themselves apart."""

    def measured(people, years, threads):
        return {
            "people": people, "years": years, "threads": threads, "whole": 1e6, "weeks": 1e6, "nanoseconds": 1.0,
            "yardsticks": 2.0 + threads, "gigabytes": 0.1, "events": 5,
        }  # fmt: skip

    monkeypatch.setattr(benchmark_of_record, "apart", lambda *size: size)
    monkeypatch.setattr(benchmark_of_record, "result_of", lambda size: measured(*size))
    monkeypatch.setattr(sys, "argv", ["speed_of_the_engine.py", "--people", "70", "--years", "3", "--record"])
    assert benchmark_of_record.main() == 0
    assert benchmark_of_record.on_record() == {"70 people, 3 years, 1 threads": 3.0, "70 people, 3 years, 2 threads": 4.0}


def test_a_record_of_one_size_leaves_the_others_on_record(benchmark_of_record):
    benchmark_of_record.compare({SMALL: 1.0}, record=True)
    benchmark_of_record.compare({LARGE: 2.0}, record=True)
    assert benchmark_of_record.compare({SMALL: 1.3}, record=False) == 1


def test_the_yardstick_is_frozen():
    """A changed yardstick makes what is on record worthless: both change together, or neither."""
    text = (BENCHMARKS / "yardstick.py").read_bytes()
    assert hashlib.sha256(text).hexdigest()[:16] == "9cc076659066e7f5"
