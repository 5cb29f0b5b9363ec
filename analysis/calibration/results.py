"""A whole calibration: its layers lived, the posterior tried on the model itself, and all of it written into a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.calibration.learned import centre, contraction, left_out, pairs_not_told_apart, screened
from analysis.calibration.predictive import intervals, live_draws
from analysis.calibration.sampling import coordinates_of
from analysis.calibration.settings import Settings
from analysis.calibration.waves import Calibrated, Calibration, Wave, values_at
from analysis.ensemble import Progress, Ran
from analysis.files import fingerprint, list_files, put, put_json, staged
from analysis.pools import Pool
from analysis.posterior import WHOLE_MODEL, Posterior, save_posterior
from analysis.store import RunStore
from analysis.targets import load_numbers
from analysis.validation import failure_in_words
from simulation.history import version

RECEIPT = "calibration.json"
TABLES = ("screened", "waves", "contraction", "pairs", "predictive", "left_out", "layers")


@dataclass
class Learned:
    """What came of a calibration.

    Attributes
    ----------
    posterior
        Draws of the whole model, None where it was not among the layers.
    centre
        The middle of them, by name.
    tables
        By name: `screened`, `contraction`, `pairs` and `predictive` of the whole model; `waves`, `left_out` and `layers` of every
        layer, with a column `layer_of_the_model` ("null layer": a bare "null" would be read as nothing).
    ran
        What was lived, and what the store had.
    minutes
        Time that each layer took, what the store had left out.
    """

    posterior: Posterior | None
    centre: Mapping[str, float]
    tables: Mapping[str, pd.DataFrame]
    ran: Ran
    minutes: Mapping[str, float] = field(default_factory=dict)

    def summary(self) -> list[str]:
        """What there is to say, a sentence a line."""
        lines = []
        if "predictive" in self.tables:
            lines += _of_predictive(self.tables["predictive"])
        if "contraction" in self.tables:
            table = self.tables["contraction"]
            informed = table[table["contraction"] >= 0.5]
            lines.append(
                f"The figures narrow {len(informed)} of {len(table)} parameters by half their variance or more"
                + (f": {', '.join(informed['parameter'])}." if len(informed) else ".")
            )
        if "layers" in self.tables:
            lines += [
                f"{row.layer_of_the_model}: log score of targets left out {row.score:.1f} over the {row.numbers} numbers, "
                f"{row.inside} of them inside what the others foretell; {row.layer_score:.1f} over the {row.layer_numbers} that "
                f"tell the layers apart, {row.layer_inside} inside."
                for row in self.tables["layers"].itertuples()
            ]
        return lines


def _of_predictive(table: pd.DataFrame) -> list[str]:
    lines = []
    for layer, whose in ((False, "published numbers"), (True, "that tell the layers apart")):
        part = table[table["layer"] == layer]
        width = part["half_width"].median()
        lines.append(
            f"{int(part['inside'].sum())} of {len(part)} {whose} lie inside the 90 % posterior predictive interval; its "
            f"half-width is {width:.2f} published sd in the median."
        )
    missed = table[~table["inside"]]
    return [*lines, f"Outside: {', '.join(missed['label'])}." if len(missed) else "None lies outside."]


def calibrate(
    settings: Settings, layers: Sequence[str], store: RunStore, pool: Pool, *, tell: Callable[[str], None] = print,
    progress: Progress | None = None, people: int | Mapping[str, int] | None = None,
) -> Learned:  # fmt: skip
    """Calibrate these layers and say what was learned.

    Parameters
    ----------
    settings
        What is done; `analysis.calibration.settings.load_settings` reads it.
    layers
        Names of layers, each with waves in the settings; the posterior is of "labels".
    store, pool
        Where trials are kept, and what lives them.
    tell, progress
        Told how far it is.
    people
        In the worlds that the draws of the posterior are lived in; as the settings say by default.

    Raises
    ------
    WorldError
        If nearly all trials of a wave failed.
    """
    ran, tables, minutes = Ran(), dict[str, pd.DataFrame](), dict[str, float]()
    posterior, middle = None, dict[str, float]()
    by_layer: dict[str, list[pd.DataFrame]] = {"waves": [], "left_out": [], "layers": []}
    for layer in layers:
        started = time.monotonic()
        found = Calibration(layer, settings, store, pool, tell, progress).run()
        ran.add(found.ran)
        tell(f"{layer}: leaving out one target after the other")
        out = left_out(found, max(2, settings.chains // 2), settings.left_out_steps)
        for name, table in (("waves", closing_in(found)), ("left_out", out), ("layers", _of_layer(out))):
            by_layer[name].append(table.assign(layer_of_the_model=f"{layer} layer"))
        if layer == WHOLE_MODEL:
            posterior, middle, own = _whole(found, settings, store, pool, people, tell, progress, ran)
            tables |= own
        minutes[layer] = (time.monotonic() - started) / 60.0
    tables |= {name: pd.concat(each, ignore_index=True) for name, each in by_layer.items()}
    return Learned(posterior, middle, tables, ran, minutes)


def _whole(
    found: Calibrated, settings: Settings, store: RunStore, pool: Pool, people: int | Mapping[str, int] | None,
    tell: Callable[[str], None], progress: Progress | None, ran: Ran,
) -> tuple[Posterior, dict[str, float], dict[str, pd.DataFrame]]:  # fmt: skip
    """The posterior of the whole model, its middle, and its own tables."""
    places = found.draws(settings.draws)
    draws = values_at(places, found.parameters)
    tell(f"{found.layer}: {len(draws)} draws of the posterior lived")
    values, lived = live_draws(
        draws, settings.posterior_seed, store, pool, people=settings.posterior_people if people is None else people,
        progress=progress,
    )  # fmt: skip
    ran.add(lived)
    table = intervals(values)
    r_hat = found.chains.r_hat()
    narrowed = contraction(places, found.parameters).assign(r_hat=r_hat)
    tables = {
        "screened": screened(found.waves[0], found.parameters, found.scoring), "contraction": narrowed,
        "pairs": pairs_not_told_apart(coordinates_of(places), found.parameters), "predictive": table,
    }  # fmt: skip
    numbers = table[~table["layer"]]
    provenance = {
        "layer": found.layer, "draws": len(draws), "trials": int(sum(len(one.places) for one in found.waves)),
        "people": settings.people, "chains": settings.chains, "steps": settings.steps, "largest_r_hat": float(np.nanmax(r_hat)),
        "inside": int(numbers["inside"].sum()), "numbers": len(numbers), "half_width": float(numbers["half_width"].median()),
        "platform": dict(pool.platform), "version": version(), **made_with(settings),
    }  # fmt: skip
    middle = values_at(centre(places)[None], found.parameters)[0]
    return Posterior(pd.DataFrame(draws), provenance), middle, tables


def made_with(settings: Settings) -> dict[str, str]:
    """Fingerprints of the settings and the numbers that a posterior is made with."""
    numbers = [asdict(one) for one in load_numbers()]
    return {"settings": fingerprint(asdict(settings)), "numbers_fingerprint": fingerprint(numbers)}


def closing_in(found: Calibrated) -> pd.DataFrame:
    """How near each wave came: wave, trials, lost, met (median number of the 39 within two sd), best, log_score (median)."""
    rows = []
    for at, wave in enumerate(found.waves, start=1):
        met = _met(wave)
        fitted = found.scoring.scales.fitted(wave.values)
        whole = np.isfinite(fitted).all(axis=1)
        scores = found.scoring(fitted[whole], np.zeros(fitted.shape[1])) if whole.any() else np.array([np.nan])
        rows.append((at, len(wave.places), wave.lost, float(np.median(met)), int(met.max()), float(np.median(scores))))
    return pd.DataFrame(rows, columns=["wave", "trials", "lost", "met", "best", "log_score"])


def _met(wave: Wave) -> np.ndarray:
    """How many numbers each trial meets within two sd, shape (trials,)."""
    each = [[abs(one.distance(value)) <= 2.0 for one, value in zip(load_numbers(), row, strict=True)] for row in wave.values]
    return np.array(each).sum(axis=1)


def _of_layer(out: pd.DataFrame) -> pd.DataFrame:
    """One row: numbers, inside and score over the 32 numbers, and over those that tell the layers apart."""
    row: dict[str, Any] = {}
    for layer, before in ((False, ""), (True, "layer_")):
        part = out[out["layer"] == layer]
        row |= {
            f"{before}numbers": len(part), f"{before}inside": int(part["inside"].sum()),
            f"{before}score": float(part["target_score"].sum()),
        }  # fmt: skip
    return pd.DataFrame([row])


def write_calibration(learned: Learned, folder: str | Path, inputs: Mapping[str, Any], force: bool = True) -> dict[str, Any]:
    """Write the posterior, tables and pictures into `folder`; gives the record that is written beside them.

    Raises
    ------
    OutputError
        If the folder cannot be written, or holds other results and `force` is false; then nothing is left behind.
    """
    from analysis.calibration.figures import pictures

    record = {
        "inputs_fingerprint": fingerprint(inputs), "summary": learned.summary(), "centre": dict(learned.centre),
        "minutes": {name: round(one, 1) for name, one in learned.minutes.items()},
        "worlds": {"lived": learned.ran.lived, "reused": learned.ran.reused},
        "failed": [failure_in_words(one) for one in learned.ran.failed], "inputs": dict(inputs),
    }  # fmt: skip
    with staged(Path(folder), RECEIPT, inputs, force) as beside:
        for name in TABLES:
            if name in learned.tables:
                put(beside / f"{name}.csv", learned.tables[name].to_csv(index=False))
        if learned.posterior is not None:
            save_posterior(learned.posterior, beside / "posterior.parquet")
        for name, picture in pictures(learned).items():
            put(beside / name, picture)
        record["files"] = list_files(beside, RECEIPT)
        put_json(beside / RECEIPT, record)
    return record
