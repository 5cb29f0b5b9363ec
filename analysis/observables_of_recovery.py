"""What can be observed of recoveries: how long they hold, how they turn, how they begin, and what spreads between domains."""

from __future__ import annotations

import numpy as np

from analysis.measures_lives import NEVER, runs
from analysis.measures_use import attempts_of_each
from analysis.multistate import own_status
from analysis.outcomes import OUTCOMES, Outcome, has_problem
from analysis.reductions import median_of, median_time, pooled_ratio
from analysis.stretch import Stretch
from analysis.trajectories import in_recovery, quarters, reversals, tortuosity
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING

YEAR, HALF_YEAR = 52, 26
_WITH_A_PROBLEM = OUTCOMES["died"].at_risk_means
_SHARE, _SHARE_OF = "people per 1,000", "per 100"
_WITH_USE = "people with a problem in substance use, past or present"
_ACTIVE = "people active in at least one domain in the first week"
_NO_DEATH = "people who die are counted by what had happened until then"


def is_active(start: np.ndarray) -> np.ndarray:
    """Who is alive and active in at least one domain, shape (people,), true or false."""
    return (start["alive"] == 1) & np.any([start[domain] == ACTIVE for domain in DOMAINS], axis=0)


def has_mental_health(start: np.ndarray) -> np.ndarray:
    """Who is alive with a problem in mental health, past or present, shape (people,), true or false."""
    return (start["alive"] == 1) & (start["mental_health"] != NONE)


def has_use(start: np.ndarray) -> np.ndarray:
    """Who is alive with a problem in substance use, past or present, shape (people,), true or false."""
    return (start["alive"] == 1) & (start["use"] != NONE)


