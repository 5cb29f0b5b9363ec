"""R48 to R58: a package that makes a good life, kin who come back, and a flag: how it sinks in, who ends it, what outlasts it.

Each function gives the measures of one claim of `analysis/evidence/claims/`, by the words there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.claim_arms import (
    NAN,
    Arm,
    Arms,
    Numbers,
    Panel,
    Recipe,
    difference,
    gap,
    highest,
    lowest,
    mean,
    over,
    state_difference,
    states,
)
from analysis.claims_of_difficulty import LIFE_COLUMNS, first_row
from analysis.claims_of_the_self import VISIT, flagged_in
from analysis.measures_following import DECISIONS
from analysis.measures_lives import NEVER
from analysis.observables_of_the_self import comfort, quality_of_life
from analysis.survival import curve
from simulation.diary import ROLE_DETAILS

COMFORT = ("identity", "anticipated_stigma", "distress")
EVERY = 4
GOOD_LIFE = 60.0
PARTS = ("move", "home", "groups", "workers")
SINKING_IN = (*range(4, 31), *range(32, 109, EVERY))
"""Weeks in which a flag is seen to sink in: every week to 30, then every four to 108."""

ORDER = ("distress", "anticipated_stigma", "self_stigma", "identity")
LEAST = 0.005
"""Difference in distress from which on it counts as begun."""

FORTNIGHTS = tuple(range(4, 261, 2))


def a_package_makes_a_life(arms: Arms) -> Numbers:
    """R48. Good lives gained by a package beyond the sum of its parts; weeks from a decision to half of what is meaningful."""
    base, package = arms["as_things_are"], arms["package"]
    good = {name: (quality_of_life(arm.at(156)) > GOOD_LIFE) & arm.alive(156) for name, arm in arms.items()}
    parts = sum(difference(good[name], good["as_things_are"], base.own) for name in PARTS)
    decided = package.first_in(DECISIONS, 4, 103, "use")
    who = package.own & (package.at(4)["involvement"] < 0.5) & (decided < NEVER)
    held = np.zeros((package.weeks + 1, package.people), dtype=bool)
    for week in range(EVERY, 261, EVERY):
        held[week] = (package.at(week)["involvement"] >= 0.5) & package.alive(week)
    median = median_wait(package, decided, first_row(held, decided + 1), who)
    return {
        "more_than_the_sum": difference(good["package"], good["as_things_are"], base.own) - parts,
        "weeks_to_half_of_what_is_meaningful": median, "weeks_to_it_at_most": median,
    }  # fmt: skip


def median_wait(arm: Arm, since: np.ndarray, reached: np.ndarray, who: np.ndarray) -> float:
    """Kaplan-Meier median of the weeks from the end of each person's own week to a row, shape (people,) each.

    Death and the end of the world censor. A median that is never reached counts as the weeks of the world, 260; not a number
    of nobody.
    """
    if not who.any():
        return NAN
    last = np.minimum(arm.died, arm.weeks)
    happened = (reached <= last) & who
    weeks = np.where(happened, reached, last) - since - 1
    median = curve(np.maximum(weeks[who], 0), happened[who], followed=float(arm.weeks)).median().value
    return float(arm.weeks) if np.isnan(median) else median


def families_come_back(arms: Arms) -> Numbers:
    """R49. Median weeks from a first decision to kin reconciled, of people who lack kin; and how many a lapse costs."""
    arm = arms["as_things_are"]
    decided = arm.first_in(DECISIONS, 0, 155, "use")
    who = arm.own & (decided < NEVER)
    weeks = np.where(who, decided, NEVER)
    close, living = arm.state_at(weeks, "kin_close"), np.full(arm.people, NAN)
    for week in np.unique(weeks[who]).tolist():
        here = weeks == week
        living[here] = arm.living_kin(arm.at(week)["alive"])[here]
    who &= (close == 0) | (close < living)
    back = np.minimum(arm.first_after(decided, "kin_reconciled"), NEVER - 1) + 1
    lapsed = arm.happened_after(decided, "lapse", 1, 13, "use") > 0
    median = median_wait(arm, decided, back, who)
    cost = median_wait(arm, decided, back, who & lapsed) - median_wait(arm, decided, back, who & ~lapsed)
    return {"weeks_to_kin_at_least": median, "weeks_to_kin_at_most": median, "weeks_lost_by_a_lapse": cost}


def family_and_giving_first(arms: Arms) -> Numbers:
    """R50. Who gains a family role, and a giving role, before work; and how much later comfort comes than regard."""
    arm = arms["as_things_are"]
    start, weeks = arm.start, tuple(range(0, 105, EVERY))
    alive = arm.own & arm.alive(weeks[-1])
    late, early = (
        week_of_half_way([mean(read(arm.at(week)), alive) for week in weeks], weeks)
        for read in (comfort, lambda people: people["regard"])
    )
    work = first_gain(arm, "work")
    firsts = {}
    for role in ("family", "giving"):
        gained = first_gain(arm, role)
        both = arm.own & (start["age"] < 60) & (start["work"] == 0) & (start[role] == 0) & (gained < NEVER) & (work < NEVER)
        firsts[role] = mean(gained < work, both), mean(gained == work, both)
    return {
        "family_before_work": firsts["family"][0] + firsts["family"][1] / 2,
        "regard_before_comfort": late - early,
        "giving_before_work": firsts["giving"][0],
    }


def first_gain(arm: Arm, role: str) -> np.ndarray:
    """Lived week in which each person first gains a role in five years, `NEVER` without, shape (people,)."""
    return arm.first_in("role_gained", 0, 259, detail=ROLE_DETAILS.index(role))


def week_of_half_way(path: Sequence[float], weeks: Sequence[int]) -> float:
    """First of the weeks at which a path has come half of the way from its first value to its last; no number without a way."""
    way = np.asarray(path) - path[0]
    if not np.isfinite(way).all() or way[-1] == 0:
        return NAN
    return float(weeks[int(np.argmax(way / way[-1] >= 0.5))])


def waiting_for_the_worst(arms: Arms) -> Numbers:
    """R51. Anticipated stigma and comfort a year on, of people flagged for weeks whom nothing else befell, less never flagged."""
    never, flagged = arms["never_flagged"], arms["flagged_for_weeks"]
    who = flagged_in(flagged, VISIT)
    for arm in (never, flagged):
        # A flag that ends in lived week 8 is carried at its beginning only: row 9 is the first without.
        who = who & ~(arm.flagged[9:57] == 1).any(axis=0) & (arm.happened(("flag_on", "lapse", "relapse"), 8, 56) == 0)
        who &= arm.alive(56)
    ease = [comfort(arm.at(56)) for arm in (flagged, never)]
    return {
        "still_waiting_a_year_on": state_difference(flagged, never, 56, "anticipated_stigma", who),
        "less_at_ease_a_year_on": gap(ease, who),
    }


def sinking_in(arms: Arms) -> Numbers:
    """R53. How much of the peak of distress is there at once, and the weeks between one thing's half-way and the next's."""
    alone, visited = arms["left_alone"], arms["the_visit"]
    who = flagged_in(visited, VISIT) & alone.alive(SINKING_IN[-1]) & visited.alive(SINKING_IN[-1])
    paths = {name: [state_difference(visited, alone, week, name, who) for week in SINKING_IN] for name in ORDER}
    first = np.array(paths["distress"][: 30 - 4 + 1])
    begun = np.flatnonzero(first > LEAST)
    half = [week_of_half_peak(paths[name], SINKING_IN) for name in ORDER]
    return {
        "share_of_the_peak_in_the_first_week": float(first[begun[0]] / first.max()) if len(begun) else NAN,
        "distress_before_anticipated_stigma": half[1] - half[0],
        "anticipated_before_self_stigma": half[2] - half[1],
        "self_stigma_before_identity": half[3] - half[2],
    }


def week_of_half_peak(path: Sequence[float], weeks: Sequence[int]) -> float:
    """First of the weeks at which a path is half as far from 0 as it ever is; not a number where it never leaves 0."""
    size = np.abs(path)
    if not np.isfinite(size).all() or size.max() == 0:
        return NAN
    return float(weeks[int(np.argmax(size >= size.max() / 2))])


def weeks_flagged(arm: Arm, who: np.ndarray) -> np.ndarray:
    """Weeks that the flag of lived week 4 is carried, up to its end, a death or the end of the world, shape (people,)."""
    raised = np.where(who, VISIT, NEVER)
    ended = arm.first_after(raised, "flag_off")
    return np.where(who, np.minimum(np.minimum(ended, arm.died), arm.weeks) - VISIT, 0)


def silence(arms: Arms) -> Numbers:
    """R54. Weeks to telling kin, and weeks flagged, of the third with most self-stigma at the flag less the third with least.

    Weeks to telling kin are a restricted mean, over as many weeks as are followed in both thirds, as the flag's end censors them.
    """
    arm = arms["the_visit"]
    state = arm.at(VISIT)
    who = flagged_in(arm, VISIT) & (state["kin_close"] >= 1)
    lasted = weeks_flagged(arm, who)
    told = arm.first_after(np.where(who, VISIT - 1, NEVER), "disclosed") - VISIT
    thirds = highest(state["self_stigma"], who, 1 / 3), lowest(state["self_stigma"], who, 1 / 3)
    return {
        "weeks_of_silence": _silence_between(told, lasted, *thirds),
        "weeks_of_label": mean(lasted, thirds[0]) - mean(lasted, thirds[1]),
    }


def _silence_between(told: np.ndarray, lasted: np.ndarray, high: np.ndarray, low: np.ndarray) -> float:
    if not high.any() or not low.any():
        return NAN
    happened, weeks = told <= lasted, np.minimum(told, lasted)
    horizon = float(min(weeks[high].max(), weeks[low].max()))
    if horizon <= 0:
        return 0.0
    found = [curve(weeks[part], happened[part]).restricted_mean(horizon).value for part in (high, low)]
    return found[0] - found[1]


def who_speaks(arms: Arms) -> Numbers:
    """R55. Weeks flagged with no one to speak less with close kin, and with kin alone less with an ally too."""
    visit, advocates = arms["the_visit"], arms["with_advocates"]
    state, flagged = visit.at(VISIT), flagged_in(visit, VISIT)
    alone, kin = flagged & (state["kin_close"] == 0), flagged & (state["kin_close"] >= 2)
    unserved = state["service"] == 0
    lasted = weeks_flagged(visit, flagged)
    both = weeks_flagged(advocates, flagged_in(advocates, VISIT))
    return {
        "weeks_none_to_one": mean(lasted, alone & unserved) - mean(lasted, kin & unserved),
        "weeks_one_to_both": difference(lasted, both, kin & flagged_in(advocates, VISIT)),
    }


def no_chance_alone(arms: Arms) -> Numbers:
    """R56. Relapses beyond those without a flag, of people without close kin less those with kin and an ally; of the latter."""
    visit = arms["the_visit"]
    state, flagged = visit.at(VISIT), flagged_in(visit, VISIT)
    none, both = flagged & (state["kin_close"] == 0), flagged & (state["kin_close"] >= 2)
    relapsed = {name: arm.relapsed(4, 55) for name, arm in arms.items()}
    with_both = difference(relapsed["with_advocates"], relapsed["left_alone"], both)
    return {
        "excess_none_against_both": difference(relapsed["the_visit"], relapsed["left_alone"], none) - with_both,
        "excess_with_both": with_both,
    }


def near_to_knocking_back(arms: Arms) -> Numbers:
    """R57. Lapses with a flag lifted after two weeks over those without: in the first weeks, and half a year on."""
    alone, flagged = arms["left_alone"], arms["flagged_for_two_weeks"]
    who = flagged_in(flagged, VISIT)
    soon, later = (
        over(*(float(arm.happened("lapse", first, last)[who].sum()) for arm in (flagged, alone)))
        for first, last in ((4, 12), (30, 55))
    )
    return {"lapses_at_first": soon, "lapses_half_a_year_on": later}


def the_effect_outlasts(arms: Arms) -> Numbers:
    """R58. Weeks from the greatest loss of mean comfort to the first at which half of it is left."""
    alone, flagged = arms["left_alone"], arms["flagged_for_two_weeks"]
    who = flagged_in(flagged, VISIT) & alone.alive(260) & flagged.alive(260)
    losses = [difference(comfort(alone.at(week)), comfort(flagged.at(week)), who) for week in FORTNIGHTS]
    return {"weeks_to_half_of_the_loss": weeks_to_half(losses, FORTNIGHTS)}


def weeks_to_half(losses: Sequence[float], weeks: Sequence[int]) -> float:
    """Weeks from the greatest of the losses to the first later one of at most half of it, or to the last where there is none.

    Not a number where nothing is ever lost.
    """
    if not np.isfinite(losses).all() or max(losses) <= 0:
        return NAN
    peak = int(np.argmax(losses))
    halved = np.flatnonzero(np.asarray(losses[peak:]) <= losses[peak] / 2)
    return float((weeks[peak + int(halved[0])] if len(halved) else weeks[-1]) - weeks[peak])


_AT_THE_FLAG: Panel = states([VISIT], "kin_close", "service", "self_stigma")

RECIPES = {
    "R48": Recipe(
        a_package_makes_a_life, states([156], *LIFE_COLUMNS), {"package": states(range(EVERY, 261, EVERY), "involvement")},
        weeks=156, longer={"package": 260},
    ),
    "R49": Recipe(families_come_back, states(range(156), "kin_close", "alive")),
    "R50": Recipe(family_and_giving_first, states(range(0, 105, EVERY), *COMFORT, "regard")),
    "R51": Recipe(waiting_for_the_worst, states([56], *COMFORT), weeks=57),
    "R53": Recipe(sinking_in, states(SINKING_IN, *ORDER), weeks=SINKING_IN[-1]),
    "R54": Recipe(silence, _AT_THE_FLAG),
    "R55": Recipe(who_speaks, _AT_THE_FLAG),
    "R56": Recipe(no_chance_alone, _AT_THE_FLAG, weeks=56),
    "R57": Recipe(near_to_knocking_back, weeks=56),
    "R58": Recipe(the_effect_outlasts, states(FORTNIGHTS, *COMFORT)),
}
"""How each claim is measured, by its id; R52 stands with the police (`analysis.claims_of_the_police`)."""
