"""Pictures of what the parts of a policy are owed, and of what reaches people whom it does not cover."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from analysis import words
from analysis.figures import BLUE, FAINT, GREEN, INK, ORANGE, VERMILION, heading, tidy
from analysis.intervals import Effect

BAR = 0.62
LEGEND_BELOW = -0.26


def size_of_parts(attribution: Any) -> tuple[float, float]:
    """Width and height of the picture of an attribution, in inches."""
    return 9.0, 2.6 + 0.55 * (len(attribution.parts) + 2)


def draw_parts(axis: Axes, attribution: Any) -> None:
    """The whole effect on the primary outcome and each part's share of it: luck thick, assumptions thin; and alone, and last."""
    question, parts = attribution.question, attribution.parts
    rows = [("all parts", attribution.effect("whole"), INK)]
    rows += [(part.words, attribution.effect("share", part.name), BLUE) for part in parts]
    if len(parts) > 1:
        rows.append(("whole less the sum\nof parts alone", attribution.effect("interaction"), FAINT))
    for at, (_, effect, colour) in enumerate(rows):
        _draw_bar(axis, len(rows) - at, effect, colour)
    for at, part in enumerate(parts, 1):
        for measure, mark in (("alone", "^"), ("last", "s")):
            value = attribution.effect(measure, part.name).value
            axis.plot(value, len(rows) - at, mark, color="white", markeredgecolor=VERMILION, markersize=7, zorder=4)
    for mark, name in (("^", "this part alone"), ("s", "this part added last")):
        axis.plot([], [], mark, color="white", markeredgecolor=VERMILION, label=name)
    axis.set_yticks([len(rows) - at for at in range(len(rows))])
    axis.set_yticklabels([name for name, _, _ in rows])
    axis.axvline(0, color=INK, linewidth=1)
    outcome = question.primary
    not_asked = "" if attribution.draws >= 2 else " (not asked)"
    axis.set_xlabel(
        f"{outcome.id.replace('_', ' ')}: difference, {outcome.unit} ({outcome.better} is better)\n"
        f"bar: mean; thick line: luck alone; thin: if our assumptions are off{not_asked}\n{words.NOT_A_FORECAST}"
    )
    span = words.weeks_in_words(question.horizon)
    title = f"{question.labels[-1]} against {question.base.name}, within {span}, among\n{question.whom}: what each part is owed"
    heading(axis, title)
    axis.legend(loc="upper left", bbox_to_anchor=(0, LEGEND_BELOW), ncols=2, frameon=False, fontsize=9)
    tidy(axis, "x")


def _draw_bar(axis: Axes, height: float, effect: Effect, colour: str) -> None:
    axis.barh(height, effect.value, height=BAR, color=colour, alpha=0.35, linewidth=0)
    axis.plot([effect.low, effect.high], [height, height], color=INK, linewidth=1.2, solid_capstyle="butt")
    axis.plot([effect.low_luck, effect.high_luck], [height, height], color=colour, linewidth=4.5, solid_capstyle="butt")


SHOWN = (
    ("covered", "total", "as they are", VERMILION, "-", "o"),
    ("eligible, not covered", "indirect", "as they are", BLUE, "-", "s"),
    ("the same, ties frozen", "indirect", "frozen", BLUE, ":", "s"),
    ("not eligible", "outside", "as they are", GREEN, "--", "^"),
    ("all who are eligible", "overall", "as they are", ORANGE, "-.", "D"),
)
"""Lines of the picture: name, estimand, ties, colour, stroke and mark."""


def draw_spillover(axis: Axes, spillover: Any) -> None:
    """Effects on people covered, not covered and not eligible, against the share covered; bands: luck."""
    question, table = spillover.question, spillover.table
    for name, estimand, ties, colour, stroke, mark in SHOWN:
        rows = table[(table["estimand"] == estimand) & (table["ties"] == ties) & table["effect"].notna()]
        shares = 100.0 * rows["share"].to_numpy()
        axis.plot(shares, rows["effect"], stroke, marker=mark, color=colour, linewidth=1.8, markersize=5.5, label=name)
        low, high = rows["low_luck"].to_numpy(dtype=float), rows["high_luck"].to_numpy(dtype=float)
        if ties != "frozen":
            axis.fill_between(shares, low, high, color=colour, alpha=0.13, linewidth=0)
        if len(shares) == 1 and np.isfinite(low).all():
            axis.plot([shares[0], shares[0]], [low[0], high[0]], color=colour, linewidth=3, alpha=0.5)
    outcome = question.primary
    axis.axhline(0, color=INK, linewidth=1)
    axis.set_xticks([100.0 * share for share in spillover.design.shares])
    axis.set_xlabel(
        f"share covered of those whom the policy covers where it is given whole, % (bands: luck)\n{words.NOT_A_FORECAST}"
    )
    axis.set_ylabel(f"{outcome.id.replace('_', ' ')}: difference from {question.base.name},\n{outcome.unit} "
                    f"({outcome.better} is better)")  # fmt: skip
    lever, span = spillover.design.lever.replace("_", " "), words.weeks_in_words(question.horizon)
    title = f"{lever}: who is covered, and whom it reaches through others, within {span}"
    heading(axis, title)
    axis.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9, title="effect on people")
    tidy(axis, "y")
