"""R21 to R28: identity, coherence, the future that can be imagined, the regard of others, and shame.

Each function gives the measures of one claim of `analysis/evidence/claims/`, by the words there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analysis.claim_arms import (
    NAN,
    Arm,
    Arms,
    Numbers,
    Recipe,
    difference,
    highest,
    in_domains,
    is_active,
    lowest,
    mean,
    over,
    same_first,
    state_difference,
    states,
)
from analysis.logistic import fit
from analysis.measures_following import DECISIONS
from analysis.measures_lives import NEVER
from analysis.shapley import parts_in, shapley
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING

SELVES = ("identity", "hope", "self_stigma", "social_capital", "involvement", "distress")
VISIT = 4
"""Lived week of the flag."""

YEARS_TWO = 104
EVERY = 4
ASHAMED = 0.3
STATUSES = (*DOMAINS, "alive", "shame")


def identity_is_fundamental(arms: Arms) -> Numbers:
    """R21. Rank of identity at the start by its Shapley share of McFadden's R squared; recovery lost where identity is held.

    Printed beside it: lapses a week in recovery in the first half-year sustained over those after a year, all domains.
    """
    base, held = arms["as_things_are"], arms["identity_held"]
    who = base.own & is_active(base.start)
    shares = shares_of_fit(np.column_stack([base.start[name][base.own] for name in SELVES]), base.recovered(260)[base.own])
    return {
        "rank_of_identity": NAN if shares is None else 1.0 + float((shares > shares[SELVES.index("identity")]).sum()),
        "recovery_lost_without_identity": difference(base.recovered(260), held.recovered(260), who),
        "early_to_late_lapses": _early_to_late(base),
    }


def shares_of_fit(predictors: np.ndarray, outcome: np.ndarray) -> np.ndarray | None:
    """Each predictor's Shapley share of McFadden's R squared, shape (predictors,); None where the outcome does not vary."""
    if len(np.unique(outcome)) < 2:
        return None
    parts = predictors.shape[1]
    values = [0.0]
    for coalition in range(1, 2**parts):
        values.append(fit(predictors[:, list(parts_in(coalition, parts))], outcome).mcfadden())
    return shapley(np.array(values))


def _early_to_late(arm: Arm) -> float:
    """Lapses per week in recovery with less than 26 weeks believed, over those with 52 or more, of people with own experience."""
    lapses, weeks = np.zeros(2), np.zeros(2)
    for domain in DOMAINS:
        believed = arm.believed(domain)[:-1]
        at_risk = (believed >= 0) & arm.lived & arm.own[None, :]
        lapsed = at_risk & (arm.status(domain)[1:] == LAPSED)
        for place, kept in enumerate((believed < 26, believed >= 52)):
            lapses[place] += (lapsed & kept).sum()
            weeks[place] += (at_risk & kept).sum()
    early, late = (over(float(lapses[place]), float(weeks[place])) for place in (0, 1))
    return over(early, late)


def coherence_withstands(arms: Arms) -> Numbers:
    """R22. Fall of mean identity through the flag by week 12, of incoherent people less that of coherent ones."""
    pairs = {name: (arms[f"{name}_left_alone"], arms[name]) for name in ("incoherent", "coherent")}
    who = np.all([flagged_in(flagged, VISIT) for _, flagged in pairs.values()], axis=0)
    who &= np.all([arm.alive(12) for arm in arms.values()], axis=0)
    falls = {
        name: difference(alone.at(12)["identity"], flagged.at(12)["identity"], who) for name, (alone, flagged) in pairs.items()
    }
    return {"identity_lost_for_want_of_coherence": falls["incoherent"] - falls["coherent"]}


def flagged_in(arm: Arm, week: int) -> np.ndarray:
    """On whom a flag is raised in a lived week, shape (people,), of bool."""
    return arm.happened("flag_on", week, week) > 0


def a_future_in_sight(arms: Arms) -> Numbers:
    """R23. Of people whose hope is capped: fewer decide, of the able and supported in a problem; and fewer roles are gained."""
    base, capped = arms["as_things_are"], arms["no_future_in_sight"]
    who = base.own & (arms.probe("no_future_in_sight", _capped_at_nothing)["hope"] == 0.0)
    active = who & is_active(base.start)
    able = active & np.all([_above_median(base, name, active) for name in ("social_capital", "skills")], axis=0)
    return {
        "fewer_decide": difference(capped.decided(0, 103), base.decided(0, 103), able),
        "fewer_roles": difference(capped.happened("role_gained", 0, 103), base.happened("role_gained", 0, 103), who),
    }


def _capped_at_nothing(experiment: Any) -> Any:
    """The same experiment with a cap at 0, so that everybody whom it covers is seen after a week."""
    return replace(experiment, value=0.0)


def _above_median(arm: Arm, name: str, who: np.ndarray) -> np.ndarray:
    values = arm.start[name]
    return values > np.median(values[who]) if who.any() else np.zeros(arm.people, dtype=bool)


def reaffirmed_by_others(arms: Arms) -> Numbers:
    """R24. Identity two years after a first decision, with hope and others less with hope alone; how it rises and falls alone."""
    alone, others = arms["hope_alone"], arms["hope_with_others"]
    decided, same = same_first((alone, others), DECISIONS, 0, 103, "use")
    last = np.where(same, decided + 1 + YEARS_TWO, NEVER)
    who = same & (alone.died >= last) & (others.died >= last)
    weeks = np.where(who, decided + 1, NEVER)
    path = [mean(alone.state_at(weeks, "identity", later), who) for later in range(0, YEARS_TWO + 1, EVERY)]
    with_others = mean(others.state_at(weeks, "identity", YEARS_TWO), who)
    return {"identity_held_by_others": with_others - path[-1], "rise_and_fall_alone": max(path) - path[-1]}


def a_self_to_hope_with(arms: Arms) -> Numbers:
    """R25. Fall of hope after a blow to identity in week 4: by week 17, and from week 5 to it."""
    base, struck = arms["as_things_are"], arms["a_blow_to_identity"]
    soon, later = (state_difference(struck, base, week, "hope", base.own) for week in (5, 17))
    return {"hope_falls_after": later, "hope_falls_with_a_lag": later - soon}


def roles_by_what_they_mean(arms: Arms) -> Numbers:
    """R26. Identity gained from work by week 26, of the quarter to whom it means most less the quarter to whom it means least."""
    base, given = arms["as_things_are"], arms["given_work"]
    who = without_work(base)
    weight = base.start["weight_work"]
    most, least = (
        state_difference(given, base, 26, "identity", part) for part in (highest(weight, who, 0.25), lowest(weight, who, 0.25))
    )
    return {"identity_gained_where_work_means_more": most - least}


def without_work(arm: Arm) -> np.ndarray:
    """People with own experience under 60 without work at the start, shape (people,), of bool."""
    return np.asarray(arm.own & (arm.start["age"] < 60) & (arm.start["work"] == 0))


def shame_is_common(arms: Arms) -> Numbers:
    """R27. Share with shame above .3 in week 52: in a problem with use or offending, and by illness alone."""
    arm = arms["as_things_are"]
    then = arm.at(52)
    alive = arm.own & (then["alive"] == 1)
    trouble = alive & in_domains(then, ACTIVE, LAPSED, domains=("use", "offending"))
    illness = alive & (then["use"] == NONE) & (then["offending"] == NONE) & (then["mental_health"] != NONE)
    ashamed = then["shame"] > ASHAMED
    return {"share_ashamed_in_a_problem": mean(ashamed, trouble), "share_ashamed_by_illness_alone": mean(ashamed, illness)}


def shame_in_recovery(arms: Arms) -> Numbers:
    """R27, counted otherwise: the same share among people two years into recovery, of use or offending among others."""
    arm = arms["as_things_are"]
    then = arm.at(52)
    who = arm.own & arm.recovered(52, YEARS_TWO) & in_domains(then, RECOVERING, domains=("use", "offending"))
    return {"share_ashamed_in_a_problem": mean(then["shame"] > ASHAMED, who)}


def shame_needs_a_future(arms: Arms) -> Numbers:
    """R28. What much shame does to deciding in half a year, with much hope and with little; in use or offending."""
    who = next(iter(arms.values())).own & in_domains(next(iter(arms.values())).start, ACTIVE, domains=("use", "offending"))
    share = {name: mean(arm.decided(0, 25, "use") | arm.decided(0, 25, "offending"), who) for name, arm in arms.items()}
    with_hope, without = (share[f"much_shame_{hope}_hope"] - share[f"little_shame_{hope}_hope"] for hope in ("much", "little"))
    return {"crossing": with_hope - without, "shame_helps_with_hope": with_hope, "shame_hinders_without": without}


RECIPES = {
    "R21": Recipe(identity_is_fundamental),
    "R22": Recipe(coherence_withstands, states([12], "identity"), weeks=12),
    "R23": Recipe(a_future_in_sight, weeks=104),
    "R24": Recipe(
        reaffirmed_by_others,
        panels={
            "hope_alone": states(range(1, 103 + 1 + YEARS_TWO + 1), "identity"),
            "hope_with_others": states(range(1 + YEARS_TWO, 103 + 1 + YEARS_TWO + 1), "identity"),
        },
        weeks=103 + 1 + YEARS_TWO,
    ),
    "R25": Recipe(a_self_to_hope_with, states([5, 17], "hope"), weeks=17),
    "R26": Recipe(roles_by_what_they_mean, states([26], "identity"), weeks=26),
    "R27": Recipe(shame_is_common, states([52], *STATUSES), weeks=52, recount=shame_in_recovery),
    "R28": Recipe(shame_needs_a_future, weeks=26),
}
"""How each claim is measured, by its id."""
