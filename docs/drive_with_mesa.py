"""Two worlds under three seeds by Mesa's own batch_run, and the paired difference in relapses.

Run it with `python docs/drive_with_mesa.py`.
"""

from __future__ import annotations

import mesa
import pandas as pd

from simulation import RecoveryModel


def main(people: int = 300, years: float = 1.0) -> pd.DataFrame:
    """Relapses in each world and the difference, a row a seed."""
    runs = mesa.batch_run(
        RecoveryModel,
        parameters={
            "plan": ["the-visit", "independent-advocates"],
            "people": [people],
            "years": [years],
            "seed_number": [1, 2, 3],
        },
        number_processes=1,
        data_collection_period=1,  # every week; -1 collects the last one alone
        display_progress=False,
    )
    table = pd.DataFrame(runs)  # a row a week: what was asked, and every column of the weekly table
    relapses = table.pivot_table(index="seed_number", columns="plan", values="relapse_events", aggfunc="sum")
    return relapses.assign(difference=relapses["independent-advocates"] - relapses["the-visit"])


if __name__ == "__main__":
    print(main())
