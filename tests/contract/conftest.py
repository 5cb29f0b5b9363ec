"""People, surroundings, settings and numbers from anywhere in their ranges, drawn from one seed so that each can be had again."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulation.areas import AREA_NUMBERS, AREA_RANGES
from simulation.engine import CHANCES
from simulation.levers import CAPS, FREEZES, LEVERS, lever_bases
from simulation.parameters import ASSUMPTIONS_DTYPE, PARAMETERS, widest
from simulation.state import FIELDS, PersonRow
from simulation.week import Around

FAR = {"weeks": 3000, "count": 300, "years": 60.0, "ties": 12.0, "id": 10**6, "area": 1, "group": 5, "sd": 4.5, "factor": 10.0}
"""How far a state without an upper end is taken, by its unit: beyond what sixty years or a million people bring."""


class Anywhere:
    """Draws from whole ranges, their ends more often than chance would have it."""

    def __init__(self, seed: int) -> None:
        self.luck = np.random.default_rng(seed)

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`: either end an eighth of the time."""
        where = self.luck.random()
        if where < 0.125:
            return low
        return high if where > 0.875 else float(self.luck.uniform(low, high))

    def assumptions(self) -> dict[str, float]:
        """A value for every number of the model, structural ones included, as far as a scenario may widen its range."""
        return {
            one.name: one.default if self.luck.random() < 0.3 else self.between(*widest(one))
            for one in PARAMETERS.values()
        }

    def with_switches(self, numbers: dict[str, float]) -> dict[str, float]:
        """The same with switches thrown or not, and any means for what is off."""
        numbers = dict(numbers)
        for name in ASSUMPTIONS_DTYPE.names:
            if name.startswith("mean_"):
                numbers[name] = self.between(0.0, 1.0)
            elif name not in numbers:
                numbers[name] = float(self.luck.random() < 0.2)
        return numbers

    def settings(self, assumptions: dict[str, float]) -> dict[str, float]:
        """A value for every lever: its base, or anything that a scenario may ask for; states frozen or capped, or not."""
        bases = lever_bases(assumptions)
        levers = {
            one.name: bases[one.name] if self.luck.random() < 0.5 else self.between(one.low, one.high)
            for one in LEVERS.values()
        }
        freezes = {name: float(self.luck.random() < 0.1) for name in FREEZES}
        return levers | freezes | {name: 1.0 if self.luck.random() < 0.8 else self.luck.random() for name in CAPS}

    def person(self) -> PersonRow:
        """Somebody with every state and trait anywhere in its range."""
        row = PersonRow()
        for one in FIELDS:
            low = one.low if math.isfinite(one.low) else -FAR[one.unit]
            high = one.high if math.isfinite(one.high) else FAR[one.unit]
            if one.name == "age":
                high -= 1.0  # somebody at the very end of the range could not grow a week older within it
            value = self.between(low, high)
            setattr(row, one.name, value if one.type == "f8" else round(value))
        row.alive = 1
        # What a role means to a person is a share of one.
        weights = self.luck.dirichlet(np.ones(4))
        row.weight_family, row.weight_work, row.weight_giving, row.weight_community = weights.tolist()
        return row

    def around(self) -> Around:
        """Any company."""
        share = self.luck.random
        close = int(self.luck.integers(0, 4))
        supporters = self.between(0.0, 14.5)
        return Around(
            supporters, self.between(0.0, 2.0 * supporters), share(), share(), share(), self.between(0.0, 1.0),
            self.between(0.0, 1.0), share(), share(), self.between(0.0, 4.0), self.between(0.0, 10.0), close,
            close / 3.0, int(self.luck.integers(0, 11)),
        )  # fmt: skip

    def area(self) -> SimpleNamespace:
        """Any neighbourhood."""
        numbers = {name: self.between(*AREA_RANGES[name][:2]) for name in AREA_NUMBERS}
        return SimpleNamespace(**numbers, elsewhere=1)

    def chance(self) -> SimpleNamespace:
        """Any luck."""
        return SimpleNamespace(**{name: min(1 - 1e-10, max(1e-10, self.between(0.0, 1.0))) for name in CHANCES})

    def case(self) -> dict[str, Any]:
        """All that a function of the rule may ask for, by the names it uses."""
        values = self.assumptions()
        return {
            "person": self.person(), "around": self.around(), "area": self.area(), "chance": self.chance(),
            "lever": SimpleNamespace(**self.settings(values)),
            "assume": SimpleNamespace(**self.with_switches(values)),
            "public_stigma": self.between(0.0, 1.0),
        }  # fmt: skip


@pytest.fixture(scope="session")
def anywhere() -> type[Anywhere]:
    """Makes draws from whole ranges: anywhere(seed)."""
    return Anywhere
