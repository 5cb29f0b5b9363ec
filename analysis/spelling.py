"""How an argument is written where a message says what to do: in Python, or as an option of the command."""

from __future__ import annotations

from typing import Protocol


class Spell(Protocol):
    """Writes the name of an argument, with a value where one is given."""

    def __call__(self, name: str, value: object = None) -> str:
        """The argument as it is typed."""
        ...


def in_python(name: str, value: object = None) -> str:
    """An argument of a function.

    Examples
    --------
    >>> in_python("samples", 10)
    'samples=10'
    """
    return name if value is None else f"{name}={value!r}"


def as_option(name: str, value: object = None) -> str:
    """An option of the command.

    Examples
    --------
    >>> as_option("screening_trajectories", 10)
    '--screening-trajectories 10'
    """
    option = f"--{name.replace('_', '-')}"
    return option if value is None else f"{option} {value}"
