"""What `recovery evidence calibrate` does: a search, kept as it goes, then judged on seeds that it was not fitted to."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.cli import console
from simulation.errors import Problem, UserError

MOST_ROUNDS = 100


def search_and_judge(
    name: str, rounds: int, seeds: str, held_out: str, people: int | None, workers: int | None, out: Path | None, force: bool
) -> tuple[dict[str, Any], Path]:
    """Search from the start of the fit of this name and judge what is found; gives the record of it and its folder.

    A fit named by the path of its file is gone on with from what it found.

    Raises
    ------
    UserError
        If something asked for cannot be done.
    """
    from analysis.files import check_writable, fingerprint
    from analysis.fit import Search, fit_names, load_fit
    from analysis.trial import people_of
    from analysis.validation import RECEIPT, validate, write_validation

    fit = load_fit(name)
    if name not in fit_names():
        fit = replace(fit, start=fit.values)
    console.check_number("--rounds", rounds, 1, MOST_ROUNDS)
    console.check_world(people, None)
    console.check_number("--workers", workers, 1, 1024)
    fitted, judged = console.read_seeds(seeds), console.read_seeds(held_out, "--held-out")
    if set(fitted) & set(judged):
        raise UserError(
            Problem("--held-out", held_out, "seeds that are not fitted to", "Give others, such as 101-104.")
        )
    folder = console.output_folder(out, f"calibrate-{fit.name}")
    inputs = {
        "fit": fit.text(), "rounds": rounds, "seeds": fitted, "held_out": judged, "people": people_of(people),
        "version": console.version(), "code": console.code_identity(),
    }  # fmt: skip
    check_writable(folder)
    if console.is_done(folder, RECEIPT, inputs, force):
        return {"already_done": True, **json.loads((folder / RECEIPT).read_text(encoding="utf-8"))}, folder
    kept = folder.parent / f".{folder.name}.{fingerprint({**inputs, 'rounds': 0})[:12]}.trials.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    console.compile_first()
    started = time.monotonic()
    search = Search(fit, fitted, people, workers, kept, lambda text: console.note(_timed(text, started)))
    places = search.run(rounds)
    values = search.values(places)
    with console.progress_of(f"{len(judged)} trials on seeds that were not fitted to") as tell:
        judgement = validate(values, seeds=judged, people=people, layer=search.fit.layer, workers=workers, progress=tell)
    found = search.found(
        places, seeds=fitted, people=people_of(people), rounds=rounds, trials=len(search.lived), held_out=judged,
        within=judgement.score.within,
        layer_within=judgement.score.layer_within, loss=round(judgement.score.loss, 1),
    )  # fmt: skip
    record = write_validation(judgement, folder, inputs, force, more={"fit.toml": found.text()})
    kept.unlink(missing_ok=True)
    return record, folder


def _timed(text: str, started: float) -> str:
    return f"{time.monotonic() - started:6.0f} s  {text}"
