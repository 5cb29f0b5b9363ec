"""What an answer rests on, in the head of a report: the policy itself first, then the assumptions, and what each source is."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.intervals import FEWEST_DRAWS, strongest
from analysis.report_rests import on_assumptions, on_the_policy, rests_on_luck_only, what_differs
from analysis.sources import codes_unread, sources, sources_named
from simulation import Scenario
from simulation.parameters import free_parameters


def test_the_first_thing_an_answer_rests_on_is_the_policy_in_the_words_of_its_scenario():
    said = on_the_policy(Scenario.load("the-visit"), Scenario.load("independent-advocates"))
    assert said.startswith("First of all on what the scenario sets")
    assert "an independent advocate stands by people flagged without cause" in said
    assert "flagged once" not in said, "both worlds have the visit"


def test_a_log_hazard_is_said_as_how_many_times_as_likely():
    assert "about 12 times as likely" in on_the_policy(Scenario.load("leaving-prison"), Scenario.load("housing-first"))


def test_what_only_the_base_world_has_is_told_as_that():
    told = what_differs(Scenario.load("independent-advocates"), Scenario.load("the-visit"))
    assert [said.startswith("Only in independent-advocates: From week 5, an independent advocate") for said in told] == [True]


def test_worlds_in_which_no_policy_differs_rest_on_none():
    assert on_the_policy(Scenario.load("the-visit"), Scenario.load("the-visit")) == ""


def test_an_experiment_is_what_the_answer_rests_on_too():
    plan = Scenario.from_text(
        'extends = "the-visit"\n[[experiment]]\nstate = "hope"\nset = 0.9\nfrom = "week 5"\n', "hopeful"
    )
    assert "An experiment, not a policy" in on_the_policy(Scenario.load("the-visit"), plan)


def answer(assumptions=(), candidates=(("w_distress", -0.5),)):
    return SimpleNamespace(other="one", sources="No single one stands out.", assumptions=assumptions, strongest=candidates)


EFFECTS = SimpleNamespace(primary=lambda other: pd.Series({"effect": -30.0}))


def test_where_none_stands_out_the_strongest_are_named_as_what_chance_could_have_put_first():
    said = on_assumptions(EFFECTS, answer())
    assert "No single one stands out." in said
    first = "distress, on lapse and relapse (w_distress; the larger it is, the larger the effect"
    assert f"chance alone could have put first: {first}" in said


def test_what_stands_out_is_told_with_its_evidence():
    said = on_assumptions(EFFECTS, answer(assumptions=(("w_distress", 0.9),)))
    assert "most of all: distress, on lapse and relapse (w_distress; the larger it is, the smaller the effect; inf" in said


def test_the_strongest_are_those_that_go_with_the_effect_most():
    effects = np.arange(20.0)
    noise = np.random.default_rng(1).random((3, 20))
    drawn = {"even": -effects, "still": np.ones(20), **{f"noise {at}": row for at, row in enumerate(noise)}}
    assert strongest(drawn, effects)[0] == ("even", pytest.approx(-1.0))
    assert "still" not in dict(strongest(drawn, effects))
    assert strongest(drawn, effects[: FEWEST_DRAWS - 1]) == []


@pytest.mark.parametrize(("wide", "only"), [((-3.0, 2.0), True), ((-3.0, 2.5), False), ((np.nan, np.nan), False)])
def test_a_range_that_repeats_luck_is_told_from_one_that_reaches_further(wide, only):
    assert rests_on_luck_only(SimpleNamespace(low=wide[0], high=wide[1], low_luck=-3.0, high_luck=2.0)) is only


def test_every_code_that_an_uncertain_number_names_can_be_looked_up():
    named = {code for one in free_parameters() for code in re.findall(r"\b[A-Z]\d+[a-z]?\b", one.source)}
    assert named - set(sources()) == set()


def test_a_code_is_told_with_its_source_and_how_far_it_was_checked():
    (code, told), = sources_named(["see C16 and Z99"])
    assert code == "C16"
    assert "Agan & Starr" in told
    assert "read in the source" in told


def test_figures_that_nobody_has_read_are_named_among_those_that_are_cited():
    assert codes_unread(["S1, C16", "C15 with S2"]) == ["C15", "S1"]
