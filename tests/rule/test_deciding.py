"""Step 12: shame, hope, and the two ways to decide."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING

DOMAINS = ("use", "offending", "mental_health")


def log_hazard(rule, shame: float, hope: float) -> float:
    """Log hazard of deciding gradually at this shame and hope, less what hope does without shame."""
    with_shame = rule.life(use=ACTIVE, hope=hope, shame_proneness=shame).ask("log_hazard_of_deciding", -3.0, 0.0, 0.0)
    return with_shame - rule.life(use=ACTIVE, hope=hope).ask("log_hazard_of_deciding", -3.0, 0.0, 0.0)


def test_shame_helps_deciding_above_a_hope_of_four_tenths_and_hinders_below(rule):
    """Shame with hope brings change nearer, shame without it puts it off, and at the mark it does neither."""
    assert log_hazard(rule, shame=1.0, hope=0.7) == pytest.approx(2.0 * 0.3)
    assert log_hazard(rule, shame=1.0, hope=0.2) == pytest.approx(-2.0 * 0.2)
    assert log_hazard(rule, shame=1.0, hope=0.4) == pytest.approx(0.0, abs=1e-12)


def test_shame_and_hope_together_take_a_turning_point(rule):
    """The same holds where the decision is sudden."""
    for hope, sign in ((0.8, 1), (0.2, -1)):
        proud, ashamed = (
            rule.life(use=ACTIVE, hope=hope, shame_proneness=s).ask("chance_of_taking_turning_point") for s in (0.0, 1.0)
        )
        assert math.copysign(1, ashamed - proud) == sign


def test_shame_is_whole_while_in_a_problem_and_halves_in_half_a_year_of_recovery(rule):
    """It fades as recovery lasts."""
    for status, weeks, shame in ((ACTIVE, 0.0, 0.6), (LAPSED, 40.0, 0.6), (RECOVERING, 26.0, 0.3), (RECOVERING, 52.0, 0.15)):
        life = rule.life(use=status, weeks_use=weeks, shame_proneness=0.6)
        assert life.ask("shame_of", weeks) == pytest.approx(shame)


def test_there_is_no_shame_for_mental_health_alone(rule):
    """Being ill is nothing one has done."""
    assert rule.life(mental_health=ACTIVE, shame_proneness=1.0).ask("shame_of", 0.0) == 0.0


def test_a_shaming_message_adds_shame_where_there_is_something_to_be_ashamed_of(rule):
    """It never goes beyond the whole."""
    assert rule.life(use=ACTIVE, shame_proneness=0.3, lever={"shaming_message": 0.5}).ask("shame_of", 0.0) == pytest.approx(0.8)
    assert rule.life(use=ACTIVE, shame_proneness=0.8, lever={"shaming_message": 0.5}).ask("shame_of", 0.0) == 1.0
    assert rule.life(shame_proneness=0.8, lever={"shaming_message": 0.5}).ask("shame_of", 260.0) == 0.0


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_person_may_decide_gradually(rule, certain, domain):
    """The status becomes recovering, and time in recovery begins."""
    life = rule.life(**{domain: ACTIVE})
    life.week(**{f"change_{domain}": certain})
    assert getattr(life.person, domain) == RECOVERING
    assert getattr(life.person, f"weeks_{domain}") == 1.0
    assert life.event("decided_gradually").domain == domain
    assert life.person.count_decisions == 1


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_person_may_decide_suddenly_at_a_turning_point(rule, certain, domain):
    """Identity and hope move a quarter of the way to one at once, beyond what the week does to them."""
    gradual = rule.life(**{domain: ACTIVE})
    gradual.week(**{f"change_{domain}": certain})
    sudden = rule.life(**{domain: ACTIVE})
    sudden.week(turning_point=certain, **{f"take_{domain}": certain, f"change_{domain}": certain})
    assert getattr(sudden.person, domain) == RECOVERING
    assert sudden.event("decided_suddenly").cause == "turning_point"
    for name in ("identity", "hope"):
        before = getattr(gradual.person, name)
        assert getattr(sudden.person, name) == pytest.approx(before + 0.25 * (1.0 - before))


def test_a_turning_point_that_is_not_taken_changes_nothing(rule, certain):
    """It comes to a person, who may let it pass."""
    life = rule.life(use=ACTIVE)
    life.week(turning_point=certain, take_use=1.0)
    assert life.person.use == ACTIVE
    assert life.happened == []


def test_one_turning_point_serves_all_domains_and_moves_the_person_once(rule, certain):
    """Each active domain takes it or not; identity and hope move once."""
    one = rule.life(use=ACTIVE, offending=ACTIVE)
    one.week(turning_point=certain, take_use=certain)
    both = rule.life(use=ACTIVE, offending=ACTIVE)
    both.week(turning_point=certain, take_use=certain, take_offending=certain)
    assert (one.person.use, one.person.offending) == (RECOVERING, ACTIVE)
    assert (both.person.use, both.person.offending) == (RECOVERING, RECOVERING)
    assert both.person.identity == one.person.identity
    assert both.person.count_decisions == 2


@pytest.mark.parametrize("status", [NONE, RECOVERING, LAPSED])
def test_only_what_is_active_can_be_decided_against(rule, certain, status):
    """A turning point does nothing to a domain in another state."""
    life = rule.life(use=status)
    life.week(turning_point=certain, take_use=certain)
    assert not {"decided_suddenly", "decided_gradually"} & set(life.happened)


@pytest.mark.parametrize(
    ("name", "around", "state", "share", "direction"),
    [
        ("hope", {}, {"hope": 0.8}, 0.0, 1),
        ("identity", {}, {"identity": 0.8}, 0.0, 1),
        ("social capital", {"supporters": 8.0}, {}, 0.0, 1),
        ("ties in trouble", {}, {}, 0.5, -1),
        ("liability", {}, {"frailty": 1.5}, 0.0, -1),
    ],
)
def test_hope_identity_and_support_bring_a_decision_nearer(rule, name, around, state, share, direction):
    """Ties in trouble and a lasting liability put it off."""
    before = rule.life(use=ACTIVE).ask("log_hazard_of_deciding", -3.0, 0.0, 0.0)
    after = rule.life(use=ACTIVE, around=around, **state).ask("log_hazard_of_deciding", -3.0, 0.0, share)
    assert math.copysign(1, after - before) == direction, name


def test_a_middling_person_decides_at_the_base_rate(rule):
    """What stands in the middle acts not at all: the log hazard is its base."""
    life = rule.life(use=ACTIVE, around={"supporters": 4.0 * math.log(2.0)})
    assert life.ask("log_hazard_of_deciding", -3.3, 0.0, 0.0) == pytest.approx(-3.3)


def test_liability_is_shared_by_domains_in_part(rule):
    """With the default halves, its spread over people is frailty_sd."""
    life = rule.life(frailty=1.0)
    assert life.ask("liability", 0.0) == pytest.approx(0.6 * math.sqrt(0.5))
    assert life.ask("liability", 1.0) == pytest.approx(0.6 * 2.0 * math.sqrt(0.5))
