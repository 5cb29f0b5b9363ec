"""Asking memory early for the rows of people changes nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from simulation import engine, simulate
from simulation.ties import NOBODY, OTHER_PLACES


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
