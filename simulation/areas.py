"""Neighbourhoods and their institutions: plain objects in `model.areas`, not agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

AREA_NUMBERS = ("exposure", "visibility", "opportunity", "intolerance", "bias", "quality", "risk")

AREA_DTYPE = np.dtype([*((name, np.float64) for name in AREA_NUMBERS), ("elsewhere", np.int64)], align=True)
"""One row an area, in the order of area numbers; `elsewhere` counts the other areas."""

AREA_RANGES: dict[str, tuple[float, float, str]] = {
    "exposure": (0.0, 3.0, "factor on the weight of records and diagnoses"),
    "visibility": (0.0, 1.0, "share to which records and diagnoses are known"),
    "opportunity": (-2.0, 2.0, "added to the log hazard of gaining any role"),
    "intolerance": (0.0, 2.0, "factor on the intolerance of the people who live there"),
    "bias": (0.0, 1.0, "bias of policing at the start: factor on unjustified flags"),
    "quality": (-1.0, 1.0, "added to the quality of services"),
    "risk": (-1.0, 2.0, "added to the log hazard of a lapse"),
}


@dataclass
class Area:
    """One neighbourhood. `bias` moves with accountability, and back to `starting_bias`."""

    name: str
    exposure: float = 1.0
    visibility: float = 1.0
    opportunity: float = 0.0
    intolerance: float = 1.0
    bias: float = 1.0
    quality: float = 0.0
    risk: float = 0.0
    starting_bias: float = 1.0


def make_areas(assumptions: Mapping[str, float], asked: Iterable[Mapping[str, object]] = ()) -> list[Area]:
    """The areas of a world: home, the new area, and what a scenario changes or adds.

    `asked` holds one table an area with a `name` and any of `AREA_NUMBERS`; names other than home and new add an area.
    """
    areas = {
        "home": Area("home", risk=assumptions["area_risk_home"]),
        "new": Area("new", visibility=assumptions["visibility_new"]),
    }
    for table in asked:
        name = str(table["name"])
        area = areas.setdefault(name, Area(name, visibility=assumptions["visibility_new"]))
        for key, value in table.items():
            if key in AREA_NUMBERS and isinstance(value, int | float):
                setattr(area, key, float(value))
    for area in areas.values():
        area.starting_bias = area.bias
    return list(areas.values())


def areas_table(areas: list[Area]) -> np.ndarray:
    """The numbers of `areas`, shape (areas,), dtype `AREA_DTYPE`, for the compiled rule."""
    table = np.zeros(len(areas), dtype=AREA_DTYPE)
    for name in AREA_NUMBERS:
        table[name] = [getattr(area, name) for area in areas]
    table["elsewhere"] = len(areas) - 1
    return table


def let_bias_move(area: Area, sanction: float, bias_return: float) -> None:
    """Step 1. Bias returns to what it was, and falls with last week's upheld complaints, as far as they have consequences.

    `sanction` is accountability summed over last week's upheld complaints, per 100 people of the area. Theory: R61.
    """
    area.bias = min(area.starting_bias, max(0.0, area.bias + bias_return * (area.starting_bias - area.bias) - sanction))
