"""A person as a Mesa agent: thin, over one row of the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from simulation.errors import UserError
from simulation.state import FIELD, FIELDS

if TYPE_CHECKING:
    from simulation.model import RecoveryModel

_FIXED = ("person", "alive")


class Person(mesa.Agent):
    """One person: every state and trait of `simulation.state` is an attribute that reads and writes the person's row.

    `identity`, `social_capital` and `stigma` are what a reader meets first. `person` counts from 0 and never changes;
    `unique_id` is one more.
    """

    model: RecoveryModel

    def __init__(self, model: RecoveryModel, person: int) -> None:
        super().__init__(model)
        self._person = person
        self.unique_id = person + 1

    @property
    def person(self) -> int:
        """Permanent number, from 0."""
        return self._person

    @property
    def row(self) -> int:
        """Where the person's row stands in the columns."""
        return int(self.model.world.row_of[self.person])

    @property
    def stigma(self) -> float:
        """Stigma, 0 to 1: the mean of exposure, anticipated stigma and self-stigma."""
        state = self.model.world.people[self.row]
        return float((state["exposure"] + state["anticipated_stigma"] + state["self_stigma"]) / 3.0)

    @property
    def kin(self) -> list[int]:
        """Kin, as permanent ids."""
        return [int(other) for other in self.model.world.ties.kin[self.person] if other >= 0]

    @property
    def ties(self) -> list[int]:
        """Ties that are not kin, as permanent ids."""
        return [int(other) for other in self.model.world.ties.others[self.person] if other >= 0]

    def step(self) -> None:
        """Live the coming week in plain Python and lay it by; `model.step()` turns the page."""
        self.model.world.live_alone(self.person)

    def story(self) -> list[str]:
        """The person's life so far, in sentences."""
        return self.model.story(self.person)


def is_allowed(value: Any, kind: type, low: float, high: float) -> bool:
    """Whether `value` is a number of this kind within its range."""
    try:
        return bool(low <= value <= high) and (kind is float or int(value) == value)
    except (TypeError, ValueError, OverflowError):
        return False


def _column(name: str) -> property:
    one = FIELD[name]
    kind = float if one.type == "f8" else int

    def read(self: Person) -> Any:
        return kind(self.model.world.people[name][self.row])

    def write(self: Person, value: Any) -> None:
        if name in _FIXED or one.kind == "derived":
            raise AttributeError(f"{name} cannot be set: it {'is fixed' if name in _FIXED else 'follows from the rest'}")
        high = len(self.model.areas) - 1 if name == "area" else one.high
        if not is_allowed(value, kind, one.low, high):
            allowed = f"a {'whole ' if kind is int else ''}number from {one.low:g} to {high:g} ({one.unit})"
            raise UserError(f"{name} of person {self.person}: given {value!r}, allowed {allowed}")
        self.model.world.people[name][self.row] = value
        self.model.world.touch()

    return property(read, write, doc=f"{one.means} ({one.unit}).")


for _field in FIELDS:
    if _field.name != "person":
        setattr(Person, _field.name, _column(_field.name))


def as_row(state: np.ndarray, row: int) -> dict[str, Any]:
    """One row of the columns as a dict of plain values."""
    names = state.dtype.names or ()
    return dict(zip(names, state[row].item(), strict=True))
