"""Writes docs/outcomes.md: every outcome that can be asked for, from its declaration.

    python docs/make_outcomes.py [--check]

With `--check` nothing is written, and the exit status is 1 where the page is not current.
"""

from __future__ import annotations

import sys
from pathlib import Path

from markdown_table import table

from analysis.catalogue import EVERY
from analysis.observables_of_labels import HARDSHIP, LABELS, OFFENDING
from analysis.observables_of_recovery import RECOVERIES
from analysis.observables_of_the_self import OTHERS, SELVES
from analysis.observables_of_time import TIMES
from analysis.outcomes import OUTCOMES

PAGE = Path(__file__).parent / "outcomes.md"

PARTS = {
    "Reported by every comparison": tuple(OUTCOMES.values()),
    "Time without an event": TIMES,
    "Recoveries": RECOVERIES,
    "The self": SELVES,
    "Roles and other people": OTHERS,
    "Labels": LABELS,
    "Offending": OFFENDING,
    "Hardship and services": HARDSHIP,
}

TEXT = """# Outcomes

*Made by `docs/make_outcomes.py` from the declarations in `analysis/`; a test fails where it is not current.*

Everything that is counted about people, each declared once. An outcome is measured over a stretch of a world: from
the policy's first week to the horizon in a comparison, from start to end in one world. Whom it can happen to is
judged in the first week; in a comparison, in the base world for all worlds.

- `recovery compare BASE OTHER --outcome NAME` reports those asked for, with both intervals; `--by` splits them by a
  trait, a group or a rule.
- `recovery run SCENARIO` writes all of them for one world into `outcomes.csv`; `--by` splits them there too.
- From Python, `observe(history, ["reversals"], by="woman")` gives one world's, `gap(history, "relapsed", "kin")` the
  gap between groups, and `own_outcome` makes one of a function of yours ([comparisons](comparisons.md)).
- *Better* says which way is better; "neither" where no way is.

{parts}
## Read elsewhere

- Reach and dose of each policy: `reach.csv` of a comparison, `History.reach` of a world.
- Weeks with roles, with a flag, in custody, homeless: among the eleven. Deaths: `died`; life-years: `weeks_lived`.
- Survival curves, competing risks, repeated lapses, occupancy of states, transitions, spells, classes of
  trajectories: [journeys](journeys.md).
- Excess relapse of a label with and without an advocate: [the visit](visit.md). Hysteresis, critical length of a
  label, rank of levers: experiments over several worlds, not outcomes of one.

## Not measured

- **Half-recovery of comfort** (how long until a person is half-way back to the comfort that a flag took): comfort in
  the weeks between the two ends is not recorded unless a panel of states is asked for. `comfort_mean` is its level at
  the horizon.
- **Blocked weeks by cause**: of role draws that failed under a label, `roles_blocked` counts how many; which label it
  was is not recorded.
- **Share of ties not in a problem** as one figure over use and offending: a person's row holds shares of ties in
  trouble for each domain alone, so that `ties_not_in_trouble` is of substance use."""


def made() -> str:
    """The page, as it should be."""
    head = ["name", "unit", "better", "what is counted", "among", "censoring", "source"]
    parts = []
    for title, outcomes in PARTS.items():
        rows = [
            [f"`{one.id}`", one.unit, one.better, one.means, one.at_risk_means, one.censoring, one.source] for one in outcomes
        ]
        parts.append(f"## {title}\n\n{table(head, rows)}")
    return TEXT.format(parts="\n".join(parts))


def main() -> None:
    """Write the page, or say whether it is current."""
    told = {one.id for outcomes in PARTS.values() for one in outcomes}
    if told != set(EVERY):
        raise SystemExit(f"not told of: {sorted(set(EVERY) - told)}")
    if "--check" in sys.argv[1:]:
        raise SystemExit(0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made() else 1)
    PAGE.write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
