"""What a page asks is answered in plain data, and what makes no sense in words."""

from __future__ import annotations

import json

import pytest

from analysis.classroom.rooms import Rooms
from analysis.classroom.talk import MOST_WEEKS_AT_ONCE, Talk

OPEN = {"of": 1, "do": "open", "luck": 1, "preset": "visit", "people": 30, "years": 2}


@pytest.fixture(scope="module")
def talk():
    made = Talk(Rooms(most=1))
    yield made
    made.close()


@pytest.fixture
def opened(talk):
    talk.answer(OPEN)
    return talk


def test_every_answer_is_plain_data_and_says_what_it_answers(opened):
    asked = [{"do": "hello"}, OPEN, {"do": "step", "to": 3, "have": 0}, {"do": "story", "person": 2}, {"do": "file"}]
    for number, request in enumerate(asked):
        answer = opened.answer({**request, "of": number})
        assert answer["of"] == number
        assert "problems" not in answer
        json.dumps(answer, allow_nan=False)


def test_a_question_asked_twice_is_answered_alike(opened):
    once = opened.answer({"of": 5, "do": "step", "to": 4, "have": 0})
    assert opened.answer({"of": 5, "do": "step", "to": 4, "have": 0}) == once
    assert once["weeks"]["from"] == 1


def test_one_answer_never_holds_more_than_a_quarter_of_a_year(opened):
    assert opened.answer({"do": "step", "to": 104, "have": 0})["weeks"]["week"] == MOST_WEEKS_AT_ONCE


def test_the_same_settings_and_luck_are_the_same_worlds(opened):
    lived = opened.answer({"do": "step", "to": 20, "have": 0})
    opened.answer(OPEN)
    assert opened.answer({"do": "step", "to": 20, "have": 0}) == lived


@pytest.mark.parametrize(
    "request_",
    [
        None, "step", 7, {}, {"do": "remove"}, {"do": ["step"]}, {"do": "step"}, {"do": "step", "to": float("inf"), "have": 0},
        {"do": "step", "to": 3, "have": 10_000}, {"do": "step", "to": -1, "have": 0}, {"do": "story", "person": 30},
        {"do": "story", "person": "0"}, {"do": "open"}, {**OPEN, "luck": 0}, {**OPEN, "people": 501}, {**OPEN, "years": "x"},
        {**OPEN, "years": float("nan")}, {**OPEN, "levers": [1]}, {**OPEN, "levers": {"flag_once": "all"}},
        {**OPEN, "levers": {"<b>": 1}}, {**OPEN, "off": "all"}, {**OPEN, "off": ["nothing"]}, {**OPEN, "preset": "../baseline"},
        {**OPEN, "levers": {str(number): 1 for number in range(1000)}}, {"do": "file", "preset": None},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_answered_in_words(opened, request_):
    problems = opened.answer(request_)["problems"]
    assert problems
    assert all(problem.endswith(".") and "mistake of ours" not in problem for problem in problems)


def test_a_page_whose_room_was_swept_is_told_how_to_go_on():
    talk = Talk(Rooms())
    for request in ({"do": "step", "to": 1, "have": 0}, {"do": "story", "person": 1}):
        assert "Press Begin" in talk.answer(request)["gone"]


def test_a_full_classroom_says_so(opened):
    other = Talk(opened.rooms)
    assert "1 pages at once" in other.answer(OPEN)["problems"][0]
