"""Steps 5 to 9: distress, anticipated stigma, self-stigma, hope, identity and coherence."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, RECOVERING, UNJUSTIFIED
from simulation.week import HOLDING


def distress_from(rule, around=None, lever=None, **state) -> float:
    """Distress after a week of somebody who began it calm."""
    life = rule.life(around=around, lever=lever, **state)
    life.week()
    return float(life.person.distress)


# Distress


def test_a_flag_brings_distress_within_the_week(rule):
    """It goes nine tenths of the way in one week: up fast."""
    life = rule.life(flag=UNJUSTIFIED, around={"supporters": 0.0})
    life.week()
    assert life.person.distress == pytest.approx(0.9)


def test_distress_takes_a_month_to_fall(rule):
    """A quarter goes each week: more than half is left after two weeks, a third after four."""
    life = rule.life(distress=0.8)
    life.week(2)
    assert life.person.distress == pytest.approx(0.8 * 0.75**2)
    assert life.person.distress > 0.4
    life.week(2)
    assert life.person.distress == pytest.approx(0.8 * 0.75**4)
    assert life.person.distress < 0.8 / 3


def test_support_buffers_the_shock_of_a_flag(rule):
    """Full support would take half of it away; four supporters take a good part of that."""
    alone = distress_from(rule, flag=UNJUSTIFIED, around={"supporters": 0.0})
    supported = distress_from(rule, flag=UNJUSTIFIED, around={"supporters": 4.0})
    assert supported == pytest.approx(alone * (1.0 - 0.5 * -math.expm1(-1.0)))


def test_a_flag_handled_justly_brings_no_distress(rule):
    """Half just handling halves it."""
    shock = distress_from(rule, flag=UNJUSTIFIED)
    assert distress_from(rule, flag=UNJUSTIFIED, lever={"just_handling": 0.5}) == pytest.approx(shock / 2)
    assert distress_from(rule, flag=UNJUSTIFIED, lever={"just_handling": 1.0}) == 0.0


@pytest.mark.parametrize(
    ("state", "around", "target"),
    [
        ({"custody_left": 20}, {}, 0.3),
        ({"symptoms": 1, "mental_health": RECOVERING}, {}, 0.2),
        ({"homeless": 1}, {}, 0.2),
        ({}, {"kin_distress": 0.5}, 0.1),
        ({"service": 1, "service_quality": -0.5}, {}, 0.1),
        ({"service": 1, "service_quality": 0.5}, {}, 0.0),
        ({"upheaval": 1}, {}, 0.3),
        ({"custody_left": 20, "homeless": 0, "upheaval": 1, "symptoms": 1}, {"kin_distress": 1.0}, 1.0),
    ],
)
def test_each_source_of_distress_adds_its_part(rule, state, around, target):
    """Custody, symptoms, homelessness, kin in distress, a service that obstructs, upheaval; together at most one."""
    assert distress_from(rule, around=around, **state) == pytest.approx(0.9 * target)


@pytest.mark.parametrize(
    ("state", "luck", "name"),
    [
        ({"use": RECOVERING}, "change_use", "lapse"),
        ({"mental_health": RECOVERING}, "symptoms", "symptoms_on"),
        ({"offending": ACTIVE, "offence_frailty": 3.0}, "offence arrest", "arrest"),
    ],
)
def test_an_upheaval_is_felt_the_week_after(rule, certain, state, luck, name):
    """What happens late in a week moves distress in the next one, once."""
    life = rule.life(**state)
    life.week(**dict.fromkeys(luck.split(), certain))
    assert name in life.happened
    assert life.person.distress == 0.0
    life.week()
    assert life.person.distress >= 0.27
    life.week()
    assert life.person.upheaval == 0


def test_release_is_an_upheaval(rule):
    """The week after release brings distress."""
    life = rule.life(custody_left=1)
    life.week()
    assert life.happened == ["custody_end"]
    assert life.person.upheaval == 1


# Anticipated stigma


def test_anticipated_stigma_follows_a_flag_up_within_weeks(rule):
    """Three tenths of the way each week towards what exposure tells a person to expect."""
    life = rule.life(flag=UNJUSTIFIED)
    life.week()
    target = 0.15 + 1.2 * 0.8 * 0.55 + 0.1
    assert life.person.anticipated_stigma == pytest.approx(0.15 + 0.3 * (target - 0.15))


def test_anticipated_stigma_has_a_half_life_of_about_a_year(rule):
    """Waiting for the good time to end outlives what taught it: half is left after 53 weeks."""
    life = rule.life(anticipated_stigma=0.95)
    life.week(53)
    assert life.person.anticipated_stigma - 0.15 == pytest.approx(0.8 * (1.0 - 0.013) ** 53)
    assert 0.49 < (life.person.anticipated_stigma - 0.15) / 0.8 < 0.51


def test_distress_is_over_long_before_fear_is(rule):
    """A year after a flag has gone there is no distress left and half of the fear."""
    life = rule.life(distress=0.9, anticipated_stigma=0.75)
    life.week(52)
    assert life.person.distress < 1e-6
    assert life.person.anticipated_stigma > 0.44


def test_being_made_to_use_a_service_makes_a_person_expect_stigma(rule):
    """Entering of one's own accord does not."""
    made = rule.life(service=1, coerced=1)
    made.week()
    came = rule.life(service=1, coerced=0)
    came.week()
    assert made.person.anticipated_stigma > came.person.anticipated_stigma == pytest.approx(0.15)


