"""Pictures of journeys: survival with numbers at risk, who is in which state, ribbons from state to state, typical courses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path as Outline

from analysis.competing import MeanCount
from analysis.figures import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    OTHERS,
    PURPLE,
    SKY,
    VERMILION,
    WEEKS_A_YEAR,
    heading,
    png_of,
    tidy,
)
from analysis.multistate import (
    DEAD,
    IN_A_LAPSE,
    IN_A_PROBLEM,
    IN_CUSTODY,
    IN_RECOVERY,
    NO_PROBLEM,
    Path,
    flows,
    occupancy,
)
from analysis.survival import Curve
from analysis.trajectory_classes import Classes
from simulation.errors import ComparisonError, Problem

PALE, DARK = "#d0d0d0", "#555555"
COLOURS = {
    NO_PROBLEM: PALE, IN_RECOVERY: SKY, IN_A_LAPSE: ORANGE, IN_A_PROBLEM: VERMILION, IN_CUSTODY: PURPLE, DEAD: DARK,
}  # fmt: skip
"""Colour of each state, as in the pictures of one world."""

WORLDS = (BLUE, *OTHERS)
COURSES = (VERMILION, ORANGE, PURPLE, GREEN, SKY, BLUE)
"""From least to most time in recovery."""

MARKS = ("-", "--", "-.", ":")
LINE = 11.0
"""Height of a line of small text, in points."""


def draw_survival(axis: Axes, curves: Mapping[str, Curve]) -> None:
    """Share without an event in each world, with pointwise bands, and how many are at risk below; or why there is no curve."""
    known = {world: one for world, one in curves.items() if not one.note}
    event = next(iter(curves.values())).event if curves else "event"
    last = _last_week(known)
    for number, (world, one) in enumerate(known.items()):
        _step_with_band(axis, one.weeks, (one.share, one.low, one.high), number, world, 100.0)
    _years(axis, last, f"years since the start; below: people at risk of a {event}")
    _numbers_at_risk(axis, known, last)
    axis.set_ylim(0, 102)
    axis.set_ylabel(f"% of people without a {event}")
    level = next((f", band: {100 * one.level:g} % interval of each week" for one in known.values()), "")
    heading(axis, f"Time to the {event}{level}")
    _legend(axis, {world: one.note for world, one in curves.items() if one.note}, "best")
    tidy(axis, grid="y")


def draw_mean_count(axis: Axes, counts: Mapping[str, MeanCount]) -> None:
    """Mean number of events so far per person followed in each world, with pointwise bands."""
    known = {world: one for world, one in counts.items() if not one.note}
    event = next(iter(counts.values())).event if counts else "events"
    for number, (world, one) in enumerate(known.items()):
        _step_with_band(axis, one.weeks, (one.mean, one.low, one.high), number, world, 1.0)
    _years(axis, _last_week(known), "years since the start")
    axis.set_ylim(bottom=0)
    axis.set_ylabel(f"{event} so far, mean per person alive")
    heading(axis, f"{event.capitalize()} so far, band: 95 % interval of each week")
    _legend(axis, {world: one.note for world, one in counts.items() if one.note}, "upper left")
    tidy(axis, grid="y")


def draw_occupancy(axis: Axes, path: Path, title: str = "", named: bool = True) -> None:
    """How many of 100 people are in which state, week by week; states are `named` in a legend, unless another picture does."""
    table = occupancy(path)
    shares = 100.0 * table.to_numpy() / max(path.people, 1)
    seen = _seen(path)
    years = table.index.to_numpy() / WEEKS_A_YEAR
    axis.stackplot(years, shares[:, seen].T, colors=[COLOURS[one] for one in seen], linewidth=0)
    axis.set_ylim(0, 100)
    axis.set_ylabel("% of people")
    _years(axis, path.weeks, "years since the start")
    heading(axis, f"{title or 'Where people are'}, {path.people:,} people")
    if named:
        axis.legend(handles=_names_of(path, seen), frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    tidy(axis, grid="y")


def draw_ribbons(
    axis: Axes, path: Path, moments: Sequence[int] | None = None, title: str = "", named: bool = True
) -> None:
    """Journeys as ribbons: a bar of states at each of a few moments, and between two of them ribbons as wide as people go.

    Ribbons have the colour of the state that they leave. `moments` are weeks; by default five at equal distances. States are
    `named` in a legend, unless another picture does. Raises ComparisonError where there are no two moments.
    """
    moments = moments or evenly(path.weeks)
    moves = [flow / max(path.people, 1) * 100.0 for flow in flows(path, moments)]
    if not moves:
        raise ComparisonError(Problem("ribbons", f"{len(moments)} moment", "two moments or more", "Take a longer stretch."))
    seen = _seen(path)
    width = 0.07
    for at, flow in enumerate(moves):
        _draw_flow(axis, flow, seen, at + width, at + 1 - width)
    heights = [moves[0].sum(axis=1), *(flow.sum(axis=0) for flow in moves)]
    for at, height in enumerate(heights):
        _draw_bar(axis, height, seen, at, width)
    axis.set_xlim(-0.12, len(moments) - 1 + 0.12)
    axis.set_ylim(0, 100)
    axis.set_xticks(range(len(moments)), [f"{week / WEEKS_A_YEAR:.3g}" for week in moments])
    axis.set_xlabel("moments, in years since the start")
    axis.set_ylabel("% of people")
    heading(axis, f"{title or 'Journeys between states'}, {path.people:,} people")
    if named:
        axis.legend(handles=_names_of(path, seen), frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axis.spines[["top", "right", "bottom"]].set_visible(False)


def draw_classes(axis: Axes, classes: Classes, by_world: pd.DataFrame) -> None:
    """Typical courses, the share of each quarter in recovery, each with how many of every world's people take it."""
    quarters = np.arange(1, classes.centres.shape[1] + 1) / 4.0
    for number, (name, centre) in enumerate(zip(classes.names, classes.centres, strict=True)):
        of = by_world[by_world["class"] == name]
        shares = ", ".join(f"{row.world} {100 * row.share:.0f} %" for row in of.itertuples())
        axis.plot(quarters, 100 * centre, color=COURSES[number % len(COURSES)], linestyle=MARKS[number % len(MARKS)],
                  linewidth=2.2, label=f"{name}\n{shares}")  # fmt: skip
    axis.set_ylim(0, 102)
    axis.set_xlim(0, quarters[-1])
    axis.set_xlabel(f"years since the start\n{classes.note}")
    axis.set_ylabel("mean % of a quarter's weeks in recovery,\nin every domain of one's own")
    heading(axis, "Typical courses, and the share of each world's people nearest to them")
    axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, -0.2), fontsize=8.5, labelspacing=1.0)
    tidy(axis, grid="y")


