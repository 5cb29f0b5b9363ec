"""Hardship: homelessness, and years of life. Weeks homeless and deaths are outcomes of every comparison."""

from __future__ import annotations

import numpy as np

from analysis.declaring import PEOPLE, WITH_A_PROBLEM, Unit, declare
from analysis.outcomes import Outcome
from analysis.stretch import Stretch


def _ever_homeless(stretch: Stretch) -> np.ndarray:
    return stretch.end["weeks_homeless"] > stretch.start["weeks_homeless"]


def _years_lived(stretch: Stretch) -> np.ndarray:
    return stretch.end["age"] - stretch.start["age"]


HARDSHIPS: tuple[Outcome, ...] = (
    declare(
        "ever_homeless", PEOPLE, "lower", WITH_A_PROBLEM, _ever_homeless, "homeless in at least one week",
        "total weeks_homeless", needs_events=False,
    ),
    declare(
        "life_years", Unit("years per 1,000 people", 1000.0), "higher", WITH_A_PROBLEM, _years_lived,
        "years of life up to the horizon, the week of a death counted", "age at both ends", needs_events=False,
        censoring="at the horizon, for everybody alike: a restricted mean",
    ),
)  # fmt: skip
