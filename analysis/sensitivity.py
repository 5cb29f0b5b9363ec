"""Which assumptions move an answer: an outcome, or above all the paired effect of a policy, and how surely that is known.

`sensitivity` screens many assumptions by Morris' method, or gives the Sobol indices of a few, with SALib's designs; it lives
every point under the same seeds through the run store, so that a run that was killed goes on from there.
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

from analysis.arms import check_anybody
from analysis.effect import check_seeds
from analysis.ensemble import Progress, Ran
from analysis.outcomes import Outcome
from analysis.pairing import Question
from analysis.pools import open_pool
from analysis.sensitivity_checks import (
    check_asked,
    check_kinds,
    check_size,
    listed_names,
    listed_others,
)
from analysis.sensitivity_design import SAMPLES, Design, make_design
from analysis.sensitivity_factors import Factors, choose_factors, near_names
from analysis.sensitivity_failures import (
    FEWEST_BLOCKS,
    FOLLOW_COLUMNS,
    failed_at,
    failures_followed,
    followed_in_words,
    place_of,
    places_of_seeds,
    size_of,
    usable,
    without_rounding,
)
from analysis.sensitivity_measures import (
    LEADING,
    RESAMPLES,
    LuckShare,
    Measure,
    luck_share,
    measures_of,
    pawn_of,
    ranked,
    under_shared_seeds,
)
from analysis.sensitivity_table import arm_rows, measure_rows, response_rows, table_of
from analysis.sensitivity_words import kept_blocks, sentences_of
from analysis.sensitivity_worlds import Arm, Evaluate, Life, Lived, Worlds, arms_of, question_asked
from analysis.store import RunStore
from analysis.store_places import open_store
from simulation.errors import ComparisonError, Problem, WorldError

SEEDS = range(1, 4)
"""Seeds shared by all points, where none are given."""

MOST_LISTED = 6
"""How many names a message lists at most."""


@dataclass(frozen=True)
class Asked:
    """What an analysis is about, in names and words; `others` is empty where one world alone is looked at."""

    base: str
    others: tuple[str, ...]
    outcome: str
    means: str
    unit: str
    better: str
    horizon_weeks: int
    whom: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Name of each answer: of each other world, or empty for one world alone."""
        return self.others or ("",)


