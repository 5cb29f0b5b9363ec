"""Twenty years of `england`: no state runs away to all or none, and the figures are ones that a reader can judge."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import simulate

LIVING_STATES = (
    "use_active", "use_recovering", "offending_active", "offending_recovering", "mental_health_active",
    "mental_health_recovering", "symptoms", "in_custody", "homeless", "in_service", "flagged", "with_record", "with_diagnosis",
    "family", "work", "giving", "community", "use_lapsed", "mental_health_lapsed",
)  # fmt: skip
YEARS = (1, 5, 10, 15, 20)
MINDS = ("identity", "coherence", "hope", "self_stigma", "anticipated_stigma", "distress", "social_capital", "regard")


@pytest.fixture(scope="module")
def twenty():
    """Two thousand people over twenty years."""
    return simulate("baseline", people=2000, years=20, seed=1)


def share(history, name: str, year: int) -> float:
    """Mean share of the living in a state over one year, from 1."""
    weeks = history.weekly.iloc[52 * (year - 1) : 52 * year]
    return float(weeks[name].sum() / weeks["alive"].sum())


def test_no_state_runs_away_to_all_or_none(twenty, record_property):
    """In every fifth year somebody lives in it, not nearly everybody does, and its share stays of one order."""
    away = []
    for name in LIVING_STATES:
        shares = [share(twenty, name, year) for year in YEARS]
        record_property("figure", f"{name}, % in years 1, 5, 10, 15, 20: {', '.join(f'{100 * s:.2f}' for s in shares)}")
        if not (min(shares) > 0.0 and max(shares) < 0.95 and max(shares) < 4.0 * min(shares) + 0.01):
            away.append((name, shares))
    assert away == []


def test_minds_stay_in_the_middle_of_their_ranges(twenty, record_property):
    """Means of people with own experience drift by less than a quarter of the range in twenty years."""
    away = []
    for name in MINDS:
        means = [float(twenty.weekly[f"mean_{name}"].iloc[52 * year - 52 : 52 * year].mean()) for year in YEARS]
        record_property("figure", f"mean {name} in years 1, 5, 10, 15, 20: {', '.join(f'{mean:.3f}' for mean in means)}")
        if not (min(means) > 0.01 and max(means) < 0.95 and max(means) - min(means) < 0.25):
            away.append((name, means))
    assert away == []


def test_minds_do_not_gather_at_the_ends(twenty, record_property):
    """Twenty years on, people with own experience still differ, and few stand at an end of a range."""
    own = twenty.end[(twenty.end["alive"] > 0) & (twenty.end["own_experience"] > 0)]
    for name, most in (("identity", 0.05), ("hope", 0.05), ("self_stigma", 0.05), ("social_capital", 0.25)):
        spread = np.quantile(own[name], 0.9) - np.quantile(own[name], 0.1)
        at_an_end = np.mean((own[name] < 0.01) | (own[name] > 0.99))
        record_property("figure", f"{name} after 20 years: middle 80 % span {spread:.2f}, {100 * at_an_end:.1f} % at an end")
        assert spread > 0.1, name
        assert at_an_end < most, name


def test_networks_keep_their_size(twenty, record_property):
    """Ties of people without a problem stay near published sizes, kin included; those of people with one are fewer."""
    weekly = twenty.weekly
    others = weekly["others_ties"] / (weekly["alive"] - weekly["own_alive"])
    own = weekly["own_ties"] / weekly["own_alive"]
    years = [0, 259, 519, 779, 1039]
    for name, ties in (("without", others), ("with", own)):
        told = ", ".join(f"{ties.iloc[week]:.2f}" for week in years)
        record_property("figure", f"mean ties, kin included, of people {name} own experience, in years 1, 5, 10, 15, 20: {told}")
    assert others.between(4.0, 10.0).all()
    assert own.between(3.0, 10.0).all()
    assert (own.iloc[520:] < others.iloc[520:]).all()


def test_people_die_at_rates_of_their_age(twenty, record_property):
    """Deaths per 1,000 a year: between those of a young and of an old country, rising as nobody is born."""
    weekly = twenty.weekly
    rates = [
        1000.0 * 52.0 * weekly["died_events"].iloc[w : w + 260].sum() / weekly["alive"].iloc[w : w + 260].sum()
        for w in range(0, 1040, 260)
    ]
    record_property("figure", f"deaths per 1,000 a year, by five years: {', '.join(f'{rate:.1f}' for rate in rates)}")
    assert 3.0 < rates[0] < 12.0
    assert rates[-1] > rates[0]
    assert rates[-1] < 40.0


def test_people_lapse_relapse_and_recover_all_the_way_through(twenty, record_property):
    """No kind of event that things as they are can bring dies out."""
    for name in ("lapse", "relapse", "resolved", "decided_gradually", "decided_suddenly", "onset", "offence", "arrest",
                 "conviction", "homeless_start", "homeless_end", "service_start", "flag_on", "flag_off", "moved",
                 "kin_estranged", "kin_reconciled", "symptoms_on", "symptoms_off", "personal_recovery_on"):  # fmt: skip
        events = twenty.weekly[f"{name}_events"]
        first, last = int(events.iloc[:260].sum()), int(events.iloc[-260:].sum())
        record_property("figure", f"{name} in the first and in the last five years: {first}, {last}")
        assert first > 0, name
        assert last > 0, name
