"""Who is kin of whom: families are closed groups of four in the order of permanent ids, so that a history need not list them."""

from __future__ import annotations

import numpy as np

FAMILY = 4
NOBODY = -1


def kin_of(people: np.ndarray) -> np.ndarray:
    """Place of each person's kin among `people`, -1 where there is none, shape (people, 3), whole numbers.

    `people` are states of everybody of one world, or of several worlds one after the other, in the order of permanent ids.
    Kin who have died are kin still.
    """
    ids = people["person"].astype(np.int64)
    first = np.arange(len(ids)) - ids
    steps = np.arange(1, FAMILY)
    theirs = (ids // FAMILY * FAMILY)[:, None] + (ids[:, None] + steps) % FAMILY
    places = first[:, None] + theirs
    there = places < len(ids)
    # Beyond the last person of a world stands the first of the next, or nobody.
    same = np.append(ids, NOBODY)[np.where(there, places, -1)] == theirs
    return np.where(there & same, places, NOBODY)


def any_kin(kin: np.ndarray, so: np.ndarray) -> np.ndarray:
    """Whether something is so of any of each person's kin, shape (..., people), of bool.

    `kin` as `kin_of` gives it; `so`, shape (..., people), says of whom it is so.
    """
    found = np.zeros(so.shape, dtype=bool)
    for place in range(kin.shape[1]):
        there = kin[:, place] != NOBODY
        found[..., there] |= so[..., kin[there, place]]
    return found


def estranged_kin(people: np.ndarray) -> np.ndarray:
    """How many living kin each person is estranged from, shape (people,): kin who live, less those who are close."""
    kin = kin_of(people)
    alive = np.append(people["alive"] == 1, False)
    return np.asarray(alive[kin].sum(axis=1) - people["kin_close"])
