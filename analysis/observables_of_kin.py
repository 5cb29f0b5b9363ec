"""What spreads through kin: flags, problems that begin beside kin in trouble, and distress beside a flag on kin."""

from __future__ import annotations

import math

import numpy as np

from analysis.declaring import EVERYONE, Unit, declare
from analysis.families import any_kin, kin_of
from analysis.observables_of_recovery import ratio_of_rates
from analysis.outcomes import Outcome
from analysis.stretch import Stretch
from analysis.subgroups import FEWEST
from simulation.state import ACTIVE, DOMAINS, LAPSED, NONE

NO_CAUSE_IS_MEANT = "; no cause is meant: kin share more than a problem or a flag"


def _flags_through_kin(stretch: Stretch) -> np.ndarray:
    _, persons = stretch.lives.when("flag_on", cause="kin")
    return np.bincount(persons, minlength=len(stretch.start))


def onsets_beside_kin(stretch: Stretch) -> np.ndarray:
    """Onsets and weeks without a problem while kin are in trouble in it, then the same while none are, shape (people, 4).

    Summed over domains; kin are in trouble who are alive, and active or lapsed at the beginning of the week.
    """
    lives, kin = stretch.lives, kin_of(stretch.start)
    found = np.zeros((lives.people, 4))
    for domain in DOMAINS:
        status = lives.status(domain)
        at_risk = (status[:-1] == NONE) & lives.lived
        begun = at_risk & (status[1:] != NONE)
        beside = any_kin(kin, np.isin(status[:-1], (ACTIVE, LAPSED)) & lives.lived)
        parts = (begun & beside, at_risk & beside, begun & ~beside, at_risk & ~beside)
        found += np.column_stack([part.sum(axis=0) for part in parts])
    return found


def distress_and_flags_on_kin(stretch: Stretch) -> np.ndarray:
    """Mean distress of each person's weeks, and whether any of kin carried a flag in one of them, shape (people, 2).

    Not a number for people who carried a flag themselves, or lived no whole week.
    """
    lives, weeks = stretch.lives, stretch.alive_weeks()
    flagged = (lives.flagged[1:] == 1) & lives.lived
    kin_flagged = (any_kin(kin_of(stretch.start), flagged) & lives.lived).any(axis=0)
    mean = (stretch.end["sum_distress"] - stretch.start["sum_distress"]) / np.maximum(weeks, 1)
    known = (weeks > 0) & ~flagged.any(axis=0) & (stretch.start["flag"] == 0)
    return np.where(known[:, None], np.column_stack([mean, kin_flagged]), np.nan)


def _difference(values: np.ndarray, weights: np.ndarray) -> float:
    """Mean of the first column where the second is 1, less that where it is 0; not a number with fewer than 30 of either."""
    del weights
    those = values[:, 1] == 1
    if min(those.sum(), (~those).sum()) < FEWEST:
        return math.nan
    return float(values[those, 0].mean() - values[~those, 0].mean())


KIN: tuple[Outcome, ...] = (
    declare(
        "flags_through_kin", Unit("flags per 1,000 people", 1000.0), "lower", EVERYONE, _flags_through_kin,
        "flags without cause that came through a flag on kin",
        "events flag_on with the cause kin; no published figure counts them",
    ),
    declare(
        "kin_onset_ratio", Unit("ratio"), "neither", EVERYONE, onsets_beside_kin,
        "onsets of a problem per week without it while kin, estranged or not, are active or lapsed in the same domain, over "
        "those while none are",
        "events of every domain, and families, which are those of permanent ids" + NO_CAUSE_IS_MEANT,
        summarise=ratio_of_rates, censoring="none: every week without the problem counts until the horizon or a death",
    ),
    declare(
        "kin_flag_distress", Unit("-1 to 1"), "lower", EVERYONE, distress_and_flags_on_kin,
        "mean distress over the weeks lived of people of whose kin, estranged or not, somebody carried a flag, less that of "
        "people of whose kin nobody did; each of 30 people or more",
        "events flag_on, flag_off, total of distress, and families, which are those of permanent ids" + NO_CAUSE_IS_MEANT,
        summarise=_difference, censoring="people who carried a flag themselves are left out; weeks count until the horizon or a "
        "death",
    ),
)  # fmt: skip