def ribbons_as_png(
    paths: Mapping[str, Path], moments: Sequence[int] | None = None, size: tuple[float, float] = (12, 5)
) -> bytes:
    """Journeys as ribbons, worlds side by side, as PNG bytes."""
    return _side_by_side(paths, size, lambda axis, world, path: draw_ribbons(axis, path, moments, world, named=False))


def occupancy_as_png(paths: Mapping[str, Path], size: tuple[float, float] = (12, 4.6)) -> bytes:
    """Who is in which state, worlds side by side, as PNG bytes."""
    return _side_by_side(paths, size, lambda axis, world, path: draw_occupancy(axis, path, world, named=False))


def evenly(weeks: int, most: int = 5) -> list[int]:
    """Up to `most` weeks at equal distances from 0 to `weeks`, as near as whole weeks allow."""
    return sorted({round(week) for week in np.linspace(0, weeks, most)})


def _side_by_side(
    paths: Mapping[str, Path], size: tuple[float, float], draw: Callable[[Axes, str, Path], None]
) -> bytes:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(1, len(paths), sharey=True, squeeze=False)[0]
    for axis, (world, path) in zip(axes, paths.items(), strict=True):
        draw(axis, world, path)
        axis.label_outer()
    first = next(iter(paths.values()))
    seen = sorted({state for path in paths.values() for state in _seen(path)})
    figure.legend(handles=_names_of(first, seen), frameon=False, loc="outside lower center", ncols=len(seen))
    return png_of(figure)


