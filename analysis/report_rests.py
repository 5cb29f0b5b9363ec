"""What an answer rests on: how strong the policy is taken to be, which assumptions go with the effect, and their evidence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from analysis.notes import NOT_BY_ETHNICITY
from analysis.page import definitions, folded, paragraph, tabular
from analysis.pairing import own_experiments, own_policies
from analysis.sources import codes_unread, sources_named
from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.units import number_in_words

BASIS_WORDS = {
    "measured": "read in a published source",
    "calibrated": "informed by a published figure",
    "bounded": "bounded by published figures",
    "assumed": "theory alone",
}
"""Each grade of evidence of an assumption, in words."""


LAST_COLUMN = (
    " The last column is the rank correlation with the effect (other less base, with its sign), from -1 to 1, of those that "
    "stand out."
)


def what_it_rests_on(effects: Any) -> list[str]:
    """In sentences: the policy itself, the assumptions that the range comes from with their evidence, how many have none."""
    several = len(effects.answers) > 1
    lines = []
    for answer, other in zip(effects.answers, effects.question.others, strict=True):
        name = f"{answer.other}: " if several else ""
        for said in (on_the_policy(effects.question.base, other), on_assumptions(effects, answer)):
            lines += [f"{name}{said}"] if said else []
    if effects.drawn:
        kinds = pd.Series([PARAMETERS[name].basis for name in effects.drawn]).value_counts()
        known = int(kinds.get("measured", 0) + kinds.get("calibrated", 0))
        lines.append(
            f"Of {len(effects.drawn)} numbers that were varied together, published figures inform {known} and bound "
            f"{int(kinds.get('bounded', 0))}; {int(kinds.get('assumed', 0))} rest on theory alone. The model's other numbers, "
            "and the form of its rule, stood still."
        )
        unread = codes_unread(PARAMETERS[name].source for name in effects.drawn)
        if unread:
            lines.append(f"Of the published figures behind them, {len(unread)} are from memory, not read: {', '.join(unread)}.")
    else:
        lines.append("How far it rests on the model's own numbers was not asked: none was varied.")
    return lines + [note for note in effects.notes if not note.startswith(NOT_BY_ETHNICITY)]


def on_the_policy(base: Any, other: Any) -> str:
    """That the policy works as strongly as the scenario says, which no range covers; "" where no policy differs."""
    told = " ".join(what_differs(base, other))
    if not told:
        return ""
    felt = "".join(_felt(policy) for policy, own in zip(other.policies, own_policies(base, other), strict=True) if own)
    return (
        f"First of all on what the scenario sets: “{told}”{felt} What it sets, and whom it reaches, is assumed, not measured, "
        "and the same in every world. What comes of it varies with the draws; a policy that is set weaker, or reaches fewer, no "
        "range here covers."
    )


def _felt(policy: Any) -> str:
    """What a change of a log hazard means for those whom it reaches, in a sentence; "" for other levers."""
    if LEVERS[policy.lever].unit != "log hazard" or policy.how == "multiply":
        return ""
    times = number_in_words(float(f"{math.exp(policy.value):.2g}"))
    return f" {policy.value:g} added to a log hazard makes a thing about {times} times as likely in a week, where it is rare."


def what_differs(base: Any, other: Any) -> list[str]:
    """What only the other world has, and what only the base world has, in sentences; none where no policy differs."""
    return [*_only(other, base), *(f"Only in {base.name}: {said}" for said in _only(base, other))]


def _only(one: Any, without: Any) -> list[str]:
    """The policies and experiments of one world that another lacks, in sentences."""
    # A scenario's sentences: its people, its policies (or that there are none), its experiments, and all else.
    policies, after = one.describe()[1:], max(1, len(one.policies))
    told = [said for said, own in zip(policies, own_policies(without, one), strict=False) if own]
    told += [said for said, own in zip(policies[after:], own_experiments(without, one), strict=False) if own]
    return [said.removesuffix("Everyone else is unchanged.").strip() for said in told]


def on_assumptions(effects: Any, answer: Any) -> str:
    """Which assumptions go with the effect, each with its evidence and which way; or why none can be named."""
    if not answer.sources or not answer.strongest:
        return str(answer.sources)
    base = effects.primary(answer.other)
    if answer.assumptions:
        told = "; ".join(_told(name, size, base.effect) for name, size in answer.assumptions)
        return f"Then on what its range over assumptions comes from, most of all: {told}."
    told = "; ".join(_told(name, size, base.effect) for name, size in answer.strongest)
    return (
        f"Then on assumptions. {answer.sources} The strongest candidates, which chance alone could have put first: {told}. "
        "More draws (--draws), or `recovery sensitivity`, would tell."
    )


def _told(name: str, size: float, effect: float) -> str:
    """One assumption: what it is, which way it goes with the effect, and its evidence."""
    parameter = PARAMETERS[name]
    # A rank correlation with the signed effect: with a negative effect a negative one goes with a larger size.
    larger = size * effect > 0
    way = "" if effect == 0 else f"the larger it is, the {'larger' if larger else 'smaller'} the effect; "
    return f"{parameter.means} ({name}; {way}{BASIS_WORDS.get(parameter.basis, parameter.basis)})"


DRAWN = {
    "posterior": "{numbers} uncertain numbers were drawn {draws} times, together, from the posterior: sets of values with which "
    "the model agrees with published figures, as far as these say anything (docs/posterior.md).",
    "ranges": "Each of {numbers} uncertain numbers was drawn {draws} times over the range that is plausible for it.",
}
"""What the draws are of, in words."""


def assumptions_part(effects: Any) -> str:
    """The section on what an answer rests on, as HTML: every number that was varied, and the sources that it names."""
    found = {name: strength for answer in effects.answers for name, strength in answer.assumptions}
    if not effects.drawn:
        return paragraph("No assumption was varied: the range over assumptions was not asked for.")
    drawn = DRAWN[effects.over].format(numbers=len(effects.drawn), draws=effects.draws)
    text = paragraph(
        f"What it rests on most stands in short above. {drawn} The defaults are one quick fit to published figures."
        + (LAST_COLUMN if found else "")
    )
    rows = []
    for name in sorted(effects.drawn, key=lambda known: -abs(found.get(known, 0.0))):
        parameter, (low, high) = PARAMETERS[name], _range(effects, name)
        strength = f"{found[name]:+.2f}" if name in found else ""
        cells = [
            parameter.means, name, parameter.unit, f"{parameter.default:g}", f"{low:g} to {high:g}",
            BASIS_WORDS.get(parameter.basis, parameter.basis), parameter.source,
            *([strength] if found else []),
        ]  # fmt: skip
        rows.append((cells, "primary" if name in found else ""))
    heads = ["assumption", "name", "unit", "default", "plausible", "evidence", "source"]
    heads += ["goes with the effect"] if found else []
    text += folded(f"All {len(rows)} numbers that were varied", tabular(heads, rows), "report.html on a screen")
    named = sources_named([PARAMETERS[name].source for name in effects.drawn] + effects.notes)
    return text + folded("What the codes of sources stand for", definitions(named), "docs/evidence.md and docs/claims.md")


def _range(effects: Any, name: str) -> tuple[float, float]:
    """The range that an assumption was drawn from: a scenario's own, else the plausible one."""
    for scenario in (effects.question.base, *effects.question.others):
        own = scenario.assumptions.get(name)
        if own is not None and own.range is not None:
            return float(own.range[0]), float(own.range[1])
    parameter = PARAMETERS[name]
    return float(parameter.low), float(parameter.high)


def rests_on_luck_only(row: Any) -> bool:
    """Whether the range over assumptions of an effect reaches no further than that over luck."""
    ends = (row.low, row.high, row.low_luck, row.high_luck)
    return bool(np.all(np.isfinite(ends)) and row.low == row.low_luck and row.high == row.high_luck)
