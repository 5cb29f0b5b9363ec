"""Numbers and sentences as short text: what is packed comes back as it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.classroom.compact import Sentences, lines_of, pack, runs_of, unpack


@given(st.lists(st.integers(0, 2**40)))
def test_numbers_come_back(numbers):
    assert list(unpack(pack(numbers))) == numbers


def test_a_small_number_takes_one_byte():
    assert len(pack([127] * 300)) == 400
    assert len(pack([128] * 300)) == 800


def test_no_number_below_nought_is_packed():
    with pytest.raises(ValueError, match="-1"):
        pack([3, -1])


@given(st.lists(st.text(alphabet="ab 0123456789.,:<\x00é٣", max_size=20), max_size=8))
def test_any_sentences_come_back_letter_for_letter(lines):
    sentences = Sentences()
    numbers = iter(list(lines_of(sentences, lines)))
    assert [sentences.read(numbers) for _ in range(next(numbers))] == lines


def test_sentences_that_differ_in_their_numbers_alone_are_kept_once():
    sentences = Sentences()
    for week in range(200):
        sentences.put(f"Week {week} (year {week // 52 + 1}): hope 0.{week % 90 + 10}.")
    assert len(sentences.forms) == 1


def test_a_table_of_codes_comes_back_from_its_runs():
    codes = np.array([[1, 2], [1, 3], [4, 3]], dtype=np.uint8)
    assert list(runs_of(codes)) == [2, 1, 2, 4, 1, 2, 2, 1, 3, 2]
