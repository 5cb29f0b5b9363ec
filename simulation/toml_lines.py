"""Reads TOML text and remembers the line of every key, so that a mistake can be shown where it stands.

The standard library's reader gives values without lines. It reads the text first; what it accepts is then walked a second
time, by a small scanner that keeps only key paths and line numbers. Files from elsewhere are bounded before they are read:
no more than a megabyte, no deep nesting.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation.errors import Problem, ScenarioError

LARGEST_FILE = 1_000_000
"""Bytes."""
DEEPEST = 8
"""Tables or lists inside one another."""
_MOST_DOTS_IN_A_LINE = 60
_LONG_NUMBER = re.compile(r"[0-9_]{1000}")

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class TomlText:
    """One file as read: its data, and the line (from 1) on which each key path starts."""

    where: str
    text: str
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def place(self, path: KeyPath) -> str:
        """File and line of a key path, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.where}, line {line}"
        return self.where


def read_file(path: Path) -> TomlText:
    """Data and lines of the TOML file at `path`.

    Raises
    ------
    ScenarioError
        If it is no ordinary file, is empty, larger than a megabyte, no text, no TOML, or nested too deeply.
    """
    where = _name(path)
    try:
        if not path.is_file():
            found = "a folder" if path.is_dir() else "no such file" if not path.exists() else "something that is no file"
            raise _refusal(where, found, "a scenario file, in TOML", "Give the name of a scenario, or the path of its file.")
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refusal(where, f"a file that cannot be read ({reason})", "a readable file", "Check its name and rights.") from None
    if len(content) > LARGEST_FILE:
        raise _refusal(where, "a file of more than 1 MB", "a scenario file of at most 1 MB",
                       "A scenario states differences only, in a page or less: is this the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(f"{where}, line {line}", "bytes that are no text", "text in UTF-8",
                       "Save it as UTF-8: is this the right file?") from None
    return read_text(text, where)


def read_text(text: str, where: str) -> TomlText:
    """Data and lines of TOML `text`; `where` names it in messages. Raises `ScenarioError` as `read_file` does."""
    text = text.replace("\r\n", "\n")
    if len(text) > LARGEST_FILE:
        raise _refusal(where, "more than 1 MB of text", "a scenario of at most 1 MB", "A scenario states differences only.")
    if not text.strip():
        raise _refusal(where, "an empty file", "a scenario: at least one key",
                       'Start from another one: question = "...", extends = "baseline".')
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS_IN_A_LINE or line.count("[") + line.count("{") > _MOST_DOTS_IN_A_LINE:
            raise _refusal(f"{where}, line {number}", "a line with very many dots or brackets",
                           f"tables inside one another at most {DEEPEST} deep", "Break the line, or flatten the table.")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise _too_deep(where) from None
    except ValueError as error:
        raise _no_toml(where, text, str(error)) from None
    if _depth(data) > DEEPEST:
        raise _too_deep(where)
    return TomlText(where, text, data, _Scanner(text).scan())


