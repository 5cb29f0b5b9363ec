"""R9 to R20 against lives written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.claims_of_keeping_it_up import known_at_the_start
from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING, STATE_DTYPE

DECIDES = "decided_gradually"


def test_r9_ranks_levers_by_deciding_and_by_keeping_it_up(measured, hand_made):
    """Of four active people levers a, b, c make 3, 2, 1 decide, and keep 1, 2, 3 of four recovering ones well: agreement -1."""
    def world(deciding, relapsing):
        events = [(10, person, DECIDES, "use") for person in range(deciding)]
        events += [(20, 7 - at, event, "use") for at in range(relapsing) for event in ("lapse", "relapse")]
        return hand_made(8, 260, events, use=[ACTIVE] * 4 + [RECOVERING] * 4)

    base, arms = world(0, 4), {"a": world(3, 3), "b": world(2, 2), "c": world(1, 1)}
    assert measured("R9", as_things_are=base, **arms)["rank_agreement_of_levers"] == pytest.approx(-1.0)


def test_r9_counts_decisions_for_each_first_year_after_one(measured, hand_made):
    """Three decisions, one of which leads to a year; somebody recovering from the start arrives at nothing after a decision."""
    events = [(0, 0, DECIDES, "use"), (5, 0, "lapse", "use"), (6, 0, "relapse", "use"), (20, 0, DECIDES, "use"),
              (200, 1, DECIDES, "offending"), (210, 1, "lapse", "offending")]  # fmt: skip
    world = hand_made(3, 260, events, use=[ACTIVE, NONE, RECOVERING], offending=[NONE, ACTIVE, NONE])
    assert measured("R9", as_things_are=world, lever=world)["decisions_for_each_sustained_recovery"] == 3.0


def test_r10_compares_each_way_out_with_the_labelled(measured, hand_made):
    """Of four recovering people 0, 2, 1, 2, 1, 3 relapse; of two active ones 2 decide unlabelled, 1 labelled."""
    def world(relapsing, deciding=1):
        events = [(9, person, event, "use") for person in range(relapsing) for event in ("lapse", "relapse")]
        events += [(51, 4 + person, DECIDES, "use") for person in range(deciding)]
        return hand_made(6, 260, events, use=[RECOVERING] * 4 + [ACTIVE] * 2)

    ways = {"stigma": 1, "fear": 2, "barriers": 1, "exclusion": 3}
    found = measured("R10", unlabelled=world(0, 2), labelled=world(2),
                     **{f"labelled_without_{way}": world(relapsing) for way, relapsing in ways.items()})  # fmt: skip
    assert found["cost_of_a_label_in_keeping_it_up"] == -0.5
    assert [found[f"gain_without_{way}"] for way in ways] == [0.25, 0.0, 0.25, -0.25]
    assert found["deciding_changes_less"] == 0.5 - 0.5


def test_r11_asks_those_whom_the_training_reached(measured, hand_made):
    """Two of four are reached: one of them recovers trained, none as it is; the others do not count."""
    base = hand_made(4, 260, [(0, 3, DECIDES, "use")], use=ACTIVE)
    trained = hand_made(4, 260, [(0, 0, DECIDES, "use")], use=ACTIVE)
    trained.covered = [np.array([0, 1])]
    assert measured("R11", as_things_are=base, trained=trained)["gain_from_skills"] == 0.5


def test_r12_counts_relapses_in_thirteen_weeks_and_what_is_left_of_the_lift(measured, hand_made):
    """Of two people one relapses in the 13th week as it is, later when lifted. Of the .2 given .05 is left: a quarter."""
    decided = [(0, 0, DECIDES, "use"), (0, 1, DECIDES, "use"), (5, 0, "lapse", "use")]
    hope = {week: {"hope": 0.4} for week in range(27, 40)}
    lifted = {week: {"hope": 0.45} for week in range(27, 40)}
    found = measured("R12", as_things_are=hand_made(2, 260, [*decided, (13, 0, "relapse", "use")], hope, use=ACTIVE),
                     a_lift_at_deciding=hand_made(2, 260, [*decided, (14, 0, "relapse", "use")], lifted, use=ACTIVE))  # fmt: skip
    assert found["fewer_lapses_become_relapses_at_first"] == -50.0
    assert found["the_lift_fades"] == pytest.approx(0.25)


def test_r13_compares_the_year_from_the_same_decision(measured, hand_made):
    """Of two who decide in one week in all arms, one lapses as it is, none with more, one with fewer; a third is left out."""
    def world(*lapsing, third=7):
        events = [(0, 0, DECIDES, "use"), (3, 1, DECIDES, "use"), (third, 2, DECIDES, "use")]
        return hand_made(3, 260, events + [(3 + 52, person, "lapse", "use") for person in lapsing], use=ACTIVE)

    found = measured("R13", as_things_are=world(1), two_supporters_more=world(), two_supporters_fewer=world(1, third=8))
    assert found == {"gain_from_two_supporters": 0.5, "loss_from_two_supporters_fewer": 0.0}


def test_r14_finds_those_whose_support_is_local_before_the_decision(measured, hand_made):
    """Eight people in two families. Person 4 lives elsewhere, so that 5 to 7 have kin beyond the home area, and 4 is not asked.

    Of families at home all but one have a supporter; of the first family one lapses more by moving.
    """
    events = [(6, person, DECIDES, "use") for person in range(8)]
    then = {4: {"area": [0, 0, 0, 0, 1, 0, 0, 0], "supporters": [2, 2, 2, 0, 2, 2, 2, 2], "kin_close": 2, "alive": 1}}
    stay = hand_made(8, 260, [*events, (10, 5, "lapse", "use"), (10, 6, "lapse", "use")], then, use=ACTIVE)
    move = hand_made(8, 260, [*events, (58, 0, "lapse", "use"), (59, 1, "lapse", "use")], use=ACTIVE)
    found = measured("R14", stay=stay, move=move)
    assert found["lapses_avoided_by_moving"] == pytest.approx((1 - 2) / 7)
    assert found["harm_where_support_is_local"] == pytest.approx(1 / 3)


def test_r15_is_what_both_do_beyond_each_alone(measured, hand_made):
    """Of four people with ties in trouble 0, 1, 1 and 4 recover: 4/4 - 1/4 - 1/4 + 0. A fifth has too few such ties."""
    def world(recovering):
        events = [(0, person, DECIDES, "use") for person in range(recovering)]
        shares = [0.4, 0.5, 0.6, 1.0, 0.39]
        return hand_made(5, 260, events, use=ACTIVE, degree=4, kin_close=1, share_active_use=shares)

    found = measured("R15", neither=world(0), leaving=world(1), new_community=world(1), both=world(4))
    assert found == {"more_than_the_sum": 0.5, "gain_from_both": 1.0}


def test_r16_is_foreseen_by_what_decides_it_and_known_by_frailty_alone(measured, hand_made):
    """Who recovers is decided by frailty alone: nothing else at the start foresees it, with it all is foreseen."""
    luck = np.random.default_rng(1)
    frailty = luck.normal(size=400)
    events = [(0, int(person), DECIDES, "use") for person in np.flatnonzero(frailty < 0)]
    world = hand_made(400, 260, events, use=ACTIVE, frailty=frailty, hope=luck.random(400))
    found = measured("R16", as_things_are=world)
    assert 0.35 < found["foreseen_from_the_start"] < 0.65
    assert found["gain_from_knowing_frailty"] > 0.3
    assert found["left_to_chance_and_path"] < 0.1
    hopeless = hand_made(400, 260, events, use=ACTIVE, hope=(frailty < 0) + 0.0, frailty=luck.normal(size=400))
    other = measured("R16", as_things_are=hopeless)
    assert other["foreseen_from_the_start"] > 0.99
    assert abs(other["gain_from_knowing_frailty"]) < 0.01


def test_r16_knows_every_state_but_who_it_is_each_kind_by_itself():
    people = np.zeros(6, dtype=STATE_DTYPE)
    people["person"], people["use"], people["frailty"] = np.arange(6), [0, 1, 2, 3, 0, 1], np.arange(6)
    assert known_at_the_start(people).shape == (6, 3 + 1)
    assert known_at_the_start(people, without=("frailty",)).shape == (6, 3)


def test_r17_asks_who_was_in_no_service_before_the_year_came(measured, hand_made):
    """Three reach a year: one was in no service, one enters after it, one before it; a fourth never does."""
    events = [(0, person, DECIDES, "use") for person in range(3)]
    served = [(60, 1, "service_start", "mental_health"), (20, 2, "service_start", "use"), (25, 2, "service_end", "use")]
    base = hand_made(4, 260, [*events, *served], use=ACTIVE)
    found = measured("R17", as_things_are=base, services_without_effect=hand_made(4, 260, events[:2], use=ACTIVE))
    assert found["share_recovered_unassisted"] == pytest.approx(2 / 3)
    assert found["share_recovered_assisted"] == pytest.approx(1 / 3)
    assert found["recovery_without_what_services_do"] == pytest.approx(-1 / 4)


def test_r18_asks_those_in_a_service_then_and_those_who_enter_one(measured, hand_made):
    without = hand_made(3, 260, [], {26: {"hope": [0.4, 0.1, 0.9], "service": 0}}, use=ACTIVE)
    entered = [(207, 0, "service_start", "use"), (208, 1, "service_start", "use"), (0, 0, DECIDES, "use"), (0, 1, DECIDES, "use")]
    helped = hand_made(3, 260, entered, {26: {"hope": [0.5, 0.2, 0.0], "service": [1, 1, 0]}}, use=ACTIVE)
    found = measured("R18", no_services=without, helping_services_for_some=helped)
    assert found["gain_in_hope"] == pytest.approx(0.1)
    assert found["gain_in_recovery"] == 1.0


def test_r19_sets_what_obstruction_loses_against_what_help_gains(measured, hand_made):
    """In 100 weeks lived, 20, 30 and 5 in personal recovery: 15 lost by obstruction, 10 gained by help."""
    def world(weeks):
        lived = hand_made(2, 260, [], use=[ACTIVE, RECOVERING])
        lived.end["weeks_personal_recovery"] = [weeks * 2.6, 200]
        return lived

    found = measured("R19", services_of_no_quality=world(20), services_that_help=world(30), services_that_obstruct=world(5))
    assert found["loss_from_obstruction"] == pytest.approx(15.0, abs=0.4)
    assert found["loss_beyond_gain"] == pytest.approx(5.0, abs=0.8)


@pytest.mark.parametrize(("recovering", "steepest"), [((0, 1, 2, 3, 4), 1.0), ((0, 0, 0, 4, 4), 4.0), ((4, 3, 2, 1, 0), 0.0)])
def test_r20_the_steepest_step_is_over_the_mean_one(measured, hand_made, recovering, steepest):
    def world(count):
        events = [(0, person, DECIDES, "use") for person in range(count)]
        return hand_made(5, 520, events, use=ACTIVE, identity=[0.2, 0.2, 0.2, 0.2, 0.3])

    names = ("as_things_are", *(f"package_{at}_quarters" for at in (1, 2, 3, 4)))
    worlds = dict(zip(names, (world(count) for count in recovering), strict=True))
    assert measured("R20", **worlds)["steepest_step"] == pytest.approx(steepest)


def test_r20_the_worst_cell_is_active_in_two_domains_with_a_record_and_little_identity(measured, hand_made):
    events = [(0, 0, DECIDES, "use"), (0, 0, DECIDES, "offending"), (0, 2, DECIDES, "use")]
    offending, identity = [ACTIVE, ACTIVE, LAPSED, ACTIVE], [0.1, 0.1, 0.1, 0.5]
    world = hand_made(4, 520, events, use=ACTIVE, offending=offending, record=1, identity=identity)
    names = ("as_things_are", *(f"package_{at}_quarters" for at in (1, 2, 3, 4)))
    found = measured("R20", **dict.fromkeys(names, world))
    assert found["share_escaping_the_worst_cell"] == 1 / 2
    assert not math.isnan(found["steepest_step"])
