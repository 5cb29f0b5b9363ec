"""Steps 12 and 13: symptoms, personal recovery, onset, age and death."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING
from simulation.week import SETTLING

WELL = {"identity": 0.9, "hope": 0.9, "self_stigma": 0.1, "family": 1, "work": 1, "community": 1}


# Symptoms


def test_symptoms_are_not_status(rule, certain):
    """They come and go without a change of life, and a life changes without them."""
    life = rule.life(mental_health=RECOVERING, weeks_mental_health=60.0)
    life.week(symptoms=certain)
    assert (life.person.symptoms, life.person.mental_health) == (1, RECOVERING)
    life.week(symptoms=certain)
    assert (life.person.symptoms, life.person.mental_health) == (0, RECOVERING)
    life = rule.life(mental_health=ACTIVE, symptoms=1)
    life.week(change_mental_health=certain)
    assert (life.person.symptoms, life.person.mental_health) == (1, RECOVERING)


def test_people_without_a_mental_health_problem_have_no_symptoms(rule, certain):
    """Symptoms belong to the problem."""
    life = rule.life(use=ACTIVE)
    life.week(symptoms=certain)
    assert life.person.symptoms == 0


@pytest.mark.parametrize(
    ("state", "rate"),
    [
        ({}, 0.005),
        ({"use": RECOVERING}, 0.005),
        ({"use": ACTIVE}, 0.015),
        ({"use": LAPSED}, 0.015),
        ({"frailty": 1.0, "frailty_mental_health": 1.0}, 0.005 * math.exp(0.7 * math.sqrt(2.0))),
    ],
)
def test_symptoms_come_at_a_rate_of_their_own_three_times_in_trouble_with_use(rule, state, rate):
    """Frailty in mental health brings them sooner."""
    chance = -math.expm1(-rate)
    for luck, symptoms in ((chance * 0.999, 1), (chance * 1.001, 0)):
        life = rule.life(mental_health=RECOVERING, **state)
        life.week(symptoms=luck)
        assert life.person.symptoms == symptoms


def test_distress_brings_symptoms(rule):
    """By exp(distress)."""
    life = rule.life(mental_health=RECOVERING, distress=0.8)
    distress = 0.8 * 0.75
    life.week(symptoms=-math.expm1(-0.005 * math.exp(distress)) * 0.999)
    assert life.person.symptoms == 1


@pytest.mark.parametrize(("treatment", "rate"), [(1.0, 0.01), (3.0, 0.03)])
def test_symptoms_remit_and_treatment_makes_them_remit_sooner(rule, treatment, rate):
    """At a hundredth a week, times what treatment does."""
    chance = -math.expm1(-rate)
    for luck, symptoms in ((chance * 0.999, 0), (chance * 1.001, 1)):
        life = rule.life(mental_health=RECOVERING, symptoms=1, lever={"treat_symptoms": treatment})
        life.week(symptoms=luck)
        assert life.person.symptoms == symptoms


# Onset


@pytest.mark.parametrize("domain", ["use", "offending", "mental_health"])
def test_a_problem_may_begin(rule, domain):
    """It begins active; in mental health with symptoms."""
    life = rule.life()
    life.week(**{f"onset_{domain}": 1e-9})
    assert getattr(life.person, domain) == ACTIVE
    assert life.event("onset").domain == domain
    assert life.person.symptoms == int(domain == "mental_health")


@pytest.mark.parametrize(
    ("age", "share", "rate"), [(20.0, 0.0, 5e-5), (18.0, 0.0, 5e-5), (40.0, 0.0, 5e-5 / math.e), (20.0, 0.5, 5e-5 * math.e)]
)
def test_onset_is_rare_falls_with_age_and_rises_with_ties_in_trouble(rule, age, share, rate):
    """One in twenty thousand a week at twenty with no tie in trouble."""
    assert rule.life(age=age).ask("chance_of_onset", share) == pytest.approx(rate)


def test_onset_in_mental_health_needs_distress(rule):
    """A tenth of it comes out of the calm."""
    for kin_distress, needed in ((0.0, 0.1), (1.0, 0.1 + 0.9 * 0.18)):
        chance = needed * rule.life().ask("chance_of_onset", 0.0)
        for luck, status in ((chance * 0.999, ACTIVE), (chance * 1.001, NONE)):
            life = rule.life(around={"kin_distress": kin_distress})
            life.week(onset_mental_health=luck)
            assert life.person.mental_health == status


# Personal recovery


def test_personal_recovery_comes_after_half_a_year_of_identity_hope_and_roles(rule):
    """After 26 weeks in a row, not after 25."""
    life = rule.life(use=RECOVERING, weeks_use=200.0, **WELL)
    life.week(25)
    assert (life.person.personal_recovery, life.person.weeks_flourishing) == (0, 25)
    assert life.week() == ["personal_recovery_on"]
    assert life.person.personal_recovery == 1


@pytest.mark.parametrize("state", [{"symptoms": 1}, {"symptoms": 0}, {"homeless": 1}])
def test_personal_recovery_comes_whatever_the_symptoms(rule, state):
    """It is not the absence of illness, nor of hardship."""
    life = rule.life(mental_health=RECOVERING, weeks_mental_health=200.0, **WELL, **state)
    life.week(26)
    assert life.person.personal_recovery == 1


@pytest.mark.parametrize("lost", [{"identity": 0.3}, {"hope": 0.3}, {"family": 0, "work": 0, "community": 0}])
def test_personal_recovery_ends_when_identity_hope_or_roles_go(rule, lost):
    """And has half a year to go again."""
    life = rule.life(use=RECOVERING, weeks_use=200.0, **WELL)
    life.week(26)
    for name, value in lost.items():
        setattr(life.person, name, value)
    assert life.week() == ["personal_recovery_off"]
    assert (life.person.personal_recovery, life.person.weeks_flourishing) == (0, 0)


def test_people_without_a_problem_are_not_in_personal_recovery(rule):
    """There is nothing that they recover from."""
    life = rule.life(**WELL)
    life.week(40)
    assert life.person.personal_recovery == 0


# Age and death


def test_a_year_is_52_weeks(rule):
    """Age grows by one in 52 weeks of life, and in none of burn-in, in which nobody dies."""
    life = rule.life()
    life.week(52)
    assert life.person.age == pytest.approx(31.0)
    settled = rule.life()
    settled.week(52, mode=SETTLING, death=1e-12)
    assert (settled.person.age, settled.person.alive) == (30.0, 1)


def test_death_ends_a_life(rule, certain):
    """It is the last event, and says at what age."""
    life = rule.life()
    life.week(death=certain)
    assert life.happened == ["died"]
    assert life.person.alive == 0
    assert life.event("died").value == pytest.approx(30.0 + 1.0 / 52.0)


def yearly(rule, **state) -> float:
    """Yearly rate of death."""
    return -52.0 * math.log1p(-rule.life(**state).ask("chance_of_death"))


def test_rates_of_death_double_about_every_seven_years_and_are_lower_for_women(rule):
    """Gompertz and Makeham: a floor, and a part that grows with age."""
    for woman, floor, base, growth in ((0, 0.00034, 2.05e-5, 0.0982), (1, 0.000116, 1.18e-5, 0.1010)):
        for age in (20.0, 50.0, 80.0):
            assert yearly(rule, woman=woman, age=age) == pytest.approx(floor + base * math.exp(growth * age), rel=1e-6)
    assert yearly(rule, woman=1, age=60.0) < yearly(rule, woman=0, age=60.0)


@pytest.mark.parametrize(
    ("state", "factor"),
    [
        ({"use": RECOVERING}, 1.0),
        ({"use": LAPSED}, 1.0),
        ({"offending": ACTIVE}, 1.0),
        ({"use": ACTIVE}, 5.0),
        ({"use": ACTIVE, "ever_released": 1, "weeks_since_release": 3}, 20.0),
        ({"use": ACTIVE, "ever_released": 1, "weeks_since_release": 4}, 5.0),
        ({"use": ACTIVE, "ever_released": 1, "weeks_since_release": 1, "custody_left": 5}, 5.0),
        ({"use": RECOVERING, "ever_released": 1, "weeks_since_release": 1}, 1.0),
    ],
)
def test_active_use_multiplies_the_rate_of_death_and_release_more_so(rule, state, factor):
    """Five times while active in use, four times that in the first four weeks out of prison."""
    assert yearly(rule, **state) == pytest.approx(factor * yearly(rule), rel=1e-9)
