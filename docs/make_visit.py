"""Writes docs/visit.md: what a flag does with and without somebody to speak for a person, by stage of recovery.

    python docs/make_visit.py [--workers N]

takes about ten minutes on two cores, most of it for worlds that the run store (results/store) then has. Everything is computed
here, from the public surface of the package.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from markdown_table import table
from matplotlib.figure import Figure

from analysis import compare
from analysis.figures import BLUE, GREEN, INK, VERMILION, save, tidy
from analysis.intervals import effect_of
from analysis.worlds import Numbers, over_seeds_and_draws
from simulation import Scenario

PAGE = Path(__file__).parent / "visit.md"
PICTURE = Path(__file__).parent / "images" / "visit-by-stage.png"
STORE = "results/store"
SEEDS = range(1, 11)
DRAWS = 16

PEOPLE = """
question       = "What becomes of people in recovery at every stage, where nobody calls it into question?"
extends        = "baseline"
people         = 5_000
years          = 2
own_experience = "80 %"

[primary]
outcome = "relapsed"
horizon = "1 year"
group   = 'recovering and population_group == "visited"'

[[population_group]]
name    = "visited"
share   = "50 %"
because = "who would be visited is drawn before anything happens, so that they can be looked at in a world without the visit"
"""
VISIT = """
[[policy]]
lever   = "flag_once"
set     = "100 %"
from    = "week 4"
whom    = 'recovering and population_group == "visited"'
because = "two officers at the door, for nothing that the person has done"
"""
ADVOCATE = """
[[policy]]
lever   = "independent_advocate"
set     = "100 %"
from    = "week 5"
whom    = "flagged_without_cause"
because = "somebody outside the police and the family to speak for a person"
"""
ALONE, SPOKEN_FOR, DIFFERENCE = "left to kin, workers and luck", "an advocate speaks for them", "what the advocate takes back"
STAGES = ("first year", "second to fifth year", "five years or more")
KIN = ("kin close", "no kin close")
COLOURS = {ALONE: VERMILION, SPOKEN_FOR: BLUE, DIFFERENCE: GREEN}
DETERRENCE = {"with deterrence": "", "without deterrence": 'switch_off = ["deterrence"]\n'}


def lived(more: str, workers: int | None):  # noqa: ANN201 - Effects
    """The three worlds compared, with `more` at the head of each scenario."""
    base = Scenario.from_text(more + PEOPLE, "no-visit")
    alone = Scenario.from_text(more + PEOPLE + VISIT, "visit-alone")
    spoken_for = Scenario.from_text(more + PEOPLE + VISIT + ADVOCATE, "visit-and-advocate")
    return compare(base, [alone, spoken_for], seeds=SEEDS, draws=DRAWS, store=STORE, workers=workers)


def effects_in(effects, group: str) -> dict:  # noqa: ANN001
    """The excess of relapses in a group under either arm, and the difference between the two, with both intervals."""
    outcome = effects.question.primary.id
    first, second = effects.question.labels

    def in_arm(label: str):  # noqa: ANN202
        def read(found: Numbers) -> float:
            pair = found.pairs[label, outcome, group]
            return pair.other - pair.base

        return read

    def between(found: Numbers) -> float:
        return found.pairs[second, outcome, group].other - found.pairs[first, outcome, group].other

    reads = {ALONE: in_arm(first), SPOKEN_FOR: in_arm(second), DIFFERENCE: between}
    return {name: effect_of(*over_seeds_and_draws(effects.numbers, read)) for name, read in reads.items()}


def people_in(effects, group: str) -> float:  # noqa: ANN001
    """Mean number of people of a group in a world."""
    label, outcome = effects.question.labels[0], effects.question.primary.id
    return float(np.mean([found.pairs[label, outcome, group].people for found in effects.numbers]))


def told(effect) -> str:  # noqa: ANN001
    """An effect with both intervals, in whole people."""
    return f"{effect.value:+.0f} ({effect.low_luck:.0f} to {effect.high_luck:.0f}; {effect.low:.0f} to {effect.high:.0f})"


def rows_of(found: dict) -> list[list[str]]:
    """A row for each group and setting of deterrence."""
    groups = ("all", *STAGES, *KIN)
    rows = []
    for setting, effects in found.items():
        for name in groups:
            group = effects.question.group.name if name == "all" else name
            by_arm = effects_in(effects, group)
            rows.append([setting, name, f"{people_in(effects, group):,.0f}", *(told(by_arm[arm]) for arm in COLOURS)])
    return rows


def draw(found: dict) -> None:
    """The same as a picture: a panel for each setting, a row for each group."""
    figure = Figure(figsize=(12, 5.4), layout="constrained")
    axes = figure.subplots(1, len(found), sharex=True, sharey=True)
    groups = ("all", *STAGES, *KIN)
    for axis, (setting, effects) in zip(axes, found.items(), strict=True):
        for at, name in enumerate(groups):
            by_arm = effects_in(effects, effects.question.group.name if name == "all" else name)
            for number, arm in enumerate((ALONE, SPOKEN_FOR)):
                effect, height = by_arm[arm], len(groups) - at + 0.17 - 0.34 * number
                axis.plot([effect.low, effect.high], [height] * 2, color=COLOURS[arm], linewidth=1.4)
                axis.plot([effect.low_luck, effect.high_luck], [height] * 2, color=COLOURS[arm], linewidth=5.5, alpha=0.5)
                axis.plot(effect.value, height, "o", color=COLOURS[arm], label=arm if at == 0 else None)
        axis.axvline(0, color=INK, linewidth=1)
        axis.set_yticks([len(groups) - at for at in range(len(groups))], labels=list(groups))
        axis.set_title(setting, loc="left", fontsize=11, fontweight="bold")
        axis.set_xlabel("excess of people who relapse within a year, per 1,000 flagged\nthick: luck alone; thin: if our assumptions are off")
        tidy(axis, grid="x")
    axes[-1].legend(loc="lower right", frameon=True, framealpha=0.85, edgecolor="none")
    save(figure, PICTURE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=None)
    workers = parser.parse_args().workers
    found = {setting: lived(more, workers) for setting, more in DETERRENCE.items()}
    draw(found)
    head = ["", "group", "people a world", *COLOURS]
    PAGE.write_text(
        TEXT.format(rows=table(head, rows_of(found)), seeds=len(SEEDS), draws=DRAWS, scenario=(PEOPLE + VISIT + ADVOCATE).strip()),
        encoding="utf-8",
    )


TEXT = """# What a visit costs, and what it takes to undo it

