"""Rules on a person's state, such as `has_record and not in_custody` or `identity < 0.4 and use == "recovering"`.

A rule is data, never code: it is read by the small grammar below and worked out column by column. ::

    rule    = both { "or" both }
    both    = single { "and" single }
    single  = "not" single | "(" rule ")" | name | value compared-with value { compared-with value }
    value   = name | number | "word"

A name alone is a group or something that is so or not so (`homeless`); anything else is compared with a number in its unit,
or with one of its words in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from simulation.errors import Problem, ScenarioError
from simulation.state import DOMAINS, FIELD, STATE_DTYPE
from simulation.units import shown

LONGEST_RULE = 500
DEEPEST_RULE = 20
MOST_TESTS = 40
HOME_AND_NEW = ("home", "new")
"""Names of the areas, where a scenario adds none."""
OTHERS = ("others",)
"""Names of the population groups, where a scenario defines none."""


@dataclass(frozen=True)
class Names:
    """Names that a scenario gives, in the order in which they are numbered: of its areas, and of its population groups."""

    areas: tuple[str, ...] = HOME_AND_NEW
    groups: tuple[str, ...] = OTHERS

    def of(self, column: str) -> tuple[str, ...]:
        """The words that a rule may compare `column` with, where a scenario names them; none for any other column."""
        return {"area": self.areas, "population_group": self.groups}.get(column, ())


NO_NAMES = Names()


@dataclass(frozen=True)
class Column:
    """What a rule may compare: its name, range, words, whether it counts in whole numbers, and how it is worked out.

    `switch` is true of columns that are so (1) or not so (0), and may therefore stand alone.
    """

    name: str
    low: float
    high: float
    whole: bool
    switch: bool
    words: tuple[str, ...]
    means: str
    values: Callable[[np.ndarray], np.ndarray]


def _stored(name: str) -> Callable[[np.ndarray], np.ndarray]:
    def column(people: np.ndarray) -> np.ndarray:
        return np.asarray(people[name])

    return column


def _stigma(people: np.ndarray) -> np.ndarray:
    return np.asarray((people["exposure"] + people["anticipated_stigma"] + people["self_stigma"]) / 3.0)


def _domains(people: np.ndarray) -> np.ndarray:
    held = [(people[domain] != 0).astype(np.int64) for domain in DOMAINS]
    return np.asarray(held[0] + held[1] + held[2])


def _columns() -> dict[str, Column]:
    columns = {
        name: Column(name, field.low, field.high, STATE_DTYPE[name].kind == "i", field.unit == "yes/no",
                     NO_NAMES.of(name) or field.words, field.means, _stored(name))
        for name, field in FIELD.items()
    }
    columns["stigma"] = Column("stigma", 0.0, 1.0, False, False, (),
                               "mean of exposure, anticipated stigma and self-stigma", _stigma)
    columns["domains"] = Column("domains", 0, 3, True, False, (), "number of domains with a problem, past or present",
                                _domains)
    return columns


COLUMNS: dict[str, Column] = _columns()


@dataclass(frozen=True)
class Compared:
    """One column against one number (words are numbered in the order in which they are declared)."""

    column: str
    sign: str
    value: float


@dataclass(frozen=True)
class Both:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """One part holds, or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Opposite:
    """The part does not hold."""

    part: Node


Node = Compared | Both | Either | Opposite

_SIGNS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def holds(node: Node, people: np.ndarray) -> np.ndarray:
    """Whether the rule holds for each row of `people`, shape (people,), of bool."""
    match node:
        case Compared(column, sign, value):
            known = COLUMNS[column]
            return _SIGNS[sign](known.values(people), int(value) if known.whole and value == int(value) else value)
        case Opposite(part):
            return ~holds(part, people)
        case Both(parts):
            found = holds(parts[0], people)
            for part in parts[1:]:
                found = found & holds(part, people)
            return found
        case Either(parts):
            found = holds(parts[0], people)
            for part in parts[1:]:
                found = found | holds(part, people)
            return found


def read_rule(text: str, groups: Mapping[str, Node], names: Names = NO_NAMES) -> Node:
    """The rule that `text` states.

    Parameters
    ----------
    text
        A group's name or a rule.
    groups
        Rules that may be used by name.
    names
        Names that the scenario gives to areas and population groups.

    Raises
    ------
    ScenarioError
        If it is too long, too deep, no rule, or names what is not known; its place is left empty.
    """
    if len(text) > LONGEST_RULE:
        raise _refuse(text, f"a rule of at most {LONGEST_RULE} characters", "Shorten it, or use the names of groups.")
    return _Reader(text, groups, names).read()


def _refuse(text: str, allowed: str, todo: str) -> ScenarioError:
    return ScenarioError([Problem("", shown(text, 160), allowed, todo)])


_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"""
    r"""|(?P<word>"[^"]*"|'[^']*')|(?P<sign>==|!=|<=|>=|<|>)|(?P<bracket>[()]))"""
)
_COMPARED_HOW = "names of groups and states, numbers, quoted words, == != < <= > >=, and, or, not, brackets"


