"""Same people, same luck, policies that differ: what changes, for whom, and how surely.

`compare` lives every pair of worlds and gives `Effects`: paired differences with two intervals, kept apart. *Luck* is what
other seeds would give; *assumptions* is what other values of the numbers that nobody is sure of would give.

Worlds are taken from the run store where it has them; only what is missing is lived.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.arms import check_anybody, check_complete, check_identical, failures_in_words
from analysis.costs import cost_in_words
from analysis.draws import own_ranges
from analysis.ensemble import Progress, Ran
from analysis.flags import PerFlags, per_flags
from analysis.intervals import Effect, standing_out, strongest
from analysis.ledger import groups_table, ledger_table, parting_in_words, partings_table, people_table
from analysis.notes import notes_on, on_few_draws
from analysis.other_fits import effects_at_other_fits, fit_tasks, in_words
from analysis.outcomes import Outcome
from analysis.pairing import Question, ask, first_difference
from analysis.pools import Pool, open_pool
from analysis.posterior import OVER, WHOLE_MODEL, check_over, drawn_assumptions
from analysis.precision import MOST_SEEDS, in_words_of_precision, more_seeds
from analysis.ranking import best_table, ranking_of, ranking_table, unit_in_words
from analysis.rows import COLUMNS, effect_in, effect_row, flags_row, needed_for, ratio_in
from analysis.sets import KEEP, live_sets
from analysis.simultaneous import Ranking
from analysis.store import RunStore
from analysis.store_places import open_store
from analysis.tables import covered_in_words, differing_levers, mean_covered, reach_table, tried_in_words
from analysis.words_of_effects import (
    needed_in_words,
    ranking_in_words,
    ratio_in_words,
    reliance,
    weeks_longer,
)
from analysis.worlds import Numbers, Task, difference, over_seeds_and_draws
from simulation.errors import ComparisonError, Problem
from simulation.run import MOST_SEED, is_whole
from simulation.scenario import check_run

SEEDS = range(1, 31)
"""Seeds of a comparison, where none are given."""

DRAWS = 32
"""Draws of the assumptions, where no number is given: of ranges, a power of two covers each evenly."""

LEDGERS = 3
"""How many seeds, the first ones, also live a placebo world for the ledger."""

@dataclass(frozen=True)
class Answer:
    """What a comparison says about one other world: sentences, and the primary effect behind them.

    `otherwise` says the same effect as a ratio, as the number needed and as a time, where it is one; `reliance` why its
    interval over luck should not be relied on, where that is so. `assumptions` are those that go with the effect beyond chance,
    with their rank correlations; `strongest` the few that go with it most, whether or not by chance.
    """

    other: str
    effect: Effect
    sentence: str
    sources: str
    reached: str
    per_flags: str = ""
    reliance: str = ""
    otherwise: tuple[str, ...] = ()
    cost: str = ""
    other_fits: str = ""
    assumptions: tuple[tuple[str, float], ...] = ()
    strongest: tuple[tuple[str, float], ...] = ()


@dataclass
class Effects:
    """What `compare` found: `table` (one row an effect), `answers`, other tables, and notes on how to read them.

    `ledger` counts who fares better and worse, `groups` tells in which groups, `reach` whom policies reached, `partings` when
    and why the first lives part, `people` the lives that differ in the worlds kept for it. With several other worlds, `ranking`
    sets each against each, and `best` tells in how many draws each is the best.
    """

    question: Question
    seeds: list[int]
    draws: int
    table: pd.DataFrame
    ledger: pd.DataFrame
    groups: pd.DataFrame
    reach: pd.DataFrame
    answers: list[Answer]
    notes: list[str]
    numbers: list[Numbers] = field(repr=False)
    drawn: dict[str, np.ndarray] = field(repr=False)
    ranked: Ranking | None = field(default=None, repr=False)
    keep: str = KEEP[0]
    over: str = OVER[0]
    seconds: float = 0.0
    ran: Ran = field(default_factory=Ran, repr=False)

    def primary(self, other: str | None = None) -> pd.Series:
        """The row of the primary outcome in its group, for one other world (default: the first)."""
        label = other or self.question.labels[0]
        return self.table[self.table["primary"] & (self.table["other"] == label)].iloc[0]

    @cached_property
    def partings(self) -> pd.DataFrame:
        """The first people whose lives differ in each pair of worlds, a row each; empty where no events were kept."""
        return partings_table(self.question, self.numbers)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Each person whose primary outcome, or its date, differs, in the first worlds; empty where no events were kept."""
        return people_table(self.question, self.numbers)

    def parting(self, other: str) -> list[str]:
        """Who parts first between the base world and another and why, in sentences; none where no events were kept."""
        return parting_in_words(self.question, self.numbers, other)

    @property
    def ranking(self) -> pd.DataFrame:
        """Each world against each, the better one first; empty where there is one other world only."""
        return pd.DataFrame() if self.ranked is None else ranking_table(self.question, self.ranked)

    @property
    def best(self) -> pd.DataFrame:
        """Each world's place and in how many draws it is the best; empty where there is one other world only."""
        return pd.DataFrame() if self.ranked is None else best_table(self.ranked)

    @property
    def ranking_in_words(self) -> list[str]:
        """Which world is the best and how sure that is, in sentences; none where there is one other world only."""
        if self.ranked is None:
            return []
        at_once = "Ranges over luck in this ranking hold all at once, so they are wider than each alone."
        return [*ranking_in_words(self.ranked, unit_in_words(self.question)), at_once]

    @property
    def identical(self) -> str:
        """Until when the worlds compared were seen to be the same."""
        pairs = len(self.numbers) * len(self.question.others)
        if not self.question.identical:
            return "The worlds differ in assumptions or layers, so they differ from the beginning."
        return f"Identical until week {self.question.first_week} in all {pairs} pairs of worlds, as they should be."


