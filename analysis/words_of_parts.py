"""What is owed to the parts of a policy, and what reaches those whom it does not cover, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

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
    luck = words.between(share.low_luck, share.high_luck, share, sign)
    asked = words.intervals(share, sign) if share.draws >= 2 else f"luck alone: {luck}"
    return f"{figure} are due to {name} ({asked})"


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
    if not math.isfinite(interaction.low_luck):
        return f"{told}, from a single world."
    if interaction.low_luck * interaction.high_luck <= 0:
        return f"{told}, too small to tell from luck."
    return f"{told}: they {'overlap' if abs(whole.value) < abs(alone) else 'strengthen each other'}."


def named_in_words(said: Mapping[str, str]) -> list[str]:
    """What is said of some things, by name, each sentence once with all that it is said of: "Share of a, share of b: only"."""
    found = []
    for sentence in dict.fromkeys(filter(None, said.values())):
        names = ", ".join(name for name, each in said.items() if each == sentence)
        found.append(f"{names[0].upper()}{names[1:]}: {sentence[0].lower()}{sentence[1:]}")
    return found


def _finest(values: Sequence[float]) -> float:
    """The size that decides the decimals of all of them: the smallest that is not 0."""
    sizes = [abs(value) for value in values if math.isfinite(value) and value != 0]
    return max(min(sizes, default=1.0), 0.1)


def _listed(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def spillover_in_words(question: Question, lever: str, share: float, effects: Mapping[str, Effect]) -> str:
    """What a policy given to a share of people does to those covered and through them to others, in sentences.

    `effects` are "total", "indirect", "outside" and "frozen" (indirect, ties frozen) at that share, and "whole" (total where
    all are covered).
    """
    outcome, span = question.primary, words.weeks_in_words(question.horizon)
    if not any(math.isfinite(effect.value) for effect in effects.values()):
        return f"Nothing can be said of shares covered ({lever.replace('_', ' ')}): too few of these people are at risk."

    def among(people: str, name: str) -> str:
        opening = outcome.opening.format(people=people)
        return f"{opening[0].lower()}{opening[1:]}, {_change(outcome, effects[name])}"

    covered, others = "people covered", "people who are not eligible"
    if share == 1:
        said = [among(covered, "whole"), among(others, "outside")]
        return f"With all who are eligible covered ({lever.replace('_', ' ')}), within {span}: {'; '.join(said)}."
    spared = among("people eligible but not covered, whom it reaches through others only", "indirect")
    frozen = f"and with ties frozen {_change(outcome, effects['frozen'])}"
    said = "; ".join([among(covered, "total"), f"{spared}, {frozen}", among(others, "outside")])
    return (
        f"With {100 * share:g} % of those who are eligible covered ({lever.replace('_', ' ')}), within {span}: {said}. "
        f"With all of them covered: {among(covered, 'whole')}."
    )


def _change(outcome: Outcome, effect: Effect) -> str:
    """An effect in a few words, with both intervals where the assumptions were drawn, and whether it can be told from luck."""
    told = words.change(outcome, effect)
    if effect.is_nothing or not math.isfinite(effect.low_luck):
        return told
    if effect.draws >= 2:
        downwards = effect.value < 0 or (effect.value == 0 and abs(effect.low) > abs(effect.high))
        way, sign = ("fewer", -1.0) if downwards else ("more", 1.0)
        told = f"{words.number(abs(effect.value))} {way} {outcome.phrase} ({words.intervals(effect, sign)})"
    if effect.low_luck * effect.high_luck <= 0:
        return f"{told}, too small to tell from luck"
    if effect.low <= 0 <= effect.high:
        return f"{told}, though no effect at all is within our assumptions"
    return told
