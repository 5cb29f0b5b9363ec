"""A sensitivity analysis in plain sentences: what moves the answer, what is luck, and whether more worlds would tell more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import words
from analysis.sensitivity_factors import DUMMY
from analysis.sensitivity_failures import BLOCKS, failures_in_words
from analysis.sensitivity_measures import (
    LEADING,
    Measure,
    above_the_dummy,
    agree_beyond_chance,
    differs_by_seed,
    elementary_effects,
    rank_shares,
    ranked,
    some_equal,
    under_shared_seeds,
    way_under_seeds,
)
from analysis.sensitivity_table import ABLATION, ALTERNATIVE, arms_shown
from analysis.sensitivity_worlds import DEFAULT

if TYPE_CHECKING:
    from analysis.sensitivity import Sensitivity
    from analysis.sensitivity_design import Design

NAMED = 5
"""How many factors, or mechanisms, a sentence names at most."""

SETTLED = 0.95
"""Share of resamples in which an order must come out the same for it to be called settled."""

FEWEST = {"morris": 5, "sobol": 16}
"""Trajectories or base samples below which nothing is said to stand above luck: of pure noise a third of runs of three
trajectories would name some, and of shares from eight base samples one interval of five misses the truth."""

READING = {
    "morris": (
        "Reach (mu*) is the mean size of the change in the answer as an assumption moves over two thirds of its range, scaled to "
        "all of it, the others being anywhere in theirs; sigma is how much that change differs from place to place. It looks at "
        "four levels: a jump at a threshold is told too large or small, by up to a half, and what lies between levels is missed."
    ),
    "sobol": (
        "The first-order share is the part of the answer's variance over all assumptions varied that would go if this one alone "
        "were known; the total share is what would be left if all the others were known, and holds what they do together."
    ),
}


def sentences_of(found: Sensitivity, label: str) -> list[str]:
    """The answer for one other world, a sentence or two each: the question, what leads, luck, whether it suffices, what if."""
    leading = found.measures[label][LEADING[found.method]]
    lines = [_question(found, label)]
    still = _still(found, label)
    if still:
        return [*lines, still, *failures_in_words(found), *_arms(found, label)]
    above = _told_from_luck(found, leading)
    lines += [_leading(found, label, leading, above), READING[found.method], *_ways(label, found), *_shape(found, label, above)]
    lines += [_pawn(found, label), _luck(found, label), *_enough(found, label, leading, above)]
    lines += [*failures_in_words(found), *_arms(found, label)]
    return [line for line in lines if line]


def _still(found: Sensitivity, label: str) -> str:
    """That no assumption moves the answer under the shared seeds, where none does; else nothing."""
    answers = found.answers[label]
    if float(np.ptp(under_shared_seeds(found.design, answers).mean(axis=2))) > 0.0:
        return ""
    said = "The answer is the same at every point: none of the assumptions varied moves it"
    if float(np.ptp(answers)) == 0.0:
        return f"{said}."
    return f"{said}; other seeds do, from {_figure(float(answers.min()))} to {_figure(float(answers.max()))}."


def kept_blocks(found: Sensitivity) -> np.ndarray:
    """The trajectories or base samples that are whole, by number."""
    return np.setdiff1d(np.arange(found.design.blocks), found.dropped)


def whole_design(found: Sensitivity) -> Design:
    """The design of the trajectories or base samples that are whole, as the answers are."""
    return found.design.of_blocks(kept_blocks(found))


def _told_from_luck(found: Sensitivity, leading: Measure) -> list[str]:
    """Factors that may be said to stand above luck, strongest first: none where so few blocks say next to nothing."""
    return above_the_dummy(leading) if len(kept_blocks(found)) >= FEWEST[found.method] else []


def _question(found: Sensitivity, label: str) -> str:
    asked = found.asked
    what = (
        f"effect of {label} on {asked.outcome}, against {asked.base}" if label else f"{asked.outcome} in {asked.base}"
    )
    span = f", over {words.weeks_in_words(asked.horizon_weeks)}, among {asked.whom}" if asked.horizon_weeks else ""
    usual = _usual(found, label)
    said = ""
    if usual is not None:
        luck = f" (luck alone: {_figure(usual.low)} to {_figure(usual.high)})" if math.isfinite(usual.low) else ""
        said = f": {_figure(usual.estimate)} {asked.unit} at the default assumptions{luck}"
    means = found.answers[label][:, ~found.design.other_luck].mean(axis=2)
    mean, ends = float(means.mean()), np.quantile(means, [0.025, 0.975])
    unit = "" if said else f" {asked.unit}"
    span_of_points = f"{_figure(ends[0])} to {_figure(ends[1])}"
    over = f"Over the points looked at its mean is {_figure(mean)}{unit}, and 95 % lie from {span_of_points}."
    return f"Looked at: {what}{span}{said}. {over}"


def _usual(found: Sensitivity, label: str) -> pd.Series | None:
    rows = found.table[(found.table["other"] == label) & (found.table["measure"] == DEFAULT)]
    return None if rows.empty else rows.iloc[0]


def _leading(found: Sensitivity, label: str, leading: Measure, above: list[str]) -> str:
    count = len(leading.factors) - 1
    kind = "group" if found.design.factors.grouped else "assumption"
    plural = f"{count} {kind}{'' if count == 1 else 's'}"
    dummy = f"the upper end for the dummy, which nothing reads and only luck moves, is {_floor(found, leading)}"
    blocks = len(kept_blocks(found))
    if blocks < FEWEST[found.method]:
        largest = _largest(found, label, leading, [])
        return f"{blocks} {BLOCKS[found.method][1]} are too few to tell any of {plural} from luck ({dummy}). {largest}"
    if not above:
        largest = _largest(found, label, leading, [])
        if _no_luck(leading):
            return f"How far any of {plural} reaches is not known from so few {BLOCKS[found.method][1]} ({dummy}). {largest}"
        return f"None of {plural} can be told from luck ({dummy}). {largest}"
    named = "; ".join(_named(found, label, leading, name, told=True) for name in above[:NAMED])
    rest = f"; and {len(above) - NAMED} more" if len(above) > NAMED else ""
    table = found.factors.set_index("factor")
    theory = sum(table.loc[name, "basis"] == "assumed" for name in above)
    rests = ""
    if kind == "assumption" and theory:
        few = f"Of these {len(above)}, {theory} rest{'s' if theory == 1 else ''}"
        if theory == len(above):
            few = {1: "It rests", 2: "Both rest"}.get(theory, f"All {theory} rest")
        rests = f" {few} on theory alone."
    stand = "stands" if len(above) == 1 else "stand"
    luck = "With one seed, what luck does to each is not known, and it may have put some there: "
    one = luck if len(found.seeds) == 1 else ""
    said = f"{one}{len(above)} of {plural} {stand} above what luck alone does ({dummy}): {named}{rest}.{rests}"
    return f"{said} {_largest(found, label, leading, above)}".strip()


def _largest(found: Sensitivity, label: str, leading: Measure, above: list[str]) -> str:
    """What is large so far, but not told from luck: the largest where nothing stands above it, else what exceeds the dummy's."""
    least = leading.of(DUMMY)[2] if above else 0.0
    names = [name for name in ranked(leading) if name not in above and leading.of(name)[0] > least][:NAMED]
    if not names:
        return ""
    what = "The largest so far, which may be luck"
    if _no_luck(leading):
        what = f"How large is not known from so few {BLOCKS[found.method][1]}" if above else "The largest so far"
    elif above:
        what = "Perhaps as large, but too uncertain to tell from luck"
    return f"{what}: {'; '.join(_named(found, label, leading, name) for name in names)}."


