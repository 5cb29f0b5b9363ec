"""Step 12: a lapse, what it costs, and what follows it."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, JUSTIFIED, LAPSED, NONE, RECOVERING

DOMAINS = ("use", "offending", "mental_health")
FALL = {"use": "course_of_use", "offending": "course_of_offending", "mental_health": "course_of_mental_health"}


def recovering(domain: str, weeks: float = 0.0, status: int = RECOVERING) -> dict:
    return {domain: status, f"weeks_{domain}": weeks}


def lapses(rule, domain: str, chance: float, around=None, lever=None, assume=None, area="home", weeks=0.0, **state) -> bool:
    """Whether a person recovering in a domain lapses in one week of this luck; distress stays where it began."""
    still = {"distress_decay": 0.08, "distress_rise": 0.3} | (assume or {})
    life = rule.life(around=around, lever=lever, assume=still, area=area, **recovering(domain, weeks), **state)
    life.week(**{f"change_{domain}": chance})
    return "lapse" in life.happened


def chance_of_lapse(rule, domain: str, **given) -> float:
    """Chance of a lapse this week, found between luck at which it happens and luck at which it does not."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if lapses(rule, domain, middle, **given) else (low, middle)
    return low


# A lapse


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_lapse_is_not_a_relapse(rule, certain, domain):
    """A person in recovery may lapse, and is then in a lapse, not active."""
    life = rule.life(**recovering(domain, 52.0))
    life.week(**{f"change_{domain}": certain, f"resolve_{domain}": certain})
    assert getattr(life.person, domain) == LAPSED
    assert life.event("lapse").domain == domain
    assert "relapse" not in life.happened
    assert (life.person.count_lapses, life.person.count_relapses) == (1, 0)


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_lapse_becomes_a_relapse_at_the_earliest_a_week_later(rule, certain, domain):
    """Relapse is a second step: full return, and the end of the recovery time others believe."""
    life = rule.life(**recovering(domain, 52.0))
    life.week(**{f"change_{domain}": certain})
    life.week(**{f"change_{domain}": certain, f"resolve_{domain}": certain})
    assert getattr(life.person, domain) == ACTIVE
    assert getattr(life.person, f"weeks_{domain}") == 0.0
    assert life.event("relapse").domain == domain
    assert life.person.count_relapses == 1


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_lapse_may_resolve_from_the_week_after(rule, certain, domain):
    """Back in recovery, with the time that the lapse left."""
    life = rule.life(**recovering(domain, 52.0))
    life.week(**{f"change_{domain}": certain})
    life.week(**{f"resolve_{domain}": certain})
    assert getattr(life.person, domain) == RECOVERING
    assert getattr(life.person, f"weeks_{domain}") == 27.0
    assert life.event("resolved").domain == domain


def test_a_lapse_that_neither_resolves_nor_becomes_a_relapse_goes_on(rule):
    """The person stays in the lapse, and no time in recovery is added."""
    life = rule.life(use=RECOVERING, weeks_use=52.0)
    life.week(change_use=1e-9)
    life.week(5)
    assert (life.person.use, life.person.weeks_use, life.person.lapse_weeks_use) == (LAPSED, 26.0, 5)


@pytest.mark.parametrize("domain", DOMAINS)
def test_only_a_person_in_recovery_can_lapse(rule, certain, domain):
    """The luck of a lapse does nothing to a person without the problem, and leads an active one to decide."""
    for status, happened in ((NONE, []), (ACTIVE, ["decided_gradually"])):
        life = rule.life(**recovering(domain, status=status))
        assert life.week(**{f"change_{domain}": certain, f"resolve_{domain}": certain}) == happened


def test_recovery_time_grows_by_a_week_and_a_lapse_halves_it(rule, certain):
    """A relapse ends it."""
    life = rule.life(use=RECOVERING, weeks_use=10.0)
    life.week(10)
    assert life.person.weeks_use == 20.0
    life.week(change_use=certain)
    assert life.person.weeks_use == 10.0
    life.week(change_use=certain)
    assert life.person.weeks_use == 0.0


