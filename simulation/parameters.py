"""Every number of the model: default, unit, range, plain meaning, source, how far it rests on data, and kind.

`basis` says where a number comes from: *measured* (read in a published source), *calibrated* (a published figure informs it
through the model's own output: docs/fit.md), *bounded* (published figures bound it),
*assumed* (theory alone), *structural* (a constant of the form the model takes; not varied in sensitivity runs, checked one at
a time). `kind` is *policy* where a lever can change it, *assumption* otherwise. Ids such as S1 or C19 are figures of
docs/evidence.md, R1 to R67 the claims of docs/claims.md.
Hazards are per week; "log hazard" is inside cloglog(x) = 1 - exp(-exp(x)), "log odds" inside logistic(x).
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulation.errors import ParameterError
from simulation.mechanisms import FORMS, SWITCHES

BASES = ("measured", "calibrated", "bounded", "assumed", "structural")


@dataclass(frozen=True)
class Parameter:
    """One number of the model, its plausible range from `low` to `high`, in `unit`, and what it rests on."""

    name: str
    default: float
    unit: str
    low: float
    high: float
    means: str
    source: str
    basis: str
    kind: str = "assumption"
    group: str = ""


_MODEL = "assumed"


def _group(title: str, *rows: tuple[Any, ...]) -> list[Parameter]:
    parameters = [Parameter(*row) for row in rows]
    return [replace(parameter, group=title) for parameter in parameters]


_C, _B, _A, _S = "calibrated", "bounded", "assumed", "structural"
_LH, _LO, _WK, _SH, _X, _RT = "log hazard", "log odds", "weeks", "share", "factor", "chance a week"

_DECLARED: tuple[Parameter, ...] = (
    *_group(
        "Deciding",
        ("decide_use", -3.085, _LH, -4.3, -2.3, "deciding gradually, substance use", "S3, S23", _C),
        ("decide_offending", -2.93, _LH, -4.0, -2.0, "deciding gradually to desist", "C1, C2", _C),
        ("decide_mental_health", -3.4, _LH, -4.4, -2.4, "deciding gradually to live a life in recovery", "M5", _C),
        ("decide_frailty", 0.5, _X, 0.0, 1.0, "part of frailty that holds back deciding", _MODEL, _S),
        ("decide_identity", 0.5, _X, 0.0, 1.0, "part of w_identity that acts on deciding", _MODEL, _S),
        ("decide_capital", 0.5, _X, 0.0, 1.0, "part of w_capital that acts on deciding", _MODEL, _S),
        ("turning_points", 0.03, _RT, 0.01, 0.09, "a turning point comes, whatever its outcome", _MODEL, _S),
        ("turning_threshold", 0.0532, _LO, -1.3, 0.7, "taking a turning point when hope is at its middle",
         "West and Sohal 2006 (smoking)", _C),
        ("turning_hope", 2.0, _X, 0.5, 4.0, "how many times w_hope acts on taking a turning point", _MODEL, _S),
        ("turning_jump", 0.3732, _SH, 0.0, 0.6, "share of the way to 1 that identity and hope move at a sudden decision",
         "West and Sohal 2006 (smoking)", _C),
        ("w_shame", 0.8337, _LH, 0.0, 2.0, "shame: helps deciding where there is hope, hinders where there is none", "R28", _A),
        ("shame_hope_mark", 0.4, _SH, 0.2, 0.6, "hope above which shame helps deciding", "R28", _S),
        ("shame_slope", 2.0, _X, 0.5, 4.0, "how steeply hope turns shame into a help in deciding gradually", "R28", _S),
    ),
    *_group(
        "Keeping it up",
        ("lapse_use", -3.886, _LH, -4.5, -2.5, "lapse, substance use", "S1", _C),
        ("lapse_offending", -3.387, _LH, -4.6, -2.6, "lapse, offending", "C1, C3", _C),
        ("lapse_mental_health", -3.82, _LH, -4.9, -2.9, "lapse (crisis), mental health", "M5, M16", _C),
        ("consolidation", 0.1883, _LH, 0.0, 0.75, "fall of the lapse hazard with the log of time sustained",
         "S1, C3 with C2", _C),
        ("consolidation_weeks", 13.0, _WK, 4.0, 39.0, "time scale of consolidation", _MODEL, _S),
        ("frailty_sd", 1.171, "sd", 0.0, 1.5, "spread of lasting liability between people", "S1, C3 with C2", _C),
        ("frailty_common", 0.5, _SH, 0.0, 1.0, "share of the variance of frailty common to all domains", _MODEL, _S),
        ("w_hope", 0.7731, _LH, 0.5, 2.5, "hope, on deciding and on keeping it up", "R12, R23", _A),
        ("w_identity", 0.413, _LH, 0.2, 2.2, "identity, on deciding and on keeping it up", "R21", _A),
        ("w_capital", 0.5206, _LH, 0.0, 1.6, "social capital, on deciding and on keeping it up", "S8, S13", _C),
        ("w_peers", 0.6942, _LH, 0.0, 2.0, "share of ties in trouble in the same domain", "S11, S13", _C),
        ("w_distress", 1.003, _LH, 0.0, 2.0, "distress, on lapse and relapse", "X12", _C),
        ("w_homeless", 0.7936, _LH, 0.0, 1.6, "homelessness, on lapse", "X1, R42", _A),
        ("w_roles_use", 0.5432, _LH, 0.0, 1.2, "meaningful roles, on lapse, substance use", "S35", _B),
        ("w_roles_offending", 0.6326, _LH, 0.0, 1.7, "meaningful roles, on lapse, offending", "C22, C23", _C),
        ("w_roles_mental_health", 0.5042, _LH, 0.0, 1.2, "meaningful roles, on crisis, mental health", "M16", _B),
        ("lapse_hope", 0.5, _X, 0.0, 1.0, "part of w_hope that acts on lapse and relapse", _MODEL, _S),
        ("lapse_age", 0.4433, _LH, 0.0, 0.9, "fall of the lapse hazard in offending per ten years of age",
         "C30, C2", _C),
        ("lapse_age_mark", 30.0, "years", 20.0, 40.0, "age at which age neither raises nor lowers it", _MODEL, _S),
        ("lapse_symptoms", 0.5, _LH, 0.0, 1.5, "symptoms, on crisis", "M3", _S),
        ("area_risk_home", 0.3, _LH, 0.0, 0.9, "risk of lapse in the home area, against a new one", "C26, R14", _S),
        ("service_help", 0.3501, _LH, 0.0, 0.6, "a helping service, on lapse", "S37", _B),
        ("deterrence", 0.2799, _LH, 0.0, 0.6, "how far a flag deters offending and lapses into it", "C19, C21", _B),
        ("link_use_offending", 0.9209, _LH, 0.0, 1.7, "trouble in use on lapse in offending, and back", "X7", _C),
        ("link_use_mental_health", 0.9034, _LH, 0.0, 1.5, "trouble in use on crisis in mental health, and back",
         "M4, X11", _C),
        ("both_link", 0.4278, _LH, 0.0, 1.0, "trouble in use and mental health together, on lapse in offending", "X1", _B),
        ("setback", 0.282, _SH, 0.0, 0.45, "share of identity and hope lost, and of self-stigma gained, at a lapse", "S7", _B),
        ("lapse_halves", 0.5, _X, 0.0, 1.0, "what a lapse leaves of the recovery time others believe", _MODEL, _S),
        ("relapse_in_lapse", -0.6435, _LO, -1.5, 0.5, "a lapse becoming a relapse, each week", "S3, S38", _C),
        ("resolve_lapse", 0.4135, _RT, 0.17, 0.9, "a lapse that does not become a relapse resolving, each week",
         "S3", _C),
    ),
    *_group(
        "Offences and justice",
        ("offence_rate", 0.3056, "a week", 0.08, 0.75, "offences of a person active in offending", "C2", _C),
        ("offence_sd", 1.077, "sd of log", 0.0, 1.6, "spread of that rate between people", "C1, C2", _C),
        ("offence_in_lapse", 0.5, _RT, 0.17, 1.0, "an offence in the first week of a lapse", _MODEL, _S),
        ("detection", 0.05214, _SH, 0.01, 0.09, "share of offences that lead to an arrest", "C1, C2", _C),
        ("detection_label", 0.5126, _X, 0.0, 1.0, "how far a label raises detection", "C18, C19", _C),
        ("conviction", 0.5, _SH, 0.2, 0.9, "share of arrests that lead to a conviction", _MODEL, _S),
        ("custody_base", 0.15, _SH, 0.05, 0.45, "share of first convictions that lead to custody", _MODEL, _S),
        ("custody_prior", 0.05, _SH, 0.0, 0.15, "rise of that share with each earlier conviction", _MODEL, _S),
        ("custody_most", 0.6, _SH, 0.3, 1.0, "highest share of convictions that lead to custody", _MODEL, _S),
        ("custody_weeks", 26.0, _WK, 9.0, 78.0, "mean stay in custody", _MODEL, _S),
    ),
    *_group(
        "Symptoms and onset",
        ("symptoms_on", 0.003376, "a week", 0.0017, 0.015, "onset of symptoms for people with a mental-health problem",
         "M3", _C),
        ("symptoms_off", 0.006945, "a week", 0.0033, 0.03, "remission of symptoms", "M5", _C),
        ("symptom_frailty", 1.105, "log", 0.0, 1.7, "how far frailty in mental health moves both", "M3, M5", _C),
        ("symptoms_distress", 1.0, "log", 0.0, 2.0, "how far distress raises the onset of symptoms", _MODEL, _S),
        ("symptoms_use", 3.0, _X, 1.0, 6.0, "factor on the onset of symptoms while in trouble in use", "X11", _S),
        ("onset_rate", 0.00005, _RT, 0.000017, 0.00015, "onset of a problem at age 20 with no tie in trouble", _MODEL, _S),
        ("onset_peers", 2.0, "log", 0.0, 4.0, "how far ties in trouble raise onset", "S14", _S),
        ("onset_age_from", 20.0, "years", 15.0, 30.0, "age from which onset falls", _MODEL, _S),
        ("onset_age_years", 20.0, "years", 7.0, 60.0, "years over which onset falls to 1/e", _MODEL, _S),
        ("onset_calm", 0.1, _SH, 0.0, 0.5, "share of onset in mental health that needs no distress", _MODEL, _S),
    ),
    *_group(
        "Labels",
        ("label_record", 0.6053, _SH, 0.0, 1.0, "weight of a fresh record", "C15, C16", _A),
        ("label_record_years", 4.0, "years", 1.3, 12.0, "half-life of that weight", _MODEL, _S),
        ("label_diagnosis", 0.4877, _SH, 0.0, 1.0, "weight of a diagnosis as a label", "M21", _A),
        ("label_flag", 0.4955, _SH, 0.0, 1.0, "weight of a flag", "R52", _A),
        ("visibility_new", 0.4, _SH, 0.0, 1.0, "how far a record or diagnosis is known in a new area", "C26, R66", _S),
        ("public_stigma", 0.55, _SH, 0.2, 0.9, "public stigma at the start", "M20", _S, "policy"),
        ("public_stigma_trend", -0.003, "share a year", -0.01, 0.01, "yearly change of public stigma", "R40", _S, "policy"),
        ("justified_flag", 0.01, _RT, 0.0033, 0.03, "a flag with cause, while active in offending", _MODEL, _S),
        ("unjustified_flag_rate", 0.00391, "share a year", 0.0005, 0.03,
         "yearly chance that a person with a record is flagged without cause: no published figure", "R52, R67", _A, "policy"),
        ("stage_weeks", 52.0, _WK, 17.0, 156.0, "time sustained below which stage-aware policing withholds unjustified flags",
         "R63", _S),
        ("kin_contagion", 0.0001571, _RT, 0.0, 0.0003, "a flag without cause on kin of a person flagged", "R59", _A),
        ("bias_return", 0.02, "share a week", 0.007, 0.06, "how fast bias returns to what it was", "R61", _S),
        ("disclosure_base", -0.5, _LO, -1.5, 0.5, "telling kin of a flag, at middling regard and self-stigma", "R54", _S),
        ("disclosure", 1.395, _LO, 0.0, 3.0, "how regard helps and self-stigma hinders telling kin", "R54", _A),
        ("expiry", 0.02178, "a week", 0.0067, 0.06, "a flag ending by itself", "R55", _A),
        ("kin_voice_rate", 0.3505, "a week", 0.0, 0.75, "kin getting a flag reversed", "R55", _A),
        ("professional_rate", 0.3838, "a week", 0.0, 0.75, "an ally in a service, the police or an advocate doing so",
         "R55, R60", _A),
        ("both_rate", 0.3766, "a week", 0.0, 0.75, "kin and ally together doing so, beyond each alone", "R55", _A),
        ("trust_regained", 0.3, _SH, 0.1, 0.9, "share of anticipated stigma above its floor that an upheld complaint takes away",
         "R61", _S),
        ("family_support_reconcile", 0.03, _RT, 0.01, 0.09, "reconciling under full family support", "R38", _S),
    ),
    *_group(
        "Distress and anticipated stigma",
        ("flag_shock", 0.947, _SH, 0.0, 2.0, "distress from a flag", "R53, R57", _A),
        ("shock_buffer", 0.5, _SH, 0.0, 1.0, "share of that shock which full social capital takes away", "R35", _S),
        ("distress_custody", 0.3, _SH, 0.0, 0.9, "distress in custody", _MODEL, _S),
        ("distress_event", 0.3795, _SH, 0.0, 0.9, "distress from a lapse, relapse, arrest, release or onset of symptoms",
         "X12", _C),
        ("distress_symptoms", 0.3473, _SH, 0.0, 0.6, "distress from symptoms", "M16", _C),
        ("distress_use", 0.4066, _SH, 0.0, 0.6, "distress from trouble in substance use", "X12", _C),
        ("distress_homeless", 0.2, _SH, 0.0, 0.6, "distress from homelessness", _MODEL, _S),
        ("distress_kin", 0.2, _SH, 0.0, 0.6, "distress caught from kin", "R59", _S),
        ("distress_obstruction", 0.2, _SH, 0.0, 0.6, "distress from a service that obstructs", "R45, R46", _S),
        ("distress_rise", 0.9, "share a week", 0.3, 1.0, "how fast distress rises", "R53", _S),
        ("distress_decay", 0.1756, "share a week", 0.08, 0.75, "how fast distress falls", "R57, M14, X12", _C),
        ("anticipated_floor", 0.15, _SH, 0.0, 0.4, "anticipated stigma of a person with no label", "M21", _S),
        ("anticipated_exposure", 1.121, _X, 0.0, 2.0, "how exposure raises anticipated stigma", "M21", _A),
        ("anticipated_flag", 0.1695, _SH, 0.0, 0.3, "how a flag raises it beyond exposure", "R51", _A),
        ("anticipated_coercion", 0.1, _SH, 0.0, 0.3, "how being made to use a service raises it", _MODEL, _S),
        ("anticipated_rise", 0.3, "share a week", 0.1, 0.9, "how fast anticipated stigma rises", "R51", _S),
        ("anticipated_decay", 0.01184, "share a week", 0.0043, 0.039, "how fast anticipated stigma falls: half in about a year",
         "R51, R58", _A),
    ),
    *_group(
        "Self-stigma, hope and identity",
        ("self_stigma_base", -0.6649, _LO, -1.5, 0.5, "what self-stigma tends to when all else is middling", "M20", _C),
        ("z_exposure", 1.877, _LO, 0.0, 3.5, "exposure feeding self-stigma", "M20", _C),
        ("z_anticipated", 1.436, _LO, 0.0, 2.5, "anticipated stigma feeding self-stigma", "M22, M15", _C),
        ("z_identity", 2.556, _LO, 1.5, 3.5, "a positive identity holding off self-stigma", "M17, M15", _C),
        ("obstruction", 1.011, _LO, 0.0, 2.0, "a service that obstructs, feeding self-stigma and distress", "R45, R46", _A),
        ("self_stigma_rate", 0.02663, "share a week", 0.01, 0.09, "how fast self-stigma moves", "M14", _B),
        ("hope_gain", 0.8005, _LO, 0.5, 2.5, "social capital, roles, identity and self-stigma on hope", "M15, M16", _C),
        ("hope_distress", 1.77, _LO, 0.0, 3.0, "distress, against hope", "M16", _C),
        ("role_models", 1.043, _LO, 0.0, 2.0, "ties a year or more into recovery, on hope", "R35, M15", _C),
        ("service_effect", 1.129, _LO, 0.0, 2.0, "the quality of a service, on hope", "R18, R45, M16", _C),
        ("hope_rate", 0.06462, "share a week", 0.027, 0.24, "how fast hope moves", "R12", _A),
        ("i_own", 1.167, _LO, 0.5, 2.5, "identity holding on to itself", "R21", _A),
        ("i_regard", 2.196, _LO, 1.0, 3.0, "the regard of others, on identity", "R24", _A),
        ("i_roles", 2.203, _LO, 1.5, 3.5, "meaningful roles, on identity", "R29, M16", _C),
        ("i_stigma", 1.386, _LO, 0.0, 3.0, "self-stigma, on identity", "M17, M15", _C),
        ("identity_rate", 0.02555, "share a week", 0.013, 0.12, "how fast identity grows", "S7", _B),
        ("asymmetry", 2.246, _X, 1.0, 4.0, "how many times faster identity is lost than won", "R58", _A),
        ("coherence_guard", 0.5301, _SH, 0.0, 1.0, "share of that loss which a coherent identity is spared", "R22", _A),
        ("coherence_rate", 0.02, "share a week", 0.007, 0.06, "how fast coherence moves", "R22", _S),
        ("regard_floor", 0.2, _SH, 0.0, 0.6, "regard for a person with no time in recovery", "R24", _S),
        ("regard_weeks", 26.0, _WK, 9.0, 78.0, "time over which others come to believe in a recovery", "R49", _S),
        ("regard_alone", 0.4, _SH, 0.1, 1.0, "share of regard that reaches a person without support", "R24", _S),
        ("no_problem_weeks", 260.0, _WK, 87.0, 780.0, "recovery time that others believe of a person who never had a problem",
         _MODEL, _S),
        ("shame_weeks", 26.0, _WK, 9.0, 78.0, "half-life of shame in recovery", "R27", _S),
    ),
    *_group(
        "Social capital",
        ("capital_scale", 4.0, "ties", 2.0, 8.0, "weighted supporters that bring social capital to 0.63", _MODEL, _S),
        ("kin_weight", 1.5, _X, 0.5, 3.0, "weight of kin against other ties", "R38", _S),
        ("far_weight", 0.5, _X, 0.0, 1.0, "weight of a tie across areas", "R14", _S),
        ("rejection", 0.5164, _X, 0.0, 1.5, "how far intolerant supporters withdraw from a person with a label", "M21", _A),
        ("models_ties", 2.0, "ties", 1.0, 4.0, "role models that give full effect", "R35", _S),
        ("models_weeks", 52.0, _WK, 17.0, 156.0, "time in recovery that makes a role model", "R35", _S),
        ("need_most", 2.0, "ties", 1.0, 4.0, "people in need among ties beyond which more make no difference", "R36", _S),
        ("need_weeks", 52.0, _WK, 17.0, 156.0, "time into recovery during which a person needs help", "R36", _S),
    ),
    *_group(
        "Roles",
        ("role_base", -4.636, _LH, -5.3, -3.3, "gaining a role", "S1b", _B),
        ("role_family", 0.0, _LH, -1.0, 1.0, "family, against other roles", "R50", _S),
        ("role_work", -0.2, _LH, -1.2, 0.8, "work, against other roles", "R50", _S),
        ("role_giving", -2.65, _LH, -3.65, -1.65, "giving, against other roles", "V1", _S),
        ("role_community", 0.2, _LH, -0.8, 1.2, "community, against other roles", "R50", _S),
        ("trying", 0.6222, _LH, 0.0, 2.0, "identity and hope in looking for roles", "R23, M16", _C),
        ("role_skills", 0.3, _LH, 0.0, 0.9, "skills in gaining a role, per standard deviation", "R11", _S),
        ("role_problem", 0.852, _LH, 0.0, 2.0, "being in a problem, against gaining a role", "C16, C22", _C),
        ("role_need", 0.3, _LH, 0.0, 0.9, "people in need among ties, on gaining a giving role", "R36", _S),
        ("role_barrier", 1.227, _LH, 0.0, 2.5, "exposure to stigma as a barrier to roles", "C16", _C),
        ("barrier_family", 0.3, _X, 0.0, 1.0, "that barrier for a family role", _MODEL, _S),
        ("barrier_work", 1.0, _X, 0.3, 2.0, "that barrier for work", "C16", _S),
        ("barrier_giving", 0.7, _X, 0.0, 1.7, "that barrier for giving", _MODEL, _S),
        ("barrier_community", 0.5, _X, 0.0, 1.5, "that barrier for a community role", _MODEL, _S),
        ("statistical_discrimination", 0.0, _LH, 0.0, 1.0,
         "employers who see no records taking people of a marked group to have one, on gaining work", "C16", _A),
        ("institution_penalty", 1.177, _LH, 0.0, 2.0, "a stay in prison, against regaining roles", "R33", _A),
        ("institution_family", 1.5, _X, 0.5, 3.0, "that penalty for a family role", "R33", _S),
        ("institution_work", 1.0, _X, 0.3, 2.0, "that penalty for work", _MODEL, _S),
        ("institution_giving", 0.7, _X, 0.0, 1.7, "that penalty for giving", _MODEL, _S),
        ("institution_community", 0.7, _X, 0.0, 1.7, "that penalty for a community role", _MODEL, _S),
        ("institution_weeks", 26.0, _WK, 9.0, 78.0, "time over which that penalty falls to 1/e", "R33", _S),
        ("role_loss", 0.006, _RT, 0.002, 0.018, "losing a role", _MODEL, _S),
        ("role_loss_problem", 0.01763, _RT, 0.01, 0.09, "losing a role while in a problem, beyond that", "C22", _C),
        ("work_until", 67.0, "years", 60.0, 75.0, "age at which work ends", "state pension age", _S),
    ),
    *_group(
        "Homelessness, services, place",
        ("homeless_on", -7.7, _LH, -8.7, -6.7, "becoming homeless", "P2, P5", _S),
        ("homeless_problem", 1.0, _LH, 0.0, 2.0, "being in a problem, on becoming homeless", "X3", _S),
        ("homeless_release", 1.5, _LH, 0.0, 3.0, "the first weeks after release, on becoming homeless", _MODEL, _S),
        ("homeless_release_weeks", 13.0, _WK, 4.0, 39.0, "how many weeks after release", _MODEL, _S),
        ("homeless_capital", 1.5, _LH, 0.0, 3.0, "social capital, against becoming homeless", "R65", _S),
        ("homeless_off", -3.2, _LH, -4.2, -2.2, "leaving homelessness", _MODEL, _S),
        ("homeless_kin", 0.5, _LH, 0.0, 1.5, "kin with means, on leaving homelessness", "R65", _S),
        ("service_entry", 0.01513, _RT, 0.0033, 0.03, "entering a service while in trouble, at full coverage",
         "S3, S5, S21", _C),
        ("service_anticipated", 0.5, _X, 0.0, 1.0, "how anticipated stigma keeps people from services", "M21", _S),
        ("coverage_use", 1.0, _X, 0.3, 3.0, "reach of services for substance use", "S5", _S, "policy"),
        ("coverage_offending", 0.3, _X, 0.1, 0.9, "reach of services for desistance", _MODEL, _S, "policy"),
        ("coverage_mental_health", 1.0, _X, 0.3, 3.0, "reach of mental-health services", _MODEL, _S, "policy"),
        ("service_weeks", 20.95, _WK, 9.0, 78.0, "mean stay in a service", "S3", _C),
        ("quality_use", 0.3, "quality", -0.3, 0.9, "mean quality of services for substance use", "S37", _S, "policy"),
        ("quality_offending", 0.0, "quality", -0.6, 0.6, "mean quality of services for desistance", _MODEL, _S, "policy"),
        ("quality_mental_health", -0.1, "quality", -0.7, 0.5, "mean quality of mental-health services", "R45", _S, "policy"),
        ("quality_sd", 0.3, "quality", 0.1, 0.9, "spread of quality between services", _MODEL, _S),
        ("coercion_quality", 0.3, "quality", 0.0, 0.9, "quality lost where a person was made to enter", _MODEL, _S),
        ("diagnosis_obstructing", 0.5, _SH, 0.17, 1.0, "chance of a lasting diagnosis at entry to a service that obstructs",
         "R45", _S),
        ("diagnosis_helping", 0.1, _SH, 0.0, 0.3, "that chance at entry to a service that helps", "R45", _S),
        ("move", 0.001, _RT, 0.0003, 0.003, "moving to another area", _MODEL, _S),
    ),
    *_group(
        "Personal recovery and quality of life",
        ("recovery_identity", 0.6, _SH, 0.4, 0.8, "identity above which a person may be in personal recovery", "R44", _S),
        ("recovery_hope", 0.6, _SH, 0.4, 0.8, "hope above which a person may be in personal recovery", "R44", _S),
        ("recovery_roles", 0.3, _SH, 0.1, 0.6, "involvement in roles that personal recovery needs", "R44", _S),
        ("recovery_weeks", 26.0, _WK, 9.0, 78.0, "weeks in a row that personal recovery needs", "R44", _S),
        ("life_base", 0.20, _SH, 0.0, 0.5, "quality of life of a person with nothing else", _MODEL, _S),
        ("life_roles", 0.25, _SH, 0.0, 0.5, "involvement in roles, in quality of life", "S35", _S),
        ("life_capital", 0.20, _SH, 0.0, 0.5, "social capital, in quality of life", "S35", _S),
        ("life_identity", 0.20, _SH, 0.0, 0.5, "identity, in quality of life", _MODEL, _S),
        ("life_hope", 0.10, _SH, 0.0, 0.3, "hope, in quality of life", _MODEL, _S),
        ("life_self_stigma", 0.15, _SH, 0.0, 0.45, "self-stigma, against quality of life", "M15", _S),
        ("life_distress", 0.15, _SH, 0.0, 0.45, "distress, against quality of life", _MODEL, _S),
        ("life_homeless", 0.10, _SH, 0.0, 0.3, "homelessness, against quality of life", _MODEL, _S),
        ("life_symptoms", 0.05, _SH, 0.0, 0.15, "symptoms, against quality of life", "M16", _S),
    ),
    *_group(
        "Death",
        ("death_floor_men", 0.00034, "a year", 0.0001, 0.001, "rate of death of men that does not grow with age", "D1", _S),
        ("death_base_men", 2.05e-5, "a year", 7e-6, 6e-5, "rate of death of men that grows with age, carried back to age 0",
         "D1", _S),
        ("death_age_men", 0.0982, "a year", 0.09, 0.11, "how fast that rate grows with age, men", "D1", _S),
        ("death_floor_women", 0.000116, "a year", 0.00004, 0.0004, "rate of death of women that does not grow with age",
         "D1", _S),
        ("death_base_women", 1.18e-5, "a year", 4e-6, 3.5e-5,
         "rate of death of women that grows with age, carried back to age 0", "D1", _S),
        ("death_age_women", 0.1010, "a year", 0.09, 0.11, "how fast that rate grows with age, women", "D1", _S),
        ("death_use", 5.0, _X, 2.0, 10.0, "factor while active in substance use", "D3, D4, D6", _S),
        ("death_release", 4.0, _X, 2.0, 10.0, "further factor for them in the first weeks after release", "D8, D9", _S),
        ("death_release_weeks", 4.0, _WK, 2.0, 12.0, "how many weeks after release", "D8, D9", _S),
    ),
    *_group(
        "Ties",
        ("tie_end", 0.001, _RT, 0.0005, 0.003, "one of two people ending a tie", "N5", _S),
        ("homophily", 0.9334, "log", 0.0, 2.0, "difference in being in a problem, on ending a tie", "S14", _A),
        ("leave_associates", 1.562, "log", 0.0, 3.0, "in recovery, leaving ties with people in a problem",
         "S10, S13", _C),
        ("tie_label", 1.388, "log", 0.0, 3.0, "a label before an intolerant other, on ending a tie", "M21", _A),
        ("far_ends", 2.0, _X, 1.0, 4.0, "factor on the end of a tie across areas", _MODEL, _S),
        ("estrange", 0.004, _RT, 0.0013, 0.012, "becoming estranged from one of kin while in a problem", "R49", _S),
        ("reconcile", 0.03, _RT, 0.01, 0.09, "reconciling with one of kin, once recovery is believed", "R49", _S),
        ("reconcile_weeks", 26.0, _WK, 9.0, 78.0, "time over which it comes to be believed", "R49", _S),
        ("reconcile_exposure", 0.5, _X, 0.0, 1.0, "how exposure holds reconciling back", "M21", _S),
        ("meet", 0.3561, _RT, 0.12, 0.95, "being open to a new tie, where there is room", "N2, N3", _A),
        ("meet_anticipated", 0.5, _X, 0.0, 1.0, "how anticipated stigma keeps people from new ties", "M21", _S),
        ("context_common", 0.25, "weight", 0.08, 0.75, "meeting in ordinary life, beyond roles", _MODEL, _S),
        ("context_group", 1.0, "weight", 0.3, 3.0, "meeting in a recovery group", "S11, S12", _S),
        ("context_street", 1.5, "weight", 0.5, 4.5, "meeting on the street", _MODEL, _S),
        ("context_kin", 0.5, "weight", 0.17, 1.5, "meeting through kin", _MODEL, _S),
    ),
)

PARAMETERS: dict[str, Parameter] = {parameter.name: parameter for parameter in _DECLARED}

_MEANS = tuple(
    f"mean_{whose}_{what}"
    for what in (
        "capital", "search", "models", "in_need", "kin_voice", "peers_use", "peers_offending", "peers_mental_health",
        "consolidated",
    )
    for whose in ("own", "others")
)  # fmt: skip
_SWITCHES = tuple(f"{'on' if name in FORMS else 'off'}_{name}" for name in SWITCHES)

ASSUMPTIONS_DTYPE = np.dtype(
    [(name, np.float64) for name in (*(parameter.name for parameter in _DECLARED), *_SWITCHES, *_MEANS)], align=True
)
"""One row: the value of every parameter; switches (0 or 1); means in the starting population, for what is held at them."""


def free_parameters() -> list[Parameter]:
    """Parameters that a sensitivity run varies: all but the structural constants, in the order of the table."""
    return [parameter for parameter in _DECLARED if parameter.basis != "structural"]


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming the known name nearest to `name`, or an empty text."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean {found[0]!r}?" if found else ""


_OF_ALL = ("share", "chance a week", "share a week", "share a year")
_SIGNED = ("log hazard", "log odds", "log")


def widest(parameter: Parameter) -> tuple[float, float]:
    """How far a scenario may widen a parameter's range, with a reason: lowest and highest value, in its unit.

    One width of the plausible range beyond either end, less what makes no sense: no range that lies on one side of 0 crosses it,
    since a sign is theory and no size; what is above 0 and not on a log scale falls to half its lowest value at most, so that
    nothing is divided by 0; no share or chance goes beyond 1, and no quality beyond -1 or 1.
    """
    width = parameter.high - parameter.low
    low, high = parameter.low - width, parameter.high + width
    if parameter.low > 0 and parameter.unit not in _SIGNED:
        low = max(low, parameter.low / 2)
    if parameter.unit in _OF_ALL:
        high = max(min(high, 1.0), parameter.high)
    if parameter.unit == "quality":
        low, high = max(low, -1.0), min(high, 1.0)
    return (max(low, 0.0) if parameter.low >= 0 else low), (min(high, 0.0) if parameter.high <= 0 else high)


def assumptions(
    changes: Mapping[str, float] | None = None, widened: Mapping[str, tuple[float, float]] | None = None
) -> dict[str, float]:
    """Value of every parameter, in its unit, with `changes` from the defaults.

    `widened` holds the ranges that a scenario gives, by name: its values may lie there too, beyond the plausible range.

    Raises
    ------
    ParameterError
        For an unknown name, or a value that is no number or lies outside the range; all problems at once.
    """
    values = {parameter.name: parameter.default for parameter in _DECLARED}
    problems = []
    for name, value in (changes or {}).items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            hint = nearest(name, PARAMETERS) or "see `recovery list parameters`"
            problems.append(f"unknown assumption {name!r}; {hint}")
            continue
        own = (widened or {}).get(name, (parameter.low, parameter.high))
        low, high = min(parameter.low, own[0]), max(parameter.high, own[1])
        allowed = f"from {low:g} to {high:g} ({parameter.unit})"
        if isinstance(value, bool) or not isinstance(value, (int, float, np.floating, np.integer)):
            problems.append(f"{name}: given {value!r}, allowed a number {allowed}")
        elif not (math.isfinite(value) and low <= value <= high):
            problems.append(f"{name}: given {value:g}, allowed {allowed}")
        else:
            values[name] = float(value)
    if problems:
        raise ParameterError("\n".join(problems))
    return values


def assumptions_row(values: Mapping[str, float]) -> np.ndarray:
    """The same values as an array of one row, dtype `ASSUMPTIONS_DTYPE`, for the compiled rule."""
    row = np.zeros(1, dtype=ASSUMPTIONS_DTYPE)
    for name, value in values.items():
        row[name] = value
    return row
