"""The closed list of units, and how quantities are read from words ("7 years", "12 %", "0.2 % a year") and said in words.

A yearly chance is never turned into a weekly one in silence: where the unit given is not the unit meant, reading fails and
the message says what the quantity would be.

>>> read_quantity("12 %", "share")
0.12
>>> read_duration("2 years"), read_moment("year 2")
(104, 52)
>>> in_words(0.005, "share a year")
'0.5 % a year'
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from simulation.errors import Problem, QuantityError

WEEKS_IN_YEAR = 52


@dataclass(frozen=True)
class Unit:
    """One unit: its name, an example as it is written in a scenario, and what kind of quantity it measures.

    `kind` is "share" (may be written as per cent), "time" (in weeks) or "number"; `per` is "week", "year" or nothing.
    """

    name: str
    example: str
    kind: str = "number"
    per: str = ""


_DECLARED = (
    Unit("share", '0.6 or "60 %"', "share"),
    Unit("share a year", '"0.2 % a year"', "share", "year"),
    Unit("share a week", '"1 % a week"', "share", "week"),
    Unit("chance a week", '"1 % a week"', "share", "week"),
    Unit("a year", '"0.01 a year"', per="year"),
    Unit("a week", '"0.05 a week"', per="week"),
    Unit("weeks", '"26 weeks" or "2 years"', "time"),
    Unit("years", "30"),
    Unit("factor", "2"),
    Unit("log hazard", "0.5"),
    Unit("log odds", "0.5"),
    Unit("log", "0.5"),
    Unit("sd", "0.5"),
    Unit("sd of log", "0.5"),
    Unit("weight", "1"),
    Unit("quality", "0.3"),
    Unit("ties", "4"),
)

UNITS: dict[str, Unit] = {unit.name: unit for unit in _DECLARED}

_NUMBER = r"(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)"
_QUANTITY = re.compile(rf"\s*{_NUMBER}\s*(?P<unit>[^\d\s].*?)?\s*", re.ASCII | re.DOTALL)
_MOMENT = re.compile(r"\s*(?P<unit>week|year)\s+(?P<number>\d+)\s*", re.ASCII | re.IGNORECASE)
_TIMES = {"week": 1.0, "weeks": 1.0, "month": WEEKS_IN_YEAR / 12, "months": WEEKS_IN_YEAR / 12,
          "year": float(WEEKS_IN_YEAR), "years": float(WEEKS_IN_YEAR)}
_LONGEST_TEXT = 60


def shown(value: object, longest: int = 80) -> str:
    """`value` as it would be written in a scenario file, cut to `longest` characters."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    if isinstance(value, float):
        return f"{value:.10g}"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = "".join(sign if sign.isprintable() else " " for sign in text[: longest + 1])
    return text if len(text) <= longest else text[: longest - 4] + " ..."


def _unreadable(given: object, allowed: str, todo: str) -> QuantityError:
    return QuantityError(Problem("", shown(given), allowed, todo))


