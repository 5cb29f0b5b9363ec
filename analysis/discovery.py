"""Where a policy helps, hardly matters or harms over the space of assumptions: scenario discovery, with rules in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.discovery_rules import FEWEST_POINTS, HeldOut, Rule, find_rules, held_out
from analysis.discovery_words import in_sentences
from analysis.intervals import LEVEL, luck_interval
from analysis.shared_luck import FEWEST_SEEDS, most_beyond_luck, most_by_luck, reach_of_luck
from simulation.errors import ComparisonError, Problem

HELPS, HARDLY, HARMS = "helps", "hardly matters", "harms"
KINDS = (HELPS, HARDLY, HARMS)

SMALLEST_SHARE = 0.01
"""The smallest difference that matters unless another is given: this share of the mean outcome, where that is larger."""

FEWEST_OF_KIND = 8
"""Points of one kind below which no rule for it is looked for."""

TABLE_COLUMNS = (
    "rule kind factor low high unit quasi_p_low quasi_p_high points right of_kind density coverage "
    "held_out_density held_out_coverage why_dropped"
).split()


@dataclass(frozen=True)
class Discovery:
    """Which kind each point is of, and the rules that mark the kinds off.

    Attributes
    ----------
    points
        A row a point: `response`, `low`, `high` (over luck; in the outcome's unit), `seeds`, `kind` (one of `KINDS`), and
        `unclear`: of no kind for sure, since a difference that matters is within luck either way.
    smallest
        The smallest difference that matters, in the outcome's unit.
    rules, dropped
        Rules to be used, and those that were found and dropped, with the reason.
    held_out
        For each kind that has rules, how such rules do on points that they were not found on.
    sentences
        All of it in words.
    """

    points: pd.DataFrame
    smallest: float
    rules: tuple[Rule, ...]
    dropped: tuple[Rule, ...]
    held_out: Mapping[str, HeldOut]
    units: Mapping[str, str]
    sentences: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many points are of each kind."""
        return {kind: int((self.points["kind"] == kind).sum()) for kind in KINDS}

    @property
    def table(self) -> pd.DataFrame:
        """One row an end-to-end limit of a rule, rules that were dropped among them, as it is written to `rules.csv`."""
        rows = []
        for number, rule in enumerate((*self.rules, *self.dropped), 1):
            out = self.held_out.get(rule.kind)
            ends = (out.density, out.coverage) if out else (math.nan, math.nan)
            counts = (rule.points, rule.right, rule.of_kind, rule.density, rule.coverage, *ends, rule.why_dropped)
            for one in rule.limits:
                unit = self.units.get(one.factor, "")
                limit = (one.factor, one.low, one.high, unit, one.chance_low, one.chance_high)
                rows.append((number, rule.kind, *limit, *counts))
        return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def discover(
    points: pd.DataFrame,
    responses: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    better: str,
    unit: str,
    smallest: float | None = None,
    policy: str = "the policy",
    independent: pd.Series | None = None,
) -> Discovery:
    """Where one policy helps, hardly matters or harms, as rules on the factors.

    A point *helps* or *harms* where the paired difference is at least `smallest` and its interval over luck leaves out zero;
    everywhere else the policy *hardly matters*, or cannot be told from luck.

    Use when points cover the ranges of the factors, each under the same seeds. Do not read a rule as a cause: it marks off
    points, and factors that no rule names may matter everywhere alike.

    Parameters
    ----------
    points
        A row a point, a column a factor, in the factors' units (index: the point); a dummy is left out of rules.
    responses
        Long: `point, seed, base_value, other_value, response`, of one policy; a response is the paired difference, policy less
        base.
    factors
        A row a factor: `factor, kind, low, high, unit, means`.
    better
        "lower" or "higher": which outcomes are better.
    unit
        The outcome's unit, for words.
    smallest
        The smallest difference that matters, in that unit; by default 1 % of the mean outcome, with or without the
        policy, whichever is larger.
    policy
        What the policy is called in words.
    independent
        Whether each point was drawn by itself, by point; all where None. Rules are looked for among these alone: of points that
        share most of their assumptions, a limit is soon kept by chance.

    Raises
    ------
    ComparisonError
        If neither end of the outcome is better, `smallest` is no number from 0, no response is there, responses are of several
        policies, or rules are to be found and the extra `discovery` is not installed.
    """
    if better not in ("lower", "higher"):
        raise ComparisonError(
            Problem("where a policy helps", f"an outcome of which {better!r} is better", "lower or higher",
                    "ask of another outcome")
        )  # fmt: skip
    if "other" in responses and responses["other"].nunique() > 1:
        raise ComparisonError(
            Problem("where a policy helps", f"responses of {responses['other'].nunique()} policies", "one policy", "ask of each")
        )
    matters = _smallest(responses, smallest)
    values = without_dummy(points, factors)
    known = merged(values, responses)
    kinds = kinds_of_points(known, better, matters)
    values = values.loc[kinds.index, [name for name in values if values[name].nunique() > 1]].astype(float)
    own = np.ones(len(kinds), dtype=bool) if independent is None else independent.loc[kinds.index].to_numpy(dtype=bool)
    rules, dropped, out, notes = _rules_of_kinds(
        values[own], kinds["kind"].to_numpy()[own], kinds["unclear"].to_numpy(dtype=bool)[own]
    )
    units = {str(row.factor): str(row.unit) for row in factors.itertuples()}
    by_luck = _by_luck(known, better, matters) if kinds["low"].notna().any() else {}
    said = in_sentences(kinds, by_luck, matters, unit, better, policy, rules, dropped, out, factors, notes, int(own.sum()))
    return Discovery(kinds, matters, tuple(rules), tuple(dropped), out, units, tuple(said))


def _by_luck(responses: pd.DataFrame, better: str, smallest: float) -> dict[str, int]:
    """At how many points luck alone may well give that the policy helps, and that it harms."""
    answers = responses.pivot_table(index="point", columns="seed", values="response", sort=False).to_numpy()
    if np.isnan(answers).any():
        # Seeds that points do not share tie no luck together.
        return dict.fromkeys((HELPS, HARMS), most_by_luck(len(answers), (1 - LEVEL) / 2))
    above, below = most_beyond_luck(answers, smallest)
    return {HELPS: below, HARMS: above} if better == "lower" else {HELPS: above, HARMS: below}


def _smallest(responses: pd.DataFrame, smallest: float | None) -> float:
    """The smallest difference that matters, in the outcome's unit."""
    if not np.isfinite(responses["response"].to_numpy(dtype=float)).any():
        raise ComparisonError(Problem("where a policy helps", "no response", "one world a point at least", "look at failures"))
    if smallest is None:
        # Of an outcome that hardly is without the policy, the share of that would make every difference matter.
        return SMALLEST_SHARE * float(responses[["base_value", "other_value"]].abs().mean().max())
    if not (isinstance(smallest, int | float) and math.isfinite(smallest) and smallest >= 0):
        raise ComparisonError(
            Problem("smallest difference that matters", repr(smallest), "a number from 0, in the outcome's unit", "smallest=5")
        )
    return float(smallest)


def without_dummy(points: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """The values of all that was varied at each point, less what nothing reads and what is not known at every point."""
    dummies = set(factors.loc[factors["kind"] == "dummy", "factor"])
    return points[[name for name in points if name not in dummies and points[name].notna().all()]]


def merged(values: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Responses with points of equal assumptions under one number, that of the first: other luck is no other place.

    A design lives the same place again under other seeds where only its dummy moves. Responses that are no number are left
    out.
    """
    home = pd.Series(values.index, index=values.index)
    if values.shape[1]:
        place = values.groupby(list(values.columns), sort=False).ngroup()
        home = home.groupby(place).transform("first")
    known = responses[np.isfinite(responses["response"].to_numpy(dtype=float)) & responses["point"].isin(values.index)]
    known = known.assign(point=known["point"].map(home))
    # The same place under the same seed is the same world again, and no more known for being met twice.
    return known.drop_duplicates([name for name in ("point", "seed", "other") if name in known])


def kinds_of_points(responses: pd.DataFrame, better: str, smallest: float) -> pd.DataFrame:
    """For each point its mean response, the interval over luck, and its kind.

    With `FEWEST_SEEDS` seeds or more the interval is the point's own; with fewer the spread between seeds is that of all points
    together, which takes luck to be about as large everywhere, and is as surely known as so few shared seeds allow
    (`analysis.shared_luck`): what a seed does to all points alike is seen once a seed. Where no point has two seeds there is
    none, and size alone decides.
    """
    groups = {int(point): found.to_numpy(dtype=float) for point, found in responses.groupby("point")["response"]}
    reach = reach_of_luck(responses)
    sign = -1.0 if better == "lower" else 1.0
    rows = {}
    for point, found in groups.items():
        mean, low, high = luck_interval(found) if len(found) >= FEWEST_SEEDS else _within(found, reach)
        beyond = not math.isfinite(low) or low > 0 or high < 0
        sure = beyond and mean != 0 and abs(mean) >= smallest
        kind = (HELPS if sign * mean > 0 else HARMS) if sure else HARDLY
        unclear = kind == HARDLY and math.isfinite(low) and max(abs(low), abs(high)) >= smallest and (low, high) != (0, 0)
        rows[point] = (mean, low, high, len(found), kind, unclear)
    names = ["response", "low", "high", "seeds", "kind", "unclear"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("point")


def _within(found: np.ndarray, reach: float) -> tuple[float, float, float]:
    mean, half = float(found.mean()), reach / math.sqrt(len(found))
    return mean, mean - half, mean + half


def _rules_of_kinds(
    values: pd.DataFrame, kinds: np.ndarray, unclear: np.ndarray
) -> tuple[list[Rule], list[Rule], dict[str, HeldOut], list[str]]:
    """Rules and dropped rules of every kind, how they do on other points, and what was not looked for.

    Points of which luck leaves open whether the policy matters are no part of the rules for where it hardly does.
    """
    rules: list[Rule] = []
    dropped: list[Rule] = []
    out: dict[str, HeldOut] = {}
    notes: list[str] = []
    if len(values) < FEWEST_POINTS:
        few = f"{len(values)} points drawn by themselves are too few, {FEWEST_POINTS} at least are needed"
        return rules, dropped, out, [f"No rules were looked for: {few}."]
    if len(np.unique(kinds)) == 1:
        return rules, dropped, out, notes
    for kind in KINDS:
        known = ~unclear if kind == HARDLY else np.ones(len(kinds), dtype=bool)
        own, of_kind = values[known], kinds[known] == kind
        if not of_kind.any():
            continue
        if of_kind.sum() < FEWEST_OF_KIND:
            few = "there is 1 such point" if of_kind.sum() == 1 else f"there are {of_kind.sum()} such points"
            notes.append(f"No rule was looked for where it {kind}: {few}, and {FEWEST_OF_KIND} at least are needed.")
            continue
        if of_kind.all():
            continue
        kept, gone = find_rules(own, of_kind, kind)
        out_of = held_out(own, of_kind, kind) if kept else None
        if out_of is not None and not out_of.says_something:
            no_better = "on points left out while looking such rules are no better than none"
            kept, gone = [], [*gone, *(replace(rule, why_dropped=no_better) for rule in kept)]
        rules, dropped = rules + kept, dropped + gone
        if kept and out_of is not None:
            out[kind] = out_of
            if not known.all():
                notes.append(f"Rules for where it {kind} leave out {(~known).sum():,} points at which that cannot be told.")
    return rules, dropped, out, notes
