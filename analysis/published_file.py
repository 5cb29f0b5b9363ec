"""Reads a file of published figures: TOML, data and never code, every mistake in it told at once, each with its line.

>>> text = '''
... [[figure]]
... id = "C9"
... source = "Ministry of Justice"
... cohort = "leaving_prison"
... outcome = "convicted"
... group = "own_experience"
... years = 1
... value = "46 %"
... sd = "2 %"
... '''
>>> read_text_of_figures(text, "mine.toml")[0].value
460.0
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.published import SHIPPED, TARGETS, Published, published_targets
from analysis.published_row import HOW, Row, nearest_of
from simulation.errors import EvidenceError, Problem, ScenarioError
from simulation.toml_lines import LARGEST_FILE, TomlText, read_text
from simulation.units import shown

MOST_FIGURES = 1000


def load_figures(name_or_path: str | Path) -> tuple[Published, ...]:
    """The figures of a file: one of the shipped ones by its name, the targets as "targets", any other by its path.

    Raises
    ------
    EvidenceError
        With everything that is wrong in the file.
    """
    text = str(name_or_path)
    if text == TARGETS:
        return published_targets()
    path = SHIPPED / f"{text}.toml" if text in shipped_files() else Path(text)
    try:
        if not path.is_file():
            found = "a folder" if path.is_dir() else "no such file"
            raise EvidenceError(Problem(text, found, _named(), nearest_of(text, [TARGETS, *shipped_files()]) or HOW))
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
        return read_text_of_figures(content.decode("utf-8-sig"), text, path.parent)
    except OSError as error:
        problem = Problem(text, f"a file that cannot be read ({error.strerror})", "a readable file", "Check its name and rights.")
        raise EvidenceError(problem) from None
    except UnicodeDecodeError:
        raise EvidenceError(Problem(text, "bytes that are no text", "text in UTF-8", "Is this the right file?")) from None


def shipped_files() -> list[str]:
    """Names of the files of figures that come with the project: those that hold figures to be judged."""
    return ["not_fitted"]


def _named() -> str:
    return f"the path of a TOML file of figures, or one of {', '.join([*shipped_files(), TARGETS])}"


def read_text_of_figures(text: str, where: str, folder: Path = Path()) -> tuple[Published, ...]:
    """The figures that TOML `text` states; `where` names it in messages, scenario files lie in `folder`.

    Raises
    ------
    EvidenceError
        With everything that is wrong in it.
    """
    toml = _read_toml(text, where)
    reading = _File(toml, folder)
    figures = reading.figures()
    if reading.problems:
        raise EvidenceError(reading.problems)
    return figures


def _read_toml(text: str, where: str) -> TomlText:
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        raise EvidenceError(Problem(where, "an empty file", "one [[figure]] or more", HOW))
    try:
        return read_text(text, where)
    except ScenarioError as error:
        # What it says of a scenario's own tables is of no use here.
        again = "Give each key once; [[figure]] begins another figure."
        raise EvidenceError(
            [replace(one, todo=again) if "[[policy]]" in one.todo else one for one in error.problems]
        ) from None


@dataclass
class _File:
    """One file being read, and what has been found wrong so far."""

    toml: TomlText
    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def figures(self) -> tuple[Published, ...]:
        """Every figure that could be read; the others are problems."""
        rows = self.toml.data.get("figure")
        for name in self.toml.data:
            if name != "figure":
                self.problems.append(
                    Problem(self.toml.place((name,)), f"{shown(name)}, no table of a file of figures", "[[figure]] alone", HOW)
                )
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            given = "no [[figure]]" if not rows else "figure, which is no list of tables"
            self.problems.append(Problem(self.toml.where, given, f"1 to {MOST_FIGURES:,} tables [[figure]]", HOW))
            return ()
        if len(rows) > MOST_FIGURES:
            given = f"{len(rows):,} figures"
            self.problems.append(Problem(self.toml.where, given, f"at most {MOST_FIGURES:,}", "Split the file."))
            return ()
        read = [Row(self.toml, at, row, self.folder) for at, row in enumerate(rows)]
        found = [row.figure() for row in read]
        self.problems += [problem for row in read for problem in row.problems]
        self._twice([row.get("id") for row in rows])
        return tuple(one for one in found if one is not None)

    def _twice(self, names: list[Any]) -> None:
        for at, name in enumerate(names):
            if isinstance(name, str) and name in names[:at]:
                place = self.toml.place(("figure", at, "id"))
                first = self.toml.place(("figure", names.index(name), "id")).rsplit(", ", 1)[-1]
                self.problems.append(Problem(place, f"id = {shown(name)}, a second time (first: {first})", "each id once",
                                             "Give one of them another id."))  # fmt: skip
