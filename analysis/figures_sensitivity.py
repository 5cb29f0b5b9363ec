"""Pictures of which assumptions move an answer: Morris' plane, how far each reaches, and shares of variance with luck beside."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis.figures import BLUE, FAINT, INK, ORANGE, SKY, VERMILION, heading, tidy
from analysis.intervals import mean_over_groups
from analysis.sensitivity_failures import BLOCKS
from analysis.words import number

SHOWN = 12
"""Factors that a picture shows at most; the table has them all."""

NAMED = 10
"""Factors that are named in Morris' plane."""

NAME_WIDTH = 34
DUMMY, LUCK, GROUP = "dummy", "luck", "group"
QUARTER = 0.25
FURTHEST_SHARES = (-0.25, 1.25)
"""Ends of the axis of shares: estimates may lie a little beyond 0 and 1, and from few points far beyond."""

FEWEST = 8
"""Points below which no mean is drawn."""


def size_of_bars(rows: int) -> tuple[float, float]:
    """Width and height of a picture with so many bars, in inches."""
    return 9.0, 1.9 + 0.46 * max(rows, 2)


def measured(found: Any, label: str, measure: str) -> pd.DataFrame:
    """Rows of one measure of one other world, the strongest first; the dummy among them."""
    table = found.table
    rows = table[(table["other"] == label) & (table["measure"] == measure)]
    return rows.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)


def plain_name(name: str, told: pd.DataFrame, width: int = NAME_WIDTH) -> str:
    """A factor in plain words on two lines at most, the name it has in files below; the bare name where nothing is told.

    Of a group its name, and below it how many assumptions it holds: which they are is told in tables.
    """
    if name == DUMMY:
        return "nothing (the dummy)"
    rows = told[told["factor"] == name]
    means = str(rows["means"].iloc[0]) if len(rows) else ""
    if not means:
        return name
    if "kind" in rows and rows["kind"].iloc[0] == GROUP:
        return "\n".join([*textwrap.wrap(name, width), f"({means.split(':')[0]})"])
    lines = textwrap.wrap(means, width)
    short = lines if len(lines) <= 2 else [lines[0], textwrap.shorten(" ".join(lines[1:]), width, placeholder=" ...")]
    return "\n".join([*short, f"({name})"])


def answer_named(found: Any, label: str) -> str:
    """What the answer is, with its unit, for an axis."""
    asked = found.asked
    what = asked.outcome.replace("_", " ")
    return f"difference in {what}, {asked.unit}" if label else f"{what}, {asked.unit}"


def subject(found: Any, label: str) -> str:
    """Whose answer it is, for a heading."""
    return f"{label} against {found.asked.base}" if label else found.asked.base


def draw_morris_plane(axis: Axes, found: Any, label: str) -> None:
    """Morris' plane: how far each factor moves the answer, against how much that differs from place to place.

    The dummy's reach, to the upper end of its interval, is shaded: what lies there may be luck. The strongest factors are named
    in a column beside the plane, each with a line to its point.
    """
    reach, spread = measured(found, label, "mu_star"), measured(found, label, "sigma").set_index("factor")["estimate"]
    shown = reach[reach["factor"] != DUMMY]
    floor = reach[reach["factor"] == DUMMY]
    heights = shown["factor"].map(spread)
    right = 1.05 * max(float(reach["high"].max()), 1e-9)
    axis.set_xlim(0, right)
    axis.set_ylim(0, 1.12 * max(float(heights.max()), right / 3))
    if len(floor):
        axis.axvspan(0, float(floor["high"].iloc[0]), color="#eeeeee", linewidth=0, zorder=0)
        axis.axvline(float(floor["high"].iloc[0]), color=FAINT, linestyle=":", linewidth=1.2,
                     label="the dummy's upper end: what lies left of it may be luck")  # fmt: skip
    slope = min(right, axis.get_ylim()[1])
    axis.plot([0, slope], [0, slope], color=FAINT, linewidth=0.8, linestyle="--",
              label="sigma = mu*: above it, effects differ as much as they are large")  # fmt: skip
    axis.hlines(heights, shown["low"], shown["high"], color=SKY, linewidth=1.2, zorder=2)
    axis.plot(shown["estimate"], heights, "o", color=BLUE, markersize=5, markeredgecolor="white", zorder=3)
    _name_beside(axis, shown.head(NAMED), heights.head(NAMED), found.factors)
    unit = found.asked.unit
    axis.set_xlabel(f"mu*: mean size of the change, scaled to the whole range, {unit}\n(line: 95 % interval)")
    axis.set_ylabel(f"sigma: how much that change differs\nfrom place to place, {unit}")
    heading(axis, f"{subject(found, label)}: how far each assumption reaches")
    axis.legend(loc="upper left", bbox_to_anchor=(0, -0.15), frameon=False, fontsize=8.5)
    tidy(axis, grid="both")


