"""What can be observed of selves, roles and other people at the horizon: identity, hope, stigma, quality of life, roles, ties."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.measures_lives import NEVER
from analysis.outcomes import OUTCOMES, Outcome, has_problem
from analysis.reductions import bimodality, correlation_of, gini, median_time
from analysis.stretch import Stretch
from simulation.diary import ROLE_DETAILS
from simulation.parameters import PARAMETERS
from simulation.state import ACTIVE, LAPSED, ROLES

_WITH_A_PROBLEM = OUTCOMES["died"].at_risk_means
_ALIVE_THEN = "people who have died by the horizon have none"
KIN = 3


def _at_end(column: str) -> Callable[[Stretch], np.ndarray]:
    """A state at the horizon, not a number for the dead."""
    return lambda stretch: np.where(stretch.end["alive"] == 1, stretch.end[column], np.nan)


def quality_of_life(people: np.ndarray) -> np.ndarray:
    """Quality of life, 0 to 100, at the index's usual weights, shape (people,); a constructed index (docs/model.md)."""

    def weight(name: str) -> float:
        return PARAMETERS[name].default

    index = (
        weight("life_base") + weight("life_roles") * people["involvement"] + weight("life_capital") * people["social_capital"]
        + weight("life_identity") * people["identity"] + weight("life_hope") * people["hope"]
        - weight("life_self_stigma") * people["self_stigma"] - weight("life_distress") * people["distress"]
        - weight("life_homeless") * people["homeless"] - weight("life_symptoms") * people["symptoms"]
    )  # fmt: skip
    return 100.0 * np.clip(index, 0.0, 1.0)


def _life_at_end(stretch: Stretch) -> np.ndarray:
    return np.where(stretch.end["alive"] == 1, quality_of_life(stretch.end), np.nan)


def comfort_at_end(stretch: Stretch) -> np.ndarray:
    """Being good in one's own skin, 0 to 1, at the horizon: identity (1 - anticipated stigma)(1 - distress)."""
    end = stretch.end
    comfort = end["identity"] * (1.0 - end["anticipated_stigma"]) * (1.0 - end["distress"])
    return np.where(end["alive"] == 1, comfort, np.nan)


def _first_role(role: str) -> Callable[[Stretch], np.ndarray]:
    """Of people without any role at the start who gain one, whether this one is the first."""

    def first(stretch: Stretch) -> np.ndarray:
        none = np.all([stretch.start[name] == 0 for name in ROLES], axis=0)
        weeks = np.full((len(ROLES), len(stretch.start)), NEVER)
        for number, name in enumerate(ROLES):
            when, who = stretch.lives.when("role_gained", detail=ROLE_DETAILS.index(name))
            np.minimum.at(weeks[number], who, when)
        gained = none & (weeks.min(axis=0) < NEVER)
        return np.where(gained, weeks[ROLES.index(role)] == weeks.min(axis=0), np.nan)

    return first


def _weeks_to_family_role(stretch: Stretch) -> np.ndarray:
    when, who = stretch.lives.when("role_gained", detail=ROLE_DETAILS.index("family"))
    first = np.full(len(stretch.start), NEVER)
    np.minimum.at(first, who, when)
    weeks = np.where(first < NEVER, first + 1, stretch.alive_weeks())
    return np.column_stack([np.where(stretch.start["family"] == 0, weeks, np.nan), first < NEVER])


def _kin_regained(stretch: Stretch) -> np.ndarray:
    """Of people with kin estranged from them at the start, whether one of kin reconciles."""
    _, who = stretch.lives.when("kin_reconciled")
    reconciled = np.bincount(who, minlength=len(stretch.start)) > 0
    return np.where(stretch.start["kin_close"] < KIN, reconciled, np.nan)


def _use_with_ties(stretch: Stretch) -> np.ndarray:
    """Own trouble with use and the share of ties in it, at the horizon; shape (people, 2)."""
    end = stretch.end
    trouble = (end["use"] == ACTIVE) | (end["use"] == LAPSED)
    known = (end["alive"] == 1) & (end["degree"] > 0)
    return np.column_stack([np.where(known, trouble, np.nan), end["share_active_use"]])


def _without_trouble(stretch: Stretch) -> np.ndarray:
    end = stretch.end
    return np.where((end["alive"] == 1) & (end["degree"] > 0), 1.0 - end["share_active_use"], np.nan)


