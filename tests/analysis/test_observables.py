"""Everything that can be observed of one world: known answers on lives written by hand, and one real world for all of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import OUTCOMES, gap, observe
from analysis.catalogue import EVERY
from analysis.observables import OBSERVABLES
from analysis.outcomes import Outcome
from analysis.reductions import bimodality, correlation_of, gini, median_time, pooled_ratio
from analysis.stretch import NoEvents, Stretch, whole_stretch
from simulation import simulate
from simulation.diary import CAUSES
from simulation.errors import ComparisonError
from simulation.state import ACTIVE, RECOVERING

ONES = np.ones(1000)


@pytest.fixture(scope="module")
def history():
    return simulate("baseline", people=3_000, years=6, seed=2, panel=(52, 156))


def value(name: str, history, who=None) -> float:
    outcome, stretch = EVERY[name], whole_stretch(history)
    at_risk = outcome.at_risk(stretch.start)
    return outcome.figure(outcome.values(stretch, at_risk), outcome.weights(stretch), at_risk if who is None else at_risk & who)


def test_the_gini_coefficient_is_nothing_between_equals_and_nearly_one_where_one_has_all():
    assert gini(np.full(10, 3.0), ONES) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 0.0, 5.0]), ONES) == pytest.approx(3 / 4)
    assert gini(np.arange(1, 5).astype(float), ONES) == pytest.approx(0.25)
    assert math.isnan(gini(np.zeros(3), ONES))


def test_sarles_coefficient_is_five_ninths_of_an_even_spread_and_one_of_two_points():
    even = (np.arange(100_000) + 0.5) / 100_000
    assert bimodality(even, ONES) == pytest.approx(5 / 9, abs=1e-4)
    assert bimodality(np.array([0.0, 1.0] * 50), ONES) == pytest.approx(1.0)
    assert math.isnan(bimodality(np.full(5, 0.3), ONES))


def test_a_median_time_counts_those_who_are_still_waiting():
    """Kaplan and Meier: of four, events at 2 and 5 and two censored at 3 and 9: half are left after 5 by (3/4)(1/2)."""
    values = np.array([[2, 1], [3, 0], [5, 1], [9, 0]], dtype=float)
    assert median_time(values, ONES) == 5
    assert math.isnan(median_time(np.array([[4.0, 0.0]] * 3), ONES))
    assert math.isnan(median_time(np.array([[4.0, 0.0]] * 3 + [[1.0, 1.0]]), ONES))


def test_a_correlation_is_numpys_and_unknown_where_nothing_varies():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(50, 2))
    assert correlation_of(values, np.ones(50)) == pytest.approx(np.corrcoef(values.T)[0, 1])
    assert math.isnan(correlation_of(np.column_stack([np.ones(5), np.arange(5)]), np.ones(5)))


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30), st.floats(0.1, 10))
def test_inequality_does_not_change_with_the_unit(values, factor):
    ours, theirs = (gini(np.array(values) * scale, ONES) for scale in (1.0, factor))
    assert (math.isnan(ours) and math.isnan(theirs)) or ours == pytest.approx(theirs, abs=1e-9)


def test_rates_are_pooled_over_people():
    assert pooled_ratio(np.array([[2.0, 10, 1, 10], [2, 10, 0, 10]]), ONES) == pytest.approx((4 / 20) / (1 / 20))
    assert math.isnan(pooled_ratio(np.array([[2.0, 10, 0, 10]]), ONES))


def test_time_from_deciding_to_lapsing_is_that_of_the_same_domain(hand_made):
    events = [
        (1, 0, "decided_gradually", "use"), (2, 0, "lapse", "offending"), (7, 0, "lapse", "use"),
        (1, 1, "decided_suddenly", "use"), (4, 1, "lapse", "use"),
    ]  # fmt: skip
    world = hand_made(2, 20, events, use=[ACTIVE, ACTIVE], offending=[RECOVERING, 0])
    assert value("weeks_from_decision_to_lapse", world) == 3  # of 3 and 6, half have lapsed after 3


def test_lapses_that_pass_and_lapses_that_relapse(hand_made):
    events = [(1, 0, "lapse", "use"), (2, 0, "resolved", "use"), (3, 0, "lapse", "use"), (4, 0, "relapse", "use"),
              (1, 1, "lapse", "use"), (2, 1, "resolved", "use"), (5, 1, "lapse", "use")]  # fmt: skip
    world = hand_made(2, 10, events, use=[RECOVERING, RECOVERING])
    assert value("lapse_to_relapse", world) == pytest.approx(100 / 3)


def test_a_year_begun_in_recovery_is_kept_or_not(hand_made):
    world = hand_made(3, 105, [(60, 1, "lapse", "use")], use=RECOVERING, weeks_use=[0.0, 0.0, 200.0])
    assert value("another_year_after_under_1", world) == 100  # begun at week 0 by two
    assert value("another_year_after_1_to_3", world) == 50  # begun at week 52 by the same two, one lapses
    assert value("another_year_after_3_up", world) == 100


def test_sudden_decisions_and_how_they_hold(hand_made):
    events = [(0, 0, "decided_suddenly", "use"), (10, 0, "lapse", "use"), (11, 0, "relapse", "use"),
              (0, 1, "decided_suddenly", "use"), (5, 2, "decided_gradually", "use")]  # fmt: skip
    world = hand_made(3, 60, events, use=ACTIVE)
    assert value("sudden_share", world) == pytest.approx(200 / 3)
    assert value("sudden_success", world) == 50
    assert value("gradual_success", world) == 100


def test_lapses_come_at_another_rate_while_in_trouble_elsewhere(hand_made):
    events = [(4, 0, "lapse", "use"), (9, 1, "lapse", "use")]
    world = hand_made(2, 10, events, use=RECOVERING, offending=[ACTIVE, 0])
    assert value("cross_domain_ratio", world) == pytest.approx((1 / 5) / (1 / 10))


def test_the_first_role_gained_by_people_without_any(hand_made):
    events = [(1, 0, "role_gained", 1), (2, 0, "role_gained", 0), (1, 1, "role_gained", 0), (3, 2, "role_gained", 3)]
    world = hand_made(3, 10, events, use=RECOVERING, work=[0, 0, 1])
    assert (value("first_role_work", world), value("first_role_family", world)) == (50, 50)
    assert value("first_role_community", world) == 0


def test_flags_are_told_by_whom_they_met_and_what_ended_them(hand_made):
    kin, expiry = CAUSES.index("kin"), CAUSES.index("expiry")
    world = hand_made(2, 60, [(10, 0, "flag_on", 2), (12, 0, "disclosed"), (20, 0, "flag_off", 2), (10, 1, "flag_on", 2)],
                      use=RECOVERING, weeks_use=[50.0, 0.0], sustained=[50.0, 0.0])  # fmt: skip
    columns = world.columns
    ended = columns.event == 13
    assert ended.sum() == 1
    columns.cause[ended], columns.value[ended] = kin, 10.0
    assert value("flags_in_sustained_recovery", world) == 50
    assert value("weeks_to_telling_kin", world) == 2
    assert value("flag_weeks_until_kin", world) == 10
    assert math.isnan(value("flag_weeks_until_expiry", world))
    assert expiry != kin


def test_counts_from_events_are_the_totals_of_the_state(history):
    whole = whole_stretch(history)
    for name, total in (("arrests", "count_arrests"), ("convictions", "count_convictions")):
        at_risk = EVERY[name].at_risk(whole.start)
        counted = EVERY[name].values(whole, at_risk)[at_risk]
        np.testing.assert_array_equal(counted, (whole.end[total] - whole.start[total])[at_risk])


ENDS = {"0-1": (0, 1), "0-100": (0, 100), "correlation": (-1, 1), "coefficient": (0, 1), "coefficient, 0-1": (0, 1)}
RARE = {"use_came_first", "flags_in_sustained_recovery", "flags_through_kin", "weeks_to_telling_kin", "well_despite_symptoms"}


def test_every_outcome_is_known_of_a_real_world_and_lies_in_its_range(history):
    table = observe(history).set_index("outcome")
    assert list(table.index) == list(EVERY)
    unknown = {name for name in table.index if not math.isfinite(table.loc[name, "value"])}
    assert unknown <= RARE | {name for name in EVERY if name.startswith("flag_weeks_until")}
    assert (table.loc[sorted(unknown), "note"] != "").all()
    for name, row in table.drop(index=sorted(unknown)).iterrows():
        low, high = ENDS.get(row["unit"], (0, math.inf))
        if row["unit"].startswith("per 100") or row["unit"] == "weeks per 100":
            high = 100
        elif row["unit"] == "people per 1,000":
            high = 1000
        assert low <= row["value"] <= high, name


@pytest.mark.parametrize("outcome", OBSERVABLES.values(), ids=lambda each: each.id)
def test_no_outcome_is_the_same_in_every_world(outcome: Outcome, history, other_history):
    ours, theirs = (value(outcome.id, each) for each in (history, other_history))
    assert ours != theirs or outcome.id in {"use_came_first", "weeks_from_decision_to_lapse", "attempts_before_a_year"}


@pytest.fixture(scope="module")
def other_history():
    return simulate("leaving-prison", people=2_000, years=6, seed=3)


@pytest.mark.parametrize("outcome", EVERY.values(), ids=lambda each: each.id)
def test_each_declares_what_a_reader_needs(outcome):
    assert outcome.unit
    assert outcome.better in ("lower", "higher", "neither")
    assert len(outcome.means) > 10
    assert outcome.source
    assert outcome.censoring
    assert outcome.shortest >= 1


@pytest.mark.parametrize("outcome", EVERY.values(), ids=lambda each: each.id)
def test_events_are_read_by_those_that_say_so_and_by_no_other(outcome, history):
    whole = whole_stretch(history)
    blind = Stretch(whole.start, whole.end, 0, whole.weeks)
    if outcome.needs_events:
        with pytest.raises(NoEvents):
            outcome.measure(blind)
    else:
        outcome.measure(blind)


def test_a_part_of_a_world_and_its_groups_are_observed(history):
    table = observe(history, ["relapsed", "recovered_5_years"], by="woman", from_week=52, until_week=156)
    assert table["group"].unique().tolist() == ["all", "women", "men"]
    relapsed = table[table["outcome"] == "relapsed"].set_index("group")
    assert relapsed.loc["women", "people"] + relapsed.loc["men", "people"] == relapsed.loc["all", "people"]
    assert table.loc[table["outcome"] == "recovered_5_years", "note"].str.contains("104 weeks are too short").all()
    assert gap(history, "relapsed", "domains") > 0


def test_small_groups_and_nobody_are_named_and_not_reported(history):
    table = observe(history, ["relapsed"], by="age > 100").set_index("group")
    assert table.loc["age > 100", "note"] == "nobody is at risk"
    few = observe(history, ["relapsed"], by="custody_left > 0").set_index("group")
    assert math.isnan(few.loc["custody_left > 0", "value"])


def test_weeks_of_which_nothing_was_kept_are_told(history):
    with pytest.raises(ComparisonError, match="weeks of which states were kept, in order: 0, 52, 156, 312"):
        observe(history, ["relapsed"], from_week=10)
    with pytest.raises(ComparisonError, match="a trait"):
        observe(history, ["relapsed"], by="no such thing")


def test_the_eleven_usual_ones_come_first():
    assert list(EVERY)[: len(OUTCOMES)] == list(OUTCOMES)
