"""Published figures that the model was not fitted to: what each says, how sure its study was, and what is measured for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.published_measures import CORRELATION, MEAN, MEETS, OUTCOME, Measure
from analysis.targets import FURTHEST, Number, load_numbers, load_targets
from simulation.units import duration_in_words, number_in_words

SHIPPED = Path(__file__).parent / "evidence"
TARGETS = "targets"
"""The name under which the figures that the model is fitted to are asked for."""

CHECKED = ("verified", "verified-2nd", "recalled", "derived", "borrowed")
"""How far a figure may have been checked."""

_SHARES = ("S1.", "S3.", "S13.", "C1.", "C2.1", "C2.2", "C2.3", "C3.", "M3.", "M5.", "M20.", "WS2006.1")
_CORRELATIONS = ("M14.", "M15.", "M16.", "X12.")
_ANYTHING = ("C19.",)


@dataclass(frozen=True)
class Published:
    """One published figure.

    Attributes
    ----------
    id, source, checked, note
        Its name, where it was published, how far that was checked (one of `CHECKED`, or ""), and what else there is to say.
    measured
        What is measured for it: a `Measure`, or a number of a target, which is measured as its target has it.
    value, sd, is_log
        What was published, in the unit of what is measured, and the study's own error: a standard deviation on the same scale, or
        that of the logarithm where `is_log`.
    warnings
        What is allowed but probably not meant, in sentences.
    """

    id: str
    source: str
    measured: Measure | Number
    value: float
    sd: float
    is_log: bool = False
    checked: str = ""
    note: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def cohort(self) -> str:
        """The cohort, or the scenario file, that it is measured in."""
        return self.measured.cohort

    @property
    def ends(self) -> tuple[float, float]:
        """Least and greatest value that what is measured can have."""
        return self.measured.ends() if isinstance(self.measured, Measure) else ends_of_number(self.measured)

    def placed(self, value: float) -> float:
        """How far a value lies from the published one, in its sd; on the log scale 0 and below are `FURTHEST` below."""
        if not self.is_log:
            return (value - self.value) / self.sd
        return math.log(value / self.value) / self.sd if value > 0 else -FURTHEST

    def value_at(self, place: float) -> float:
        """The value so many sd from the published one; the other way round."""
        return self.value * math.exp(place * self.sd) if self.is_log else self.value + place * self.sd

    def record(self) -> dict[str, Any]:
        """The same as plain values that JSON can hold."""
        return {
            "id": self.id, "source": self.source, "checked": self.checked, "cohort": self.cohort,
            "own_experience": self.measured.own_experience if isinstance(self.measured, Measure) else None,
            "measured": self.measured.asked() if isinstance(self.measured, Measure) else self.measured.id,
            "value": self.value, "sd": self.sd, "is_log": self.is_log, "note": self.note,
        }  # fmt: skip


def unit_of(figure: Published) -> str:
    """Unit of a figure's value."""
    if isinstance(figure.measured, Measure):
        return figure.measured.unit()
    low, high = ends_of_number(figure.measured)
    return "0-1" if (low, high) == (0.0, 1.0) else "-1 to 1" if (low, high) == (-1.0, 1.0) else "as its target has it"


def ends_of_number(number: Number) -> tuple[float, float]:
    """Least and greatest value that a number of a target can have."""
    if number.id.startswith(_SHARES):
        return 0.0, 1.0
    if number.id.startswith(_CORRELATIONS):
        return -1.0, 1.0
    return (-math.inf if number.id.startswith(_ANYTHING) else 0.0), math.inf


def find_number(name: str) -> Number | None:
    """The number of a target of this name, such as "C1.2", or "M20" where its target has one alone; None without one."""
    numbers: Mapping[str, Number] = {one.id: one for one in load_numbers()}
    alone = f"{name}.1" if f"{name}.2" not in numbers else ""
    return numbers.get(name) or numbers.get(alone)


def published_targets() -> tuple[Published, ...]:
    """Every number that the model is fitted to, as a figure: with its tolerance as the study's error."""
    means = {target.id: target.measure for target in load_targets()}
    return tuple(
        Published(one.id, one.label, one, one.value, one.scale, one.is_log, one.status, means[one.target])
        for one in load_numbers()
    )  # fmt: skip


def in_words(figure: Published) -> str:
    """What is measured for a figure, in words: "arrested over 1 year, of `has_record`"."""
    one = figure.measured
    if isinstance(one, Number):
        return f"{one.label}, as its target has it"
    told = {
        OUTCOME: one.what[0], MEETS: f"share who meet `{one.what[0]}`", MEAN: f"mean {one.what[0]}",
        CORRELATION: f"correlation of {' and '.join(one.what)}",
    }[one.kind]  # fmt: skip
    since = f" from week {one.first_week}" if one.first_week else ""
    when = f"over {duration_in_words(one.weeks)}{since}" if one.kind == OUTCOME else f"in week {one.last_week}"
    judged = f" in week {one.first_week}" if one.kind != OUTCOME and one.weeks else ""
    whom = f", of `{one.group}`{judged}" if one.group else ""
    held = f", {one.contrast} to `{one.against or 'everyone'}`" if one.contrast else ""
    own = "" if one.own_experience is None else f", {number_in_words(100 * one.own_experience)} % with own experience"
    return f"{told} {when}{whom}{held}{own}"
