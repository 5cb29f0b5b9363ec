"""A picture of the verdicts on a family of claims: in which share of the draws each holds, with its exact interval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures import BLUE, FAINT, INK, VERMILION, png_of
from analysis.files import put
from analysis.verdicts import FAILED, NOT_TESTABLE, ROBUST, Verdict
from analysis.words import NOT_A_FORECAST

AMBER = "#b8860b"
COLOURS = {FAILED: VERMILION, ROBUST: BLUE, NOT_TESTABLE: FAINT}

LEGEND = (
    "Dot: share of draws in which the claim holds, with its exact 95 % interval; robust where the interval ends above the line. "
    "Hollow: inserted, so that it counts for nothing."
)


def draw_claims(verdicts: Sequence[Verdict], heading: str, path: Path) -> Path:
    """Draw the verdicts, one a line in the order given, to `path`."""
    figure = Figure(figsize=(12, 1.6 + 0.34 * len(verdicts)), layout="constrained")
    axis = figure.subplots()
    for at, verdict in enumerate(verdicts):
        _draw_verdict(axis, verdict, len(verdicts) - at)
    robust = {verdict.claim.design.robust_above for verdict in verdicts}
    for line in robust:
        axis.axvline(line, color=FAINT, linewidth=1, linestyle=":")
    axis.set_xlim(0, 1)
    axis.set_ylim(0.3, len(verdicts) + 0.7)
    axis.set_yticks([len(verdicts) - at for at in range(len(verdicts))], [_label(one) for one in verdicts], fontsize=8.5)
    axis.set_xlabel("share of draws in which it holds")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="x", color="#e3e3e3", linewidth=0.8)
    axis.set_axisbelow(True)
    figure.suptitle(f"{heading}\n{LEGEND}\n", x=0.01, ha="left", fontsize=10)
    figure.supxlabel(NOT_A_FORECAST, x=0.01, ha="left", fontsize=8.5, color=FAINT)
    return put(path, png_of(figure))


def _label(verdict: Verdict) -> str:
    return verdict.claim.id if verdict.deterrence else f"{verdict.claim.id}, no deterrence"


def _draw_verdict(axis: Axes, verdict: Verdict, height: float) -> None:
    colour = COLOURS.get(verdict.word, AMBER)
    inserted = verdict.claim.kind == "I"
    axis.plot([verdict.low, verdict.high], [height, height], color=colour, linewidth=1.8)
    if verdict.draws:
        axis.plot(verdict.share, height, "o", color=colour, markersize=7, markerfacecolor="white" if inserted else colour)
    axis.text(1.02, height, f"{verdict.word}; {verdict.counted()}", va="center", fontsize=8.5, color=INK, clip_on=False)
