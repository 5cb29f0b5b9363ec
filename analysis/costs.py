"""What policies cost at the unit costs that scenarios state: in all, for each person reached, for each person helped.

A cost is only ever as good as the unit costs given. It is counted over all weeks lived; an effect is judged at its horizon,
so a cost for each person helped is given only where the two are the same weeks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis import words
from analysis.intervals import Effect, luck_interval
from analysis.outcomes import Outcome
from analysis.pairing import WEEKS_A_YEAR, Question, differing_policies
from analysis.worlds import Numbers

PER_PERSON = "person"
"""The only unit of a cost that counts people; all others count person-weeks, which is what weeks of places held are too."""


def price_list(base: Any, other: Any) -> dict[str, Any]:
    """Costs by lever for both of two worlds: the other's, and the base's for levers that the other states none for."""
    return {cost.lever: cost for cost in (*base.costs, *other.costs)}


def cost_of(line: dict, prices: dict[str, Any]) -> float:
    """What one policy has cost, from its line of what it has reached; not a number where no cost is stated."""
    price = prices.get(line["lever"])
    if price is None:
        return math.nan
    return float(price.amount * line["people" if price.per == PER_PERSON else "person_weeks"])


def extra_costs(question: Question, numbers: list[Numbers], label: str) -> np.ndarray:
    """Cost of the other world less that of the base world, in each world at the default assumptions, shape (worlds,)."""
    prices = price_list(question.base, question.others[question.labels.index(label)])

    def total(lines: list[dict]) -> float:
        return float(np.nansum([cost_of(line, prices) for line in lines]))

    kept = [found for found in numbers if found.task.draw is None]
    return np.array([total(found.reach[label]) - total(found.base_reach) for found in kept], dtype=float)


def cost_in_words(question: Question, numbers: list[Numbers], label: str, effect: Effect, reached: float) -> str:
    """The extra cost of the other world in sentences, with what each person reached and helped costs; "" without costs.

    `effect` is the primary effect, `reached` the number of people reached in a mean world.
    """
    other = question.others[question.labels.index(label)]
    prices = price_list(question.base, other)
    policies = (*question.base.policies, *other.policies)
    if not any(policy.lever in prices for policy in policies):
        return ""
    mean, low, high = luck_interval(extra_costs(question, numbers, label))
    currency = other.currency or question.base.currency
    span = words.weeks_in_words(round(question.years * WEEKS_A_YEAR))
    said = f"At the unit costs stated, {money(abs(mean), currency)} {'less' if mean < 0 else 'more'} than {question.base.name}"
    said += f" over {span}"
    if math.isfinite(low) and math.isfinite(high):
        said += f" (luck alone: {_ends(low, high, -1.0 if mean < 0 else 1.0)})"
    changed = differing_policies(question.base, other) + differing_policies(other, question.base)
    unpriced = sorted({policy.lever for policy in changed if policy.lever not in prices})
    if reached > 0 and mean > 0 and not unpriced:
        said += f", {money(mean / reached, currency)} for each person covered"
    if unpriced:
        said += f"; no cost is stated for {', '.join(unpriced)}"
    return f"{said}. {_for_each_helped(question, numbers, label, effect, mean, currency)}".strip()


def _for_each_helped(
    question: Question, numbers: list[Numbers], label: str, effect: Effect, cost: float, currency: str
) -> str:
    """What is said of the cost for each person helped: a figure with its range, or why there is none."""
    outcome = question.primary
    if not outcome.unit.startswith("people per") or effect.is_nothing or not math.isfinite(effect.value) or cost <= 0:
        return ""
    none = "No cost for each person helped can be given"
    low, high = (effect.low, effect.high) if effect.draws >= 2 else (effect.low_luck, effect.high_luck)
    if not (math.isfinite(low) and math.isfinite(high)) or low <= 0 <= high:
        return f"{none}: the effect is not told apart from none."
    if (effect.value > 0) != (outcome.better == "higher"):
        return f"{none}: the effect is not a help."
    lived = round(question.years * WEEKS_A_YEAR)
    if lived != question.last_week:
        weeks = f"--years {question.last_week / WEEKS_A_YEAR:.4g}"
        return f"{none}: the cost is that of {lived} weeks, the effect is judged after {question.last_week} ({weeks} would fit)."
    key = (label, outcome.id, question.group.name)
    people = float(np.mean([found.pairs[key].people for found in numbers if found.task.draw is None]))
    value, ends = helped_cost(cost, effect.value, low, high, people, outcome)
    more = "fewer" if effect.value < 0 else "more"
    range_over = "if our assumptions are off" if effect.draws >= 2 else "luck alone"
    return (
        f"That is {money(value, currency)} for each person {more} who {_singular(outcome)}, among {question.whom} "
        f"({range_over}: {_ends(*ends)}; the cost itself is taken as it is, and nothing but this one outcome is counted)."
    )


def helped_cost(
    cost: float, effect: float, low: float, high: float, people: float, outcome: Outcome
) -> tuple[float, tuple[float, float]]:
    """Cost for each person helped, and its range, from an effect and its ends in `outcome`'s unit among so many people.

    The ends of the effect must lie on the same side of 0.
    """
    each = [cost * outcome.scale / (abs(value) * people) for value in (effect, low, high)]
    return each[0], (min(each[1:]), max(each[1:]))


def _singular(outcome: Outcome) -> str:
    """How an outcome is said of one person."""
    return {"relapsed": "relapses", "lapsed": "lapses", "arrested": "is arrested", "died": "dies"}.get(
        outcome.id, "is a year or more into recovery in all domains"
    )


def money(value: float, currency: str) -> str:
    """An amount to three figures that mean something: "12,300 GBP", "4.57 GBP"."""
    figures = 2 - math.floor(math.log10(abs(value))) if value else 0
    rounded = round(value, figures)
    return f"{rounded:,.{0 if rounded == int(rounded) else 2}f} {currency}".strip()


def _ends(low: float, high: float, sign: float = 1.0) -> str:
    first, last = sorted((sign * low, sign * high))
    return f"{money(first, '')} to {money(last, '')}"
