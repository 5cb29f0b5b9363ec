"""Observables in two worlds under the same luck: each world's own values, of those at risk in the base world."""

from __future__ import annotations

import pytest

from analysis import compare, gap
from analysis.catalogue import find_outcomes
from analysis.stretch import stretch_of
from simulation import simulate

FIRST, LAST = 4, 56
"""The advocate stands by people from week 5 on; a year later is the horizon."""

HELPED = ["weeks_a_flag_lasts", "weeks_untold", "labelled_weeks", "weeks_role_blocked", "mean_stigma"]
MOVED = ["lapse_to_relapse", "cross_domain_ratio", "gini_quality_of_life", "bimodality_identity", "degree", "tortuosity"]


@pytest.fixture(scope="module")
def worlds():
    lived = [
        simulate(name, people=600, years=1.25, seed=2, panel=(FIRST, LAST), threads=1)
        for name in ("the-visit", "independent-advocates")
    ]
    return [stretch_of(world, FIRST, LAST, events=True) for world in lived]


def figures(outcome, worlds):
    found = find_outcomes([outcome])[0]
    at_risk = found.at_risk(worlds[0].start)
    return [found.figure(found.values(part, at_risk), found.weights(part), at_risk) for part in worlds]


@pytest.mark.parametrize("name", HELPED)
def test_an_advocate_shortens_a_flag_and_what_it_brings(worlds, name):
    """Most flags of these worlds are there when the policy starts, and count from then on."""
    without, helped = figures(name, worlds)
    assert 0 < helped < without


@pytest.mark.parametrize("name", MOVED)
def test_an_observable_of_several_columns_or_weights_moves_with_the_lives(worlds, name):
    without, helped = figures(name, worlds)
    assert without > 0
    assert helped > 0
    assert helped != without


def test_a_gap_is_compared_as_any_other_outcome(worlds):
    asked = gap("mean_stigma", by="woman")
    without, helped = figures(asked, worlds)
    assert without != helped
    assert figures(asked, [worlds[0], worlds[0]]) == [without, without]


def test_a_comparison_keeps_the_states_between_that_an_outcome_asks_for():
    """The two worlds part in the week of the flags: only those of the other world have any to recover from."""
    asked = ["weeks_to_half_comfort", "weeks_role_blocked", "weeks_role_blocked_by_flag"]
    effects = compare("a-year-in", "the-visit", outcomes=asked, people=500, years=1.25, seeds=[1, 2], draws=0)
    table = effects.table[effects.table["group"] == "all"].set_index("outcome")
    assert table.loc["weeks_role_blocked_by_flag", "base_value"] == 0
    assert 0 < table.loc["weeks_role_blocked_by_flag", "other_value"] <= table.loc["weeks_role_blocked", "other_value"]
    assert 8 < table.loc["weeks_to_half_comfort", "other_value"] < 52
