"""Step 11: services, homelessness and moving."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING

DOMAINS = ("use", "offending", "mental_health")
COVERAGE = {"use": 1.0, "offending": 0.3, "mental_health": 1.0}


# Services


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize(("status", "open_to"), [(NONE, False), (RECOVERING, False), (ACTIVE, True), (LAPSED, True)])
def test_a_service_is_entered_by_people_in_trouble(rule, certain, domain, status, open_to):
    """People active or in a lapse come, people in recovery do not."""
    life = rule.life(**{domain: status})
    life.week(**{f"enter_{domain}": certain})
    assert ("service_start" in life.happened) == open_to
    if open_to:
        assert life.event("service_start").domain == domain
        assert life.event("service_start").cause == "own_choice"


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_service_is_entered_at_the_rate_of_its_coverage(rule, domain):
    """One in a hundred a week at full coverage, less by half as much as stigma is anticipated."""
    chance = COVERAGE[domain] * 0.01 * (1.0 - 0.15 / 2.0)
    for luck, entered in ((chance * 0.999, True), (chance * 1.001, False)):
        life = rule.life(**{domain: ACTIVE})
        life.week(**{f"enter_{domain}": luck})
        assert (life.person.service > 0) == entered


def test_anticipated_stigma_keeps_people_from_services(rule, certain):
    """Waiting for the good time to end, a person stays away."""
    luck = 0.008
    for anticipated, service in ((0.1, 1), (0.9, 0)):
        life = rule.life(use=ACTIVE, anticipated_stigma=anticipated)
        life.week(enter_use=luck)
        assert life.person.service == service


def test_a_person_is_in_one_service_at_a_time(rule, certain):
    """The first of the domains in trouble, and no other while it lasts."""
    life = rule.life(use=ACTIVE, offending=ACTIVE, mental_health=ACTIVE)
    every = {f"enter_{domain}": certain for domain in DOMAINS}
    life.week(**every)
    assert life.person.service == 1
    life.week(5, **every)
    assert [event.name for event in life.history] == ["service_start"]


def test_stays_end_at_a_constant_rate(rule):
    """One in 26 a week; the service leaves nothing behind but what it did."""
    for luck, over in ((1.0 / 26.0 * 1.001, False), (1.0 / 26.0 * 0.999, True)):
        life = rule.life(use=ACTIVE, service=1, service_quality=0.4, coerced=1)
        life.week(leave_service=luck)
        assert ("service_end" in life.happened) == over
    assert (life.person.service, life.person.service_quality, life.person.coerced) == (0, 0.0, 0)


@pytest.mark.parametrize(("domain", "mean"), [("use", 0.3), ("offending", 0.0), ("mental_health", -0.1)])
def test_services_differ_in_quality_around_the_mean_of_their_domain(rule, certain, domain, mean):
    """Drawn at entry, with a spread of three tenths, between -1 and 1."""
    for luck, z in ((0.5, 0.0), (0.8413447460685429, 1.0), (0.15865525393145707, -1.0)):
        life = rule.life(**{domain: ACTIVE})
        life.week(service_quality=luck, **{f"enter_{domain}": certain})
        assert life.person.service_quality == pytest.approx(mean + 0.3 * z, abs=1e-6)
    life = rule.life(use=ACTIVE, lever={"service_quality_use": 1.0})
    life.week(enter_use=certain, service_quality=0.999)
    assert life.person.service_quality == 1.0


def test_people_may_be_made_to_enter_a_service_and_then_find_it_worse(rule, certain):
    """By three tenths; nobody is made to who is not in trouble."""
    life = rule.life(use=ACTIVE, lever={"coercion": 0.1})
    life.week(coercion=0.09)
    assert (life.person.service, life.person.coerced) == (1, 1)
    assert life.person.service_quality == pytest.approx(0.3 - 0.3)
    assert life.event("service_start").cause == "coerced"
    life = rule.life(use=RECOVERING, lever={"coercion": 0.2})
    life.week(coercion=certain)
    assert life.person.service == 0


def test_without_a_policy_nobody_is_made_to_enter(rule, certain):
    """Coercion is nought as things are."""
    life = rule.life(use=ACTIVE)
    life.week(coercion=certain)
    assert life.person.service == 0


@pytest.mark.parametrize(("quality", "chance"), [(-0.2, 0.5), (0.2, 0.1)])
def test_a_diagnosis_may_stay_with_a_person_who_enters_a_mental_health_service(rule, certain, quality, chance):
    """Half the time where it obstructs, a tenth where it helps; for good."""
    for luck, diagnosis in ((chance - 1e-6, 1), (chance + 1e-6, 0)):
        life = rule.life(mental_health=ACTIVE, lever={"service_quality_mental_health": quality})
        life.week(enter_mental_health=certain, diagnosis=luck)
        assert life.person.diagnosis == diagnosis
        assert ("diagnosis_on" in life.happened) == bool(diagnosis)
        life.week(leave_service=certain)
        assert life.person.diagnosis == diagnosis


def test_services_for_use_and_offending_give_no_diagnosis(rule, certain):
    """A diagnosis is a patient's label."""
    for domain in ("use", "offending"):
        life = rule.life(**{domain: ACTIVE})
        life.week(diagnosis=certain, **{f"enter_{domain}": certain})
        assert life.person.diagnosis == 0


