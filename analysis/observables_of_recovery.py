"""Recovery held: years, domains together, turns on the way, relapses over domains, recovery without services."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.declaring import (
    IN_TROUBLE,
    PEOPLE,
    SHARE,
    WITH_A_PROBLEM,
    WITH_DEATHS,
    WITH_SEVERAL,
    YEAR,
    Among,
    Unit,
    declare,
    is_alive,
    recovering_domains,
)  # fmt: skip
from analysis.measures_england import HALF_A_YEAR, in_use_untreated, remissions_of_each
from analysis.measures_lives import Lives
from analysis.measures_use import SO_FAR, another_year
from analysis.multistate import own_status
from analysis.outcomes import Outcome, has_problem
from analysis.stretch import Stretch
from analysis.trajectories import in_recovery, quarters, reversals, tortuosity
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING
from simulation.story import DOMAIN_WORDS, STATUS_WORDS

FIVE_YEARS = 5 * YEAR
SOURCE_OF_TURNS = "events of every domain; own definition, as in analysis.trajectories"


def _sustained(people: np.ndarray, weeks: int) -> np.ndarray:
    """Who is alive and recovering in all own domains, so many weeks of it believed in each, shape (people,), of bool."""
    held = has_problem(people)
    for domain in DOMAINS:
        held &= (people[domain] == NONE) | ((people[domain] == RECOVERING) & (people[f"weeks_{domain}"] >= weeks))
    return held


def _censuses(stretch: Stretch) -> range:
    return range(0, stretch.weeks - YEAR + 1, YEAR)


def _asked(stretch: Stretch, low: float, high: float, domain: str) -> tuple[np.ndarray, np.ndarray]:
    """At how many censuses each person was so long in recovery, and after how many of them for another year, (people,)."""
    seen, weeks, stayed = another_year(stretch.lives, _censuses(stretch), domain)
    counts = seen & (weeks >= low) & (weeks < high)
    return counts.sum(axis=0), (counts & stayed).sum(axis=0)


def _another_year(stretch: Stretch, low: float, high: float, domain: str) -> np.ndarray:
    asked, stayed = _asked(stretch, low, high, domain)
    return np.where(asked > 0, stayed / np.maximum(asked, 1), np.nan)


def _years_asked(stretch: Stretch, low: float, high: float, domain: str) -> np.ndarray:
    return _asked(stretch, low, high, domain)[0].astype(float)


def _states(stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    """State by status over all own domains, shape (weeks + 1, people), and who is alive at the horizon, (people,)."""
    return own_status(stretch.lives), stretch.end["alive"] == 1


def _turns(stretch: Stretch) -> np.ndarray:
    states, alive = _states(stretch)
    return np.where(alive, reversals(states), np.nan)


def _winding(stretch: Stretch) -> np.ndarray:
    states, alive = _states(stretch)
    return np.where(alive, tortuosity(quarters(in_recovery(states))), np.nan)


def _rose_the_hard_way(stretch: Stretch) -> np.ndarray:
    """Whether a life turned twice or more, of people in recovery in each of the last 52 weeks."""
    states, alive = _states(stretch)
    risen = in_recovery(states[-YEAR:]).all(axis=0) & alive
    return np.where(risen, reversals(states) >= 2, np.nan)


def _relapsed_in(stretch: Stretch, domain: str) -> np.ndarray:
    _, persons = stretch.lives.when("relapse", domain)
    return np.bincount(persons, minlength=len(stretch.start)) > 0


def _relapsed_in_several(stretch: Stretch) -> np.ndarray:
    return np.sum([_relapsed_in(stretch, domain) for domain in DOMAINS], axis=0) >= 2


def exposed_lapses(lives: Lives) -> np.ndarray:
    """Lapses and weeks in recovery while another domain is in trouble, then the same while none is, shape (people, 4).

    Summed over domains. In trouble: active or lapsed at the beginning of the week. In custody nobody is at risk in offending.
    """
    trouble = {domain: np.isin(lives.status(domain), (ACTIVE, LAPSED)) for domain in DOMAINS}
    found = np.zeros((lives.people, 4))
    for domain in DOMAINS:
        status = lives.status(domain)
        at_risk = (status[:-1] == RECOVERING) & lives.lived
        if domain == "offending":
            at_risk &= lives.custody[:-1] == 0
        lapsed = at_risk & (status[1:] == LAPSED)
        other = np.any([trouble[one][:-1] for one in DOMAINS if one != domain], axis=0)
        parts = (lapsed & other, at_risk & other, lapsed & ~other, at_risk & ~other)
        found += np.column_stack([part.sum(axis=0) for part in parts])
    return found


def ratio_of_rates(values: np.ndarray, weights: np.ndarray) -> float:
    """Events per week in the first two columns of `values`, shape (people, 4), over those in the last two, by `weights`.

    Not a number where nothing happened, or nobody was at risk, in one of the two.
    """
    with_it, weeks_with, without, weeks_without = (values * weights[:, None]).sum(axis=0)
    if min(weeks_with, weeks_without, without) <= 0:
        return float("nan")
    return float(with_it / weeks_with / (without / weeks_without))


def _remission_rate(stretch: Stretch) -> np.ndarray:
    entered, years = remissions_of_each(stretch.lives)
    return np.where(years > 0, entered / np.where(years > 0, years, 1.0), np.nan)


def _without_services(stretch: Stretch) -> np.ndarray:
    """Whether a sustained year came without a week in any service, of people who are there at the horizon."""
    untreated = stretch.end["weeks_service"] == stretch.start["weeks_service"]
    return np.where(_sustained(stretch.end, YEAR), untreated, np.nan)


def weeks_with_symptoms(lives: Lives) -> np.ndarray:
    """Which weeks end with symptoms, shape (weeks, people), of bool; none after a death."""
    return (lives.symptoms[1:] == 1) & lives.lived


def _recovery_with_symptoms(stretch: Stretch) -> np.ndarray:
    lives = stretch.lives
    ill = weeks_with_symptoms(lives)
    weeks = ill.sum(axis=0)
    both = (ill & (lives.personal_recovery[1:] == 1)).sum(axis=0)
    return np.where(weeks > 0, both / np.maximum(weeks, 1), np.nan)


_YEARS = (("early", "less than a year"), ("middle", "1 to 3 years"), ("late", "3 years or more"))
_DEATHS_OUT = "people who die within the year asked about are left out of it{}; else everybody is followed"
_YEARS_OF = (
    ("use", "without substance use", "events of use; S1", _DEATHS_OUT.format(", as S1 lost them")),
    ("offending", "desisting from offending", "events of offending; no published figure counts them",
     _DEATHS_OUT.format("") + ", and weeks in custody, where nobody offends, count as without it"),
    ("mental_health", "living a life in recovery in mental health", "events of mental health; no published figure counts them",
     _DEATHS_OUT.format("")),
)
_LIVED_ON = "people who die before the horizon are left out: their lives are not seen to the end"

RECOVERIES: tuple[Outcome, ...] = (
    *(
        declare(
            f"another_year_{word}{'' if domain == 'use' else f'_{domain}'}", Unit("per 100 person-years", 100.0), "higher",
            WITH_A_PROBLEM, partial(_another_year, low=low, high=high, domain=domain),
            f"of people {held} for {so_far} so far, those who stay so all of another year; asked every 52 weeks, from the first",
            source, weigh=partial(_years_asked, low=low, high=high, domain=domain), censoring=deaths, shortest=YEAR,
        )
        for domain, held, source, deaths in _YEARS_OF
        for (word, so_far), (low, high) in zip(_YEARS, SO_FAR, strict=True)
    ),
    declare(
        "recovered_five_years", PEOPLE, "higher", WITH_A_PROBLEM, lambda stretch: _sustained(stretch.end, FIVE_YEARS),
        "at the horizon, alive with five years or more of recovery that others believe, in every domain of their own; "
        "`sustained_year` is the same for one year",
        "weeks sustained of each domain", needs_events=False, censoring=WITH_DEATHS + "; the dead have not recovered",
    ),
    declare(
        "recovering_in_all", PEOPLE, "higher", WITH_SEVERAL, lambda stretch: _sustained(stretch.end, 0),
        "at the horizon, alive and recovering in every domain of their own",
        "status in each domain", needs_events=False, censoring=WITH_DEATHS + "; the dead are not recovering",
    ),
    declare(
        "reversals", Unit("per person"), "neither", WITH_A_PROBLEM, _turns,
        "changes of direction between recovery, a lapse and a problem, in the worst of all own domains",
        SOURCE_OF_TURNS, censoring=_LIVED_ON,
    ),
    declare(
        "tortuosity", SHARE, "neither", WITH_A_PROBLEM, _winding,
        "how winding a life is: 1 less the distance between its first and last quarter, in the share of weeks in recovery, over "
        "the way between them; of lives that moved",
        SOURCE_OF_TURNS + "; Batschelet (1981)", censoring=_LIVED_ON, shortest=HALF_A_YEAR,
    ),
    declare(
        "rose_the_hard_way", PEOPLE, "neither", WITH_A_PROBLEM, _rose_the_hard_way,
        "had two reversals or more, of people in recovery in all own domains in each of the last 52 weeks",
        SOURCE_OF_TURNS, censoring=_LIVED_ON, shortest=YEAR + 1,
    ),
    *(
        declare(
            f"relapsed_{domain}", PEOPLE, "lower",
            Among(
                lambda people, domain=domain: is_alive(people) & (people[domain] == RECOVERING),
                f"people who were {STATUS_WORDS[domain][RECOVERING]} in the first week",
            ),
            partial(_relapsed_in, domain=domain), f"had at least one relapse in {DOMAIN_WORDS[domain]}",
            "events relapse; no published figure counts them",
        )
        for domain in DOMAINS
    ),
    declare(
        "relapsed_in_several", PEOPLE, "lower",
        Among(
            lambda people: is_alive(people) & (recovering_domains(people) >= 2),
            "people who were recovering in two domains or more in the first week",
        ),
        _relapsed_in_several, "had a relapse in two domains or more", "events relapse; no published figure counts them",
    ),
    declare(
        "cross_domain_ratio", Unit("ratio"), "neither", WITH_SEVERAL, lambda stretch: exposed_lapses(stretch.lives),
        "lapses per week of recovery in a domain while another is active or lapsed, over those while none is",
        "events of every domain; no cause is meant: what else differs between such weeks is not held fixed",
        summarise=ratio_of_rates, censoring="none: every week of recovery counts until the horizon or a death",
    ),
    declare(
        "remission_without_services", Unit("per person-year"), "higher",
        Among(
            lambda people: is_alive(people) & in_use_untreated(people),
            "people who were active or lapsed in substance use, and in no service for it, in the first week",
        ),
        _remission_rate,
        "first entries to 26 weeks or more without substance use, per person-year active or lapsed before it",
        "events of use; S23", weigh=lambda stretch: remissions_of_each(stretch.lives)[1], shortest=HALF_A_YEAR + 1,
        censoring="the last 26 weeks hold no time at risk: an entry in them could not be told from a pause; a death ends it",
    ),
    declare(
        "year_without_services", PEOPLE, "neither", IN_TROUBLE, _without_services,
        "were in no service since the first week, of those a year or more into recovery in all own domains at the horizon",
        "weeks in a service and weeks sustained", needs_events=False, shortest=YEAR,
        censoring="people who are not there by the horizon, or have died, are left out: it is a share of recoveries",
    ),
    declare(
        "symptoms_and_recovery", Unit("per 100 weeks with symptoms", 100.0), "higher",
        Among(
            lambda people: is_alive(people) & (people["mental_health"] != NONE),
            "people who had a problem with mental health, past or present, in the first week",
        ),
        _recovery_with_symptoms, "share of weeks with symptoms that are lived in personal recovery",
        "events symptoms_on, symptoms_off, personal_recovery_on, personal_recovery_off; R44",
        weigh=lambda stretch: weeks_with_symptoms(stretch.lives).sum(axis=0).astype(float),
        censoring="none: weeks count until the horizon or a death",
    ),
)  # fmt: skip
