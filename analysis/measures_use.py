"""What studies of people entering treatment for substance use measured, measured in a world of `entering_treatment`.

Each function answers one target of `analysis/evidence/targets.toml`, by the words there: its numbers in their order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.measures_lives import Lives, runs
from analysis.measures_numbers import cross_lag, mean, paired_ratio, partial_r_squared, share, standardised
from analysis.survival import NOT_FOUND, Found
from simulation.state import RECOVERING

YEAR = 52
QUARTER = 13
CENSUSES = 8
INTERVIEWS = tuple(range(QUARTER, 2 * YEAR + 1, QUARTER))
"""Weeks of the interviews of S3. Week 0 is none of them: everybody is in treatment then, which is how they came to be asked."""

PANEL = (*range(0, YEAR + 1, QUARTER),)
"""Weeks at which these measures need the state of everybody."""

IN_CUSTODY, IN_RECOVERY, IN_TREATMENT, USING = 0, 1, 2, 3


SO_FAR = ((0, YEAR), (YEAR, 3 * YEAR), (3 * YEAR, np.inf))
"""Weeks abstinent before a census: under 1 year, 1 to 3 years, 3 years and more."""


def another_year(
    lives: Lives, censuses: Sequence[int], domain: str = "use"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who is abstinent at each census and alive a year later, for how many weeks so far, and whether all of the next year.

    In offending and mental health, who is in recovery. Each of shape (censuses, people).
    """
    abstinent = lives.status(domain) == RECOVERING
    length = runs(abstinent)
    # What was sustained before week 0 counts too; in a cohort that enters treatment it is nothing.
    before = np.where(abstinent[0], lives.start[f"weeks_{domain}"], 0)
    unbroken = length == np.arange(1, len(length) + 1)[:, None]
    rows = list(censuses)
    seen = np.array([abstinent[row] & lives.alive(row + YEAR) for row in rows])
    weeks = length[rows] + np.where(unbroken[rows], before, 0)
    stayed = np.array([abstinent[row + 1 : row + YEAR + 1].all(axis=0) for row in rows])
    return seen, weeks, stayed


def abstinence_by_duration(lives: Lives) -> list[Found]:
    """S1. Share abstinent all of the next year, by time abstinent before: under 1 year, 1 to 3 years, 3 years and more.

    All censuses that a further year is lived after are taken together. People who die within that year are left out, as
    people whom the study lost; use is known in custody too.
    """
    censuses = range(YEAR, min(CENSUSES * YEAR, lives.weeks - YEAR) + 1, YEAR)
    if not censuses:
        return [NOT_FOUND] * len(SO_FAR)
    seen, weeks, stayed = another_year(lives, censuses)
    return [share(stayed[seen & (weeks >= low) & (weeks < high)]) for low, high in SO_FAR]


def interview_states(lives: Lives) -> np.ndarray:
    """State of each person at each interview, the first that applies of custody, recovery, treatment, using."""
    weeks = list(INTERVIEWS)
    recovering = lives.status("use")[weeks] == RECOVERING
    treated = lives.in_service("use")[weeks] == 1
    state = np.where(treated, IN_TREATMENT, USING)
    state = np.where(recovering, IN_RECOVERY, state)
    return np.where(lives.custody[weeks] == 1, IN_CUSTODY, state)


def transitions(lives: Lives) -> list[Found]:
    """S3. Mean share changing state from one quarterly interview to the next; share changing at least once; more than once.

    People alive at the last of the eight interviews, which leave seven quarters between them.
    """
    if lives.weeks < INTERVIEWS[-1]:
        return [NOT_FOUND] * 3
    state = interview_states(lives)[:, lives.alive(INTERVIEWS[-1])]
    changes = (state[1:] != state[:-1]).sum(axis=0)
    return [mean(changes / (len(state) - 1)), share(changes >= 1), share(changes >= 2)]


def abstinent_second_year(lives: Lives) -> np.ndarray:
    """Who is abstinent at the end of each of the weeks 52 to 103, shape (people,), of bool."""
    return np.asarray((lives.status("use")[YEAR + 1 : 2 * YEAR + 1] == RECOVERING).all(axis=0))


def effect_of_a_friend(base: Lives, befriended: Lives) -> list[Found]:
    """S8. Share abstinent all through the second year with one more friend in recovery, divided by the share without.

    Of people alive to its end in both worlds.
    """
    if min(base.weeks, befriended.weeks) < 2 * YEAR:
        return [NOT_FOUND]
    both = base.alive(2 * YEAR) & befriended.alive(2 * YEAR)
    return [paired_ratio(abstinent_second_year(befriended)[both], abstinent_second_year(base)[both])]


def variance_from_network(lives: Lives) -> list[Found]:
    """S13. Share of the variance of weeks abstinent in the second year that changes in ties in the first explain."""
    if lives.weeks < 2 * YEAR:
        return [NOT_FOUND]
    alive = lives.alive(2 * YEAR)
    abstinent = lives.status("use") == RECOVERING
    later = abstinent[YEAR + 1 : 2 * YEAR + 1].sum(axis=0)[alive]
    earlier = abstinent[1 : YEAR + 1].sum(axis=0)[alive]
    start, end = lives.start[alive], lives.at(YEAR)[alive]
    changes = [end[name].astype(float) - start[name] for name in ("share_active_use", "ties_recovering")]
    return [partial_r_squared(later, [earlier], changes)]


def distress_and_use(lives: Lives) -> list[Found]:
    """X12. Over the quarters of a year, mean distress to weeks not abstinent in the next, and the other way, given the earlier.

    Each quarter standardised by itself, the three pairs of quarters taken together; people alive at the end of the year.
    """
    if lives.weeks < YEAR:
        return [NOT_FOUND] * 2
    alive = lives.alive(YEAR)
    not_abstinent = lives.status("use")[:, alive] != RECOVERING
    distress, use = [], []
    for start in range(0, YEAR, QUARTER):
        sums = [lives.at(week)["sum_distress"][alive] for week in (start, start + QUARTER)]
        distress.append(standardised((sums[1] - sums[0]) / QUARTER))
        use.append(standardised(not_abstinent[start + 1 : start + QUARTER + 1].sum(axis=0)))
    calm, using = (np.concatenate(each[:-1]) for each in (distress, use))
    calm_later, using_later = (np.concatenate(each[1:]) for each in (distress, use))
    return [cross_lag(using_later, using, calm), cross_lag(calm_later, calm, using)]


def attempts_before_a_year(lives: Lives) -> np.ndarray:
    """Decisions made up to the first 52 weeks sustained in use, of each person who reaches them; shape (people who do,).

    The decision that led to that year counts; so do 0 of somebody who began in recovery.
    """
    first = first_year(lives.status("use") == RECOVERING)
    decisions = np.zeros(lives.people, dtype=int)
    for kind in ("decided_gradually", "decided_suddenly"):
        when, who = lives.when(kind, "use")
        decisions += np.bincount(who[when < first[who]], minlength=lives.people)
    return decisions[first >= 0]


def first_year(held: np.ndarray) -> np.ndarray:
    """Row in which each person has first held something for 52 weeks in a row, -1 where never, shape (people,).

    `held` is true or false, shape (weeks + 1, people).
    """
    reached = runs(held) >= YEAR
    return np.where(reached.any(axis=0), reached.argmax(axis=0), -1)