def test_sustained_is_the_least_over_a_persons_own_domains(rule):
    """Others believe the shortest recovery; a person without a problem counts as five years."""
    assert rule.life(use=RECOVERING, weeks_use=80.0, offending=RECOVERING, weeks_offending=20.0).ask("sustained_weeks") == 20.0
    assert rule.life(use=RECOVERING, weeks_use=80.0, mental_health=ACTIVE).ask("sustained_weeks") == 0.0
    assert rule.life().ask("sustained_weeks") == 260.0


def test_a_lapse_sets_a_person_back(rule, certain):
    """It costs identity and hope and adds self-stigma: the abstinence-violation effect."""
    spared = rule.life(use=RECOVERING, coherence=0.0)
    spared.week()
    life = rule.life(use=RECOVERING, coherence=0.0)
    life.week(change_use=certain)
    guard = 1.0 - spared.person.coherence
    assert life.person.identity == pytest.approx(spared.person.identity * (1.0 - 0.15 * guard))
    assert life.person.hope == pytest.approx(spared.person.hope * 0.85)
    assert 1.0 - life.person.self_stigma == pytest.approx((1.0 - spared.person.self_stigma) * 0.85)


def test_a_coherent_identity_is_spared_at_a_lapse(rule, certain):
    """Hope and self-stigma are not."""
    life = rule.life(use=RECOVERING, coherence=1.0, assume={"coherence_rate": 0.0})
    calm = rule.life(use=RECOVERING, coherence=1.0, assume={"coherence_rate": 0.0})
    life.week(change_use=certain)
    calm.week()
    assert life.person.identity == calm.person.identity
    assert life.person.hope < calm.person.hope


# What makes it likelier


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize(
    ("why", "around", "state", "direction"),
    [
        ("hope", {}, {"hope": 0.9}, -1),
        ("identity", {}, {"identity": 0.9}, -1),
        ("support", {"supporters": 8.0}, {}, -1),
        ("roles", {}, {"family": 1, "work": 1}, -1),
        ("distress", {}, {"distress": 0.8}, 1),
        ("homelessness", {}, {"homeless": 1}, 1),
        ("liability", {}, {"frailty": 1.0}, 1),
        ("a helping service", {}, {"service": 1, "service_quality": 0.8}, -1),
        ("time sustained", {}, {"weeks": 104.0}, -1),
    ],
)
def test_what_makes_a_lapse_likelier_and_what_holds_it_off(rule, domain, why, around, state, direction):
    """In every domain, in the same direction."""
    before = chance_of_lapse(rule, domain)
    after = chance_of_lapse(rule, domain, around=around, **state)
    assert math.copysign(1, after - before) == direction, why


@pytest.mark.parametrize("domain", DOMAINS)
def test_ties_in_trouble_in_the_same_domain_make_a_lapse_likelier(rule, domain):
    """Those in trouble in another domain do not."""
    before = chance_of_lapse(rule, domain)
    for other in DOMAINS:
        after = chance_of_lapse(rule, domain, around={f"share_active_{other}": 0.5})
        assert after > before if other == domain else after == before


@pytest.mark.parametrize("domain", DOMAINS)
def test_an_obstructing_service_does_not_help_to_keep_it_up(rule, domain):
    """Only the helping side of quality acts here."""
    def hazard(quality):
        life = rule.life(service=1, service_quality=quality)
        return life.ask("log_hazard_of_lapse", -3.5, 0.0, 0.0, 0.0, 0.2)

    assert hazard(-0.8) == hazard(0.0) > hazard(0.8)


def test_the_home_area_is_riskier_than_a_new_one(rule):
    """By three tenths in log hazard."""
    home, new = (
        rule.life(use=RECOVERING, area=area).ask("log_hazard_of_lapse", -3.5, 0.0, 10.0, 0.0, 0.2) for area in ("home", "new")
    )
    assert home - new == pytest.approx(0.3)


def test_the_hazard_of_a_lapse_falls_with_the_log_of_time_sustained(rule):
    """Consolidation: a quarter of ln(1 + weeks / 13)."""
    life = rule.life(use=RECOVERING)
    start, later = (life.ask("log_hazard_of_lapse", -3.5, 0.0, weeks, 0.0, 0.2) for weeks in (0.0, 52.0))
    assert start - later == pytest.approx(0.25 * math.log(5.0))


