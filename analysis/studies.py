"""Studies beside the claims, as they were registered: what to live, what to measure, and what the answer is called.

A claim holds or not; a study asks how far, how long, from which length on. Each stands in a file of
`analysis/evidence/studies/`, written before any was run. A later change to one is noted in its `changes`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.claims import (
    SIGNS,
    Ablation,
    Arm,
    Change,
    ClaimError,
    load_registered,
    read_experiment,
    read_table,
    wrong_changes,
    wrong_names,
)
from simulation.errors import Problem
from simulation.scenario import Scenario
from simulation.units import shown

NAMES = ("two-selves", "ramps", "label-length", "label-stage", "after-the-label")
"""The registered studies, in the order in which they are told."""


@dataclass(frozen=True)
class StudyMeasure:
    """One number worked out from a study's worlds in a draw.

    `formula` says how, over which `population` and `weeks`, in `unit`; `answer` what it is called, or, where there is a
    `sign` and a `threshold`, what it shows where it lies on that side. `none` is what a number without end is called, such as
    a length that is never reached. `goes_with` names other measures whose ranks over draws are held against its own.
    """

    id: str
    population: str
    weeks: str
    formula: str
    unit: str
    answer: str
    sign: str = ""
    threshold: float = 0.0
    none: str = ""
    goes_with: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether the draws in which it lies on one side of a threshold are counted."""
        return bool(self.sign)

    def holds(self, value: float) -> bool:
        """Whether a value lies on the side of the threshold that counts; false where none does, or the value is no number."""
        if not self.judged:
            return False
        return value > self.threshold if self.sign == "above" else value < self.threshold


@dataclass(frozen=True)
class Study:
    """One study as registered. `why` says how its experiment was chosen, and what it cannot tell.

    `headline` names the measures whose answers are told first.
    `with_deterrence_off` asks for it to be lived a second time with flags that deter nobody.
    """

    id: str
    question: str
    why: str
    arms: tuple[Arm, ...]
    measures: tuple[StudyMeasure, ...]
    headline: tuple[str, ...]
    with_deterrence_off: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def ablation(self) -> Ablation | None:
        """Nothing is taken out of a study."""
        return None

    @property
    def person_weeks(self) -> int:
        """What a draw of it lives, with and without deterrence where both are asked for, burn-in apart."""
        lived = sum(plan.people * plan.weeks for plan in self.plans().values())
        return lived * (2 if self.with_deterrence_off else 1)

    def plans(self) -> dict[str, Scenario]:
        """The scenario of each arm, by name. Raises `ScenarioError` where one is wrong."""
        return {arm.name: arm.plan() for arm in self.arms}

    def ablated_plans(self) -> dict[str, Scenario]:
        """No worlds: nothing is taken out of a study."""
        return {}


def load_studies() -> dict[str, Study]:
    """Every registered study by its name, in the order of `NAMES`.

    Raises
    ------
    ClaimError
        With everything that is wrong in the files: one missing, one too many, a key that there is not.
    """
    return load_registered("study", "studies", NAMES, ", ".join(f"{name}.toml" for name in NAMES), read_study)


def read_study(text: str, file: str) -> Study:
    """The study that a file's `text` states; `file` names it in messages. Raises `ClaimError` with all that is wrong in it."""
    _, given = read_experiment(text, file, StudyMeasure)
    study: Study = read_table(Study, given, file)
    problems = [Problem(file, *wrong) for wrong in _wrong_in(study, file)]
    if problems:
        raise ClaimError(problems)
    return study


def _wrong_in(study: Study, file: str) -> Iterable[tuple[str, str, str]]:
    if f"{study.id}.toml" != file:
        yield study.id, f"the study that {file} is named for", "Correct the id or the file's name."
    yield from wrong_names("arm", [arm.name for arm in study.arms])
    ids = [measure.id for measure in study.measures]
    yield from wrong_names("measure", ids)
    for name in study.headline:
        if name not in ids:
            yield f"headline {shown(name)}", "a measure of the study", "Correct it."
    for measure in study.measures:
        if measure.sign and measure.sign not in SIGNS:
            yield f"sign {shown(measure.sign)} of {measure.id}", ", ".join(SIGNS), "Correct it."
        if not isinstance(measure.threshold, int | float) or isinstance(measure.threshold, bool):
            yield f"threshold of {measure.id}", "a number", "Correct it."
        elif measure.threshold and not measure.sign:
            yield f"a threshold of {measure.id} without a sign", "above or below", "Say which side counts."
        for other in measure.goes_with:
            if other not in ids or other == measure.id:
                yield f"{measure.id} going with {shown(other)}", "another measure of the study", "Correct it."
    yield from wrong_changes(study.changes)
