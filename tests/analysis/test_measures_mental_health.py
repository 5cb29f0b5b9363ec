"""Measures of people after a first episode, on lives written by hand and counted on paper."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import measures_mental_health as measures

YEAR = 52


def values(found) -> list[float]:
    return [one.value for one in found]


def test_m3_counts_the_first_return_of_symptoms(lives):
    events = [(10, 0, "symptoms_on"), (20, 0, "symptoms_off"), (40, 0, "symptoms_on"), (103, 1, "symptoms_on")]
    assert values(measures.relapse_into_symptoms(lives(4, 3 * YEAR, events))) == pytest.approx([0.25, 0.5, 0.5])


def test_m5_recovered_is_two_years_without_symptoms_and_a_role(lives):
    """Four: one with symptoms since week 200, one well with work, one well without a role, one well for a year and a half."""
    events = [(200, 0, "symptoms_on"), (100, 3, "symptoms_on"), (300, 3, "symptoms_off")]
    found = lives(4, 374, events, work=[1, 1, 0, 1])
    assert values(measures.remission_and_recovery(found)) == pytest.approx([2 / 4, 1 / 4])


def test_m5_is_of_those_alive(lives):
    found = lives(2, 374, [(0, 0, "symptoms_on"), (50, 0, "died")], giving=1)
    assert values(measures.remission_and_recovery(found)) == [1.0, 1.0]


def test_m15_m16_and_m20_are_of_those_alive_at_week_104(lives):
    columns = {"identity": [0.1, 0.3, 0.5, 0.9], "hope": [0.1, 0.3, 0.5, 0.1], "work": [0, 0, 1, 0],
               "symptoms": [1, 0, 0, 0], "distress": [0.4, 0.6, 0.2, 0.9], "self_stigma": [0.9, 0.6, 0.5, 0.9],
               "social_capital": [0.5, 0.4, 0.3, 0.9]}  # fmt: skip
    found = lives(4, 104, [(3, 3, "died")], {104: columns})
    recovery = [0.1, 0.3, 0.5]
    with_trouble = np.corrcoef(recovery, [0.7, 0.3, 0.1])[0, 1]
    with_work = np.corrcoef(recovery, [0, 0, 1])[0, 1]
    assert values(measures.what_goes_with_personal_recovery(found)) == pytest.approx([with_trouble, with_work])
    assert values(measures.high_self_stigma(found)) == pytest.approx([2 / 3])
    stigma = [np.corrcoef([0.9, 0.6, 0.5], other)[0, 1] for other in ([0.1, 0.3, 0.5], [0.5, 0.4, 0.3])]
    assert values(measures.what_goes_with_self_stigma(found)) == pytest.approx(stigma)


@pytest.mark.parametrize("effect", [0.0, 0.5])
def test_m14_finds_the_cross_lag_that_was_put_in(lives, effect):
    rng = np.random.default_rng(6)
    people = 4000
    stigma, distress = rng.normal(size=(3, people)), rng.normal(size=(3, people))
    for wave in (1, 2):
        distress[wave] = 0.6 * distress[wave - 1] + effect * stigma[wave - 1] + rng.normal(size=people)
    snapshots = {week: {"self_stigma": stigma[at], "distress": distress[at]} for at, week in enumerate(measures.WAVES)}
    found = measures.self_stigma_to_distress(lives(people, 104, (), snapshots))[0]
    expected = np.mean([effect / distress[wave].std() for wave in (1, 2)])
    assert found.value == pytest.approx(expected, abs=3 * found.error)


def test_what_is_not_lived_is_not_measured(lives):
    short = lives(4, 20)
    found = [*measures.relapse_into_symptoms(short), *measures.remission_and_recovery(short),
             *measures.what_goes_with_personal_recovery(short), *measures.high_self_stigma(short),
             *measures.what_goes_with_self_stigma(short), *measures.self_stigma_to_distress(short)]  # fmt: skip
    assert np.isnan(values(found[3:])).all()
