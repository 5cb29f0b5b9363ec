"""Pictures of single lives: strips coloured by status week by week, with what happened marked above them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.figures import BLACK, BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, SKY, VERMILION, WEEKS_A_YEAR, save
from analysis.life import SCALES, Life
from analysis.measures_lives import NEVER, Lives
from analysis.words import NOT_A_FORECAST
from simulation import History, Scenario, World
from simulation.errors import ComparisonError, Problem
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE, RECOVERING

CUSTODY, DEAD = 4, 5
STATUS_LOOKS: dict[int, tuple[str, str]] = {
    RECOVERING: ("in recovery", SKY), LAPSED: ("in a lapse or crisis", ORANGE), ACTIVE: ("active", VERMILION),
    CUSTODY: ("in custody", INK), NONE: ("no problem", "#e6e6e6"), DEAD: ("no longer alive", "#ffffff"),
}  # fmt: skip
"""Words and colour of each status of a strip; in custody and no longer alive come before any other."""

WORST = (ACTIVE, LAPSED, RECOVERING, NONE)
"""Statuses in the order in which one stands for a person with several domains."""

MARKS: dict[str, tuple[str, str, str, bool, float]] = {
    "flag_on": ("flagged", "v", PURPLE, True, 0.59), "flag_off": ("flag ended", "^", PURPLE, False, 0.59),
    "decided_gradually": ("decided", "*", GREEN, True, 0.59), "decided_suddenly": ("decided", "*", GREEN, True, 0.59),
    "service_start": ("entered a service", "s", BLUE, True, 0.74), "service_end": ("left a service", "s", BLUE, False, 0.74),
    "role_gained": ("gained a role", "D", BLACK, True, 0.89), "role_lost": ("lost a role", "D", BLACK, False, 0.89),
}  # fmt: skip
"""Events marked: words, mark, colour, whether it is filled, and its height above the foot of a strip."""

THICK = 0.46
"""Thickness of a strip, of the row that it has to itself with its marks."""


def lives_of(history: History) -> Lives:
    """The lives of everybody in a world."""
    return Lives(history, np.ones(len(history.start), dtype=bool))


def strip_of(lives: Lives, place: int, domain: str | None = None) -> np.ndarray:
    """What a strip shows of one person in each lived week, shape (weeks,): a key of `STATUS_LOOKS`.

    `place` is the person's place among the lives. Without `domain`, the status in the worst of all domains: active before a
    lapse before recovery.
    """
    found = np.full(lives.weeks, NONE, dtype=np.int8)
    for name in DOMAINS if domain is None else (domain,):
        status = lives.status(name)[1:, place]
        ranks = [np.array([WORST.index(one) for one in column]) for column in (status, found)]
        found = np.where(ranks[0] < ranks[1], status, found)
    found[lives.custody[1:, place] == 1] = CUSTODY
    died = int(lives.died[place])
    if died != NEVER:
        found[died:] = DEAD
    return found


def draw_strips(
    axis: Axes,
    worlds: Sequence[Lives],
    named: Sequence[str],
    people: Sequence[int],
    domain: str | None = None,
    legend: bool = True,
) -> None:
    """Single lives as strips: for each of `people`, by permanent id, one strip a world, the first world's above the other's.

    `worlds` are the lives of one world, or of two of the same people, `named` what they are called. Without `domain` a
    strip shows the worst of all domains. Marks above a strip are events of that week.

    Raises ComparisonError where nobody is given, or somebody who is not among the lives.
    """
    _check_people(worlds, people)
    unit = _unit(worlds[0].weeks)
    heights, names, shown, marked = [], [], set(), set()
    for foot, person, world in _rows(len(worlds), people):
        lives = worlds[world]
        place = int(np.flatnonzero(np.flatnonzero(lives.who) == person)[0])
        strip = strip_of(lives, place, domain)
        shown |= _draw_strip(axis, foot, strip, unit)
        marked |= _draw_marks(axis, foot, lives, place, unit)
        heights.append(foot + THICK / 2)
        names.append(f"person {person}, {named[world]}" if len(people) > 1 else named[world])
    axis.set_yticks(heights, names, fontsize=8.5)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(min(heights) - 0.5, max(heights) + 0.85)
    axis.set_xlim(0, worlds[0].weeks / unit)
    axis.set_xlabel("weeks" if unit == 1.0 else "years")
    axis.grid(axis="x", color="#e3e3e3", linewidth=0.8)
    axis.set_axisbelow(True)
    axis.spines[["top", "right", "left"]].set_visible(False)
    if legend:
        _draw_legend(axis, shown, marked)


def _unit(weeks: int) -> float:
    """Weeks that one unit of the axis of time holds: up to two years are told in weeks."""
    return 1.0 if weeks <= 2 * WEEKS_A_YEAR else WEEKS_A_YEAR


def _check_people(worlds: Sequence[Lives], people: Sequence[int]) -> None:
    missing = [person for person in people for lives in worlds if not _is_among(lives, person)]
    if not people or missing:
        given = f"person {missing[0]}, who is not among these lives" if missing else "nobody"
        raise ComparisonError(Problem("people", given, "permanent ids of people among the lives", "choose others"))


def _is_among(lives: Lives, person: int) -> bool:
    return 0 <= person < len(lives.who) and bool(lives.who[person])


def _rows(worlds: int, people: Sequence[int]) -> Iterator[tuple[float, int, int]]:
    """Foot of each strip, its person and number of the world, from the top down; a person's strips stand closer together."""
    foot = 0.0
    for person in people:
        for world in range(worlds):
            yield foot, person, world
            foot -= 1.0
        foot -= 0.35


