"""Verdicts on claims, by the rules of `docs/claims.md`: in which share of draws each holds, and what its ablation does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.claims import Claim, Measure

ROBUST, CONDITIONAL, FAILED, NOT_TESTABLE = "robust", "conditional", "failed", "not testable"
WORDS = (FAILED, CONDITIONAL, ROBUST, NOT_TESTABLE)
"""What a verdict can be, in the order in which they are shown."""

LEVEL = 0.95
MINORITY = 0.5
"""A claim has failed where the upper end of the exact interval lies below this: it holds in a minority of the draws."""

FEWEST_EACH = 5
"""Draws on either side, at least, before anything is said of what separates them."""

MOST_NAMED = 3
"""Assumptions that are named as what a claim is conditional on, at most."""

ALPHA = 0.05


@dataclass(frozen=True)
class Size:
    """A measure over draws: its median and the middle 95 % of them; `known` counts draws in which it could be worked out."""

    median: float
    low: float
    high: float
    share_holding: float
    known: int


@dataclass(frozen=True)
class Gone:
    """What the ablation does to the measure that it is judged by.

    `gone` is None where it cannot be judged: no draw, or a measure that is not on the claim's side to begin with. `figure` is
    the share of draws in which the measure still holds (rule "not_met"), or how much is left of its median beyond its null
    ("shrinks").
    """

    gone: bool | None
    figure: float
    draws: int


@dataclass(frozen=True)
class Separator:
    """An assumption that separates draws in which a claim holds from those in which it does not.

    `auc` is the chance that it is greater where the claim holds, ties counted half; `p` is corrected for all that were looked at;
    `at` is the value that parts the draws best.
    """

    name: str
    auc: float
    p: float
    at: float

    def sentence(self) -> str:
        """The same in words."""
        return f"{self.name} {'above' if self.auc > 0.5 else 'below'} {self.at:.3g}"


@dataclass(frozen=True)
class Verdict:
    """What came of one claim, with flags that deter or without.

    Attributes
    ----------
    word
        One of `WORDS`.
    supported
        Whether it counts as shown by the model: an emergent claim, or one that is so in part, that is robust or conditional and
        that its ablation takes away. False for inserted ones, which never count.
    held, draws
        Draws in which every measure holds, of how many were lived.
    low, high
        The exact 95 % interval of that share (Clopper and Pearson 1934).
    sizes
        Each measure over draws, by its id.
    on
        What a claim that is not robust is conditional on; empty where nothing separates the draws beyond chance.
    """

    claim: Claim
    deterrence: bool
    word: str
    supported: bool
    held: int
    draws: int
    low: float
    high: float
    sizes: Mapping[str, Size]
    gone: Gone
    on: tuple[Separator, ...] = ()

    @property
    def share(self) -> float:
        """Share of draws in which it holds; not a number without a draw."""
        return self.held / self.draws if self.draws else math.nan

    def counted(self) -> str:
        """Whether it counts, in a few words."""
        if self.word in (FAILED, NOT_TESTABLE) or not self.held:
            return "no"
        if self.claim.kind == "I":
            return "inserted: not counted"
        part = " in part" if self.claim.kind == "I/E" else ""
        if self.gone.gone is None:
            return f"no{part}: the ablation cannot be judged"
        if not self.supported:
            return f"no{part}: the ablation leaves it"
        return f"supported{part}" + (" where it holds" if self.word == CONDITIONAL else "")


def judge_claim(
    claim: Claim,
    registered: Sequence[Mapping[str, float]],
    ablated: Sequence[Mapping[str, float]],
    assumptions: Mapping[str, np.ndarray] | None = None,
    deterrence: bool = True,
) -> Verdict:
    """The verdict on a claim from its numbers in each draw.

    Parameters
    ----------
    registered, ablated
        Values of measures by id, one mapping a draw: as registered, and with the ablation; in the same order of draws where both
        are there. A measure that is missing or not a number does not hold.
    assumptions
        Values of each assumption that varies, shape (draws,) each, in the order of `registered`.
    deterrence
        Whether flags deter, as they do unless switched off.
    """
    holds = np.array([all_hold(claim, values) for values in registered], dtype=bool)
    held, draws = int(holds.sum()), len(holds)
    low, high = exact_interval(held, draws)
    word = _word(claim, low, high, draws)
    gone = judge_ablation(claim, registered, ablated)
    supported = claim.kind != "I" and word in (ROBUST, CONDITIONAL) and held > 0 and gone.gone is True
    on = separators(holds, assumptions) if word == CONDITIONAL and assumptions else ()
    sizes = {one.id: size_of(one, registered) for one in claim.measures}
    return Verdict(claim, deterrence, word, supported, held, draws, low, high, sizes, gone, on)


def all_hold(claim: Claim, values: Mapping[str, float]) -> bool:
    """Whether a claim holds in a draw: every one of its measures does."""
    return all(one.holds(values.get(one.id, math.nan)) for one in claim.measures)


def _word(claim: Claim, low: float, high: float, draws: int) -> str:
    if not claim.testable or draws == 0:
        return NOT_TESTABLE
    if low > claim.design.robust_above:
        return ROBUST
    return FAILED if high < MINORITY else CONDITIONAL


def exact_interval(held: int, draws: int) -> tuple[float, float]:
    """The exact 95 % interval of a share (Clopper and Pearson 1934, Biometrika 26:404); 0 to 1 without a draw.

    >>> [round(end, 3) for end in exact_interval(55, 60)]
    [0.816, 0.972]
    """
    from scipy.stats import binomtest

    if draws == 0:
        return 0.0, 1.0
    found = binomtest(held, draws).proportion_ci(LEVEL, method="exact")
    return float(found.low), float(found.high)


def size_of(measure: Measure, registered: Sequence[Mapping[str, float]]) -> Size:
    """A measure over the draws in which it could be worked out."""
    values = np.array([each.get(measure.id, math.nan) for each in registered], dtype=float)
    known = values[np.isfinite(values)]
    holding = float(np.mean([measure.holds(value) for value in values])) if len(values) else math.nan
    if not len(known):
        return Size(math.nan, math.nan, math.nan, holding, 0)
    low, median, high = np.quantile(known, (0.025, 0.5, 0.975))
    return Size(float(median), float(low), float(high), holding, len(known))


def judge_ablation(
    claim: Claim, registered: Sequence[Mapping[str, float]], ablated: Sequence[Mapping[str, float]]
) -> Gone:
    """Whether the ablation takes a claim away, by its rule.

    By "not_met", where the measure still holds in at most the share `most` of the draws. By "shrinks", where its median over
    draws, counted from its null on the claim's side, is at most `most` times what it was; a measure that cannot be worked out
    counts as its null, in either.
    """
    out = claim.ablation
    if out is None or not ablated:
        return Gone(None, math.nan, 0)
    measure = claim.measure(out.measure)
    if out.rule == "not_met":
        share = float(np.mean([measure.holds(each.get(measure.id, math.nan)) for each in ablated]))
        return Gone(share <= out.most, share, len(ablated))
    before, after = (_beyond_null(measure, each) for each in (registered, ablated))
    if not before > 0:
        return Gone(None, math.nan, len(ablated))
    return Gone(after <= out.most * before, after / before, len(ablated))


def _beyond_null(measure: Measure, draws: Sequence[Mapping[str, float]]) -> float:
    """Median over draws of how far a measure lies beyond its null on the claim's side; not a number without a draw."""
    if not draws:
        return math.nan
    values = [each.get(measure.id, math.nan) for each in draws]
    median = float(np.median([value if math.isfinite(value) else measure.null for value in values]))
    return median - measure.null if measure.sign == "above" else measure.null - median


