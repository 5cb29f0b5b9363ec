"""Lives rebuilt from how they began and from the events are the lives that were lived."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.measures_lives import NEVER, Lives, runs, status_by_week
from simulation import Scenario, simulate
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING, ROLES


def test_a_status_holds_until_the_next_event_of_its_domain(lives):
    events = [
        (1, 0, "decided_gradually", "use"),
        (3, 0, "lapse", "use"),
        (4, 0, "resolved", "use"),
        (1, 0, "lapse", "offending"),
    ]
    found = lives(1, 6, events, use=ACTIVE)
    expected = [ACTIVE, ACTIVE, RECOVERING, RECOVERING, LAPSED, RECOVERING, RECOVERING]
    assert found.status("use")[:, 0].tolist() == expected
    assert found.status("mental_health")[:, 0].tolist() == [NONE] * 7


def test_a_role_gained_and_lost_to_custody_in_one_week_is_not_held(lives):
    found = lives(1, 2, [(0, 0, "role_gained", 0), (0, 0, "custody_start"), (0, 0, "role_lost", 0)])
    assert found.role("family")[:, 0].tolist() == [0, 0, 0]
    assert found.custody[:, 0].tolist() == [0, 1, 1]


def test_only_people_with_own_experience_are_the_cohort(hand_made):
    found = Lives(hand_made(3, 2, [(0, 1, "arrest"), (1, 2, "arrest")], own_experience=[1, 0, 1]))
    assert found.people == 2
    assert found.first("arrest").tolist() == [NEVER, 1]
    assert found.count("arrest", 0, 2).tolist() == [0, 1]


def test_a_person_who_dies_in_a_week_is_alive_at_its_beginning_only(lives):
    found = lives(2, 3, [(1, 0, "died")])
    assert [found.alive(week).tolist() for week in (1, 2)] == [[True, True], [False, True]]


def test_weeks_in_a_row_begin_again_after_a_break():
    held = np.array([[1, 0], [1, 1], [0, 1], [1, 1]], dtype=bool)
    assert runs(held).T.tolist() == [[1, 2, 0, 1], [0, 1, 2, 3]]


@pytest.mark.parametrize("cohort", ["leaving_prison", "entering_treatment", "first_episode", "england"])
def test_lives_rebuilt_from_events_are_those_of_the_snapshots(cohort):
    weeks = (0, 13, 60, 104)
    history = simulate(Scenario(name="a world", cohort=cohort, people=300, years=2), seed=3, panel=weeks, threads=1)
    found = Lives(history, np.ones(300, dtype=bool))
    for week in weeks:
        state = history.snapshots[week]
        for domain in DOMAINS:
            np.testing.assert_array_equal(status_by_week(history, domain)[week], state[domain])
        for role in ROLES:
            np.testing.assert_array_equal(found.role(role)[week], state[role])
        np.testing.assert_array_equal(found.custody[week], state["custody_left"] > 0)
        np.testing.assert_array_equal(found.in_service("use")[week], state["service"] == 1)
        np.testing.assert_array_equal(found.symptoms[week], state["symptoms"])
        np.testing.assert_array_equal(found.homeless[week], state["homeless"])
        np.testing.assert_array_equal(found.alive(week), state["alive"])
