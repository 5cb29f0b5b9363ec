"""Draws of the assumptions that published figures are judged under: the posterior where one is shipped, else plausible ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from analysis.draws import draw_assumptions
from analysis.published_jobs import Draw

POSTERIOR_MODULE = "analysis.posterior"
POSTERIOR = Path(__file__).parent / "evidence" / "posterior.parquet"

FROM_POSTERIOR = "the posterior: draws that agree with the figures that the model was fitted to"
FROM_RANGES = (
    "the plausible ranges of the assumptions, which were never held to any figure: no posterior is shipped with this version"
)
"""Where draws come from, in words."""

FIRST_SEED = 30_001
"""Draws are lived under seeds from here on, unless others are asked for."""


def usual_seeds(count: int) -> list[int]:
    """A fresh seed for each of so many draws."""
    return list(range(FIRST_SEED, FIRST_SEED + count))


def assumptions_drawn(count: int) -> tuple[list[dict[str, float]], str]:
    """So many sets of values of the assumptions, by name, and where they come from: `FROM_POSTERIOR` or `FROM_RANGES`.

    The first n of any number are the same n.

    Raises
    ------
    EvidenceError
        If the posterior cannot be read, or holds fewer.
    """
    if POSTERIOR.is_file() and find_spec(POSTERIOR_MODULE) is not None:
        return list(import_module(POSTERIOR_MODULE).posterior_assumptions(count)), FROM_POSTERIOR
    columns = draw_assumptions(count)
    return [{name: float(values[at]) for name, values in columns.items()} for at in range(count)], FROM_RANGES


def draws_lived(seeds: Sequence[int], settings: Mapping[str, float]) -> tuple[list[Draw], str]:
    """A draw for each seed, numbered from 0, with `settings` over what is drawn, and where the draws come from."""
    values, told = assumptions_drawn(len(seeds))
    draws = [Draw(at, seed, {**values[at], **settings}) for at, seed in enumerate(seeds)]
    return draws, told
