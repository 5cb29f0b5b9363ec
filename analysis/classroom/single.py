"""One world on Mesa's own page: its controls, its parameters and its plots, and everybody drawn on their network.

Only the server of the classroom reads this module: it needs the packages of the extra `classroom`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import solara
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from analysis.classroom.frames import Frame, Stage, frame_of, stage_of
from analysis.classroom.lesson import MOST_PEOPLE, PEOPLE
from analysis.classroom.lesson_page import ILLUSTRATION
from analysis.classroom.looks import LABEL_BITS, LABEL_SHIFT, LABELS, STATUS_BITS, STATUSES, TIES
from analysis.figures import BLUE, GREEN, PURPLE, VERMILION
from simulation import RecoveryModel
from simulation.errors import Problem, UserError
from simulation.scenario import find_scenario
from simulation.units import shown

FEWEST_PEOPLE = 50
MOST_YEARS = 10
MOST_SEED = 99

SCENARIOS = sorted(path.stem for path in find_scenario("baseline").parent.glob("*.toml"))
"""Names of the shipped scenarios: no other file can be named from a page."""

_MARKERS = {"circle": "o", "triangle": "^", "square": "s", "bars": "D", "dot": ".", "hollow": "o"}
_LINES = {"solid": "-", "dashed": "--", "dotted": ":"}
_RINGS = {"thin": (0.9, "-"), "dashed": (1.6, "--"), "thick": (2.2, "-")}


class OneWorld(RecoveryModel):
    """A `RecoveryModel` of a shipped scenario, small enough to be drawn.

    `stage` says where each person is drawn: by the ties of the first week, for as long as the world lasts. Raises UserError for
    a scenario that is not shipped, or a number beyond those that the page offers.
    """

    def __init__(self, plan: str = "the-visit", people: int = PEOPLE, years: int = 2, seed_number: int = 1) -> None:
        problems = []
        if plan not in SCENARIOS:
            problems.append(
                Problem("scenario", shown(plan), "a name from `recovery list scenarios`", "Choose one.")
            )
        for name, value, low, high in (
            ("people", people, FEWEST_PEOPLE, MOST_PEOPLE),
            ("years", years, 1, MOST_YEARS),
            ("seed", seed_number, 1, MOST_SEED),
        ):
            if not isinstance(value, int) or not low <= value <= high:
                problems.append(Problem(name, shown(value), f"a whole number from {low} to {high}", "Move the slider."))
        if problems:
            raise UserError(problems)
        super().__init__(plan, people, years, seed_number)
        self.stage = stage_of(self)


PARAMETERS: dict[str, Any] = {
    "plan": {"type": "Select", "label": "Scenario", "value": "the-visit", "values": SCENARIOS},
    "people": {
        "type": "SliderInt",
        "label": "People",
        "value": PEOPLE,
        "min": FEWEST_PEOPLE,
        "max": MOST_PEOPLE,
        "step": 50,
    },
    "years": {"type": "SliderInt", "label": "Years", "value": 2, "min": 1, "max": MOST_YEARS, "step": 1},
    "seed_number": {"type": "SliderInt", "label": "Luck (seed)", "value": 1, "min": 1, "max": MOST_SEED, "step": 1},
}
"""What can be chosen, as Mesa's page takes it; it holds from the next reset. `scenario` is a word of Mesa's own from 3.5 on."""


def draw_people(axis: Axes, stage: Stage, frame: Frame) -> None:
    """Everybody where the stage has them: shape and colour by status, a ring for a label, a line for each tie."""
    for tie in TIES:
        pairs = frame.ties[frame.ties[:, 2] == tie.code, :2]
        axis.add_collection(
            LineCollection(
                stage.places[pairs], colors=tie.light, linewidths=0.5, linestyles=_LINES[tie.shape], alpha=0.6
            )
        )
    statuses, labels = frame.codes & STATUS_BITS, frame.codes >> LABEL_SHIFT & LABEL_BITS
    for status in STATUSES:
        here = statuses == status.code
        hollow = status.shape == "hollow"
        axis.scatter(
            *stage.places[here].T, s=42, marker=_MARKERS[status.shape], zorder=2, linewidths=0.5,
            facecolors="none" if hollow else status.light, edgecolors="#1d2329", label=f"{status.words}: {here.sum()}",
        )  # fmt: skip
    for label in LABELS:
        here = labels == label.code
        width, line = _RINGS[label.shape]
        axis.scatter(
            *stage.places[here].T, s=110, marker="o", facecolors="none", edgecolors=label.light, linewidths=width,
            linestyles=line, zorder=3, label=f"{label.words}: {here.sum()}",
        )  # fmt: skip
    axis.set_xlim(0, stage.across)
    axis.set_ylim(stage.down, 0)
    axis.set_aspect("equal")
    axis.set_axis_off()
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=8)


def week_in_words(frame: Frame) -> str:
    """How many people have each status, in words."""
    counts = np.bincount(frame.codes & STATUS_BITS, minlength=STATUS_BITS + 1)
    told = ", ".join(f"{counts[status.code]} {status.words}" for status in STATUSES if counts[status.code])
    return f"Week {frame.week}: {told}."


@solara.component
def Network(model: OneWorld) -> None:  # noqa: N802 -- as components are named in Solara
    """Everybody of a model, drawn anew after each step, and the week in words below."""
    update_counter.get()
    frame = frame_of(model)
    figure = Figure(figsize=(7.5, 5.0))
    draw_people(figure.add_subplot(), model.stage, frame)
    with solara.Column():
        with solara.v.Html(tag="div", attributes={"role": "img", "aria-label": "Everybody on their network"}):
            solara.FigureMatplotlib(figure, format="png", bbox_inches="tight")
        solara.Text(week_in_words(frame))


COUNTED = {
    "own_recovering": ("in recovery, of those with own experience", GREEN),
    "flagged": ("with a flag", BLUE),
    "in_custody": ("in custody", VERMILION),
}
MEANS = {
    "mean_identity": ("identity", BLUE),
    "mean_hope": ("hope", GREEN),
    "mean_self_stigma": ("self-stigma", VERMILION),
    "mean_distress": ("distress", PURPLE),
}
"""Columns of the weekly table that are plotted, each in words and its colour."""


def _plot(columns: Mapping[str, tuple[str, str]], measured: str, high: float | None) -> Any:
    """A plot of these columns by Mesa's own component, with plain words, from nothing to `high`."""

    def in_plain_words(axis: Axes) -> None:
        axis.set_ylim(0, high)
        axis.set_ylabel(measured)
        for text in axis.get_legend().get_texts():
            text.set_text(columns[text.get_text()][0])
        weeks = max(len(line.get_xdata()) for line in axis.get_lines())
        if not weeks:  # Mesa's table begins with the first week that was lived
            axis.set_axis_off()
            axis.get_legend().remove()
            axis.text(0.5, 0.5, "Press Step or Play: the lines begin with the first week.", ha="center", transform=axis.transAxes)
        elif weeks == 1:  # a line of one week cannot be seen
            for line in axis.get_lines():
                line.set_marker("o")

    component, _ = make_plot_component(
        {name: colour for name, (_, colour) in columns.items()}, post_process=in_plain_words
    )
    return component


