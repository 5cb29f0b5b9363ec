"""A picture of published figures: each at 0, in its own sd, beside both intervals of what the model gives, sorted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures import BLUE, FAINT, INK, ORANGE, VERMILION, png_of
from analysis.files import put
from analysis.predictive import NOTHING, WIDE, Predicted, counted
from analysis.published import Published
from analysis.words import NOT_A_FORECAST

FURTHEST_SHOWN = 8.0
"""Distance, in published sd, beyond which the picture shows an arrow."""

LONGEST = 44
"""Letters of a name that stand beside a figure."""

LEGEND = (
    "Line at 0: the published value; grey: two of its sd either way. Thick: 90 % of what the model gives, assumptions and luck; "
    "thin: with the study's own error; dot: median.\n"
    "Blue: the published value lies inside. Orange: inside, but too wide to say anything. Vermilion: outside."
)


def draw_figures(figures: Sequence[Published], predictions: Sequence[Predicted], draws: int, path: Path) -> Path:
    """Draw every figure that could be measured to `path`, sorted by how far off it is; `draws` is how many were lived."""
    pairs = zip(figures, predictions, strict=True)
    rows = sorted((pair for pair in pairs if pair[1].verdict != NOTHING), key=lambda pair: pair[1].off)
    figure = Figure(figsize=(12, 2.6 + 0.3 * max(len(rows), 4)), layout="constrained")
    axis = figure.subplots()
    for height, (published, found) in enumerate(rows):
        _draw_one(axis, published, found, height)
    axis.set_yticks(range(len(rows)), [_short(published.id) for published, _ in rows], fontsize=8.5)
    axis.set_ylim(-0.8, max(len(rows), 1) - 0.2)
    axis.set_xlim(-FURTHEST_SHOWN, FURTHEST_SHOWN)
    axis.set_xlabel("distance of what the model gives from the published value, in its sd")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="x", color="#e3e3e3", linewidth=0.8)
    axis.set_axisbelow(True)
    figure.suptitle(f"{_heading(predictions, draws)}\n{LEGEND}", x=0.01, ha="left", fontsize=10)
    figure.supxlabel(NOT_A_FORECAST, x=0.01, ha="left", fontsize=8.5, color=FAINT)
    return put(path, png_of(figure))


def _draw_one(axis: Axes, published: Published, found: Predicted, height: int) -> None:
    axis.barh(height, 4.0, left=-2.0, height=0.62, color="#e6e6e6", linewidth=0)
    axis.plot([0, 0], [height - 0.31, height + 0.31], color=INK, linewidth=1.2)
    colour = VERMILION if not found.inside else ORANGE if found.verdict == WIDE else BLUE
    for low, high, width in ((found.low, found.high, 1.2), (found.low_model, found.high_model, 4.0)):
        ends = np.clip([published.placed(low), published.placed(high)], -FURTHEST_SHOWN, FURTHEST_SHOWN)
        axis.plot(ends, [height, height], color=colour, linewidth=width, solid_capstyle="butt")
    if abs(found.off) > FURTHEST_SHOWN:
        end = math.copysign(FURTHEST_SHOWN, found.off)
        axis.plot(end, height, ">" if end > 0 else "<", color=colour, markersize=7, clip_on=False)
    else:
        axis.plot(found.off, height, "o", color=colour, markersize=6, markeredgecolor="white")
    axis.text(FURTHEST_SHOWN * 1.03, height, f"{published.value:.3g}: {found.median:.3g}", va="center", fontsize=8, color=INK)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 4] + " ..."


def _heading(predictions: Sequence[Predicted], draws: int) -> str:
    count = counted(predictions)
    return (
        f"Published figures and {draws} draws of the model: {count['inside']} of {count['measured']} inside; right: published, "
        "and the model's median"
    )
