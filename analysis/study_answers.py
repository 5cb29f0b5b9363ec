"""What studies answer over the draws: how large, in which share of them, how often without end, and what that goes with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.claim_arms import Numbers
from analysis.claim_jobs import REGISTERED, UNDETERRED, variants_of
from analysis.posterior import Draw
from analysis.studies import Study, StudyMeasure
from analysis.verdicts import FEWEST_EACH, Separator, exact_interval, separators

ENDS = (0.025, 0.5, 0.975)

ANSWER_COLUMNS = (
    "study", "deterrence", "measure", "answer", "unit", "draws", "known", "median", "low", "high", "must_be", "counted", "share",
    "share_low", "share_high", "none", "without_end", "share_without_end", "goes_with", "conditional_on",
)  # fmt: skip


@dataclass(frozen=True)
class Going:
    """How a measure goes with another over draws: Spearman's rank correlation, and over how many draws both are known."""

    name: str
    correlation: float
    draws: int

    def sentence(self) -> str:
        """The same in words."""
        said = f"{self.correlation:+.2f}" if math.isfinite(self.correlation) else "not known"
        return f"rank correlation with {self.name}: {said} over {self.draws} draws"


@dataclass(frozen=True)
class Answer:
    """One measure of a study over draws, with flags that deter or without.

    Attributes
    ----------
    draws, known
        Draws lived, and those in which it could be worked out.
    median, low, high
        Of these: median and the middle 95 %; infinite where so many are without end.
    counted
        Draws in which it lies on the side of the threshold that counts; 0 where there is none.
    without_end
        Draws in which it is infinite: what is asked for never comes.
    """

    study: Study
    measure: StudyMeasure
    deterrence: bool
    draws: int
    known: int
    median: float
    low: float
    high: float
    counted: int
    without_end: int
    goes_with: tuple[Going, ...] = ()
    on: tuple[Separator, ...] = ()

    @property
    def share(self) -> float:
        """Share of the draws lived that count; not a number without one, or without a threshold."""
        return self.counted / self.draws if self.draws and self.measure.judged else math.nan

    @property
    def share_without_end(self) -> float:
        """Share of the known draws that are without end; not a number where that cannot be."""
        return self.without_end / self.known if self.known and self.measure.none else math.nan

    @property
    def headline(self) -> bool:
        """Whether it is told first."""
        return self.measure.id in self.study.headline

    def size(self) -> str:
        """Median and middle 95 % of draws in words."""
        if not self.known:
            return f"not known in any of {self.draws} draws" if self.draws else "no draw of it could be lived and measured"
        low, median, high = (self._number(value) for value in (self.low, self.median, self.high))
        return f"median {median} (middle 95 % of draws: {low} to {high})"

    def _number(self, value: float) -> str:
        return f"{value:.3g}" if math.isfinite(value) else self.measure.none or "without end"

    def sentence(self) -> str:
        """The answer in one sentence."""
        flags = "" if self.deterrence else ", flags that deter nobody"
        said = f"{self.study.id}{flags}: {self.measure.answer}: "
        if not self.known:
            return f"{said}{self.size()}."
        if self.measure.judged:
            low, high = exact_interval(self.counted, self.draws)
            draws = f"{self.draws} draw{'' if self.draws == 1 else 's'}"
            said += f"in {self.counted} of {draws} (exact 95 % interval {low:.2f} to {high:.2f}); "
        said += self.size()
        if self.measure.none:
            said += f"; {self.measure.none} in {self.without_end} of {self.known}"
        told = [going.sentence() for going in self.goes_with if math.isfinite(going.correlation)]
        return "; ".join([said, *told]) + "."