def _first_decision(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    """Week of each person's first decision, `NEVER` without one, and the number of its domain; shape (people,) each."""
    weeks = []
    for domain in DOMAINS:
        first = np.full(len(stretch.start), NEVER)
        for kind in ("decided_gradually", "decided_suddenly"):
            when, who = stretch.lives.when(kind, domain)
            np.minimum.at(first, who, when)
        weeks.append(first)
    return np.min(weeks, axis=0), np.argmin(weeks, axis=0)


def _decision_to_lapse(stretch: Stretch) -> np.ndarray:
    """Weeks from the first decision to the first lapse in its domain, and whether there was one; shape (people, 2)."""
    decided, domain = _first_decision(stretch)
    lapsed = np.full(len(decided), NEVER)
    for number, name in enumerate(DOMAINS):
        when, who = stretch.lives.when("lapse", name)
        kept = (domain[who] == number) & (when > decided[who])
        np.minimum.at(lapsed, who[kept], when[kept])
    end = stretch.alive_weeks()
    happened = lapsed < NEVER
    weeks = np.where(happened, lapsed, end) - decided
    return np.column_stack([np.where(decided < NEVER, weeks, np.nan), happened])


def _another_year(low: float, high: float):
    """Years that a person in recovery from use begins with `low` to `high` years behind them, and how many of these they keep."""

    def years(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
        abstinent = stretch.lives.status("use") == RECOVERING
        length = runs(abstinent)
        unbroken = length == np.arange(1, len(length) + 1)[:, None]
        before = np.where(abstinent[0], stretch.start["weeks_use"], 0)
        begun, kept = np.zeros(len(stretch.start)), np.zeros(len(stretch.start))
        for census in range(0, stretch.weeks - YEAR + 1, YEAR):
            weeks = length[census] + np.where(unbroken[census], before, 0)
            seen = abstinent[census] & stretch.lives.alive(census + YEAR) & (weeks >= low * YEAR) & (weeks < high * YEAR)
            begun += seen
            kept += seen & abstinent[census + 1 : census + YEAR + 1].all(axis=0)
        return kept, begun

    return years


def _kept_share(low: float, high: float):
    years = _another_year(low, high)

    def share(stretch: Stretch) -> np.ndarray:
        kept, begun = years(stretch)
        return np.where(begun > 0, kept / np.maximum(begun, 1), np.nan)

    return share, lambda stretch: years(stretch)[1]


def _recovered_after(weeks: int):
    def recovered(stretch: Stretch) -> np.ndarray:
        return in_recovery(own_status(stretch.lives)[weeks]) & stretch.lives.alive(weeks)

    return recovered


def _recovered_in_all(stretch: Stretch) -> np.ndarray:
    end = stretch.end
    return (end["alive"] == 1) & np.all([(end[name] == NONE) | (end[name] == RECOVERING) for name in DOMAINS], axis=0)


def _well_despite_symptoms(stretch: Stretch) -> np.ndarray:
    end = stretch.end
    return np.where((end["symptoms"] == 1) & (end["alive"] == 1), end["personal_recovery"], np.nan)


def _turns(stretch: Stretch) -> np.ndarray:
    return reversals(own_status(stretch.lives))


def _winding(stretch: Stretch) -> np.ndarray:
    return tortuosity(quarters(in_recovery(own_status(stretch.lives))))


def _risen_the_hard_way(stretch: Stretch) -> np.ndarray:
    states = own_status(stretch.lives)
    risen = in_recovery(states[-YEAR:]).all(axis=0) & (stretch.end["alive"] == 1)
    return np.where(risen, reversals(states) >= 2, np.nan)


def _counts(stretch: Stretch, event: str, domain: str | None = None) -> np.ndarray:
    _, who = stretch.lives.when(event, domain)
    return np.bincount(who, minlength=len(stretch.start)).astype(float)


def _relapses_in(domain: str):
    def share(stretch: Stretch) -> np.ndarray:
        every = _counts(stretch, "relapse")
        return np.where(every > 0, _counts(stretch, "relapse", domain) / np.maximum(every, 1), np.nan)

    return share


def _relapse_elsewhere(stretch: Stretch) -> np.ndarray:
    """Of people who relapse, whether another domain relapses within half a year of the first."""
    first = np.array([_first(stretch, "relapse", domain) for domain in DOMAINS])
    earliest = first.min(axis=0)
    seen = (earliest < NEVER) & (earliest + HALF_YEAR <= stretch.alive_weeks())
    later = np.sort(first, axis=0)[1]
    return np.where(seen, later - earliest <= HALF_YEAR, np.nan)


def _first(stretch: Stretch, event: str, domain: str) -> np.ndarray:
    when, who = stretch.lives.when(event, domain)
    first = np.full(len(stretch.start), NEVER)
    np.minimum.at(first, who, when)
    return first


def _lapses_by_trouble(stretch: Stretch) -> np.ndarray:
    """Lapses and weeks in recovery, in trouble in another domain and not; shape (people, 4)."""
    status = {domain: stretch.lives.status(domain)[:-1] for domain in DOMAINS}
    trouble = {domain: (each == ACTIVE) | (each == LAPSED) for domain, each in status.items()}
    found = np.zeros((len(stretch.start), 4))
    for domain in DOMAINS:
        elsewhere = np.any([trouble[other] for other in DOMAINS if other != domain], axis=0)
        recovering = status[domain] == RECOVERING
        when, who = stretch.lives.when("lapse", domain)
        with_it = elsewhere[when, who]
        for column, mask in ((0, with_it), (2, ~with_it)):
            found[:, column] += np.bincount(who[mask], minlength=len(found))
        found[:, 1] += (recovering & elsewhere).sum(axis=0)
        found[:, 3] += (recovering & ~elsewhere).sum(axis=0)
    return found


def _sudden(stretch: Stretch) -> np.ndarray:
    sudden, gradual = (_counts(stretch, kind) for kind in ("decided_suddenly", "decided_gradually"))
    return np.where(sudden + gradual > 0, sudden / np.maximum(sudden + gradual, 1), np.nan)


def _decisions(stretch: Stretch) -> np.ndarray:
    return _counts(stretch, "decided_suddenly") + _counts(stretch, "decided_gradually")


def _held(kind: str):
    """Decisions of a kind with a year to be followed, and how many had no relapse in it."""

    def counted(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
        kept, made = np.zeros(len(stretch.start)), np.zeros(len(stretch.start))
        lived = stretch.alive_weeks()
        for domain in DOMAINS:
            active = stretch.lives.status(domain) == ACTIVE
            when, who = stretch.lives.when(kind, domain)
            followed = when + YEAR <= lived[who]
            when, who = when[followed], who[followed]
            relapses = np.cumsum(np.diff(active.astype(np.int8), axis=0, prepend=0) > 0, axis=0)
            held = relapses[when + YEAR, who] == relapses[when + 1, who]
            made += np.bincount(who, minlength=len(made))
            kept += np.bincount(who[held], minlength=len(made))
        return kept, made

    return counted


def _held_share(kind: str):
    counted = _held(kind)

    def share(stretch: Stretch) -> np.ndarray:
        kept, made = counted(stretch)
        return np.where(made > 0, kept / np.maximum(made, 1), np.nan)

    return share, lambda stretch: counted(stretch)[1]


def _lapses_that_relapse(stretch: Stretch) -> np.ndarray:
    ended = _ended_lapses(stretch)
    return np.where(ended > 0, _counts(stretch, "relapse") / np.maximum(ended, 1), np.nan)


def _ended_lapses(stretch: Stretch) -> np.ndarray:
    return _counts(stretch, "relapse") + _counts(stretch, "resolved")


def _without_services(stretch: Stretch) -> np.ndarray:
    served = (stretch.end["weeks_service"] > stretch.start["weeks_service"]) | (stretch.start["service"] > 0)
    return np.where(_recovered_in_all(stretch), ~served, np.nan)


def _use_first(stretch: Stretch) -> np.ndarray:
    """Of people with onsets in several domains, whether that of substance use came first."""
    first = np.array([_first(stretch, "onset", domain) for domain in DOMAINS])
    several = (first < NEVER).sum(axis=0) > 1
    return np.where(several, first[0] == first.min(axis=0), np.nan)


_YEARS = {"under_1": (0, 1, "under a year"), "1_to_3": (1, 3, "one to three years"), "3_up": (3, np.inf, "three years or more")}


def _another_years() -> list[Outcome]:
    found = []
    for name, (low, high, words) in _YEARS.items():
        measure, weigh = _kept_share(low, high)
        found.append(Outcome(
            f"another_year_after_{name}", "per 100 years begun", 100.0, "higher", has_use, _WITH_USE, measure,
            f"years begun in recovery from substance use, with {words} behind one, that are kept to their end",
            "S1", needs_events=True, weigh=weigh, shortest=YEAR,
            censoring="years that are not seen to their end, and people who die in them, are left out",
        ))  # fmt: skip
    return found


def _kept_decisions() -> list[Outcome]:
    found = []
    for name, kind in (("sudden", "decided_suddenly"), ("gradual", "decided_gradually")):
        measure, weigh = _held_share(kind)
        found.append(Outcome(
            f"{name}_success", "per 100 decisions", 100.0, "higher", is_active, _ACTIVE, measure,
            f"{name} decisions without a relapse in the year after", "R7; WS2006, of people who smoke",
            needs_events=True, weigh=weigh, shortest=YEAR + 1, censoring="decisions without a whole year after them are left out",
        ))  # fmt: skip
    return found


def _recovered() -> list[Outcome]:
    return [
        Outcome(
            f"recovered_{years}_year{'s' if years > 1 else ''}", _SHARE, 1000.0, "higher", is_active,
            _ACTIVE, _recovered_after(YEAR * years),
            f"in recovery in all domains of their own {years} year{'s' if years > 1 else ''} later", "S23 asks the like of use",
            needs_events=True, shortest=YEAR * years, censoring="none: the dead are not in recovery",
        )
        for years in (1, 5)
    ]  # fmt: skip


def _relapse_pattern() -> list[Outcome]:
    return [
        Outcome(
            f"relapses_in_{domain}", _SHARE_OF + " relapses", 100.0, "neither", has_problem, _WITH_A_PROBLEM,
            _relapses_in(domain), f"share of relapses that are in {domain.replace('_', ' ')}", "events relapse",
            needs_events=True, weigh=lambda stretch: _counts(stretch, "relapse"), censoring=_NO_DEATH,
        )
        for domain in DOMAINS
    ]  # fmt: skip


RECOVERIES: tuple[Outcome, ...] = (
    Outcome(
        "weeks_from_decision_to_lapse", "weeks, median", 1.0, "higher", is_active, _ACTIVE,
        _decision_to_lapse, "weeks from the first decision to the first lapse in its domain", "events decided_*, lapse",
        needs_events=True, summarise=median_time,
        censoring="by Kaplan and Meier's estimate, at the horizon and at death; unknown where fewer than half lapse",
    ),
    Outcome(
        "attempts_before_a_year", "decisions, median", 1.0, "lower", has_use, "people with a problem in substance use",
        lambda stretch: attempts_of_each(stretch.lives), "decisions up to the first year sustained in substance use",
        "S38: Kelly and others (2019)", needs_events=True, summarise=median_of, shortest=YEAR,
        censoring="of people who reach such a year within the stretch only",
    ),
    *_another_years(),
    *_recovered(),
    Outcome(
        "recovered_in_all_domains", _SHARE, 1000.0, "higher", has_problem, _WITH_A_PROBLEM, _recovered_in_all,
        "at the horizon, alive and in recovery in every domain of their own, for however long", "statuses at the horizon",
    ),
    Outcome(
        "well_despite_symptoms", _SHARE, 1000.0, "higher", has_mental_health, "people with a problem in mental health",
        _well_despite_symptoms, "in personal recovery at the horizon, of people with symptoms then", "R44, M16",
    ),
    Outcome(
        "reversals", "turns per person", 1.0, "lower", has_problem, _WITH_A_PROBLEM, _turns,
        "times that a life turns round between better and worse, over all own domains (docs/journeys.md)", "own definition; R6",
        needs_events=True, censoring=_NO_DEATH,
    ),
    Outcome(
        "tortuosity", "0-1", 1.0, "neither", has_problem, _WITH_A_PROBLEM, _winding,
        "how winding a life is: 0 one way only, 1 back at its start, by quarters in recovery (docs/journeys.md)",
        "Batschelet (1981), straightness; own use for lives", needs_events=True, shortest=2 * HALF_YEAR,
        censoring="lives that never move have none",
    ),
    Outcome(
        "risen_the_hard_way", "per 100 people risen", 100.0, "neither", has_problem, _WITH_A_PROBLEM, _risen_the_hard_way,
        "of people in recovery all of the last year, those whose life turned round twice or more before", "R6; own definition",
        needs_events=True, shortest=YEAR + 1,
    ),
    *_relapse_pattern(),
    Outcome(
        "relapse_spreads", _SHARE_OF + " people who relapse", 100.0, "lower", has_problem, _WITH_A_PROBLEM,
        _relapse_elsewhere, "of people who relapse, those with a relapse in another domain within half a year",
        "events relapse; X7", needs_events=True, shortest=HALF_YEAR,
        censoring="first relapses without half a year of life after them are left out",
    ),
    Outcome(
        "cross_domain_ratio", "times", 1.0, "lower", has_problem, _WITH_A_PROBLEM, _lapses_by_trouble,
        "rate of lapses while in trouble in another domain, divided by the rate while not", "M4, X7", needs_events=True,
        summarise=pooled_ratio, censoring="rates count the weeks lived in recovery; unknown without a lapse while not in trouble",
    ),
    Outcome(
        "sudden_share", "per 100 decisions", 100.0, "neither", is_active, _ACTIVE, _sudden,
        "share of decisions made suddenly, at a turning point", "WS2006, of people who smoke: .486", needs_events=True,
        weigh=_decisions, censoring=_NO_DEATH,
    ),
    *_kept_decisions(),
    Outcome(
        "lapse_to_relapse", _SHARE_OF + " lapses ended", 100.0, "lower", has_problem, _WITH_A_PROBLEM, _lapses_that_relapse,
        "share of lapses that end in a relapse rather than pass", "events relapse, resolved; R6", needs_events=True,
        weigh=_ended_lapses, censoring="lapses that have not ended by the horizon are left out",
    ),
    Outcome(
        "recovered_without_services", _SHARE_OF + " recovered", 100.0, "neither", is_active, _ACTIVE,
        _without_services, "of people in recovery in all own domains at the horizon, those in no service since the first week",
        "S23 asks the like of use",
    ),
    Outcome(
        "use_came_first", _SHARE_OF + " people", 100.0, "neither", lambda start: start["alive"] == 1, "everybody alive",
        _use_first, "of people with onsets in several domains, those whose first was in substance use", "events onset",
        needs_events=True,
        censoring="onsets within the stretch only",
    ),
)  # fmt: skip
