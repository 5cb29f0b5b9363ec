"""Writes docs/ladder.md: how long a burn-in, how many people and how many seeds a stable answer needs, and other checks.

    python docs/make_ladder.py

takes about four minutes on two cores.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from markdown_table import table

from analysis.fit import load_fit
from analysis.measures_lives import Lives
from analysis.measures_offending import arrested_at_least_once, arrests_year_by_year
from simulation import Scenario, settle, simulate
from simulation.cohort import cohort_names, load_cohort

PAGE = Path(__file__).parent / "ladder.md"
MINDS = ("identity", "hope", "self_stigma", "anticipated_stigma", "distress", "social_capital")
BURN_INS = (0, 13, 26, 52, 104, 156)
SIZES = ((1_000, 24), (3_000, 12), (10_000, 8), (30_000, 4), (100_000, 2))
VISIT_SEEDS = range(1, 31)
APART = {
    "only lasting differences": {"frailty_sd": 1.4, "consolidation": 0.0},
    "only change": {"frailty_sd": 0.0, "consolidation": 0.7},
    "neither": {"frailty_sd": 0.0, "consolidation": 0.0},
    "fit: change-in-the-person": load_fit("change-in-the-person").point,
    "fit: differences-between-people": load_fit("differences-between-people").point,
}
"""Numbers that differ from the defaults, by what they stand for."""


def each_of(tasks: Iterable[Any], live: Callable[[Any], Any]) -> list[Any]:
    """What `live` gives for each task, in the order of the tasks, one a core at once."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(live, tasks))


@contextmanager
def burn_in_of(weeks: int) -> Iterator[None]:
    """All cohorts with a burn-in of so many weeks."""
    with patch("simulation.world.load_cohort", lambda name: replace(load_cohort(name), burn_in_weeks=weeks)):
        yield


def burn_in() -> str:
    """Where minds and ties of people with own experience stand at week 0, by weeks of burn-in."""
    rows = []
    for name in cohort_names():
        usual = load_cohort(name).burn_in_weeks
        for weeks in BURN_INS:
            with burn_in_of(weeks):
                start = settle(Scenario(name=name, cohort=name, people=3_000), seed=1).people
            own = start[start["own_experience"] > 0]
            cells = [f"{own[mind].mean():.3f}" for mind in MINDS]
            rows.append([name if weeks == BURN_INS[0] else "", f"{weeks}{' (used)' if weeks == usual else ''}", *cells])
    return table(["cohort", "weeks", *(mind.replace("_", " ") for mind in MINDS)], rows)


def first_year_by_burn_in() -> str:
    """What the first year brings, by weeks of burn-in."""
    rows = []
    for name in cohort_names():
        cells = []
        for weeks in BURN_INS:
            with burn_in_of(weeks):
                lived = simulate(Scenario(name=name, cohort=name, people=3_000, years=1), seed=1, events=False)
            own = lived.end["own_experience"] > 0
            cells.append(f"{lived.end['count_decisions'][own].mean():.2f} / {lived.end['count_lapses'][own].mean():.2f}")
        rows.append([name, *cells])
    return table(["cohort", *(f"{weeks} weeks" for weeks in BURN_INS)], rows)


def shares_of(people: int, seed: int) -> tuple[float, float]:
    """Share of own experience a year sustained after two years, and lapses a person, in one world of `england`."""
    lived = simulate("baseline", people=people, years=2, seed=seed, events=False, threads=1)
    own = lived.end["own_experience"] > 0
    return float(lived.weekly["own_sustained_year"].iloc[-1] / own.sum()), float(lived.end["count_lapses"][own].mean())


def sizes() -> str:
    """Two numbers of `england` by how many people live in a world: mean over seeds, and spread between seeds."""
    rows = []
    for people, seeds in SIZES:
        found = np.array(each_of(range(1, seeds + 1), lambda seed, people=people: shares_of(people, seed)))
        mean, spread = found.mean(axis=0), found.std(axis=0, ddof=1)
        rows.append([f"{people:,}", str(seeds), *(f"{m:.4f} ({s:.4f})" for m, s in zip(mean, spread, strict=True))])
    return table(["people", "seeds", "a year sustained after two years", "lapses a person in two years"], rows)


