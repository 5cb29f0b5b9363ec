"""R39 to R47 against lives written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.claim_recipes import RECIPES
from analysis.claims_of_systems import QUALITIES, kendalls_w, recently, turning_quality, week_of_half
from simulation.state import ACTIVE, DOMAINS, NONE, RECOVERING

DECIDES = "decided_gradually"


def test_r39_asks_those_whom_the_label_falls_on(measured, hand_made):
    """Of four recovering people two are labelled; a third has a record in both worlds and is left out, as is one active."""
    start = {"use": [RECOVERING] * 4 + [ACTIVE]}
    lapse = [(51, 0, "lapse", "use"), (60, 0, "resolved", "use", {"value": 5.0}), (100, 1, "lapse", "use"),
             (259, 3, "lapse", "use")]  # fmt: skip
    none = hand_made(5, 260, [], {1: {"record": [0, 0, 1, 0, 0]}}, **start)
    half = hand_made(5, 260, lapse, {1: {"record": [1, 1, 1, 0, 1]}}, **start)
    found = measured("R39", unlabelled=none, half_labelled=half)
    assert found == {"cost_within_a_year": -0.5, "cost_within_five_years": -0.5}


def test_r40_recovery_lags_behind_exposure_and_is_less_where_people_are_lowest(measured, hand_made):
    """Exposure is half down at week 52. Of six people the highest two recover by week 202: a year after they decide."""
    weeks = range(26, 521, 26)
    fast = {week: {"exposure": 0.5 - min(week, 104) / 520} for week in weeks}
    events = [(150, person, DECIDES, "use") for person in (4, 5)]
    start = {"use": ACTIVE, "identity": np.arange(6) / 10}
    found = measured(
        "R40", no_trend=hand_made(6, 520, [], {week: {"exposure": 0.5} for week in weeks}, **start),
        trend_as_measured=hand_made(6, 520, events[:1], **start), trend_ten_times_faster=hand_made(6, 520, events, fast, **start),
    )  # fmt: skip
    assert found["recovery_with_the_faster_trend"] == pytest.approx(1 / 3)
    assert found["recovery_with_the_trend_as_measured"] == pytest.approx(1 / 6)
    assert found["weeks_that_recovery_lags"] == 208 - 52
    assert found["less_where_lowest"] == -1.0


def test_half_of_a_way_is_where_the_path_first_comes_so_far():
    assert week_of_half([0.0, 0.2, 0.3, 0.5], [0, 26, 52, 78]) == 52
    assert week_of_half([0.0, -0.3, -0.1, -0.5], [0, 26, 52, 78]) == 26
    assert math.isnan(week_of_half([0.0, 0.3, 0.0], [0, 26, 52]))


def test_kendalls_w_is_one_for_judges_that_agree_and_one_ninth_for_two_of_three_against_one():
    """Worked by hand: ranks 123, 123, 321 add up to 5, 6, 7, whose squared distances from 6 are 2 of at most 18."""
    assert kendalls_w(np.array([[1.0, 2.0, 3.0]] * 3)) == 1.0
    assert kendalls_w(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])) == pytest.approx(1 / 9)
    assert kendalls_w(np.array([[1.0, 1.0, 2.0]] * 2)) == pytest.approx(1.0)
    assert math.isnan(kendalls_w(np.ones((3, 4))))


def test_r41_nothing_is_lost_where_domains_share_their_slopes_and_much_where_they_do_not(measured, hand_made):
    """People lapse where hope is low; in the other world, in mental health, where it is high. One quarter is lived."""
    luck = np.random.default_rng(1)
    hope = luck.random(600)
    start = dict.fromkeys(DOMAINS, RECOVERING) | {f"weeks_{domain}": 10.0 for domain in DOMAINS}
    panel = {week: {"hope": hope} for week in range(13, 248, 13)}

    def world(turned):
        events = [(12, person, "died") for person in range(600)]
        for domain in DOMAINS:
            score = 2 - 4 * hope if not (turned and domain == "mental_health") else 4 * hope - 2
            lapsing = np.flatnonzero(luck.random(600) < 1 / (1 + np.exp(-score)))
            events += [(int(luck.integers(0, 12)), int(person), "lapse", domain) for person in lapsing]
        return hand_made(600, 260, events, panel, hope=hope, **start)

    shared, turned = (measured("R41", as_things_are=world(which), lever=world(False)) for which in (False, True))
    assert shared["share_of_fit_lost_with_shared_slopes"] < 0.1
    assert turned["share_of_fit_lost_with_shared_slopes"] > 0.3


def test_r41_levers_agree_where_they_rank_alike_in_all_domains(measured, hand_made):
    def world(*relapsing):
        events = [(9, person, event, domain) for domain, count in zip(DOMAINS, relapsing, strict=True) for person in range(count)
                  for event in ("lapse", "relapse")]  # fmt: skip
        return hand_made(5, 260, events, {week: {} for week in range(13, 248, 13)}, **dict.fromkeys(DOMAINS, RECOVERING))

    found = measured("R41", as_things_are=world(4, 4, 4), a=world(3, 3, 3), b=world(2, 2, 2), c=world(1, 1, 1))
    assert found["agreement_of_levers"] == pytest.approx(1.0)


def test_r42_compares_by_the_number_of_own_domains(measured, hand_made):
    """One own domain: both recover. Two: one of two. Three: none."""
    use = [ACTIVE] * 6
    offending, mental = [NONE] * 2 + [RECOVERING] * 4, [NONE] * 4 + [RECOVERING] * 2
    events = [(0, person, DECIDES, "use") for person in (0, 1, 2)]
    found = measured("R42", as_things_are=hand_made(6, 260, events, use=use, offending=offending, mental_health=mental))
    assert found == {"gap_by_number_of_problems": 1.0, "two_between": 0.5}


def test_r43_sets_the_weeks_after_a_lapse_elsewhere_against_all_others(measured, hand_made):
    """Four people, one a quarter of frailty, recovering in two domains for ten weeks at risk in each.

    Each lapses in use in week 1. The first lapses in offending 8 weeks on, the others do not: 1 lapse in 8 weeks, then none.
    """
    events = [(1, person, "lapse", "use") for person in range(4)] + [(9, 0, "lapse", "offending"), (9, 0, "relapse", "use")]
    events += [(3, person, "relapse", "use") for person in (1, 2, 3)]
    start = {"use": RECOVERING, "offending": RECOVERING, "frailty": np.arange(4.0)}
    found = measured("R43", as_things_are=hand_made(4, 10, events, **start))
    soon = (1 / 8 + 0 + 0 + 0) / 4
    # Others: two weeks of use with a lapse in the second, and weeks 0, 1 (and 9) of offending.
    later = (1 / (2 + 2) + 3 * 1 / (2 + 2)) / 4
    assert found["second_lapse_after_a_first"] == pytest.approx(soon / later)
    assert found["share_of_relapsing_people_with_two_domains"] == 0.0


def test_what_is_recent_does_not_include_the_week_itself():
    happened = np.array([[0], [1], [0], [0], [0]], dtype=bool)
    assert recently(happened, 2)[:, 0].tolist() == [False, False, True, True, False]


def test_r44_lives_well_with_symptoms_unless_counted_otherwise(arms, hand_made):
    """Of four people with symptoms one is in personal recovery, without them both of two; treatment gains less than choice."""
    then = {"mental_health": [ACTIVE] * 6 + [NONE], "symptoms": [1, 1, 1, 1, 0, 0, 1], "personal_recovery": [1, 0, 0, 0, 1, 1, 1]}
    worlds = {name: hand_made(7, 260, [], {156: then}, mental_health=[ACTIVE] * 6 + [NONE])
              for name in ("as_things_are", "symptoms_treated", "choice_and_roles")}  # fmt: skip
    worlds["symptoms_treated"].end["weeks_personal_recovery"] = 26
    worlds["choice_and_roles"].end["weeks_personal_recovery"] = 52
    together = np.corrcoef(then["symptoms"][:6], then["personal_recovery"][:6])[0, 1]
    found = RECIPES["R44"].measure(arms(worlds))
    assert found["share_living_well_with_symptoms"] == 0.25
    assert found["symptoms_and_recovery"] == pytest.approx(together)
    assert found["choice_against_treatment"] == pytest.approx(10.0)
    assert RECIPES["R44"].recount(arms(worlds)) == {"share_living_well_with_symptoms": 0.0}


def test_r45_services_come_first_where_doing_without_them_gains_most(measured, hand_made):
    """Weeks in personal recovery per 100: 0 as it is; 30 without services, 20 at most by other ways. In use 10 and 20 at most."""
    def world(per_100, domain):
        lived = hand_made(2, 100, [], **{domain: [ACTIVE, RECOVERING]})
        lived.end["weeks_personal_recovery"] = [per_100, 99]
        return lived

    gains = {"": 0, "_no_services": 30, "_no_labels": 20, "_more_ties": 5, "_open_roles": 10}
    worlds = {f"{domain}{name}": world(gain - 20 * (domain == "use" and name == "_no_services"), domain)
              for domain in ("mental_health", "use") for name, gain in gains.items()}  # fmt: skip
    assert measured("R45", **worlds) == {"services_first_in_mental_health": 10.0, "not_first_in_use": -10.0}


def test_r46_counts_crises_and_finds_where_services_turn(measured, hand_made):
    """Weeks per 100 in personal recovery at five qualities: 0, 10, 20, 40, 40 against 30: between none and half above, at .25."""
    worlds = {"no_services": hand_made(4, 100, [(5, 0, "lapse", "mental_health")])}
    worlds |= {name: hand_made(4, 100, [(5, at, "lapse", "mental_health") for at in range(3)]) for _, name in QUALITIES}
    for weeks, name in zip((30, 0, 10, 20, 40, 40), worlds, strict=True):
        worlds[name].end["weeks_personal_recovery"] = weeks
    assert measured("R46", **worlds) == {"crises_made": 50.0, "quality_at_which_services_turn": pytest.approx(0.25)}


@pytest.mark.parametrize(
    ("gains", "turns"),
    [((1, 1, 1), -1.0), ((-1, -1, -1), 1.0), ((-1, 1, 1), -0.5), ((1, -1, 1), 0.5), ((-1, 0, 0), 1.0), ((0, 1, 2), -1.0)],
)
def test_services_turn_at_the_highest_quality_at_which_nothing_is_gained(gains, turns):
    assert turning_quality((-1.0, 0.0, 1.0), gains) == turns


def test_r47_asks_people_with_a_record_and_without_work(measured, hand_made):
    start = {"record": [1, 1, 0, 1], "work": [0, 0, 0, 1]}
    base = hand_made(4, 260, [(25, 2, "role_gained", 1)], {4: {"self_stigma": 0.5}}, **start)
    blind = hand_made(4, 260, [(25, 0, "role_gained", 1), (26, 1, "role_gained", 1)], {4: {"self_stigma": 0.4}}, **start)
    found = measured("R47", as_things_are=base, employers_do_not_ask=blind)
    assert found["more_work"] == 0.5
    assert found["self_stigma_at_first_unchanged"] == pytest.approx(0.1)
