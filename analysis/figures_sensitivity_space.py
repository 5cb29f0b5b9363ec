"""Pictures of an answer over the space of assumptions: its course along leading factors, and a map of where a policy helps."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.discovery import HARDLY, HARMS, HELPS, KINDS, Discovery
from analysis.discovery_rules import Rule
from analysis.figures import BLUE, FAINT, INK, SKY, VERMILION, heading, png_of, tidy
from analysis.figures_sensitivity import answer_named, point_means, subject
from analysis.intervals import mean_over_groups
from analysis.sensitivity_failures import BLOCKS

CURVES = 6
"""Factors along which the answer is drawn at most."""

BINS, FEWEST_IN_BIN = 8, 8
"""Groups of neighbouring points at most, and points in each at least."""

UNCLEAR = "cannot be told"
LOOKS = {HELPS: (BLUE, "o"), HARDLY: (FAINT, "x"), HARMS: (VERMILION, "^"), UNCLEAR: (INK, "+")}
"""Colour and mark of each kind of point, so that either tells them apart; those that luck leaves open have one of their own."""


def curve(values: np.ndarray, answers: np.ndarray, blocks: np.ndarray) -> pd.DataFrame:
    """Mean answers along one factor: over its levels where it has few, else over groups of neighbouring points of equal size.

    `values`, `answers` and `blocks` have shape (points,). Columns `at` (mean value), `mean`, `low`, `high` (95 % interval over
    whole blocks, not a number where a group is of one block), `points`. Empty where there are too few points for two groups.
    """
    levels = np.unique(values)
    order = np.argsort(values, kind="stable")
    if len(levels) <= BINS and all((values == level).sum() >= FEWEST_IN_BIN for level in levels):
        groups = [np.flatnonzero(values == level) for level in levels]
    else:
        groups = np.array_split(order, min(BINS, len(values) // FEWEST_IN_BIN)) if len(values) >= 2 * FEWEST_IN_BIN else []
    rows = [(values[some].mean(), *mean_over_groups(answers[some], blocks[some]), len(some)) for some in groups]
    return pd.DataFrame(rows, columns=["at", "mean", "low", "high", "points"])


def curves_as_png(found: Any, label: str, names: Sequence[str]) -> bytes:
    """The mean answer along each leading factor, all others anywhere in their ranges, as PNG bytes."""
    drawn = [name for name in names if name in found.points][:CURVES]
    columns = min(3, len(drawn))
    rows = -(-len(drawn) // columns)
    figure = Figure(figsize=(3.6 * columns + 0.6, 3.3 * rows + 0.8), layout="constrained")
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axis, name in zip(axes.ravel(), drawn, strict=False):
        draw_curve(axis, found, label, name)
    for axis in axes.ravel()[len(drawn) :]:
        axis.set_visible(False)
    named = textwrap.wrap(f"{answer_named(found, label)} ({found.asked.better} is better)", 34 * rows)
    figure.supylabel("\n".join(named), fontsize=9)
    figure.suptitle(
        f"{subject(found, label)} along each leading assumption, the others anywhere in their ranges\n"
        f"dots: points; line: mean of neighbouring points; band: its 95 % interval over {BLOCKS[found.method][1]}",
        x=0.01, ha="left", fontsize=10.5,
    )  # fmt: skip
    return png_of(figure)


def draw_curve(axis: Axes, found: Any, label: str, name: str) -> None:
    """The answer at every point along one factor, and the mean of neighbouring points with its interval."""
    means = point_means(found, label)
    values = found.points.loc[means.index, name].to_numpy(dtype=float)
    axis.plot(values, means.to_numpy(), ".", color=FAINT, markersize=3, alpha=0.6, zorder=1)
    line = curve(values, means.to_numpy(), found.blocks.loc[means.index].to_numpy())
    axis.plot(line["at"], line["mean"], color=BLUE, linewidth=2, marker="o", markersize=3.5, zorder=3)
    axis.fill_between(line["at"], line["low"], line["high"], color=SKY, alpha=0.45, linewidth=0, zorder=2)
    if label:
        axis.axhline(0, color=INK, linewidth=1)
    _axis_of(axis, found.factors, name, "x", 34)
    tidy(axis, grid="y")


def axes_of_map(discovery: Discovery, leading: Sequence[str], points: pd.DataFrame) -> tuple[str, str] | None:
    """The two factors that a map shows: the first that rules name, then the leading ones; None where there are no two."""
    named = [limit.factor for rule in discovery.rules for limit in rule.limits]
    names = [name for name in dict.fromkeys([*named, *leading]) if name in points and points[name].nunique() > 1]
    return (names[0], names[1]) if len(names) >= 2 else None


def draw_policy_map(axis: Axes, found: Any, label: str, discovery: Discovery, names: tuple[str, str]) -> None:
    """Points on two factors by whether the policy helps, hardly matters, harms or cannot be told, and rules that limit either.

    A rule's frame is full where these two factors are all that it asks for; dashed where it asks for more, so that it holds
    only some of the points within.
    """
    across, up = names
    kinds = discovery.points["kind"].mask(discovery.points["unclear"].astype(bool), UNCLEAR)
    for kind in (*KINDS, UNCLEAR):
        of_kind = found.points.loc[kinds.index[kinds == kind]]
        if kind == UNCLEAR and of_kind.empty:
            continue
        colour, mark = LOOKS[kind]
        axis.plot(of_kind[across], of_kind[up], mark, color=colour, markersize=5, alpha=0.8, linestyle="none",
                  label=f"{kind} ({len(of_kind):,} points)")  # fmt: skip
    _axis_of(axis, found.factors, across, "x", 60)
    _axis_of(axis, found.factors, up, "y", 44)
    for number, rule in enumerate(discovery.rules, 1):
        _frame(axis, rule, number, names)
    title = f"Where {label} helps over the assumptions, against {found.asked.base}"
    heading(axis, title)
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9)
    tidy(axis, grid="both")


def _frame(axis: Axes, rule: Rule, number: int, names: tuple[str, str]) -> None:
    """The rule's limits on the two factors as a frame; none where it limits neither."""
    limits = {limit.factor: limit for limit in rule.limits}
    if not set(names) & set(limits):
        return
    ends = []
    for name, (low, high) in zip(names, (axis.get_xlim(), axis.get_ylim()), strict=True):
        limit = limits.get(name)
        start = low if limit is None or np.isnan(limit.low) else limit.low
        end = high if limit is None or np.isnan(limit.high) else limit.high
        ends.append((start, end))
    (left, right), (bottom, top) = ends
    whole = set(limits) <= set(names)
    colour = INK if rule.kind == HARDLY else LOOKS[rule.kind][0]
    axis.add_patch(
        Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=colour, linewidth=2, zorder=4,
                  linestyle="-" if whole else "--",
                  label=f"rule {number}: {rule.kind}" + ("" if whole else ",\nif more than is drawn here holds"))
    )  # fmt: skip


def _axis_of(axis: Axes, told: pd.DataFrame, name: str, which: str, width: int) -> None:
    """Name and unit of a factor along one axis, which is logarithmic where its range was covered so."""
    rows = told[told["factor"] == name]
    means, unit = (str(rows[column].iloc[0]) if len(rows) else "" for column in ("means", "unit"))
    words = ", ".join(part for part in (f"{means} ({name})" if means else name, unit) if part)
    if len(rows) and bool(rows["log"].iloc[0]):
        axis.set(**{f"{which}scale": "log"})
    axis.set(**{f"{which}label": "\n".join(textwrap.wrap(words, width))})
    axis.xaxis.label.set_fontsize(8.5)
    axis.yaxis.label.set_fontsize(8.5)
