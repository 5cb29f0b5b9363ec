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
from analysis.subgroups import FEWEST
from analysis.worlds import Numbers, over_seeds_and_draws
from simulation import Scenario

PAGE = Path(__file__).parent / "visit.md"
PICTURE = Path(__file__).parent / "images" / "visit-by-stage.png"
STORE = "results/store"
SEEDS = range(1, 11)
DRAWS = 16

PEOPLE = """
question       = "What becomes of people in recovery, where nobody calls it into question?"
extends        = "{cohort}"
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
NOBODY, ALONE, SPOKEN_FOR = "nobody's word counts", "left to kin, workers and luck", "an advocate speaks for them"
DIFFERENCE = "what the advocate takes back"
STAGES = ("first year", "second to fifth year", "five years or more")
GROUPS = ("all", *STAGES)
NAMES = {"": "no-visit", VISIT: "visit-alone", VISIT + ADVOCATE: "visit-and-advocate"}
COLOURS = {NOBODY: INK, ALONE: VERMILION, SPOKEN_FOR: BLUE, DIFFERENCE: GREEN}
DETERRENCE = {"with deterrence": (), "without deterrence": ("deterrence",)}
COHORTS = {"the visit's own people, a year into recovery": "a-year-in", "people at every stage": "baseline"}


def lived(cohort: str, off: tuple[str, ...], workers: int | None):
    """The worlds compared where these mechanisms are off: the visit alone and with an advocate, and where no word counts."""
    people = PEOPLE.format(cohort=cohort)

    def compared(off: tuple[str, ...], *policies: str):
        names = ", ".join(f'"{name}"' for name in off)
        plans = [Scenario.from_text(f"switch_off = [{names}]\n{people}{more}", NAMES[more]) for more in ("", *policies)]
        return compare(plans[0], plans[1:], seeds=SEEDS, draws=DRAWS, store=STORE, workers=workers)

    return compared(off, VISIT, VISIT + ADVOCATE), compared((*off, "advocacy"), VISIT)


def effects_in(found: tuple, group: str) -> dict:
    """The excess of relapses in a group under each arm, and what the advocate takes back, with both intervals."""
    effects, unheard = found
    outcome = effects.question.primary.id
    first, second = effects.question.labels

    def in_arm(label: str):
        def read(found: Numbers) -> float:
            pair = found.pairs[label, outcome, group]
            return pair.other - pair.base

        return read

    def between(found: Numbers) -> float:
        return found.pairs[second, outcome, group].other - found.pairs[first, outcome, group].other

    reads = {ALONE: in_arm(first), SPOKEN_FOR: in_arm(second), DIFFERENCE: between}
    by_arm = {name: effect_of(*over_seeds_and_draws(effects.numbers, read)) for name, read in reads.items()}
    return {NOBODY: effect_of(*over_seeds_and_draws(unheard.numbers, in_arm(unheard.question.labels[0]))), **by_arm}


def groups_of(found: tuple) -> list[tuple[str, str, float]]:
    """Each group that is large enough: its name here, its name in the comparison, and how many people it has in a mean world."""
    effects, _ = found
    label, outcome = effects.question.labels[0], effects.question.primary.id
    groups = []
    for name in GROUPS:
        group = effects.question.group.name if name == "all" else name
        people = float(np.mean([found.pairs[label, outcome, group].people for found in effects.numbers]))
        if people >= FEWEST:
            groups.append((name, group, people))
    return groups


def told(effect) -> str:
    """An effect with both intervals, in whole people."""
    value, *ends = (f"{number + 0.0:.0f}".replace("-0", "0") if abs(number) < 0.5 else f"{number:.0f}" for number in (
        effect.value, effect.low_luck, effect.high_luck, effect.low, effect.high
    ))  # fmt: skip
    return f"{'+' if effect.value >= 0.5 else ''}{value} ({ends[0]} to {ends[1]}; {ends[2]} to {ends[3]})"


def rows_of(settings: dict) -> list[list[str]]:
    """A row for each setting of deterrence and each group."""
    return [
        [", ".join(setting), name, f"{people:,.0f}", *map(told, effects_in(found, group).values())]
        for setting, found in settings.items()
        for name, group, people in groups_of(found)
    ]


def draw(settings: dict) -> None:
    """The same as a picture: a panel for each setting, a row for each group."""
    figure = Figure(figsize=(13, 8.5), layout="constrained")
    axes = figure.subplots(len(COHORTS), len(DETERRENCE), sharex=True, height_ratios=(2, 5)).ravel()
    for axis, (setting, found) in zip(axes, settings.items(), strict=True):
        groups = groups_of(found)
        for at, (_, group, _) in enumerate(groups):
            by_arm = effects_in(found, group)
            for number, arm in enumerate((NOBODY, ALONE, SPOKEN_FOR)):
                effect, height = by_arm[arm], len(groups) - at + 0.26 * (1 - number)
                axis.plot([effect.low, effect.high], [height] * 2, color=COLOURS[arm], linewidth=1.4)
                axis.plot([effect.low_luck, effect.high_luck], [height] * 2, color=COLOURS[arm], linewidth=5.5, alpha=0.5)
                axis.plot(effect.value, height, "o", color=COLOURS[arm], label=arm if at == 0 else None)
        axis.axvline(0, color=INK, linewidth=1)
        axis.set_yticks([len(groups) - at for at in range(len(groups))], labels=[name for name, _, _ in groups])
        axis.set_title("\n".join(setting), loc="left", fontsize=11, fontweight="bold")
        axis.set_xlabel(
            "excess of people who relapse within a year, per 1,000 flagged\nthick: luck alone; thin: if our assumptions are off"
        )
        tidy(axis, grid="x")
    axes[-1].legend(loc="lower right", frameon=True, framealpha=0.85, edgecolor="none")
    save(figure, PICTURE)


def main() -> None:
    """Live the worlds, and write the picture and the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=None)
    workers = parser.parse_args().workers
    found = {
        (people, setting): lived(cohort, off, workers)
        for people, cohort in COHORTS.items()
        for setting, off in DETERRENCE.items()
    }
    draw(found)
    head = ["", "group", "people a world", *COLOURS]
    scenario = (PEOPLE.format(cohort="baseline") + VISIT + ADVOCATE).strip()
    text = TEXT.format(rows=table(head, rows_of(found)), seeds=len(SEEDS), draws=DRAWS, scenario=scenario)
    PAGE.write_text(text, encoding="utf-8")


