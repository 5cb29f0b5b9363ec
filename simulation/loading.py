"""When this process loaded the model: code that is edited later is not the code that it runs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from simulation.errors import Problem, UserError

LOADED = time.time()
"""Time at which this process began to load the model."""


def edited_since_loaded(paths: Iterable[Path]) -> list[Path]:
    """Those of these source files that were written after this process began to load the model."""
    now = time.time()
    return [path for path in sorted(paths) if LOADED < path.stat().st_mtime <= now]


def check_unedited(paths: Iterable[Path]) -> None:
    """Nothing while what is loaded is what stands in these source files.

    Raises
    ------
    UserError
        If one of them was written since: a world would bear the name of code that it was not lived by.
    """
    edited = edited_since_loaded(paths)
    if edited:
        raise UserError(
            Problem(", ".join(f"{path.parent.name}/{path.name}" for path in edited), "edited after it had been loaded",
                    "the code on the disk, so that each world is kept under the name of the code that lived it",
                    "start this session, or the command, again")
        )  # fmt: skip