def answers_of(
    studies: Iterable[Study], numbers: Mapping[tuple[str, str], Mapping[int, Numbers]], draws: Sequence[Draw],
    assumed: Mapping[str, np.ndarray],
) -> tuple[Answer, ...]:  # fmt: skip
    """An answer for each measure of each study, and one more without deterrence where that is asked for.

    `numbers` are those of each study and variant, by number of the draw; draws that are missing are left out. `assumed` holds
    the values of each assumption, shape (draws,), in the order of `draws`.
    """
    found = []
    for study in studies:
        for variant in variants_of(study):
            by_draw = numbers.get((study.id, variant), {})
            there = np.array([draw.number in by_draw for draw in draws], dtype=bool)
            lived = [by_draw[draw.number] for draw in draws if draw.number in by_draw]
            values = {name: column[there] for name, column in assumed.items()}
            found += [answer_of(study, one, lived, values, variant == REGISTERED) for one in study.measures]
    return tuple(found)


def answer_of(
    study: Study, measure: StudyMeasure, lived: Sequence[Numbers], assumed: Mapping[str, np.ndarray], deterrence: bool = True
) -> Answer:
    """The answer of one measure from the numbers of each draw, and the assumptions, shape (draws,) each, of the same draws."""
    values = values_of(lived, measure.id)
    known = values[~np.isnan(values)]
    holds = np.array([measure.holds(value) for value in values], dtype=bool)
    low, median, high = ends_of(known, steps=bool(measure.none))
    goes_with = tuple(going_with(name, values, values_of(lived, name)) for name in measure.goes_with)
    on = separators(holds, assumed) if measure.judged else ()
    return Answer(study, measure, deterrence, len(values), len(known), median, low, high, int(holds.sum()),
                  int(np.isinf(known).sum()), goes_with, on)  # fmt: skip


def values_of(lived: Sequence[Numbers], name: str) -> np.ndarray:
    """One number of each draw, shape (draws,); not a number where a draw has none."""
    return np.array([each.get(name, math.nan) for each in lived], dtype=float)


def ends_of(known: np.ndarray, steps: bool = False) -> tuple[float, float, float]:
    """2.5 %, median and 97.5 % of the known values of draws, shape (draws,); not numbers without one.

    Where the values are `steps`, lengths that were tried or infinite, nothing lies between two of them: each is the least value
    that at least such a share of the draws do not exceed.
    """
    if not len(known):
        return math.nan, math.nan, math.nan
    if not steps:
        low, median, high = np.quantile(known, ENDS)
        return float(low), float(median), float(high)
    ordered = np.sort(known)
    low, median, high = (float(ordered[max(math.ceil(share * len(ordered)) - 1, 0)]) for share in ENDS)
    return low, median, high


def going_with(name: str, values: np.ndarray, others: np.ndarray) -> Going:
    """How two measures go together over the draws in which both are known, shape (draws,) each.

    Use to see whether an answer follows a number that should foretell it. Not a number with fewer than ten draws, or where one
    of the two is the same in all.
    """
    from scipy.stats import spearmanr

    both = ~np.isnan(values) & ~np.isnan(others)
    count = int(both.sum())
    if count < 2 * FEWEST_EACH or len(np.unique(values[both])) < 2 or len(np.unique(others[both])) < 2:
        return Going(name, math.nan, count)
    return Going(name, float(spearmanr(values[both], others[both]).statistic), count)


def answer_table(answers: Iterable[Answer]) -> pd.DataFrame:
    """One row a measure, with and without deterrence: the columns of `studies.csv`."""
    return pd.DataFrame([_row(one) for one in answers], columns=list(ANSWER_COLUMNS))


def _row(one: Answer) -> tuple[object, ...]:
    measure = one.measure
    low, high = exact_interval(one.counted, one.draws) if measure.judged else (math.nan, math.nan)
    judged, none = measure.judged, measure.none
    return (
        one.study.id, "on" if one.deterrence else "off", measure.id, measure.answer, measure.unit, one.draws, one.known,
        one.median, one.low, one.high, f"{measure.sign} {measure.threshold:g}" if judged else "", one.counted if judged else None,
        one.share, low, high, none, one.without_end if none else None, one.share_without_end,
        "; ".join(each.sentence() for each in one.goes_with), "; ".join(each.sentence() for each in one.on),
    )  # fmt: skip


def variant_of(deterrence: bool) -> str:
    """The variant in which flags deter, or do not."""
    return REGISTERED if deterrence else UNDETERRED
