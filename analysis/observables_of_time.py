"""Restricted mean times: weeks lived without an event, up to the horizon."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.outcomes import OUTCOMES, Outcome, has_problem, is_recovering
from analysis.stretch import Stretch


def weeks_before(stretch: Stretch, event: str) -> np.ndarray:
    """Weeks that each person lives before their first such event, up to the horizon, shape (people,).

    A death ends them. An event in the first week leaves 0. Every life is followed to the horizon or to its end, so that no
    censoring has to be estimated: the mean over people is the area under the curve of those without the event.
    """
    return np.minimum(stretch.lives.first(event), stretch.alive_weeks())


def _before(event: str) -> Callable[[Stretch], np.ndarray]:
    return lambda stretch: weeks_before(stretch, event)


_RECOVERING = OUTCOMES["relapsed"].at_risk_means
_WITH_A_PROBLEM = OUTCOMES["died"].at_risk_means
_CENSORING = "at the horizon, for everybody alike; a death ends the time, as the event does"
_SOURCE = "restricted mean survival time: Royston and Parmar (2013), BMC Med Res Methodol 13:152; events {}"


def _time(name: str, event: str, among: str, means: str) -> Outcome:
    recovering = among == "recovering"
    return Outcome(
        name, "weeks per person", 1.0, "higher", is_recovering if recovering else has_problem,
        _RECOVERING if recovering else _WITH_A_PROBLEM, _before(event), means, _SOURCE.format(event), needs_events=True,
        censoring=_CENSORING,
    )  # fmt: skip


TIMES: tuple[Outcome, ...] = (
    _time("weeks_before_relapse", "relapse", "recovering",
          "weeks lived before the first relapse in any domain, up to the horizon"),
    _time("weeks_before_lapse", "lapse", "recovering", "weeks lived before the first lapse in any domain, up to the horizon"),
    _time("weeks_before_arrest", "arrest", "with a problem", "weeks lived before the first arrest, up to the horizon"),
    _time("weeks_lived", "died", "with a problem", "weeks lived up to the horizon, that of a death not counted"),
)
