"""The offline lesson: two recorded worlds of the same people, with several lucks, as one page that asks for nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.classroom.judged import counts_people, unit_of
from analysis.classroom.recording import Recording, record
from analysis.classroom.stories import Stories, tell_stories
from analysis.course import course_of, is_so_far
from analysis.files import put
from analysis.measures_lives import Lives
from analysis.pairing import WEEKS_A_YEAR, Question, ask
from analysis.report_rests import what_differs
from analysis.stretch import stretch_of_history
from analysis.tables import differing_levers
from analysis.words import weeks_in_words, when
from simulation import Scenario
from simulation.errors import ComparisonError, Problem, UserError

FEWEST_PEOPLE, MOST_PEOPLE = 20, 500
MOST_WEEKS = 520
MOST_SEEDS = 6
MOST_BYTES = 3_000_000
PEOPLE = 200
SEEDS = (1, 2, 3, 4)


@dataclass(frozen=True)
class LessonText:
    """What a lesson says beside what its worlds say of themselves; what is left out is made from the scenarios.

    Attributes
    ----------
    title
        What the lesson is called.
    names
        What the two worlds are called.
    about
        What the class should know before it guesses, a paragraph each.
    guess
        The question to guess at.
    look_for, discuss
        What to look for while the worlds are played, and questions for afterwards.
    person
        Seed and number of a person whose two lives are shown first.
    """

    title: str = ""
    names: tuple[str, str] | None = None
    about: tuple[str, ...] = ()
    guess: str = ""
    look_for: tuple[str, ...] = ()
    discuss: tuple[str, ...] = ()
    person: tuple[int, int] | None = None


@dataclass(frozen=True)
class Luck:
    """The two worlds of one seed.

    Attributes
    ----------
    worlds
        Both, recorded.
    who
        The people whom the question is about, shape (people,), true or false.
    courses
        In either world what the primary outcome would have been, had it been judged after each week, shape (weeks + 1,), in
        the unit of the lesson; not a number in weeks that it does not cover.
    """

    seed: int
    worlds: tuple[Recording, Recording]
    who: np.ndarray
    courses: tuple[np.ndarray, np.ndarray]
    stories: list[Stories] = field(repr=False, default_factory=list)

    def effect(self, week: int) -> float:
        """The outcome in the other world less that in the base world, as judged after `week` weeks."""
        return float(self.courses[1][week] - self.courses[0][week])


@dataclass(frozen=True)
class Lesson:
    """Two worlds of the same people, lived with several lucks, and what is said about them."""

    question: Question
    lucks: tuple[Luck, ...]
    text: LessonText

    @property
    def plans(self) -> tuple[Scenario, Scenario]:
        """The scenarios of both worlds."""
        return self.question.base, self.question.others[0]

    @property
    def effects(self) -> list[float]:
        """The effect at the horizon, with each luck, in the unit of the lesson."""
        return [luck.effect(self.question.last_week) for luck in self.lucks]

    @property
    def unit(self) -> str:
        """The unit of the lesson's figures: people are counted of every 100."""
        return unit_of(self.question)

    @property
    def of_every_hundred(self) -> bool:
        """Whether the outcome counts people."""
        return counts_people(self.question)

    def page(self, mark: str = "") -> str:
        """The lesson as one HTML page; `mark` says in it what it was made from, for `mark_of` to find.

        Raises
        ------
        UserError
            If it would be larger than `MOST_BYTES`.
        """
        from analysis.classroom.lesson_page import lesson_page

        page = lesson_page(self, mark)
        size = len(page.encode(errors="replace"))
        if size > MOST_BYTES:
            base = self.question.base
            given = f"{size / 1e6:.1f} MB ({base.people:,} people, {base.weeks:,} weeks, {len(self.lucks)} seeds)"
            raise UserError(
                Problem("the page", given, f"at most {MOST_BYTES / 1e6:g} MB, so that it opens at once anywhere",
                        "lower --people, --years or the number of --seeds")
            )  # fmt: skip
        return page

    def write(self, path: str | Path, mark: str = "") -> Path:
        """Write the page to `path`; gives the path. Raises UserError where it is too large or cannot be written."""
        return put(Path(path), self.page(mark).encode(errors="replace"))


def make_lesson(
    base: Scenario | str | Path,
    other: Scenario | str | Path,
    people: int = PEOPLE,
    years: float | None = None,
    seeds: Sequence[int] = SEEDS,
    text: LessonText | None = None,
    progress: Callable[[int, int], Any] | None = None,
) -> Lesson:
    """A lesson on two scenarios: same people, same luck, and several lucks so that noise can be told from an effect.

    Parameters
    ----------
    base, other
        Scenarios, names or paths. The primary outcome that `other` declares is what the class guesses.
    people, years, seeds
        How many people, how long, and which lucks. Without `years`, as many whole years as the outcome needs. Each seed names
        people and their luck: another seed is other people of the same kind.
    text
        What the lesson says beside what the worlds say of themselves.
    progress
        Told weeks lived and weeks in all.

    Raises
    ------
    UserError
        If the worlds cannot be paired or lived, or the lesson is too large: more than `MOST_PEOPLE` people, `MOST_WEEKS` weeks
        or `MOST_SEEDS` seeds; or if a world has nobody whom the question is about.
    """
    text = text or LessonText()
    plans = plans_of(base, other, people, years, seeds)
    names = text.names or _own_names(plans)
    named = [replace(plan, name=name) for plan, name in zip(plans, names, strict=True)]
    question = ask(named[0], named[1:])
    told = _Progress(progress, 2 * len(seeds))
    lucks = tuple(_live(question, seed, told) for seed in seeds)
    return Lesson(question, lucks, _completed(text, question, plans))


