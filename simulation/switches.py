"""Switches thrown in a world: what is off no longer moves, as `simulation.mechanisms` says of each.

People with own experience and the others are each held at their own mean, so that neither moves towards the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.areas import AREA_NUMBERS, Area
from simulation.mechanisms import FORMS, HELD, Mechanism
from simulation.state import DOMAINS, HOME_AREA, RECOVERING

_MEANS = {
    "capital": "social_capital", "models": "role_models", "in_need": "in_need", "kin_voice": "kin_voice",
    "peers_use": "share_active_use", "peers_offending": "share_active_offending",
    "peers_mental_health": "share_active_mental_health",
}  # fmt: skip
"""Means that the rule reads, by the column that they are of; two more are worked out apart."""


@dataclass(frozen=True)
class Thrown:
    """What a world with switches lives by: its row of assumptions, its areas in numbers, and the states frozen."""

    assume: np.ndarray
    areas_table: np.ndarray
    frozen: tuple[str, ...]

    def copy(self) -> Thrown:
        """The same, apart from this one."""
        return Thrown(self.assume.copy(), self.areas_table.copy(), self.frozen)


def both_kinds(people: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Which of the living have own experience, and which do not: masks of shape (people,); empty kinds are left out."""
    alive, own = people["alive"] > 0, people["own_experience"] > 0
    return [(name, mask) for name, mask in (("own", alive & own), ("others", alive & ~own)) if mask.any()]


def mean_of(people: np.ndarray, column: str, mask: np.ndarray) -> float:
    """Mean of a column over some people, the same to the last bit in whatever order they are stored."""
    return math.fsum(people[column][mask].tolist()) / int(mask.sum())


def throw(off: Sequence[Mechanism], on: Sequence[str], people: np.ndarray, thrown: Thrown) -> Thrown:
    """Throw the switches of the mechanisms `off` and the forms `on`: changes `people`, and gives what is lived by from now.

    `people`, shape (people,), must have its derived columns worked out.
    """
    now = thrown.copy()
    frozen = list(now.frozen)
    _keep_means(people, now.assume)
    for mechanism in off:
        for name in mechanism.holds:
            for _, mask in both_kinds(people):
                people[name][mask] = mean_of(people, name, mask)
            if name in HELD:
                frozen.append(name)
        for name, value in mechanism.zero.items():
            now.assume[name] = value
        for name in mechanism.uses:
            now.assume[f"off_{name}"] = 1.0
        if mechanism.name == "location":
            _make_one_area(people, now.areas_table)
    for name in on:
        for use in FORMS[name].uses:
            now.assume[f"on_{use}"] = 1.0
    return Thrown(now.assume, now.areas_table, tuple(dict.fromkeys(frozen)))


def _keep_means(people: np.ndarray, assume: np.ndarray) -> None:
    """Write the means of the starting population into the row of assumptions."""
    for kind, mask in both_kinds(people):
        for name, column in _MEANS.items():
            assume[f"mean_{kind}_{name}"] = mean_of(people, column, mask)
        search = mean_of(people, "identity", mask) + mean_of(people, "hope", mask) - 1.0
        assume[f"mean_{kind}_search"] = search
        assume[f"mean_{kind}_consolidated"] = _consolidated(people[mask], float(assume["consolidation_weeks"][0]))


def _consolidated(people: np.ndarray, scale: float) -> float:
    """Mean, over spells of recovery under way, of the log of time sustained by which the hazard of a lapse falls; or 0."""
    spells = [people[f"weeks_{domain}"][people[domain] == RECOVERING] for domain in DOMAINS]
    weeks = np.concatenate(spells)
    return math.fsum(np.log1p(weeks / scale).tolist()) / len(weeks) if len(weeks) else 0.0


def _make_one_area(people: np.ndarray, areas_table: np.ndarray) -> None:
    """Let all live in one area that is as the areas are on average, each counted by who lives there."""
    living = np.bincount(people["area"][people["alive"] > 0], minlength=len(areas_table))
    for name in AREA_NUMBERS:
        areas_table[name] = np.average(areas_table[name], weights=living)
    areas_table["elsewhere"] = 0
    people["area"] = HOME_AREA


def settle_bias(areas: Sequence[Area], areas_table: np.ndarray) -> None:
    """Give the areas the bias that their numbers now say."""
    for area, bias in zip(areas, areas_table["bias"].tolist(), strict=True):
        area.bias = area.starting_bias = bias