def _name_beside(axis: Axes, named: pd.DataFrame, heights: pd.Series, told: pd.DataFrame) -> None:
    """Names in a column right of the plane in the order of their points' heights, so that no two overlap or cross."""
    order = np.argsort(heights.to_numpy(), kind="stable")
    places = (np.arange(len(order)) + 0.5) / max(len(order), 1)
    for place, at in zip(places, order, strict=True):
        row = named.iloc[at]
        text = plain_name(row["factor"], told, 46).replace("\n(", " (")
        axis.annotate(
            text, (row["estimate"], heights.iloc[at]), (1.03, place), textcoords="axes fraction", fontsize=8, va="center",
            color=INK, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.6, "shrinkB": 3, "relpos": (0, 0.5)},
        )  # fmt: skip


def draw_reach(axis: Axes, found: Any, label: str) -> None:
    """How far each factor or group moves the answer as bars with intervals, down to the dummy, whose upper end is drawn."""
    rows = measured(found, label, "mu_star")
    floor = rows[rows["factor"] == DUMMY]
    rows = pd.concat([rows[rows["factor"] != DUMMY].head(SHOWN), floor])
    _bars(axis, rows, BLUE, [plain_name(name, found.factors) for name in rows["factor"]])
    if len(floor):
        axis.axvline(float(floor["high"].iloc[0]), color=VERMILION, linestyle=":", linewidth=1.4)
    axis.set_xlim(left=0)
    axis.set_xlabel(
        f"mu*: mean size of the change, scaled to the whole range, {found.asked.unit}\n"
        "(line: 95 % interval; dotted: the dummy's upper end, below which it may be luck)"
    )
    heading(axis, f"{subject(found, label)}: how far each reaches")


def draw_sobol(axis: Axes, found: Any, label: str) -> None:
    """First and total shares of variance with intervals, the dummy's below them, and the share that is luck."""
    first, total = (measured(found, label, name).set_index("factor") for name in ("first", "total"))
    names = [name for name in total.index if name != DUMMY][:SHOWN]
    names += [DUMMY] if DUMMY in total.index else []
    for at, name in enumerate(names):
        for rows, colour, up in ((total, SKY, 0.19), (first, BLUE, -0.19)):
            _bar(axis, len(names) - at - up, rows.loc[name], colour, 0.36)
    labels = [plain_name(name, found.factors) for name in names]
    luck = measured(found, label, "luck_share_of_mean")
    if len(luck):
        _bar(axis, 0, luck.iloc[0], ORANGE, 0.5)
        labels.append("luck, in the mean over seeds")
    axis.set_yticks(np.arange(len(labels)) * -1.0 + len(names), labels, fontsize=8.5)
    _keep_shares_in_view(axis, pd.concat([first, total]))
    axis.axvline(0, color=INK, linewidth=1)
    for colour, said in ((BLUE, "first: by itself"), (SKY, "total: with all it does together with others")):
        axis.barh(0, 0, color=colour, label=said)
    axis.set_xlabel("share of the answer's variance over the assumptions varied (line: 95 % interval)")
    heading(axis, f"{subject(found, label)}: what the answer's spread comes from\n")
    axis.legend(loc="lower right", frameon=False, fontsize=8.5)
    tidy(axis, grid="x")


def _keep_shares_in_view(axis: Axes, rows: pd.DataFrame) -> None:
    """From about 0 to about 1, where shares lie; an interval that runs further, as it does from few points, is cut there."""
    low, high = FURTHEST_SHARES
    axis.set_xlim(max(low, min(0.0, float(rows["low"].min()))), min(high, max(1.0, float(rows["high"].max()))))
    if rows["low"].min() < low or rows["high"].max() > high:
        axis.text(1.0, 1.0, "some intervals run beyond the picture: too few points", transform=axis.transAxes, ha="right",
                  va="bottom", fontsize=8, color=VERMILION)  # fmt: skip


