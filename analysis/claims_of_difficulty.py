"""R1 to R8: how long and how winding journeys are, how deep problems can sit, and what deciding is.

Each function gives the measures of one claim of `analysis/evidence/claims/`, by the words there.
"""

from __future__ import annotations

import numpy as np

from analysis.claim_arms import (
    NAN,
    YEAR,
    Arm,
    Arms,
    Numbers,
    Recipe,
    count_own_domains,
    difference,
    gap,
    highest,
    is_active,
    mean,
    same_first,
    states,
)
from analysis.measures_following import DECISIONS, following
from analysis.measures_lives import NEVER, NUMBERS
from analysis.measures_numbers import odds_ratio
from analysis.observables_of_the_self import quality_of_life
from analysis.survival import curve
from simulation.diary import DOMAIN_NAMES
from simulation.state import NONE

LIFE_COLUMNS = (
    "involvement", "social_capital", "identity", "hope", "self_stigma", "distress", "homeless", "symptoms",
)  # fmt: skip
"""States that quality of life is worked out from."""

BLOCK, BLOCKS, STEP = 26, 10, 1.0
"""Weeks of a block, blocks, and the least step between two that counts as one, in points of quality of life."""

USE = DOMAIN_NAMES.index("use")


def journeys_are_long(arms: Arms) -> Numbers:
    """R1. Median weeks from the first decision in use to the first week with 52, and with 260, weeks sustained in it.

    The week of the decision is the first of them, so that 52 is the shortest wait. A median never reached counts as 520.
    """
    arm = arms["as_things_are"]
    decided = arm.first_in(DECISIONS, 0, 259, "use")
    who = arm.own & (decided < NEVER)
    return {
        "weeks_to_a_sustained_year": _median_to(arm, decided, who, YEAR),
        "weeks_to_five_sustained_years": _median_to(arm, decided, who, 5 * YEAR),
    }


def _median_to(arm: Arm, decided: np.ndarray, who: np.ndarray, least: float) -> float:
    reached = first_row(arm.believed("use") >= least, decided + 1)
    last = np.minimum(arm.died, arm.weeks)
    happened = (reached <= last) & who
    weeks = np.where(happened, reached, last) - decided
    if not who.any():
        return NAN
    median = curve(weeks[who], happened[who], followed=float(arm.weeks)).median().value
    return 520.0 if np.isnan(median) else median


def first_row(held: np.ndarray, since: np.ndarray) -> np.ndarray:
    """First row from each person's own on in which something is so, `NEVER` without one, shape (people,).

    `held` is true or false, shape (weeks + 1, people).
    """
    counts = held & (np.arange(len(held))[:, None] >= since[None, :])
    return np.where(counts.any(axis=0), counts.argmax(axis=0), NEVER)


def lapses_and_relapses_are_common(arms: Arms) -> Numbers:
    """R2. Decisions in use followed by a lapse within 52 weeks; people who decide in use and relapse in it afterwards."""
    arm = arms["as_things_are"]
    found = following(arm, DECISIONS, ("lapse",))
    counted = (found.domain == USE) & (found.week <= 207) & arm.own[found.person]
    decided = arm.first_in(DECISIONS, 0, 207, "use")
    who = arm.own & (decided < NEVER)
    return {
        "share_of_attempts_with_a_lapse": mean(found.wait[counted] <= YEAR),
        "share_of_people_who_relapse": mean(arm.first_after(decided, "relapse", "use") <= 259, who),
    }


def the_entrenched_recover(arms: Arms) -> Numbers:
    """R3. People with problems in two domains or more, active, in the highest quarter of years active, who recover in some week.

    Printed beside it: the same of everybody else active in a domain at week 0.
    """
    arm = arms["as_things_are"]
    active = arm.own & is_active(arm.start)
    deep = active & (count_own_domains(arm.start) >= 2) & highest(arm.start["years_active"], arm.own, 0.25)
    recovered = arm.ever_recovered()
    return {
        "share_recovered_of_the_most_entrenched": mean(recovered, deep),
        "share_recovered_of_others_active": mean(recovered, active & ~deep),
    }


def entrenchment_is_real(arms: Arms) -> Numbers:
    """R4. Share who decide in use after two years kept in a problem, less the share who do put back into one once.

    Status is read from the panel at week 104: what an experiment sets is no event.
    """
    kept, once = arms["two_years_in_a_problem"], arms["put_back_once"]
    who = kept.own.copy()
    for arm in (kept, once):
        there = arm.at(104)
        who &= (there["alive"] == 1) & (there["custody_left"] == 0) & (there["use"] != NONE)
    return {"fewer_decide_after_longer": difference(kept.decided(104, 155, "use"), once.decided(104, 155, "use"), who)}