def separators(holds: np.ndarray, assumptions: Mapping[str, np.ndarray]) -> tuple[Separator, ...]:
    """Assumptions whose values differ between draws in which a claim holds and those in which it does not, the surest first.

    Mann and Whitney's test of each (1947, Ann Math Stat 18:50), p times the number looked at (Bonferroni). Use to say what a
    claim seems to be conditional on. Do not take it for the cause: what moves together in the draws cannot be told apart, and
    conditions of several assumptions at once are not looked for. Nothing is said with fewer than five draws on either side.

    Parameters
    ----------
    holds
        Whether the claim holds, shape (draws,).
    assumptions
        Values by name, shape (draws,) each.
    """
    from scipy.stats import mannwhitneyu

    if min(holds.sum(), (~holds).sum()) < FEWEST_EACH:
        return ()
    varying = {name: np.asarray(values, dtype=float) for name, values in assumptions.items() if np.ptp(values) > 0}
    found = []
    for name, values in varying.items():
        test = mannwhitneyu(values[holds], values[~holds])
        auc = float(test.statistic) / (int(holds.sum()) * int((~holds).sum()))
        p = min(1.0, float(test.pvalue) * len(varying))
        if p < ALPHA:
            found.append(Separator(name, auc, p, best_cut(holds, values)))
    return tuple(sorted(found, key=lambda one: (one.p, one.name))[:MOST_NAMED])


def best_cut(holds: np.ndarray, values: np.ndarray) -> float:
    """The value half-way between two draws that parts those where it holds from the others best (Youden 1950, Cancer 3:32)."""
    order = np.argsort(values, kind="stable")
    ranked, sorted_values = holds[order], values[order]
    above = 1.0 - np.cumsum(ranked) / ranked.sum()  # share of holding draws above each place
    others = 1.0 - np.cumsum(~ranked) / (~ranked).sum()
    parted = np.abs(above - others)[:-1]
    parted[sorted_values[1:] == sorted_values[:-1]] = -1.0
    at = int(np.argmax(parted))
    return float((sorted_values[at] + sorted_values[at + 1]) / 2)


def order_of(verdict: Verdict) -> tuple[int, int, int]:
    """Place in a table that shows failures first: what failed, what its ablation leaves, conditional, robust, not testable."""
    rank = {FAILED: 0, CONDITIONAL: 2, ROBUST: 3, NOT_TESTABLE: 4}[verdict.word]
    left = verdict.claim.kind != "I" and verdict.word in (CONDITIONAL, ROBUST) and not verdict.supported
    return (1 if left else rank, int(verdict.claim.id[1:]), int(not verdict.deterrence))
