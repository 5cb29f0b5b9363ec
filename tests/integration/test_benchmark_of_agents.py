"""The model as Mesa agents: its text and luck are what it says, and whether it agrees with the engine is judged as it says."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from simulation import Scenario, World, luck
from simulation.ties import IN_CUSTODY, NOT_OPEN

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch):
    """The module, with the agents beside it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    found = importlib.util.spec_from_file_location("mesa_agents", BENCHMARKS / "mesa_agents.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    yield module
    sys.modules.pop("people_as_agents", None)


def test_the_agents_are_frozen():
    """Changed agents make the speeds that were told of them worthless: both change together, or neither."""
    text = (BENCHMARKS / "people_as_agents.py").read_bytes()
    assert hashlib.sha256(text).hexdigest()[:16] == "a55d01e3f28fd97a"


def test_agents_draw_nothing_by_philox(benchmark, monkeypatch):
    """All their luck is the model's generator's; they meet, all the same."""
    world = World(Scenario.load("baseline").with_settings(people=60), 1)
    world.prepare()
    society = benchmark.Society(world, 1)

    def never(*_):
        raise AssertionError("a number was drawn by Philox")

    monkeypatch.setattr(luck, "philox", never)
    met = set()
    for _ in range(6):
        society.step()
        met |= {one.shown.context for one in society.agents}
    assert met - {NOT_OPEN, IN_CUSTODY}


def test_the_same_seed_gives_agents_the_same_weeks(benchmark):
    """Which they could not have, if any of their luck came from elsewhere."""

    def lived():
        world = World(Scenario.load("baseline").with_settings(people=60), 1)
        world.prepare()
        society = benchmark.Society(world, 3)
        for _ in range(4):
            society.step()
        return society.outcomes()

    assert lived() == lived()


def seeds(benchmark, *values):
    """The same value of every outcome, for each seed."""
    return np.repeat(np.array(values, dtype=float)[:, np.newaxis], len(benchmark.OUTCOMES), axis=1)


def test_standard_errors_of_both_are_counted(benchmark):
    """By hand: variances 2 and 8 over two seeds, so an error of the square root of 5; means 0 and 10."""
    engine, agents = seeds(benchmark, -1, 1), seeds(benchmark, 8, 12)
    assert benchmark.agreement(engine, agents) == pytest.approx(10 / 5**0.5)
    assert benchmark.agreement(seeds(benchmark, 4, 4), seeds(benchmark, 4, 4)) == pytest.approx(0.0)
    assert np.isinf(benchmark.agreement(seeds(benchmark, 4, 4), seeds(benchmark, 5, 5))).all()


@pytest.mark.parametrize(("shift", "ending"), [(2.9, 0), (-2.9, 0), (3.1, 1), (-3.1, 1)])
def test_one_outcome_beyond_three_standard_errors_ends_with_1_and_is_named(benchmark, capsys, shift, ending):
    engine = seeds(benchmark, -1, 1)  # an error of 1 each, of the square root of 2 together
    agents = engine.copy()
    agents[:, 4] += shift * 2**0.5
    assert benchmark.tell(engine, agents) == ending
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith("they do not agree" if ending else "they agree")
    assert said[-1].endswith(benchmark.OUTCOMES[4]) == bool(ending)


def test_one_seed_judges_nothing_and_warns_of_nothing(benchmark, capsys, monkeypatch):
    """Lived for real, in small; a warning of NumPy would be an error here."""
    monkeypatch.setattr(sys, "argv", ["mesa_agents.py", "--people", "60", "--years", "1", "--seeds", "1"])
    assert benchmark.main() == 0
    said = capsys.readouterr().out
    assert said.endswith("one seed has no spread: whether they agree is not judged\n")
    assert "nan" not in said
