"""A quick fit finds what can be found, keeps what it has lived, and its files say what the defaults are."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from analysis import fit as fit_module
from analysis import trial_jobs
from analysis.fit import Fit, Search, Searched, fit_names, load_fit
from analysis.pools import open_pool
from analysis.store import RunStore
from analysis.targets import FURTHEST, load_numbers
from analysis.trial import YEARS, Trial
from simulation.errors import EvidenceError, WorldError
from simulation.mechanisms import LAYERS
from simulation.parameters import PARAMETERS, free_parameters

ALL = tuple(YEARS)
SEARCHED = (
    Searched("hope_gain", 0.5, 2.5, ALL), Searched("detection", 0.01, 0.09, ALL), Searched("w_capital", 0.0, 1.6, ALL),
)  # fmt: skip
BEST = {"hope_gain": 1.2, "detection": 0.05, "w_capital": 1.1}


@pytest.fixture
def lived(monkeypatch):
    """Trials whose distances are linear in the places, 0 at `BEST`: each as far off as a random direction says.

    What a trial lives is what its record holds: its distances, which a made-up trial gives back when it is read.
    """
    directions = np.random.default_rng(5).normal(size=(len(load_numbers()), len(SEARCHED))) * 12
    best = np.array([one.place(BEST[one.name]) for one in SEARCHED])
    trials = []

    def live(values, seed, *, people, layer, cohorts, check):
        trials.append((dict(values), seed, layer, tuple(cohorts)))
        check()
        places = np.array([one.place(values[one.name]) for one in SEARCHED])
        record = {"distances": (directions @ (places - best)).tolist()}
        return SimpleNamespace(record=lambda: record)

    def read(asked, record):
        attempts = np.array([1] * 21 + [2] * 29)
        return SimpleNamespace(distances=lambda: np.array(record["distances"]), cohorts=asked.cohorts, attempts=attempts)

    monkeypatch.setattr(trial_jobs, "live_trial", live)
    monkeypatch.setattr(Trial, "of_record", read)
    return trials


@pytest.fixture
def a_search(tmp_path):
    """A search from the defaults over three parameters, in a store that all searches of the test share."""
    pools = []

    def search(fit=None, seeds=(1, 2), **changes):
        pools.append(open_pool(1))
        changes = {"tell": lambda text: None, **changes}
        fit = fit or Fit("a fit", "a test", "labels", SEARCHED, {})
        return Search(fit, seeds, RunStore(tmp_path / "store"), pools[-1], **changes)

    yield search
    for pool in pools:
        pool.close()


def test_a_search_finds_the_point_at_which_a_linear_model_meets_every_figure(lived, a_search):
    """The price of moving from the start is small against so many numbers."""
    search = a_search()
    values = search.values(search.run(12))
    for name, best in BEST.items():
        assert values[name] == pytest.approx(best, rel=0.02), name


def test_slopes_are_measured_on_the_first_seed_and_only_where_a_parameter_can_move_a_figure(lived, a_search):
    """One step in each parameter, for its own cohorts alone."""
    searched = (SEARCHED[0], Searched("detection", 0.01, 0.09, ("england",)), SEARCHED[2])
    a_search(Fit("a fit", "a test", "labels", searched, {})).run(1)
    alone = [task for task in lived if task[3] == ("england",)]
    assert alone
    assert {seed for _, seed, _, _ in alone} == {1}


def test_a_search_asked_again_lives_nothing_and_finds_the_same(lived, a_search):
    """Everything that it needs is in the store; it says the same of itself, too."""
    said = []
    first = a_search(tell=said.append)
    one = first.run(4)
    count = len(lived)
    again = a_search()
    assert np.array_equal(one, again.run(4))
    assert len(lived) == count == len(first.asked) == len(again.asked)
    assert any("trials lived" in line for line in said)


def test_an_interrupted_search_goes_on_where_it_stood(lived, a_search):
    """What has been lived by then is in the store, and not lived again."""
    whole = a_search().run(2)
    count = len(lived)
    other = Fit("another", "a test", "null", SEARCHED, {})
    stops = a_search(other, tell=interrupts_at("within two sd", 2))
    with pytest.raises(KeyboardInterrupt):
        stops.run(2)
    before = len(lived) - count
    assert 0 < before < count
    assert np.array_equal(a_search(other).run(2), whole)
    assert len(lived) == 2 * count


def interrupts_at(words, times):
    """A listener that interrupts when it has been told so for so many times."""
    heard = []

    def tell(text):
        heard.append(words in text)
        if sum(heard) == times:
            raise KeyboardInterrupt

    return tell


def test_another_value_of_a_published_figure_needs_no_new_trial(a_search, monkeypatch):
    """What was counted is kept, not how far it was off."""
    fit = Fit("a fit", "a test", "labels", (Searched("symptoms_on", 0.002, 0.015, ("first_episode",)),), {})
    monkeypatch.setattr(fit_module, "YEARS", {"first_episode": 8.0})
    search = a_search(fit, (1,), people=20)
    before = search._distances([(np.array([0.5]), ("first_episode",))], (1,))[0]
    further = tuple(replace(one, value=one.value + 0.01) for one in load_numbers())
    monkeypatch.setattr("analysis.trial.load_numbers", lambda: further)
    monkeypatch.setattr(trial_jobs, "live_trial", None)
    after = a_search(fit, (1,), people=20)._distances([(np.array([0.5]), ("first_episode",))], (1,))[0]
    known = np.flatnonzero(np.abs(before) < FURTHEST)
    assert len(known) > 5
    assert (before != after)[known].all()


def test_without_a_trial_a_search_cannot_go_on_and_names_it(a_search, monkeypatch):
    """It says which trial failed, with what, and where its record is."""

    def live(values, seed, **more):
        raise ValueError("no such luck")

    monkeypatch.setattr(trial_jobs, "live_trial", live)
    search = a_search()
    with pytest.raises(WorldError, match=r"trial, labels layer, seed \d failed: no such luck") as caught:
        search.run(1)
    (failed, *_) = search.store.rows()
    assert failed.kind == "failed"
    assert "recovery runs show" in str(caught.value)


@pytest.mark.parametrize("one", SEARCHED)
def test_places_lead_to_values_and_back(one):
    """Linear or on a log scale, from end to end."""
    for place in (0.0, 0.3, 1.0):
        assert one.place(one.value(place)) == pytest.approx(place, abs=1e-12)
    assert (one.value(0.0), one.value(1.0)) == pytest.approx((one.low, one.high))


def test_a_range_of_many_times_is_searched_on_a_log_scale():
    """Its middle is the geometric mean."""
    assert Searched("x", 0.01, 0.09, ALL).value(0.5) == pytest.approx(math.sqrt(0.01 * 0.09))
    assert Searched("x", 0.0, 1.0, ALL).value(0.5) == 0.5


def test_a_fit_written_as_text_is_read_back_the_same(monkeypatch, tmp_path):
    """Also its own ranges and how it was made."""
    searched = (Searched("frailty_sd", 0.0, 0.5, ("england",)),)
    made = {"seeds": [1, 2], "people": {"england": 30}}
    fit = Fit("mine", "a test", "null", searched, {"frailty_sd": 0.25}, made, {"frailty_sd": 0.1}, {"consolidation": 0.2})
    (tmp_path / "mine.toml").write_text(fit.text())
    monkeypatch.setattr(fit_module, "FITS", tmp_path)
    assert load_fit("mine") == fit


def test_a_search_begins_at_the_start_that_its_fit_names_not_at_what_it_found(lived, a_search):
    """So that the same search can be repeated."""
    fit = Fit("a fit", "a test", "labels", SEARCHED, {"hope_gain": 2.4}, {}, {"hope_gain": 0.7})
    a_search(fit, (1,)).run(1)
    assert lived[0][0]["hope_gain"] == pytest.approx(0.7)


def test_a_fit_that_there_is_not_is_the_users_mistake():
    """With the names that there are."""
    with pytest.raises(EvidenceError, match="change-in-the-person"):
        load_fit("unknown")


@pytest.mark.parametrize("name", fit_names())
def test_every_fit_stands_within_the_ranges_it_searched_and_says_how_it_was_made(name):
    """Every parameter searched has its value, inside its plausible range too."""
    fit = load_fit(name)
    assert fit.layer in LAYERS
    assert {one.name for one in fit.searched} == set(fit.values)
    for one in fit.searched:
        parameter = PARAMETERS[one.name]
        assert parameter.low <= one.low < one.high <= parameter.high
        assert one.low * (1 - 1e-3) <= fit.values[one.name] <= one.high * (1 + 1e-3)
        assert set(one.cohorts) <= set(YEARS)
    assert not set(fit.made["seeds"]) & set(fit.made["held_out"])


@pytest.mark.parametrize("name", fit_names())
def test_a_fit_says_where_every_free_parameter_stands_so_that_it_does_not_move_with_the_defaults(name):
    """What was not searched is held in the file, not read off the table."""
    fit = load_fit(name)
    assert not set(fit.held) & set(fit.values)
    assert set(fit.point) == {one.name for one in free_parameters()}


def test_the_two_fits_tell_risk_that_falls_because_people_differ_from_risk_that_falls_because_they_change():
    """One has the larger frailty, the other the larger consolidation."""
    change, differences = (load_fit(name).values for name in ("change-in-the-person", "differences-between-people"))
    assert differences["frailty_sd"] > 2 * change["frailty_sd"]
    assert differences["consolidation"] < change["consolidation"]
