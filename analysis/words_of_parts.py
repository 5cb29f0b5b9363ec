"""What is owed to the parts of a policy, and what reaches those whom it does not cover, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis import words
from analysis.intervals import Effect
from analysis.outcomes import Outcome
from analysis.pairing import Question

OVER_ORDERS = "shared equally over the orders in which the parts could be added: Shapley 1953"


def attribution_in_words(question: Question, whole: Effect, shares: Sequence[tuple[str, Effect]]) -> str:
    """The whole effect, and what each part is owed: two sentences; the first alone where there is nothing to divide."""
    outcome, other = question.primary, question.labels[-1]
    clause = f"under {other} than under {question.base.name}"
    first = words.answer(outcome, question.whom, question.horizon, whole, clause)
    if not math.isfinite(whole.value) or (whole.is_nothing and all(share.is_nothing for _, share in shares)):
        return first
    like = _finest([share.value for _, share in shares])
    owed = _listed([_owed(name, share, whole, like) for name, share in shares])
    size = words.number(abs(whole.value), like)
    return f"{first} Of the {size} {'fewer' if whole.value < 0 else 'more'}, {owed} ({OVER_ORDERS})."


def _owed(name: str, share: Effect, whole: Effect, like: float) -> str:
    """What one part is owed: in the direction of the whole, or against it."""
    sign = -1.0 if whole.value < 0 else 1.0
    if share.is_nothing:
        return f"exactly 0 are due to {name}"
    size = words.number(abs(share.value), like)
    against = sign * share.value < 0 and size.strip("0.") != ""
    figure = f"minus {size}" if against else size
    return f"{figure} are due to {name} ({words.intervals(share, sign)})"


def interaction_in_words(outcome: Outcome, whole: Effect, interaction: Effect, parts: int) -> str:
    """Whether the parts make more or less together than the sum of what each makes alone, in a sentence; "" for one part."""
    if parts < 2 or not math.isfinite(interaction.value):
        return ""
    if interaction.is_nothing:
        return "Together the parts make exactly the sum of what each makes alone."
    alone = whole.value - interaction.value
    like = _finest([whole.value, alone, interaction.value])
    told = (
        f"Each alone, the parts would make {words.signed(alone, like)} {outcome.unit} in sum, together they make "
        f"{words.signed(whole.value, like)}: {words.signed(interaction.value, like)} by acting together (luck alone: "
        f"{words.between(interaction.low_luck, interaction.high_luck, interaction)})"
    )
    if not interaction.low_luck * interaction.high_luck > 0:
        return f"{told}, too small to tell from luck."
    return f"{told}: they {'overlap' if abs(whole.value) < abs(alone) else 'strengthen each other'}."


def _finest(values: Sequence[float]) -> float:
    """The size that decides the decimals of all of them: the smallest that is not 0."""
    sizes = [abs(value) for value in values if math.isfinite(value) and value != 0]
    return max(min(sizes, default=1.0), 0.1)


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
