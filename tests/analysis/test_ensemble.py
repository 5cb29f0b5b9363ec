"""Many worlds at once: results in order, the first failure told, the rest stopped."""

from __future__ import annotations

import threading
import time

import pytest

from analysis.ensemble import Stopped, run_all


def test_results_come_in_the_order_of_tasks():
    def live(task, bell):
        time.sleep(0.01 * (5 - task))
        return task * task

    assert run_all(range(5), live, workers=3) == [0, 1, 4, 9, 16]


def test_progress_ends_with_all_worlds_done():
    told = []
    run_all([1, 2, 3], lambda task, bell: task, weights=[2, 2, 3], progress=lambda *now: told.append(now))
    assert told[0] == (0, 7, None)
    assert told[-1][:2] == (7, 7)


def test_a_failure_stops_the_other_worlds_and_is_told():
    began = threading.Event()
    stopped = []

    def live(task, bell):
        if task == 0:
            began.wait(5)
            raise ValueError("broken")
        began.set()
        try:
            for _ in range(500):
                bell.check()
                time.sleep(0.01)
        except Stopped:
            stopped.append(task)
            raise

    with pytest.raises(ValueError, match="broken"):
        run_all(range(6), live, workers=2)
    assert 1 in stopped
    assert set(stopped) <= {1, 2, 3}  # the worker that failed may have taken up one more world before it heard
