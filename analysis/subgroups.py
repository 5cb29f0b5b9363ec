"""Splitting people into groups, judged in the base world at the last week that the compared worlds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulation.errors import ComparisonError, Problem, RecoveryError, UserError
from simulation.groups import NO_NAMES, Names, members, people_in_words
from simulation.state import DOMAINS, NONE, STATE_DTYPE

EVERYONE = "all"
"""The group of everyone at risk of an outcome."""

FEWEST = 30
"""A group with fewer people than this in a world is named but not reported: a handful of lives would be the result."""


@dataclass(frozen=True)
class Subgroup:
    """A named part of the people, and who is in it: `members` takes the people, gives true or false, shape (people,)."""

    name: str
    means: str
    members: Callable[[np.ndarray], np.ndarray]


def everyone() -> Subgroup:
    """Everyone at risk."""
    return Subgroup(EVERYONE, "people at risk", lambda people: np.ones(len(people), dtype=bool))


def named(rule: str, names: Names = NO_NAMES) -> Subgroup:
    """The group of this name, or of a rule on a person's state such as `identity < 0.4 and has_record`.

    `names` are those that the scenario gives to areas and population groups, which a rule may compare with. Raises the error
    of the rule's reader where it cannot be read.
    """
    called = names.areas, names.groups
    members(rule, np.zeros(0, dtype=STATE_DTYPE), *called)
    return Subgroup(rule, people_in_words(rule), lambda people: np.asarray(members(rule, people, *called), dtype=bool))


def split_by(what: str, names: Names = NO_NAMES) -> list[Subgroup]:
    """The parts into which `--by` divides the primary group: the levels of a trait, or a group and everyone else.

    Population groups are split by their names, and areas too where a scenario adds some.
    """
    if what == "population_group":
        return [_numbered(what, number, name, f"people of the group {name}") for number, name in enumerate(names.groups)]
    if what == "area" and len(names.areas) > len(NO_NAMES.areas):
        return [_numbered(what, number, f"area {name}", f"people in the area {name}") for number, name in enumerate(names.areas)]
    if ALSO_CALLED.get(what, what) in TRAITS:
        return TRAITS[ALSO_CALLED.get(what, what)]
    group = named(what, names)
    others = Subgroup(f"not {what}", f"people who are not {group.means}", lambda people: ~group.members(people))
    return [group, others]


def check_split(what: str, names: Names = NO_NAMES) -> None:
    """Nothing if people can be split by `what`; raises ComparisonError with what is allowed otherwise."""
    if what == "population_group" and len(names.groups) < 2:
        raise ComparisonError(
            Problem(f"--by {what}", "a scenario whose people belong to no groups", "a scenario with [[population_group]]",
                    "Define the groups in the base scenario, or split by something else.")
        )  # fmt: skip
    try:
        split_by(what, names)
    except RecoveryError as error:
        told = error.problems[0] if isinstance(error, UserError) else Problem("", str(error), "", "")
        allowed = f"a trait ({', '.join([*TRAITS, *ALSO_CALLED])}, population_group), a group, or a rule on a person's state"
        raise ComparisonError(Problem(f"--by {what}", told.given, allowed, told.todo)) from error


def _count_domains(people: np.ndarray) -> np.ndarray:
    return sum((people[domain] != NONE).astype(int) for domain in DOMAINS)


def _is(people: np.ndarray, group: str) -> np.ndarray:
    return np.asarray(members(group, people), dtype=bool)


def _sustained(people: np.ndarray, low: float, high: float = np.inf) -> np.ndarray:
    return _is(people, "recovering_over_a_year") & (people["sustained"] >= low) & (people["sustained"] < high)


def _no_label(people: np.ndarray) -> np.ndarray:
    return (people["flag"] == 0) & (people["diagnosis"] == 0) & (people["record"] == 0)


def declared_groups(names: Names = NO_NAMES) -> list[Subgroup]:
    """The groups by which every comparison asks who gains and who loses: every level of every trait, population groups too."""
    more = ["population_group"] if len(names.groups) > 1 else []
    return [level for trait in (*DECLARED, *more) for level in split_by(trait, names)]


def _numbered(column: str, number: int, name: str, means: str) -> Subgroup:
    """People whose `column` holds this number."""
    return _level(name, means, lambda people: people[column] == number)


def _level(name: str, means: str, condition: Callable[[np.ndarray], np.ndarray]) -> Subgroup:
    return Subgroup(name, means, condition)


TRAITS: dict[str, list[Subgroup]] = {
    "stage": [
        _level("in a problem", "people in a problem", lambda people: _is(people, "in_a_problem")),
        _level("first year", "people in their first year of recovery", lambda people: _is(people, "recovering_under_a_year")),
        _level("second to fifth year", "people one to five years into recovery", lambda people: _sustained(people, 52, 260)),
        _level("five years or more", "people five years or more into recovery", lambda people: _sustained(people, 260)),
    ],
    "record": [
        _level("a record", "people with a record", lambda people: people["record"] == 1),
        _level("no record", "people without a record", lambda people: people["record"] == 0),
    ],
    "label": [
        _level("a flag", "people with a police flag", lambda people: people["flag"] > 0),
        _level("a diagnosis", "people with a diagnosis as a label", lambda people: people["diagnosis"] == 1),
        _level("a record", "people with a record", lambda people: people["record"] == 1),
        _level("no label", "people without flag, record or diagnosis", _no_label),
    ],
    "woman": [
        _level("women", "women", lambda people: people["woman"] == 1),
        _level("men", "men", lambda people: people["woman"] == 0),
    ],
    "age": [
        _level("under 30", "people under 30", lambda people: people["age"] < 30),
        _level("30 to 49", "people of 30 to 49", lambda people: (people["age"] >= 30) & (people["age"] < 50)),
        _level("50 and over", "people of 50 and over", lambda people: people["age"] >= 50),
    ],
    "domains": [
        _level("one domain", "people with a problem in one domain", lambda people: _count_domains(people) == 1),
        _level("two domains", "people with problems in two domains", lambda people: _count_domains(people) == 2),
        _level(
            "three domains", "people with problems in all three domains", lambda people: _count_domains(people) == 3
        ),
    ],
    "kin": [
        _level("kin close", "people with kin close to them", lambda people: people["kin_close"] > 0),
        _level("no kin close", "people with no kin close to them", lambda people: people["kin_close"] == 0),
    ],
    "area": [
        _level("home area", "people in the home area", lambda people: people["area"] == 0),
        _level("another area", "people in another area", lambda people: people["area"] > 0),
    ],
}
"""Traits that `--by` knows, each with its levels in order."""

ALSO_CALLED = {"sex": "woman"}
"""Other words for a trait, which is called as the column of the state that it is read from."""

DECLARED = tuple(TRAITS)
"""Traits by which every comparison asks who gains and who loses, declared before any of it is lived."""