def _draw_strip(axis: Axes, foot: float, strip: np.ndarray, unit: float) -> set[int]:
    """One bar for each run of weeks alike; gives the statuses drawn."""
    starts = np.flatnonzero(np.diff(strip, prepend=-1))
    ends = np.append(starts[1:], len(strip))
    for start, end in zip(starts, ends, strict=True):
        status = int(strip[start])
        if status != DEAD:
            spans = [(start / unit, (end - start) / unit)]
            axis.broken_barh(spans, (foot, THICK), facecolors=STATUS_LOOKS[status][1], linewidth=0)
        else:
            axis.plot([start / unit, end / unit], [foot + THICK / 2] * 2, ":", color=FAINT, linewidth=1)
            axis.plot(start / unit, foot + THICK / 2, "x", color=INK, markersize=7, markeredgewidth=2)
    return {int(one) for one in np.unique(strip)}


def _draw_marks(axis: Axes, foot: float, lives: Lives, place: int, unit: float) -> set[str]:
    """Marks of one person's events; gives the names of the events marked."""
    marked = set()
    for event, (_, mark, colour, filled, height) in MARKS.items():
        weeks, places = lives.when(event)
        at = weeks[places == place]
        if len(at):
            marked.add(event)
            axis.plot(
                at / unit, np.full(len(at), foot + height), mark, color=colour, markersize=8 if mark == "*" else 5,
                markerfacecolor=colour if filled else "white", markeredgewidth=1, linestyle="none", clip_on=False,
            )  # fmt: skip
    return marked


def _draw_legend(axis: Axes, shown: set[int], marked: set[str]) -> None:
    handles: list[Any] = [
        Patch(facecolor=colour, edgecolor="none", label=words)
        for status, (words, colour) in STATUS_LOOKS.items()
        if status in shown and status != DEAD
    ]
    if DEAD in shown:
        handles.append(Line2D([], [], marker="x", color=INK, linestyle=":", label=STATUS_LOOKS[DEAD][0]))
    told = {MARKS[event][0]: MARKS[event] for event in MARKS if event in marked}
    for words, (_, mark, colour, filled, _) in told.items():
        handles.append(
            Line2D([], [], marker=mark, color=colour, linestyle="none", markersize=9 if mark == "*" else 5.5,
                   markerfacecolor=colour if filled else "white", label=words)
        )  # fmt: skip
    axis.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.005, 1.0), frameon=False, fontsize=8.5)


