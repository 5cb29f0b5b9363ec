"""Where a policy helps, hardly matters or harms: kinds of points, rules that mark them off, and when none can be had."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.discovery import HARDLY, HARMS, HELPS, discover, kinds_of_points
from analysis.discovery_rules import HeldOut, find_rules, held_out, shortest_between
from simulation.errors import ComparisonError

_spec = importlib.util.spec_from_file_location("tables_of_sensitivity", Path(__file__).with_name("tables_of_sensitivity.py"))
_tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tables)
FACTORS, points_of, responses_of = _tables.FACTORS, _tables.points_of, _tables.responses_of

needs_prim = pytest.mark.skipif(
    importlib.util.find_spec("ema_workbench") is None, reason="the extra `discovery` is not installed"
)


def asked(points, responses, **others):
    given = {"better": "lower", "unit": "people per 1,000", "smallest": 3.0, **others}
    return discover(points, responses, FACTORS, **given)


def said(found) -> str:
    return " ".join(found.sentences)


def two_regions(count: int = 200):
    """It does nothing where flags deter a little and exposure matters weakly, and 30 fewer relapse elsewhere."""
    points = points_of(count)
    nothing = (points["deterrence"] < 0.16) & (points["exposure"] < 0.7)
    return points, nothing.to_numpy(), np.where(nothing, 0.0, -30.0)


@pytest.fixture(scope="module")
def found_in_two_regions():
    points, nothing, effects = two_regions()
    return points, nothing, asked(points, responses_of(effects, spread=2.0, seeds=4))


def test_a_point_helps_or_harms_by_which_way_is_better():
    responses = responses_of(np.array([-10.0, 10.0, 0.0]))
    lower, higher = (list(kinds_of_points(responses, better, 3.0)["kind"]) for better in ("lower", "higher"))
    assert (lower, higher) == ([HELPS, HARMS, HARDLY], [HARMS, HELPS, HARDLY])


def test_a_difference_smaller_than_the_smallest_that_matters_hardly_matters_however_sure():
    kinds = kinds_of_points(responses_of(np.array([-2.9, -3.0])), "lower", 3.0)
    assert list(kinds["kind"]) == [HARDLY, HELPS]
    assert not kinds["unclear"].any()


def test_where_few_points_or_one_seed_show_one_kind_no_more_is_said_than_that():
    few = asked(points_of(20), responses_of(np.full(20, -50.0)))
    one_seed = asked(points_of(60), responses_of(np.full(60, -50.0), seeds=1))
    for found in (few, one_seed):
        assert "which is too little to say that it does so everywhere" in said(found)
    assert "no rule is needed to say where" in said(asked(points_of(60), responses_of(np.full(60, -50.0))))


def test_a_place_met_twice_under_the_same_seeds_is_no_better_known():
    once = responses_of(np.array([-20.0]), spread=30.0, seeds=3)
    points = pd.concat([points_of(1)] * 2, ignore_index=True).rename_axis("point")
    twice = asked(points, pd.concat([once, once.assign(point=1)]))
    alone = asked(points_of(1), once)
    assert twice.points["seeds"].tolist() == [3]
    assert twice.points[["low", "high"]].to_numpy() == pytest.approx(alone.points[["low", "high"]].to_numpy())


def test_rules_are_looked_for_among_points_drawn_by_themselves_alone():
    """Of points that share most of their assumptions a limit is soon kept by chance."""
    points, _, effects = two_regions()
    own = pd.Series(np.arange(200) % 10 == 0, index=points.index)
    found = asked(points, responses_of(effects, spread=2.0, seeds=4), independent=own)
    assert found.rules == ()
    assert len(found.points) == 200
    assert "No rules were looked for: 20 points drawn by themselves are too few" in said(found)
    everywhere = asked(points, responses_of(np.full(200, -50.0)), independent=own)
    assert "which is too little to say that it does so everywhere" in said(everywhere)


def test_a_difference_that_luck_may_explain_hardly_matters_and_is_called_unclear():
    rows = [(0, 1, -20.0), (0, 2, 12.0), (1, 1, -21.0), (1, 2, -20.5)]
    kinds = kinds_of_points(pd.DataFrame(rows, columns=["point", "seed", "response"]), "lower", 3.0)
    assert list(kinds["kind"]) == [HARDLY, HARDLY]
    assert kinds["unclear"].all()


def test_with_few_seeds_the_spread_of_all_points_is_taken_together():
    """Seeds of their own: pooled variance (18 + 2 + 50) / 3 and the t quantile of three degrees of freedom, 3.182446."""
    pairs = [(10.0, 16.0), (20.0, 22.0), (30.0, 40.0)]
    rows = [(point, 2 * point + at, value) for point, pair in enumerate(pairs) for at, value in enumerate(pair)]
    kinds = kinds_of_points(pd.DataFrame(rows, columns=["point", "seed", "response"]), "higher", 1.0)
    half = 3.182446 * np.sqrt((18 + 2 + 50) / 3) / np.sqrt(2)
    assert (kinds["high"] - kinds["response"]).to_numpy() == pytest.approx(np.full(3, half), rel=0.02)


def test_with_many_seeds_a_point_has_its_own_interval():
    kinds = kinds_of_points(
        pd.concat([responses_of(np.array([-10.0]), seeds=6), responses_of(np.array([-10.0, -10.0]), 20.0, seeds=6)[6:]]),
        "lower", 3.0,
    )  # fmt: skip
    width = kinds["high"] - kinds["low"]
    assert width[0] == 0
    assert width[1] > 0


def test_with_one_seed_luck_is_not_known_and_that_is_said():
    found = asked(points_of(20), responses_of(np.full(20, -10.0), seeds=1))
    assert found.counts == {HELPS: 20, HARDLY: 0, HARMS: 0}
    assert "luck is not known" in said(found)


def test_points_that_differ_only_in_the_dummy_are_one_place_under_more_luck():
    points = points_of(2)
    points.loc[1, [name for name in points if name != "dummy"]] = points.loc[0]
    responses = responses_of(np.array([-10.0, -20.0]), seeds=2)
    responses.loc[responses["point"] == 1, "seed"] += 100
    found = asked(points, responses)
    assert list(found.points.index) == [0]
    assert found.points.loc[0, ["response", "seeds"]].tolist() == [-15.0, 4]


def test_where_all_points_are_of_one_kind_no_rule_is_needed_and_that_is_said():
    for effect, kind in ((-30.0, HELPS), (0.0, HARDLY), (30.0, HARMS)):
        found = asked(points_of(60), responses_of(np.full(60, effect)))
        assert found.rules == ()
        assert found.sentences[0] == f"At all 60 points the policy {kind}: no rule is needed to say where."


def test_too_few_points_are_said():
    points, _, effects = two_regions(30)
    found = asked(points, responses_of(effects))
    assert found.rules == ()
    assert "30 points drawn by themselves are too few, 40 at least are needed" in said(found)


@needs_prim
def test_too_few_points_of_a_kind_are_said():
    points = points_of(60)
    found = asked(points, responses_of(np.where(np.arange(60) < 3, 30.0, -30.0)))
    assert "No rule was looked for where it harms: there are 3 such points, and 8 at least are needed." in said(found)


def test_kinds_as_rare_as_wrong_intervals_are_called_luck():
    points = points_of(30)
    found = asked(points, responses_of(np.where(np.arange(30) == 4, 30.0, -30.0)))
    assert "That it harms at 1 is no more than luck may give" in said(found)


@pytest.mark.parametrize(("alike", "own", "seeds"), [(0.0, 1.0, 3), (0.7, 0.7, 3), (0.0, 1.0, 5), (0.7, 0.7, 5)])
def test_a_policy_that_does_nothing_is_seldom_said_to_help_or_harm_without_a_word_on_luck(alike, own, seeds):
    """Fifteen analyses of 120 points that share their seeds, without rules; each names points in most."""
    luck, points = np.random.default_rng(12), points_of(120)
    unsaid = 0
    for _ in range(15):
        table = responses_of(np.zeros(120), seeds=seeds)
        effects = alike * luck.normal(size=seeds) + own * luck.normal(size=(120, seeds))
        table = table.assign(response=effects.ravel(), other_value=table["base_value"] + effects.ravel())
        found = asked(points, table, smallest=0.1, independent=pd.Series(False, index=points.index))
        unsaid += any(found.counts[kind] and f"That it {kind} at" not in said(found) for kind in (HELPS, HARMS))
    assert unsaid <= 2


@pytest.mark.parametrize("seeds", [3, 5])
def test_a_policy_that_helps_at_a_third_of_points_is_said_to_without_a_doubt(seeds):
    """An effect of many times the luck of a mean, which all points of a seed share in part."""
    luck, points = np.random.default_rng(13), points_of(120)
    table = responses_of(np.zeros(120), seeds=seeds)
    effects = -6.0 * (np.arange(120) < 40)[:, None] + 0.5 * luck.normal(size=seeds) + 0.5 * luck.normal(size=(120, seeds))
    table = table.assign(response=effects.ravel(), other_value=table["base_value"] + effects.ravel())
    found = asked(points, table, smallest=0.1, independent=pd.Series(False, index=points.index))
    assert found.counts[HELPS] >= 35
    assert "That it helps" not in said(found)


def test_luck_is_said_to_be_taken_as_equal_at_all_points_only_where_it_is():
    few, many = (asked(points_of(20), responses_of(np.full(20, -4.0), spread=30.0, seeds=seeds)) for seeds in (3, 6))
    assert "luck, taken as equally large at all points, reaches as far" in said(few)
    assert "luck reaches as far" in said(many)


def test_the_smallest_difference_that_matters_is_a_hundredth_of_the_outcome_unless_given():
    found = asked(points_of(20), responses_of(np.full(20, -2.0), base=300.0), smallest=None)
    assert found.smallest == pytest.approx(3.0)
    assert found.counts[HARDLY] == 20
    assert "3.0 people per 1,000 or more (lower is better)" in said(found)


def test_of_an_outcome_that_is_only_with_the_policy_a_hundredth_of_it_there_is_what_matters():
    assert asked(points_of(20), responses_of(np.full(20, 200.0), base=0.0), smallest=None).smallest == pytest.approx(2.0)


@pytest.mark.parametrize(
    "others", [{"better": "neither"}, {"smallest": -1.0}, {"smallest": float("nan")}, {"smallest": "many"}], ids=str
)
def test_what_cannot_be_asked_is_answered_in_words(others):
    with pytest.raises(ComparisonError):
        asked(points_of(10), responses_of(np.full(10, -5.0)), **others)


def test_no_response_at_all_and_several_policies_are_answered_in_words():
    one, two = responses_of(np.full(10, -5.0)), responses_of(np.full(10, -5.0), other="peers")
    with pytest.raises(ComparisonError, match="one policy"):
        asked(points_of(10), pd.concat([one, two]))
    with pytest.raises(ComparisonError, match="no response"):
        asked(points_of(10), one.assign(response=np.nan))


def test_without_the_extra_rules_are_refused_in_words_that_say_what_to_install():
    """In a process of its own, where the workbench cannot be found."""
    code = (
        "import sys; sys.modules['ema_workbench'] = None\n"
        "import numpy as np, pandas as pd\n"
        "from analysis.discovery_rules import find_rules\n"
        "from simulation.errors import ComparisonError\n"
        "try:\n"
        "    find_rules(pd.DataFrame({'a': np.arange(50.0)}), np.arange(50) < 20, 'helps')\n"
        "except ComparisonError as error:\n"
        "    print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "recovery-journeys[discovery]" in told


@needs_prim
def test_the_corner_where_a_policy_does_nothing_is_found(found_in_two_regions):
    """A box known beforehand: deterrence below 0.16 and exposure below 0.7; PRIM steps over a twentieth of the points."""
    points, nothing, found = found_in_two_regions
    rule = next(rule for rule in found.rules if rule.kind == HARDLY)
    ends = {limit.factor: limit.high for limit in rule.limits}
    assert ends == pytest.approx({"deterrence": 0.16, "exposure": 0.7}, abs=0.06)
    assert rule.density > 0.95
    assert rule.coverage > 0.95
    held = rule.holds(points) & ~found.points["unclear"].astype(bool)
    assert (rule.points, rule.right) == (int(held.sum()), int((held & nothing).sum()))
    assert "leave out 23 points at which that cannot be told" in said(found)
    assert "deterrence (how far a flag deters, log hazard, varied from 0 to 0.4) is below 0.1" in said(found)


@needs_prim
def test_where_a_policy_helps_in_two_corners_a_second_rule_is_found():
    points = points_of(300)
    corner = ((points["deterrence"] < 0.1) | (points["exposure"] > 0.8)).to_numpy()
    rules, dropped = find_rules(points[["deterrence", "exposure", "kin_voice"]], corner, HELPS)
    assert {rule.limits[0].factor for rule in rules} == {"deterrence", "exposure"}
    assert np.any([rule.holds(points) for rule in rules], axis=0)[corner].mean() > 0.95
    assert all(rule.density > 0.9 for rule in rules)
    assert all(limit.factor != "kin_voice" for rule in rules for limit in rule.limits)
    assert all("luck" in rule.why_dropped or "fewer" in rule.why_dropped for rule in dropped)


@needs_prim
def test_a_quasi_p_value_is_the_binomial_chance_in_the_box_without_that_end():
    """Ten of ten in the box, where half of the twenty without its one end are such: 1/2 to the tenth."""
    values = pd.DataFrame({"a": np.repeat([0.0, 1.0], 10), "b": np.tile([0.0, 1.0], 10)})
    (rule,), _ = find_rules(values, np.arange(20) < 10, HELPS)
    assert rule.limits[0].factor == "a"
    assert rule.limits[0].chance_high == pytest.approx(0.5**10)
    assert np.isnan(rule.limits[0].chance_low)


@needs_prim
def test_kinds_that_follow_nothing_get_hardly_any_rule_and_the_reason_is_said():
    """Of 10 sets of kinds by chance alone, one in twenty may get a rule by its quasi-p-values."""
    points = points_of(80)[["deterrence", "exposure", "kin_voice", "need_weeks"]]
    given = 0
    for seed in range(10):
        rules, dropped = find_rules(points, np.random.default_rng(seed).random(80) < 0.3, HARMS)
        given += bool(rules)
        assert all(rule.why_dropped for rule in dropped)
    assert given <= 1


@needs_prim
def test_points_left_out_judge_the_rules():
    points, nothing, _ = two_regions()
    out = held_out(points[["deterrence", "exposure", "kin_voice"]], nothing, HARDLY)
    assert out.everywhere == 200
    assert out.of_kind == nothing.sum()
    assert 0.8 < out.density <= 1.0
    assert 0.8 < out.coverage <= 1.0
    assert out.says_something


@needs_prim
def test_a_common_kind_gets_sure_rules_rather_than_none_that_holds_all_points():
    """Seven points of ten are such: all but one corner, which no one box holds."""
    points, nothing, _ = two_regions()
    out = held_out(points[["deterrence", "exposure", "kin_voice"]], ~nothing, HELPS)
    assert (out.density > 0.95, out.coverage > 0.9) == (True, True)


def test_rules_no_better_than_none_on_points_left_out_are_not_vouched_for():
    assert not HeldOut(points=20, right=6, of_kind=30, everywhere=100).says_something
    assert not HeldOut(points=0, right=0, of_kind=30, everywhere=100).says_something
    assert HeldOut(points=20, right=7, of_kind=30, everywhere=100).says_something


@needs_prim
def test_the_dummy_is_never_named():
    points = points_of(100)
    found = asked(points, responses_of(np.where(points["dummy"] < 0.5, -30.0, 0.0)))
    assert all(limit.factor != "dummy" for rule in found.rules for limit in rule.limits)


@needs_prim
def test_the_table_has_a_row_for_each_limit_with_its_rule(found_in_two_regions):
    *_, found = found_in_two_regions
    assert len(found.table) == sum(len(rule.limits) for rule in (*found.rules, *found.dropped))
    kept = found.table[found.table["why_dropped"] == ""]
    assert (kept["right"] <= kept["points"]).all()
    assert kept[["quasi_p_low", "quasi_p_high"]].min(axis=1).between(0, 0.05).all()
    assert kept["unit"].isin(FACTORS["unit"]).all()


@pytest.mark.parametrize(
    ("low", "high", "number"),
    [
        (0.1183, 0.1246, 0.12), (0.0, 1.0, 0.5), (-4.31, -4.29, -4.3), (812.0, 1290.0, 1000.0), (1e-6, 2e-6, 1.5e-6),
        (0.0, 0.002, 0.001),
    ],
)
def test_a_limit_is_the_shortest_number_between_points_within_and_without(low, high, number):
    found = shortest_between(low, high)
    assert low < found < high
    assert found == pytest.approx(number)
