"""Writes docs/verification.md: what the model does where the answer should be known, in figures.

    python docs/make_verification.py

takes about five minutes on two cores. Everything is computed here, from the public surface of the package.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from markdown_table import table

from analysis.fit import load_fit
from simulation import History, simulate
from simulation.state import ACTIVE, DOMAINS, LAPSED, RECOVERING, SERVICE_NAMES

PAGE = Path(__file__).parent / "verification.md"

PATHS = {
    "its weight as a label (`label_flag`)": "label_flag",
    "the shock (`flag_shock`)": "flag_shock",
    "anticipation beyond exposure (`anticipated_flag`)": "anticipated_flag",
    "deterrence (`deterrence`)": "deterrence",
    "contagion to kin (`kin_contagion`)": "kin_contagion",
}
NO_PATH = dict.fromkeys(PATHS.values(), 0.0)
NO_ADVOCACY = {"kin_voice_rate": 0.0, "professional_rate": 0.0, "both_rate": 0.0}
DETERRED = {"deterrence": 0.6}
ONLY_DETERRED = NO_PATH | DETERRED
OTHER_FIT = "differences-between-people"
SEEDS = range(1, 7)
CHECK_SEEDS = (1, 2, 3)
IN_TROUBLE = (ACTIVE, LAPSED)
USE_SERVICE, MENTAL_HEALTH_SERVICE = SERVICE_NAMES.index("use"), SERVICE_NAMES.index("mental_health")
NETWORK_EVENTS = ("tie_made", "tie_ended")


def placebo() -> str:
    """Lives that one irrelevant change to one person moves in five years, per 1,000."""
    lines = []
    for seed in (1, 2, 3):
        base = simulate("baseline", people=10_000, years=5, seed=seed)
        for person in (0, 5_003):
            other = simulate("baseline", people=10_000, years=5, seed=seed, nudge=person)
            moved = lives_that_differ(base, other)
            bits = sum(bool(np.any(base.end[row] != other.end[row])) for row in range(len(base.end)))
            lines.append([str(seed), str(person), f"{moved / 10:.1f}", f"{bits / 10:.1f}"])
    head = ["seed", "person", "lives with another event, per 1,000", "people with any other digit at the end, per 1,000"]
    return table(head, lines)


def lives_that_differ(base: History, other: History) -> int:
    """People with any different event in two histories, ties of others apart."""
    columns = ["person", "week", "event", "domain", "detail", "cause"]

    def lived(history: History) -> pd.DataFrame:
        events = history.events
        return events.loc[~events["event"].isin(NETWORK_EVENTS), columns].astype(
            {name: str for name in columns if name not in ("person", "week")}
        )

    both = pd.concat([lived(base).assign(world=0), lived(other).assign(world=1)])
    alone = both[~both.duplicated(columns, keep=False)]
    return int(alone["person"].nunique())


def twenty_years() -> str:
    """Twenty years of `england`: prevalence, shares, roles, ties and deaths."""
    weekly = simulate("baseline", people=10_000, years=20, seed=1, events=False).weekly
    rows = []
    for year in (0, 1, 5, 10, 15, 20):
        line = weekly.iloc[max(0, year * 52 - 1)]
        deaths = weekly["died_events"].iloc[max(0, year * 52 - 52) : max(52, year * 52)].sum()
        alive, own = line["alive"], line["own_alive"]

        def per(name: str, of: float = alive, line: pd.Series = line) -> str:
            return f"{1000 * line[name] / of:.1f}"

        rows.append(
            [
                str(year), per("use_active"), per("offending_active"), per("mental_health_active"), per("symptoms"),
                per("in_custody"), per("homeless"), per("in_service"), per("flagged"),
                f"{line['own_sustained_year'] / own:.2f}", f"{line['own_personal_recovery'] / own:.2f}",
                f"{line['mean_identity']:.2f}", f"{line['family'] / alive:.2f}", f"{line['work'] / alive:.2f}",
                f"{line['giving'] / alive:.2f}", f"{line['community'] / alive:.2f}", f"{line['own_ties'] / own:.1f}",
                f"{line['others_ties'] / (alive - own):.1f}", f"{1000 * deaths / alive:.1f}",
            ]
        )  # fmt: skip
    head = [
        "year", "active: use", "offending", "mental health", "symptoms", "custody", "homeless", "in service", "flagged",
        "own: a year sustained", "own: personal recovery", "own: identity", "family", "work", "giving", "community",
        "own: ties", "others: ties", "deaths in the year",
    ]  # fmt: skip
    return table(head, rows)


CHECKS = (
    ("X1: of people homeless, in trouble in use or active in offending, exactly one of the three", "0.62"),
    ("X1: exactly two", "0.28"),
    ("X1: all three", "0.10"),
    ("X2: of homeless people, share with a problem of use or offending too", "2/3"),
    ("X2: of homeless people, share with both", "1/3"),
    ("X4: of people in a mental-health service, share with a problem of use", "0.44"),
    ("X4: of people in a service for use, share with a mental-health problem", "0.75 to 0.85"),
    ("X7: odds of an offence in the year, in trouble in use at its end against not", "2.8 to 3.8"),
)


def overlaps() -> str:
    """How problems overlap in `england` after a year, beside the published figures that the cohort was not drawn from."""
    means = np.mean([overlap_checks(seed) for seed in CHECK_SEEDS], axis=0)
    rows = [[name, f"{mean:.2f}", known] for (name, known), mean in zip(CHECKS, means, strict=True)]
    return table(["check", "`england`", "published"], rows)


def overlap_checks(seed: int) -> list[float]:
    """The figures of `CHECKS`, in their order, in one world of `england` after a year."""
    history = simulate("baseline", people=20_000, years=1, seed=seed)
    state = history.end[history.end["alive"] > 0]
    events = history.events
    offended = np.isin(state["person"], events.loc[events["event"] == "offence", "person"])
    use, offending = np.isin(state["use"], IN_TROUBLE), np.isin(state["offending"], IN_TROUBLE)
    homeless = state["homeless"] > 0
    among = homeless.astype(int) + use + offending
    ever_use, ever_offending, ever_ill = (state[domain] > 0 for domain in DOMAINS)
    odds = [offended[group].mean() / (1.0 - offended[group].mean()) for group in (use, ~use)]
    return [
        *(share(among == number, among > 0) for number in (1, 2, 3)),
        share(ever_use | ever_offending, homeless),
        share(ever_use & ever_offending, homeless),
        share(ever_use, state["service"] == MENTAL_HEALTH_SERVICE),
        share(ever_ill, state["service"] == USE_SERVICE),
        odds[0] / odds[1],
    ]


def share(have: np.ndarray, of: np.ndarray) -> float:
    """Share of those in `of` who are in `have`."""
    return float(have[of].mean())


def lapse_hazards() -> str:
    """Lapses per 100 weeks of recovery, by weeks since the spell began."""
    bins = (0, 13, 52, 156, 10_000)
    rows = []
    for name in ("a-year-in", "baseline"):
        history = simulate(name, people=10_000, years=5, seed=1)
        for domain in DOMAINS:
            exposed, lapsed = spells(history, domain, bins)
            if exposed.sum() == 0:
                continue
            cells = [f"{100 * y / x:.2f}" if x > 0 else "none" for x, y in zip(exposed, lapsed, strict=True)]
            rows.append([name, domain.replace("_", " "), *cells])
    head = ["scenario", "domain", "under 13 weeks", "13 to 51", "52 to 155", "156 and more"]
    return table(head, rows)


def spells(history: History, domain: str, bins: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Weeks in recovery and lapses in each bin of weeks since the spell of recovery began, over all people."""
    start = history.start
    began = {int(p): -float(w) for p, w in zip(start["person"], start[f"weeks_{domain}"], strict=True)}
    recovering = {int(row["person"]) for row in start[start[domain] == RECOVERING]}
    events = history.events
    kept = events[(events["domain"] == domain) | (events["event"] == "died")]
    exposed, lapsed = np.zeros(len(bins) - 1), np.zeros(len(bins) - 1)
    entered = dict.fromkeys(recovering, 0.0)

    def close(person: int, week: float, lapse: bool) -> None:
        since, first = began[person], entered.pop(person)
        for place, (low, high) in enumerate(pairwise(bins)):
            exposed[place] += max(0.0, min(week, since + high) - max(first, since + low))
            lapsed[place] += lapse and low <= week - since < high

    for person, week, event in zip(kept["person"], kept["week"], kept["event"].astype(str), strict=True):
        if event in ("decided_gradually", "decided_suddenly", "resolved"):
            began[person], entered[person] = float(week), float(week)
        elif person in entered and event in ("lapse", "died"):
            close(person, float(week), event == "lapse")
    for person in list(entered):
        close(person, float(history.weeks), False)
    return exposed, lapsed


