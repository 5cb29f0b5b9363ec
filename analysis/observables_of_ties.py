"""Ties: how many, with whom, kin found again, and like with like. What spreads through kin stands by itself."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from analysis.declaring import ALIVE_AT_THE_END, EVERYONE, PEOPLE, WITH_A_PROBLEM, Among, Unit, at_the_end, declare
from analysis.families import estranged_kin
from analysis.outcomes import Outcome, has_problem
from analysis.stretch import Stretch
from simulation.state import ACTIVE, DOMAINS, LAPSED
from simulation.story import DOMAIN_WORDS

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


def _share_in_no_problem(people: np.ndarray, most: bool) -> np.ndarray:
    """The least, or the most, that the share of ties in neither problem can be, given the share in each: Fréchet's bounds."""
    use, offending = people["share_active_use"], people["share_active_offending"]
    in_either = np.maximum(use, offending) if most else np.minimum(use + offending, 1.0)
    return np.where(people["degree"] > 0, 1.0 - in_either, np.nan)


def _reunited(stretch: Stretch) -> np.ndarray:
    return stretch.lives.count("kin_reconciled", 0, stretch.weeks) > 0


_WITHOUT_TIES = ALIVE_AT_THE_END + "; so are people without ties"

TIES: tuple[Outcome, ...] = (
    declare(
        "degree", Unit("ties per person"), "neither", WITH_A_PROBLEM, at_the_end(lambda people: people["degree"]),
        "living ties at the horizon, kin included", "state degree", needs_events=False, censoring=ALIVE_AT_THE_END,
    ),
    *(
        declare(
            f"ties_well_{domain}", Unit("per 100 ties", 100.0), "higher", WITH_A_PROBLEM,
            at_the_end(partial(_share_well, domain=domain)),
            f"mean share of a person's ties that are neither active nor lapsed in {DOMAIN_WORDS[domain]}, at the horizon; of "
            f"{WEIGHED}",
            f"state share_active_{domain}, as of the week before", needs_events=False, censoring=_WITHOUT_TIES,
        )
        for domain in DOMAINS
    ),
    *(
        declare(
            f"ties_in_no_problem_{word}", Unit("per 100 ties", 100.0), "higher", WITH_A_PROBLEM,
            at_the_end(partial(_share_in_no_problem, most=word == "most")),
            f"the {word} that the mean share of a person's ties in no problem can be, neither active nor lapsed in substance use "
            f"or offending, at the horizon; of {WEIGHED}",
            "states share_active_use and share_active_offending, as of the week before: who is in which of the two is known, who "
            "is in both is not (Fréchet's bounds)", needs_events=False, censoring=_WITHOUT_TIES,
        )
        for word in ("least", "most")
    ),
    declare(
        "supporters", Unit("ties per person"), "higher", WITH_A_PROBLEM, at_the_end(lambda people: people["supporters"]),
        "supporters at the horizon: ties who are free and in no problem with substance use or offending; of " + WEIGHED,
        "state supporters, as of the week before", needs_events=False, censoring=ALIVE_AT_THE_END,
    ),
    declare(
        "kin_close", Unit("kin per person"), "higher", WITH_A_PROBLEM, at_the_end(lambda people: people["kin_close"]),
        "living kin who are not estranged, three at most, at the horizon", "state kin_close", needs_events=False,
        censoring=ALIVE_AT_THE_END,
    ),
    declare(
        "kin_reunited", PEOPLE, "higher",
        Among(
            lambda people: has_problem(people) & (estranged_kin(people) > 0),
            "people who had a problem, past or present, and were estranged from living kin in the first week",
        ),
        _reunited, "reconciled with at least one of kin", "events kin_reconciled; no published figure counts them",
    ),
    *(
        declare(
            f"assortativity_{domain}", Unit("-1 to 1"), "neither", EVERYONE, partial(_own_and_others, domain=domain),
            f"how far people who are active or lapsed in {DOMAIN_WORDS[domain]} have ties with each other, at the horizon: 0 is "
            f"chance; of {WEIGHED}",
            "Newman's coefficient from each person's own state and the share of their ties: Newman (2003), Phys Rev E 67:026126",
            weigh=lambda stretch: stretch.end["degree"].astype(float), needs_events=False, summarise=assortativity,
            censoring=_WITHOUT_TIES,
        )
        for domain in DOMAINS
    ),
)  # fmt: skip
