"""One trial of a set of assumptions: the worlds that the published figures need, lived under one seed, and their numbers.

>>> trial = live_trial({}, 1, people=40, cohorts=["first_episode"])
>>> [name for name in trial.found if name.startswith("M5")]
['M5.1', 'M5.2']
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import measures_england, measures_mental_health, measures_offending, measures_use
from analysis.measures_lives import Lives
from analysis.survival import Found
from analysis.targets import FURTHEST, WITHIN, Number, load_numbers, load_targets
from simulation.scenario import Scenario

WEEKS_A_YEAR = 52
PEOPLE: Mapping[str, int] = {
    "leaving_prison": 4000, "entering_treatment": 4000, "first_episode": 4000, "england": 6000,
}  # fmt: skip
"""People in the world of each cohort, those who stand around included."""

YEARS: Mapping[str, float] = {
    "leaving_prison": 9.0, "entering_treatment": 8.0, "first_episode": measures_mental_health.RECOVERY / WEEKS_A_YEAR,
    "england": measures_england.SURVEY / WEEKS_A_YEAR,
}  # fmt: skip
"""Years that the world of each cohort lives: as long as its studies followed people."""

OTHER_YEARS: Mapping[str, tuple[float, ...]] = {"leaving_prison": (1.0, 2.0), "entering_treatment": (2.0,)}
"""Years that the other worlds of a cohort's pairs live, which begin as its plain world does."""

HIDDEN_RECORDS = """
[[policy]]
lever = "employers_not_asking"
set   = 1.0
"""
NO_RECORD = """
[[experiment]]
state = "record"
set   = 0
"""
ONE_FRIEND = """
[[experiment]]
give_tie = "recovering_a_year"
whom     = "own_experience"
"""
"""What differs in the other world of each pair, from week 0."""


@dataclass
class Trial:
    """What one trial gave.

    Attributes
    ----------
    found
        Each number measured, by its id ("S1.2"), with its error from luck where that is easy; in the order of the targets.
    cohorts
        Cohorts that were lived.
    attempts
        Decisions made up to the first sustained year in use, of each person who reached one, shape (people who did,).
    beside
        Numbers looked at beside the targets, by name.
    seconds
        Time it took.
    """

    assumptions: Mapping[str, float]
    seed: int
    layer: str
    people: Mapping[str, int]
    cohorts: tuple[str, ...]
    found: dict[str, Found] = field(default_factory=dict)
    attempts: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))
    beside: dict[str, Found] = field(default_factory=dict)
    seconds: float = 0.0

    def record(self) -> dict[str, Any]:
        """What was measured as plain values that JSON can hold: with what was asked, all that `of_record` needs."""
        return {
            "found": {name: _plain(one) for name, one in self.found.items()},
            "beside": {name: _plain(one) for name, one in self.beside.items()},
            "attempts": self.attempts.tolist(), "seconds": self.seconds,
        }  # fmt: skip

    def of_record(self, record: Mapping[str, Any]) -> Trial:
        """The trial that was asked for, with what a record of it holds, to the last bit.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is no record of a trial.
        """
        found = {one.id: _found(record["found"][one.id]) for one in load_numbers() if one.id in record["found"]}
        beside = {name: _found(one) for name, one in record["beside"].items()}
        attempts = np.array(record["attempts"], dtype=int)
        return replace(self, found=found, beside=beside, attempts=attempts, seconds=float(record["seconds"]))

    def values(self) -> np.ndarray:
        """The 39 numbers in the order of `load_numbers`, shape (39,); not a number where not measured."""
        return np.array([self.found[one.id].value if one.id in self.found else math.nan for one in load_numbers()])

    def errors(self) -> np.ndarray:
        """Their errors from luck, shape (39,); not a number where not worked out."""
        return np.array([self.found[one.id].error if one.id in self.found else math.nan for one in load_numbers()])

    def distances(self) -> np.ndarray:
        """Distances from the published numbers in sd, shape (39,); not a number where the cohort was not lived.

        A number that a lived cohort did not give (a ratio over nobody) is as far off as can be.
        """
        pairs = zip(load_numbers(), self.values(), strict=True)
        return np.array([_distance(one, value, self.cohorts) for one, value in pairs])


