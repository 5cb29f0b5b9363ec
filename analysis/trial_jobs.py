"""Trials as jobs for a pool: each gives one entry of numbers, which the store keeps under a name of all that decides them.

The worlds of a trial are not kept: the published figures are counted from every event of every life, and those are large. What
is kept is what was counted, some kilobytes. The published values decide nothing: how far a trial is off is worked out when it
is read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.jobs import Asked, Check, code_that_measures, failure_of, measured, work_of
from analysis.store import NUMBERS, Damaged, Entry, RunStore
from analysis.targets import load_numbers
from analysis.trial import (
    ATTEMPT_COHORTS,
    OTHER_YEARS,
    YEARS,
    Trial,
    attempts_over_years,
    attempts_world,
    live_trial,
    plain_world,
)  # fmt: skip
from simulation.errors import WorldError
from simulation.identity import identity_of, name_of
from simulation.parameters import assumptions as all_assumptions

MEASURED_IN = "analysis.trial"
"""The module whose code, with all that it reads, decides what a trial gives."""

CONTENT = "record.json"


@dataclass(frozen=True)
class _NumbersJob(ABC):
    """What jobs on trials share: one entry of numbers for one trial that was asked for.

    Attributes
    ----------
    name
        What the numbers are called in the store.
    asked
        The trial, not lived yet.
    platform
        Tag of the machine that is to live it.
    """

    name: str
    asked: Trial
    platform: Mapping[str, str]

    @property
    def wanted(self) -> tuple[Asked, ...]:
        """The one entry that it gives."""
        return ((NUMBERS, self.name, ()),)

    def without(self, found: Callable[[str, str, tuple[str, ...]], bool]) -> _NumbersJob | None:
        """The same job, or None where its numbers are found already."""
        return None if found(NUMBERS, self.name, ()) else self

    def run(self, check: Check) -> list[Entry]:
        """Live the worlds and measure them; gives the entry of their numbers, or of their failure."""
        identity = self.identity()

        def measure() -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
            if name_of(identity) != self.name:
                raise WorldError("this machine has other code or cohorts than the one that asked: install the same")
            return self.measure(check), {}

        return measured(self.name, identity, self.told, measure)

    def failures(self, message: str) -> list[Entry]:
        """The record of its failure as a whole."""
        return [failure_of(self.name, self.identity(), self.told, message)]

    @property
    @abstractmethod
    def told(self) -> str:
        """What it is, in a few words."""

    @property
    @abstractmethod
    def worlds(self) -> int:
        """How many worlds it lives."""

    @property
    @abstractmethod
    def work(self) -> float:
        """How much it has to live, in person-weeks, burn-in included."""

    @abstractmethod
    def identity(self) -> dict[str, Any]:
        """All that decides its numbers, as plain values."""

    @abstractmethod
    def measure(self, check: Check) -> Mapping[str, Any]:
        """What its worlds give, as plain values."""

    @abstractmethod
    def read(self, store: RunStore) -> Any:
        """What it gave. Raises KeyError where the store has not got it, Damaged where it cannot be read."""

    def _content(self, store: RunStore) -> Mapping[str, Any]:
        return store.read(NUMBERS, self.name).content

    def _damaged(self) -> Damaged:
        return Damaged(NUMBERS, self.name, CONTENT, "cannot be read")


class TrialJob(_NumbersJob):
    """One trial of the cohorts that were asked for, as `live_trial` lives it; `trial_job` makes one."""

    @property
    def told(self) -> str:
        """Which trial it is, in a few words."""
        whole = set(self.asked.cohorts) == set(YEARS)
        return f"trial{'' if whole else f' of {_listed(self.asked.cohorts)}'}, {self.asked.layer} layer, seed {self.asked.seed}"

    @property
    def worlds(self) -> int:
        """How many worlds it lives."""
        return sum(1 + len(OTHER_YEARS.get(cohort, ())) for cohort in self.asked.cohorts)

    @property
    def work(self) -> float:
        """How much it has to live, in person-weeks, a burn-in for each cohort included."""
        return sum(self._work_of(cohort) for cohort in self.asked.cohorts)

    def identity(self) -> dict[str, Any]:
        """All that decides its numbers, as plain values."""
        return identity_of_trial("trial", self.asked, self.platform)

    def measure(self, check: Check) -> Mapping[str, Any]:
        """What its worlds give, as plain values."""
        asked = self.asked
        return live_trial(
            asked.assumptions, asked.seed, people=asked.people, layer=asked.layer, cohorts=asked.cohorts, check=check
        ).record()

    def read(self, store: RunStore) -> Trial:
        """The trial, lived. Raises KeyError where the store has not got it, Damaged where it cannot be read."""
        content = self._content(store)
        try:
            return self.asked.of_record(content)
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error

    def _work_of(self, cohort: str) -> float:
        plan = plain_world(self.asked, cohort)
        return work_of([plan, *(replace(plan, years=years) for years in OTHER_YEARS.get(cohort, ()))], shared=True)


class AttemptsJob(_NumbersJob):
    """Attempts counted over 20 years, as `attempts_over_years` does; `attempts_job` makes one."""

    @property
    def told(self) -> str:
        """What it is, in a few words."""
        return f"attempts over 20 years, {self.asked.layer} layer, seed {self.asked.seed}"

    @property
    def worlds(self) -> int:
        """One: its world."""
        return 1

    @property
    def work(self) -> float:
        """How much it has to live, in person-weeks, burn-in included."""
        return work_of([attempts_world(self.asked)], shared=True)

    def identity(self) -> dict[str, Any]:
        """All that decides its numbers, as plain values."""
        return identity_of_trial("attempts", self.asked, self.platform)

    def measure(self, check: Check) -> Mapping[str, Any]:
        """What its world gives, as plain values."""
        asked = self.asked
        attempts = attempts_over_years(
            asked.assumptions, asked.seed, people=asked.people, layer=asked.layer, check=check
        )
        return {"attempts": attempts.tolist()}

    def read(self, store: RunStore) -> np.ndarray:
        """Attempts of each person, shape (people,). Raises KeyError where the store has not got them, Damaged if damaged."""
        content = self._content(store)
        try:
            return np.array(content["attempts"], dtype=int)
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error


def trial_job(asked: Trial, platform: Mapping[str, str]) -> TrialJob:
    """The job that lives this trial on machines of this platform.

    Raises
    ------
    KeyError
        If a cohort has no targets.
    ParameterError
        If an assumption is unknown or out of range.
    """
    return TrialJob(name_of(identity_of_trial("trial", asked, platform)), asked, platform)


def attempts_job(asked: Trial, platform: Mapping[str, str]) -> AttemptsJob:
    """The job that counts attempts under the seed, assumptions and layer of this trial; raises what `trial_job` does."""
    asked = replace(asked, cohorts=ATTEMPT_COHORTS)
    return AttemptsJob(name_of(identity_of_trial("attempts", asked, platform)), asked, platform)


def identity_of_trial(measured: str, asked: Trial, platform: Mapping[str, str]) -> dict[str, Any]:
    """All that decides the numbers `measured` in a trial, as plain values: whatever cohorts it leaves out counts for nothing."""
    cohorts = {}
    for name in asked.cohorts:
        world = identity_of(plain_world(asked, name), asked.seed, platform=platform)
        cohorts[name] = name_of({"cohort": world["cohort"]})
    return {
        "measured": measured, "assumptions": all_assumptions(asked.assumptions), "seed": int(asked.seed),
        "people": {name: int(asked.people[name]) for name in asked.cohorts}, "layer": asked.layer, "cohorts": cohorts,
        "targets": sorted(one.id for one in load_numbers() if one.cohort in asked.cohorts),
        "platform": dict(platform), "code": code_that_measures(MEASURED_IN),
    }  # fmt: skip


def _listed(cohorts: tuple[str, ...]) -> str:
    return " and ".join(cohort.replace("_", " ") for cohort in cohorts)
