"""Offending as it is seen by the courts: arrests and convictions. Offences and custody are outcomes of every comparison."""

from __future__ import annotations

import numpy as np

from analysis.declaring import PEOPLE, WITH_A_PROBLEM, Unit, added, declare
from analysis.outcomes import Outcome
from analysis.stretch import Stretch


def _counted(what: str, means: str, source: str) -> Outcome:
    unit = Unit(f"{what} per 1,000 people", 1000.0)
    return declare(what, unit, "lower", WITH_A_PROBLEM, added(f"count_{what}"), means, source, needs_events=False)


def _convicted(stretch: Stretch) -> np.ndarray:
    return stretch.end["count_convictions"] > stretch.start["count_convictions"]


OFFENDING: tuple[Outcome, ...] = (
    _counted("arrests", "arrests, each counted", "events arrest; C2 counts them over nine years, of people leaving prison"),
    _counted("convictions", "convictions, each counted", "events conviction; C7 asks who has any"),
    declare(
        "convicted", PEOPLE, "lower", WITH_A_PROBLEM, _convicted,
        "convicted at least once", "events conviction; C7, of people leaving prison", needs_events=False,
    ),
)  # fmt: skip
