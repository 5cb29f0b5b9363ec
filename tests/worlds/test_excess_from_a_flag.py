"""What a flag without cause costs people a year into recovery: less with advocates, nothing once its every path is off."""

from __future__ import annotations

from functools import cache

import pytest

from simulation import History, simulate
from simulation.parameters import PARAMETERS

SEEDS = (1, 2)
PEOPLE = 1500
VISIT, HORIZON = 4, 52

PATHS = {
    "the label itself (exposure, rejection)": {"label_flag": 0.0},
    "the shock": {"flag_shock": 0.0},
    "fear beyond exposure": {"anticipated_flag": 0.0},
    "deterrence": {"deterrence": 0.0},
    "flags of kin": {"kin_contagion": 0.0},
}
ALL_OFF = {name: value for path in PATHS.values() for name, value in path.items()}
NOBODY_SPEAKS = {"kin_voice_rate": 0.0, "professional_rate": 0.0, "both_rate": 0.0}


@cache
def world(plan: str, seed: int, assumptions: tuple[tuple[str, float], ...]) -> History:
    return simulate(plan, people=PEOPLE, years=1.1, seed=seed, assumptions=dict(assumptions))


def relapsed(history: History, people: set[int]) -> set[int]:
    """Who of these people relapses in the year from the visit."""
    events = history.events
    year = (events["week"] >= VISIT) & (events["week"] < VISIT + HORIZON)
    return people & set(events[(events["event"] == "relapse") & year]["person"])


def excess(plan: str, **assumptions: float) -> tuple[float, list[set[int]]]:
    """Relapses beyond those without the visit, per 100 people flagged by it; and, world by world, in whom they differ."""
    key = tuple(sorted(assumptions.items()))
    more, flagged, differ = 0, 0, []
    for seed in SEEDS:
        visited, left_alone = world(plan, seed, key), world("a-year-in", seed, key)
        events = visited.events
        people = set(events[(events["event"] == "flag_on") & (events["week"] == VISIT)]["person"])
        with_flag, without = relapsed(visited, people), relapsed(left_alone, people)
        more += len(with_flag) - len(without)
        flagged += len(people)
        differ.append(with_flag ^ without)
    assert flagged > 500
    return 100.0 * more / flagged, differ


def test_the_paths_of_a_flag_can_all_be_off_within_their_ranges():
    """Zero is in the range of every one of them: that a flag does nothing is among the assumptions."""
    assert all(PARAMETERS[name].low == 0.0 for name in ALL_OFF)


def test_excess_relapse_from_a_flag_is_larger_where_nobody_speaks_than_with_advocates(record_property):
    """And as things are it lies between the two."""
    with_advocates, _ = excess("independent-advocates")
    as_things_are, _ = excess("the-visit")
    nobody, _ = excess("the-visit", **NOBODY_SPEAKS)
    record_property(
        "figure",
        f"excess relapse within a year per 100 people flagged: {nobody:.1f} where nobody speaks, {as_things_are:.1f} as things "
        f"are, {with_advocates:.1f} with independent advocates",
    )
    assert nobody > as_things_are > with_advocates > 0.0
    assert nobody > 2.0 * with_advocates


def test_excess_relapse_is_exactly_nothing_with_every_path_of_a_flag_off():
    """Not small: nobody's relapse differs, in any world."""
    for plan in ("the-visit", "independent-advocates"):
        none, differ = excess(plan, **ALL_OFF)
        assert none == 0.0
        assert differ == [set()] * len(SEEDS)


@pytest.mark.parametrize("path", PATHS)
def test_the_share_of_each_path_of_a_flag_is_told(record_property, path):
    """With only this path off, and with only it on; paths strengthen one another, so that shares need not add up."""
    whole, _ = excess("the-visit")
    without, _ = excess("the-visit", **PATHS[path])
    alone, _ = excess("the-visit", **{name: 0.0 for name in ALL_OFF if name not in PATHS[path]})
    record_property(
        "figure",
        f"{path}: excess relapse per 100 people flagged {whole:.1f} in all, {without:.1f} without it, {alone:.1f} by it alone",
    )
    assert alone <= whole
    if path in ("the label itself (exposure, rejection)", "the shock"):
        assert without < whole
        assert alone > 0.0
