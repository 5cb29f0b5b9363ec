"""R52 and R59 to R67: whom flags fall on, whom they spread to, how police act, and what means and places change.

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
    among_kin,
    difference,
    gap,
    mean,
    over,
    ranks_into,
    state_difference,
    states,
)
from analysis.claims_of_the_self import VISIT, flagged_in
from analysis.claims_of_the_visit import weeks_flagged
from simulation.state import ACTIVE, UNJUSTIFIED

YEAR, HALF_A_YEAR = 52, 26
SOON = tuple(range(5, 13))
STAGE = 104
"""Lived week of the flags of R63."""


def flags_raised(arm: Arm, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lived week and person of each flag raised on those `who` are true, shape (flags,) each."""
    weeks, persons = arm.all_when("flag_on")
    return weeks[who[persons]], persons[who[persons]]


def police_come_to_the_recovered(arms: Arms) -> Numbers:
    """R52. Flags on people a year or more into recovery in all own domains, over all flags on people with own experience."""
    arm = arms["as_things_are"]
    weeks, persons = flags_raised(arm, arm.own)
    return {"share_of_flags_in_sustained_recovery": mean(arm.sustained[weeks, persons] >= YEAR)}


def it_spreads_to_kin(arms: Arms) -> Numbers:
    """R59. Distress of people not flagged who have close kin, and flags through kin, with the visit less without it."""
    alone, visit = arms["left_alone"], arms["the_visit"]
    others = ~flagged_in(visit, VISIT) & (visit.start["alive"] == 1)
    with_kin = others & (visit.at(VISIT)["kin_close"] >= 1)
    gaps = [state_difference(visit, alone, week, "distress", with_kin) for week in SOON]
    flags = [int(arm.happened("flag_on", 5, 259, cause="kin")[others].sum()) for arm in (visit, alone)]
    return {"distress_of_others": float(np.mean(gaps)), "flags_through_kin": float(flags[0] - flags[1])}


def one_officer_helps(arms: Arms) -> Numbers:
    """R60. Weeks flagged, and anticipated stigma in week 30, where officers are just less as it is."""
    visit, just = arms["the_visit"], arms["just_officers"]
    who = flagged_in(visit, VISIT) & flagged_in(just, VISIT)
    return {
        "shorter_flags": difference(weeks_flagged(just, who), weeks_flagged(visit, who), who),
        "less_waiting_after": state_difference(just, visit, 30, "anticipated_stigma", who),
    }


def held_to_account(arms: Arms) -> Numbers:
    """R61. Anticipated stigma in week 30 of people whose flag is over then, and later flags without cause; less as it is."""
    visit, account = arms["the_visit"], arms["held_to_account"]
    both = (visit, account)
    who = np.all([flagged_in(arm, VISIT) & (weeks_flagged(arm, flagged_in(arm, VISIT)) + VISIT < 30) for arm in both], axis=0)
    who &= np.all([arm.alive(30) for arm in both], axis=0)
    flags = [int(arm.happened("flag_on", 10, 259, detail=UNJUSTIFIED)[arm.own].sum()) for arm in (account, visit)]
    return {
        "less_waiting_after": state_difference(account, visit, 30, "anticipated_stigma", who),
        "fewer_new_flags": float(flags[0] - flags[1]),
    }


def strife_for_everyone(arms: Arms) -> Numbers:
    """R62. Offences per 1,000 people added by flags without cause at the most thought plausible; among others too.

    Printed beside them: offences added at the rate that is assumed. At which deterrence it turns is seen over draws, not in one.
    """
    own, most = arms["none"].own, arms["the_most_thought_plausible"]
    offences = {name: arm.happened("offence", 0, 259) for name, arm in arms.items()}
    spared = own & (most.happened("flag_on", 0, 259, detail=UNJUSTIFIED) == 0)
    return {
        "offences_added": 1000.0 * difference(offences["the_most_thought_plausible"], offences["none"], own),
        "offences_added_among_others": 1000.0 * difference(offences["the_most_thought_plausible"], offences["none"], spared),
        "offences_added_as_assumed": 1000.0 * difference(offences["as_assumed"], offences["none"], own),
    }


def stage_matters(arms: Arms) -> Numbers:
    """R63. Relapses within a year of a flag beyond those without it, of people early in recovery less late; alike in frailty.

    Quarters of frailty are those of both groups together, each of the same weight; one without people of both is left out.
    """
    alone, early, late = (arms[name] for name in ("left_alone", "flagged_early", "flagged_late"))
    groups = [flagged_in(arm, STAGE) & arm.own for arm in (early, late)]
    excess = [arm.relapsed(104, 155).astype(float) - alone.relapsed(104, 155) for arm in (early, late)]
    quarter = np.full(alone.people, -1)
    both = groups[0] | groups[1]
    quarter[both] = ranks_into(alone.start["frailty"][both], 4)
    means = [[mean(excess[at], groups[at] & (quarter == one)) for at in (0, 1)] for one in range(4)]
    kept = np.array([pair for pair in means if np.isfinite(pair).all()])
    return {
        "harm_early_against_late": float((kept[:, 0] - kept[:, 1]).mean()) if len(kept) else NAN,
        "harm_early": mean(excess[0], groups[0]),
    }


