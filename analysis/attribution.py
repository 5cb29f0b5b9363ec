"""What is owed to which part of a policy of several parts: Shapley values, exact in every world, with both intervals.

Worlds with every set of the parts are lived with the same people and the same luck. Each part is owed what it adds, on average
over all orders in which the parts could be added; so the parts add up to the whole effect, in every single world.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.arms import check_anybody, failures_in_words, live_arms
from analysis.effect import SEEDS, check_keep, check_seeds, check_whole, plan_tasks
from analysis.ensemble import Progress, Ran
from analysis.files import put
from analysis.intervals import LEVEL, Effect, effect_of
from analysis.notes import notes_on, on_few_draws
from analysis.outcomes import Outcome
from analysis.pairing import Question, ask
from analysis.parts import Part, check_number_of, many_in_words, parts_of, with_some
from analysis.pools import open_pool
from analysis.rows import effect_row
from analysis.sets import KEEP
from analysis.shapley import gains, shapley
from analysis.store import RunStore
from analysis.store_places import open_store
from analysis.tables import reach_table
from analysis.words_of_effects import reliance
from analysis.words_of_parts import attribution_in_words, interaction_in_words, named_in_words
from analysis.worlds import Numbers, Task
from simulation.scenario import Scenario, check_run

WHOLE, SHARE, ALONE, LAST, INTERACTION = "whole", "share", "alone", "last", "interaction"
"""What a row of the table measures: the whole effect, a part's Shapley value, its effect alone, or added last, and the whole
less the sum of the parts alone."""

COLUMNS = (
    "base other outcome unit better group horizon_weeks part measure effect low_luck high_luck low high level worlds draws "
    "people primary"
).split()
"""Columns of `parts.csv`."""

READING = (
    "Shares divide an effect of the whole policy between its parts, in this model, by which parts are there: they do not trace "
    "who influenced whom, and single people are not counted, as another coupling of luck gives other counts."
)


@dataclass
class Attribution:
    """What `attribute` found.

    Attributes
    ----------
    table
        One row for each outcome, part and measure: "share" is the Shapley value, "alone" the effect of the part by itself,
        "last" what it adds to all the others, "whole" and "interaction" are of all parts together.
    sentence, interaction
        The primary outcome in words.
    reliance
        Why the interval over luck of the whole effect should not be relied on, where that is so.
    values
        Mean of the primary outcome in each world, in its unit, shape (worlds, coalitions), at the default assumptions; a
        coalition's number in binary says which parts it has.
    """

    question: Question
    parts: tuple[Part, ...]
    seeds: list[int]
    draws: int
    table: pd.DataFrame
    sentence: str
    interaction: str
    notes: list[str]
    values: np.ndarray = field(repr=False)
    reliance: str = ""
    seconds: float = 0.0
    ran: Ran = field(default_factory=Ran, repr=False)

    @property
    def shares(self) -> np.ndarray:
        """Shapley value of each part in each world, shape (worlds, parts), in the unit of the primary outcome."""
        return shapley(self.values)

    def effect(self, measure: str, part: str = "") -> Effect:
        """One effect on the primary outcome, with both intervals.

        Raises
        ------
        KeyError
            If the table has no such measure of such a part.
        """
        table = self.table
        rows = table[table["primary"] & (table["measure"] == measure) & (table["part"] == part)]
        if rows.empty:
            raise KeyError(f"{measure} of {part}")
        row = rows.iloc[0]
        ends = (float(row[name]) for name in ("effect", "low_luck", "high_luck", "low", "high"))
        return Effect(*ends, int(row.worlds), int(row.draws))

    def write(self, folder: str | Path) -> list[Path]:
        """Write parts.csv and parts.png into `folder`; gives their paths. Raises OutputError where it cannot be written."""
        from analysis.figures import as_png
        from analysis.figures_parts import draw_parts, size_of_parts

        target = Path(folder)
        return [
            put(target / "parts.csv", self.table.to_csv(index=False)),
            put(target / "parts.png", as_png(draw_parts, self, size=size_of_parts(self))),
        ]


def attribute(
    base: Any,
    other: Any,
    *,
    people: int | None = None,
    years: float | None = None,
    seeds: Iterable[int] = SEEDS,
    draws: int = 0,
    outcomes: Sequence[str] | None = None,
    assumptions: Mapping[str, float] | None = None,
    parts: Mapping[str, Sequence[str]] | None = None,
    keep: str = KEEP[0],
    store: RunStore | str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Attribution:
    """How much of the effect of `other` against `base` each part of its policy is owed: Shapley values with both intervals.

    The parts are the policies that only `other` has. Worlds with each set of them are lived: 2 to the power of parts for each
    seed and draw, those that the store has left out. Up to four parts; five and six are many worlds, and a note says so.

    Use when the parts act together and one wants a fair division that adds up; do not use to tell what would be lost
    without a part (that is its effect "last"), nor who in the world influenced whom.

    Parameters
    ----------
    base, other
        Scenarios, names or paths.
    people, years, assumptions
        Of every world; as the scenarios say where None.
    seeds, draws
        Sets of worlds for luck at the default assumptions, and for the assumptions, as `compare` takes them.
    outcomes
        Ids to report beside the primary one; all where None.
    parts
        Names of groups of levers to take as one part; each policy is a part of its own where None.
    keep, store, workers, cluster, progress
        As `compare` takes them.

    Raises
    ------
    ComparisonError
        Where more than policies of `other` tells the worlds apart, the parts are too many, or seeds, draws, outcomes or
        groups make no sense.
    WorldError
        Where worlds that should agree until the policy starts do not, or all worlds failed.
    OutputError
        Where the store cannot be written.

    References
    ----------
    Shapley (1953), "A value for n-person games", Contributions to the Theory of Games II: 307.
    """
    started = time.monotonic()
    chosen = check_seeds(seeds)
    check_whole("draws", draws, 0)
    if workers is not None:
        check_whole("workers", workers, 1)
    check_keep(keep)
    question, found = question_of_parts(base, other, people, years, assumptions, outcomes, parts, keep)
    check_anybody(question, chosen)
    tasks = tasks_of(question, chosen, draws)
    with open_store(store) as kept, contextlib.closing(open_pool(workers, cluster)) as pool:
        numbers, ran = live_arms(question, tasks, kept, pool, progress, keep)
    result = summarise_parts(question, found, chosen, draws, numbers)
    many = many_in_words(found, len(chosen), draws)
    result.notes += ([many] if many else []) + failures_in_words(ran)
    result.ran, result.seconds = ran, time.monotonic() - started
    return result


def question_of_parts(
    base: Any,
    other: Any,
    people: int | None = None,
    years: float | None = None,
    assumptions: Mapping[str, float] | None = None,
    outcomes: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    keep: str = KEEP[0],
) -> tuple[Question, tuple[Part, ...]]:
    """The question that an attribution asks: one other world for each set of parts, all of them last; and the parts.

    What is kept of the worlds decides what can be asked of them: nothing that is read from events where only states are.

    Raises
    ------
    ComparisonError, ScenarioError, ParameterError
        Where the worlds cannot be lived or paired, or the parts cannot be told apart.
    """
    pair = [Scenario.load(plan).with_settings(people, years, assumptions) for plan in (base, other)]
    parts = parts_of(*pair, groups)
    check_number_of(parts, pair[1])
    arms = [with_some(*pair, parts, coalition) for coalition in range(1, 1 << len(parts))]
    question = ask(pair[0], arms, list(outcomes) if outcomes is not None else None, events=keep != "states")
    for scenario in pair:
        check_run(scenario, scenario.people)
    return question, parts


def tasks_of(question: Question, seeds: list[int], draws: int) -> list[Task]:
    """The sets of worlds to live for these seeds and draws, without placebo worlds and other fits."""
    tasks, _ = plan_tasks(question, seeds, draws)
    return [replace(task, ledger=False) for task in tasks if not task.fit]


def summarise_parts(
    question: Question, parts: tuple[Part, ...], seeds: list[int], draws: int, numbers: Sequence[Numbers]
) -> Attribution:
    """The attribution of every outcome, from the numbers of all sets of worlds."""
    rows: list[dict[str, Any]] = []
    for outcome in question.outcomes:
        rows += _rows(question, outcome, parts, numbers)
    table = pd.DataFrame(rows, columns=COLUMNS)
    values = _values(question, question.primary, [found for found in numbers if found.task.draw is None])
    result = Attribution(question, parts, seeds, draws, table, "", "", [READING], values)
    shares = [(part.words, result.effect(SHARE, part.name)) for part in parts]
    result.sentence = attribution_in_words(question, result.effect(WHOLE), shares)
    result.interaction = interaction_in_words(question.primary, result.effect(WHOLE), result.effect(INTERACTION), len(parts))
    result.reliance, luck = on_luck(question, parts, numbers)
    result.notes += [*luck, *_on_the_whole(question, numbers), *on_few_draws(numbers)]
    return result


def on_luck(question: Question, parts: Sequence[Part], numbers: Sequence[Numbers]) -> tuple[str, list[str]]:
    """What must be said of the interval over luck of the whole, and notes on parts whose share may be relied on less."""
    seeds, draws = _over_seeds_and_draws(question, question.primary, parts, numbers)
    if not np.isfinite(seeds["", WHOLE]).any():
        return "", []
    whole = reliance(seeds["", WHOLE], draws["", WHOLE])
    each = {f"share of {part.words}": reliance(seeds[part.name, SHARE], draws[part.name, SHARE]) for part in parts}
    return whole, named_in_words({name: said for name, said in each.items() if said != whole})


def _on_the_whole(question: Question, numbers: Sequence[Numbers]) -> list[str]:
    """What a comparison of the base world with that of all parts says of itself, in the primary group."""
    whole, kept = question.of_the_last, list(numbers)
    rows = [effect_row(whole, whole.labels[0], outcome, whole.group.name, kept) for outcome in whole.outcomes]
    return notes_on(whole, pd.DataFrame(rows), reach_table(whole, kept))


def _values(question: Question, outcome: Outcome, numbers: Sequence[Numbers]) -> np.ndarray:
    """Mean of an outcome over the group at risk, in its unit, shape (sets of worlds, coalitions); the base world is first."""

    def row(found: Numbers) -> list[float]:
        pairs = [found.pairs[label, outcome.id, question.group.name] for label in question.labels]
        return [pairs[0].base, *(pair.other for pair in pairs)]

    return np.array([row(found) for found in numbers], dtype=float).reshape(len(numbers), len(question.labels) + 1)


def _measures(values: np.ndarray, parts: Sequence[Part]) -> dict[tuple[str, str], np.ndarray]:
    """Each measure of each part, by (part, measure), shape (sets of worlds,), in the unit of `values`."""
    whole = values[:, -1] - values[:, 0]
    found = {("", WHOLE): whole}
    each_alone = []
    for number, (part, share) in enumerate(zip(parts, shapley(values).T, strict=True)):
        added = gains(values, number)
        each_alone.append(added[:, 0])
        found |= {(part.name, SHARE): share, (part.name, ALONE): added[:, 0], (part.name, LAST): added[:, -1]}
    return found | {("", INTERACTION): _less_sum(whole, np.stack(each_alone))}


def _less_sum(whole: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """The whole less the sum of `alone`, shape (parts, sets of worlds), over parts; what is but rounding is exactly 0."""
    together = whole - alone.sum(axis=0)
    rounding = 16 * np.finfo(float).eps * (np.abs(whole) + np.abs(alone).sum(axis=0))
    return np.where(np.abs(together) <= rounding, 0.0, together)


def _over_seeds_and_draws(
    question: Question, outcome: Outcome, parts: Sequence[Part], numbers: Sequence[Numbers]
) -> list[dict[tuple[str, str], np.ndarray]]:
    """The measures of an outcome over seeds, and those over draws."""
    sets = ([found for found in numbers if (found.task.draw is None) == over_seeds] for over_seeds in (True, False))
    return [_measures(_values(question, outcome, each), parts) for each in sets]


def _rows(question: Question, outcome: Outcome, parts: Sequence[Part], numbers: Sequence[Numbers]) -> list[dict[str, Any]]:
    seeds, draws = _over_seeds_and_draws(question, outcome, parts, numbers)
    key = (question.labels[-1], outcome.id, question.group.name)
    people = float(np.mean([found.pairs[key].people for found in numbers if found.task.draw is None]))
    rows = []
    for (part, measure), values in seeds.items():
        effect = effect_of(values, draws[part, measure])
        rows.append({
            "base": question.base.name, "other": question.labels[-1], "outcome": outcome.id, "unit": outcome.unit,
            "better": outcome.better, "group": question.group.name, "horizon_weeks": question.horizon, "part": part,
            "measure": measure, "effect": effect.value, "low_luck": effect.low_luck, "high_luck": effect.high_luck,
            "low": effect.low, "high": effect.high, "level": LEVEL, "worlds": effect.worlds, "draws": effect.draws,
            "people": people, "primary": outcome is question.primary,
        })  # fmt: skip
    return rows
