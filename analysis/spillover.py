"""Direct and indirect effects of a policy, by design: what it does to those whom it covers, and through them to others.

The policy is given to shares of those whom it covers, all paired with the same base world. What differs from the base world in
the lives of those not covered has reached them through others. The same again with ties frozen shows how much of that runs
through ties that are made and ended.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.arms import check_complete, check_identical, failures_in_words
from analysis.attribution import tasks_of
from analysis.effect import SEEDS, check_seeds, check_whole
from analysis.ensemble import Progress, Ran, gather
from analysis.files import put
from analysis.intervals import LEVEL, Effect, effect_of, unreported
from analysis.jobs import Wanted, WorldsJob
from analysis.notes import caveats_on
from analysis.pairing import Question
from analysis.pools import Pool, open_pool
from analysis.sets import read_world
from analysis.spillover_design import AS_THEY_ARE, BY_CHANGES, FROZEN, Design, design_of
from analysis.store import RunStore
from analysis.store_places import open_store
from analysis.stretch import stretch_of
from analysis.subgroups import FEWEST
from analysis.words_of_effects import FEW_WORLDS, few_draws, nothing_differs, reliance
from analysis.words_of_parts import named_in_words, spillover_in_words
from analysis.worlds import BASE, Task, numbers_of, worlds_of
from simulation.scenario import Scenario, check_run

SHARES = (0.25, 0.5, 0.75, 1.0)
"""Shares of those whom the policy covers, where none are given."""

TOTAL, INDIRECT, DIRECT, OVERALL, OUTSIDE = "total", "indirect", "direct", "overall", "outside"
"""Effects, in the terms of Hudgens and Halloran, each against no policy in the base world: on people covered; on people eligible
and not covered; the former less the latter; on both together; and on people whom the policy would never cover."""

COLUMNS = (
    "base other lever outcome unit better group horizon_weeks ties share estimand effect low_luck high_luck low high level "
    "people covered_there worlds draws"
).split()
"""Columns of `spillover.csv`; `covered_there` is the share of these people whom the policy did cover in those worlds."""

ASSUMED = (
    ("Eligible are people whom the policy covers in any week up to the horizon where it is given whole, in that world. Who of "
     "them is covered at a smaller share is chosen by luck of their own: people covered and not covered are alike before it, and "
     "those of a smaller share are among those of a larger."),
    ("Indirect is every way in which a life can reach another: ties, kin, roles, areas. Frozen ties are not made, nor ended but "
     "by death, from week 0, in both worlds, and kin stay as they are; ties that are there still carry what they carry."),
    ("This is design, not tracing: nobody is told who influenced whom, and another coupling of luck gives other counts."),
)  # fmt: skip

LUCK_ONLY = "The intervals of direct and indirect effects hold luck only: the assumptions were not drawn (--draws)."
"""What is said where there are fewer than two draws."""


@dataclass
class Spillover:
    """What `spillover` found.

    Attributes
    ----------
    table
        One row for each state of ties ("as they are", "frozen", and the "difference" of the two), share and estimand.
    sentence
        The share nearest to a half in words.
    """

    design: Design
    seeds: list[int]
    draws: int
    table: pd.DataFrame
    sentence: str
    notes: list[str]
    seconds: float = 0.0
    ran: Ran = field(default_factory=Ran, repr=False)

    @property
    def question(self) -> Question:
        """The question asked with ties as they are."""
        return self.design.questions[AS_THEY_ARE]

    def effect(self, estimand: str, share: float, ties: str = AS_THEY_ARE) -> Effect:
        """One effect with both intervals; raises KeyError if there is no such row."""
        return _effect_in(self.table, estimand, share, ties)

    def write(self, folder: str | Path) -> list[Path]:
        """Write spillover.csv and spillover.png into `folder`; gives their paths. Raises OutputError where it cannot."""
        from analysis.figures import as_png
        from analysis.figures_parts import draw_spillover

        target = Path(folder)
        return [
            put(target / "spillover.csv", self.table.to_csv(index=False)),
            put(target / "spillover.png", as_png(draw_spillover, self)),
        ]


def spillover(
    base: Any,
    other: Any,
    *,
    people: int | None = None,
    years: float | None = None,
    seeds: Iterable[int] = SEEDS,
    draws: int = 0,
    shares: Sequence[float] = SHARES,
    only: str | None = None,
    assumptions: Mapping[str, float] | None = None,
    store: RunStore | str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Spillover:
    """Direct and indirect effects of the policy of `other` on the primary outcome, in its unit, with both intervals.

    Use when a policy reaches some people and others live among them. Do not use for policies that come as places or for
    everyone at once, nor to say who influenced whom.

    Parameters
    ----------
    base, other
        Scenarios, names or paths; the policies that only `other` has are given to shares.
    people, years, assumptions, seeds, draws
        As `compare` takes them; worlds end at the horizon of the primary outcome. Without draws there are no intervals over
        assumptions.
    shares
        Of those whom the policy covers, above 0 and at most 1; 1 is lived in any case, as it says who is eligible.
    only
        The lever to give to shares, where `other` has policies on several: the others are left out.
    store, workers, cluster, progress
        As `compare` takes them. What the store keeps of these worlds are states: who is covered is read from them.

    Raises
    ------
    ComparisonError
        Where worlds cannot be paired, the policy cannot be given to shares of people, or seeds or shares make no sense.
    WorldError
        Where worlds that should agree until the policy starts do not, or all worlds failed.
    OutputError
        Where the store cannot be written.

    References
    ----------
    Hudgens and Halloran (2008), "Toward causal inference with interference", Journal of the American Statistical
    Association 103:832.
    """
    started = time.monotonic()
    chosen = check_seeds(seeds)
    check_whole("draws", draws, 0)
    if workers is not None:
        check_whole("workers", workers, 1)
    pair = [Scenario.load(plan).with_settings(people, years, assumptions) for plan in (base, other)]
    design = design_of(*pair, shares, only)
    for scenario in pair:
        check_run(scenario, scenario.people)
    tasks = tasks_of(design.questions[AS_THEY_ARE], chosen, draws)
    with open_store(store) as kept, contextlib.closing(open_pool(workers, cluster)) as pool:
        found, ran = _live(design, tasks, kept, pool, progress)
    table = _table(design, found)
    result = Spillover(design, chosen, draws, table, "", [*_notes(design, table, found), *failures_in_words(ran)])
    result.sentence = _sentence(result)
    result.ran, result.seconds = ran, time.monotonic() - started
    return result


Key = tuple[str, float, str]
"""State of ties, share, and estimand."""


@dataclass(frozen=True)
class Measured:
    """One effect in one world, in the outcome's unit, the people it is a mean over, and the share of them covered there."""

    effect: float
    people: int
    covered_there: float = np.nan


