"""What a policy can change, each lever declared once: its base value, unit, range and plain meaning.

A lever's base value is the value in a world without policies. Where the model is unsure of that value, the lever names the
assumption that holds it (`from_parameter`), so that a policy which halves it halves the drawn value. `SETTINGS_DTYPE` has
one number for each lever: a row of it is what applies to one person in one week.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulation.mechanisms import HELD


@dataclass(frozen=True)
class Lever:
    """One thing that a decision-maker could change.

    `low` and `high` bound what a scenario may ask for, in `unit`. `scope` is "person" where the lever may be aimed at some
    people, "everyone" where it belongs to society as a whole. A lever with `once` acts only in the week that its policy
    starts. `base` is infinite where the default is that nothing of the kind exists.
    """

    name: str
    base: float
    unit: str
    low: float
    high: float
    means: str
    from_parameter: str = ""
    scope: str = "person"
    once: bool = False
    caution: str = ""


_USED_NOT_ENDORSED = "Studied because it is used, not because it is endorsed."

_DECLARED = (
    Lever("unjustified_flags", 0.005, "share a year", 0.0, 0.5,
          "yearly chance that a person with a record is flagged by police without cause", "unjustified_flag_rate"),
    Lever("flag_once", 0.0, "share", 0.0, 1.0,
          "share of people flagged once without cause, in the week the policy starts", once=True),
    Lever("review_date", math.inf, "weeks", 1.0, 260.0,
          "weeks after which a flag ends by itself, unless the person is active in offending"),
    Lever("just_handling", 0.0, "share", 0.0, 1.0,
          "how far a flag is handled with explanation and respect: 0 as now, 1 wholly"),
    Lever("just_officers", 0.0, "share", 0.0, 1.0, "share of officers who act as an ally of the person flagged"),
    Lever("accountability", 0.0, "share", 0.0, 1.0,
          "how far an upheld complaint has consequences for the police: less bias, and trust regained"),
    Lever("stage_aware_policing", 0.0, "share", 0.0, 1.0,
          "share of unjustified flags withheld from people with less than a year of sustained recovery"),
    Lever("policing", 1.0, "factor", 0.0, 5.0, "factor on the chance that an offence leads to an arrest"),
    Lever("independent_advocate", 0.0, "share", 0.0, 1.0,
          "an independent advocate stands by a person with a flag: 0 nobody, 1 with the full weight of an ally"),
    Lever("family_support", 0.0, "share", 0.0, 1.0,
          "support for families: added to the voice of kin, and (times 0.03 a week) to reconciling"),
    Lever("seal_records", math.inf, "weeks", 0.0, 520.0,
          "weeks of sustained recovery after which a record is sealed and counts nowhere"),
    Lever("employers_not_asking", 0.0, "share", 0.0, 1.0,
          "share of a record's part taken out of exposure when a person looks for work"),
    Lever("supported_employment", 0.0, "log hazard", 0.0, 3.0, "help into work: added to the log hazard of gaining work"),
    Lever("volunteering_posts", 0.0, "log hazard", 0.0, 3.0, "posts: added to the log hazard of gaining a giving role"),
    Lever("parenting_support", 0.0, "share", 0.0, 1.0,
          "share taken away of what a stay in prison costs when regaining a family role"),
    Lever("peer_groups", 0.0, "weight", 0.0, 3.0,
          "recovery groups: added to the weight of a recovery group among the places where people meet"),
    Lever("relocation", 0.0, "share", 0.0, 1.0,
          "share of people who move to a new area in the week the policy starts", once=True),
    Lever("community_building", 0.0, "weight", 0.0, 3.0,
          "building community in a new area: added to the weight of meeting there and to the log hazard of a community role"),
    Lever("housing_first", 0.0, "log hazard", 0.0, 5.0,
          "housing whatever the conduct: added to the log hazard of leaving homelessness"),
    Lever("service_coverage_use", 1.0, "factor", 0.0, 10.0, "reach of services for substance use", "coverage_use"),
    Lever("service_coverage_offending", 0.3, "factor", 0.0, 10.0, "reach of services for desistance", "coverage_offending"),
    Lever("service_coverage_mental_health", 1.0, "factor", 0.0, 10.0, "reach of mental-health services",
          "coverage_mental_health"),
    Lever("service_quality_use", 0.3, "quality", -1.0, 1.0,
          "mean quality of services for substance use: -1 obstructs, +1 helps", "quality_use"),
    Lever("service_quality_offending", 0.0, "quality", -1.0, 1.0,
          "mean quality of services for desistance: -1 obstructs, +1 helps", "quality_offending"),
    Lever("service_quality_mental_health", -0.1, "quality", -1.0, 1.0,
          "mean quality of mental-health services: -1 obstructs, +1 helps", "quality_mental_health"),
    Lever("coercion", 0.0, "chance a week", 0.0, 0.2,
          "weekly chance that a person in trouble is made to enter a service", caution=_USED_NOT_ENDORSED),
    Lever("hope_coaching", 0.0, "log odds", 0.0, 2.0, "coaching: added to what hope moves towards"),
    Lever("skills_training", 0.0, "sd", 0.0, 2.0, "training: added to a person's skills, in standard deviations"),
    Lever("treat_symptoms", 1.0, "factor", 0.5, 5.0, "factor on the rate at which symptoms remit"),
    Lever("public_stigma", 0.55, "share", 0.0, 1.0, "public stigma at the start", "public_stigma", scope="everyone"),
    Lever("public_stigma_trend", -0.003, "share a year", -0.05, 0.05, "yearly change of public stigma",
          "public_stigma_trend", scope="everyone"),
    Lever("contact_campaign", 0.0, "share", 0.0, 0.8, "share taken off people's intolerance by meeting people in recovery"),
    Lever("community_sentences", 0.0, "share", 0.0, 1.0, "share of custody sentences served in the community instead"),
    Lever("prison_visits", 0.0, "share", 0.0, 1.0,
          "chance that kin do not part from a person inside, and share taken away of what that stay will cost in roles"),
    Lever("check_ups", 0.0, "log odds", 0.0, 2.0, "check-ups after a lapse: taken off the log odds that it becomes a relapse"),
    Lever("shaming_message", 0.0, "share", 0.0, 0.5, "a shaming message: added to shame", caution=_USED_NOT_ENDORSED),
    Lever("with_future", 0.0, "log odds", 0.0, 0.5, "a future held out beside a message: added to what hope moves towards"),
    Lever("drop_associates", 0.0, "log hazard", 0.0, 3.0,
          "help to leave ties with people in a problem: added to the log hazard of leaving them in recovery"),
    Lever("economic_shock", 0.0, "log hazard", -2.0, 2.0,
          "the economy: added to the log hazard of gaining work, and taken from that of losing it"),
)

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _DECLARED}

FREEZES = tuple(f"freeze_{name}" for name in HELD)
CAPS = tuple(f"cap_{name}" for name in HELD)

SETTINGS_DTYPE = np.dtype([(name, np.float64) for name in (*LEVERS, *FREEZES, *CAPS)], align=True)
"""One row: the value of each lever, in its unit, for one kind of person in one week; and which states a switch or an
experiment freezes (1) or caps (at a value; 1 caps nothing)."""


def unchanged_settings(lever_base: Mapping[str, float]) -> np.ndarray:
    """One row of settings without a policy, a switch or an experiment."""
    row = np.zeros(1, dtype=SETTINGS_DTYPE)
    for name in LEVERS:
        row[name] = lever_base[name]
    for name in CAPS:
        row[name] = 1.0
    return row


def lever_bases(assumptions: dict[str, float]) -> dict[str, float]:
    """Value of each lever, in its unit, in a world without policies, under these `assumptions`."""
    return {
        lever.name: assumptions[lever.from_parameter] if lever.from_parameter else lever.base for lever in _DECLARED
    }
