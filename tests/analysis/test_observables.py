"""Each observable on lives made by hand: what it gives can be counted on paper, and changes with what it measures."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.observables import OBSERVABLES
from simulation.state import ACTIVE, LAPSED, RECOVERING

A, L, R = ACTIVE, LAPSED, RECOVERING
FAMILY, WORK = 0, 1
IN_USE = {"use": R}
LAPSE_AND_RELAPSE = [(3, 0, "lapse", "use"), (5, 0, "relapse", "use")]
HALF = {"identity": [0.0, 0.0, 1.0, 1.0]}
EVENLY = np.linspace(0.0, 1.0, 2001)


def life(*events, weeks=10, people=1, end=None, panel=None, **start):
    """A world of hand-made lives, as the fixture `stretch` takes it: one person in recovery from use, if nothing else is said."""
    known = start or {"use": R}
    return {"people": people, "weeks": weeks, "events": list(events), "end": end, "panel": panel, **known}


def in_use(*events, weeks=104):
    """One person who decides in the first week, and what happens to them afterwards."""
    then = [(week, 0, event) if event == "died" else (week, 0, event, "use") for week, event in events]
    return life((0, 0, "decided_gradually", "use"), *then, weeks=weeks, use=A)


def attempts_of_three(last_held):
    """Three people: one succeeds at once; two fail once and decide again, one in time to succeed, or to fail, and one not."""
    second = [] if last_held else [(20, 1, "lapse", "use"), (21, 1, "relapse", "use")]
    failing = [event for who in (1, 2) for event in ((5, who, "lapse", "use"), (6, who, "relapse", "use"))]
    decided = [(0, who, "decided_gradually", "use") for who in range(3)]
    again = [(10, 1, "decided_gradually", "use"), (150, 2, "decided_gradually", "use"), (153, 2, "relapse", "use")]
    return life(*decided, *failing, *again, *second, people=3, weeks=220, use=A)


def comforts(*felt, flag=4, weeks=60, more=()):
    """One person whose comfort is 0.8 until the week of a flag, then each of `felt` for 4 weeks, and the last for good."""
    states = {
        week: {"identity": 0.8 if week <= flag else felt[min((week - flag - 1) // 4, len(felt) - 1)]}
        for week in range(4, weeks, 4)
    }
    return life((flag, 0, "flag_on", 2), *more, weeks=weeks, panel=states, use=R, identity=0.8, end={"identity": felt[-1]})


def blocked(*events, flag=0, record=0, diagnosis=0, first=1, second=0):
    """One person of whom a role was blocked so many weeks in the first four, and in the next."""
    panel = {4: {"weeks_role_blocked": first}}
    return life(*events, weeks=8, panel=panel, end={"weeks_role_blocked": first + second}, use=R, flag=flag, record=record,
                diagnosis=diagnosis)  # fmt: skip


def beside_kin():
    """Two people without a problem in use: one whose kin are all active in it, one whose kin are all in recovery from it."""
    return {"people": 8, "weeks": 9, "use": [0, A, A, A, 0, R, R, R], "offending": R, "mental_health": R}


def flagged_families(distress, families=10):
    """Families of which one person is flagged and the others are so distressed, and as many with distress of 0.2 and no flag."""
    half = 4 * families
    felt = np.repeat([distress, 0.2], half)
    felt[:half:4] = 0.9
    events = [(0, person, "flag_on", 2) for person in range(0, half, 4)]
    return life(*events, people=2 * half, end={"sum_distress": 10 * felt}, use=R)


def family(**columns):
    """A family of four, of which the first has a problem with use behind them."""
    return {"people": 4, "use": [R, 0, 0, 0], **columns}


def two_domains(week):
    """One person lapses in use while mental health rules, one while living a life in recovery in it."""
    return life((week, 0, "lapse", "use"), (3, 1, "lapse", "use"), people=2, weeks=4, use=R, mental_health=[A, R])


def ended(cause, weeks=11):
    """A flag raised at once, and ended so many weeks later."""
    return life((0, 0, "flag_on", 2), (weeks, 0, "flag_off", 2, {"cause": cause}), weeks=120)


def ends(**columns):
    return life(weeks=60, end=columns)


CASES = {
    "weeks_before_relapse": [(life(*LAPSE_AND_RELAPSE), 5), (life(), 10)],
    "weeks_before_lapse": [(life(*LAPSE_AND_RELAPSE), 3), (life((4, 0, "died")), 4)],
    "weeks_before_arrest": [(life((6, 0, "arrest", "offending")), 6), (life(), 10)],
    "weeks_lived": [(life((7, 0, "died")), 7), (life(), 10)],
    "decision_to_lapse": [
        (life((0, 0, "decided_suddenly", "use"), (5, 0, "lapse", "use"), weeks=60, use=A), 4),
        (life((0, 0, "decided_suddenly", "use"), (5, 0, "lapse", "offending"), weeks=60, use=A, offending=R), 26),
        (life((0, 0, "decided_suddenly", "use"), (5, 0, "died"), weeks=60, use=A), 4),
        (life((0, 0, "decided_gradually", "use"), *LAPSE_AND_RELAPSE, (6, 0, "decided_gradually", "use"), weeks=60, use=A), 14),
        (life((8, 0, "decided_gradually", "use"), (9, 0, "lapse", "use"), weeks=34, use=A), np.nan),
    ],
    # One of three succeeds at the first attempt; of two second ones one, or none.
    "attempts_before_a_year": [
        (attempts_of_three(True), 1 + 2 / 3 + (2 / 3) * (1 / 2)), (attempts_of_three(False), 1 + 2 / 3 + 2 / 3),
        (in_use(), 1), (in_use((52, "lapse"), (53, "relapse")), 1), (in_use((51, "lapse"), (52, "relapse"), weeks=78), np.nan),
        (in_use((51, "lapse"), (53, "resolved")), np.nan), (in_use((51, "lapse"), (53, "resolved"), weeks=105), 1),
        (in_use((30, "died")), np.nan), (life(weeks=104, use=A), np.nan), (life(weeks=104), 1),
        # An attempt under way at the horizon has not failed, and one that few weeks are followed of says nothing of later ones.
        (life((0, 0, "decided_gradually", "use"), (60, 1, "decided_gradually", "use"), people=2, weeks=104, use=A), 1),
        (in_use((5, "lapse"), (6, "relapse"), (40, "decided_gradually"), (41, "lapse"), (42, "relapse")), np.nan),
        # Somebody in recovery in the first week is in an attempt that has lasted: a lapse in week 22 comes before the year.
        (life((22, 0, "lapse", "use"), (23, 0, "relapse", "use"), (24, 0, "decided_gradually", "use"), weeks=104, use=R,
              weeks_use=29), 2),
        (life((22, 0, "lapse", "use"), (23, 0, "relapse", "use"), (24, 0, "decided_gradually", "use"), weeks=104, use=R,
              weeks_use=30), 1),
        (life((4, 0, "relapse", "use"), (5, 0, "decided_gradually", "use"), weeks=104, use=L), 2),
        (life(weeks=104, use=R, weeks_use=52), np.nan),
    ],
    "attempts_of_five_before_a_year": [
        (in_use(), 1),
        (in_use((5, "lapse"), (6, "relapse"), (10, "decided_gradually"), (11, "lapse"), (13, "relapse"), (20, "decided_suddenly"),
                weeks=200), 3),
        (in_use((5, "lapse"), (6, "relapse"), (10, "decided_gradually"), (11, "lapse"), (13, "relapse"), weeks=200), np.nan),
    ],
    "sudden_share": [
        (life((1, 0, "decided_suddenly", "use"), (2, 0, "decided_gradually", "offending"), use=A, offending=A), 50),
        (life((1, 0, "decided_gradually", "use"), use=A), 0), (life(use=A), np.nan),
    ],
    "sudden_held": [
        (life((0, 0, "decided_suddenly", "use"), (27, 0, "lapse", "use"), weeks=40, use=A), 100),
        (life((0, 0, "decided_suddenly", "use"), (26, 0, "lapse", "use"), weeks=40, use=A), 0),
        (life((0, 0, "decided_gradually", "use"), weeks=40, use=A), np.nan),
        (life((0, 0, "decided_suddenly", "use"), (26, 0, "died"), weeks=40, use=A), np.nan),
    ],
    "gradual_held": [
        (life((0, 0, "decided_gradually", "use"), (27, 0, "lapse", "use"), weeks=40, use=A), 100),
        (life((0, 0, "decided_gradually", "use"), (26, 0, "lapse", "use"), weeks=40, use=A), 0),
    ],
    "lapse_to_relapse": [
        (life(*LAPSE_AND_RELAPSE, weeks=30), 100), (life((3, 0, "lapse", "use"), (4, 0, "resolved", "use"), weeks=30), 0),
        (life((3, 0, "lapse", "use"), (17, 0, "relapse", "use"), weeks=30), 0), (life(*LAPSE_AND_RELAPSE, weeks=16), np.nan),
    ],
    "another_year_early": [(life((60, 0, "lapse", "use"), weeks=104), 100), (life((10, 0, "lapse", "use"), weeks=104), 0)],
    "another_year_middle": [(life(weeks=104), 100), (life((60, 0, "lapse", "use"), weeks=104), 0)],
    "another_year_late": [
        (life(weeks=104, use=R, weeks_use=156), 100), (life((60, 0, "lapse", "use"), weeks=104, use=R, weeks_use=156), 50),
        (life((10, 0, "died"), weeks=104, use=R, weeks_use=156), np.nan),
    ],
    **{
        f"another_year_{word}_{domain}": [
            (life(weeks=52, **{"use": 0, domain: R, f"weeks_{domain}": so_far}), 100),
            (life((40, 0, "lapse", domain), weeks=52, **{"use": 0, domain: R, f"weeks_{domain}": so_far}), 0),
            (life(weeks=52, use=R, weeks_use=so_far), np.nan),
        ]
        for domain in ("offending", "mental_health")
        for word, so_far in (("early", 20), ("middle", 60), ("late", 200))
    },
    "recovered_five_years": [(ends(weeks_use=260), 1000), (ends(weeks_use=259), 0), (ends(weeks_use=260, alive=0), 0)],
    "recovering_in_all": [
        (life(use=A, offending=R, end={"use": R}), 1000), (life(use=A, offending=R, end={"use": L}), 0),
    ],
    "reversals": [
        (life((3, 0, "lapse", "use"), (5, 0, "resolved", "use")), 1), (life((3, 0, "lapse", "use")), 0),
        (life((3, 0, "lapse", "use"), (5, 0, "died")), np.nan),
    ],
    "tortuosity": [
        (life((13, 0, "lapse", "use"), (26, 0, "resolved", "use"), weeks=39), 1), (life((13, 0, "lapse", "use"), weeks=39), 0),
        (life(weeks=39), np.nan),
    ],
    "rose_the_hard_way": [
        (life((0, 0, "decided_gradually", "use"), (1, 0, "lapse", "use"), (2, 0, "resolved", "use"), weeks=60, use=A), 1000),
        (life((0, 0, "decided_gradually", "use"), weeks=60, use=A), 0), (life(weeks=60, use=A), np.nan),
    ],
    "relapsed_use": [(life(*LAPSE_AND_RELAPSE), 1000), (life((3, 0, "lapse", "use")), 0)],
    "relapsed_offending": [
        (life((3, 0, "relapse", "offending"), offending=R), 1000), (life(*LAPSE_AND_RELAPSE, use=R, offending=R), 0),
    ],
    "relapsed_mental_health": [
        (life((3, 0, "relapse", "mental_health"), mental_health=R), 1000),
        (life(*LAPSE_AND_RELAPSE, use=R, mental_health=R), 0),
    ],
    "relapsed_in_several": [
        (life(*LAPSE_AND_RELAPSE, (7, 0, "relapse", "offending"), use=R, offending=R), 1000),
        (life(*LAPSE_AND_RELAPSE, (7, 0, "relapse", "use"), use=R, offending=R), 0),
    ],
    # One lapse in 2, or in 4, weeks beside trouble; one in 8 weeks without.
    "cross_domain_ratio": [
        (two_domains(1), (1 / 2) / (1 / 8)), (two_domains(3), (1 / 4) / (1 / 8)),
        # A third person who dies in the first week is at risk in it, in both domains.
        (life((1, 0, "lapse", "use"), (3, 1, "lapse", "use"), (0, 2, "died"), people=3, weeks=4, use=R, mental_health=[A, R, R]),
         (1 / 2) / (1 / 10)),
        # In custody there is no offending to lapse into.
        (life((1, 0, "lapse", "use"), (3, 1, "lapse", "mental_health"), people=2, weeks=4, use=[R, 0], offending=[0, R],
              mental_health=[A, R], custody_left=[0, 9]), (1 / 2) / (1 / 4)),
    ],
    "remission_without_services": [
        (life((9, 0, "decided_gradually", "use"), weeks=60, use=A), 5.2), (life(weeks=60, use=A), 0),
        (life((40, 0, "decided_gradually", "use"), weeks=60, use=A), 0), (life(weeks=60, use=A, service=1), np.nan),
    ],
    "year_without_services": [
        (life(weeks=60, use=A, end={"use": R, "weeks_use": 55}), 1000),
        (life(weeks=60, use=A, end={"use": R, "weeks_use": 55, "weeks_service": 3}), 0), (life(weeks=60, use=A), np.nan),
    ],
    "symptoms_and_recovery": [
        (life((4, 0, "personal_recovery_on"), mental_health=R, symptoms=1), 60), (life(mental_health=R, symptoms=1), 0),
        (life((7, 0, "symptoms_on", "mental_health"), mental_health=R, personal_recovery=1), 100),
        (life(mental_health=R, personal_recovery=1), np.nan),
    ],
    "first_role_family": [
        (life((2, 0, "role_gained", FAMILY), (3, 0, "role_gained", WORK)), 1000),
        (life((3, 0, "role_gained", FAMILY), (3, 0, "role_gained", WORK)), 500), (life(), np.nan),
    ],
    "first_role_work": [
        (life((2, 0, "role_gained", WORK), (3, 0, "role_gained", FAMILY)), 1000),
        (life((2, 0, "role_gained", FAMILY), (3, 0, "role_gained", WORK)), 0),
    ],
    "first_role_giving": [(life((2, 0, "role_gained", 2)), 1000), (life((2, 0, "role_gained", WORK)), 0)],
    "first_role_community": [(life((2, 0, "role_gained", 3)), 1000), (life((2, 0, "role_gained", WORK)), 0)],
    "weeks_before_family_role": [
        (life((4, 0, "role_gained", FAMILY), (5, 0, "role_lost", FAMILY), (8, 0, "role_gained", FAMILY)), 4),
        (life((4, 0, "role_gained", WORK)), 10), (life((4, 0, "died")), 10),
    ],
    "gives_help": [(ends(giving=1), 1000), (ends(), 0), (ends(giving=1, alive=0), 0)],
    "weeks_role_blocked": [(ends(weeks_role_blocked=7), 7000), (ends(), 0)],
    "mean_identity": [(ends(identity=0.25), 0.25), (ends(identity=0.75), 0.75), (ends(identity=0.25, alive=0), np.nan)],
    "mean_hope": [(ends(hope=0.25), 0.25), (ends(hope=0.75), 0.75)],
    "mean_stigma": [(ends(exposure=0.3, anticipated_stigma=0.6, self_stigma=0.9), 0.6), (ends(exposure=0.3), 0.1)],
    "mean_self_stigma": [(ends(self_stigma=0.25), 0.25), (ends(self_stigma=0.75), 0.75)],
    "mean_anticipated_stigma": [(ends(anticipated_stigma=0.25), 0.25), (ends(anticipated_stigma=0.75), 0.75)],
    "mean_comfort": [(ends(identity=0.8, anticipated_stigma=0.5, distress=0.25), 0.3), (ends(identity=0.8), 0.8)],
    "bimodality_identity": [
        (life(people=4, weeks=1, end=HALF, use=R), 1), (life(people=2001, weeks=1, end={"identity": EVENLY}, use=R), 5 / 9),
        (life(people=4, weeks=1, use=R), np.nan),
    ],
    "bimodality_hope": [
        (life(people=2, weeks=1, end={"hope": [0.2, 0.7]}, use=R), 1),
        (life(people=2001, weeks=1, end={"hope": EVENLY}, use=R), 5 / 9),
    ],
    "bimodality_stigma": [
        (life(people=2, weeks=1, end={"self_stigma": [0.2, 0.7]}, use=R), 1),
        (life(people=2001, weeks=1, end={"self_stigma": EVENLY}, use=R), 5 / 9),
    ],
    "mean_quality_of_life": [
        (ends(involvement=1, social_capital=1, identity=1, hope=1), 95), (ends(), 20), (ends(homeless=1, symptoms=1), 5),
        (ends(self_stigma=1, distress=1), 0),
    ],
    "gini_quality_of_life": [
        (life(people=2, weeks=1, end={"self_stigma": [1, 0], "distress": [1, 0]}, use=R), 0.5),
        (life(people=2, weeks=1, use=R), 0),
    ],
    "degree": [(ends(degree=5), 5), (ends(degree=2), 2), (ends(degree=5, alive=0), np.nan)],
    "ties_well_use": [(ends(degree=4, share_active_use=0.25), 75), (ends(degree=4), 100), (ends(), np.nan)],
    "ties_well_offending": [(ends(degree=4, share_active_offending=0.25), 75), (ends(degree=4), 100)],
    "ties_well_mental_health": [(ends(degree=4, share_active_mental_health=0.25), 75), (ends(degree=4), 100)],
    "ties_in_no_problem_least": [
        (ends(degree=4, share_active_use=0.25, share_active_offending=0.5), 25),
        (ends(degree=4, share_active_use=0.75, share_active_offending=0.5), 0), (ends(), np.nan),
    ],
    "ties_in_no_problem_most": [
        (ends(degree=4, share_active_use=0.25, share_active_offending=0.5), 50), (ends(degree=4), 100),
    ],
    "supporters": [(ends(supporters=4.5), 4.5), (ends(), 0), (ends(supporters=4.5, alive=0), np.nan)],
    "kin_close": [(ends(kin_close=2), 2), (ends(kin_close=3), 3)],
    "kin_reunited": [
        (life((2, 0, "kin_reconciled"), **family(kin_close=[2, 3, 3, 3])), 1000), (life(**family(kin_close=[2, 3, 3, 3])), 0),
        (life((2, 0, "kin_reconciled"), **family(kin_close=3)), np.nan),
        # Kin who have died are not estranged.
        (life((2, 0, "kin_reconciled"), **family(kin_close=[2, 2, 2, 0], alive=[1, 1, 1, 0])), np.nan),
    ],
    **{
        f"assortativity_{domain}": [
            (life(people=4, end={domain: [A, A, R, R], f"share_active_{domain}": shares, "degree": 2}), expected)
            for shares, expected in (([1, 1, 0, 0], 1), ([0, 0, 1, 1], -1), ([0.5] * 4, 0))
        ]
        for domain in ("use", "offending", "mental_health")
    },
    "flags_through_kin": [
        (life((2, 0, "flag_on", 2, {"cause": "kin"})), 1000), (life((2, 0, "flag_on", 2, {"cause": "police"})), 0),
    ],
    # One onset in the 3 weeks beside kin who are active; one in 2 + 9 + 9 weeks, or in 9 + 9 + 9, away from them.
    "kin_onset_ratio": [
        (life((2, 0, "onset", "use"), (1, 4, "onset", "use"), **beside_kin()), (1 / 3) / (1 / 2)),
        (life((5, 0, "onset", "use"), (1, 4, "onset", "use"), **beside_kin()), (1 / 6) / (1 / 2)),
        (life((2, 0, "onset", "use"), (1, 4, "onset", "use"), (0, 1, "died"), (0, 2, "died"), (0, 3, "died"), **beside_kin()),
         (0 / 1) / (2 / 4)),
    ],
    "kin_flag_distress": [(flagged_families(0.5), 0.3), (flagged_families(0.2), 0.0), (flagged_families(0.5, 9), np.nan)],
    "labelled": [(ends(record=1), 1000), (ends(diagnosis=1), 1000), (ends(flag=2), 1000), (ends(), 0)],
    "labelled_weeks": [
        (life((2, 0, "flag_on", 2), (5, 0, "flag_off", 2)), 3000), (life((7, 0, "record_on")), 3000), (life(), 0),
        (life(use=R, record=1), 10_000), (life((3, 0, "died"), use=R, diagnosis=1), 4000),
        (life((3, 0, "record_off"), (3, 0, "record_on"), use=R, record=1), 10_000),
    ],
    "unjustified_flags": [(ends(count_unjustified_flags=2), 2000), (ends(), 0)],
    "flags_in_recovery": [
        (life((4, 0, "flag_on", 2), use=R, weeks_use=48), 100), (life((3, 0, "flag_on", 2), use=R, weeks_use=48), 0),
        (life((2, 0, "lapse", "use"), (4, 0, "flag_on", 2), use=R, weeks_use=99), 0), (life(), np.nan),
    ],
    "weeks_untold": [
        (life((0, 0, "flag_on", 2), (3, 0, "disclosed", 2), weeks=40), 3),
        (life((0, 0, "flag_on", 2), (5, 0, "flag_off", 2), weeks=40), 5), (life((0, 0, "flag_on", 2), weeks=40), 26),
        (life((0, 0, "flag_on", 2), (9, 0, "died"), weeks=40), 9), (life((15, 0, "flag_on", 2), weeks=40), np.nan),
        (life((0, 0, "flag_on", 2), weeks=26), 26), (life((4, 0, "disclosed", 2), weeks=40, use=R, flag=2), 4),
        (life((4, 0, "flag_off", 2), weeks=40, use=R, flag=2, disclosed=1), np.nan),
    ],
    "weeks_a_flag_lasts": [
        (ended("kin"), 11), (ended("kin", 52), 52), (ended("kin", 80), 52),
        (life((7, 0, "flag_off", 2), weeks=52, use=R, flag=2), 7),
        (life((0, 0, "flag_off", 2), weeks=52, use=R, flag=2), 0), (life(weeks=52, use=R, flag=2), 52),
        (life((7, 0, "flag_off", 2), weeks=51, use=R, flag=2), np.nan), (life((9, 0, "died"), weeks=52, use=R, flag=2), 9),
    ],
    "flag_ended_by_expiry": [(ended("expiry"), 100), (ended("kin"), 0)],
    "flag_ended_by_kin": [
        (ended("kin"), 100), (ended("both"), 0), (ended("kin", 51), 100), (ended("kin", 52), 0),
        (life((51, 0, "flag_off", 2, {"cause": "kin"}), weeks=60, use=R, flag=2), 100),
        (life((52, 0, "flag_off", 2, {"cause": "kin"}), weeks=60, use=R, flag=2), 0),
    ],
    "flag_ended_by_professional": [(ended("professional"), 100), (ended("kin"), 0)],
    "flag_ended_by_both": [(ended("both"), 100), (ended("kin"), 0)],
    "flag_ended_by_review": [(ended("review"), 100), (ended("expiry"), 0)],
    "flag_weeks_spared_by_expiry": [(ended("expiry"), 41), (ended("kin"), 0)],
    "flag_weeks_spared_by_kin": [
        (ended("kin"), 41), (ended("both"), 0), (ended("kin", 51), 1), (ended("kin", 52), 0),
        (life((7, 0, "flag_off", 2, {"cause": "kin"}), weeks=52, use=R, flag=2), 45),
    ],
    "flag_weeks_spared_by_professional": [(ended("professional"), 41), (ended("kin"), 0)],
    "flag_weeks_spared_by_both": [(ended("both"), 41), (ended("kin"), 0)],
    "flag_weeks_spared_by_review": [(ended("review"), 41), (ended("expiry"), 0)],
    "arrests": [(ends(count_arrests=3), 3000), (ends(), 0)],
    "convictions": [(ends(count_convictions=3), 3000), (ends(), 0)],
    "convicted": [(ends(count_convictions=3), 1000), (ends(), 0)],
    "first_onset_use": [
        (life((2, 0, "onset", "use"), (5, 0, "onset", "offending"), use=0), 1000),
        (life((2, 0, "onset", "use"), (2, 0, "onset", "offending"), use=0), 500), (life(use=0), np.nan),
    ],
    "first_onset_offending": [
        (life((2, 0, "onset", "offending"), use=0), 1000),
        (life((2, 0, "onset", "use"), (5, 0, "onset", "offending"), use=0), 0),
    ],
    "first_onset_mental_health": [
        (life((2, 0, "onset", "mental_health"), use=0), 1000), (life((2, 0, "onset", "use"), use=0), 0),
    ],
    "another_onset": [(life((2, 0, "onset", "offending")), 1000), (life(), 0)],
    "ever_homeless": [(ends(weeks_homeless=1), 1000), (ends(), 0)],
    "life_years": [(ends(age=31.5), 1500), (ends(age=30.5), 500)],
    # Half of the way from 0.4 back to 0.8 is 0.6, passed in the state of week 12, 8 weeks after the flag.
    "weeks_to_half_comfort": [
        (comforts(0.4, 0.61), 8), (comforts(0.4, 0.5, 0.7), 12), (comforts(0.6, 0.4, 0.61), 12), (comforts(0.4), 52),
        (comforts(0.78), np.nan), (comforts(0.4, 0.5, more=[(20, 0, "died")]), 52), (comforts(0.4, 0.61, flag=9), np.nan),
        # A lower point a year later is no part of it; a state before the flag's own is not after it.
        (comforts(0.4, 0.7, 0.7, 0.7, 0.1), 8), (comforts(0.4, 0.61, flag=6), 6),
    ],
    "weeks_role_blocked_by_flag": [
        (blocked(flag=2), 1000), (blocked(record=1), 0), (blocked(flag=2, record=1), 0), (blocked((3, 0, "flag_on", 2)), 1000),
        (blocked((4, 0, "flag_on", 2), first=0, second=2), 2000),
    ],
    "weeks_role_blocked_by_record": [
        (blocked(record=1), 1000), (blocked(record=1, diagnosis=1), 0), (blocked((3, 0, "flag_on", 2), record=1), 0),
        (blocked((4, 0, "flag_on", 2), record=1, second=2), 1000), (blocked((0, 0, "record_off"), record=1, diagnosis=1), 0),
        # A record of week 3 counts from week 4.
        (blocked((3, 0, "record_on")), 0), (blocked((3, 0, "record_on"), first=0, second=1), 1000),
    ],
    "weeks_role_blocked_by_diagnosis": [
        (blocked(diagnosis=1), 1000), (blocked(flag=2), 0), (blocked((0, 0, "record_off"), record=1, diagnosis=1), 1000),
    ],
    "weeks_role_blocked_by_several": [
        (blocked(flag=2, record=1), 1000), (blocked((3, 0, "flag_on", 2), record=1), 1000), (blocked(flag=2), 0),
    ],
}  # fmt: skip

EACH = [pytest.param(name, at, id=f"{name}-{at}") for name, cases in CASES.items() for at in range(len(cases))]


def figure(outcome, part):
    """What is reported of everybody at risk."""
    at_risk = outcome.at_risk(part.start)
    return outcome.figure(outcome.values(part, at_risk), outcome.weights(part), at_risk)


def test_every_observable_is_counted_here():
    assert list(CASES) == list(OBSERVABLES)


@pytest.mark.parametrize(("name", "at"), EACH)
def test_an_observable_is_what_can_be_counted_on_paper(stretch, name, at):
    lived, expected = CASES[name][at]
    assert figure(OBSERVABLES[name], stretch(**lived)) == pytest.approx(expected, abs=1e-5, nan_ok=True)


@pytest.mark.parametrize("name", CASES)
def test_no_observable_stays_the_same_whatever_happens(name):
    told = {expected for _, expected in CASES[name] if expected == expected}
    assert len(told) > 1
