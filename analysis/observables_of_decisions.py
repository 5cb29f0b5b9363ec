"""Decisions, attempts and lapses, and what becomes of them."""

from __future__ import annotations

from functools import partial

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
from analysis.measures_use import decisions_before, first_year
from analysis.outcomes import Outcome
from analysis.stretch import Stretch
from analysis.survival import curve
from simulation.state import RECOVERING

QUARTER = 13
MOST_ATTEMPTS = 3
"""Attempts are counted up to this many: few people are followed through more."""


def _decisions(stretch: Stretch, weeks: int, kinds: tuple[str, ...] = DECISIONS) -> Following:
    """Decisions of which so many later weeks are followed, and the next lapse."""
    found = following(stretch.lives, kinds, ("lapse",))
    return found.where(is_followed(found, stretch.lives, weeks))


def _weeks_to_lapse(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    found = _decisions(stretch, YEAR)
    return found.person, weeks_until(found, stretch.lives, YEAR)


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

    Of those who reach a year of 52 weeks in a row, decisions up to it; of the others, attempts that have ended in a relapse.
    """
    lives = stretch.lives
    alive = np.arange(lives.weeks + 1)[:, None] <= lives.died[None, :]
    first = first_year((lives.status("use") == RECOVERING) & alive)
    _, persons = lives.when("relapse", "use")
    failed = np.bincount(persons, minlength=lives.people)
    return np.column_stack([np.where(first >= 0, decisions_before(lives, first), failed), first >= 0])


def attempts_needed(values: np.ndarray, weights: np.ndarray) -> float:
    """Mean of the attempts up to a sustained year, three at most, by Kaplan and Meier over attempts.

    `values` as `attempts` gives them; everybody weighs the same.
    """
    del weights
    return curve(values[:, 0], values[:, 1] == 1, followed=MOST_ATTEMPTS).restricted_mean(MOST_ATTEMPTS).value


def _of_decisions(name: str, unit: Unit, better: str, happened: Happened, means: str, source: str, **more) -> Outcome:
    return declare_of_each(name, unit, better, WITH_A_PROBLEM, happened, means, source, **more)


_FOLLOWED = "decisions are counted of which {} later weeks are part of the stretch, so that none is censored"

DECIDED: tuple[Outcome, ...] = (
    _of_decisions(
        "decision_to_lapse", Unit("weeks per decision"), "higher", _weeks_to_lapse,
        "weeks from a decision in any domain to the first lapse in it, 52 at most: 0 where it comes in the week after",
        "events decided_gradually, decided_suddenly, lapse; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol "
        "13:152",
        censoring=_FOLLOWED.format(52) + "; a death ends the time, as a lapse does", shortest=YEAR + 1,
    ),
    declare(
        "attempts_before_a_year", Unit("attempts of at most 3"), "lower", ACTIVE_IN_USE, attempts,
        "decisions to leave substance use behind, up to the one that led to 52 weeks in a row without it, three at most",
        "events decided_gradually, decided_suddenly, relapse, lapse, resolved in use",
        summarise=attempts_needed, shortest=YEAR + 1,
        censoring="at the attempts that had failed by the horizon or a death: Kaplan and Meier's estimate over attempts in "
        "place of weeks, restricted to three; it takes attempts under way for as likely to succeed as others of their number",
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
