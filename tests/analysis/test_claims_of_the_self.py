"""R21 to R28 against lives written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.claim_recipes import RECIPES
from analysis.claims_of_the_self import shares_of_fit
from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING

DECIDES = "decided_gradually"


def test_r21_identity_ranks_first_where_it_decides_and_last_where_it_does_not(measured, hand_made):
    luck = np.random.default_rng(1)
    drawn = {name: luck.random(300) for name in ("identity", "hope", "self_stigma", "social_capital", "involvement", "distress")}
    by_identity = [(0, int(person), DECIDES, "use") for person in np.flatnonzero(drawn["identity"] > 0.5)]
    by_hope = [(0, int(person), DECIDES, "use") for person in np.flatnonzero(drawn["hope"] + drawn["distress"] > 1)]
    held = hand_made(300, 260, by_identity[:-30], use=ACTIVE, **drawn)
    found = measured("R21", as_things_are=hand_made(300, 260, by_identity, use=ACTIVE, **drawn), identity_held=held)
    assert found["rank_of_identity"] == 1
    assert found["recovery_lost_without_identity"] == pytest.approx(0.1)
    other = measured("R21", as_things_are=hand_made(300, 260, by_hope, use=ACTIVE, **drawn), identity_held=held)
    assert other["rank_of_identity"] > 2


def test_shares_of_fit_add_up_to_the_whole_and_nothing_to_tell_gives_none():
    luck = np.random.default_rng(2)
    x = luck.normal(size=(200, 3))
    y = luck.random(200) < 1 / (1 + np.exp(-x[:, 0]))
    shares = shares_of_fit(x, y)
    assert shares[0] == max(shares)
    assert shares_of_fit(x, np.ones(200, dtype=bool)) is None


def test_r22_is_what_incoherent_people_lose_beyond_coherent_ones(measured, hand_made):
    """Through the flag coherent people fall from .7 to .6, incoherent ones to .4; whoever is not flagged does not count."""
    flags = [(4, person, "flag_on", 2) for person in range(2)]

    def world(identity, events=()):
        return hand_made(3, 260, events, {12: {"identity": [identity, identity, 0.0]}})

    found = measured("R22", coherent=world(0.6, flags), incoherent=world(0.4, flags), coherent_left_alone=world(0.7),
                     incoherent_left_alone=world(0.7))  # fmt: skip
    assert found["identity_lost_for_want_of_coherence"] == pytest.approx(0.2)


def test_r23_asks_those_capped_with_support_and_skills_above_the_median(arms, hand_made):
    """Of eight people six are capped: the median of support is that of the three of them who are active, and one is above it."""
    start = {"use": [ACTIVE] * 3 + [NONE] * 3 + [ACTIVE] * 2, "social_capital": np.arange(8) / 10, "skills": np.arange(8) / 10}
    base = hand_made(8, 260, [(5, 2, DECIDES, "use"), (5, 1, DECIDES, "use"), (6, 4, "role_gained", 1)], **start)
    capped = hand_made(8, 260, [(5, 7, DECIDES, "use"), (6, 7, "role_gained", 1)], **start)
    probed = base.start.copy()
    probed["hope"] = [0, 0, 0, 0, 0, 0, 0.2, 0.2]
    found = RECIPES["R23"].measure(arms({"as_things_are": base, "no_future_in_sight": capped}, probed))
    assert found == {"fewer_decide": -1.0, "fewer_roles": pytest.approx(-1 / 6)}


def test_r24_follows_identity_for_two_years_from_the_decision(measured, hand_made):
    """Alone it rises to .6 after 20 weeks and falls to .3; with others it is .7 then. Weeks between are not looked at."""
    weeks = range(1, 300)
    alone = {week: {"identity": 0.6 if week == 3 + 1 + 20 else 0.9 if week == 3 + 1 + 21 else 0.3} for week in weeks}
    others = {week: {"identity": 0.7} for week in weeks}
    decided = [(3, 0, DECIDES, "use")]
    found = measured("R24", hope_alone=hand_made(1, 260, decided, alone, use=ACTIVE),
                     hope_with_others=hand_made(1, 260, decided, others, use=ACTIVE))  # fmt: skip
    assert found["identity_held_by_others"] == pytest.approx(0.4)
    assert found["rise_and_fall_alone"] == pytest.approx(0.3)


def test_r25_hope_falls_and_goes_on_falling(measured, hand_made):
    base = hand_made(2, 260, [(10, 1, "died")], {5: {"hope": [0.5, 0.9]}, 17: {"hope": [0.5, 0.9]}})
    struck = hand_made(2, 260, [], {5: {"hope": [0.49, 0.9]}, 17: {"hope": [0.4, 0.1]}})
    found = measured("R25", as_things_are=base, a_blow_to_identity=struck)
    assert found["hope_falls_after"] == pytest.approx(-0.1)
    assert found["hope_falls_with_a_lag"] == pytest.approx(-0.1 - (-0.01 + 0.0) / 2)


def test_r26_compares_quarters_by_what_work_means(measured, hand_made):
    """Of eight without work the two to whom it means most gain .1 each, the two least none; one of 60 is not asked."""
    start = {"weight_work": [*np.arange(8) / 10, 0.9], "age": [30.0] * 8 + [60.0]}
    base = hand_made(9, 260, [], {26: {"identity": 0.5}}, **start)
    given = hand_made(9, 260, [], {26: {"identity": [0.5] * 6 + [0.6, 0.6, 1.0]}}, **start)
    found = measured("R26", as_things_are=base, given_work=given)
    assert found["identity_gained_where_work_means_more"] == pytest.approx(0.1)


def test_r27_shame_is_asked_by_status_then(arms, hand_made):
    """Three in a problem, two of them ashamed; two with illness alone, none ashamed; recounted among those long in recovery."""
    then = {"use": [ACTIVE, LAPSED, NONE, NONE, NONE, RECOVERING], "offending": [NONE, NONE, ACTIVE, NONE, NONE, NONE],
            "mental_health": [NONE, NONE, NONE, ACTIVE, RECOVERING, NONE], "shame": [0.4, 0.3, 0.9, 0.0, 0.2, 0.5]}  # fmt: skip
    world = hand_made(6, 260, [], {52: then}, use=[ACTIVE, LAPSED, NONE, NONE, NONE, RECOVERING], weeks_use=60.0)
    found = RECIPES["R27"].measure(arms({"as_things_are": world}))
    assert found["share_ashamed_in_a_problem"] == pytest.approx(2 / 3)
    assert found["share_ashamed_by_illness_alone"] == 0.0
    assert RECIPES["R27"].recount(arms({"as_things_are": world})) == {"share_ashamed_in_a_problem": 1.0}


def test_r28_shame_crosses_with_hope(measured, hand_made):
    """Of four active people 1 and 3 decide with much hope, 2 and 1 with little; a decision in mental health does not count."""
    def world(deciding):
        events = [(25, person, DECIDES, "use") for person in range(deciding)]
        return hand_made(5, 260, [*events, (3, 3, DECIDES, "mental_health")], use=[ACTIVE] * 4 + [RECOVERING])

    found = measured("R28", little_shame_little_hope=world(2), much_shame_little_hope=world(1), little_shame_much_hope=world(1),
                     much_shame_much_hope=world(3))  # fmt: skip
    assert found == {"crossing": 0.75, "shame_helps_with_hope": 0.5, "shame_hinders_without": -0.25}


def test_nobody_to_ask_gives_no_number(measured, hand_made):
    world = hand_made(2, 260, [], {week: {"hope": 0.5} for week in (5, 17)}, own_experience=0)
    assert math.isnan(measured("R25", as_things_are=world, a_blow_to_identity=world)["hope_falls_after"])
