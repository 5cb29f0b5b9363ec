"""Slow ramps up and down, and levers that come to rest at half from either side: what a lag leaves of it, and what it does not.

By the words of `analysis/evidence/studies/ramps.toml`.
"""

from __future__ import annotations

import numpy as np

from analysis.claim_arms import NAN, Arm, Arms, Numbers, Recipe, difference, mean, merged, states
from analysis.study_lives import recovering_in_all

STEPS = 10
"""Levels of the lever at which the two ways are compared, its most apart."""

WEEKS_UP = {"fast": 260, "slow": 520}
HARM_OR_HELP = {"stigma": -1.0, "help": 1.0}
"""Each lever, and whether what it raises lowers recovery and identity, or raises them."""

OUTCOMES = ("recovery", "identity")
RESTS = 390
"""Row from which on the lever rests at half."""

RESTED = tuple(range(806, 911, 26))
LEAST_LOOP = 0.01
"""Loop of the fast ramp below which nothing is said of how much the slow one keeps of it."""


def ramps(arms: Arms) -> Numbers:
    """Of each lever and outcome: the loops of both ramps, how much the slow one keeps, and what is left between at rest."""
    found: Numbers = {}
    for lever, sign in HARM_OR_HELP.items():
        below, above = arms[f"{lever}_from_below"], arms[f"{lever}_from_above"]
        for outcome in OUTCOMES:
            name = f"{lever}_{outcome}"
            loops = {}
            for speed, weeks in WEEKS_UP.items():
                course = course_of(arms[f"{lever}_{speed}"], arms["as_things_are"], outcome, weeks)
                loops[speed] = found[f"{name}_loop_{speed}"] = loop(sign * course)
                found |= {f"{name}_{speed}_at_{at}": float(value) for at, value in enumerate(course)}
            found[f"{name}_loop_kept"] = kept(loops["fast"], loops["slow"])
            found[f"{name}_as_rest_begins"] = sign * between(above, below, outcome, RESTS)
            found[f"{name}_at_rest"] = sign * mean(np.array([between(above, below, outcome, week) for week in RESTED]))
    return found


def course_of(arm: Arm, base: Arm, outcome: str, weeks_up: int) -> np.ndarray:
    """An outcome beyond that of the world without a ramp, at every tenth of the way up and then down, shape (2 STEPS + 1,)."""
    return np.array([between(arm, base, outcome, at * weeks_up // STEPS) for at in range(2 * STEPS + 1)])


def between(arm: Arm, base: Arm, outcome: str, week: int) -> float:
    """An outcome after `week` weeks in one arm beyond another, of people with own experience alive in both."""
    alive = base.own & arm.alive(week) & base.alive(week)
    if outcome == "recovery":
        return difference(recovering_in_all(arm, week), recovering_in_all(base, week), alive)
    return difference(arm.at(week)[outcome], base.at(week)[outcome], alive)


def loop(course: np.ndarray) -> float:
    """Mean over levels of how much higher a course, shape (2 STEPS + 1,), is on the way down than on the way up."""
    return float(np.mean(course[2 * STEPS : STEPS : -1] - course[:STEPS]))


def kept(fast: float, slow: float) -> float:
    """Loop of the slow ramp over that of the fast one; not a number where there is hardly one."""
    return slow / fast if fast > LEAST_LOOP else NAN


_FAST, _SLOW = (states(range(top // STEPS, 2 * top + 1, top // STEPS), "identity") for top in WEEKS_UP.values())
_REST = states([RESTS, *RESTED], "identity")

RECIPES = {
    "ramps": Recipe(
        ramps,
        panels={
            "as_things_are": merged(_FAST, _SLOW),
            **{f"{lever}_{way}": panel for lever in HARM_OR_HELP
               for way, panel in (("fast", _FAST), ("slow", _SLOW), ("from_below", _REST), ("from_above", _REST))},
        },
    )
}  # fmt: skip
"""How each study is measured, by its name."""
