"""Pairs of starting points: whether the same people, begun with a low or a high view of themselves, come to live one life.

By the words of `analysis/evidence/studies/two-selves.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.claim_arms import NAN, YEAR, Arm, Arms, Numbers, Recipe, difference, is_active, mean, over, states
from analysis.study_lives import recovering_in_all

APART, TOGETHER = 0.3, 0.1
"""Differences of identity above which two lives of a person are apart, and below which they have met."""

FIVE_YEARS, TEN_YEARS = 260, 520
STEEPEST = 0.25
"""Greatest slope of the logistic."""

STARTS = ("begun_low", "begun_low_nudged", "begun_high", "begun_high_nudged")


def two_selves(arms: Arms) -> Numbers:
    """Shares of people whose two lives stay apart beyond luck and meet, how much of the gap is kept, and the loop gain."""
    found: Numbers = {}
    for week, when in ((TEN_YEARS, ""), (FIVE_YEARS, "_after_five_years")):
        parts = apart_beyond_luck(*(arms[name].at(week)["identity"][_alive(arms, week)] for name in STARTS))
        found |= {f"{name}{when}": value for name, value in parts.items()}
    gaps = {week: _mean_gap(arms, week) for week in range(0, TEN_YEARS + 1, YEAR) if week}
    found["gap_kept"] = over(gaps[TEN_YEARS], gaps[FIVE_YEARS])
    found |= {f"mean_gap_after_{week // YEAR}_years": gap for week, gap in gaps.items()}
    return found | loop_gains(arms["begun_low"])


def _alive(arms: Arms, week: int) -> np.ndarray:
    """Whose identity is compared: people with own experience alive in all four arms, shape (people,), of bool."""
    return np.asarray(arms["begun_low"].own & np.all([arms[name].alive(week) for name in STARTS], axis=0))


def _mean_gap(arms: Arms, week: int) -> float:
    low, high = (arms[name].at(week)["identity"] for name in ("begun_low", "begun_high"))
    return difference(high, low, _alive(arms, week))


def apart_beyond_luck(low: np.ndarray, low_nudged: np.ndarray, high: np.ndarray, high_nudged: np.ndarray) -> Numbers:
    """Shares of people by how far their two lives have come apart, and how many of them luck accounts for.

    Luck has no direction: where nothing is left of the start, as many are lower where they began high as the other way round.
    So twice those who changed places are taken for luck's, or those whom a nudge alone set apart, where they are more.

    Parameters
    ----------
    low, low_nudged, high, high_nudged
        Identity of the same people in the four worlds, 0 to 1, shape (people,) each.

    Returns
    -------
    Numbers
        Shares of people, not numbers of nobody.
    """
    names = ("share_of_two_selves", "share_whose_lives_meet", "share_apart", "share_by_a_nudge", "share_changed_places")
    if not len(low):
        return dict.fromkeys(names, NAN)
    apart = mean(np.abs(high - low) > APART)
    nudged = max(mean(np.abs(low_nudged - low) > APART), mean(np.abs(high_nudged - high) > APART))
    changed = mean(low - high > APART)
    beyond = apart - max(nudged, 2 * changed)
    return dict(zip(names, (beyond, mean(np.abs(high - low) < TOGETHER), apart, nudged, changed), strict=True))


def loop_gains(arm: Arm) -> Numbers:
    """How strongly identity feeds itself: alone and through self-stigma; and at most, if it made all of regard and roles too."""
    start = arm.start
    well = arm.own & recovering_in_all(arm, 0) & (start["sustained"] >= YEAR)
    active = arm.own & is_active(start)
    between = {name: mean(start[name], well) - mean(start[name], active) for name in ("regard", "involvement")}
    assumed: Mapping[str, float] = arm.history.provenance["assumptions"]  # type: ignore[attr-defined]
    own = assumed["i_own"] + assumed["i_stigma"] * assumed["z_identity"] * STEEPEST
    conduct = assumed["i_regard"] * between["regard"] + assumed["i_roles"] * between["involvement"]
    return {"loop_gain_own": own, "loop_gain_through_conduct": own + conduct}


RECIPES = {"two-selves": Recipe(two_selves, states(range(YEAR, TEN_YEARS + 1, YEAR), "identity"))}
"""How each study is measured, by its name."""