def _plain(found: Found) -> list[float | str]:
    """A number and its error in what JSON can hold: what is not finite is written as a word."""
    return [float(one) if math.isfinite(one) else str(float(one)) for one in found]


def _found(plain: Sequence[float | str]) -> Found:
    value, error = plain
    return Found(float(value), float(error))


def people_of(people: int | Mapping[str, int] | None) -> dict[str, int]:
    """People in the world of each cohort: those given, the usual ones for cohorts left out, or one number for all."""
    if people is None:
        return dict(PEOPLE)
    return dict.fromkeys(PEOPLE, people) if isinstance(people, int) else {**PEOPLE, **people}


def live_trial(
    assumptions: Mapping[str, float],
    seed: int,
    *,
    people: int | Mapping[str, int] | None = None,
    layer: str = "labels",
    cohorts: Iterable[str] | None = None,
    check: Callable[..., Any] | None = None,
    engine: str = "compiled",
) -> Trial:
    """Live the worlds that the targets need, on one thread, and measure them.

    Parameters
    ----------
    assumptions
        Values of parameters, by name, instead of the defaults.
    seed
        Names the people and their luck in every world.
    people
        People in each world, by cohort, or one number for all; `PEOPLE` where left out.
    layer
        How much of the model acts: a name from `simulation.mechanisms.LAYERS`.
    cohorts
        Only these; by default all that have targets.
    check
        Called each week of each world; what it raises ends the trial.
    engine
        "compiled", or "plain".

    Raises
    ------
    KeyError
        If a cohort has no targets.
    ScenarioError, ParameterError
        If the worlds cannot be lived.
    """
    started = time.perf_counter()
    trial = trial_asked(assumptions, seed, people=people, layer=layer, cohorts=cohorts)
    worlds = _Worlds(trial, check, engine)
    found: dict[str, list[Found]] = {}
    for cohort in trial.cohorts:
        found |= _MEASURED[cohort](worlds, trial)
    for target in load_targets():
        if target.id in found:
            pairs = zip(range(1, len(target.value) + 1), found[target.id], strict=True)
            trial.found |= {f"{target.id}.{at}": one for at, one in pairs}
    trial.seconds = time.perf_counter() - started
    return trial


def trial_asked(
    assumptions: Mapping[str, float],
    seed: int,
    *,
    people: int | Mapping[str, int] | None = None,
    layer: str = "labels",
    cohorts: Iterable[str] | None = None,
) -> Trial:
    """A trial before it is lived; arguments as in `live_trial`."""
    wanted = tuple(YEARS if cohorts is None else dict.fromkeys(cohorts))
    return Trial(dict(assumptions), seed, layer, people_of(people), wanted)


def plain_world(trial: Trial, cohort: str) -> Scenario:
    """The plain world that a trial lives of a cohort. Raises KeyError if the cohort has no targets."""
    return Scenario(
        name=f"trial of {cohort}", cohort=cohort, people=trial.people[cohort], years=YEARS[cohort], layer=trial.layer
    )


ATTEMPT_YEARS = 20.0
"""Years over which attempts are counted: a survey looks back over whole lives (S38), of which eight years see little."""

ATTEMPT_COHORTS = ("entering_treatment",)


def attempts_over_years(
    assumptions: Mapping[str, float],
    seed: int,
    *,
    people: int | Mapping[str, int] | None = None,
    layer: str = "labels",
    check: Callable[..., Any] | None = None,
) -> np.ndarray:
    """Decisions up to a first sustained year in use, of each person who reaches one in 20 years from entering treatment.

    Shape (people who did,). Arguments as in `live_trial`, whose own attempts are those of its eight years.
    """
    trial = trial_asked(assumptions, seed, people=people, layer=layer, cohorts=ATTEMPT_COHORTS)
    return measures_use.attempts_before_a_year(_Worlds(trial, check, "compiled").live(attempts_world(trial)))


