"""How rows of people lie in memory, and that asking memory for them early changes nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from simulation import engine, simulate
from simulation.state import FIELDS, STATE_DTYPE
from simulation.ties import NOBODY, OTHER_PLACES

LINE = 64
"""Bytes of a line of a processor's cache."""

READ_WITH_TIES = {"person", "use", "offending", "mental_health", "alive", "custody_left", "sustained", "exposure"}


def test_no_two_things_known_about_a_person_share_a_byte():
    places = [(offset, offset + kind.itemsize) for kind, offset in STATE_DTYPE.fields.values()]
    taken = np.concatenate([np.arange(*place) for place in places])
    assert len(np.unique(taken)) == len(taken)
    assert STATE_DTYPE.isalignedstruct


def test_names_of_things_known_are_in_the_order_in_which_they_are_declared():
    assert STATE_DTYPE.names == tuple(field.name for field in FIELDS)
    assert [STATE_DTYPE[field.name].str[1:] for field in FIELDS] == [field.type for field in FIELDS]


def test_a_row_is_whole_lines_of_the_cache_with_less_than_one_of_them_lost():
    used = sum(STATE_DTYPE[name].itemsize for name in STATE_DTYPE.names)
    assert STATE_DTYPE.itemsize % LINE == 0
    assert STATE_DTYPE.itemsize - used < LINE


def test_what_the_tie_step_reads_of_a_person_lies_in_one_line_of_the_cache():
    assert max(STATE_DTYPE.fields[name][1] + STATE_DTYPE[name].itemsize for name in READ_WITH_TIES) <= LINE


def test_memory_is_asked_for_the_ties_of_a_person_whose_turn_comes_and_never_beyond_the_last(monkeypatch):
    """The rows asked for are those of the ties of the person `AHEAD` rows on, in whatever order people are stored."""
    asked = []
    monkeypatch.setattr(engine, "fetch", lambda table, row: asked.append(int(row)))
    people = [SimpleNamespace(person=me) for me in (3, 1, 0, 2)]
    others = np.full((4, OTHER_PLACES), NOBODY)
    others[:, :2] = [[1, 2], [0, 3], [3, 0], [2, 1]]
    for row in range(4):
        engine.foresee(row, 4, people, None, others)
    turns = [people[row].person for row in range(engine.AHEAD, 4)]
    assert [one for one in asked if one != NOBODY] == [other for me in turns for other in others[me, :2]]
    assert turns == [0, 2]


@pytest.mark.slow
def test_people_too_many_for_the_cache_live_alike_on_one_thread_and_on_two_in_any_order(same):
    """From `FEW` people on, the tie step too asks memory beforehand."""
    people = engine.FEW + 1
    one = simulate("baseline", people=people, years=3 / 52, seed=1, threads=1)
    same(one, simulate("baseline", people=people, years=3 / 52, seed=1, threads=2, stored=np.arange(people)[::-1]))
