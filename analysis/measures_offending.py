"""What studies of people leaving prison measured, measured in a world of `leaving_prison`.

Each function answers one target of `analysis/evidence/targets.toml`, by the words there: its numbers in their order. What a
study saw is the arrest, not the offence. Lived week w ends w + 1 weeks after release.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from analysis.measures_lives import NEVER, Lives
from analysis.measures_numbers import mean, odds_ratio, ratio, share
from analysis.measures_within import within_person_odds_ratio
from analysis.survival import NOT_FOUND, Found, share_with_event

YEAR = 52
YEARS = 9
PERIOD = 13
MANY_CONVICTIONS = 11


def first_arrests(lives: Lives) -> tuple[np.ndarray, np.ndarray]:
    """Weeks from release to the first arrest, to death or to the end of follow-up, and whether it was an arrest, (people,)."""
    return time_to_first(lives, "arrest")


def time_to_first(lives: Lives, event: str) -> tuple[np.ndarray, np.ndarray]:
    """Weeks from week 0 to a person's first such event, to death or to the end, and whether it was the event, (people,)."""
    first, died = lives.first(event), lives.died
    happened = first != NEVER
    lost = np.where(died == NEVER, lives.weeks, died + 1)
    return np.where(happened, first + 1, lost), happened


def arrested_at_least_once(lives: Lives) -> list[Found]:
    """C1. Share arrested at least once within 1, 3, 6 and 9 years of release, by Kaplan and Meier."""
    weeks, happened = first_arrests(lives)
    return share_with_event(weeks, happened, [YEAR * year for year in (1, 3, 6, 9)], lives.weeks)


def first_arrest_after_years_without(lives: Lives) -> list[Found]:
    """C3. Share first arrested in year 3 of those not arrested for 2 years; in year 5 of those not arrested for 4."""
    weeks, happened = first_arrests(lives)
    found = []
    for before, after in ((2, 3), (4, 5)):
        # Of those still followed and not arrested: the same curve, begun at that year.
        left = weeks > YEAR * before
        found += share_with_event(weeks[left], happened[left], [YEAR * after], lives.weeks)
    return found


def arrests_year_by_year(lives: Lives) -> list[Found]:
    """C2. Share with any arrest in year 1, 3 and 9 after release; mean arrests per person in 9 years.

    Of all released, people who have died since among them.
    """
    found = []
    for year in (1, 3, YEARS):
        since = YEAR * (year - 1)
        seen = lives.weeks >= YEAR * year
        found.append(share(lives.count("arrest", since, since + YEAR) > 0) if seen else NOT_FOUND)
    all_seen = lives.weeks >= YEARS * YEAR
    return [*found, mean(lives.count("arrest", 0, YEARS * YEAR)) if all_seen else NOT_FOUND]


def reoffending_by_convictions(lives: Lives) -> list[Found]:
    """C7. One-year share with an arrest that led to a conviction: 11 earlier convictions or more, divided by none.

    Earlier means before the one just served.
    """
    if lives.weeks < YEAR:
        return [NOT_FOUND]
    proven = lives.count("conviction", 0, YEAR) > 0
    earlier = lives.start["prior_convictions"] - 1
    return [ratio(share(proven[earlier >= MANY_CONVICTIONS]), share(proven[earlier <= 0]))]


def rate_of_finding_work(lives: Lives, assumptions: Mapping[str, float]) -> Found:
    """Gains of the work role per week without it, of people free, alive and under working age, in the first year."""
    weeks = np.arange(YEAR)
    age = lives.start["age"] + weeks[:, None] / YEAR
    alive = weeks[:, None] <= lives.died[None, :]
    looking = (lives.role("work")[:YEAR] == 0) & (lives.custody[:YEAR] == 0) & alive & (age < assumptions["work_until"])
    gained, _ = lives.when("role_gained", detail=1)
    events, at_risk = int((gained < YEAR).sum()), int(looking.sum())
    if at_risk == 0:
        return NOT_FOUND
    return Found(events / at_risk, math.sqrt(events) / at_risk)


def hiding_records(base: Lives, hidden: Lives, assumptions: Mapping[str, float]) -> list[Found]:
    """C16. Gains of work per person-week without work in the first year, record hidden from employers divided by seen."""
    if min(base.weeks, hidden.weeks) < YEAR:
        return [NOT_FOUND]
    return [ratio(rate_of_finding_work(hidden, assumptions), rate_of_finding_work(base, assumptions))]


def effect_of_a_record(labelled: Lives, unlabelled: Lives, event: str = "arrest") -> list[Found]:
    """C19. Effect of a record on any arrest within 104 weeks, as d: above 0 where people with a record are arrested more.

    Formula: d = ln(odds ratio) sqrt(3) / pi. With `event` "offence", the same for true offences. Of everybody, alive or not;
    the error takes the two worlds for independent, which they are not.
    """
    if min(labelled.weeks, unlabelled.weeks) < 2 * YEAR:
        return [NOT_FOUND]
    value, log_error = odds_ratio(*(lives.count(event, 0, 2 * YEAR) > 0 for lives in (labelled, unlabelled)))
    if math.isnan(value):
        return [NOT_FOUND]
    scale = math.sqrt(3.0) / math.pi
    return [Found(math.log(value) * scale, log_error * scale)]


def family_and_offending(lives: Lives) -> list[Found]:
    """C22. Odds ratio within persons of an offence in 13 weeks, family role held all through against not held, age beside.

    Periods begin free and alive. All through means in each week that the person is free: an offence that ends in custody
    ends the role as well, and must not count as an offence without family. Periods in which the role comes or goes otherwise
    are left out.
    """
    periods = lives.weeks // PERIOD
    if periods < 2:
        return [NOT_FOUND]
    weeks = periods * PERIOD
    free = lives.custody[: weeks + 1] == 0
    role = lives.role("family")[: weeks + 1] == 1
    # A week counts as it ended; one that ended in custody as it began; one begun and ended there not at all.
    shape = (periods, PERIOD, lives.people)
    held = np.where(free[1:], role[1:], role[:-1]).reshape(shape)
    counts = (free[1:] | free[:-1]).reshape(shape)
    all_through, at_no_time = (held | ~counts).all(axis=1), (~held | ~counts).all(axis=1)
    starts = np.arange(periods) * PERIOD
    kept = (all_through ^ at_no_time) & free[starts] & (starts[:, None] <= lives.died[None, :])
    age = lives.start["age"] + (starts[:, None] + PERIOD / 2) / YEAR
    return [within_person_odds_ratio(_any_offence(lives, periods), np.stack([all_through, age]), kept)]


def _any_offence(lives: Lives, periods: int) -> np.ndarray:
    """Whether each person offended in each period, shape (periods, people), of bool."""
    weeks, persons = lives.when("offence")
    kept = weeks < periods * PERIOD
    found = np.zeros((periods, lives.people), dtype=bool)
    found[weeks[kept] // PERIOD, persons[kept]] = True
    return found
