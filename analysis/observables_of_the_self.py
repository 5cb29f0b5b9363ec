"""Identity, hope, stigma, comfort and quality of life: their means, and whether people fall into two camps."""

from __future__ import annotations

import math

import numpy as np

from analysis.declaring import ALIVE_AT_THE_END, SHARE, WITH_A_PROBLEM, Unit, at_the_end, declare
from analysis.outcomes import Outcome
from simulation.parameters import PARAMETERS

SAME = 1e-9
"""Spread below which values do not differ but for rounding."""


def sarle(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Sarle's coefficient of bimodality of `values`, shape (people,); not a number where they do not differ.

    Formula: (skewness^2 + 1) / kurtosis, both of the population. 5/9 for a uniform distribution, 1/3 for a normal one, 1 for
    two points. Use to see whether people fall into two camps: above 5/9 is a sign of it. Do not take it for proof: a skewed
    distribution with one mode can lie above as well. Everybody weighs the same, whatever `weights`. Reference: Pfister and
    others (2013), Front Psychol 4:700.
    """
    from scipy import stats

    del weights
    if len(values) < 2 or np.ptp(values) <= SAME:
        return math.nan
    return float((stats.skew(values) ** 2 + 1.0) / stats.kurtosis(values, fisher=False))


def gini(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Gini's coefficient of `values` of 0 or more, shape (people,): 0 where all are the same, towards 1 where one has all.

    Formula: sum over people of (2 rank - n - 1) value, over n times the sum of values. Not a number where all are 0. Everybody
    weighs the same, whatever `weights`. Reference: Gini (1912), in the form of Dorfman (1979), Rev Econ Stat 61:146.
    """
    del weights
    ordered = np.sort(np.asarray(values, dtype=float))
    total, people = float(ordered.sum()), len(ordered)
    if total <= 0:
        return math.nan
    return float(((2 * np.arange(1, people + 1) - people - 1) * ordered).sum() / (people * total))


def stigma(people: np.ndarray) -> np.ndarray:
    """Mean of exposure to stigma, anticipated stigma and self-stigma, 0 to 1, shape (people,)."""
    return np.asarray((people["exposure"] + people["anticipated_stigma"] + people["self_stigma"]) / 3.0)


def comfort(people: np.ndarray) -> np.ndarray:
    """Comfort, 0 to 1, being good in one's own skin: identity (1 - anticipated stigma)(1 - distress), shape (people,)."""
    return np.asarray(people["identity"] * (1.0 - people["anticipated_stigma"]) * (1.0 - people["distress"]))


_PARTS = {
    "life_roles": "involvement", "life_capital": "social_capital", "life_identity": "identity", "life_hope": "hope",
    "life_self_stigma": "self_stigma", "life_distress": "distress", "life_homeless": "homeless", "life_symptoms": "symptoms",
}  # fmt: skip
_AGAINST = {"life_self_stigma", "life_distress", "life_homeless", "life_symptoms"}


def quality_of_life(people: np.ndarray) -> np.ndarray:
    """Quality of life, 0 to 100, a constructed index with the default weights of the model, shape (people,)."""
    found = np.full(len(people), PARAMETERS["life_base"].default)
    for weight, name in _PARTS.items():
        part = PARAMETERS[weight].default * people[name]
        found = found - part if weight in _AGAINST else found + part
    return 100.0 * np.clip(found, 0.0, 1.0)


_STATES = (
    ("identity", "higher", lambda people: people["identity"], "identity: seeing oneself as more than a problem or a patient"),
    ("hope", "higher", lambda people: people["hope"], "hope: agency, self-confidence, a future that can be imagined"),
    ("stigma", "lower", stigma, "stigma: the mean of exposure to it, anticipated stigma and self-stigma"),
    ("self_stigma", "lower", lambda people: people["self_stigma"], "stigma turned on oneself"),
    ("anticipated_stigma", "lower", lambda people: people["anticipated_stigma"], "waiting for the good time to end"),
    ("comfort", "higher", comfort, "comfort: identity, undisturbed by distress or by waiting for it to end"),
)
_SARLE = "Sarle's coefficient (skewness squared + 1, over kurtosis): Pfister and others (2013), Front Psychol 4:700"
_INDEX = "states, with the default weights life_* of the model: a constructed index, never fed back into a life"

SELVES: tuple[Outcome, ...] = (
    *(
        declare(
            f"mean_{name}", SHARE, better, WITH_A_PROBLEM, at_the_end(read), f"mean at the horizon of {means}",
            "states at the horizon", needs_events=False, censoring=ALIVE_AT_THE_END,
        )
        for name, better, read, means in _STATES
    ),
    *(
        declare(
            f"bimodality_{name}", SHARE, "neither", WITH_A_PROBLEM, at_the_end(read),
            f"how far people fall into two camps in {name} at the horizon: above 0.56, more than a uniform spread",
            _SARLE, needs_events=False, summarise=sarle, censoring=ALIVE_AT_THE_END,
        )
        for name, _, read, _ in _STATES[:3]
    ),
    declare(
        "mean_quality_of_life", Unit("0-100"), "higher", WITH_A_PROBLEM, at_the_end(quality_of_life),
        "mean quality of life at the horizon", _INDEX, needs_events=False, censoring=ALIVE_AT_THE_END,
    ),
    declare(
        "gini_quality_of_life", SHARE, "lower", WITH_A_PROBLEM, at_the_end(quality_of_life),
        "how unequal quality of life is at the horizon: Gini's coefficient, 0 where all have the same",
        _INDEX + "; Gini (1912), in the form of Dorfman (1979), Rev Econ Stat 61:146", needs_events=False, summarise=gini,
        censoring=ALIVE_AT_THE_END,
    ),
)  # fmt: skip