# Self-stigma


def test_self_stigma_moves_slowly(rule):
    """Three hundredths of the way each week."""
    slow, fast = (rule.life(record=1, assume={"self_stigma_rate": rate}).ask("self_stigma_after") for rate in (0.03, 0.06))
    assert fast - 0.5 == pytest.approx(2.0 * (slow - 0.5))


@pytest.mark.parametrize(
    ("state", "around", "direction"),
    [
        ({"record": 1}, {}, 1),
        ({"anticipated_stigma": 0.6}, {}, 1),
        ({"service": 1, "service_quality": -0.5}, {}, 1),
        ({"service": 1, "service_quality": 0.5}, {}, 0),
        ({"identity": 0.8}, {}, -1),
        ({}, {"supporters": 8.0}, -1),
    ],
)
def test_self_stigma_is_fed_by_exposure_and_held_off_by_identity_and_support(rule, state, around, direction):
    """Each moves it in its own direction; a helping service leaves it alone."""
    before = rule.life().ask("self_stigma_after")
    after = rule.life(around=around, **state).ask("self_stigma_after")
    assert int(after > before) - int(after < before) == direction


# Hope


@pytest.mark.parametrize(
    ("around", "lever", "state", "direction"),
    [
        ({"supporters": 8.0}, {}, {}, 1),
        ({"models": 1.0}, {}, {}, 1),
        ({}, {}, {"family": 1, "work": 1}, 1),
        ({}, {}, {"identity": 0.8}, 1),
        ({}, {}, {"self_stigma": 0.8}, -1),
        ({}, {}, {"distress": 0.8}, -1),
        ({}, {}, {"service": 1, "service_quality": 0.5}, 1),
        ({}, {}, {"service": 1, "service_quality": -0.5}, -1),
        ({}, {"hope_coaching": 1.0}, {}, 1),
        ({}, {"with_future": 0.5}, {}, 1),
    ],
)
def test_hope_comes_from_support_roles_identity_models_and_help(rule, around, lever, state, direction):
    """Each gives or takes hope, in its own direction."""
    before = rule.life().ask("hope_after")
    after = rule.life(around=around, lever=lever, **state).ask("hope_after")
    assert math.copysign(1, after - before) == direction


# Identity and coherence


@pytest.mark.parametrize(
    ("state", "direction"),
    [
        ({"family": 1, "work": 1, "community": 1}, 1),
        ({"self_stigma": 0.9}, -1),
        ({"use": RECOVERING, "weeks_use": 2.0}, -1),
        ({"record": 1}, -1),
    ],
)
def test_identity_grows_from_roles_and_regard_and_is_worn_down_by_self_stigma(rule, state, direction):
    """A record or a short time in recovery costs regard, and so identity."""
    before = rule.life().ask("identity_after")
    after = rule.life(**state).ask("identity_after")
    assert math.copysign(1, after - before) == direction