def justly_handled(arms: Arms) -> Numbers:
    """R64. Distress in week 6 and anticipated stigma in week 12 of people flagged, justly handled less as now."""
    now, just = arms["as_now"], arms["justly_handled"]
    who = flagged_in(now, VISIT) & flagged_in(just, VISIT)
    return {
        "less_distress": state_difference(just, now, 6, "distress", who),
        "less_waiting": state_difference(just, now, 12, "anticipated_stigma", who),
    }


def means_count(arms: Arms) -> Numbers:
    """R65. Weeks without a home, and weeks flagged, with kin of means less with kin of small means."""
    small, large = arms["kin_of_small_means"], arms["kin_of_means"]
    weeks = {
        name: [arm.end[name] - arm.start[name] for arm in (large, small)] for name in ("weeks_homeless", "weeks_flagged")
    }
    homeless = np.any([each > 0 for each in weeks["weeks_homeless"]], axis=0)
    homeless |= np.any([arm.homeless.any(axis=0) for arm in (large, small)], axis=0)
    return {
        "weeks_without_a_home": gap(weeks["weeks_homeless"], small.own & homeless),
        "weeks_flagged": 100.0 * gap(weeks["weeks_flagged"], small.own & (small.start["kin_close"] >= 1)),
    }


def a_fresh_start(arms: Arms) -> Numbers:
    """R66. Involvement, regard and support after two years where records are hardly known less where they are."""
    known, unknown = arms["known"], arms["hardly_known"]
    found = {
        name: state_difference(unknown, known, 104, name, known.own) for name in ("involvement", "regard", "social_capital")
    }
    return {
        "more_roles_where_unknown": found["involvement"], "more_regard_where_unknown": found["regard"],
        "more_support_where_unknown": found["social_capital"],
    }  # fmt: skip


def it_happened_in_recovery(arms: Arms) -> Numbers:
    """R67. Flags on people half a year into recovery: their share of all, their rate against activity, and those through kin."""
    arm = arms["as_things_are"]
    weeks, persons = flags_raised(arm, arm.own)
    return {
        "share_of_flags_after_half_a_year": mean(arm.sustained[weeks, persons] >= HALF_A_YEAR),
        "flags_in_recovery_against_active": _flags_in_recovery_against_active(arm),
        "share_of_kin_flags_after_half_a_year": _kin_flags(arm),
    }


def _flags_in_recovery_against_active(arm: Arm) -> float:
    """Flags per person-week without one of people with a record: half a year into recovery, over active in offending."""
    raised = np.zeros((arm.weeks, arm.people), dtype=bool)
    raised[arm.when("flag_on")] = True
    at_risk = arm.lived & (arm.flagged[:-1] == 0) & (arm.record[:-1] == 1) & arm.own[None, :]
    recovered, active = (
        at_risk & kept for kept in (arm.sustained[:-1] >= HALF_A_YEAR, arm.status("offending")[:-1] == ACTIVE)
    )
    rates = [over(float((raised & part).sum()), float(part.sum())) for part in (recovered, active)]
    return over(*rates)


def _kin_flags(arm: Arm) -> float:
    """Of flags through kin, the share on people half a year into recovery, or with flagged kin who are; 0 where there is none."""
    weeks, persons = arm.all_when("flag_on", cause="kin")
    found = []
    for week in np.unique(weeks).tolist():
        here = persons[weeks == week]
        recovered = arm.sustained[week] >= HALF_A_YEAR
        through = among_kin(recovered & (arm.flagged[week] == 1)) > 0
        found.append((recovered | through)[here])
    return mean(np.concatenate(found)) if found else 0.0


RECIPES = {
    "R52": Recipe(police_come_to_the_recovered),
    "R59": Recipe(it_spreads_to_kin, {**states([VISIT], "kin_close"), **states(SOON, "distress")}),
    "R60": Recipe(one_officer_helps, states([30], "anticipated_stigma")),
    "R61": Recipe(held_to_account, states([30], "anticipated_stigma")),
    "R62": Recipe(strife_for_everyone),
    "R63": Recipe(stage_matters, weeks=156),
    "R64": Recipe(justly_handled, {**states([6], "distress"), **states([12], "anticipated_stigma")}, weeks=12),
    "R65": Recipe(means_count),
    "R66": Recipe(a_fresh_start, states([104], "involvement", "regard", "social_capital"), weeks=104),
    "R67": Recipe(it_happened_in_recovery),
}
"""How each claim is measured, by its id."""