*Made by `docs/make_visit.py`; every figure is worked out anew when it is run.*

People in recovery, at every stage of it, are flagged once by police without cause, half of them by lot. How many more of
those flagged relapse within a year than would have without the visit, per 1,000: left to kin, workers and luck; and when an
independent advocate speaks for them from the week after. Once with deterrence (a flag also makes offences, and lapses into
offending, less likely) and once with that mechanism switched off in all worlds. Stage and kin are those of the week of the
visit, before it; who would be visited is drawn beforehand, so that the same people are looked at in all three worlds.

![Excess relapse by stage of recovery and by kin, with and without an advocate, with and without deterrence](images/visit-by-stage.png)

Each cell is the effect, the interval over luck alone, and the interval if our assumptions are off, both of 95 %: {seeds}
seeds and {draws} draws of the assumptions, 5,000 people a world.

{rows}
## How to read it

- **No study measures police flags.** That a flag does anything is an assumption of the model; the lower ends of the wide
  intervals come from draws in which it does next to nothing. Read the range, never the middle alone.
- **Stages differ in who is in them as well as in time.** Those who are five years into recovery are those who did not fall back before.
- **The difference between the two arms** is what somebody to speak for one takes back, in the same people with the same luck.
- Groups were declared beforehand; all but the first row of each setting are exploratory.

## To repeat it

`python docs/make_visit.py`, or a scenario file of one's own; the third world's is

```toml
{scenario}
```
"""


if __name__ == "__main__":
    main()
