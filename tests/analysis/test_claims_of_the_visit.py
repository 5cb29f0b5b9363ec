"""R48 to R67 against lives written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.claims_of_the_visit import ORDER, SINKING_IN, week_of_half_peak, week_of_half_way, weeks_to_half
from simulation.state import ACTIVE, RECOVERING

DECIDES = "decided_gradually"
GOOD = {"involvement": 1.0, "social_capital": 1.0, "identity": 1.0, "hope": 1.0}
WITHOUT_CAUSE = 2


def flags(*people, week=4):
    return [(week, person, "flag_on", WITHOUT_CAUSE) for person in people]


def test_r48_a_package_is_worth_more_than_its_parts(measured, hand_made):
    """Good lives of four: 0 as it is, 1, 0, 1, 0 by parts, 4 by all: 1 less one half. Half are meaningful 20 weeks on."""
    def world(good, events=(), panel=None):
        states = {156: {name: [value] * good + [0] * (4 - good) for name, value in GOOD.items()}}
        return hand_made(4, 260, events, states | (panel or {}), use=ACTIVE)

    weeks = [week for week in range(4, 261, 4) if week != 156]
    roles = {week: {"involvement": [0.5 * (week >= 28), 0.5 * (week >= 28), 0.0, 0.9]} for week in weeks}
    decided = [(7, person, DECIDES, "use") for person in range(4)]
    found = measured("R48", as_things_are=world(0), move=world(1), home=world(0), groups=world(1), workers=world(0),
                     package=world(4, decided, roles))  # fmt: skip
    assert found["more_than_the_sum"] == 0.5
    assert found["weeks_to_half_of_what_is_meaningful"] == found["weeks_to_it_at_most"] == 28 - 8


def test_r49_kin_come_back_after_weeks_and_later_after_a_lapse(measured, hand_made):
    """Of a family of four three lack kin: one is reconciled after 30 weeks, one who lapses after 50, and one never.

    The median is that of the second; a lapse costs 20 weeks. A median that nobody reaches counts as 260.
    """
    events = [(3, person, DECIDES, "use") for person in range(4)]
    events += [(33, 0, "kin_reconciled"), (10, 1, "lapse", "use"), (53, 1, "kin_reconciled")]
    lacking = {3: {"kin_close": [0, 2, 1, 3], "alive": 1}}
    found = measured("R49", as_things_are=hand_made(4, 260, events, lacking, use=ACTIVE))
    assert found["weeks_to_kin_at_least"] == found["weeks_to_kin_at_most"] == 50
    without = [event for event in events if event[:2] != (33, 0)]
    late = measured("R49", as_things_are=hand_made(4, 260, without, lacking, use=ACTIVE))
    assert late["weeks_to_kin_at_least"] == 260
    assert late["weeks_lost_by_a_lapse"] == 50 - 260


def test_r50_family_first_regard_first_giving_first(measured, hand_made):
    """Both gained: family first, in one week, after: 1.5 of 3. Regard is half-way at week 4, comfort at week 52."""
    gains = [(1, 0, "role_gained", 0), (2, 0, "role_gained", 1), (2, 1, "role_gained", 0), (2, 1, "role_gained", 1),
             (9, 2, "role_gained", 0), (2, 2, "role_gained", 1), (1, 2, "role_gained", 2), (3, 0, "role_gained", 2)]  # fmt: skip
    panel = {week: {"identity": week / 104, "regard": 0.8} for week in range(4, 105, 4)}
    found = measured("R50", as_things_are=hand_made(4, 260, gains, panel))
    assert found["family_before_work"] == 0.5
    assert found["giving_before_work"] == 0.5
    assert found["regard_before_comfort"] == 52 - 4


def test_r51_asks_those_whom_nothing_else_befell(measured, hand_made):
    """Of five flagged for four weeks one is flagged again, one lapses, and one lapses where never flagged: two are asked."""
    off = [(8, person, "flag_off", WITHOUT_CAUSE) for person in range(5)]
    more = [(20, 0, "flag_on", WITHOUT_CAUSE), (30, 1, "lapse", "use")]
    then = {"identity": 0.8, "anticipated_stigma": 0.25, "distress": 0.0}
    never = hand_made(6, 260, [(40, 2, "lapse", "use")], {56: {**then, "anticipated_stigma": 0.0}}, use=RECOVERING)
    flagged = hand_made(6, 260, [*flags(*range(5)), *off, *more], {56: {**then, "anticipated_stigma": [0.9] * 3 + [0.25] * 3}},
                        use=RECOVERING)  # fmt: skip
    found = measured("R51", never_flagged=never, flagged_for_weeks=flagged)
    assert found["still_waiting_a_year_on"] == pytest.approx(0.25)
    assert found["less_at_ease_a_year_on"] == pytest.approx(0.8 * 0.75 - 0.8)


def test_r52_and_r67_count_flags_by_how_long_recovery_has_lasted(measured, hand_made):
    """Four flags: on people 60, 30 and 10 weeks in recovery, and on one active."""
    start = {"use": [RECOVERING] * 3 + [ACTIVE], "weeks_use": [56.0, 26.0, 6.0, 0.0]}
    world = hand_made(4, 260, flags(0, 1, 2, 3), **start)
    assert measured("R52", as_things_are=world)["share_of_flags_in_sustained_recovery"] == 0.25
    assert measured("R67", as_things_are=world)["share_of_flags_after_half_a_year"] == 0.5
    assert measured("R67", as_things_are=world)["share_of_kin_flags_after_half_a_year"] == 0.0


def test_r67_sets_rates_of_people_with_a_record_against_each_other(measured, hand_made):
    """In 10 weeks: one long recovered, flagged in week 9, so 10 weeks without one; one active, flagged in week 4: 5 weeks."""
    start = {"offending": [RECOVERING, ACTIVE, ACTIVE], "weeks_offending": [100.0, 0, 0], "record": [1, 1, 0]}
    world = hand_made(3, 10, flags(0, week=9) + flags(1, 2), **start)
    assert measured("R67", as_things_are=world)["flags_in_recovery_against_active"] == pytest.approx((1 / 10) / (1 / 5))


def test_r67_flags_through_kin_count_where_either_is_in_recovery(measured, hand_made):
    """Two families. In the first a person long recovered is flagged and draws in two; in the second one active draws in one."""
    start = {"use": [RECOVERING] + [ACTIVE] * 7, "weeks_use": [100.0] + [0.0] * 7}
    drawn_in = [(9, person, "flag_on", WITHOUT_CAUSE, {"cause": "kin"}) for person in (1, 2, 5)]
    world = hand_made(8, 20, flags(0, 4) + drawn_in, **start)
    assert measured("R67", as_things_are=world)["share_of_kin_flags_after_half_a_year"] == pytest.approx(2 / 3)


def test_r53_sinks_in_in_the_order_of_half_peaks(measured, hand_made):
    """Distress is at .4 at once and .5 next week: .8. Half-way: week 5, 6, 12, 40."""
    peaks = {"distress": 0.4, "anticipated_stigma": 0.2, "self_stigma": 0.1, "identity": -0.1}
    begins = dict(zip(ORDER, (5, 6, 12, 40), strict=True))

    def world(visited):
        panel = {
            week: {name: 0.5 + visited * peak * (week >= begins[name]) for name, peak in peaks.items()} for week in SINKING_IN
        }
        panel[6]["distress"] += visited * 0.1
        return hand_made(3, 260, flags(0, 1) if visited else [], panel)

    found = measured("R53", left_alone=world(0), the_visit=world(1))
    assert found["share_of_the_peak_in_the_first_week"] == pytest.approx(0.8)
    assert [value for name, value in found.items() if "before" in name] == [1, 6, 28]


def test_half_peaks_and_ways_are_the_first_to_be_reached():
    assert week_of_half_peak([0.0, -0.3, -0.5, 0.1], [4, 5, 6, 7]) == 5
    assert math.isnan(week_of_half_peak([0.0, 0.0], [4, 5]))
    assert week_of_half_way([0.2, 0.3, 0.5, 0.6], [0, 4, 8, 12]) == 8
    assert math.isnan(week_of_half_way([0.2, 0.3, 0.2], [0, 4, 8]))


def test_r54_the_ashamed_tell_later_and_carry_it_longer(measured, hand_made):
    """Thirds of three people each with close kin: told after 6 weeks against 2, carried 10 weeks against 3."""
    start = {"self_stigma": np.arange(9) / 10, "kin_close": 2}
    told = [(4 + wait, person, "disclosed", WITHOUT_CAUSE) for person in range(9) for wait in [2 if person < 3 else 6]]
    off = [(4 + wait, person, "flag_off", WITHOUT_CAUSE) for person in range(9) for wait in [3 if person < 3 else 10]]
    found = measured("R54", the_visit=hand_made(9, 260, flags(*range(9)) + told + off, {4: start}))
    assert found["weeks_of_label"] == 7
    # Over the 2 weeks that are followed in both thirds nobody of the highest has told, and all of the lowest have just done so.
    assert found["weeks_of_silence"] == 0
    untold = [event for event in told if event[1] != 0]
    later = measured("R54", the_visit=hand_made(9, 260, flags(*range(9)) + untold + off, {4: start}))
    assert later["weeks_of_silence"] == pytest.approx(3 - (2 + 2 + 3) / 3)


def test_r55_kin_and_an_ally_end_a_flag(measured, hand_made):
    """Without kin 20 weeks, with 8, one in a service left out; with an ally too 3."""
    state = {4: {"kin_close": [0, 0, 2, 3], "service": [0, 1, 0, 0]}}
    visit = [(4 + weeks, person, "flag_off", WITHOUT_CAUSE) for person, weeks in enumerate((20, 90, 8, 8))]
    ally = [(4 + weeks, person, "flag_off", WITHOUT_CAUSE) for person, weeks in enumerate((3, 3, 3, 3))]
    found = measured("R55", the_visit=hand_made(4, 260, flags(*range(4)) + visit, state),
                     with_advocates=hand_made(4, 260, flags(*range(4)) + ally, state))  # fmt: skip
    assert found == {"weeks_none_to_one": 12.0, "weeks_one_to_both": 5.0}


def test_a_flag_that_never_ends_is_carried_to_a_death_or_the_end_of_the_world(measured, hand_made):
    state = {4: {"kin_close": [0, 2], "service": 0}}
    world = hand_made(2, 260, [*flags(0, 1), (50, 1, "died")], state)
    assert measured("R55", the_visit=world, with_advocates=world)["weeks_none_to_one"] == (260 - 4) - (50 - 4)


def test_r56_is_relapse_beyond_ones_own_life_without_a_flag(measured, hand_made):
    """Without kin 2 of 2 relapse flagged and 1 unflagged: one half. With kin and an ally 1 of 2 against 1: nothing."""
    state = {4: {"kin_close": [0, 0, 2, 2, 0]}}

    def world(*relapsing, flagged=True):
        events = [(55, person, event, "use") for person in relapsing for event in ("lapse", "relapse")]
        return hand_made(5, 260, events + (flags(*range(4)) if flagged else []), state, use=RECOVERING)

    found = measured("R56", left_alone=world(0, 2, flagged=False), the_visit=world(0, 1, 2, 3, 4), with_advocates=world(0, 3))
    assert found == {"excess_none_against_both": 0.5, "excess_with_both": 0.0}


def test_r57_compares_lapses_at_first_and_half_a_year_on(measured, hand_made):
    """In weeks 4 to 12, 3 lapses against 2; in weeks 30 to 55, 1 against 2. People who are not flagged do not count."""
    def world(*lapses, flagged=False):
        events = [(week, person, "lapse", "use") for week, person in lapses]
        return hand_made(4, 260, events + (flags(0, 1, 2) if flagged else []))

    found = measured("R57", left_alone=world((4, 0), (12, 1), (30, 0), (55, 1), (5, 3)),
                     flagged_for_two_weeks=world((4, 0), (12, 1), (8, 2), (13, 0), (55, 1), (5, 3), flagged=True))  # fmt: skip
    assert found == {"lapses_at_first": 1.5, "lapses_half_a_year_on": 0.5}


def test_r58_counts_from_the_greatest_loss_to_half_of_it(measured, hand_made):
    weeks = range(4, 261, 2)
    alone = {week: {"identity": 0.8} for week in weeks}
    flagged = {week: {"identity": 0.8 - (0.4 if 8 <= week < 30 else 0.2 if 30 <= week else 0.0)} for week in weeks}
    found = measured("R58", left_alone=hand_made(2, 260, [], alone), flagged_for_two_weeks=hand_made(2, 260, flags(0), flagged))
    assert found["weeks_to_half_of_the_loss"] == 30 - 8


def test_a_loss_that_is_never_half_made_good_counts_to_the_last_week():
    assert weeks_to_half([0.0, 0.4, 0.3, 0.3], [4, 6, 8, 260]) == 254
    assert math.isnan(weeks_to_half([0.0, -0.1], [4, 6]))


def test_r59_distress_and_flags_spread_to_kin(measured, hand_made):
    """Two with close kin are more distressed by .1 in half of the weeks; one flag through kin, and one of another cause."""
    panel = {week: {"distress": [0.9, 0.2, 0.2, 0.0], "kin_close": [1, 1, 1, 0]} for week in range(4, 13)}
    felt = {week: 0.2 + 0.1 * (week > 8) for week in panel}
    caught = {week: {**columns, "distress": [0.9, felt[week], felt[week], 0.5]} for week, columns in panel.items()}
    spread = [(30, 1, "flag_on", WITHOUT_CAUSE, {"cause": "kin"}), (30, 2, "flag_on", WITHOUT_CAUSE, {"cause": "police"})]
    found = measured("R59", left_alone=hand_made(4, 260, [], panel), the_visit=hand_made(4, 260, flags(0) + spread, caught))
    assert found == {"distress_of_others": pytest.approx(0.05), "flags_through_kin": 1.0}


def test_r60_a_just_officer_shortens_flags(measured, hand_made):
    def world(weeks, waiting):
        off = [(4 + weeks, person, "flag_off", WITHOUT_CAUSE) for person in range(2)]
        return hand_made(3, 260, flags(0, 1) + off, {30: {"anticipated_stigma": [waiting, waiting, 0.0]}})

    found = measured("R60", the_visit=world(10, 0.5), just_officers=world(4, 0.3))
    assert found == {"shorter_flags": -6.0, "less_waiting_after": pytest.approx(-0.2)}


def test_r61_asks_those_whose_flag_is_over_and_counts_later_ones_without_cause(measured, hand_made):
    """The second is flagged until week 30. After week 10 two flags without cause against one; one with cause does not count."""
    off = [(29, 0, "flag_off", WITHOUT_CAUSE), (30, 1, "flag_off", WITHOUT_CAUSE)]
    visit = hand_made(2, 260, flags(0, 1) + off + flags(0, 1, week=100), {30: {"anticipated_stigma": 0.5}})
    account = hand_made(2, 260, flags(0, 1) + off + flags(0, week=100) + [(101, 1, "flag_on", 1), (9, 1, "flag_on", 2)],
                        {30: {"anticipated_stigma": [0.4, 0.0]}})  # fmt: skip
    found = measured("R61", the_visit=visit, held_to_account=account)
    assert found == {"less_waiting_after": pytest.approx(-0.1), "fewer_new_flags": -1.0}


def test_r62_counts_offences_of_all_and_of_those_never_flagged(measured, hand_made):
    """Four people: 3 more offences in all, 1 of them by one of the two who are never flagged. As assumed 1 more."""
    def world(*offending, flagged=()):
        return hand_made(4, 260, [(week, person, "offence") for week, person in enumerate(offending)] + flags(*flagged))

    found = measured("R62", none=world(0), as_assumed=world(0, 1), the_most_thought_plausible=world(0, 0, 1, 2, flagged=(0, 1)))
    assert found["offences_added"] == 750.0
    assert found["offences_added_among_others"] == 500.0
    assert found["offences_added_as_assumed"] == 250.0


def test_r63_compares_alike_in_frailty(measured, hand_made):
    """Early people are frail and late ones are not, all but one pair: within quarters a flag early makes one relapse more."""
    frailty = np.repeat(np.arange(4.0), 4) + np.tile([0.0, 0.01, 0.02, 0.03], 4)
    early, late = [0, 1, 4, 5, 8, 9, 12, 13], [2, 3, 6, 7, 10, 11, 14, 15]

    def world(flagged, relapsing):
        relapses = [(155, person, event, "use") for person in relapsing for event in ("lapse", "relapse")]
        return hand_made(16, 260, flags(*flagged, week=104) + relapses, frailty=frailty, use=RECOVERING)

    found = measured("R63", left_alone=world((), (0,)), flagged_early=world(early, (0, 1, 4)), flagged_late=world(late, (2,)))
    assert found["harm_early"] == 2 / 8
    # Quarters: early .5, .5, 0, 0; late .5, 0, 0, 0.
    assert found["harm_early_against_late"] == pytest.approx((0.5 + 0.5) / 4 - 0.5 / 4)


def test_r64_compares_distress_soon_and_waiting_later(measured, hand_made):
    def world(distress, waiting):
        return hand_made(2, 260, flags(0), {6: {"distress": [distress, 0.9]}, 12: {"anticipated_stigma": [waiting, 0.9]}})

    found = measured("R64", as_now=world(0.6, 0.5), justly_handled=world(0.4, 0.45))
    assert found == {"less_distress": pytest.approx(-0.2), "less_waiting": pytest.approx(-0.05)}


def test_r65_asks_those_homeless_in_either_world_and_those_with_kin(measured, hand_made):
    start = {"kin_close": [1, 1, 0], "homeless": [0, 0, 1]}
    small, large = hand_made(3, 260, [(5, 0, "homeless_start")], **start), hand_made(3, 260, [], **start)
    small.end["weeks_homeless"], large.end["weeks_homeless"] = [30, 0, 50], [0, 0, 20]
    small.end["weeks_flagged"], large.end["weeks_flagged"] = [10, 4, 99], [8, 2, 0]
    found = measured("R65", kin_of_small_means=small, kin_of_means=large)
    assert found == {"weeks_without_a_home": -30.0, "weeks_flagged": -200.0}


def test_r66_compares_roles_regard_and_support(measured, hand_made):
    known = hand_made(2, 260, [], {104: {"involvement": 0.3, "regard": 0.4, "social_capital": 0.5}})
    hardly = hand_made(2, 260, [], {104: {"involvement": 0.4, "regard": 0.6, "social_capital": 0.45}})
    found = measured("R66", known=known, hardly_known=hardly)
    assert list(found.values()) == pytest.approx([0.1, 0.2, -0.05])
