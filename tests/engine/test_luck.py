"""One uniform number for each seed, person, week and decision: published, even, pinned, and the same in every form."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from scipy import special, stats

from simulation import luck
from simulation.compiled import kernels
from simulation.luck import (
    COVERED,
    PERSONAL,
    four,
    gathering,
    normal,
    of_four_pairs,
    of_pair,
    philox,
    sixteen,
    to_unit,
    uniforms,
)
from simulation.ties import four_held

FULL = 0xFFFFFFFF

# Luck of a few seeds, people, weeks, blocks and streams, as it was when decisions were first numbered.
PINNED = {
    (1, 0, 0, 0, 0): (0.3645148033974692, 0.7135764512931928, 0.12762278725858778, 0.4479971284745261),
    (1, 0, 0, 6, 0): (0.6811403663596138, 0.4991244076518342, 0.7220382740488276, 0.6994695017347112),
    (1, 0, 51, 6, 0): (0.6742451385362074, 0.717635230277665, 0.958716056891717, 0.0023062167456373572),
    (1, 499, 0, 11, 0): (0.27826824283692986, 0.3655173332663253, 0.8533473174320534, 0.04428440483752638),
    (12345, 7, -10, 12, 0): (0.6513759515946731, 0.3408621837152168, 0.5692338476656005, 0.723140133661218),
}
PINNED_PAIR = 0.06445907440502197
PINNED_GATHERINGS = [361, 786, 579, 289]
PINNED_COVERED = [0.6247104153735563, 0.47803938447032124, 0.8884625165956095]


@pytest.mark.parametrize(
    ("counter", "key", "published"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((FULL,) * 4, (FULL, FULL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_luck_gives_the_published_numbers_of_philox(counter, key, published):
    """Known-answer vectors of philox4x32-10 in Random123 (Salmon and others 2011), file kat_vectors."""
    assert philox(*counter, *key) == published


def test_compiled_luck_is_plain_luck():
    """The compiled form of a draw is the plain one, for many keys."""
    compiled = kernels().live_rows.py_func.__globals__["four"]
    for seed in (0, 1, 2**31, 2**62 + 12345):
        for person, week, block in ((0, 0, 0), (17, -104, 3), (10**6, 5199, 13)):
            assert compiled(seed, person, week, block, PERSONAL) == four(seed, person, week, block, PERSONAL)


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**62 + 12345])
@pytest.mark.parametrize(("person", "week", "block"), [(0, 0, 0), (17, -104, 2), (10**6, 5199, 10)])
def test_four_blocks_at_once_are_the_four_blocks_compiled_and_plain(seed, person, week, block):
    """Luck drawn side by side, in the lanes of a vector where it is compiled, is the luck drawn one after the other."""
    compiled = kernels().live_rows.py_func.__globals__["sixteen"]
    alone = tuple(four(seed, person, week, block + at, PERSONAL) for at in range(4))
    assert sixteen(seed, person, week, block, PERSONAL) == alone
    assert compiled(seed, person, week, block, PERSONAL) == alone


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**62 + 12345])
def test_four_pairs_at_once_are_the_four_pairs_whichever_is_named_first_compiled_and_plain(seed):
    """The lower id comes first in each, as in `of_pair`; an empty place disturbs none of the others."""
    compiled = kernels().tie_rows.py_func.__globals__["lose_ties"].py_func.__globals__["of_four_pairs"]
    for me, others, week in ((7, (3, 9, 0, 10**6), 12), (10**6, (5, 4, 3, 2), -3), (0, (1, -1, 2, -1), 5199)):
        alone = [of_pair(seed, me, other, week, 0) for other in others if other >= 0]
        for drawn in (of_four_pairs, compiled):
            luck = drawn(seed, me, others, week, 0)
            assert [one for one, other in zip(luck, others, strict=True) if other >= 0] == alone


def test_seven_places_are_held_in_two_fours_of_which_the_last_repeats_its_last():
    """So that each place is drawn for once, and nothing is read past the row."""
    held = np.array([11, 12, 13, 14, 15, 16, 17], dtype=np.int32)
    assert (four_held(held, 0), four_held(held, 4)) == ((11, 12, 13, 14), (15, 16, 17, 17))


def test_decisions_are_never_renumbered():
    """A few draws, written down: whoever changes a number, a stream or a block changes everybody's luck."""
    assert {key: four(*key) for key in PINNED} == PINNED
    assert of_pair(1, 4, 9, 30, 0) == PINNED_PAIR
    assert [gathering(1, week, 1, 1000) for week in range(4)] == PINNED_GATHERINGS
    assert uniforms(1, np.array([0, 1, 7]), 0, 5).tolist() == PINNED_COVERED


