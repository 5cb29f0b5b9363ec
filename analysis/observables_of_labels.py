"""Labels: who carries one and for how long, on whom flags fall, when kin are told, and what ends a flag."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.declaring import (
    EVERYONE,
    HALF_A_YEAR,
    PEOPLE,
    WEEKS,
    WITH_A_PROBLEM,
    YEAR,
    Unit,
    added,
    declare,
    declare_of_each,
)
from analysis.measures_following import Following, following, is_followed, weeks_until
from analysis.measures_sustained import sustained_year_by_week
from analysis.outcomes import Outcome
from analysis.stretch import Stretch
from simulation.diary import CAUSES

FLAGS = Unit("per 100 flags", 100.0)
ENDS = {
    "expiry": "by itself", "kin": "because kin spoke up", "professional": "because a professional ally stood by",
    "both": "because kin and an ally spoke up together", "review": "on its review date",
}  # fmt: skip
"""What can end a flag, in words."""


def _carries_a_label(stretch: Stretch) -> np.ndarray:
    end = stretch.end
    return (end["alive"] == 1) & ((end["flag"] > 0) | (end["record"] == 1) | (end["diagnosis"] == 1))


def _labelled_weeks(stretch: Stretch) -> np.ndarray:
    lives = stretch.lives
    labelled = (lives.flagged == 1) | (lives.record == 1) | (lives.diagnosis == 1)
    return (labelled[1:] & lives.lived).sum(axis=0)


def _in_sustained_recovery(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    """Whether each flag fell on a person a year or more into recovery at the week's beginning."""
    weeks, persons = stretch.lives.when("flag_on")
    return persons, sustained_year_by_week(stretch.lives)[weeks, persons]


def _flags(stretch: Stretch, then: tuple[str, ...], weeks: int) -> Following:
    """Flags raised of which so many weeks, that of the flag among them, are followed, and what followed them."""
    found = following(stretch.lives, ("flag_on",), then)
    return found.where(is_followed(found, stretch.lives, weeks, own=1))


def _weeks_untold(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    found = _flags(stretch, ("disclosed", "flag_off"), HALF_A_YEAR)
    return found.person, weeks_until(found, stretch.lives, HALF_A_YEAR, own=1)


def _weeks_flagged(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    found = _flags(stretch, ("flag_off",), YEAR)
    return found.person, weeks_until(found, stretch.lives, YEAR, own=1)


def _ended_by(stretch: Stretch, cause: str) -> tuple[np.ndarray, np.ndarray]:
    found = _flags(stretch, ("flag_off",), YEAR)
    this = stretch.lives.columns.cause[found.next] == CAUSES.index(cause)
    return found.person, (found.wait < YEAR) & this


_RAISED = (
    "flags are counted that were raised since the first week and of which {} weeks, their first among them, are part of the "
    "stretch"
)
_NO_FIGURE = "; no study measures flags: the rate is assumed, zero included"

LABELS: tuple[Outcome, ...] = (
    declare(
        "labelled", PEOPLE, "lower", WITH_A_PROBLEM, _carries_a_label,
        "at the horizon, alive with a label: a police flag, a record that is not sealed, or a diagnosis",
        "states flag, record, diagnosis", needs_events=False,
    ),
    declare(
        "labelled_weeks", WEEKS, "lower", WITH_A_PROBLEM, _labelled_weeks,
        "weeks lived with a label: a police flag, a record that is not sealed, or a diagnosis",
        "events flag_on, flag_off, record_on, record_off, diagnosis_on, diagnosis_off",
    ),
    declare(
        "unjustified_flags", Unit("flags per 1,000 people", 1000.0), "lower", EVERYONE, added("count_unjustified_flags"),
        "police flags without cause", "events flag_on" + _NO_FIGURE, needs_events=False,
    ),
    declare_of_each(
        "flags_in_recovery", FLAGS, "lower", EVERYONE, _in_sustained_recovery,
        "share of flags, with cause or without, that fall on people a year or more into recovery in all own domains",
        "events flag_on, and time in recovery rebuilt from those of each domain" + _NO_FIGURE,
        censoring="none: every flag before the horizon counts",
    ),
    declare_of_each(
        "weeks_untold", Unit("weeks per flag"), "lower", EVERYONE, _weeks_untold,
        "weeks that a flag is carried before kin are told of it, 26 at most; it ends untold where the flag does",
        "events flag_on, disclosed, flag_off; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol 13:152",
        censoring=_RAISED.format(26) + "; a death ends the time", shortest=HALF_A_YEAR,
    ),
    declare_of_each(
        "weeks_a_flag_lasts", Unit("weeks per flag"), "lower", EVERYONE, _weeks_flagged,
        "weeks that a flag lasts, 52 at most",
        "events flag_on, flag_off; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol 13:152",
        censoring=_RAISED.format(52) + "; a death ends the time", shortest=YEAR,
    ),
    *(
        declare_of_each(
            f"flag_ended_by_{cause}", FLAGS, "neither", EVERYONE, partial(_ended_by, cause=cause),
            f"share of flags that end within 52 weeks {how}; of the ends, the one that comes first",
            "events flag_on, flag_off with its cause: cumulative incidence with competing ends, everybody followed",
            censoring=_RAISED.format(52) + "; a death within them ends the flag by none of the causes", shortest=YEAR,
        )
        for cause, how in ENDS.items()
    ),
)  # fmt: skip