def effect_of_an_advocate(seed: int) -> float:
    """Fewer people per 1,000 flagged who relapse within a year with an advocate, in one pair of worlds."""
    start = settle("the-visit", people=5_000, seed=seed)
    ends = []
    for name in ("the-visit", "independent-advocates"):
        lived = simulate(name, people=5_000, years=57 / 52, seed=seed, events=False, threads=1, panel=(5, 57), start=start)
        flagged = lived.snapshots[5]["count_unjustified_flags"] > 0
        ends.append((lived.snapshots[57]["count_relapses"] > lived.snapshots[5]["count_relapses"], flagged))
    both = ends[0][1] & ends[1][1]
    return 1000 * float(ends[0][0][both].mean() - ends[1][0][both].mean())


def seeds() -> str:
    """How wide the interval over luck of a paired effect is, by how many pairs of worlds are lived."""
    found = np.array(each_of(VISIT_SEEDS, effect_of_an_advocate))
    rows = []
    for count in (3, 5, 10, 20, 30):
        part = found[:count]
        half = 1.96 * found.std(ddof=1) / np.sqrt(count)
        rows.append([str(count), f"{part.mean():.1f}", f"{half:.1f}"])
    return table(["pairs of worlds", "fewer relapse, per 1,000 flagged", "half-width of 95 %"], rows)


def engines() -> str:
    """The same small world by both engines: whether the histories are the same, and what each took."""
    rows = []
    for name in ("baseline", "leaving-prison", "the-visit"):
        lived, seconds = [], []
        for engine in ("compiled", "plain"):
            began = time.perf_counter()
            lived.append(simulate(name, people=300, years=1, seed=1, engine=engine, threads=1))
            seconds.append(time.perf_counter() - began)
        same = lived[0].events.equals(lived[1].events) and lived[0].weekly.equals(lived[1].weekly)
        rows.append([name, "yes" if same else "NO", f"{seconds[1] / seconds[0]:.0f} times"])
    return table(["scenario", "same history to the bit", "the plain engine takes"], rows)


def told_apart() -> str:
    """First and repeated arrests after release: with frailty or consolidation alone, and under both fits."""

    def both(task: tuple[str, int]) -> list[float]:
        name, seed = task
        plan = Scenario(name="leaving_prison", cohort="leaving_prison", people=4_000, years=9)
        lives = Lives(simulate(plan, seed=seed, assumptions=APART[name], threads=1))
        first, years = arrested_at_least_once(lives), arrests_year_by_year(lives)
        return [one.value for one in (*first, *years)]

    rows = []
    for name in APART:
        found = np.mean(each_of([(name, seed) for seed in (101, 102, 103)], both), axis=0)
        rows.append([name, *(f"{value:.2f}" for value in found)])
    published = ["published (C1, C2)", "0.44", "0.68", "0.79", "0.83", "0.44", "0.34", "0.24", "5.00"]
    head = ["", "first arrest within 1 year", "3", "6", "9", "any arrest in year 1", "3", "9", "arrests in 9 years"]
    return table(head, [*rows, published])


def main() -> None:
    """Write the page."""
    PAGE.write_text(
        f"""# Verification ladder: how much is enough

Written by `python docs/make_ladder.py`, at the default assumptions.

## Burn-in: where people stand at week 0

Means over people with own experience, one world of 3,000 people. What still moves between the weeks used and the longest burn-in
still drifts at week 0, for the placebo and the treated world alike: it is part of the starting population, not of an effect.

{burn_in()}
What it does to the first year: decisions and lapses of a person with own experience.

{first_year_by_burn_in()}
## People: 1,000 to 100,000

`england`; the mean over seeds and, in brackets, the spread (sd) between seeds. The spread falls with the root of the number of
people; the mean should not depend on it.

{sizes()}
## Seeds: how sure of a paired effect

`the-visit` against `independent-advocates`, 5,000 people a world. Luck is shared by the worlds of a pair, so few are needed.

{seeds()}
## Compiled against plain

One world of 300 people for a year. The tests do the same with switches, experiments and policies (`tests/engine`).

{engines()}
## Frailty against consolidation

Risk falls with time in recovery either because those at high risk fall back first or because recovery changes the person. With
only these two numbers moved from the defaults, first arrests within a year hardly tell which it is, and repeated ones do: under
lasting differences the same people are arrested again in the ninth year, under change fewer are. That is what C2 was chosen for.
It is not enough: once everything else is fitted anew, the spread of offence rates and the effect of age take up the difference,
and both fits of [fit.md](fit.md) give the same ninth year. So these figures do not decide between them, and neither is shown
without the other. Means of three worlds not used in fitting.

{told_apart()}""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