def test_blocks_and_streams_keep_their_numbers_and_share_none():
    """Decisions are appended, never renumbered."""
    blocks = {name: value for name, value in vars(luck).items() if name.startswith("BLOCK_")}
    assert blocks == {
        "BLOCK_LABEL": 0, "BLOCK_REVERSAL": 1, "BLOCK_ROLES_GAINED": 2, "BLOCK_ROLES_LOST": 3, "BLOCK_PLACE": 4,
        "BLOCK_ONSET": 5, "BLOCK_USE": 6, "BLOCK_OFFENDING": 7, "BLOCK_MENTAL_HEALTH": 8, "BLOCK_SERVICE": 9,
        "BLOCK_COURSE": 10, "BLOCK_JUSTICE": 11, "BLOCK_TIES": 12, "BLOCK_KIN": 13,
    }  # fmt: skip
    assert (luck.PERSONAL, luck.PAIRED, luck.GATHERING, luck.COVERED) == (0, 1, 2, 3)


def test_the_decisions_of_a_week_keep_their_places():
    """Each number of each block belongs to one decision, read off the source of the engine's own draws."""
    from simulation import engine

    source = inspect.getsource(engine.draw_chances)
    names = [name for name in engine.CHANCES if f"chance.{name}" not in source]
    assert names == [], "a decision that is never drawn keeps stale luck"
    assert len(set(engine.CHANCES)) == len(engine.CHANCES)


def draws(count: int, seed: int) -> np.ndarray:
    """Draws of many people, shape (people, 4), in one week and block."""
    return np.array([four(seed, person, 12, 6, PERSONAL) for person in range(count)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_luck_is_even_over_people(seed):
    """Chi-square over a hundred cells, each of the four numbers of a block; three seeds, none beyond one in 10,000."""
    for column in draws(20_000, seed).T:
        cells = np.bincount((column * 100).astype(int), minlength=100)
        assert stats.chisquare(cells).pvalue > 1e-4


def test_luck_is_even_over_weeks_of_one_person_and_knows_nothing_of_the_week_before():
    """Chi-square over the cells of pairs of weeks in a row."""
    weeks = np.array([four(5, 3, week, 2, PERSONAL)[0] for week in range(20_001)])
    cells = np.zeros((10, 10))
    np.add.at(cells, ((weeks[:-1] * 10).astype(int), (weeks[1:] * 10).astype(int)), 1)
    assert stats.chisquare(cells.ravel()).pvalue > 1e-4


def test_luck_lies_strictly_between_nothing_and_certainty():
    """So that a chance of nought never happens, one of one always does, and a logarithm can be taken."""
    assert 0.0 < to_unit(0) < to_unit(1) < to_unit(FULL) < 1.0


def test_every_part_of_a_key_matters():
    """Seed, both halves of it, person, week, block and stream each give other luck."""
    key = (3, 7, 20, 4, 0)
    changed = [(4, 7, 20, 4, 0), (3 + 2**40, 7, 20, 4, 0), (3, 8, 20, 4, 0), (3, 7, 21, 4, 0), (3, 7, 20, 5, 0), (3, 7, 20, 4, 2)]
    assert len({four(*each) for each in [key, *changed]}) == 7


def test_one_number_and_many_are_the_same_luck():
    """`uniforms` gives each person what the scalar form gives them, whoever else is in the list."""
    persons = np.array([0, 1, 5, 1000, 123456])
    for seed in (0, 9, 2**40 + 3):
        many = uniforms(seed, persons, -3, 11)
        assert many.tolist() == [four(seed, int(person), -3, 11, COVERED)[0] for person in persons]
        assert uniforms(seed, persons[::-1][:2], -3, 11).tolist() == many[::-1][:2].tolist()


def test_a_pair_has_one_luck_whoever_is_named_first():
    """Both must work out the same draw."""
    assert of_pair(1, 4, 9, 30, 0) == of_pair(1, 9, 4, 30, 0)
    assert of_pair(1, 4, 9, 30, 0) != of_pair(1, 4, 9, 31, 0)


def test_normal_numbers_follow_the_normal_distribution():
    """Against scipy.special.ndtri, to the seven figures that the routine promises."""
    u = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 4001), 10.0 ** -np.arange(1.0, 10.0), 1 - 10.0 ** -np.arange(1.0, 9.0)])
    assert np.allclose([normal(float(each)) for each in u], special.ndtri(u), rtol=2e-7, atol=2e-7)


# Who meets whom


@pytest.mark.parametrize("people", [20, 61, 1000])
def test_a_gathering_is_a_perfect_matching_of_ids(people):
    """Whoever is proposed to somebody is who that one is proposed to, in every week and place of meeting."""
    ids = np.arange(people)
    for week in (-3, 0, 1, 200):
        for context in range(1, 6):
            proposed = (gathering(8, week, context, people) - ids) % people
            assert np.array_equal(proposed[proposed], ids)
            assert np.unique(proposed).size == people


def test_everybody_is_proposed_to_everybody_equally_often():
    """The sum of two ids decides, and it is even over weeks."""
    drawn = np.array([gathering(2, week, 1, 50) for week in range(20_000)])
    assert drawn.min() == 0
    assert drawn.max() == 49
    assert stats.chisquare(np.bincount(drawn, minlength=50)).pvalue > 1e-4
