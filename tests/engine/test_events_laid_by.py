"""Events of many weeks lie in a file instead of memory, and tables are written part by part: what is read is the same."""

from __future__ import annotations

import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest

import simulation.history
import simulation.run
from simulation import simulate
from simulation.book import KINDS, WeekEvents
from simulation.book_shelf import Shelf
from simulation.errors import WorldError

COLUMNS = ("person", "event", "domain", "detail", "cause", "value")


def weeks_of(*sizes: int) -> list[WeekEvents]:
    """Weeks of so many events, no two of them alike."""
    luck = np.random.default_rng(1)
    return [
        WeekEvents(
            week, *(luck.integers(0, 100, size).astype(kind) for kind in KINDS), luck.standard_normal(size),
        )
        for week, size in enumerate(sizes)
    ]  # fmt: skip


def filled(weeks: list[WeekEvents], near: int) -> Shelf:
    shelf = Shelf(near)
    for week in weeks:
        shelf.append(week)
    return shelf


def alike(one: WeekEvents, other: WeekEvents) -> bool:
    same = (getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in COLUMNS)
    return one.week == other.week and all(same)


@pytest.mark.parametrize("near", [0, 400, 10**9], ids=["nothing", "a few weeks", "all"])
def test_a_shelf_gives_back_every_week_as_it_was_whatever_it_may_hold(near):
    weeks = weeks_of(3, 0, 12, 1, 0, 0, 40, 7)
    shelf = filled(weeks, near)
    assert len(shelf) == len(weeks)
    assert shelf.events == sum(map(len, weeks))
    assert shelf.sizes() == list(map(len, weeks))
    assert all(map(alike, shelf, weeks))
    assert alike(shelf[-1], weeks[-1])
    assert all(map(alike, shelf[2:7:2], weeks[2:7:2]))
    assert all(getattr(shelf[2], name).dtype == getattr(weeks[2], name).dtype for name in COLUMNS)
    with pytest.raises(IndexError):
        shelf[len(weeks)]


def test_a_copy_of_a_shelf_sent_to_another_process_holds_every_week():
    weeks = weeks_of(3, 12, 5)
    assert all(map(alike, pickle.loads(pickle.dumps(filled(weeks, 0))), weeks))


def test_a_shelf_leaves_no_file_that_anybody_could_find(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    shelf = filled(weeks_of(3, 12), 0)
    assert list(tmp_path.iterdir()) == []
    assert len(shelf[1]) == 12


def test_where_no_file_can_be_written_a_shelf_holds_everything(monkeypatch):
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    weeks = weeks_of(3, 12, 5)
    assert all(map(alike, filled(weeks, 0), weeks))


def test_what_was_laid_by_and_cannot_be_read_back_is_never_taken_for_events():
    shelf = filled(weeks_of(3, 12), 0)
    shelf._file.truncate(20)
    with pytest.raises(WorldError, match="cannot be read back"):
        shelf[1]


def test_a_world_whose_events_are_laid_by_and_written_in_parts_has_the_same_history(monkeypatch, tmp_path):
    """Held and laid by, whole and in parts: the same tables, in memory and read back from files."""
    held = simulate("baseline", people=90, years=0.5, seed=3, panel=(0, 26))
    held.write(tmp_path / "whole", csv=True)
    monkeypatch.setattr(simulation.run, "Shelf", partial(Shelf, 0))
    monkeypatch.setattr(simulation.history, "PEOPLE_A_PART", 17)
    monkeypatch.setattr(simulation.history, "EVENTS_A_PART", 50)
    laid = simulate("baseline", people=90, years=0.5, seed=3, panel=(0, 26))
    assert len(laid.happened) == 26
    paths = laid.write(tmp_path / "parts", csv=True)
    assert {path.name for path in paths} == {path.name for path in (tmp_path / "parts").iterdir()}
    for name in ("weekly", "people", "events", "panel"):
        whole, parts = (pd.read_parquet(tmp_path / folder / f"{name}.parquet") for folder in ("whole", "parts"))
        pd.testing.assert_frame_equal(parts, whole, check_exact=True)
        assert (tmp_path / "parts" / f"{name}.csv").read_bytes() == (tmp_path / "whole" / f"{name}.csv").read_bytes()
    pd.testing.assert_frame_equal(laid.events, held.events, check_exact=True)


def test_a_world_without_a_week_has_tables_too(tmp_path):
    """Its tables of events and weeks are empty, with the same columns."""
    history = simulate("baseline", people=30, years=0.5, seed=3, events=False)
    history.write(tmp_path)
    written = pd.read_parquet(tmp_path / "events.parquet")
    assert list(written.columns) == list(history.events.columns)
    assert len(written) == 0