@dataclass(frozen=True)
class Found:
    """Every effect in one set of worlds, and whether its assumptions were drawn."""

    effects: Mapping[Key, Measured]
    drawn: bool


def jobs_of_shares(design: Design, tasks: Sequence[Task], platform: Mapping[str, str]) -> list[WorldsJob]:
    """A job for each set of worlds: every share, with ties as they are and frozen."""
    alike = all(question.identical for question in design.questions.values())
    return [WorldsJob(_worlds_in(_wanted(design, task, platform)), alike) for task in tasks]


def _wanted(design: Design, task: Task, platform: Mapping[str, str]) -> dict[str, dict[str, Wanted]]:
    """The worlds of one set, by what ties do and label."""
    return {ties: worlds_of(question, task, platform) for ties, question in design.questions.items()}


def _live(
    design: Design, tasks: Sequence[Task], store: RunStore, pool: Pool, progress: Progress | None
) -> tuple[list[Found], Ran]:
    """Every effect in each set of worlds, sets of which a world failed left out, and what came of the run."""

    def read(place: int) -> Found:
        task, effects = tasks[place], {}
        wanted = _wanted(design, task, pool.platform)
        for ties, question in design.questions.items():
            lived = {label: read_world(store, world) for label, world in wanted[ties].items()}
            check_identical(question, [numbers_of(question, task, lived, events=False)])
            effects |= measure_shares(design, ties, task.seed, lived)
        return Found(effects, task.draw is not None)

    results, ran = gather(jobs_of_shares(design, tasks, pool.platform), store, pool, read, progress)
    complete = [found for found in results if found is not None]
    check_complete([found for found in complete if not found.drawn], ran)
    return complete, ran


