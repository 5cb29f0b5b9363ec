"""Intervals and verdicts of published figures, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from analysis import predictive
from analysis.predictive import ABOVE, BELOW, INSIDE, NOTHING, WIDE, counted, predict
from analysis.published import Published
from analysis.published_measures import Measure, Measured


def figure(value=500.0, sd=20.0, is_log=False, outcome="convicted"):
    return Published("a", "somebody", Measure("leaving_prison", "outcome", (outcome,), weeks=52), value, sd, is_log)


def of(*values, people=100):
    return [Measured(float(value), people) for value in values]


def test_the_interval_of_nineteen_draws_runs_from_the_least_to_the_most():
    """(19 + 1) 0.05 = 1: the first and the last of 19 in order, between which a twentieth lies nine times in ten."""
    found = predict(figure(), of(*np.random.default_rng(1).permutation(np.arange(451, 470))))
    assert (found.low_model, found.high_model, found.median) == (451.0, 469.0, 460.0)


def test_the_interval_of_thirty_nine_draws_leaves_out_one_at_either_end():
    """(39 + 1) 0.05 = 2."""
    found = predict(figure(), of(*range(481, 520)))
    assert (found.low_model, found.high_model) == (482.0, 518.0)
    assert found.half_width_model == pytest.approx(18 / 20)


def test_a_further_draw_lies_inside_nine_times_in_ten_whatever_the_distribution():
    """Of 2,000 times 60 draws of a skewed distribution: 0.90, with an error of 0.007."""
    luck = np.random.default_rng(3)
    held = []
    for _ in range(2000):
        *draws, further = np.exp(luck.normal(5.0, 0.3, 61)).tolist()
        found = predict(figure(value=150.0, sd=1.0), of(*draws))
        held.append(found.low_model <= further <= found.high_model)
    assert np.mean(held) == pytest.approx(0.90, abs=0.025)


def test_with_the_study_s_own_error_the_interval_is_that_of_both_together():
    """Draws all alike: only the error is left, at the rank of 3.05 - 0.5 of 60. Many normal ones: variances add."""
    alone = predict(figure(), of(*[500.0] * 60))
    assert (alone.low_model, alone.high_model) == (500.0, 500.0)
    assert alone.low == pytest.approx(500 + 20 * norm.ppf(2.55 / 60), abs=1e-6)
    assert alone.high == pytest.approx(1000 - alone.low, abs=1e-6)
    many = predict(figure(), of(*norm.ppf((np.arange(4000) + 0.5) / 4000, 480.0, 15.0)))
    assert many.low == pytest.approx(480 - 1.645 * 25, abs=0.2)
    assert many.high == pytest.approx(480 + 1.645 * 25, abs=0.2)
    assert many.half_width == pytest.approx(1.645 * 25 / 20, abs=0.01)


def test_where_the_study_had_no_error_to_speak_of_both_intervals_are_one():
    draws = of(*range(481, 520))
    found = predict(figure(sd=1e-4), draws)
    assert (found.low, found.high) == (pytest.approx(found.low_model, abs=1e-3), pytest.approx(found.high_model, abs=1e-3))


def test_on_the_log_scale_twice_and_half_are_as_far_off():
    sd = math.log(2)
    twice, half = (predict(figure(10.0, sd, is_log=True), of(*[value] * 30)) for value in (20.0, 5.0))
    assert (twice.off, half.off) == (pytest.approx(1.0), pytest.approx(-1.0))
    assert half.low * twice.high == pytest.approx(100.0)


def test_a_draw_of_nothing_on_the_log_scale_lies_far_below_and_stays_a_value():
    found = predict(figure(10.0, 0.2, is_log=True), of(*[0.0] * 30, *[9.0] * 10))
    assert found.low_model == 0.0
    assert 0.0 <= found.low < found.high
    assert found.off == -20.0


def test_ends_never_leave_the_range_of_what_is_measured():
    found = predict(figure(value=5.0, sd=20.0), of(*[5.0] * 30))
    assert (found.low, found.inside) == (0.0, True)
    assert found.half_width == pytest.approx((found.high - found.low) / 40)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (range(490, 520), INSIDE), (range(300, 330), ABOVE), (range(700, 730), BELOW), (range(300, 700, 10), WIDE),
        (range(490, 890, 10), WIDE), (range(600, 1000, 10), BELOW),
    ],
)  # fmt: skip
def test_the_verdict_says_on_which_side_the_published_value_lies_or_that_anything_would_be_inside(values, verdict):
    assert predict(figure(), of(*values)).verdict == verdict


def test_a_value_may_lie_inside_only_because_the_study_was_unsure():
    found = predict(figure(), of(*range(511, 541)))
    assert (found.inside, found.inside_model, found.verdict) == (True, False, INSIDE)


def test_the_share_of_draws_above_counts_those_that_are_the_same_as_half():
    assert predict(figure(), of(490, 500, 510, 520)).above == pytest.approx(0.625)


def test_draws_without_a_value_are_left_out_and_told():
    found = predict(figure(), [*of(490, 500, 510), Measured(math.nan, 0, "nobody at risk")])
    assert (found.draws, found.measured, found.why) == (4, 3, "nobody at risk in 1 of 4 draws")
    assert found.verdict == INSIDE


def test_where_most_draws_give_no_value_there_is_nothing_to_say():
    without = [*[Measured(math.nan, 0, "nobody at risk")] * 2, Measured(math.nan, 9, "too little happened")]
    found = predict(figure(), [*of(490), *without])
    assert found.verdict == NOTHING
    assert found.in_words == "not measurable (nobody at risk in 2 of 4 draws; too little happened in 1 of 4 draws)"
    assert math.isnan(found.median)
    with pytest.raises(ValueError, match="no draw"):
        predict(figure(), [])


def test_figures_are_counted_by_either_interval():
    found = [predict(figure(), of(*values)) for values in (range(511, 541), range(300, 330), range(300, 700, 10))]
    nothing = predict(figure(), [Measured(math.nan, 0, "nobody at risk")])
    count = counted([*found, nothing])
    assert (count["figures"], count["measured"], count["inside"], count["inside_model"], count["too_wide"]) == (4, 3, 2, 1, 1)
    assert count["half_width"] == np.median([one.half_width for one in found])
    assert math.isnan(counted([nothing])["half_width"])


def test_nineteen_draws_are_the_fewest_whose_ends_are_not_beyond_all_of_them():
    assert (predictive.FEWEST_DRAWS + 1) * (1 - predictive.LEVEL) / 2 == pytest.approx(1.0)
