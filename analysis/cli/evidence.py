"""`recovery evidence`: how the model stands to what has been published."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import claims, console, options
from analysis.cli.trials import Where, already_done, answer, note_what_was_lived
from simulation.errors import Problem, UserError

RECEIPT = "validation.json"
USUAL_SEEDS = "101-104"

app = typer.Typer(help="Hold the model against published figures, and claims against the model.", no_args_is_help=True)


@app.callback()
def _evidence() -> None:
    """Hold the model against published figures, and claims against the model."""


app.command("claims")(claims.claims)


@app.command("validate")
def validate(
    layer: Annotated[
        str | None, typer.Option(help="What acts: null, network, identity or labels (default: labels, or the fit's).")
    ] = None,
    fit: Annotated[
        str | None, typer.Option(help="Judge this fit, a name of recovery list fits or a fit.toml, instead of the defaults.")
    ] = None,
    figures: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Judge these published figures: a TOML file, not_fitted, or targets (docs/validation.md)."
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(help="With --figures: draws of the assumptions that they are judged under (default: 60).")
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(help="Seeds, a trial of every cohort each (default: 101-104); with --figures, one for each draw."),
    ] = None,
    people: Annotated[int | None, typer.Option(help="Number of people in the world of each cohort.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="assumptions.NAME=VALUE", help="Set an assumption in every world."),
    ] = None,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    store: options.Store = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=console.read_folder, metavar="FOLDER",
            help="Folder for results (default: results/validate-LAYER/, -FIT/ or -figures-FILE/).",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Judge the fit: each published figure, what the model gives, and how far it is off.

    Trials that the run store has are not lived again: another seed lives one more. With --figures, a verdict on published
    figures that the model was not fitted to, from worlds lived at draws of the assumptions.

    Example: recovery evidence validate --fit differences-between-people
    """
    where = Where.read(store, workers, cluster)
    if figures is not None:
        from analysis.cli import published

        if fit is not None:
            raise UserError(Problem("--fit", f"{fit!r}, beside --figures", "draws of the assumptions, which are no one point",
                                    "Leave one of them out."))  # fmt: skip
        asked = published.Asked.read(figures, draws, seeds, people, layer, settings or [])
        published.judge(asked, where, console.output_folder(out, f"validate-figures-{asked.name}"), force, as_json)
        return
    if draws is not None:
        raise UserError(Problem("--draws", f"{draws}, without --figures", "--draws beside --figures",
                                "Leave it out, or give --figures FILE."))  # fmt: skip
    _judge_trials(layer, fit, seeds or USUAL_SEEDS, people, settings or [], where, out, force, as_json)


