"""A picture of each study: lives that meet or part, the two ways of a ramp, what a label costs by its length, what it leaves."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.claim_arms import Numbers
from analysis.figures import BLUE, FAINT, GREEN, ORANGE, VERMILION, png_of, tidy
from analysis.files import put
from analysis.studies import Study
from analysis.studies_of_labels import COSTS, FOLLOWED, LENGTHS, SELF, SHOWN_AFTER
from analysis.studies_of_ramps import HARM_OR_HELP, OUTCOMES, STEPS, WEEKS_UP
from analysis.study_answers import ends_of, values_of, variant_of
from analysis.words import NOT_A_FORECAST

Lived = Mapping[bool, list[Numbers]]
"""Numbers of each draw of a study, with flags that deter (True) and without."""

_OF_LENGTHS = "Two years after the flag is ended. Solid: flags deter as drawn; dashed: they deter nobody. Dotted: 5 in 100."

LEGENDS = {
    "two-selves": "Left: mean gap in identity, begun high less begun low. Right: a dot a draw; two selves above the dotted line.",
    "ramps": "Beyond the world without a ramp. Solid: on the way up; dashed: down. Blue: ten years each way; orange: five.",
    "label-length": _OF_LENGTHS,
    "label-stage": _OF_LENGTHS,
    "after-the-label": "What is left of the largest gap after the flag is ended. Dotted: a third of it. Flags deter as drawn.",
}
LETTERS_AN_INCH = 14
"""Of a heading, so that it stays within the picture."""

SHADED = "Lines: median over draws; shaded: middle 95 % of them."


def draw_study(study: Study, numbers: Mapping[tuple[str, str], Mapping[int, Numbers]], path: Path) -> Path:
    """Draw one study, from the numbers of each of its variants by number of the draw, to `path`."""
    lived = {on: list(numbers.get((study.id, variant_of(on)), {}).values()) for on in (True, False)}
    rows, columns, draw = _PICTURES[study.id]
    width = 5.6 * columns + 0.8
    figure = Figure(figsize=(width, 3.6 * rows + 1.6), layout="constrained")
    draw(figure.subplots(rows, columns, squeeze=False), lived)
    told = textwrap.fill(f"{LEGENDS[study.id]} {SHADED}", int(LETTERS_AN_INCH * width))
    figure.suptitle(f"{study.question}\n{told}\n", x=0.01, ha="left", fontsize=9)
    figure.supxlabel(NOT_A_FORECAST, x=0.01, ha="left", fontsize=8.5, color=FAINT)
    return put(path, png_of(figure))


def _band(axis: Axes, at: np.ndarray, lived: list[Numbers], names: list[str], colour: str, line: str = "-", label: str = "",
          shade: bool = True) -> None:  # fmt: skip
    """Median over draws of numbers of these names, and the middle 95 % of draws, at the places `at`; gaps where none is known."""
    ends = np.array([ends_of(known[~np.isnan(known)]) for known in (values_of(lived, name) for name in names)])
    axis.plot(at, ends[:, 1], line, color=colour, linewidth=1.8, label=label or None)
    if shade:
        axis.fill_between(at, ends[:, 0], ends[:, 2], color=colour, alpha=0.12, linewidth=0)


def _draw_selves(axes: np.ndarray, lived: Lived) -> None:
    years = np.arange(1, 11)
    _band(axes[0, 0], years, lived[True], [f"mean_gap_after_{year}_years" for year in years], BLUE)
    axes[0, 0].set_xlabel("years")
    axes[0, 0].set_ylabel("mean gap in identity, 0 to 1")
    axes[0, 0].set_ylim(bottom=min(0.0, axes[0, 0].get_ylim()[0]))
    gain, share = (values_of(lived[True], name) for name in ("loop_gain_through_conduct", "share_of_two_selves"))
    axes[0, 1].plot(gain, share, "o", color=BLUE, markersize=5)
    axes[0, 1].axhline(0.1, color=FAINT, linestyle=":")
    axes[0, 1].axvline(4.0, color=FAINT, linestyle=":")
    axes[0, 1].set_xlabel("loop gain through conduct, at most")
    axes[0, 1].set_ylabel("share of people who keep two selves")
    _tidy(axes)


def _draw_ramps(axes: np.ndarray, lived: Lived) -> None:
    levels = np.arange(STEPS + 1) / STEPS
    for row, lever in enumerate(HARM_OR_HELP):
        for column, outcome in enumerate(OUTCOMES):
            axis = axes[row, column]
            for speed, colour in zip(WEEKS_UP, (ORANGE, BLUE), strict=True):
                name = f"{lever}_{outcome}_{speed}_at_"
                up, down = ([f"{name}{at}" for at in way] for way in (range(STEPS + 1), range(2 * STEPS, STEPS - 1, -1)))
                _band(axis, levels, lived[True], up, colour, label=f"{WEEKS_UP[speed]} weeks up")
                _band(axis, levels, lived[True], down, colour, "--", f"{WEEKS_UP[speed]} weeks down", shade=False)
            axis.set_xlabel(f"{lever}, share of its most")
            axis.set_ylabel("share in recovery" if outcome == "recovery" else "mean identity")
    axes[0, 0].legend(frameon=False, fontsize=8)
    _tidy(axes)


def _draw_lengths(groups: Mapping[str, tuple[str, str]]) -> Callable[[np.ndarray, Lived], None]:
    """A picture of what a label costs these groups, each by the end of its names: words and colour."""
    def draw(axes: np.ndarray, lived: Lived) -> None:
        axis = axes[0, 0]
        for end, (told, colour) in groups.items():
            names = [f"cost_after_{weeks}_weeks{end}" for weeks in LENGTHS]
            _band(axis, np.array(LENGTHS), lived[True], names, colour, label=told)
            if lived[False]:
                _band(axis, np.array(LENGTHS), lived[False], names, colour, "--", shade=False)
        axis.axhline(COSTS, color=FAINT, linestyle=":")
        axis.set_xscale("log")
        axis.minorticks_off()
        axis.set_xticks(LENGTHS, [str(weeks) for weeks in LENGTHS])
        axis.set_xlabel("weeks that the flag lasts")
        axis.set_ylabel("share in recovery lost")
        axis.legend(frameon=False, fontsize=8)
        _tidy(axes)

    return draw


def _draw_after(axes: np.ndarray, lived: Lived) -> None:
    for axis, name in zip(axes.flat, ("recovery", *SELF), strict=True):
        for length, colour in zip(FOLLOWED, (BLUE, ORANGE, VERMILION), strict=True):
            names = [f"{name}_left_{later}_after_{length}" for later in SHOWN_AFTER]
            _band(axis, np.array(SHOWN_AFTER), lived[True], names, colour, label=f"a flag of {length} weeks")
        axis.axhline(1 / 3, color=FAINT, linestyle=":")
        axis.set_xlabel("weeks after the flag is ended")
        axis.set_ylabel(f"{name.replace('_', '-')}: share of the largest gap")
    axes[0, 0].legend(frameon=False, fontsize=8)
    _tidy(axes)


def _tidy(axes: np.ndarray) -> None:
    for axis in axes.flat:
        tidy(axis, "both")


_BY_SUPPORT = {
    "": ("everybody", BLUE), "_with_little_support": ("little support", VERMILION), "_with_much_support": ("much support", GREEN),
}  # fmt: skip
_BY_STAGE = {"_under_a_year": ("under a year into recovery", VERMILION), "_over_a_year": ("a year or more", GREEN)}

_PICTURES: Mapping[str, tuple[int, int, Callable[[np.ndarray, Lived], None]]] = {
    "two-selves": (1, 2, _draw_selves),
    "ramps": (2, 2, _draw_ramps),
    "label-length": (1, 1, _draw_lengths(_BY_SUPPORT)),
    "label-stage": (1, 1, _draw_lengths(_BY_STAGE)),
    "after-the-label": (2, 2, _draw_after),
}
"""Rows and columns of each study's picture, and what draws it."""
