"""How much each factor moves an answer, with intervals: Morris' screening, Sobol indices, PAWN, and the share that is luck.

All measures are of the mean over the shared seeds. Intervals are bootstrap intervals at 95 %, their tails widened for few blocks:
whole blocks (trajectories, base samples) are drawn anew, and seeds too where there are several, the same ones at every point.
How large luck is rests on few seeds, which drawing them anew would not show: there each variance is drawn from its distribution.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from SALib.analyze import pawn as pawn_analysis
from SALib.analyze.sobol import first_order, second_order, total_order
from scipy import special

from analysis.intervals import LEVEL, luck_interval
from analysis.sensitivity_design import STEP, Design
from analysis.shared_luck import draw_luck, luck_of, variance_of_luck

RESAMPLES = 1_000
"""How often blocks and seeds are drawn anew; a tenth as often for PAWN, which takes longest."""

BOOTSTRAP_SEED = 20_260_207

MOST_SLICES, POINTS_A_SLICE = 10, 16
"""PAWN cuts each range into so many slices at most, and wants so many points in each."""

BLOCKS_FOR_PERCENTILES = 10
"""Blocks below which an interval reaches as far as Student's t too: resamples never leave the range of what was seen."""

NEVER_BELOW_ZERO = ("mu_star", "sigma", "total", "pawn_median", "pawn_max")

AS_GOOD_AS_EQUAL = 0.01
"""Share by which two factors must differ for one to come before the other."""

LEADING = {"morris": "mu_star", "sobol": "total"}
"""The measure that factors are ranked by."""


