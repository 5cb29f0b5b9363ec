"""A lesson holds two worlds of the same people, what came of each luck, and both stories of everybody."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from analysis.classroom import lesson as lessons
from analysis.classroom.compact import unpack
from analysis.classroom.lesson import LessonText, make_lesson
from analysis.classroom.lesson_page import ILLUSTRATION, as_data, lesson_data, mark_of
from analysis.life import tell_life
from simulation import Scenario
from simulation.errors import UserError


def data_of(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_worlds_of_a_luck_are_the_same_until_the_policy_starts_and_not_after(lesson):
    first = lesson.question.first_week
    for luck in lesson.lucks:
        one, two = (world.codes for world in luck.worlds)
        np.testing.assert_array_equal(one[: first + 1], two[: first + 1])
        assert (one[first:] != two[first:]).any()


def test_the_effect_is_the_one_that_the_primary_outcome_has_in_these_worlds(lesson):
    """Worked out from the states at both ends, where a lesson adds up events week by week."""
    first, last = lesson.question.first_week, lesson.question.last_week
    for luck, effect in zip(lesson.lucks, lesson.effects, strict=True):
        shares = []
        for world in luck.worlds:
            states = world.history.snapshots
            relapsed = states[last]["count_relapses"] > states[first]["count_relapses"]
            shares.append(100 * relapsed[luck.who].mean())
        assert effect == pytest.approx(shares[1] - shares[0])
        state = luck.worlds[0].history.snapshots[first]
        assert (state["flag"][luck.who] == 2).all()
    assert any(lesson.effects)


def test_the_same_lesson_is_made_again_to_the_letter(lesson):
    again = make_lesson("the-visit", "independent-advocates", people=60, seeds=(1, 2))
    assert again.page() == lesson.page()


def test_a_story_is_what_recovery_life_tells(lesson):
    base, other = lesson.plans
    luck = lesson.lucks[0]
    person = next(number for number, story in enumerate(luck.stories) if story.week is not None)
    told, story = tell_life(base, other, person, luck.seed), luck.stories[person]
    assert [telling.sentences for telling in told.tellings] == list(story.lines)
    assert told.parting == story.parting
    assert any(f"part in week {story.week} " in line for line in story.parting)


def test_every_story_on_the_page_is_one_that_was_told(lesson):
    data = lesson_data(lesson)
    forms = data["forms"]

    def sentence(numbers):
        pieces = forms[next(numbers)]
        return "".join(
            piece if isinstance(piece, str) else (f"{next(numbers)}" if piece == 0 else f"{next(numbers) / 100:.2f}")
            for piece in pieces
        )

    for packed, luck in zip(data["lucks"], lesson.lucks, strict=True):
        numbers = [unpack(text) for text in packed["lines"]]
        for story in luck.stories:
            assert [[sentence(one) for _ in range(next(one))] for one in numbers] == list(story.lines)


def test_the_page_asks_for_nothing_and_says_what_it_is(lesson):
    page = lesson.page()
    assert page.count(ILLUSTRATION) == 2
    assert "default-src &#x27;none&#x27;" in page
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!#)", page)
    assert not re.search(r"https?:|fetch\(|XMLHttpRequest|import\(|localStorage|document\.cookie", page)


HOSTILE = '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">&amp;\u2028'


def test_names_and_texts_are_escaped_wherever_they_stand():
    text = LessonText(HOSTILE, (HOSTILE, f"b{HOSTILE}"), (HOSTILE,), HOSTILE, (HOSTILE,), (HOSTILE,))
    made = make_lesson("the-visit", "independent-advocates", people=40, seeds=(1,), text=text)
    page = made.page(mark='"><script>')
    assert "<img" not in page
    assert page.count("<script") == page.count("</script>") == 2
    assert data_of(page)["names"] == [HOSTILE, f"b{HOSTILE}"]


def test_no_sign_in_the_data_ends_their_element():
    assert "<" not in as_data({HOSTILE: [HOSTILE]})
    assert json.loads(as_data([HOSTILE])) == [HOSTILE]


def test_what_is_left_out_of_the_text_is_made_from_the_scenarios(lesson):
    assert lesson.text.title == Scenario.load("independent-advocates").question
    assert "relapse within a year when an independent advocate stands by them" in lesson.text.guess
    assert lesson.text.names == ("the-visit", "independent-advocates")
    assert lesson.question.base.weeks == 104


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"people": 501}, "--people"),
        ({"people": 5}, "--people"),
        ({"years": 11}, "--years"),
        ({"years": 0.1}, "--years"),
        ({"seeds": range(7)}, "--seeds"),
        ({"seeds": ()}, "--seeds"),
        ({"seeds": (1, 1)}, "--seeds"),
    ],
)
def test_what_is_too_large_or_too_small_is_told_before_anything_is_lived(asked, named, monkeypatch):
    monkeypatch.setattr(lessons, "record", None)
    with pytest.raises(UserError, match=named):
        make_lesson("the-visit", "independent-advocates", **asked)


def test_all_that_is_too_large_is_told_together():
    with pytest.raises(UserError) as told:
        make_lesson("the-visit", "independent-advocates", people=900, years=50, seeds=range(9))
    assert [problem.where for problem in told.value.problems] == ["--people", "--years", "--seeds"]


def test_a_page_that_is_too_large_says_what_to_lower(lesson, monkeypatch, tmp_path):
    monkeypatch.setattr(lessons, "MOST_BYTES", 1000)
    with pytest.raises(UserError, match="lower --people, --years or the number of --seeds"):
        lesson.write(tmp_path / "lesson.html")
    assert not (tmp_path / "lesson.html").exists()


def test_a_world_with_nobody_to_ask_about_is_told_in_words():
    plan = Scenario.from_text('extends = "a-year-in"\n[primary]\noutcome = "relapsed"\ngroup = "age > 120"\n', "nobody")
    with pytest.raises(UserError, match="nobody"):
        make_lesson("a-year-in", plan, people=40, seeds=(1,))


def test_an_outcome_that_counts_no_people_keeps_its_own_unit():
    plan = Scenario.from_text(
        'extends = "independent-advocates"\n[primary]\noutcome = "flagged_weeks"\nhorizon = "1 year"\n', "weeks-with-a-flag"
    )
    made = make_lesson("the-visit", plan, people=40, seeds=(1,))
    assert made.unit == "weeks per 1,000 people"
    assert made.effects[0] < 0


def test_the_mark_of_a_page_says_what_it_was_made_from(lesson, tmp_path):
    assert mark_of(lesson.write(tmp_path / "one.html", "it's <b> & \"c\"")) == "it's <b> & \"c\""
    (tmp_path / "two.html").write_text("<p>another page</p>", encoding="utf-8")
    assert mark_of(tmp_path / "two.html") is None
