"""Pictures of one world, and what all pictures share: colours that colour-blind people can tell apart, units on every axis."""

from __future__ import annotations

import io
import re
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, FuncFormatter, ScalarFormatter

from analysis import words
from analysis.files import put

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
"""Okabe and Ito (2008), "Color Universal Design"."""

INK, FAINT = "#222222", "#8a8a8a"
OTHERS = (VERMILION, GREEN, PURPLE, ORANGE, SKY)
DOMAIN_TITLES = {"use": "Substance use", "offending": "Offending", "mental_health": "Mental health"}
WEEKS_A_YEAR = 52.0
DPI = 150
LONGEST_LINE = 74
"""Letters of a title that stand above a picture in one line."""


def draw_world(history: Any, path: Path) -> Path:
    """Draw one world at a glance to `path`: statuses by domain, roles, labels and hardship, how people see themselves."""
    figure = Figure(figsize=(13, 7.6), layout="constrained")
    axes = figure.subplots(2, 3)
    weekly = history.weekly
    years = (weekly["week"].to_numpy() + 1) / WEEKS_A_YEAR
    for axis, domain in zip(axes[0], DOMAIN_TITLES, strict=True):
        _draw_domain(axis, weekly, years, domain)
    _draw_lines(
        axes[1, 0], weekly, years, "Self and stigma, own experience", "mean, from 0 to 1",
        {
            "mean_identity": BLUE, "mean_hope": GREEN, "mean_self_stigma": VERMILION, "mean_anticipated_stigma": ORANGE,
            "mean_distress": PURPLE,
        },
    )  # fmt: skip
    _draw_lines(
        axes[1, 1], weekly, years, "Roles held, all living people", "people per 1,000 alive",
        {"family": BLUE, "work": GREEN, "community": ORANGE, "giving": PURPLE}, per=weekly["alive"],
    )  # fmt: skip
    _draw_lines(
        axes[1, 2], weekly, years, "Hardship and recovery, own experience", "people per 1,000 alive, own experience",
        {
            "own_personal_recovery": GREEN, "own_sustained_year": BLUE, "own_in_custody": VERMILION,
            "own_homeless": ORANGE, "own_flagged": PURPLE,
        },
        per=weekly["own_alive"],
    )  # fmt: skip
    scenario = history.scenario
    entitle(
        figure, f"{scenario.name}: one world of {len(history.people):,} people, {history.weeks / WEEKS_A_YEAR:g} years, "
        f"seed {history.seed}", scenario.question,
    )  # fmt: skip
    return save(figure, path)


def as_png(draw: Any, *arguments: Any, size: tuple[float, float] = (9, 5)) -> bytes:
    """A picture as PNG bytes: `draw` is given an axis of a new figure of `size` inches, then `arguments`."""
    figure = Figure(figsize=size, layout="constrained")
    draw(figure.subplots(), *arguments)
    return png_of(figure)


def _draw_domain(axis: Axes, weekly: pd.DataFrame, years: np.ndarray, domain: str) -> None:
    alive = weekly["alive"].to_numpy()
    parts = [
        ("active", VERMILION if domain != "mental_health" else PURPLE),
        ("lapsed", ORANGE),
        ("recovering", SKY),
    ]
    names = {"active": "life ruled by illness", "lapsed": "in a crisis", "recovering": "in recovery"}
    plain = {"active": "active", "lapsed": "in a lapse", "recovering": "in recovery"}
    shown = names if domain == "mental_health" else plain
    heights = [1000.0 * weekly[f"{domain}_{part}"].to_numpy() / alive for part, _ in parts]
    axis.stackplot(years, heights, colors=[colour for _, colour in parts], alpha=0.9, linewidth=0)
    tops = np.cumsum([height[-1] for height in heights])
    middles = tops - np.array([height[-1] for height in heights]) / 2
    _headings(axis, DOMAIN_TITLES[domain], "people per 1,000 alive")
    highest = float(np.max(np.sum(heights, axis=0)))
    axis.set_ylim(0, 1.08 * highest if highest > 0 else 1.0)
    if highest > 0:
        labels = [(middle, shown[part], INK) for middle, (part, _) in zip(middles, parts, strict=True)]
        _label_ends(axis, years[-1], labels)
    else:
        axis.text(0.5, 0.5, "nobody in this world", transform=axis.transAxes, ha="center", color=INK)
    tidy(axis, grid="y")


def _draw_lines(
    axis: Axes,
    weekly: pd.DataFrame,
    years: np.ndarray,
    title: str,
    unit: str,
    columns: dict[str, str],
    per: pd.Series | None = None,
) -> None:
    ends = []
    for name, colour in columns.items():
        values = weekly[name].to_numpy(dtype=float)
        if per is not None:
            values = 1000.0 * values / np.maximum(per.to_numpy(dtype=float), 1.0)
        axis.plot(years, values, color=colour, linewidth=1.8)
        ends.append((values[-1], plain_name(name), colour))
    _headings(axis, title, unit)
    axis.set_ylim(*((0, 1) if per is None else (0, 1.05 * max(1.0, axis.get_ylim()[1]))))
    _label_ends(axis, years[-1], ends)
    tidy(axis, grid="y")