def compare(
    base: Any,
    others: Any,
    *,
    people: int | None = None,
    years: float | None = None,
    seeds: Iterable[int] = SEEDS,
    draws: int = DRAWS,
    over: str = OVER[0],
    outcomes: Sequence[str | Outcome] | None = None,
    by: str | None = None,
    assumptions: Mapping[str, float] | None = None,
    precision: float | None = None,
    most_seeds: int = MOST_SEEDS,
    keep: str = KEEP[0],
    store: RunStore | str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Effects:
    """Effects of the policies of `others` against `base`: same people, same luck, 95 % intervals of both kinds.

    Parameters
    ----------
    base, others
        Scenarios, names or paths; one other or several.
    people, years
        Size and length of every world; as the scenarios say where None.
    seeds
        One pair of worlds each, at the default assumptions: the interval over luck.
    draws
        One pair of worlds each, at other values of the assumptions: the interval over assumptions; 0 leaves it out. Draw d
        is lived under seed d + 1, whatever the seeds, and more draws leave the first ones as they are.
    over
        What the draws are of: "posterior", sets of values that agree with the published figures, or "ranges", each assumption
        over its plausible range by itself. Only the whole model has a posterior: in another layer they are of the ranges.
    outcomes
        Outcomes to report beside the primary one, by name or made by `own_outcome`; the usual ones where None.
    by
        A trait, group or rule that splits every outcome.
    assumptions
        Values that replace defaults in every world.
    precision
        Seeds are added until the interval over luck of the primary effect reaches no further than this to either side, in
        the unit of the outcome, or `most_seeds` are lived.
    keep
        What is kept of each world: "events", "states" or "numbers" (`analysis.sets`).
    store
        The run store, or its folder; a temporary one, removed in the end, where None.
    workers, cluster
        Worlds lived at once on this machine (default: one a core), or the address of a Dask scheduler.
    progress
        Told how far it is, in worlds.

    Raises
    ------
    ComparisonError
        Where worlds cannot be paired, or seeds, draws or outcomes make no sense.
    WorldError
        Where worlds that should agree until the policy starts do not, or all worlds failed.
    OutputError
        Where the store cannot be written.
    """
    started = time.monotonic()
    chosen = check_seeds(seeds)
    _check_asked(draws, precision, most_seeds, keep, workers)
    check_over(over)
    question = question_of(base, others, people, years, assumptions, outcomes, by, keep)
    check_anybody(question, chosen)
    tasks, drawn = plan_tasks(question, chosen, draws, over)
    with open_store(store) as kept, contextlib.closing(open_pool(workers, cluster)) as pool:
        worlds = _Worlds(question, kept, pool, keep, progress)
        worlds.live(tasks)
        while precision is not None and (more := more_seeds(question, worlds.numbers, precision, most_seeds)):
            added = [Task(seed, ledger=at < LEDGERS) for at, seed in enumerate(more, start=len(chosen))]
            chosen += more
            if not worlds.live(added):
                break
    numbers, ran = worlds.numbers, worlds.ran
    elsewhere = [found for found in numbers if found.task.fit]
    numbers = [found for found in numbers if not found.task.fit]
    effects = summarise(question, chosen, draws, numbers, drawn, elsewhere)
    effects.notes += in_words_of_precision(question, numbers, precision) + failures_in_words(ran)
    effects.ran, effects.keep, effects.over = ran, keep, drawn_over(question, over)
    effects.seconds = time.monotonic() - started
    return effects


def question_of(
    base: Any,
    others: Any,
    people: int | None = None,
    years: float | None = None,
    assumptions: Mapping[str, float] | None = None,
    outcomes: Sequence[str | Outcome] | str | None = None,
    by: str | None = None,
    keep: str = KEEP[0],
) -> Question:
    """The question that a comparison of these scenarios asks.

    Raises
    ------
    ComparisonError, ScenarioError, ParameterError
        Where the worlds cannot be lived or paired.
    """
    listed = _listed(outcomes)
    if keep == "numbers" and any(isinstance(outcome, Outcome) for outcome in listed or ()):
        allowed, todo = "outcomes that every process knows by name", "keep='events', or another outcome"
        raise ComparisonError(Problem("keep='numbers'", "an outcome of your own", allowed, todo))
    question = ask(*_load(base, others, people, years, assumptions), listed, _split(by), events=keep != "states")
    for scenario in (question.base, *question.others):
        check_run(scenario, scenario.people)
    return question


@dataclass
class _Worlds:
    """Sets of worlds lived so far, and what came of the run."""

    question: Question
    store: RunStore
    pool: Pool
    keep: str
    progress: Progress | None
    numbers: list[Numbers] = field(default_factory=list)
    ran: Ran = field(default_factory=Ran)

    def live(self, tasks: Sequence[Task]) -> bool:
        """Live these sets too, those that fail left out; whether any did not fail."""
        found, ran = live_sets(self.question, tasks, self.store, self.pool, self.keep, self.progress)
        self.ran.add(ran)
        self.numbers += found
        check_complete([one for one in self.numbers if one.task.draw is None], ran)
        if self.question.identical:
            check_identical(self.question, found)
        return bool(found)


def _check_asked(draws: int, precision: float | None, most_seeds: int, keep: str, workers: int | None) -> None:
    """Nothing where all of it can be asked for. Raises ComparisonError otherwise."""
    check_whole("draws", draws, 0)
    check_whole("most_seeds", most_seeds, 1)
    if workers is not None:
        check_whole("workers", workers, 1)
    if precision is not None and not (np.isfinite(precision) and precision > 0):
        raise ComparisonError(
            Problem("precision", repr(precision), "a number above 0, in the unit of the primary outcome", "precision=1")
        )
    check_keep(keep)


def check_keep(keep: str) -> None:
    """Nothing where so much can be kept of a world. Raises ComparisonError otherwise."""
    if keep not in KEEP:
        raise ComparisonError(Problem("keep", repr(keep), ", ".join(KEEP), f"keep={KEEP[0]!r}"))


MOST_GIVEN = 10_000
"""Seeds that may be given at once."""


def check_seeds(seeds: Iterable[int]) -> list[int]:
    """Seeds, in order. Raises ComparisonError where there is none, too many, one twice, or one that is no seed."""
    listed = isinstance(seeds, Iterable) and not isinstance(seeds, str)
    given = list(itertools.islice(seeds, MOST_GIVEN + 1)) if listed else [seeds]
    allowed = f"whole numbers from 0 to 2^63 - 1 in a list or range: at least one, better 30, at most {MOST_GIVEN:,}, each once"
    if len(given) > MOST_GIVEN:
        raise ComparisonError(Problem("seeds", f"more than {MOST_GIVEN:,}", allowed, "seeds=range(1, 31)"))
    wrong = [seed for seed in given if not is_whole(seed) or not 0 <= seed <= MOST_SEED]
    if wrong or not given or not isinstance(seeds, Iterable):
        raise ComparisonError(Problem("seeds", repr(wrong[0]) if wrong else repr(seeds), allowed, "seeds=range(1, 31)"))
    twice = [seed for seed in given if given.count(seed) > 1] if len(set(given)) < len(given) else []
    if twice:
        raise ComparisonError(Problem("seeds", f"{twice[0]} more than once", allowed, "seeds=range(1, 31)"))
    return [int(seed) for seed in given]


def check_whole(name: str, value: object, low: int) -> None:
    """Nothing where `value` is a whole number from `low`. Raises ComparisonError otherwise."""
    if not is_whole(value) or value < low:
        raise ComparisonError(Problem(name, repr(value), f"a whole number from {low}", f"{name}={max(low, 1)}"))


def drawn_over(question: Question, over: str) -> str:
    """What the draws of this question are of: only the whole model has a posterior."""
    return over if question.base.layer == WHOLE_MODEL else "ranges"


def plan_tasks(
    question: Question, chosen: list[int], draws: int, over: str = OVER[0]
) -> tuple[list[Task], dict[str, np.ndarray]]:
    """The sets of worlds to live, and the drawn values of each assumption, shape (draws,); arguments as `compare` has them."""
    own = own_ranges([question.base, *question.others])
    drawn = drawn_assumptions(draws, own, drawn_over(question, over)) if draws else {}
    tasks = [Task(seed, ledger=at < LEDGERS) for at, seed in enumerate(chosen)]
    for draw in range(draws):
        values = {name: float(column[draw]) for name, column in drawn.items()}
        # A seed of its own, so that other seeds, or more of them, leave what was drawn as it is.
        tasks.append(Task(draw + 1, draw, values))
    return tasks + (fit_tasks(chosen) if draws and question.base.layer == WHOLE_MODEL else []), drawn


def summarise(
    question: Question,
    seeds: list[int],
    draws: int,
    numbers: list[Numbers],
    drawn: dict[str, np.ndarray],
    elsewhere: Sequence[Numbers] = (),
) -> Effects:
    """Effects of every outcome in every group from the numbers of all pairs of worlds; `elsewhere` are those at other fits."""
    rows, answers = [], []
    for label in question.labels:
        for outcome in question.outcomes:
            rows += [effect_row(question, label, outcome, group.name, numbers) for group in question.subgroups]
        flags = per_flags(question, label, numbers)
        if flags is not None:
            rows.append(flags_row(question, label, flags))
        answer = _answer(question, label, numbers, drawn, flags)
        if np.isfinite(answer.effect.value):
            there = in_words(question.primary, effects_at_other_fits(question, label, elsewhere))
            answer = replace(answer, other_fits=there)
        answers.append(answer)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    ranked = ranking_of(question, numbers) if len(question.labels) > 1 else None
    reach = reach_table(question, numbers)
    ledger, groups = ledger_table(question, numbers), groups_table(question, numbers)
    notes = notes_on(question, table, reach)
    notes += on_few_draws(numbers)
    return Effects(question, seeds, draws, table, ledger, groups, reach, answers, notes, numbers, drawn, ranked)


def _load(
    base: Any, others: Any, people: int | None, years: float | None, assumptions: Mapping[str, float] | None
) -> tuple[Any, list[Any]]:
    from simulation import Scenario

    def load(plan: Any) -> Any:
        scenario = plan if isinstance(plan, Scenario) else Scenario.load(plan)
        return scenario.with_settings(people=people, years=years, assumptions=assumptions)

    several = [others] if isinstance(others, str) or not isinstance(others, Iterable) else list(others)
    return load(base), [load(other) for other in several]


def _listed(outcomes: Sequence[str | Outcome] | str | None) -> list[str | Outcome] | None:
    if outcomes is None or isinstance(outcomes, str | Outcome):
        return None if not outcomes else [outcomes]
    names = list(outcomes) if isinstance(outcomes, Iterable) else [outcomes]
    wrong = [name for name in names if not isinstance(name, str | Outcome)]
    if wrong:
        todo = "recovery list outcomes shows them"
        raise ComparisonError(Problem("outcomes", repr(wrong[0]), "names of outcomes, in a list", todo))
    return names or None


def _split(by: str | None) -> str | None:
    if by is not None and not isinstance(by, str):
        raise ComparisonError(Problem("by", repr(by), "the name of a trait or group, or a rule in words", "by='woman'"))
    return by


def _otherwise(question: Question, label: str, numbers: list[Numbers], effect: Effect) -> tuple[str, ...]:
    """The primary effect said otherwise, in sentences: as a ratio, as the number needed, as a time without the event."""
    outcome, group = question.primary, question.group.name
    if effect.is_nothing or not np.isfinite(effect.value):
        return ()
    said = [f"That is {ratio_in_words(ratio_in(numbers, label, outcome, group))}." if outcome.is_amount else ""]
    needed = needed_for(outcome, effect)
    if needed is not None:
        said.append(needed_in_words(needed, question.whom, outcome.phrase, outcome.better))
    time = next((each for each in question.outcomes if each.id == outcome.time), None)
    if time is not None:
        said.append(weeks_longer(effect_in(numbers, label, time.id, group), question.whom, outcome.event))
    return tuple(line for line in said if line)


def _answer(
    question: Question,
    label: str,
    numbers: list[Numbers],
    drawn: dict[str, np.ndarray],
    flags: PerFlags | None,
) -> Answer:
    from simulation.parameters import PARAMETERS

    outcome, group = question.primary, question.group
    effect = effect_in(numbers, label, outcome.id, group.name)
    over_seeds, over_draws = over_seeds_and_draws(numbers, lambda found: difference(found, label, outcome.id, group.name))
    sources = standing_out(drawn, over_draws) if len(over_draws) >= 2 else []
    varied = sum(1 for column in drawn.values() if np.ptp(column) > 0)
    meanings = {name: parameter.means for name, parameter in PARAMETERS.items()}
    other = question.others[question.labels.index(label)]
    same = effect.is_nothing or first_difference(question.base, other) is None
    clause = words.when(differing_levers(question.base, other), question.base.name, label)
    people, tried = mean_covered(numbers, label), tried_in_words(question, numbers, label)
    covered = covered_in_words(question, numbers, label)
    return Answer(
        other=label,
        effect=effect,
        sentence=words.answer(outcome, question.whom, question.horizon, effect, clause),
        sources=""
        if same or not np.isfinite(effect.value)
        else words.range_comes_from([name for name, _ in sources], meanings, len(over_draws), varied),
        reached=tried if tried and not people else f"{covered} {tried}".strip(),
        per_flags=words.per_flags(flags.effect, outcome, flags.averted) if flags else "",
        reliance=reliance(over_seeds, over_draws) if np.isfinite(effect.value) and not same else "",
        otherwise=_otherwise(question, label, numbers, effect),
        cost=cost_in_words(question, numbers, label, effect, people),
        assumptions=tuple(sources),
        strongest=tuple(strongest(drawn, over_draws)),
    )
