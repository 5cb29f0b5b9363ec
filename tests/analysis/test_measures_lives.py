"""Lives rebuilt from how they began and from the events are the lives that were lived."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.measures_following import following, following_the_start
from analysis.measures_lives import NEVER, Lives, runs, status_by_week
from analysis.measures_sustained import weeks_believed
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


def test_what_follows_comes_in_a_later_week_of_the_same_life_and_domain(lives):
    events = [(1, 0, "lapse", "use"), (1, 0, "resolved", "offending"), (1, 0, "resolved", "use"), (2, 1, "resolved", "use"),
              (4, 0, "relapse", "use"), (5, 0, "lapse", "use")]  # fmt: skip
    found = following(lives(2, 8, events, use=RECOVERING), ("lapse",), ("resolved", "relapse"))
    assert found.week.tolist() == [1, 5]
    assert found.wait.tolist() == [3, NEVER]
    assert found.next.tolist() == [4, -1]


def test_what_follows_the_start_is_the_first_of_its_kind(lives):
    events = [(0, 1, "flag_off", 2), (3, 0, "flag_off", 2), (6, 0, "flag_off", 2)]
    found = following_the_start(lives(4, 8, events), np.array([True, True, False, True]), ("flag_off",))
    assert found.person.tolist() == [0, 1, 3]
    assert found.wait.tolist() == [4, 1, NEVER]


def test_in_custody_no_time_without_offending_is_believed_until_the_week_of_release(lives):
    inside = lives(1, 4, [(1, 0, "custody_end")], offending=RECOVERING, custody_left=2, weeks_offending=10)
    assert weeks_believed(inside, "offending")[:, 0].tolist() == [10, 10, 11, 12, 13]
