"""What the verbs share that live trials: where these are lived and kept, and what is said of it beside the answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

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


def say_estimate(found: Any, more: Sequence[str], cluster: str | None, as_json: bool) -> None:
    """Say what a run would take, and `more` about it; `cluster` is the one that it was to be lived on, which was not asked."""
    if as_json:
        console.say_json(found.record())
        return
    for line in (*found.sentences(), *more):
        console.say(line)
    if cluster is not None:
        console.say("The time is what it would take on this machine; the cluster was not asked.")
