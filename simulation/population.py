"""Draws the starting people of a world, and who they know, from a cohort.

Every draw comes from `SeedSequence([seed, purpose])`, one stream for each purpose, so that a change in how one thing is
drawn leaves the others as they were, and worlds that differ by a policy begin with the same people.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.cohort import Cohort
from simulation.diary import ASSOCIATE, FRIEND, RECOVERY_PEER, USE
from simulation.state import ACTIVE, DOMAINS, HOME_AREA, NEW_AREA, NONE, RECOVERING, ROLES, STATE_DTYPE
from simulation.ties import KIN_PLACES, NOBODY, OTHER_PLACES, Ties

_TRAITS, _PROBLEMS, _PLACES, _RECORDS, _MINDS, _KIN, _FRIENDS, _RESISTANCE, _AGES, _BEFORE, _EVENT = range(11)
"""Purposes of draws. New ones come last, so that those before keep their luck."""
_MOST_FITS = 500
_FIT = 1e-13
"""Iterative fitting ends when no cell moves by more than this, or after `_MOST_FITS` rounds."""


def _luck(seed: int, purpose: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, purpose]))


def both(p: float, q: float, odds: float) -> float:
    """Share with both of two traits of shares `p` and `q`, from their odds ratio (Plackett 1965)."""
    if odds == 1.0:
        return p * q
    s = 1.0 + (p + q) * (odds - 1.0)
    return (s - math.sqrt(s * s - 4.0 * odds * (odds - 1.0) * p * q)) / (2.0 * (odds - 1.0))


def three_way(shares: tuple[float, float, float], odds: tuple[float, float, float]) -> np.ndarray:
    """Joint shares of three traits, shape (2, 2, 2), from their shares and pairwise odds ratios, with no three-way term.

    `odds` is in the order (first and second, first and third, second and third). The log-linear table with these pairwise
    margins, by iterative proportional fitting (Deming and Stephan 1940).
    """
    table = np.full((2, 2, 2), 0.125)
    pairs = ((0, 1, odds[0]), (0, 2, odds[1]), (1, 2, odds[2]))
    for _ in range(_MOST_FITS):
        before = table
        for first, second, ratio in pairs:
            together = both(shares[first], shares[second], ratio)
            margin = np.array(
                [
                    [1.0 - shares[first] - shares[second] + together, shares[second] - together],
                    [shares[first] - together, together],
                ]
            )
            other = 3 - first - second
            now = table.sum(axis=other, keepdims=True)
            want = np.expand_dims(margin, other)
            table = np.where(now > 0.0, table * want / np.where(now > 0.0, now, 1.0), 0.0)
        if np.max(np.abs(table - before)) < _FIT:
            break
    return table


def skewed(z: np.ndarray, shape: float) -> np.ndarray:
    """Standard normal `z` with a heavier right tail, mean 0 and sd 1 as before; `z` itself at shape 0.

    A shifted log-normal: `shape` is the sd of its logarithm. With s = exp(shape^2), its skewness is (s + 2) sqrt(s - 1): 0.6 at
    a shape of 0.2, 1.75 at 0.5, 6.2 at 1.
    """
    if shape == 0.0:
        return z
    s = math.exp(shape * shape)
    return (np.exp(shape * z) - math.sqrt(s)) / math.sqrt(s * (s - 1.0))


def draw_population(cohort: Cohort, count: int, seed: int, own_experience: float | None) -> tuple[np.ndarray, Ties]:
    """Starting people, shape (count,), in the order of permanent ids, and their ties.

    `own_experience` is the share with own experience, or None for the cohort's own.
    """
    people = np.zeros(count, dtype=STATE_DTYPE)
    people["person"] = np.arange(count)
    people["alive"] = 1
    share = cohort["own_experience"] if own_experience is None else own_experience
    _draw_traits(people, cohort, seed, share)
    _draw_problems(people, cohort, seed)
    _draw_places(people, cohort, seed)
    _draw_records(people, cohort, seed)
    _draw_minds(people, cohort, seed)
    _draw_resistance(people, seed)
    _draw_before_event(people, cohort, seed)
    people["group_bias"] = 1.0
    ties = Ties.empty(count)
    _draw_kin(people, ties, cohort, seed)
    _draw_friends(people, ties, cohort, seed)
    return people, ties


def _draw_traits(people: np.ndarray, cohort: Cohort, seed: int, own_experience: float) -> None:
    """Fixed traits, age, and who has own experience."""
    luck = _luck(seed, _TRAITS)
    count = len(people)
    people["age"] = luck.uniform(cohort["age_low"], cohort["age_high"], count)
    luck_of_sex = luck.random(count)
    own = luck.permutation(count) < round(own_experience * count)
    people["own_experience"] = own
    people["woman"] = luck_of_sex < np.where(own, cohort.of_own("women"), cohort["women"])
    if cohort["age_shape"] > 0.0:
        years = _luck(seed, _AGES).gamma(cohort["age_shape"], cohort["age_scale"], count)
        people["age"] = np.where(own, np.minimum(cohort["age_low"] + years, cohort["age_high"]), people["age"])
    years = np.minimum(luck.gamma(2.0, cohort["years_active"] / 2.0, count), np.maximum(0.0, people["age"] - 12.0))
    people["years_active"] = np.where(own, years, 0.0)
    for name in ("frailty", "frailty_use", "frailty_offending", "frailty_mental_health", "offence_frailty", "skills"):
        people[name] = luck.standard_normal(count)
    people["frailty"] = skewed(people["frailty"], cohort["frailty_skew"])
    people["frailty"] += cohort["entrenchment"] * np.log1p(people["years_active"])
    people["shame_proneness"] = luck.random(count)
    people["kin_resource"] = luck.random(count)
    people["intolerance"] = luck.beta(cohort["intolerance_a"], cohort["intolerance_b"], count)
    weights = luck.dirichlet([cohort["role_weights"] * cohort[f"weight_{role}"] for role in ROLES], count)
    for column, role in enumerate(ROLES):
        people[f"weight_{role}"] = weights[:, column]


def _draw_problems(people: np.ndarray, cohort: Cohort, seed: int) -> None:
    """Which domains are a person's own, the status in each, time in recovery, and symptoms."""
    luck = _luck(seed, _PROBLEMS)
    count = len(people)
    own = people["own_experience"] > 0
    table = three_way(
        (cohort["use"], cohort["offending"], cohort["mental_health"]),
        (cohort["odds_use_offending"], cohort["odds_use_mental_health"], cohort["odds_offending_mental_health"]),
    ).ravel()
    table[0] = 0.0
    cell = luck.choice(8, size=count, p=table / table.sum())
    weeks = cohort["weeks_fixed"] + np.floor(luck.exponential(1.0, count) * cohort["weeks_mean"])
    for place, domain in enumerate(DOMAINS):
        has = own & ((cell >> (2 - place)) % 2 > 0)
        active = luck.random(count) < cohort[f"active_{domain}"]
        people[domain] = np.where(has, np.where(active, ACTIVE, RECOVERING), NONE)
        people[f"weeks_{domain}"] = np.where(has & ~active, weeks, 0.0)
    chance = np.where(people["mental_health"] == ACTIVE, cohort["symptoms_active"], cohort["symptoms_recovering"])
    people["symptoms"] = (people["mental_health"] != NONE) & (luck.random(count) < chance)
    people["diagnosis"] = (people["mental_health"] != NONE) & (luck.random(count) < cohort["diagnosis"])


