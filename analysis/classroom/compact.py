"""Whole numbers as short text that a page can hold: seven bits a byte, then base64.

A number below 128 takes one byte, one below 16,384 two (LEB128, as in DWARF 5, section 7.6). `lesson.js` reads it back.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

_NUMBER = re.compile(
    r"(?<![0-9.])(?:(?P<hundredths>(?:0|[1-9][0-9]{0,4})\.[0-9]{2})|(?P<whole>0|[1-9][0-9]{0,6}))(?![0-9]|\.[0-9])"
)
"""Numbers of a sentence that come back as they were: whole ones without noughts before them, and those with two decimals."""

WHOLE, HUNDREDTHS = 0, 1


def pack(numbers: Iterable[int]) -> str:
    """Whole numbers from 0 up as text. Raises ValueError for one below 0."""
    found = bytearray()
    for number in numbers:
        if number < 0:
            raise ValueError(f"only numbers from 0 can be packed, not {number}")
        left = number
        while left > 127:
            found.append(left & 127 | 128)
            left >>= 7
        found.append(left)
    return base64.b64encode(found).decode()


def unpack(text: str) -> Iterator[int]:
    """The numbers that `pack` made text of."""
    number, shift = 0, 0
    for byte in base64.b64decode(text):
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number, shift = 0, 0


def runs_of(codes: np.ndarray) -> Iterator[int]:
    """A table of shape (weeks, people) as runs alike: for each person how many, then of each its code and its weeks."""
    for column in codes.T:
        starts = np.flatnonzero(np.diff(column.astype(int), prepend=-1))
        lengths = np.diff(np.append(starts, len(column)))
        yield len(starts)
        for code, length in zip(column[starts].tolist(), lengths.tolist(), strict=True):
            yield code
            yield length


class Sentences:
    """Sentences that differ in their numbers alone, kept once: each is a form, and the numbers that fill it.

    `forms` holds for each form its pieces of text, and between them the kind of each number, `WHOLE` or `HUNDREDTHS`.
    """

    def __init__(self) -> None:
        self.forms: list[list[str | int]] = []
        self._known: dict[tuple[str | int, ...], int] = {}

    def put(self, sentence: str) -> list[int]:
        """A sentence as the number of its form and its own numbers."""
        pieces: list[str | int] = []
        numbers, at = [], 0
        for found in _NUMBER.finditer(sentence):
            kind = WHOLE if found["whole"] is not None else HUNDREDTHS
            pieces += [sentence[at : found.start()], kind]
            numbers.append(int(found[0].replace(".", "")))
            at = found.end()
        pieces.append(sentence[at:])
        form = self._known.setdefault(tuple(pieces), len(self.forms))
        if form == len(self.forms):
            self.forms.append(pieces)
        return [form, *numbers]

    def read(self, numbers: Iterator[int]) -> str:
        """The next sentence of a stream of numbers."""
        form = self.forms[next(numbers)]
        return "".join(one if isinstance(one, str) else _filled(one, next(numbers)) for one in form)


def _filled(kind: int, number: int) -> str:
    return str(number) if kind == WHOLE else f"{number // 100}.{number % 100:02d}"


def lines_of(sentences: Sentences, lines: Sequence[str]) -> Iterator[int]:
    """Several sentences as numbers: how many, then each."""
    yield len(lines)
    for line in lines:
        yield from sentences.put(line)
