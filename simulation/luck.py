"""One uniform number for each (seed, person, week, decision).

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): a keyed
bijection with no state, so that two scenarios give the same person the same luck, threads cannot change a result, and a
new decision shifts no other. Written in integers below 2^64 that mean the same in Python and in compiled code.

Decisions have fixed numbers: append, never renumber. One call gives the four numbers of a *block* of decisions.
"""

from __future__ import annotations

import math

import numpy as np

MASK = 0xFFFFFFFF
WEEK_ZERO = 1 << 20
"""Weeks of burn-in are negative; on the generator's counter week 0 stands here."""

# Philox4x32-10: rounds, what the two products multiply by, and what is added to the two words of the key after each round.
ROUNDS = 10
MULTIPLY0, MULTIPLY1 = 0xD2511F53, 0xCD9E8D57
ADD0, ADD1 = 0x9E3779B9, 0xBB67AE85

# Streams: the fourth word of the counter, so that a draw for a person, a pair and a policy can never be the same draw.
PERSONAL, PAIRED, GATHERING, COVERED = 0, 1, 2, 3

COVERED_BASE = 0
"""Decision numbers of the stream `COVERED`: this plus a lever's place in the list of levers."""
POPULATION_GROUP = 1 << 20
"""The decision of that stream that puts a person into a population group."""

# Blocks of four decisions of a person's week. A block is drawn only where the person's state allows one of its decisions.
BLOCK_LABEL, BLOCK_REVERSAL, BLOCK_ROLES_GAINED, BLOCK_ROLES_LOST, BLOCK_PLACE, BLOCK_ONSET = 0, 1, 2, 3, 4, 5
BLOCK_USE, BLOCK_OFFENDING, BLOCK_MENTAL_HEALTH, BLOCK_SERVICE, BLOCK_COURSE, BLOCK_JUSTICE = 6, 7, 8, 9, 10, 11
BLOCK_TIES, BLOCK_KIN = 12, 13


def philox(word0, word1, word2, word3, key0, key1):
    """Four integers in [0, 2^32), the ten-round Philox4x32 of a counter of four words under a key of two.

    Raises nothing; every word must already lie in [0, 2^32).
    """
    for _ in range(ROUNDS):
        product0 = MULTIPLY0 * word0
        product1 = MULTIPLY1 * word2
        word0, word1, word2, word3 = (
            ((product1 >> 32) & MASK) ^ word1 ^ key0,
            product1 & MASK,
            ((product0 >> 32) & MASK) ^ word3 ^ key1,
            product0 & MASK,
        )
        key0 = (key0 + ADD0) & MASK
        key1 = (key1 + ADD1) & MASK
    return word0, word1, word2, word3


def to_unit(word):
    """A number strictly between 0 and 1 from an integer in [0, 2^32): the middle of its cell."""
    return (word + 0.5) * 2.3283064365386963e-10


def four(seed, person, week, block, stream):
    """Four independent uniform numbers in (0, 1) for one person, week and block of decisions."""
    a, b, c, d = philox(person, week + WEEK_ZERO, block, stream, seed & MASK, (seed >> 32) & MASK)
    return to_unit(a), to_unit(b), to_unit(c), to_unit(d)


def of_pair(seed, one, other, week, decision):
    """One uniform number in (0, 1) for a pair of people, the same whichever is named first."""
    if one > other:
        one, other = other, one
    word = philox(one, week + WEEK_ZERO, other, PAIRED + 16 * decision, seed & MASK, (seed >> 32) & MASK)[0]
    return to_unit(word)


def four_at_once(word0, word1, word2, word3, key0, key1):
    """`philox` of four counters that differ in their words 0 and 2 alone, as numbers in (0, 1).

    `word0` and `word2` are tuples of four; gives, for each of the four words that come out, the tuple of four. Compiled, the
    four are worked out side by side, at little more than the cost of one.
    """
    words = [philox(word0[lane], word1, word2[lane], word3, key0, key1) for lane in range(4)]
    return tuple(tuple(to_unit(words[lane][place]) for lane in range(4)) for place in range(4))


def sixteen(seed, person, week, block, stream):
    """What `four` gives of `block` and the three blocks after it, for one person and week: a tuple of four for each block."""
    blocks = (block, block + 1, block + 2, block + 3)
    a, b, c, d = four_at_once(
        (person, person, person, person), week + WEEK_ZERO, blocks, stream, seed & MASK, (seed >> 32) & MASK
    )
    return (a[0], b[0], c[0], d[0]), (a[1], b[1], c[1], d[1]), (a[2], b[2], c[2], d[2]), (a[3], b[3], c[3], d[3])


def of_four_pairs(seed, me, others, week, decision):
    """What `of_pair` gives for one person and each of four others, a tuple of four ids.

    An id of -1, an empty place, draws a number too: -1 is no word of a counter, so it is another number compiled than plain, and
    nobody may read it. `ties.lose_ties` passes over empty places.
    """
    a, b, c, d = others
    lower = (min(me, a), min(me, b), min(me, c), min(me, d))
    higher = (max(me, a), max(me, b), max(me, c), max(me, d))
    return four_at_once(lower, week + WEEK_ZERO, higher, PAIRED + 16 * decision, seed & MASK, (seed >> 32) & MASK)[0]


def gathering(seed, week, context, people):
    """The number c, in [0, people), that proposes person (c - i) mod people to person i in this context, this week."""
    word = philox(context, week + WEEK_ZERO, 0, GATHERING, seed & MASK, (seed >> 32) & MASK)[0]
    return int(to_unit(word) * people)


def uniforms(seed: int, persons: np.ndarray, week: int, decision: int) -> np.ndarray:
    """Uniform numbers in (0, 1), shape (people,), for whether each person is covered by a policy: keyed by permanent id.

    `persons` holds permanent ids, `decision` is `COVERED_BASE` plus the lever's number. The draw of one person does not
    depend on who else is in the list.
    """
    ids = persons.astype(np.uint64)
    week_word, stream = np.uint64(week + WEEK_ZERO), np.uint64(COVERED)
    word = philox(ids, week_word, np.uint64(decision), stream, seed & MASK, (seed >> 32) & MASK)[0]
    return np.asarray(to_unit(word.astype(np.float64)))


def normal(uniform):
    """The standard normal number below which a share `uniform`, in (0, 1), of all lie.

    Wichura's AS 241 (1988, Applied Statistics 37:477), routine PPND7: about seven significant figures.
    """
    q = uniform - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
            / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)
        )
    r = math.sqrt(-math.log(uniform if q < 0.0 else 1.0 - uniform))
    if r <= 5.0:
        r -= 1.6
        size = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) / (
            (0.12021132975 * r + 0.73700164250) * r + 1.0
        )
    else:
        r -= 5.0
        size = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150) / (
            (0.012258202635 * r + 0.24197894225) * r + 1.0
        )
    return -size if q < 0.0 else size
