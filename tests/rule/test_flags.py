"""Steps 2 to 4: a flag comes, with cause or without, is told to kin, and goes."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, JUSTIFIED, LAPSED, NO_FLAG, RECOVERING, UNJUSTIFIED

FLAGGED = {"flag": UNJUSTIFIED, "flag_weeks": 4}
JUSTLY = {"flag": JUSTIFIED, "flag_weeks": 4}
NO_EXPIRY = {"expiry": 0.0}


# A flag comes


def test_a_person_active_in_offending_may_be_flagged_with_cause(rule, certain):
    """Conduct brings a justified flag."""
    life = rule.life(offending=ACTIVE)
    life.week(flag_justified=certain)
    assert life.person.flag == JUSTIFIED
    assert life.event("flag_on").cause == "conduct"
    assert life.person.count_flags == 1
    assert life.person.count_unjustified_flags == 0


@pytest.mark.parametrize("status", [RECOVERING, LAPSED])
def test_a_flag_with_cause_comes_only_while_active_in_offending(rule, certain, status):
    """Neither a lapse nor a life of desistance is cause for a justified flag."""
    life = rule.life(offending=status)
    life.week(flag_justified=certain)
    assert life.person.flag == NO_FLAG


def test_a_person_with_a_record_may_be_flagged_without_cause_whatever_they_do_now(rule, certain):
    """The record alone is enough for a flag from police."""
    life = rule.life(record=1, record_age=500, offending=RECOVERING, weeks_offending=300.0)
    life.week(flag_unjustified=certain)
    assert life.person.flag == UNJUSTIFIED
    assert life.event("flag_on").cause == "police"
    assert life.person.count_unjustified_flags == 1


def test_a_person_without_a_record_or_flagged_kin_is_never_flagged_without_cause(rule, certain):
    """Police flag people they know."""
    life = rule.life(use=ACTIVE)
    life.week(flag_unjustified=certain)
    assert life.person.flag == NO_FLAG


def test_flagged_kin_may_bring_a_flag_without_cause(rule, certain):
    """A flag spreads to kin, and is counted apart."""
    life = rule.life(around={"flagged_kin": 1.0})
    life.week(flag_unjustified=certain)
    assert life.person.flag == UNJUSTIFIED
    assert life.event("flag_on").cause == "kin"


def test_a_policy_may_flag_a_person_once_without_cause(rule):
    """The single event of a scenario falls on the share it asks for."""
    spared = rule.life(lever={"flag_once": 0.5})
    spared.week(flag_once=0.51)
    assert spared.person.flag == NO_FLAG
    visited = rule.life(lever={"flag_once": 0.5})
    visited.week(flag_once=0.49)
    assert visited.person.flag == UNJUSTIFIED
    assert visited.event("flag_on").cause == "policy"


@pytest.mark.parametrize("held", [FLAGGED, JUSTLY])
def test_nobody_flagged_is_flagged_again_and_the_kind_stays(rule, certain, held):
    """One flag at a time."""
    life = rule.life(**held, offending=ACTIVE, record=1, lever={"flag_once": 1.0})
    life.week(flag_once=certain, flag_justified=certain, flag_unjustified=certain)
    assert life.person.flag == held["flag"]
    assert life.person.count_flags == 0
    assert "flag_on" not in life.happened


def test_nobody_is_flagged_in_custody(rule, certain):
    """A flag needs a free person."""
    life = rule.life(custody_left=10, offending=ACTIVE, record=1, lever={"flag_once": 1.0})
    life.week(flag_once=certain, flag_justified=certain, flag_unjustified=certain)
    assert life.person.flag == NO_FLAG


def test_a_record_is_less_known_to_police_in_a_new_area(rule):
    """The chance of a flag without cause falls with the visibility of the record."""
    home = rule.life(record=1).ask("chance_of_unjustified_flag")
    new = rule.life(record=1, area="new").ask("chance_of_unjustified_flag")
    assert new == pytest.approx(0.4 * home)


def test_a_year_of_weekly_chances_of_a_flag_makes_the_yearly_chance(rule):
    """A yearly chance p is 1 - (1 - p)^(1/52) a week."""
    weekly = rule.life(record=1, lever={"unjustified_flags": 0.3}).ask("chance_of_unjustified_flag")
    assert 1.0 - (1.0 - weekly) ** 52 == pytest.approx(0.3)


def test_stage_aware_policing_withholds_flags_in_the_first_year_of_recovery(rule):
    """Early recovery is spared as far as officers obey, later recovery is as before."""
    aware = {"lever": {"stage_aware_policing": 1.0}, "record": 1, "use": RECOVERING}
    assert rule.life(**aware, weeks_use=51.0).ask("chance_of_unjustified_flag") == 0.0
    assert rule.life(**aware, weeks_use=52.0).ask("chance_of_unjustified_flag") > 0.0


# It is told, or not


def test_kin_are_told_of_a_flag_from_the_week_after_it(rule, certain):
    """The week of the flag itself passes in silence."""
    life = rule.life(record=1)
    life.week(flag_unjustified=certain, disclosure=certain)
    assert life.person.disclosed == 0
    life.week(disclosure=certain)
    assert life.person.disclosed == 1
    assert life.event("disclosed").value == 1.0


def test_without_close_kin_nobody_is_told(rule, certain):
    """Kin who are estranged or no longer living cannot be told."""
    life = rule.life(**FLAGGED, around={"kin_close": 0})
    life.week(20, disclosure=certain)
    assert life.person.disclosed == 0


def test_without_a_flag_there_is_nothing_to_tell(rule, certain):
    """Disclosure is of a flag."""
    life = rule.life()
    life.week(disclosure=certain)
    assert life.person.disclosed == 0


@pytest.mark.parametrize(("self_stigma", "regard", "told"), [(0.1, 0.9, True), (0.9, 0.1, False)])
def test_regard_helps_telling_and_self_stigma_holds_it_back(rule, self_stigma, regard, told):
    """The same luck that tells kin where regard is high is silence where self-stigma is."""
    life = rule.life(**FLAGGED, self_stigma=self_stigma, regard=regard)
    life.week(disclosure=0.5)
    assert life.person.disclosed == int(told)


# It goes


def ends_at(life, hazard: float, cause: float, name: str) -> None:
    """Check that a flag ends at just less luck than 1 - exp(-hazard), not at just more, and by whom."""
    chance = -math.expm1(-hazard)
    life.week(reversal=min(1.0, chance * 1.000001), reversal_cause=cause)
    assert life.person.flag != NO_FLAG
    life.week(reversal=chance * 0.999999, reversal_cause=cause)
    assert life.person.flag == NO_FLAG
    assert life.event("flag_off").cause == name


def test_a_flag_nobody_speaks_against_ends_only_by_itself(rule):
    """Its hazard is expiry alone."""
    ends_at(rule.life(**FLAGGED), 0.02, 0.5, "expiry")


def test_kin_who_were_told_and_have_a_voice_get_a_flag_reversed(rule):
    """Their hazard is the rate of kin times their voice."""
    ends_at(rule.life(**FLAGGED, disclosed=1, around={"kin_voice": 0.6}), 0.02 + 0.25 * 0.6, 0.9, "kin")


def test_kin_who_were_not_told_change_nothing(rule):
    """A voice is of no use to a person who keeps silent."""
    ends_at(rule.life(**FLAGGED, around={"kin_voice": 1.0}), 0.02, 0.9, "expiry")


def test_an_independent_advocate_gets_a_flag_reversed(rule):
    """A professional's hazard needs no disclosure to kin."""
    ends_at(rule.life(**FLAGGED, lever={"independent_advocate": 1.0}), 0.02 + 0.25, 0.9, "professional")