def _draw_places(people: np.ndarray, cohort: Cohort, seed: int) -> None:
    """Area and homelessness, which goes with offending and mental health."""
    luck = _luck(seed, _PLACES)
    count = len(people)
    new = np.where(people["own_experience"] > 0, cohort.of_own("new_area"), cohort["new_area"])
    people["area"] = np.where(luck.random(count) < new, NEW_AREA, HOME_AREA)
    people["homeless"] = _draw_homelessness(people, cohort, seed)


def _draw_homelessness(people: np.ndarray, cohort: Cohort, seed: int) -> np.ndarray:
    """Who is homeless, shape (people,), of bool; `people` in the order of permanent ids."""
    luck = _luck(seed, _PLACES)
    luck.random(len(people))  # the areas' part of this stream
    odds = np.where(people["offending"] != NONE, cohort["homeless_odds_offending"], 1.0)
    odds = odds * np.where(people["mental_health"] != NONE, cohort["homeless_odds_mental_health"], 1.0)
    return np.asarray(luck.random(len(people)) < _chances_of_homelessness(people, odds, cohort))


def _chances_of_homelessness(people: np.ndarray, odds: np.ndarray, cohort: Cohort) -> np.ndarray:
    """Chances of being homeless, shape (people,): one mean for all, or one each for people with own experience and others."""
    if not cohort.has_own("homeless"):
        return _scaled_to(odds, cohort["homeless"])
    own = people["own_experience"] > 0
    chances = np.full(len(people), cohort["homeless"])
    chances[own] = _scaled_to(odds[own], cohort.of_own("homeless"))
    return chances


