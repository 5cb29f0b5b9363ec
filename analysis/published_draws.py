"""Seeds that published figures are judged under."""

from __future__ import annotations

FIRST_SEED = 30_001
"""Draws are lived under seeds from here on, unless others are asked for."""


def usual_seeds(count: int) -> list[int]:
    """A fresh seed for each of so many draws."""
    return list(range(FIRST_SEED, FIRST_SEED + count))