@app.command("calibrate")
def calibrate(
    fit: Annotated[
        str | None,
        typer.Argument(
            metavar="[FIT]", help="Search for one point instead, from this fit: a name of recovery list fits, or a fit.toml."
        ),
    ] = None,
    layers: Annotated[
        str | None, typer.Option(help="Layers to calibrate, such as labels,null (default: all that the settings have).")
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            parser=console.read_folder, metavar="FILE",
            help="Settings of the calibration (default: those that the shipped posterior was made with).",
        ),
    ] = None,
    rounds: Annotated[int | None, typer.Option(help="With FIT: steps of the search, at most (default: 8).")] = None,
    seeds: Annotated[str | None, typer.Option(help="With FIT: seeds to fit to (default: 1-2).")] = None,
    held_out: Annotated[
        str | None, typer.Option(help="With FIT: seeds, none of those, to judge the fit by (default: 101-104).")
    ] = None,
    people: Annotated[
        int | None, typer.Option(help="Number of people in the world of each cohort; of a posterior, in those its draws live.")
    ] = None,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    store: options.Store = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=console.read_folder, metavar="FOLDER",
            help="Folder for results (default: results/calibrate/, or results/calibrate-FIT/).",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Find what the published figures say about the parameters: a posterior, its intervals, and what each layer foretells.

    Each trial is kept in the run store, so that an interrupted calibration goes on where it stood. With FIT, a search for one
    point that brings the model near the figures.

    Example: recovery evidence calibrate --layers labels
    """
    from analysis.cli import calibrating

    where = Where.read(store, workers, cluster)
    if fit is None:
        calibrating.check_not_given({"--rounds": rounds, "--seeds": seeds, "--held-out": held_out}, "a name of a fit")
        record, folder = calibrating.find_posterior(layers, settings, people, where, out, force)
        answer(record, folder, calibrating.POSTERIOR_RECEIPT, as_json)
        return
    calibrating.check_not_given({"--layers": layers, "--settings": settings}, "no fit")
    record, folder = calibrating.search_and_judge(
        fit, 8 if rounds is None else rounds, seeds or "1-2", held_out or "101-104", people, where, out, force
    )
    answer(record, folder, RECEIPT, as_json, _print_table)


def _judge_trials(
    layer: str | None, fit: str | None, seeds: str, people: int | None, settings: list[str], where: Where, out: Path | None,
    force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Trials of every cohort at one point, and how well they meet the targets."""
    from analysis.fit import load_fit
    from analysis.trial import people_of
    from simulation.mechanisms import LAYERS

    if layer is not None:
        console.choose("--layer", layer, list(LAYERS))
    judged = None if fit is None else load_fit(fit)
    if judged is not None and layer not in (None, judged.layer):
        raise UserError(
            Problem("--layer", repr(layer), f"{judged.layer}, the layer that {judged.name} is a fit of", "Leave --layer out.")
        )
    name = judged.name if judged else layer or "labels"
    layer = layer or (judged.layer if judged else "labels")
    if judged is None and layer != "labels":
        console.note(f"Note: the defaults were fitted to the full model, not to the {layer} layer (recovery list fits).")
    listed = console.read_seeds(seeds)
    console.check_world(people, None)
    values = {**(judged.point if judged else {}), **console.read_settings(settings)}
    folder = console.output_folder(out, f"validate-{name}")
    inputs = {
        "layer": layer, "seeds": listed, "people": people_of(people), "assumptions": values, "version": console.version(),
        "code": console.code_identity(),
    }  # fmt: skip
    record = already_done(folder, RECEIPT, inputs, force)
    if record is None:
        record = _validate(values, listed, people, layer, where, folder, inputs, force)
    answer(record, folder, RECEIPT, as_json, _print_table)


def _validate(
    values: dict[str, float], seeds: list[int], people: int | None, layer: str, where: Where, folder: Path,
    inputs: dict[str, Any], force: bool,
) -> dict[str, Any]:  # fmt: skip
    from analysis.validation import validate, write_validation

    console.compile_first()
    what = f"{len(seeds)} trial{'' if len(seeds) == 1 else 's'} of four cohorts, {layer} layer"
    with console.progress_of(what) as tell:
        found = validate(values, seeds=seeds, people=people, layer=layer, progress=tell, **where._asdict())
    note_what_was_lived(found.ran)
    return write_validation(found, folder, inputs, force)


def _print_table(record: dict[str, Any]) -> None:
    rows = [_cells(row) for row in record["table"]]
    heads = ("number", "cohort", "status", "published", "2 sd", "model", "over seeds", "off by, sd", "")
    if not sys.stdout.isatty():
        for cells in (heads, *rows):
            console.say(" | ".join(cells).rstrip(" |"))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Published figures, {record['layer']} layer", box=box.SIMPLE_HEAD, title_justify="left")
    for at, head in enumerate(heads):
        table.add_column(head, no_wrap=at in (0, 8), justify="right" if 3 <= at <= 7 else "left")
    for cells in rows:
        table.add_row(*cells, style=None if cells[-1] != "off" else "bold")
    Console().print(table)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    def shown(value: float | None, decimals: int = 3) -> str:
        return "-" if value is None else f"{value:.{decimals}f}"

    tolerance = f"{2 * row['sd']:.2f}" + (" (log)" if row["is_log"] else "")
    mark = "not measured" if row["distance"] is None else "" if row["within"] else "off"
    label = f"{row['label']} (layers)" if row["layer"] else row["label"]
    return (
        label, row["cohort"], row["status"], shown(row["published"]), tolerance, shown(row["model"]), shown(row["spread"]),
        shown(row["distance"], 1), mark,
    )  # fmt: skip
