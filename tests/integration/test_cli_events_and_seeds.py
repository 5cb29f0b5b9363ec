"""The list of events that an experiment may begin by, and seeds that are none, told by the option that gave them."""

from __future__ import annotations

import json

import pytest

from analysis.cli import console
from simulation.diary import EVENTS
from simulation.errors import UserError
from simulation.scenario import Scenario


def test_every_event_is_listed_with_its_domains_and_can_begin_an_experiment_if_it_says_so(recovery):
    rows = json.loads(recovery("list", "events", "--json").out)
    assert [row["name"] for row in rows] == ["decided", *EVENTS]
    for row in rows:
        if row["experiments"] == "begins none":
            assert row["name"] == "died"
            continue
        domain = f'\ndomain = "{row["domains"].split(", ")[0]}"' if row["domains"] else ""
        Scenario.from_text(f'[[experiment]]\nmove = "new"\nwhen = "{row["name"]}"{domain}')


@pytest.mark.parametrize("text", ["5-1", "x", "0-20000"])
def test_seeds_that_are_none_are_told_by_the_option_that_gave_them(text):
    for option in ("--seeds", "--held-out"):
        with pytest.raises(UserError) as caught:
            console.read_seeds(text, option)
        (problem,) = caught.value.problems
        assert problem.where == option
        assert problem.todo.startswith(option)


def test_calibrate_says_which_of_its_seeds_are_none(recovery):
    said = recovery("evidence", "calibrate", "change-in-the-person", "--held-out", "5-1")
    assert said.code == 2
    assert "--held-out" in said.err
    assert "--seeds" not in said.err
