"""Effects for every 100 flags averted are ratios of totals, with a jackknife over worlds."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.flags import ratio_effect


def test_where_every_flag_averted_spares_the_same_the_ratio_is_that_and_luck_has_no_part_in_it():
    flags = np.array([10.0, 20.0, 30.0])
    effect = ratio_effect(-0.25 * flags, flags, np.array([]), np.array([]))
    assert (effect.value, effect.low_luck, effect.high_luck) == pytest.approx((-25, -25, -25))


def test_flags_added_count_as_flags_not_as_less_than_none():
    flags = np.array([-10.0, -20.0])
    assert ratio_effect(0.1 * np.abs(flags), flags, np.array([]), np.array([])).value == pytest.approx(10)


def test_worlds_with_more_flags_weigh_more():
    """A ratio of sums, not a mean of ratios: (1 + 0) / (1 + 99)."""
    assert ratio_effect(np.array([1.0, 0.0]), np.array([1.0, 99.0]), np.array([]), np.array([])).value == pytest.approx(
        1
    )
