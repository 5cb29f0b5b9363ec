"""`recovery repeat`: a comparison lived again from its receipt, and whether it is the same."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli import console, options

SHOWN = 12
"""How many numbers that differ are shown."""


def repeat(
    receipt: Annotated[
        Path, typer.Argument(metavar="RECEIPT", help="A report.html, a comparison.json, or the folder of one.")
    ],
    quick: Annotated[
        int | None, typer.Option(metavar="SEEDS", help="Live the first so many seeds only, and check their primary effects.")
    ] = None,
    workers: options.Workers = None,
    cluster: options.Cluster = None,
    store: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Take worlds from this run store where it has them (default: live all anew)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Live a comparison again from its receipt alone, and say whether it is the same: exit 0 if so, 1 if not.

    Example: recovery repeat results/the-visit-vs-independent-advocates/report.html --quick 3
    """
    from analysis.receipt import notes_on, read_receipt, repeat

    console.check_number("--quick", quick, 1, console.MOST_SEEDS)
    options.check_where(workers, cluster)
    content = read_receipt(receipt)
    for line in notes_on(content):
        console.note(f"Note: {line}")
    folder = None if store is None else options.store_folder(store)
    asked = content["asked"]
    names = [one["name"] for one in asked["scenarios"]]
    seeds = len(asked["seeds"]) if quick is None else min(quick, len(asked["seeds"]))
    draws = asked["draws"] if quick is None else 0
    what = f"{names[0]} against {', '.join(names[1:])}: {seeds} seeds, {draws} draws"
    console.compile_first()
    with console.progress_of(what) as tell:
        verdict = repeat(content, quick, store=folder, workers=workers, cluster=cluster, progress=tell)
    if as_json:
        console.say_json({**asdict(verdict), "sentence": verdict.sentence, "answers": content["found"]["answers"]})
    else:
        _print(verdict, content["found"]["answers"])
    if not (verdict.same or verdict.within_luck):
        raise typer.Exit(1)


def _print(verdict: Any, answers: list[str]) -> None:
    console.say("What the receipt says, which the page that holds it must say too (its text is not checked):")
    for line in answers:
        console.say(f"  {line}")
    console.say(verdict.sentence)
    for row in verdict.differing[:SHOWN]:
        console.say(f"  {row['table']}: {row['row']}: {row['column']}: {row['receipt']} in the receipt, {row['now']} now")
    if len(verdict.differing) > SHOWN:
        console.say(f"  and {len(verdict.differing) - SHOWN:,} more")
