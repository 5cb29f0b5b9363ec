"""Writes docs/fit.md and its picture: defaults, both fits and the null layer beside the published figures, on seeds held out.

    python docs/make_fit.py

takes about three minutes on two cores. A number that a fit misses by more than two sd needs its sentence in docs/misses.toml:
without it the page is not written.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
from markdown_table import table
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.fit import Fit, load_fit
from analysis.targets import load_numbers, load_targets
from analysis.trial import Score
from analysis.validation import Validation, attempts_in_words, validate
from simulation.parameters import PARAMETERS

HERE = Path(__file__).parent
PAGE, PICTURE, MISSES = HERE / "fit.md", HERE / "images" / "fit.png", HERE / "misses.toml"
DEFAULTS = "defaults"
FITS = {
    "change-in-the-person": ("change", "#0b6aa2", "o"),
    "differences-between-people": ("differences", "#c14a1b", "s"),
    "independent-hazards": ("null layer", "#7a7a7a", "x"),
}
SHOWN_AS = {DEFAULTS: ("defaults", "#2a7a3f", "D"), **FITS}
HELD_OUT = (101, 102, 103, 104)
SHOWN = 6.0


def numbers_table(scores: dict[str, Score]) -> str:
    """Every number as published and as each fit gives it; misses in bold."""
    rows = []
    for at, one in enumerate(load_numbers()):
        cells = []
        for score in scores.values():
            line = score.table.iloc[at]
            text = f"{line['model']:.3g} ({line['distance']:+.2f})"
            cells.append(text if line["within"] else f"**{text}**")
        tolerance = f"{one.scale:g}{' on the log' if one.is_log else ''}"
        rows.append([f"{one.label}{' (layers)' if one.layer else ''}", one.status, f"{one.value:g}", tolerance, *cells])
    return table(["number", "checked", "published", "sd", *(SHOWN_AS[name][0] for name in scores)], rows)


def counts_table(scores: dict[str, Score]) -> str:
    """How many numbers each fit meets."""
    rows = [
        [SHOWN_AS[name][0], f"{score.within} of {score.numbers}", f"{score.layer_within} of {score.layer_numbers}",
         f"{score.loss:.0f}", f"{score.layer_loss:.0f}"]
        for name, score in scores.items()
    ]  # fmt: skip
    return table(["fit", "within two sd", "layer numbers within two sd", "loss", "loss on layer numbers"], rows)


def measures() -> str:
    """What each target is, as it is measured, and how its words are read where they leave room."""
    read: dict[str, str] = tomllib.loads(MISSES.read_text(encoding="utf-8"))["reading"]
    rows = [[one.id, one.cohort, one.measure, read.get(one.id, "")] for one in load_targets()]
    return table(["target", "cohort", "measure", "how it is read"], rows)


def at_an_end(fits: list[Fit]) -> str:
    """Parameters that a fit leaves within a fiftieth of an end of the range it searched."""
    lines = []
    for fit in fits:
        found = [f"`{one.name}`" for one in fit.searched if not 0.02 < one.place(fit.values[one.name]) < 0.98]
        lines.append(f"{FITS[fit.name][0]}: {', '.join(found) or 'none'}")
    return "; ".join(lines) + "."


def narrowed(fits: list[Fit]) -> str:
    """Ranges that a fit searched in part only."""
    lines = []
    for fit in fits:
        parts = [
            f"`{one.name}` {one.low:g} to {one.high:g}" for one in fit.searched
            if (one.low, one.high) != (PARAMETERS[one.name].low, PARAMETERS[one.name].high)
        ]
        if parts:
            lines.append(f"{FITS[fit.name][0]}: {', '.join(parts)}")
    return "; ".join(lines) + "."


def values_table(fits: list[Fit]) -> str:
    """Every parameter searched: its range, its default and where each fit stands."""
    names = list(dict.fromkeys(one.name for fit in fits for one in fit.searched))
    rows = []
    for name in names:
        parameter = PARAMETERS[name]
        cells = [f"{fit.values[name]:.3g}" if name in fit.values else "" for fit in fits]
        rows.append(
            [f"`{name}`", parameter.means, f"{parameter.low:g} to {parameter.high:g}", f"{parameter.default:.3g}", *cells]
        )
    return table(["parameter", "means", "plausible range", DEFAULTS, *(FITS[fit.name][0] for fit in fits)], rows)


def misses(scores: dict[str, Score]) -> str:
    """A sentence for each number that a fit of the full model misses, and one for each that the null layer misses."""
    told = tomllib.loads(MISSES.read_text(encoding="utf-8"))
    parts = []
    for part, names in (("full", list(scores)[:3]), ("null", list(scores)[3:])):
        missed: dict[str, list[str]] = {}
        for name in names:
            table = scores[name].table
            for line in table[~table["within"]].itertuples():
                missed.setdefault(str(line.id), []).append(f"{SHOWN_AS[name][0]} {line.distance:+.2f} sd")
        silent = [number for number in missed if number not in told[part]]
        if silent:
            raise SystemExit(f"docs/misses.toml has no sentence under [{part}] for {', '.join(silent)}")
        parts.append("".join(f"- **{number}** ({'; '.join(how)}): {told[part][number]}\n" for number, how in missed.items()))
    return f"{parts[0]}\nThe null layer:\n\n{parts[1]}"


def draw(scores: dict[str, Score]) -> None:
    """Distances of every number from the published one, for each fit."""
    labels = [one.label + (" (layers)" if one.layer else "") for one in load_numbers()]
    figure = Figure(figsize=(9, 11), layout="constrained")
    axis = figure.subplots()
    places = np.arange(len(labels))[::-1]
    axis.axvspan(-2, 2, color="#e4e4e4", zorder=0)
    axis.axvline(0, color="#999999", linewidth=0.8)
    for offset, (name, score) in zip((0.27, 0.09, -0.09, -0.27), scores.items(), strict=True):
        label, colour, marker = SHOWN_AS[name]
        off = np.clip(score.table["distance"].to_numpy(dtype=float), -SHOWN, SHOWN)
        axis.scatter(off, places + offset, s=26, color=colour, marker=marker, label=label, zorder=3)
    axis.set_yticks(places, labels, fontsize=8)
    axis.set_xlim(-SHOWN - 0.4, SHOWN + 0.4)
    axis.set_ylim(-0.8, len(labels) - 0.2)
    axis.set_xlabel(f"off by, in sd of the published number (at most {SHOWN:g} shown); grey: within two sd")
    axis.legend(loc="lower right", frameon=True)
    axis.set_title("The defaults, two fits and the null layer, on seeds they were not fitted to", loc="left", fontsize=11)
    FigureCanvasAgg(figure)
    figure.savefig(PICTURE, dpi=110, metadata={"Software": None})


def made(fit: Fit) -> str:
    """How a fit was made, in words."""
    return (
        f"`{fit.name}`: {fit.means}; {len(fit.searched)} parameters; last stage {fit.made['rounds']} rounds, "
        f"{fit.made['trials']} trials on seeds {' and '.join(map(str, fit.made['seeds']))}."
    )


def main() -> None:
    """Write the page and the picture."""
    fits = [load_fit(name) for name in FITS]
    found: dict[str, Validation] = {DEFAULTS: validate(seeds=HELD_OUT)}
    found |= {fit.name: validate(fit.point, seeds=HELD_OUT, layer=fit.layer) for fit in fits}
    failed = [line for one in found.values() for line in one.record()["failed"]]
    if failed:
        raise SystemExit("\n".join(failed))
    scores = {name: one.score for name, one in found.items()}
    sentences = misses(scores)
    draw(scores)
    attempts = "".join(f"- {SHOWN_AS[name][0]}: {attempts_in_words(one.attempts)}\n" for name, one in found.items())
    how = "".join(f"- {made(fit)}\n" for fit in fits)
    template = (HERE / "fit_template.md").read_text(encoding="utf-8")
    PAGE.write_text(
        template.format(
            counts=counts_table(scores), numbers=numbers_table(scores), misses=sentences, attempts=attempts,
            values=values_table(fits), measures=measures(), how=how, ends=at_an_end(fits), narrowed=narrowed(fits),
            seeds=", ".join(map(str, HELD_OUT)),
        ),
        encoding="utf-8",
    )  # fmt: skip


if __name__ == "__main__":
    main()
