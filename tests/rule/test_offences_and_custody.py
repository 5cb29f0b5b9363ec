"""Steps 11 and 12: offence, arrest, conviction and custody are four things; what custody takes and what it leaves."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, JUSTIFIED, LAPSED, RECOVERING

CAUGHT = {"offence": 1e-9, "arrest": 1e-9, "conviction": 1e-9, "custody": 1e-9}
INSIDE = {"custody_left": 20}


def caught(*upto: str) -> dict[str, float]:
    return {name: CAUGHT[name] for name in upto}


@pytest.mark.parametrize(
    ("luck", "happened"),
    [
        ((), []),
        (("offence",), ["offence"]),
        (("offence", "arrest"), ["offence", "arrest"]),
        (("offence", "arrest", "conviction"), ["offence", "arrest", "conviction", "record_on"]),
        (tuple(CAUGHT), ["offence", "arrest", "conviction", "record_on", "custody_start"]),
        (("arrest", "conviction", "custody"), []),
        (("offence", "conviction", "custody"), ["offence"]),
        (("offence", "arrest", "custody"), ["offence", "arrest"]),
    ],
)
def test_offence_arrest_conviction_and_custody_are_four_events_each_after_the_last(rule, luck, happened):
    """Nobody is arrested without an offence, convicted without an arrest, or imprisoned without a conviction."""
    life = rule.life(offending=ACTIVE)
    life.week(**caught(*luck))
    assert life.happened == happened


def test_each_of_the_four_is_counted_apart(rule):
    """Offences, arrests and convictions have totals of their own, weeks in custody too."""
    life = rule.life(offending=ACTIVE)
    life.week(**caught("offence", "arrest"))
    life.week(**CAUGHT)
    person = life.person
    assert (person.count_offences, person.count_arrests, person.count_convictions, person.weeks_custody) == (2, 2, 1, 1)
    assert person.prior_convictions == 1


def test_only_a_person_active_or_just_lapsed_offends(rule):
    """Neither desistance nor the later weeks of a lapse bring an offence."""
    for status in (0, RECOVERING):
        life = rule.life(offending=status)
        life.week(**CAUGHT)
        assert life.happened == []
    life = rule.life(offending=RECOVERING)
    life.week(change_offending=1e-9, offence=0.49)
    assert life.happened == ["lapse", "offence"]
    life.week(**CAUGHT)
    assert life.happened == []


def test_people_differ_in_how_often_they_offend(rule):
    """The chance of at least one offence is 1 - exp(-rate), and the rate has a wide spread."""
    for frailty in (-1.0, 0.0, 1.0):
        chance = rule.life(offending=ACTIVE, offence_frailty=frailty).ask("chance_of_offence", 0)
        assert -math.log1p(-chance) == pytest.approx(0.25 * math.exp(0.8 * frailty))


def test_a_flag_deters_from_offending(rule):
    """By a factor exp(-deterrence), nothing at all where deterrence is zero."""
    free = rule.life(offending=ACTIVE).ask("chance_of_offence", 0)
    assert rule.life(offending=ACTIVE, flag=JUSTIFIED).ask("chance_of_offence", 0) == pytest.approx(free * math.exp(-0.2))
    assert rule.life(offending=ACTIVE, flag=JUSTIFIED, assume={"deterrence": 0.0}).ask("chance_of_offence", 0) == free


def test_a_label_draws_attention_to_the_same_conduct(rule):
    """Detection is three hundredths, more with the weight of the label."""
    unlabelled, labelled = {"offending": ACTIVE}, {"offending": ACTIVE, "record": 1}
    luck = 0.03 * 1.1
    for state, arrested in ((unlabelled, False), (labelled, True)):
        life = rule.life(**state)
        life.week(offence=1e-9, arrest=luck)
        assert ("arrest" in life.happened) == arrested


def test_policing_changes_the_chance_of_arrest_and_not_of_an_offence(rule):
    """Doubled, it catches at luck that would have gone free."""
    for factor, arrested in ((1.0, False), (2.0, True)):
        life = rule.life(offending=ACTIVE, lever={"policing": factor})
        life.week(offence=1e-9, arrest=0.05)
        assert life.happened[0] == "offence"
        assert ("arrest" in life.happened) == arrested


def test_a_conviction_renews_a_record(rule):
    """Its age is nought again, and a second record is no event."""
    life = rule.life(offending=ACTIVE, record=1, record_age=400, prior_convictions=3)
    life.week(**caught("offence", "arrest", "conviction"))
    assert (life.person.record, life.person.record_age, life.person.prior_convictions) == (1, 0, 4)
    assert "record_on" not in life.happened


@pytest.mark.parametrize(("earlier", "share"), [(0, 0.15), (1, 0.2), (5, 0.4), (9, 0.6), (40, 0.6)])
def test_custody_is_likelier_with_earlier_convictions_up_to_a_most(rule, earlier, share):
    """The conviction itself is not among the earlier ones."""
    for luck, inside in ((share - 1e-6, True), (share + 1e-6, False)):
        life = rule.life(offending=ACTIVE, prior_convictions=earlier)
        life.week(**(CAUGHT | {"custody": luck}))
        assert ("custody_start" in life.happened) == inside


def test_community_sentences_take_the_place_of_custody(rule):
    """The share of custody sentences served outside is never begun inside."""
    life = rule.life(offending=ACTIVE, lever={"community_sentences": 1.0})
    life.week(**CAUGHT)
    assert life.happened[-1] == "record_on"
    assert life.person.custody_left == 0


@pytest.mark.parametrize(("luck", "weeks"), [(1.0, 1), (0.99, 1), (0.5, 18), (0.01, 118)])
def test_sentences_have_lengths_of_their_own(rule, luck, weeks):
    """Geometric, with a mean of 26 weeks: 1 + floor(ln u / ln(1 - 1/26))."""
    life = rule.life(offending=ACTIVE)
    life.week(**CAUGHT, custody_length=luck)
    assert life.person.custody_left == weeks


def test_a_sentence_begun_this_week_counts_from_the_next(rule):
    """One of three weeks ends three weeks later."""
    life = rule.life(offending=ACTIVE)
    life.week(**CAUGHT, custody_length=math.exp(2.5 * math.log1p(-1.0 / 26.0)))
    assert life.person.custody_left == 3
    life.week(2)
    assert life.person.custody_left == 1
    life.week()
    assert life.happened == ["custody_end"]
    assert (life.person.custody_left, life.person.ever_released, life.person.weeks_since_release) == (0, 1, 0)


def test_custody_takes_all_roles_but_giving(rule):
    """And ends homelessness and a stay in a service."""
    life = rule.life(
        offending=ACTIVE, family=1, work=1, giving=1, community=1, homeless=1, service=2, service_quality=0.4, coerced=1
    )
    life.week(**CAUGHT)
    person = life.person
    assert (person.family, person.work, person.giving, person.community) == (0, 0, 1, 0)
    assert (person.homeless, person.service, person.service_quality, person.coerced) == (0, 0, 0.0, 0)
    assert [event.cause for event in life.events if event.name == "role_lost"] == ["custody"] * 3


def test_in_custody_only_giving_can_be_gained(rule, certain):
    """No job, no family role, no place in a community begins inside."""
    life = rule.life(**INSIDE)
    life.week(gain_family=certain, gain_work=certain, gain_giving=certain, gain_community=certain)
    assert [(event.name, event.detail) for event in life.events] == [("role_gained", 2)]


@pytest.mark.parametrize("status", [RECOVERING, LAPSED, 0])
def test_offending_is_frozen_in_custody(rule, certain, status):
    """No lapse, no relapse, no onset, no offence, and no recovery time that others would believe."""
    life = rule.life(**INSIDE, offending=status, weeks_offending=30.0 * (status > 0), lapse_weeks_offending=2)
    life.week(
        10, change_offending=certain, resolve_offending=certain, onset_offending=certain, turning_point=certain,
        take_offending=certain, **CAUGHT,
    )  # fmt: skip
    assert life.history == []
    assert (life.person.offending, life.person.weeks_offending) == (status, 30.0 * (status > 0))


def test_deciding_to_desist_stays_open_in_custody(rule, certain):
    """Gradually or suddenly; recovery time waits for release."""
    for luck, name in (({"change_offending": certain}, "decided_gradually"),
                       ({"turning_point": certain, "take_offending": certain}, "decided_suddenly")):  # fmt: skip
        life = rule.life(**INSIDE, offending=ACTIVE)
        life.week(**luck)
        assert life.happened == [name]
        life.week(5)
        assert (life.person.offending, life.person.weeks_offending) == (RECOVERING, 0.0)


def test_substance_use_and_mental_health_go_on_in_custody(rule, certain):
    """A lapse, a decision and time in recovery as outside."""
    life = rule.life(**INSIDE, use=RECOVERING, weeks_use=10.0, mental_health=ACTIVE)
    life.week(change_mental_health=certain)
    assert (life.person.weeks_use, life.person.mental_health) == (11.0, RECOVERING)
    life.week(change_use=certain)
    assert life.event("lapse").domain == "use"


def test_nobody_offends_enters_a_service_loses_a_home_or_moves_in_custody(rule, certain):
    """The street, the clinic and the removal van are outside."""
    life = rule.life(
        **INSIDE, use=ACTIVE, offending=ACTIVE, mental_health=ACTIVE,
        lever={"coercion": 0.2, "relocation": 1.0, "service_coverage_offending": 10.0},
    )  # fmt: skip
    life.week(
        5, homeless=certain, enter_use=certain, enter_offending=certain, enter_mental_health=certain, coercion=certain,
        move=certain, relocation=certain, **CAUGHT,
    )  # fmt: skip
    assert life.history == []


def test_a_person_released_this_week_is_free_this_week(rule):
    """They may offend again at once: the week is judged from the state as it then stands."""
    life = rule.life(custody_left=1, offending=ACTIVE)
    life.week(offence=1e-9)
    assert life.happened == ["custody_end", "offence"]
