"""A room lives two worlds on, week by week, and they are the worlds that a lesson records."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from analysis.classroom.lesson import make_lesson
from analysis.classroom.looks import STATUS_BITS
from analysis.classroom.session import KIND_BITS, PERSON_BITS, Room, keys_of
from simulation import Scenario
from simulation.errors import UserError

WEEKS = 57


@pytest.fixture(scope="module")
def plans():
    return tuple(Scenario.load(name).with_settings(60, 2) for name in ("the-visit", "independent-advocates"))


@pytest.fixture(scope="module")
def room(plans):
    opened = Room(*plans, seed=1)
    opened.step(WEEKS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def luck():
    return make_lesson("the-visit", "independent-advocates", people=60, years=2, seeds=(1,)).lucks[0]


def ties_of(keys):
    """Ties again from their numbers, shape (ties, 3), as a page reads them."""
    people = keys >> KIND_BITS
    return np.column_stack((people >> PERSON_BITS, people & (2**PERSON_BITS - 1), keys & (2**KIND_BITS - 1)))


def codes_of(sent):
    """One row a week, one byte a person."""
    return np.frombuffer(base64.b64decode(sent["codes"]), dtype=np.uint8).reshape(-1, 60)


def ties_in(sent, week):
    """The ties of a week, from those that came and went until then."""
    ties = set()
    for made, ended in zip(sent["made"][: week + 1], sent["ended"][: week + 1], strict=True):
        ties = (ties - set(ended)) | set(made)
    return ties_of(np.array(sorted(ties), dtype=np.int64))


def test_every_week_kept_is_the_week_that_a_lesson_records(room, luck):
    for world in (0, 1):
        recorded, sent = luck.worlds[world], room.since(0)["worlds"][world]
        for week in (0, 4, 5, 30, WEEKS):
            np.testing.assert_array_equal(codes_of(sent)[week], recorded.codes[week])
            there = recorded.ties[(recorded.ties[:, 3] <= week) & (week < recorded.ties[:, 4])][:, :3]
            assert set(map(tuple, ties_in(sent, week).tolist())) == set(map(tuple, there.tolist()))


def test_people_stand_where_a_lesson_draws_them(room, luck):
    assert room.stage.plain() == luck.worlds[0].stage.plain()


def test_the_effect_grows_as_a_lesson_judges_it(room, luck):
    for world in (0, 1):
        np.testing.assert_allclose(room.course(world), luck.courses[world][: WEEKS + 1])
    assert room.effect() == pytest.approx(luck.effect(WEEKS))
    assert room.effect(20) == pytest.approx(luck.effect(20))


def test_both_stories_of_a_person_are_told_as_far_as_they_have_been_lived(room, luck):
    for person in range(0, 60, 7):
        told, whole = room.stories(person), luck.stories[person]
        for mine, recorded in zip(told.lines, whole.lines, strict=True):
            assert mine[0] == recorded[0]
            assert len(mine) <= len(recorded)
        if whole.week is not None and whole.week < WEEKS:
            assert told.week == whole.week


def test_journeys_count_everybody_in_every_week(room):
    counts = np.array([np.bincount(row & STATUS_BITS, minlength=STATUS_BITS + 1) for row in codes_of(room.since(0)["worlds"][1])])
    assert counts.shape == (WEEKS + 1, 8)
    assert (counts.sum(axis=1) == 60).all()


def test_a_page_is_sent_only_the_weeks_that_it_lacks(room):
    sent = room.since(50)
    assert (sent["from"], sent["week"]) == (50, WEEKS)
    assert all(len(world["made"]) == WEEKS - 49 for world in sent["worlds"])


def test_it_never_lives_beyond_its_last_week(plans):
    short = Room(*(plan.with_settings(years=1.5) for plan in plans), seed=2)
    assert short.step(10_000) == 78
    assert short.step() == 78
    short.close()


def test_what_is_too_large_or_nobody_is_a_users_mistake(plans, room):
    with pytest.raises(UserError, match="20 to 500"):
        Room(*(plan.with_settings(people=501) for plan in plans), seed=1)
    for nobody in (60, -1, 1.5, "1", True):
        with pytest.raises(UserError):
            room.stories(nobody)


def test_a_tie_goes_into_one_number_and_comes_back():
    ties = np.array([[0, 499, 4], [498, 499, 0], [3, 7, 2]])
    np.testing.assert_array_equal(ties_of(keys_of(ties)), ties)
