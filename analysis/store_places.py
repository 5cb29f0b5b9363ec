"""Where the run store lies: a folder that is named, the usual one, or a temporary one that is removed in the end."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analysis.store import RunStore

USUAL = Path("results") / "store"
"""The store of the command line, where neither --store nor RECOVERY_STORE names another."""

NOWHERE = "none"
"""What --store says for keeping nothing."""


def named_store(given: str | None) -> Path | None:
    """The folder that --store names, or RECOVERY_STORE where it is left out, or the usual one; None for "none"."""
    said = given if given is not None else os.environ.get("RECOVERY_STORE") or str(USUAL)
    return None if said == NOWHERE else Path(said)


@contextlib.contextmanager
def open_store(store: RunStore | str | Path | None) -> Iterator[RunStore]:
    """A run store, or that of a folder; a temporary one for None, removed in the end.

    Raises
    ------
    OutputError
        Where the folder holds files and is no run store.
    """
    if isinstance(store, RunStore):
        yield store
    elif store is not None:
        yield RunStore(store)
    else:
        with tempfile.TemporaryDirectory(prefix="recovery-store-") as folder:
            yield RunStore(folder)
