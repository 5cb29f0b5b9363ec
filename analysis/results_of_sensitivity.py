"""The files of a sensitivity analysis: a page, tables in long format and a record, moved into place together."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.files import already_there, fingerprint, list_files, lost_files, plain_rows, put, put_json, staged
from analysis.sensitivity_table import point_rows
from simulation.errors import OutputError, Problem

if TYPE_CHECKING:
    from analysis.report_sensitivity import OverAssumptions
    from analysis.sensitivity import Sensitivity

RECEIPT = "sensitivity.json"
MADE_BY = ("SALib", "numpy", "scipy")
"""Packages whose versions decide the design."""


def write_sensitivity(
    found: Sensitivity, folder: str | Path, inputs: dict[str, Any], force: bool = True, command: str = ""
) -> dict[str, Any]:
    """Write every file of an analysis into `folder`; gives the record that `sensitivity.json` holds.

    `command` is what to type to repeat it.

    Raises
    ------
    OutputError
        Where the folder cannot be written, or holds other results and `force` is false; then nothing is left behind.
    """
    from analysis.report_sensitivity import over_assumptions, write_report

    space = over_assumptions(found)
    record = record_of(found, inputs, space)
    with staged(Path(folder), RECEIPT, inputs, force) as beside:
        write_report(found, beside / "report.html", command, space)
        write_tables(found, beside)
        for name, table in space.tables.items():
            put(beside / name, table.to_csv(index=False))
        record["files"] = list_files(beside, RECEIPT)
        record["fingerprint"] = _fingerprint(record)
        put_json(beside / RECEIPT, record)
    return record


def finished(folder: Path, inputs: dict[str, Any], force: bool) -> tuple[dict[str, Any] | None, list[str]]:
    """The record of finished results of these very inputs in `folder`, or None; and names of files of theirs that are gone.

    Raises
    ------
    OutputError
        Where, without `force`, the folder holds other results, or ones that were edited or damaged since they were written.
    """
    if not already_there(folder, RECEIPT, inputs, force):
        return None, []
    record = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    if record.get("fingerprint") != _fingerprint(record):
        raise OutputError(_changed(folder, RECEIPT))
    lost = lost_files(folder, RECEIPT)
    edited = [name for name in lost if (folder / name).exists()]
    if edited:
        raise OutputError(_changed(folder, ", ".join(edited)))
    return (None if lost else record), lost


def _fingerprint(record: dict[str, Any]) -> str:
    """That of all a record says but the fingerprint itself, as a file holds it and gives it back."""
    body = {name: value for name, value in record.items() if name != "fingerprint"}
    return fingerprint(json.loads(json.dumps(body, default=str)))


def _changed(folder: Path, what: str) -> Problem:
    return Problem(
        f"--out {folder}", f"results that were edited or damaged since they were written ({what})",
        "results as they were written, or an empty or new folder", "give another --out, or --force to overwrite what is there",
    )  # fmt: skip


def write_tables(found: Sensitivity, folder: Path) -> list[Path]:
    """Write the tables of an analysis into `folder`; gives their paths. Raises OutputError where it cannot be written.

    Those of the screening that chose the leading assumptions, where there was one, stand beside under names of their own.
    """
    tables = _tables(found)
    if found.screening is not None:
        tables |= {f"screening-{name}": table for name, table in _tables(found.screening).items()}
    return [put(folder / name, table.to_csv(index=False)) for name, table in tables.items()]


def _tables(found: Sensitivity) -> dict[str, pd.DataFrame]:
    tables = {
        "sensitivity.csv": found.table,
        "factors.csv": found.factors,
        "points.csv": point_rows(found),
        "responses.csv": found.responses,
    }
    more = {"failures.csv": found.failures, "failed_follow.csv": found.failed_follow}
    return tables | {name: table for name, table in more.items() if not table.empty}


def record_of(found: Sensitivity, inputs: dict[str, Any], space: OverAssumptions) -> dict[str, Any]:
    """What was asked, what was answered and on which machine, as plain data."""
    asked, screening = found.asked, found.screening
    return {
        "inputs_fingerprint": fingerprint(inputs),
        "sentences": found.sentences,
        "where": {label: list(one.sentences) for label, one in space.discoveries.items()},
        "choosing": [] if space.regret is None else list(space.regret.sentences),
        "screening": {} if screening is None else screening.sentences,
        "notes": [*found.notes, *space.notes],
        "base": asked.base, "others": list(asked.others), "outcome": asked.outcome, "unit": asked.unit,
        "horizon_weeks": asked.horizon_weeks, "whom": asked.whom,
        "method": found.method, "samples": found.samples, "points": len(found.points), "seeds": found.seeds,
        "varied": list(found.design.factors.parameters), "fixed": dict(found.design.factors.fixed),
        "left_out": found.dropped, "seeds_left_out": found.failed_seeds, "failed_follow": plain_rows(found.failed_follow),
        "design": {"sha256": hashlib.sha256(found.design.places.tobytes()).hexdigest(),
                   "made_by": {name: metadata.version(name) for name in MADE_BY}},
        "measures": plain_rows(found.table),
        "worlds": {"lived": found.ran.lived, "found_in_the_store": found.ran.reused},
        "failed": plain_rows(found.failures),
        "seconds": round(found.seconds, 1),
        "platform": f"{platform.system()} {platform.machine()}, Python {sys.version.split()[0]}",
        "inputs": inputs,
    }  # fmt: skip
