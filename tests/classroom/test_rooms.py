"""Rooms are bounded, belong to one page each, and close when their page has gone."""

from __future__ import annotations

import time

import pytest

from analysis.classroom.rooms import Rooms, RoomsFull
from simulation import Scenario
from simulation.errors import UserError

PLANS = tuple(Scenario.load(name).with_settings(20, 1.5) for name in ("the-visit", "independent-advocates"))


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def rooms():
    made = Rooms(most=2, idle=60.0, clock=Clock())
    yield made
    made.close_all()


def test_one_page_too_many_is_told_so_and_may_come_when_another_has_gone(rooms):
    for key in ("one", "two"):
        rooms.open(key, *PLANS, 1)
    with pytest.raises(RoomsFull, match="2 pages at once"):
        rooms.open("three", *PLANS, 1)
    rooms.close("one")
    rooms.open("three", *PLANS, 1)
    assert len(rooms) == 2


def test_a_page_that_opens_again_keeps_its_place(rooms):
    for key in ("one", "two", "two"):
        rooms.open(key, *PLANS, 1)
    assert len(rooms) == 2


def test_worlds_that_cannot_be_lived_take_no_place(rooms):
    with pytest.raises(UserError):
        rooms.open("one", *(plan.with_settings(people=1000) for plan in PLANS), 1)
    assert len(rooms) == 0


def test_an_idle_room_is_closed_and_one_in_use_is_not(rooms):
    for key in ("one", "two"):
        rooms.open(key, *PLANS, 1)
    rooms.clock.now = 50.0
    assert rooms.find("two") is not None
    rooms.clock.now = 100.0
    assert rooms.sweep() == 1
    assert rooms.find("one") is None
    assert rooms.find("two") is not None


def test_rooms_are_swept_in_the_background_and_closed_in_the_end(rooms):
    with rooms.swept(every=0.01):
        for key in ("one", "two"):
            rooms.open(key, *PLANS, 1)
        rooms.find("one")
        rooms.clock.now = 61.0
        while len(rooms):
            time.sleep(0.01)
        rooms.open("one", *PLANS, 1)
    assert len(rooms) == 0
