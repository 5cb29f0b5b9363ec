"""What is switched off no longer moves, whichever engine lives it, and nothing else about a start changes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from simulation import Scenario, settle, simulate
from simulation.mechanisms import FORMS, HELD, LAYERS, MECHANISMS
from simulation.scenario_parts import Experiment, Policy

BASE = replace(Scenario.load("baseline"), people=400, years=0.75, own_experience=0.8)
PANEL = (0, 1, 20, 39)

RARE = (
    "disclosure_delay", "advocacy", "flag_distress", "deterrence", "kin_contagion", "detection_by_label", "support_home",
    "institution_penalty",
)  # fmt: skip
"""What acts on flags, homelessness or release, too rare in so few people: tests/rule shows each of them at work."""


@pytest.fixture(scope="module")
def start():
    """One start for every world here."""
    return settle(BASE, seed=3)


@pytest.fixture(scope="module")
def whole(start):
    """The world with nothing switched off."""
    return simulate(BASE, seed=3, start=start, panel=PANEL)


@pytest.mark.parametrize("name", [*MECHANISMS, *FORMS])
def test_a_switch_acts_from_week_nought_and_changes_something(start, whole, name):
    """The start is the same to the bit, and some state or event differs within the year."""
    key = "switch_off" if name in MECHANISMS else "switch_on"
    other = simulate(replace(BASE, **{key: (name,)}), seed=3, start=start, panel=PANEL)
    for column in whole.start.dtype.names:
        assert np.array_equal(whole.start[column], other.start[column]), column
    if name in RARE:
        return
    assert not whole.weekly.equals(other.weekly)


@pytest.mark.parametrize("name", [name for name, one in MECHANISMS.items() if set(one.holds) & set(HELD)])
def test_a_state_held_at_its_mean_is_the_same_for_each_kind_of_person_and_never_moves(start, name):
    """People with own experience at theirs, the others at theirs: the means of the starting population."""
    world = simulate(replace(BASE, switch_off=(name,)), seed=3, start=start, panel=PANEL)
    (state,) = MECHANISMS[name].holds
    for own in (0, 1):
        mask = world.start["own_experience"] == own
        values = [world.snapshots[week][state][mask & (world.snapshots[week]["alive"] > 0)] for week in PANEL[1:]]
        assert np.ptp(np.concatenate(values)) < 1e-12
        # What follows from ties is worked out anew as the switch is thrown.
        assert values[0][0] == pytest.approx(world.start[state][mask].mean(), abs=0.01)


def test_lasting_differences_switched_off_leave_everybody_at_the_mean(start):
    """So that all share one liability."""
    world = simulate(replace(BASE, switch_off=("frailty",)), seed=3, start=start)
    for name in MECHANISMS["frailty"].holds:
        assert np.ptp(world.end[name][world.end["own_experience"] > 0]) < 1e-12


def test_ties_stay_as_they_are_where_changes_of_ties_are_switched_off(start):
    """No tie is made, none ends but by death, and kin stay as they stand."""
    events = simulate(replace(BASE, switch_off=("tie_changes",)), seed=3, start=start).events
    assert not events["event"].isin(["tie_made", "kin_estranged", "kin_reconciled"]).any()
    assert set(events.loc[events["event"] == "tie_ended", "cause"]) <= {"death"}


def test_without_location_all_live_in_one_area_and_nobody_moves(start):
    """Not even those whom a policy would move."""
    plan = replace(BASE, policies=(Policy("relocation", "set", 1.0, start=5),))
    world = simulate(replace(plan, switch_off=("location",)), seed=3, start=start)
    assert not world.end["area"].any()
    assert not (world.events["event"] == "moved").any()


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer != "labels"])
def test_a_layer_is_lived_from_the_draw_and_its_start_can_be_shared(layer):
    """What the layer leaves out is held in burn-in too; a world begun from the settled start is the same to the bit."""
    plan = replace(BASE, layer=layer)
    own, shared = simulate(plan, seed=3), simulate(plan, seed=3, start=settle(plan, seed=3))
    assert own.weekly.equals(shared.weekly)
    assert own.events.equals(shared.events)
    for name in LAYERS[layer]:
        for state in set(MECHANISMS[name].holds) & set(HELD):
            mask = own.start["own_experience"] > 0
            assert np.ptp(own.start[state][mask]) < 1e-9, state


def test_in_the_null_layer_no_psychology_moves_and_lapses_still_come_and_go():
    """Hazards with duration and frailty, and nothing else."""
    world = simulate(replace(BASE, layer="null", people=600), seed=3)
    assert np.ptp(world.weekly["mean_identity"].to_numpy()) < 0.02  # moves only as people die
    assert (world.events["event"] == "lapse").sum() > 20
    assert not world.events["event"].isin(["tie_made", "moved"]).any()


def test_the_plain_engine_lives_switches_as_the_compiled_one_does(start):
    """All of them at once, and the forms."""
    off = tuple(name for name in MECHANISMS if name not in ("services", "peers"))
    plan = replace(BASE, people=60, years=0.25, switch_off=off, switch_on=tuple(FORMS))
    one, other = (simulate(plan, seed=3, engine=engine) for engine in ("plain", "compiled"))
    assert one.weekly.equals(other.weekly)
    assert one.events.equals(other.events)


def test_layers_are_nested_and_the_full_model_leaves_nothing_out():
    """Each adds to the one before it."""
    names = list(LAYERS)
    assert names == ["null", "network", "identity", "labels"]
    for smaller, larger in pairwise(names):
        assert set(LAYERS[larger]) < set(LAYERS[smaller])
    assert LAYERS["labels"] == ()


def test_a_world_with_other_people_cannot_be_begun_from_a_start_of_another_layer(start):
    """The start says what decided it."""
    from simulation.errors import ComparisonError

    with pytest.raises(ComparisonError, match="layer"):
        simulate(replace(BASE, layer="null"), seed=3, start=start)


@pytest.mark.parametrize(
    "changes", [{"switch_off": ("hope", "frailty", "peers", "location")}, {"layer": "null"}], ids=["off", "layer"]
)
def test_what_is_held_does_not_depend_on_the_order_in_which_people_are_stored(changes):
    """Means are the same to the last bit whoever is added up first."""
    plan = replace(BASE, people=300, years=0.5, **changes)
    one = simulate(plan, seed=3)
    other = simulate(plan, seed=3, stored=np.random.default_rng(1).permutation(300))
    for name in one.end.dtype.names:
        assert np.array_equal(one.end[name], other.end[name]), name
    assert one.events.equals(other.events)


def test_a_state_is_frozen_as_it_stands_at_week_nought_after_what_defines_the_cohort():
    """People just released are free again: what follows from their ties and labels is worked out anew."""
    plan = replace(Scenario.load("leaving-prison"), people=400, years=0.1)
    start = settle(plan, seed=3).people
    frozen = simulate(replace(plan, experiments=(Experiment("freeze", "social_capital"),)), seed=3, panel=(3,))
    alive = frozen.snapshots[3]["alive"] > 0
    assert np.array_equal(frozen.snapshots[3]["social_capital"][alive], start["social_capital"][alive])
    off = simulate(replace(plan, switch_off=("social_capital",)), seed=3, panel=(3,))
    own = alive & (start["own_experience"] > 0)
    assert off.snapshots[3]["social_capital"][own][0] == pytest.approx(start["social_capital"][own].mean(), abs=1e-12)


def test_with_services_off_more_of_them_change_nothing():
    """People come and go, and nothing follows: not even new ties."""
    plan = replace(Scenario.load("entering-treatment"), people=400, years=1, switch_off=("services",))
    more = replace(plan, policies=(Policy("service_coverage_use", "set", 10.0),))
    one, other = simulate(plan, seed=3), simulate(more, seed=3)
    assert other.end["weeks_service"].sum() > one.end["weeks_service"].sum()
    for name in ("identity", "hope", "degree", "count_lapses", "count_relapses", "self_stigma", "diagnosis"):
        assert np.array_equal(one.end[name], other.end[name]), name
