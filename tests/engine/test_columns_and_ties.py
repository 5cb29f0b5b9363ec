"""Everything that should move does, ties are returned, and compiled code is kept or not as asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulation import Scenario, World
from simulation.compiled import cache_folder
from simulation.engine import COUNTS, SUMS
from simulation.errors import WorldError
from simulation.state import FIELDS, TRAITS

ROOT = Path(__file__).resolve().parents[2]

STILL = {
    "coerced": "nobody is made to enter a service unless a policy says so",
    "visited": "nobody inside is visited unless a policy says so",
    "given_kind": "only an experiment gives ties",
    "given_count": "only an experiment gives ties",
}
"""States that nothing changes in `england` as things are, each with the reason; traits never change."""


@pytest.fixture(scope="module")
def ten_years(lived):
    """People of `england` over ten years, seen each quarter; flags without cause at the top of their range, to see some."""
    return lived("baseline", 1500, 10, panel=tuple(range(0, 521, 13)), assumptions={"unjustified_flag_rate": 0.03})


def test_every_column_really_changes_in_a_long_run(ten_years):
    """A column that no week writes would be one that the compiled rule only seems to write."""
    states = list(ten_years.snapshots.values())
    unchanged = {
        one.name for one in FIELDS if all(np.array_equal(state[one.name], states[0][one.name]) for state in states)
    }
    assert unchanged == set(TRAITS) | set(STILL), "a state that never moves, or a trait that does"


def test_every_column_of_the_weekly_table_moves(ten_years):
    """Counts, means and numbers of events: each takes more than one value, those of what policies alone bring apart."""
    weekly = ten_years.weekly
    still = {name for name in weekly.columns if weekly[name].nunique() == 1}
    assert still == {"record_off_events", "diagnosis_off_events", "reached_events"}
    assert len(COUNTS) == len(set(COUNTS))
    assert len(SUMS) == len(set(SUMS))


def test_the_weekly_table_is_what_the_people_are(ten_years):
    """Counts of the last week, added up again from the people at the end."""
    last, end = ten_years.weekly.iloc[-1], ten_years.end
    alive = end["alive"] > 0
    own = alive & (end["own_experience"] > 0)
    assert last["alive"] == alive.sum()
    assert last["use_active"] == (end["use"][alive] == 1).sum()
    assert last["in_custody"] == (end["custody_left"][alive] > 0).sum()
    assert last["family"] == end["family"][alive].sum()
    assert last["own_ties"] == end["degree"][own].sum()
    assert last["mean_identity"] == pytest.approx(end["identity"][own].mean())
    assert last["mean_others_hope"] == pytest.approx(end["hope"][alive & ~own].mean())


def test_the_weekly_table_counts_the_events(ten_years):
    """Each week's number of events of each kind is the number of rows of the event table."""
    counted = ten_years.events.groupby(["week", "event"], observed=False).size().unstack(fill_value=0)
    weekly = ten_years.weekly.set_index("week")
    for name in counted.columns:
        assert np.array_equal(counted[name].to_numpy(), weekly[f"{name}_events"].to_numpy()), name


def test_running_totals_are_what_the_events_say(ten_years):
    """Lapses, relapses, decisions, offences, arrests, convictions and flags of each person."""
    people = ten_years.people
    for total, names in {
        "count_lapses": ["lapse"], "count_relapses": ["relapse"], "count_offences": ["offence"],
        "count_decisions": ["decided_gradually", "decided_suddenly"], "count_arrests": ["arrest"],
        "count_convictions": ["conviction"], "count_flags": ["flag_on"],
    }.items():  # fmt: skip
        happened = ten_years.events[ten_years.events["event"].isin(names)]["person"]
        assert np.array_equal(np.bincount(happened, minlength=len(people)), people[total].to_numpy()), total


# Ties


def test_ties_are_returned_after_many_weeks():
    """Whoever holds a place with another is held by that other, once, and is nobody's kin and not themselves."""
    world = World(Scenario.load("baseline").with_settings(people=500), 1)
    for _ in range(150):
        world.step()
    world.check()
    others, kin = world.ties.others, world.ties.kin
    for me in range(500):
        mine = [int(other) for other in others[me] if other >= 0]
        assert len(mine) == len(set(mine))
        assert me not in mine
        assert not set(mine) & {int(other) for other in kin[me]}
        assert all(me in others[other] for other in mine)
        assert all(me in kin[other] for other in kin[me] if other >= 0)
    dead = np.flatnonzero(world.snapshot()["alive"] == 0)
    assert (others[dead] == -1).all()
    assert not np.isin(others, dead).any()


def test_a_tie_that_is_not_returned_is_noticed():
    """The check that worlds are held to would see it."""
    world = World(Scenario.load("baseline").with_settings(people=50), 1)
    me = int(np.flatnonzero(world.ties.others[:, 0] >= 0)[0])
    world.ties.others[me, 0] = -1
    with pytest.raises(WorldError, match="not returned"):
        world.check()


@pytest.mark.parametrize(("name", "value"), [("identity", 1.01), ("hope", float("nan")), ("use", 4), ("degree", 18)])
def test_a_person_out_of_range_is_noticed(name, value):
    """Also where the number is no number."""
    world = World(Scenario.load("baseline").with_settings(people=50), 1)
    world.people[name][3] = value
    with pytest.raises(WorldError, match=name):
        world.check()


# Compiled code


def test_without_a_cache_nothing_is_kept(monkeypatch):
    """RECOVERY_CACHE=off keeps nothing."""
    monkeypatch.setenv("RECOVERY_CACHE", "off")
    assert cache_folder() is None


def test_a_folder_named_for_the_cache_keeps_what_else_is_in_it(monkeypatch, tmp_path):
    """Old compiled code is forgotten; nobody's own folders are."""
    for name in ("letters", "photographs", "results", "thesis"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("RECOVERY_CACHE", str(tmp_path))
    folder = cache_folder()
    assert folder is not None
    assert folder.is_dir()
    assert {path.name for path in tmp_path.iterdir()} >= {"letters", "photographs", "results", "thesis"}


def test_a_folder_that_cannot_be_written_is_done_without(monkeypatch, tmp_path):
    """Compiling then takes its time on every run, and works."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RECOVERY_CACHE", str(tmp_path / "file"))
    assert cache_folder() is None


@pytest.mark.slow
def test_a_run_without_a_cache_gives_the_same_history(lived):
    """In a process of its own, compiling everything anew."""
    code = (
        "from simulation import simulate\n"
        "history = simulate('baseline', people=100, years=0.2, seed=1)\n"
        "import sys; sys.stdout.write(repr(float(history.end['identity'].sum())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"RECOVERY_CACHE": "off"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert float(done.stdout) == lived("baseline", 100, 0.2).end["identity"].sum()
