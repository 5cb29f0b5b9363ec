"""Step 10: roles gained, lost and blocked."""

from __future__ import annotations

import math

import pytest

from simulation.state import ACTIVE, LAPSED, RECOVERING, UNJUSTIFIED

ROLES = ("family", "work", "giving", "community")
LOG_HAZARD = {
    "family": ("log_hazard_of_family_role", (1.0,)),
    "work": ("log_hazard_of_work", (1.0, 0.55)),
    "giving": ("log_hazard_of_giving", (1.0,)),
    "community": ("log_hazard_of_community_role", (1.0,)),
}
OWN = {"family": 0.0, "work": -0.2, "giving": -3.2, "community": 0.2}


def log_hazard(rule, role: str, **given) -> float:
    """Log hazard of gaining a role, barrier of labels included."""
    name, arguments = LOG_HAZARD[role]
    return rule.life(**given).ask(name, *arguments)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_gained_and_lost(rule, certain, role):
    """Each has luck of its own."""
    life = rule.life()
    life.week(**{f"gain_{role}": certain})
    assert getattr(life.person, role) == 1
    assert life.happened == ["role_gained"]
    life.week(**{f"lose_{role}": certain})
    assert getattr(life.person, role) == 0
    assert life.event("role_lost").cause == "chance"


@pytest.mark.parametrize("role", ROLES)
def test_a_middling_person_gains_roles_at_their_base_rate(rule, role):
    """What stands in the middle acts not at all."""
    middle = {"supporters": 4.0 * math.log(2.0)}
    assert log_hazard(rule, role, around=middle) == pytest.approx(-4.3 + OWN[role])


@pytest.mark.parametrize(("status", "loss"), [(0, 0.006), (RECOVERING, 0.006), (ACTIVE, 0.036), (LAPSED, 0.036)])
def test_roles_are_lost_faster_while_in_a_problem(rule, status, loss):
    """Three hundredths a week on top of the ordinary loss."""
    for luck, held in ((loss * 1.0001, 1), (loss * 0.9999, 0)):
        life = rule.life(use=status, community=1)
        life.week(lose_community=luck)
        assert life.person.community == held


def test_mental_ill_health_alone_is_not_being_in_a_problem(rule):
    """Roles are then lost at the ordinary rate."""
    life = rule.life(mental_health=ACTIVE, community=1)
    life.week(lose_community=0.0061)
    assert life.person.community == 1


def test_work_ends_at_67(rule):
    """On that birthday, by age; nobody of that age finds work, and other roles stay open."""
    life = rule.life(work=1, family=1, age=66.99)
    life.week()
    assert life.person.work == 1
    life.week()
    assert (life.person.work, life.person.family) == (0, 1)
    assert life.event("role_lost").cause == "age"
    life.week(5, gain_work=1e-12, gain_giving=1e-12)
    assert (life.person.work, life.person.giving) == (0, 1)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("state", "around", "difference"),
    [
        ({"identity": 0.9}, {}, 0.4),
        ({"hope": 0.9}, {}, 0.4),
        ({"skills": 1.0}, {}, 0.3),
        ({"use": ACTIVE}, {}, -1.0),
        ({"use": RECOVERING}, {}, 0.0),
        ({}, {"supporters": 0.0}, -(1.0 - math.exp(-1.0))),
    ],
)
def test_people_look_for_roles_as_far_as_identity_hope_and_others_reach(rule, role, state, around, difference):
    """Skills help; being in a problem holds them back."""
    change = log_hazard(rule, role, around=around, **state) - log_hazard(rule, role)
    assert change == pytest.approx(difference)


@pytest.mark.parametrize(("role", "barrier"), [("family", 0.3), ("work", 1.0), ("giving", 0.7), ("community", 0.5)])
def test_a_label_is_a_barrier_to_roles_most_of_all_to_work(rule, role, barrier):
    """It acts through exposure, and weighs differently on each role."""
    nobody_turns_away = {"intolerant_supporters": 0.0}
    change = log_hazard(rule, role, flag=UNJUSTIFIED, around=nobody_turns_away) - log_hazard(rule, role)
    assert change == pytest.approx(-1.5 * barrier * 0.8 * 0.55)


@pytest.mark.parametrize(("role", "penalty"), [("family", 1.5), ("work", 1.0), ("giving", 0.7), ("community", 0.7)])
def test_a_stay_in_prison_holds_roles_back_and_fades(rule, role, penalty):
    """To 1/e in half a year; people never released have no penalty."""
    never = log_hazard(rule, role)
    for weeks, share in ((0, 1.0), (26, math.exp(-1.0)), (520, math.exp(-20.0))):
        change = log_hazard(rule, role, ever_released=1, weeks_since_release=weeks) - never
        assert change == pytest.approx(-penalty * share, abs=1e-9)


