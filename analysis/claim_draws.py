"""The draws that claims are put to the test in: those of the posterior, each under a seed that no fit has seen."""

from __future__ import annotations

from analysis.posterior import Draw, draws_lived

FIRST_SEED = 67_001
"""Seed of the first draw; one seed a draw, none of which a fit has seen."""


def draws_of(draws: int) -> list[Draw]:
    """The first so many draws; the first n of more are the same n. Raises EvidenceError where there are fewer."""
    return draws_lived(range(FIRST_SEED, FIRST_SEED + draws), {})
