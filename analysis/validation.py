"""How well the model meets the published figures: trials under several seeds, their table, their picture and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from analysis.ensemble import Progress, Ran, gather
from analysis.files import fingerprint, list_files, put, put_json, staged
from analysis.pools import Pool, open_pool
from analysis.store import Entry, RunStore
from analysis.store_places import open_store
from analysis.trial import Score, Trial, people_of, score, trial_asked
from analysis.trial_jobs import AttemptsJob, TrialJob, attempts_job, trial_job
from simulation.errors import WorldError

RECEIPT = "validation.json"
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Validation:
    """Trials of one set of assumptions in one layer, a seed each, and how well they meet the targets.

    `attempts` holds the decisions up to a first sustained year of each person who reached one in 20 years, in a further world
    of the first seed, shape (people who did,); None where that world failed. `ran` says what was lived and what was there
    already, and holds a record of each trial that failed: what is said is said of the others.
    """

    layer: str
    seeds: tuple[int, ...]
    people: Mapping[str, int]
    trials: tuple[Trial, ...]
    score: Score
    attempts: np.ndarray | None
    ran: Ran = field(default_factory=Ran, repr=False)

    def summary(self) -> list[str]:
        """What there is to say of the fit, a sentence a line."""
        found = self.score
        lines = [
            f"{found.within} of {found.numbers} published numbers are met within two sd, and {found.layer_within} of the "
            + f"{found.layer_numbers} that tell the layers apart.",
            f"Weighted sum of squared distances: {found.loss:.1f} over the {found.numbers}, {found.layer_loss:.1f} over the "
            + f"{found.layer_numbers}.",
        ]
        lines += [f"{name}: {text}" for name, text in self._beside().items()]
        if self.attempts is not None:
            lines.append(attempts_in_words(self.attempts))
        return [*lines, *(f"Failed: {failure_in_words(one)}" for one in self.ran.failed)]

    def _beside(self) -> dict[str, str]:
        names = dict.fromkeys(name for trial in self.trials for name in trial.beside)
        means = {name: [trial.beside[name].value for trial in self.trials if name in trial.beside] for name in names}
        return {name: f"{np.mean(values):.2f}" for name, values in means.items()}

    def record(self) -> dict[str, Any]:
        """The same as plain values that JSON can hold."""
        table = self.score.table
        return {
            "layer": self.layer, "seeds": list(self.seeds), "people": dict(self.people), "summary": self.summary(),
            "loss": self.score.loss, "layer_loss": self.score.layer_loss, "within": self.score.within,
            "numbers": self.score.numbers, "layer_within": self.score.layer_within,
            "layer_numbers": self.score.layer_numbers,
            "attempts": None if self.attempts is None else describe_attempts(self.attempts),
            "table": table.astype(object).where(table.notna(), None).to_dict("records"),
            "seconds_a_trial": [round(trial.seconds, 1) for trial in self.trials],
            "failed": [failure_in_words(one) for one in self.ran.failed],
        }  # fmt: skip


def failure_in_words(failed: Entry) -> str:
    """What could not be lived, and what was said; the store keeps the rest under the name given."""
    content = failed.content
    kind = f"{content['error']}: " if content["error"] else ""
    return f"{content['told']}: {kind}{content['message']} (recovery runs show {failed.name[:8]})"


def validate(
    assumptions: Mapping[str, float] | None = None,
    *,
    seeds: Sequence[int] = (101, 102, 103, 104),
    people: int | Mapping[str, int] | None = None,
    layer: str = "labels",
    workers: int | None = None,
    store: RunStore | str | Path | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Validation:
    """How well the model meets the published figures, from one trial a seed.

    Use when the fit of one set of assumptions is to be judged, under seeds that it was not fitted with. Do not use when sets
    of assumptions are to be ranked by it: two that differ by less than luck are alike.

    Parameters
    ----------
    assumptions
        Values of parameters, by name, instead of the defaults.
    seeds, people, layer
        As `live_trial` takes them.
    workers, cluster
        How many trials are lived at once on this machine, one a core by default; or the address of a Dask scheduler.
    store
        The run store, or its folder: what it holds is not lived again. A temporary one, removed in the end, where None.
    progress
        Told how many worlds are done, of how many, and the seconds left.

    Raises
    ------
    ScenarioError, ParameterError, OutputError
        If the worlds cannot be lived, or the store cannot be written.
    WorldError
        If every trial failed.
    """
    with open_store(store) as kept, closing(open_pool(workers, cluster)) as pool:
        return judge(assumptions or {}, seeds, kept, pool, people=people, layer=layer, progress=progress)


def judge(
    assumptions: Mapping[str, float],
    seeds: Sequence[int],
    store: RunStore,
    pool: Pool,
    *,
    people: int | Mapping[str, int] | None = None,
    layer: str = "labels",
    progress: Progress | None = None,
) -> Validation:
    """The same as `validate` with an open store and pool."""
    trials = [trial_asked(assumptions, seed, people=people, layer=layer) for seed in seeds]
    jobs: list[TrialJob | AttemptsJob] = [trial_job(asked, pool.platform) for asked in trials]
    jobs.append(attempts_job(trials[0], pool.platform))
    found, ran = gather(jobs, store, pool, lambda place: jobs[place].read(store), progress)
    lived = tuple(one for one in found[:-1] if isinstance(one, Trial))
    if not lived:
        raise WorldError(f"every trial failed; the first: {failure_in_words(ran.failed[0])}")
    return Validation(layer, tuple(trial.seed for trial in lived), people_of(people), lived, score(lived), found[-1], ran)


def describe_attempts(attempts: np.ndarray) -> dict[str, float]:
    """Median, mean and quantiles of decisions before a first sustained year; `people` who reached one."""
    if len(attempts) == 0:
        return {"people": 0}
    quantiles = dict(zip((f"quantile_{share:g}" for share in QUANTILES), np.quantile(attempts, QUANTILES), strict=True))
    return {"people": len(attempts), "median": float(np.median(attempts)), "mean": float(attempts.mean()),
            **{name: float(value) for name, value in quantiles.items()}}  # fmt: skip


def attempts_in_words(attempts: np.ndarray) -> str:
    """The same as a sentence."""
    if len(attempts) == 0:
        return "Attempts before a first sustained year: nobody reached one in 20 years."
    found = describe_attempts(attempts)
    return (
        f"Attempts up to a first sustained year in substance use, of the {len(attempts):,} people who reached one in 20 years: "
        f"median {found['median']:g}, mean {found['mean']:.2f}, middle half {found['quantile_0.25']:g} to "
        f"{found['quantile_0.75']:g}, one in ten {found['quantile_0.9']:g} or more, most {attempts.max():g}."
    )


def write_validation(
    validation: Validation,
    folder: str | Path,
    inputs: dict[str, Any],
    force: bool = True,
    more: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write the table, the picture and a record of what was asked into `folder`; gives the record.

    `more` holds texts to be written beside them, by file name.

    Raises
    ------
    OutputError
        If the folder cannot be written, or holds other results and `force` is false; then nothing is left behind.
    """
    from analysis.figures_of_fit import draw_fit

    record = {"inputs_fingerprint": fingerprint(inputs), **validation.record(), "inputs": inputs}
    with staged(Path(folder), RECEIPT, inputs, force) as beside:
        put(beside / "validate.csv", validation.score.table.to_csv(index=False))
        draw_fit(validation.score, _heading(validation), beside / "validate.png")
        for name, text in (more or {}).items():
            put(beside / name, text)
        record["files"] = list_files(beside, RECEIPT)
        put_json(beside / RECEIPT, record)
    return record


def _heading(validation: Validation) -> str:
    found, seeds = validation.score, len(validation.seeds)
    return (
        f"Published figures and the model ({validation.layer} layer, {seeds} seed{'' if seeds == 1 else 's'}): "
        f"{found.within} of {found.numbers} within two sd, and {found.layer_within} of {found.layer_numbers} that tell the "
        "layers apart"
    )
