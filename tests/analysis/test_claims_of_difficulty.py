"""R1 to R8 against lives written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.claims_of_difficulty import first_row, slopes, turns
from analysis.measures_lives import NEVER
from simulation.state import ACTIVE, NONE, RECOVERING


def test_r1_the_week_of_the_decision_is_the_first_of_the_fifty_two(measured, hand_made):
    """One decides in week 3 and keeps it up: 52. One lapses after 10 weeks, keeps half, and waits 5 more in the lapse."""
    events = [(3, 0, "decided_gradually", "use"), (0, 1, "decided_suddenly", "use"), (10, 1, "lapse", "use"),
              (15, 1, "resolved", "use", {"value": 5.0}), (2, 2, "decided_gradually", "use")]  # fmt: skip
    world = hand_made(3, 520, events, use=ACTIVE)
    found = measured("R1", as_things_are=world)
    assert found["weeks_to_a_sustained_year"] == 52
    assert found["weeks_to_five_sustained_years"] == 260
    alone = hand_made(1, 520, [(week, 0, *more) for week, person, *more in events if person == 1], use=ACTIVE)
    assert measured("R1", as_things_are=alone)["weeks_to_a_sustained_year"] == 62


def test_r1_a_median_never_reached_counts_as_520_and_nobody_gives_no_number(measured, hand_made):
    decided = [(0, 0, "decided_gradually", "use"), (10, 0, "lapse", "use"), (11, 0, "relapse", "use")]
    assert measured("R1", as_things_are=hand_made(1, 520, decided, use=ACTIVE))["weeks_to_a_sustained_year"] == 520
    late = [(260, 0, "decided_gradually", "use")]
    assert math.isnan(measured("R1", as_things_are=hand_made(1, 520, late, use=ACTIVE))["weeks_to_a_sustained_year"])


def test_r2_counts_lapses_within_a_year_of_decisions_and_people_who_relapse(measured, hand_made):
    """Decisions in weeks 0, 0 and 100 count, of which one lapses in 52 weeks; the fourth, in week 208, does not."""
    events = [(0, 0, "decided_gradually", "use"), (52, 0, "lapse", "use"), (54, 0, "relapse", "use"),
              (0, 1, "decided_suddenly", "use"), (53, 1, "lapse", "use"), (60, 1, "resolved", "use", {"value": 20.0}),
              (100, 0, "decided_gradually", "use"), (208, 2, "decided_gradually", "use"), (209, 2, "lapse", "use")]  # fmt: skip
    found = measured("R2", as_things_are=hand_made(3, 260, events, use=ACTIVE))
    assert found["share_of_attempts_with_a_lapse"] == pytest.approx(1 / 3)
    assert found["share_of_people_who_relapse"] == 1 / 2


def test_r3_asks_the_highest_quarter_of_years_active_with_two_problems(measured, hand_made):
    """Of eight people the two with most years are entrenched: one of them recovers for a year in both domains."""
    events = [(5, 7, "decided_gradually", "use"), (9, 7, "decided_gradually", "offending"), (5, 0, "decided_gradually", "use")]
    world = hand_made(8, 520, events, use=ACTIVE, offending=[NONE] * 4 + [ACTIVE] * 4, years_active=np.arange(8.0))
    found = measured("R3", as_things_are=world)
    assert found["share_recovered_of_the_most_entrenched"] == 1 / 2
    assert found["share_recovered_of_others_active"] == 1 / 6


def test_r4_reads_who_has_a_problem_in_week_104_and_counts_decisions_from_then(measured, hand_made):
    """Of four people one is inside then and one is dead in one arm: of the two others one decides where put back once."""
    def world(events, **then):
        return hand_made(4, 260, events, {104: {"use": ACTIVE, **then}}, use=RECOVERING)

    kept = world([(100, 0, "decided_gradually", "use")], custody_left=[0, 0, 4, 0])
    once = world([(155, 0, "decided_gradually", "use"), (156, 1, "decided_suddenly", "use")], alive=[1, 1, 1, 0])
    assert measured("R4", two_years_in_a_problem=kept, put_back_once=once)["fewer_decide_after_longer"] == -1 / 2


def test_r5_blocks_of_half_a_year_turn_twice_and_rise(measured, hand_made):
    """Quality of life follows hope here: one person zigzags upwards, one only rises, one falls; the fourth never recovers."""
    zigzag = [0.1, 0.4, 0.2, 0.5, 0.3, 0.6, 0.4, 0.7, 0.5, 0.9]
    paths = np.array([zigzag, np.linspace(0.1, 0.9, 10), np.linspace(0.9, 0.1, 10), zigzag])
    snapshots = {week: {"hope": paths[:, (week - 13) // 26]} for week in range(13, 261, 13)}
    events = [(100, person, "decided_gradually", "use") for person in range(3)]
    found = measured("R5", as_things_are=hand_made(4, 260, events, snapshots, use=ACTIVE))
    assert found["share_with_two_reversals_and_a_rise"] == pytest.approx(1 / 3)
    assert found["share_rising"] == pytest.approx(2 / 3)


def test_steps_of_less_than_a_point_are_passed_over():
    blocks = np.array([[0.0, 5.0, 4.5, 9.0], [0.0, 5.0, 3.5, 9.0]]).T
    assert turns(blocks, 1.0).tolist() == [0, 2]
    assert slopes(np.array([[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]])).tolist() == [1.0, -1.0]


def test_r6_compares_the_end_of_first_lapses_and_finds_who_is_well_after_a_relapse(measured, hand_made):
    """Both lapse in week 20 in both arms: with more support both resolve, with less one does. A third relapses and recovers."""
    begun = [(0, person, "decided_gradually", "use") for person in range(3)]
    lapses = [(20, person, "lapse", "use") for person in range(2)]
    more = [(22, 0, "resolved", "use", {"value": 10.0}), (22, 1, "resolved", "use", {"value": 10.0}), (30, 2, "lapse", "use"),
            (31, 2, "relapse", "use"), (60, 2, "decided_gradually", "use")]  # fmt: skip
    fewer = [(22, 0, "resolved", "use", {"value": 10.0}), (21, 1, "relapse", "use"), (33, 2, "lapse", "use")]
    found = measured("R6", two_supporters_more=hand_made(3, 260, begun + lapses + more, use=ACTIVE),
                     two_supporters_fewer=hand_made(3, 260, begun + lapses + fewer, use=ACTIVE))  # fmt: skip
    assert found == {"more_lapses_resolve_with_support": 1 / 2, "share_well_after_a_relapse": 1.0}


def test_r7_counts_decisions_of_both_kinds_in_any_domain(measured, hand_made):
    events = [(1, 0, "decided_suddenly", "use"), (2, 1, "decided_gradually", "offending"), (3, 1, "decided_gradually", "use"),
              (4, 2, "decided_suddenly", "mental_health"), (5, 3, "decided_suddenly", "use")]  # fmt: skip
    found = measured("R7", as_things_are=hand_made(4, 260, events, own_experience=[1, 1, 1, 0]))
    assert found == {"share_sudden": 1 / 2, "share_gradual": 1 / 2}


def test_r8_is_the_odds_ratio_of_half_a_year_without_a_lapse(measured, hand_made):
    """Sudden: three of four keep it up, odds 3. Gradual: one of three, odds one half. Ratio 6; a decision in week 234 is late."""
    sudden = [(0, person, "decided_suddenly", "use") for person in range(4)]
    gradual = [(0, person, "decided_gradually", "use") for person in range(4, 7)]
    lapses = [(26, 0, "lapse", "use"), (27, 1, "lapse", "use"), (5, 4, "lapse", "use"), (6, 5, "lapse", "use")]
    late = [(234, 7, "decided_gradually", "use")]
    found = measured("R8", as_things_are=hand_made(8, 260, sudden + gradual + lapses + late, use=ACTIVE))
    assert found["odds_of_success_sudden_to_gradual"] == pytest.approx(6.0)


def test_the_first_row_is_looked_for_from_each_persons_own_on():
    held = np.array([[1, 1, 0], [0, 1, 0], [1, 1, 0]], dtype=bool)
    assert first_row(held, np.array([1, 1, 0])).tolist() == [2, 1, NEVER]