def _name(path: Path) -> str:
    """How a file is named in a message: its path, made printable and short."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(path))
    return text if len(text) <= 200 else "..." + text[-197:]


def _refusal(where: str, given: str, allowed: str, todo: str) -> ScenarioError:
    return ScenarioError([Problem(where, given, allowed, todo)])


def _too_deep(where: str) -> ScenarioError:
    return _refusal(where, "tables or lists nested very deeply", f"at most {DEEPEST} inside one another",
                    "A scenario needs two: a table, and a list in it.")


def _no_toml(where: str, text: str, message: str) -> ScenarioError:
    if "integer string conversion" in message:  # Python reads no number of so many digits, and does not say where it stands
        line = next((n for n, each in enumerate(text.split("\n"), 1) if _LONG_NUMBER.search(each)), 1)
        return _refusal(f"{where}, line {line}", "a number of thousands of digits", "a number of a few digits", "Shorten it.")
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    reason = re.sub(r"\s*\(at [^()]*\)", "", message)[:160]
    last = text.rstrip().count("\n") + 1
    place = f"{where}, line {found[1] if found else last}" if found or "at end of document" in message else where
    todo = "Correct this line; words and units stand in quotation marks, one key on a line."
    if "overwrite" in reason or "twice" in reason or "mutate" in reason or "namespace" in reason:
        todo = "Give each key and table once; only [[policy]], [[assumption]] and [[area]] may be repeated."
    return _refusal(place, f"text that is not TOML: {reason}", "TOML (https://toml.io)", todo)


def _depth(data: object) -> int:
    """How many tables or lists stand inside one another, counted without recursion."""
    deepest, waiting = 0, [(data, 1)]
    while waiting and deepest <= DEEPEST:
        value, depth = waiting.pop()
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        if inner is not None:
            deepest = max(deepest, depth)
            waiting.extend((item, depth + 1) for item in inner)
    return deepest


class _Scanner:
    """Walks TOML text that is known to be good, and notes the line of every key path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.table: KeyPath = ()
        self.last_of: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {}
        self.breaks = [place for place, sign in enumerate(text) if sign == "\n"]

    def scan(self) -> dict[KeyPath, int]:
        """Lines (from 1) by key path."""
        while self._skip_blank():
            if self.text[self.at] == "[":
                self._read_header()
            else:
                self._read_pair(self.table)
        return self.lines

    def _line(self) -> int:
        return bisect_right(self.breaks, self.at - 1) + 1

    def _skip_blank(self) -> bool:
        """Past spaces, line ends and comments; False at the end of the text."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in " \t\n":
                self.at += 1
            else:
                return True
        return False

    def _note(self, base: KeyPath, keys: list[str], line: int) -> KeyPath:
        path = base
        for key in keys:
            path += (key,)
            self.lines.setdefault(path, line)
            if path in self.last_of:
                path += (self.last_of[path],)
        return path

    def _read_header(self) -> None:
        line, repeated = self._line(), self.text.startswith("[[", self.at)
        self.at += 2 if repeated else 1
        keys = self._read_keys()
        self.at += 2 if repeated else 1
        if not repeated:
            self.table = self._note((), keys, line)
            return
        path = (*self._note((), keys[:-1], line), keys[-1])
        self.lines.setdefault(path, line)
        self.last_of[path] = self.last_of.get(path, -1) + 1
        self.table = (*path, self.last_of[path])
        self.lines[self.table] = line

    def _read_pair(self, base: KeyPath) -> None:
        line = self._line()
        path = self._note(base, self._read_keys(), line)
        self.at += 1
        self._read_value(path)

    def _read_keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip_blank()
            start = self.at
            if self.text[start] in "\"'":
                self._skip_string()
                quoted = self.text[start : self.at]
                keys.append(quoted[1:-1] if quoted[0] == "'" else tomllib.loads(f"key = {quoted}")["key"])
            else:
                while self.text[self.at] not in " \t.=]":
                    self.at += 1
                keys.append(self.text[start : self.at])
            self._skip_blank()
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _skip_string(self) -> None:
        quote = self.text[self.at]
        if not self.text.startswith(quote * 3, self.at):
            self.at += 1
            while self.text[self.at] != quote:
                self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
            self.at += 1
            return
        self.at += 3
        while not self.text.startswith(quote * 3, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += 3
        while self.at < len(self.text) and self.text[self.at] == quote:
            self.at += 1

    def _read_value(self, path: KeyPath) -> None:
        self._skip_blank()
        first = self.text[self.at]
        if first in "\"'":
            self._skip_string()
        elif first in "[{":
            self._read_inside(path, "]" if first == "[" else "}")
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _read_inside(self, path: KeyPath, end: str) -> None:
        """The items of a list, or the pairs of a table on one line."""
        self.at += 1
        count = 0
        while self._skip_blank() and self.text[self.at] != end:
            if end == "]":
                self.lines[(*path, count)] = self._line()
                self._read_value((*path, count))
                count += 1
            else:
                self._read_pair(path)
            self._skip_blank()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
