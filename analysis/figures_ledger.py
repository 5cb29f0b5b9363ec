"""Pictures of who gains and who loses: helped and harmed beside the placebo, and the primary effect and the net by group."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import words
from analysis.figures import BLUE, FAINT, INK, OTHERS, VERMILION, png_of, tidy

RANGES = "thick: luck alone; thin: if our assumptions are off"


def ledger_size(effects: Any) -> tuple[float, float]:
    """Width and height of the picture of the ledger, in inches."""
    return 9.0, 1.4 + 0.62 * len(effects.ledger)


def draw_ledger(axis: Axes, effects: Any) -> None:
    """People helped and harmed under shared luck, per 1,000, each policy beside the placebo; the net below, with both ranges."""
    table = effects.ledger
    rates = {
        name: 1000.0 * table[name].to_numpy(dtype=float) / np.maximum(table["people"], 1)
        for name in ("helped", "harmed")
    }
    for at, row in enumerate(table.itertuples()):
        height, faint = len(table) - at, row.pair == "placebo"
        for name, colour, side, align in (("helped", BLUE, 1, "left"), ("harmed", VERMILION, -1, "right")):
            rate = rates[name][at]
            axis.barh(height + 0.12, side * rate, color=colour, alpha=0.45 if faint else 1.0, height=0.42)
            text = f" {words.number(rate)} {name} "
            axis.text(side * rate, height + 0.12, text, va="center", ha=align, fontsize=9, color=INK)
        _draw_ranges(axis, height - 0.26, (row.net_per_1000, row.low_luck, row.high_luck, row.low, row.high), INK, 4.5)
    reach = np.nan_to_num(table[["net_per_1000", "low_luck", "high_luck", "low", "high"]].to_numpy(dtype=float))
    left = max(1.5 * rates["harmed"].max(), -1.08 * reach.min(), 1.0)
    right = max(1.5 * rates["helped"].max(), 1.08 * reach.max(), 1.0)
    axis.set_xlim(-max(left, 0.25 * right), max(right, 0.25 * left))  # room for the words beside short bars
    axis.set_ylim(0.45, len(table) + 0.5)
    axis.set_yticks([len(table) - at for at in range(len(table))])
    axis.set_yticklabels([_pair_name(row) for row in table.itertuples()])
    axis.axvline(0, color=INK, linewidth=1)
    axis.set_xlabel(
        "people per 1,000 whose own primary outcome differs between their two lives under shared luck\n"
        f"dot: the net, helped less harmed ({RANGES})"
    )
    tidy(axis, grid="x")


def _pair_name(row: Any) -> str:
    return "nothing (placebo)" if row.pair == "placebo" else row.other


def groups_as_png(effects: Any, label: str) -> bytes:
    """The primary effect, and the net of people helped less harmed, in each declared group of one other world, as PNG bytes."""
    rows = len(_told(effects, label))
    figure = Figure(figsize=(11, 1.4 + 0.29 * rows), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    draw_groups(left, effects, label)
    draw_nets(right, effects, label)
    return png_of(figure)


def draw_groups(axis: Axes, effects: Any, label: str) -> None:
    """The primary effect in each declared group of one other world: luck thick, assumptions thin; the whole group on top."""
    question = effects.question
    table = _told(effects, label)
    for at, row in enumerate(table.itertuples()):
        ends = (row.effect, row.low_luck, row.high_luck, row.low, row.high)
        _draw_ranges(axis, len(table) - at, ends, _shade(row, question, label))
    better = "fewer" if question.primary.better == "lower" else "more"
    what = f"difference in {question.primary.id.replace('_', ' ')}, {question.primary.unit}"
    axis.set_xlabel(f"{what} ({better} is better)\n{RANGES}", fontsize=9)
    _name_rows(axis, effects, label)


def draw_nets(axis: Axes, effects: Any, label: str) -> None:
    """People helped less harmed, per 1,000, in each declared group of one other world, with both ranges, and the placebo."""
    question = effects.question
    table = _told(effects, label)
    for at, row in enumerate(table.itertuples()):
        height = len(table) - at
        placebo = (row.placebo_net_per_1000, row.placebo_net_low_luck, row.placebo_net_high_luck, np.nan, np.nan)
        _draw_ranges(axis, height - 0.24, placebo, FAINT, 3.5, "D")
        ends = (row.net_per_1000, row.net_low_luck, row.net_high_luck, row.net_low, row.net_high)
        _draw_ranges(axis, height + 0.06, ends, _shade(row, question, label))
        axis.text(1.01, height, f"{row.people:,.0f} people", transform=axis.get_yaxis_transform(), va="center", fontsize=8.5,
                  color=FAINT)  # fmt: skip
    axis.set_xlabel(
        "helped less harmed, people per 1,000 (more is better)\ngrey diamond: the placebo, a change that means nothing",
        fontsize=9,
    )
    _name_rows(axis, effects, label)


def _told(effects: Any, label: str) -> Any:
    """The groups that are told of one other world, the whole group first."""
    table = effects.groups[effects.groups["other"] == label]
    whole = table["group"] == effects.question.group.name
    return table[(table["note"] == "") | whole].reset_index(drop=True)


def _shade(row: Any, question: Any, label: str) -> str:
    return INK if row.group == question.group.name else OTHERS[question.labels.index(label) % len(OTHERS)]


def _draw_ranges(
    axis: Axes, height: float, ends: Sequence[float], colour: str, thick: float = 5.5, mark: str = "o"
) -> None:
    """A value with its range over luck, thick, and over assumptions, thin; what is not a number is left out."""
    value, low_luck, high_luck, low, high = ends
    if np.isfinite(low):
        axis.plot([low, high], [height, height], color=colour, linewidth=1.4, alpha=0.8, solid_capstyle="butt")
    if np.isfinite(low_luck):
        axis.plot(
            [low_luck, high_luck], [height, height], color=colour, linewidth=thick, alpha=0.5, solid_capstyle="butt"
        )
    axis.plot(value, height, mark, color=colour, markersize=thick + 1, markeredgecolor="white")


def _name_rows(axis: Axes, effects: Any, label: str) -> None:
    table = _told(effects, label)
    axis.axvline(0, color=INK, linewidth=1)
    axis.set_yticks([len(table) - at for at in range(len(table))])
    names = [textwrap.fill(group_name(row.group, effects.question), 34) for row in table.itertuples()]
    axis.set_yticklabels(names)
    axis.set_ylim(0.4, len(table) + 0.6)
    tidy(axis, grid="x")


def group_name(group: str, question: Any) -> str:
    """A group as it stands in a table or picture: the primary group first of all is the whole."""
    return f"all: {question.whom}" if group == question.group.name else group.replace("_", " ")
