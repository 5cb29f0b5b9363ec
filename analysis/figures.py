"""Pictures of one world and of a comparison: colours that colour-blind people can tell apart, units on every axis."""

from __future__ import annotations

import io
import textwrap
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis import words
from analysis.files import put
from analysis.intervals import luck_interval
from analysis.pairing import Question
from analysis.worlds import BASE, Numbers

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
"""Okabe and Ito (2008), "Color Universal Design"."""

INK, FAINT = "#222222", "#8a8a8a"
OTHERS = (VERMILION, GREEN, PURPLE, ORANGE, SKY)
DOMAIN_TITLES = {"use": "Substance use", "offending": "Offending", "mental_health": "Mental health"}
WEEKS_A_YEAR = 52.0
DPI = 150
NEXT_TO_NOTHING = 0.005
"""Share of the largest value that an outcome can have below which it is not drawn as a percentage that runs off the picture."""


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
    _title(
        figure, f"{scenario.name}: one world of {len(history.people):,} people, {history.weeks / WEEKS_A_YEAR:g} years, "
        f"seed {history.seed}", scenario.question,
    )  # fmt: skip
    return save(figure, path)


def draw_comparison(effects: Any, path: Path) -> Path:
    """Draw a comparison to `path`: the forest of effects, and the primary outcome over time in each world."""
    question = effects.question
    figure = Figure(figsize=(14, 7.2), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1.25, 1))
    draw_forest(left.subplots(), effects)
    above, below = right.subplots(2, 1, sharex=True, height_ratios=(1.4, 1))
    draw_trajectories(above, below, question, effects.numbers)
    names = " and ".join(question.labels)
    _title(figure, f"{names} against {question.base.name}", effects.question.others[0].question)
    return save(figure, path)


def draw_forest(axis: Axes, effects: Any) -> None:
    """Effects on every outcome in the primary group, as a share of the base world's value: luck thick, assumptions thin."""
    question = effects.question
    table = effects.table
    table = table[(table["group"] == question.group.name) & ~table["unit"].str.contains("100 flags")]
    left_out = _next_to_nothing(question, table)
    table = table[~table["outcome"].isin(left_out)]
    outcomes = [outcome.id for outcome in question.outcomes if outcome.id not in left_out]
    step = 0.8 / max(1, len(question.labels))
    furthest = _furthest(table)
    for number, label in enumerate(question.labels):
        for row in table[table["other"] == label].itertuples():
            height = len(outcomes) - outcomes.index(row.outcome) + 0.4 - step * (number + 0.5)
            _draw_effect(axis, row, height, OTHERS[number % len(OTHERS)], furthest, len(question.labels) == 1)
    axis.axvline(0, color=INK, linewidth=1)
    axis.set_yticks([len(outcomes) - at for at in range(len(outcomes))])
    axis.set_yticklabels([_row_name(table, name, question.primary.id) for name in outcomes])
    axis.set_ylim(0.4, len(outcomes) + 0.6)
    axis.set_xlim(-furthest, furthest)
    not_asked = "" if effects.draws >= 2 else " (not asked)"
    axis.set_xlabel(
        f"difference, % of the value in {question.base.name}\n"
        f"thick: luck alone; thin: if our assumptions are off{not_asked}{_said_of(left_out, question.base.name)}"
    )
    axis.set_title(
        f"Effects within {words.weeks_in_words(question.horizon)}, among {question.whom}", loc="left", fontsize=11,
        fontweight="bold",
    )  # fmt: skip
    if len(question.labels) > 1:
        for number, label in enumerate(question.labels):
            axis.plot([], [], color=OTHERS[number % len(OTHERS)], linewidth=4, label=label)
        axis.legend(loc="best", frameon=True, framealpha=0.85, edgecolor="none", fontsize=9)
    tidy(axis, grid="x")


