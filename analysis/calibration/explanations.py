"""What a comparison says under either explanation of why risk falls with time: people differ, or recovery changes them.

The figures do not tell these two apart sharply. The draws of the posterior are parted in two halves by how far each leans to the
one or the other, and a comparison's effects are read in each half; where most draws lean one way, both halves do, one less than
the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.fit import Searched
from analysis.worlds import difference
from simulation.parameters import PARAMETERS

DIFFERENCES, CHANGE = "frailty_sd", "consolidation"
EXPLANATIONS = ("leaning less to differences between people", "leaning more to them")
"""What the lower and the upper half of the draws are called."""


def leaning(drawn: dict[str, np.ndarray]) -> np.ndarray:
    """How far each draw leans to differences between people, shape (draws,): the place of its frailty in the plausible range less
    that of its consolidation.
    """
    places = []
    for name in (DIFFERENCES, CHANGE):
        parameter = PARAMETERS[name]
        range_ = Searched(name, parameter.low, parameter.high, ())
        places.append(np.array([range_.place(float(value)) for value in drawn[name]]))
    return places[0] - places[1]


def by_explanation(effects: Any) -> pd.DataFrame:
    """The primary effect of each other world in each half of the draws.

    One row an explanation and other world: explanation, other, draws, median, low, high (the middle 80 % of the draws, luck
    included), helps (share of draws on the better side of 0), best (share of draws in which it is the best of the others).
    """
    question = effects.question
    lived = [found for found in effects.numbers if found.task.draw is not None and not found.task.fit]
    at = np.array([found.task.draw for found in lived], dtype=int)
    leans = leaning(effects.drawn)
    middle = float(np.median(leans))
    halves = (leans[at] <= middle, leans[at] > middle)
    key = (question.primary.id, question.group.name)
    found = np.array([[difference(one, label, *key) for label in question.labels] for one in lived])
    better = -1.0 if question.primary.better == "lower" else 1.0
    rows = []
    for explanation, half in zip(EXPLANATIONS, halves, strict=True):
        part = found[half]
        part = part[np.isfinite(part).all(axis=1)]
        most = (better * part).max(axis=1, keepdims=True) == better * part
        shares = most / most.sum(axis=1, keepdims=True)
        for place, label in enumerate(question.labels):
            low, median, high = np.quantile(part[:, place], [0.1, 0.5, 0.9]) if len(part) else (np.nan,) * 3
            helps = float((better * part[:, place] > 0).mean()) if len(part) else np.nan
            best = float(shares[:, place].mean()) if len(part) else np.nan
            rows.append((explanation, label, len(part), median, low, high, helps, best))
    return pd.DataFrame(rows, columns=["explanation", "other", "draws", "median", "low", "high", "helps", "best"])
