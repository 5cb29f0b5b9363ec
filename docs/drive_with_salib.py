"""Morris' screening of three assumptions by SALib alone, on the effect of a policy.

Run it with `python docs/drive_with_salib.py`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from SALib.analyze import morris as morris_analysis
from SALib.sample import morris as morris_sample

from simulation import simulate
from simulation.parameters import PARAMETERS

NAMES = ["deterrence", "z_exposure", "flag_shock"]
SEEDS = (1, 2)

problem = {
    "num_vars": len(NAMES),
    "names": NAMES,
    "bounds": [[PARAMETERS[name].low, PARAMETERS[name].high] for name in NAMES],
}


def effect(values: np.ndarray, people: int = 300, years: float = 1.0) -> float:
    """Mean paired difference in relapses, at these values of the assumptions: the same seeds at every point, in both worlds."""
    assumptions = dict(zip(NAMES, values.tolist(), strict=True))

    def relapses(plan: str, seed: int) -> int:
        history = simulate(plan, people=people, years=years, seed=seed, assumptions=assumptions, events=False)
        return history.weekly["relapse_events"].sum()

    return float(np.mean([relapses("independent-advocates", seed) - relapses("the-visit", seed) for seed in SEEDS]))


def main(trajectories: int = 4) -> pd.DataFrame:
    """Reach (mu*) of each assumption and its spread (sigma), in relapses among 300 people in a year."""
    points = morris_sample.sample(problem, trajectories, num_levels=4, seed=1)
    answers = np.array([effect(point) for point in points])
    found = morris_analysis.analyze(problem, points, answers, num_levels=4, seed=1)
    return pd.DataFrame({name: found[name] for name in ("names", "mu_star", "mu_star_conf", "sigma")})


if __name__ == "__main__":
    print(main())
