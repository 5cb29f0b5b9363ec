"""R9 to R20: deciding against keeping it up, what keeping it up rests on, services, and how steep the hill is.

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
    among_kin,
    difference,
    gap,
    in_domains,
    is_active,
    is_in_trouble,
    is_recovering,
    mean,
    over,
    same_first,
    state_difference,
    states,
)
from analysis.claims_of_difficulty import first_row
from analysis.logistic import area_under_curve, foreseen
from analysis.measures_following import DECISIONS
from analysis.measures_lives import NEVER
from simulation.state import ACTIVE, DOMAINS, FIELD, HOME_AREA

PANEL = 4

FRAILTIES = ("frailty", *(f"frailty_{domain}" for domain in DOMAINS), "offence_frailty")
IDENTIFIERS = ("person",)
KINDS = ("use", "offending", "mental_health", "flag", "service", "area", "population_group", "given_kind")
"""States that are one of several kinds, so that a regression takes each kind by itself."""


def deciding_is_not_maintaining(arms: Arms) -> Numbers:
    """R9. Whether levers rank alike by what they do for deciding and for keeping it up; decisions for each sustained recovery."""
    from scipy.stats import spearmanr

    base = arms["as_things_are"]
    active, recovering = base.own & is_active(base.start), base.own & is_recovering(base.start)
    levers = [arm for name, arm in arms.items() if name != "as_things_are"]
    rises = [difference(arm.decided(0, 51), base.decided(0, 51), active) for arm in levers]
    falls = [difference(base.relapsed(0, 103), arm.relapsed(0, 103), recovering) for arm in levers]
    varied = np.ptp(rises) > 0 and np.ptp(falls) > 0
    arrivals = sum(int((_arrival(base, domain)[base.own] < NEVER).sum()) for domain in DOMAINS)
    return {
        "rank_agreement_of_levers": float(spearmanr(rises, falls).statistic) if varied else NAN,
        "decisions_for_each_sustained_recovery": over(float(base.happened(DECISIONS, 0, 259)[base.own].sum()), arrivals),
    }


def _arrival(arm: Arm, domain: str) -> np.ndarray:
    """Row in which each person first has a year sustained in a domain after a decision in it, `NEVER` without; (people,)."""
    decided = arm.first_in(DECISIONS, 0, 259, domain)
    return np.where(decided < NEVER, first_row(arm.believed(domain) >= YEAR, np.minimum(decided, NEVER - 1) + 1), NEVER)


def kept_up_in_the_face_of(arms: Arms) -> Numbers:
    """R10. What a label costs in keeping recovery up, what each of four ways gives back, and whether deciding changes less."""
    unlabelled, labelled = arms["unlabelled"], arms["labelled"]
    who = unlabelled.own & is_recovering(unlabelled.start)
    active = unlabelled.own & is_active(unlabelled.start)
    kept = {name: mean(~arm.relapsed(0, 51), who) for name, arm in arms.items()}
    before, after = (mean(arm.decided(0, 51), active) for arm in (unlabelled, labelled))
    fall = over(kept["unlabelled"] - kept["labelled"], kept["unlabelled"])
    ways = ("stigma", "fear", "barriers", "exclusion")
    return {
        "cost_of_a_label_in_keeping_it_up": kept["labelled"] - kept["unlabelled"],
        **{f"gain_without_{way}": kept[f"labelled_without_{way}"] - kept["labelled"] for way in ways},
        "deciding_changes_less": fall - over(before - after, before),
    }


def skills_keep_it_up(arms: Arms) -> Numbers:
    """R11. Sustained recovery after five years of those whom the training reached, with it less without."""
    base, trained = arms["as_things_are"], arms["trained"]
    who = base.own & trained.covered(0)
    return {"gain_from_skills": difference(trained.recovered(260), base.recovered(260), who)}


def confidence_keeps_it_up(arms: Arms) -> Numbers:
    """R12. Relapses in the 13 weeks from a first decision with a lift of hope, less without; what is left of the lift later."""
    base, lifted = arms["as_things_are"], arms["a_lift_at_deciding"]
    decided, who = same_first((base, lifted), DECISIONS, 0, 103, "use")
    relapses = [arm.happened_after(decided, "relapse", 1, 13, "use") for arm in (lifted, base)]
    weeks = np.where(who, decided, NEVER)
    gaps = []
    for later in range(27, 40):
        lead = lifted.state_at(weeks, "hope", later) - base.state_at(weeks, "hope", later)
        gaps.append(np.where(_alive_after(lifted, weeks, later) & _alive_after(base, weeks, later), lead, NAN))
    seen = np.isfinite(gaps)
    return {
        "fewer_lapses_become_relapses_at_first": 100.0 * gap(relapses, who),
        "the_lift_fades": over(float(np.where(seen, gaps, 0.0).sum()), float(seen.sum())) / 0.2,
    }


def _alive_after(arm: Arm, weeks: np.ndarray, later: int) -> np.ndarray:
    return np.asarray(arm.died >= weeks + later) & (weeks < NEVER)


def supporters_keep_it_up(arms: Arms) -> Numbers:
    """R13. Share without a lapse in the year from a first decision, with two supporters more, and fewer, less as it is."""
    names = ("as_things_are", "two_supporters_more", "two_supporters_fewer")
    decided, who = same_first([arms[name] for name in names], DECISIONS, 0, 207, "use")
    base, more, fewer = (arms[name].happened_after(decided, "lapse", 1, YEAR, "use") == 0 for name in names)
    return {
        "gain_from_two_supporters": difference(more, base, who), "loss_from_two_supporters_fewer": difference(fewer, base, who),
    }  # fmt: skip


def place_matters(arms: Arms) -> Numbers:
    """R14. Lapses in the year from a first decision, moved then less staying; of all, and of those whose support is local."""
    stay, move = arms["stay"], arms["move"]
    decided, same = same_first((stay, move), DECISIONS, 0, 207, "use")
    before = np.where(same, decided // PANEL * PANEL, NEVER)
    at_home = same & (stay.state_at(before, "area") == HOME_AREA)
    supported = stay.state_at(before, "supporters") >= 1
    kin = (stay.state_at(before, "kin_close") == 0) | (_kin_elsewhere(stay, before) == 0)
    lapsed = [arm.happened_after(decided, "lapse", 1, YEAR, "use") > 0 for arm in (move, stay)]
    return {
        "lapses_avoided_by_moving": gap(lapsed, at_home),
        "harm_where_support_is_local": gap(lapsed, at_home & supported & kin),
    }


def _kin_elsewhere(arm: Arm, weeks: np.ndarray) -> np.ndarray:
    """How many living kin of each person live beyond the home area at their own week, shape (people,)."""
    found = np.zeros(arm.people)
    for week in np.unique(weeks[weeks < NEVER]).tolist():
        state = arm.at(week)
        here = weeks == week
        found[here] = among_kin((state["alive"] == 1) & (state["area"] != HOME_AREA))[here]
    return found


def community_and_leaving(arms: Arms) -> Numbers:
    """R15. What leaving ties and a new community do together beyond each alone, among people whose ties are in trouble."""
    start = arms["neither"].start
    who = arms["neither"].own & (start["degree"] - start["kin_close"] >= 3) & (start["share_active_use"] >= 0.4)
    held = {name: mean((arm.believed_at("use", 260) >= YEAR) & arm.alive(260), who) for name, arm in arms.items()}
    return {
        "more_than_the_sum": held["both"] - held["leaving"] - held["new_community"] + held["neither"],
        "gain_from_both": held["both"] - held["neither"],
    }


def lived_not_produced(arms: Arms) -> Numbers:
    """R16. How well the start foretells recovery after five years, what frailty adds, and what is left to chance and path."""
    arm = arms["as_things_are"]
    recovered = arm.recovered(260)[arm.own]
    if len(np.unique(recovered)) < 2:
        return dict.fromkeys(("foreseen_from_the_start", "gain_from_knowing_frailty", "left_to_chance_and_path"), NAN)
    start = arm.start[arm.own]
    known = foreseen(known_at_the_start(start, without=FRAILTIES), recovered)
    all_known = foreseen(known_at_the_start(start), recovered)
    first, second = (area_under_curve(chance, recovered) for chance in (known, all_known))
    return {
        "foreseen_from_the_start": first,
        "gain_from_knowing_frailty": second - first,
        "left_to_chance_and_path": float(np.mean((all_known - recovered) ** 2) / np.var(recovered)),
    }


def known_at_the_start(people: np.ndarray, without: tuple[str, ...] = ()) -> np.ndarray:
    """Every state and trait but identifiers and those left out, each kind of a state by itself, shape (people, predictors)."""
    columns = []
    for name in FIELD:
        if name in (*IDENTIFIERS, *without):
            continue
        values = people[name].astype(float)
        if name in KINDS:
            columns += [values == kind for kind in np.unique(values)[1:]]
        elif np.ptp(values) > 0:
            columns.append(values)
    return np.column_stack(columns).astype(float)


def no_prescribed_service(arms: Arms) -> Numbers:
    """R17. Of people who reach a year without use, who was in no service up to then; and recovery where services do nothing."""
    base, without = arms["as_things_are"], arms["services_without_effect"]
    who = base.own & in_domains(base.start, ACTIVE, domains=("use",))
    reached = first_row(base.believed("use") >= YEAR, np.ones(base.people, dtype=int))
    recovered = who & (reached <= np.minimum(base.died, base.weeks))
    served = np.any([base.in_service(domain) for domain in DOMAINS], axis=0)
    first_served = first_row(served, np.zeros(base.people, dtype=int))
    year = [(arm.believed_at("use", 260) >= YEAR) & arm.alive(260) for arm in (without, base)]
    return {
        "share_recovered_unassisted": mean(first_served > reached, recovered),
        "share_recovered_assisted": mean(first_served <= reached, recovered),
        "recovery_without_what_services_do": gap(year, who),
    }


def workers_ease_recovery(arms: Arms) -> Numbers:
    """R18. Hope of those in a helping service at week 26, and recovery after five years of those who enter one, less without."""
    without, helped = arms["no_services"], arms["helping_services_for_some"]
    inside = without.own & (helped.at(26)["service"] > 0)
    entered = without.own & (helped.happened("service_start", 0, 207) > 0)
    return {
        "gain_in_hope": state_difference(helped, without, 26, "hope", inside),
        "gain_in_recovery": difference(helped.recovered(260), without.recovered(260), entered),
    }


def not_getting_in_the_way(arms: Arms) -> Numbers:
    """R19. Weeks in personal recovery lost through services that obstruct, and beyond what those that help gain.

    Printed beside it: share who relapse, in each arm.
    """
    none, helping, obstructing = (
        arms[f"services_{name}"] for name in ("of_no_quality", "that_help", "that_obstruct")
    )  # fmt: skip
    who = none.own & is_in_trouble(none.start)
    zero, up, down = (arm.personal_recovery_per_100(who) for arm in (none, helping, obstructing))
    beside = {f"relapsed_{name}": mean(arm.relapsed(0, 259), who) for name, arm in arms.items()}
    return {"loss_beyond_gain": (zero - down) - (up - zero), "loss_from_obstruction": zero - down, **beside}


DOSES = ("as_things_are", *(f"package_{quarters}_quarters" for quarters in (1, 2, 3, 4)))


def a_steep_hill(arms: Arms) -> Numbers:
    """R20. Greatest rise of recovery between neighbouring doses over the mean rise; escapes from the worst cell of the start."""
    base = arms["as_things_are"]
    low = base.own & (base.start["identity"] < 0.3)
    who = low & is_active(base.start)
    rises = np.diff([mean(arms[name].recovered(520), who) for name in DOSES])
    active = np.sum([base.start[domain] == ACTIVE for domain in DOMAINS], axis=0)
    worst = low & (active >= 2) & (base.start["record"] == 1)
    average = float(rises.mean())
    steepest = NAN if math.isnan(average) else float(rises.max()) / average if average > 0 else 0.0
    return {"steepest_step": steepest, "share_escaping_the_worst_cell": mean(base.ever_recovered(), worst)}



RECIPES = {
    "R9": Recipe(deciding_is_not_maintaining, weeks=104, longer={"as_things_are": 260}),
    "R10": Recipe(kept_up_in_the_face_of, weeks=52),
    "R11": Recipe(skills_keep_it_up),
    "R12": Recipe(confidence_keeps_it_up, states(range(27, 143), "hope"), weeks=142),
    "R13": Recipe(supporters_keep_it_up),
    "R14": Recipe(place_matters, panels={"stay": states(range(0, 208, PANEL), "area", "supporters", "kin_close", "alive")}),
    "R15": Recipe(community_and_leaving),
    "R16": Recipe(lived_not_produced),
    "R17": Recipe(no_prescribed_service),
    "R18": Recipe(workers_ease_recovery, states([26], "service", "hope")),
    "R19": Recipe(not_getting_in_the_way),
    "R20": Recipe(a_steep_hill),
}
"""How each claim is measured, by its id."""
