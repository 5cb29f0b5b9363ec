"""The primary outcome over time: each world with the spread over luck, and the paired difference up to the effect itself."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.course import is_so_far
from analysis.figures import BLUE, FAINT, INK, OTHERS, WEEKS_A_YEAR, plain_name, png_of, tidy
from analysis.intervals import mean_intervals
from analysis.worlds import BASE, Numbers

MIDDLE = 0.95
"""Share of the worlds that a band over worlds holds."""


@dataclass(frozen=True)
class _Course:
    """What is drawn: values by world, shape (worlds, weeks), when each was, and in words what of whom.

    `judged` says whether it is the primary outcome in its own group, so that it ends at the effect.
    """

    values: dict[str, np.ndarray]
    weeks: np.ndarray
    title: str
    unit: str
    since: str
    judged: bool


def courses_as_png(effects: Any, size: tuple[float, float] = (9, 5.6)) -> bytes:
    """The primary outcome over time as PNG bytes."""
    figure = Figure(figsize=size, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.3, 1))
    draw_courses(above, below, effects)
    return png_of(figure)


def draw_courses(above: Axes, below: Axes, effects: Any) -> None:
    """The primary outcome over time in each world, `above`, and the paired difference from the base world, `below`.

    Both are of the primary group, as the outcome would have been after each week, so that they end at the effect. Of worlds
    without events only the weekly table is known: then of everybody with own experience, which the title says.
    """
    question = effects.question
    shown = _course(effects)
    unit = WEEKS_A_YEAR if shown.weeks[-1] > 2 * WEEKS_A_YEAR else 1.0
    times = shown.weeks / unit
    names = {BASE: question.base.name, **{label: label for label in question.labels}}
    for number, (key, name) in enumerate(names.items()):
        colour = BLUE if key == BASE else OTHERS[(number - 1) % len(OTHERS)]
        _draw_world(above, times, shown.values[key], colour, name)
        if key != BASE:
            _draw_difference(below, times, shown.values[key] - shown.values[BASE], colour)
    above.set_title(textwrap.fill(shown.title, 72), loc="left", fontsize=11, fontweight="bold")
    below.set_title("The difference from the base world, same people and same luck", loc="left", fontsize=9)
    above.set_ylabel(textwrap.fill(shown.unit, 24))
    below.set_ylabel("difference,\n" + textwrap.fill(shown.unit, 24))
    below.set_xlabel(f"{'weeks' if unit == 1.0 else 'years'} {shown.since}")
    below.axhline(0, color=INK, linewidth=1)
    for axis in (above, below):
        tidy(axis, grid="y")
        axis.set_xlim(0, times[-1] * (1.06 if shown.judged else 1.0))
    several = len(shown.values[BASE]) > 1
    band = (
        [Patch(color=FAINT, alpha=0.3, linewidth=0, label="band: the middle 95 % of worlds, luck alone")]
        if several
        else []
    )
    handles = [*above.get_legend_handles_labels()[0], *band]
    above.legend(handles=handles, loc="best", framealpha=0.85, edgecolor="none", fontsize=9)
    bracketed = shown.judged and _draw_brackets(below, effects, times[-1])
    _name_ranges(below, several, bracketed)


def _course(effects: Any) -> _Course:
    question = effects.question
    kept = [found for found in effects.numbers if found.task.draw is None]
    keys = (BASE, *question.labels)
    outcome = question.primary
    name = outcome.id.replace("_", " ").capitalize()
    if all("course" in found.weekly[key] for found in kept for key in keys):
        values = {key: np.array([found.weekly[key]["course"].to_numpy() for found in kept]) for key in keys}
        weeks = np.arange(1, question.horizon + 1)
        since = f"since week {question.first_week}, the policy's first;\nthe last is the horizon, where the outcome is judged"
        so_far = " so far" if is_so_far(outcome) else ""
        return _Course(values, weeks, f"{name}{so_far}, among {question.whom}", outcome.unit, since, True)
    values = {key: np.array([_of_everybody(found, key, outcome) for found in kept]) for key in keys}
    what = plain_name(outcome.weekly) + (" so far, repeated ones too" if outcome.counted else "")
    title = f"Not the primary group, whose events were not kept: {what}, all people with own experience"
    return _Course(
        values, np.arange(1, values[BASE].shape[1] + 1), title, f"{what}, per 1,000 alive", "since the start", False
    )


def _of_everybody(found: Numbers, key: str, outcome: Any) -> np.ndarray:
    """What the weekly table has of everybody with own experience, per 1,000 of them alive, shape (weeks,)."""
    weekly = found.weekly[key]
    values = (
        1000.0
        * weekly[outcome.weekly].to_numpy(dtype=float)
        / np.maximum(weekly["own_alive"].to_numpy(dtype=float), 1.0)
    )
    return np.cumsum(values) if outcome.counted else values


def _draw_world(axis: Axes, times: np.ndarray, values: np.ndarray, colour: str, name: str) -> None:
    axis.plot(times, values.mean(axis=0), color=colour, linewidth=2, label=name)
    if len(values) > 1:
        low, high = np.quantile(values, [(1 - MIDDLE) / 2, (1 + MIDDLE) / 2], axis=0)
        axis.fill_between(times, low, high, color=colour, alpha=0.15, linewidth=0)


def _draw_difference(axis: Axes, times: np.ndarray, differences: np.ndarray, colour: str) -> None:
    axis.plot(times, differences.mean(axis=0), color=colour, linewidth=1.8)
    if len(differences) > 1:
        _, low, high = mean_intervals(differences.T)
        axis.fill_between(times, low, high, color=colour, alpha=0.25, linewidth=0)


def _draw_brackets(axis: Axes, effects: Any, last: float) -> bool:
    """The interval over assumptions of each primary effect, as a bracket beyond the horizon; whether there is any."""
    found = False
    for number, label in enumerate(effects.question.labels):
        row = effects.primary(label)
        if np.isfinite(row["low"]) and np.isfinite(row["high"]):
            found = True
            middle, half = (row["low"] + row["high"]) / 2, (row["high"] - row["low"]) / 2
            axis.errorbar(last * (1.012 + 0.015 * number), middle, yerr=half, fmt="none", ecolor=OTHERS[number % len(OTHERS)],
                          elinewidth=1.4, capsize=3.5, capthick=1.4)  # fmt: skip
    return found


def _name_ranges(axis: Axes, several: bool, bracketed: bool) -> None:
    handles: list[Any] = []
    if several:
        handles.append(Patch(color=FAINT, alpha=0.4, linewidth=0, label="band: 95 % interval, luck alone"))
    if bracketed:
        label = "bracket at the horizon: if our assumptions are off"
        handles.append(Line2D([], [], color=FAINT, linestyle="none", marker="$]$", markersize=9, label=label))
    if handles:
        axis.legend(handles=handles, loc="best", framealpha=0.85, edgecolor="none", fontsize=8.5)
