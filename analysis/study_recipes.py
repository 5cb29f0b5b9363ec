"""How each claim and each study is measured, by its id: what jobs live and measure alike."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping

from analysis import claim_recipes, studies_of_labels, studies_of_ramps, studies_of_two_selves
from analysis.claim_arms import Recipe
from analysis.studies import NAMES

_MODULES = (studies_of_two_selves, studies_of_ramps, studies_of_labels)

STUDY_RECIPES: dict[str, Recipe] = {
    name: module.RECIPES[name] for name in NAMES for module in _MODULES if name in module.RECIPES
}
"""Recipes by the name of the study, in the order of `analysis.studies.NAMES`."""

RECIPES: Mapping[str, Recipe] = ChainMap(claim_recipes.RECIPES, STUDY_RECIPES)
"""Those of claims, as they stand there, and those of studies."""

MEASURED_IN: dict[str, str] = {
    **claim_recipes.MEASURED_IN, **{name: module.__name__ for module in _MODULES for name in module.RECIPES},
}  # fmt: skip
"""The module whose code, with all that it reads, decides what the worlds of a claim or a study give."""
