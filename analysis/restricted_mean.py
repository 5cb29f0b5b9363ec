"""Weeks lived without an event up to a horizon: the restricted mean time of survival analysis, person by person."""

from __future__ import annotations

import numpy as np

from simulation.errors import ComparisonError, Problem


def weeks_without(
    weeks: np.ndarray, happened: np.ndarray, horizon: float, died: np.ndarray | None = None
) -> np.ndarray:
    """Weeks that each person lives without the event, up to the horizon; shape (people,), from 0 to `horizon`.

    Its mean over people is the restricted mean time: as everybody is followed to the event, to death or to the horizon, it is
    a plain mean of min(T, horizon), and needs no Kaplan-Meier estimate, whose area up to the horizon it equals where nobody
    dies. Death ends the time lived without the event: weeks after it count as not lived, and a policy that lets people live
    longer gains by it. An outcome "weeks without a relapse (restricted mean)" is this function with "higher" better.

    Use when the horizon is stated before the worlds are lived. Do not use where people are lost before the horizon.

    Parameters
    ----------
    weeks
        Weeks to the event, or to the end of following, shape (people,); not a number for people not at risk, and stays so.
    happened
        Whether it was the event that ended following, shape (people,).
    horizon
        Weeks for which everybody is followed, unless event or death comes first.
    died
        Whether it was death that ended following, shape (people,); nobody where None.

    Raises
    ------
    ComparisonError
        Where somebody is followed neither to the event, nor to death, nor to the horizon, or for less than no time.

    References
    ----------
    Royston and Parmar (2013), "Restricted mean survival time", BMC Medical Research Methodology 13:152.

    Examples
    --------
    One relapses in week 10, one never, one dies in week 26:

    >>> weeks_without(np.array([10, 52, 26]), np.array([True, False, False]), 52, np.array([False, False, True]))
    array([10., 52., 26.])
    """
    weeks, happened = np.asarray(weeks, dtype=float), np.asarray(happened, dtype=bool)
    ended = happened if died is None else happened | np.asarray(died, dtype=bool)
    if not (np.isfinite(horizon) and horizon > 0):
        raise ComparisonError(Problem("horizon", f"{horizon}", "a number of weeks above 0", ""))
    if (weeks < 0).any():
        raise ComparisonError(Problem("weeks without", f"{np.nanmin(weeks):g} weeks", "weeks from 0", ""))
    lost = int(((weeks < horizon) & ~ended).sum())
    if lost:
        raise ComparisonError(
            Problem(
                "weeks without", f"{lost} of {len(weeks)} people are lost before week {horizon:g}",
                "everybody is followed to the event, to death or to the horizon", "shorten the horizon, or live longer worlds",
            )
        )  # fmt: skip
    return np.minimum(weeks, horizon)
