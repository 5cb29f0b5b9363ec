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
from analysis.measures_following import Following, following, following_the_start, is_followed, weeks_until
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


def _flags(stretch: Stretch, then: tuple[str, ...], weeks: int, carried: np.ndarray) -> tuple[Following, np.ndarray]:
    """Flags raised in the stretch, or `carried` when it begins, of which so many weeks are followed; and what came of them.

    The second array, shape (flags,), is 1 where the week of the event is one of them: a flag is carried from the week on in
    which it is raised, one that is there already from the first week.
    """
    raised, there = following(stretch.lives, ("flag_on",), then), following_the_start(stretch.lives, carried, then)
    found, own = raised.and_then(there), np.repeat([1, 0], [len(raised.week), len(there.week)])
    kept = is_followed(found, stretch.lives, weeks, own)
    return found.where(kept), own[kept]


def _flagged(people: np.ndarray) -> np.ndarray:
    return (people["alive"] == 1) & (people["flag"] > 0)


def _weeks_untold(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    untold = _flagged(stretch.start) & (stretch.start["disclosed"] == 0)
    found, own = _flags(stretch, ("disclosed", "flag_off"), HALF_A_YEAR, untold)
    return found.person, weeks_until(found, stretch.lives, HALF_A_YEAR, own)


def _weeks_flagged(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    found, own = _flags(stretch, ("flag_off",), YEAR, _flagged(stretch.start))
    return found.person, weeks_until(found, stretch.lives, YEAR, own)


def _ended_by(stretch: Stretch, cause: str) -> tuple[np.ndarray, np.ndarray]:
    person, spared = _weeks_spared_by(stretch, cause)
    return person, spared > 0


def _weeks_spared_by(stretch: Stretch, cause: str) -> tuple[np.ndarray, np.ndarray]:
    found, own = _flags(stretch, ("flag_off",), YEAR, _flagged(stretch.start))
    this = np.append(stretch.lives.columns.cause, -1)[found.next] == CAUSES.index(cause)
    return found.person, np.where(this, np.clip(YEAR - (found.wait - 1 + own), 0, YEAR), 0)


_RAISED = "of flags raised in the stretch, or carried when it begins, those are counted of which {} weeks are part of it"
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
        "weeks that a flag is carried before kin are told of it, from when it is raised, or from the first week where it is "
        "there untold already, 26 at most; it ends untold where the flag does",
        "events flag_on, disclosed, flag_off; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol 13:152",
        censoring=_RAISED.format(26) + "; a death ends the time", shortest=HALF_A_YEAR,
    ),
    declare_of_each(
        "weeks_a_flag_lasts", Unit("weeks per flag"), "lower", EVERYONE, _weeks_flagged,
        "weeks that a flag lasts, from when it is raised, or from the first week where it is there already, 52 at most",
        "events flag_on, flag_off; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol 13:152",
        censoring=_RAISED.format(52) + "; a death ends the time", shortest=YEAR,
    ),
    *(
        declare_of_each(
            f"flag_ended_by_{cause}", FLAGS, "neither", EVERYONE, partial(_ended_by, cause=cause),
            f"share of flags that end {how}, within 52 weeks of when they are raised, or of the first week where they are there "
            "already",
            "events flag_on, flag_off with its cause: cumulative incidence with competing ends, everybody followed",
            censoring=_RAISED.format(52) + "; a death within them ends the flag by none of the causes", shortest=YEAR,
        )
        for cause, how in ENDS.items()
    ),
    *(
        declare_of_each(
            f"flag_weeks_spared_by_{cause}", Unit("weeks per flag"), "neither", EVERYONE,
            partial(_weeks_spared_by, cause=cause),
            f"weeks of the 52 from when a flag is raised, or from the first week where it is there already, that it is not "
            f"carried because it ended {how}; with those of the other ends, of deaths and of `weeks_a_flag_lasts` they make 52",
            "events flag_on, flag_off with its cause: restricted mean time lost to one of several ends, Andersen (2013), Stat "
            "Med 32:5278",
            censoring=_RAISED.format(52) + "; a death within them spares no weeks by any of the causes", shortest=YEAR,
        )
        for cause, how in ENDS.items()
    ),
)  # fmt: skip
