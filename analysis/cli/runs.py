"""`recovery runs`: what the run store holds, whether it is whole, and what may go."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from analysis.cli import console, options
from simulation.errors import Problem, QuantityError, UserError

MEASURING = ("analysis.sets", "analysis.trial", "analysis.published_measures")
"""The modules whose code decides numbers that are kept in the store, those of claims and of calibrations left out."""

FILLS = "recovery compare the-visit independent-advocates"
SHOWN_DIGITS = 12

app = typer.Typer(help="What the run store holds: finished worlds, measured numbers, failures.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.callback()
def _runs() -> None:
    """What the run store holds: finished worlds, measured numbers, failures."""


@app.command("list")
def list_runs(
    every: Annotated[bool, typer.Option("--all", help="One line an entry.")] = False,
    store: options.Store = None,
    as_json: Json = False,
) -> None:
    """List what is in the store, by scenario and by what was measured, and how much room it takes.

    Example: recovery runs list
    """
    from analysis.entries_told import size_in_words
    from analysis.upkeep import groups_of

    kept, now = _open(store), _now()
    rows = list(kept.rows())
    total = {"folder": str(kept.folder), "entries": len(rows), "bytes": sum(row.bytes for row in rows)}
    listed = [_entry(row, now) for row in rows] if every else [_group(group) for group in groups_of(rows, now)]
    if as_json:
        console.say_json({**total, ("all" if every else "groups"): listed})
        return
    if not rows:
        console.say(f"The store {kept.folder} is empty. To fill it: {FILLS}")
        return
    _print_table(str(kept.folder), [_cells(one) for one in listed])
    console.say(f"{_entries(len(rows))}, {size_in_words(total['bytes'])} in {kept.folder}")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of an entry, or its first digits: at least 4.")],
    store: options.Store = None,
    as_json: Json = False,
) -> None:
    """Show one entry in full: what decides it, what is kept of it and where, and what went wrong if it failed.

    Example: recovery runs show 3fa94c
    """
    from analysis.entries_told import lines_of, told_entry
    from analysis.upkeep import rows_named

    kept, now = _open(store), _now()
    found = [told_entry(kept, row, now) for row in rows_named(kept, _one_name(kept, name.strip().lower()))]
    if as_json:
        console.say_json({"entries": found})
        return
    for told in found:
        for line in lines_of(told):
            console.say(line)


@app.command("verify")
def verify(store: options.Store = None, as_json: Json = False) -> None:
    """Read every byte in the store, and name each file that is not what was written; ends with 1 if there is any.

    Example: recovery runs verify
    """
    from analysis.entries_told import size_in_words
    from analysis.upkeep import verify as read_all

    kept = _open(store)
    with console.progress_of(f"reading {kept.folder}") as tell:
        checked = read_all(kept, tell)
    named = [
        {"kind": one.kind, "name": one.name, "file": one.file, "why": one.why,
         "path": str(kept.place(one.kind, one.name) / one.file)}
        for one in checked.damaged
    ]  # fmt: skip
    if as_json:
        console.say_json({
            "folder": str(kept.folder), "entries": checked.entries, "bytes": checked.bytes, "damaged": named,
        })  # fmt: skip
    else:
        for one in named:
            console.say(f"damaged: {one['path']}: {one['why']}")
        verdict = _verdict(len(named)) if checked.entries else "there is nothing in this store"
        console.say(f"{_entries(checked.entries)} read, {size_in_words(checked.bytes)}: {verdict}")
    if named:
        raise typer.Exit(1)


@app.command("prune")
def prune(
    older_than: Annotated[
        str | None, typer.Option("--older-than", metavar="TIME", help='Made longer ago than this: "30 days", "2 years".')
    ] = None,
    scenario: Annotated[str | None, typer.Option(metavar="NAME", help="Worlds of this scenario, and numbers of it.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Records of failures.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All, of other platforms too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")] = False,
    store: options.Store = None,
    as_json: Json = False,
) -> None:
    """Remove what no run can use: what is unfinished, damaged or of other code. Options choose more to go with it.

    Where several options are given, what goes with it meets them all.

    Example: recovery runs prune --older-than "30 days" --dry-run
    """
    from analysis.entries_told import size_in_words
    from analysis.upkeep import Choice
    from analysis.upkeep import prune as remove

    if everything and (older_than is not None or scenario is not None or failed):
        raise UserError(Problem("--all", "another option that chooses", "--all alone: it leaves nothing", "leave one out"))
    before = None if older_than is None else datetime.now(UTC) - _read_age(older_than)
    kept = _open(store)
    if scenario is not None:
        _check_scenario(kept, scenario)
    choice = Choice(before, scenario, failed, everything)
    gone = remove(kept, _now(), choice, dry_run=dry_run)
    if as_json:
        counts = [{"kind": kind, "reason": why, "count": count} for (kind, why), count in gone.counts.items()]
        console.say_json({"folder": str(kept.folder), "dry_run": dry_run, "removed": counts, "bytes": gone.bytes})
        return
    for (kind, why), count in gone.counts.items():
        console.say(f"{'would remove' if dry_run else 'removed'} {_how_many(kind, count)}: {why}")
    if not gone.counts:
        console.say(f"nothing to remove in {kept.folder}")
        return
    console.say(f"{size_in_words(gone.bytes)} {'would be ' if dry_run else ''}freed in {kept.folder}")


def _open(given: str | None) -> Any:
    """The store that is asked for. Raises UserError where none is, OutputError where the folder is no store."""
    from analysis.store import RunStore

    folder = options.store_folder(given)
    if folder is None:
        raise UserError(Problem("--store", "none", "a folder that keeps what is lived", "--store results/store"))
    return RunStore(folder)


def _now() -> Any:
    from analysis.calibration.waves import code_of_points
    from analysis.claim_jobs import code_of_claim
    from analysis.jobs import code_that_measures
    from analysis.study_recipes import MEASURED_IN
    from analysis.upkeep import Now
    from simulation.history import platform_tag
    from simulation.identity import code_of_model

    codes = {*map(code_that_measures, MEASURING), *map(code_of_claim, MEASURED_IN), code_of_points()}
    return Now(platform_tag(), code_of_model(), frozenset(codes))


def _one_name(store: Any, digits: str) -> str:
    """The name that begins with these digits. Raises UserError where there is none, or more than one."""
    from analysis.upkeep import FEWEST_DIGITS, named, nearest_names

    allowed = f"the name of an entry, or its first digits, at least {FEWEST_DIGITS} of 0 to 9 and a to f"
    found = named(store, digits) if re.fullmatch(rf"[0-9a-f]{{{FEWEST_DIGITS},}}", digits) else None
    if found is None:
        raise UserError(Problem("NAME", repr(digits), allowed, "recovery runs list --all shows all names"))
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(found[:3]) + (" ..." if len(found) > 3 else "")
        given = f"{digits!r}, which {len(found)} names begin with: {several}"
        raise UserError(Problem("NAME", given, allowed, "give more digits"))
    near = ", ".join(name[:SHOWN_DIGITS] for name in nearest_names(store, digits))
    todo = f"the nearest are {near}; recovery runs list --all shows all" if near else f"the store is empty: {FILLS} fills it"
    raise UserError(Problem("NAME", f"{digits!r}, which no entry in {store.folder} begins with", allowed, todo))


def _check_scenario(store: Any, scenario: str) -> None:
    """Nothing where something in the store is of this scenario; raises UserError otherwise: a name may be mistyped."""
    from analysis.upkeep import scenarios_of

    there = sorted({name for row in store.rows() for name in scenarios_of(row)})
    if not there:
        raise UserError(Problem("--scenario", repr(scenario), "a scenario of the store, which has none", "leave it out"))
    console.choose("--scenario", scenario, there)


def _read_age(text: str) -> timedelta:
    """A length of time such as "30 days", or as scenario files write one. Raises UserError for anything else."""
    from simulation.units import read_duration

    days = re.fullmatch(r"\s*([1-9]\d{0,4})\s+days?\s*", text, re.ASCII)
    if days:
        return timedelta(days=int(days[1]))
    try:
        return timedelta(weeks=read_duration(text))
    except QuantityError:
        allowed = 'a length of time of at least a day, such as "30 days", "6 weeks" or "2 years"'
        raise UserError(Problem("--older-than", repr(text), allowed, '--older-than "30 days"')) from None


def _group(group: Any) -> dict[str, Any]:
    from analysis.upkeep import in_ranges

    return {
        "kind": group.kind, "what": group.what, "people": group.people, "weeks": group.weeks, "count": group.count,
        "failed": group.failed, "seeds": in_ranges(group.seeds), "kept": ", ".join(sorted(group.kept)), "bytes": group.bytes,
        "newest": group.newest.isoformat(), "standing": group.standing,
    }  # fmt: skip


def _entry(row: Any, now: Any) -> dict[str, Any]:
    from analysis.upkeep import identity_of, kept_of, total, what_of

    identity = identity_of(row)
    return {
        "name": row.name, "kind": row.kind, "what": what_of(row), "people": total(identity.get("people")),
        "weeks": total(identity.get("weeks")), "seed": identity.get("seed"), "kept": ", ".join(sorted(kept_of(row))),
        "bytes": row.bytes, "made": row.made.isoformat(), "standing": now.standing(row),
    }  # fmt: skip


def _cells(one: dict[str, Any]) -> dict[str, str]:
    """What a line of the list says, by column: numbers, dates and sizes as they are read."""
    from analysis.entries_told import size_in_words

    size = [f"{one[name]:,} {name}" for name in ("people", "weeks") if one[name] is not None]
    cells = {"of": ", ".join([one["what"], *size])}
    if "name" in one:
        seed = "-" if one["seed"] is None else str(one["seed"])
        cells = {"name": one["name"][:SHOWN_DIGITS], "kind": one["kind"], **cells, "seed": seed}
    else:
        failed = f"{one['failed']:,} failed" if one["failed"] else ""
        count = _how_many(one["kind"], one["count"]) if one["count"] else ""
        cells |= {"holds": ", ".join(filter(None, (count, failed))), "seeds": one["seeds"] or "-"}
    made = one["made"] if "made" in one else one["newest"]
    return {**cells, "kept": one["kept"] or "-", "size": size_in_words(one["bytes"]), "made": made[:10], "use": one["standing"]}


def _print_table(title: str, rows: Sequence[dict[str, str]]) -> None:
    if not sys.stdout.isatty() or "name" in rows[0]:  # one line an entry, whatever the width
        for cells in (dict(zip(rows[0], rows[0], strict=True)), *rows):
            console.say(" | ".join(cells.values()))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0), show_edge=False)
    for name in rows[0]:
        table.add_column(name, no_wrap=name in ("size", "made"), justify="right" if name == "size" else "left")
    for row in rows:
        table.add_row(*row.values())
    Console().print(table)


def _verdict(damaged: int) -> str:
    if not damaged:
        return "all whole"
    files = "1 damaged file" if damaged == 1 else f"{damaged:,} damaged files"
    return f"{files}; the next run that needs what was in them lives it again"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _how_many(kind: str, count: int) -> str:
    one = {"worlds": "world", "numbers": "set of numbers", "failed": "record of a failure", "unfinished": "unfinished entry"}
    many = {"worlds": "worlds", "numbers": "sets of numbers", "failed": "records of failures", "unfinished": "unfinished entries"}
    return f"{count:,} {(one if count == 1 else many)[kind]}"