def _scaled_to(odds: np.ndarray, mean: float) -> np.ndarray:
    """Chances, shape (people,), with these odds against one another and this mean."""
    if mean <= 0.0 or len(odds) == 0:
        return np.zeros(len(odds))
    low, high = 0.0, 1.0
    for _ in range(80):
        middle = (low + high) / 2.0
        chances = middle * odds / (1.0 - middle + middle * odds)
        low, high = (middle, high) if chances.mean() < mean else (low, middle)
    return chances


def _draw_records(people: np.ndarray, cohort: Cohort, seed: int) -> None:
    """Official records and convictions, more of them where the liability to offend, and the rate of offending, are higher."""
    luck = _luck(seed, _RECORDS)
    count = len(people)
    record = (people["offending"] != NONE) & (luck.random(count) < cohort["record"])
    people["record"] = record
    age = np.floor(luck.exponential(1.0, count) * cohort["record_years"] * 52.0)
    people["record_age"] = np.where(record, age, 0)
    liability = (people["frailty"] + people["frailty_offending"]) * np.sqrt(0.5)
    shared = cohort["convictions_frailty"]
    z = shared * (liability + people["offence_frailty"]) * np.sqrt(0.5)
    z += np.sqrt(1.0 - shared * shared) * luck.standard_normal(count)
    convictions = luck.poisson(cohort["convictions"] * np.exp(cohort["convictions_spread"] * z))
    people["prior_convictions"] = np.where(record, np.maximum(1, convictions), 0)


def _draw_minds(people: np.ndarray, cohort: Cohort, seed: int) -> None:
    """Identity, hope, stigma and roles: low with a problem active, high without one, between the two in recovery."""
    luck = _luck(seed, _MINDS)
    count = len(people)
    sustained = np.full(count, np.inf)
    for domain in DOMAINS:
        sustained = np.where(people[domain] != NONE, np.minimum(sustained, people[f"weeks_{domain}"]), sustained)
    has = np.any([people[domain] != NONE for domain in DOMAINS], axis=0)
    well = np.where(has, -np.expm1(-sustained / cohort["settling_weeks"]), 1.0)
    for column, name in (
        ("identity", "identity"),
        ("hope", "hope"),
        ("self_stigma", "self_stigma"),
        ("anticipated_stigma", "anticipated"),
    ):
        middle = cohort[f"{name}_active"] + well * (cohort[f"{name}_well"] - cohort[f"{name}_active"])
        people[column] = np.clip(middle + cohort["spread"] * luck.standard_normal(count), 0.0, 1.0)
    people["coherence"] = np.clip(cohort["coherence"] + cohort["spread"] * luck.standard_normal(count), 0.0, 1.0)
    people["distress"] = np.clip(cohort["distress"] + cohort["spread"] * luck.standard_normal(count), 0.0, 1.0)
    for role in ROLES:
        kind = "giving" if role == "giving" else "role"
        people[role] = luck.random(count) < cohort[f"{kind}_active"] * (1.0 - well) + well * cohort[f"{kind}_well"]


