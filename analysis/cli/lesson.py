"""`recovery lesson`: two recorded worlds of the same people as one page for a class, opened by a double click."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console
from simulation.errors import OutputError, Problem, UserError

MOST_TITLE = 200


def _read_file(given: str | Path) -> Path:
    """The file given with --out. Raises UserError where it is no name of a page."""
    text = str(given).strip()
    if not text.lower().endswith((".html", ".htm")):
        raise UserError(Problem("--out", repr(str(given)), "the name of a page, ending in .html", "--out lesson.html"))
    return Path(text)


def lesson(
    base: Annotated[str, typer.Argument(metavar="BASE", help="Name or path of the scenario to compare with.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The scenario that differs: same people, same luck.")],
    people: Annotated[int, typer.Option(help="Number of people, at most 500.")] = 200,
    years: Annotated[float | None, typer.Option(help="Years to live, at most 10 (default: as the outcome needs).")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds of the worlds' luck, at most 6.")] = "1-4",
    title: Annotated[str, typer.Option(help="What the lesson is called (default: the question of OTHER).")] = "",
    out: Annotated[
        Path | None,
        typer.Option(parser=_read_file, metavar="FILE", help="The page (default: results/lesson-BASE-vs-OTHER.html)."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite another file there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Make a lesson: two worlds of the same people side by side, to guess, play and read in a browser, without a network.

    Example: recovery lesson the-visit independent-advocates --out lesson.html
    """
    from analysis.classroom.lesson import LessonText, make_lesson, plans_of
    from analysis.files import check_writable

    if len(title) > MOST_TITLE:
        raise UserError(Problem("--title", f"{len(title)} signs", f"at most {MOST_TITLE}", "shorten it"))
    lucks = console.read_seeds(seeds)
    plans = plans_of(base, other, people, years, lucks)
    path = out or console.RESULTS / (f"lesson-{plans[0].name}-vs-{plans[1].name}"[:150] + ".html")
    mark = _mark(plans, lucks, title)
    check_writable(path.parent)
    if _is_there(path, mark, force):
        _answer(path, None, as_json)
        return
    for warning in dict.fromkeys(warning for plan in plans for warning in plan.warnings):
        console.note(f"Note: {warning}")
    console.compile_first()
    what = f"{2 * len(lucks)} worlds of {people:,} people, {plans[0].years:g} years"
    with console.progress_of(what) as tell:
        made = make_lesson(*plans, people, plans[0].years, lucks, LessonText(title=title), tell)
    made.write(path, mark)
    _answer(path, made, as_json)


def _mark(plans: tuple[Any, Any], seeds: list[int], title: str) -> str:
    """What a page is made from, as a short hash: the same again, the same page."""
    from analysis.classroom.lesson_page import ASSETS, asset
    from analysis.files import fingerprint

    looks = hashlib.sha256("".join(asset(name) for name in ASSETS).encode()).hexdigest()
    inputs = {"worlds": [plan.resolved() for plan in plans], "seeds": seeds, "title": title, "looks": looks}
    return fingerprint({**inputs, "version": console.version(), "code": console.code_identity()})


def _is_there(path: Path, mark: str, force: bool) -> bool:
    """Whether this very lesson stands at `path`. Raises OutputError where something else does and `force` is not given."""
    from analysis.classroom.lesson_page import mark_of

    if path.is_dir():
        raise OutputError(Problem(f"--out {path}", "a folder", "the name of a page", "give another --out"))
    if force or not path.exists():
        return False
    try:
        if mark_of(path) == mark:
            return True
    except OSError as error:
        raise OutputError(Problem(f"--out {path}", f"a file that cannot be read ({error.strerror})", "a new name",
                                  "give another --out")) from error  # fmt: skip
    raise OutputError(
        Problem(f"--out {path}", "it is another file", "a new name, or the same lesson again",
                "give another --out, or --force to overwrite what is there")
    )  # fmt: skip


def _answer(path: Path, made: Any, as_json: bool) -> None:
    size = path.stat().st_size
    if as_json:
        told = {"already_done": True} if made is None else {"unit": made.unit, "effects": made.effects}
        console.say_json({"file": str(path), "bytes": size, **told})
        return
    if made is None:
        console.say(f"already done: {path}")
        return
    from analysis.words import signed

    lucks = ", ".join(signed(effect) for effect in made.effects)
    console.say(made.text.guess)
    console.say(f"With each luck: {lucks} ({made.unit}). The page asks the class first.")
    console.say(f"{path}  {size / 1e6:.1f} MB: open it by a double click; it needs no network.")
