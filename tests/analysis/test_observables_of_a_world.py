"""Observables of worlds that were lived: each has a value that can be, and they agree with what the model itself counts."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.catalogue import EVERY
from analysis.families import estranged_kin, kin_of
from analysis.measures_england import remission_without_treatment
from analysis.measures_lives import Lives
from analysis.measures_sustained import sustained_year_by_week, weeks_believed
from analysis.observables import OBSERVABLES
from analysis.observables_of_the_self import quality_of_life
from analysis.outcomes import OUTCOMES, has_problem
from analysis.stretch import Stretch, stretch_of_history
from analysis.trajectories import turns_table
from simulation import RecoveryModel, Scenario, simulate
from simulation.state import DOMAINS, RECOVERING

WEEKS, YEARS = 260, 5

MOST = {
    "people per 1,000": 1000, "weeks per person": WEEKS, "0-1": 1, "0-100": 100, "weeks per 1,000 people": 1000 * WEEKS,
    "weeks per decision": 26, "weeks per flag": 52, "attempts of at most 3": 3,
    "attempts of at most 5": 5, "per person": WEEKS, "ties per person": 17,
    "kin per person": 3, "years per 1,000 people": 1000 * (YEARS + 0.01), "per person-year": 5, "ratio": 30,
}  # fmt: skip
"""The most that an observable can be, by its unit; what is per 100 of something is at most 100."""


@pytest.fixture(scope="module")
def history():
    return simulate("baseline", people=800, years=YEARS, seed=2, panel=range(4, WEEKS, 4), threads=1)


@pytest.fixture(scope="module")
def part(history):
    return stretch_of_history(history)


def figure(name: str, part: Stretch) -> float:
    outcome = EVERY[name]
    at_risk = outcome.at_risk(part.start)
    return outcome.figure(outcome.values(part, at_risk), outcome.weights(part), at_risk)


@pytest.mark.parametrize("name", OBSERVABLES)
def test_an_observable_of_a_small_world_has_a_value_that_can_be(part, name):
    value, unit = figure(name, part), OBSERVABLES[name].unit
    low, high = (-1, 1) if unit == "-1 to 1" else (0, 100 if unit.startswith("per 100 ") else MOST.get(unit, 10_000))
    assert low <= value <= high
    if unit.startswith("attempts of"):
        assert value >= 1


def test_what_is_counted_from_events_is_what_the_model_counts(part):
    lives, end, start = part.lives, part.end, part.start
    for event, total in (("arrest", "count_arrests"), ("conviction", "count_convictions"), ("lapse", "count_lapses"),
                         ("relapse", "count_relapses"), ("flag_on", "count_flags"), ("offence", "count_offences")):  # fmt: skip
        np.testing.assert_array_equal(lives.count(event, 0, part.weeks), end[total] - start[total], err_msg=event)
        assert lives.count(event, 0, part.weeks).sum() > 0


def test_weeks_in_a_state_are_those_that_the_model_counts(part):
    lives = part.lives
    for table, total in ((lives.flagged, "weeks_flagged"), (lives.personal_recovery, "weeks_personal_recovery"),
                         (lives.homeless, "weeks_homeless"), (lives.custody, "weeks_custody")):  # fmt: skip
        counted = ((table[1:] == 1) & lives.lived).sum(axis=0)
        np.testing.assert_array_equal(counted, part.end[total] - part.start[total], err_msg=total)
        assert counted.sum() > 0


@pytest.mark.parametrize("cohort", ["leaving_prison", "entering_treatment", "england"])
def test_labels_and_time_in_recovery_rebuilt_from_events_are_those_of_the_snapshots(cohort):
    weeks = (0, 13, 60, 104)
    history = simulate(Scenario(name="a world", cohort=cohort, people=300, years=2), seed=3, panel=weeks, threads=1)
    lives = Lives(history, np.ones(300, dtype=bool))
    believed = {domain: weeks_believed(lives, domain) for domain in DOMAINS}
    sustained = sustained_year_by_week(lives)
    for week in weeks:
        state = history.snapshots[week]
        for domain in DOMAINS:
            recovering = state[domain] == RECOVERING
            np.testing.assert_array_equal(believed[domain][week][recovering], state[f"weeks_{domain}"][recovering])
        np.testing.assert_array_equal(lives.flagged[week], state["flag"] > 0)
        np.testing.assert_array_equal(lives.record[week], state["record"])
        np.testing.assert_array_equal(lives.diagnosis[week], state["diagnosis"])
        np.testing.assert_array_equal(lives.personal_recovery[week], state["personal_recovery"])
        still = Stretch(state, state, week, 1)
        alive = state["alive"] == 1
        year = has_problem(state) & OUTCOMES["sustained_year"].measure(still)
        np.testing.assert_array_equal(sustained[week][alive], year[alive])


def test_untreated_remission_is_counted_as_the_published_figure_is(history, part):
    counted = remission_without_treatment(Lives(history, np.ones(800, dtype=bool)))
    assert figure("remission_without_services", part) == pytest.approx(counted[0].value)


def next_of(events: list[tuple], place: int, kinds: set[str]) -> tuple | None:
    """The first later event of these kinds in the same life and domain, looked for one by one."""
    week, person, _, domain, _ = events[place]
    return next((one for one in events[place + 1 :] if one[1] == person and one[3] == domain and one[0] > week
                 and one[2] in kinds), None)  # fmt: skip


def test_what_follows_an_event_is_what_a_reader_of_its_life_would_find(history, part):
    table = history.events
    at_risk = has_problem(part.start)
    kinds = ["decided_gradually", "decided_suddenly", "lapse", "relapse", "resolved", "flag_on", "flag_off", "died"]
    table = table[table["event"].isin(kinds)].sort_values("week", kind="stable")
    events = list(zip(*(table[name].tolist() for name in ("week", "person", "event", "domain", "cause")), strict=True))
    died = {person: week for week, person, event, *_ in events if event == "died"}
    held, relapsed, lasted = [], [], []
    for place, (week, person, event, *_) in enumerate(events):
        if event.startswith("decided") and week + 27 <= WEEKS and at_risk[person]:
            found = next_of(events, place, {"lapse"})
            last = min(found[0] if found else 9999, died.get(person, 9999))
            held.append(min(26, max(0, last - week - 1)))
        if event == "lapse" and week + 14 <= WEEKS and at_risk[person]:
            found = next_of(events, place, {"relapse", "resolved"})
            relapsed.append(found is not None and found[2] == "relapse" and found[0] <= week + 13)
        if event == "flag_on" and week + 52 <= WEEKS:
            found = next_of(events, place, {"flag_off"})
            lasted.append(min(52, (found[0] if found else 9999) - week, died.get(person, 9999) - week))
    for person in np.flatnonzero((part.start["flag"] > 0) & (part.start["alive"] == 1)).tolist():
        off = [week for week, whose, event, *_ in events if whose == person and event == "flag_off"]
        lasted.append(min(52, *off[:1], died.get(person, 9999)))
    assert min(len(held), len(relapsed), len(lasted)) > 5
    assert figure("decision_to_lapse", part) == pytest.approx(np.mean(held))
    assert figure("lapse_to_relapse", part) == pytest.approx(100 * np.mean(relapsed))
    assert figure("weeks_a_flag_lasts", part) == pytest.approx(np.mean(lasted))


def test_turns_are_those_of_the_table_of_journeys(history, part):
    table = turns_table(Lives(history, np.ones(800, dtype=bool))).set_index("measure")["value"]
    assert figure("reversals", part) == pytest.approx(table["reversals"])
    assert figure("tortuosity", part) == pytest.approx(table["tortuosity"])
    assert figure("rose_the_hard_way", part) / 1000 == pytest.approx(table["the hard way, of those risen"])


def test_quality_of_life_is_that_of_the_weekly_table(history, part):
    own = (part.end["own_experience"] == 1) & (part.end["alive"] == 1)
    index = quality_of_life(part.end)[own].mean()
    assert index == pytest.approx(history.weekly["mean_quality_of_life"].iloc[-1])


def test_what_can_end_a_flag_and_which_role_comes_first_adds_up(part):
    ends = [name for name in OBSERVABLES if name.startswith("flag_ended_by_")]
    assert len(ends) == 5
    assert 0 < sum(figure(name, part) for name in ends) <= 100
    assert sum(figure(f"first_role_{role}", part) for role in ("family", "work", "giving", "community")) == pytest.approx(1000)
    assert sum(figure(f"first_onset_{domain}", part) for domain in DOMAINS) == pytest.approx(1000)


def test_weeks_that_a_flag_lasts_and_is_spared_by_each_end_or_a_death_make_up_a_year(part):
    spared = sum(figure(name, part) for name in OBSERVABLES if name.startswith("flag_weeks_spared_by_"))
    lasts = figure("weeks_a_flag_lasts", part)
    assert 0 < spared <= 52 - lasts + 1e-9
    assert spared == pytest.approx(52 - lasts, abs=1)  # few of those with a flag die within a year


def test_blocked_weeks_by_label_add_up_to_all_of_them(part):
    kinds = [figure(name, part) for name in OBSERVABLES if name.startswith("weeks_role_blocked_by_")]
    assert len(kinds) == 4
    assert sum(kinds) == pytest.approx(figure("weeks_role_blocked", part))
    assert sum(kind > 0 for kind in kinds) >= 2


def test_the_share_of_ties_in_neither_problem_lies_between_its_bounds(part):
    least, most = (figure(f"ties_in_no_problem_{word}", part) for word in ("least", "most"))
    assert least < most <= min(figure("ties_well_use", part), figure("ties_well_offending", part))
    assert least >= figure("ties_well_use", part) + figure("ties_well_offending", part) - 100 - 1e-9


def test_attempts_needed_hardly_depend_on_how_long_people_are_followed(history):
    """Two years and five of the same lives: an attempt under way at the end is no failure."""
    found = [figure("attempts_before_a_year", stretch_of_history(history, 0, weeks)) for weeks in (104, 156, 260)]
    assert max(found) - min(found) < 0.25
    assert min(found) > 1.5


def test_attempts_of_lives_followed_to_their_ends_are_plain_shares(part):
    """Without censoring the estimate of a first attempt is the share of those that led to a year."""
    outcome = EVERY["attempts_before_a_year"]
    values = outcome.values(part, outcome.at_risk(part.start))
    ended = values[values[:, 1] > 0]
    ended[ended[:, 4] == 0, 3:] = np.nan
    shares = [(order[:, 1] == 1).sum() / (order[:, 1] > 0).sum() for order in (ended[:, :3], ended[:, 3:])]
    plain = 1 + (1 - shares[0]) * (1 + (1 - shares[1]))
    assert outcome.figure(ended, np.ones(len(ended)), np.ones(len(ended), dtype=bool)) == pytest.approx(plain)


def test_kin_and_who_is_estranged_are_those_of_the_world():
    model = RecoveryModel("baseline", people=402, seed_number=1)
    for weeks in (0, 60):
        for _ in range(weeks):
            model.step()
        people, ties = model.world.people, model.world.ties
        np.testing.assert_array_equal(kin_of(people), ties.kin)
        living = np.append(people["alive"] == 1, False)[ties.kin]
        counted = (living & (ties.estranged == 1)).sum(axis=1)
        np.testing.assert_array_equal(estranged_kin(people), counted)
        assert counted.sum() > 10
    assert (people["alive"] == 0).any()


def test_kin_of_worlds_pooled_one_after_the_other_stay_in_their_own():
    people = simulate("baseline", people=50, years=0.1, seed=1, threads=1).start
    once, twice = kin_of(people), kin_of(np.concatenate([people, people]))
    np.testing.assert_array_equal(twice[:50], once)
    np.testing.assert_array_equal(twice[50:], np.where(once >= 0, once + 50, -1))
    assert (once < 0).any()
