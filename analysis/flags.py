"""The effect on the primary outcome for every 100 police flags that a policy averts or adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.intervals import LEVEL, Effect, luck_interval, without_luck
from analysis.pairing import Question, differing_policies
from analysis.worlds import Numbers, over_seeds_and_draws

PER = 100.0
FLAG_LEVERS = {"unjustified_flags", "flag_once", "stage_aware_policing", "accountability"}
FLAG_HANDLING_LEVERS = {"review_date", "just_handling", "just_officers", "independent_advocate"}
"""Levers that avert or add flags themselves; through others a few flags come and go, which explain nothing."""


@dataclass(frozen=True)
class PerFlags:
    """Flags averted in a mean world (below 0: added), and what happens for every 100 of them."""

    averted: float
    effect: Effect


def levers_that_differ(base: Any, other: Any) -> set[str]:
    """Levers of the policies that only one of two worlds has."""
    return {policy.lever for policy in (*differing_policies(base, other), *differing_policies(other, base))}


def is_about_flags(question: Question) -> bool:
    """Whether the people asked about, or a policy that tells the worlds apart, has to do with flags."""
    levers = set().union(*(levers_that_differ(question.base, other) for other in question.others))
    return "flag" in question.group.name or bool(levers & (FLAG_LEVERS | FLAG_HANDLING_LEVERS))


def per_flags(question: Question, label: str, numbers: Sequence[Numbers]) -> PerFlags | None:
    """The effect on the primary outcome, among everyone at risk, per 100 flags averted or added.

    None where no policy is about raising flags, or where luck alone could have averted or added them.
    """
    other = question.others[question.labels.index(label)]
    if not levers_that_differ(question.base, other) & FLAG_LEVERS or question.primary.unit.startswith("weeks per"):
        return None
    averted, averted_drawn = over_seeds_and_draws(numbers, lambda found: found.flags[label][0] - found.flags[label][1])
    totals, totals_drawn = over_seeds_and_draws(numbers, lambda found: found.totals[label])
    mean, low, high = luck_interval(averted)
    if len(averted) < 2 or not (low > 0 or high < 0):
        return None
    return PerFlags(mean, ratio_effect(totals, averted, totals_drawn, averted_drawn))


def ratio_effect(totals: np.ndarray, flags: np.ndarray, totals_drawn: np.ndarray, flags_drawn: np.ndarray) -> Effect:
    """Change of a total per 100 flags averted or added, from totals and flags over seeds and over draws, one a world.

    A ratio of sums, so it is taken over all worlds at once, and its interval over luck is a jackknife over worlds. Its
    interval over assumptions is made of the draws in which flags move the same way. Do not use where luck alone could have
    averted or added the flags.

    References
    ----------
    Tukey (1958), "Bias and confidence in not-quite large samples", Annals of Mathematical Statistics 29:614.
    """
    ratio = PER * totals.sum() / abs(flags.sum())
    left_out = [PER * np.delete(totals, at).sum() / abs(np.delete(flags, at).sum()) for at in range(len(totals))]
    pseudo = len(totals) * ratio - (len(totals) - 1) * np.array(left_out)
    _, low_luck, high_luck = luck_interval(pseudo)
    same_way = flags_drawn * np.sign(flags.sum()) >= 1
    if same_way.sum() < 2:
        return Effect(float(ratio), low_luck, high_luck, np.nan, np.nan, len(flags), 0)
    drawn = without_luck(PER * totals_drawn[same_way] / np.abs(flags_drawn[same_way]), float(np.var(pseudo, ddof=1)))
    tails = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    wide = float(min(tails[0], low_luck)), float(max(tails[1], high_luck))
    return Effect(float(ratio), low_luck, high_luck, *wide, len(flags), int(same_way.sum()))
