"""R29 to R38 against lives written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.claims_of_difficulty import LIFE_COLUMNS
from analysis.claims_of_networks import SINGLES
from analysis.claims_of_roles import partial_correlation
from simulation.state import ACTIVE, RECOVERING, ROLES

DECIDES = "decided_gradually"
FAMILY, WORK, GIVING, COMMUNITY = range(4)


def test_r29_is_gained_by_week_26_and_in_part_left_a_year_after(measured, hand_made):
    """.2 gained, .05 left: a quarter. Whoever had the role before does not count."""
    without = hand_made(2, 260, [], {26: {"identity": 0.4}, 78: {"identity": 0.4}}, community=[0, 1])
    given = hand_made(2, 260, [], {26: {"identity": [0.6, 0.0]}, 78: {"identity": [0.45, 0.0]}}, community=[0, 1])
    found = measured("R29", without=without, a_role_for_half_a_year=given)
    assert found["identity_gained"] == pytest.approx(0.2)
    assert found["share_that_outlasts"] == pytest.approx(0.25)


def test_r30_is_the_share_of_ties_out_of_trouble(measured, hand_made):
    base = hand_made(2, 260, [], {26: {"share_active_use": [0.5, 0.1]}}, work=[0, 1])
    given = hand_made(2, 260, [], {26: {"share_active_use": [0.3, 0.9]}}, work=[0, 1])
    assert measured("R30", as_things_are=base, given_work=given)["ties_out_of_trouble"] == pytest.approx(0.2)


def test_r31_counts_roles_beside_work_and_the_least_gain_of_the_four(measured, hand_made):
    """Unlabelled one gain of two is work, labelled none: a shift of one half. Gains of .4, .3, .2, .1 in identity."""
    base = hand_made(2, 260, [(9, 0, "lapse", "use"), (9, 0, "relapse", "use")], {52: {"identity": 0.5}}, use=RECOVERING)
    given = {
        f"given_{role}": hand_made(2, 260, [], {52: {"identity": 0.9 - at / 10}}, use=RECOVERING) for at, role in enumerate(ROLES)
    }
    given["given_work"].columns = base.columns
    found = measured(
        "R31", as_things_are=base, **given,
        unlabelled=hand_made(2, 260, [(5, 0, "role_gained", WORK), (155, 0, "role_gained", GIVING)]),
        labelled=hand_made(2, 260, [(5, 0, "role_gained", FAMILY), (156, 0, "role_gained", WORK)]),
    )  # fmt: skip
    assert found["shift_to_other_roles"] == 0.5
    assert found["least_gain_in_identity"] == pytest.approx(0.1)
    assert found["least_gain_in_keeping_it_up"] == 0.0


def test_r32_is_within_persons_and_after_what_is_there_already(measured, hand_made):
    """Hope follows involvement by half a year, and nothing else moves: all of it is the lag. That people differ says nothing."""
    luck = np.random.default_rng(1)
    held = luck.random((11, 200))
    snapshots = {}
    for at, week in enumerate(range(0, 261, 26)):
        hope = np.where(at > 0, held[at - 1], 0.5) * 0.2 + np.linspace(0, 0.7, 200)
        snapshots[week] = {"involvement": held[at], "hope": hope}
    world = hand_made(200, 260, [], snapshots, **snapshots.pop(0))
    assert measured("R32", as_things_are=world)["lagged_partial_correlation"] > 0.95
    still = hand_made(200, 260, [], {week: dict.fromkeys(LIFE_COLUMNS, 0) for week in range(26, 261, 26)})
    assert math.isnan(measured("R32", as_things_are=still)["lagged_partial_correlation"])


def test_a_partial_correlation_is_what_two_regressions_leave():
    luck = np.random.default_rng(2)
    given = luck.normal(size=500)
    one, other = given + luck.normal(size=500), given + luck.normal(size=500)
    one, other, given = (each - each.mean() for each in (one, other, given))
    left = [each - given * (each @ given) / (given @ given) for each in (one, other)]
    assert partial_correlation(one, other, given) == pytest.approx(np.corrcoef(*left)[0, 1])


def test_r33_sets_family_against_the_mean_of_other_roles(measured, hand_made):
    """Of four without it 1 gains family inside, 2 never inside: ratio one half. Others: 1, 1 and one half."""
    def world(*counts):
        gains = [(51, person, "role_gained", role) for role, count in enumerate(counts) for person in range(count)]
        return hand_made(4, 260, gains)

    found = measured("R33", released=world(1, 2, 3, 1), as_if_never_inside=world(2, 2, 3, 2))
    assert found["slower_to_a_family_role"] == -0.25
    assert found["family_more_than_others"] == pytest.approx(0.5 - (1 + 1 + 0.5) / 3)


def test_r34_is_the_share_of_growth_that_is_lost(measured, hand_made):
    def world(identity, capital):
        return hand_made(2, 260, [], {156: {"identity": identity, "social_capital": capital}}, identity=0.2, social_capital=0.5)

    found = measured("R34", as_things_are=world(0.6, 0.6), support_frozen=world(0.4, 0.5), identity_frozen=world(0.2, 0.52))
    assert found["identity_growth_lost_with_support_frozen"] == pytest.approx(0.5)
    assert found["support_growth_lost_with_identity_frozen"] == pytest.approx(0.8)


def six_ways(hand_made, recovering, **changes):
    """Worlds of R35 in which so many of the three best supported of nine recover."""
    start = {"use": ACTIVE, "social_capital": np.arange(9) / 10, "role_models": np.arange(9) / 10, "in_need": [0.0] * 8 + [1.0]}
    start |= changes.pop("start", {})
    quiet = {week: {"distress": 0.2, "hope": 0.5} for week in (26, *range(13, 260, 13))}
    worlds = {}
    for name, count in recovering.items():
        events = [(0, 8 - at, DECIDES, "use") for at in range(count)] + changes.get(name, [])
        worlds[name] = hand_made(9, 260, events, quiet, **start)
    return worlds


def test_r35_ways_that_need_each_other_or_stand_in_for_one_another_are_no_sum(measured, hand_made):
    """The gap is 1. Each way alone costs nothing but one, which costs a third; all at once cost all: 3 times the sum."""
    names = ("as_things_are", *SINGLES)
    worlds = six_ways(hand_made, {**dict.fromkeys(names, 3), "without_home": 2, "without_any": 0})
    assert measured("R35", **worlds)["singles_against_all"] == pytest.approx(2.0)
    nothing = six_ways(hand_made, {**dict.fromkeys(names, 3), "without_any": 3})
    assert measured("R35", **nothing)["singles_against_all"] == 0.0


def test_r35_each_way_is_measured_by_what_it_gives(measured, hand_made):
    """Nine people, median of support .4: four above it. One role less in four, .05 less hope in four, one giving role in one."""
    names = ("as_things_are", *SINGLES, "without_any")
    flagged = [(20, 8, "flag_on", 2)]
    changes = {
        "as_things_are": [(5, 8, "role_gained", WORK), (6, 8, "role_gained", GIVING), (9, 7, DECIDES, "use"), *flagged],
        "without_roles": [(6, 8, "role_gained", GIVING)], "without_distress": flagged,
    }  # fmt: skip
    worlds = six_ways(hand_made, dict.fromkeys(names, 0), **changes)
    worlds["without_home"].end["weeks_homeless"][8] = 6
    worlds["without_distress"].snapshots[26]["distress"][8] = 0.6
    worlds["without_inspiration"].snapshots[26]["hope"][:] = 0.45
    found = measured("R35", **worlds)
    assert found["openings"] == pytest.approx(1 / 4)
    assert found["practical_help"] == pytest.approx(150.0)
    assert found["inspiration"] == pytest.approx(0.05)
    assert found["a_chance_to_give"] == 1.0
    assert found["a_push"] == pytest.approx(1 / 4)
    # Flagged in week 20: seen at weeks 26 and 39, and distressed at one of them.
    assert found["comfort"] == pytest.approx(0.4 / 2)


def test_r36_asks_recovering_people_without_a_giving_role(measured, hand_made):
    start = {"use": [RECOVERING, RECOVERING, RECOVERING, ACTIVE], "giving": [0, 0, 1, 0]}
    relapse = [(51, 1, "lapse", "use"), (51, 1, "relapse", "use"), (52, 0, "relapse", "use")]
    base = hand_made(4, 260, relapse, {52: {"identity": 0.5}}, **start)
    given = hand_made(4, 260, [], {52: {"identity": [0.6, 0.6, 0.0, 0.0]}}, **start)
    found = measured("R36", as_things_are=base, given_a_giving_role=given)
    assert found["identity_of_helpers"] == pytest.approx(0.1)
    assert found["relapse_of_helpers"] == -0.5


def test_r37_support_before_the_decision_foretells_a_good_year(measured, hand_made):
    """Without support one in four does well, with it three in four: odds 9, for two of its standard deviations: 3 for one."""
    supported, well = np.repeat([0.0, 1.0], 40), np.concatenate([np.arange(40) < 10, np.arange(40) < 30])
    events = [(6, person, DECIDES, "use") for person in range(80)]
    events += [(58, int(person), "relapse", "use") for person in np.flatnonzero(~well)]
    life = {"involvement": 1.0, "social_capital": 1.0, "identity": 1.0, "hope": 1.0}
    world = hand_made(80, 260, events, {4: {"social_capital": supported}, 59: life}, use=ACTIVE)
    found = measured("R37", as_things_are=world)
    assert found["odds_for_each_sd_of_support"] == pytest.approx(3.0, rel=1e-3)
    assert 0.25 < found["variance_of_its_own"] < 0.35


def test_r38_asks_those_to_whom_kin_came_back_by_week_26(measured, hand_made):
    """Of four in recovery then one had all kin and one gained none: of the two others one relapses as it is, none helped."""
    start = {"use": RECOVERING, "kin_close": [1, 0, 3, 1]}
    then = {"use": RECOVERING, "kin_close": [2, 1, 3, 1]}
    relapses = [(77, 0, "relapse", "use"), (78, 1, "relapse", "use"), (30, 3, "relapse", "use")]
    base = hand_made(4, 260, [(77, 0, "lapse", "use"), *relapses], {26: then}, **start)
    helped = hand_made(4, 260, [], {26: then}, **start)
    assert measured("R38", as_things_are=base, kin_helped_back=helped)["relapse_with_kin_back"] == -0.5
