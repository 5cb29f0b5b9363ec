"""Options that all verbs share which run many worlds: how many at once, on which machines, and where they are kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli import console
from simulation.errors import Problem, UserError

MOST_WORKERS = 1024

_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://([^/:\s\[\]]+|\[[0-9a-fA-F:.]+\]):(?P<port>[0-9]{1,5})")

Workers = Annotated[int | None, typer.Option(help="Worlds lived at once on this machine (default: one a core).")]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Live the worlds on a Dask scheduler, as tcp://127.0.0.1:8786.")
]
Store = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER", help="The run store (default: $RECOVERY_STORE, else results/store/); none keeps nothing."
    ),
]

Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", help="An outcome to report; may be repeated (default: all).")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="assumptions.NAME=VALUE", help="Set an assumption in every world."),
]
Keep = Annotated[
    str, typer.Option(help="What the store keeps of each world: events too, states, or numbers only (least room).")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say how many worlds, minutes and gigabytes it would take, and end.")
]


def check_where(workers: int | None, cluster: str | None) -> None:
    """Nothing where worlds can be lived as these options ask; raises UserError otherwise."""
    console.check_number("--workers", workers, 1, MOST_WORKERS)
    if cluster is not None and not _is_address(cluster):
        raise UserError(
            Problem("--cluster", repr(cluster), "the address of a Dask scheduler, with its port", "--cluster tcp://127.0.0.1:8786")
        )
    if workers is not None and cluster is not None:
        raise UserError(
            Problem("--workers", f"{workers}, beside --cluster", "one of them: a cluster has workers of its own", "leave one out")
        )


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    return found is not None and 0 < int(found["port"]) < 2**16


def store_folder(given: str | None) -> Path | None:
    """The folder of the run store, None for a temporary one. Raises UserError where no name is given."""
    from analysis.store_places import named_store

    if given is not None and not given.strip():
        raise UserError(Problem("--store", repr(given), "the name of a folder, or none", "--store results/store"))
    return named_store(given)
