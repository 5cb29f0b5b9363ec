"""What is counted about people, each outcome declared once: what it means, among whom, in which unit, and what is better.

An outcome is measured for each person over a stretch of a world: from the policy's first week to the horizon in a comparison,
from start to end in one world. These eleven are reported by every comparison; `analysis.observables` declares many more, and
`own_outcome` makes one of a function of yours. `recovery list outcomes` prints them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING, ROLES

if TYPE_CHECKING:
    from analysis.stretch import Stretch

WEEKS_IN_A_YEAR = 52
"""Weeks in all own domains that count as a sustained year."""


def has_problem(people: np.ndarray) -> np.ndarray:
    """Who is alive with a problem, past or present, in at least one domain; shape (people,), true or false."""
    return _in_any(people, lambda status: status != NONE)


def is_recovering(people: np.ndarray) -> np.ndarray:
    """Who is alive and recovering in at least one domain; shape (people,), true or false."""
    return _in_any(people, lambda status: status == RECOVERING)


def is_in_trouble(people: np.ndarray) -> np.ndarray:
    """Who is alive and active or lapsed in at least one domain; shape (people,), true or false."""
    return _in_any(people, lambda status: (status == ACTIVE) | (status == LAPSED))


def _in_any(people: np.ndarray, condition: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    found = np.zeros(len(people), dtype=bool)
    for domain in DOMAINS:
        found |= condition(people[domain])
    return found & (people["alive"] == 1)


OF_EVERY = "Of every 1,000 {people}"
PER = "Per 1,000 {people}"


def mean_of(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean of one value a person, both of shape (people,); not a number where nothing has weight."""
    total = float(weights.sum())
    return float(values.mean()) if (weights == 1.0).all() else float((values * weights).sum()) / total if total > 0 else math.nan


@dataclass(frozen=True)
class Outcome:
    """One thing counted about each person over a stretch of a world, from its first week to the horizon.

    `measure` takes the stretch (everybody's state at both ends, and the events between) and gives one number a person, not a
    number where there is none to give. `at_risk` says at the start whom the outcome can happen to. `figure` brings those
    people to the one number that is reported, in `unit`: by default their mean times `scale`.

    Attributes
    ----------
    id, unit, scale, better
        Its name; unit of the reported figure, and what a mean is multiplied with to give it; "lower", "higher" or "neither".
    at_risk, at_risk_means
        Whom it is counted among, from the state at the first week, and in words.
    measure, means, source
        What is counted, exactly, in words, and where it is recorded or what published figure it can be held against.
    phrase, opening
        A difference in words: "Of every 1,000 {people}, 70 fewer *relapse*". Without a phrase it cannot be a primary outcome.
    weekly, counted
        Column of the weekly table that shows it over time, and whether that counts events of the week or people in a state.
    event, time
        Name of the event that it asks about ("relapse"), where it asks whether one has happened, and the outcome that
        measures the time without it.
    needs_events
        Whether it is read from events; otherwise the state at both ends is enough.
    weigh
        A weight for each person, shape (people,), where a mean over people is not a plain one: such as episodes.
    summarise
        How values of shape (people, ...) and weights of shape (people,) become one number, where that is no mean.
    censoring
        What of it cannot be seen, and how that is dealt with.
    shortest
        Weeks that a stretch must have at least for it to be measured.
    every
        Everybody's state must be there every so many weeks, for it to be measured; 0 where those at both ends are enough.
    """

    id: str
    unit: str
    scale: float
    better: str
    at_risk: Callable[[np.ndarray], np.ndarray]
    at_risk_means: str
    measure: Callable[[Stretch], np.ndarray]
    means: str
    source: str
    phrase: str = ""
    weekly: str = ""
    counted: bool = False
    opening: str = OF_EVERY
    event: str = ""
    time: str = ""
    needs_events: bool = False
    weigh: Callable[[Stretch], np.ndarray] | None = None
    summarise: Callable[[np.ndarray, np.ndarray], float] = mean_of
    censoring: str = "none: whoever dies before the horizon is counted by what had happened until then"
    shortest: int = 1
    every: int = 0

    def values(self, stretch: Stretch, at_risk: np.ndarray) -> np.ndarray:
        """The outcome of each person, shape (people,) or (people, columns); not a number for those not `at_risk`."""
        found = np.asarray(self.measure(stretch), dtype=float)
        return np.where(at_risk.reshape(-1, *[1] * (found.ndim - 1)), found, math.nan)

    def weights(self, stretch: Stretch) -> np.ndarray:
        """How much each person counts, shape (people,)."""
        return np.ones(len(stretch.start)) if self.weigh is None else np.asarray(self.weigh(stretch), dtype=float)

    def known(self, values: np.ndarray, who: np.ndarray) -> int:
        """Of how many of `who` a value is known."""
        return int((who & np.isfinite(values if values.ndim == 1 else values[:, 0])).sum())

    def figure(self, values: np.ndarray, weights: np.ndarray, who: np.ndarray) -> float:
        """The reported figure, in `unit`, among `who` of those that a value is known of; not a number without anybody."""
        known = who & np.isfinite(values if values.ndim == 1 else values[:, 0])
        return float(self.summarise(values[known], weights[known])) * self.scale if known.any() else math.nan

    @property
    def is_amount(self) -> bool:
        """Whether twice as much of it means something: a mean or sum from 0 up, not a coefficient."""
        return self.summarise is mean_of

    @property
    def whom(self) -> str:
        """Everyone at risk, in words that fit a sentence."""
        known = {is_recovering: "people in recovery", has_problem: "people with a problem, past or present"}
        return known.get(self.at_risk, self.at_risk_means)

    @property
    def at_risk_is(self) -> str:
        """What is so of whoever is at risk, after "nobody" or "somebody"."""
        known = {is_recovering: "is in recovery", has_problem: "has a problem, past or present,"}
        return known.get(self.at_risk, f"belongs to those who are counted ({self.at_risk_means})")

    @property
    def nobody(self) -> str:
        """What follows where nobody is at risk, after "so"."""
        return f"nobody can {self.phrase}" if self.at_risk is is_recovering else "there is nobody to count"

    def most(self, weeks: int) -> float:
        """The largest value that it can have over so many weeks, in its unit."""
        each = weeks if self.unit.startswith(("weeks per 1,000", "offences")) else len(ROLES) if self.id == "roles_held" else 1
        return self.scale * each


