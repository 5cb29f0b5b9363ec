"""Rows of effects: an outcome in a group of one other world as a difference, a ratio and a number needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.flags import PerFlags
from analysis.intervals import LEVEL, Effect, effect_of, unreported
from analysis.number_needed import NumberNeeded, number_needed
from analysis.outcomes import Outcome
from analysis.pairing import Question
from analysis.ratios import Ratio, ratio_of
from analysis.subgroups import EVERYONE, FEWEST
from analysis.words_of_effects import FEW_THAT_DIFFER
from analysis.worlds import Numbers, Pair, difference, over_seeds_and_draws

COLUMNS = (
    "base other outcome unit better group horizon_weeks base_value other_value effect low_luck high_luck low high level "
    "worlds draws people primary ratio ratio_low_luck ratio_high_luck ratio_low ratio_high number_needed "
    "known differ"
).split()
"""Columns of `effects.csv`: `known` counts those at risk of whom the base world holds a value, `differ` the pairs of worlds at
the default assumptions in which the two worlds differ, not a number for groups too small to be reported."""

RELATIVE = COLUMNS[-8:-2]


def effect_row(question: Question, label: str, outcome: Outcome, group: str, numbers: list[Numbers]) -> dict:
    """The row of an outcome in a group of one other world."""
    key = (label, outcome.id, group)
    pairs = [found.pairs[key] for found in numbers if found.task.draw is None]
    effect = effect_in(numbers, *key)
    people = float(np.mean([pair.people for pair in pairs]))
    known = float(np.mean([pair.people if pair.known is None else pair.known for pair in pairs]))
    if group != EVERYONE and group != question.group.name and min(people, known) < FEWEST:
        effect = unreported(effect)
        pairs = []  # the values of so few people are theirs: not even a difference can be read off
    return {
        "base": question.base.name,
        "other": label,
        "outcome": outcome.id,
        "unit": outcome.unit,
        "better": outcome.better,
        "group": group,
        "horizon_weeks": question.horizon,
        "base_value": _mean([pair.base for pair in pairs]),
        "other_value": _mean([pair.other for pair in pairs]),
        **_ends(effect),
        "people": people,
        "primary": outcome is question.primary and group == question.group.name,
        **_relative(question, label, outcome, group, numbers, effect),
        "known": known,
        "differ": _differing(pairs) if pairs else float("nan"),
    }


FEW_DIFFER = f"fewer than {FEW_THAT_DIFFER} pairs of worlds differ: the interval over luck is likely too narrow."
"""What the mark on a row means."""


def _differing(pairs: Sequence[Pair]) -> int:
    return sum(pair.other != pair.base for pair in pairs if np.isfinite([pair.base, pair.other]).all())


def few_differ(row: Any) -> bool:
    """Whether so few pairs of worlds differ that the interval over luck of this row is likely too narrow."""
    return bool(0 < row.differ < FEW_THAT_DIFFER)


def flags_row(question: Question, label: str, flags: PerFlags) -> dict:
    """The row of the primary outcome per 100 flags averted or added."""
    unit = question.primary.unit.split(" per ")[0]
    return {
        "base": question.base.name,
        "other": label,
        "outcome": question.primary.id,
        "unit": f"{unit} per 100 flags {'averted' if flags.averted > 0 else 'added'}",
        "better": question.primary.better,
        "group": EVERYONE,
        "horizon_weeks": question.horizon,
        "base_value": float("nan"),
        "other_value": float("nan"),
        **_ends(flags.effect),
        "people": float("nan"),
        "primary": False,
        **dict.fromkeys(RELATIVE, float("nan")),
        "known": float("nan"),
        "differ": float("nan"),
    }


def effect_in(numbers: list[Numbers], label: str, outcome: str, group: str) -> Effect:
    """The paired effect on one outcome in one group of one other world, in the outcome's unit, with both intervals."""
    return effect_of(*over_seeds_and_draws(numbers, lambda found: difference(found, label, outcome, group)))


def _ends(effect: Effect) -> dict:
    return {
        "effect": effect.value, "low_luck": effect.low_luck, "high_luck": effect.high_luck, "low": effect.low,
        "high": effect.high, "level": LEVEL, "worlds": effect.worlds, "draws": effect.draws,
    }  # fmt: skip


def _mean(values: list[float]) -> float:
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")


def _relative(
    question: Question, label: str, outcome: Outcome, group: str, numbers: list[Numbers], effect: Effect
) -> dict:
    """The same effect as a ratio, and as the number needed, where there is one; not a number where it was not reported."""
    if not np.isfinite(effect.value):
        return dict.fromkeys(RELATIVE, float("nan"))
    ratio = ratio_in(numbers, label, outcome, group)
    needed = needed_for(outcome, effect)
    return {
        "ratio": ratio.value, "ratio_low_luck": ratio.low_luck, "ratio_high_luck": ratio.high_luck, "ratio_low": ratio.low,
        "ratio_high": ratio.high, "number_needed": needed.value if needed else float("nan"),
    }  # fmt: skip


def ratio_in(numbers: list[Numbers], label: str, outcome: Outcome, group: str) -> Ratio:
    """How many times as much there is of an outcome in one other world as in the base world, with both intervals."""

    def of(name: str) -> tuple[np.ndarray, np.ndarray]:
        return over_seeds_and_draws(numbers, lambda found: getattr(found.pairs[label, outcome.id, group], name))

    (base, base_drawn), (other, other_drawn) = of("base"), of("other")
    if not outcome.is_amount or (np.nan_to_num([*base, *other, *base_drawn, *other_drawn]) < 0).any():
        nan = float("nan")
        return Ratio(nan, nan, nan, nan, nan, len(base), 0, "no amount, of which there could be so many times as much")
    return ratio_of(base, other, base_drawn, other_drawn)


def needed_for(outcome: Outcome, effect: Effect) -> NumberNeeded | None:
    """People of whom one fares otherwise, for outcomes that a person has or has not; None for others."""
    if not outcome.unit.startswith("people per") or outcome.better not in ("lower", "higher"):
        return None
    return number_needed(effect, outcome.scale, outcome.better)