# A home


def homeless_at(rule, log_hazard: float, **given) -> None:
    """Check that a person becomes homeless at just less luck than the hazard's chance, not at just more."""
    chance = -math.expm1(-math.exp(log_hazard))
    for luck, homeless in ((chance * 0.999, 1), (chance * 1.001, 0)):
        life = rule.life(**given)
        life.week(homeless=luck)
        assert life.person.homeless == homeless


ALONE = {"around": {"supporters": 0.0, "kin_close": 0}}


def test_becoming_homeless_is_rare_and_likelier_without_support(rule):
    """Its log hazard is -7.7, and three quarters more for a person quite alone."""
    homeless_at(rule, -7.7 + 0.75, **ALONE)
    homeless_at(rule, -7.7 - 1.5 * (1.0 - math.exp(-1.0) - 0.5))


def test_becoming_homeless_is_likelier_in_a_problem_and_after_release(rule):
    """In the first 13 weeks, and no longer."""
    homeless_at(rule, -7.7 + 0.75 + 1.0, use=ACTIVE, **ALONE)
    homeless_at(rule, -7.7 + 0.75 + 1.5, ever_released=1, weeks_since_release=11, **ALONE)
    homeless_at(rule, -7.7 + 0.75, ever_released=1, weeks_since_release=12, **ALONE)


@pytest.mark.parametrize(
    ("around", "lever", "log_hazard"),
    [
        ({"supporters": 0.0, "kin_close": 0}, {}, -3.2 - 0.5 - 0.25),
        ({"supporters": 0.0, "kin_voice": 1.0}, {}, -3.2 - 0.5 + 0.25),
        ({"supporters": 0.0, "kin_close": 0}, {"housing_first": 2.0}, -3.2 - 0.5 - 0.25 + 2.0),
    ],
)
def test_support_kin_with_means_and_housing_first_end_homelessness(rule, around, lever, log_hazard):
    """Housing first asks nothing about conduct."""
    chance = -math.expm1(-math.exp(log_hazard))
    for luck, homeless in ((chance * 0.999, 0), (chance * 1.001, 1)):
        for use in (NONE, ACTIVE):
            life = rule.life(homeless=1, use=use, around=around, lever=lever)
            life.week(homeless=luck)
            assert life.person.homeless == homeless


# A place


def test_people_rarely_move_and_moving_counts_from_the_next_week(rule):
    """One in a thousand a week, to the other area."""
    for luck, area in ((0.00099, 1), (0.00101, 0)):
        life = rule.life()
        life.week(move=luck)
        assert life.person.area == area
        assert ("moved" in life.happened) == bool(area)


def test_a_policy_may_help_a_person_to_the_new_area_once(rule):
    """Those already there stay."""
    life = rule.life(lever={"relocation": 0.5})
    life.week(relocation=0.49)
    assert life.person.area == 1
    assert life.event("moved").cause == "policy"
    life.week(relocation=0.49)
    assert life.happened == []
