"""Experiments over assumptions by the EMA Workbench (extra `discovery`), on the effect of a policy.

Run it with `python docs/drive_with_ema.py`.
"""

from __future__ import annotations

import warnings

import pandas as pd

from simulation import simulate
from simulation.parameters import PARAMETERS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of parts of its own that it can do without
    from ema_workbench import Model, RealParameter, ScalarOutcome, perform_experiments

NAMES = ["deterrence", "z_exposure", "flag_shock"]
SEED = 1


def live(people: int = 300, years: float = 1.0, **assumptions: float) -> dict[str, float]:
    """Relapses in two worlds at these assumptions, and their difference: always the same people under the same luck."""

    def relapses(plan: str) -> float:
        history = simulate(plan, people=people, years=years, seed=SEED, assumptions=assumptions, events=False)
        return float(history.weekly["relapse_events"].sum())

    alone, helped = relapses("the-visit"), relapses("independent-advocates")
    return {"left_alone": alone, "with_advocates": helped, "difference": helped - alone}


def main(experiments: int = 4) -> pd.DataFrame:
    """A row an experiment: the assumptions, relapses in both worlds, and the difference."""
    model = Model("recovery", function=live)
    model.uncertainties = [RealParameter(name, PARAMETERS[name].low, PARAMETERS[name].high) for name in NAMES]
    model.outcomes = [ScalarOutcome(name) for name in ("left_alone", "with_advocates", "difference")]
    points, outcomes = perform_experiments(model, scenarios=experiments)
    return points[NAMES].astype(float).assign(**outcomes)


if __name__ == "__main__":
    print(main())