TEXT = """# What a visit costs, and what it takes to undo it

*Made by `docs/make_visit.py`; every figure is worked out anew when it is run.*

People in recovery are flagged once by police without cause, half of them by lot: those of `the-visit`, who are a year into
it, and people at every stage, of `baseline`. How many more of those flagged relapse within a year than would have without the
visit, per 1,000: where nobody's word counts (neither kin nor workers can end a flag); left to kin, workers and luck; and
when an independent advocate speaks for them from the week after. Once with deterrence (a flag also makes offences, and
lapses into offending, less likely) and once with that mechanism switched off in all worlds. Stages are those of the
week of the visit, before it; who would be visited is drawn beforehand, so that the same people are looked at in all worlds.

![Excess relapse by stage of recovery, with and without an advocate](images/visit-by-stage.png)

Each cell is the effect, the interval over luck alone, and the range if our assumptions are off (the middle 95 % of
the draws; from few draws it covers less of what might be true, about 84 % from 16): {seeds}
seeds and {draws} draws of the assumptions, 5,000 people a world. Groups of fewer
than thirty people a world are left out.

{rows}
## How to read it

- **No study measures police flags.** That a flag does anything is an assumption of the model; the lower ends of the wide
  intervals come from draws in which it does next to nothing. Read the range, never the middle alone.
- **Stages differ in who is in them as well as in time.** Those five years into recovery are those who did not fall back
  before.
- **What the advocate takes back** is the difference of the last two arms, in the same people with the same luck.
- Groups were declared beforehand; all but the first row of each setting are exploratory.

## To repeat it

`python docs/make_visit.py`, or a scenario file of one's own; the third world's is

```toml
{scenario}
```
"""


if __name__ == "__main__":
    main()
