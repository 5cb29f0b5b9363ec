"""What is counted about people, each outcome declared once: what it means, among whom, in which unit, and what is better.

An outcome is measured for each person from two moments of the same world: the policy's first week and the horizon. States
are read at those moments; running totals are subtracted. `compare` reports outcomes; `recovery list outcomes` prints this.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from simulation.errors import ComparisonError, Problem
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING, ROLES

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


@dataclass(frozen=True)
class Outcome:
    """One thing counted about each person between two moments of a world.

    `measure` takes the people at the start, the same people at the horizon (both of shape (people,), in the same order) and
    the weeks between; it gives one number a person. `at_risk` says at the start whom the outcome can happen to. A mean over
    those people times `scale` is the reported figure, in `unit`. `opening` and `phrase` put a difference into words ("Of every
    1,000 {people}, 70 fewer *relapse*"). `weekly` names the column of the weekly table that shows it over time, `counted` says
    whether that column counts events of the week or else people in a state.
    """

    id: str
    unit: str
    scale: float
    better: str
    at_risk: Callable[[np.ndarray], np.ndarray]
    at_risk_means: str
    measure: Callable[[np.ndarray, np.ndarray, int], np.ndarray]
    means: str
    source: str
    phrase: str
    weekly: str
    counted: bool = False
    opening: str = OF_EVERY

    @property
    def whom(self) -> str:
        """Everyone at risk, in words that fit a sentence."""
        return "people in recovery" if self.at_risk is is_recovering else "people with a problem, past or present"

    @property
    def at_risk_is(self) -> str:
        """What is so of whoever is at risk, after "nobody" or "somebody"."""
        return "is in recovery" if self.at_risk is is_recovering else "has a problem, past or present,"

    @property
    def nobody(self) -> str:
        """What follows where nobody is at risk, after "so"."""
        return f"nobody can {self.phrase}" if self.at_risk is is_recovering else "there is nobody to count"

    def most(self, weeks: int) -> float:
        """The largest value that it can have over so many weeks, in its unit."""
        each = weeks if self.unit.startswith(("weeks per 1,000", "offences")) else len(ROLES) if self.id == "roles_held" else 1
        return self.scale * each


def _total(column: str) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    return lambda start, end, weeks: end[column] - start[column]


def _any(column: str) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    return lambda start, end, weeks: (end[column] - start[column]) > 0


def _mean_over_weeks(column: str) -> Callable[[np.ndarray, np.ndarray, int], np.ndarray]:
    return lambda start, end, weeks: (end[column] - start[column]) / max(weeks, 1)


def _sustained_year(start: np.ndarray, end: np.ndarray, weeks: int) -> np.ndarray:
    reached = np.ones(len(end), dtype=bool)
    for domain in DOMAINS:
        reached &= (end[domain] == NONE) | ((end[domain] == RECOVERING) & (end[f"weeks_{domain}"] >= WEEKS_IN_A_YEAR))
    return reached & (end["alive"] == 1)


def _died(start: np.ndarray, end: np.ndarray, weeks: int) -> np.ndarray:
    return (start["alive"] == 1) & (end["alive"] == 0)


_PEOPLE = "people per 1,000"
_RECOVERING = "people who were recovering in at least one domain in the first week"
_WITH_A_PROBLEM = "people who had a problem, past or present, in at least one domain in the first week"

_DECLARED = (
    Outcome(
        "relapsed", _PEOPLE, 1000.0, "lower", is_recovering, _RECOVERING, _any("count_relapses"),
        "had at least one relapse, a full return to a problem in any domain, before the horizon",
        "events relapse; no published figure counts them", "relapse", "relapse_events", True,
    ),
    Outcome(
        "lapsed", _PEOPLE, 1000.0, "lower", is_recovering, _RECOVERING, _any("count_lapses"),
        "had at least one lapse, a brief return in any domain, before the horizon",
        "events lapse; S1 counts people without one, in use alone", "lapse", "lapse_events", True,
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
        "are arrested", "arrest_events", True,
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
        "roles are held at any time", "own_roles", False, PER,
    ),
    Outcome(
        "died", _PEOPLE, 1000.0, "lower", has_problem, _WITH_A_PROBLEM, _died, "died before the horizon", "events died",
        "die", "died_events", True,
    ),
)  # fmt: skip

OUTCOMES: dict[str, Outcome] = {outcome.id: outcome for outcome in _DECLARED}
"""Every outcome that a comparison knows, by id, in the order in which they are reported."""


def find_outcomes(names: Iterable[str] | None) -> list[Outcome]:
    """The outcomes of these ids, in the order of `OUTCOMES`; all of them where `names` is None.

    Raises ComparisonError, with the nearest known id, where one is unknown.
    """
    if names is None:
        return list(OUTCOMES.values())
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in OUTCOMES]
    if unknown:
        raise ComparisonError([_unknown_outcome(name) for name in unknown])
    return [outcome for outcome in OUTCOMES.values() if outcome.id in wanted]


def _unknown_outcome(name: str) -> Problem:
    near = difflib.get_close_matches(name, OUTCOMES, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "recovery list outcomes describes them"
    return Problem(f"outcome {name!r}", "an unknown outcome", f"one of: {', '.join(OUTCOMES)}", hint)