def _no_luck(leading: Measure) -> bool:
    """Whether luck moves nothing, so that a factor is uncertain for few trajectories or base samples alone."""
    return leading.of(DUMMY)[2] == 0.0


def _floor(found: Sensitivity, leading: Measure) -> str:
    """The upper end for the dummy; of Sobol's it is no share, as the variance that other luck brings may exceed the points'."""
    floor = leading.of(DUMMY)[2]
    if found.method == "sobol" and floor > 1:
        return f"{floor:.2g} times the variance over these points"
    return _measured(found, floor)


def _named(found: Sensitivity, label: str, leading: Measure, name: str, told: bool = False) -> str:
    """A factor with its reach, and which way it moves the answer; `told` says that it stands above luck."""
    estimate, low, high = leading.of(name)
    means = found.factors.set_index("factor").loc[name, "means"]
    inside = f"{_measured(found, estimate)}; {_measured(found, low)} to {_measured(found, high)}"
    said = f"{name} ({inside})" if found.design.factors.grouped or means == name else f"{means} ({name}: {inside})"
    return said + _way(found, label, name, told)


def _way(found: Sensitivity, label: str, name: str, told: bool) -> str:
    """Which way a factor moves the answer, where its steps mostly agree, beyond what chance and other seeds may do.

    Both ways are said only of a factor that stands above luck, and where single steps either way exceed those of the dummy.
    """
    measures = found.measures[label]
    if "mu" not in measures:
        return ""
    size, (way, *ends) = measures["mu_star"].of(name)[0], measures["mu"].of(name)
    if size == 0 or len(kept_blocks(found)) < FEWEST[found.method] or len(found.seeds) < 2:
        return ""
    design, answers = whole_design(found), found.answers[label]
    effects = elementary_effects(design, answers)
    own, luck = effects[:, design.factors.names.index(name)], np.abs(effects[:, -1]).max()
    ends += way_under_seeds(design, answers, name)
    if abs(way) >= 0.9 * size and (min(ends) > 0 or max(ends) < 0) and agree_beyond_chance(own):
        return ", raises the answer" if way > 0 else ", lowers the answer"
    if told and own.max() > luck and own.min() < -luck:
        return ", now raises the answer, now lowers it"
    return ", which way is not settled"


