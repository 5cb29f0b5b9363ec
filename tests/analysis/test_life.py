"""A life in words: every event has words, and two lives part where their first event differs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis.life import first_parting, most_different, tell_life
from simulation import Scenario, simulate, story
from simulation.diary import EVENTS
from simulation.errors import ComparisonError
from simulation.scenario_parts import Experiment


def events(*rows) -> pd.DataFrame:
    columns = ["person", "week", "event", "domain", "detail", "cause", "value"]
    return pd.DataFrame([[*row, "", "", "", 0.0][:7] for row in rows], columns=columns)


DETAILS = {
    "role_gained": "work",
    "role_lost": "family",
    "flag_on": "unjustified",
    "moved": "new",
    "reached": "peer_groups",
}
DOMAINS = {"service_start": "use", "service_end": "mental_health"}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("domain", ["use", "offending", "mental_health"])
def test_every_event_has_plain_words(name, domain):
    event = {"event": name, "domain": domain, "detail": DETAILS.get(name, ""), "cause": "", "value": 3.0, "week": 56}
    told = story.event_words(event)
    assert told
    assert "_" not in told


def test_a_flag_is_told_with_who_raised_it_and_how_it_ended():
    flag = {"event": "flag_on", "domain": "", "detail": "unjustified", "cause": "police", "value": 0.0}
    assert story.event_words(flag) == "flagged without cause by police"
    over = {"event": "flag_off", "domain": "", "detail": "unjustified", "cause": "both", "value": 9.0}
    assert story.event_words(over) == "the flag ended after 9 weeks, because kin and an ally spoke up together"


def test_weeks_are_told_with_their_year():
    assert story.week_words(56) == "Week 56 (year 2)"
    assert story.week_words(51) == "Week 51 (year 1)"


def test_offences_with_nothing_between_them_are_told_together():
    rows = events((0, 1, "offence", "offending"), (0, 3, "offence", "offending"), (0, 4, "arrest", "offending"))
    assert story.event_lines(rows) == [
        "Weeks 1 to 3 (from year 1): 2 weeks with an offence.", "Week 4 (year 1): arrested.",
    ]  # fmt: skip


def test_lives_part_at_the_first_event_that_differs():
    ours = events((0, 1, "lapse", "use"), (0, 2, "resolved", "use"))
    theirs = events((0, 1, "lapse", "use"), (0, 2, "relapse", "use"))
    assert first_parting(ours, theirs) == 1
    assert first_parting(ours, ours) is None
    assert first_parting(ours, ours.iloc[:1]) == 1


def test_the_person_whose_lives_differ_most_is_found_and_ties_go_to_the_lowest_number():
    same = events((0, 1, "lapse", "use"))
    other = pd.concat([same, events((2, 1, "lapse", "use"), (1, 1, "lapse", "use"))])
    assert most_different(same, other, pd.Series([0, 1, 2]).to_numpy()) == 1
    assert most_different(same, same, pd.Series([0]).to_numpy()) is None


@pytest.fixture(scope="module")
def life():
    plans = [Scenario.load(name).with_settings(people=200, years=1) for name in ("the-visit", "independent-advocates")]
    return tell_life(*plans, seed=1)


def test_two_lives_are_told_with_what_they_share_where_they_part_and_why(life):
    assert life.shared[0].startswith("At the start: a ")
    assert life.parting[0] == "The two worlds are the same until week 5."
    assert any("part in week" in line for line in life.parting)
    assert all(lines[-1].startswith("At the end: ") for lines in life.apart)


def test_a_life_is_the_same_whenever_it_is_told(life):
    plans = [Scenario.load(name).with_settings(people=200, years=1) for name in ("the-visit", "independent-advocates")]
    assert tell_life(*plans, seed=1).parting == life.parting


def test_in_equal_worlds_a_person_lives_the_same_life_twice():
    plan = Scenario.load("the-visit").with_settings(people=100, years=0.5)
    told = tell_life(plan, plan, person=3)
    assert told.parting == [
        "The two lives are the same, event for event: no policy reached this person, nor anything through others."
    ]


def test_a_person_who_is_not_there_is_told_who_is():
    with pytest.raises(ComparisonError, match="0 to 99"):
        tell_life(Scenario.load("the-visit").with_settings(people=100, years=0.5), person=100)


def test_what_an_experiment_did_to_a_life_is_told_as_an_experiment():
    """Not as a policy, nor as something that came through others."""
    given = (Experiment("take_role", what="family", start=1), Experiment("give_role", what="family", start=3))
    plan = replace(Scenario.load("a-year-in"), people=60, years=0.3)
    base, other = plan, replace(plan, experiments=given)
    person = int(simulate(other, seed=2).events.query("cause == 'experiment'")["person"].iloc[0])
    told = tell_life(base, other, person=person, seed=2)
    text = "\n".join([*told.parting, *(line for life in told.apart for line in life)])
    assert "a role in the family, by an experiment" in text
    assert "The worlds differ in experiments" in text


def test_worlds_that_differ_in_the_rule_itself_are_told_so():
    base = Scenario.load("the-visit").with_settings(people=60, years=0.5)
    told = tell_life(base, replace(base, name="without", switch_off=("identity",)))
    assert any("the rule itself is another one" in line for line in told.parting)
    assert not any("came through people they know" in line for line in told.parting)
