"""Rules of where a policy helps, hardly matters or harms, put into sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.discovery_rules import FEWEST_POINTS, FOLDS, HeldOut, Limit, Rule
from analysis.shared_luck import FEWEST_SEEDS
from analysis.words import number
from simulation.units import number_in_words


def in_sentences(
    kinds: pd.DataFrame,
    by_luck: Mapping[str, int],
    smallest: float,
    unit: str,
    better: str,
    policy: str,
    rules: Sequence[Rule],
    dropped: Sequence[Rule],
    out: Mapping[str, HeldOut],
    factors: pd.DataFrame,
    notes: Sequence[str],
    independent: int,
) -> list[str]:
    """What was counted, each rule, how it does on other points, what was dropped and what was not looked for.

    `by_luck` is at how many points luck alone may well give that it helps or harms, empty where luck is not known;
    `independent` is how many of the points were drawn by themselves.
    """
    told = {str(row.factor): row for row in factors.itertuples()}
    said = [*_counted(kinds, by_luck, policy, independent), _declared(kinds, smallest, unit, better)]
    if FEWEST_POINTS <= independent < len(kinds) and (rules or dropped or notes):
        own = f"the {independent:,} of these points that were drawn by themselves"
        said.append(f"Rules rest on {own}, and count among those alone.")
    for kind in dict.fromkeys(rule.kind for rule in rules):
        of_kind = [rule for rule in rules if rule.kind == kind]
        said += [rule_in_words(rule, told, further=at > 0) for at, rule in enumerate(of_kind)]
        said.append(held_out_in_words(out[kind], kind))
    said += [
        f"A rule for where it {rule.kind} was dropped: {rule.why_dropped}." for rule in dropped
        if rule.kind not in {kept.kind for kept in rules}
    ]  # fmt: skip
    return [*said, *notes]


def _counted(kinds: pd.DataFrame, by_luck: Mapping[str, int], policy: str, independent: int) -> list[str]:
    points = len(kinds)
    counts = [(kind, int((kinds["kind"] == kind).sum())) for kind in ("helps", "hardly matters", "harms")]
    there = [(kind, count) for kind, count in counts if count]
    if kinds["unclear"].any() and len(there) == 1:
        nowhere = "Not at the one point" if points == 1 else f"At none of {points:,} points"
        first = f"{nowhere} is {policy} seen to help or harm beyond luck."
    elif len(there) == 1:
        kind = there[0][0]
        everywhere = "the one point" if points == 1 else f"all {points:,} points"
        sure = bool(kinds["low"].notna().any()) and independent >= FEWEST_POINTS
        why = "no rule is needed to say where" if sure else "which is too little to say that it does so everywhere"
        first = f"At {everywhere} {policy} {kind}: {why}."
    else:
        parts = [f"{kind} at {count:,}" for kind, count in there]
        first = f"Of {points:,} points in the space of assumptions, {policy} {', '.join(parts[:-1])} and {parts[-1]}."
    return [first, *_no_more_than_luck(len(kinds), dict(counts), by_luck), *_unclear(kinds, dict(counts))]


def _no_more_than_luck(points: int, counts: Mapping[str, int], by_luck: Mapping[str, int]) -> list[str]:
    """Kinds so rare that luck alone would give as many."""
    return [
        f"That it {kind} at {counts[kind]:,} is no more than luck may give: where nothing is done, luck like this gives up to "
        f"{would:,} of {points:,} points in 39 of 40 analyses."
        for kind, would in by_luck.items() if 0 < counts[kind] <= would
    ]  # fmt: skip


def _unclear(kinds: pd.DataFrame, counts: Mapping[str, int]) -> list[str]:
    unclear, hardly = int(kinds["unclear"].sum()), counts["hardly matters"]
    if not unclear:
        return []
    which = "None of" if unclear == hardly else f"{unclear:,} of"
    told = "can" if unclear == hardly else "cannot"
    luck = "luck, taken as equally large at all points," if kinds["seeds"].max() < FEWEST_SEEDS else "luck"
    said = (
        f"{which} the {hardly:,} points where it hardly matters {told} be told from a difference that matters by the seeds "
        f"lived: {luck} reaches as far. More seeds would tell."
    )
    return [said]


def _declared(kinds: pd.DataFrame, smallest: float, unit: str, better: str) -> str:
    seeds = sorted(set(kinds["seeds"]))
    worlds = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    known = kinds["low"].notna().any()
    luck = (
        f"and luck alone does not explain it (95 % interval from {worlds} seeds a point)" if known
        else "whatever luck may do: with one seed a point luck is not known"
    )  # fmt: skip
    return (
        f"It helps or harms where the mean difference is {number(smallest)} {unit} or more ({better} is better), {luck}; "
        "elsewhere it hardly matters."
    )


def rule_in_words(rule: Rule, told: Mapping[str, object], further: bool = False) -> str:
    """A rule as a sentence: what it asks for, how often it is right, and how much of the kind it holds."""
    asked = " and ".join(limit_in_words(limit, told) for limit in rule.limits)
    return (
        f"It {'also ' if further else ''}{rule.kind} where {asked}: {rule.right:,} of {rule.points:,} such points "
        f"({_percent(rule.density)}); {_percent(rule.coverage)} of all {rule.of_kind:,} points where it {rule.kind}."
    )


def limit_in_words(limit: Limit, told: Mapping[str, object]) -> str:
    """A limit as a clause, with what the factor means, its unit and the range in which it was varied."""
    row = told.get(limit.factor)
    where = _ends(limit)
    if row is None:
        return f"{limit.factor} is {where}"
    unit, means = getattr(row, "unit", ""), getattr(row, "means", "")
    span = f"varied from {number_in_words(row.low)} to {number_in_words(row.high)}" if math.isfinite(row.low) else ""
    of = ", ".join(part for part in (means, unit, span) if part)
    return f"{limit.factor} ({of}) is {where}" if of else f"{limit.factor} is {where}"


def _ends(limit: Limit) -> str:
    low, high = number_in_words(limit.low) if math.isfinite(limit.low) else "", ""
    high = number_in_words(limit.high) if math.isfinite(limit.high) else ""
    if low and high:
        return f"between {low} and {high}"
    return f"above {low}" if low else f"below {high}"


def held_out_in_words(out: HeldOut, kind: str) -> str:
    """How such rules do on points on which they were not found."""
    at_large = f"of all points, {_percent(out.of_kind / out.everywhere)} are such"
    return (
        f"On points left out while looking ({FOLDS} parts in turn), such rules are right for {out.right:,} of {out.points:,} "
        f"({_percent(out.density)}) and hold {_percent(out.coverage)} of those where it {kind}; {at_large}."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
