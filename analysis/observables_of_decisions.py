"""Decisions, attempts and lapses, and what becomes of them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from analysis.declaring import (
    ACTIVE_IN_USE,
    HALF_A_YEAR,
    WITH_A_PROBLEM,
    YEAR,
    Happened,
    Unit,
    declare,
    declare_of_each,
)  # fmt: skip
from analysis.measures_following import DECISIONS, Following, following, is_followed, weeks_until
from analysis.measures_lives import NUMBERS
from analysis.measures_use import first_year
from analysis.outcomes import Outcome
from analysis.stretch import Stretch
from analysis.survival import curve
from simulation.state import RECOVERING

QUARTER = 13
TWO_YEARS = 2 * YEAR
MOST_ATTEMPTS = 3
"""Attempts are counted up to this many: few people are followed through more."""


def _decisions(stretch: Stretch, weeks: int, kinds: tuple[str, ...] = DECISIONS) -> Following:
    """Decisions of which so many later weeks are followed, and the next lapse."""
    found = following(stretch.lives, kinds, ("lapse",))
    return found.where(is_followed(found, stretch.lives, weeks))


def _weeks_to_lapse(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    found = _decisions(stretch, HALF_A_YEAR)
    return found.person, weeks_until(found, stretch.lives, HALF_A_YEAR)


def _share_sudden(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    found = _decisions(stretch, 0)
    return found.person, found.event == NUMBERS["decided_suddenly"]


def _held(stretch: Stretch, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Whether each decision of a kind was followed by half a year without a lapse, of those lived through."""
    found = _decisions(stretch, HALF_A_YEAR, (kind,))
    found = found.where(stretch.lives.died[found.person] >= found.week + 1 + HALF_A_YEAR)
    return found.person, found.wait > HALF_A_YEAR


def _became_relapse(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    found = following(stretch.lives, ("lapse",), ("relapse", "resolved"))
    found = found.where(is_followed(found, stretch.lives, QUARTER))
    relapsed = stretch.lives.columns.event[found.next] == NUMBERS["relapse"]
    return found.person, (found.wait <= QUARTER) & relapsed


def attempts(stretch: Stretch) -> np.ndarray:
    """Attempts to leave substance use behind, and whether the last led to a sustained year, shape (people, 2).

    An attempt is a decision of which two years are followed. It has led to a sustained year where 52 weeks in a row without
    use were reached within them, before another decision was needed. Nothing counts after that year. Looking at fewer weeks
    would see attempts fail and not see them succeed, which takes a year.
    """
    lives = stretch.lives
    alive = np.arange(lives.weeks + 1)[:, None] <= lives.died[None, :]
    first = first_year((lives.status("use") == RECOVERING) & alive)
    parts = [lives.when(kind, "use") for kind in DECISIONS]
    weeks, persons = (np.concatenate(column) for column in zip(*parts, strict=True))
    before = (first[persons] < 0) | (weeks < first[persons])
    weeks, persons = weeks[before], persons[before]
    followed = weeks + TWO_YEARS <= lives.weeks
    leading = np.full(lives.people, -1)
    np.maximum.at(leading, persons, weeks)
    reached = (first >= 0) & (leading + TWO_YEARS <= lives.weeks) & (first - leading <= TWO_YEARS)
    return np.column_stack([np.bincount(persons[followed], minlength=lives.people), reached])


def attempts_needed(values: np.ndarray, weights: np.ndarray) -> float:
    """Mean of the attempts up to a sustained year, three at most, by Kaplan and Meier over attempts.

    `values` as `attempts` gives them; everybody weighs the same.
    """
    del weights
    return curve(values[:, 0], values[:, 1] == 1, followed=MOST_ATTEMPTS).restricted_mean(MOST_ATTEMPTS).value


def _of_decisions(name: str, unit: Unit, better: str, happened: Happened, means: str, source: str, **more: Any) -> Outcome:
    return declare_of_each(name, unit, better, WITH_A_PROBLEM, happened, means, source, **more)


_FOLLOWED = "decisions are counted of which {} later weeks are part of the stretch, so that none is censored"

DECIDED: tuple[Outcome, ...] = (
    _of_decisions(
        "decision_to_lapse", Unit("weeks per decision"), "higher", _weeks_to_lapse,
        "weeks from a decision in any domain to the first lapse in it, 26 at most: 0 where it comes in the week after",
        "events decided_gradually, decided_suddenly, lapse; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol "
        "13:152",
        censoring=_FOLLOWED.format(26) + "; a death ends the time, as a lapse does", shortest=HALF_A_YEAR + 1,
    ),
    declare(
        "attempts_before_a_year", Unit("attempts of at most 3"), "lower", ACTIVE_IN_USE, attempts,
        "decisions to leave substance use behind, up to the one that led to 52 weeks in a row without it within two years, three "
        "at most",
        "events decided_gradually, decided_suddenly, relapse, lapse, resolved in use",
        summarise=attempts_needed, shortest=TWO_YEARS,
        censoring="after the last attempt of which two years are part of the stretch: Kaplan and Meier's estimate over attempts "
        "in place of weeks, restricted to three; an attempt that a death ends has led to no year",
    ),
    _of_decisions(
        "sudden_share", Unit("per 100 decisions", 100.0), "neither", _share_sudden,
        "share of decisions, in any domain, that were made at a turning point and not over time",
        "events decided_suddenly, decided_gradually; WS2006 counts decisions about use alone",
        censoring="none: every decision before the horizon counts",
    ),
    *(
        _of_decisions(
            f"{word}_held", Unit(f"per 100 {word} decisions", 100.0), "higher", partial(_held, kind=kind),
            f"share of decisions made {how}, in any domain, that are followed by 26 weeks without a lapse in it",
            f"events {kind}, lapse; WS2006 counts decisions about use alone",
            censoring=_FOLLOWED.format(26) + "; those of people who die within them are left out, as WS2006 has it",
            shortest=HALF_A_YEAR + 1,
        )
        for word, kind, how in (
            ("sudden", "decided_suddenly", "at a turning point"), ("gradual", "decided_gradually", "over time"),
        )
    ),
    _of_decisions(
        "lapse_to_relapse", Unit("per 100 lapses", 100.0), "lower", _became_relapse,
        "share of lapses, in any domain, that become a relapse within 13 weeks",
        "events lapse, relapse, resolved; no published figure counts them",
        censoring="lapses are counted of which 13 later weeks are part of the stretch; one frozen in custody, or cut short by a "
        "death, counts as no relapse", shortest=QUARTER + 1,
    ),
)  # fmt: skip
