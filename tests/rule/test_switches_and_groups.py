"""What a switch, a form, an experiment's hold or a population group changes in one life, by the plain and the compiled rule."""

from __future__ import annotations

import pytest

from simulation.state import ACTIVE, RECOVERING, UNJUSTIFIED

STEPS = ("distress", "anticipated_stigma", "self_stigma", "hope", "identity", "coherence")


# Freezes and caps


@pytest.mark.parametrize("state", STEPS)
def test_a_frozen_state_is_not_moved_by_a_week_in_which_much_happens(rule, state):
    """Not by its own step, a lapse or a sudden decision."""
    life = rule.life(use=RECOVERING, offending=ACTIVE, weeks_use=10.0, distress=0.3, around={"supporters": 0.0})
    setattr(life.lever, f"freeze_{state}", 1.0)
    before = getattr(life.person, state)
    happened = life.week(change_use=1e-9, turning_point=1e-9, take_offending=1e-9)
    assert "lapse" in happened
    assert "decided_suddenly" in happened
    assert getattr(life.person, state) == before


@pytest.mark.parametrize("state", STEPS)
def test_a_capped_state_is_never_above_its_cap_and_free_below_it(rule, state):
    """Down at once, and down further by its own step."""
    life = rule.life(use=ACTIVE, flag=UNJUSTIFIED, flag_weeks=3, **{state: 0.9})
    setattr(life.lever, f"cap_{state}", 0.2)
    life.week(3)
    assert getattr(life.person, state) <= 0.2


@pytest.mark.parametrize("derived", ["exposure", "social_capital", "shame", "regard", "involvement"])
def test_what_follows_from_a_life_can_be_frozen_too(rule, derived):
    """Then it stays as it was found, whatever it should be worked out to."""
    life = rule.life(use=ACTIVE, record=1, work=1, shame_proneness=0.8, **{derived: 0.33})
    setattr(life.lever, f"freeze_{derived}", 1.0)
    life.week(2)
    assert getattr(life.person, derived) == 0.33


# Ways of social capital


@pytest.mark.parametrize(
    ("way", "quantity", "first"),
    [
        ("support_distress", "distress_after", ()),
        ("support_self_stigma", "self_stigma_after", ()),
        ("support_hope", "hope_after", ()),
        ("support_roles", "log_hazard_of_work", (1.0, 0.55)),
        ("support_deciding", "log_hazard_of_deciding", (-3.0, 0.0, 0.0)),
        ("support_keeping", "chance_of_relapse", (0.0,)),
    ],
)
def test_support_acts_in_each_of_its_ways_and_at_its_mean_where_the_way_is_off(rule, way, quantity, first):
    """With the way on, more supporters make a difference; with it off, none; at the mean both are the same."""
    given = {"use": ACTIVE, "flag": UNJUSTIFIED, "flag_weeks": 2, "own_experience": 1}

    def asked(supporters: float, **assume: float) -> float:
        return rule.life(around={"supporters": supporters}, assume=assume, **given).ask(quantity, *first)

    on = [asked(supporters, w_capital=1.0) for supporters in (0.0, 6.0)]
    assert on[0] != on[1]
    off = {"w_capital": 1.0, f"off_{way}": 1.0, "mean_own_capital": 0.4}
    assert asked(0.0, **off) == asked(6.0, **off)
    assert min(on) < asked(0.0, **off) < max(on)


# Forms


def test_a_person_who_resists_labels_takes_in_only_what_exceeds_their_own_threshold(rule):
    """M17: all of it in the usual form; nothing below the threshold in the other."""
    life = {"record": 1, "record_age": 0, "resistance": 0.2}
    assert rule.life(**life).ask("exposure_taken_in") == pytest.approx(0.6 * 0.55)
    assert rule.life(assume={"on_label_resistance": 1.0}, **life).ask("exposure_taken_in") == pytest.approx(0.6 * 0.55 - 0.2)
    assert rule.life(assume={"on_label_resistance": 1.0}, resistance=0.4, record=1).ask("exposure_taken_in") == 0.0


def test_where_roles_come_after_conduct_looking_for_them_counts_once_no_longer_in_a_problem(rule):
    """Identity and hope add nothing while active, and as usual in recovery."""
    other = {"on_roles_after_conduct": 1.0}
    assert rule.life(identity=0.9, hope=0.8, use=ACTIVE).ask("search_of") == pytest.approx(0.7)
    assert rule.life(identity=0.9, hope=0.8, use=ACTIVE, assume=other).ask("search_of") == 0.0
    assert rule.life(identity=0.9, hope=0.8, use=RECOVERING, assume=other).ask("search_of") == pytest.approx(0.7)


# Mechanisms of flags and services


def test_without_a_delay_kin_are_told_a_week_after_the_flag_whatever_the_luck(rule):
    """And only where kin are close."""
    off = {"off_disclosure_delay": 1.0}
    assert "disclosed" in rule.life(flag=UNJUSTIFIED, self_stigma=1.0, assume=off).week()
    assert "disclosed" not in rule.life(flag=UNJUSTIFIED, self_stigma=1.0).week()
    assert "disclosed" not in rule.life(flag=UNJUSTIFIED, assume=off, around={"kin_close": 0}).week()


def test_a_service_that_does_nothing_speaks_for_nobody(rule):
    """People are in it, and nothing follows."""
    assert rule.life(service=1, service_quality=0.8).ask("weight_of_ally") == 1.0
    assert rule.life(service=1, service_quality=0.8, assume={"off_services": 1.0}).ask("weight_of_ally") == 0.0


def test_consolidation_off_gives_everybody_the_mean_whatever_their_time(rule):
    """Someone a day and someone ten years into recovery alike."""
    off = {"off_consolidation": 1.0, "mean_own_consolidated": 1.3}
    for weeks in (0.0, 520.0):
        assert rule.life(own_experience=1, assume=off).ask("consolidated", weeks) == 1.3


# Population groups


def test_flags_without_cause_meet_people_of_a_group_as_often_as_its_bias_says(rule):
    """Beside the bias of their area; no chance exceeds one."""
    lever = {"unjustified_flags": 0.1}
    usual = rule.life(record=1, lever=lever).ask("chance_of_unjustified_flag")
    assert rule.life(record=1, group_bias=3.0, lever=lever).ask("chance_of_unjustified_flag") == pytest.approx(3 * usual)
    assert rule.life(record=1, group_bias=0.0, lever=lever).ask("chance_of_unjustified_flag") == 0.0
    assert rule.life(group_bias=10.0, lever=lever).ask("chance_of_unjustified_flag") == 0.0


def test_hidden_records_cost_a_marked_group_work_whether_or_not_they_have_one(rule):
    """C16: as far as records are hidden; nobody else loses, and nothing is lost where employers see."""
    assume = {"statistical_discrimination": 0.8}

    def work(**given) -> float:
        return rule.life(assume=assume, **given).ask("log_hazard_of_work", 1.0, 0.55)

    for record in (0, 1):
        hidden = {"record": record, "lever": {"employers_not_asking": 0.5}}
        assert work(group_marked=1, **hidden) == pytest.approx(work(**hidden) - 0.4)
        assert work(group_marked=1, record=record) == work(record=record)
