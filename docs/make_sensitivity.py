"""Writes docs/sensitivity_run.md: every free assumption screened by Morris, and Sobol indices of six that lead, with pictures.

    python docs/make_sensitivity.py [--workers N]

takes about two hours on two idle cores, most of it for worlds that the run store (results/store) then has.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from markdown_table import table

from analysis.figures import as_png
from analysis.figures_sensitivity import draw_morris_plane, draw_sobol, draw_tornado, size_of_bars
from analysis.sensitivity import Sensitivity, sensitivity

PAGE = Path(__file__).parent / "sensitivity_run.md"
IMAGES = Path(__file__).parent / "images"
STORE = "results/store"
PAIR = ("the-visit-five-years", "independent-advocates-five-years")
SIZE = {"people": 4_000, "own_experience": 0.8, "seeds": range(1, 4)}
SIX = ("kin_voice_rate", "expiry", "flag_shock", "w_distress", "label_flag", "w_roles_use")
"""The six assumptions of largest reach in the screening."""

SHOWN = 12

INTRODUCTION = """# Sensitivity of the effect of independent advocates

*Made by `python docs/make_sensitivity.py`; [Sensitivity](sensitivity.md) says how to read it and what it means in words.*

`the-visit-five-years` against `independent-advocates-five-years`: of 1,000 people flagged without cause, how many more are a year
or more into recovery five years later, because an advocate stood by them; above 0 is more. 4,000 people, 80 % with own
experience, seeds 1 to 3 at every point, the effect of a pair of worlds with the same people and luck.
"""


def screen(store: str, workers: int | None = None) -> Sensitivity:
    """Morris over all free assumptions, ten trajectories, and every mechanism off."""
    return sensitivity(*PAIR, method="morris", samples=10, store=store, workers=workers, **SIZE)


def shares(store: str, workers: int | None = None) -> Sensitivity:
    """Sobol indices of the six, 32 base samples."""
    return sensitivity(*PAIR, method="sobol", samples=32, parameters=SIX, ablation=False, store=store, workers=workers, **SIZE)


def page(morris: Sensitivity, sobol: Sensitivity) -> str:
    """The page."""
    label = PAIR[1]
    return "\n".join([
        INTRODUCTION,
        "## All free assumptions: Morris\n", *_said(morris, label), _pictured("sensitivity-morris.png", "The Morris plane"),
        _screened(morris),
        "\n## One mechanism off, another structure\n\nThe twelve farthest from the default:\n", _arms(morris),
        "\n## Six that lead: Sobol\n", *_said(sobol, label), _pictured("sensitivity-sobol.png", "Shares of variance"),
        _indices(sobol), "\n" + _pictured("sensitivity-tornado.png", "The effect at either end of each"),
    ])  # fmt: skip


def _said(found: Sensitivity, label: str) -> list[str]:
    return [f"- {line}" for line in found.sentences[label]] + [""]


def _pictured(name: str, what: str) -> str:
    return f"![{what}](images/{name})\n"


def _three(row: pd.Series) -> list[str]:
    return [f"{row[name]:.3g}" for name in ("estimate", "low", "high")]


def _screened(found: Sensitivity) -> str:
    rows = found.table.set_index(["measure", "factor"])
    facts = found.factors.set_index("factor")
    names = [*found.leading(SHOWN), "dummy"]
    cells = [
        [f"`{name}`", facts.loc[name, "means"], facts.loc[name, "basis"], *_three(rows.loc["mu_star", name]),
         f"{rows.loc[('mu', name), 'estimate']:.3g}", f"{rows.loc[('sigma', name), 'estimate']:.3g}"]
        for name in names
    ]  # fmt: skip
    return table(["assumption", "means", "rests on", "mu*", "low", "high", "mu", "sigma"], cells)


def _arms(found: Sensitivity) -> str:
    rows = found.table[found.table["measure"].isin(["ablation", "alternative"])]
    rows = rows.assign(size=rows["difference_from_default"].abs()).sort_values("size", ascending=False, kind="stable")
    cells = [
        [row.factor, row.kind, f"{row.estimate:.3g}", f"{row.difference_from_default:+.3g}",
         f"{row.difference_low:.3g} to {row.difference_high:.3g}"]
        for row in rows.head(SHOWN).itertuples()
    ]  # fmt: skip
    return table(["off, or in place of the model", "kind", "effect there", "less the default's", "95 % over seeds"], cells)


def _indices(found: Sensitivity) -> str:
    rows = found.table.set_index(["measure", "factor"])
    measures = ("first", "total", "pawn_median", "pawn_max")
    cells = []
    for name in (*found.leading(len(SIX)), "dummy"):
        figures = [_three(rows.loc[measure, name]) for measure in measures]
        cells.append([f"`{name}`", *(f"{estimate} ({low} to {high})" for estimate, low, high in figures)])
    return table(["assumption", "first order", "total", "PAWN, median", "PAWN, largest"], cells)


def draw(morris: Sensitivity, sobol: Sensitivity) -> None:
    """The pictures of the page."""
    label = PAIR[1]
    bars = size_of_bars(len(SIX) + 2)
    pictures = {
        "sensitivity-morris.png": as_png(draw_morris_plane, morris, label, size=(12, 6)),
        "sensitivity-sobol.png": as_png(draw_sobol, sobol, label, size=bars),
        "sensitivity-tornado.png": as_png(draw_tornado, sobol, label, sobol.leading(len(SIX)), size=bars),
    }
    for name, data in pictures.items():
        (IMAGES / name).write_bytes(data)


def main() -> None:
    """Live what is missing and write the page and its pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int)
    workers = parser.parse_args().workers
    morris, sobol = screen(STORE, workers), shares(STORE, workers)
    draw(morris, sobol)
    PAGE.write_text(page(morris, sobol), encoding="utf-8")


if __name__ == "__main__":
    main()
