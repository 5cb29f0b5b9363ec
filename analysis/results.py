"""The files of a comparison: tables, pictures, report and a record of what was asked, moved into place together."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Any

from analysis.effect import Effects
from analysis.files import fingerprint, list_files, plain_rows, put, put_json, staged
from analysis.receipt import receipt_of
from analysis.rows import few_differ

RECEIPT = "comparison.json"


def write_comparison(effects: Effects, folder: str | Path, inputs: dict | None = None, force: bool = True) -> dict:
    """Write every file of a comparison into `folder`; gives the record that `comparison.json` holds.

    Raises OutputError where the folder cannot be written, or holds other results and `force` is false; then nothing is left
    behind.
    """
    from analysis.figures_effects import draw_comparison
    from analysis.report import write_report
    from analysis.report_journeys import journeys_of

    target = Path(folder)
    record = record_of(effects, inputs)
    with staged(target, RECEIPT, record["inputs"], force) as beside:
        put(beside / "effects.csv", effects.table.to_csv(index=False))
        put(beside / "ledger.csv", effects.ledger.to_csv(index=False))
        put(beside / "groups.csv", effects.groups.to_csv(index=False))
        put(beside / "reach.csv", effects.reach.to_csv(index=False))
        more = {
            "partings.csv": effects.partings, "ledger_people.csv": effects.people, "ranking.csv": effects.ranking,
            "best.csv": effects.best,
        }  # fmt: skip
        for name, table in more.items():
            if not table.empty:
                put(beside / name, table.to_csv(index=False))
        draw_comparison(effects, beside / "overview.png")
        found = journeys_of(effects)
        for name, table in ({} if found is None else found.tables()).items():
            put(beside / f"journeys-{name.replace('_', '-')}.csv", table.to_csv(index=False))
        write_report(effects, record, beside / "report.html", found)
        record["files"] = list_files(beside, RECEIPT)
        put_json(beside / RECEIPT, record)
    return record


def record_of(effects: Effects, inputs: dict | None = None) -> dict[str, Any]:
    """What was asked, what was answered and by which code, as plain data."""
    question = effects.question
    asked = inputs if inputs is not None else _inputs(effects)
    return {
        "inputs_fingerprint": fingerprint(asked),
        "answers": [
            {
                "other": answer.other, "sentence": answer.sentence, "sources": answer.sources, "reached": answer.reached,
                "otherwise": list(answer.otherwise), "reliance": answer.reliance,
                "per_flags": answer.per_flags, "cost": answer.cost, "other_fits": answer.other_fits,
                "assumptions_that_stand_out": dict(answer.assumptions),
            }
            for answer in effects.answers
        ],
        "notes": effects.notes,
        "identical": effects.identical,
        "ranked": effects.ranking_in_words,
        "primary": question.primary.id,
        "group": question.group.name,
        "first_week": question.first_week,
        "horizon_weeks": question.horizon,
        "effects": [
            {**row, "few_differ": few_differ(one)}
            for row, one in zip(plain_rows(effects.table), effects.table.itertuples(), strict=True)
        ],
        "worlds": {"lived": effects.ran.lived, "found_in_the_store": effects.ran.reused},
        "failed": [
            {"name": entry.name, "told": entry.content["told"], "message": entry.content["message"]}
            for entry in effects.ran.failed
        ],
        "seconds": round(effects.seconds, 1),
        "platform": f"{platform.system()} {platform.machine()}, Python {sys.version.split()[0]}",
        "inputs": asked,
        "receipt": receipt_of(effects),
    }  # fmt: skip


def _inputs(effects: Effects) -> dict:
    question = effects.question
    return {
        "base": question.base.resolved(),
        "others": [other.resolved() for other in question.others],
        "seeds": effects.seeds,
        "draws": effects.draws,
        "outcomes": [outcome.id for outcome in question.outcomes],
        "by": question.by,
    }