def the_path_turns_and_rises(arms: Arms) -> Numbers:
    """R5. Of people active at first and recovered in the end: who turned twice or more and rose, and who rose.

    A block of 26 weeks is the mean of its two panel weeks, its middle and its end.
    """
    arm = arms["as_things_are"]
    who = arm.own & is_active(arm.start) & arm.recovered(260, 26)
    if not who.any():
        return {"share_with_two_reversals_and_a_rise": NAN, "share_rising": NAN}
    quarters = np.array([quality_of_life(arm.at(week))[who] for week in range(13, BLOCK * BLOCKS + 1, 13)])
    blocks = quarters.reshape(BLOCKS, 2, -1).mean(axis=1)
    rising = slopes(blocks) > 0
    return {
        "share_with_two_reversals_and_a_rise": mean((turns(blocks, STEP) >= 2) & rising),
        "share_rising": mean(rising),
    }


def turns(blocks: np.ndarray, least: float) -> np.ndarray:
    """Changes of direction between blocks, shape (people,); steps below `least` are passed over. Blocks: (blocks, people)."""
    steps = np.diff(blocks, axis=0)
    moves = np.where(np.abs(steps) >= least, np.sign(steps), 0)
    direction, found = np.zeros(blocks.shape[1]), np.zeros(blocks.shape[1], dtype=int)
    for move in moves:
        found += move * direction < 0
        direction = np.where(move != 0, move, direction)
    return found


def slopes(blocks: np.ndarray) -> np.ndarray:
    """Least-squares slope over the blocks of each person, shape (people,), per block; `blocks` is (blocks, people)."""
    place = np.arange(len(blocks)) - (len(blocks) - 1) / 2
    return np.asarray((place[:, None] * blocks).sum(axis=0) / (place**2).sum())


def a_lapse_is_no_relapse(arms: Arms) -> Numbers:
    """R6. More first lapses that resolve with two supporters more than with two fewer; people well after a first relapse."""
    more, fewer = arms["two_supporters_more"], arms["two_supporters_fewer"]
    lapsed, same = same_first((more, fewer), "lapse", 0, 247, "use")
    resolved = [_resolved(arm, lapsed) for arm in (more, fewer)]
    decided = more.first_in(DECISIONS, 0, 103, "use")
    relapsed = more.first_after(decided, "relapse", "use")
    who = (decided < NEVER) & (relapsed < NEVER)
    well = first_row(more.believed("use") >= YEAR, np.minimum(relapsed, NEVER - 1) + 1)
    return {
        "more_lapses_resolve_with_support": gap(resolved, same),
        "share_well_after_a_relapse": mean(well <= np.minimum(more.died, 260), who),
    }


def _resolved(arm: Arm, lapsed: np.ndarray) -> np.ndarray:
    """Whose lapse of that week ends by resolving, and not in a relapse, shape (people,), of bool."""
    resolved, relapsed = (arm.first_after(lapsed, event, "use") for event in ("resolved", "relapse"))
    return resolved < relapsed


def deciding_comes_in_two_ways(arms: Arms) -> Numbers:
    """R7. Sudden and gradual decisions over all decisions in any domain."""
    arm = arms["as_things_are"]
    sudden, gradual = (arm.happened(name, 0, 259)[arm.own].sum() for name in ("decided_suddenly", "decided_gradually"))
    decisions = sudden + gradual
    return {
        "share_sudden": sudden / decisions if decisions else NAN, "share_gradual": gradual / decisions if decisions else NAN,
    }  # fmt: skip


def sudden_decisions_are_deeper(arms: Arms) -> Numbers:
    """R8. Odds of no lapse in use within 26 weeks, after a sudden decision over those after a gradual one."""
    arm = arms["as_things_are"]
    found = following(arm, DECISIONS, ("lapse",))
    counted = (found.domain == USE) & (found.week <= 233) & arm.own[found.person]
    sudden = found.event == NUMBERS["decided_suddenly"]
    kept = found.wait > 26
    return {"odds_of_success_sudden_to_gradual": odds_ratio(kept[counted & sudden], kept[counted & ~sudden])[0]}


RECIPES = {
    "R1": Recipe(journeys_are_long),
    "R2": Recipe(lapses_and_relapses_are_common),
    "R3": Recipe(the_entrenched_recover),
    "R4": Recipe(entrenchment_is_real, states([104], "alive", "custody_left", "use"), weeks=156),
    "R5": Recipe(the_path_turns_and_rises, states(range(13, 261, 13), *LIFE_COLUMNS)),
    "R6": Recipe(a_lapse_is_no_relapse),
    "R7": Recipe(deciding_comes_in_two_ways),
    "R8": Recipe(sudden_decisions_are_deeper),
}
"""How each claim is measured, by its id."""