def plans_of(
    base: Scenario | str | Path, other: Scenario | str | Path, people: int, years: float | None, seeds: Sequence[int]
) -> tuple[Scenario, Scenario]:
    """Both scenarios as a lesson would live them. Raises UserError where it could not, as `make_lesson` does."""
    _check(people, 1.0 if years is None else years, seeds)
    one, two = (Scenario.load(plan).with_settings(people, years) for plan in (base, other))
    asked = ask(one, [two])
    if years is not None:
        return one, two
    enough = -(-asked.last_week // WEEKS_A_YEAR)
    _check(people, enough, seeds)
    return one.with_settings(years=enough), two.with_settings(years=enough)


def _check(people: int, years: float, seeds: Sequence[int]) -> None:
    """Nothing where a lesson of this size can be made; raises UserError with all that is too large otherwise."""
    problems = []
    if not FEWEST_PEOPLE <= people <= MOST_PEOPLE:
        allowed = f"{FEWEST_PEOPLE} to {MOST_PEOPLE}: each is drawn, and more cannot be told apart"
        problems.append(Problem("--people", f"{people:,}", allowed, f"--people {PEOPLE}"))
    weeks = round(years * WEEKS_A_YEAR)
    if not 1 <= weeks <= MOST_WEEKS:
        allowed = f"1 to {MOST_WEEKS} weeks, {MOST_WEEKS // WEEKS_A_YEAR} years"
        problems.append(Problem("--years", f"{years:g}, {weeks:,} weeks", allowed, "lower --years"))
    if not 1 <= len(seeds) <= MOST_SEEDS or len(set(seeds)) < len(seeds):
        given = f"{len(seeds)} seeds" + (", some of them twice" if len(set(seeds)) < len(seeds) else "")
        problems.append(Problem("--seeds", given, f"1 to {MOST_SEEDS} different ones", f"--seeds 1-{len(SEEDS)}"))
    if problems:
        raise UserError(problems)


def _own_names(plans: Sequence[Scenario]) -> tuple[str, str]:
    """What the scenarios call themselves, told apart where both bear one name."""
    one, two = (plan.name for plan in plans)
    return (one, two) if one != two else (one, f"{two} (2)")


class _Progress:
    """Weeks lived over all worlds, told as one number of all weeks."""

    def __init__(self, tell: Callable[[int, int], Any] | None, worlds: int) -> None:
        self.tell, self.worlds, self.done = tell, worlds, 0

    def of_a_world(self) -> Callable[[int, int], Any]:
        """What the next world tells."""
        at, self.done = self.done, self.done + 1

        def tell(week: int, weeks: int) -> None:
            if self.tell is not None:
                self.tell(at * weeks + max(week, 0), self.worlds * weeks)

        return tell


def _live(question: Question, seed: int, told: _Progress) -> Luck:
    """Both worlds of a seed, and the primary outcome in them week by week."""
    first, last = question.first_week, question.last_week
    plans = (question.base, question.others[0])
    one, two = (record(plan, seed, (first, last), told.of_a_world()) for plan in plans)
    stretches = [stretch_of_history(world.history, first, last) for world in (one, two)]
    who = question.group.members(stretches[0].start) & question.primary.at_risk(stretches[0].start)
    if not who.any():
        raise ComparisonError(
            Problem(f"seed {seed}", f"nobody in {question.base.people:,} people whom the question is about ({question.whom})",
                    f"somebody in week {first}", "more --people, or other --seeds")
        )  # fmt: skip
    courses = [_course(question, Lives(stretch, who)) for stretch in stretches]
    return Luck(seed, (one, two), who, (courses[0], courses[1]), list(tell_stories((one.history, two.history))))


def _course(question: Question, lives: Lives) -> np.ndarray:
    """The primary outcome as judged after each week of the world, in the unit of the lesson, shape (weeks + 1,)."""
    outcome = question.primary
    found = np.full(question.base.weeks + 1, np.nan)
    found[question.first_week + 1 : question.last_week + 1] = course_of(outcome, lives)
    if is_so_far(outcome):
        found[question.first_week] = 0.0
    return found / 10.0 if counts_people(question) else found


def _completed(text: LessonText, question: Question, plans: Sequence[Scenario]) -> LessonText:
    """The text with what was left out made from the scenarios."""
    base, other = question.base, question.others[0]
    clause = when(differing_levers(base, other), base.name, other.name)
    differs = what_differs(base, other) or ["Nothing that a policy could change differs between the two worlds."]
    return replace(
        text,
        title=text.title or other.question or f"{base.name} and {other.name}",
        names=(base.name, other.name),
        about=text.about or (f"{base.name}: {base.question}", f"{other.name}: {' '.join(differs)}"),
        guess=text.guess or f"{_of_whom(question)}: fewer, about as many or more {question.primary.phrase} "
        f"{_span(question)} {clause}?",
    )  # fmt: skip


def _of_whom(question: Question) -> str:
    opening = question.primary.opening.format(people=question.whom)
    return opening.replace("1,000", "100") if counts_people(question) else opening


def _span(question: Question) -> str:
    return f"{'within' if is_so_far(question.primary) else 'after'} {weeks_in_words(question.horizon)}"
