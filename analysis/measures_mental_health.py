"""What studies of people after a first episode measured, measured in a world of `first_episode`.

Each function answers one target of `analysis/evidence/targets.toml`, by the words there: its numbers in their order. The
people are those with own experience, all of whom have just come out of symptoms at week 0.
"""

from __future__ import annotations

import numpy as np

from analysis.measures_lives import Lives
from analysis.measures_numbers import correlation, cross_lag, share, standardised
from analysis.measures_offending import time_to_first
from analysis.survival import NOT_FOUND, Found, share_with_event
from simulation.state import ROLES

YEAR = 52
HALF_A_YEAR = 26
REMISSION, RECOVERY = 286, 374
"""Weeks at which M5 looks: mean follow-up of 5.5 and 7.2 years."""

SURVEY = 104
"""Week at which people are asked about themselves."""

WAVES = (SURVEY - 2 * HALF_A_YEAR, SURVEY - HALF_A_YEAR, SURVEY)
"""Three interviews over a year, half a year apart."""

PANEL = WAVES
"""Weeks at which these measures need the state of everybody."""


def relapse_into_symptoms(lives: Lives) -> list[Found]:
    """M3. Share relapsed by 1, 2 and 3 years from remission, by Kaplan and Meier: the first time symptoms come back."""
    in_remission = lives.start["symptoms"] == 0
    weeks, happened = time_to_first(lives, "symptoms_on")
    by = [YEAR * year for year in (1, 2, 3)]
    return share_with_event(weeks[in_remission], happened[in_remission], by, lives.weeks)


def remission_and_recovery(lives: Lives) -> list[Found]:
    """M5. Of those alive at week 286, share without symptoms; at week 374, share recovered.

    Recovered: no symptoms in the 104 weeks up to then, and a role held.
    """
    found = [NOT_FOUND, NOT_FOUND]
    if lives.weeks >= REMISSION:
        found[0] = share(lives.symptoms[REMISSION, lives.alive(REMISSION)] == 0)
    if lives.weeks >= RECOVERY:
        well = (lives.symptoms[RECOVERY - 2 * YEAR + 1 : RECOVERY + 1] == 0).all(axis=0)
        held = np.any([lives.role(role)[RECOVERY] == 1 for role in ROLES], axis=0)
        found[1] = share((well & held)[lives.alive(RECOVERY)])
    return found


def asked(lives: Lives, week: int = SURVEY) -> np.ndarray:
    """State of the people alive at a survey, shape (people,)."""
    state: np.ndarray = lives.at(week)[lives.alive(week)]
    return state


def what_goes_with_personal_recovery(lives: Lives) -> list[Found]:
    """M16. Correlation of personal recovery, the mean of identity and hope, with symptoms and distress; with the work role."""
    if lives.weeks < SURVEY:
        return [NOT_FOUND] * 2
    people = asked(lives)
    recovery = (people["identity"] + people["hope"]) / 2
    trouble = (people["symptoms"] + people["distress"]) / 2
    return [correlation(recovery, trouble), correlation(recovery, people["work"])]


def high_self_stigma(lives: Lives) -> list[Found]:
    """M20. Share with self-stigma above the middle of its scale at year 2."""
    return [share(asked(lives)["self_stigma"] > 0.5)] if lives.weeks >= SURVEY else [NOT_FOUND]


def what_goes_with_self_stigma(lives: Lives) -> list[Found]:
    """M15. Correlation of self-stigma with hope; with social capital."""
    if lives.weeks < SURVEY:
        return [NOT_FOUND] * 2
    people = asked(lives)
    return [correlation(people["self_stigma"], people[name]) for name in ("hope", "social_capital")]


def self_stigma_to_distress(lives: Lives) -> list[Found]:
    """M14. Standardised cross-lag over 26 weeks from self-stigma to distress, given earlier distress.

    Three waves in the second year, the two lags between them taken together; people alive at the last.
    """
    if lives.weeks < WAVES[-1]:
        return [NOT_FOUND]
    alive = lives.alive(WAVES[-1])
    waves = [lives.at(week)[alive] for week in WAVES]
    distress, stigma = ([standardised(wave[name]) for wave in waves] for name in ("distress", "self_stigma"))
    return [cross_lag(np.concatenate(distress[1:]), np.concatenate(distress[:-1]), np.concatenate(stigma[:-1]))]
