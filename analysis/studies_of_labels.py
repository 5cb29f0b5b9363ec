"""How long a label must last before it costs recovery, by support and stage; and how long what it did outlasts it.

By the words of `analysis/evidence/studies/label-length.toml`, `label-stage.toml` and `after-the-label.toml`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.claim_arms import NAN, YEAR, Arm, Arms, Numbers, Panel, Recipe, difference, mean, ranks_into, states
from analysis.claims_of_the_self import flagged_in
from analysis.study_lives import recovering_in_all

LENGTHS = (4, 8, 13, 26, 52, 104, 208)
"""Weeks after which a flag is ended."""

TWO_YEARS = 104
LAST = 312
"""Row at which the flag that never ends is judged: two years after the longest one that does."""

COSTS = 0.05
"""Share of people no longer in recovery from which on a label is said to cost recovery."""

FOLLOWED = (4, 26, 104)
"""Flags, by their weeks, of which it is asked what outlasts them."""

EVERY = 2
LEAST_GAP = 0.01
"""Largest gap below which there is nothing to halve."""

SHOWN_AFTER = (0, 26, 52, 78, 104)
"""Weeks after the end at which what is left of a gap is kept for the picture."""

LATER = 26
"""Weeks after the end at which it is said how many carry a flag: people active in offending keep theirs."""

SELF = {"identity": -1.0, "self_stigma": 1.0, "distress": 1.0}
"""States in which a label leaves a gap, and which way harm moves them."""


def length_by_support(arms: Arms) -> Numbers:
    """Critical length of a label for everybody, and for those with little and with much support when it falls."""
    flagged = flagged_in(arms["never_ended"], 0)
    much = np.zeros_like(flagged)
    much[flagged] = ranks_into(arms["never_ended"].start["social_capital"][flagged], 2) == 1
    groups = {"": flagged, "_with_little_support": flagged & ~much, "_with_much_support": flagged & much}
    return _lengths(arms, groups) | {"cost_if_never_ended": cost(arms, "never_ended", LAST, flagged)}


def length_by_stage(arms: Arms) -> Numbers:
    """Critical length of a label for people under a year into recovery when it falls, and for those who are further on."""
    never = arms["never_ended"]
    flagged = flagged_in(never, 0) & recovering_in_all(never, 0)
    early = never.start["sustained"] < YEAR
    return _lengths(arms, {"_under_a_year": flagged & early, "_over_a_year": flagged & ~early})


def _lengths(arms: Arms, groups: Mapping[str, np.ndarray]) -> Numbers:
    found: Numbers = {}
    for name, who in groups.items():
        costs = {weeks: cost(arms, f"ended_after_{weeks}_weeks", weeks + TWO_YEARS, who) for weeks in LENGTHS}
        found[f"critical_weeks{name}"] = critical_length(costs)
        found |= {f"cost_after_{weeks}_weeks{name}": value for weeks, value in costs.items()}
    return found


def cost(arms: Arms, arm: str, week: int, who: np.ndarray) -> float:
    """By how much the share in recovery after `week` weeks is lower in an arm than without the flag, of those `who` are true."""
    return difference(recovering_in_all(arms["not_flagged"], week), recovering_in_all(arms[arm], week), who)


def critical_length(costs: Mapping[int, float]) -> float:
    """Shortest length from which on every one costs `COSTS` or more, in its unit; infinite where there is none.

    `costs` are by length, in their order. Not a number where one is not known.
    """
    if not np.isfinite(list(costs.values())).all():
        return NAN
    found = math.inf
    for length, value in reversed(list(costs.items())):
        if value < COSTS:
            break
        found = float(length)
    return found


def what_outlasts_it(arms: Arms) -> Numbers:
    """Weeks after a flag's end until half of each gap is left, and what is left of it two years on."""
    base, flagged = arms["not_flagged"], flagged_in(arms["ended_after_104_weeks"], 0)
    found: Numbers = {}
    for length in FOLLOWED:
        arm = arms[f"ended_after_{length}_weeks"]
        weeks = range(0, length + TWO_YEARS + 1, EVERY)
        found[f"share_still_flagged_after_{length}"] = mean(arm.flagged[length + LATER], flagged & arm.alive(length + LATER))
        for name in ("recovery", *SELF):
            gaps = [gap_at(arm, base, name, week, flagged) for week in weeks]
            found[f"weeks_to_half_{name}_after_{length}"] = weeks_to_half_after(gaps, weeks, length)
            found[f"left_{name}_after_{length}"] = left_of(gaps, -1)
            found[f"largest_{name}_after_{length}"] = max(gaps)
            for later in SHOWN_AFTER:
                found[f"{name}_left_{later}_after_{length}"] = left_of(gaps, (length + later) // EVERY)
    return found


def gap_at(arm: Arm, base: Arm, name: str, week: int, who: np.ndarray) -> float:
    """How much worse recovery or a state is after `week` weeks than without the flag, of those `who` are true."""
    if name == "recovery":
        return difference(recovering_in_all(base, week), recovering_in_all(arm, week), who)
    alive = who & arm.alive(week) & base.alive(week)
    return SELF[name] * (mean(arm.at(week)[name], alive) - mean(base.at(week)[name], alive))


def weeks_to_half_after(gaps: Sequence[float], weeks: Sequence[int], ended: int) -> float:
    """Weeks from the end of a flag to the first week, not before the largest gap, at which at most half of it is left.

    Infinite where it never is; not a number where there is hardly a gap. `gaps` are those at `weeks`, in order.
    """
    if not _is_a_gap(gaps):
        return NAN
    peak = int(np.argmax(gaps))
    later = [week for gap, week in zip(gaps[peak:], weeks[peak:], strict=True) if week >= ended and gap <= gaps[peak] / 2]
    return float(later[0] - ended) if later else math.inf


def left_of(gaps: Sequence[float], at: int) -> float:
    """One of the gaps over the largest; not a number where there is hardly one."""
    return gaps[at] / max(gaps) if _is_a_gap(gaps) else NAN


def _is_a_gap(gaps: Sequence[float]) -> bool:
    return bool(np.isfinite(gaps).all()) and max(gaps) >= LEAST_GAP


def _panel(length: int) -> Panel:
    return states(range(EVERY, length + TWO_YEARS + 1, EVERY), *SELF)


RECIPES = {
    "label-length": Recipe(length_by_support),
    "label-stage": Recipe(length_by_stage),
    "after-the-label": Recipe(
        what_outlasts_it,
        panels={
            "not_flagged": _panel(max(FOLLOWED)), **{f"ended_after_{length}_weeks": _panel(length) for length in FOLLOWED}
        },
    ),
}  # fmt: skip
"""How each study is measured, by its name."""