@dataclass(frozen=True)
class Measure:
    """One measure of every factor.

    `estimates` has shape (factors,), `resampled` shape (resamples, factors): the same over blocks and seeds drawn anew, of
    `blocks` blocks each.
    """

    name: str
    factors: tuple[str, ...]
    estimates: np.ndarray
    resampled: np.ndarray
    blocks: int

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Low and high end of the interval of each factor, shape (factors,) each; the estimate always lies inside."""
        tail = tail_of(self.blocks)
        low, high = np.quantile(self.resampled, [tail, 1 - tail], axis=0)
        if self.blocks < BLOCKS_FOR_PERCENTILES:
            quantile = -float(special.stdtrit(self.blocks - 1, (1 - LEVEL) / 2))
            half = quantile * self.resampled.std(axis=0) * np.sqrt(self.blocks / (self.blocks - 1))
            low, high = np.minimum(low, self.estimates - half), np.maximum(high, self.estimates + half)
            low = np.maximum(low, 0.0) if self.name in NEVER_BELOW_ZERO else low
        return np.minimum(low, self.estimates), np.maximum(high, self.estimates)

    def of(self, factor: str) -> tuple[float, float, float]:
        """Estimate, low and high end of one factor. Raises ValueError for one that it has not."""
        at = self.factors.index(factor)
        low, high = self.ends
        return float(self.estimates[at]), float(low[at]), float(high[at])


def tail_of(blocks: int) -> float:
    """Share of resamples of so many blocks, two or more, to leave out at either end for an interval at 95 %.

    Few blocks drawn anew spread too little, and their mean has the longer tails of Student's t: as a formula, with n blocks and
    the t quantile t of n - 1 degrees of freedom at 2.5 %, the normal probability below sqrt(n / (n - 1)) t. With two blocks that
    is none, with five 0.1 %, with many 2.5 %.

    References
    ----------
    Hesterberg (2015), "What teachers should know about the bootstrap", The American Statistician 69:371: the expanded percentile
    interval.

    Examples
    --------
    >>> round(tail_of(10), 4)
    0.0086
    """
    quantile = special.stdtrit(blocks - 1, (1 - LEVEL) / 2)
    return float(special.ndtr(np.sqrt(blocks / (blocks - 1)) * quantile))


def measures_of(
    design: Design, answers: np.ndarray, resamples: int = RESAMPLES, blocks_drawn: bool = True, seeds_drawn: bool = True
) -> dict[str, Measure]:
    """The measures of a design's method, by name, from answers of shape (blocks, width, seeds), all of them numbers.

    `blocks_drawn` and `seeds_drawn` say what is drawn anew: without one of them the spread is that of the other alone.
    """
    measure = _morris if design.method == "morris" else _sobol
    estimates = measure(design, answers)
    luck = np.random.default_rng(BOOTSTRAP_SEED)
    blocks, seeds = answers.shape[0], answers.shape[2]
    drawn: dict[str, list[np.ndarray]] = {name: [] for name in estimates}
    for _ in range(resamples):
        some = luck.integers(0, blocks, blocks) if blocks_drawn else np.arange(blocks)
        those = luck.integers(0, seeds, seeds) if seeds_drawn and seeds > 1 else np.arange(seeds)
        again = measure(design.of_blocks(some), answers[some][:, :, those])
        for name, values in again.items():
            drawn[name].append(values)
    names = _names(design)
    return {name: Measure(name, names[name], estimates[name], np.array(drawn[name]), blocks) for name in estimates}


def _names(design: Design) -> dict[str, tuple[str, ...]]:
    names = design.factors.names
    found = dict.fromkeys(("mu_star", "mu", "sigma", "first", "total"), names)
    return found | {"second": tuple(f"{one} x {two}" for one, two in _pairs(names[:-1]))}


def _pairs(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(one, two) for at, one in enumerate(names) for two in names[at + 1 :]]


def elementary_effects(design: Design, answers: np.ndarray) -> np.ndarray:
    """Elementary effect of each factor in each trajectory, shape (blocks, factors), averaged over seeds.

    As a formula: (y after - y before) / step, the sign turned where the step went down; the unit is that of the answer for the
    whole range. Of groups only the size means something, as their assumptions move in different directions.

    References
    ----------
    Morris (1991), "Factorial sampling plans for preliminary computational experiments", Technometrics 33:161.
    """
    change = np.diff(answers.mean(axis=2), axis=1) / STEP
    change = np.where(design.upwards, change, -change)
    effects = np.zeros_like(change)
    np.put_along_axis(effects, design.moved, change, axis=1)
    return effects


def _morris(design: Design, answers: np.ndarray) -> dict[str, np.ndarray]:
    effects = elementary_effects(design, answers)
    found = {"mu_star": np.abs(effects).mean(axis=0)}
    if not design.factors.grouped:
        found |= {"mu": effects.mean(axis=0), "sigma": effects.std(axis=0, ddof=1)}
    return found


def _sobol(design: Design, answers: np.ndarray) -> dict[str, np.ndarray]:
    """First and total order as SALib estimates them, around the mean of all answers; zero where nothing varies.

    References
    ----------
    Saltelli et al. (2010), "Variance based sensitivity analysis of model output", Computer Physics Communications 181:259.
    """
    means = answers.mean(axis=2)
    means = means - means.mean()
    names = design.factors.names
    count = len(names)
    base, mixed, other = means[:, 0], means[:, 1 : 1 + count], means[:, -1]
    if np.ptp(np.r_[base, other]) <= np.finfo(float).eps * float(np.max(np.abs(answers))):
        found = {"first": np.zeros(count), "total": np.zeros(count)}
        return found | ({"second": np.zeros(len(_pairs(names[:-1])))} if design.second else {})
    found = {
        "first": np.array([first_order(base, mixed[:, at], other) for at in range(count)]),
        "total": np.array([total_order(base, mixed[:, at], other) for at in range(count)]),
    }
    if design.second:
        turned = means[:, 1 + count : 1 + 2 * count]
        found["second"] = np.array([
            second_order(base, mixed[:, one], mixed[:, two], turned[:, one], other)
            for one in range(count - 1) for two in range(one + 1, count - 1)
        ])  # fmt: skip
    return found


def pawn_of(design: Design, answers: np.ndarray, resamples: int = RESAMPLES // 10) -> dict[str, Measure]:
    """PAWN of each factor: how far the distribution of answers moves where the factor is known to lie in one slice.

    The largest distance between two distribution functions (Kolmogorov and Smirnov), its median and its largest over slices.
    Answers have shape (blocks, width, seeds); both base samples of a Sobol design are used, as independent points. Do not use
    for Morris' trajectories, whose points are not.

    References
    ----------
    Pianosi and Wagener (2018), "Distribution-based sensitivity analysis from a generic input-output sample", Environmental
    Modelling & Software 108:197.
    """
    places = design.places.reshape(design.blocks, design.width, -1)[:, [0, -1]]
    means = answers.mean(axis=2)[:, [0, -1]]
    names = [*design.factors.parameters, design.factors.names[-1]]
    members = [*design.factors.groups, design.factors.names[-1]]
    problem = {"num_vars": len(names), "names": names, "groups": members, "bounds": [[0.0, 1.0]] * len(names)}
    slices = slices_of(means.size)

    def measure(some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        inputs = places[some].reshape(-1, len(names))
        with warnings.catch_warnings():
            # Its coefficient of variation, which is not read here, divides by a mean of 0 where an answer hardly varies.
            warnings.simplefilter("ignore", RuntimeWarning)
            found = pawn_analysis.analyze(problem, inputs, means[some].ravel(), S=slices)
        return np.array(found["median"]), np.array(found["maximum"])

    luck = np.random.default_rng(BOOTSTRAP_SEED)
    whole = measure(np.arange(len(means)))
    drawn = [measure(luck.integers(0, len(means), len(means))) for _ in range(resamples)]
    return {
        name: Measure(name, design.factors.names, whole[at], np.array([one[at] for one in drawn]), len(means))
        for at, name in enumerate(("pawn_median", "pawn_max"))
    }


def slices_of(points: int) -> int:
    """Slices into which each range is cut; a number at which SALib's steps from 0 to 1 do not run beyond 1 by rounding."""
    wanted = int(np.clip(points // POINTS_A_SLICE, 2, MOST_SLICES))
    return next(many for many in range(wanted, 0, -1) if np.arange(0, 1 + 1 / many, 1 / many)[-1] <= 1)


def differs_by_seed(design: Design, answers: np.ndarray, factor: str) -> bool:
    """Whether what a factor does differs from seed to seed in all blocks alike, beyond chance: F test of blocks by seeds.

    Then more blocks under the same seeds narrow its interval little. False with one seed, which cannot tell.

    References
    ----------
    Searle, Casella and McCulloch (1992), "Variance components": two crossed random classes without repetition.
    """
    blocks, seeds = len(answers), answers.shape[2]
    if seeds < 2:
        return False
    at = design.factors.names.index(factor)
    if design.method == "morris":
        table = np.column_stack([elementary_effects(design, answers[:, :, [seed]])[:, at] for seed in range(seeds)])
    else:
        table = (answers[:, 0] - answers[:, 1 + at]) ** 2
    common, rest = luck_of(table)
    return common > rest * float(special.fdtri(seeds - 1, (blocks - 1) * (seeds - 1), LEVEL))


def way_under_seeds(design: Design, answers: np.ndarray, factor: str) -> tuple[float, float]:
    """Ends of the interval over seeds of the mean elementary effect of a factor; not a number with one seed."""
    at = design.factors.names.index(factor)
    each = [elementary_effects(design, answers[:, :, [seed]])[:, at].mean() for seed in range(answers.shape[2])]
    return luck_interval(np.array(each))[1:]


@dataclass(frozen=True)
class LuckShare:
    """Share of the variance of an answer that is luck: of one seed's answer, and what is left in the mean over the seeds."""

    single: tuple[float, float, float]
    mean: tuple[float, float, float]


def under_shared_seeds(design: Design, answers: np.ndarray) -> np.ndarray:
    """Answers of the points that the assumptions move, shape (blocks, points a block, seeds), all under the shared seeds.

    Morris' walk less the step of the dummy; of a Sobol design the two base samples, whose points are independent.
    """
    return answers[:, ~design.other_luck] if design.method == "morris" else answers[:, [0, -1]]


def luck_share(design: Design, answers: np.ndarray, resamples: int = RESAMPLES) -> LuckShare | None:
    """The shares that are luck; None with one seed, which says nothing, or where nothing varies under the shared seeds.

    Components of variance of points crossed with seeds: luck is what is common to all points of a seed, and the rest of the
    spread between seeds; the assumptions' is that between the means of points, less what luck leaves in them. A component
    below zero counts as zero. In the interval every mean square is drawn from the values that so few blocks and seeds allow, as
    generalised pivots: that between points as surely known as there are blocks, since points of one block share most of their
    assumptions, and less where drawing blocks anew shows that a few of them decide; luck as `analysis.shared_luck` says.
    With three seeds luck is known within a factor of several, with two hardly.
    What the intervals hold is measured in docs/sensitivity.md.

    References
    ----------
    Searle, Casella and McCulloch (1992), "Variance components": two crossed random classes without repetition. Weerahandi (1993),
    "Generalized confidence intervals", Journal of the American Statistical Association 88:899.
    """
    seeds = answers.shape[2]
    if seeds < 2:
        return None
    shown = under_shared_seeds(design, answers)
    points = shown.shape[0] * shown.shape[1]
    table = shown.reshape(points, seeds)
    luck = np.random.default_rng(BOOTSTRAP_SEED)
    between, common, rest = _mean_squares(table)
    freedom = _freedom_between(shown.mean(axis=2), resamples, luck)
    pivots = (freedom / luck.chisquare(freedom, resamples), *draw_luck(table, resamples, luck))
    between, common, rest = (
        figure * np.r_[1.0, wrong] for figure, wrong in zip((between, common, rest), pivots, strict=True)
    )
    assumptions = np.maximum(0.0, (between - rest) / seeds)
    of_luck = variance_of_luck(common, rest, points)
    known = assumptions + of_luck > np.finfo(float).tiny
    if not known[0]:
        return None

    def share(of: int) -> tuple[float, float, float]:
        every = (of_luck / of)[known] / (assumptions + of_luck / of)[known]
        low, high = np.quantile(every[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return float(every[0]), float(min(low, every[0])), float(max(high, every[0]))

    return LuckShare(share(1), share(seeds))


def _freedom_between(means: np.ndarray, resamples: int, luck: np.random.Generator) -> float:
    """Degrees of freedom of the variance between points, from means of shape (blocks, points a block): blocks less one at most.

    As a formula: 2 / (the variance over resampled blocks of that variance, as a share of its square).
    """
    blocks = len(means)
    again = np.array([np.var(means[luck.integers(0, blocks, blocks)]) for _ in range(resamples)])
    spread = float(np.var(again)) / max(float(np.mean(again)) ** 2, np.finfo(float).tiny)
    return float(np.clip(2 / spread, 1.0, blocks - 1)) if spread > 0.0 else float(blocks - 1)


def _mean_squares(table: np.ndarray) -> tuple[float, float, float]:
    """Mean squares between points, of what is common to the points of a seed, and of the rest; answers of (points, seeds)."""
    return table.shape[1] * float(np.var(table.mean(axis=1), ddof=1)), *luck_of(table)


def above_the_dummy(measure: Measure) -> list[str]:
    """Factors whose interval lies wholly above the dummy's, strongest first."""
    low, high = measure.ends
    floor = high[-1]
    found = [at for at in range(len(measure.factors) - 1) if low[at] > floor]
    return [measure.factors[at] for at in sorted(found, key=lambda at: -measure.estimates[at])]


def ranked(measure: Measure) -> list[str]:
    """Factors from the strongest to the weakest, the dummy left out; equals in the order of the table."""
    order = np.argsort(-measure.estimates[:-1], kind="stable")
    return [measure.factors[at] for at in order]


def rank_shares(measure: Measure, first: int) -> tuple[float, float]:
    """In what share of resamples the first so many factors are the same ones, and the same in the same order.

    Factors that differ by less than `AS_GOOD_AS_EQUAL` have no order.
    """
    if first < 1:
        return 1.0, 1.0
    order = np.argsort(-measure.estimates[:-1], kind="stable")
    drawn = measure.resampled[:, order]
    ahead = drawn[:, :-1] > drawn[:, 1:] * (1 + AS_GOOD_AS_EQUAL)
    last, rest = drawn[:, :first].min(axis=1), drawn[:, first:].max(axis=1, initial=0.0)
    same = last > rest * (1 + AS_GOOD_AS_EQUAL)
    return float(same.mean()), float((same & ahead[:, : first - 1].all(axis=1)).mean())


def some_equal(measure: Measure, first: int) -> bool:
    """Whether two of the first so many factors, or the last of these and the next, are as good as equal."""
    sizes = -np.sort(-measure.estimates[:-1])[: first + 1]
    return bool((sizes[:-1] <= sizes[1:] * (1 + AS_GOOD_AS_EQUAL)).any())


def agree_beyond_chance(effects: np.ndarray) -> bool:
    """Whether so many of these effects, shape (blocks,), have one sign that chance hardly would: a sign test at 5 %.

    Six at least are needed, which must all agree; effects of 0 say nothing.

    References
    ----------
    Dixon and Mood (1946), "The statistical sign test", Journal of the American Statistical Association 41:557.

    Examples
    --------
    >>> agree_beyond_chance(np.array([1.0, 2.0, 1.0, 0.5, 3.0])), agree_beyond_chance(np.array([1.0, 2.0, 1.0, 0.5, 3.0, 1.0]))
    (False, True)
    """
    up, down = int((effects > 0).sum()), int((effects < 0).sum())
    chance = 2 * float(special.bdtrc(max(up, down) - 1, up + down, 0.5)) if up + down else 1.0
    return chance <= 1 - LEVEL
