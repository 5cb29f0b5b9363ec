"""Whom policies cover, policy by policy, and what they were seen to do."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analysis import compare
from analysis.acts import ACTS, count_acts
from analysis.words import Covered, covered
from simulation import Scenario, simulate
from simulation.diary import CAUSES, EVENTS
from simulation.levers import LEVERS

SMALL = {"people": 300, "years": 1.25, "seeds": [1, 2], "draws": 0, "workers": 1}


def policy(lever: str, start: int = 0, until: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(lever=lever, start=start, until=until)


def test_every_act_is_of_a_lever_an_event_and_causes_that_there_are():
    assert set(ACTS) <= set(LEVERS)
    assert {act.event for act in ACTS.values()} <= set(EVENTS)
    assert {cause for act in ACTS.values() for cause in act.causes} <= set(CAUSES)


def test_acts_are_counted_among_those_covered_while_the_policy_is_in_force_by_their_cause(hand_made):
    off = [(3, 0, "flag_off", {"cause": "professional"}), (5, 0, "flag_off", {"cause": "both"}),
           (5, 1, "flag_off", {"cause": "expiry"}), (6, 2, "flag_off", {"cause": "professional"}),
           (9, 1, "flag_off", {"cause": "professional"})]  # fmt: skip
    world = hand_made(3, 10, off)
    world.covered = [np.array([0, 1])] * 3
    policies = [policy("independent_advocate", 4), policy("independent_advocate", 0, 9), policy("hope_coaching")]
    assert count_acts(policies, world) == [2, 2, None]


def test_flags_raised_and_ended_are_those_of_the_history():
    text = 'extends = "the-visit"\n[[policy]]\nlever = "review_date"\nset = "4 weeks"\nfrom = "week 5"\n'
    plan = Scenario.from_text(text, "dates").with_settings(people=300, years=1)
    history = simulate(plan, seed=1)
    events = history.events
    raised, reviewed = (((events["event"] == event) & (events["cause"] == cause)).sum()
                        for event, cause in (("flag_on", "policy"), ("flag_off", "review")))  # fmt: skip
    assert raised > 0
    assert reviewed > 0
    assert count_acts(plan.policies, history) == [raised, reviewed]


def test_records_sealed_are_counted_in_reach_and_said():
    text = (
        'extends = "the-visit"\n[primary]\noutcome = "relapsed"\nhorizon = "1 year"\ngroup = "own_experience"\n'
        '[[policy]]\nlever = "seal_records"\nset = "26 weeks"\nfrom = "week 5"\nwhom = "has_record"\n'
    )
    effects = compare("the-visit", Scenario.from_text(text, "sealed"), **SMALL)
    row = effects.reach[effects.reach["lever"] == "seal_records"].iloc[0]
    assert row["acts"] == "records sealed"
    assert 0 < row["acted"] <= row["people"]
    assert effects.answers[0].reached.startswith(f"Covered {row['people']:,.0f} people, ")
    assert effects.answers[0].reached.endswith(f": {row['acted']:,.0f} records sealed.")


def test_without_events_what_a_policy_did_is_not_known_and_not_said():
    effects = compare("the-visit", "independent-advocates", **SMALL, keep="states")
    assert effects.reach["acted"].isna().all()
    assert "flags ended" not in effects.answers[0].reached


def test_each_policy_is_told_by_itself_with_no_more_weeks_than_its_people_live():
    effects = compare("the-visit", "spoken-for", **SMALL)
    lines = effects.answers[0].reached.split("\n")
    assert lines[0] == "Each policy in a mean of 2 worlds (300 people in each):"
    assert [line.split(" covered ")[0] for line in lines[1:]] == ["just handling", "review date", "independent advocate"]
    assert (effects.reach["person_weeks"] <= effects.reach["people"] * effects.question.base.weeks).all()


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([Covered("a", 1240, 9300)], "Covered 1,240 people, 9,300 weeks in a mean of 30 worlds (5,000 people in each)."),
        ([Covered("a", 12, 93, ("7 flags raised", "2.0 places filled"))],
         "Covered 12 people, 93 weeks in a mean of 30 worlds (5,000 people in each): 7 flags raised, 2.0 places filled."),
        ([Covered("a", 0, 0)], "Covered nobody."),
        ([], "Covered nobody."),
        ([Covered("a", 12, 93), Covered("b", 0, 0, ("0 flags raised",))],
         ("Each policy in a mean of 30 worlds (5,000 people in each):\n"
          "a covered 12 people, 93 weeks.\nb covered 0 people, 0 weeks.")),
    ],
)  # fmt: skip
def test_whom_policies_cover_is_said_of_each(policies, said):
    assert covered(policies, 5_000, 30) == said