def _worlds_in(wanted: Mapping[str, Mapping[str, Wanted]]) -> tuple[Wanted, ...]:
    """Each world once: where ties are frozen anyhow, both questions want the same."""
    return tuple({world.name: world for worlds in wanted.values() for world in worlds.values()}.values())


def measure_shares(design: Design, ties: str, seed: int, lived: Mapping[str, Any]) -> dict[Key, Measured]:
    """Every effect of every share in the worlds `lived`, by label, of one seed."""
    question = design.questions[ties]
    start = lived[BASE].snapshots[question.first_week]
    people = len(start)
    at_risk = np.asarray(question.primary.at_risk(start), dtype=bool)
    counted = at_risk & question.group.members(start)
    eligible = design.met(lived[question.labels[-1]], people)
    before = _values(question, lived[BASE])
    found: dict[Key, Measured] = {}
    for label, share in zip(question.labels, design.shares, strict=True):
        change = _values(question, lived[label]) - before
        met = design.met(lived[label], people)
        chosen = eligible & design.chosen(seed, share, people)
        groups = {
            TOTAL: counted & chosen, INDIRECT: counted & eligible & ~chosen, OVERALL: counted & eligible,
            OUTSIDE: at_risk & ~eligible,
        }  # fmt: skip
        own = {estimand: _mean(change, met, mask) for estimand, mask in groups.items()}
        own[DIRECT] = Measured(
            own[TOTAL].effect - own[INDIRECT].effect, min(own[TOTAL].people, own[INDIRECT].people)
        )
        found |= {(ties, share, estimand): measured for estimand, measured in own.items()}
    return found


def _values(question: Question, world: Any) -> np.ndarray:
    """The primary outcome of each person, in its unit, shape (people,)."""
    stretch = stretch_of(world, question.first_week, question.last_week, events=False)
    return np.asarray(question.primary.measure(stretch), dtype=float) * question.primary.scale


def _mean(change: np.ndarray, met: np.ndarray, mask: np.ndarray) -> Measured:
    people = int(mask.sum())
    if not people:
        return Measured(np.nan, 0)
    return Measured(float(change[mask].mean()), people, float(met[mask].mean()))