def attempts_world(trial: Trial) -> Scenario:
    """The world in which attempts are counted for as long as a survey looks back."""
    return replace(plain_world(trial, *ATTEMPT_COHORTS), years=ATTEMPT_YEARS)


class _Worlds:
    """Lives the worlds of one trial."""

    def __init__(self, trial: Trial, check: Callable[..., Any] | None, engine: str) -> None:
        self.trial, self.check, self.engine = trial, check, engine

    def settle(self, scenario: Scenario) -> Any:
        """How all the worlds of a cohort begin."""
        from simulation import settle

        return settle(scenario, seed=self.trial.seed, assumptions=self.trial.assumptions, progress=self.check)

    def other(self, plan: Scenario, differs: str, years: float) -> Scenario:
        """The other world of a pair: the plain world, lived for `years`, and what `differs` from it, as TOML."""
        text = Scenario.from_text(differs)
        return replace(plan, years=years, policies=text.policies, experiments=text.experiments)

    def live(self, scenario: Scenario, panel: Sequence[int] = (), start: Any = None, who: Any = None) -> Lives:
        """The lives of the people of one world, those with own experience unless `who` picks others from its start."""
        from simulation import simulate

        history = simulate(
            scenario, seed=self.trial.seed, assumptions=self.trial.assumptions, panel=panel, threads=1, start=start,
            engine=self.engine, progress=self.check,
        )  # fmt: skip
        return Lives(history, who)


def _leaving_prison(worlds: _Worlds, trial: Trial) -> dict[str, list[Found]]:
    plan = plain_world(trial, "leaving_prison")
    start = worlds.settle(plan)
    base = worlds.live(plan, start=start)
    one_year, two_years = OTHER_YEARS["leaving_prison"]
    hidden = worlds.live(worlds.other(plan, HIDDEN_RECORDS, one_year), start=start)
    unlabelled = worlds.live(worlds.other(plan, NO_RECORD, two_years), start=start)
    assumed = base.history.provenance["assumptions"]
    trial.beside["C19, true offences"] = measures_offending.effect_of_a_record(base, unlabelled, "offence")[0]
    return {
        "C1": measures_offending.arrested_at_least_once(base),
        "C3": measures_offending.first_arrest_after_years_without(base),
        "C7": measures_offending.reoffending_by_convictions(base),
        "C2": measures_offending.arrests_year_by_year(base),
        "C16": measures_offending.hiding_records(base, hidden, assumed),
        "C19": measures_offending.effect_of_a_record(base, unlabelled),
        "C22": measures_offending.family_and_offending(base),
    }


def _entering_treatment(worlds: _Worlds, trial: Trial) -> dict[str, list[Found]]:
    plan = plain_world(trial, "entering_treatment")
    start = worlds.settle(plan)
    base = worlds.live(plan, measures_use.PANEL, start)
    (years,) = OTHER_YEARS["entering_treatment"]
    befriended = worlds.live(worlds.other(plan, ONE_FRIEND, years), start=start)
    trial.attempts = measures_use.attempts_before_a_year(base)
    return {
        "S1": measures_use.abstinence_by_duration(base),
        "S3": measures_use.transitions(base),
        "S8": measures_use.effect_of_a_friend(base, befriended),
        "S13": measures_use.variance_from_network(base),
        "X12": measures_use.distress_and_use(base),
    }


