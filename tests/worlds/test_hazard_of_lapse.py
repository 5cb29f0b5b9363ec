"""The hazard of a lapse falls with time in recovery, as it does wherever it has been followed for years (S1)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from simulation import History, simulate
from simulation.state import DOMAINS, RECOVERING

EDGES = (0, 13, 52, 156, 10**6)
NAMES = ("under 13", "13 to 51", "52 to 155", "156 and more")


def spells(history: History, domain: str) -> list[tuple[int, int, bool]]:
    """Spells of recovery in a domain: week in which each began, last week seen, and whether it ended in a lapse.

    A spell begins with a decision or when a lapse resolves. Spells under way at week 0 began before it, by as many weeks as
    others believe; they are seen from week 0 only.
    """
    start = history.start
    recovering = start[domain] == RECOVERING
    began = {int(p): -int(w) for p, w in zip(start["person"][recovering], start[f"weeks_{domain}"][recovering], strict=True)}
    found = []
    events = history.events[(history.events["domain"] == domain) | (history.events["event"] == "died")]
    for person, week, event in events[["person", "week", "event"]].itertuples(index=False):
        if event in ("decided_gradually", "decided_suddenly", "resolved"):
            began[person] = week
        elif event in ("lapse", "died") and person in began:
            found.append((began.pop(person), week, event == "lapse"))
    return found + [(week, history.weeks, False) for week in began.values()]


def hazards(history: History) -> tuple[np.ndarray, np.ndarray]:
    """Lapses, and weeks in recovery seen, by weeks since the spell began; each shape (4,)."""
    lapses, weeks = np.zeros(4), np.zeros(4)
    for domain in DOMAINS:
        for began, ended, lapsed in spells(history, domain):
            since, until = max(0, -began), ended - began
            for place, (low, high) in enumerate(pairwise(EDGES)):
                weeks[place] += max(0, min(until, high) - max(since, low))
                lapses[place] += lapsed and low < until <= high
    return lapses, weeks


@pytest.mark.parametrize(("plan", "people"), [("a-year-in", 1000), ("baseline", 1500)])
def test_the_hazard_of_a_lapse_falls_with_time_in_recovery(record_property, plan, people):
    """Lapses per 1,000 weeks in recovery are fewer in each later part of a spell, by more than two standard errors."""
    lapses, weeks = hazards(simulate(plan, people=people, years=8, seed=1))
    rates = 1000.0 * lapses / weeks
    told = "; ".join(
        f"{name} weeks {rate:.2f} ({count:.0f} lapses)" for name, rate, count in zip(NAMES, rates, lapses, strict=True)
    )
    record_property("figure", f"{plan}: lapses per 1,000 weeks in recovery: {told}")
    for earlier, later in pairwise(range(4)):
        error = np.hypot(rates[earlier] / np.sqrt(lapses[earlier]), rates[later] / np.sqrt(lapses[later]))
        assert rates[earlier] - rates[later] > 2.0 * error
