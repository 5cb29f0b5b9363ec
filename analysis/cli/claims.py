"""`recovery evidence claims`: the review's claims put to the test, and the studies beside them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console, options
from analysis.cli.trials import Where, already_done, answer, note_what_was_lived

DRAWS, QUICK_DRAWS, QUICK_PEOPLE = 60, 6, 1_000
MOST_DRAWS = 10_000
RECEIPT = "claims.json"


def claims(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[IDS]...", help="Claims, as R47 R56, and studies, as two-selves (default: all)."),
    ] = None,
    draws: Annotated[int | None, typer.Option(help=f"Draws of the assumptions, a seed each (default: {DRAWS}).")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help=f"{QUICK_DRAWS} draws, {QUICK_PEOPLE:,} people: a rough look, no verdict of record.")
    ] = False,
    people: Annotated[int | None, typer.Option(help="Number of people in each world (default: 5,000, as registered).")] = None,
    years: Annotated[float | None, typer.Option(help="Shorter worlds, to rehearse claims that need no more.")] = None,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    store: options.Store = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=console.read_folder, metavar="FOLDER", help="Folder for results (default: results/claims.../)."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite other results there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Put the review's claims to the test: each lived, measured and judged as it was registered, failures first.

    Studies are run beside them: two-selves, ramps, label-length, label-stage, after-the-label. They say how far and how long.
    What the run store has is not lived again: more draws live only what is missing.

    Example: recovery evidence claims R47 --draws 10
    """
    from analysis.claims_tested import asked_for
    from analysis.posterior import DRAWN_FROM

    of_claims, of_studies = ([one.id for one in some] for some in asked_for(ids or []))
    wanted = [*of_claims, *of_studies]
    console.check_number("--draws", draws, 1, MOST_DRAWS)
    console.check_world(people, years)
    where = Where.read(store, workers, cluster)
    drawn = draws if draws is not None else QUICK_DRAWS if quick else DRAWS
    people = people if people is not None else QUICK_PEOPLE if quick else None
    folder = console.output_folder(out, _folder(ids or [], wanted, quick))
    inputs = {
        "claims": of_claims, "studies": of_studies, "draws": drawn, "people": people, "years": years, "drawn_from": DRAWN_FROM,
        "version": console.version(), "code": console.code_identity(),
    }  # fmt: skip
    record = already_done(folder, RECEIPT, inputs, force)
    if record is None:
        what = ", ".join([*_counted(of_claims, "claim", "claims"), *_counted(of_studies, "study", "studies")])
        record = _test(what, wanted, drawn, people, years, where, folder, inputs, force)
    answer(record, folder, RECEIPT, as_json, _print_table)


def _folder(given: list[str], wanted: list[str], quick: bool) -> str:
    named = "-".join(wanted) if given else ""
    return "claims" + (f"-{named}" if named else "") + ("-quick" if quick else "")


def _counted(some: list[str], one: str, many: str) -> list[str]:
    return [f"{len(some)} {one if len(some) == 1 else many}"] if some else []


def _test(
    what: str, wanted: list[str], draws: int, people: int | None, years: float | None, where: Where, folder: Path,
    inputs: dict[str, Any], force: bool,
) -> dict[str, Any]:  # fmt: skip
    from analysis.claims_tested import cost_of_a_draw, put_to_the_test
    from analysis.report_claims import write_claims

    worlds, weeks = cost_of_a_draw(wanted, people, years)
    told = f"{weeks / 1e6:,.0f} million" if weeks >= 10e6 else f"{weeks:,.0f}"
    console.note(f"Each draw: {worlds:,} worlds, {told} person-weeks. What the run store has is not lived again.")
    console.compile_first()
    with console.progress_of(f"{what}, {draws} draw{'' if draws == 1 else 's'}") as tell:
        tested = put_to_the_test(wanted, draws=draws, people=people, years=years, progress=tell, **where._asdict())
    note_what_was_lived(tested.ran)
    return write_claims(tested, folder, inputs, force)


def _print_table(record: dict[str, Any]) -> None:
    from analysis.report_studies import PRINTED, printed

    heads = ("claim", "class", "deterrence", "verdict", "holds in", "interval", "counted", "conditional on", "what it says")
    _print_rows("Claims put to the test, failures first", heads, [_cells(row) for row in record["verdicts"]])
    _print_rows("Studies", PRINTED, [printed(row) for row in record["answers"]])


def _print_rows(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A table of cells, nothing where there are no rows; what failed is bold."""
    if not rows:
        return
    if not sys.stdout.isatty():
        for cells in (heads, *rows):
            console.say(" | ".join(cells).rstrip(" |"))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for head in heads:
        table.add_column(head)
    for cells in rows:
        table.add_row(*cells, style="bold" if cells[3] == "failed" else None)
    Console().print(table)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    interval = f"{row['low']:.2f} to {row['high']:.2f}"
    return (
        row["claim"], row["class"], row["deterrence"], row["verdict"], f"{row['held']} of {row['draws']}", interval,
        row["counted"], row["conditional_on"], row["says"],
    )  # fmt: skip