def _first_episode(worlds: _Worlds, trial: Trial) -> dict[str, list[Found]]:
    lives = worlds.live(plain_world(trial, "first_episode"), measures_mental_health.PANEL)
    return {
        "M3": measures_mental_health.relapse_into_symptoms(lives),
        "M5": measures_mental_health.remission_and_recovery(lives),
        "M16": measures_mental_health.what_goes_with_personal_recovery(lives),
        "M20": measures_mental_health.high_self_stigma(lives),
        "M15": measures_mental_health.what_goes_with_self_stigma(lives),
        "M14": measures_mental_health.self_stigma_to_distress(lives),
    }


def _england(worlds: _Worlds, trial: Trial) -> dict[str, list[Found]]:
    # X7 is of a population in which 30 % have own experience, whatever the cohort's share becomes.
    lives = worlds.live(replace(plain_world(trial, "england"), own_experience=0.3))
    everyone = Lives(lives.history, np.ones(len(lives.who), dtype=bool))
    return {
        "S23": measures_england.remission_without_treatment(lives),
        "X7": measures_england.offending_and_use(everyone),
        "WS2006": measures_england.sudden_decisions(lives),
    }


_MEASURED: Mapping[str, Callable[[_Worlds, Trial], dict[str, list[Found]]]] = {
    "leaving_prison": _leaving_prison, "entering_treatment": _entering_treatment, "first_episode": _first_episode,
    "england": _england,
}  # fmt: skip


@dataclass(frozen=True)
class Score:
    """How well trials of one set of assumptions meet the targets.

    Attributes
    ----------
    table
        One row a number: id, label, cohort, layer, status, weight, published, sd, is_log, model (mean over seeds), spread (sd
        over seeds), luck (mean error from luck), distance of the mean in sd, within two sd; in the order of the targets.
    loss, layer_loss
        Sum of weight times squared distance, over the 32 numbers and over the 7; smaller is better.
    within, numbers, layer_within, layer_numbers
        How many of the 32 and of the 7 are within two sd, and how many of them were measured.
    """

    table: pd.DataFrame
    loss: float
    layer_loss: float
    within: int
    numbers: int
    layer_within: int
    layer_numbers: int


def score(trials: Sequence[Trial]) -> Score:
    """How well the mean of `trials`, which differ by seed only, meets the targets.

    Raises
    ------
    ValueError
        If there is no trial.
    """
    if not trials:
        raise ValueError("no trial to score")
    values = np.array([trial.values() for trial in trials])
    errors = np.array([trial.errors() for trial in trials])
    lived = set(trials[0].cohorts).intersection(*(trial.cohorts for trial in trials))
    rows = [_row(one, values[:, at], errors[:, at], lived) for at, one in enumerate(load_numbers())]
    table = pd.DataFrame(rows)
    counts: list[Any] = []
    for layer in (False, True):
        part = table[(table["layer"] == layer) & table["distance"].notna()]
        counts.append((float((part["weight"] * part["distance"] ** 2).sum()), int(part["within"].sum()), len(part)))
    (loss, within, numbers), (layer_loss, layer_within, layer_numbers) = counts
    return Score(table, loss, layer_loss, within, numbers, layer_within, layer_numbers)


def _row(one: Number, values: np.ndarray, errors: np.ndarray, lived: set[str]) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    model = float(known.mean()) if len(known) else math.nan
    found = errors[~np.isnan(errors)]
    distance = _distance(one, model, lived)
    return {
        "id": one.id, "label": one.label, "cohort": one.cohort, "layer": one.layer, "status": one.status,
        "weight": one.weight, "published": one.value, "sd": one.scale, "is_log": one.is_log, "model": model,
        "spread": float(known.std(ddof=1)) if len(known) > 1 else math.nan,
        "luck": float(found.mean()) if len(found) else math.nan,
        "distance": distance, "within": bool(abs(distance) <= WITHIN),
    }  # fmt: skip


def _distance(one: Number, value: float, lived: Iterable[str]) -> float:
    if math.isnan(value) and one.cohort in lived:
        return FURTHEST
    return one.distance(value)
