"""The shape of single lives: how often they turn, how winding they are, and who rises for all that."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.measures_lives import Lives
from analysis.multistate import IN_RECOVERY, NO_PROBLEM, own_status
from analysis.subgroups import FEWEST
from analysis.survival import too_few

QUARTER = 13
YEAR = 52


def reversals(states: np.ndarray) -> np.ndarray:
    """How often each life turns round, shape (people,): changes of direction of the state, which rises from better to worse.

    A move is a change of state from one row to the next; two moves in a row that go opposite ways are one reversal. From
    recovery to a lapse, to active and back to recovery is one; a lapse that is resolved is one; one that is resolved and
    followed by another is two. Own definition. `states` are those of `own_status`, shape (weeks + 1, people).
    """
    moves = np.sign(np.diff(states.astype(np.int8), axis=0))
    direction = np.zeros(states.shape[1], dtype=np.int8)
    found = np.zeros(states.shape[1], dtype=int)
    for move in moves:
        found += (move * direction) < 0
        direction = np.where(move != 0, move, direction)
    return found


def in_recovery(states: np.ndarray) -> np.ndarray:
    """Where a life is in recovery in every domain of its own, or without a problem, shape as `states`, of bool."""
    return np.asarray((states == IN_RECOVERY) | (states == NO_PROBLEM))


def quarters(held: np.ndarray, window: int = QUARTER) -> np.ndarray:
    """Share of the weeks of each whole quarter in which something held, shape (people, quarters).

    `held` is true or false, shape (weeks + 1, people). Row 0 belongs to no quarter; weeks after the last whole one are left
    out.
    """
    whole = (len(held) - 1) // window
    return np.asarray(held[1 : whole * window + 1].reshape(whole, window, held.shape[1]).mean(axis=1).T)


def straightness(position: np.ndarray) -> np.ndarray:
    """Distance between a life's first and last position over the length of its path, shape (people,).

    1 where it only ever went one way, 0 where it came back to where it began, not a number where it never moved or there are
    fewer than two positions. `position` is a place on a line at equal steps, shape (people, steps), such as the share of each
    quarter in recovery. Reference: Batschelet (1981), "Circular Statistics in Biology", for paths of animals in the plane;
    Benhamou (2004), J Theor Biol 229:209, for when it may be used. On a line and for lives it is our own use of it.
    """
    if position.shape[1] < 2:
        return np.full(len(position), math.nan)
    length = np.abs(np.diff(position, axis=1)).sum(axis=1)
    net = np.abs(position[:, -1] - position[:, 0])
    return np.where(length > 0, net / np.where(length > 0, length, 1.0), math.nan)


def tortuosity(position: np.ndarray) -> np.ndarray:
    """How winding each life is, shape (people,): 1 less its `straightness`, from 0 (one way only) to 1 (back at its start)."""
    return 1.0 - straightness(position)


def turns_table(lives: Lives, domain: str | None = None, sustained: int = YEAR) -> pd.DataFrame:
    """How lives turn, one row a measure: `measure`, `value`, `unit`, `people`, `note`.

    Of people with a problem, past or present, at the start who are alive at the end. Custody counts by status. A life has
    risen where it was in recovery in each of the last `sustained` weeks; "the hard way" is risen with two reversals or more.
    Not a number, with a note, for fewer than 30 people, and for risen lives where the stretch is not longer than `sustained`
    weeks, in which no life could turn first.
    """
    states = own_status(lives, domain)
    kept = (states[0] != NO_PROBLEM) & (lives.start["alive"] == 1) & lives.alive(lives.weeks)
    states = states[:, kept]
    turns, winding = reversals(states), tortuosity(quarters(in_recovery(states)))
    hard = turns >= 2
    risen = in_recovery(states[-sustained:]).all(axis=0)
    too_short = "" if lives.weeks > sustained else f"{lives.weeks} weeks are not more than {sustained}"
    rows = [
        _row("reversals", turns, "mean per person"),
        _row("two reversals or more", hard, "share of people"),
        _row("tortuosity", winding[np.isfinite(winding)], "mean, 0 to 1, of lives that moved"),
        _row("risen", risen, "share of people", too_short),
        _row("risen the hard way", risen & hard, "share of people", too_short),
        _row("the hard way, of those risen", hard[risen], "share of people risen", too_short),
    ]
    return pd.DataFrame(rows, columns=["measure", "value", "unit", "people", "note"])


def _row(measure: str, values: np.ndarray, unit: str, note: str = "") -> tuple[str, float, str, int, str]:
    few = note or (too_few(len(values)) if len(values) < FEWEST else "")
    return measure, math.nan if few else float(values.mean()), unit, len(values), few
