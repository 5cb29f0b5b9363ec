"""The worlds of published figures as jobs: one world a draw for all figures that share it, of which only numbers are kept.

A world is lived once, for the longest of its figures; the shorter ones are read from its earlier weeks, which are the same. Each
number is kept under a name of its own, so that another figure in the file lives its world again, and no other.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from analysis.jobs import Asked, Check, code_that_measures, failure_of, measured, work_of
from analysis.pools import Stopped
from analysis.posterior import Draw
from analysis.published import Published
from analysis.published_measures import Measure, Measured, measure_in
from analysis.store import NUMBERS, Damaged, Entry, RunStore
from analysis.targets import Number
from analysis.trial import PEOPLE, trial_asked
from analysis.trial_jobs import TrialJob, trial_job
from analysis.worlds import assumptions_for
from simulation.cohort import cohort_names
from simulation.errors import WorldError
from simulation.identity import identity_of, name_of
from simulation.scenario import Scenario

MEASURED_IN = "analysis.published_measures"
"""The module whose code, with all that it reads, decides what a measure gives."""

USUAL_PEOPLE = 4000
"""People in the world of a cohort that has no targets."""

WEEKS_A_YEAR = 52


def plan_of(measure: Measure, people: int | None, layer: str) -> Scenario:
    """The world that a measure asks for, lived to its horizon; `people` None leaves the usual number."""
    if measure.cohort in cohort_names():
        plan = Scenario(
            name=measure.cohort, cohort=measure.cohort, people=people or PEOPLE.get(measure.cohort, USUAL_PEOPLE), layer=layer
        )
    else:
        plan = Scenario.load(measure.cohort).with_settings(people=people)
        plan = plan if layer == "labels" else replace(plan, layer=layer)
    if measure.own_experience is not None:
        plan = replace(plan, own_experience=measure.own_experience)
    return replace(plan, years=max(1, measure.last_week) / WEEKS_A_YEAR)


@dataclass(frozen=True)
class MeasuresJob:
    """One world, and what is measured in it; `measures_job` makes one.

    Attributes
    ----------
    plans, measures, names
        The world as each measure asks for it, which differ in their years alone; the measures; what each is called in the store.
    draw
        The assumptions and the seed.
    platform
        Tag of the machine that is to live it.
    """

    plans: tuple[Scenario, ...]
    measures: tuple[Measure, ...]
    names: tuple[str, ...]
    draw: Draw
    platform: Mapping[str, str]

    @property
    def wanted(self) -> tuple[Asked, ...]:
        """The number of each measure."""
        return tuple((NUMBERS, name, ()) for name in self.names)

    @property
    def worlds(self) -> int:
        """One: its world."""
        return 1

    @property
    def work(self) -> float:
        """How much it has to live, in person-weeks, burn-in included."""
        return work_of([self._longest], shared=True)

    @property
    def told(self) -> str:
        """Which world it is, in a few words."""
        return f"figures of {self.plans[0].name}, seed {self.draw.seed}, draw {self.draw.number}"

    @property
    def _longest(self) -> Scenario:
        return max(self.plans, key=lambda plan: plan.weeks)

    def without(self, found: Callable[[str, str, tuple[str, ...]], bool]) -> MeasuresJob | None:
        """The same job less the measures found already; None where none is left."""
        left = [at for at, name in enumerate(self.names) if not found(NUMBERS, name, ())]
        if not left:
            return None
        return replace(
            self, plans=tuple(self.plans[at] for at in left), measures=tuple(self.measures[at] for at in left),
            names=tuple(self.names[at] for at in left),
        )  # fmt: skip

    def run(self, check: Check) -> list[Entry]:
        """Live the world and measure it; gives the entry of each number, or of its failure."""
        try:
            if self._named_here() != self.names:
                raise WorldError("this machine has other code or cohorts than the one that asked: install the same")
            world = self._live(check)
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in one world must not end the others
            return self._failed(error)
        return [
            entry
            for name, measure, identity in zip(self.names, self.measures, self._identities(), strict=True)
            for entry in measured(name, identity, self.told, partial(self._content, world, measure))
        ]

    def failures(self, message: str) -> list[Entry]:
        """The records of its failure as a whole: one for each measure."""
        return self._failed(message)

    def read(self, store: RunStore) -> tuple[Measured, ...]:
        """What each measure gave. Raises KeyError where the store has not got it, Damaged where it cannot be read."""
        return tuple(_measured_of(store.read(NUMBERS, name)) for name in self.names)

    def _failed(self, error: BaseException | str) -> list[Entry]:
        pairs = zip(self.names, self._identities(), strict=True)
        return [failure_of(name, identity, self.told, error) for name, identity in pairs]

    def _live(self, check: Check) -> Any:
        from simulation import simulate

        panel = sorted({week for measure in self.measures for week in measure.panel})
        return simulate(
            self._longest, seed=self.draw.seed, assumptions=assumptions_for(self._longest, self.draw.assumptions), panel=panel,
            threads=1, progress=check,
        )  # fmt: skip

    def _content(self, world: Any, measure: Measure) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
        """What a measure gives in the world, as plain values and, here, no files."""
        return _plain(measure_in(world, measure, self._longest.names)), {}

    def _identities(self) -> list[dict[str, Any]]:
        pairs = zip(self.plans, self.measures, strict=True)
        return [_identity(plan, measure, self.draw, self.platform) for plan, measure in pairs]

    def _named_here(self) -> tuple[str, ...]:
        return tuple(map(name_of, self._identities()))


def measures_job(
    measures: Sequence[Measure], draw: Draw, platform: Mapping[str, str], people: int | None = None, layer: str = "labels"
) -> MeasuresJob:
    """The job that lives the one world of these measures, all of one cohort, on machines of this platform.

    Raises
    ------
    ScenarioError, ParameterError
        If it cannot be lived.
    """
    plans = tuple(plan_of(measure, people, layer) for measure in measures)
    names = tuple(name_of(_identity(plan, one, draw, platform)) for plan, one in zip(plans, measures, strict=True))
    return MeasuresJob(plans, tuple(measures), names, draw, platform)


def jobs_of(
    figures: Sequence[Published], draw: Draw, platform: Mapping[str, str], people: int | None = None, layer: str = "labels"
) -> list[MeasuresJob | TrialJob]:
    """One job for each world that the figures need under a draw: those of one cohort share theirs.

    Numbers of targets are measured as trials measure them, one trial for each cohort.
    """
    worlds: dict[tuple[str, float | None], list[Measure]] = {}
    for figure in figures:
        if isinstance(figure.measured, Measure) and figure.measured not in worlds.setdefault(figure.measured.world, []):
            worlds[figure.measured.world].append(figure.measured)
    found: list[MeasuresJob | TrialJob] = [
        measures_job(measures, draw, platform, people, layer) for measures in worlds.values()
    ]
    cohorts = dict.fromkeys(figure.cohort for figure in figures if isinstance(figure.measured, Number))
    trials = [
        trial_asked(draw.assumptions, draw.seed, people=people, layer=layer, cohorts=[cohort]) for cohort in cohorts
    ]
    return [*found, *(trial_job(asked, platform) for asked in trials)]


def read_job(job: MeasuresJob | TrialJob, store: RunStore) -> dict[Measure | str, Measured]:
    """What a job gave, by measure, or by the id of a target's number. Raises KeyError or Damaged where it cannot be read."""
    if isinstance(job, MeasuresJob):
        return dict(zip(job.measures, job.read(store), strict=True))
    trial = job.read(store)
    people = sum(trial.people[cohort] for cohort in trial.cohorts)
    return {
        name: Measured(found.value, people) if math.isfinite(found.value) else Measured(math.nan, people, "too little happened")
        for name, found in trial.found.items()
    }  # fmt: skip


