"""Where a published value lies in what draws of the model give: predictive intervals, and what follows from them in words.

Each draw is one world under its own seed, so that luck is part of what draws give; the study's own error is added to that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.published import Published
from analysis.published_measures import Measured

LEVEL = 0.90
"""Share of what further draws give that an interval holds."""

TOO_WIDE = 2.0
"""Half-width of the model's own interval, in published sd, beyond which whatever was published would lie inside."""

FEWEST_DRAWS = 19
"""With fewer draws no interval holds nine in ten: its ends are the least and the most that there is."""

LEAST_MEASURED = 0.5
"""Share of the draws that must give a value, for anything to be said."""

INSIDE, ABOVE, BELOW = "inside", "outside, above what the model gives", "outside, below what the model gives"
WIDE, NOTHING = "inside, but too wide to say anything", "not measurable"
"""What there is to say of a figure."""

VERDICTS = (INSIDE, WIDE, ABOVE, BELOW, NOTHING)


@dataclass(frozen=True)
class Predicted:
    """What draws of the model give for one figure, and whether what was published lies in it.

    Attributes
    ----------
    draws, measured
        How many draws were lived, and how many of them gave a value.
    people
        Median number of people at risk; of two groups, of the smaller; of a target's number, of people in its world.
    median
        Of the values; not a number where nothing can be said, as all that follows.
    low_model, high_model
        Ends of the model's own interval: assumptions and luck.
    low, high
        The same with the study's own error added: where a value published by such a study would lie.
    inside_model, inside
        Whether the published value lies in each.
    off
        How far the median lies above the published value, in published sd.
    half_width_model, half_width
        Half of each interval, in published sd.
    above
        Share of the draws whose value lies above the published one; half of those that are the same.
    verdict
        One of `VERDICTS`.
    why
        Why draws gave no value, and in how many: "nobody at risk in 3 of 60 draws"; "" where all did.
    """

    draws: int
    measured: int
    people: float
    median: float = math.nan
    low_model: float = math.nan
    high_model: float = math.nan
    low: float = math.nan
    high: float = math.nan
    inside_model: bool = False
    inside: bool = False
    off: float = math.nan
    half_width_model: float = math.nan
    half_width: float = math.nan
    above: float = math.nan
    verdict: str = NOTHING
    why: str = ""

    @property
    def in_words(self) -> str:
        """The verdict, with the reason where there is none."""
        return f"{self.verdict} ({self.why})" if self.why and self.verdict == NOTHING else self.verdict


def predict(figure: Published, found: Sequence[Measured]) -> Predicted:
    """What the values that draws of the model gave say of a figure.

    The model's own interval runs between the values at place (n + 1) p of n draws in order, p 0.05 and 0.95, so that a further
    draw lies inside nine times in ten whatever the distribution. With the study's error, each draw is smeared by a normal
    distribution of the published sd (of the logarithm, where that is the figure's), and the ends are where as many draws lie
    below as at the places of the model's own. The verdict goes by this one, which is never the narrower of the two. Ends never
    leave the range of what is measured.

    Reference: Gelman, Meng and Stern (1996), "Posterior predictive assessment of model fitness via realized discrepancies",
    Statistica Sinica 6:733; places: Weibull (1939).

    Raises
    ------
    ValueError
        Without a draw.
    """
    if not found:
        raise ValueError("no draw to judge a figure by")
    values = np.array([one.value for one in found if math.isfinite(one.value)])
    people = float(np.median([one.people for one in found]))
    why = _why(found)
    if len(values) < 2 or len(values) < LEAST_MEASURED * len(found):
        return Predicted(len(found), len(values), people, why=why)
    places = np.array([figure.placed(value) for value in values])
    low_model, high_model = _ends(values)
    low, high = (_possible(figure, place) for place in _smeared_ends(places))
    low, high = min(low, low_model), max(high, high_model)
    inside = low <= figure.value <= high
    half_model, half = (_half_width(figure, *ends) for ends in ((low_model, high_model), (low, high)))
    verdict = (WIDE if half_model > TOO_WIDE else INSIDE) if inside else ABOVE if high < figure.value else BELOW
    return Predicted(
        draws=len(found), measured=len(values), people=people, median=float(np.median(values)),
        low_model=low_model, high_model=high_model, low=low, high=high,
        inside_model=low_model <= figure.value <= high_model, inside=inside,
        off=float(np.median(places)), half_width_model=half_model, half_width=half,
        above=float(np.mean(places > 0.0) + np.mean(places == 0.0) / 2.0), verdict=verdict, why=why,
    )  # fmt: skip


def _half_width(figure: Published, low: float, high: float) -> float:
    """Half of an interval, in published sd."""
    return (figure.placed(high) - figure.placed(low)) / 2.0


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Ends of the interval of draws alone; the least and the most where there are too few."""
    ends = np.quantile(values, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0], method="weibull")
    return float(ends[0]), float(ends[1])


def _smeared_ends(places: np.ndarray) -> tuple[float, float]:
    """The same where each draw is smeared by one published sd."""
    count = len(places)
    # The k-th of n values stands at place k; as many as k - 1/2 of n smeared ones lie below it, where the smear is narrow.
    rank = max(1.0, (count + 1) * (1.0 - LEVEL) / 2.0) - 0.5
    return _smeared_at(places, rank), _smeared_at(places, count - rank)


def _smeared_at(places: np.ndarray, rank: float) -> float:
    """Where so many of the smeared draws, of sd 1 each, lie below."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    reach = 10.0  # beyond so many sd of every draw nothing of it is left
    return float(
        brentq(lambda at: float(ndtr(at - places).sum()) - rank, places.min() - reach, places.max() + reach, xtol=1e-10)
    )


def _possible(figure: Published, place: float) -> float:
    """The value at a place, or the end of what can be where it lies beyond."""
    low, high = figure.ends
    return max(low, min(high, figure.value_at(place)))


def _why(found: Sequence[Measured]) -> str:
    counts: dict[str, int] = {}
    for one in found:
        if not math.isfinite(one.value):
            counts[one.note or "no value"] = counts.get(one.note or "no value", 0) + 1
    return "; ".join(f"{note} in {count} of {len(found)} draws" for note, count in counts.items())


def counted(predictions: Sequence[Predicted]) -> dict[str, float]:
    """How many figures there are, can be measured and lie inside, by either interval, and the median half-widths."""
    some = [one for one in predictions if one.verdict != NOTHING]
    return {
        "figures": len(predictions), "measured": len(some), "inside": sum(one.inside for one in some),
        "inside_model": sum(one.inside_model for one in some), "too_wide": sum(one.verdict == WIDE for one in some),
        "half_width": float(np.median([one.half_width for one in some])) if some else math.nan,
        "half_width_model": float(np.median([one.half_width_model for one in some])) if some else math.nan,
    }  # fmt: skip
