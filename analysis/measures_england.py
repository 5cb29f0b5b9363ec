"""What surveys and registers of whole populations measured, measured in a world of `england`.

Each function answers one target of `analysis/evidence/targets.toml`, by the words there: its numbers in their order.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.measures_lives import NEVER, Lives, runs
from analysis.measures_numbers import odds_ratio_found, share
from analysis.survival import NOT_FOUND, Found
from simulation.diary import DOMAIN_NAMES
from simulation.state import ACTIVE, LAPSED, RECOVERING

YEAR = 52
HALF_A_YEAR = 26
SURVEY = 260
WORKING_AGE, PENSION_AGE = 18, 65


def remission_without_treatment(lives: Lives) -> list[Found]:
    """S23. First entries to 26 weeks or more without substance use, per person-year active or lapsed before it.

    People active or lapsed in use, and not in a service for it, at week 0. The last 26 weeks of the world hold no time at
    risk, because an entry in them could not be told from a shorter pause.
    """
    entered, years = remissions_of_each(lives)
    entries, time = int(entered.sum()), float(years.sum())
    return [Found(entries / time, math.sqrt(entries) / time)] if time > 0 else [NOT_FOUND]


def in_use_untreated(people: np.ndarray) -> np.ndarray:
    """Who is active or lapsed in use and in no service for it, shape (people,), of bool."""
    return np.isin(people["use"], (ACTIVE, LAPSED)) & (people["service"] != DOMAIN_NAMES.index("use"))


def remissions_of_each(lives: Lives) -> tuple[np.ndarray, np.ndarray]:
    """Whether each person came to 26 weeks or more without substance use, and their years at risk of it, shape (people,).

    As S23 counts them: nobody is at risk who was in a service for use, or neither active nor lapsed, at week 0.
    """
    begun = in_use_untreated(lives.start)
    last = lives.weeks - HALF_A_YEAR
    if last < 1:
        return np.zeros(lives.people, dtype=bool), np.zeros(lives.people)
    status = lives.status("use")
    alive = np.arange(lives.weeks + 1)[:, None] <= lives.died[None, :]
    reached = runs((status == RECOVERING) & alive) == HALF_A_YEAR
    # Row w is reached after 26 weeks of recovery, of which the first row is w - 25.
    entry = np.where(reached.any(axis=0), reached.argmax(axis=0) - HALF_A_YEAR + 1, NEVER)
    at_risk = np.isin(status[:last], (ACTIVE, LAPSED)) & alive[:last] & (np.arange(last)[:, None] < entry[None, :])
    return (entry <= last) & begun, np.where(begun, at_risk.sum(axis=0), 0) / YEAR


def offending_and_use(everyone: Lives) -> list[Found]:
    """X7. At week 260, odds of an offence in the past year with any week of active or lapsed use in it against without.

    Of all adults under 65, with own experience and without.
    """
    if everyone.weeks < SURVEY:
        return [NOT_FOUND]
    age = everyone.start["age"] + SURVEY / YEAR
    asked = everyone.alive(SURVEY) & (age >= WORKING_AGE) & (age < PENSION_AGE)
    status = everyone.status("use")[SURVEY - YEAR + 1 : SURVEY + 1]
    used = ((status == ACTIVE) | (status == LAPSED)).any(axis=0)
    offended = everyone.count("offence", SURVEY - YEAR, SURVEY) > 0
    return [odds_ratio_found(offended[asked & used], offended[asked & ~used])]


def sudden_decisions(lives: Lives) -> list[Found]:
    """WS2006. Of decisions about use, share sudden; odds ratio of 26 weeks without a lapse, sudden against gradual.

    Decisions whose next 26 weeks are lived and survived.
    """
    status = lives.status("use")
    kept_up = []
    for kind in ("decided_suddenly", "decided_gradually"):
        weeks, persons = lives.when(kind, "use")
        seen = (weeks + 1 + HALF_A_YEAR <= lives.weeks) & (lives.died[persons] >= weeks + 1 + HALF_A_YEAR)
        rows = weeks[seen][:, None] + 1 + np.arange(HALF_A_YEAR + 1)
        kept_up.append((status[rows, persons[seen][:, None]] == RECOVERING).all(axis=1))
    sudden, gradual = kept_up
    which = np.concatenate([np.ones(len(sudden), dtype=bool), np.zeros(len(gradual), dtype=bool)])
    return [share(which), odds_ratio_found(sudden, gradual)]
