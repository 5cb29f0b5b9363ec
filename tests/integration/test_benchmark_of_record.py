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


@pytest.mark.parametrize(("found", "ending"), [(0.9, 0), (1.0, 0), (1.24, 0), (1.25, 1), (2.0, 1)])
def test_a_fifth_of_the_speed_lost_is_a_loss_and_less_is_none(benchmark_of_record, capsys, found, ending):
    assert benchmark_of_record.compare({"100 people": 1.0, "200 people": 1.0}, record=True) == 0
    assert benchmark_of_record.compare({"100 people": found, "200 people": 1.0, "never recorded": 9.0}, record=False) == ending
    said = capsys.readouterr().out.splitlines()
    assert [line.endswith("a loss") for line in said] == [bool(ending), False]


def test_a_record_of_one_size_leaves_the_others_on_record(benchmark_of_record):
    benchmark_of_record.compare({"100 people": 1.0}, record=True)
    benchmark_of_record.compare({"200 people": 2.0}, record=True)
    assert benchmark_of_record.compare({"100 people": 1.3}, record=False) == 1


def test_the_yardstick_is_frozen():
    """A changed yardstick makes what is on record worthless: both change together, or neither."""
    text = (BENCHMARKS / "yardstick.py").read_bytes()
    assert hashlib.sha256(text).hexdigest()[:16] == "9cc076659066e7f5"