class _Reader:
    """Reads one rule from left to right."""

    def __init__(self, text: str, groups: Mapping[str, Node], names: Names) -> None:
        self.text, self.groups, self.names = text, groups, names
        self.tokens = self._tokens()
        self.at = 0
        self.tests = 0

    def read(self) -> Node:
        node = self._rule(0)
        if self.at < len(self.tokens):
            raise self._refuse(f"Say \"and\" or \"or\" before {self._ahead()[1]}, or leave it out.")
        return node

    def _tokens(self) -> list[tuple[str, str]]:
        tokens, at = [], 0
        end = len(self.text.rstrip())
        while at < end:
            match = _TOKEN.match(self.text, at)
            if match is None or match.lastgroup is None:
                sign = self.text[at:].lstrip()[:1]
                hints = {"=": 'Compare with "==".', "&": 'Say "and".', "|": 'Say "or".', "!": 'Say "not".'}
                raise self._refuse(hints.get(sign, f"{shown(sign)} has no meaning in a rule."))
            tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        if not tokens:
            raise self._refuse('Name a group, such as "has_record", or leave `whom` out to mean everyone.')
        return tokens

    def _refuse(self, todo: str, allowed: str = _COMPARED_HOW) -> ScenarioError:
        return _refuse(self.text, allowed, todo)

    def _ahead(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "the end")

    def _next(self, text: str) -> bool:
        """Past the token `text`, if that is the next one."""
        if self._ahead()[1] != text or self._ahead()[0] == "word":
            return False
        self.at += 1
        return True

    def _rule(self, depth: int) -> Node:
        if depth > DEEPEST_RULE:
            raise self._refuse("Use fewer brackets.", f"a rule with brackets at most {DEEPEST_RULE} deep")
        parts = [self._both(depth)]
        while self._next("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, depth: int) -> Node:
        parts = [self._single(depth)]
        while self._next("and"):
            parts.append(self._single(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _single(self, depth: int) -> Node:
        if self._next("not"):
            if depth > DEEPEST_RULE:
                raise self._refuse('Use fewer "not".', f"a rule at most {DEEPEST_RULE} deep")
            return Opposite(self._single(depth + 1))
        if self._next("("):
            node = self._rule(depth + 1)
            if not self._next(")"):
                raise self._refuse("Close the bracket: \")\" is missing.")
            return node
        return self._test()

    def _test(self) -> Node:
        self.tests += 1
        if self.tests > MOST_TESTS:
            raise self._refuse("Use the names of groups.", f"a rule of at most {MOST_TESTS} comparisons")
        values, signs = [self._value()], []
        while self._ahead()[0] == "sign":
            signs.append(self._ahead()[1])
            self.at += 1
            values.append(self._value())
        if not signs:
            return self._alone(values[0])
        pairs = tuple(self._compare(values[i], signs[i], values[i + 1]) for i in range(len(signs)))
        return pairs[0] if len(pairs) == 1 else Both(pairs)

    def _value(self) -> tuple[str, str]:
        kind, text = self._ahead()
        if kind not in ("name", "number", "word") or text in ("and", "or", "not"):
            raise self._refuse(f"A name, a number or a quoted word is missing before {text}.")
        self.at += 1
        return kind, text

    def _unknown(self, name: str) -> ScenarioError:
        near = get_close_matches(name, [*self.groups, *COLUMNS], n=1, cutoff=0.6)
        hint = f'Did you mean "{near[0]}"?' if near else "`recovery list groups` shows the groups."
        return self._refuse(f"{shown(name)} is no group and no state of a person. {hint}",
                            "names of groups, and of what is known about a person")

    def _alone(self, value: tuple[str, str]) -> Node:
        kind, name = value
        if kind != "name":
            raise self._refuse(f"Compare {name} with something.")
        if name in self.groups:
            return self.groups[name]
        column = COLUMNS.get(name)
        if column is None:
            raise self._unknown(name)
        if column.switch:
            return Compared(name, "!=", 0)
        example = f'{name} != "{column.words[0]}"' if column.words else f"{name} > {column.low if column.low > -1 else 0:g}"
        raise self._refuse(f"{name} is more than yes or no: compare it, as in {example}.")

    def _compare(self, left: tuple[str, str], sign: str, right: tuple[str, str]) -> Node:
        if left[0] != "name":
            left, sign, right = right, _MIRRORED[sign], left
        if left[0] != "name" or right[0] == "name":
            raise self._refuse("Compare one state of a person with one number or quoted word.")
        name, (kind, text) = left[1], right
        column = COLUMNS.get(name)
        if column is None:
            if name in self.groups:
                raise self._refuse(f"{name} is a group: a person is in it or not. Write {name}, or not {name}.")
            raise self._unknown(name)
        named = self.names.of(name)
        words = named or column.words
        if kind == "number":
            number = float(text)
            if words and not named:
                raise self._refuse(f"Compare {name} with a word in quotation marks.", f"{name}: {_listed(words)}")
            if abs(number) > 1e12:
                raise self._refuse(f"{text} is too large a number.")
            return Compared(name, sign, number)
        word = text[1:-1]
        if not words or sign not in ("==", "!="):
            how = "with == or !=" if words else f"with a number, from {column.low:g} to {column.high:g}"
            raise self._refuse(f"Compare {name} {how}.")
        if word not in words:
            raise self._refuse(f"{shown(word)} is no word for {name}.", f"{name}: {_listed(words)}")
        return Compared(name, sign, words.index(word))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)
