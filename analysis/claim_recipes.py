"""How each claim is measured, by its id: the registry of `analysis.claims_of_...`."""

from __future__ import annotations

from analysis import (
    claims_of_difficulty,
    claims_of_keeping_it_up,
    claims_of_networks,
    claims_of_roles,
    claims_of_systems,
    claims_of_the_police,
    claims_of_the_self,
    claims_of_the_visit,
)
from analysis.claim_arms import Recipe
from analysis.claims import claim_ids

_MODULES = (
    claims_of_difficulty, claims_of_keeping_it_up, claims_of_the_self, claims_of_roles, claims_of_networks, claims_of_systems,
    claims_of_the_visit, claims_of_the_police,
)  # fmt: skip

RECIPES: dict[str, Recipe] = {
    name: module.RECIPES[name] for name in claim_ids() for module in _MODULES if name in module.RECIPES
}
"""Recipes by the id of the claim, in the order of their numbers."""

MEASURED_IN: dict[str, str] = {name: module.__name__ for module in _MODULES for name in module.RECIPES}
"""The module whose code, with all that it reads, decides what a claim's worlds give."""
