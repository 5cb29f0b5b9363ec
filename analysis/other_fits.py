"""The effect at other points that explain the published figures as well: no fit is shown without the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis import words
from analysis.fit import Fit, fit_names, load_fit
from analysis.intervals import Effect, effect_of
from analysis.outcomes import Outcome
from analysis.pairing import Question
from analysis.worlds import Numbers, Task, difference
from simulation.parameters import PARAMETERS

SEEDS_A_FIT = 10
"""Seeds, the first ones of a comparison, lived at each other fit too."""


ORDINALS = ("a second", "a third")
"""How the other fits are told, in their order: the defaults are the first set of numbers."""


def other_fits() -> list[Fit]:
    """Fits of the full model whose point is not that of the defaults, in the order of their names."""
    found = [fit for fit in map(load_fit, fit_names()) if fit.layer == "labels" and fit.made]
    return [fit for fit in found if any(PARAMETERS[name].default != value for name, value in fit.point.items())]


def fit_tasks(seeds: Sequence[int]) -> list[Task]:
    """Sets of worlds to live at the other fits."""
    return [
        Task(seed, draw=at, assumptions=fit.point, fit=fit.name)
        for fit in other_fits() for at, seed in enumerate(seeds[:SEEDS_A_FIT])
    ]  # fmt: skip


def effects_at_other_fits(
    question: Question, label: str, numbers: Sequence[Numbers]
) -> list[tuple[Fit, Effect]]:
    """The primary effect at each other fit, with its interval over luck alone."""
    found = []
    for fit in other_fits():
        there = [one for one in numbers if one.task.fit == fit.name]
        if there:
            over_seeds = np.array([difference(one, label, question.primary.id, question.group.name) for one in there])
            found.append((fit, effect_of(over_seeds, np.zeros(0))))
    return found


def in_words(outcome: Outcome, effects: Sequence[tuple[Fit, Effect]]) -> str:
    """The same in a sentence for each fit; empty where there is none."""
    return " ".join(
        f"With {ORDINALS[at]} set of numbers that explains the published figures about as well ({fit.means}): "
        f"{words.change(outcome, effect)}."
        for at, (fit, effect) in enumerate(effects)
    )
