"""Verdicts against cases counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from analysis.claims import read_claim
from analysis.verdicts import (
    CONDITIONAL,
    FAILED,
    NOT_TESTABLE,
    ROBUST,
    best_cut,
    exact_interval,
    judge_ablation,
    judge_claim,
    order_of,
    separators,
)

TEXT = """
id = "R1"
claim = "Something follows."
class = "E"
mechanism = "A way to it."
[[arm]]
name = "as_things_are"
scenario = 'extends = "baseline"'
[[measure]]
id = "gain"
population = "everyone"
weeks = "week 52"
formula = "share"
unit = "share"
sign = "above"
threshold = 0.1
[[measure]]
id = "loss"
population = "everyone"
weeks = "week 52"
formula = "share"
unit = "share"
sign = "below"
threshold = 0.0
[ablation]
measure = "gain"
rule = "shrinks"
most = 0.25
vanishes = "it goes"
switch_off = ["hope"]
"""
CLAIM = read_claim(TEXT, "R1.toml")
HOLDS, MISSES = {"gain": 0.4, "loss": -0.1}, {"gain": 0.4, "loss": 0.1}
GONE = {"gain": 0.05, "loss": -0.1}


def by_rule(rule: str, most: float):
    return replace(CLAIM, ablation=replace(CLAIM.ablation, rule=rule, most=most))


@pytest.mark.parametrize(
    ("held", "word"),
    [(60, ROBUST), (55, ROBUST), (54, CONDITIONAL), (22, CONDITIONAL), (21, FAILED), (0, FAILED)],
)
def test_a_claim_is_robust_from_55_of_60_and_has_failed_up_to_21(held, word):
    """Exact intervals of 55, 54, 22 and 21 of 60: .816 to .972, .795 to .962, .246 to .501, .231 to .484."""
    found = judge_claim(CLAIM, [HOLDS] * held + [MISSES] * (60 - held), [GONE] * 60)
    assert (found.held, found.draws) == (held, 60)
    assert found.word == word


def test_the_exact_interval_is_that_of_clopper_and_pearson():
    """10 of 10: the lower end is the 10th root of .025; none of 10: the upper end its complement."""
    assert exact_interval(10, 10) == pytest.approx((0.025**0.1, 1.0))
    assert exact_interval(0, 10) == pytest.approx((0.0, 1 - 0.025**0.1))
    assert exact_interval(0, 0) == (0.0, 1.0)


def test_a_claim_holds_in_a_draw_only_where_all_its_measures_do_and_no_number_holds_nothing():
    draws = [HOLDS, MISSES, {"gain": math.nan, "loss": -0.1}, {"gain": 0.4}]
    found = judge_claim(CLAIM, draws, [])
    assert found.held == 1
    assert found.sizes["gain"].share_holding == 0.75
    assert found.sizes["gain"].known == 3
    assert found.sizes["loss"].share_holding == 0.5


def test_sizes_are_medians_over_draws_with_the_middle_of_them():
    found = judge_claim(CLAIM, [{"gain": value, "loss": -1.0} for value in np.linspace(0, 1, 41)], [])
    size = found.sizes["gain"]
    assert (size.low, size.median, size.high) == pytest.approx((0.025, 0.5, 0.975))


@pytest.mark.parametrize(
    ("left", "gone", "figure"),
    [(0.1, True, 0.25), (0.11, False, 0.275), (-0.2, True, -0.5), (math.nan, True, 0.0)],
)
def test_by_shrinks_the_median_beyond_its_null_may_be_a_share_of_what_it_was(left, gone, figure):
    found = judge_ablation(CLAIM, [HOLDS] * 3, [{"gain": left}] * 3)
    assert found.gone is gone
    assert found.figure == pytest.approx(figure)


def test_a_null_is_what_shrinking_is_counted_from_on_either_side():
    """A ratio of 1.6 counts as .6 beyond 1: half is gone at 1.3. Below its null, a difference of -2 shrinks to -1."""
    ratio = replace(by_rule("shrinks", 0.5), measures=(replace(CLAIM.measures[0], threshold=1.0, null=1.0), CLAIM.measures[1]))
    assert judge_ablation(ratio, [{"gain": 1.6}], [{"gain": 1.3}]).gone is True
    assert judge_ablation(ratio, [{"gain": 1.6}], [{"gain": 1.31}]).gone is False
    below = replace(CLAIM, ablation=replace(CLAIM.ablation, measure="loss", most=0.5))
    assert judge_ablation(below, [{"loss": -2.0}], [{"loss": -1.0}]).figure == pytest.approx(0.5)


def test_by_not_met_it_may_hold_in_a_share_of_the_draws():
    half = by_rule("not_met", 0.5)
    assert judge_ablation(half, [], [HOLDS, GONE]).gone is True
    assert judge_ablation(half, [], [HOLDS, HOLDS, GONE]).gone is False
    assert judge_ablation(by_rule("not_met", 0.0), [], [{"gain": math.nan}] * 3).gone is True


def test_an_ablation_cannot_be_judged_without_draws_or_where_there_is_nothing_to_take_away():
    assert judge_ablation(CLAIM, [HOLDS], []).gone is None
    assert judge_ablation(CLAIM, [{"gain": -0.1}], [{"gain": -0.1}]).gone is None
    found = judge_claim(CLAIM, [{"gain": 0.2, "loss": -1.0}] * 60, [])
    assert not found.supported
    assert "cannot be judged" in found.counted()


def test_an_emergent_claim_is_supported_only_where_its_ablation_takes_it_away():
    kept = judge_claim(CLAIM, [HOLDS] * 60, [HOLDS] * 60)
    taken = judge_claim(CLAIM, [HOLDS] * 60, [GONE] * 60)
    assert (kept.word, kept.supported, kept.counted()) == (ROBUST, False, "no: the ablation leaves it")
    assert (taken.word, taken.supported, taken.counted()) == (ROBUST, True, "supported")
    assert order_of(kept) < order_of(taken)


def test_an_inserted_claim_is_marked_and_never_counts():
    found = judge_claim(replace(CLAIM, kind="I"), [HOLDS] * 60, [GONE] * 60)
    assert (found.word, found.supported, found.counted()) == (ROBUST, False, "inserted: not counted")
    both = judge_claim(replace(CLAIM, kind="I/E"), [HOLDS] * 60, [GONE] * 60)
    assert both.counted() == "supported in part"


def test_a_claim_that_must_fail_fails_and_stands_first():
    impossible = replace(CLAIM, measures=(replace(CLAIM.measures[0], threshold=2.0), CLAIM.measures[1]))
    found = judge_claim(impossible, [HOLDS] * 60, [GONE] * 60)
    assert (found.word, found.counted()) == (FAILED, "no")
    assert order_of(found) < order_of(judge_claim(CLAIM, [HOLDS] * 60, [HOLDS] * 60))


def test_a_claim_that_holds_in_no_draw_is_never_supported_however_few_there_are():
    found = judge_claim(CLAIM, [MISSES] * 2, [GONE] * 2)
    assert (found.word, found.supported, found.counted()) == (CONDITIONAL, False, "no")


def test_what_has_no_draw_or_no_path_is_not_testable():
    assert judge_claim(CLAIM, [], []).word == NOT_TESTABLE
    assert judge_claim(replace(CLAIM, testable=False, reason="no path"), [HOLDS] * 60, []).word == NOT_TESTABLE


def test_what_a_claim_is_conditional_on_is_the_assumption_that_parts_its_draws():
    luck = np.random.default_rng(1)
    assumed = {f"other_{at}": luck.random(60) for at in range(20)} | {"w_capital": np.linspace(0, 1, 60), "fixed": np.ones(60)}
    draws = [HOLDS if value > 0.5 else MISSES for value in assumed["w_capital"]]
    found = judge_claim(CLAIM, draws, [GONE] * 60, assumed)
    assert found.word == CONDITIONAL
    (one,) = found.on
    assert (one.name, one.auc) == ("w_capital", 1.0)
    assert one.at == pytest.approx(0.5)
    assert one.sentence() == "w_capital above 0.5"


def test_luck_alone_seldom_names_a_condition():
    """No assumption has to do with it: in at most one of twenty such claims, give or take, may one of 80 be named."""
    luck = np.random.default_rng(2)
    named = sum(
        bool(separators(luck.random(60) < 0.7, {str(at): luck.random(60) for at in range(80)})) for _ in range(40)
    )
    assert named <= 5


def test_nothing_is_said_of_conditions_with_fewer_than_five_draws_on_a_side():
    assert separators(np.arange(60) < 4, {"w_capital": np.arange(60.0)}) == ()
    assert separators(np.arange(60) < 5, {"w_capital": np.arange(60.0)}) != ()


def test_the_best_cut_lies_half_way_between_two_draws():
    assert best_cut(np.array([False, False, True, True]), np.array([1.0, 2.0, 4.0, 5.0])) == 3.0
    assert best_cut(np.array([True, True, False]), np.array([1.0, 2.0, 4.0])) == 3.0
