"""What several studies read from lives: who is recovering in all own domains in a week."""

from __future__ import annotations

import numpy as np

from analysis.claim_arms import Arm
from simulation.state import DOMAINS, NONE, RECOVERING


def recovering_in_all(arm: Arm, week: int) -> np.ndarray:
    """Who is alive after `week` weeks and recovering in every domain in which they have a problem, shape (people,), of bool."""
    status = np.array([arm.status(domain)[week] for domain in DOMAINS])
    own = status != NONE
    return np.asarray(own.any(axis=0) & ((status == RECOVERING) | ~own).all(axis=0) & arm.alive(week))