def read_partly(job: MeasuresJob | TrialJob, store: RunStore) -> dict[Measure | str, Measured]:
    """What a job gave of which something failed: the measures that did not."""
    found: dict[Measure | str, Measured] = {}
    if isinstance(job, MeasuresJob):
        for measure, name in zip(job.measures, job.names, strict=True):
            with contextlib.suppress(KeyError, Damaged):
                found[measure] = _measured_of(store.read(NUMBERS, name))
    return found


def _identity(plan: Scenario, measure: Measure, draw: Draw, platform: Mapping[str, str]) -> dict[str, Any]:
    """All that decides the value of a measure, as plain values: its world as long as it needs it, and what is asked of it."""
    world = identity_of(plan, draw.seed, assumptions=assumptions_for(plan, draw.assumptions), platform=platform)
    code = code_that_measures(MEASURED_IN)
    return {**world, "measured": "figure", "world": name_of(world), "asked": measure.asked(), "names": _names(plan), "code": code}


def _names(plan: Scenario) -> list[list[str]]:
    """Names that rules may compare with, which are no part of what decides a world."""
    return [list(plan.names.areas), list(plan.names.groups)]


def _plain(found: Measured) -> dict[str, Any]:
    return {"value": found.value if math.isfinite(found.value) else None, "people_at_risk": found.people, "note": found.note}


def _measured_of(entry: Entry) -> Measured:
    try:
        value = entry.content["value"]
        return Measured(
            math.nan if value is None else float(value), int(entry.content["people_at_risk"]), str(entry.content["note"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(entry.kind, entry.name, "record.json", "cannot be read") from error
