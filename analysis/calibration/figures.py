"""Pictures of a calibration: what the posterior gives against the published numbers, and what it narrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures import BLUE, FAINT, INK, VERMILION, as_png, heading, tidy

if TYPE_CHECKING:
    from analysis.calibration.results import Learned

FURTHEST_SHOWN = 8.0
"""Distance from a published number, in its sd, at which the picture ends."""

MOST_SHOWN = 45
PAIR = ("consolidation", "frailty_sd")


def pictures(learned: Learned) -> dict[str, bytes]:
    """Each picture as PNG, by file name; those of the whole model only where it was calibrated."""
    found: dict[str, bytes] = {}
    tables = learned.tables
    if "predictive" in tables:
        found["predictive.png"] = as_png(draw_predictive, tables["predictive"], size=(9, 11))
    if "contraction" in tables:
        found["contraction.png"] = as_png(draw_contraction, tables["contraction"], size=(9, 11))
    if learned.posterior is not None:
        found["pair.png"] = as_png(draw_pair, learned.posterior.draws, *PAIR, size=(7, 5.5))
    if len(tables.get("layers", ())) > 1:
        found["layers.png"] = as_png(draw_layers, tables["left_out"], size=(9, 8))
    return found


def draw_predictive(axis: Axes, table: pd.DataFrame) -> None:
    """The posterior predictive interval of each number as distances from the published one, in its sd."""
    rows = list(table.itertuples())
    for at, row in enumerate(rows):
        height = len(rows) - at
        axis.barh(height, 2.0, left=-1.0, height=0.7, color="#dddddd", linewidth=0)
        ends = np.clip([_off(row, row.low), _off(row, row.high)], -FURTHEST_SHOWN, FURTHEST_SHOWN)
        if np.isfinite(ends).all():
            colour = BLUE if row.inside else VERMILION
            axis.plot(ends, [height, height], color=colour, linewidth=2.4, solid_capstyle="butt")
            middle = float(np.clip(row.off, -FURTHEST_SHOWN, FURTHEST_SHOWN))
            axis.plot(middle, height, "o", color=colour, markersize=5, markerfacecolor="white" if row.layer else colour)
    axis.axvline(0.0, color=FAINT, linewidth=1.0)
    axis.set_yticks([len(rows) - at for at in range(len(rows))], [row.label for row in rows], fontsize=8.5)
    axis.set_ylim(0.3, len(rows) + 0.7)
    axis.set_xlim(-FURTHEST_SHOWN, FURTHEST_SHOWN)
    axis.set_xlabel("distance from the published number, in its sd (bar: one sd either way; hollow: tells the layers apart)")
    heading(axis, "What the model gives at draws of the posterior: middle 90 %, luck included")
    tidy(axis, "x")


def _off(row: Any, value: float) -> float:
    if row.is_log:
        return float(np.log(max(value, 1e-12) / row.published)) / row.sd
    return (value - row.published) / row.sd


def draw_contraction(axis: Axes, table: pd.DataFrame) -> None:
    """The middle 90 % of each parameter in the posterior, as shares of its plausible range, the most narrowed first."""
    shown = table.sort_values("contraction", ascending=False, kind="stable").head(MOST_SHOWN)
    for at, row in enumerate(shown.itertuples()):
        height = len(shown) - at
        low, median, high = (_place(row, one) for one in (row.low, row.median, row.high))
        axis.barh(height, 0.9, left=0.05, height=0.7, color="#eeeeee", linewidth=0)
        axis.plot([low, high], [height, height], color=BLUE, linewidth=2.6, solid_capstyle="butt")
        axis.plot(median, height, "o", color=BLUE, markersize=4.5)
        axis.text(1.02, height, f"{row.contraction:.0%}", va="center", fontsize=8, color=INK)
    axis.set_yticks([len(shown) - at for at in range(len(shown))], list(shown["parameter"]), fontsize=8)
    axis.set_ylim(0.3, len(shown) + 0.7)
    axis.set_xlim(0.0, 1.1)
    axis.set_xlabel("place in the plausible range (grey: middle 90 % beforehand; number: share of the variance that is gone)")
    heading(axis, f"How far the figures narrow the parameters (the {len(shown)} they narrow most)")
    tidy(axis, "x")


def _place(row: Any, value: float) -> float:
    from analysis.fit import Searched

    return Searched(row.parameter, row.prior_low, row.prior_high, ()).place(value)


def draw_pair(axis: Axes, draws: pd.DataFrame, first: str, second: str) -> None:
    """Draws of the posterior over two parameters: a ridge where the figures do not tell them apart."""
    axis.plot(draws[first], draws[second], "o", color=BLUE, markersize=3.5, alpha=0.6, linewidth=0)
    axis.set_xlabel(first)
    axis.set_ylabel(second)
    together = float(np.corrcoef(draws[first], draws[second])[0, 1])
    heading(axis, f"Change in the person, or differences between people? Correlation {together:.2f}")
    tidy(axis, "x")


def draw_layers(axis: Axes, table: pd.DataFrame) -> None:
    """What each layer foretells of each target left out: log score, by target."""
    scores = table.dropna(subset="target_score").assign(target=lambda one: one["id"].str.split(".").str[0])
    wide = scores.pivot(index="target", columns="layer_of_the_model", values="target_score")
    wide = wide.loc[list(dict.fromkeys(scores["target"])), list(dict.fromkeys(scores["layer_of_the_model"]))]
    size = 0.8 / len(wide.columns)
    for at, layer in enumerate(wide.columns):
        heights = np.arange(len(wide))[::-1] + 0.4 - size * (at + 0.5)
        axis.barh(heights, wide[layer], height=size, label=layer, color=f"C{at}")
    axis.set_yticks(np.arange(len(wide))[::-1], list(wide.index), fontsize=8.5)
    axis.set_xlabel("log score of the target when the others foretell it (nearer to 0 is better)")
    axis.legend(frameon=False, fontsize=8.5)
    heading(axis, "What each layer foretells")
    tidy(axis, "x")
