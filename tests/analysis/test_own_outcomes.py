"""A user's own outcome is a function, and what is wrong with one is said."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import OUTCOMES, compare, own_outcome
from analysis.catalogue import EVERY, find_outcomes, find_primary
from analysis.observables_of_time import weeks_before
from analysis.stretch import stretch_of_history
from simulation.errors import ComparisonError

SMALL = {"people": 120, "years": 1.25, "seeds": [1, 2, 3], "draws": 0, "workers": 1}


def own(measure, **more):
    said = {"name": "mine", "unit": "people per 1,000", "better": "lower", "means": "what I count", "scale": 1000.0}
    return own_outcome(measure, **{**said, **more})


def measure_arrests(stretch):
    return stretch.end["count_arrests"] > stretch.start["count_arrests"]


def test_a_function_that_counts_what_a_known_outcome_counts_gives_its_numbers():
    mine = own(measure_arrests)
    effects = compare("a-year-in", "the-visit", outcomes=["arrested", mine], **SMALL)
    ours, theirs = (effects.table[effects.table["outcome"] == name] for name in ("arrested", "mine"))
    for column in ("base_value", "other_value", "effect", "low_luck", "high_luck", "people"):
        np.testing.assert_array_equal(ours[column].to_numpy(), theirs[column].to_numpy())


def test_a_function_may_read_events_and_choose_whom_it_counts():
    def first_arrests(stretch):
        return stretch.lives.first("arrest") < stretch.weeks

    mine = own(first_arrests, among="age < 40 and own_experience", needs_events=True)
    effects = compare("a-year-in", "the-visit", outcomes=[mine], **SMALL)
    rows = effects.table[effects.table["outcome"] == "mine"]
    assert (rows["people"] > 0).all()
    assert np.isfinite(rows["effect"]).all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "relapsed"}, "no other outcome's name"),
        ({"name": "not a name"}, "letters, digits"),
        ({"better": "bigger"}, "lower, higher, neither"),
        ({"among": "ages < 40"}, "a group or a rule"),
    ],
)
def test_what_is_wrong_with_an_own_outcome_is_said(wrong, says):
    with pytest.raises(ComparisonError, match=says):
        own(measure_arrests, **wrong)


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        (lambda stretch: 1.0, r"shape \(\)"),
        (lambda stretch: np.zeros(3), r"shape \(3,\)"),
        (lambda stretch: np.full(len(stretch.start), np.inf), "mend the function"),
        (lambda stretch: stretch.start["no_such_column"], "raised ValueError"),
        (lambda stretch: np.array(["a"] * len(stretch.start)), "type <U1"),
    ],
)
def test_a_function_that_gives_no_number_a_person_is_refused_in_words(measure, says):
    with pytest.raises(ComparisonError, match=says):
        compare("a-year-in", "the-visit", outcomes=[own(measure)], **SMALL)


def test_an_own_outcome_and_numbers_alone_exclude_each_other():
    with pytest.raises(ComparisonError, match="every process knows by name"):
        compare("a-year-in", "the-visit", outcomes=[own(measure_arrests)], keep="numbers", **SMALL)


def test_two_outcomes_of_one_name_are_refused():
    with pytest.raises(ComparisonError, match="two outcomes of this name"):
        find_outcomes([own(measure_arrests), own(lambda stretch: stretch.end["hope"])])


def test_an_outcome_without_a_sentence_is_no_primary_outcome():
    assert find_primary("relapsed") is OUTCOMES["relapsed"]
    with pytest.raises(ComparisonError, match="no sentence is made of"):
        find_primary("weeks_before_relapse")


def test_a_mean_of_weeks_before_an_event_is_the_area_under_the_curve_of_those_without_it(hand_made):
    events = [(2, 0, "relapse", "use"), (4, 1, "died"), (6, 0, "relapse", "use"), (0, 3, "relapse", "use")]
    stretch = stretch_of_history(hand_made(4, 8, events))
    weeks = weeks_before(stretch, "relapse")
    assert weeks.tolist() == [2, 4, 8, 0]
    left = [3, 3, 2, 2, 1, 1, 1, 1]  # without a relapse and alive at the end of each week
    assert weeks.sum() == sum(left)


@pytest.mark.parametrize("outcome", [each for each in EVERY.values() if each.event], ids=lambda each: each.id)
def test_an_outcome_that_asks_whether_has_one_that_asks_when(outcome):
    time = EVERY[outcome.time]
    assert time.needs_events
    assert time.at_risk is outcome.at_risk
    assert time.better == ("higher" if outcome.better == "lower" else "lower")


def test_a_value_that_is_missing_for_some_is_said_with_of_how_many_it_is_known():
    mine = own(lambda stretch: np.where(stretch.end["hope"] > 0.6, np.nan, 1.0), among="is_recovering")
    effects = compare("a-year-in", "the-visit", outcomes=[mine], **SMALL)
    row = effects.table[effects.table["outcome"] == "mine"].iloc[0]
    assert 0 < row["known"] < row["people"]
    assert any("mine is known of" in note for note in effects.notes)
    whole = effects.table[effects.table["outcome"] == "relapsed"].iloc[0]
    assert whole["known"] == whole["people"]


def test_nobody_whom_an_own_outcome_counts_is_said_to_be_so():
    effects = compare("a-year-in", "the-visit", outcomes=[own(measure_arrests, among="age > 99")], **SMALL)
    assert any("belongs to those who are counted" in note and "mine" in note for note in effects.notes)
