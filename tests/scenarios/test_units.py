"""Quantities are read in their unit, and never turned into another in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.errors import QuantityError
from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.units import UNITS, in_words, moment_in_words, read_duration, read_moment, read_quantity, shown


@pytest.mark.parametrize(
    ("given", "unit", "value"),
    [
        ("60 %", "share", 0.6), ("60%", "share", 0.6), ("60 per cent", "share", 0.6), (0.6, "share", 0.6), (1, "share", 1.0),
        ("0.2 % a year", "share a year", 0.002), ("0.2 % per year", "share a year", 0.002),
        ("0.002 a year", "share a year", 0.002), ("0.2 %/year", "share a year", 0.002),
        ("1 % a week", "chance a week", 0.01), ("26 weeks", "weeks", 26.0), ("2 years", "weeks", 104.0),
        ("1 year", "weeks", 52.0),
        ("6 months", "weeks", 26.0), (-0.5, "quality", -0.5), ("0.05 a week", "a week", 0.05), ("0.5 sd", "sd", 0.5),
    ],
)  # fmt: skip
def test_a_quantity_is_read_in_its_unit(given, unit, value):
    assert read_quantity(given, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "unit"),
    [
        ("60", "share"), ("60 % a year", "share"), ("0.2 %", "share a year"), ("0.2 % a week", "share a year"),
        (0.002, "share a year"), (26, "weeks"), ("26", "weeks"), ("26 fortnights", "weeks"), ("50 %", "factor"),
        ("2", "factor"), ("", "share"), ("% 60", "share"), ("1e999 %", "share"), ("nan %", "share"),
        (float("nan"), "share"), (float("inf"), "factor"),
        (True, "share"), (None, "share"), ([0.5], "share"), (10**400, "factor"), ("1" * 500, "share"),
        ("0.05 a year", "a week"),
        ("1,000 weeks", "weeks"),
    ],
)  # fmt: skip
def test_what_is_no_quantity_of_a_unit_is_refused(given, unit):
    with pytest.raises(QuantityError) as caught:
        read_quantity(given, unit)
    (problem,) = caught.value.problems
    assert problem.allowed
    assert problem.todo


def test_a_chance_over_another_time_is_answered_with_what_it_would_be():
    # 1 - (1 - 0.01)^52 = 0.4070
    with pytest.raises(QuantityError, match=r'"40.7 % a year"'):
        read_quantity("1 % a week", "share a year")
    # 1 - (1 - 0.5)^(1/52) = 0.01324
    with pytest.raises(QuantityError, match=r'"1.32 % a week"'):
        read_quantity("50 % a year", "chance a week")


def test_a_plain_number_is_read_in_the_unit_of_an_assumption():
    assert read_quantity(0.005, "share a year", bare=True) == 0.005
    assert read_quantity(26, "weeks", bare=True) == 26.0


def test_a_year_begins_52_weeks_after_the_one_before():
    assert [read_moment(each) for each in ("week 0", "year 1", "week 52", "year 2", "Year 3")] == [0, 0, 52, 52, 104]
    assert moment_in_words(52) == "the start of year 2 (week 52)"
    assert moment_in_words(5) == "week 5"


@pytest.mark.parametrize("given", ["year 0", "week -1", "year 1.5", "2 years", "52", 52, "", "week", "year 1000000", None])
def test_what_is_no_moment_is_refused(given):
    with pytest.raises(QuantityError):
        read_moment(given)


@pytest.mark.parametrize("given", ["0 weeks", "-1 weeks", "101 years", "year 2", 26, "26", "", None, "1e9 years"])
def test_what_is_no_length_of_time_is_refused(given):
    with pytest.raises(QuantityError):
        read_duration(given)


def test_every_unit_of_a_lever_or_parameter_is_in_the_list_and_none_is_idle():
    assert {lever.unit for lever in LEVERS.values()} | {parameter.unit for parameter in PARAMETERS.values()} == set(UNITS)


@given(st.floats(-1e6, 1e6), st.sampled_from(list(UNITS)))
def test_a_quantity_said_in_words_is_read_back(value, unit):
    said = in_words(value, unit)
    known = UNITS[unit]
    if known.kind == "number" and not known.per:
        assert float(said.replace(",", "")) == pytest.approx(value, rel=1e-5, abs=1e-9)
    else:
        assert read_quantity(said.replace(",", ""), unit) == pytest.approx(value, rel=1e-5, abs=1e-9)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.lists(st.integers(), max_size=50)))
def test_anything_given_can_be_shown_on_one_short_line(given):
    assert len(shown(given)) <= 80
    assert "\n" not in shown(given)


@given(st.text(max_size=80), st.sampled_from(list(UNITS)))
def test_any_words_are_read_or_refused(text, unit):
    for reader in (lambda given: read_quantity(given, unit), read_duration, read_moment):
        try:
            reader(text)
        except QuantityError:
            continue