@dataclass
class Sensitivity:
    """What `sensitivity` found.

    Attributes
    ----------
    asked, method, samples, seeds
        The question, "morris" or "sobol", how many trajectories or base samples, and the shared seeds.
    factors
        One row a factor, the dummy last (`analysis.sensitivity_factors`).
    points
        One row a point: values of the assumptions in their own units, and the place of the dummy.
    responses
        A row a point, seed and other world, with its block, whether it is counted, and whether it is under the dummy's other
        luck; `response` is the paired difference, or the outcome of one world alone (`analysis.sensitivity_table`).
    failures
        `point, seed, reason` of what could not be lived or has no figure; `dropped` names the blocks left out for it,
        `failed_seeds` the seeds, which are not in `seeds`, and `failed_follow` the assumptions that it goes with
        (`analysis.sensitivity_failures`).
    table
        Every measure with its interval in long format (`analysis.sensitivity_table`).
    sentences
        The answer in words, by other world; empty text where there is none.
    measures, luck
        The measures behind the table, and the shares of luck, by other world.
    """

    asked: Asked
    method: str
    samples: int
    seeds: list[int]
    design: Design = field(repr=False)
    points: pd.DataFrame = field(repr=False)
    responses: pd.DataFrame = field(repr=False)
    failures: pd.DataFrame
    dropped: list[int]
    failed_seeds: list[int] = field(default_factory=list)
    failed_follow: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(FOLLOW_COLUMNS)))
    table: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    sentences: dict[str, list[str]] = field(default_factory=dict)
    measures: dict[str, dict[str, Measure]] = field(default_factory=dict, repr=False)
    answers: dict[str, np.ndarray] = field(default_factory=dict, repr=False)
    luck: dict[str, LuckShare | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    question: Question | None = field(default=None, repr=False)
    screening: Sensitivity | None = field(default=None, repr=False)
    seconds: float = 0.0
    ran: Ran = field(default_factory=Ran, repr=False)

    @property
    def factors(self) -> pd.DataFrame:
        """One row a factor, the dummy last."""
        return self.design.factors.table

    @property
    def counted(self) -> pd.Series:
        """Whether each point is part of the answer, by point: lived under the shared seeds, in a block that is whole.

        Where the dummy alone moves, the seeds are others.
        """
        shared = np.tile(~self.design.other_luck, self.design.blocks)
        return pd.Series(shared & ~self.blocks.isin(self.dropped).to_numpy(), index=self.points.index, name="counted")

    @property
    def blocks(self) -> pd.Series:
        """The trajectory or base sample of each point, by point."""
        return pd.Series(self.points.index // self.design.width, index=self.points.index, name="block")

    @property
    def independent(self) -> pd.Series:
        """Whether each point is a draw of its own, by point: of a base sample its two samples, of a trajectory its first point.

        The other points of a block share most of their assumptions with these.
        """
        ends = [0] if self.design.method == "morris" else [0, self.design.width - 1]
        own = np.isin(np.arange(len(self.points)) % self.design.width, ends)
        return pd.Series(own, index=self.points.index, name="independent")

    def measure(self, factor: str, name: str | None = None, other: str | None = None) -> tuple[float, float, float]:
        """Estimate, low and high end of one measure of a factor (default: the one that factors are ranked by).

        Raises
        ------
        ComparisonError
            If there is no such measure, other world or factor.
        """
        named = self._named(other)[_known("measure", name or LEADING[self.method], self._named(other))]
        return named.of(_known("factor", factor, named.factors))

    def _named(self, other: str | None) -> dict[str, Measure]:
        """The measures of one other world, the first where None. Raises ComparisonError where there is no such world."""
        return self.measures[self.asked.labels[0] if other is None else _known("other", other, self.measures)]

    def leading(self, number: int, other: str | None = None) -> list[str]:
        """Names of the strongest factors, strongest first. Raises ComparisonError where there is no such other world."""
        return ranked(self._named(other)[LEADING[self.method]])[:number]

    def write(self, folder: str | Path) -> list[Path]:
        """Write its tables into `folder`; gives their paths. Raises OutputError where it cannot be written."""
        from analysis.results_of_sensitivity import write_tables

        return write_tables(self, Path(folder))


def _known(what: str, name: str, names: Iterable[str]) -> str:
    """The name, if it is one of these. Raises ComparisonError with the nearest ones otherwise."""
    listed = list(names)
    if name in listed:
        return name
    allowed = ", ".join(listed[:MOST_LISTED]) + (f" and {len(listed) - MOST_LISTED} more" if len(listed) > MOST_LISTED else "")
    raise ComparisonError(Problem(what, repr(name), allowed or "none", near_names(name, listed)))


def sensitivity(
    base: Any,
    others: Any = (),
    *,
    method: str = "morris",
    samples: int | None = None,
    outcome: str | None = None,
    people: int | None = None,
    years: float | None = None,
    own_experience: float | None = None,
    seeds: Iterable[int] = SEEDS,
    parameters: Iterable[str] | None = None,
    leading: int | None = None,
    screening_trajectories: int | None = None,
    groups: str | None = None,
    second_order: bool = False,
    ablation: bool = True,
    assumptions: Mapping[str, float] | None = None,
    store: RunStore | str | Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Which assumptions move the effect of `others` against `base`, or an outcome of `base` alone.

    Parameters
    ----------
    base, others
        Scenarios, names or paths; with no other, or None, the outcome itself is looked at.
    method, samples
        "morris" and its trajectories (10), for many assumptions; "sobol" and its base samples (64), a power of two, for few.
    outcome
        Name of what is looked at; the primary outcome where None.
    people, years, own_experience
        Size and length of every world, and the share with own experience; as the scenarios say where None.
    seeds
        The same at every point.
    parameters, leading, screening_trajectories, groups
        The assumptions to vary (all free ones where None); the so many strongest of a Morris screening of these that is lived
        first, with its trajectories (10); or "mechanism" or "layer": assumptions that belong together are moved together.
    second_order
        Sobol indices of pairs too, for nearly twice the points.
    ablation
        Also each mechanism switched off, and the structural alternatives, at the default assumptions.
    assumptions
        Values that hold in every world.
    store, workers, cluster, progress
        As for `analysis.compare`.

    Raises
    ------
    ComparisonError, ScenarioError, ParameterError
        Where what is asked for makes no sense.
    WorldError
        Where so many worlds failed that nothing can be said.
    OutputError
        Where the store cannot be written.
    """
    started = time.monotonic()
    several, named = listed_others(others), listed_names(parameters)
    check_asked(method, samples, named, leading, groups, second_order, screening_trajectories)
    check_kinds(base, store, assumptions, workers, ablation=ablation, second_order=second_order)
    plan = Plan(method, samples, check_seeds(seeds), named, leading, screening_trajectories, groups, second_order, ablation)
    question, shown = question_asked(base, several, outcome, people, years, own_experience, assumptions)
    plan.check(question)
    check_anybody(question, plan.seeds, shown)
    with open_store(store) as kept, contextlib.closing(open_pool(workers, cluster)) as pool:
        found = plan.live(Worlds(question, shown, kept, pool, progress=progress), asked_of(question, shown, bool(several)))
    found.seconds = time.monotonic() - started
    return found


@dataclass(frozen=True)
class Plan:
    """How an analysis goes about it: the screening first, where leading assumptions are wanted, then the analysis itself.

    `samples_given` and `trajectories_given`, those of the screening, may be None, for the usual numbers.
    """

    method: str
    samples_given: int | None
    seeds: list[int]
    parameters: Sequence[str] | None
    leading: int | None
    trajectories_given: int | None
    groups: str | None
    second_order: bool
    ablation: bool

    @property
    def samples(self) -> int:
        """Trajectories or base samples."""
        return SAMPLES[self.method] if self.samples_given is None else self.samples_given

    @property
    def trajectories(self) -> int:
        """Trajectories of the screening for leading assumptions."""
        return SAMPLES["morris"] if self.trajectories_given is None else self.trajectories_given

    def check(self, question: Question) -> None:
        """Nothing where its assumptions can be varied in these worlds, and its designs lived; none is built for it.

        Raises ComparisonError otherwise.
        """
        count = len(factors_of(question, self.parameters, self.groups).names)
        if self.leading is not None:
            check_size("morris", count, self.trajectories, len(self.seeds))
            count = min(count, self.leading + 1)
        check_size(self.method, count, self.samples, len(self.seeds), self.second_order)

    def screening(self, question: Question) -> Design | None:
        """The design of the screening for leading assumptions; None where none are wanted."""
        if self.leading is None:
            return None
        return make_design("morris", factors_of(question, self.parameters, None), self.trajectories)

    def design(self, question: Question, parameters: Sequence[str] | None) -> Design:
        """The design of the analysis itself, of these parameters."""
        return make_design(self.method, factors_of(question, parameters, self.groups), self.samples, self.second_order)

    def live(self, worlds: Worlds, asked: Asked) -> Sensitivity:
        """The analysis, lived."""
        question = worlds.question
        first, screened, parameters = self.screening(question), None, self.parameters
        if first is not None and self.leading is not None:
            screened = study(asked, first, self.seeds, worlds)
            parameters = screened.leading(self.leading)
        design = self.design(question, parameters)
        worlds.arms = arms_of(question) if self.ablation else []
        found = study(asked, design, self.seeds, worlds, worlds.arms)
        found.question, found.screening, found.ran = question, screened, worlds.ran
        if asked.others:
            found.notes += _against_itself(question)
        return found


def _against_itself(question: Question) -> list[str]:
    """A note on each other world that is the base world itself."""
    return [
        f"{label} is looked at against itself: every difference is exactly 0, whatever is assumed."
        for label, other in zip(question.labels, question.others, strict=True) if other.resolved() == question.base.resolved()
    ]  # fmt: skip


def factors_of(question: Question, parameters: Sequence[str] | None, groups: str | None) -> Factors:
    """The factors of the worlds of a question."""
    return choose_factors([question.base, *question.others], parameters, groups)


def asked_of(question: Question, outcome: Outcome, paired: bool) -> Asked:
    """What a question asks, in names and words."""
    whom = question.whom if outcome is question.primary or question.group.name != "everyone" else outcome.whom
    others = question.labels if paired else ()
    return Asked(
        question.base.name,
        tuple(others),
        outcome.id,
        outcome.means,
        outcome.unit,
        outcome.better,
        question.horizon,
        whom,
    )


def lives_of(design: Design, seeds: Sequence[int], arms: Sequence[Arm]) -> list[Life]:
    """Every set of worlds that is wanted: each point of the design under its seeds, and each arm under the shared ones."""
    values = design.factors.values(design.places[:, :-1])
    lives = []
    for point, row in enumerate(values):
        named = dict(zip(design.factors.parameters, row.tolist(), strict=True))
        lives += [Life(point, seed, named) for seed in design.seeds_at(point, seeds)]
    return lives + [Life(0, seed, arm.values, arm.name) for arm in arms for seed in seeds]


def study(
    asked: Asked,
    design: Design,
    seeds: Sequence[int],
    evaluate: Evaluate,
    arms: Sequence[Arm] = (),
    resamples: int = RESAMPLES,
) -> Sensitivity:
    """The analysis of a design from end to end, whatever gives the answers: the model, or a formula in its place.

    Raises
    ------
    WorldError
        Where fewer than two trajectories or base samples are whole.
    """
    lives = lives_of(design, seeds, arms)
    lived = usable(evaluate(lives))
    count = len(design.places) * len(seeds)
    failed = failed_at(design, lived[:count])
    places = places_of_seeds(failed)
    shape, failed = failed.shape, failed[:, :, places].any(axis=2)
    values = design.factors.values(design.places[:, :-1])
    points = pd.DataFrame(values, columns=list(design.factors.parameters)).assign(dummy=design.places[:, -1])
    points.index.name = "point"
    responses = _responses(asked, *_at_places(places, len(seeds), lives[:count], lived[:count]))
    found = Sensitivity(
        asked, design.method, design.blocks, [seeds[at] for at in places], design, points, responses, _failures(lives, lived),
        np.flatnonzero(failed.any(axis=1)).tolist(), [seed for at, seed in enumerate(seeds) if at not in places],
        failures_followed(design, failed),
    )  # fmt: skip
    found.responses = response_rows(found, responses)
    kept = kept_blocks(found)
    if len(kept) < FEWEST_BLOCKS:
        raise WorldError(_too_few(found))
    rows, size = [], size_of(_kept(kept, places, shape, lived[:count]))
    for label in asked.labels:
        answers = _answers(asked, label, design, lived[:count], len(seeds))[kept][:, :, places]
        found.answers[label] = without_rounding(answers, size)
        rows += _measure(found, label, kept, resamples)
        rows += arm_rows(asked, label, arms, *_at_places(places, len(seeds), lives[count:], lived[count:]))
    found.table = table_of(asked, design, found.seeds, len(kept), rows)
    found.sentences = {label: sentences_of(found, label) for label in asked.labels}
    return found


def _measure(found: Sensitivity, label: str, kept: np.ndarray, resamples: int) -> list[dict[str, Any]]:
    """All measures of one other world, as rows; kept in what was found too."""
    design, answers = found.design, found.answers[label]
    kept_design = design.of_blocks(kept)
    measures = measures_of(kept_design, answers, resamples)
    if design.method == "sobol" and np.ptp(under_shared_seeds(kept_design, answers)) > 0:
        measures |= pawn_of(kept_design, answers, max(1, resamples // 10))
    found.measures[label] = measures
    found.luck[label] = luck_share(kept_design, answers, resamples)
    return measure_rows(found.asked, label, design.factors, measures, found.luck[label])


def _at_places(
    places: Sequence[int], seeds: int, lives: Sequence[Life], lived: Sequence[Lived]
) -> tuple[list[Life], list[Lived]]:
    """Of lives under so many seeds each, those under the seeds at these places."""
    some = [at for at in range(len(lives)) if at % seeds in places]
    return [lives[at] for at in some], [lived[at] for at in some]


def _kept(blocks: np.ndarray, places: Sequence[int], shape: tuple[int, ...], lived: Sequence[Lived]) -> list[Lived]:
    """Of what was lived, of shape (blocks, width, seeds), that of these blocks under the seeds at these places."""
    return [lived[at] for at in np.arange(len(lived)).reshape(shape)[blocks][:, :, list(places)].ravel()]


def _responses(asked: Asked, lives: Sequence[Life], lived: Sequence[Lived]) -> pd.DataFrame:
    """One row for each point, seed and other world that was lived; nothing stands for those that failed."""
    rows = []
    for life, one in zip(lives, lived, strict=True):
        for (_, (base, other)), label in zip(one.pairs.items(), asked.labels, strict=False):
            both = (base, other, other - base) if asked.others else (base, np.nan, base)
            rows.append((life.point, label, life.seed, *both))
    return pd.DataFrame(rows, columns=["point", "other", "seed", "base_value", "other_value", "response"])


def _failures(lives: Sequence[Life], lived: Sequence[Lived]) -> pd.DataFrame:
    rows = [
        (None if life.arm else life.point, life.arm, life.seed, one.failure)
        for life, one in zip(lives, lived, strict=True)
        if one.failure
    ]
    return pd.DataFrame(rows, columns=["point", "arm", "seed", "reason"])


def _too_few(found: Sensitivity) -> str:
    """Why nothing can be said, where fewer than two trajectories or base samples are whole."""
    first = found.failures.iloc[0]
    said = (
        f"{len(found.dropped)} of {found.design.blocks} trajectories or base samples hold a failed world, and two whole ones are "
        f"the least; the first ({place_of(first)}, seed {first.seed}): {first.reason}"
    )
    return ". ".join([said, *followed_in_words(found.failed_follow)])


def _answers(asked: Asked, label: str, design: Design, lived: Sequence[Lived], seeds: int) -> np.ndarray:
    """The answer at each point under each seed, shape (blocks, width, seeds); not a number in blocks that are dropped."""
    place = asked.labels.index(label)

    def read(one: Lived) -> float:
        if one.failure:
            return np.nan
        base, other = list(one.pairs.values())[place]
        return other - base if asked.others else base

    flat = np.array([read(one) for one in lived])
    return flat.reshape(design.blocks, design.width, seeds)
