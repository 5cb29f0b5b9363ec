"""What stands beside the numbers of a comparison: what they cannot show, and what they rest on."""

from __future__ import annotations

import html

import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis import compare, write_comparison
from analysis.effect import COLUMNS
from analysis.figures_effects import draw_forest
from analysis.notes import FALLS_BY_ETHNICITY, notes_on
from analysis.pairing import ask
from simulation import Scenario
from simulation.levers import LEVERS

BASE = 'cohort = "england"\npeople = 200\nyears = 2\n'


def scenario(text: str, name: str = "one") -> Scenario:
    return Scenario.from_text(BASE + text, name)


def notes(base: Scenario, *others: Scenario, outcomes: list[str] | None = None) -> str:
    nothing = pd.DataFrame(columns=list(COLUMNS)).astype({"unit": str})
    return "\n".join(notes_on(ask(base, list(others), outcomes), nothing, pd.DataFrame()))


def policy(lever: str) -> str:
    unit = LEVERS[lever].unit
    value = '"8 weeks"' if unit == "weeks" else '"1 % a year"' if unit == "share a year" else LEVERS[lever].high
    return f'[[policy]]\nlever = "{lever}"\nset = {value}\n'


@pytest.mark.parametrize("lever", sorted(FALLS_BY_ETHNICITY))
def test_what_may_fall_by_ethnicity_is_said_to_be_unseen_where_people_belong_to_no_groups(lever):
    assert "cannot show effects by ethnicity" in notes(scenario(""), scenario(policy(lever)))
    groups = '[[population_group]]\nname = "group_a"\nshare = "14 %"\n'
    assert "by ethnicity" not in notes(scenario(groups), scenario(groups + policy(lever)))


def test_every_comparison_about_flags_says_that_it_cannot_show_effects_by_ethnicity():
    the_visit, advocates = Scenario.load("the-visit"), Scenario.load("independent-advocates")
    assert "cannot show effects by ethnicity" in notes(the_visit, advocates)
    flagged = '[primary]\ngroup = "flagged"\n'
    assert "cannot show effects by ethnicity" in notes(scenario(flagged), scenario(flagged + policy("hope_coaching")))
    assert "by ethnicity" not in notes(scenario(""), scenario(policy("hope_coaching")))


def test_a_part_of_the_model_is_said_to_be_lived_with_the_numbers_of_the_whole():
    null = 'layer = "null"\n'
    said = notes(scenario(null), scenario(null + policy("policing")))
    assert said.count("fitted to the full model") == 1
    assert "recovery evidence validate --fit independent-hazards" in said


@pytest.mark.parametrize("text", ['layer = "network"\n', 'switch_off = ["hope"]\n'])
def test_personal_recovery_is_said_to_mean_nothing_where_what_it_is_made_of_is_held(text):
    worlds = scenario("", "whole"), Scenario.from_text(text + BASE, "part")
    assert "In part, " in notes(*worlds)
    assert "means nothing there" in notes(*worlds)
    assert "In whole, " not in notes(*worlds)
    assert "means nothing" not in notes(*worlds, outcomes=["relapsed"])


@pytest.fixture(scope="module")
def from_active():
    """Everybody with a problem begins active: nobody is in recovery in the first week."""
    text = 'extends = "entering-treatment"\n[primary]\noutcome = "relapsed"\nhorizon = "1 year"\n'
    base = Scenario.from_text(text, "begin")
    other = Scenario.from_text(text + '[[policy]]\nlever = "peer_groups"\nset = 1\n', "groups")
    return compare(base, other, people=120, years=1, seeds=[1, 2, 3, 4], draws=0, outcomes=["lapsed", "flagged_weeks"])


@pytest.mark.usefixtures("blank_pictures")
def test_an_outcome_that_can_happen_to_nobody_is_said_to_be_so(from_active, tmp_path):
    assert "nobody among them is in recovery in the first week, so nobody can relapse" in from_active.answers[0].sentence
    told = "Nobody among people with own experience is in recovery in the first week, week 0, so nobody can relapse or lapse."
    assert told in from_active.notes
    assert not any("has 0 people" in note for note in from_active.notes)
    assert from_active.answers[0].other_fits == ""
    write_comparison(from_active, tmp_path / "out")
    page = html.unescape((tmp_path / "out" / "report.html").read_text())
    assert "<td>nobody at risk</td>" in page
    assert "unknown" not in page


@pytest.mark.usefixtures("blank_pictures")
def test_the_report_says_whom_reach_counts_and_of_which_worlds_the_ledger_is(from_active, tmp_path):
    write_comparison(from_active, tmp_path / "out")
    page = html.unescape((tmp_path / "out" / "report.html").read_text())
    assert "Lives of 4 worlds added up; the placebo was lived in the first 3 of them" in page
    assert "whether or not anything could happen to them" in page


def test_an_outcome_next_to_none_is_left_out_of_the_picture_and_said_to_be(from_active):
    table = from_active.table.copy()
    row = table["outcome"] == "flagged_weeks"
    table.loc[row, ["base_value", "effect", "low", "high", "low_luck", "high_luck"]] = [1.0, 50.0, 20.0, 90.0, 30.0, 70.0]
    from_active.table = table
    axis = Figure().subplots()
    draw_forest(axis, from_active)
    assert "flagged weeks" not in " ".join(label.get_text() for label in axis.get_yticklabels())
    assert "next to none in begin: flagged weeks" in axis.get_xlabel().replace("\n", " ")


@pytest.mark.parametrize(("seeds", "draws"), [([1], 0), ([1, 2], 2)])
def test_a_world_compared_with_itself_needs_no_note_on_wide_intervals_or_few_draws(seeds, draws):
    found = compare("a-year-in", "a-year-in", people=100, years=2.0, seeds=seeds, draws=draws, workers=1)
    (answer,) = found.answers
    assert (answer.reliance, answer.sources) == ("", "")
    assert not [note for note in found.notes if "draws" in note]


def test_an_outcome_that_differs_keeps_the_note_on_few_draws_though_the_primary_effect_is_exactly_nothing():
    from analysis.notes import on_few_draws
    from analysis.worlds import Numbers, Pair, Task

    def numbers(other: float) -> list[Numbers]:
        pairs = {("b", "relapsed", "all"): Pair(50, 1.0, 1.0), ("b", "died", "all"): Pair(50, 1.0, other)}
        return [Numbers(Task(1), dict(pairs)), Numbers(Task(1, draw=0), dict(pairs))]

    assert "rests on 1 draw" in on_few_draws(numbers(2.0))[0]
    assert on_few_draws(numbers(1.0)) == []
