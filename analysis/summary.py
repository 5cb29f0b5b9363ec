"""One world in a few plain sentences."""

from __future__ import annotations

from typing import Any

from analysis.words import NOT_A_FORECAST, number


def summarise_world(history: Any) -> list[str]:
    """What one world came to, in sentences: who was there, where they stood at the end, what happened on the way."""
    weekly, scenario = history.weekly, history.scenario
    first, last = weekly.iloc[0], weekly.iloc[-1]
    alive, own = max(1.0, float(last["alive"])), max(1.0, float(last["own_alive"]))
    beginning = (
        f"{scenario.name}: {len(history.start):,} people, {history.weeks / 52:g} years, seed {history.seed}. "
        f"{int(first['own_alive']):,} of them have own experience of a problem."
    )
    domains = (
        f"At the end, of every 1,000 people alive: {_per(last, 'use_active', alive)} active in substance use and "
        f"{_per(last, 'use_recovering', alive)} in recovery from it; {_per(last, 'offending_active', alive)} active in "
        f"offending and {_per(last, 'offending_recovering', alive)} desisting; "
        f"{_per(last, 'mental_health_active', alive)} with life ruled by illness and "
        f"{_per(last, 'mental_health_recovering', alive)} living a life in recovery."
    )
    if not (first["own_alive"] and last["own_alive"]):
        nobody = "At the start or at the end there is nobody alive with own experience: no journeys can be told of."
        return [beginning, domains, nobody, NOT_A_FORECAST]
    lives = (
        f"Of every 1,000 with own experience: {_per(last, 'own_personal_recovery', own)} in personal recovery, "
        f"{_per(last, 'own_sustained_year', own)} a year or more into recovery in all their domains, "
        f"{_per(last, 'own_in_custody', own)} in custody, {_per(last, 'own_homeless', own)} homeless, "
        f"{_per(last, 'own_flagged', own)} with a police flag."
    )
    moved = ", ".join(
        f"{name.replace('_', '-')} from {first[f'mean_{name}']:.2f} to {last[f'mean_{name}']:.2f}"
        for name in ("identity", "hope", "self_stigma")
    )
    return [beginning, domains, lives, f"Their means went: {moved}.", NOT_A_FORECAST]


def _per(row: Any, column: str, people: float) -> str:
    return number(1000.0 * float(row[column]) / people)
