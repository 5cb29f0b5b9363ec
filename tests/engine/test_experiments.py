"""Experiments do to a life exactly what they say, when they say it, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation import RecoveryModel, Scenario, settle, simulate
from simulation.scenario_parts import Experiment

BASE = replace(Scenario.load("baseline"), people=240, years=0.75)
WEEKS = 39


@pytest.fixture(scope="module")
def start():
    """One start for every world here."""
    return settle(BASE, seed=4)


def lived(start, *experiments, panel=(), **changes):
    """The world with these experiments."""
    return simulate(replace(BASE, experiments=experiments, **changes), seed=4, start=start, panel=panel)


def of_experiments(world):
    """Events that an experiment wrote."""
    return world.events[world.events["cause"] == "experiment"]


def test_nothing_differs_before_an_experiment_begins(start):
    """To the bit."""
    plain = lived(start, panel=(10,))
    other = lived(start, Experiment("set", "hope", 0.9, start=10), panel=(10,))
    assert plain.weekly.iloc[:10].equals(other.weekly.iloc[:10])
    assert all(np.array_equal(plain.snapshots[10][n], other.snapshots[10][n]) for n in plain.end.dtype.names)
    assert not plain.weekly.equals(other.weekly)


def test_a_cap_holds_a_state_down_for_as_long_as_it_lasts(start):
    """Nobody's hope rises above it; whoever was above comes down at once; afterwards hope is free again."""
    world = lived(start, Experiment("cap", "hope", 0.3, start=5, lasts=10), panel=(6, 15, WEEKS))
    for week in (6, 15):
        alive = world.snapshots[week]["alive"] > 0
        assert world.snapshots[week]["hope"][alive].max() <= 0.3
    assert world.snapshots[WEEKS]["hope"].max() > 0.4
    assert world.tried[0]["person_weeks"] == pytest.approx(240 * 10, abs=5)


def test_a_freeze_keeps_each_persons_own_value(start):
    """Through lapses and sudden decisions too."""
    world = lived(start, Experiment("freeze", "identity", start=2), panel=(2, WEEKS))
    alive = world.end["alive"] > 0
    assert np.array_equal(world.snapshots[2]["identity"][alive], world.end["identity"][alive])
    assert world.events["event"].isin(["lapse"]).any()


def test_a_state_is_set_or_added_to_once_within_its_range(start):
    """For those whom the rule names; the clip keeps it in its range."""
    world = lived(start, Experiment("set", "record", 0.0, whom="has_record"), panel=(1,))
    assert start.people["record"].any()
    assert not world.snapshots[1]["record"].any()
    more = lived(start, Experiment("add", "skills", 1.0, start=3))
    assert np.allclose(more.end["skills"], start.people["skills"] + 1.0)
    full = lived(start, Experiment("add", "coherence", 5.0, start=3), panel=(4,))
    assert full.snapshots[4]["coherence"].max() <= 1.0


def test_roles_are_given_and_taken_and_people_moved_with_an_event_each(start):
    """Only where it changes something; the cause says that it was an experiment."""
    world = lived(
        start, Experiment("give_role", what="giving", start=1), Experiment("take_role", what="work", start=2),
        Experiment("move", what="new", start=3),
    )  # fmt: skip
    events = of_experiments(world)
    assert set(events["event"]) == {"role_gained", "role_lost", "moved"}
    gained = events[events["event"] == "role_gained"]
    assert (gained["week"] == 1).all()
    assert set(gained["detail"]) == {"giving"}
    assert not gained["person"].duplicated().any()


def test_a_given_tie_adds_a_supporter_beyond_the_seven_and_is_taken_back_when_it_has_lasted(start):
    """The person has one tie more; if it is a year into recovery, one role model more."""
    plain = lived(start, panel=(1, 20))
    world = lived(start, Experiment("give_tie", what="recovering_a_year", lasts=15), panel=(1, 20))
    more = world.snapshots[1]["degree"].astype(int) - plain.snapshots[1]["degree"]
    alive = plain.snapshots[1]["alive"] > 0
    assert (more[alive] == 1).all()
    assert (world.snapshots[1]["role_models"][alive] >= plain.snapshots[1]["role_models"][alive]).all()
    assert (world.snapshots[1]["social_capital"][alive] >= plain.snapshots[1]["social_capital"][alive]).all()
    assert not world.snapshots[20]["given_count"].any()


def test_ties_taken_away_leave_nobody_below_none(start):
    """Two supporters fewer, or none."""
    world = lived(start, Experiment("give_tie", what="well", count=-7), panel=(1,))
    assert world.snapshots[1]["supporters"].min() >= 0.0
    assert world.snapshots[1]["degree"].min() >= 0


def test_an_experiment_after_an_event_begins_in_the_week_after_it_once_for_each_person(start):
    """`after` weeks later where it says so; only those to whom it happened are touched."""
    world = lived(start, Experiment("give_role", what="giving", when="decided", after=3))
    plain = lived(start)
    decided = plain.events[plain.events["event"].isin(["decided_gradually", "decided_suddenly"])]
    first = decided.groupby("person")["week"].min()
    given = of_experiments(world).set_index("person")["week"]
    assert len(given) > 5
    assert (given == first.reindex(given.index) + 4).all()


def test_an_experiment_may_wait_for_an_event_in_one_domain(start):
    """Decisions in another domain do not begin it."""
    world = lived(start, Experiment("take_role", what="family", when="decided", domain="use"))
    plain = lived(start)
    rows = plain.events[plain.events["event"].isin(["decided_gradually", "decided_suddenly"])]
    in_use = set(rows[rows["domain"] == "use"]["person"])
    assert set(of_experiments(world)["person"]) <= in_use


def test_people_covered_by_a_smaller_share_are_among_those_of_a_larger_one(start):
    """Each person's luck decides once."""
    reached = [
        set(of_experiments(lived(start, Experiment("move", what="new", start=1, covers=share)))["person"])
        for share in (0.2, 0.6)
    ]
    assert reached[0]
    assert reached[0] < reached[1]


def test_plain_and_compiled_agree_on_every_experiment(start):
    """The same history from both engines."""
    plan = replace(
        BASE, people=60, years=0.3,
        experiments=(
            Experiment("cap", "social_capital", 0.2, start=1), Experiment("freeze", "distress", start=3, covers=0.5),
            Experiment("give_tie", what="in_a_problem", count=2, start=2), Experiment("give_role", what="work", start=4),
            Experiment("add", "identity", -0.2, when="lapse"),
        ),
    )  # fmt: skip
    one, other = (simulate(plan, seed=4, engine=engine) for engine in ("plain", "compiled"))
    assert one.weekly.equals(other.weekly)
    assert one.events.equals(other.events)


def test_a_model_of_people_lives_experiments_as_simulate_does():
    """Step by step, with the same history."""
    plan = replace(BASE, people=60, years=0.3, experiments=(Experiment("set", "hope", 0.9, start=2),))
    model = RecoveryModel(plan, seed_number=4)
    while model.running:
        model.step()
    assert np.array_equal(model.snapshot()["hope"] if hasattr(model, "snapshot") else model.world.snapshot()["hope"],
                          simulate(plan, seed=4).end["hope"])


def test_what_is_switched_off_does_not_move_for_an_experiment_either(start):
    """So that an ablation takes the experiment's own path away too."""
    off = {"switch_off": ("hope",)}
    plain, tried = lived(start, **off), lived(start, Experiment("set", "hope", 0.9, start=3), **off)
    assert plain.weekly.equals(tried.weekly)
