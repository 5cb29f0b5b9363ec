"""Measures of people entering treatment, on lives written by hand and counted on paper."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import measures_use as measures
from simulation.state import ACTIVE, RECOVERING

YEAR = 52


def values(found) -> list[float]:
    return [one.value for one in found]


def decided(week: int, person: int) -> tuple:
    return (week, person, "decided_gradually", "use")


def lapsed(week: int, person: int) -> tuple:
    return (week, person, "lapse", "use")


def test_s1_a_census_takes_people_by_weeks_since_the_last_lapse_or_decision(lives):
    """Census at week 52 and 104 of three years. One decided in week 40 and lapses in 60, two in week 0 and hold, one never."""
    found = lives(4, 3 * YEAR, [decided(40, 0), lapsed(60, 0), decided(0, 1), decided(0, 2)], use=ACTIVE)
    # Week 52: durations 12 (lapses), 52 and 52 (hold). Week 104: 104 and 104 (hold).
    assert values(measures.abstinence_by_duration(found))[:2] == [0.0, 1.0]


def test_s1_a_lapse_ends_the_weeks_before_it(lives):
    events = [decided(0, 0), lapsed(60, 0), (61, 0, "resolved", "use")]
    one, two, three = measures.abstinence_by_duration(lives(1, 3 * YEAR, events, use=ACTIVE))
    # Week 52: 52 weeks, and a lapse follows. Week 104: 43 weeks since it, and none follows.
    assert (one.value, two.value) == (1.0, 0.0)
    assert np.isnan(three.value)


def test_s1_leaves_out_people_who_die_within_the_further_year(lives):
    events = [decided(0, 0), (80, 0, "died"), decided(0, 1)]
    assert values(measures.abstinence_by_duration(lives(2, 2 * YEAR, events, use=ACTIVE)))[1] == 1.0


def test_s1_recovery_before_week_0_counts(lives):
    found = measures.abstinence_by_duration(lives(1, 2 * YEAR, use=RECOVERING, weeks_use=200.0))
    assert values(found)[2] == 1.0
    assert np.isnan(found[0].value)


def test_s3_the_first_state_that_applies_counts(lives):
    events = [decided(5, 0), (20, 0, "custody_start"), (60, 0, "custody_end"), (0, 1, "service_start", "use")]
    found = lives(3, 2 * YEAR, events, use=ACTIVE)
    state = measures.interview_states(found)
    assert state.shape == (8, 3)
    assert state[:, 0].tolist() == [measures.IN_RECOVERY, *[measures.IN_CUSTODY] * 3, *[measures.IN_RECOVERY] * 4]
    assert state[:, 1].tolist() == [measures.IN_TREATMENT] * 8
    assert state[:, 2].tolist() == [measures.USING] * 8


def test_s3_counts_changes_over_seven_quarters(lives):
    """Of three people one changes twice, one once, one never: (2 + 1) / 21 a quarter."""
    events = [decided(20, 0), lapsed(38, 0), decided(30, 1)]
    found = values(measures.transitions(lives(3, 2 * YEAR, events, use=ACTIVE)))
    assert found == pytest.approx([3 / 21, 2 / 3, 1 / 3])


def test_s8_is_the_ratio_of_shares_abstinent_all_through_the_second_year(lives):
    """Two of four with a friend, one of four without; one lapses in week 103, which is still the second year."""
    base = lives(4, 2 * YEAR, [decided(10, 0), decided(10, 1), lapsed(103, 1)], use=ACTIVE)
    other = lives(4, 2 * YEAR, [decided(10, 0), decided(52, 1)], use=ACTIVE)
    assert values(measures.effect_of_a_friend(base, other)) == [2.0]


def test_s13_changes_in_ties_that_decide_the_second_year_explain_it(lives):
    people = 40
    change = np.arange(people) / people
    events = [decided(min(103, 52 + round(51 * (1 - share))), person) for person, share in enumerate(change)]
    snapshots = {YEAR: {"share_active_use": 0.9 - 0.5 * change, "ties_recovering": 3.0}}
    found = lives(people, 2 * YEAR, events, snapshots, use=ACTIVE, share_active_use=0.9)
    assert measures.variance_from_network(found)[0].value == pytest.approx(1.0, abs=0.01)


def test_x12_distress_that_comes_before_use_predicts_it_and_not_the_other_way(lives):
    """Distress of a quarter is luck; the more of it, the later in the next quarter a person decides."""
    rng = np.random.default_rng(4)
    people = 2000
    distress = rng.uniform(size=(4, people))
    sums = np.vstack([np.zeros(people), np.cumsum(13 * distress, axis=0)])
    snapshots = {13 * quarter: {"sum_distress": sums[quarter]} for quarter in range(5)}
    events = []
    for quarter in range(4):
        before = distress[quarter - 1] if quarter else rng.uniform(size=people)
        for person in range(people):
            since = 13 * quarter + 1 + int(12 * before[person])
            events += [(13 * quarter, person, "relapse", "use"), (since, person, "decided_gradually", "use")]
    found = measures.distress_and_use(lives(people, YEAR, events, snapshots, use=ACTIVE))
    assert found[0].value == pytest.approx(1.0, abs=0.05)
    assert found[1].value == pytest.approx(0.0, abs=0.05)


def test_attempts_are_decisions_up_to_the_first_sustained_year(lives):
    """One needs three decisions, one needs one and decides again afterwards, one never gets there."""
    events = [
        decided(0, 0),
        lapsed(4, 0),
        (6, 0, "relapse", "use"),
        decided(10, 0),
        lapsed(30, 0),
        (31, 0, "relapse", "use"),
    ]
    events += [decided(40, 0), decided(2, 1), lapsed(60, 1), (62, 1, "relapse", "use"), decided(70, 1), decided(80, 2)]
    assert measures.attempts_before_a_year(lives(3, 2 * YEAR, events, use=ACTIVE)).tolist() == [3, 1]


def test_what_is_not_lived_is_not_measured(lives):
    short = lives(2, 20, use=ACTIVE)
    found = [*measures.abstinence_by_duration(short), *measures.transitions(short), *measures.distress_and_use(short),
             *measures.variance_from_network(short), *measures.effect_of_a_friend(short, short)]  # fmt: skip
    assert np.isnan(values(found)).all()