def _total(column: str) -> Callable[[Stretch], np.ndarray]:
    return lambda stretch: stretch.end[column] - stretch.start[column]


def _any(column: str) -> Callable[[Stretch], np.ndarray]:
    return lambda stretch: (stretch.end[column] - stretch.start[column]) > 0


def _mean_over_weeks(column: str) -> Callable[[Stretch], np.ndarray]:
    return lambda stretch: (stretch.end[column] - stretch.start[column]) / max(stretch.weeks, 1)


def _sustained_year(stretch: Stretch) -> np.ndarray:
    end = stretch.end
    reached = np.ones(len(end), dtype=bool)
    for domain in DOMAINS:
        reached &= (end[domain] == NONE) | ((end[domain] == RECOVERING) & (end[f"weeks_{domain}"] >= WEEKS_IN_A_YEAR))
    return reached & (end["alive"] == 1)


def _died(stretch: Stretch) -> np.ndarray:
    return (stretch.start["alive"] == 1) & (stretch.end["alive"] == 0)


_PEOPLE = "people per 1,000"
_RECOVERING = "people who were recovering in at least one domain in the first week"
_WITH_A_PROBLEM = "people who had a problem, past or present, in at least one domain in the first week"

_DECLARED = (
    Outcome(
        "relapsed", _PEOPLE, 1000.0, "lower", is_recovering, _RECOVERING, _any("count_relapses"),
        "had at least one relapse, a full return to a problem in any domain, before the horizon",
        "events relapse; no published figure counts them", "relapse", "relapse_events", True, event="relapse",
        time="weeks_before_relapse",
    ),
    Outcome(
        "lapsed", _PEOPLE, 1000.0, "lower", is_recovering, _RECOVERING, _any("count_lapses"),
        "had at least one lapse, a brief return in any domain, before the horizon",
        "events lapse; S1 counts people without one, in use alone", "lapse", "lapse_events", True, event="lapse",
        time="weeks_before_lapse",
    ),
    Outcome(
        "sustained_year", _PEOPLE, 1000.0, "higher", has_problem, _WITH_A_PROBLEM, _sustained_year,
        "at the horizon, alive with a year or more of recovery that others believe, in every domain of their own",
        "weeks sustained of each domain", "are a year or more into recovery in all their domains", "own_sustained_year",
    ),
    Outcome(
        "personal_recovery", "weeks per 100", 100.0, "higher", has_problem, _WITH_A_PROBLEM,
        _mean_over_weeks("weeks_personal_recovery"),
        "share of weeks lived in personal recovery (identity, hope and roles), whatever the symptoms",
        "events personal_recovery_on, personal_recovery_off; R44", "are lived in personal recovery",
        "own_personal_recovery", False, "Of every 100 weeks lived by {people}",
    ),
    Outcome(
        "offences", "offences per 1,000 people", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _total("count_offences"),
        "offences before the horizon, counted as weeks with an offence, known to police or not",
        "events offence; no published figure counts them: C22 compares weeks with a family role and without",
        "offences happen", "offence_events", True, PER,
    ),
    Outcome(
        "arrested", _PEOPLE, 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _any("count_arrests"),
        "arrested at least once before the horizon", "events arrest; compared with C1, and with C19 for the effect of a record",
        "are arrested", "arrest_events", True, event="arrest", time="weeks_before_arrest",
    ),
    Outcome(
        "custody_weeks", "weeks per 1,000 people", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _total("weeks_custody"),
        "weeks spent in custody before the horizon", "events custody_start, custody_end", "weeks are spent in custody",
        "own_in_custody", False, PER,
    ),
    Outcome(
        "homeless_weeks", "weeks per 1,000 people", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _total("weeks_homeless"),
        "weeks spent homeless before the horizon", "events homeless_start, homeless_end", "weeks are spent homeless",
        "own_homeless", False, PER,
    ),
    Outcome(
        "flagged_weeks", "weeks per 1,000 people", 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _total("weeks_flagged"),
        "weeks lived with a police flag before the horizon, with cause or without", "events flag_on, flag_off",
        "weeks are lived with a flag", "own_flagged", False, PER,
    ),
    Outcome(
        "roles_held", "roles per 1,000 people", 1000.0, "higher", has_problem, _WITH_A_PROBLEM, _mean_over_weeks("weeks_roles"),
        "roles (family, work, giving, community) held in a mean week before the horizon", "events role_gained, role_lost",
        "roles are held in a mean week", "own_roles", False, PER,
    ),
    Outcome(
        "died", _PEOPLE, 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _died, "died before the horizon", "events died",
        "die", "died_events", True, event="died", time="weeks_lived",
    ),
)  # fmt: skip

OUTCOMES: dict[str, Outcome] = {outcome.id: outcome for outcome in _DECLARED}
"""The outcomes that every comparison reports, by id, in their order."""
