"""Roles found again: in which order, how long it takes, who gives help, and what a label kept shut."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.declaring import PEOPLE, PER_PERSON, WEEKS, WITH_A_PROBLEM, WITHOUT_A_ROLE, Among, added, declare
from analysis.measures_following import part_in_first
from analysis.outcomes import Outcome, has_problem
from analysis.stretch import Stretch
from simulation.diary import ROLE_DETAILS
from simulation.state import ROLES

ROLE_WORDS = {"family": "a family role", "work": "work", "giving": "a giving role", "community": "a community role"}


def _first(stretch: Stretch, role: str) -> np.ndarray:
    return part_in_first(stretch.lives, "role_gained", detail=ROLE_DETAILS.index(role))


def _weeks_to_family(stretch: Stretch) -> np.ndarray:
    lives = stretch.lives
    weeks, persons = lives.when("role_gained", detail=ROLE_DETAILS.index("family"))
    found = np.full(lives.people, stretch.weeks)
    np.minimum.at(found, persons, weeks)
    return found


ROLES_OBSERVED: tuple[Outcome, ...] = (
    *(
        declare(
            f"first_role_{role}", PEOPLE, "neither", WITHOUT_A_ROLE, partial(_first, role=role),
            f"gained {ROLE_WORDS[role]} first, of those who gained any role; roles gained in one week share the place",
            "events role_gained; S1b, which orders roles in recovery otherwise", censoring="people who gain no role before the "
            "horizon are left out: it is a share of those who do",
        )
        for role in ROLES
    ),
    declare(
        "weeks_before_family_role", PER_PERSON, "lower",
        Among(
            lambda people: has_problem(people) & (people["family"] == 0),
            "people who had a problem, past or present, and no family role in the first week",
        ),
        _weeks_to_family, "weeks before the first family role, parenting among them, up to the horizon",
        "events role_gained; restricted mean: Royston and Parmar (2013), BMC Med Res Methodol 13:152",
        censoring="at the horizon, for everybody alike; whoever dies without one counts as without it to the horizon, so that no "
        "death looks like an early return",
    ),
    declare(
        "gives_help", PEOPLE, "higher", WITH_A_PROBLEM,
        lambda stretch: (stretch.end["giving"] == 1) & (stretch.end["alive"] == 1),
        "at the horizon, alive and holding a giving role: peer supporter, expert by experience, volunteer",
        "state giving", needs_events=False,
    ),
    declare(
        "weeks_role_blocked", WEEKS, "lower", WITH_A_PROBLEM, added("weeks_role_blocked"),
        "weeks in which a role would have been gained but for the barrier of a label, under the same luck",
        "total weeks_role_blocked, which does not say which role or which label", needs_events=False,
    ),
)  # fmt: skip
