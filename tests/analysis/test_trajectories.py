"""Reversals, tortuosity and classes of courses, on lives whose answer can be counted on paper."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis.multistate import IN_A_LAPSE, IN_A_PROBLEM, IN_RECOVERY, NO_PROBLEM
from analysis.trajectories import quarters, reversals, straightness, tortuosity, turns_table
from analysis.trajectory_classes import classes_of_worlds, trajectory_classes
from simulation.errors import ComparisonError
from simulation.state import ACTIVE, RECOVERING

LETTERS = {"n": NO_PROBLEM, "r": IN_RECOVERY, "l": IN_A_LAPSE, "a": IN_A_PROBLEM}


@pytest.mark.parametrize(
    ("life", "times"),
    [("rrrr", 0), ("rrla", 0), ("rrlaar", 1), ("rlr", 1), ("rlrl", 2), ("rlrlaar", 3), ("naaar", 1), ("aaar", 0), ("arlrrlr", 4)],
)
def test_a_life_turns_as_often_as_it_changes_direction(life, times):
    assert reversals(np.array([[LETTERS[letter] for letter in life]]).T).tolist() == [times]


@given(arrays.arrays(np.int8, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.integers(0, 3)))
def test_staying_adds_no_turn_and_a_life_lived_backwards_turns_as_often(states):
    assert (reversals(np.repeat(states, 3, axis=0)) == reversals(states)).all()
    assert (reversals(states[::-1]) == reversals(states)).all()


def test_straight_lives_winding_lives_and_lives_that_never_move():
    position = np.array([[0, 0.2, 0.7, 1], [0, 1, 0, 0.5], [0.4, 1, 0, 0.4], [0.3, 0.3, 0.3, 0.3]])
    assert straightness(position)[:3].tolist() == pytest.approx([1, 0.2, 0])
    assert math.isnan(straightness(position)[3])
    assert tortuosity(position)[:3].tolist() == pytest.approx([0, 0.8, 1])
    assert np.isnan(tortuosity(position[:, :1])).all()


def test_a_quarter_is_its_thirteen_weeks_without_the_start():
    held = np.zeros((30, 1), dtype=bool)
    held[[0, 1, 13, 14, 29]] = True
    assert quarters(held).tolist() == [[2 / 13, 1 / 13]]


def test_risen_the_hard_way_is_counted_of_people_alive_at_the_end(lives):
    """40 people: 10 turn twice and rise, 10 rise at once, 19 never do, 1 dies."""
    events = []
    for person in range(20):
        events.append((2, person, "decided_gradually", "use"))
    for person in range(10):
        events += [(10, person, "lapse", "use"), (12, person, "resolved", "use")]
    events.append((50, 39, "died"))
    found = turns_table(lives(40, 104, events, use=ACTIVE)).set_index("measure")
    assert found["people"].tolist() == [39, 39, 20, 39, 39, 20]
    assert found.loc["reversals", "value"] == pytest.approx(20 / 39)
    assert found.loc["risen", "value"] == pytest.approx(20 / 39)
    assert found.loc["risen the hard way", "value"] == pytest.approx(10 / 39)
    assert math.isnan(found.loc["the hard way, of those risen", "value"])
    assert found.loc["the hard way, of those risen", "note"] == "only 20 people are at risk, fewer than 30"


def test_in_a_stretch_too_short_nobody_can_have_risen(lives):
    found = turns_table(lives(40, 52, use=RECOVERING)).set_index("measure")
    assert math.isnan(found.loc["risen", "value"])
    assert found.loc["risen", "note"] == "52 weeks are not more than 52"
    assert found.loc["reversals", "value"] == 0


def courses(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Three courses of 60, 90 and 50 people over 8 quarters, a little blurred, in mixed order; whose is whose."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    true = rng.permutation(np.repeat([0, 1, 2], [60, 90, 50]))
    middle = np.array([np.full(8, 0.05), np.linspace(0.05, 0.95, 8), np.full(8, 0.95)])
    return np.clip(middle[true] + rng.normal(0, 0.05, (200, 8)), 0, 1), true


def test_three_clear_courses_are_found_in_order_named_and_the_same_again():
    pytest.importorskip("sklearn")
    positions, true = courses()
    found = trajectory_classes(positions)
    assert (found.member == true).all()
    assert [name.split(" (")[0] for name in found.names] == [
        "hardly in recovery", "coming into recovery", "in recovery nearly throughout",
    ]  # fmt: skip
    assert max(found.silhouettes, key=found.silhouettes.get) == 3
    again = trajectory_classes(positions[::-1], seed=7)
    assert (again.member[::-1] == true).all()
    assert (found.nearest(positions) == true).all()
    assert "not kinds of people" in found.note


@pytest.mark.parametrize("seed", range(5))
def test_each_class_has_the_mean_course_of_its_people_whatever_the_starting_points(seed):
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    positions = rng.choice([0.1, 0.3, 0.5, 0.7, 0.9], (200, 1)) + rng.normal(0, 0.01, (200, 6))
    found = trajectory_classes(positions, seed=seed)
    means = [positions[found.member == one].mean(axis=0) for one in range(5)]
    assert found.centres == pytest.approx(np.array(means))
    assert (np.diff(found.centres.mean(axis=1)) > 0).all()


def test_the_silhouette_is_that_of_its_definition():
    pytest.importorskip("sklearn")
    positions, _ = courses(2)
    found = trajectory_classes(positions)
    apart = np.sqrt(((positions[:, None] - positions) ** 2).sum(axis=2))
    widths = []
    for one, row in enumerate(apart):
        means = [row[found.member == other].mean() for other in range(3)]
        own = found.member[one]
        inside = row[found.member == own].sum() / (np.count_nonzero(found.member == own) - 1)
        nearest = min(mean for other, mean in enumerate(means) if other != own)
        widths.append((nearest - inside) / max(nearest, inside))
    assert found.silhouettes[3] == pytest.approx(np.mean(widths))


def test_lives_without_clear_courses_are_one_class():
    pytest.importorskip("sklearn")
    blurred = np.random.default_rng(np.random.SeedSequence(4)).random((300, 12))
    assert len(trajectory_classes(blurred).names) == 1
    alike = trajectory_classes(np.ones((40, 4)))
    assert alike.names == ("in recovery nearly throughout (100 % of weeks)",)


def test_a_few_lives_apart_from_all_others_are_no_course():
    pytest.importorskip("sklearn")
    found = trajectory_classes(np.concatenate([np.ones((97, 4)), np.zeros((3, 4))]))
    assert found.silhouettes[2] == pytest.approx(1)
    assert len(found.names) == 1


def test_courses_of_two_worlds_are_found_together_and_count_each_worlds_people(lives):
    pytest.importorskip("sklearn")
    half = np.repeat([RECOVERING, ACTIVE], 20)
    worlds = {"half": lives(40, 52, [(3, 0, "died")], use=half), "all": lives(40, 52, use=RECOVERING)}
    found, table = classes_of_worlds(worlds)
    assert len(found.names) == 2
    assert table["people"].tolist() == [20, 19, 0, 40]
    assert table["left_out"].tolist() == [1, 1, 0, 0]


def test_too_few_people_and_too_few_quarters_are_told_in_words(lives):
    with pytest.raises(ComparisonError, match="29 people"):
        trajectory_classes(np.zeros((29, 8)))
    with pytest.raises(ComparisonError, match="two quarters or more"):
        classes_of_worlds({"short": lives(40, 20, use=ACTIVE)})
    with pytest.raises(ComparisonError, match="different lengths"):
        classes_of_worlds({"one": lives(40, 52, use=ACTIVE), "two": lives(40, 104, use=ACTIVE)})


def test_without_scikit_learn_the_extra_that_brings_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ComparisonError, match=r"recovery-journeys\[journeys\]"):
        trajectory_classes(courses()[0])


def test_lives_of_another_length_have_no_nearest_course():
    pytest.importorskip("sklearn")
    with pytest.raises(ComparisonError, match="8 quarters"):
        trajectory_classes(courses()[0]).nearest(np.zeros((3, 4)))
