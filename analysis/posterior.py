"""The posterior that is shipped: draws of the free parameters that agree with the published figures, with their provenance.

`recovery evidence calibrate` makes it; a comparison's `--draws` are its first rows. docs/posterior.md says what it knows and what
it does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.draws import draw_assumptions
from simulation.errors import ComparisonError, EvidenceError, Problem
from simulation.parameters import PARAMETERS

POSTERIOR = Path(__file__).parent / "evidence" / "posterior.parquet"
PROVENANCE = b"recovery_journeys"
"""The key of the file's metadata that holds the provenance."""

DRAWN_FROM = "the posterior: draws that agree with the figures that the model was fitted to"
"""Where draws come from, in words: said beside what they give, and part of what results are made from."""

WHOLE_MODEL = "labels"
"""The layer in which all of the model acts: the posterior is of it alone."""

OVER = ("posterior", "ranges")
"""What draws of the assumptions can be of: the posterior, or each assumption's plausible range by itself."""


@dataclass(frozen=True)
class Posterior:
    """Draws of the free parameters: a row a draw, in no order, a column each, in its unit; `provenance` says how it was made."""

    draws: pd.DataFrame
    provenance: Mapping[str, Any]

    def assumptions(self, count: int) -> list[dict[str, float]]:
        """The first so many draws, each by name.

        Raises
        ------
        EvidenceError
            If there are not so many.
        """
        if count > len(self.draws):
            raise EvidenceError(
                Problem("draws", f"{count:,}", f"at most {len(self.draws):,}, what the posterior holds", "Ask for fewer.")
            )
        return [{str(name): float(value) for name, value in row.items()} for row in self.draws.head(count).to_dict("records")]


@dataclass(frozen=True)
class Draw:
    """One draw that is lived: its number from 0, its own seed, and values of parameters by name."""

    number: int
    seed: int
    assumptions: Mapping[str, float]


@lru_cache(maxsize=4)
def load_posterior(path: str | Path = POSTERIOR) -> Posterior:
    """The posterior of this file, by default the one shipped.

    Raises
    ------
    EvidenceError
        If it cannot be read, or holds something else: an unknown parameter, or a value outside its range.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    what = "a posterior, as `recovery evidence calibrate` writes one"
    try:
        table = pq.read_table(path)
        provenance = json.loads((table.schema.metadata or {})[PROVENANCE])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        why = "it says nothing of where it is from" if isinstance(error, KeyError) else str(error)
        raise EvidenceError(Problem(str(path), f"it cannot be read: {why}", what, "Name another file.")) from error
    draws = table.to_pandas()
    strange = [str(name) for name in draws.columns if not pd.api.types.is_numeric_dtype(draws[name])]
    if draws.empty or strange:
        why = f"{strange[0]}: no numbers" if strange else "it holds no draw"
        raise EvidenceError(Problem(str(path), why, what, "Name another file."))
    for name in draws.columns:
        parameter = PARAMETERS.get(str(name))
        if parameter is None or not draws[name].between(parameter.low, parameter.high).all():
            why = "no parameter of this version" if parameter is None else "values outside its range"
            raise EvidenceError(Problem(str(path), f"{name}: {why}", what, "Make it anew with this version."))
    return Posterior(draws, provenance)


def posterior_assumptions(count: int) -> list[dict[str, float]]:
    """The first `count` draws of the posterior that is shipped, values by parameter; raises what `load_posterior` does."""
    return load_posterior().assumptions(count)


def draws_lived(seeds: Sequence[int], settings: Mapping[str, float]) -> list[Draw]:
    """A draw of the posterior for each seed, numbered from 0, with `settings` over what is drawn.

    More seeds leave the first draws as they are. Raises what `posterior_assumptions` does.
    """
    values = posterior_assumptions(len(seeds))
    return [Draw(at, seed, {**values[at], **settings}) for at, seed in enumerate(seeds)]


def check_over(over: str) -> None:
    """Nothing where draws can be of that. Raises ComparisonError otherwise."""
    if over not in OVER:
        raise ComparisonError(Problem("over", repr(over), ", ".join(OVER), f"over={OVER[0]!r}"))


def drawn_assumptions(draws: int, ranges: Mapping[str, tuple[float, float]], over: str = OVER[0]) -> dict[str, np.ndarray]:
    """Values of every free assumption, each of shape (draws,), in its own unit.

    Parameters
    ----------
    draws
        How many sets of values.
    ranges
        (low, high) of each assumption that a scenario gives a range: it is drawn evenly from that, whatever the posterior says.
    over
        One of `OVER`. More draws leave the first ones as they are.

    Raises
    ------
    EvidenceError
        If the posterior cannot be read, or holds fewer draws.
    """
    evenly = draw_assumptions(draws, ranges)
    if over == "ranges":
        return evenly
    known = pd.DataFrame(load_posterior().assumptions(draws))
    return {name: evenly[name] if name in ranges or name not in known else known[name].to_numpy() for name in evenly}


def save_posterior(posterior: Posterior, path: str | Path) -> None:
    """Write a posterior as Parquet, with its provenance in the file's metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(posterior.draws, preserve_index=False)
    said = json.dumps(posterior.provenance, sort_keys=True).encode()
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), PROVENANCE: said}), path, compression="zstd")