def _everybody(start: np.ndarray) -> np.ndarray:
    return start["alive"] == 1


def _state(name: str, column: str, unit: str, better: str, means: str, source: str, scale: float = 1.0) -> Outcome:
    return Outcome(
        name, unit, scale, better, has_problem, _WITH_A_PROBLEM, _at_end(column), means, source, censoring=_ALIVE_THEN
    )


def _two_peaks(column: str) -> Outcome:
    words = column.replace("_", " ")
    return Outcome(
        f"{column}_bimodality", "coefficient", 1.0, "neither", has_problem, _WITH_A_PROBLEM, _at_end(column),
        f"Sarle's coefficient of {words} at the horizon: above 5/9 hints at two modes (or a heavy skew)",
        "Ellison (1987); R19 asks for two selves", summarise=bimodality, censoring=_ALIVE_THEN,
    )  # fmt: skip


SELVES: tuple[Outcome, ...] = (
    _state("identity_mean", "identity", "0-1", "higher", "mean identity at the horizon", "state identity; S7"),
    _state("hope_mean", "hope", "0-1", "higher", "mean hope at the horizon", "state hope; M16"),
    _state("self_stigma_mean", "self_stigma", "0-1", "lower", "mean self-stigma at the horizon", "state self_stigma; M14, M20"),
    _state("anticipated_stigma_mean", "anticipated_stigma", "0-1", "lower", "mean anticipated stigma at the horizon",
           "state anticipated_stigma"),
    Outcome("comfort_mean", "0-1", 1.0, "higher", has_problem, _WITH_A_PROBLEM, comfort_at_end,
            "being good in one's own skin at the horizon: identity (1 - anticipated stigma)(1 - distress)", "own definition",
            censoring=_ALIVE_THEN),
    _two_peaks("identity"),
    _two_peaks("hope"),
    _two_peaks("self_stigma"),
    Outcome("quality_of_life_mean", "0-100", 1.0, "higher", has_problem, _WITH_A_PROBLEM, _life_at_end,
            "mean of a constructed index at the horizon, at its usual weights: never the headline", "own definition",
            censoring=_ALIVE_THEN),
    Outcome("quality_of_life_gini", "coefficient, 0-1", 1.0, "lower", _everybody, "everybody alive", _life_at_end,
            "inequality of quality of life between people at the horizon", "Gini (1912)", summarise=gini, censoring=_ALIVE_THEN),
)  # fmt: skip

OTHERS: tuple[Outcome, ...] = (
    _state("giving_share", "giving", "people per 1,000", "higher", "giving help in a role at the horizon", "role giving; V1",
           1000.0),
    *(
        Outcome(f"first_role_{role}", "per 100 people", 100.0, "neither", has_problem, _WITH_A_PROBLEM, _first_role(role),
                f"of people without a role who gain one, those whose first is {role}", "events role_gained", needs_events=True,
                censoring="people who gain none by the horizon are left out; two in one week are both first")
        for role in ROLES
    ),
    Outcome("weeks_to_family_role", "weeks, median", 1.0, "lower", has_problem, _WITH_A_PROBLEM, _weeks_to_family_role,
            "weeks to a family role, of people without one in the first week", "events role_gained", needs_events=True,
            summarise=median_time,
            censoring="by Kaplan and Meier's estimate, at the horizon and at death; unknown where fewer than half gain one"),
    _state("ties_mean", "degree", "ties per person", "higher", "living ties at the horizon, kin included", "state degree"),
    Outcome("ties_not_in_trouble", "0-1", 1.0, "higher", has_problem, _WITH_A_PROBLEM, _without_trouble,
            "share of close ties not in trouble with substance use, at the horizon", "S10, S11",
            censoring="people without ties, and the dead, have none"),
    Outcome("kin_reunion", "people per 1,000", 1000.0, "higher", has_problem, _WITH_A_PROBLEM, _kin_regained,
            "of people with kin estranged in the first week, those with whom one of kin reconciles", "events kin_reconciled",
            needs_events=True),
    Outcome("assortativity_use", "correlation", 1.0, "neither", _everybody, "everybody alive with ties", _use_with_ties,
            "correlation, over ties, of trouble with substance use in oneself and among one's ties at the horizon",
            "Newman (2003), Physical Review E 67:026126", weigh=lambda stretch: stretch.end["degree"].astype(float),
            summarise=correlation_of, censoring="people without ties, and the dead, have none"),
)  # fmt: skip
