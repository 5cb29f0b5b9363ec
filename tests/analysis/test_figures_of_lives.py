"""Strips of single lives and people on their network: what is drawn is what the world holds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.figure import Figure

from analysis.figures_lives import CUSTODY, DEAD, draw_strips, lives_of, strip_of
from analysis.figures_network import draw_network, network_at
from analysis.measures_lives import Lives
from simulation import RecoveryModel, simulate
from simulation.errors import ComparisonError
from simulation.state import ACTIVE, LAPSED, NONE, RECOVERING


def axis():
    return Figure(figsize=(8, 4)).subplots()


def test_a_strip_shows_the_worst_of_all_domains_custody_before_it_and_death_before_all(hand_made):
    events = [(1, 0, "lapse", "use"), (2, 0, "relapse", "use"), (3, 0, "custody_start"), (5, 0, "custody_end"), (6, 0, "died")]
    lives = Lives(hand_made(2, 8, events, use=[RECOVERING, NONE], offending=[RECOVERING, RECOVERING]))
    assert strip_of(lives, 0).tolist() == [RECOVERING, LAPSED, ACTIVE, CUSTODY, CUSTODY, ACTIVE, DEAD, DEAD]
    assert strip_of(lives, 0, "offending")[:3].tolist() == [RECOVERING] * 3
    assert strip_of(lives, 1, "use").tolist() == [NONE] * 8


def test_strips_stand_one_below_the_other_with_their_world_named(hand_made):
    both = [Lives(hand_made(2, 10, events, use=RECOVERING)) for events in ([], [(4, 1, "flag_on", 2), (6, 1, "lapse", "use")])]
    drawn = axis()
    draw_strips(drawn, both, ("one", "two"), [0, 1])
    names = [label.get_text() for label in drawn.get_yticklabels()]
    assert names == ["person 0, one", "person 0, two", "person 1, one", "person 1, two"]
    told = {text.get_text() for text in drawn.get_legend().get_texts()}
    assert {"in recovery", "in a lapse or crisis", "flagged"} <= told
    assert drawn.get_xlabel() == "weeks"


@pytest.mark.parametrize("people", [[], [7]])
def test_nobody_and_somebody_who_is_not_there_are_told(hand_made, people):
    with pytest.raises(ComparisonError, match="permanent ids of people"):
        draw_strips(axis(), [Lives(hand_made(2, 5, []))], ("one",), people)


def test_lives_from_the_store_are_drawn_as_those_just_lived(tmp_path):
    from analysis.recall import recall
    from analysis.store import RunStore
    from simulation import Scenario

    plan, store = Scenario.load("a-year-in").with_settings(people=60, years=1.0), RunStore(tmp_path / "store")
    ours, theirs = (lives_of(recall(plan, 1, store)) for _ in range(2))
    for place in range(0, 60, 7):
        np.testing.assert_array_equal(strip_of(ours, place), strip_of(theirs, place))


@pytest.fixture(scope="module")
def network():
    return network_at("the-visit", 6, seed=1, people=300, most=80)


def test_a_network_is_that_of_the_world_at_that_moment(network):
    model = RecoveryModel("the-visit", people=300, seed_number=1)
    for _ in range(6):
        model.step()
    assert len(network.nodes) <= 80
    assert network.nodes["centre"].any()
    for row in network.nodes.itertuples():
        assert (row.label == "flag") == (model.person(row.person).flag > 0)
    for row in network.edges.head(60).itertuples():
        tied = model.person(row.one).kin if row.kind == "kin" else model.person(row.one).ties
        back = model.person(row.other).kin if row.kind == "kin" else model.person(row.other).ties
        assert row.other in tied or row.one in back
    drawn = axis()
    draw_network(drawn, network)
    assert "people with a flag" in network.how
    assert len(drawn.collections) == len(network.nodes)


@pytest.mark.parametrize("wrong", [{"week": -1}, {"week": 9_999}, {"centres": [300]}, {"centres": []}, {"most": 0}])
def test_a_moment_or_a_person_that_is_not_there_is_told(wrong):
    with pytest.raises(ComparisonError):
        network_at("the-visit", **{"week": 5, "people": 300, **wrong})


def test_a_life_is_drawn_into_a_folder_with_all_that_is_told_of_it(tmp_path, monkeypatch):
    from analysis.cli import run_command

    monkeypatch.chdir(tmp_path)
    asked = "life the-visit independent-advocates --people 80 --years 1 --store none --out life".split()
    assert run_command(asked) == 0
    assert {path.name for path in (tmp_path / "life").iterdir()} == {"life.png", "life.json"}
    told = json.loads((tmp_path / "life" / "life.json").read_text())
    assert len(told["life"]["worlds"]) == 2
    assert run_command([*asked[:4], "100", *asked[5:]]) == 2  # other results lie there


def test_everybody_of_a_world_has_a_strip():
    history = simulate("a-year-in", people=50, years=0.5, seed=1, threads=1)
    lives = lives_of(history)
    assert lives.people == 50
