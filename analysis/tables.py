"""Whom each policy of a comparison reached, and which levers tell its worlds apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.acts import ACTS
from analysis.costs import cost_of, price_list
from analysis.intervals import luck_interval
from analysis.pairing import Question, differ_in_policies_only, differing_policies, own_experiments, own_policies
from analysis.worlds import Numbers
from simulation.levers import LEVERS

REACH_COLUMNS = (
    "other policy lever whom people person_weeks places flags_averted flags_averted_low_luck flags_averted_high_luck differs "
    "worlds note cost unit_cost per currency acted acts"
).split()
"""Columns of `reach.csv`: means over worlds; `differs` marks the policies and experiments that only this world has.

`cost` is `unit_cost` times the people or the weeks reached, as `per` says; both are empty where no cost is stated. `acted`
counts what the policy was seen to do, and `acts` says what that is; empty where events do not tell.
"""

NOBODY = "nobody"
CLIPPED = "held at the end of its range"
"""Notes of `reach.csv`."""


def reach_table(question: Question, numbers: list[Numbers]) -> pd.DataFrame:
    """People, person-weeks and places reached by each policy of each other world, as means over worlds."""
    kept = [found for found in numbers if found.task.draw is None]
    rows = []
    for label, scenario in zip(question.labels, question.others, strict=True):
        averted = np.array([found.flags[label][0] - found.flags[label][1] for found in kept], dtype=float)
        mean, low, high = luck_interval(averted)
        flags = {"flags_averted": mean, "flags_averted_low_luck": low, "flags_averted_high_luck": high}
        prices = price_list(question.base, scenario)
        currency = scenario.currency or question.base.currency
        own = own_policies(question.base, scenario) + own_experiments(question.base, scenario)
        for at, differs in enumerate(own):
            lines = [[*found.reach[label], *found.tried[label]][at] for found in kept]
            rows.append(
                {
                    "other": label,
                    "policy": at + 1,
                    **_reach_means(lines),
                    **flags,
                    "differs": differs,
                    "worlds": len(kept),
                    **_costs(lines, prices, currency),
                }
            )
        if not own:
            rows.append({"other": label, "policy": 0, "lever": "", "whom": "", "people": 0.0, "person_weeks": 0.0, "places": 0.0,
                         **flags, "differs": False, "worlds": len(kept), "note": "", **_NO_COST,
                         "acted": float("nan"), "acts": ""})  # fmt: skip
    return pd.DataFrame(rows, columns=REACH_COLUMNS)


def mean_covered(numbers: list[Numbers], label: str) -> float:
    """People covered in a mean world by any policy that only this other world has, each counted once."""
    return float(np.mean([found.reached[label] for found in numbers if found.task.draw is None]))


def covered_in_words(question: Question, numbers: list[Numbers], label: str) -> str:
    """Whom each policy that only this other world has covers, for how long, and what it was seen to do: a line a policy."""
    scenario = question.others[question.labels.index(label)]
    kept = [found for found in numbers if found.task.draw is None]
    told = []
    for at, own in enumerate(own_policies(question.base, scenario)):
        if own:
            line = _reach_means([found.reach[label][at] for found in kept])
            acted = [f"{words.number(line['acted'], 10)} {line['acts']}"] if np.isfinite(line["acted"]) else []
            if np.isfinite(line["places"]):
                acted.append(f"{words.number(line['places'])} places filled at a time")
            told.append(words.Covered(line["lever"].replace("_", " "), line["people"], line["person_weeks"], tuple(acted)))
    return words.covered(told, question.people, len(kept))


def tried_in_words(question: Question, numbers: list[Numbers], label: str) -> str:
    """Whom the experiments that only this other world has have reached, in a sentence; "" where it has none."""
    scenario = question.others[question.labels.index(label)]
    kept = [found for found in numbers if found.task.draw is None]
    said = []
    for at, (experiment, own) in enumerate(
        zip(scenario.experiments, own_experiments(question.base, scenario), strict=True)
    ):
        if own:
            people = float(np.mean([found.tried[label][at]["people"] for found in kept]))
            said.append(f"{experiment.name}: {words.number(people, 10)} people")
    return f"Experiments, which no policy could make, were made on ({'; '.join(said)})." if said else ""


def differing_levers(base: Any, other: Any) -> list[tuple[str, bool]] | None:
    """Levers that only the other world's policies move, and whether up.

    Empty where they do not say it all, as the base world has policies of its own, or more differs than policies; None where
    nothing differs.
    """
    if differing_policies(other, base) or not differ_in_policies_only(base, other):
        return []
    only_there = differing_policies(base, other)
    return [(policy.lever, _is_up(policy)) for policy in only_there] if only_there else None


def _is_up(policy: Any) -> bool:
    if policy.how == "multiply":
        return policy.value >= 1
    if policy.how == "add":
        return policy.value >= 0
    return policy.value >= LEVERS[policy.lever].base


_NO_COST = {"cost": float("nan"), "unit_cost": float("nan"), "per": "", "currency": ""}


def _costs(lines: list[dict], prices: dict[str, Any], currency: str) -> dict:
    price = prices.get(lines[0]["lever"])
    if price is None:
        return _NO_COST
    mean = float(np.mean([cost_of(line, prices) for line in lines]))
    return {"cost": mean, "unit_cost": price.amount, "per": price.per, "currency": currency}


def _reach_means(lines: list[dict]) -> dict:
    people = float(np.mean([line["people"] for line in lines]))
    places = [line["places"] for line in lines if line["places"] is not None]
    acted = [line["acted"] for line in lines if line.get("acted") is not None]
    return {
        "lever": lines[0]["lever"],
        "whom": lines[0]["whom"],
        "people": people,
        "person_weeks": float(np.mean([line["person_weeks"] for line in lines])),
        "places": float(np.mean(places)) if places else float("nan"),
        "acted": float(np.mean(acted)) if acted else float("nan"),
        "acts": ACTS[lines[0]["lever"]].means if acted else "",
        "note": NOBODY if people == 0 else CLIPPED if any(line.get("clipped") for line in lines) else "",
    }
