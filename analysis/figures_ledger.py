"""Pictures of who gains and who loses: helped and harmed beside the placebo, and the primary effect by declared group."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from analysis import words
from analysis.figures import BLUE, FAINT, INK, OTHERS, VERMILION, tidy


def draw_ledger(axis: Axes, effects: Any) -> None:
    """People helped and harmed under shared luck, per 1,000, each policy beside the placebo."""
    table = effects.ledger
    rates = {name: 1000.0 * table[name].to_numpy(dtype=float) / np.maximum(table["people"], 1) for name in ("helped", "harmed")}
    for at, row in enumerate(table.itertuples()):
        height, faint = len(table) - at, row.pair == "placebo"
        for name, colour, side, align in (("helped", BLUE, 1, "left"), ("harmed", VERMILION, -1, "right")):
            rate = rates[name][at]
            axis.barh(height, side * rate, color=colour, alpha=0.45 if faint else 1.0, height=0.6)
            text = f" {words.number(rate)} {name} "
            axis.text(side * rate, height, text, va="center", ha=align, fontsize=9, color=INK)
    widest = max(1.0, *(float(np.max(rate)) for rate in rates.values()))
    axis.set_xlim(-1.45 * widest, 1.45 * widest)
    axis.set_yticks([len(table) - at for at in range(len(table))])
    axis.set_yticklabels([_pair_name(row) for row in table.itertuples()])
    axis.axvline(0, color=INK, linewidth=1)
    axis.set_xlabel("people per 1,000 whose own primary outcome differs\nbetween their two lives under shared luck")
    tidy(axis, grid="x")


def _pair_name(row: Any) -> str:
    return "nothing (placebo)" if row.pair == "placebo" else row.other


def draw_groups(axis: Axes, effects: Any, label: str) -> None:
    """The primary effect in each declared group of one other world: luck thick, assumptions thin; the whole group on top."""
    question = effects.question
    table = effects.groups[effects.groups["other"] == label]
    table = table[(table["note"] == "") | (table["group"] == question.group.name)].reset_index(drop=True)
    colour = OTHERS[question.labels.index(label) % len(OTHERS)]
    for at, row in enumerate(table.itertuples()):
        height = len(table) - at
        shade = INK if row.group == question.group.name else colour
        if np.isfinite(row.low):
            axis.plot([row.low, row.high], [height, height], color=shade, linewidth=1.4, alpha=0.8, solid_capstyle="butt")
        if np.isfinite(row.low_luck):
            ends = [row.low_luck, row.high_luck]
            axis.plot(ends, [height, height], color=shade, linewidth=5.5, alpha=0.5, solid_capstyle="butt")
        axis.plot(row.effect, height, "o", color=shade, markersize=6.5, markeredgecolor="white")
        axis.text(1.01, height, f"{row.people:,.0f} people", transform=axis.get_yaxis_transform(), va="center", fontsize=8.5,
                  color=FAINT)  # fmt: skip
    axis.axvline(0, color=INK, linewidth=1)
    axis.set_yticks([len(table) - at for at in range(len(table))])
    axis.set_yticklabels([group_name(row.group, question) for row in table.itertuples()])
    axis.set_ylim(0.4, len(table) + 0.6)
    better = "fewer" if question.primary.better == "lower" else "more"
    axis.set_xlabel(
        f"difference in {question.primary.id.replace('_', ' ')}, {question.primary.unit} ({better} is better)\n"
        "thick: luck alone; thin: if our assumptions are off"
    )
    tidy(axis, grid="x")


def group_name(group: str, question: Any) -> str:
    """A group as it stands in a table or picture: the primary group first of all is the whole."""
    return f"all: {question.whom}" if group == question.group.name else group.replace("_", " ")
