"""Small worlds give the numbers that were written down: to the last bit on the same platform, within luck on another."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
WRITTEN = json.loads((HERE / "baseline.json").read_text(encoding="utf-8"))
WHAT_TO_DO = (
    "\nIf they should have moved: `python tests/reproducibility/refresh.py`, and a line in CHANGELOG.md under"
    ' "numbers change" that says what they were, what they are and why.'
)


def _load():
    spec = importlib.util.spec_from_file_location("numbers_of_small_worlds", HERE / "numbers_of_small_worlds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NUMBERS = _load()


@pytest.fixture(scope="module", params=sorted(WRITTEN["scenarios"]))
def world(request):
    """One scenario: its name, what was written down, and what is found now."""
    return request.param, WRITTEN["scenarios"][request.param], NUMBERS.numbers_of(request.param)[0]


@pytest.fixture(scope="module")
def without_vectors():
    """All scenarios, lived without the vectors that this processor has beyond those written down; None where it has none."""
    vectors = NUMBERS.vectors_beyond(WRITTEN["platform"])
    return NUMBERS.numbers_without(vectors) if vectors else None


@pytest.fixture
def world_as_written(world, without_vectors):
    """The same, found on the platform that was written down, or on one that was made like it."""
    name, written, found = world
    if NUMBERS.vectors_beyond(WRITTEN["platform"]) is None:
        pytest.skip("another platform: a last bit may differ, and so, later, a life; numbers are compared within luck")
    if without_vectors is not None:
        assert without_vectors["platform"] == WRITTEN["platform"]
        found = without_vectors["scenarios"][name]
    return name, written, found


@pytest.mark.parametrize(
    ("written", "here", "beyond"),
    [
        ("X86_V3", "X86_V3", []), ("X86_V3", "X86_V3 X86_V4 AVX512_ICL", ["AVX512_ICL", "X86_V4"]),
        ("none beyond the least", "X86_V3", ["X86_V3"]), ("none beyond the least", "none beyond the least", []),
        ("X86_V3", "none beyond the least", None), ("X86_V3 X86_V4", "X86_V3 AVX512_ICL", None),
    ],
)  # fmt: skip
def test_a_processor_with_more_vectors_is_asked_without_them_and_one_with_fewer_not_at_all(monkeypatch, written, here, beyond):
    tag = {"system": "Linux", "numpy": "2.4.6"}
    monkeypatch.setattr(NUMBERS, "platform_tag", lambda: tag | {"vectors": here})
    assert NUMBERS.vectors_beyond(tag | {"vectors": written}) == beyond
    assert NUMBERS.vectors_beyond(tag | {"vectors": written, "numpy": "2.4.5"}) is None


def test_numbers_of_every_shipped_scenario_are_written_down():
    """A new scenario is written down with it, and so is how many people live how long."""
    assert sorted(WRITTEN["scenarios"]) == sorted(NUMBERS.shipped_scenarios()), WHAT_TO_DO
    settings = (WRITTEN["people"], WRITTEN["years"], WRITTEN["seed"], tuple(WRITTEN["weeks"]))
    assert settings == (NUMBERS.PEOPLE, NUMBERS.YEARS, NUMBERS.SEED, NUMBERS.WEEKS), WHAT_TO_DO


def test_the_whole_history_is_the_one_written_down(world_as_written):
    """Every state, number and event, on the platform that they were written down on, or without what vectors are more here."""
    name, written, found = world_as_written
    moved = {
        column: (values, found["weekly"][column])
        for column, values in written["weekly"].items()
        if found["weekly"][column] != values
    }
    assert moved == {}, f"weekly numbers of {name} moved: (before, now){WHAT_TO_DO}"
    assert found["totals"] == written["totals"], f"totals of {name} moved{WHAT_TO_DO}"
    assert found["fingerprint"] == written["fingerprint"], f"the history of {name} moved{WHAT_TO_DO}"


def test_the_numbers_are_those_written_down_within_luck(world):
    """Counts within five times their own Poisson spread, means within five hundredths: what another platform may do."""
    name, written, found = world
    for column, values in written["weekly"].items():
        for before, now in zip(values, found["weekly"][column], strict=True):
            allowed = 0.05 if column.startswith("mean_") else 5.0 * math.sqrt(before) + 5.0
            assert abs(now - before) <= allowed, f"{column} of {name}: {before} before, {now} now{WHAT_TO_DO}"
    for column, before in written["totals"].items():
        now = found["totals"][column]
        assert abs(now - before) <= 5.0 * math.sqrt(before) + 5.0, f"{column} of {name}: {before}, now {now}{WHAT_TO_DO}"
