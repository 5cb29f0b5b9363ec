"""R29 to R34: what roles give and leave behind, which ones can be had, and how identity and support grow together.

Each function gives the measures of one claim of `analysis/evidence/claims/`, by the words there.
"""

from __future__ import annotations

import numpy as np

from analysis.claim_arms import (
    NAN,
    Arm,
    Arms,
    Numbers,
    Recipe,
    difference,
    is_recovering,
    mean,
    over,
    state_difference,
    states,
)
from analysis.claims_of_difficulty import LIFE_COLUMNS
from analysis.claims_of_the_self import without_work
from analysis.observables_of_the_self import quality_of_life
from simulation.diary import ROLE_DETAILS
from simulation.state import ROLES

HALF_A_YEAR = 26
HALF_YEARS = tuple(range(0, 261, HALF_A_YEAR))


def what_outlasts_a_role(arms: Arms) -> Numbers:
    """R29. Identity gained through half a year of a community role, and the share of it that is there a year after it went."""
    without, given = arms["without"], arms["a_role_for_half_a_year"]
    who = without.own & (without.start["community"] == 0)
    gained, later = (state_difference(given, without, week, "identity", who) for week in (26, 78))
    return {"identity_gained": gained, "share_that_outlasts": over(later, gained)}


def into_the_mainstream(arms: Arms) -> Numbers:
    """R30. Share of ties not in trouble with use at week 26, of people given work, less as it is."""
    base, given = arms["as_things_are"], arms["given_work"]
    return {"ties_out_of_trouble": -state_difference(given, base, 26, "share_active_use", without_work(base))}


def roles_of_many_kinds(arms: Arms) -> Numbers:
    """R31. Shift of role gains from work to others under a label; least gain in identity, and in keeping it up, of four roles."""
    labelled, unlabelled = arms["labelled"], arms["unlabelled"]
    base = arms["as_things_are"]
    identity, kept = [], []
    for role in ROLES:
        given = arms[f"given_{role}"]
        who = base.own & (base.start[role] == 0)
        identity.append(state_difference(given, base, 52, "identity", who))
        kept.append(difference(~given.relapsed(0, 51), ~base.relapsed(0, 51), who & is_recovering(base.start)))
    return {
        "shift_to_other_roles": _share_beside_work(labelled) - _share_beside_work(unlabelled),
        "least_gain_in_identity": float(np.min(identity)),
        "least_gain_in_keeping_it_up": float(np.min(kept)),
    }


def _share_beside_work(arm: Arm) -> float:
    gained = {role: int(gained_in(arm, role, 0, 155)[arm.own].sum()) for role in ROLES}
    return over(float(sum(gained.values()) - gained["work"]), float(sum(gained.values())))


def gained_in(arm: Arm, role: str, first: int, last: int) -> np.ndarray:
    """How often each person gains a role in the lived weeks `first` to `last`, shape (people,)."""
    return arm.happened("role_gained", first, last, detail=ROLE_DETAILS.index(role))


def activity_and_a_better_life(arms: Arms) -> Numbers:
    """R32. Within persons, partial correlation of involvement with quality of life half a year later, less its term for roles.

    Each person's mean over all the half-years is taken off.
    """
    arm = arms["as_things_are"]
    who = arm.own & arm.alive(arm.weeks)
    roles, life = [], []
    for week in HALF_YEARS:
        state = arm.at(week)[list(LIFE_COLUMNS)].copy()
        roles.append(state["involvement"][who])
        state["involvement"] = 0.0
        life.append(quality_of_life(state)[who])
    held, q = (np.array(each) - np.mean(each, axis=0) for each in (roles, life))
    return {"lagged_partial_correlation": partial_correlation(held[:-1].ravel(), q[1:].ravel(), q[:-1].ravel())}


def partial_correlation(one: np.ndarray, other: np.ndarray, given: np.ndarray) -> float:
    """Correlation of two quantities given a third, shape (rows,) each, whose means are 0 already; not a number without spread.

    Formula: (r12 - r13 r23) / sqrt((1 - r13^2)(1 - r23^2)).
    """
    sizes = [float(each @ each) for each in (one, other, given)]
    if min(sizes) <= 1e-12:
        return NAN
    r12, r13, r23 = (
        float(a @ b) / np.sqrt(size) for a, b, size in (
            (one, other, sizes[0] * sizes[1]), (one, given, sizes[0] * sizes[2]), (other, given, sizes[1] * sizes[2]),
        )
    )  # fmt: skip
    left = (1.0 - r13**2) * (1.0 - r23**2)
    return float((r12 - r13 * r23) / np.sqrt(left)) if left > 1e-12 else NAN


def roles_after_prison(arms: Arms) -> Numbers:
    """R33. Share who gain a family role within a year of release, less as if never inside; and against that of other roles."""
    released, never = arms["released"], arms["as_if_never_inside"]
    shares = {}
    for role in ROLES:
        who = released.own & (released.start[role] == 0)
        shares[role] = [mean(gained_in(arm, role, 0, 51) > 0, who) for arm in (released, never)]
    ratios = {role: over(*both) for role, both in shares.items()}
    others = [ratio for role, ratio in ratios.items() if role != "family"]
    return {
        "slower_to_a_family_role": shares["family"][0] - shares["family"][1],
        "family_more_than_others": ratios["family"] - float(np.mean(others)),
    }


def each_grows_with_the_other(arms: Arms) -> Numbers:
    """R34. Share of the growth of identity over three years that is lost with support frozen, and the other way round."""
    base = arms["as_things_are"]
    return {
        "identity_growth_lost_with_support_frozen": _growth_lost(arms["support_frozen"], base, "identity"),
        "support_growth_lost_with_identity_frozen": _growth_lost(arms["identity_frozen"], base, "social_capital"),
    }


def _growth_lost(frozen: Arm, base: Arm, name: str) -> float:
    who = base.own & frozen.alive(156) & base.alive(156)
    growth = [difference(arm.at(156)[name], arm.start[name], who) for arm in (frozen, base)]
    return 1.0 - over(*growth)


RECIPES = {
    "R29": Recipe(what_outlasts_a_role, states([26, 78], "identity"), weeks=78),
    "R30": Recipe(into_the_mainstream, states([26], "share_active_use"), weeks=26),
    "R31": Recipe(roles_of_many_kinds, states([52], "identity"), weeks=52, longer={"unlabelled": 156, "labelled": 156}),
    "R32": Recipe(activity_and_a_better_life, states(HALF_YEARS, *LIFE_COLUMNS)),
    "R33": Recipe(roles_after_prison, weeks=52),
    "R34": Recipe(each_grows_with_the_other, states([156], "identity", "social_capital"), weeks=156),
}
"""How each claim is measured, by its id."""
