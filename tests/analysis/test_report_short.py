"""Who loses, in the head of a report: luck is never told as harm under assumptions."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from analysis.report_short import is_worse, luck_leaves_harm, may_be_worse


def row(low_luck, high_luck, low, high):
    return SimpleNamespace(low_luck=low_luck, high_luck=high_luck, low=low, high=high)


@pytest.mark.parametrize(
    ("ends", "better", "worse", "may"),
    [
        ((-30, 10, -80, 10), "lower", False, False),  # the wide interval reaches past 0 only because luck does
        ((-30, 10, -80, 15), "lower", False, True),
        ((-30, -10, -80, 5), "lower", False, True),
        ((5, 10, -80, 15), "lower", True, False),
        ((-10, 30, -10, 80), "higher", False, False),
        ((10, 30, -5, 80), "higher", False, True),
        ((-30, -10, -40, -5), "higher", True, False),
        ((-30, 10, -80, 15), "neither", False, False),
    ],
)
def test_harm_is_told_apart_from_luck_and_from_assumptions(ends, better, worse, may):
    assert (is_worse(row(*ends), better), may_be_worse(row(*ends), better)) == (worse, may)


@pytest.mark.parametrize(
    ("ends", "better", "left_open"),
    [
        ((-30, 10, -80, 10), "lower", True),
        ((-30, 10, -80, 15), "lower", False),  # said already: the draws reach further
        ((-30, -10, -80, -10), "lower", False),
        ((5, 10, 5, 15), "lower", False),
        ((-10, 30, -10, 80), "higher", True),
        ((0, 0, 0, 0), "lower", False),
    ],
)
def test_what_luck_alone_leaves_open_is_said_apart(ends, better, left_open):
    assert luck_leaves_harm(row(*ends), better) is left_open
