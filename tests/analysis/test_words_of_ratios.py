"""Ratios, numbers needed and rankings as sentences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.intervals import Effect
from analysis.number_needed import number_needed
from analysis.ratios import Ratio, ratio_of
from analysis.simultaneous import rank_policies
from analysis.words_of_effects import needed_in_words, ranking_in_words, ratio_in_words, reliance, weeks_longer

NAN = math.nan


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (
            Ratio(0.91, 0.9, 0.92, 0.6, 1.04, 30, 32),
            "0.91 times as many (luck alone: 0.90 to 0.92; if our assumptions are off: 0.60 to 1.04)",
        ),
        (
            Ratio(3.5, 0.53, math.inf, NAN, NAN, 10, 0),
            "3.50 times as many (luck alone: 0.53 or more; if our assumptions are off: not asked)",
        ),
        (
            Ratio(0.0004, 0, 0.001, NAN, NAN, 10, 0),
            "0.0004 times as many (luck alone: 0 to 0.001; if our assumptions are off: not asked)",
        ),
        (Ratio(1, 1, 1, 1, 1, 30, 32), "exactly as many, in each of 30 pairs of worlds"),
    ],
)
def test_a_ratio_is_said_with_both_its_ranges(ratio, said):
    assert ratio_in_words(ratio) == said


def test_a_ratio_to_nothing_is_not_said_and_one_of_nothing_says_what_was_not_seen():
    none = np.zeros(0)
    assert "cannot be said: nothing happens in any base world" in ratio_in_words(
        ratio_of(np.zeros(3), np.ones(3), none, none)
    )
    said = ratio_in_words(ratio_of(np.array([1.0, 2.0]), np.zeros(2), none, none))
    assert said.startswith("0 times as many (luck alone: from 0, upwards unknown;")
    assert "nothing happens in any other world" in said


def needed(value, low, high, wide_low, wide_high, better="lower"):
    effect = Effect(value, low, high, wide_low, wide_high, 30, 32)
    return needed_in_words(number_needed(effect, 1000, better), "people in recovery", "relapse", better)


def test_a_number_needed_is_said_with_both_its_ranges_and_through_no_difference_where_it_may_be():
    assert needed(-30, -33, -28, -84, 20) == (
        "For every 34 people in recovery one fewer is among those who relapse (luck alone: one fewer for every 30 to 36; if our "
        "assumptions are off: from one fewer for every 11 or more, through no difference, to one more for every 50 or more)."
    )


def test_a_harm_is_said_as_one_more():
    assert needed(20, 10, 40, NAN, NAN) == (
        "For every 50 people in recovery one more is among those who relapse (luck alone: one more for every 25 to 100; if our "
        "assumptions are off: not asked)."
    )


def test_a_gain_in_what_is_better_higher_is_one_more():
    assert needed(20, 10, 40, NAN, NAN, "higher").startswith("For every 50 people in recovery one more is among")


def test_no_difference_is_said_as_such():
    assert needed(0, 0, 0, 0, 0) == (
        "For no number of people in recovery is one more or fewer among those who relapse (luck alone: no difference; if our "
        "assumptions are off: no difference)."
    )
    assert needed(NAN, NAN, NAN, NAN, NAN) == "For how many people it makes a difference cannot be said."


def test_a_ranking_says_the_order_who_is_best_in_the_draws_and_each_pair():
    differences = np.array([[-1.0, -9.0], [-2.0, -8.0], [-3.0, -9.5], [-1.0, -9.0], [-2.0, -8.0]])
    drawn = np.array([[-1.0, -9.0], [-5.0, -4.0], [-3.0, -3.0], [-2.0, -8.0]])
    order, best, regret, pair = ranking_in_words(rank_policies(["mild", "strong"], differences, drawn, "lower"), "relapses")
    assert order == "From best to worst: strong, then mild."
    assert best == "Best if our assumptions are off, of 4 draws, shared where several are equal: strong in 2.5; mild in 1.5."
    assert regret == "Regret, how much worse than the best of the same draw on average, relapses: strong 0.25; mild 3.5."
    assert pair.startswith("strong is better than mild (6.9 fewer relapses, luck alone: 5.6 to 8.6; if our assumptions")
    assert pair.endswith("Whichever luck: yes; if our assumptions are off: in 2 of 4 draws, the same in 1.")


def test_a_difference_that_luck_could_make_only_seems_better():
    differences = np.array([[1.0, -2.0], [-2.0, 1.0], [1.0, 2.0], [0.0, -1.0], [1.0, 2.0]])
    *_, pair = ranking_in_words(rank_policies(["a", "b"], differences, np.zeros((0, 2)), "lower"), "relapses")
    assert " seems better than " in pair
    assert pair.endswith("Whichever luck: no; if our assumptions are off: not asked.")


def test_equal_policies_are_said_to_be_equal():
    same = np.array([[1.0, 1.0], [2.0, 2.0]])
    *_, pair = ranking_in_words(rank_policies(["a", "b"], same, same, "lower"), "relapses")
    assert pair == "a and b are exactly equal in 2 pairs of worlds."


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ([], "Nobody is at risk"),
        ([np.nan, np.nan], "Nobody is at risk"),
        ([1.0], "One pair of worlds says nothing about luck"),
        ([1.0, 2.0], "rests on 2 pairs of worlds"),
        ([1.0, 2.0, 1.0, 3.0], "rests on 4 pairs of worlds"),
        ([0.0] * 26 + [1.0] * 4, "Only 4 of 30 pairs of worlds differ"),
        ([1.0, 2.0, 3.0, 1.0, 2.0], ""),
        ([0.0] * 30, ""),
        ([0.0, 0.0], ""),
        ([0.0], "One pair of worlds says nothing about luck"),
        ([0.0, np.nan], "One pair of worlds says nothing about luck"),
    ],
)
def test_too_few_worlds_and_too_few_that_differ_are_said(differences, said):
    found = reliance(np.array(differences))
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(("drawn", "said"), [([0.0], ""), ([np.nan, 0.0], ""), ([0.5], "rests on 2 pairs of worlds")])
def test_where_no_pair_differs_the_interval_over_luck_needs_no_note_unless_a_draw_does(drawn, said):
    found = reliance(np.zeros(2), np.array(drawn))
    assert said in found
    assert bool(found) == bool(said)


def test_a_time_is_told_by_its_size_its_way_and_the_event():
    said = weeks_longer(Effect(-1.3, -1.4, -1.2, -7.5, -0.1, 8, 8), "people", "relapse")
    assert said.startswith("On average, people live 1.3 fewer weeks before a first relapse")
    assert "luck alone: 1.2 to 1.4; if our assumptions are off: 0.1 to 7.5" in said
    assert weeks_longer(Effect(0, 0, 0, 0, 0, 8, 8), "people", "relapse") == ""
    assert "before" not in weeks_longer(Effect(1, 1, 1, 1, 1, 8, 8), "people", "died")