PLOTS = {
    "People week by week: in recovery, with a flag, in custody": _plot(COUNTED, "people", None),
    "Means week by week: identity, hope, self-stigma, distress": _plot(MEANS, "mean, from 0 to 1", 1.0),
}
"""Each plot by what it shows, in words."""


@solara.component
def Plot(model: OneWorld, words: str) -> None:  # noqa: N802 -- as components are named in Solara
    """One plot of a model, drawn anew after each step."""
    update_counter.get()
    with solara.v.Html(tag="div", attributes={"role": "img", "aria-label": words}):
        PLOTS[words](model)


PICTURES = {
    "display": "grid",
    "grid-template-columns": "repeat(auto-fit, minmax(min(100%, 24rem), 1fr))",
    "gap": "1rem",
}
"""The pictures side by side where there is room, and one below the other on a phone."""


@solara.component
def Page() -> None:  # noqa: N802 -- as components are named in Solara
    """The page: a world of one's own, let go of at the next reset and when the page is closed."""
    model = solara.use_memo(lambda: solara.reactive(OneWorld()), [])
    world = model.value.world
    solara.use_effect(lambda: world.close, [id(world)])
    solara.v.Html(tag="a", attributes={"href": "/"}, children=["Two worlds of the same people"])
    solara.Text(ILLUSTRATION)
    # Mesa's page lays its components out in numbered tabs of two columns: they stand below it instead.
    SolaraViz(model, components=[], model_params=PARAMETERS, name="One world", play_interval=51)
    with solara.Div(style=PICTURES):
        Network(model.value)
        for words in PLOTS:
            Plot(model.value, words)
    solara.Text(ILLUSTRATION)