def _ways(label: str, found: Sensitivity) -> list[str]:
    """What raising a difference means, of two worlds."""
    if not label or found.design.factors.grouped or found.method != "morris":
        return []
    return [f"The answer is a difference: what raises it adds to the outcome with {label}, or lets it take less away."]


def _shape(found: Sensitivity, label: str, above: list[str]) -> list[str]:
    """Whether effects add up, or depend on each other."""
    measures = found.measures[label]
    if "sigma" in measures and above:
        bent = [name for name in above if measures["sigma"].of(name)[0] >= measures["mu_star"].of(name)[0]]
        if bent:
            some = ", ".join(bent[:NAMED]) + (f" and {len(bent) - NAMED} more" if len(bent) > NAMED else "")
            return [
                f"What these do depends on where the others stand, or bends over their range: {some} (sigma at or above mu*)."
            ]
    if "first" in measures and above:
        first, count = measures["first"], len(found.answers[label])
        alone = Measure("alone", ("all",), *_summed(first), first.blocks).of("all")
        said, rest = "Each alone, the assumptions varied explain", "the rest is what they do together, or luck"
        if alone[0] < 0:
            at_most = f"{said} {_share(alone[2])} of the variance at most; {rest}."
            return [at_most if 0 <= alone[2] < 1 else f"From {count:,} base samples it cannot be told what each alone explains."]
        if alone[2] < 1:
            return [f"{said} {_between(alone)} of the variance; {rest}."]
        open_end = f"from {count:,} base samples it cannot be told whether they do something together"
        return [f"{said} {_between(alone)} of the variance: {open_end}."]
    return []


def _summed(measure: Measure) -> tuple[np.ndarray, np.ndarray]:
    """The sum over all factors but the dummy, and the same of each resample."""
    return measure.estimates[:-1].sum(keepdims=True), measure.resampled[:, :-1].sum(axis=1, keepdims=True)


def _pawn(found: Sensitivity, label: str) -> str:
    """Whether the check on whole distributions agrees on what comes first, and how many it tells from its own dummy."""
    measures = found.measures[label]
    if "pawn_median" not in measures:
        return ""
    pawn = measures["pawn_median"]
    first, told = ranked(pawn)[0], len(above_the_dummy(pawn))
    agrees = "the same one first" if first == ranked(measures[LEADING[found.method]])[0] else f"another first, {first},"
    count = len(pawn.factors) - 1
    return f"PAWN, which compares whole distributions, puts {agrees} and tells {told or 'none'} of {count} from its dummy."


def _luck(found: Sensitivity, label: str) -> str:
    luck = found.luck[label]
    seeds = len(found.seeds)
    if luck is None:
        return "With one seed the share of luck cannot be told: two seeds or more are needed." if seeds == 1 else ""
    few = len(found.answers[label]) < FEWEST[found.method]
    rough = f" From so few {BLOCKS[found.method][1]} both are rough." if few else ""
    return (
        f"Luck makes up {_between(luck.single)} of the variance of the answer of a single seed over these points, and "
        f"{_between(luck.mean)} of that of the mean over {seeds} seeds.{rough}"
    )


def _enough(found: Sensitivity, label: str, leading: Measure, above: list[str]) -> list[str]:
    """Whether samples and seeds suffice, and how many more would do."""
    many, least = BLOCKS[found.method][1], FEWEST[found.method]
    if len(kept_blocks(found)) < least:
        return [f"How many more would do cannot be told from so few {many}: {least} are the least, more are better."]
    open_ends = [name for name in ranked(leading) if not math.isclose(*leading.of(name)[1:])]
    lines = _order(leading, above)
    if not above and not _no_luck(leading):
        lines.append("So far none of them can be told from luck.")
    return [*lines, *(_more(found, label, open_ends[0]) if open_ends else [])]


