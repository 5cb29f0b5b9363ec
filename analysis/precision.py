"""How many more seeds an effect needs until luck leaves it as narrow as asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.intervals import luck_interval
from analysis.pairing import Question
from analysis.words import number
from analysis.worlds import Numbers, difference

MOST_SEEDS = 1_000
"""Seeds at which adding more ends, whatever the interval."""

FEWEST_SEEDS = 10
"""Seeds that are lived at least where a precision is asked for: the spread of fewer says too little about luck."""


def half_widths(question: Question, numbers: Sequence[Numbers]) -> list[float]:
    """How far the interval over luck of each primary effect reaches to either side, in its unit; not a number from one seed."""
    return [_half_width(over) for over in _over_seeds(question, numbers)]


def more_seeds(question: Question, numbers: Sequence[Numbers], precision: float, most: int = MOST_SEEDS) -> list[int]:
    """Seeds to live next; none once every primary effect is as narrow as asked, nobody is at risk, or `most` are lived.

    As many as the interval so far asks for, as a formula n (w / h)^2 less the n there are, where it reaches w to either side
    and h is asked for, but never more than there are already: the spread of a few seeds is itself not sure. An interval looked
    at again and again, and ended when it is narrow, holds the truth a little less often than it says.

    References
    ----------
    Chow and Robbins (1965), "On the asymptotic theory of fixed-width sequential confidence intervals for the mean", Annals of
    Mathematical Statistics 36:457.
    """
    seeds = [found.task.seed for found in numbers if found.task.draw is None]
    wanted = len(seeds)
    for over in _over_seeds(question, numbers):
        finite = over[np.isfinite(over)]
        if len(finite) == 0:
            continue
        if len(finite) < FEWEST_SEEDS:
            wanted = max(wanted, len(seeds) + FEWEST_SEEDS - len(finite))
            continue
        half = _half_width(finite)
        if half > precision:
            wanted = max(wanted, len(seeds) + 1, math.ceil(len(finite) * (half / precision) ** 2))
    more = min(wanted, 2 * max(len(seeds), FEWEST_SEEDS), most) - len(seeds)
    return list(range(max(seeds) + 1, max(seeds) + 1 + more)) if more > 0 else []


def in_words_of_precision(question: Question, numbers: Sequence[Numbers], precision: float | None) -> list[str]:
    """Whether the precision asked for was reached, in a sentence; nothing where none was asked for."""
    if precision is None:
        return []
    seeds = sum(found.task.draw is None for found in numbers)
    known = [half for half in half_widths(question, numbers) if math.isfinite(half)]
    if not known:
        return ["Seeds were to be added until the interval over luck is narrow enough, but there is none: nobody is at risk."]
    found = "reached" if max(known) <= precision else f"not reached, {number(max(known))} is left,"
    return [
        (f"Seeds were added until luck alone leaves the primary effect within {number(precision)} to either side "
         f"({question.primary.unit}): {found} with {seeds:,} seeds. What is left open by our assumptions does not shrink with "
         "seeds.")
    ]


def _half_width(differences: np.ndarray) -> float:
    """Half the width of the interval over luck of a mean difference, in its unit."""
    _, low, high = luck_interval(differences)
    return (high - low) / 2


def _over_seeds(question: Question, numbers: Sequence[Numbers]) -> list[np.ndarray]:
    """The primary effect of each other world over seeds at the default assumptions, shape (seeds,) each."""
    kept = [found for found in numbers if found.task.draw is None]
    key = question.primary.id, question.group.name
    return [np.array([difference(found, label, *key) for found in kept], dtype=float) for label in question.labels]
