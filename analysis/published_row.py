"""Reads one table [[figure]] of a file of published figures: each thing that can be wrong in it is told with its line."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from analysis.catalogue import EVERY
from analysis.outcomes import WEEKS_IN_A_YEAR
from analysis.published import CHECKED, Published, ends_of_number, find_number
from analysis.published_measures import (
    CONTRASTS,
    CORRELATION,
    DIFFERENCE,
    KINDS,
    MEETS,
    ODDS_RATIO,
    OUTCOME,
    STATES,
    Measure,
    is_share,
    outcome_of,
)  # fmt: skip
from analysis.targets import Number, load_numbers
from simulation.cohort import cohort_names
from simulation.errors import Problem, ScenarioError, UserError
from simulation.groups import NO_NAMES, Names, members
from simulation.scenario import Scenario
from simulation.state import STATE_DTYPE
from simulation.toml_lines import TomlText
from simulation.units import number_in_words, read_moment, read_quantity, shown

LEVEL = 0.95
"""Share of studies whose interval holds the truth, where a figure does not say."""

MOST_YEARS = 100
ERRORS = ("sd", "interval", "log_sd", "sample")
"""Ways to say how sure a study was: one for each figure."""

WHEN = ("weeks", "years")
TEXTS = ("id", "source", "cohort", "group", "against", "contrast", "from", "checked", "note", "scale", "outcome", "meets", "mean")
KEYS = (*TEXTS, CORRELATION, *WHEN, "own_experience", "value", *ERRORS, "level")

HOW = "See docs/validation.md, or start from a file that `recovery new mine --figures` writes."


class _Wrong(Exception):
    """A value that has been told as a problem already."""


@dataclass
class Row:
    """One [[figure]] being read: the file it stands in, its place there from 0, and where scenario files are looked for.

    `problems` holds what is wrong with it, once `figure` has been asked for.
    """

    toml: TomlText
    at: int
    row: dict[str, Any]
    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def figure(self) -> Published | None:
        """The figure, or None where something is wrong with it, which has been told."""
        for key in self.row:
            if key not in KEYS:
                todo = nearest_of(key, list(KEYS)) or HOW
                self._tell(key, f"{shown(key)}, no key of a figure", f"one of {', '.join(KEYS)}", todo)
        for key in TEXTS:
            if key in self.row and not (isinstance(self.row[key], str) and self.row[key].strip()):
                self._tell(key, f"{key} = {shown(self.row[key])}", "words in quotation marks", f"Write {key} = \"...\".")
        for key in ("id", "source", "value"):
            if key not in self.row:
                self._tell("", f"a figure without {key}", f"a line {key} = ...", HOW)
        self._one_of("checked", CHECKED)
        self._one_of("scale", ("log", "plain"))
        measured = self._measured() if not self.problems else None
        figure = None
        if measured is not None:
            try:
                figure = self._published(measured)
            except _Wrong:
                figure = None
        return None if self.problems else figure

    def _tell(self, key: str, given: str, allowed: str, todo: str) -> None:
        name = self.row.get("id")
        place = self.toml.place(("figure", self.at, key) if key else ("figure", self.at))
        self.problems.append(Problem(f"{place} ({name})" if isinstance(name, str) else place, given, allowed, todo))

    def _wrong(self, key: str, given: str, allowed: str, todo: str) -> _Wrong:
        self._tell(key, given, allowed, todo)
        return _Wrong()

    def _one_of(self, key: str, known: tuple[str, ...]) -> None:
        given = self.row.get(key)
        if isinstance(given, str) and given not in known:
            todo = nearest_of(given, list(known)) or "Leave it out."
            self._tell(key, f"{key} = {shown(given)}", f"one of {', '.join(known)}", todo)

    def _measured(self) -> Measure | Number | None:
        """What is measured, or None where that cannot be told."""
        kinds = [kind for kind in KINDS if kind in self.row]
        if len(kinds) != 1:
            given = " and ".join(kinds) or f"none of {', '.join(KINDS)}"
            self._tell("", given, f"exactly one of {', '.join(KINDS)}", 'outcome = "arrested" (recovery list outcomes)')
            return None
        try:
            number = find_number(self.row[OUTCOME]) if kinds == [OUTCOME] else None
            return self._number(number) if number is not None else self._measure(kinds[0])
        except _Wrong:
            return None

    def _number(self, number: Number) -> Number:
        """A number of a target: measured in its own cohort, its own way."""
        for key in ("group", "against", "contrast", "from", "own_experience", *WHEN):
            if key in self.row:
                self._tell(key, f"{key}, beside {number.id}", f"{number.id} as its target has it, in docs/evidence.md",
                           f"Leave {key} out, or name an outcome of `recovery list outcomes`.")  # fmt: skip
        if self.row.get("cohort", number.cohort) != number.cohort:
            given = f"cohort = {shown(self.row['cohort'])}, beside {number.id}"
            allowed = f'"{number.cohort}", which {number.id} is of'
            self._tell("cohort", given, allowed, "Leave cohort out, or name an outcome of `recovery list outcomes`.")
        return number

    def _measure(self, kind: str) -> Measure:
        cohort, names = self._cohort()
        first, weeks = self._weeks()
        group, against = (self._rule(key, names) if key in self.row else "" for key in ("group", "against"))
        measure = Measure(
            cohort, kind, self._what(kind, names), group, against, self._contrast(), first, weeks, self._own_experience()
        )
        if kind == OUTCOME:
            shortest = EVERY[measure.what[0]].shortest
            if weeks < shortest:
                raise self._wrong("weeks" if "weeks" in self.row else "years", f"{weeks} weeks",
                                  f"{shortest} or more, which {measure.what[0]} needs", "Give a longer time.")  # fmt: skip
        if measure.contrast == ODDS_RATIO and not is_share(outcome_of(measure)):
            raise self._wrong("contrast", "an odds ratio of what is no share", "an outcome that is a share of people",
                              'contrast = "ratio", or another outcome')  # fmt: skip
        return measure

    def _cohort(self) -> tuple[str, Names]:
        """The cohort, or the path of a scenario file, and the names that it gives to areas and groups."""
        given, allowed = self.row.get("cohort"), f"one of {', '.join(cohort_names())}, or the path of a scenario file"
        if given is None:
            raise self._wrong("", "a figure without cohort", allowed, HOW)
        if given in cohort_names():
            return given, NO_NAMES
        if "/" not in given and not given.endswith(".toml"):
            todo = nearest_of(given, cohort_names()) or "A path holds / or ends in .toml."
            raise self._wrong("cohort", f"cohort = {shown(given)}, an unknown cohort", allowed, todo)
        beside = self.folder / given
        path = str(beside if beside.is_file() else Path(given))
        try:
            return path, Scenario.load(path).names
        except ScenarioError as error:
            self.problems += error.problems
            raise _Wrong from None

    def _what(self, kind: str, names: Names) -> tuple[str, ...]:
        given = self.row[kind]
        if kind == MEETS:
            return (self._rule(kind, names),)
        if kind == OUTCOME:
            known = [*EVERY, *(one.id for one in load_numbers())]
            if given not in EVERY:
                todo = nearest_of(given, known) or "`recovery list outcomes` describes them."
                raise self._wrong(kind, f"outcome = {shown(given)}, an unknown outcome",
                                  "a name from `recovery list outcomes`, or a number of a target such as C1.2", todo)  # fmt: skip
            return (given,)
        wanted = given if isinstance(given, list) else [given]
        if len(wanted) != (2 if kind == CORRELATION else 1) or not all(isinstance(name, str) for name in wanted):
            raise self._wrong(kind, f"{kind} = {shown(given)}", "two states in a list" if kind == CORRELATION else "one state",
                              'correlation = ["self_stigma", "hope"]' if kind == CORRELATION else 'mean = "hope"')  # fmt: skip
        for name in wanted:
            if name not in STATES:
                raise self._wrong(kind, f"{shown(name)}, no state that has a mean",
                                  "a state of docs/reference.md, stigma, comfort or quality_of_life",
                                  nearest_of(name, list(STATES)) or "See docs/reference.md.")  # fmt: skip
        return tuple(wanted)

    def _rule(self, key: str, names: Names) -> str:
        """A group's name or a rule, that can be read."""
        given = self.row[key]
        try:
            members(given, np.zeros(0, dtype=STATE_DTYPE), names.areas, names.groups)
        except UserError as error:
            for one in error.problems:
                self._tell(key, f"{key} = {shown(given)}: {one.given or one.where}", one.allowed, one.todo)
            raise _Wrong from None
        return " ".join(given.split())

    def _contrast(self) -> str:
        given = self.row.get("contrast", CONTRASTS[0] if "against" in self.row else "")
        if given and given not in CONTRASTS:
            raise self._wrong("contrast", f"contrast = {shown(given)}", f"one of {', '.join(CONTRASTS)}",
                              nearest_of(given, list(CONTRASTS)) or 'contrast = "ratio"')  # fmt: skip
        if given and "against" not in self.row:
            raise self._wrong("contrast", "contrast without against", "two groups", 'against = "a group, or a rule"')
        if self.row.get("against", object()) == self.row.get("group"):
            raise self._wrong("against", f"the same as group: {shown(self.row['against'])}", "two groups", "Name another.")
        return str(given)

    def _weeks(self) -> tuple[int, int]:
        """First week, and weeks from there to the horizon."""
        given = [key for key in WHEN if key in self.row]
        if len(given) != 1:
            raise self._wrong("", " and ".join(given) or "a figure without weeks or years", "exactly one of weeks and years",
                              "years = 2: how long people are followed; weeks = 0: a survey in one week")  # fmt: skip
        (key,) = given
        weeks = self._number_from(key, self.row[key], 0.0, MOST_YEARS * (1 if key == "years" else WEEKS_IN_A_YEAR), key)
        weeks = round(weeks * WEEKS_IN_A_YEAR) if key == "years" else weeks
        if weeks != int(weeks):
            raise self._wrong(key, f"{key} = {shown(self.row[key])}", "a whole number of weeks", "Round it.")
        first = 0
        if "from" in self.row:
            try:
                first = read_moment(self.row["from"])
            except UserError as error:
                one = error.problems[0]
                raise self._wrong("from", f"from = {one.given}", one.allowed, one.todo) from None
        if weeks == 0 and self.row.keys() & {OUTCOME}:
            raise self._wrong(key, f"{key} = 0", "1 week or more: an outcome is counted over time", "Give a longer time.")
        if first + weeks > MOST_YEARS * WEEKS_IN_A_YEAR:
            horizon = f"a horizon in week {first + int(weeks):,}"
            raise self._wrong("from", horizon, f"at most {MOST_YEARS} years", "Follow people for less.")
        return first, int(weeks)

    def _own_experience(self) -> float | None:
        if "own_experience" not in self.row:
            return None
        share = self._share("own_experience", self.row["own_experience"])
        if not 0.0 <= share <= 1.0:
            raise self._wrong("own_experience", f"own_experience = {shown(self.row['own_experience'])}", "0 to 100 %", '"80 %"')
        return share

    def _number_from(self, key: str, given: Any, low: float, high: float, unit: str) -> float:
        if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
            allowed = f"a number from {number_in_words(low)} to {number_in_words(high)} ({unit})"
            raise self._wrong(key, f"{key} = {shown(given)}", allowed, "Correct it.")
        return float(given)

    def _share(self, key: str, given: Any) -> float:
        try:
            return read_quantity(given, "share")
        except UserError as error:
            one = error.problems[0]
            raise self._wrong(key, f"{key} = {one.given}", one.allowed, one.todo) from None

    def _published(self, measured: Measure | Number) -> Published:
        unit, scale, (low, high) = _unit_scale_ends(measured)
        value = self._value("value", self.row["value"], unit, scale)
        if not low <= value <= high:
            raise self._wrong("value", f"value = {shown(self.row['value'])}", _range(low, high, unit),
                              "Give it in this unit" + (', or in per cent: "44 %".' if scale else "."))  # fmt: skip
        sd, is_log = self._error(value, unit, scale)
        if is_log and value <= 0:
            raise self._wrong("value", f"value = {shown(self.row['value'])}, on the log scale", "more than 0", "Give sd instead.")
        warnings = []
        if scale > 1 and not isinstance(self.row["value"], str) and 0 < value <= 1 and high > 1:
            warnings.append(f"{self.row['id']}: {value:g} is {unit}; for a share write value = \"{100 * value:g} %\"")
        told = {key: " ".join(str(self.row.get(key, "")).split()) for key in ("id", "source", "checked", "note")}
        return Published(measured=measured, value=value, sd=sd, is_log=is_log, warnings=tuple(warnings), **told)

    def _value(self, key: str, given: Any, unit: str, scale: float) -> float:
        """A number in the unit of what is measured; in per cent where that is a share."""
        if isinstance(given, str):
            if not scale:
                raise self._wrong(key, f"{key} = {shown(given)}", f"a number, in {unit}", "Write it without quotation marks.")
            return float(f"{self._share(key, given) * scale:.12g}")
        if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
            raise self._wrong(key, f"{key} = {shown(given)}", f"a number, in {unit}", f"Write {key} = 12.5.")
        return float(given)

    def _error(self, value: float, unit: str, scale: float) -> tuple[float, bool]:
        """The study's own error, and whether it is on the log scale."""
        given = [key for key in ERRORS if key in self.row]
        if len(given) != 1:
            raise self._wrong("", " and ".join(given) or f"a figure without {', '.join(ERRORS[:-1])} or {ERRORS[-1]}",
                              f"exactly one of {', '.join(ERRORS)}", 'sd = "2 %", or interval = [0.41, 0.47]')  # fmt: skip
        for key in ("level", "scale"):
            if key in self.row and given != ["interval"]:
                raise self._wrong(key, f"{key} without interval", f"{key} beside interval", "Leave it out.")
        (key,) = given
        if key == "interval":
            return self._from_interval(value, unit, scale)
        if key == "sample":
            people = self._number_from(key, self.row[key], 2, 1e10, "people")
            if not scale or not 0 < value < scale:
                what = "sample, beside what is no share between none and all"
                raise self._wrong(key, what, "sd, interval or log_sd", "Give one of them.")
            return math.sqrt(value * (scale - value) / people), False
        sd = self._value(key, self.row[key], unit, 0.0 if key == "log_sd" else scale)
        if sd <= 0:
            todo = "How sure was the study? Give its standard error."
            raise self._wrong(key, f"{key} = {shown(self.row[key])}", "more than 0", todo)
        return sd, key == "log_sd"

    def _from_interval(self, value: float, unit: str, scale: float) -> tuple[float, bool]:
        given, is_log = self.row["interval"], self.row.get("scale") == "log"
        if not isinstance(given, list) or len(given) != 2:
            raise self._wrong("interval", f"interval = {shown(given)}", "two numbers in a list", 'interval = ["41 %", "47 %"]')
        low, high = (self._value("interval", one, unit, scale) for one in given)
        if not low <= value <= high or low == high:
            raise self._wrong("interval", f"interval = {shown(given)}, value = {shown(self.row['value'])}",
                              "low end, then high end, with the value between them", "Correct them.")  # fmt: skip
        if is_log and low <= 0:
            raise self._wrong("interval", f"interval = {shown(given)}, on the log scale", "ends above 0", "Leave scale out.")
        told = "share of such intervals that hold the truth"
        level = self._number_from("level", self.row.get("level", LEVEL), 0.5, 0.999, told)
        wide = math.log(high / low) if is_log else high - low
        return wide / (2.0 * NormalDist().inv_cdf((1.0 + level) / 2.0)), is_log


def _unit_scale_ends(measured: Measure | Number) -> tuple[str, float, tuple[float, float]]:
    """Unit, what a share is multiplied with to be in it (0 where it is no share), and range of what is measured."""
    if isinstance(measured, Number):
        ends = ends_of_number(measured)
        return f"the unit of {measured.id}", 1.0 if ends == (0.0, 1.0) else 0.0, ends
    outcome = outcome_of(measured)
    share = is_share(outcome) and measured.contrast in ("", DIFFERENCE)
    return measured.unit(), outcome.scale if share else 0.0, measured.ends()


def _range(low: float, high: float, unit: str) -> str:
    if math.isinf(high):
        return f"any number, in {unit}" if math.isinf(low) else f"{number_in_words(low)} or more, in {unit}"
    return f"{number_in_words(low)} to {number_in_words(high)}, in {unit}"


def nearest_of(given: str, known: list[str]) -> str:
    """The names of `known` that are nearest to what was given, as a question; "" where none is near."""
    near = get_close_matches(given[:80], known, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
