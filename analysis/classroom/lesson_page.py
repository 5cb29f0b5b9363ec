"""A lesson as one HTML page: its data, packed; its drawing; its words. It asks for nothing, and everything is escaped."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html import escape, unescape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.classroom.compact import Sentences, lines_of, pack, runs_of
from analysis.classroom.frames import UNTIL_THE_END
from analysis.classroom.judged import outcome_data
from analysis.classroom.looks import looks
from simulation.history import version

if TYPE_CHECKING:
    from analysis.classroom.lesson import Lesson, Luck

ILLUSTRATION = "An illustration of mechanisms, not a prediction about anyone; the people are fictional."


SCRIPTS = ("stage.js", "page.js", "lesson.js")
ASSETS = (*SCRIPTS, "lesson.css", "lesson.html")
_MARK = re.compile(r'<meta name="made-from" content="([^"]*)">')


def mark_of(path: Path) -> str | None:
    """The mark of the lesson that stands at `path`; None where no lesson stands there. Raises OSError where it cannot be read."""
    with path.open(encoding="utf-8", errors="replace") as file:
        found = _MARK.search(file.read(4096))
    return unescape(found[1]) if found else None


def asset(name: str) -> str:
    """A file that pages of the classroom are made of, as text."""
    return files("analysis.classroom").joinpath("assets", name).read_text(encoding="utf-8")


def lesson_page(lesson: Lesson, mark: str = "") -> str:
    """The whole page; `mark` stands in its head."""
    style = asset("lesson.css")
    scripts = "\n".join(asset(name) for name in SCRIPTS)
    text = lesson.text
    return Template(asset("lesson.html")).substitute(
        mark=escape(mark, quote=True),
        policy=escape(content_policy(style, scripts), quote=True),
        title=escape(text.title),
        illustration=escape(ILLUSTRATION),
        about=_paragraphs(text.about),
        guess=escape(text.guess),
        look_for=_bullets("What to look for", text.look_for),
        discuss=_bullets("To talk about", text.discuss),
        made=escape(_made_of(lesson)),
        style=style,
        scripts=scripts,
        data=as_data(lesson_data(lesson)),
    )


def content_policy(style: str, scripts: str) -> str:
    """What the page allows itself: its own style and its own scripts, by their hashes, and no request of any kind."""
    allowed = [
        "default-src 'none'",
        f"script-src {_hash_of(scripts)}",
        f"style-src {_hash_of(style)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(allowed)


def _hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def as_data(content: Any) -> str:
    """JSON that may stand inside a script element: no sign in it can end the element or begin another."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _bullets(title: str, texts: tuple[str, ...]) -> str:
    if not texts:
        return ""
    return f"<h3>{escape(title)}</h3><ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def _made_of(lesson: Lesson) -> str:
    """What the worlds were made from, so that somebody else can make them again."""
    base, other = lesson.plans
    files_of = " and ".join(plan.path.stem if plan.path else plan.name for plan in (base, other))
    seeds = ", ".join(str(luck.seed) for luck in lesson.lucks)
    return (
        f"Made from the scenarios {files_of}: {base.people:,} people, {base.weeks:,} weeks, seeds {seeds}; "
        f"recovery-journeys {version()}. In small worlds such as these luck is large: "
        f"recovery compare lives thousands of people, and says how far its answer rests on assumptions."
    )


def lesson_data(lesson: Lesson) -> dict[str, Any]:
    """Everything that the page plays."""
    question, text = lesson.question, lesson.text
    sentences = Sentences()
    lucks = [_luck_data(luck, sentences) for luck in lesson.lucks]
    first = [luck.seed for luck in lesson.lucks]
    shown = text.person if text.person is not None and text.person[0] in first else None
    return {
        "looks": looks(),
        "names": list(text.names or ()),
        "weeks": question.base.weeks,
        "people": question.base.people,
        "firstWeek": question.first_week,
        "lastWeek": question.last_week,
        "outcome": outcome_data(question),
        "untilTheEnd": question.base.weeks + 1,
        "person": None if shown is None else {"luck": first.index(shown[0]), "person": shown[1]},
        "forms": sentences.forms,
        "lucks": lucks,
    }


def _luck_data(luck: Luck, sentences: Sentences) -> dict[str, Any]:
    weeks = len(luck.courses[0]) - 1
    return {
        "seed": luck.seed,
        "stage": luck.worlds[0].stage.plain(),
        "who": [int(one) for one in luck.who],
        "courses": [[None if np.isnan(value) else round(float(value), 3) for value in course] for course in luck.courses],
        "codes": [pack(runs_of(world.codes)) for world in luck.worlds],
        "ties": [pack(_ties_of(world.ties, weeks + 1)) for world in luck.worlds],
        "lines": [pack(_lines(luck, world, sentences)) for world in (0, 1)],
        "partings": pack(_partings(luck, sentences)),
    }


def _ties_of(spans: np.ndarray, end: int) -> Iterator[int]:
    """How many ties, then of each: how far its first person's number lies from the last one's, the other, kind, weeks."""
    yield len(spans)
    before = 0
    for one, other, kind, first, until in spans.tolist():
        yield from (one - before, other, kind, first, (end if until == UNTIL_THE_END else until) - first)
        before = one


def _lines(luck: Luck, world: int, sentences: Sentences) -> Iterator[int]:
    for stories in luck.stories:
        yield from lines_of(sentences, stories.lines[world])


def _partings(luck: Luck, sentences: Sentences) -> Iterator[int]:
    """Of each person the week in which the lives part, one more than it is so that 0 is never, and where and why."""
    for stories in luck.stories:
        yield 0 if stories.week is None else stories.week + 1
        yield from lines_of(sentences, stories.parting)
