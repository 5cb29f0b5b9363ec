"""Shares of a whole that several parts make together: each part's mean gain over the orders in which parts can be added."""

from __future__ import annotations

import math

import numpy as np


def shapley_weights(parts: int) -> np.ndarray:
    """Weight of adding a part to so many others already there, shape (parts,): of all orders, the share in which it happens.

    As a formula: w_s = s! (n - s - 1)! / n!, for each single coalition of s others among n parts; over all coalitions they sum
    to 1.

    References
    ----------
    Shapley (1953), "A value for n-person games", Contributions to the Theory of Games II: 307.

    Examples
    --------
    >>> shapley_weights(2)
    array([0.5, 0.5])
    """
    return np.array([1.0 / (parts * math.comb(parts - 1, others)) for others in range(parts)])


def parts_in(coalition: int, parts: int) -> tuple[int, ...]:
    """Numbers of the parts in a coalition, whose number in binary says which: 5 is parts 0 and 2."""
    return tuple(part for part in range(parts) if coalition >> part & 1)


def gains(values: np.ndarray, part: int) -> np.ndarray:
    """What one part adds to each coalition of the others, shape (..., coalitions / 2), in the unit of `values`.

    The first column adds it to nothing, the last to all others. `values` has one column a coalition, numbered as `parts_in`
    says.
    """
    coalitions = np.arange(values.shape[-1])
    without = coalitions[(coalitions >> part & 1) == 0]
    return np.asarray(values[..., without | 1 << part] - values[..., without])


def shapley(values: np.ndarray) -> np.ndarray:
    """Each part's share of what all parts make together, shape (..., parts), in the unit of `values`.

    The shares of each row add up to the last column less the first, to rounding; a part that adds nothing to any coalition
    has exactly 0, and parts that add the same have the same. Use for a fair division where parts act together, each gain
    being counted in as many orders as it occurs in; do not use for what would happen if one part were taken away, which is
    the last of its `gains`.

    Parameters
    ----------
    values
        Shape (..., coalitions): the value of each set of parts, numbered as `parts_in` says; 2 to the power of parts columns.

    Raises
    ------
    ValueError
        If there are not as many columns as sets of parts.

    References
    ----------
    Shapley (1953), "A value for n-person games", Contributions to the Theory of Games II: 307.

    Examples
    --------
    Two parts that make 1 and 2 alone and 5 together share the other 2 equally:

    >>> shapley(np.array([0.0, 1.0, 2.0, 5.0]))
    array([2., 3.])
    """
    values = np.asarray(values, dtype=float)
    parts = values.shape[-1].bit_length() - 1
    if parts < 1 or values.shape[-1] != 1 << parts:
        raise ValueError(f"{values.shape[-1]} columns are not one for each set of parts")
    others = np.array([coalition.bit_count() for coalition in range(1 << (parts - 1))])
    weights = shapley_weights(parts)[others]
    return np.stack([gains(values, part) @ weights for part in range(parts)], axis=-1)