def excess_relapse(base: str, other: str, assumptions: dict[str, float]) -> tuple[float, float]:
    """People per 1,000 flagged who relapse within a year in `other` and not in `base`, net: mean and standard error."""
    found = []
    for seed in SEEDS:
        worlds = [
            simulate(name, people=5_000, years=57 / 52, seed=seed, events=False, panel=(5, 57), assumptions=assumptions)
            for name in (base, other)
        ]
        flagged = np.any([world.snapshots[5]["flag"] == 2 for world in worlds], axis=0)
        flagged &= worlds[0].snapshots[5]["own_experience"] > 0
        relapsed = [(w.snapshots[57]["count_relapses"] > w.snapshots[5]["count_relapses"])[flagged] for w in worlds]
        found.append(1000 * (relapsed[1].mean() - relapsed[0].mean()))
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(len(found)))


def flags() -> str:
    """What a flag a year into recovery does to relapse within a year, with and without advocacy, and by which path."""

    def line(what: str, base: str, other: str, assumptions: dict[str, float]) -> list[str]:
        mean, error = excess_relapse(base, other, assumptions)
        return [what, f"{mean:+.1f}", f"{error:.1f}"]

    def alone(kept: str) -> dict[str, float]:
        return {name: value for name, value in NO_PATH.items() if name != kept}

    rows = [
        line("a flag, with an independent advocate", "a-year-in", "independent-advocates", {}),
        line("a flag, left to kin, workers and luck", "a-year-in", "the-visit", {}),
        line("a flag, nobody's word counts for anything", "a-year-in", "the-visit", NO_ADVOCACY),
        line("the same without deterrence", "a-year-in", "the-visit", NO_ADVOCACY | {"deterrence": 0.0}),
        line("a flag, left to them, deterrence at the top of its range", "a-year-in", "the-visit", DETERRED),
        line("a flag, left to them, no path but deterrence, at its top", "a-year-in", "the-visit", ONLY_DETERRED),
        line("a flag, left to them, at the other fit", "a-year-in", "the-visit", load_fit(OTHER_FIT).point),
        line("a flag, with an independent advocate, at the other fit", "a-year-in", "independent-advocates",
             load_fit(OTHER_FIT).point),
        line("a flag, every path of it switched off", "a-year-in", "the-visit", NO_PATH),
        *(line(f"only {words}", "a-year-in", "the-visit", alone(kept)) for words, kept in PATHS.items()),
    ]
    return table(["world against one without the visit", "more relapse within a year, per 1,000 flagged", "standard error"], rows)


