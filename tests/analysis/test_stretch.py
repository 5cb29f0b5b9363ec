"""A stretch of a world is the same whether it was just lived or read back from files."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.measures_lives import Lives
from analysis.packing import pack_world, unpack_world
from analysis.stretch import NoEvents, stretch_of, stretch_of_history
from simulation import simulate
from simulation.history import EVENT_COLUMNS, columns_of_table, columns_of_weeks
from simulation.state import DOMAINS


@pytest.fixture(scope="module")
def history():
    return simulate("the-visit", people=300, years=2, seed=1, panel=(4, 56), threads=1)


def test_events_put_into_words_are_read_back_as_the_same_numbers(history):
    numbers = columns_of_weeks(history.happened)
    again = columns_of_table(history.events, history.scenario.area_names)
    assert len(numbers) > 1_000
    for name in EVENT_COLUMNS:
        np.testing.assert_array_equal(getattr(numbers, name), getattr(again, name), err_msg=name)


def test_events_of_other_words_are_refused(history):
    wrong = history.events.assign(cause=history.events["cause"].cat.rename_categories({"chance": "whim"}))
    with pytest.raises(ValueError, match="unknown words in cause"):
        columns_of_table(wrong, history.scenario.area_names)


def test_a_stretch_of_a_kept_world_is_that_of_the_world_lived(history):
    kept = unpack_world(pack_world("a", {}, history, (4, 56), events=True))
    lived, read = (stretch_of(world, 4, 56, events=True) for world in (history, kept))
    for name in EVENT_COLUMNS:
        np.testing.assert_array_equal(getattr(lived.columns, name), getattr(read.columns, name), err_msg=name)
    assert (read.columns.week.min(), read.columns.week.max()) == (0, 51)
    np.testing.assert_array_equal(lived.end, read.end)


def test_lives_of_a_stretch_begin_at_its_first_week(history):
    part = stretch_of(history, 4, 56, events=True).lives
    whole = Lives(history, np.ones(300, dtype=bool))
    for domain in DOMAINS:
        np.testing.assert_array_equal(part.status(domain), whole.status(domain)[4:57])
    np.testing.assert_array_equal(part.custody, whole.custody[4:57])


def test_the_week_of_a_death_is_not_lived_to_its_end(history):
    part = stretch_of_history(history)
    dead = part.end["alive"] == 0
    lived = part.alive_weeks()
    assert dead.any()
    assert (lived[~dead] == 104).all()
    np.testing.assert_array_equal(lived[dead], part.lives.died[dead])


def test_nothing_of_events_can_be_asked_where_none_were_kept(history):
    part = stretch_of(history, 4, 56, events=False)
    with pytest.raises(NoEvents):
        _ = part.lives
