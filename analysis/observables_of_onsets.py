"""Where problems begin: which domain comes first, and who comes to have one more."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.declaring import PEOPLE, WITHOUT_A_PROBLEM, Among, count_domains, declare
from analysis.measures_following import part_in_first
from analysis.outcomes import Outcome, has_problem
from analysis.stretch import Stretch
from simulation.state import DOMAINS
from simulation.story import DOMAIN_WORDS


def _first(stretch: Stretch, domain: str) -> np.ndarray:
    return part_in_first(stretch.lives, "onset", domain=domain)


ONSETS: tuple[Outcome, ...] = (
    *(
        declare(
            f"first_onset_{domain}", PEOPLE, "neither", WITHOUT_A_PROBLEM, partial(_first, domain=domain),
            f"came to have a problem with {DOMAIN_WORDS[domain]} first, of those who came to have any",
            "events onset; problems that people had before the first week have no order in a world",
            censoring="people without an onset before the horizon are left out: it is a share of those with one",
        )
        for domain in DOMAINS
    ),
    declare(
        "another_onset", PEOPLE, "lower",
        Among(
            lambda people: has_problem(people) & (count_domains(people) < len(DOMAINS)),
            "people who had a problem, past or present, in one or two domains in the first week",
        ),
        lambda stretch: stretch.lives.count("onset", 0, stretch.weeks) > 0,
        "came to have a problem in one more domain", "events onset; X7 and M4 for how domains go together",
    ),
)  # fmt: skip
