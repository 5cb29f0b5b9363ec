"""What a scenario file means: names, units, ranges, weeks, and whether its policies can stand together.

Every file of a chain of `extends` is read whole, so that all its mistakes are told at once. A value that has the wrong
shape has been told already and is passed over here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from simulation.errors import Problem, UserError
from simulation.groups import GROUPS, read_whom
from simulation.levers import LEVERS, Lever
from simulation.parameters import PARAMETERS, widest
from simulation.rule_proof import can_hold
from simulation.rules import NO_NAMES, Names
from simulation.scenario_parts import EVERYONE_ELSE, Assumption, Policy, PopulationGroup
from simulation.scenario_shape import MOST_REPORTED, check_shape, place_of
from simulation.toml_lines import KeyPath, TomlText
from simulation.units import UNITS, in_words, read_duration, read_moment, read_quantity, shown

Read = TypeVar("Read")


@dataclass
class Reading:
    """One file being read: what it gives, and the problems found so far."""

    toml: TomlText
    problems: list[Problem] = field(default_factory=list)
    bad: set[KeyPath] = field(default_factory=set)

    @classmethod
    def of(cls, toml: TomlText) -> Reading:
        """A file whose shape has been checked."""
        problems, bad = check_shape(toml)
        return cls(toml, problems, bad)

    def get(self, *path: str | int) -> Any:
        """The value at a path; None where there is none, or none of a good shape."""
        if any(path[:length] in self.bad for length in range(1, len(path) + 1)):
            return None
        value: Any = self.toml.data
        for key in path:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def has(self, *path: str | int) -> bool:
        """Whether the file gives something at a path, be it of a good shape or not."""
        return self.get(*path) is not None or path in self.bad

    def entries(self, table: str) -> list[int]:
        """Numbers of the tables of this name whose shape as a table is good."""
        given = self.get(table)
        return [number for number in range(len(given)) if (table, number) not in self.bad] if isinstance(given, list) else []

    def tell(self, path: KeyPath, given: str, allowed: str, todo: str) -> None:
        """Note a problem at a path."""
        self.problems.append(Problem(place_of(self.toml, path), given, allowed, todo))

    def read(self, path: KeyPath, reader: Callable[[Any], Read]) -> Read | None:
        """What `reader` makes of the value at a path; None, and a problem noted, where it makes nothing."""
        given = self.get(*path)
        if given is None:
            return None
        try:
            return reader(given)
        except UserError as error:
            for problem in error.problems:
                self.problems.append(replace(problem, where=place_of(self.toml, path)))
        return None

    def inside(self, path: KeyPath, value: float | None, low: float, high: float, unit: str, todo: str) -> float | None:
        """The value, if it lies in its range; None, and a problem noted, if not."""
        if value is None or low <= value <= high:
            return value
        said = f" ({unit})" if UNITS[unit].kind == "number" else ""
        self.tell(path, shown(self.get(*path)), f"{in_words(low, unit)} to {in_words(high, unit)}{said}", todo)
        return None

    def known(self, path: KeyPath, names: list[str], what: str, listing: str) -> str | None:
        """The name at a path, if it is one of `names`; None, and a problem noted, if not."""
        given = self.get(*path)
        if not isinstance(given, str):
            return None
        if given in names:
            return given
        near = get_close_matches(given[:80], names, n=1, cutoff=0.5)
        allowed = f"one of {', '.join(names)}" if len(names) <= 12 else f"a name from `{listing}`"
        self.tell(path, f"{shown(given)}, no {what}", allowed, f'Did you mean "{near[0]}"?' if near else f"See `{listing}`.")
        return None

    def rule(self, path: KeyPath, names: Names) -> str | None:
        """The rule or group at a path, if it can be read and met by somebody."""
        given = self.get(*path)
        if not isinstance(given, str):
            return None
        node = self.read(path, lambda text: read_whom(text, names.areas, names.groups))
        if node is not None and not can_hold(node):
            self.tell(path, shown(given, 160), "a rule that some living person can meet",
                      "No state of a person makes this rule true: correct it.")
            return None
        return " ".join(given.split()) if node is not None else None

    def share(self, path: KeyPath, nobody: str) -> float | None:
        """The share of people at a path, above 0 and at most 1; `nobody` says why 0 makes no sense."""
        share = self.read(path, lambda given: read_quantity(given, "share"))
        if share is None or 0 < share <= 1:
            return share
        todo = f'Did you mean "{share:g} %"?' if 1 < share <= 100 else nobody
        self.tell(path, shown(self.get(*path)), "more than 0 %, at most 100 %", todo)
        return None

    def one_of(self, path: KeyPath, ways: tuple[str, ...]) -> str | None:
        """Which one of several keys of the table at a path is given; None, and a problem noted, if not just one is."""
        given = [way for way in ways if self.has(*path, way)]
        if len(given) == 1:
            return given[0]
        self.tell(path, " and ".join(given) or f"none of {', '.join(ways)}", f"exactly one of {', '.join(ways)}",
                  "Keep one of them." if given else f"Add a line: {ways[0]} = ...")
        return None

    def counted(self) -> list[Problem]:
        """The problems, told one by one up to a limit."""
        if len(self.problems) <= MOST_REPORTED + 1:
            return self.problems
        rest = Problem(self.toml.where, f"{len(self.problems) - MOST_REPORTED:,} more problems", "", "Correct these first.")
        return [*self.problems[:MOST_REPORTED], rest]


def read_areas(reading: Reading) -> list[dict[str, Any]]:
    """The areas of a file, each with the keys that it gives."""
    areas: list[dict[str, Any]] = []
    for number in reading.entries("area"):
        given = reading.get("area", number)
        area = {key: reading.get("area", number, key) for key in given if reading.get("area", number, key) is not None}
        if "name" not in area:
            continue
        if any(area["name"] == other["name"] for other in areas):
            again = f"{shown(area['name'])} a second time"
            reading.tell(("area", number, "name"), again, "each area once", "Join the two tables.")
        areas.append({key: value if key == "name" else float(value) for key, value in area.items()})
    return areas


def read_groups(reading: Reading) -> list[PopulationGroup]:
    """The population groups of a file, in the order in which they stand."""
    groups: list[PopulationGroup] = []
    for number in reading.entries("population_group"):
        path = ("population_group", number)
        name = reading.get(*path, "name")
        if name in (EVERYONE_ELSE, "all") or name in GROUPS:
            whose = "the people of no such group" if name == EVERYONE_ELSE else "others already: see `recovery list groups`"
            reading.tell((*path, "name"), shown(name), f"another name: {name} are {whose}", "Give the group a name of its own.")
        if any(name == other.name for other in groups):
            reading.tell((*path, "name"), f"{shown(name)} a second time", "each group once", "Join the two tables.")
        share = reading.share((*path, "share"), "A group of nobody is no group: leave it out, or raise the share.")
        if name is not None and share is not None:
            bias = reading.get(*path, "bias")
            because = " ".join((reading.get(*path, "because") or "").split())
            groups.append(PopulationGroup(
                name, share, 1.0 if bias is None else float(bias), bool(reading.get(*path, "marked")), because,
                place_of(reading.toml, path),
            ))  # fmt: skip
    return groups


def read_assumptions(reading: Reading) -> dict[str, Assumption]:
    """The assumptions of a file, by name."""
    found: dict[str, Assumption] = {}
    for number in reading.entries("assumption"):
        path = ("assumption", number)
        name = reading.known((*path, "name"), list(PARAMETERS), "assumption", "recovery list parameters")
        if reading.one_of(path, ("set", "range")) is not None and name is not None:
            if name in found:
                reading.tell((*path, "name"), f"{shown(name)} a second time", "each assumption once", "Leave one out.")
            value, limits = _value_or_range(reading, path, name)
            if value is not None or limits is not None:
                because = reading.get(*path, "because") or ""
                found[name] = Assumption(name, value, limits, because, place_of(reading.toml, path))
    return found


def _value_or_range(reading: Reading, path: KeyPath, name: str) -> tuple[float | None, tuple[float, float] | None]:
    known = PARAMETERS[name]
    todo = f"Choose a value in this range (usual: {in_words(known.default, known.unit)}). What {name} means: {known.means}."

    def read(at: KeyPath, low: float, high: float) -> float | None:
        value = reading.read(at, lambda given: read_quantity(given, known.unit, bare=True))
        return reading.inside(at, value, low, high, known.unit, todo)

    if reading.has(*path, "set"):
        return read((*path, "set"), known.low, known.high), None
    if not isinstance(reading.get(*path, "range"), list):
        return None, None
    low, high = (read((*path, "range", at), *widest(known)) for at in (0, 1))
    if low is None or high is None:
        return None, None
    if low >= high:
        reading.tell((*path, "range"), f"{low:g} to {high:g}", "a low value, then a higher one",
                     "Exchange them." if low > high else f"For one value write: set = {low:g}")
        return None, None
    if not str(reading.get(*path, "because") or "").strip():
        reading.tell((*path, "range"), f"{low:g} to {high:g}", "a range with its reason", "Add a line: because = ...")
        return None, None
    return None, (low, high)


def read_policies(reading: Reading, names: Names = NO_NAMES) -> list[Policy]:
    """The policies of a file that could be read; `names` are those that the scenario gives to areas and groups."""
    found = []
    for number in reading.entries("policy"):
        told = len(reading.problems)
        policy = _read_policy(reading, ("policy", number), names)
        whole = not any(path[:2] == ("policy", number) for path in reading.bad)
        if policy is not None and whole and len(reading.problems) == told:
            found.append(policy)
    return found


def _read_policy(reading: Reading, path: KeyPath, names: Names) -> Policy | None:
    name = reading.known((*path, "lever"), list(LEVERS), "lever", "recovery list levers")
    lever = LEVERS[name] if name is not None else None
    how = reading.one_of(path, ("set", "multiply", "add"))
    value = None if how is None else _read_change(reading, (*path, how), lever)
    start = reading.read((*path, "from"), read_moment) if reading.has(*path, "from") else 0
    until = reading.read((*path, "until"), read_moment)
    if start is not None and until is not None and until <= start:
        reading.tell((*path, "until"), shown(reading.get(*path, "until")), f"a week after the policy begins (week {start})",
                     "Let it end later, or leave `until` out.")
    ramp = reading.read((*path, "ramp"), read_duration) or 0
    whom = reading.rule((*path, "whom"), names) or "everyone"
    nobody = "A policy that reaches nobody is no policy: leave it out, or raise the share."
    covers = reading.share((*path, "covers"), nobody)
    if reading.has(*path, "covers") and reading.has(*path, "places"):
        reading.tell((*path, "places"), "covers and places", "one of them: a share of people, or a number of places",
                     "Leave one out.")
    if lever is not None:
        _check_fit(reading, path, lever)
    if lever is None or how is None or value is None or not math.isfinite(value):
        return None
    places = reading.get(*path, "places")
    because = reading.get(*path, "because") or ""
    return Policy(lever.name, how, value, start or 0, until, ramp, whom, covers, places, because, place_of(reading.toml, path))


def _read_change(reading: Reading, path: KeyPath, lever: Lever | None) -> float | None:
    """By how much, or to what, a policy changes a lever, in the lever's unit (a factor for `multiply`)."""
    if path[-1] == "multiply":
        factor = reading.get(*path)
        return None if factor is None else float(factor)
    if lever is None:
        return None
    value = reading.read(path, lambda given: read_quantity(given, lever.unit))
    todo = f"Choose a value in this range. What {lever.name} changes: {lever.means}."
    if path[-1] == "set":
        return reading.inside(path, value, lever.low, lever.high, lever.unit, todo)
    width = lever.high - min(lever.low, 0.0)
    return reading.inside(path, value, -width, width, lever.unit, todo)


def _check_fit(reading: Reading, path: KeyPath, lever: Lever) -> None:
    """Whether the keys of a policy suit its lever."""
    for key in ("multiply", "add"):
        if reading.has(*path, key) and lever.once:
            reading.tell((*path, key), key, f"set: {lever.name} happens once", 'Write set = "50 %".')
        elif reading.has(*path, key) and math.isinf(lever.base):
            reading.tell((*path, key), key, f"set: there is no {lever.name} without a policy", 'Write set = "26 weeks".')
    for key in ("until", "ramp"):
        if reading.has(*path, key) and lever.once:
            reading.tell((*path, key), key, f"from only: {lever.name} happens once, in that week", f"Leave {key} out.")
    if reading.has(*path, "ramp") and math.isinf(lever.base):
        reading.tell((*path, "ramp"), "ramp", f"no ramp: there is no {lever.name} to start from", "Leave ramp out.")
    if lever.scope == "everyone":
        for key in ("whom", "covers", "places"):
            if reading.has(*path, key):
                reading.tell((*path, key), key, f"{lever.name} belongs to society as a whole, and cannot be aimed at some people",
                             f"Leave {key} out.")

