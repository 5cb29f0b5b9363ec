"""The primary outcome over time ends where the outcome is judged, in the same people and unit."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import compare
from analysis.catalogue import EVERY
from analysis.course import course_of
from analysis.measures_lives import Lives
from analysis.outcomes import OUTCOMES
from analysis.stretch import stretch_of
from analysis.worlds import BASE
from simulation import Scenario, simulate

CAN_BE_PRIMARY = [outcome.id for outcome in EVERY.values() if outcome.phrase]


@pytest.fixture(scope="module")
def stretch():
    plan = Scenario.load("leaving-prison").with_settings(people=400, years=2.0)
    return stretch_of(simulate(plan, seed=3, panel={20, 104}), 20, 104, events=True)


@pytest.mark.parametrize("name", CAN_BE_PRIMARY)
def test_the_course_of_each_possible_primary_outcome_ends_at_the_outcome(stretch, name):
    outcome = OUTCOMES[name]
    who = outcome.at_risk(stretch.start) & (np.arange(len(stretch.start)) % 3 > 0)
    judged = outcome.figure(outcome.values(stretch, who), outcome.weights(stretch), who)
    course = course_of(outcome, Lives(stretch, who))
    assert course.shape == (84,)
    assert course[-1] == pytest.approx(judged, abs=1e-9)


def test_a_first_event_counts_once_and_whoever_dies_stays_counted(lives):
    course = course_of(
        OUTCOMES["relapsed"],
        lives(4, 6, [(1, 0, "relapse", "use"), (3, 0, "relapse", "use"), (2, 1, "died"), (4, 2, "relapse", "use")]),
    )
    assert course.tolist() == [0, 250, 250, 250, 500, 500]


def test_offences_count_each_time_and_weeks_in_a_state_add_up(lives):
    of_two = lives(2, 4, [(0, 0, "offence"), (2, 0, "offence"), (1, 1, "homeless_start"), (3, 1, "homeless_end")])
    assert course_of(OUTCOMES["offences"], of_two).tolist() == [500, 500, 1000, 1000]
    assert course_of(OUTCOMES["homeless_weeks"], of_two).tolist() == [0, 500, 1000, 1000]


def test_of_nobody_no_course_is_known(lives):
    assert np.isnan(course_of(OUTCOMES["died"], lives(0, 3))).all()


@pytest.mark.parametrize("keep", ["events", "numbers"])
def test_a_comparison_keeps_the_course_of_its_primary_group_up_to_its_effect(keep, tmp_path):
    effects = compare("the-visit", "independent-advocates", people=300, years=1.25, seeds=[1, 2], draws=0, keep=keep,
                      store=tmp_path)  # fmt: skip
    ends = {
        key: np.mean([found.weekly[key]["course"].iloc[-1] for found in effects.numbers])
        for key in (BASE, "independent-advocates")
    }
    row = effects.primary()
    assert ends[BASE] == pytest.approx(row.base_value)
    assert ends["independent-advocates"] - ends[BASE] == pytest.approx(row.effect)
