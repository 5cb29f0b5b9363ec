"""Ratios, numbers needed and rankings put into plain sentences, and how far an interval over luck can be relied on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analysis.intervals import FEWEST_DRAWS, Effect
from analysis.number_needed import Needed, NumberNeeded
from analysis.ratios import Ratio
from analysis.simultaneous import Pair, Ranking
from analysis.words import intervals, number

FEW_WORLDS = 5
"""With fewer pairs of worlds, how much luck matters is itself known only roughly."""

FEW_THAT_DIFFER = 5
"""With fewer pairs of worlds that differ at all, the interval over luck holds the truth too seldom (docs/intervals.md)."""


def reliance(differences: np.ndarray, drawn: Sequence[float] | np.ndarray = ()) -> str:
    """What must be said of the interval over luck of these paired differences, shape (worlds,); nothing where all is well.

    Says when there are too few worlds for it, and when too few of them differ. Nothing too where no pair differs, of two or
    more, those of the draws, shape (draws,), among them: the answer says so itself, and there is no interval to rely on.
    """
    known = np.asarray(differences, dtype=float)
    known = known[np.isfinite(known)]
    worlds, differ = len(known), int(np.count_nonzero(known))
    if worlds == 0:
        return "Nobody is at risk in any pair of worlds: there is no effect and no interval."
    if nothing_differs([*known, *drawn]):
        return ""
    if worlds == 1:
        return "One pair of worlds says nothing about luck: there is no interval. Live at least 10 seeds, better 30."
    if worlds < FEW_WORLDS:
        return (
            f"The interval over luck rests on {worlds} pairs of worlds: it is wide, and its width is itself a matter of luck. "
            "Live at least 10 seeds, better 30."
        )
    if 0 < differ < FEW_THAT_DIFFER:
        return (
            f"Only {differ} of {worlds} pairs of worlds differ: the interval over luck is likely too narrow. "
            "Live more seeds or more people."
        )
    return ""


def nothing_differs(differences: Sequence[float] | np.ndarray) -> bool:
    """Whether there are two pairs of worlds or more, and these paired differences are exactly 0 in all; others are left out."""
    known = np.asarray(differences, dtype=float)
    known = known[np.isfinite(known)]
    return len(known) > 1 and not known.any()


def few_draws(draws: int) -> str:
    """What must be said of a range over assumptions from so few draws; "" where they are enough, or none were asked for."""
    if not 0 < draws < FEWEST_DRAWS:
        return ""
    return (
        f"The range over assumptions rests on {draws} draw{'' if draws == 1 else 's'}: it says little of what others would give. "
        f"Ask for {FEWEST_DRAWS} at least, better 32 (--draws)."
    )


def ratio_in_words(ratio: Ratio) -> str:
    """A ratio with both its intervals: "0.91 times as many (luck alone: 0.90 to 0.92; if our assumptions are off: ...)"."""
    if math.isnan(ratio.value):
        return f"how many times as many cannot be said: {ratio.reason}"
    if ratio.is_same:
        return f"exactly as many, in each of {ratio.worlds} pairs of worlds"
    luck = _between(ratio.low_luck, ratio.high_luck)
    assumed = _between(ratio.low, ratio.high) if ratio.draws >= 2 else "not asked"
    why = f"; {ratio.reason}" if ratio.reason else ""
    return f"{_times(ratio.value)} times as many (luck alone: {luck}; if our assumptions are off: {assumed}{why})"


def _between(low: float, high: float) -> str:
    """An interval of a ratio as "0.90 to 0.92", "0.90 or more" or "unknown"."""
    if math.isnan(low):
        return "unknown"
    if math.isnan(high):
        return f"from {_times(low)}, upwards unknown"
    return f"{_times(low)} or more" if math.isinf(high) else f"{_times(low)} to {_times(high)}"


def _times(ratio: float) -> str:
    """A ratio with two decimals, as many more as one near 0 or near 1 needs to be told from it, and none from 100 on."""
    if ratio == 0:
        return "0"
    if 0 < abs(ratio - 1) < 0.01:
        return f"{ratio:.4f}".rstrip("0") if abs(ratio - 1) >= 0.0001 else f"{ratio:.2f}"
    decimals = 0 if ratio >= 100 else max(2, -math.floor(math.log10(ratio)))
    return f"{ratio:,.{decimals}f}"


def needed_in_words(needed: NumberNeeded, whom: str, phrase: str, better: str) -> str:
    """The number needed in a sentence, of `whom`, people at risk, and `phrase`, what happens to them ("relapse").

    As in "For every 33 people in recovery one fewer is among those who relapse (luck alone: ...)". Where a range holds no
    effect it goes through "no difference", as there the number of people is infinite (Altman 1998).
    """
    fewer, more = ("fewer", "more") if better == "lower" else ("more", "fewer")
    if math.isnan(needed.value):
        return "For how many people it makes a difference cannot be said."
    if math.isinf(needed.value):
        opening = f"For no number of {whom} is one more or fewer among those who {phrase}"
    else:
        word = fewer if needed.helps else more
        opening = f"For every {_whole(needed.value)} {whom} one {word} is among those who {phrase}"
    luck = _range_needed(needed.luck, fewer, more, "unknown")
    assumed = _range_needed(needed.assumptions, fewer, more, "not asked")
    return f"{opening} (luck alone: {luck}; if our assumptions are off: {assumed})."


def _range_needed(found: Needed | None, fewer: str, more: str, unknown: str) -> str:
    """What an interval leaves of the number needed: a range of people, or two half lines that meet in no difference."""
    if found is None:
        return unknown
    if found.benefit is None and found.harm is None:
        return "no difference"
    gain = _side(found.benefit, fewer)
    loss = _side(found.harm, more)
    if found.benefit and found.harm:
        return f"from {gain}, through no difference, to {loss}"
    return gain or loss


def _side(people: tuple[float, float] | None, word: str) -> str:
    """One side of the number needed: "one fewer for every 30 to 36"."""
    if people is None:
        return ""
    few, many = people
    least = number(math.floor(round(few, 9)), 10)
    return f"one {word} for every {least} " + ("or more" if math.isinf(many) else f"to {_whole(many)}")


def _whole(people: float) -> str:
    """A number of people, rounded up as is the custom: so many do for one."""
    return number(math.ceil(round(people, 9)), 10)


def ranking_in_words(ranking: Ranking, unit: str) -> list[str]:
    """Who ranks where, in sentences: the order and how often each is best, then one a pair, best first.

    `unit` follows "23 fewer", as "of every 1,000 people relapse" does.
    """
    order = ", then ".join(ranking.names)
    sentences = [f"From best to worst: {order}."]
    if ranking.draws:
        best = "; ".join(f"{name} in {round(times, 2):g}" for name, times in zip(ranking.names, ranking.best, strict=True))
        sentences.append(f"Best if our assumptions are off, of {ranking.draws} draws, shared where several are equal: {best}.")
        regrets = "; ".join(f"{name} {number(mean)}" for name, (mean, _) in zip(ranking.names, ranking.regret, strict=True))
        sentences.append(f"Regret, how much worse than the best of the same draw on average, {unit}: {regrets}.")
    return sentences + [pair_in_words(pair, unit) for pair in ranking.pairs]


def pair_in_words(pair: Pair, unit: str) -> str:
    """Whether one policy is better than another: whichever luck, and in how many draws of the assumptions."""
    effect = pair.effect
    if effect.is_nothing:
        return f"{pair.first} and {pair.second} are exactly equal in {effect.worlds} pairs of worlds."
    sign = -1.0 if effect.value < 0 else 1.0
    size = f"{number(abs(effect.value))} {'fewer' if sign < 0 else 'more'} {unit}, {intervals(effect, sign)}"
    sure = "unknown, from one pair of worlds" if effect.worlds < 2 else "yes" if pair.sure else "no"
    verb = "is" if pair.sure else "seems"
    if effect.draws == 0:
        draws = "if our assumptions are off: not asked"
    else:
        tied = f", the same in {pair.tied}" if pair.tied else ""
        draws = f"if our assumptions are off: in {pair.won} of {effect.draws} draws{tied}"
    return f"{pair.first} {verb} better than {pair.second} ({size}). Whichever luck: {sure}; {draws}."


def weeks_longer(effect: Effect, people: str, event: str) -> str:
    """The effect on the time before a first event in a sentence, with both intervals; "" where nothing is known or differs."""
    if effect.is_nothing or not math.isfinite(effect.value):
        return ""
    sign = -1.0 if effect.value < 0 else 1.0
    way = "fewer" if effect.value < 0 else "more"
    until = "" if event == "died" else f" before a first {event}"
    size, both = number(abs(effect.value)), intervals(effect, sign)
    return f"On average, {people} live {size} {way} weeks{until}, counted up to the horizon ({both})."
