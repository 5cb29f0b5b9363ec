"""One world observed: every outcome for everyone and by group, and in words what cannot be told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis import gap, observe, own_outcome
from analysis.catalogue import EVERY
from analysis.observing import COLUMNS
from analysis.outcomes import OUTCOMES
from analysis.stretch import stretch_of_history
from analysis.subgroups import FEWEST, TRAITS
from simulation import simulate
from simulation.errors import ComparisonError


@pytest.fixture(scope="module")
def history():
    return simulate("baseline", people=600, years=2, seed=1, panel=(52,), threads=1)


def rows(found, outcome):
    return found[found["outcome"] == outcome].set_index("group")


def test_every_outcome_of_a_world_is_a_number_or_says_why_it_is_none(history):
    found = observe(history)
    assert tuple(found.columns) == COLUMNS
    assert found["outcome"].tolist() == list(EVERY)
    assert set(found["group"]) == {"all"}
    assert (found["weeks_observed"] == 104).all()
    assert (found.loc[found["value"].isna(), "note"] != "").all()
    assert found["value"].notna().sum() > 50


@pytest.mark.parametrize("by", [*TRAITS, "identity < 0.5", "women"])
def test_people_can_be_split_by_a_trait_a_group_or_a_rule(history, by):
    found = rows(observe(history, ["died", "roles_held"], by=by), "roles_held")
    assert len(found) > 2 or by in ("women", "identity < 0.5", "record", "kin", "woman")
    assert found.index[0] == "all"
    assert found.loc[found["people_at_risk"] < FEWEST, "value"].isna().all()
    assert found.loc[found["people_at_risk"] >= FEWEST, "value"].notna().all()


def test_the_trait_of_women_and_men_is_known_as_sex_too(history):
    by_sex, by_woman = (observe(history, ["died"], by=by) for by in ("sex", "woman"))
    assert by_sex.equals(by_woman)
    assert by_sex["group"].tolist() == ["all", "women", "men"]


def test_levels_of_a_trait_make_up_everyone(history):
    found = rows(observe(history, ["arrests"], by="woman"), "arrests")
    parts = found.loc[["women", "men"]]
    assert parts["people_at_risk"].sum() == found.loc["all", "people_at_risk"]
    mean = np.average(parts["value"], weights=parts["people_at_risk"])
    assert mean == pytest.approx(found.loc["all", "value"])


def test_a_group_of_a_few_is_named_and_not_reported(history):
    found = rows(observe(history, ["died"], by="age > 64"), "died")
    few = found.loc["age > 64"]
    assert 0 < few["people_at_risk"] < FEWEST
    assert math.isnan(few["value"])
    assert few["note"] == f"only {few['people_at_risk']} people are at risk, fewer than 30: not reported"
    oldest_age = history.start["age"][EVERY["died"].at_risk(history.start)].max()
    oldest = rows(observe(history, ["died"], by=f"age >= {oldest_age}"), "died").iloc[1]
    assert oldest["note"] == "only 1 person is at risk, fewer than 30: not reported"


def test_an_outcome_that_nobody_is_at_risk_of_says_so(history):
    nobody = own_outcome(lambda stretch: stretch.end["hope"], name="nobodys", unit="0-1", better="higher", means="hope",
                         among=lambda start: np.zeros(len(start), dtype=bool))  # fmt: skip
    found = observe(history, [nobody]).iloc[0]
    assert math.isnan(found["value"])
    assert (found["people_at_risk"], found["note"]) == (0, "nobody is at risk")


def test_a_stretch_too_short_for_an_outcome_is_told(history):
    found = observe(history, ["attempts_before_a_year", "died"], from_week=52).set_index("outcome")
    assert found.loc["attempts_before_a_year", "note"] == "needs 104 weeks or more: these are 52"
    assert found.loc["died", "note"] == ""


def test_what_is_known_of_some_only_is_told(history):
    found = observe(history, ["rose_the_hard_way"]).iloc[0]
    known = np.isfinite(EVERY["rose_the_hard_way"].measure(stretch_of_history(history)))
    at_risk = EVERY["rose_the_hard_way"].at_risk(history.start)
    assert found["note"] == f"known of {(known & at_risk).sum()} of {at_risk.sum()} people at risk"


def test_a_value_known_of_a_few_is_not_reported(history):
    few = own_outcome(lambda stretch: np.where(np.arange(len(stretch.start)) < 5, 1.0, np.nan), name="of_five", unit="0-1",
                      better="higher", means="a value that five people have", among="everyone")  # fmt: skip
    found = observe(history, [few]).iloc[0]
    assert math.isnan(found["value"])
    assert found["note"] == "a value is known of only 5 of 600 people at risk, fewer than 30: not reported"


def test_two_stretches_end_to_end_add_up_to_the_whole(history):
    first, second, whole = (
        observe(history, ["life_years", "arrests"], from_week=a, until_week=b).set_index("outcome")
        for a, b in ((0, 52), (52, 104), (0, 104))
    )
    at = "people_at_risk"
    added = sum(part.loc["arrests", "value"] * part.loc["arrests", at] for part in (first, second))
    # Problems that begin between the two bring new people at risk into the second.
    assert added >= whole.loc["arrests", "value"] * whole.loc["arrests", at] - 1e-6


def test_weeks_without_a_state_and_unknown_names_are_refused(history):
    with pytest.raises(ComparisonError, match="0, 52, 104"):
        observe(history, ["died"], from_week=10)
    with pytest.raises(ComparisonError, match="degree"):
        observe(history, ["degre"])
    with pytest.raises(ComparisonError, match="--by"):
        observe(history, ["died"], by="nobodies")


def test_without_events_only_what_needs_none_is_observed(history, monkeypatch):
    monkeypatch.setattr(history, "happened", [])
    monkeypatch.setattr(history, "_events", None)
    monkeypatch.delitem(history.__dict__, "columns", raising=False)
    found = observe(history)
    needs = found["outcome"].map(lambda name: EVERY[name].needs_events)
    assert (found.loc[needs, "note"] == "is read from events, of which none were kept").all()
    assert found.loc[~needs, "value"].notna().any()


def test_a_gap_is_the_difference_of_two_groups_in_the_unit_of_the_outcome(history):
    split = rows(observe(history, ["mean_hope"], by="woman"), "mean_hope")["value"]
    found = observe(history, [gap("mean_hope", by="woman")]).iloc[0]
    assert found["value"] == pytest.approx(split["women"] - split["men"])
    assert (found["outcome"], found["unit"], found["better"]) == ("gap_mean_hope_by_woman", "0-1", "neither")
    turned = observe(history, [gap("mean_hope", by="woman", first="men", second="women")]).iloc[0]
    assert turned["value"] == pytest.approx(-found["value"])


def test_a_gap_in_an_outcome_with_weights_or_several_columns_is_that_of_the_groups(history):
    for name in ("lapse_to_relapse", "cross_domain_ratio", "gini_quality_of_life"):
        split = rows(observe(history, [name], by="woman"), name)["value"]
        value = observe(history, [gap(name, by="woman")]).iloc[0]["value"]
        assert value == pytest.approx(split["women"] - split["men"], nan_ok=True)
        assert name == "cross_domain_ratio" or math.isfinite(value)


def test_a_gap_to_a_handful_of_people_is_not_reported(history):
    assert math.isnan(observe(history, [gap("died", by="age > 64")]).iloc[0]["value"])


@pytest.mark.parametrize(("by", "first", "second"), [("wooman", None, None), ("woman", "girls", None), ("woman", "men", "men")])
def test_a_gap_between_what_there_is_not_is_refused(by, first, second):
    with pytest.raises(ComparisonError):
        gap("died", by, first, second)


def test_the_gap_of_an_outcome_of_ones_own_can_be_asked():
    mine = own_outcome(lambda stretch: stretch.end["hope"], name="hoping", unit="0-1", better="higher", means="hope")
    assert gap(mine, by="kin").id == "gap_hoping_by_kin"
    one_way = gap("died", by="stage", first="first year", second="in a problem")
    assert one_way.id != gap("died", by="stage", first="in a problem", second="first year").id


@pytest.mark.parametrize(("first", "second"), [(None, None), ("first year", None), (None, "first year")])
def test_a_gap_in_a_split_of_several_groups_needs_both_by_name_and_says_which_there_are(first, second):
    with pytest.raises(ComparisonError, match="in a problem, first year, second to fifth year, five years or more"):
        gap("died", "stage", first, second)


def test_of_two_groups_one_that_is_named_leaves_the_other(history):
    found = [observe(history, [gap("mean_hope", "woman", *named)]).iloc[0] for named in ((None, "women"), ("men", None))]
    turned = observe(history, [gap("mean_hope", "woman", "men", "women")]).iloc[0]
    assert [(row["outcome"], row["value"]) for row in found] == [(turned["outcome"], turned["value"])] * 2


def test_the_eleven_come_first():
    assert list(EVERY)[:11] == list(OUTCOMES)


def test_what_is_read_every_four_weeks_needs_a_panel_and_says_so(history):
    without = observe(history, ["weeks_role_blocked_by_record"]).iloc[0]
    assert math.isnan(without["value"])
    assert without["note"] == "needs everybody's state every 4 weeks: keep a panel, as --panel \"every 4\" does"
    kept = simulate("baseline", people=600, years=1, seed=1, panel=range(0, 53, 4), threads=1)
    assert observe(kept, ["weeks_role_blocked_by_record"]).iloc[0]["note"] == ""