def test_helpers_are_wanted_where_there_is_need(rule):
    """People in need among ties bring giving roles nearer, and no others."""
    for role in ROLES:
        change = log_hazard(rule, role, around={"in_need": 2.0}) - log_hazard(rule, role)
        assert change == pytest.approx(0.6 if role == "giving" else 0.0)


@pytest.mark.parametrize(
    ("lever", "value", "roles", "released"),
    [
        ("supported_employment", 1.0, {"work": 1.0}, 0),
        ("economic_shock", -1.0, {"work": -1.0}, 0),
        ("volunteering_posts", 1.0, {"giving": 1.0}, 0),
        ("skills_training", 1.0, dict.fromkeys(ROLES, 0.3), 0),
        ("parenting_support", 1.0, {"family": 1.5}, 1),
    ],
)
def test_policies_open_roles(rule, lever, value, roles, released):
    """Each the roles that it is meant for."""
    for role in ROLES:
        change = log_hazard(rule, role, lever={lever: value}, ever_released=released) - log_hazard(
            rule, role, ever_released=released
        )
        assert change == pytest.approx(roles.get(role, 0.0))


def test_a_worse_economy_costs_jobs(rule):
    """Loss of work grows by exp(-shock)."""
    for shock, held in ((0.0, 1), (-1.0, 0)):
        life = rule.life(work=1, lever={"economic_shock": shock})
        life.week(lose_work=0.012)
        assert life.person.work == held


def test_employers_who_do_not_ask_do_not_see_the_record(rule):
    """It is the record's part of exposure that they do not see, not a flag's, and only at work."""
    asked = {"record": 1}
    not_asked = asked | {"lever": {"employers_not_asking": 1.0}}
    assert log_hazard(rule, "work", **not_asked) == pytest.approx(log_hazard(rule, "work"))
    assert log_hazard(rule, "family", **not_asked) == log_hazard(rule, "family", **asked)
    flagged = {"flag": UNJUSTIFIED, "assume": {"label_flag": 0.4}}
    assert log_hazard(rule, "work", record=1, lever={"employers_not_asking": 1.0}, **flagged) == pytest.approx(
        log_hazard(rule, "work", **flagged)
    )


def test_building_community_opens_community_roles_in_a_new_area(rule):
    """At home it changes nothing."""
    for area, change in (("home", 0.0), ("new", 1.0)):
        built = log_hazard(rule, "community", area=area, lever={"community_building": 1.0})
        assert built - log_hazard(rule, "community", area=area) == pytest.approx(change)


def test_a_draw_that_failed_only_because_of_a_label_is_counted(rule):
    """It would have brought the role without the barrier; one that fails anyway, or succeeds, is not counted."""
    unseen = 1.0 - math.exp(-math.exp(log_hazard(rule, "work")))
    seen = 1.0 - math.exp(-math.exp(log_hazard(rule, "work", flag=UNJUSTIFIED)))
    assert seen < unseen
    for luck, blocked, gained in ((seen * 0.9, 0, 1), ((seen + unseen) / 2, 1, 0), (unseen * 1.1, 0, 0)):
        # Held still, so that the week changes nothing before roles are looked for.
        still = {"identity_rate": 0.0, "hope_rate": 0.0}
        life = rule.life(flag=UNJUSTIFIED, assume=still)
        life.week(gain_work=luck)
        assert (life.person.weeks_role_blocked, life.person.work) == (blocked, gained)


def test_roles_count_by_what_they_mean_to_the_person(rule):
    """Involvement is the weight of the roles held."""
    life = rule.life(family=1, giving=1, weight_family=0.5, weight_work=0.2, weight_giving=0.2, weight_community=0.1)
    assert life.ask("involvement_of") == pytest.approx(0.7)


def test_a_stay_with_visits_costs_less_in_roles_afterwards_and_one_served_before_them_does_not(rule):
    """As far as kin could visit in that stay; the next sentence begins without visits."""
    inside = rule.life(custody_left=3, lever={"prison_visits": 0.8})
    inside.week(3)
    assert inside.person.visited == 0.8
    released = {"ever_released": 1, "weeks_since_release": 0}
    for visited, share in ((0.0, 1.0), (0.8, 0.2)):
        cost = log_hazard(rule, "work", visited=visited, **released) - log_hazard(rule, "work")
        assert cost == pytest.approx(-share)
    before = log_hazard(rule, "work", lever={"prison_visits": 0.8}, **released)
    assert before == log_hazard(rule, "work", **released)
