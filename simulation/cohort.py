"""Reads a cohort: how each thing about the starting people is drawn, each number with its unit and source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from simulation.errors import ScenarioError
from simulation.parameters import nearest

_PACKAGE = Path(__file__).parent
_SHARES = ("share", "0-1")
BURN_INS = ("settling", "holding")


@dataclass(frozen=True)
class CohortNumber:
    """One number of a cohort, with its unit, source and meaning."""

    name: str
    value: float
    unit: str
    source: str
    means: str


@dataclass(frozen=True)
class Cohort:
    """Starting people: what defines them, how they are drawn, and how long they live together before week 0."""

    name: str
    means: str
    event: str
    burn_in: str
    burn_in_weeks: int
    numbers: dict[str, CohortNumber]

    def __getitem__(self, name: str) -> float:
        return self.numbers[name].value

    def has_own(self, name: str) -> bool:
        """Whether people with own experience have a number of their own, `name` with "_own" after it."""
        return f"{name}_own" in self.numbers

    def of_own(self, name: str) -> float:
        """The number for people with own experience: their own where there is one, else the one for all."""
        return self[f"{name}_own"] if self.has_own(name) else self[name]


def cohort_folder() -> Path:
    """Folder of the cohort files: inside the installed package, else beside it in a checkout."""
    installed = _PACKAGE / "_scenarios" / "cohorts"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios" / "cohorts"


def cohort_names() -> list[str]:
    """Names of the cohorts there are."""
    return sorted(path.stem for path in cohort_folder().glob("*.toml"))


def load_cohort(name: str) -> Cohort:
    """The cohort of this name.

    Raises
    ------
    ScenarioError
        Where there is none of this name, or its file is damaged.
    """
    known = cohort_names()
    if name not in known:
        raise ScenarioError(f"unknown cohort {name!r}; there are {', '.join(known)}. {nearest(name, known)}".strip())
    path = cohort_folder() / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        numbers = {key: CohortNumber(key, **row) for key, row in data["numbers"].items()}
        cohort = Cohort(
            name, data["means"], data["event"], data["burn_in"]["kind"], int(data["burn_in"]["weeks"]), numbers
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as problem:
        raise ScenarioError(f"the cohort file {path.name} cannot be read: {problem}") from problem
    wrong = [n.name for n in numbers.values() if n.unit in _SHARES and not 0.0 <= n.value <= 1.0]
    if wrong or cohort.burn_in not in BURN_INS:
        raise ScenarioError(f"the cohort file {path.name} is damaged: {', '.join(wrong) or 'burn_in'}")
    return cohort