def _step_with_band(
    axis: Axes, weeks: np.ndarray, lines: tuple[np.ndarray, np.ndarray, np.ndarray], number: int, label: str, scale: float
) -> None:
    """A line with the ends of its interval, each a step that changes when something happens."""
    years, colour = weeks / WEEKS_A_YEAR, WORLDS[number % len(WORLDS)]
    middle, low, high = (scale * line for line in lines)
    axis.step(years, middle, where="post", color=colour, linestyle=MARKS[number % len(MARKS)], linewidth=1.8, label=label)
    axis.fill_between(years, low, high, step="post", color=colour, alpha=0.18, linewidth=0)


def _numbers_at_risk(axis: Axes, curves: Mapping[str, Curve], last: float) -> None:
    """Below the axis, a row a world: how many are at risk at each tick."""
    ticks = [tick for tick in axis.get_xticks() if 0 <= tick * WEEKS_A_YEAR <= last]
    for number, (world, one) in enumerate(curves.items()):
        place = {"xycoords": axis.get_xaxis_transform(), "textcoords": "offset points", "annotation_clip": False,
                 "fontsize": 8.5, "color": WORLDS[number % len(WORLDS)], "va": "top"}  # fmt: skip
        down = -(36 + LINE * number)
        axis.annotate(f"{world}  ", (0, 0), (-14, down), ha="right", **place)
        for tick in ticks:
            # At risk after that many weeks: the first time on the grid that is not before it.
            at = np.searchsorted(one.weeks, tick * WEEKS_A_YEAR - 1e-9)
            count = one.at_risk[at] if at < len(one.weeks) else 0
            axis.annotate(f"{count:,}", (tick, 0), (0, down), ha="center", **place)


def _draw_flow(axis: Axes, flow: np.ndarray, seen: Sequence[int], left: float, right: float) -> None:
    """Ribbons between two bars: at each bar in the order of the states at the other, so that as few as can be cross."""
    from_below = np.concatenate([[0.0], np.cumsum(flow.sum(axis=1))])[:-1]
    to_below = np.concatenate([[0.0], np.cumsum(flow.sum(axis=0))])[:-1]
    for start in seen:
        for end in seen:
            thick = flow[start, end]
            if thick > 0:
                axis.add_patch(_ribbon(left, from_below[start], right, to_below[end], thick, COLOURS[start]))
                from_below[start] += thick
                to_below[end] += thick


def _ribbon(left: float, low: float, right: float, there: float, thick: float, colour: str) -> PathPatch:
    """A band that leaves one bar level and reaches the next level."""
    half = (left + right) / 2
    points = [(left, low), (half, low), (half, there), (right, there),
              (right, there + thick), (half, there + thick), (half, low + thick), (left, low + thick), (left, low)]  # fmt: skip
    codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
    return PathPatch(Outline(points, codes), facecolor=colour, alpha=0.45, linewidth=0)


def _draw_bar(axis: Axes, heights: np.ndarray, seen: Sequence[int], at: float, width: float) -> None:
    below = 0.0
    for state in seen:
        axis.add_patch(Rectangle((at - width, below), 2 * width, heights[state], facecolor=COLOURS[state], linewidth=0))
        if heights[state] >= 4.0:
            ink = "white" if state == DEAD else INK
            axis.text(at, below + heights[state] / 2, f"{heights[state]:.0f}", ha="center", va="center", fontsize=8, color=ink)
        below += heights[state]


def _seen(path: Path) -> list[int]:
    return [int(state) for state in np.unique(path.states)]


def _names_of(path: Path, seen: Sequence[int]) -> list[Patch]:
    return [Patch(facecolor=COLOURS[state], label=path.names[state]) for state in seen]


def _last_week(known: Mapping[str, Curve] | Mapping[str, MeanCount]) -> float:
    return max((float(one.weeks[-1]) for one in known.values()), default=0.0)


def _years(axis: Axes, weeks: float, label: str) -> None:
    axis.set_xlim(0, max(weeks, 1) / WEEKS_A_YEAR)
    axis.set_xlabel(label)


def _legend(axis: Axes, notes: Mapping[str, str], where: str) -> None:
    """The worlds by their lines; those without a line with the reason."""
    for world, note in notes.items():
        axis.plot([], [], color="none", label=f"{world}: {note}")
    if axis.get_legend_handles_labels()[0]:
        axis.legend(frameon=False, loc=where)