def main() -> None:
    """Write the page."""
    PAGE.write_text(
        f"""# Verification: what the model does where the answer should be known

Written by `python docs/make_verification.py`; every figure is at the default assumptions. How much burn-in, how many people and
seeds an answer needs is in [ladder.md](ladder.md), how the defaults stand to published figures in [fit.md](fit.md). That
compiled and plain runs, one thread and several, and people stored in another order give the same history to the bit, that
worlds are identical until a policy starts, and that equal policies differ by exactly nothing, are tests (`tests/engine`). What
each parameter moves is in [parameter_effects.md](parameter_effects.md).

## What nothing does: the placebo pair

Two worlds of `england`, 10,000 people, five years, that differ in one person, who begins in great distress. A
life is moved if anything but a tie happens otherwise in it.

{placebo()}
## Twenty years of `england`

10,000 people, seed 1; per 1,000 people alive unless it says a share. Nobody is born or comes in: people age, so that work
falls as they retire, deaths rise, and kin and ties are lost.

{twenty_years()}
## How problems overlap in `england`: checks, no inputs

The cohort is drawn from X3, X5 and a stated margin of use; these published overlaps were not used. After a year, mean of three
worlds of 20,000 people. X1, X2 and X4 count contact with services and this counts people, so the comparison is loose. Even so the
model has too little overlap of homelessness with the rest, and offending goes with use too closely: hardly anybody
without a history of offending ever begins in it. No answer of the model about overlaps should be trusted.

{overlaps()}
## The hazard of a lapse falls with time in recovery

Lapses per 100 weeks of recovery, by weeks since the spell of recovery began (a resolved lapse begins a new one); five years,
seed 1. It falls for two reasons that these figures do not tell apart: people who are more liable lapse first, and time
consolidates.

{lapse_hazards()}
## What a flag does, by which path, and what undoes it

People a year into recovery, half of them flagged once without cause in week 4; relapse in any domain from week 5 to week 57,
among those flagged, other world less `a-year-in`; {len(SEEDS)} seeds of 5,000 people. The paths do not add up: each is shown
alone, the others off, and together they feed one another.

{flags()}""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
