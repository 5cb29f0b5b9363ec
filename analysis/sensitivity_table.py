"""The measures of a sensitivity analysis as one table in long format: `sensitivity.csv`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.intervals import LEVEL, luck_interval
from analysis.sensitivity_design import Design
from analysis.sensitivity_factors import Factors
from analysis.sensitivity_failures import ROUNDING, size_of
from analysis.sensitivity_measures import LuckShare, Measure
from analysis.sensitivity_worlds import DEFAULT, Arm, Life, Lived
from simulation.parameters import PARAMETERS

if TYPE_CHECKING:
    from analysis.sensitivity import Asked, Sensitivity

COLUMNS = (
    "method base other outcome unit horizon_weeks whom factor kind measure estimate low high level seeds points "
    "difference_from_default difference_low difference_high means"
).split()

RESPONSE_COLUMNS = "base other outcome unit point block seed other_luck counted base_value other_value response".split()
"""Columns of `responses.csv`: a row a point, seed and other world."""

LUCK, LUCK_OF_MEAN = "luck_share", "luck_share_of_mean"
ABLATION, ALTERNATIVE = "ablation", "alternative"
MEASURE_OF_ARM = {DEFAULT: DEFAULT, "mechanism": ABLATION, "structure": ALTERNATIVE}

SHARES = ("first", "total", "second", "pawn_median", "pawn_max", LUCK, LUCK_OF_MEAN)
"""Measures without a unit; all others are in the unit of the outcome."""


def measure_rows(
    asked: Asked, label: str, factors: Factors, measures: Mapping[str, Measure], luck: LuckShare | None
) -> list[dict[str, Any]]:
    """A row for each measure of each factor, and two for the share that is luck."""
    kinds = dict(zip(factors.table["factor"], factors.table["kind"], strict=True))
    means = dict(zip(factors.table["factor"], factors.table["means"], strict=True))
    rows = []
    for measure in measures.values():
        low, high = measure.ends
        for at, name in enumerate(measure.factors):
            kind, said = kinds.get(name, "pair"), means.get(name, "")
            rows.append(_row(asked, label, name, kind, measure.name, (measure.estimates[at], low[at], high[at]), said))
    if luck is not None:
        rows.append(
            _row(asked, label, "luck", "luck", LUCK, luck.single, "variance between seeds in one seed's answer")
        )
        rows.append(_row(asked, label, "luck", "luck", LUCK_OF_MEAN, luck.mean, "the same in the mean over the seeds"))
    return rows


def _row(
    asked: Asked, label: str, factor: str, kind: str, measure: str, figures: tuple[float, float, float], means: str
) -> dict[str, Any]:
    estimate, low, high = (float(figure) for figure in figures)
    return {
        "base": asked.base, "other": label, "outcome": asked.outcome, "unit": "share" if measure in SHARES else asked.unit,
        "factor": factor, "kind": kind, "measure": measure, "estimate": estimate, "low": low, "high": high, "means": means,
    }  # fmt: skip


def arm_rows(
    asked: Asked, label: str, arms: Sequence[Arm], lives: Sequence[Life], lived: Sequence[Lived]
) -> list[dict[str, Any]]:
    """A row for each arm: its answer, and how far it lies from that of the worlds as they are, with intervals over seeds.

    Arms of which every seed failed are left out here; failures name them.
    """
    place = asked.labels.index(label)
    found: dict[str, dict[int, float]] = {arm.name: {} for arm in arms}
    for life, one in zip(lives, lived, strict=True):
        if not one.failure:
            base, other = list(one.pairs.values())[place]
            found[life.arm][life.seed] = other - base if asked.others else base
    usual = found.get(DEFAULT, {})
    rows, size = [], size_of(lived)
    for arm in arms:
        values = found[arm.name]
        if not values:
            continue
        row = _row(asked, label, arm.name, arm.kind, MEASURE_OF_ARM[arm.kind], luck_interval(np.array(list(values.values()))),
                   arm.means)  # fmt: skip
        row["seeds"] = len(values)
        both = np.array([_apart(values[seed], usual[seed], size) for seed in values if seed in usual])
        if arm.name != DEFAULT and len(both):
            names = ("difference_from_default", "difference_low", "difference_high")
            row |= dict(zip(names, luck_interval(both), strict=True))
        rows.append(row)
    return rows


def _apart(one: float, two: float, size: float) -> float:
    """How far two answers lie apart; 0 where that is rounding, of outcomes of this size."""
    return one - two if abs(one - two) > ROUNDING * size else 0.0


def table_of(
    asked: Asked, design: Design, seeds: Sequence[int], blocks: int, rows: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """The whole table, in the order of `COLUMNS`; what does not apply is empty."""
    common = {
        "method": design.method, "level": LEVEL, "seeds": len(seeds), "horizon_weeks": asked.horizon_weeks, "whom": asked.whom,
    }  # fmt: skip
    table = pd.DataFrame([common | dict(row) for row in rows], columns=COLUMNS)
    arms = table["measure"].isin(MEASURE_OF_ARM.values())
    table["points"] = np.where(arms, 1, blocks * design.width)
    return table


def placed(found: Sensitivity, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with a `point`, and beside it its `block`, whether `other_luck` was lived there, and whether it is `counted`."""
    point = rows["point"].to_numpy(dtype=int)
    other = np.tile(found.design.other_luck, found.design.blocks)
    return rows.assign(
        block=found.blocks.to_numpy()[point], other_luck=other[point], counted=found.counted.to_numpy()[point]
    )  # fmt: skip


def response_rows(found: Sensitivity, rows: pd.DataFrame) -> pd.DataFrame:
    """Responses with all that tells what each is of, in the order of `RESPONSE_COLUMNS`."""
    asked = found.asked
    return placed(found, rows).assign(base=asked.base, outcome=asked.outcome, unit=asked.unit)[RESPONSE_COLUMNS]


def point_rows(found: Sensitivity) -> pd.DataFrame:
    """A row a point and factor, as `points.csv` has it: the value there, in its own unit."""
    rows = found.points.reset_index().melt(id_vars="point", var_name="factor", value_name="value")
    units = {name: one.unit for name, one in PARAMETERS.items()} | dict(
        zip(found.factors["factor"], found.factors["unit"], strict=True)
    )  # fmt: skip
    table = placed(found, rows.sort_values("point", kind="stable")).assign(unit=rows["factor"].map(units).fillna(""))
    return table[["point", "block", "other_luck", "counted", "factor", "value", "unit"]]


def arms_shown(table: pd.DataFrame, label: str) -> pd.DataFrame:
    """Rows of mechanisms and structures of one other world, the largest difference from the default first."""
    rows = table[(table["other"] == label) & table["measure"].isin([ABLATION, ALTERNATIVE])]
    return rows.iloc[np.argsort(-rows["difference_from_default"].abs().to_numpy(), kind="stable")]
