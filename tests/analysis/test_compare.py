"""Small worlds compared for real: equal policies differ by nothing, and what is reported is what was lived."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis import compare, own_outcome, write_comparison
from analysis.effect import COLUMNS
from analysis.figures_effects import draw_forest
from analysis.rows import few_differ
from analysis.subgroups import FEWEST
from simulation import Scenario, simulate
from simulation.errors import ComparisonError

SMALL = {"people": 150, "years": 1.25, "seeds": range(1, 4), "draws": 2}


@pytest.fixture(scope="module")
def visit():
    return compare("a-year-in", ["the-visit", "independent-advocates"], by="woman", **SMALL)


def test_equal_policies_differ_by_exactly_zero():
    effects = compare("the-visit", "the-visit", **SMALL)
    numbers = effects.table[["effect", "low_luck", "high_luck", "low", "high"]].to_numpy()
    assert (numbers == 0).all()
    assert effects.answers[0].reached == "Covered nobody."


def test_the_table_has_the_columns_that_people_rely_on(visit):
    assert (
        list(visit.table.columns)
        == (
            "base other outcome unit better group horizon_weeks base_value other_value effect low_luck high_luck low high level "
            "worlds draws people primary ratio ratio_low_luck ratio_high_luck ratio_low ratio_high number_needed known differ"
        ).split()
    )
    assert list(visit.table.columns) == list(COLUMNS)


def test_each_other_world_has_one_primary_effect(visit):
    assert visit.table.groupby("other")["primary"].sum().tolist() == [1, 1]
    assert visit.primary()["outcome"] == "relapsed"
    assert visit.primary("independent-advocates")["group"] == "own_experience"


def test_the_primary_effect_is_what_two_worlds_lived_by_hand_give(visit):
    differences = []
    for seed in SMALL["seeds"]:
        values = []
        for name in ("a-year-in", "the-visit"):
            world = simulate(name, people=150, years=1.25, seed=seed, panel=(4, 56))
            then, end = world.snapshots[4], world.snapshots[56]
            recovering = (then["alive"] == 1) & np.logical_or.reduce(
                [then[domain] == 2 for domain in ("use", "offending", "mental_health")]
            )
            recovering &= then["own_experience"] == 1
            values.append(1000 * np.mean(end["count_relapses"][recovering] > then["count_relapses"][recovering]))
        differences.append(values[1] - values[0])
    assert visit.primary()["effect"] == pytest.approx(np.mean(differences))


def test_effects_are_the_difference_of_the_values_beside_them(visit):
    rows = visit.table.dropna(subset=["base_value"])
    small = rows["people"] < FEWEST
    np.testing.assert_allclose((rows["other_value"] - rows["base_value"])[~small], rows["effect"][~small], atol=1e-9)


def test_a_part_of_the_people_lies_inside_the_whole(visit):
    people = visit.table[(visit.table["outcome"] == "died") & (visit.table["other"] == "the-visit")].set_index("group")[
        "people"
    ]
    assert people["women"] + people["men"] == pytest.approx(people["own_experience"])


def test_numbers_do_not_depend_on_how_many_worlds_are_lived_at_once():
    one = compare("the-visit", "independent-advocates", workers=1, **SMALL)
    two = compare("the-visit", "independent-advocates", workers=3, **SMALL)
    pd.testing.assert_frame_equal(one.table, two.table)


def test_a_ledger_counts_everybody_once_and_stands_beside_the_placebo(visit):
    ledger = visit.ledger
    assert ledger["pair"].tolist() == ["policy", "placebo"] * 2
    assert (ledger["helped"] + ledger["harmed"] + ledger["same"] == ledger["people"]).all()
    assert ledger["reading"].str.contains("another coupling gives other counts").all()


def test_the_placebo_moves_fewer_lives_than_the_policy(visit):
    moved = visit.ledger.assign(moved=visit.ledger["helped"] + visit.ledger["harmed"]).groupby("pair")["moved"].sum()
    assert moved["placebo"] < moved["policy"]


def test_reach_tells_policies_of_this_world_from_those_common_to_both():
    effects = compare("the-visit", "independent-advocates", **SMALL)
    assert effects.reach.set_index("lever")["differs"].to_dict() == {"flag_once": False, "independent_advocate": True}


def test_flags_added_are_given_with_the_effect_of_a_hundred_of_them(visit):
    rows = visit.table[visit.table["unit"] == "people per 100 flags added"]
    assert rows["other"].tolist() == ["the-visit", "independent-advocates"]
    assert not rows["primary"].any()
    assert "For every 100 flags added" in visit.answers[0].per_flags


def test_what_is_not_known_of_flags_stands_beside_results_on_flags(visit):
    assert any("No study measures police flags" in note for note in visit.notes)


def test_a_rule_that_nobody_meets_is_a_warning_and_a_line_of_reach():
    plan = Scenario.from_text(
        'extends = "a-year-in"\n[[policy]]\nlever = "peer_groups"\nset = 1\nfrom = "week 4"\nwhom = "age > 119"\n',
        "nobody",
    )
    effects = compare("a-year-in", plan, **SMALL)
    assert effects.reach["note"].tolist() == ["nobody"]
    assert any("reached nobody" in note for note in effects.notes)


def test_worlds_agree_until_the_policy_starts_and_it_is_said(visit):
    assert all(all(found.identical.values()) for found in visit.numbers)
    assert visit.identical.startswith("Identical until week 4 in all 10 pairs")


def test_a_group_too_small_to_report_is_named_and_not_reported():
    effects = compare("a-year-in", "the-visit", by="age > 68", **SMALL)
    rows = effects.table[effects.table["group"] == "age > 68"]
    assert rows["effect"].isna().all()
    assert any("too few" in note for note in effects.notes)


@pytest.mark.parametrize(
    "bad",
    [
        {"seeds": []}, {"seeds": 5}, {"seeds": "a"}, {"seeds": ""}, {"seeds": [1.5]}, {"seeds": [True]}, {"seeds": [-1]},
        {"seeds": [2**63]}, {"draws": -1}, {"draws": 1.5}, {"outcomes": ["relapsd"]}, {"outcomes": 5}, {"outcomes": [5]},
        {"by": 5}, {"workers": 0}, {"workers": -1}, {"workers": 1.5},
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(bad):
    with pytest.raises(ComparisonError) as caught:
        compare("a-year-in", "the-visit", **SMALL | bad)
    (problem,) = caught.value.problems
    assert problem.given
    assert problem.allowed
    assert problem.todo


@pytest.fixture(scope="module")
def not_drawn():
    return compare("a-year-in", "the-visit", **SMALL | {"draws": 1})


def test_without_draws_the_range_over_assumptions_is_empty_and_said_not_to_be_asked(not_drawn, tmp_path):
    record = write_comparison(not_drawn, tmp_path / "results")
    table = pd.read_csv(tmp_path / "results" / "effects.csv")
    assert table[["low", "high"]].isna().all(axis=None)
    assert table.loc[table["primary"], ["low_luck", "high_luck"]].notna().all(axis=None)
    assert all(row["low"] is None for row in record["effects"])
    assert "if our assumptions are off: not asked" in not_drawn.answers[0].sentence
    assert "<td>not asked</td>" in (tmp_path / "results" / "report.html").read_text()


def test_without_draws_the_picture_says_that_the_thin_line_was_not_asked(not_drawn):
    axis = Figure().subplots()
    draw_forest(axis, not_drawn)
    assert "(not asked)" in axis.get_xlabel()


def test_a_group_that_nobody_belongs_to_by_then_is_told_before_the_worlds_are_lived(tmp_path):
    store = tmp_path / "store"
    plans = ["independent-advocates", "spoken-for"]
    with pytest.raises(ComparisonError) as refused:
        compare("the-visit", plans, people=200, years=2, seeds=[1, 2, 3, 4], draws=0, store=store, workers=1)
    said = str(refused.value)
    assert "nobody in week 4, the first in which spoken-for can differ from the-visit" in said
    assert "compare spoken-for alone; the others begin in week 5" in said
    assert not list(store.rglob("*.parquet"))


def test_each_policy_says_whom_it_covers_and_what_it_ends(tmp_path):
    several = compare("the-visit", "spoken-for", people=150, years=1.25, seeds=[1, 2], draws=0, workers=1)
    said = several.answers[0].reached
    assert said.startswith("Each policy in a mean of 2 worlds (150 people in each):\njust handling covered 150 people, ")
    assert re.search(r"\nreview date covered 150 people, [\d,]+ weeks: \d+ flags ended on their review date\.", said)
    one = compare("the-visit", "independent-advocates", people=150, years=1.25, seeds=[1, 2], draws=0, workers=1)
    alone = r"Covered \d+ people, \d+ weeks in a mean of 2 worlds \(150 people in each\): \d+ flags ended because an ally"
    assert re.match(alone, one.answers[0].reached)


def test_rows_in_which_few_pairs_differ_can_be_told(visit):
    lived = visit.table[visit.table["group"] == visit.question.group.name]
    for row in lived.itertuples():
        if np.isfinite(row.differ):
            pairs = [found.pairs[row.other, row.outcome, row.group] for found in visit.numbers if found.task.draw is None]
            assert row.differ == sum(pair.base != pair.other for pair in pairs)
    assert few_differ(SimpleNamespace(differ=1))
    assert few_differ(SimpleNamespace(differ=4))
    assert not few_differ(SimpleNamespace(differ=0)), "exactly equal is no thin answer"
    assert not few_differ(SimpleNamespace(differ=5))
    assert not few_differ(SimpleNamespace(differ=np.nan))


def test_a_group_of_whom_too_few_have_a_value_is_named_and_not_reported():
    asked = own_outcome(lambda stretch: np.where(np.arange(len(stretch.start)) < 50, 1.0, np.nan), name="of_fifty", unit="0-1",
                        better="higher", means="a value that fifty people have")  # fmt: skip
    effects = compare("a-year-in", "the-visit", outcomes=[asked], people=300, years=1.25, seeds=[1, 2], draws=0, by="sex")
    table = effects.table[effects.table["outcome"] == "of_fifty"].set_index("group")
    assert np.isfinite(table.loc["all", "base_value"])
    assert table.loc[["women", "men"], ["base_value", "other_value", "effect"]].isna().all(axis=None)
    assert any(note.startswith("In group 'women', of_fifty is known of fewer than 30 people a world") for note in effects.notes)
