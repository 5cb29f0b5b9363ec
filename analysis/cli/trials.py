"""What the verbs share that live trials: where these are lived and kept, and what is said of it beside the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer

from analysis.cli import console, options


class Where(NamedTuple):
    """Where trials are kept and lived: the folder of the run store (None: a temporary one), workers here, or a cluster."""

    store: Path | None
    workers: int | None
    cluster: str | None

    @classmethod
    def read(cls, store: str | None, workers: int | None, cluster: str | None) -> Where:
        """The same from the options of a verb. Raises UserError where they cannot be had."""
        options.check_where(workers, cluster)
        return cls(options.store_folder(store), workers, cluster)


def note_what_was_lived(ran: Any) -> None:
    """Say beside the answer what was lived, what the store had, and what was damaged there."""
    for damaged in ran.damaged:
        console.note(f"Note: damaged in the store, and lived again: {damaged}")
    failed = f", {len(ran.failed)} trial{'' if len(ran.failed) == 1 else 's'} failed" if ran.failed else ""
    console.note(f"Worlds: {ran.lived:,} lived now, {ran.reused:,} found in the store{failed}.")


def already_done(folder: Path, receipt: str, inputs: Mapping[str, Any], force: bool) -> dict[str, Any] | None:
    """The record in `folder` where it holds these very results and nothing of them failed, marked as already done; else None.

    Raises
    ------
    OutputError
        If the folder cannot be written, or holds other results and `force` is false.
    """
    from analysis.files import check_writable

    check_writable(folder)
    if not console.is_done(folder, receipt, inputs, force):
        return None
    record = json.loads((folder / receipt).read_text(encoding="utf-8"))
    return None if record["failed"] else {"already_done": True, **record}


def answer(
    record: Mapping[str, Any], folder: Path, receipt: str, as_json: bool, table: Callable[[Any], None] | None = None
) -> None:
    """Print a record: its table where there is one, its summary, its files; the command ends with 1 where something failed."""
    if as_json:
        console.say_json({"folder": str(folder), **record})
    else:
        if table is not None:
            table(record)
        for line in record["summary"]:
            console.say(line)
        done = "already done: " if record.get("already_done") else ""
        console.say(f"{done}{folder}/" + "   ".join([*record["files"], receipt]))
    if record["failed"]:
        raise typer.Exit(1)


def say_estimate(found: Any, more: Sequence[str], cluster: str | None, as_json: bool) -> None:
    """Say what a run would take, and `more` about it; `cluster` is the one that it was to be lived on, which was not asked."""
    if as_json:
        console.say_json(found.record())
        return
    for line in (*found.sentences(), *more):
        console.say(line)
    if cluster is not None:
        console.say("The time is what it would take on this machine; the cluster was not asked.")
