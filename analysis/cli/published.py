"""What `recovery evidence validate --figures FILE` does: published figures, a verdict each."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analysis.cli import console
from analysis.cli.trials import Where, already_done, answer
from simulation.errors import Problem, UserError

RECEIPT = "validation.json"
USUAL_DRAWS = 60
MOST_DRAWS = 10_000


class Asked(NamedTuple):
    """What is asked for: the name of the file, its figures, a seed for each draw, people, layer and assumptions that are set."""

    name: str
    figures: tuple[Any, ...]
    seeds: list[int]
    people: int | None
    layer: str
    settings: dict[str, float]

    @classmethod
    def read(
        cls, file: str, draws: int | None, seeds: str | None, people: int | None, layer: str | None, settings: Sequence[str]
    ) -> Asked:
        """The same from the options of the verb. Raises UserError where they cannot be had."""
        from analysis.published_draws import usual_seeds
        from analysis.published_file import load_figures
        from simulation.mechanisms import LAYERS

        if layer is not None:
            console.choose("--layer", layer, list(LAYERS))
        console.check_number("--draws", draws, 2, MOST_DRAWS)
        console.check_world(people, None)
        values = console.read_settings(settings)
        listed = console.read_seeds(seeds) if seeds is not None else usual_seeds(draws or USUAL_DRAWS)
        if draws is not None and len(listed) != draws:
            raise UserError(
                Problem("--seeds", f"{len(listed)} seeds beside --draws {draws}", "a seed for each draw", "Leave --seeds out.")
            )
        if len(listed) < 2:
            raise UserError(Problem("--seeds", "one seed", "two or more: one for each draw", "--draws 60"))
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(file).stem) or "file"
        return cls(stem, load_figures(file), listed, people, layer or "labels", values)

    def inputs(self) -> dict[str, Any]:
        """All that decides the results, as plain values."""
        from analysis.files import fingerprint
        from analysis.posterior import DRAWN_FROM, draws_lived

        draws = draws_lived(self.seeds, self.settings)

        return {
            "figures": [figure.record() for figure in self.figures], "seeds": self.seeds, "people": self.people,
            "layer": self.layer, "assumptions": self.settings, "drawn_from": DRAWN_FROM,
            "draws": fingerprint([dict(draw.assumptions) for draw in draws]), "version": console.version(),
            "code": console.code_identity(),
        }  # fmt: skip


def judge(asked: Asked, where: Where, folder: Path, force: bool, as_json: bool) -> None:
    """Live what is missing, judge the figures, write the results and print them; ends with 1 where a world failed."""
    inputs = asked.inputs()
    record = already_done(folder, RECEIPT, inputs, force)
    if record is None:
        record = _judged(asked, where, folder, inputs, force)
    answer(record, folder, RECEIPT, as_json, _print_table)


def _judged(asked: Asked, where: Where, folder: Path, inputs: dict[str, Any], force: bool) -> dict[str, Any]:
    from analysis.published_verdicts import validate_figures, write_figures

    if asked.layer != "labels":
        console.note(f"Note: the assumptions are drawn for the full model, not for the {asked.layer} layer.")
    console.compile_first()
    count = len(asked.figures)
    with console.progress_of(f"{count} figure{'' if count == 1 else 's'} at {len(asked.seeds)} draws") as tell:
        found = validate_figures(
            asked.figures, asked.seeds, settings=asked.settings, people=asked.people, layer=asked.layer, progress=tell,
            **where._asdict(),
        )  # fmt: skip
    for damaged in found.ran.damaged:
        console.note(f"Note: damaged in the store, and lived again: {damaged}")
    failed = f", {len(found.failures())} failed" if found.failures() else ""
    console.note(f"Worlds: {found.ran.lived:,} lived now, {found.ran.reused:,} found in the store{failed}.")
    return write_figures(found, folder, inputs, force)


HEADS = ("figure", "cohort", "published", "sd", "median", "model", "with study's error", "off by, sd", "above", "verdict")


def _print_table(record: dict[str, Any]) -> None:
    rows = [_cells(row) for row in record["table"]]
    if not sys.stdout.isatty():
        for cells in (HEADS, *rows):
            console.say(" | ".join(cells))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Published figures", box=box.SIMPLE_HEAD, title_justify="left")
    for at, head in enumerate(HEADS):
        table.add_column(head, justify="right" if 2 <= at <= 8 else "left")
    for cells in rows:
        table.add_row(*cells, style="bold" if cells[-1].startswith("outside") else None)
    Console().print(table)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

    def between(low: str, high: str) -> str:
        return "-" if row[low] is None else f"{shown(row[low])} to {shown(row[high])}"

    verdict = f"{row['verdict']} ({row['why']})" if row["why"] else row["verdict"]
    return (
        row["id"], Path(row["cohort"]).stem, shown(row["published"]), shown(row["sd"]) + (" (log)" if row["is_log"] else ""),
        shown(row["median"]), between("low_model", "high_model"), between("low", "high"),
        "-" if row["off"] is None else f"{row['off']:+.1f}",
        "-" if row["above"] is None else f"{100 * row['above']:.0f} %", verdict,
    )  # fmt: skip
