"""Morris' screening of three assumptions and a dummy by SALib alone, on the effect of a policy.

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
SEEDS = (1, 2, 3)
OTHER_SEEDS = (4, 5, 6)

problem = {
    "num_vars": len(NAMES) + 1,
    "names": [*NAMES, "dummy"],
    "bounds": [*([PARAMETERS[name].low, PARAMETERS[name].high] for name in NAMES), [0.0, 1.0]],
}


def effect(values: np.ndarray, people: int = 300, years: float = 1.0) -> float:
    """Mean paired difference in relapses over three seeds, at these values of the assumptions and of the dummy.

    The same three seeds at every point, in both worlds. No rule reads the dummy, and under the same luck it would change nothing
    at all, so that it would be no floor: in its upper half the luck is other luck, three other seeds. A step of a trajectory that
    moves an assumption stays under the same seeds, and the one that moves the dummy shows what other luck alone does.
    """
    *assumed, dummy = values.tolist()
    assumptions = dict(zip(NAMES, assumed, strict=True))

    def relapses(plan: str, seed: int) -> int:
        history = simulate(plan, people=people, years=years, seed=seed, assumptions=assumptions, events=False)
        return history.weekly["relapse_events"].sum()

    seeds = SEEDS if dummy < 0.5 else OTHER_SEEDS
    return float(np.mean([relapses("independent-advocates", seed) - relapses("the-visit", seed) for seed in seeds]))


def main(trajectories: int = 4) -> pd.DataFrame:
    """Reach (mu*) of each assumption and of the dummy, and its spread (sigma), in relapses among 300 people in a year.

    What reaches no further than the dummy may be luck.
    """
    points = morris_sample.sample(problem, trajectories, num_levels=4, seed=1)
    answers = np.array([effect(point) for point in points])
    found = morris_analysis.analyze(problem, points, answers, num_levels=4, seed=1)
    return pd.DataFrame({name: found[name] for name in ("names", "mu_star", "mu_star_conf", "sigma")})


if __name__ == "__main__":
    print(main())
