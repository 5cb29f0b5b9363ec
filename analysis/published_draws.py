"""Draws of the assumptions that published figures are judged under: those of the posterior, a seed of its own each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.posterior import posterior_assumptions
from analysis.published_jobs import Draw

DRAWN_FROM = "the posterior: draws that agree with the figures that the model was fitted to"
"""Where draws come from, in words."""

FIRST_SEED = 30_001
"""Draws are lived under seeds from here on, unless others are asked for."""


def usual_seeds(count: int) -> list[int]:
    """A fresh seed for each of so many draws."""
    return list(range(FIRST_SEED, FIRST_SEED + count))


def draws_lived(seeds: Sequence[int], settings: Mapping[str, float]) -> list[Draw]:
    """A draw of the posterior for each seed, numbered from 0, with `settings` over what is drawn.

    Raises
    ------
    EvidenceError
        If the posterior cannot be read, or holds fewer.
    """
    values = posterior_assumptions(len(seeds))
    return [Draw(at, seed, {**values[at], **settings}) for at, seed in enumerate(seeds)]
