"""A quick fit finds what can be found, keeps what it has lived, and its files say what the defaults are."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from analysis import fit as fit_module
from analysis.fit import Fit, Search, Searched, fit_names, load_fit
from analysis.targets import load_numbers
from analysis.trial import YEARS
from simulation.errors import EvidenceError
from simulation.mechanisms import LAYERS
from simulation.parameters import PARAMETERS

ALL = tuple(YEARS)
SEARCHED = (
    Searched("hope_gain", 0.5, 2.5, ALL), Searched("detection", 0.01, 0.09, ALL), Searched("w_capital", 0.0, 1.6, ALL),
)  # fmt: skip
BEST = {"hope_gain": 1.2, "detection": 0.05, "w_capital": 1.1}


@pytest.fixture
def lived(monkeypatch):
    """Trials whose distances are linear in the places, 0 at `BEST`: each as far off as a random direction says."""
    directions = np.random.default_rng(5).normal(size=(len(load_numbers()), len(SEARCHED))) * 12
    attempts = np.array([1] * 21 + [2] * 29)
    best = np.array([one.place(BEST[one.name]) for one in SEARCHED])
    trials = []

    def live(values, seed, *, people, layer, cohorts, bell):
        trials.append((dict(values), seed, layer, tuple(cohorts)))
        places = np.array([one.place(values[one.name]) for one in SEARCHED])
        return SimpleNamespace(distances=lambda: directions @ (places - best), cohorts=tuple(cohorts), attempts=attempts)

    monkeypatch.setattr(fit_module, "live_trial", live)
    return trials


def a_search(keep=None, **changes):
    """A search from the defaults over three parameters."""
    fit = Fit("a fit", "a test", "labels", SEARCHED, {})
    return Search(fit, (1, 2), keep=keep, workers=1, tell=lambda text: None, **changes)


def test_a_search_finds_the_point_at_which_a_linear_model_meets_every_figure(lived):
    """The price of moving from the start is small against so many numbers."""
    search = a_search()
    values = search.values(search.run(12))
    for name, best in BEST.items():
        assert values[name] == pytest.approx(best, rel=0.02), name


def test_slopes_are_measured_on_the_first_seed_and_only_where_a_parameter_can_move_a_figure(lived):
    """One step in each parameter, for its own cohorts alone."""
    search = a_search()
    search.fit = Fit("a fit", "a test", "labels", (SEARCHED[0], Searched("detection", 0.01, 0.09, ("england",)), SEARCHED[2]), {})
    search.run(1)
    alone = [task for task in lived if task[3] == ("england",)]
    assert alone
    assert {seed for _, seed, _, _ in alone} == {1}


def test_an_interrupted_search_goes_on_where_it_stood(lived, tmp_path):
    """What has been lived is kept, and not lived again."""
    keep = tmp_path / "trials.json"
    one = a_search(keep).run(4)
    count = len(lived)
    again = a_search(keep).run(4)
    assert len(lived) == count
    assert np.array_equal(one, again)
    assert len(json.loads(keep.read_text())) == count


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
    fit = Fit("mine", "a test", "null", searched, {"frailty_sd": 0.25}, made, {"frailty_sd": 0.1})
    (tmp_path / "mine.toml").write_text(fit.text())
    monkeypatch.setattr(fit_module, "FITS", tmp_path)
    assert load_fit("mine") == fit


def test_a_damaged_file_of_what_was_kept_is_lived_anew(lived, tmp_path):
    """And said so."""
    keep = tmp_path / "trials.json"
    keep.write_text('{"half')
    said = []
    search = Search(Fit("a fit", "a test", "labels", SEARCHED, {}), (1, 2), keep=keep, workers=1, tell=said.append)
    search.run(1)
    assert any("cannot be read" in line for line in said)
    assert json.loads(keep.read_text())


def test_a_search_begins_at_the_start_that_its_fit_names_not_at_what_it_found(lived):
    """So that the same search can be repeated."""
    fit = Fit("a fit", "a test", "labels", SEARCHED, {"hope_gain": 2.4}, {}, {"hope_gain": 0.7})
    Search(fit, (1,), workers=1, tell=lambda text: None).run(1)
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


def test_the_defaults_are_the_values_of_the_first_fit():
    """The parameter table is the one home of the numbers; the file of the fit only says how they were found."""
    for name, value in load_fit("change-in-the-person").values.items():
        assert PARAMETERS[name].default == value, name


def test_the_two_fits_tell_risk_that_falls_because_people_differ_from_risk_that_falls_because_they_change():
    """One has the larger frailty, the other the larger consolidation."""
    change, differences = (load_fit(name).values for name in ("change-in-the-person", "differences-between-people"))
    assert differences["frailty_sd"] > 2 * change["frailty_sd"]
    assert differences["consolidation"] < change["consolidation"]
