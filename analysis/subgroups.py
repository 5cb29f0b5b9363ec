"""Splitting people into groups, judged in the base world at the last week that the compared worlds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulation.errors import ComparisonError, Problem, RecoveryError, UserError
from simulation.groups import members, people_in_words
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


def named(rule: str) -> Subgroup:
    """The group of this name, or of a rule on a person's state such as `identity < 0.4 and has_record`.

    Raises the error of the rule's reader where it cannot be read.
    """
    members(rule, np.zeros(0, dtype=STATE_DTYPE))
    return Subgroup(rule, people_in_words(rule), lambda people: np.asarray(members(rule, people), dtype=bool))


def split_by(what: str) -> list[Subgroup]:
    """The parts into which `--by` divides the primary group: the levels of a trait, or a group and everyone else."""
    if what in TRAITS:
        return TRAITS[what]
    group = named(what)
    others = Subgroup(f"not {what}", f"people who are not {group.means}", lambda people: ~group.members(people))
    return [group, others]


def check_split(what: str) -> None:
    """Nothing if people can be split by `what`; raises ComparisonError with what is allowed otherwise."""
    try:
        split_by(what)
    except RecoveryError as error:
        told = error.problems[0] if isinstance(error, UserError) else Problem("", str(error), "", "")
        allowed = f"a trait ({', '.join(TRAITS)}), a group, or a rule on a person's state"
        raise ComparisonError(Problem(f"--by {what}", told.given, allowed, told.todo)) from error


def _count_domains(people: np.ndarray) -> np.ndarray:
    return sum((people[domain] != NONE).astype(int) for domain in DOMAINS)


def _level(name: str, means: str, condition: Callable[[np.ndarray], np.ndarray]) -> Subgroup:
    return Subgroup(name, means, condition)


TRAITS: dict[str, list[Subgroup]] = {
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
    "population_group": [
        _level("first population group", "the first population group", lambda people: people["population_group"] == 0),
        _level("other population groups", "all other population groups", lambda people: people["population_group"] > 0),
    ],
}
"""Traits that `--by` knows, each with its levels in order."""
