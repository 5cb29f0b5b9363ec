"""Everything that can go wrong, by whose mistake it is.

::

    RecoveryError                 anything this package raises on purpose
    |-- UserError                 something asked for cannot be done (the command ends with 2)
    |   |-- ScenarioError         a scenario file, or what it asks of a run
    |   |-- ParameterError        a value given for an assumption
    |   |-- QuantityError         a number, share, time or moment that cannot be read
    |   |-- OutputError           a folder or file that cannot be written or is in the way
    |   `-- ComparisonError       worlds that cannot be compared
    `-- WorldError                a world that broke its own rules: our mistake (the command ends with 1)

Each user's mistake carries one `Problem` or more: where it is, what was given, what is allowed and why, what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake, in four plain sentences: any of them may be empty."""

    where: str
    given: str
    allowed: str
    todo: str

    def __str__(self) -> str:
        parts = (("", self.where), ("given: ", self.given), ("allowed: ", self.allowed), ("to do: ", self.todo))
        lines = [label + text for label, text in parts if text]
        return "\n  ".join(lines)


class RecoveryError(Exception):
    """Anything that this package raises on purpose."""

    exit_code = 1


class UserError(RecoveryError):
    """Something asked for cannot be done; says why and what to do instead.

    Parameters
    ----------
    problems
        One `Problem`, several of them, or a plain sentence.
    """

    exit_code = 2

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        super().__init__(problems if isinstance(problems, str | Problem) else tuple(problems))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The mistakes, in the order in which they were found."""
        given = self.args[0]
        if isinstance(given, str):
            return (Problem(given, "", "", ""),)
        return (given,) if isinstance(given, Problem) else given

    def __str__(self) -> str:
        found = self.problems
        heading = f"{len(found)} problems:\n" if len(found) > 1 else ""
        return heading + "\n".join(str(problem) for problem in found)


class ScenarioError(UserError):
    """A scenario file cannot be read, contradicts itself, or asks for what is not there."""


class ParameterError(UserError):
    """A value given for an assumption is unknown, no number, or outside its range."""


class QuantityError(UserError):
    """A number, share, time or moment cannot be read in the unit that is asked for."""


class OutputError(UserError):
    """A result cannot be written where it was asked for."""


class ComparisonError(UserError):
    """Worlds that differ in more than their policies cannot be compared."""


class EvidenceError(UserError):
    """Evidence that is asked for is not there."""


class WorldError(RecoveryError):
    """A world broke its own rules: a mistake of this package, not of its user."""

    exit_code = 1
