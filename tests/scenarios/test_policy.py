"""Policies in force: who is covered, by what, and what follows for the settings of a week."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.levers import LEVERS, lever_bases
from simulation.parameters import assumptions
from simulation.policy import PolicyInForce, coverage_luck
from simulation.scenario_parts import Policy
from simulation.state import STATE_DTYPE

BASE = lever_bases(assumptions())
COUNT = 400


def people(count: int = COUNT, order: np.ndarray | None = None) -> np.ndarray:
    rows = np.zeros(count, dtype=STATE_DTYPE)
    rows["person"] = np.arange(count)
    rows["alive"] = 1
    rows["woman"] = rows["person"] % 2
    rows["record"] = rows["person"] % 3 == 0
    rows["age"] = 20 + rows["person"] % 50
    return rows if order is None else rows[order]


def in_force(*policies: Policy, rows: np.ndarray | None = None, seed: int = 7) -> PolicyInForce:
    return PolicyInForce(policies, BASE, seed, people() if rows is None else rows)


def values(world: PolicyInForce, lever: str) -> np.ndarray:
    """The value of a lever for each row of people."""
    return world.settings[lever][world.setting_of]


def lived(world: PolicyInForce, week: int, lever: str, rows: np.ndarray | None = None) -> np.ndarray:
    world.turn_to(week, people() if rows is None else rows)
    return values(world, lever)


def test_without_a_policy_every_lever_stands_at_its_base():
    world = in_force()
    world.turn_to(0, people())
    assert world.settings.shape == (1,)
    assert all(world.settings[name][0] == BASE[name] for name in LEVERS)
    assert world.newly_reached == []
    assert world.reach() == []


def test_a_policy_acts_from_its_first_week_until_before_its_last():
    world = in_force(Policy("policing", "multiply", 3.0, start=5, until=8))
    assert [lived(world, week, "policing")[0] for week in range(4, 10)] == [1, 3, 3, 3, 1, 1]


def test_what_happens_once_happens_in_the_first_week_only():
    world = in_force(Policy("flag_once", "set", 0.5, start=4, whom="women"))
    assert [lived(world, week, "flag_once").max() for week in range(3, 7)] == [0, 0.5, 0, 0]


def test_a_policy_for_some_reaches_them_and_nobody_else():
    world = in_force(Policy("hope_coaching", "set", 1.0, whom="women"))
    assert (lived(world, 0, "hope_coaching") == people()["woman"]).all()
    assert world.settings["hope_coaching"][0] == 0


def test_a_policy_follows_the_state_of_the_week():
    rows, world = people(), in_force(Policy("hope_coaching", "set", 1.0, whom="homeless"))
    assert lived(world, 0, "hope_coaching", rows).sum() == 0
    rows["homeless"][10] = 1
    assert np.flatnonzero(lived(world, 1, "hope_coaching", rows)).tolist() == [10]


def test_the_dead_are_not_reached():
    rows = people()
    rows["alive"][:100] = 0
    world = in_force(Policy("hope_coaching", "set", 1.0, whom="women"), Policy("policing", "set", 2.0), rows=rows)
    assert lived(world, 0, "hope_coaching", rows)[:100].sum() == 0
    assert [line["people"] for line in world.reach()] == [150, 300]


def test_sets_come_first_then_multiplies_then_adds_whatever_their_order():
    one, two, three = (Policy("policing", how, value) for how, value in (("add", 0.5), ("multiply", 2.0), ("set", 1.5)))
    for order in ((one, two, three), (three, two, one), (two, three, one)):
        assert lived(in_force(*order), 0, "policing")[0] == 3.5


def test_a_value_is_kept_inside_the_range_of_its_lever_and_the_reach_says_so():
    world = in_force(Policy("policing", "multiply", 900.0, whom="women"))
    assert lived(world, 0, "policing").max() == LEVERS["policing"].high
    assert world.reach()[0]["clipped"]


@pytest.mark.parametrize(("how", "value", "half"), [("set", 3.0, 2.0), ("multiply", 3.0, 2.0), ("add", 2.0, 2.0)])
def test_a_ramp_grows_evenly_from_the_base_to_the_full_value(how, value, half):
    world = in_force(Policy("policing", how, value, start=2, ramp=4))
    found = [lived(world, week, "policing")[0] for week in range(1, 8)]
    assert found == pytest.approx([1, 1.5, half, 2.5, 3, 3, 3])


def test_two_policies_that_overlap_make_four_kinds_of_people():
    world = in_force(Policy("hope_coaching", "add", 0.5, whom="women"), Policy("hope_coaching", "add", 1.0, whom="has_record"))
    rows = people()
    assert (lived(world, 0, "hope_coaching") == 0.5 * rows["woman"] + 1.0 * rows["record"]).all()
    assert len(world.settings) == 4


def test_the_people_of_a_smaller_share_are_among_those_of_a_larger_one():
    policies = [Policy("hope_coaching", "set", 1.0, covers=share) for share in (0.2, 0.6, 1.0)]
    covered = [lived(in_force(policy), 0, "hope_coaching") > 0 for policy in policies]
    assert (covered[0] <= covered[1]).all()
    assert covered[2].all()
    # A share of 400 people has a standard deviation of at most 2.5 points; four of them are allowed.
    assert [each.mean() for each in covered] == pytest.approx([0.2, 0.6, 1.0], abs=0.1)


def test_a_share_is_chosen_once_and_by_the_seed():
    world = in_force(Policy("hope_coaching", "set", 1.0, covers=0.5))
    first = lived(world, 0, "hope_coaching")
    assert (lived(world, 200, "hope_coaching") == first).all()
    other = lived(in_force(Policy("hope_coaching", "set", 1.0, covers=0.5), seed=8), 0, "hope_coaching")
    assert (other != first).any()


def test_luck_of_coverage_is_even_and_differs_between_levers():
    one, other = coverage_luck(1, "hope_coaching", 20_000), coverage_luck(1, "policing", 20_000)
    assert ((one > 0) & (one < 1)).all()
    # The mean of 20,000 even numbers has a standard deviation of 0.002.
    assert one.mean() == pytest.approx(0.5, abs=0.01)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_places_are_kept_by_those_who_stay_eligible_and_refilled_by_luck():
    rows, world = people(), in_force(Policy("hope_coaching", "set", 1.0, whom="women and not homeless", places=20))
    first = lived(world, 0, "hope_coaching", rows) > 0
    assert first.sum() == 20
    assert (first <= (rows["woman"] == 1)).all()
    luck = coverage_luck(7, "hope_coaching", COUNT)
    assert luck[first].max() < luck[(rows["woman"] == 1) & ~first].min()
    leavers = np.flatnonzero(first)[:3]
    rows["homeless"][leavers] = 1
    second = lived(world, 1, "hope_coaching", rows) > 0
    assert second.sum() == 20
    assert (first & second).sum() == 17
    rows["homeless"][leavers] = 0
    assert ((lived(world, 2, "hope_coaching", rows) > 0) == second).all()
    assert world.reach()[0] == {
        "lever": "hope_coaching", "whom": "women and not homeless", "people": 23, "person_weeks": 60, "places": 20.0,
        "nobody": False, "clipped": False,
    }  # fmt: skip


def test_one_person_leaving_a_place_moves_one_other_only():
    rows, world = people(), in_force(Policy("hope_coaching", "set", 1.0, whom="not homeless", places=50))
    before = lived(world, 0, "hope_coaching", rows)
    rows["homeless"][np.flatnonzero(before)[0]] = 1
    assert (lived(world, 1, "hope_coaching", rows) != before).sum() == 2


def test_fewer_eligible_people_than_places_all_have_one():
    world = in_force(Policy("hope_coaching", "set", 1.0, whom="women", places=350))
    assert (lived(world, 0, "hope_coaching") > 0).sum() == 200
    assert world.reach()[0]["places"] == 200


def test_a_person_is_newly_reached_once_by_each_lever():
    rows = people()
    world = in_force(
        Policy("hope_coaching", "set", 1.0, whom="women"), Policy("hope_coaching", "add", 0.5, start=3, whom="has_record"),
        Policy("skills_training", "set", 1.0, start=3, whom="women"), Policy("policing", "set", 2.0),
    )  # fmt: skip
    reached = {}
    for week in range(5):
        world.turn_to(week, rows)
        reached[week] = [(lever, ids.tolist()) for ids, lever in world.newly_reached]
    women = rows["person"][rows["woman"] == 1].tolist()
    men_with_record = rows["person"][(rows["woman"] == 0) & (rows["record"] == 1)].tolist()
    assert reached == {
        0: [("hope_coaching", women)], 1: [], 2: [], 3: [("hope_coaching", men_with_record), ("skills_training", women)], 4: [],
    }  # fmt: skip


def test_a_policy_that_nobody_meets_says_so():
    world = in_force(Policy("hope_coaching", "set", 1.0, whom="homeless"))
    world.turn_to(0, people())
    assert world.reach()[0]["nobody"]


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**63 - 1))
def test_the_order_in_which_people_are_stored_changes_nothing(shuffle, seed):
    policies = (
        Policy("hope_coaching", "set", 1.0, whom="women", covers=0.4), Policy("hope_coaching", "add", 0.5, places=30),
        Policy("policing", "multiply", 2.0, whom="has_record", start=1, ramp=3), Policy("policing", "add", 1.0),
    )  # fmt: skip
    order = np.random.default_rng(shuffle).permutation(COUNT)
    straight, shuffled = in_force(*policies, seed=seed), in_force(*policies, rows=people(order=order), seed=seed)
    for week in range(4):
        straight.turn_to(week, people())
        shuffled.turn_to(week, people(order=order))
        for lever in ("hope_coaching", "policing"):
            assert (values(straight, lever)[order] == values(shuffled, lever)).all()
        told, other = ([(ids.tolist(), lever) for ids, lever in world.newly_reached] for world in (straight, shuffled))
        assert told == other
    assert straight.reach() == shuffled.reach()


CHANGES = st.tuples(st.sampled_from(list(LEVERS)), st.sampled_from(["set", "multiply", "add"]), st.floats(-50, 50))


@given(st.lists(CHANGES, max_size=5))
def test_settings_never_leave_the_range_of_a_lever(changes):
    policies = [Policy(lever, how, value, whom="women") for lever, how, value in changes]
    world = in_force(*policies)
    world.turn_to(0, people())
    for lever, _, _ in changes:
        known = LEVERS[lever]
        assert ((world.settings[lever][1:] >= known.low) & (world.settings[lever][1:] <= known.high)).all()
