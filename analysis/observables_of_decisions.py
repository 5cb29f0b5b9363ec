"""Decisions, attempts and lapses, and what becomes of them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from analysis.attempts import LONG_ENOUGH, NOT_YET_A_YEAR, attempts, attempts_needed
from analysis.declaring import (
    HALF_A_YEAR,
    QUARTER,
    WITH_A_PROBLEM,
    YEAR,
    Happened,
    Unit,
    declare,
    declare_of_each,
)  # fmt: skip
from analysis.measures_following import DECISIONS, Following, following, is_followed, weeks_until
from analysis.measures_lives import NUMBERS
from analysis.outcomes import Outcome
from analysis.stretch import Stretch

TWO_YEARS = 2 * YEAR


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
    *(
        declare(
            name, Unit(f"attempts of at most {most}"), "lower", NOT_YET_A_YEAR, partial(attempts, most=most),
            "attempts to leave substance use behind up to the one that leads to 52 weeks in a row without it: a decision begins "
            "one, a lapse resolved belongs to it, a relapse ends it; the one under way in the first week counts, with its weeks",
            "events decided_gradually, decided_suddenly, relapse, lapse, resolved in use; S38 looks back over whole lives",
            summarise=partial(attempts_needed, most=most), shortest=TWO_YEARS,
            censoring="an attempt under way at the horizon is censored then, not counted as failed: whether the first, second "
            "and so on leads to a year is Aalen and Johansen's estimate, a death ending it as a relapse does, known where "
            f"somebody is followed for {LONG_ENOUGH} weeks of each of the first {most - 1}; the mean is restricted to {most} "
            "attempts; those before the first week are not seen",
        )
        for name, most in (("attempts_before_a_year", 3), ("attempts_of_five_before_a_year", 5))
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
