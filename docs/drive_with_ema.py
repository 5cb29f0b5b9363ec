"""Experiments over assumptions and a dummy by the EMA Workbench (extra `discovery`), on the effect of a policy.

Run it with `python docs/drive_with_ema.py`.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from simulation import simulate
from simulation.parameters import PARAMETERS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of parts of its own that it can do without
    from ema_workbench import Model, RealParameter, ScalarOutcome, perform_experiments

NAMES = ["deterrence", "z_exposure", "flag_shock"]
SEEDS = (1, 2, 3)


def live(people: int = 300, years: float = 1.0, dummy: float = 0.0, **assumptions: float) -> dict[str, float]:
    """Relapses in two worlds at these assumptions, and their difference, each the mean over the same three seeds.

    Always the same people under the same luck; nothing reads the dummy.
    """

    def relapses(plan: str) -> float:
        worlds = [
            simulate(plan, people=people, years=years, seed=seed, assumptions=assumptions, events=False) for seed in SEEDS
        ]
        return float(np.mean([world.weekly["relapse_events"].sum() for world in worlds]))

    alone, helped = relapses("the-visit"), relapses("independent-advocates")
    return {"left_alone": alone, "with_advocates": helped, "difference": helped - alone}


def main(experiments: int = 4) -> pd.DataFrame:
    """A row an experiment: the assumptions and the dummy, relapses in both worlds, and the difference."""
    model = Model("recovery", function=live)
    ends = {**{name: (PARAMETERS[name].low, PARAMETERS[name].high) for name in NAMES}, "dummy": (0.0, 1.0)}
    model.uncertainties = [RealParameter(name, low, high) for name, (low, high) in ends.items()]
    model.outcomes = [ScalarOutcome(name) for name in ("left_alone", "with_advocates", "difference")]
    points, outcomes = perform_experiments(model, scenarios=experiments)
    return points[[*NAMES, "dummy"]].astype(float).assign(**outcomes)


def goes_with(table: pd.DataFrame) -> pd.Series:
    """Rank correlation of the difference with each assumption; that with the dummy is what chance gives among so few points."""
    return table[[*NAMES, "dummy"]].corrwith(table["difference"], method="spearman")


if __name__ == "__main__":
    table = main(experiments=40)
    print(table)
    print(goes_with(table))
