"""What the model gives at draws of the posterior, lived for real: intervals against every published number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.ensemble import Progress, Ran, gather
from analysis.pools import Pool
from analysis.store import RunStore
from analysis.targets import load_numbers
from analysis.trial import Trial, trial_asked
from analysis.trial_jobs import trial_job
from analysis.validation import failure_in_words
from simulation.errors import WorldError

LEVEL = 0.9


def live_draws(
    draws: Sequence[Mapping[str, float]], first_seed: int, store: RunStore, pool: Pool, *, layer: str = "labels",
    people: int | Mapping[str, int] | None = None, progress: Progress | None = None,
) -> tuple[np.ndarray, Ran]:  # fmt: skip
    """The published numbers at each draw, a seed of its own each, shape (draws, numbers); not a number where nothing came.

    Parameters
    ----------
    draws
        Assumptions of each draw, by name.
    first_seed
        The seed of the first draw; each takes the next.
    store, pool
        Where trials are kept, and what lives them.
    layer, people, progress
        As `validate` takes them.

    Raises
    ------
    WorldError
        If every trial failed.
    """
    asked = [trial_asked(one, first_seed + at, people=people, layer=layer) for at, one in enumerate(draws)]
    jobs = [trial_job(one, pool.platform) for one in asked]
    found, ran = gather(jobs, store, pool, lambda place: jobs[place].read(store), progress)
    if not any(isinstance(one, Trial) for one in found):
        raise WorldError(f"every trial failed; the first: {failure_in_words(ran.failed[0])}")
    nothing = np.full(len(load_numbers()), np.nan)
    return np.array([one.values() if isinstance(one, Trial) else nothing for one in found]), ran


def intervals(values: np.ndarray, level: float = LEVEL) -> pd.DataFrame:
    """The posterior predictive interval of each number, luck included, against the published one.

    One row a number: id, label, layer, status, published, sd, is_log, low, median, high, inside, half_width (in published sd, on
    the log where the tolerance is), off (of the median, in published sd), measured (draws that gave it).
    """
    tail = (1.0 - level) / 2.0
    rows = []
    for at, one in enumerate(load_numbers()):
        told = (one.id, one.label, one.layer, one.status, one.value, one.scale, one.is_log)
        known = values[:, at][np.isfinite(values[:, at])]
        if len(known) == 0:
            rows.append((*told, *[np.nan] * 3, False, np.nan, np.nan, 0))
            continue
        low, median, high = np.quantile(known, [tail, 0.5, 1.0 - tail])
        ends = np.log(np.maximum([low, high], 1e-12)) if one.is_log else np.array([low, high])
        width = float(ends[1] - ends[0]) / 2.0 / one.scale
        inside = bool(low <= one.value <= high)
        rows.append((*told, low, median, high, inside, width, one.distance(float(median)), len(known)))
    columns = [
        "id", "label", "layer", "status", "published", "sd", "is_log", "low", "median", "high", "inside", "half_width", "off",
        "measured",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
