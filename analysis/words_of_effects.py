"""The same effect said otherwise: how many times as many, of how many people one fares otherwise, how many weeks longer."""

from __future__ import annotations

import math

from analysis import words
from analysis.intervals import Effect
from analysis.number_needed import Needed, NumberNeeded
from analysis.outcomes import Outcome
from analysis.ratios import Ratio

FEW_WORLDS = 5
"""With fewer worlds than this an interval over luck rests on so few that it is said."""


def times_as_many(ratio: Ratio, outcome: Outcome) -> str:
    """A ratio in a sentence: "That is 0.84 times as many (luck alone: ...; if our assumptions are off: ...)."."""
    if ratio.is_same or not math.isfinite(ratio.value):
        return ""
    much = "many" if outcome.unit.startswith(("people", "offences")) else "much"
    luck = _ends(ratio.low_luck, ratio.high_luck)
    assumed = _ends(ratio.low, ratio.high) if ratio.draws >= 2 else "not asked"
    return f"That is {_times(ratio.value)} times as {much} (luck alone: {luck}; if our assumptions are off: {assumed})."


def _times(value: float) -> str:
    return "any number of" if math.isinf(value) else f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _ends(low: float, high: float) -> str:
    return "unknown" if math.isnan(low) or math.isnan(high) else f"{_times(low)} to {_times(high)}"


def one_of_how_many(needed: NumberNeeded | None, people: str) -> str:
    """The number needed in a sentence, with what both intervals leave of it; "" where there is none."""
    if needed is None or not math.isfinite(needed.value):
        return ""
    way = "better" if needed.helps else "worse"
    assumed = "not asked" if needed.assumptions is None else _left_of(needed.assumptions, needed.helps)
    luck = "unknown" if needed.luck is None else _left_of(needed.luck, needed.helps)
    return (
        f"Of {_whole(needed.value)} {people}, one fares {way} on this outcome (luck alone: {luck}; if our assumptions are off: "
        f"{assumed})."
    )


def _left_of(needed: Needed, helps: bool) -> str:
    """What is left of a number needed: one stretch, or one that runs through no effect at all to the other side."""
    found = {"better": needed.benefit, "worse": needed.harm}
    same, opposite = ("better", "worse") if helps else ("worse", "better")
    parts = []
    for name in (same, opposite):
        ends = found[name]
        if ends is not None:
            last = "any number" if math.isinf(ends[1]) else _whole(ends[1])
            parts.append(f"{'' if name == same else f'through none to one {name} '}of {_whole(ends[0])} to {last}")
    return ", ".join(parts) if parts else "none fares otherwise"


def _whole(value: float) -> str:
    """People needed, rounded up, since a part of a person is none."""
    return "any number of" if math.isinf(value) else f"{math.ceil(round(value, 6)):,}"


def weeks_longer(effect: Effect, people: str) -> str:
    """The effect on the time without an event in a sentence, with both intervals; "" where nothing is known or differs."""
    if effect.is_nothing or not math.isfinite(effect.value):
        return ""
    sign = -1.0 if effect.value < 0 else 1.0
    way = "shorter" if effect.value < 0 else "longer"
    size = words.number(abs(effect.value))
    both = words.intervals(effect, sign)
    return f"The time of {people} without it is {size} weeks {way} on average, up to the horizon ({both})."


def few_worlds(worlds: int) -> str:
    """What must be said of an interval over luck from so few worlds; "" where they are enough."""
    if worlds == 1:
        return "One pair of worlds says nothing about luck: no interval can be given (--seeds)."
    if worlds < FEW_WORLDS:
        return f"The interval over luck rests on {worlds} pairs of worlds: too few to rely on its ends (--seeds)."
    return ""
