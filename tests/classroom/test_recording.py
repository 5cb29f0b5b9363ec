"""A recorded world is the world itself, week by week."""

from __future__ import annotations

import numpy as np

from analysis.classroom.frames import UNTIL_THE_END, frame_of
from analysis.classroom.recording import record, spans_of
from simulation import RecoveryModel, Scenario, simulate

PLAN = Scenario.load("the-visit").with_settings(people=50, years=0.5)


def test_a_recorded_week_is_the_frame_of_a_model_stepped_so_far():
    recorded, model = record(PLAN, 3), RecoveryModel(PLAN, seed_number=3)
    for week in range(27):
        frame = frame_of(model)
        np.testing.assert_array_equal(recorded.codes[week], frame.codes)
        there = recorded.ties[(recorded.ties[:, 3] <= week) & (week < recorded.ties[:, 4])]
        assert {tuple(tie) for tie in there[:, :3].tolist()} == {tuple(tie) for tie in frame.ties.tolist()}
        model.step()


def test_its_history_is_the_one_that_simulate_gives():
    recorded, lived = record(PLAN, 3, panel=(5,)).history, simulate(PLAN, seed=3, panel=(5,))
    assert recorded.events.equals(lived.events)
    np.testing.assert_array_equal(recorded.snapshots[5], lived.snapshots[5])
    assert recorded.weekly.equals(lived.weekly)


def test_a_tie_that_ends_and_comes_again_is_two_ties():
    tie, other = np.array([[0, 1, 2]]), np.array([[0, 1, 2], [1, 2, 0]])
    none = np.zeros((0, 3), dtype=int)
    assert spans_of([tie, none, other]).tolist() == [[0, 1, 2, 0, 1], [0, 1, 2, 2, UNTIL_THE_END], [1, 2, 0, 2, UNTIL_THE_END]]


def test_progress_is_told_to_the_end():
    told = []
    record(PLAN, 3, progress=lambda week, weeks: told.append((week, weeks)))
    assert told[-1] == (26, 26)
