"""The files of an attribution: tables, pictures and a record of what was asked, moved into place together."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any

from analysis.attribution import Attribution
from analysis.files import fingerprint, list_files, plain_rows, put_json, staged
from analysis.spillover import Spillover

RECEIPT = "attribution.json"


def write_parts(
    attribution: Attribution, spilled: Spillover | None, folder: str | Path, inputs: dict[str, Any], force: bool = True
) -> dict[str, Any]:
    """Write every file of an attribution into `folder`; gives the record that `attribution.json` holds.

    Raises
    ------
    OutputError
        Where the folder cannot be written, or holds other results and `force` is false; then nothing is left behind.
    """
    record = record_of_parts(attribution, spilled, inputs)
    with staged(Path(folder), RECEIPT, inputs, force) as beside:
        for found in (attribution, spilled):
            if found is not None:
                found.write(beside)
        record["files"] = list_files(beside, RECEIPT)
        put_json(beside / RECEIPT, record)
    return record


def record_of_parts(attribution: Attribution, spilled: Spillover | None, inputs: dict[str, Any]) -> dict[str, Any]:
    """What was asked, what was answered and on which machine, as plain data."""
    question = attribution.question
    asked = [found for found in (attribution, spilled) if found is not None]
    return {
        "inputs_fingerprint": fingerprint(inputs),
        "sentence": attribution.sentence,
        "reliance": attribution.reliance,
        "interaction": attribution.interaction,
        "spillover": None if spilled is None else spilled.sentence,
        "notes": [note for note in dict.fromkeys(note for found in asked for note in found.notes)
                  if note != attribution.reliance],
        "parts": {part.name: [question.others[-1].policies[place].resolved() for place in part.places]
                  for part in attribution.parts},
        "primary": question.primary.id,
        "group": question.group.name,
        "first_week": question.first_week,
        "horizon_weeks": question.horizon,
        "shares": plain_rows(attribution.table[attribution.table["primary"]]),
        "shares_covered": [] if spilled is None else plain_rows(spilled.table),
        "worlds": {"lived": sum(found.ran.lived for found in asked),
                   "found_in_the_store": sum(found.ran.reused for found in asked)},
        "failed": [{"name": entry.name, "told": entry.content["told"], "message": entry.content["message"]}
                   for found in asked for entry in found.ran.failed],
        "seconds": round(sum(found.seconds for found in asked), 1),
        "platform": f"{platform.system()} {platform.machine()}, Python {sys.version.split()[0]}",
        "inputs": inputs,
    }  # fmt: skip
