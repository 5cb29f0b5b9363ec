"""What a calibration does, read from `analysis/evidence/calibration.toml`: frozen before the first world was lived.

>>> load_settings().layers["labels"].waves
4
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.targets import load_numbers
from simulation.errors import EvidenceError, Problem
from simulation.mechanisms import LAYERS

SETTINGS = Path(__file__).parents[1] / "evidence" / "calibration.toml"
SCALES = ("logit", "log", "fisher", "plain")


@dataclass(frozen=True)
class LayerPlan:
    """The waves of one layer: trials, how many of them are lived twice, and how sharply the figures count, a number a wave."""

    points: tuple[int, ...]
    twice: tuple[int, ...]
    sharpness: tuple[float, ...]

    @property
    def waves(self) -> int:
        """How many waves there are."""
        return len(self.points)


@dataclass(frozen=True)
class Settings:
    """All that decides a calibration besides the model, the targets and the ranges of the parameters.

    Attributes
    ----------
    freedom
        Degrees of freedom of Student's t, by which a distance is scored.
    people, first_seed
        Of the world of each cohort in a trial of a wave.
    lasting_waves
        Surfaces are fitted to the points of so many waves, the last ones.
    layers
        Waves, by layer.
    draws, chains, steps, left_out_steps, posterior_people, posterior_seed
        Draws of the posterior, the chains and steps they come from, steps where a target is left out, people in the worlds that
        draws live, and the first of their seeds.
    scale
        What each number's surface is fitted to, by its id: one of `SCALES`.
    """

    freedom: float
    people: int
    first_seed: int
    lasting_waves: int
    layers: Mapping[str, LayerPlan]
    draws: int
    chains: int
    steps: int
    left_out_steps: int
    posterior_people: int
    posterior_seed: int
    scale: Mapping[str, str]


def load_settings(path: str | Path = SETTINGS) -> Settings:
    """The settings of this file.

    Raises
    ------
    EvidenceError
        If it cannot be read, or does not hold the settings of a calibration.
    """
    try:
        return _settings(tomllib.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        what = "settings of a calibration, like analysis/evidence/calibration.toml"
        raise EvidenceError(Problem(str(path), f"it cannot be read: {why}", what, "Name another file.")) from error


_OF_POSTERIOR = ("draws", "chains", "steps", "left_out_steps", "people", "first_seed")
_OF_ALL = ("freedom", "people", "first_seed", "lasting_waves", "layers", "posterior", "scale")
_OF_LAYER = ("points", "twice", "sharpness")


def _known(row: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    """Raise ValueError for a key that means nothing: a slip in its spelling would leave the usual value in silence."""
    unknown = [name for name in row if name not in names]
    if unknown:
        raise ValueError(f"{unknown[0]!r} in {where} means nothing: {', '.join(names)}")


def _whole(row: Mapping[str, Any], name: str) -> int:
    value = row[name]
    if not _is_whole(value):
        raise ValueError(f"{name} is {value!r}, not a whole number")
    return int(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _settings(data: Mapping[str, Any]) -> Settings:
    posterior = data["posterior"]
    _known(data, _OF_ALL, "the settings")
    _known(posterior, _OF_POSTERIOR, "[posterior]")
    found = Settings(
        float(data["freedom"]), _whole(data, "people"), _whole(data, "first_seed"), _whole(data, "lasting_waves"),
        {name: _plan(name, row) for name, row in data["layers"].items()},
        *(_whole(posterior, name) for name in _OF_POSTERIOR), _scales(data["scale"]),
    )  # fmt: skip
    if not math.isfinite(found.freedom):
        raise ValueError("freedom is no finite number")
    counts = (
        found.freedom, found.people, found.lasting_waves, found.draws, found.chains, found.steps, found.left_out_steps,
        found.posterior_people,
    )  # fmt: skip
    if min(counts) <= 0 or min(found.first_seed, found.posterior_seed) < 0:
        raise ValueError("freedom, people, lasting_waves, draws, chains and steps are above 0, seeds 0 or above")
    return found


def _plan(name: str, row: Mapping[str, Any]) -> LayerPlan:
    if name not in LAYERS:
        raise ValueError(f"layer {name!r} is none of {', '.join(LAYERS)}")
    _known(row, _OF_LAYER, f"[layers.{name}]")
    for key in ("points", "twice"):
        if not all(map(_is_whole, row[key])):
            raise ValueError(f"layer {name}: {key} are whole numbers, not {row[key]}")
    plan = LayerPlan(tuple(row["points"]), tuple(row["twice"]), tuple(map(float, row["sharpness"])))
    if not plan.points or not len(plan.points) == len(plan.twice) == len(plan.sharpness):
        raise ValueError(f"layer {name} needs as many points as twice and sharpness, one a wave")
    if min(plan.points) < 2 or any(not 0 <= some <= all_ for some, all_ in zip(plan.twice, plan.points, strict=True)):
        raise ValueError(f"layer {name}: at least 2 points a wave, and at most as many of them twice")
    if plan.sharpness[0] != 0.0 or not all(0.0 <= one <= 1.0 for one in plan.sharpness):
        raise ValueError(f"layer {name}: sharpness begins at 0 and lies between 0 and 1")
    return plan


def _scales(rows: Mapping[str, list[str]]) -> dict[str, str]:
    """The scale of every number, by its id; a row names targets ("S1") or numbers ("C2.4")."""
    each = [one for ids in rows.values() for one in ids]
    named = {one: scale for scale, ids in rows.items() for one in ids}
    unknown = set(rows) - set(SCALES)
    if unknown:
        raise ValueError(f"scale {sorted(unknown)[0]!r} is none of {', '.join(SCALES)}")
    if len(each) > len(named):
        raise ValueError(f"{next(one for one in each if each.count(one) > 1)} has two scales")
    numbers = load_numbers()
    strange = set(named) - {name for number in numbers for name in (number.id, number.target)}
    if strange:
        raise ValueError(f"{min(strange)} in [scale] is neither a target nor one of its numbers")
    found = {one.id: named.get(one.id, named.get(one.target)) for one in numbers}
    left = [name for name, scale in found.items() if scale is None]
    if left:
        raise ValueError(f"the scale of {', '.join(left)} is missing")
    return {name: scale for name, scale in found.items() if scale is not None}
