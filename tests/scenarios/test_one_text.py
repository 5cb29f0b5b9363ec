"""A scenario written as one text, which extends nothing, reads back as the same scenario to the last bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import Scenario, simulate
from simulation.errors import ScenarioError
from simulation.scenario_files import shipped_scenarios

EVERYTHING = """
question = "What if, \\"quoted\\" and 'so', # and a line [of] {signs}?"
cohort = "england"
people = 300
years = 2
own_experience = "40 %"
switch_off = ["deterrence", "shame"]

[primary]
outcome = "lapsed"
horizon = "26 weeks"
group = 'identity < 0.4 and has_record'

[[area]]
name = "hill"
exposure = 1.3
risk = 0.1

[[population_group]]
name = "group_a"
share = "14 %"
bias = 2.0
because = "an illustration"

[[policy]]
lever = "unjustified_flags"
set = "0.2 % a year"
from = "week 3"
until = "week 60"
ramp = "10 weeks"
whom = "has_record"
covers = "60 %"
because = "pilot \\u00e9 only"

[[policy]]
lever = "independent_advocate"
set = "100 %"
from = "week 20"
places = 7

[[experiment]]
set = 0.8
state = "identity"
when = "decided"
whom = "women"

[[assumption]]
name = "deterrence"
range = [0, 0.4]
because = "no direct study"

[cost]
currency = "GBP"
independent_advocate = 50
"""


def same(scenario: Scenario) -> bool:
    again = Scenario.from_text(scenario.as_toml(), scenario.name)
    return again.resolved() == scenario.resolved() and again.primary == scenario.primary and "extends" not in scenario.as_toml()


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_reads_back_from_its_text(name):
    assert same(Scenario.load(name))


def test_everything_a_file_can_say_reads_back():
    assert same(Scenario.from_text(EVERYTHING, "everything"))


@given(people=st.integers(20, 5_000), years=st.integers(3, 20), value=st.floats(0.013, 0.12))
def test_what_was_set_for_a_run_reads_back_to_the_last_bit(people, years, value):
    scenario = Scenario.load("the-visit").with_settings(people=people, years=float(years), assumptions={"identity_rate": value})
    assert same(scenario)


def test_a_world_lived_from_the_text_is_the_world_itself():
    scenario = Scenario.from_text(EVERYTHING, "everything")
    ours, theirs = (simulate(plan, seed=1, threads=1) for plan in (scenario, Scenario.from_text(scenario.as_toml(), "again")))
    assert ours.weekly.equals(theirs.weekly)
    assert ours.events.equals(theirs.events)


def test_what_no_file_can_ask_for_is_refused_rather_than_changed():
    with pytest.raises(ScenarioError):
        replace(Scenario.load("baseline"), years=0.001).as_toml()
