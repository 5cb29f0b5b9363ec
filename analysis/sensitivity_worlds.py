"""Lives the points of a sensitivity analysis through the run store, and the worlds with one mechanism or form changed."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.catalogue import find_outcomes
from analysis.effect import question_of
from analysis.ensemble import Progress, Ran
from analysis.other_fits import other_fits
from analysis.outcomes import Outcome
from analysis.pairing import Question
from analysis.pools import Pool
from analysis.sensitivity_checks import check_different
from analysis.sensitivity_layers import layer_in_tables
from analysis.sets import reduce_sets, with_usual_outcomes
from analysis.store import RunStore
from analysis.worlds import Numbers, Task
from simulation.errors import ComparisonError, Problem, QuantityError, WorldError
from simulation.mechanisms import FORMS, LAYERS, LAYERS_IN_WORDS, MECHANISMS
from simulation.scenario import Scenario
from simulation.units import read_quantity

NOBODY = "nobody is at risk of it there, so that there is no figure"

LOOKED_AT_FIRST = 6
"""Sets of worlds that are lived first, to see whether the outcome has a figure at all."""


@dataclass(frozen=True)
class Life:
    """One set of worlds to live: a point of the design, or an arm, under one seed, at these values of the assumptions."""

    point: int
    seed: int
    values: Mapping[str, float]
    arm: str = ""


@dataclass(frozen=True)
class Lived:
    """What one set of worlds gave: base and other figure of each other world, or why there is none."""

    pairs: Mapping[str, tuple[float, float]]
    failure: str = ""


Evaluate = Callable[[Sequence[Life]], list[Lived]]
"""Gives what each life came to: the model, or a formula whose answer is known."""


def question_asked(
    base: Any,
    others: Sequence[Any],
    outcome: str | None = None,
    people: int | None = None,
    years: float | None = None,
    own_experience: float | str | None = None,
    assumptions: Mapping[str, float] | None = None,
) -> tuple[Question, Outcome]:
    """The question of these worlds, and the outcome that is looked at; with no other world, of the base world alone.

    Raises
    ------
    ComparisonError, ScenarioError, ParameterError
        Where the worlds cannot be lived or paired, one is named twice, or the outcome cannot be measured.
    """
    share = None if own_experience is None else share_read(own_experience)
    plans = [Scenario.load(plan).with_settings(people, years, assumptions) for plan in (base, *others)]
    if share is not None:
        plans = [replace(plan, own_experience=share) for plan in plans]
    check_different(plans[0], plans[1:])
    compared = plans[1:] or [plans[0]]
    question = question_of(plans[0], compared, keep="numbers")
    if outcome is None:
        return with_usual_outcomes(question), question.primary
    if not isinstance(outcome, str):
        raise ComparisonError(Problem("outcome", repr(outcome), "one name from `recovery list outcomes`", 'outcome="relapsed"'))
    shown = find_outcomes([outcome])[0]
    if shown not in question.outcomes:
        # Beside the usual ones, so that whichever of those is looked at, the same worlds are found in the store.
        question = question_of(plans[0], compared, outcomes=[*(each.id for each in question.outcomes), outcome], keep="numbers")
    return with_usual_outcomes(question), shown


def share_read(given: object, option: str = "own_experience") -> float:
    """A share from 0 to 1, from a number or from text such as "80 %". Raises ComparisonError for anything else."""
    value = given
    if isinstance(given, str):
        with contextlib.suppress(ValueError):
            value = float(given)
    try:
        share = read_quantity(value, "share", bare=True)
    except QuantityError:
        share = math.nan
    if not 0 <= share <= 1:
        raise ComparisonError(Problem(option, repr(given), "a share from 0 to 100 %", f'{option} "80 %"'))
    return share


@dataclass(frozen=True)
class Arm:
    """Worlds that are changed in one thing from how the scenarios have them: a mechanism off, or another structure."""

    name: str
    kind: str
    means: str
    question: Question
    values: Mapping[str, float] = field(default_factory=dict)


DEFAULT = "default"


def arms_of(question: Question) -> list[Arm]:
    """The worlds as they are, each mechanism switched off, each other form switched on, each other layer, each other fit."""
    base = question.base
    arms = [Arm(DEFAULT, DEFAULT, "the worlds as the scenarios have them", question)]
    off = {*base.switch_off, *LAYERS[base.layer]}
    arms += [
        Arm(name, "mechanism", f"off: {one.means} ({one.off})", _with(question, switch_off=(*base.switch_off, name)))
        for name, one in MECHANISMS.items() if name not in off
    ]  # fmt: skip
    arms += [
        Arm(name, "structure", one.means, _with(question, switch_on=(*base.switch_on, name)))
        for name, one in FORMS.items() if name not in base.switch_on
    ]  # fmt: skip
    arms += [
        Arm(layer_in_tables(name), "structure", f"only {LAYERS_IN_WORDS[name]}", _with(question, layer=name))
        for name in LAYERS if len(LAYERS[name]) > len(LAYERS[base.layer])
    ]  # fmt: skip
    if base.layer == "labels":
        arms += [Arm(f"fit {fit.name}", "structure", fit.means, question, fit.point) for fit in other_fits()]
    return arms


def _with(question: Question, **changes: Any) -> Question:
    """The same question of worlds that are all changed alike."""
    others = tuple(replace(other, **changes) for other in question.others)
    return replace(question, base=replace(question.base, **changes), others=others)


@dataclass
class Worlds:
    """Lives points in the model: a pair of worlds for each other world, or one world where there is none."""

    question: Question
    outcome: Outcome
    store: RunStore
    pool: Pool
    arms: Sequence[Arm] = ()
    progress: Progress | None = None
    ran: Ran = field(default_factory=Ran)

    def __call__(self, lives: Sequence[Life]) -> list[Lived]:
        """What each life came to.

        Raises
        ------
        ComparisonError
            Where none of a few that are lived first has a figure.
        WorldError
            Where worlds differ before the policy that tells them apart.
        """
        keys = list(dict.fromkeys(_key(life) for life in lives))  # a point met twice is lived once
        sets = sets_of(self.question, self.arms, lives)
        first, start = _spread_over(len(sets)), self.ran.lived
        lived = self._live([sets[at] for at in first], _of_more(self.progress, len(sets) / max(1, len(first))))
        if first and all(one.failure == NOBODY for one in lived):
            raise ComparisonError(self._without_a_figure(len(first)))
        rest = [at for at in range(len(sets)) if at not in first]
        lived += self._live([sets[at] for at in rest], _after(self.progress, self.ran.lived - start))
        by_key = {keys[at]: one for at, one in zip([*first, *rest], lived, strict=True)}
        return [by_key[_key(life)] for life in lives]

    def _live(self, sets: Sequence[tuple[Question, Task]], progress: Progress | None) -> list[Lived]:
        """What each of these sets of worlds came to."""
        if not sets:
            return []
        found, names, ran = reduce_sets(sets, self.store, self.pool, lambda at, numbers: self._read(sets[at], numbers), progress)
        self.ran.add(ran)
        told = {entry.name: entry.content["message"] or entry.content["error"] for entry in ran.failed}
        return [one or Lived({}, told.get(name, "a world failed")) for one, name in zip(found, names, strict=True)]

    def _without_a_figure(self, looked_at: int) -> Problem:
        """That the outcome has no figure in any of the sets of worlds that were lived first."""
        return Problem(
            f"outcome {self.outcome.id!r}",
            f"no figure in any of {looked_at} sets of worlds, lived first: nobody is counted there, or too few are",
            f"an outcome that has one in worlds of {self.question.people:,} people ({self.outcome.whom})",
            "ask of another outcome, or for more people",
        )

    def _read(self, asked: tuple[Question, Task], numbers: Numbers) -> Lived:
        question, task = asked
        pairs = {}
        for label in question.labels:
            if not numbers.identical[label] and question.identical:
                raise WorldError(
                    f"{question.base.name} and {label} differ before week {question.first_week}, when the first policy that "
                    f"tells them apart starts (seed {task.seed}): nothing was computed"
                )
            pair = numbers.pairs[label, self.outcome.id, question.group.name]
            if not (math.isfinite(pair.base) and math.isfinite(pair.other)):
                return Lived({}, NOBODY)
            pairs[label] = (pair.base, pair.other)
        return Lived(pairs)


def _spread_over(count: int) -> list[int]:
    """Places of the few sets of worlds that are lived first, spread over all; none where there are hardly more than these."""
    return [] if count <= 2 * LOOKED_AT_FIRST else [at * count // LOOKED_AT_FIRST for at in range(LOOKED_AT_FIRST)]


def _of_more(progress: Progress | None, times: float) -> Progress | None:
    """Tells of so many times as many worlds as there are to be lived: of all, while the first few are."""
    return None if progress is None else lambda done, total, _: progress(done, round(times * total), None)


def _after(progress: Progress | None, before: int) -> Progress | None:
    """Tells of these worlds together with those lived before them."""
    return None if progress is None else lambda done, total, left: progress(done + before, total + before, left)


def _key(life: Life) -> tuple[object, ...]:
    """What decides a life, whichever point it belongs to."""
    return life.arm, life.seed, *life.values.items()


def sets_of(question: Question, arms: Sequence[Arm], lives: Iterable[Life]) -> list[tuple[Question, Task]]:
    """The sets of worlds of these lives, those that are the same once: of its arm, where a life has one."""
    by_name = {arm.name: arm for arm in arms}
    return [
        (by_name[life.arm].question if life.arm else question, Task(life.seed, life.point, dict(life.values)))
        for life in {_key(life): life for life in lives}.values()
    ]


@dataclass(frozen=True)
class Formula:
    """A formula in place of the model: `answer` takes the values of its arguments and a seed."""

    answer: Callable[[Mapping[str, float], int], float]

    def __call__(self, lives: Sequence[Life]) -> list[Lived]:
        """What each life came to; what is no number, or cannot be worked out, is a failure."""
        found = []
        for life in lives:
            try:
                value = float(self.answer(life.values, life.seed))
            except (ArithmeticError, TypeError, ValueError) as error:
                found.append(Lived({}, str(error)))
                continue
            found.append(Lived({"": (value, value)}) if math.isfinite(value) else Lived({}, f"{value} is no number"))
        return found