LINKS = [
    ("use", "offending", 1), ("use", "mental_health", 1), ("offending", "use", 1), ("mental_health", "use", 1),
    ("offending", "mental_health", 0), ("mental_health", "offending", 0),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "other", "linked"), LINKS)
def test_trouble_in_use_and_in_another_domain_feed_each_other(rule, domain, other, linked):
    """Offending and mental health have no link of their own."""
    before = chance_of_lapse(rule, domain, **{other: RECOVERING, "hope": 0.5})
    after = chance_of_lapse(rule, domain, **{other: ACTIVE, "hope": 0.5})
    assert after > before if linked else after == pytest.approx(before, rel=1e-9)


def test_trouble_in_use_and_mental_health_together_add_a_link_to_offending(rule):
    """Three tenths in log hazard, beyond that of use alone."""
    use = chance_of_lapse(rule, "offending", use=ACTIVE, mental_health=RECOVERING)
    both = chance_of_lapse(rule, "offending", use=ACTIVE, mental_health=ACTIVE)
    assert math.log(-math.log1p(-both)) - math.log(-math.log1p(-use)) == pytest.approx(0.3, abs=1e-6)


def test_symptoms_make_a_crisis_likelier(rule):
    """And leave substance use and offending alone."""
    for domain in DOMAINS:
        calm, ill = (chance_of_lapse(rule, domain, symptoms=symptoms, assume={"distress_symptoms": 0.0}) for symptoms in (0, 1))
        assert ill > calm if domain == "mental_health" else ill == calm


def test_lapses_into_offending_fall_with_age(rule):
    """By three tenths in log hazard for every ten years, and in no other domain."""
    for domain in DOMAINS:
        young, old = (chance_of_lapse(rule, domain, age=age) for age in (30.0, 40.0))
        if domain == "offending":
            assert math.log(math.log1p(-young) / math.log1p(-old)) == pytest.approx(0.3, abs=1e-6)
        else:
            assert young == old


def test_a_flag_deters_from_lapses_into_offending_by_as_much_as_deterrence_says(rule):
    """And not at all at the lower end of its range, which is zero."""
    person = {"assume": {"flag_shock": 0.0, "label_flag": 0.0, "anticipated_flag": 0.0}}
    free = chance_of_lapse(rule, "offending", **person)
    flagged = chance_of_lapse(rule, "offending", flag=JUSTIFIED, flag_weeks=1, **person)
    assert math.log(math.log1p(-free) / math.log1p(-flagged)) == pytest.approx(0.2, abs=1e-6)
    person["assume"]["deterrence"] = 0.0
    assert chance_of_lapse(rule, "offending", flag=JUSTIFIED, flag_weeks=1, **person) == free


# What follows


def test_check_ups_keep_a_lapse_from_becoming_a_relapse(rule):
    """They come off its log odds."""
    without = rule.life(use=LAPSED).ask("chance_of_relapse", 0.0)
    with_them = rule.life(use=LAPSED, lever={"check_ups": 1.0}).ask("chance_of_relapse", 0.0)
    assert math.log(without / (1 - without)) - math.log(with_them / (1 - with_them)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("share", "around", "state", "direction"),
    [
        (0.0, {}, {"hope": 0.9}, -1),
        (0.0, {}, {"identity": 0.9}, -1),
        (0.0, {"supporters": 8.0}, {}, -1),
        (0.0, {}, {"distress": 0.8}, 1),
        (0.5, {}, {}, 1),
    ],
)
def test_what_makes_a_lapse_a_relapse(rule, share, around, state, direction):
    """Distress and ties in trouble do; hope, identity and support keep it a lapse."""
    before = rule.life(use=LAPSED).ask("chance_of_relapse", 0.0)
    after = rule.life(use=LAPSED, around=around, **state).ask("chance_of_relapse", share)
    assert math.copysign(1, after - before) == direction


def test_domains_are_judged_together_from_the_start_of_the_step(rule, certain):
    """A lapse in use this week does not make a lapse in offending likelier until the next."""
    alone = chance_of_lapse(rule, "offending", use=RECOVERING)
    life = rule.life(assume={"distress_decay": 0.08, "distress_rise": 0.3}, use=RECOVERING, offending=RECOVERING)
    life.week(change_use=certain, change_offending=alone * 1.0001)
    assert life.person.use == LAPSED
    assert life.person.offending == RECOVERING