def _finite(given: object) -> float | None:
    """`given` as a float where it is a finite number, else nothing."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    try:
        value = float(given)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _split(given: str) -> tuple[float, str] | None:
    """Number and unit words of a quantity in words, or nothing where there is no finite number."""
    if len(given) > _LONGEST_TEXT or not (match := _QUANTITY.fullmatch(given)):
        return None
    number = float(match["number"])
    words = " ".join((match["unit"] or "").lower().split())
    return (number, words) if math.isfinite(number) else None


def read_quantity(given: object, unit: str, *, bare: bool = False) -> float:
    """Value of `given`, in `unit`.

    Parameters
    ----------
    given
        A number, or words such as "12 %", "0.2 % a year" or "26 weeks".
    unit
        A name from `UNITS`.
    bare
        True where a number without a unit is read as being in `unit`; else times and chances a week or a year must say
        their unit.

    Raises
    ------
    QuantityError
        If `given` is no finite quantity of this unit.
    """
    meant = UNITS[unit]
    allowed = f"{unit}: a finite number, such as {meant.example}"
    if not isinstance(given, str):
        value = _finite(given)
        if value is None:
            raise _unreadable(given, allowed, f"Write it as {meant.example}.")
        if not bare and (meant.kind == "time" or meant.per):
            raise _unreadable(given, allowed, f"Say the unit, in quotation marks: {meant.example}.")
        return value
    parts = _split(given)
    if parts is None:
        raise _unreadable(given, allowed, f"Write it as {meant.example}.")
    if meant.kind == "time":
        return _read_time(given, parts, allowed)
    return _read_rate(given, parts, meant, allowed)


def _read_time(given: str, parts: tuple[float, str], allowed: str) -> float:
    number, words = parts
    if words not in _TIMES:
        raise _unreadable(given, allowed, 'Use weeks, months or years: "26 weeks", "6 months", "2 years".')
    return number * _TIMES[words]


def _read_rate(given: str, parts: tuple[float, str], meant: Unit, allowed: str) -> float:
    number, words = parts
    if meant.kind == "number" and words in (meant.name, meant.name + "s"):
        return number
    percent = words.startswith(("%", "per cent", "percent"))
    rest = re.sub(r"^(%|per ?cent)\s*", "", words)
    per = re.sub(r"^(a|an|per|each|/)\s*", "", rest).rstrip("s") if rest else ""
    value = number / 100 if percent else number
    if percent and meant.kind != "share":
        raise _unreadable(given, allowed, f"A percentage is a share, and this is not one: write {meant.example}.")
    if per not in ("", "week", "year"):
        raise _unreadable(given, allowed, f"Write it as {meant.example}.")
    if per == meant.per and (per or percent):
        return value
    if meant.kind == "number" and not words and not meant.per:
        raise _unreadable(given, allowed, f"Write it without quotation marks: {number_in_words(number)}.")
    if not percent and not per:
        raise _unreadable(given, allowed, f"Write it as {meant.example}.")
    if not per:
        raise _unreadable(given, allowed, f"Say whether it is a week or a year: {meant.example}.")
    if not meant.per:
        raise _unreadable(given, allowed, f'This has no time in it: leave out "a {per}".')
    raise _unreadable(given, allowed, _other_rate(value, per, meant))


def _other_rate(value: float, per: str, meant: Unit) -> str:
    """What to do about a chance given over another time than the one meant."""
    if meant.kind != "share" or not 0 <= value < 1:
        return f"Give it a {meant.per}, not a {per}."
    power = 1 / WEEKS_IN_YEAR if meant.per == "week" else WEEKS_IN_YEAR
    same = -math.expm1(power * math.log1p(-value))
    return (f"Give it a {meant.per}, not a {per}: if each {per} had this chance, that would be "
            f'"{100 * same:.3g} % a {meant.per}".')


def read_duration(given: object) -> int:
    """Whole weeks, at least one, of a length of time such as "26 weeks", "6 months" or "2 years"."""
    example = 'a length of time of at least a week, such as "26 weeks" or "2 years"'
    if not isinstance(given, str):
        raise _unreadable(given, example, 'Say the unit, in quotation marks: "26 weeks".')
    parts = _split(given)
    weeks = math.nan if parts is None or parts[1] not in _TIMES else parts[0] * _TIMES[parts[1]]
    if not 0.5 <= weeks <= 100 * WEEKS_IN_YEAR:
        raise _unreadable(given, example + ", at most 100 years", 'Write it as "26 weeks", "6 months" or "2 years".')
    return max(1, round(weeks))


def read_moment(given: object) -> int:
    """Week (0 is the first) in which a moment such as "week 52" or "year 2" begins; year 1 begins in week 0."""
    example = 'the start of a week or year: "week 52", or "year 2" (the same; "year 1" is week 0)'
    match = _MOMENT.fullmatch(given) if isinstance(given, str) and len(given) <= _LONGEST_TEXT else None
    if match is None:
        raise _unreadable(given, example, 'Write it as "week 52" or "year 2".')
    number = int(match["number"])
    if match["unit"].lower() == "year" and number == 0:
        raise _unreadable(given, example, 'The first year is "year 1".')
    week = number if match["unit"].lower() == "week" else (number - 1) * WEEKS_IN_YEAR
    if week > 100 * WEEKS_IN_YEAR:
        raise _unreadable(given, example, "No world lasts longer than 100 years.")
    return week


def number_in_words(value: float) -> str:
    """`value` with thousands separators, at most six figures and no useless noughts."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.6g}"


def duration_in_words(weeks: float) -> str:
    """A length of time in whole years where it is, else in weeks."""
    if weeks == 0:
        return "0 weeks"
    if weeks % WEEKS_IN_YEAR == 0:
        years = round(weeks / WEEKS_IN_YEAR)
        return "1 year" if years == 1 else f"{years:,} years"
    return "1 week" if weeks == 1 else f"{number_in_words(weeks)} weeks"


def moment_in_words(week: int) -> str:
    """The start of a year where a week is one, else the week: "the start of year 2 (week 52)"."""
    if week % WEEKS_IN_YEAR == 0:
        return f"the start of year {week // WEEKS_IN_YEAR + 1} (week {week})"
    return f"week {week}"


def in_words(value: float, unit: str) -> str:
    """`value`, in `unit`, with its unit said; "none" where it is infinite."""
    if math.isinf(value):
        return "none"
    known = UNITS[unit]
    if known.kind == "time":
        return duration_in_words(value)
    number = f"{number_in_words(100 * value)} %" if known.kind == "share" else number_in_words(value)
    return f"{number} a {known.per}" if known.per else number