def draw_trajectories(above: Axes, below: Axes, question: Question, numbers: list[Numbers]) -> None:
    """The primary outcome over time in each world (band: the middle 95 % of seeds), and the paired difference (luck)."""
    column, cumulative = question.primary.weekly, question.primary.counted
    kept = [found for found in numbers if found.task.draw is None]
    base = np.array([_trajectory(found.weekly[BASE], column, cumulative) for found in kept])
    years = np.arange(1, base.shape[1] + 1) / WEEKS_A_YEAR
    _band(above, years, base, BLUE, question.base.name)
    for number, label in enumerate(question.labels):
        colour = OTHERS[number % len(OTHERS)]
        other = np.array([_trajectory(found.weekly[label], column, cumulative) for found in kept])
        _band(above, years, other, colour, label)
        ends = np.array([luck_interval(differences) for differences in (other - base).T])
        below.plot(years, ends[:, 0], color=colour, linewidth=1.8)
        below.fill_between(years, ends[:, 1], ends[:, 2], color=colour, alpha=0.25, linewidth=0)
    words_of = _plain(column)
    since = " so far" if cumulative else ""
    above.set_title(
        f"{words_of.capitalize()}{since}, all people with own experience", loc="left", fontsize=11, fontweight="bold"
    )
    below.set_title(
        "The same, other less base (grey: from the policy's first week to the horizon)", loc="left", fontsize=9
    )
    above.set_ylabel(f"{words_of}{since}\nper 1,000 alive")
    below.set_ylabel("difference,\nper 1,000 alive")
    below.set_xlabel("years")
    below.axhline(0, color=INK, linewidth=1)
    for axis in (above, below):
        start, end = question.first_week / WEEKS_A_YEAR, question.last_week / WEEKS_A_YEAR
        axis.axvspan(start, end, color="#f2f2f2", zorder=0, linewidth=0)
        tidy(axis, grid="y")
    above.legend(loc="upper left", frameon=False)


def as_png(draw: Any, *arguments: Any, size: tuple[float, float] = (9, 5)) -> bytes:
    """A picture as PNG bytes: `draw` is given an axis of a new figure of `size` inches, then `arguments`."""
    figure = Figure(figsize=size, layout="constrained")
    draw(figure.subplots(), *arguments)
    return png_of(figure)


def trajectories_as_png(effects: Any, size: tuple[float, float] = (9, 6)) -> bytes:
    """The trajectories of a comparison as PNG bytes."""
    figure = Figure(figsize=size, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.4, 1))
    draw_trajectories(above, below, effects.question, effects.numbers)
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
        ends.append((values[-1], _plain(name), colour))
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


def _plain(column: str) -> str:
    return _PLAIN.get(column, column.removeprefix("own_").removeprefix("mean_").replace("_", " "))


def _headings(axis: Axes, title: str, unit: str) -> None:
    axis.set_title(title, loc="left", fontsize=11, fontweight="bold")
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


def _draw_effect(axis: Axes, row: Any, height: float, colour: str, furthest: float, alone: bool) -> None:
    if not np.isfinite(row.effect):
        axis.text(0, height, " too few people", va="center", color=FAINT, fontsize=9)
        return
    scale = 100.0 / abs(row.base_value) if row.base_value else 0.0
    if scale:
        wide = np.array([row.low, row.high, row.low_luck, row.high_luck, row.effect]) * scale
        ends = np.clip(wide, -furthest, furthest)
        axis.plot(ends[:2], [height, height], color=colour, linewidth=1.4, alpha=0.8, solid_capstyle="butt")
        axis.plot(ends[2:4], [height, height], color=colour, linewidth=5.5, alpha=0.55, solid_capstyle="butt")
        if abs(wide[4]) <= furthest:
            axis.plot(ends[4], height, "o", color=colour, markersize=6.5, markeredgecolor="white")
        for end, mark in ((-furthest, "<"), (furthest, ">")):
            if np.any(wide[:4] < end) if mark == "<" else np.any(wide[:4] > end):
                axis.plot(end, height, mark, color=colour, markersize=6, clip_on=False)
    if alone:
        like = max(abs(row.effect), (abs(row.low) + abs(row.high)) / 4)
        text = f"{words.signed(row.effect, like)} {row.unit.split(' per ')[0]}"
        axis.text(furthest * 1.02, height, text, va="center", fontsize=8.5, color=INK)


