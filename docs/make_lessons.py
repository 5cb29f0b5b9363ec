"""Makes the ready-made lessons of docs/lessons/, and writes what their worlds gave into the teacher's sheets.

python docs/make_lessons.py                 all of them (about a minute)
python docs/make_lessons.py setbacks        one
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from markdown_table import table

from analysis.classroom.lesson import Lesson, LessonText, Luck, make_lesson
from analysis.classroom.looks import STATUS_BITS
from analysis.fit import load_fit
from simulation import Scenario
from simulation.history import platform_tag
from simulation.state import RECOVERING

FOLDER = Path(__file__).parent / "lessons"
WORDS = FOLDER / "lessons.toml"
BEGIN, END = "<!-- what the worlds gave -->", "<!-- end of what the worlds gave -->"


def _own(luck: Luck, world: int):
    history = luck.worlds[world].history
    return history, history.start["own_experience"] == 1


def _lapsed(luck: Luck) -> str:
    history, own = _own(luck, 0)
    return f"{((history.end['count_lapses'] > 0) & own).sum()} of {own.sum()}"


def _lapsed_and_recovering(luck: Luck) -> str:
    history, own = _own(luck, 0)
    lapsed = (history.end["count_lapses"] > 0) & own
    recovering = (luck.worlds[0].codes[-1] & STATUS_BITS) == RECOVERING
    return f"{(lapsed & recovering).sum()} of {lapsed.sum()}"


def _ended_by_allies(luck: Luck, world: int) -> str:
    events = luck.worlds[world].history.events
    ended = events[(events["event"] == "flag_off") & events["person"].isin(luck.who.nonzero()[0])]
    return f"{int(ended['cause'].isin(['professional', 'both']).sum())} of {len(ended)}"


def _new_ties(luck: Luck) -> str:
    counts = []
    for world in (0, 1):
        _, own = _own(luck, world)
        ties = luck.worlds[world].ties
        new = (ties[:, 3] > 0) & (own[ties[:, 0]] | own[ties[:, 1]])
        counts.append(int(new.sum()))
    return f"{counts[0]}, {counts[1]}"


FURTHER: dict[str, tuple[tuple[str, Callable[[Luck], str]], ...]] = {
    "setbacks": (
        ("had a lapse in three years, nobody calling", _lapsed),
        ("of these, in recovery after three years", _lapsed_and_recovering),
    ),
    "label": (
        ("flags ended because an ally stood by, alone or with kin, without advocates", lambda luck: _ended_by_allies(luck, 0)),
        ("the same, with them", lambda luck: _ended_by_allies(luck, 1)),
    ),
    "community": (("new ties of people with own experience in three years, in either world", _new_ties),),
}
"""More figures for the teacher, by lesson: a heading, and what each luck gave."""


def make(name: str) -> Lesson:
    """The lesson of this name, lived anew."""
    told = tomllib.loads(WORDS.read_text(encoding="utf-8"))[name]
    lists = {key: tuple(told[key]) for key in ("names", "about", "look_for", "discuss", "person")}
    text = LessonText(title=told["title"], guess=told["guess"], **lists)
    point = load_fit(told["fit"]).point
    base, other = (Scenario.load(told[which]).with_settings(assumptions=point) for which in ("base", "other"))
    return make_lesson(base, other, told["people"], told["years"], told["seeds"], text)


def figures(name: str, lesson: Lesson) -> str:
    """What the worlds of a lesson gave, as a table for the teacher."""
    week = lesson.question.last_week
    heads = ["luck", "people asked about", *lesson.text.names, "difference", *(head for head, _ in FURTHER[name])]
    rows = [
        [
            str(place), str(int(luck.who.sum())), *(f"{course[week]:.1f}" for course in luck.courses),
            f"{luck.effect(week):+.1f}", *(count(luck) for _, count in FURTHER[name]),
        ]
        for place, luck in enumerate(lesson.lucks, 1)
    ]  # fmt: skip
    mean = sum(lesson.effects) / len(lesson.effects)
    span = f"from {min(lesson.effects):+.1f} to {max(lesson.effects):+.1f}"
    said = f"Of every 100 people asked about, at week {week}. On average the difference is {mean:+.1f}; {span}."
    return f"{table(heads, rows)}\n{said}\n"


def write(name: str) -> None:
    """Write a lesson's page, and what its worlds gave into its teacher's sheet."""
    lesson = make(name)
    path = lesson.write(FOLDER / f"{name}.html", mark=f"{name} {platform_tag()}")
    sheet = FOLDER / f"{name}-teacher.md"
    text = sheet.read_text(encoding="utf-8")
    told = f"{BEGIN}\n\n{figures(name, lesson)}\n{END}"
    sheet.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: told, text, flags=re.DOTALL), encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    """Make the lessons named, or all."""
    for name in sys.argv[1:] or FURTHER:
        write(name)


if __name__ == "__main__":
    main()
