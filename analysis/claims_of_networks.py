"""R35 to R38: what networks give, giving as well as receiving, support as a sign of what is to come, and kin who come back.

Each function gives the measures of one claim of `analysis/evidence/claims/`, by the words there.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.claim_arms import (
    NAN,
    YEAR,
    Arm,
    Arms,
    Numbers,
    Recipe,
    difference,
    gap,
    highest,
    is_active,
    is_recovering,
    lowest,
    mean,
    state_difference,
    states,
)
from analysis.claims_of_difficulty import LIFE_COLUMNS
from analysis.claims_of_roles import gained_in
from analysis.logistic import fit
from analysis.measures_following import DECISIONS
from analysis.measures_lives import NEVER
from analysis.observables_of_the_self import quality_of_life
from simulation.state import RECOVERING

SINGLES = tuple(f"without_{name}" for name in ("distress", "roles", "home", "inspiration", "giving", "deciding"))
QUARTERS = tuple(range(0, 260, 13))
EVERY = 4
GOOD_LIFE = 60.0


def what_networks_give(arms: Arms) -> Numbers:
    """R35. Six ways in which ties act, taken out one by one and all at once: what each gives, and whether they add up."""
    base = arms["as_things_are"]
    capital = base.start["social_capital"]
    supported = base.own & (capital > np.median(capital[base.own])) if base.own.any() else base.own
    models, need = (base.own & (base.start[name] > mean(base.start[name], base.own)) for name in ("role_models", "in_need"))
    active = supported & is_active(base.start)
    gained = [arm.happened("role_gained", 0, 259) for arm in (base, arms["without_roles"])]
    homeless = [arm.end["weeks_homeless"] - arm.start["weeks_homeless"] for arm in (arms["without_home"], base)]
    giving = [gained_in(arm, "giving", 0, 103) for arm in (base, arms["without_giving"])]
    decided = [arm.decided(0, 103) for arm in (base, arms["without_deciding"])]
    return {
        "singles_against_all": _singles_against_all(arms),
        "comfort": _comfort(arms["without_distress"], base, supported),
        "openings": gap(gained, supported),
        "practical_help": 100.0 * gap(homeless, supported),
        "inspiration": state_difference(base, arms["without_inspiration"], 26, "hope", models),
        "a_chance_to_give": gap(giving, need),
        "a_push": gap(decided, active),
    }


def _singles_against_all(arms: Arms) -> float:
    """How far the fall of the gap between well and little supported people, all ways out at once, is from the sum of single ones.

    As a ratio, its distance from 1; 0 where either is not above 0.
    """
    base = arms["as_things_are"]
    capital = base.start["social_capital"]
    high, low = highest(capital, base.own, 1 / 3), lowest(capital, base.own, 1 / 3)
    gap = {name: mean(arm.recovered(260), high) - mean(arm.recovered(260), low) for name, arm in arms.items()}
    together = gap["as_things_are"] - gap["without_any"]
    apart = sum(gap["as_things_are"] - gap[name] for name in SINGLES)
    if math.isnan(together) or math.isnan(apart):
        return NAN
    return abs(together / apart - 1.0) if together > 0 and apart > 0 else 0.0


def _comfort(without: Arm, base: Arm, who: np.ndarray) -> float:
    """Distress of people flagged in the 26 weeks before, in both arms, without a buffer less with it; over all panel weeks."""
    gaps = []
    for week in QUARTERS[1:]:
        flagged = np.all([arm.happened("flag_on", week - 26, week - 1) > 0 for arm in (without, base)], axis=0)
        kept = who & flagged & without.alive(week) & base.alive(week)
        gaps.append(without.at(week)["distress"][kept] - base.at(week)["distress"][kept])
    return mean(np.concatenate(gaps))


def giving_keeps_well(arms: Arms) -> Numbers:
    """R36. Identity and relapse within a year of people given a giving role, less as it is."""
    base, given = arms["as_things_are"], arms["given_a_giving_role"]
    who = base.own & is_recovering(base.start) & (base.start["giving"] == 0)
    return {
        "identity_of_helpers": state_difference(given, base, 52, "identity", who),
        "relapse_of_helpers": difference(given.relapsed(0, 51), base.relapsed(0, 51), who),
    }


def support_foretells(arms: Arms) -> Numbers:
    """R37. Odds of a year without relapse and a good life at its end for one sd of support before a decision; its own variance.

    People who die within the year have no good life at its end.
    """
    arm = arms["as_things_are"]
    decided = arm.first_in(DECISIONS, 0, 207, "use")
    who = decided < NEVER
    before = np.where(who, decided // EVERY * EVERY, NEVER)
    after = np.where(who, decided + 1 + YEAR, NEVER)
    known = [arm.state_at(before, name)[who] for name in ("social_capital", "identity", "hope", "age")]
    well = np.zeros(arm.people, dtype=bool)
    for week in np.unique(after[who]).tolist():
        here = after == week
        well[here] = (quality_of_life(arm.at(week)) > GOOD_LIFE)[here]
    well &= (arm.happened_after(decided, "relapse", 1, YEAR, "use") == 0) & (arm.died >= after)
    if len(np.unique(well[who])) < 2:
        return {"odds_for_each_sd_of_support": NAN, "variance_of_its_own": NAN}
    whole, without = (fit(np.column_stack(some), well[who]) for some in (known, known[1:]))
    return {
        "odds_for_each_sd_of_support": math.exp(float(whole.slopes[0])),
        "variance_of_its_own": whole.nagelkerke() - without.nagelkerke(),
    }


def kin_sustain(arms: Arms) -> Numbers:
    """R38. Relapse in use in the year after week 26 of people to whom kin came back with help, less the same people's without."""
    base, helped = arms["as_things_are"], arms["kin_helped_back"]
    then = [arm.at(26) for arm in (base, helped)]
    who = base.own & np.all([(state["use"] == RECOVERING) & (state["alive"] == 1) for state in then], axis=0)
    who &= (base.start["kin_close"] < 3) & (then[1]["kin_close"] > base.start["kin_close"])
    return {"relapse_with_kin_back": difference(helped.relapsed(26, 77, "use"), base.relapsed(26, 77, "use"), who)}


RECIPES = {
    "R35": Recipe(
        what_networks_give, states([26], "hope"),
        {name: states(QUARTERS[1:], "distress") for name in ("as_things_are", "without_distress")},
    ),
    "R36": Recipe(giving_keeps_well, states([52], "identity"), weeks=52),
    "R37": Recipe(
        support_foretells,
        panels={
            "as_things_are": {
                **states(range(208), "social_capital", "identity", "hope", "age", *LIFE_COLUMNS),
                **states(range(208, 261), *LIFE_COLUMNS),
            },
        },
    ),
    "R38": Recipe(kin_sustain, states([26], "use", "alive", "kin_close"), weeks=78),
}  # fmt: skip
"""How each claim is measured, by its id."""