def test_kin_and_an_ally_together_do_more_than_each_alone(rule):
    """The hazard has a part for kin, one for the ally, and one for both together."""
    both = rule.life(**FLAGGED, disclosed=1, around={"kin_voice": 1.0}, lever={"independent_advocate": 1.0})
    ends_at(both, 0.02 + 0.25 + 0.25 + 0.25, 0.99, "both")


def test_support_for_families_gives_kin_a_voice(rule):
    """It adds to the voice of close kin, up to 1, and to nobody's where there are none."""
    assert rule.life(lever={"family_support": 0.7}).ask("voice_of_kin") == pytest.approx(0.7)
    assert rule.life(lever={"family_support": 0.7}, around={"kin_voice": 0.8}).ask("voice_of_kin") == 1.0
    assert rule.life(lever={"family_support": 0.7}, around={"kin_close": 0}).ask("voice_of_kin") == 0.0


def test_a_helping_service_is_an_ally_and_an_obstructing_one_is_not(rule):
    """What counts is the quality of the service that the person is in."""
    assert rule.life(service=1, service_quality=0.3).ask("weight_of_ally") == 1.0
    assert rule.life(service=1, service_quality=-0.3).ask("weight_of_ally") == 0.0
    assert rule.life().ask("weight_of_ally") == 0.0


def test_a_just_officer_is_an_ally(rule):
    """The officer who handles a flag stays the same, and is among the just ones or not."""
    assert rule.life(lever={"just_officers": 0.6}, flag_officer=0.59).ask("weight_of_ally") == 1.0
    assert rule.life(lever={"just_officers": 0.6}, flag_officer=0.61).ask("weight_of_ally") == 0.0


def test_no_flag_ends_in_the_week_it_comes(rule, certain):
    """Reversal is open from the week after."""
    life = rule.life(record=1, lever={"independent_advocate": 1.0})
    life.week(flag_unjustified=certain, reversal=certain)
    assert life.person.flag == UNJUSTIFIED
    life.week(reversal=certain)
    assert life.person.flag == NO_FLAG