def test_identity_is_lost_faster_than_won(rule):
    """Without coherence to guard it, it falls two and a half times as fast as it grows."""
    one_rate = {"asymmetry": 1.0}
    worn = {"identity": 0.95, "coherence": 0.0, "self_stigma": 0.9}
    lost, even = (rule.life(assume=change, **worn).ask("identity_after") - 0.95 for change in ({}, one_rate))
    assert lost == pytest.approx(2.5 * even)
    assert lost < 0.0
    grown = {"identity": 0.1, "coherence": 0.0}
    won, same = (rule.life(assume=change, **grown).ask("identity_after") - 0.1 for change in ({}, one_rate))
    assert won == same > 0.0


def test_a_coherent_identity_is_lost_more_slowly(rule):
    """Coherence guards: full coherence spares six tenths of the loss, and none of the gain."""
    lost, guarded = (rule.life(identity=0.95, coherence=c, self_stigma=0.9).ask("identity_after") - 0.95 for c in (0.0, 1.0))
    assert guarded == pytest.approx(0.4 * lost)
    won, also = (rule.life(identity=0.1, coherence=c).ask("identity_after") - 0.1 for c in (0.0, 1.0))
    assert also == pytest.approx(won)
    assert won > 0.0


def test_coherence_grows_where_own_and_others_view_agree(rule):
    """It moves two hundredths of the way each week towards 1 less the distance between identity and regard."""
    life = rule.life(coherence=0.5, identity=0.9)
    regard = life.ask("regard_of", 0.0, 260.0, 1.0 - math.exp(-1.0))
    expected = 0.5 + 0.02 * (1.0 - abs(0.9 - regard) - 0.5)
    life.person.regard = regard
    assert life.quantity("coherence_after") == pytest.approx(expected)


def test_regard_needs_time_support_and_no_stigma(rule):
    """At the start of recovery a fifth is believed; exposure takes its share; without support it hardly arrives."""
    life = rule.life()
    full = 1.0
    assert life.ask("regard_of", 0.0, 0.0, full) == pytest.approx(0.2)
    assert life.ask("regard_of", 0.0, 26.0, full) == pytest.approx(0.2 + 0.8 * (1 - math.exp(-1)))
    assert life.ask("regard_of", 0.5, 26.0, full) == pytest.approx(0.5 * (0.2 + 0.8 * (1 - math.exp(-1))))
    assert life.ask("regard_of", 0.0, 26.0, 0.0) == pytest.approx(0.4 * (0.2 + 0.8 * (1 - math.exp(-1))))


def test_labels_turn_intolerant_supporters_away(rule):
    """Social capital falls with a label only as far as supporters are intolerant."""
    tolerant = rule.life(around={"intolerant_supporters": 0.0}).ask("social_capital_of", 1.0)
    intolerant = rule.life(around={"intolerant_supporters": 4.0}).ask("social_capital_of", 1.0)
    assert tolerant == pytest.approx(1.0 - math.exp(-1.0))
    assert intolerant == pytest.approx(1.0 - math.exp(-0.5))
    assert rule.life(around={"supporters": 0.0}).ask("social_capital_of", 1.0) == 0.0


def test_a_held_week_moves_the_mind_and_nothing_else(rule, certain):
    """In the burn-in of an event cohort, only distress to identity move: nothing that defines the cohort is lived away."""
    life = rule.life(use=RECOVERING, weeks_use=52.0, record=1, work=1)
    life.week(mode=HOLDING, change_use=certain, lose_work=certain, flag_unjustified=certain, move=certain, death=certain)
    assert life.happened == []
    assert (life.person.use, life.person.weeks_use, life.person.work, life.person.flag) == (RECOVERING, 52.0, 1, 0)
    assert life.person.identity != 0.5
    assert life.person.age == 30.0


def test_a_held_week_lets_no_record_grow_older(rule):
    """What defines an event cohort at week 0 is its record as it was drawn, and the time since release."""
    life = rule.life(record=1, record_age=10, ever_released=1, weeks_since_release=0)
    life.week(5, mode=HOLDING)
    assert (life.person.record_age, life.person.weeks_since_release) == (10, 0)
