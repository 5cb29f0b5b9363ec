"""What can be observed of labels, offending and hardship: who carries a label, what ends it, what it blocks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.measures_lives import NEVER, runs
from analysis.multistate import own_status
from analysis.outcomes import OUTCOMES, Outcome, has_problem
from analysis.reductions import median_time
from analysis.stretch import Stretch
from analysis.trajectories import in_recovery
from simulation.diary import CAUSES, EVENTS, FLAG_OFF, FLAG_ON
from simulation.state import UNJUSTIFIED

YEAR = 52
_WITH_A_PROBLEM = OUTCOMES["died"].at_risk_means
_REVERSALS = {
    "kin": "kin spoke up", "professional": "an ally stood by", "both": "kin and an ally did together", "expiry": "nobody spoke",
}  # fmt: skip


def _everybody(start: np.ndarray) -> np.ndarray:
    return start["alive"] == 1


def _labelled(stretch: Stretch) -> np.ndarray:
    end = stretch.end
    return np.where(end["alive"] == 1, end["label_weight"] > 0, np.nan)


def _flags(stretch: Stretch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Week, person and cause of each flag raised."""
    columns = stretch.lives.columns
    which = columns.event == FLAG_ON
    return columns.week[which], columns.person[which], columns.cause[which]


def _per_person(who: np.ndarray, people: int) -> np.ndarray:
    return np.bincount(who, minlength=people).astype(float)


def _flags_raised(stretch: Stretch) -> np.ndarray:
    return _per_person(_flags(stretch)[1], len(stretch.start))


def _flags_in_sustained_recovery(stretch: Stretch) -> np.ndarray:
    """Of each person's flags, the share raised a year or more into recovery in every domain of their own."""
    week, who, _ = _flags(stretch)
    recovering = in_recovery(own_status(stretch.lives))
    length = runs(recovering)
    unbroken = length == np.arange(1, len(length) + 1)[:, None]
    weeks = length + np.where(unbroken, np.where(recovering[0], stretch.start["sustained"], 0)[None, :], 0)
    sustained = weeks[week, who] >= YEAR
    every = _flags_raised(stretch)
    return np.where(every > 0, _per_person(who[sustained], len(every)) / np.maximum(every, 1), np.nan)


def _flags_through_kin(stretch: Stretch) -> np.ndarray:
    _, who, cause = _flags(stretch)
    every = _flags_raised(stretch)
    through = _per_person(who[cause == CAUSES.index("kin")], len(every))
    return np.where(every > 0, through / np.maximum(every, 1), np.nan)


def _weeks_to_telling(stretch: Stretch) -> np.ndarray:
    """Weeks from the first flag to telling kin, and whether they do, of people without one at the start; shape (people, 2)."""
    flagged, told = stretch.lives.first("flag_on"), stretch.lives.first("disclosed")
    ended = stretch.lives.first("flag_off")
    until = np.minimum(np.minimum(told, ended), stretch.alive_weeks())
    happened = (told < NEVER) & (told <= until)
    return np.column_stack([np.where((flagged < NEVER) & (stretch.start["flag"] == 0), until - flagged, np.nan), happened])


def _ended(cause: str) -> Callable[[Stretch], tuple[np.ndarray, np.ndarray]]:
    """Weeks that flags lasted that ended for this cause, and how many did, by person."""

    def found(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
        columns = stretch.lives.columns
        which = (columns.event == FLAG_OFF) & (columns.cause == CAUSES.index(cause))
        people = len(stretch.start)
        weeks = np.bincount(columns.person[which], weights=columns.value[which], minlength=people)
        return weeks, _per_person(columns.person[which], people)

    return found


def _flag_lengths() -> list[Outcome]:
    found = []
    for cause, words in _REVERSALS.items():
        ended = _ended(cause)

        def weeks(stretch: Stretch, ended=ended) -> np.ndarray:
            lasted, count = ended(stretch)
            return np.where(count > 0, lasted / np.maximum(count, 1), np.nan)

        found.append(Outcome(
            f"flag_weeks_until_{cause}", "weeks, mean", 1.0, "lower", _everybody, "everybody alive", weeks,
            f"weeks that flags had lasted that ended because {words}", "events flag_off; no study measures flags",
            needs_events=True, weigh=lambda stretch, ended=ended: ended(stretch)[1],
            censoring="flags that ended in another way, or stand at the horizon, are left out: compare shares of causes too",
        ))  # fmt: skip
    return found


def _count(event: str) -> Callable[[Stretch], np.ndarray]:
    number = EVENTS.index(event)

    def counted(stretch: Stretch) -> np.ndarray:
        columns = stretch.lives.columns
        return _per_person(columns.person[columns.event == number], len(stretch.start))

    return counted


def _since(column: str) -> Callable[[Stretch], np.ndarray]:
    return lambda stretch: stretch.end[column] - stretch.start[column]


def _flagged_now(stretch: Stretch) -> np.ndarray:
    return np.where(stretch.end["alive"] == 1, stretch.end["flag"] == UNJUSTIFIED, np.nan)


LABELS: tuple[Outcome, ...] = (
    Outcome("labelled", "people per 1,000", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _labelled,
            "carrying a label that others can see at the horizon: record, diagnosis or flag", "state label_weight",
            censoring="people who have died by the horizon have none"),
    Outcome("flagged_without_cause_now", "people per 1,000", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _flagged_now,
            "with a flag without cause at the horizon", "state flag; no study measures flags",
            censoring="people who have died by the horizon have none"),
    Outcome("flags_in_sustained_recovery", "per 100 flags", 100.0, "lower", _everybody, "everybody alive",
            _flags_in_sustained_recovery, "share of flags raised on people a year or more into recovery in all own domains",
            "events flag_on; no study measures flags", needs_events=True, weigh=_flags_raised),
    Outcome("flags_through_kin", "per 100 flags", 100.0, "lower", _everybody, "everybody alive", _flags_through_kin,
            "share of flags that came through flagged kin", "events flag_on; no study measures flags", needs_events=True,
            weigh=_flags_raised),
    Outcome("weeks_to_telling_kin", "weeks, median", 1.0, "lower", _everybody, "everybody alive", _weeks_to_telling,
            "weeks from a person's first flag to telling kin of it", "events flag_on, disclosed", needs_events=True,
            summarise=median_time,
            censoring="by Kaplan and Meier's estimate, when the flag ends, at the horizon and at death; unknown where fewer than "
            "half tell"),
    *_flag_lengths(),
)  # fmt: skip

OFFENDING: tuple[Outcome, ...] = (
    Outcome("arrests", "arrests per 1,000 people", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _count("arrest"),
            "arrests before the horizon", "events arrest; C1 counts people", needs_events=True),
    Outcome("convictions", "convictions per 1,000 people", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _count("conviction"),
            "convictions before the horizon", "events conviction; C3", needs_events=True),
)  # fmt: skip

HARDSHIP: tuple[Outcome, ...] = (
    Outcome("roles_blocked", "draws per 1,000 people", 1000.0, "lower", has_problem, _WITH_A_PROBLEM,
            _since("weeks_role_blocked"),
            "times that a role was not gained under a label and would have been without it, with the same luck",
            "total weeks_role_blocked; C16"),
    Outcome("service_weeks", "weeks per 1,000 people", 1000.0, "neither", has_problem, _WITH_A_PROBLEM, _since("weeks_service"),
            "weeks in a service before the horizon", "total weeks_service"),
)  # fmt: skip
