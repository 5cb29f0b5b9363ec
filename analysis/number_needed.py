"""How many people must live under a policy for one of them to fare otherwise: the number needed to treat."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.intervals import Effect
from simulation.errors import ComparisonError, Problem


@dataclass(frozen=True)
class Needed:
    """What an interval of a difference leaves of the number needed: people for one more to gain, or for one more to lose.

    `benefit` and `harm` run from few people to many, the latter infinite where the difference may be 0. Both are given where
    it may have either sign: "benefit 4 to infinity to harm 20" is then one stretch, through no difference at all. None is
    given where the difference is exactly 0.
    """

    benefit: tuple[float, float] | None = None
    harm: tuple[float, float] | None = None


@dataclass(frozen=True)
class NumberNeeded:
    """People for each of whom one fares otherwise, `helps` whether better; infinite where the effect is exactly 0.

    `luck` and `assumptions` are what the two intervals of the difference leave of it, None where there is no interval.
    """

    value: float
    helps: bool
    luck: Needed | None
    assumptions: Needed | None


def number_needed(effect: Effect, scale: float, better: str) -> NumberNeeded:
    """The number needed to treat, in people, from a difference in people of every `scale` people and its two intervals.

    The reciprocal of the difference. "Treat" is to live in the world with the policy, of people at risk, whether or not it
    reaches them. Use for outcomes that a person has or has not; do not use for weeks or for events that one person can have
    several times, of which the number would be no number of people.

    Raises
    ------
    ComparisonError
        Where `better` is neither "lower" nor "higher", or the scale is no number of people.

    References
    ----------
    Altman (1998), "Confidence intervals for the number needed to treat", BMJ 317:1309.

    Examples
    --------
    The example of Altman: 10 % fewer with the event, 95 % interval 25 % fewer to 5 % more.

    >>> number_needed(Effect(-10, -25, 5, -25, 5, worlds=2, draws=0), 100, "lower").luck
    Needed(benefit=(4.0, inf), harm=(20.0, inf))
    """
    if better not in ("lower", "higher"):
        raise ComparisonError(Problem("better", repr(better), "'lower' or 'higher'", ""))
    if not (math.isfinite(scale) and scale > 0):
        raise ComparisonError(Problem("scale", f"{scale}", "a number of people above 0", ""))
    sign = 1.0 if better == "higher" else -1.0
    gain = sign * effect.value
    people = math.nan if math.isnan(gain) else _people(gain, scale)
    return NumberNeeded(
        people, gain > 0, _needed(sign * effect.low_luck, sign * effect.high_luck, scale),
        _needed(sign * effect.low, sign * effect.high, scale),
    )  # fmt: skip


def _needed(one: float, another: float, scale: float) -> Needed | None:
    """What is left of the number needed by an interval of the gain between these two ends."""
    if math.isnan(one) or math.isnan(another):
        return None
    least, most = sorted((one, another))
    return Needed(
        benefit=(_people(most, scale), _people(max(least, 0.0), scale)) if most > 0 else None,
        harm=(_people(least, scale), _people(min(most, 0.0), scale)) if least < 0 else None,
    )


def _people(gain: float, scale: float) -> float:
    """People of whom one gains, or loses, where so many of `scale` do."""
    return scale / abs(gain) if gain else math.inf