def _furthest(table: pd.DataFrame) -> float:
    """Half-width of the forest's axis, in %: all but wild ranges fit."""
    scale = 100.0 / table["base_value"].abs().where(table["base_value"] != 0)
    ends = (
        pd.concat([table[name] * scale for name in ("low", "high", "low_luck", "high_luck", "effect")]).abs().dropna()
    )
    if ends.empty or ends.max() == 0:
        return 10.0
    return float(np.clip(1.15 * ends.groupby(level=0).max().quantile(0.75), 12.0, 120.0))


def _next_to_nothing(question: Question, table: pd.DataFrame) -> list[str]:
    """Outcomes that hardly ever happen in the base world, of which a difference is no share that says anything."""
    found = []
    for outcome in question.outcomes:
        rows = table[table["outcome"] == outcome.id]
        base = float(rows["base_value"].abs().max())
        widest = float(rows[["low", "high", "low_luck", "high_luck", "effect"]].abs().max(axis=None))
        if base < NEXT_TO_NOTHING * outcome.most(question.horizon) and widest > base:
            found.append(outcome.id)
    return found


def _said_of(left_out: list[str], base: str) -> str:
    names = ", ".join(name.replace("_", " ") for name in left_out)
    return "\n" + textwrap.fill(f"left out, as next to none in {base} (the table has them): {names}", 90) if left_out else ""


def _row_name(table: pd.DataFrame, outcome: str, primary: str) -> str:
    better = table.loc[table["outcome"] == outcome, "better"].iloc[0]
    name = outcome.replace("_", " ")
    return f"{name}, primary\n({better} is better)" if outcome == primary else f"{name}\n({better} is better)"


def _trajectory(weekly: pd.DataFrame, column: str, cumulative: bool) -> np.ndarray:
    values = weekly[column].to_numpy(dtype=float)
    alive = np.maximum(weekly["own_alive"].to_numpy(dtype=float), 1.0)
    return np.cumsum(1000.0 * values / alive) if cumulative else 1000.0 * values / alive


def _band(axis: Axes, years: np.ndarray, values: np.ndarray, colour: str, label: str) -> None:
    axis.plot(years, values.mean(axis=0), color=colour, linewidth=2, label=label)
    if len(values) > 1:
        low, high = np.quantile(values, [0.025, 0.975], axis=0)
        axis.fill_between(years, low, high, color=colour, alpha=0.15, linewidth=0)


def tidy(axis: Axes, grid: str) -> None:
    """Take away frame lines that say nothing, and lay a faint grid behind."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis=grid, color="#e3e3e3", linewidth=0.8)
    axis.set_axisbelow(True)


def _title(figure: Figure, title: str, question: str) -> None:
    lines = textwrap.wrap(question, 130) if question else []
    figure.suptitle("\n".join([title, *lines]) + "\n", x=0.01, ha="left", fontsize=13)
    figure.supxlabel(words.NOT_A_FORECAST, x=0.01, ha="left", fontsize=8.5, color=FAINT)


def save(figure: Figure, path: Path) -> Path:
    """Write a figure to `path` as PNG, in one move."""
    return put(path, png_of(figure))


def png_of(figure: Figure) -> bytes:
    """A figure as PNG bytes."""
    FigureCanvasAgg(figure)
    target = io.BytesIO()
    with warnings.catch_warnings():
        # A sign that the font lacks, in a scenario's own words, is drawn as a box.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(target, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return target.getvalue()