def _draw_resistance(people: np.ndarray, seed: int) -> None:
    """The exposure below which a person who resists labels is untouched: anything up to half."""
    people["resistance"] = _luck(seed, _RESISTANCE).uniform(0.0, 0.5, len(people))


def _draw_before_event(people: np.ndarray, cohort: Cohort, seed: int) -> None:
    """Life just before what defines the cohort: those about to be released are in custody, which has taken roles and home."""
    luck = _luck(seed, _BEFORE)
    count = len(people)
    own = people["own_experience"] > 0
    for role in ROLES:
        people[role] &= ~own | (luck.random(count) < cohort[f"kept_{role}"])
    people["custody_left"] = own & (luck.random(count) < cohort["released"])
    people["homeless"] &= people["custody_left"] == 0


def let_event_happen(people: np.ndarray, cohort: Cohort, seed: int) -> None:
    """Let happen to `people`, shape (people,), what defines the cohort at week 0: release from custody, entry to a service.

    `people` have settled before it; they may be stored in any order.
    """
    ids = people["person"]
    released = people["custody_left"] > 0
    if released.any():
        before = people[np.argsort(ids)]
        homeless = _draw_homelessness(before, cohort, seed)[ids]
        people["custody_left"][released] = 0
        people["ever_released"][released] = 1
        people["upheaval"][released] = 1
        people["homeless"][released] = homeless[released]
    luck = _luck(seed, _EVENT)
    enters = (people["use"] != NONE) & (luck.random(len(people))[ids] < cohort["service_use"])
    quality = cohort["service_quality"] + cohort["service_quality_sd"] * luck.standard_normal(len(people))[ids]
    people["service"] = np.where(enters, USE, people["service"])
    people["service_quality"] = np.where(enters, np.clip(quality, -1.0, 1.0), people["service_quality"])


def _draw_kin(people: np.ndarray, ties: Ties, cohort: Cohort, seed: int) -> None:
    """Families of four, in the order of ids (own experience falls on ids at random); the last may be smaller."""
    luck = _luck(seed, _KIN)
    count = len(people)
    ids = np.arange(count)
    for step in range(1, KIN_PLACES + 1):
        kin = (ids // 4) * 4 + (ids % 4 + step) % 4
        ties.kin[:, step - 1] = np.where(kin < count, kin, NOBODY)
    active = np.any([people[domain] == ACTIVE for domain in DOMAINS], axis=0)
    has = np.any([people[domain] != NONE for domain in DOMAINS], axis=0)
    chance = np.where(active, cohort["estranged_active"], np.where(has, cohort["estranged_recovering"], 0.0))
    ties.estranged[:] = (luck.random((count, KIN_PLACES)) < chance[:, None]) & (ties.kin != NOBODY)


def _draw_friends(people: np.ndarray, ties: Ties, cohort: Cohort, seed: int) -> None:
    """Friends, in rounds: people are lined up by how alike and how near they are, with chance, and neighbours pair up."""
    luck = _luck(seed, _FRIENDS)
    count = len(people)
    problem = (people["use"] == ACTIVE) | (people["offending"] == ACTIVE)
    recovering = (people["use"] == RECOVERING) | (people["offending"] == RECOVERING)
    places = np.zeros(count, dtype=np.int64)
    for _ in range(min(OTHER_PLACES, round(cohort["friends"]))):
        line = cohort["friends_alike"] * problem + cohort["friends_near"] * people["area"] + luck.standard_normal(count)
        order = np.argsort(line, kind="stable")
        one, other = order[0 : count - 1 : 2], order[1:count:2]
        fresh = ~np.any(ties.kin[one] == other[:, None], axis=1) & ~np.any(ties.others[one] == other[:, None], axis=1)
        one, other = one[fresh], other[fresh]
        for me, them in ((one, other), (other, one)):
            ties.others[me, places[me]] = them
            ties.kind[me, places[me]] = np.where(
                problem[them], ASSOCIATE, np.where(recovering[me] & recovering[them], RECOVERY_PEER, FRIEND)
            )
            places[me] += 1
