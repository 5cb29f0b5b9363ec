"""What can be known about a rule before anybody meets it: that it can never hold, or never together with another.

A rule is written out as separate cases (one "or" at the top); in each case every column is confined to an interval, less
single values. A case whose interval is empty is struck out. Columns are taken as free of one another, so a rule that is
found possible may still be met by nobody, but one that is found impossible is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from simulation.rules import COLUMNS, Both, Compared, Either, Node, Opposite
from simulation.state import TRAITS

_MOST_CASES = 200
_MOST_JOINS = 4_000
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_ALIVE = Compared("alive", "!=", 0)


class _TooMany(Exception):
    """Writing the rule out takes more cases than are worth looking at."""


@dataclass(frozen=True)
class _Span:
    """Numbers from low to high, with or without the ends, less those `without`."""

    low: float
    high: float
    above: bool = False
    below: bool = False
    without: frozenset[float] = frozenset()

    def empty(self, whole: bool) -> bool:
        if self.low > self.high:
            return True
        if self.low == self.high:
            return self.above or self.below or self.low in self.without
        if not whole or math.isinf(self.low) or math.isinf(self.high):
            return False
        first, last = math.ceil(self.low), math.floor(self.high)
        first += self.above and first == self.low
        last -= self.below and last == self.high
        return all(value in self.without for value in range(first, last + 1)) if last - first < 1000 else False

    def meet(self, other: _Span) -> _Span:
        low, high = max(self.low, other.low), min(self.high, other.high)
        above = any(span.above for span in (self, other) if span.low == low)
        below = any(span.below for span in (self, other) if span.high == high)
        return _Span(low, high, above, below, self.without | other.without)


Case = dict[str, _Span]


def can_hold(node: Node) -> bool:
    """False where it is certain that no living person ever meets the rule."""
    return can_hold_together(node)


def can_hold_together(*nodes: Node) -> bool:
    """False where it is certain that no living person ever meets all these rules at once."""
    return _can_join([_cases_of(node) for node in (_ALIVE, *nodes)])


def can_hold_in_turn(*nodes: Node) -> bool:
    """False where it is certain that no person meets all these rules, be it one in some week and another in a later one.

    Only what never changes in a life, a trait, tells people apart at different times.
    """
    lasting = []
    for node in nodes:
        cases = _cases_of(node)
        traits = None if cases is None else [{name: case[name] for name in case if name in TRAITS} for case in cases]
        lasting.append(traits)
    return _can_join(lasting)


def _can_join(every: Sequence[list[Case] | None]) -> bool:
    """Whether some case of each rule can hold at once; of rules with too many cases, nothing is known."""
    found: list[Case] = [{}]
    for cases in every:
        if cases is not None and len(found) * len(cases) <= 10 * _MOST_JOINS:
            found = [joined for one in found for other in cases if (joined := _join(one, other)) is not None]
    return bool(found)


@lru_cache(maxsize=512)
def _cases_of(node: Node) -> list[Case] | None:
    """The cases in which a rule holds; None where there are too many to look at."""
    try:
        return _cases(node, True)
    except _TooMany:
        return None


def _of_test(test: Compared, wanted: bool) -> list[Case]:
    column = COLUMNS[test.column]
    sign, value = test.sign if wanted else _OPPOSITE[test.sign], test.value
    low, high = column.low, math.inf if test.column == "area" else column.high
    span = {
        "==": _Span(value, value),
        "!=": _Span(low, high, without=frozenset((value,))),
        "<": _Span(low, value, below=True),
        "<=": _Span(low, value),
        ">": _Span(value, high, above=True),
        ">=": _Span(value, high),
    }[sign].meet(_Span(low, high))
    return [] if span.empty(column.whole) else [{test.column: span}]


def _cases(node: Node, wanted: bool) -> list[Case]:
    """The cases in which `node` holds (or, if not `wanted`, does not), impossible ones struck out."""
    match node:
        case Compared():
            return _of_test(node, wanted)
        case Opposite(part):
            return _cases(part, not wanted)
        case Both(parts) | Either(parts):
            every = [_cases(part, wanted) for part in parts]
            if isinstance(node, Either) == wanted:
                return _bounded([case for cases in every for case in cases])
            found: list[Case] = [{}]
            for cases in every:
                if len(found) * len(cases) > _MOST_JOINS:
                    raise _TooMany
                found = _bounded([joined for one in found for other in cases if (joined := _join(one, other)) is not None])
            return found


def _bounded(cases: list[Case]) -> list[Case]:
    if len(cases) > _MOST_CASES:
        raise _TooMany
    return cases


def _join(one: Case, other: Case) -> Case | None:
    """Both cases at once, or nothing where some column has no value left."""
    joined = dict(one)
    for name, span in other.items():
        met = joined[name].meet(span) if name in joined else span
        if met.empty(COLUMNS[name].whole):
            return None
        joined[name] = met
    return joined
