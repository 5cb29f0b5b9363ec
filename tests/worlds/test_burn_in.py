"""Burn-in, before week 0: people settle, what defines their cohort is held, and nothing is written or counted."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from simulation import History, simulate
from simulation.cohort import cohort_names, load_cohort
from simulation.parameters import PARAMETERS
from simulation.population import draw_population, let_event_happen
from simulation.scenario import Scenario
from simulation.state import DOMAINS, ROLES, TOTALS, TRAITS

PEOPLE = 300
EVENTS = [name for name in cohort_names() if load_cohort(name).event != "none"]
HELD = (
    *DOMAINS, *(f"weeks_{domain}" for domain in DOMAINS), *ROLES, "symptoms", "diagnosis", "record", "record_age",
    "prior_convictions", "flag", "custody_left", "ever_released", "weeks_since_release", "homeless", "area", "service",
    "service_quality", "age", "alive",
)  # fmt: skip
MINDS = ("identity", "hope", "self_stigma", "anticipated_stigma", "coherence", "distress")


@cache
def world(name: str) -> History:
    return simulate(Scenario(name="x", cohort=name, people=PEOPLE, years=0.5), seed=2)


@pytest.mark.parametrize("name", EVENTS)
def test_what_defines_a_cohort_is_at_week_0_as_it_was_drawn(name):
    people, _ = draw_population(load_cohort(name), PEOPLE, 2, None)
    let_event_happen(people, load_cohort(name), 2)
    start = world(name).start
    assert [column for column in HELD if not np.array_equal(start[column], people[column])] == []


@pytest.mark.parametrize("name", EVENTS)
def test_minds_settle_while_the_rest_is_held(name):
    people, _ = draw_population(load_cohort(name), PEOPLE, 2, None)
    start = world(name).start
    assert [column for column in MINDS if np.array_equal(start[column], people[column])] == []
    for column in MINDS:
        assert start[column].min() >= 0.0
        assert start[column].max() <= 1.0


@pytest.mark.parametrize("name", cohort_names())
def test_nobody_ages_dies_or_changes_their_traits_before_week_0(name):
    people, _ = draw_population(load_cohort(name), PEOPLE, 2, None)
    start = world(name).start
    assert start["alive"].all()
    assert np.array_equal(start["age"], people["age"])
    assert [trait for trait in TRAITS if not np.array_equal(start[trait], people[trait])] == []


@pytest.mark.parametrize("name", cohort_names())
def test_nothing_before_week_0_is_written_or_counted(name):
    history = world(name)
    assert (history.events["week"] >= 0).all()
    assert [total for total in TOTALS if history.start[total].any()] == []


@pytest.mark.parametrize("name", EVENTS)
def test_life_goes_on_from_week_0(name):
    """What was held is lived again: within half a year somebody changes course, finds or loses a role, and is older."""
    history = world(name)
    found = set(history.events["event"])
    assert found & {"decided_gradually", "decided_suddenly", "lapse"}
    assert {"role_gained", "role_lost"} <= found
    assert (history.end["age"] > history.start["age"])[history.end["alive"] > 0].all()


def test_weeks_since_release_count_from_week_0():
    """Free people who were not sent back have been out for as long as the world has lived."""
    history = world("leaving_prison")
    back = set(history.events[history.events["event"] == "custody_start"]["person"])
    end = history.end[(history.end["own_experience"] > 0) & (history.end["alive"] > 0)]
    end = end[~np.isin(end["person"], list(back))]
    assert len(end) > 50
    assert np.all(end["weeks_since_release"] == history.weeks)


def test_people_entering_treatment_leave_their_service_in_time():
    """Half a year is as long as the mean stay says, or longer: so many are out again, and some have come back."""
    history = world("entering_treatment")
    ended = set(history.events[history.events["event"] == "service_end"]["person"])
    share = len(ended) / (history.start["own_experience"] > 0).sum()
    expected = 1 - math.exp(-26 / PARAMETERS["service_weeks"].default)
    assert share == pytest.approx(expected, abs=0.12)