_PLAIN = {
    "own_flagged": "with a police flag", "own_sustained_year": "a year in recovery", "own_roles": "roles held",
    "relapse_events": "relapses", "lapse_events": "lapses", "offence_events": "offences", "arrest_events": "arrests",
    "died_events": "deaths",
}  # fmt: skip
"""Plain words for columns of the weekly table whose name is not plain enough."""


def plain_name(column: str) -> str:
    """A column of the weekly table in plain words."""
    return _PLAIN.get(column, column.removeprefix("own_").removeprefix("mean_").replace("_", " "))


def heading(axis: Axes, title: str) -> None:
    """The title of a picture, above its left end; a line too long to stand there is broken."""
    lines = [textwrap.fill(line, LONGEST_LINE) for line in title.split("\n")]
    axis.set_title("\n".join(lines), loc="left", fontsize=11, fontweight="bold")


def _headings(axis: Axes, title: str, unit: str) -> None:
    heading(axis, title)
    axis.set_ylabel(unit)
    axis.set_xlabel("years")


def _label_ends(axis: Axes, at: float, ends: list[tuple[float, str, str]]) -> None:
    """Name each line right of its end, inside the axis, pushed apart where names would overlap."""
    low, high = axis.get_ylim()
    gap = (high - low) * 0.062
    heights = _apart([value for value, _, _ in sorted(ends)], gap, low + gap / 2, high - gap / 4)
    axis.set_xlim(0, at * 1.48)
    axis.set_xticks([tick for tick in axis.get_xticks() if 0 <= tick <= at])
    for height, (value, name, colour) in zip(heights, sorted(ends), strict=True):
        axis.plot([at, at * 1.03], [value, height], color=colour, linewidth=0.8, clip_on=False)
        axis.text(at * 1.04, height, name, color=colour, va="center", fontsize=8.5)


def _apart(values: list[float], gap: float, low: float, high: float) -> list[float]:
    """The same heights, in order, moved as little as needed to stand a gap apart between `low` and `high`."""
    heights: list[float] = []
    for value in values:
        heights.append(max(value, heights[-1] + gap if heights else low))
    for at in range(len(heights) - 1, -1, -1):
        ceiling = heights[at + 1] - gap if at + 1 < len(heights) else high
        heights[at] = min(heights[at], ceiling)
    return heights


def tidy(axis: Axes, grid: str) -> None:
    """Take away frame lines that say nothing, and lay a faint grid behind."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis=grid, color="#e3e3e3", linewidth=0.8)
    axis.set_axisbelow(True)
    for scale in (axis.xaxis, axis.yaxis):
        if isinstance(scale.get_major_formatter(), ScalarFormatter):
            scale.set_major_formatter(FuncFormatter(_tick))


def _tick(value: float, _: int | None = None) -> str:
    """A number at an axis, thousands apart, never with a power of ten to multiply by."""
    return f"{value:,.10g}".replace("-", "\N{MINUS SIGN}")


def drawable(text: str) -> str:
    """The same text without signs that the font lacks, such as emoji, each of which would be drawn as a box."""
    kept = "".join(sign for sign in text if sign == "\n" or ord(sign) in _signs())
    return re.sub(" {2,}", " ", kept) if len(kept) < len(text) else text


@cache
def _signs() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties())).get_charmap())


def _leave_out_boxes(figure: Figure) -> None:
    """Take signs that the font lacks out of every text of a figure, names at its axes too."""
    for text in figure.findobj(Text):
        text.set_text(drawable(text.get_text()))
    for scale in figure.findobj(Axis):
        if isinstance(scale.get_major_locator(), FixedLocator):
            names = [label.get_text() for label in scale.get_ticklabels()]
            if any(drawable(name) != name for name in names):
                scale.set_ticklabels([drawable(name) for name in names])


def entitle(figure: Figure, title: str, question: str) -> None:
    """Write a title and a scenario's question above a figure, and below it that it is no forecast."""
    lines = textwrap.wrap(_plain_dollars(question), 130) if question else []
    figure.suptitle("\n".join([title, *lines]) + "\n", x=0.01, ha="left", fontsize=13)
    figure.supxlabel(words.NOT_A_FORECAST, x=0.01, ha="left", fontsize=8.5, color=FAINT)


def _plain_dollars(text: str) -> str:
    """The same words, with dollars that are drawn as such: between two of them Matplotlib would look for a formula."""
    return text.replace("$", r"\$")


def save(figure: Figure, path: Path) -> Path:
    """Write a figure to `path` as PNG, in one move."""
    return put(path, png_of(figure))


def png_of(figure: Figure) -> bytes:
    """A figure as PNG bytes."""
    FigureCanvasAgg(figure)
    target = io.BytesIO()
    _leave_out_boxes(figure)
    figure.savefig(target, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return target.getvalue()
