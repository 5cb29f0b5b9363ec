"""R39 to R47: labels and public attitudes, what three domains have in common, and what services and barriers do.

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
    Recipe,
    count_own_domains,
    difference,
    gap,
    highest,
    in_domains,
    is_active,
    lowest,
    mean,
    over,
    ranks_into,
    state_difference,
    states,
)
from analysis.claims_of_roles import gained_in
from analysis.claims_of_the_self import without_work
from analysis.logistic import fit
from analysis.measures_numbers import correlation
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING

SLOPES = ("identity", "hope", "social_capital", "involvement", "distress")
QUARTER = 13
QUARTERS = tuple(range(0, 248, QUARTER))
HALF_YEARS = tuple(range(0, 521, 26))
SOON = 8
"""Weeks within which a lapse in another domain counts as recent."""

QUALITIES: Sequence[tuple[float, str]] = (
    (-1.0, "quality_1_below"), (-0.5, "quality_half_below"), (0.0, "quality_none"), (0.5, "quality_half_above"),
    (1.0, "quality_1_above"),
)  # fmt: skip


def labels_hold_back(arms: Arms) -> Numbers:
    """R39. Share in recovery in all own domains after one year and five, of those whom the label falls on, less without.

    The label falls on those recovering at week 0 who have a record a week later where half are labelled, and none elsewhere.
    """
    none, half = arms["unlabelled"], arms["half_labelled"]
    who = none.own & in_domains(none.start, RECOVERING) & (half.at(1)["record"] == 1) & (none.at(1)["record"] == 0)
    return {
        "cost_within_a_year": difference(half.recovered(52, 0), none.recovered(52, 0), who),
        "cost_within_five_years": difference(half.recovered(260, 0), none.recovered(260, 0), who),
    }


def stigma_lessens_slowly(arms: Arms) -> Numbers:
    """R40. Recovery after ten years of a faster trend less none, how far it lags behind exposure, and whether less where lowest.

    Printed beside it: the same difference for the trend as measured.
    """
    none, fast = arms["no_trend"], arms["trend_ten_times_faster"]
    own = none.own
    gains = [difference(fast.recovered(week), none.recovered(week), own) for week in HALF_YEARS]
    falls = [0.0] + [-state_difference(fast, none, week, "exposure", own) for week in HALF_YEARS[1:]]
    active = own & is_active(none.start)
    identity = none.start["identity"]
    low, high = lowest(identity, active, 1 / 3), highest(identity, active, 1 / 3)
    at_end = [difference(fast.recovered(520), none.recovered(520), who) for who in (low, high)]
    return {
        "recovery_with_the_faster_trend": gains[-1],
        "weeks_that_recovery_lags": week_of_half(gains, HALF_YEARS) - week_of_half(falls, HALF_YEARS),
        "less_where_lowest": at_end[0] - at_end[1],
        "recovery_with_the_trend_as_measured": difference(arms["trend_as_measured"].recovered(520), none.recovered(520), own),
    }


def week_of_half(path: Sequence[float], weeks: Sequence[int]) -> float:
    """First of the weeks at which a path has come half of the way from 0 to its last value; not a number where that is 0."""
    if not np.isfinite(path).all() or path[-1] == 0:
        return NAN
    return float(weeks[int(np.argmax(np.asarray(path) / path[-1] >= 0.5))])


def much_in_common(arms: Arms) -> Numbers:
    """R41. Fit lost where domains share their slopes, and how far levers rank alike in the three domains."""
    base = arms["as_things_are"]
    levers = [arm for name, arm in arms.items() if name != "as_things_are"]
    falls = []
    for domain in DOMAINS:
        who = base.own & (base.start[domain] == RECOVERING)
        falls.append([difference(base.relapsed(0, 103, domain), arm.relapsed(0, 103, domain), who) for arm in levers])
    return {"share_of_fit_lost_with_shared_slopes": _fit_lost(base), "agreement_of_levers": kendalls_w(np.array(falls))}


def _fit_lost(arm: Arm) -> float:
    """Share of McFadden's R squared of a lapse within a quarter that is lost where all domains have the same slopes.

    Time sustained below a week counts as a week, of which there is a logarithm.
    """
    rows, lapses, levels = [], [], []
    for place, domain in enumerate(DOMAINS):
        believed = arm.believed(domain)
        for week in QUARTERS:
            who = arm.own & (believed[week] >= 0) & arm.alive(week)
            state = arm.at(week)
            known = [state[name][who].astype(float) for name in SLOPES] + [np.log(np.maximum(believed[week][who], 1.0))]
            rows.append(np.column_stack(known))
            lapses.append(arm.happened("lapse", week, week + QUARTER - 1, domain)[who] > 0)
            levels.append(np.full(int(who.sum()), place))
    whole, lapsed, level = np.concatenate(rows), np.concatenate(lapses), np.concatenate(levels)
    if len(np.unique(lapsed)) < 2:
        return NAN
    of_domain = np.column_stack([level == place for place in range(len(DOMAINS))]).astype(float)
    shared = np.column_stack([of_domain[:, 1:], whole])
    own = np.column_stack([of_domain[:, 1:], *(whole * of_domain[:, [place]] for place in range(len(DOMAINS)))])
    with_own, with_shared = (fit(columns, lapsed).mcfadden() for columns in (own, shared))
    return over(with_own - with_shared, with_own)


def kendalls_w(values: np.ndarray) -> float:
    """Kendall's coefficient of concordance of several rankings, from 0 to 1; ties share their rank and are corrected for.

    `values` is (judges, things). Not a number where a value is none, or where every judge ties all things. Reference: Kendall and
    Babington Smith (1939), Ann Math Stat 10:275.
    """
    from scipy.stats import rankdata

    judges, things = values.shape
    if not np.isfinite(values).all():
        return NAN
    ranks = np.array([rankdata(each) for each in values])
    ties = sum(int((counts**3 - counts).sum()) for counts in (np.unique(each, return_counts=True)[1] for each in ranks))
    most = judges**2 * (things**3 - things) - judges * ties
    totals = ranks.sum(axis=0)
    return float(12.0 * ((totals - totals.mean()) ** 2).sum() / most) if most > 0 else NAN


def several_problems(arms: Arms) -> Numbers:
    """R42. Recovery after five years by the number of own domains at the start, of people active in one."""
    arm = arms["as_things_are"]
    domains, active = count_own_domains(arm.start), arm.own & is_active(arm.start)
    one, two, three = (mean(arm.recovered(260), active & (domains == number)) for number in (1, 2, 3))
    return {"gap_by_number_of_problems": one - three, "two_between": two - three}


def relapse_in_several_domains(arms: Arms) -> Numbers:
    """R43. Lapses in the 8 weeks after one in another own domain against other weeks, alike in frailty; relapses in two."""
    arm = arms["as_things_are"]
    who = arm.own & (count_own_domains(arm.start) >= 2)
    relapsed = np.sum([arm.relapsed(0, 259, domain) for domain in DOMAINS], axis=0)
    return {
        "second_lapse_after_a_first": _second_lapse(arm, who),
        "share_of_relapsing_people_with_two_domains": mean(relapsed >= 2, who & (relapsed >= 1)),
    }


def _second_lapse(arm: Arm, who: np.ndarray) -> float:
    """Ratio of two rates, each the mean over quarters of frailty; a quarter without weeks of both kinds is left out."""
    soon, later = np.zeros((2, arm.people)), np.zeros((2, arm.people))
    lapsed = {}
    for domain in DOMAINS:
        lapsed[domain] = np.zeros((arm.weeks, arm.people), dtype=bool)
        lapsed[domain][arm.when("lapse", domain)] = True
    for domain in DOMAINS:
        at_risk = (arm.status(domain)[:-1] == RECOVERING) & arm.lived
        recent = recently(np.any([lapsed[one] for one in DOMAINS if one != domain], axis=0), SOON)
        for found, part in ((soon, recent), (later, ~recent)):
            found[0] += (lapsed[domain] & at_risk & part).sum(axis=0)
            found[1] += (at_risk & part).sum(axis=0)
    quarter = ranks_into(arm.start["frailty"][who], 4)
    rates = []
    for one in range(4):
        here = quarter == one
        pair = [found[:, who][:, here].sum(axis=1) for found in (soon, later)]
        if all(weeks > 0 for _, weeks in pair):
            rates.append([lapses / weeks for lapses, weeks in pair])
    return over(*np.mean(rates, axis=0).tolist()) if rates else NAN


def recently(happened: np.ndarray, weeks: int) -> np.ndarray:
    """In which lived weeks something happened in one of the `weeks` before, not in the week itself, shape as `happened`."""
    total = np.cumsum(happened, axis=0, dtype=np.int32)
    before = np.vstack([np.zeros((1, happened.shape[1]), dtype=np.int32), total])
    rows = np.arange(len(happened))
    return np.asarray(before[rows] - before[np.maximum(rows - weeks, 0)] > 0)


def living_well_with_symptoms(arms: Arms) -> Numbers:
    """R44. Personal recovery among people with symptoms, how both go together, and choice and roles against treating symptoms."""
    base = arms["as_things_are"]
    state = base.at(156)
    who = _with_mental_health(base, state)
    treated, choice = (
        arms[name].personal_recovery_per_100(base.own & (base.start["mental_health"] != NONE))
        for name in ("symptoms_treated", "choice_and_roles")
    )
    return {
        "share_living_well_with_symptoms": mean(state["personal_recovery"], who & (state["symptoms"] == 1)),
        "symptoms_and_recovery": correlation(state["personal_recovery"][who], state["symptoms"][who]).value,
        "choice_against_treatment": choice - treated,
    }


def recovery_without_symptoms(arms: Arms) -> Numbers:
    """R44, counted otherwise: personal recovery counted only in people without symptoms."""
    base = arms["as_things_are"]
    state = base.at(156)
    counted = (state["personal_recovery"] == 1) & (state["symptoms"] == 0)
    return {"share_living_well_with_symptoms": mean(counted, _with_mental_health(base, state) & (state["symptoms"] == 1))}


def _with_mental_health(arm: Arm, state: np.ndarray) -> np.ndarray:
    return np.asarray(arm.own & (state["alive"] == 1) & (state["mental_health"] != NONE))


def services_as_barriers(arms: Arms) -> Numbers:
    """R45. Weeks in personal recovery gained without services, less the greatest gain of three other ways; in use too."""
    return {
        "services_first_in_mental_health": _services_first(arms, "mental_health"),
        "not_first_in_use": _services_first(arms, "use"),
    }


def _services_first(arms: Arms, domain: str) -> float:
    base = arms[domain]
    who = base.own & in_domains(base.start, ACTIVE, LAPSED, domains=(domain,))
    as_is = base.personal_recovery_per_100(who)
    gains = {
        name: arms[f"{domain}_{name}"].personal_recovery_per_100(who) - as_is
        for name in ("no_services", "no_labels", "more_ties", "open_roles")
    }
    return gains.pop("no_services") - float(np.max(list(gains.values())))


def made_by_services(arms: Arms) -> Numbers:
    """R46. Crises where services obstruct less where there are none; the quality at which services turn from harm to help."""
    none = arms["no_services"]
    crises = [arm.happened("lapse", 0, 259, "mental_health") for arm in (arms["quality_half_below"], none)]
    gains = [arms[name].personal_recovery_per_100(none.own) - none.personal_recovery_per_100(none.own) for _, name in QUALITIES]
    return {
        "crises_made": 100.0 * gap(crises, none.own),
        "quality_at_which_services_turn": turning_quality([quality for quality, _ in QUALITIES], gains),
    }


def turning_quality(qualities: Sequence[float], gains: Sequence[float]) -> float:
    """The highest quality at which the gain crosses 0, by straight lines.

    The lowest where all gains are above 0, the highest where none is. Not a number where a gain is none.
    """
    if not np.isfinite(gains).all():
        return NAN
    for place in range(len(gains) - 1, 0, -1):
        low, high = gains[place - 1], gains[place]
        if high == 0:
            return float(qualities[place])
        if low * high < 0:
            return float(qualities[place - 1] + (qualities[place] - qualities[place - 1]) * low / (low - high))
    if gains[0] == 0:
        return float(qualities[0])
    return float(qualities[0] if gains[0] > 0 else qualities[-1])


def barriers_by_themselves(arms: Arms) -> Numbers:
    """R47. Share with a record and no work who gain it in half a year where employers do not ask, less as it is; self-stigma."""
    base, blind = arms["as_things_are"], arms["employers_do_not_ask"]
    who = without_work(base) & (base.start["record"] == 1)
    gained = [gained_in(arm, "work", 0, 25) > 0 for arm in (blind, base)]
    return {
        "more_work": gap(gained, who),
        "self_stigma_at_first_unchanged": state_difference(base, blind, 4, "self_stigma", who),
    }


RECIPES = {
    "R39": Recipe(labels_hold_back, states([1], "record")),
    "R40": Recipe(
        stigma_lessens_slowly,
        panels={name: states(HALF_YEARS[1:], "exposure") for name in ("no_trend", "trend_ten_times_faster")},
    ),
    "R41": Recipe(
        much_in_common, panels={"as_things_are": states(QUARTERS, *SLOPES)}, weeks=104, longer={"as_things_are": 260}
    ),
    "R42": Recipe(several_problems),
    "R43": Recipe(relapse_in_several_domains),
    "R44": Recipe(
        living_well_with_symptoms,
        panels={"as_things_are": states([156], "alive", "mental_health", "symptoms", "personal_recovery")},
        weeks=156,
        longer={"symptoms_treated": 260, "choice_and_roles": 260},
        recount=recovery_without_symptoms,
    ),
    "R45": Recipe(services_as_barriers),
    "R46": Recipe(made_by_services),
    "R47": Recipe(barriers_by_themselves, states([4], "self_stigma"), weeks=26),
}
"""How each claim is measured, by its id."""