def _bars(axis: Axes, rows: pd.DataFrame, colour: str, labels: list[str]) -> None:
    for at, (_, row) in enumerate(rows.iterrows()):
        _bar(axis, len(rows) - at, row, FAINT if row["factor"] == DUMMY else colour, 0.6)
    axis.set_yticks([len(rows) - at for at in range(len(rows))], labels, fontsize=8.5)
    tidy(axis, grid="x")


def _bar(axis: Axes, height: float, row: pd.Series, colour: str, thick: float) -> None:
    axis.barh(height, row["estimate"], height=thick, color=colour, linewidth=0)
    axis.plot([row["low"], row["high"]], [height, height], color=INK, linewidth=1.2, solid_capstyle="butt")


def point_means(found: Any, label: str) -> pd.Series:
    """Mean response at each point that was lived, over the shared seeds; index the points that count."""
    rows = found.responses[found.responses["other"] == label]
    rows = rows[found.counted.loc[rows["point"]].to_numpy()]
    return rows.groupby("point")["response"].mean().dropna()


def ends_of(found: Any, label: str, names: list[str]) -> pd.DataFrame:
    """Mean response where each factor is in the lowest and in the highest quarter of its values, others anywhere in theirs.

    Index the factors, in the order of how far the two means lie apart; columns `below`, `above` and the ends of their 95 %
    intervals over blocks of points. Left out are factors with fewer than eight points in either quarter, and those that points
    have no value of.
    """
    means = point_means(found, label)
    blocks = found.blocks.loc[means.index]
    rows = {}
    for name in names:
        if name not in found.points:
            continue
        values = found.points.loc[means.index, name]
        low, high = values.quantile(QUARTER), values.quantile(1 - QUARTER)
        below, above = (values <= low).to_numpy(), (values >= high).to_numpy()
        if low < high and min(below.sum(), above.sum()) >= FEWEST:
            rows[name] = tuple(
                figure
                for some in (below, above)
                for figure in mean_over_groups(means[some].to_numpy(), blocks[some].to_numpy())
            )
    columns = ["below", "below_low", "below_high", "above", "above_low", "above_high"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.iloc[np.argsort(-(table["above"] - table["below"]).abs().to_numpy(), kind="stable")]


def draw_tornado(axis: Axes, found: Any, label: str, names: list[str]) -> None:
    """The mean answer where each leading factor is low and where it is high, from the widest to the narrowest."""
    ends = ends_of(found, label, names)
    middle = float(point_means(found, label).mean())
    for at, row in enumerate(ends.itertuples()):
        height = len(ends) - at
        for value, low, high, colour, up in (
            (row.below, row.below_low, row.below_high, SKY, 0.17),
            (row.above, row.above_low, row.above_high, ORANGE, -0.17),
        ):
            axis.barh(height + up, value - middle, left=middle, height=0.34, color=colour, linewidth=0)
            axis.plot([low, high], [height + up] * 2, color=INK, linewidth=1.1, solid_capstyle="butt")
    axis.axvline(middle, color=INK, linewidth=1)
    _zero(axis, middle, ends)
    axis.set_yticks([len(ends) - at for at in range(len(ends))], [plain_name(str(name), found.factors) for name in ends.index],
                    fontsize=8.5)  # fmt: skip
    for colour, said in ((SKY, "in the lowest quarter of its values"), (ORANGE, "in the highest quarter")):
        axis.barh(0, 0, left=middle, color=colour, label=said)
    axis.set_ylim(0.4, len(ends) + 0.6)
    asked = found.asked
    axis.set_xlabel(
        f"mean {answer_named(found, label)} ({asked.better} is better)\n"
        f"(bars from the mean of all points, {number(middle)}; line: 95 % interval over {BLOCKS[found.method][1]})"
    )
    heading(axis, f"{subject(found, label)}: with each assumption low, and high")
    axis.legend(loc="upper left", bbox_to_anchor=(0, -0.09 - 1.0 / (2 + len(ends))), ncols=2, frameon=False, fontsize=8.5)
    tidy(axis, grid="x")


def _zero(axis: Axes, middle: float, ends: pd.DataFrame) -> None:
    """A line at no difference, where it lies within the picture."""
    if len(ends) and math.isfinite(middle) and np.nanmin(ends.to_numpy()) <= 0 <= np.nanmax(ends.to_numpy()):
        axis.axvline(0, color=VERMILION, linewidth=1, linestyle="--")
