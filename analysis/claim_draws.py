"""The draws that claims are put to the test in: what is assumed in each, and the seed that names its people and their luck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.posterior import posterior_assumptions

FIRST_SEED = 67_001
"""Seed of the first draw; one seed a draw, none of which a fit has seen."""

DRAWN_FROM = "the posterior: draws that agree with the figures that the model was fitted to"
"""What the draws are, in words: said beside every verdict, and part of what results are made from."""


@dataclass(frozen=True)
class Draw:
    """One draw: its number from 0, its seed, and the values of the assumptions that vary, by name."""

    number: int
    seed: int
    assumptions: Mapping[str, float]


def draws_of(draws: int) -> list[Draw]:
    """The first so many draws; the first n of more are the same n. Raises EvidenceError where there are fewer."""
    values = posterior_assumptions(draws)
    return [Draw(number, FIRST_SEED + number, assumed) for number, assumed in enumerate(values)]
