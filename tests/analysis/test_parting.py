"""Identical until, only because: the first lives to part are found, with what reached them."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import compare
from analysis.parting import parting
from analysis.stretch import Stretch
from simulation.levers import LEVERS

ADVOCATE = list(LEVERS).index("independent_advocate")
REACHED = (5, 1, "reached", ADVOCATE)
AREAS = ("home", "new")


@pytest.fixture
def pair(hand_made):
    """Two stretches of ten weeks of four people, which begin in week 4 of their world, from their events."""

    def made(*both):
        worlds = [hand_made(4, 10, events) for events in both]
        return [Stretch(world.start, world.end, 4, 10, world.columns) for world in worlds]

    return made


def test_equal_lives_never_part(pair):
    events = [(2, 1, "lapse", "use"), (3, 0, "arrest")]
    found = parting(*pair(events, events), AREAS)
    assert (found.week, found.people, found.first) == (None, 0, ())
    assert (found.reached_week, found.reached, found.reached_and_parted, found.only_parted) == (None, 0, 0, 0)


def test_being_reached_is_no_parting_by_itself(pair):
    found = parting(*pair([], [REACHED]), AREAS)
    assert (found.reached_week, found.reached) == (4 + 5, 1)
    assert found.week is None


def test_the_first_to_part_are_told_with_both_lives_and_what_reached_them(pair):
    base = [(2, 3, "arrest"), (6, 1, "lapse", "use"), (8, 2, "lapse", "use")]
    other = [(2, 3, "arrest"), REACHED]
    found = parting(*pair(base, other), AREAS)
    assert (found.week, found.people) == (4 + 6, 1)
    assert found.first[0].person == 1
    assert found.first[0].reached_by == "independent advocate"
    assert "lapsed in substance use" in found.first[0].in_base
    assert found.first[0].in_other == "none of that"
    assert (found.reached_and_parted, found.only_parted) == (1, 1)


def test_those_whom_a_policy_reached_are_told_first(pair):
    other = [(5, 1, "reached", ADVOCATE), (6, 0, "arrest"), (6, 1, "arrest")]
    found = parting(*pair([], other), AREAS)
    assert [one.person for one in found.first] == [1, 0]
    assert found.people == 2


def test_a_policy_common_to_both_worlds_reaches_nobody_in_one_alone(pair):
    found = parting(*pair([REACHED], [REACHED, (7, 1, "arrest")]), AREAS)
    assert (found.reached, found.first[0].reached_by, found.only_parted) == (0, "", 1)


def test_the_same_event_once_more_is_a_difference(pair):
    found = parting(*pair([(3, 0, "tie_made", 1)], [(3, 0, "tie_made", 1), (3, 0, "tie_made", 1)]), AREAS)
    assert (found.week, found.people) == (4 + 3, 1)


def test_the_order_of_the_worlds_changes_nobody_who_parts(pair):
    worlds = pair([(2, 3, "arrest"), (6, 1, "lapse", "use")], [REACHED, (6, 2, "arrest")])
    one, two = parting(*worlds, AREAS), parting(*worlds[::-1], AREAS)
    assert (one.week, one.people, one.reached_and_parted, one.only_parted) == (
        two.week, two.people, two.reached_and_parted, two.only_parted,
    )  # fmt: skip


@pytest.fixture(scope="module")
def effects():
    return compare("the-visit", ["independent-advocates"], people=200, years=1.25, seeds=[1, 2], draws=0, workers=1)


def test_in_real_worlds_nobody_parts_before_the_policy_reaches_them(effects):
    table = effects.partings
    assert set(table["seed"]) == {1, 2}
    assert (table["week"] >= table["reached_from"]).all()
    assert (table["reached_from"] >= table["same_until"]).all()
    assert (table["reached_by"] == "independent advocate").all()
    first, ever, _ = effects.parting("independent-advocates")
    assert "week 5" in first
    assert "whom none covers" in ever


def test_people_whose_outcome_differs_are_those_that_the_ledger_counts(effects):
    policy = effects.ledger[effects.ledger["pair"] == "policy"].iloc[0]
    counted = effects.people["reading"].value_counts()
    for reading in ("helped", "harmed", "later", "earlier"):
        assert counted.get(reading, 0) == policy[reading]
    helped = effects.people[effects.people["reading"] == "helped"]
    assert len(helped) > 0
    assert helped["base_week"].notna().all()
    assert helped["other_week"].isna().all()


def test_the_net_of_the_ledger_is_the_effect_on_an_outcome_of_yes_or_no(effects):
    policy = effects.ledger[effects.ledger["pair"] == "policy"].iloc[0]
    primary = effects.primary()
    np.testing.assert_allclose(policy["net_per_1000"], -primary["effect"])
    np.testing.assert_allclose([policy["low_luck"], policy["high_luck"]], [-primary["high_luck"], -primary["low_luck"]])


def test_groups_of_one_trait_hold_everybody_of_the_primary_group_once(effects):
    groups = effects.groups.set_index("group")
    for trait in (["women", "men"], ["under 30", "30 to 49", "50 and over"], ["a record", "no record"]):
        assert groups.loc[trait, "people"].sum() == groups.loc["flagged_without_cause", "people"]
    few = groups[groups["people"] < 30]
    assert len(few) > 0
    assert few[["effect", "low_luck", "high_luck", "helped_per_1000"]].isna().all(axis=None)
    assert few["note"].str.contains("not reported").all()


def test_the_placebo_stands_beside_every_group(effects):
    told = effects.groups[effects.groups["note"] == ""]
    assert (told[["placebo_helped_per_1000", "placebo_harmed_per_1000"]] == 0.0).all(axis=None)
