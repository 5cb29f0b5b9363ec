"""Measures of a whole population, on lives written by hand and counted on paper."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import measures_england as measures
from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING


def decided(week: int, person: int, kind: str = "decided_gradually") -> tuple:
    return (week, person, kind, "use")


def test_s23_divides_first_entries_by_years_active_or_lapsed_before_them(lives):
    """One recovers for good after 10 weeks; one pauses for 20 weeks only; both over 78 weeks, of which 52 hold time at risk."""
    events = [decided(9, 0), decided(4, 1), (24, 1, "lapse", "use"), (26, 1, "relapse", "use")]
    found = measures.remission_without_treatment(lives(2, 78, events, use=[ACTIVE, LAPSED]))
    # The second is at risk in weeks 0 to 4, and again from the week after its lapse, week 25, to week 51.
    assert found[0].value == pytest.approx(1 / ((10 + 5 + 27) / 52))


def test_s23_a_further_entry_and_time_after_the_first_do_not_count(lives):
    events = [decided(0, 0), (30, 0, "lapse", "use"), (31, 0, "relapse", "use"), decided(40, 0)]
    assert measures.remission_without_treatment(lives(1, 104, events, use=ACTIVE))[0].value == pytest.approx(52.0)


def test_s23_is_of_people_in_a_problem_and_not_in_treatment_at_the_start(lives):
    found = lives(
        4, 78, [decided(0, person) for person in (0, 1)], use=[ACTIVE, ACTIVE, RECOVERING, NONE], service=[0, 1, 0, 0]
    )
    assert measures.remission_without_treatment(found)[0].value == pytest.approx(52.0)


def test_s23_time_ends_with_a_life(lives):
    found = lives(2, 78, [decided(25, 0), (25, 1, "died")], use=ACTIVE)
    assert measures.remission_without_treatment(found)[0].value == pytest.approx(1.0)


def test_x7_takes_adults_under_65_and_the_past_year(lives):
    """Used in the year: 1 of 2 offended in it. Did not: 1 of 4. An older person, and offences before, are left out."""
    events = [(250, 0, "offence"), (100, 1, "offence"), (210, 2, "offence"), decided(100, 6), (259, 6, "offence")]
    use = [ACTIVE, ACTIVE, NONE, NONE, RECOVERING, ACTIVE, ACTIVE]
    found = lives(7, 260, events, use=use, age=[30, 30, 30, 30, 30, 61, 61])
    assert measures.offending_and_use(found)[0].value == pytest.approx((1 / 1) / (1 / 2))


def test_ws2006_a_decision_holds_if_no_lapse_follows_in_26_weeks(lives):
    """Two sudden, of which one holds; three gradual, of which one holds; one too late to be judged."""
    events = [
        decided(0, 0, "decided_suddenly"), decided(0, 1, "decided_suddenly"), (26, 1, "lapse", "use"),
        decided(0, 2), (27, 2, "lapse", "use"), decided(0, 3), (1, 3, "lapse", "use"), decided(0, 4), (9, 4, "lapse", "use"),
        decided(40, 5),
    ]  # fmt: skip
    sudden, odds = measures.sudden_decisions(lives(6, 60, events, use=ACTIVE))
    assert sudden.value == pytest.approx(2 / 5)
    assert odds.value == pytest.approx((1 / 1) / (1 / 2))


def test_what_is_not_lived_is_not_measured(lives):
    short = lives(2, 20, use=ACTIVE)
    assert np.isnan(measures.remission_without_treatment(short)[0].value)
    assert np.isnan(measures.offending_and_use(short)[0].value)
    assert np.isnan([one.value for one in measures.sudden_decisions(short)]).all()
