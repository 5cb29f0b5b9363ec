"""The published figures: how many, how they weigh, and how a distance from them is reckoned."""

from __future__ import annotations

import math

import pytest

from analysis.targets import FURTHEST, _target, load_numbers, load_targets

NUMBERS = {(one.target, one.index): one for one in load_numbers()}


def test_there_are_32_numbers_and_7_that_tell_the_layers_apart():
    assert [sum(one.layer == layer for one in load_numbers()) for layer in (False, True)] == [32, 7]


def test_numbers_come_in_the_order_of_the_file_and_have_names_of_their_own():
    order = list(dict.fromkeys(one.target for one in load_numbers()))
    assert order == [target.id for target in load_targets()]
    assert len({one.label for one in load_numbers()}) == len({one.id for one in load_numbers()}) == 39


def test_what_is_recalled_or_borrowed_or_in_part_about_the_same_people_weighs_half():
    half = {target.id for target in load_targets() if target.weight == 0.5}
    assert half == {"S1", "C7", "WS2006", "C22", "M15", "C3"}
    assert {target.weight for target in load_targets()} == {0.5, 1.0}


def test_a_distance_is_in_sd_of_the_published_number():
    assert NUMBERS["S3", 0].distance(0.41) == pytest.approx(2.0)
    assert NUMBERS["M16", 0].distance(-0.50) == pytest.approx(-1.0)


def test_a_distance_on_the_log_scale_counts_doublings_alike():
    rate = NUMBERS["S23", 0]
    assert rate.is_log
    assert rate.distance(0.24) == pytest.approx(-rate.distance(0.06)) == pytest.approx(math.log(2) / 0.45)


def test_no_distance_is_further_than_the_furthest():
    assert NUMBERS["S23", 0].distance(0.0) == -FURTHEST
    assert NUMBERS["C22", 0].distance(-1.0) == -FURTHEST
    assert NUMBERS["C1", 0].distance(1e9) == FURTHEST


def test_what_was_not_measured_is_at_no_distance():
    assert math.isnan(NUMBERS["S1", 0].distance(math.nan))


@pytest.mark.parametrize("change", [{"value": []}, {"sd": [0.1]}, {"bins": ["one"]}, {"sd": [0.1, 0.0]}])
def test_a_damaged_target_is_told(change):
    row = {"id": "X", "cohort": "england", "measure": "", "bins": ["a", "b"], "value": [1, 2], "sd": [0.1, 0.1],
           "status": "verified"}  # fmt: skip
    assert _target(row).weight == 1.0
    with pytest.raises(ValueError, match="damaged"):
        _target({**row, **change})
