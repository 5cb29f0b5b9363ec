"""Sentences say the effect, both intervals, and whether it can be seen at all."""

from __future__ import annotations

import pytest

from analysis import words
from analysis.intervals import Effect
from analysis.outcomes import OUTCOMES

ADVOCATES = "when an independent advocate stands by them"


def sentence(effect: Effect, outcome: str = "relapsed") -> str:
    return words.answer(OUTCOMES[outcome], "people flagged without cause", 52, effect, ADVOCATES)


def test_the_answer_has_the_shape_of_the_first_minute():
    assert sentence(Effect(-70.2, -80.1, -60.4, -190.0, 0.4, 30, 30)) == (
        "Of every 1,000 people flagged without cause, 70 fewer relapse within a year when an independent advocate stands by "
        "them (luck alone: 60 to 80; if our assumptions are off: 0 to 190): surely not luck, but no effect at all is within "
        "our assumptions."
    )


def test_an_effect_too_small_to_see_says_so_in_the_same_sentence():
    told = sentence(Effect(-0.1, -0.6, 0.4, -0.8, 0.7, 30, 30))
    assert "0.10 fewer" in told
    assert "luck alone: -0.40 to 0.60" in told
    assert told.endswith("too small to tell from luck.")


def test_equal_worlds_are_said_to_be_equal():
    assert "exactly as many relapse" in sentence(Effect(0, 0, 0, 0, 0, 30, 30))


def test_no_effect_in_any_world_but_some_in_a_draw_is_told_with_its_range():
    assert "0 fewer relapse" in sentence(Effect(0, 0, 0, -0.7, 0, 30, 30))


def test_one_world_says_so():
    nan = float("nan")
    assert sentence(Effect(-7, nan, nan, nan, nan, 1, 0)).endswith("from a single world.")


def test_nobody_at_risk_is_said_and_not_computed():
    nan = float("nan")
    none = Effect(nan, nan, nan, nan, nan, 0, 0)
    assert sentence(none).endswith(
        "nothing can be said: nobody among them is in recovery in the first week, so nobody can relapse."
    )
    told = words.answer(OUTCOMES["died"], OUTCOMES["died"].whom, 52, none, ADVOCATES)
    assert told.endswith("nobody has a problem, past or present, in the first week, so there is nobody to count.")


@pytest.mark.parametrize(
    ("weeks", "said"), [(52, "a year"), (104, "2 years"), (26, "26 weeks"), (1, "a week"), (53, "53 weeks")]
)
def test_weeks_are_told_as_people_say_them(weeks, said):
    assert words.weeks_in_words(weeks) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(1234.5, "1,234"), (0.0, "0"), (-0.04, "-0.04"), (-0.001, "0.00"), (3.14, "3.1"), (float("nan"), "unknown")],
)
def test_numbers_have_as_many_decimals_as_suit_their_size(value, said):
    assert words.number(value) == said


def test_every_lever_has_words_for_more_and_for_less():
    from simulation.levers import LEVERS

    assert set(words.WHEN) == set(LEVERS)
    assert all(len(pair) == 2 and all(pair) for pair in words.WHEN.values())


def test_worlds_that_differ_in_many_ways_are_told_by_their_names():
    changes = [("policing", True), ("peer_groups", True), ("check_ups", True)]
    assert words.when(changes, "baseline", "mine") == "under mine than under baseline"


def test_where_no_assumption_stands_out_that_is_said():
    assert "stands out" in words.range_comes_from([], {}, 30, 60)
    assert words.range_comes_from(["a"], {"a": "exposure feeding self-stigma"}, 30, 60) == (
        "Most of that range comes from: exposure feeding self-stigma."
    )


def test_an_interval_that_leaves_out_no_effect_is_not_shown_as_one_that_holds_it():
    effect = Effect(-30.0, -32.0, -28.0, -159.0, -0.18, 30, 32)
    assert words.between(effect.low, effect.high, effect, -1.0) == "0.18 to 159"
    assert words.between(-0.18, 159.0, effect) == "0 to 159"