def test_advocacy_does_not_end_a_flag_with_cause_while_the_person_is_active_in_offending(rule, certain):
    """With nothing but advocacy to end it, such a flag stays; once the person desists, it can go."""
    life = rule.life(
        **JUSTLY, offending=ACTIVE, disclosed=1, around={"kin_voice": 1.0}, lever={"independent_advocate": 1.0},
        assume=NO_EXPIRY,
    )  # fmt: skip
    life.week(20, reversal=certain)
    assert life.person.flag == JUSTIFIED
    life.person.offending = RECOVERING
    life.week(reversal=certain)
    assert life.person.flag == NO_FLAG


def test_advocacy_ends_a_flag_without_cause_even_while_the_person_is_active_in_offending(rule, certain):
    """What was never justified by conduct is not held back by it."""
    life = rule.life(**FLAGGED, offending=ACTIVE, lever={"independent_advocate": 1.0}, assume=NO_EXPIRY)
    life.week(reversal=certain)
    assert life.person.flag == NO_FLAG


def test_a_flag_with_cause_still_ends_by_itself(rule, certain):
    """Expiry asks nothing about conduct."""
    life = rule.life(**JUSTLY, offending=ACTIVE)
    life.week(reversal=certain, reversal_cause=0.5)
    assert life.event("flag_off").cause == "expiry"


def test_a_review_ends_a_flag_at_its_date(rule):
    """Not a week before."""
    life = rule.life(record=1, lever={"review_date": 8.0})
    life.week(flag_unjustified=1e-9)
    life.week(7)
    assert life.person.flag == UNJUSTIFIED
    life.week()
    assert life.event("flag_off").cause == "review"


def test_a_review_keeps_the_flag_of_a_person_active_in_offending(rule):
    """It ends with the conduct."""
    life = rule.life(**JUSTLY, offending=ACTIVE, lever={"review_date": 2.0})
    life.week(10)
    assert life.person.flag == JUSTIFIED
    life.person.offending = RECOVERING
    life.week()
    assert life.event("flag_off").cause == "review"


@pytest.mark.parametrize(
    ("kind", "cause", "regained"), [(UNJUSTIFIED, 0.99, True), (UNJUSTIFIED, 0.0, False), (JUSTIFIED, 0.99, False)]
)
def test_an_upheld_complaint_with_consequences_gives_back_some_trust(rule, certain, kind, cause, regained):
    """Only a flag without cause that somebody spoke against is a complaint upheld."""
    lives = [
        rule.life(
            flag=kind, flag_weeks=4, anticipated_stigma=0.75,
            lever={"independent_advocate": 1.0, "accountability": accountability},
        )
        for accountability in (0.0, 1.0)
    ]  # fmt: skip
    for life in lives:
        life.week(reversal=certain, reversal_cause=cause)
    without, with_consequences = (life.person.anticipated_stigma for life in lives)
    kept = 1.0 - 0.013
    expected = without - kept * 0.3 * (0.75 - 0.15) if regained else without
    assert with_consequences == pytest.approx(expected)


# A record is sealed


def test_a_record_is_sealed_after_as_many_sustained_weeks_as_a_policy_asks_for(rule):
    """Without such a policy it never is."""
    person = {"record": 1, "record_age": 300, "offending": RECOVERING}
    for weeks, sealed in ((103.0, False), (104.0, True)):
        life = rule.life(**person, weeks_offending=weeks, lever={"seal_records": 104.0})
        life.week()
        assert life.person.record == int(not sealed)
        assert ("record_off" in life.happened) is sealed
    life = rule.life(**person, weeks_offending=2000.0)
    life.week()
    assert life.person.record == 1


def test_a_sealed_record_counts_nowhere(rule, certain):
    """It weighs nothing as a label and draws no flag."""
    life = rule.life(record=1, offending=RECOVERING, weeks_offending=60.0, lever={"seal_records": 52.0})
    life.week(flag_unjustified=1.0)
    assert life.person.label_weight == 0.0
    life.week(10, flag_unjustified=certain)
    assert life.person.flag == NO_FLAG


def test_a_flag_comes_to_the_door_in_a_new_area_too(rule):
    """Its weight does not fall with visibility, a record's and a diagnosis's do."""
    for area, seen in (("home", 1.0), ("new", 0.4)):
        assert rule.life(flag=UNJUSTIFIED, area=area).ask("label_weight_of") == pytest.approx(0.8)
        assert rule.life(record=1, area=area).ask("label_weight_of") == pytest.approx(0.6 * seen)
        assert rule.life(diagnosis=1, area=area).ask("label_weight_of") == pytest.approx(0.5 * seen)


def test_a_record_weighs_half_as_much_after_four_years(rule):
    """Its weight as a label halves every four years."""
    fresh = rule.life(record=1, record_age=0).ask("label_weight_of")
    assert rule.life(record=1, record_age=208).ask("label_weight_of") == pytest.approx(fresh / 2)
    assert rule.life(record=1, record_age=416).ask("label_weight_of") == pytest.approx(fresh / 4)


def test_labels_together_weigh_at_most_one(rule):
    """A record, a diagnosis and a flag do not add up beyond a whole."""
    assert rule.life(record=1, diagnosis=1, flag=UNJUSTIFIED).ask("label_weight_of") == 1.0
