"""Two worlds at either end of an assumption by Mesa's own batch_run, and the paired difference in relapses under three seeds.

Run it with `python docs/drive_with_mesa.py`.
"""

from __future__ import annotations

from typing import Any

import mesa
import pandas as pd

from simulation import RecoveryModel, Scenario
from simulation.parameters import PARAMETERS

NAME = "flag_shock"
SEEDS = [1, 2, 3]


class ModelAtAPoint(RecoveryModel):
    """The model with a parameter that batch_run can vary: the value of an assumption."""

    def __init__(self, plan: str, value: float, **asked: Any) -> None:
        super().__init__(Scenario.load(plan).with_settings(assumptions={NAME: value}), **asked)


def main(people: int = 300, years: float = 1.0) -> pd.DataFrame:
    """Relapses in each world and the difference, a row for each value of the assumption under each seed."""
    runs = mesa.batch_run(
        ModelAtAPoint,
        parameters={
            "plan": ["the-visit", "independent-advocates"],
            "value": [PARAMETERS[NAME].low, PARAMETERS[NAME].high],
            "people": [people],
            "years": [years],
            "seed_number": SEEDS,  # the same at both values, in both worlds
        },
        number_processes=1,
        data_collection_period=1,  # every week; -1 collects the last one alone
        display_progress=False,
    )
    table = pd.DataFrame(runs)  # a row a week: what was asked, and every column of the weekly table
    relapses = table.pivot_table(index=["value", "seed_number"], columns="plan", values="relapse_events", aggfunc="sum")
    return relapses.assign(difference=relapses["independent-advocates"] - relapses["the-visit"])


if __name__ == "__main__":
    table = main()
    print(table)
    print(table.groupby("value")["difference"].agg(["mean", "std"]))
