"""Ties: how many, with whom, kin found again, like with like, and what spreads through kin."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from analysis.declaring import ALIVE_AT_THE_END, EVERYONE, PEOPLE, WITH_A_PROBLEM, Among, Unit, at_the_end, declare
from analysis.outcomes import Outcome, has_problem
from analysis.stretch import Stretch
from simulation.state import ACTIVE, LAPSED

KIN_PLACES = 3
SHARED = ("use", "offending")
"""Domains in which a problem of one's ties stands in the state."""
WEIGHED = "ties that are living and not estranged; kin weigh 1.5, ties across areas half"


def in_trouble(people: np.ndarray, domain: str) -> np.ndarray:
    """Who is active or in a lapse in a domain, shape (people,), of bool."""
    return np.isin(people[domain], (ACTIVE, LAPSED))


def assortativity(values: np.ndarray, weights: np.ndarray) -> float:
    """Newman's coefficient of assortativity from one row a person, shape (people, 2): own trait, its mean among ties.

    Formula: the covariance of the two over the variance of the own trait, each person weighed by `weights`, their ties. It is
    Newman's where ties are mutual and weigh the same, -1 to 1. Not a number where the trait does not differ. Reference:
    Newman (2003), Phys Rev E 67:026126.
    """
    total = float(weights.sum())
    if total <= 0:
        return math.nan
    own, others = values[:, 0], values[:, 1]
    mean = float((weights * own).sum()) / total
    variance = float((weights * own**2).sum()) / total - mean**2
    if variance <= 1e-12:
        return math.nan
    return (float((weights * own * others).sum()) / total - mean * float((weights * others).sum()) / total) / variance


def _own_and_others(stretch: Stretch, domain: str) -> np.ndarray:
    people = stretch.end
    known = (people["alive"] == 1) & (people["degree"] > 0)
    both = np.column_stack([in_trouble(people, domain), people[f"share_active_{domain}"]]).astype(float)
    return np.where(known[:, None], both, np.nan)


def _share_well(people: np.ndarray, domain: str) -> np.ndarray:
    return np.where(people["degree"] > 0, 1.0 - people[f"share_active_{domain}"], np.nan)


def _through_kin(stretch: Stretch) -> np.ndarray:
    _, persons = stretch.lives.when("flag_on", cause="kin")
    return np.bincount(persons, minlength=len(stretch.start))


def _reunited(stretch: Stretch) -> np.ndarray:
    return stretch.lives.count("kin_reconciled", 0, stretch.weeks) > 0


_WITHOUT_TIES = ALIVE_AT_THE_END + "; so are people without ties"
_WORDS = {"use": "substance use", "offending": "offending"}

TIES: tuple[Outcome, ...] = (
    declare(
        "degree", Unit("ties per person"), "neither", WITH_A_PROBLEM, at_the_end(lambda people: people["degree"]),
        "living ties at the horizon, kin included", "state degree", needs_events=False, censoring=ALIVE_AT_THE_END,
    ),
    *(
        declare(
            f"ties_well_{domain}", Unit("per 100 ties", 100.0), "higher", WITH_A_PROBLEM,
            at_the_end(partial(_share_well, domain=domain)),
            f"mean share of a person's ties that are neither active nor lapsed in {_WORDS[domain]}, at the horizon; of {WEIGHED}",
            f"state share_active_{domain}, as of the week before", needs_events=False, censoring=_WITHOUT_TIES,
        )
        for domain in SHARED
    ),
    declare(
        "kin_close", Unit("kin per person"), "higher", WITH_A_PROBLEM, at_the_end(lambda people: people["kin_close"]),
        "living kin who are not estranged, three at most, at the horizon", "state kin_close", needs_events=False,
        censoring=ALIVE_AT_THE_END,
    ),
    declare(
        "kin_reunited", PEOPLE, "higher",
        Among(
            lambda people: has_problem(people) & (people["kin_close"] < KIN_PLACES),
            "people who had a problem, past or present, and fewer than three close kin in the first week",
        ),
        _reunited, "reconciled with at least one of kin; where kin have died, and are not estranged, they cannot",
        "events kin_reconciled; no published figure counts them",
    ),
    *(
        declare(
            f"assortativity_{domain}", Unit("-1 to 1"), "neither", EVERYONE, partial(_own_and_others, domain=domain),
            f"how far people who are active or lapsed in {_WORDS[domain]} have ties with each other, at the horizon: 0 is "
            f"chance; of {WEIGHED}",
            "Newman's coefficient from each person's own state and the share of their ties: Newman (2003), Phys Rev E 67:026126",
            weigh=lambda stretch: stretch.end["degree"].astype(float), needs_events=False, summarise=assortativity,
            censoring=_WITHOUT_TIES,
        )
        for domain in SHARED
    ),
    declare(
        "flags_through_kin", Unit("flags per 1,000 people", 1000.0), "lower", EVERYONE, _through_kin,
        "flags without cause that came through a flag on kin",
        "events flag_on with the cause kin; no published figure counts them",
    ),
)  # fmt: skip
