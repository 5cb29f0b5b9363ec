"""Measures of people leaving prison, on lives written by hand and counted on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis import measures_offending as measures
from simulation.diary import WORK_ROLE

YEAR = 52
NINE = 9 * YEAR


def values(found) -> list[float]:
    return [one.value for one in found]


def test_c1_counts_first_arrests_by_the_end_of_each_year(lives):
    """Of four, one in the last week of year 1, one in year 3, one again and again from year 7, one never."""
    events = [(51, 0, "arrest"), (60, 0, "arrest"), (120, 1, "arrest"), (320, 2, "arrest"), (321, 2, "arrest")]
    assert values(measures.arrested_at_least_once(lives(4, NINE, events))) == pytest.approx([0.25, 0.5, 0.5, 0.75])


def test_c1_a_person_who_dies_is_followed_until_then_only(lives):
    """Three people; one dies in year 1, and one of the other two is arrested in year 2."""
    found = lives(3, NINE, [(10, 0, "died"), (80, 1, "arrest")])
    assert values(measures.arrested_at_least_once(found))[:2] == pytest.approx([0.0, 0.5])


def test_c1_offences_that_nobody_detected_do_not_count(lives):
    assert values(measures.arrested_at_least_once(lives(2, NINE, [(3, 0, "offence")]))) == [0.0] * 4


def test_c3_is_of_those_still_free_of_an_arrest(lives):
    """Ten: two arrested early, two in year 3, one in year 5. 2 of 8, then 1 of 6."""
    events = [(5, 0, "arrest"), (6, 1, "arrest"), (110, 2, "arrest"), (150, 3, "arrest"), (210, 4, "arrest")]
    found = values(measures.first_arrest_after_years_without(lives(10, NINE, events)))
    assert found == pytest.approx([2 / 8, 1 / 6])


def test_c2_counts_any_arrest_of_a_year_of_all_released(lives):
    events = [(0, 0, "arrest"), (104, 0, "arrest"), (105, 0, "arrest"), (420, 1, "arrest"), (60, 3, "died")]
    found = values(measures.arrests_year_by_year(lives(4, NINE, events)))
    assert found == pytest.approx([1 / 4, 1 / 4, 1 / 4, 1.0])


def test_c7_divides_by_those_without_a_conviction_before_the_one_just_served(lives):
    """Of two with 11 earlier both are convicted again, of four with none one is; arrests without a conviction do not count."""
    events = [(3, 0, "conviction"), (9, 1, "conviction"), (9, 2, "conviction"), (9, 3, "arrest"), (60, 4, "conviction")]
    found = lives(7, NINE, events, prior_convictions=[12, 13, 1, 1, 1, 1, 5])
    assert values(measures.reoffending_by_convictions(found)) == pytest.approx([1.0 / 0.25])


def test_c16_counts_weeks_without_work_of_people_who_could_find_it(lives):
    """One finds work at the end of week 9; one is in custody from week 20; one dies in week 4; one is 65; one always works."""
    events = [(9, 0, "role_gained", WORK_ROLE), (20, 1, "custody_start"), (4, 2, "died"), (1, 0, "role_gained", 0)]
    found = lives(5, YEAR, events, age=[30, 30, 30, 65, 30], work=[0, 0, 0, 0, 1])
    rate = measures.rate_of_finding_work(found, {"work_until": 65.0})
    assert rate.value == pytest.approx(1 / (10 + 21 + 5))


def test_c16_is_the_rate_hidden_over_the_rate_seen(lives):
    seen = lives(2, YEAR, [(25, 0, "role_gained", WORK_ROLE)])
    hidden = lives(2, YEAR, [(0, 0, "role_gained", WORK_ROLE), (51, 1, "role_gained", WORK_ROLE)])
    expected = (2 / (1 + 52)) / (1 / (26 + 52))
    assert values(measures.hiding_records(seen, hidden, {"work_until": 65.0})) == pytest.approx([expected])


def test_c19_a_record_that_brings_arrests_has_an_effect_above_0(lives):
    """3 of 4 against 1 of 4: odds ratio 9, d = ln 9 sqrt(3) / pi."""
    labelled = lives(4, 2 * YEAR, [(week, person, "arrest") for person, week in enumerate((0, 50, 103))])
    unlabelled = lives(4, 2 * YEAR, [(8, 2, "arrest"), (9, 2, "arrest"), (9, 2, "offence")])
    found = measures.effect_of_a_record(labelled, unlabelled)
    assert values(found) == pytest.approx([math.log(9) * math.sqrt(3) / math.pi])
    assert measures.effect_of_a_record(unlabelled, labelled)[0].value == pytest.approx(-found[0].value)


def test_c22_compares_periods_with_family_and_without_in_the_same_person(lives):
    """Two periods each: 30 people offend in the one without the role, 10 in the one with it: odds ratio 1/3."""
    events = []
    for person in range(40):
        events.append((13, person, "role_gained" if person % 2 else "role_lost", 0))
        with_role = person % 2
        events.append((13 * (with_role if person < 10 else 1 - with_role) + 5, person, "offence"))
    found = measures.family_and_offending(lives(40, 26, events, family=[(person + 1) % 2 for person in range(40)]))
    assert found[0].value == pytest.approx(1 / 3, rel=1e-3)


def test_c22_custody_that_an_offence_leads_to_does_not_make_it_an_offence_without_family(lives):
    """Nobody else changes, so that this person alone tells: with the role held to the end, an offence with family."""
    events = [(5, 0, "offence"), (5, 0, "custody_start"), (5, 0, "role_lost", 0), (30, 0, "custody_end")]
    found = lives(1, 52, events, family=1)
    # Period 0 counts as held all through; 1 and 2 begin in custody; 3 is without the role and without an offence.
    assert math.isnan(measures.family_and_offending(found)[0].value)
    other = lives(2, 52, [*events, (0, 1, "role_lost", 0), (45, 1, "offence"), (12, 1, "role_gained", 0)], family=1)
    assert np.isnan(measures.family_and_offending(other)[0].value)


def test_what_is_not_lived_is_not_measured(lives):
    short = lives(2, 20, [(0, 0, "arrest")])
    found = [*measures.arrested_at_least_once(short), *measures.first_arrest_after_years_without(short),
             *measures.arrests_year_by_year(short), *measures.reoffending_by_convictions(short),
             *measures.hiding_records(short, short, {}), *measures.effect_of_a_record(short, short)]  # fmt: skip
    assert np.isnan(values(found)).all()