def _table(design: Design, found: Sequence[Found]) -> pd.DataFrame:
    rows = []
    for ties in (AS_THEY_ARE, FROZEN, BY_CHANGES):
        for share in design.shares:
            for estimand in (TOTAL, INDIRECT, DIRECT, OVERALL, OUTSIDE):
                rows.append(_row(design, found, (ties, share, estimand)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(design: Design, found: Sequence[Found], key: Key) -> dict[str, Any]:
    ties, share, estimand = key
    question = design.questions[AS_THEY_ARE]
    each = (AS_THEY_ARE, FROZEN) if ties == BY_CHANGES else (ties,)
    own = [[one.effects[state, share, estimand] for state in each] for one in found if not one.drawn]
    people = float(np.mean([min(measured.people for measured in both) for both in own]))
    there = np.nan if ties == BY_CHANGES else _mean_of_known([measured.covered_there for measured, in own])
    effect = effect_of(*_over_seeds_and_draws(found, key))
    if people < FEWEST:
        effect = unreported(effect)
    return {
        "base": question.base.name, "other": question.labels[-1], "lever": design.lever, "outcome": question.primary.id,
        "unit": question.primary.unit, "better": question.primary.better,
        "group": "all" if estimand == OUTSIDE else question.group.name, "horizon_weeks": question.horizon, "ties": ties,
        "share": share, "estimand": estimand, "effect": effect.value, "low_luck": effect.low_luck,
        "high_luck": effect.high_luck, "low": effect.low, "high": effect.high, "level": LEVEL, "people": people,
        "covered_there": there, "worlds": effect.worlds, "draws": effect.draws,
    }  # fmt: skip


def _over_seeds_and_draws(found: Sequence[Found], key: Key) -> list[np.ndarray]:
    """One effect in each set of worlds, shape (sets,): at the default assumptions, and at those that were drawn."""
    ties, share, estimand = key

    def effect(one: Found) -> float:
        if ties == BY_CHANGES:
            return one.effects[AS_THEY_ARE, share, estimand].effect - one.effects[FROZEN, share, estimand].effect
        return one.effects[key].effect

    return [np.array([effect(one) for one in found if one.drawn == drawn], dtype=float) for drawn in (False, True)]


def _mean_of_known(values: Sequence[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else np.nan


def _effect_in(table: pd.DataFrame, estimand: str, share: float, ties: str) -> Effect:
    rows = table[(table["estimand"] == estimand) & (table["share"] == share) & (table["ties"] == ties)]
    if rows.empty:
        raise KeyError(f"{estimand} at {share:g}, ties {ties}")
    row = rows.iloc[0]
    ends = (float(row[name]) for name in ("effect", "low_luck", "high_luck", "low", "high"))
    return Effect(*ends, int(row.worlds), int(row.draws))


def _notes(design: Design, table: pd.DataFrame, found: Sequence[Found]) -> list[str]:
    """How the design is read, what the intervals rest on, which groups are too small, and what it cannot show."""
    draws = sum(one.drawn for one in found)
    few = few_draws(draws)
    differs = not nothing_differs(_all_differences(found))
    return [
        *ASSUMED,
        *([LUCK_ONLY] if draws < 2 else []),
        *_on_luck(table, found),
        *([few] if few and differs else []),
        *_on_small_groups(table),
        *caveats_on(design.questions[AS_THEY_ARE].of_the_last),
    ]


def _all_differences(found: Sequence[Found]) -> list[float]:
    """Every effect in every set of worlds."""
    return [measured.effect for one in found for measured in one.effects.values()]


def _on_luck(table: pd.DataFrame, found: Sequence[Found]) -> list[str]:
    """Which intervals over luck should not be relied on: all where there are few worlds, else those of which few differ."""
    own = table[(table["ties"] == AS_THEY_ARE) & table["effect"].notna() & table["estimand"].isin([TOTAL, INDIRECT, OUTSIDE])]
    said = {
        f"{row.estimand} at {100 * row.share:g} %": reliance(*_over_seeds_and_draws(found, (row.ties, row.share, row.estimand)))
        for row in own.itertuples()
    }
    few_worlds = sum(not one.drawn for one in found) < FEW_WORLDS
    return list(dict.fromkeys(filter(None, said.values()))) if few_worlds else named_in_words(said)


def _on_small_groups(table: pd.DataFrame) -> list[str]:
    """A note on what is left out as too few people, beside those who are none by design."""
    own = table[(table["ties"] == AS_THEY_ARE) & (table["people"] < FEWEST)]
    small = own[~((own["share"] == 1) & own["estimand"].isin([INDIRECT, DIRECT]))]
    if small.empty:
        return []
    named = ", ".join(f"{row.estimand} at {100 * row.share:g} %" for row in small.itertuples())
    return [f"Not given, as fewer than {FEWEST} people a world are behind it: {named}."]


def _sentence(result: Spillover) -> str:
    part = min((share for share in result.design.shares if share < 1), key=lambda share: abs(share - 0.5), default=1.0)
    asked = {
        "total": (TOTAL, AS_THEY_ARE), "indirect": (INDIRECT, AS_THEY_ARE), "outside": (OUTSIDE, AS_THEY_ARE),
        "frozen": (INDIRECT, FROZEN), "whole": (TOTAL, AS_THEY_ARE),
    }  # fmt: skip
    effects = {
        name: result.effect(estimand, 1.0 if name == "whole" else part, ties) for name, (estimand, ties) in asked.items()
    }
    return spillover_in_words(result.question, result.design.lever, part, effects)
