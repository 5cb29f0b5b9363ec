"""Pictures of a comparison: the forest of effects, and both it and the course of the primary outcome in one overview."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import words
from analysis.figures import INK, OTHERS, entitle, heading, save, tidy
from analysis.figures_course import draw_courses
from analysis.outcomes import Outcome
from analysis.pairing import Question
from analysis.rows import FEW_DIFFER, few_differ
from analysis.subgroups import FEWEST

NEXT_TO_NOTHING = 0.005
"""Share of the largest value that an outcome can have below which it is not drawn as a percentage that runs off the picture."""

ENDS = ("low", "high", "low_luck", "high_luck", "effect")
NARROWEST, WIDEST = 4.0, 120.0
"""How far, in %, the axis reaches at least and at most to one side, wherever the primary outcome lies inside."""

USUAL = 0.75
"""Share of the rows whose ranges the axis holds whole, within these bounds."""


def draw_comparison(effects: Any, path: Path) -> Path:
    """Draw a comparison to `path`: the forest of effects, and the primary outcome over time in each world."""
    question = effects.question
    figure = Figure(figsize=(14, max(7.2, forest_size(effects)[1] + 1.0)), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1.25, 1))
    draw_forest(left.subplots(), effects)
    above, below = right.subplots(2, 1, sharex=True, height_ratios=(1.4, 1))
    draw_courses(above, below, effects)
    names = " and ".join(question.labels)
    entitle(figure, f"{names} against {question.base.name}", question.others[0].question)
    return save(figure, path)


def forest_size(effects: Any) -> tuple[float, float]:
    """Width and height of the forest of effects, in inches."""
    rows, others = len(effects.question.outcomes), len(effects.question.labels)
    return 9.0, 1.5 + rows * max(0.36, 0.2 * others)


@dataclass(frozen=True)
class _Forest:
    """What a forest shows: its rows in order, the ends of its axis in %, and why other rows are not in it."""

    outcomes: list[Outcome]
    low: float
    high: float
    left_out: Mapping[str, list[str]]


def draw_forest(axis: Axes, effects: Any) -> None:
    """Effects on every outcome in the primary group, as a share of the base world's value: luck thick, assumptions thin.

    The axis holds the primary outcome with both its ranges, whatever they are. A row that cannot be drawn so is named below,
    with the reason.
    """
    question, table = effects.question, effects.table[effects.table["group"] == effects.question.group.name]
    shown = _planned(question, table)
    outcomes = [outcome.id for outcome in shown.outcomes]
    step = 0.8 / max(1, len(question.labels))
    few = False
    for number, label in enumerate(question.labels):
        for row in table[(table["other"] == label) & (table["unit"].map(_is_whole_unit))].itertuples():
            if row.outcome in outcomes:
                height = len(outcomes) - outcomes.index(row.outcome) + 0.4 - step * (number + 0.5)
                few |= _draw_effect(axis, row, height, OTHERS[number % len(OTHERS)], shown, len(question.labels) == 1)
    axis.axvline(0, color=INK, linewidth=1)
    axis.set_yticks([len(outcomes) - at for at in range(len(outcomes))])
    axis.set_yticklabels([_row_name(outcome, question.primary) for outcome in shown.outcomes])
    axis.set_ylim(0.4, len(outcomes) + 0.6)
    axis.set_xlim(shown.low, shown.high)
    axis.set_xlabel(_told_below(effects, shown, few))
    title = f"Effects within {words.weeks_in_words(question.horizon)}, among {question.whom}"
    heading(axis, title)
    if len(question.labels) > 1:
        for number, label in enumerate(question.labels):
            axis.plot([], [], color=OTHERS[number % len(OTHERS)], linewidth=4, label=label)
        axis.legend(loc="best", frameon=True, framealpha=0.85, edgecolor="none", fontsize=9)
    tidy(axis, grid="x")


def _is_whole_unit(unit: str) -> bool:
    return "100 flags" not in unit


def _planned(question: Question, table: pd.DataFrame) -> _Forest:
    """Which rows the forest holds, how far its axis reaches, and why other rows are left out."""
    left_out: dict[str, list[str]] = {}
    kept = []
    for outcome in question.outcomes:
        rows = table[(table["outcome"] == outcome.id) & table["unit"].map(_is_whole_unit)]
        why = _why_not(question, outcome, rows)
        if why and outcome is not question.primary:
            left_out.setdefault(why, []).append(outcome.id)
        else:
            kept.append(outcome)
    for unit in table.loc[~table["unit"].map(_is_whole_unit), "unit"].unique():
        left_out.setdefault("another unit", []).append(f"{question.primary.id} in {unit}")
    drawn = table[table["outcome"].isin([outcome.id for outcome in kept]) & table["unit"].map(_is_whole_unit)]
    low, high = _reach(drawn, question.primary.id)
    beyond = [
        outcome for outcome in kept if outcome is not question.primary and _all_beyond(drawn, outcome.id, low, high)
    ]
    if beyond:
        left_out[f"effect beyond the axis ({low:.0f} to {high:.0f} %)"] = [outcome.id for outcome in beyond]
    return _Forest([outcome for outcome in kept if outcome not in beyond], low, high, left_out)


def _why_not(question: Question, outcome: Outcome, rows: pd.DataFrame) -> str:
    """Why the effects on an outcome cannot be drawn as shares of the base world's value; empty where they can."""
    base = float(rows["base_value"].abs().max())
    if not rows["effect"].notna().any():
        few = rows["people"].max()
        return words.NOBODY if few == 0 else f"fewer than {FEWEST} people" if few < FEWEST else "no value known"
    if not outcome.is_amount:
        return "no amount that a share could be taken of"
    if base == 0:
        return f"none in {question.base.name}"
    widest = float(rows[list(ENDS)].abs().max(axis=None))
    if outcome is not question.primary and base < NEXT_TO_NOTHING * outcome.most(question.horizon) and widest > base:
        return f"next to none in {question.base.name}"
    return ""


