"""What `recovery evidence calibrate` does: a posterior; or a search for one point, judged on seeds that it was not fitted to."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from analysis.cli import console
from analysis.cli.trials import Where, already_done, note_what_was_lived
from simulation.errors import Problem, UserError

MOST_ROUNDS = 100
POSTERIOR_RECEIPT = "calibration.json"


def search_and_judge(
    name: str, rounds: int, seeds: str, held_out: str, people: int | None, where: Where, out: Path | None, force: bool
) -> tuple[dict[str, Any], Path]:
    """Search from the start of the fit of this name and judge what is found; gives the record of it and its folder.

    A fit named by the path of its file is gone on with from what it found.

    Raises
    ------
    UserError
        If something asked for cannot be done.
    """
    from analysis.fit import Search, fit_names, load_fit
    from analysis.pools import open_pool
    from analysis.store_places import open_store
    from analysis.trial import people_of
    from analysis.validation import RECEIPT, judge, write_validation

    fit = load_fit(name)
    if name not in fit_names():
        fit = replace(fit, start=fit.values)
    console.check_number("--rounds", rounds, 1, MOST_ROUNDS)
    console.check_world(people, None)
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
    if done := already_done(folder, RECEIPT, inputs, force):
        return done, folder
    console.compile_first()
    started = time.monotonic()
    with open_store(where.store) as store, closing(open_pool(where.workers, where.cluster)) as pool:
        search = Search(fit, fitted, store, pool, people, lambda text: console.note(_timed(text, started)))
        places = search.run(rounds)
        with console.progress_of(f"{len(judged)} trials on seeds that were not fitted to") as tell:
            judgement = judge(
                {**fit.held, **search.values(places)}, judged, store, pool, people=people, layer=fit.layer, progress=tell
            )
    search.ran.add(judgement.ran)
    note_what_was_lived(search.ran)
    found = search.found(
        places, seeds=fitted, people=people_of(people), rounds=rounds, trials=len(search.asked), held_out=judged,
        within=judgement.score.within,
        layer_within=judgement.score.layer_within, loss=round(judgement.score.loss, 1),
    )  # fmt: skip
    record = write_validation(judgement, folder, inputs, force, more={"fit.toml": found.text()})
    return record, folder


def check_not_given(options: Mapping[str, Any], needed: str) -> None:
    """Refuse an option that has nothing to act on. Raises UserError that says what it goes with."""
    for name, value in options.items():
        if value is not None:
            raise UserError(Problem(name, str(value), f"{needed} beside it", f"Leave {name} out, or give {needed}."))


def find_posterior(
    layers: str | None, settings_file: Path | None, people: int | None, where: Where, out: Path | None, force: bool
) -> tuple[dict[str, Any], Path]:
    """Calibrate these layers and write what was found; gives the record of it and its folder.

    Raises
    ------
    UserError
        If something asked for cannot be done.
    """
    from analysis.calibration.results import calibrate, write_calibration
    from analysis.calibration.settings import SETTINGS, load_settings
    from analysis.calibration.surfaces import check_installed
    from analysis.pools import open_pool
    from analysis.store_places import open_store
    from analysis.targets import load_numbers

    settings = load_settings(settings_file or SETTINGS)
    chosen = list(settings.layers) if layers is None else list(dict.fromkeys(one.strip() for one in layers.split(",")))
    for one in chosen:
        console.choose("--layers", one, list(settings.layers))
    console.check_world(people, None)
    check_installed()
    folder = console.output_folder(out, "calibrate")
    inputs = {
        "settings": asdict(settings), "layers": chosen, "people": people or settings.posterior_people,
        "targets": [[one.id, one.value, one.scale, one.weight] for one in load_numbers()],
        "version": console.version(), "code": console.code_identity(),
    }  # fmt: skip
    if done := already_done(folder, POSTERIOR_RECEIPT, inputs, force):
        return done, folder
    console.compile_first()
    started = time.monotonic()
    with (
        open_store(where.store) as store, closing(open_pool(where.workers, where.cluster)) as pool,
        console.progress_of("trials") as progress,
    ):  # fmt: skip
        found = calibrate(
            settings, chosen, store, pool, tell=lambda text: console.note(_timed(text, started)), progress=progress, people=people
        )
    note_what_was_lived(found.ran)
    return write_calibration(found, folder, inputs, force), folder


def _timed(text: str, started: float) -> str:
    return f"{time.monotonic() - started:6.0f} s  {text}"
