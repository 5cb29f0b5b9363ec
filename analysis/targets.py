"""The published figures that the model is fitted to, read from `analysis/evidence/targets.toml`, and how far a model is off.

>>> [number.label for number in load_numbers() if number.target == "M5"]
['M5, without symptoms', 'M5, recovered']
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FURTHEST = 20.0
"""Distance, in sd, at which a number counts as far off as can be: a ratio of 0 has no logarithm."""

WITHIN = 2.0
"""Distance, in sd, up to which a number counts as met."""

HALF_STATUS = ("recalled", "borrowed")
HALF_TARGETS = ("C3",)
"""In part about the same people as another target: half weight."""


@dataclass(frozen=True)
class Target:
    """One published figure of one or more numbers.

    `sd` holds one tolerance a number, on the log scale where `is_log`. `layer` says whether it is one of those that a model of
    independent hazards cannot answer at all, counted apart.
    """

    id: str
    cohort: str
    measure: str
    bins: tuple[str, ...]
    value: tuple[float, ...]
    sd: tuple[float, ...]
    is_log: bool
    status: str
    layer: bool
    weight: float


@dataclass(frozen=True)
class Number:
    """One number of a target: `index` is its place in it, from 0; `scale` its tolerance, on the log scale where `is_log`."""

    target: str
    index: int
    label: str
    value: float
    scale: float
    is_log: bool
    weight: float
    layer: bool
    cohort: str
    status: str

    @property
    def id(self) -> str:
        """Its name in tables: "S1.2" for the second number of S1."""
        return f"{self.target}.{self.index + 1}"

    def distance(self, model: float) -> float:
        """How far a model's value is from the published one, in sd; not a number where there is none.

        On the log scale a value of 0 or below is `FURTHEST` below; no number is further off than that either way.
        """
        if math.isnan(model):
            return math.nan
        if self.is_log:
            off = math.log(model / self.value) / self.scale if model > 0 else -FURTHEST
        else:
            off = (model - self.value) / self.scale
        return max(-FURTHEST, min(FURTHEST, off))


@lru_cache(maxsize=1)
def load_targets() -> tuple[Target, ...]:
    """Every target, in the order of the file.

    Raises
    ------
    ValueError
        If a target is damaged: a measure without a value, or not one tolerance a value.
    """
    path = Path(__file__).parent / "evidence" / "targets.toml"
    return tuple(_target(row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["target"])


@lru_cache(maxsize=1)
def load_numbers() -> tuple[Number, ...]:
    """Every number of every target, in the order of the file: 32, then the 7 that tell the layers apart."""
    return tuple(
        Number(target.id, at, ", ".join((target.id, *target.bins[at : at + 1])), target.value[at], target.sd[at],
               target.is_log, target.weight, target.layer, target.cohort, target.status)
        for target in load_targets() for at in range(len(target.value))
    )  # fmt: skip


def _target(row: dict[str, Any]) -> Target:
    is_log = "log_sd" in row
    value, sd = tuple(map(float, row["value"])), tuple(map(float, row["log_sd" if is_log else "sd"]))
    bins = tuple(row.get("bins", ()))
    named = len(bins) == len(value) or (len(value) == 1 and not bins)
    if not value or len(sd) != len(value) or not named or min(sd) <= 0:
        raise ValueError(f"target {row['id']} is damaged: each value needs a tolerance above 0, each of several a name")
    half = row["status"] in HALF_STATUS or row["id"] in HALF_TARGETS
    return Target(row["id"], row["cohort"], row["measure"], bins, value, sd, is_log, row["status"],
                  bool(row.get("layer", False)), 0.5 if half else 1.0)  # fmt: skip