def _in_percent(table: pd.DataFrame) -> pd.DataFrame:
    """Effects and the ends of both ranges in % of the base world's value; not a number where that is 0."""
    scale = 100.0 / table["base_value"].abs().where(table["base_value"] != 0)
    return table[list(ENDS)].mul(scale, axis=0)


def _reach(table: pd.DataFrame, primary: str) -> tuple[float, float]:
    """Ends of the axis, in %: all of the primary outcome inside, and of the others all but wild ranges."""
    ends = _in_percent(table)
    widest = ends.abs().max(axis=1).dropna()
    usual = float(np.clip(widest.quantile(USUAL), NARROWEST, WIDEST)) if len(widest) else NARROWEST
    reach = float(np.fmax(usual, ends[table["outcome"] == primary].abs().max(axis=None)))
    low = min(0.0, np.nan_to_num(max(-reach, ends.min(axis=None))))
    high = max(0.0, np.nan_to_num(min(reach, ends.max(axis=None))))
    margin = 0.06 * max(high - low, NARROWEST)
    return float(low - margin), float(high + margin)


def _all_beyond(table: pd.DataFrame, outcome: str, low: float, high: float) -> bool:
    effects = _in_percent(table[table["outcome"] == outcome])["effect"].dropna()
    return bool(len(effects) and ((effects < low) | (effects > high)).all())


def _draw_effect(axis: Axes, row: Any, height: float, colour: str, shown: _Forest, alone: bool) -> bool:
    """Draw one effect with both its ranges; whether so few pairs of worlds differ that it is drawn open."""
    like = max(abs(row.effect), (abs(row.low) + abs(row.high)) / 4)
    value = f"{words.signed(row.effect, like)} {row.unit.split(' per ')[0]}"
    if not (np.isfinite(row.effect) and row.base_value):
        told = value if np.isfinite(row.effect) else words.NOBODY if row.people == 0 else "no value known"
        why = f"{told} (no share of 0)" if np.isfinite(row.effect) else told
        axis.text(0, height, f" {why}", va="center", color=INK, fontsize=9)
        return False
    few = few_differ(row)
    low, high, low_luck, high_luck, effect = (
        np.array([getattr(row, name) for name in ENDS]) * 100.0 / abs(row.base_value)
    )
    ends = np.clip([low, high, low_luck, high_luck], shown.low, shown.high)
    axis.plot(ends[:2], [height, height], color=colour, linewidth=1.4, alpha=0.8, solid_capstyle="butt")
    if few:
        axis.barh(height, ends[3] - ends[2], left=ends[2], height=0.16, facecolor="white", edgecolor=colour, hatch="/////",
                  linewidth=0.8, zorder=2)  # fmt: skip
    else:
        axis.plot(ends[2:4], [height, height], color=colour, linewidth=5.5, alpha=0.55, solid_capstyle="butt")
    if shown.low <= effect <= shown.high:
        inside, edge = ("white", colour) if few else (colour, "white")
        axis.plot(effect, height, "o", color=inside, markersize=6.5, markeredgecolor=edge, zorder=3)
    known = [end for end in (low, high, low_luck, high_luck) if np.isfinite(end)]
    for end, mark, goes_on in (
        (shown.low, "<", min(known, default=0.0) < shown.low),
        (shown.high, ">", max(known, default=0.0) > shown.high),
    ):
        if goes_on:
            axis.plot(end, height, mark, color=colour, markersize=6, clip_on=False)
    if alone:
        axis.text(1.02, height, value, transform=axis.get_yaxis_transform(), va="center", fontsize=8.5, color=INK)
    return few


def _told_below(effects: Any, shown: _Forest, few: bool) -> str:
    """What stands below the axis: its unit, what thick and thin are, what was not drawn and why."""
    not_asked = "" if effects.draws >= 2 else " (not asked)"
    lines = [
        f"difference, % of the value in {effects.question.base.name}",
        f"thick: luck alone; thin: if our assumptions are off{not_asked}; arrow: it goes on beyond the axis",
    ]
    if few:
        lines.append(f"open and hatched: {FEW_DIFFER}")
    if shown.left_out:
        told = "; ".join(f"{why}: {_listed(names)}" for why, names in shown.left_out.items())
        lines += textwrap.wrap(f"not drawn (the table has them): {told}", 90)
    return "\n".join(lines)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _row_name(outcome: Outcome, primary: Outcome) -> str:
    name = outcome.id.replace("_", " ") + (", primary" if outcome is primary else "")
    return f"{name}\n({outcome.better} is better)"
