"""A picture of a fit: how far the model is from each published figure, cohort by cohort."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.figures import BLUE, DPI, FAINT, INK, VERMILION
from analysis.files import put
from analysis.targets import WITHIN
from analysis.trial import YEARS, Score
from analysis.words import NOT_A_FORECAST

COHORT_TITLES = {
    "leaving_prison": "People leaving prison", "entering_treatment": "People entering treatment for substance use",
    "first_episode": "People after a first episode", "england": "A whole population",
}  # fmt: skip
FURTHEST_SHOWN = 8.0
"""Distance, in sd, beyond which the picture shows an arrow."""

LEGEND = (
    "Bar: two sd either way of the published number. Dot: mean of the model over seeds, with its sd; blue within the bar. "
    "Hollow: one of the numbers that tell the layers apart."
)


def draw_fit(score: Score, heading: str, path: Path) -> Path:
    """Draw each cohort's numbers to `path`, as distances from the published ones in sd."""
    table = score.table
    figure = Figure(figsize=(15, 10.5), layout="constrained")
    heights = [len(table[table["cohort"] == cohort]) for cohort in YEARS]
    halves: Any = figure.subfigures(1, 2)
    left, right = halves
    axes = [*left.subplots(2, 1, height_ratios=heights[:2]), *right.subplots(2, 1, height_ratios=heights[2:])]
    for axis, cohort in zip(axes, YEARS, strict=True):
        _draw_cohort(axis, table[table["cohort"] == cohort], COHORT_TITLES[cohort])
    figure.suptitle(f"{heading}\n{LEGEND}\n", x=0.01, ha="left", fontsize=11)
    figure.supxlabel(NOT_A_FORECAST, x=0.01, ha="left", fontsize=8.5, color=FAINT)
    FigureCanvasAgg(figure)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return put(path, target.getvalue())


def _draw_cohort(axis: Axes, table: pd.DataFrame, heading: str) -> None:
    rows = list(table.itertuples())
    for at, row in enumerate(rows):
        height = len(rows) - at
        axis.barh(height, 2 * WITHIN, left=-WITHIN, height=0.62, color="#dddddd", linewidth=0)
        axis.plot([0, 0], [height - 0.31, height + 0.31], color=FAINT, linewidth=1.2)
        if math.isfinite(row.distance):
            _draw_number(axis, row, height)
        told = f"{_exactly(row.published)}: {_exactly(row.model)}" if math.isfinite(row.model) else "not measured"
        axis.text(FURTHEST_SHOWN * 1.05, height, told, va="center", fontsize=8.5, color=INK)
    axis.text(FURTHEST_SHOWN * 1.05, len(rows) + 0.75, "published: model", va="center", fontsize=8.5, color=FAINT)
    axis.set_yticks([len(rows) - at for at in range(len(rows))], [row.label for row in rows], fontsize=8.5)
    axis.set_ylim(0.4, len(rows) + 1.0)
    axis.set_xlim(-FURTHEST_SHOWN, FURTHEST_SHOWN)
    axis.set_xlabel("distance from the published number, sd")
    axis.set_title(heading, loc="left", fontsize=11, fontweight="bold")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="x", color="#e3e3e3", linewidth=0.8)
    axis.set_axisbelow(True)


def _draw_number(axis: Axes, row: Any, height: float) -> None:
    colour = BLUE if row.within else VERMILION
    if abs(row.distance) > FURTHEST_SHOWN:
        end = math.copysign(FURTHEST_SHOWN, row.distance)
        axis.plot(end, height, ">" if end > 0 else "<", color=colour, markersize=7, clip_on=False)
        return
    if math.isfinite(row.spread):
        wide = row.spread / row.sd / (row.model if row.is_log else 1.0)
        ends = np.clip([row.distance - wide, row.distance + wide], -FURTHEST_SHOWN, FURTHEST_SHOWN)
        axis.plot(ends, [height, height], color=colour, linewidth=1.6)
    axis.plot(row.distance, height, "o", color=colour, markersize=6.5, markerfacecolor="white" if row.layer else colour)


def _exactly(value: float) -> str:
    return f"{value:.3g}"