def _order(leading: Measure, above: list[str]) -> list[str]:
    """Whether the first few are settled, and their order."""
    first = min(NAMED, len(above))
    if first < 2:
        return []
    same, order = rank_shares(leading, first)
    equal = "; some are as good as equal" if some_equal(leading, first) else ""
    if order >= SETTLED:
        return [f"The order of the first {first} is settled: it comes out the same in {_share(order)} of resamples."]
    if first == len(leading.factors) - 1:
        return [f"The order of the {first} is not settled: the same in {_share(order)} of resamples{equal}."]
    if same >= SETTLED:
        said = f"Which are the first {first} is settled (the same in {_share(same)} of resamples), their order is not"
        return [f"{said} ({_share(order)}{equal})."]
    said = f"Which are the first {first} is not settled: the same in {_share(same)} of resamples, in the same order in"
    return [f"{said} {_share(order)}{equal}."]


def _more(found: Sensitivity, label: str, name: str) -> list[str]:
    """How many more blocks would halve the interval of one factor, which has a width: it falls with the root of their number.

    Where what it does differs from seed to seed, it falls with that of the seeds too.
    """
    many = BLOCKS[found.method][1]
    count, seeds = found.design.blocks, len(found.seeds)
    if differs_by_seed(whole_design(found), found.answers[label], name):
        both = f"about {4 * count:,} {many} in place of {count:,}, and {4 * seeds} seeds in place of {seeds}"
        return [f"To halve the interval of {name}: {both}, as what it does differs from seed to seed."]
    shared = (
        "under the same seed" if seeds == 1
        else f"under the same {seeds} seeds; what a seed does to all points alike only more seeds would narrow"
    )  # fmt: skip
    return [f"To halve the interval of {name}: about {4 * count:,} {many} in place of {count:,}, {shared}."]


def _arms(found: Sensitivity, label: str) -> list[str]:
    rows = arms_shown(found.table, label)
    lines = []
    for measure, most, none in (
        (ABLATION, "Switched off one at a time, most is changed by", "no mechanism switched off changes the answer"),
        (ALTERNATIVE, "Other structures give", "no other structure changes the answer"),
    ):
        every = rows[(rows["measure"] == measure) & rows["difference_from_default"].notna()]
        if not every.empty:
            lines.append(_arms_of(every, most, none))
    if lines and len(found.seeds) == 1:
        lines.append("With one seed it is not known how much of that is luck.")
    elif rows.loc[rows["difference_from_default"].notna(), "difference_low"].isna().any():
        lines.append("Where one seed alone could be compared it is not known how much is luck.")
    failed = [arm for arm in found.failures["arm"].unique() if arm and arm not in set(rows["factor"])]
    lost = [name for name in (*failed, *rows.loc[rows["difference_from_default"].isna(), "factor"]) if name != DEFAULT]
    if lost:
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        lines.append(f"Without a figure to compare, so that what they change is not known: {', '.join(lost[:NAMED])}{more}.")
    return lines


def _arms_of(rows: pd.DataFrame, most: str, none: str) -> str:
    """The arms of one kind: those that luck does not explain by name, the largest first; how many changes it may explain."""
    moved = rows[rows["difference_from_default"] != 0]
    may_be_luck = (moved["difference_low"] <= 0) & (moved["difference_high"] >= 0)
    beyond, within = moved[~may_be_luck], int(may_be_luck.sum())
    if moved.empty:
        return f"At the default assumptions {none}."
    if beyond.empty:
        return f"At the default assumptions {none} by more than luck may ({within} within it)."
    told = "; ".join(f"{row.factor} ({_figure(row.estimate)})" for row in beyond.head(NAMED).itertuples())
    more = f"; and {len(beyond) - NAMED} more" if len(beyond) > NAMED else ""
    some = f"; within luck of the default: {within} more" if within else ""
    return f"{most}: {told}{more}{some}."


def _measured(found: Sensitivity, value: float) -> str:
    return _share(value) if found.method == "sobol" else _figure(value)


def _figure(value: float) -> str:
    """A figure in three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if value else "0"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _between(ends: tuple[float, float, float]) -> str:
    estimate, low, high = ends
    return f"{_share(estimate)} ({_share(low)} to {_share(high)})"
