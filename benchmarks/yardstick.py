"""A piece of work like a week of the engine, which never changes: speed is told in it, so that machines and loads cancel out.

Frozen: any change, in the work or in its size, makes all that is on record worthless. Each of 10,000 rows of 512 bytes looks up
ten others at places that nothing foretells, draws five blocks of luck, lets forty numbers follow one another, takes four
exponentials, and shows four numbers to those who look it up the next time. It
waits for memory and for arithmetic much as the engine does, and slows down with it where a machine is busy.
"""

from __future__ import annotations

import math
import time

import numba
import numpy as np

ROWS, COLUMNS, TIES, SHOWN, BLOCKS = 10_000, 64, 10, 4, 5
_MASK = 0xFFFFFFFF


@numba.njit(nogil=True, error_model="numpy")
def _draw(word0: int, word1: int, word2: int) -> float:
    word3, key0, key1 = 1, 7, 11
    for _ in range(10):
        product0 = 0xD2511F53 * word0
        product1 = 0xCD9E8D57 * word2
        word0, word1, word2, word3 = (
            ((product1 >> 32) & _MASK) ^ word1 ^ key0, product1 & _MASK,
            ((product0 >> 32) & _MASK) ^ word3 ^ key1, product0 & _MASK,
        )  # fmt: skip
        key0 = (key0 + 0x9E3779B9) & _MASK
        key1 = (key1 + 0xBB67AE85) & _MASK
    return (word0 + 0.5) * 2.3283064365386963e-10


@numba.njit(nogil=True, error_model="numpy")
def _turn(table: np.ndarray, ties: np.ndarray, shown: np.ndarray, shown_next: np.ndarray, week: int) -> float:
    total = 0.0
    for row in range(table.shape[0]):
        around = 0.0
        for place in range(ties.shape[1]):
            other = ties[row, place]
            if shown[other, 0] > 0.5:
                around += shown[other, 1]
            else:
                around += shown[other, 2] * shown[other, 3]
        for block in range(BLOCKS):
            table[row, block] = _draw(row, week, block)
        value = around / TIES
        for column in range(8, 48):
            target = 0.5 * value + 0.5 * table[row, column % BLOCKS]
            value = table[row, column] + (0.2 if target > table[row, column] else 0.05) * (target - table[row, column])
            table[row, column] = value
        for column in range(48, 52):
            value = 1.0 / (1.0 + math.exp(-value - table[row, column - 8]))
            table[row, column] = value
        if table[row, 0] < 0.02:
            table[row, 60] += 1.0
            total += 1.0
        for column in range(SHOWN):
            shown_next[row, column] = table[row, 47 + column]
    return total


class Yardstick:
    """The work and its room; each `turn` does it once."""

    def __init__(self) -> None:
        luck = np.random.default_rng(1)
        self._table = luck.random((ROWS, COLUMNS))
        self._ties = luck.integers(0, ROWS, (ROWS, TIES)).astype(np.int32)
        self._shown = luck.random((ROWS, SHOWN))
        self._shown_next = self._shown.copy()
        self._week = 0
        self.turn()  # compiles

    def turn(self) -> float:
        """Do the work once; nanoseconds of processor time a row."""
        started = time.process_time()
        _turn(self._table, self._ties, self._shown, self._shown_next, self._week)
        self._shown, self._shown_next = self._shown_next, self._shown
        self._week += 1
        return 1e9 * (time.process_time() - started) / ROWS