# One life whole


def follow(plan: Scenario, seed: int, person: int) -> pd.DataFrame:
    """Identity, hope, self-stigma and social capital of one person after each week, until they die: a row a week."""
    world = World(plan, seed)
    rows = []
    try:
        while True:
            state = world.people[world.row_of[person]]
            if not state["alive"]:
                break
            rows.append({"week": world.week, **{name: float(state[name]) for name in SCALES}})
            if world.week == world.weeks:
                break
            world.step()
    finally:
        world.close()
    return pd.DataFrame(rows)


def draw_life(life: Life, path: Path) -> Path:
    """Draw one life to `path`, in each of its worlds: strips above, and the person's states week by week below."""
    figure = Figure(figsize=(12, 6.6 + 0.6 * len(life.worlds)), layout="constrained")
    rows = figure.add_gridspec(3, 2, height_ratios=(0.62 + 0.32 * len(life.worlds), 1, 1))
    above = figure.add_subplot(rows[0, :])
    names = [world.scenario.name for world in life.worlds]
    draw_strips(above, [lives_of(world) for world in life.worlds], names, [life.person])
    axes = [figure.add_subplot(rows[1 + at // 2, at % 2]) for at in range(len(SCALES))]
    _draw_states(axes, life)
    week = None if life.weighed is None else life.weighed.week
    if week is not None:
        for axis in (above, *axes):
            axis.axvline(week / _unit(life.worlds[0].weeks), color=FAINT, linewidth=1, linestyle=(0, (2, 2)), zorder=0)
    _headline(figure, life, week)
    return save(figure, path)


def _draw_states(axes: Sequence[Axes], life: Life) -> None:
    weeks = life.worlds[0].weeks
    unit = _unit(weeks)
    followed = [follow(world.scenario, life.seed, life.person) for world in life.worlds]
    for axis, name in zip(axes, SCALES, strict=True):
        for world, states, colour, dashes in zip(life.worlds, followed, (BLUE, VERMILION), ("-", "--"), strict=False):
            label = world.scenario.name
            axis.plot(states["week"] / unit, states[name], dashes, color=colour, linewidth=1.8, label=label)
        title = {"self_stigma": "Self-stigma"}.get(name, name.replace("_", " ").capitalize())
        axis.set_title(f"{title}, from 0 to 1", loc="left", fontsize=10, fontweight="bold")
        axis.set_ylim(0, 1)
        axis.set_xlim(0, weeks / unit)
        axis.set_xlabel("weeks" if unit == 1.0 else "years")
        axis.grid(axis="y", color="#e3e3e3", linewidth=0.8)
        axis.spines[["top", "right"]].set_visible(False)
    if len(followed) > 1:
        axes[0].legend(frameon=False, fontsize=8.5, loc="best")


def _headline(figure: Figure, life: Life, week: int | None) -> None:
    names = " and in ".join(world.scenario.name for world in life.worlds)
    told = [f"Person {life.person} in {names}, seed {life.seed}. A strip shows the worst of all domains, week by week."]
    if life.chosen:
        told.append(f"{life.chosen[0].upper()}{life.chosen[1:]}.")
    if week is not None:
        told.append(f"Dashed upright line: week {week}, which is taken apart in words.")
    lines = textwrap.wrap(" ".join(told[1:]), 140)
    figure.suptitle("\n".join([told[0], *lines]), x=0.01, ha="left", fontsize=11)
    figure.supxlabel(NOT_A_FORECAST, x=0.01, ha="left", fontsize=8.5, color=FAINT)
