"""No parameter and no lever is declared and unused: each moves what it was expected to move, in a small world named beforehand.

`expected_effects.toml` names the world, the measure and the way; `quiet_parameters.toml` names those that do not show it,
each with its reason. Ten seeds, the same people and luck on both sides, three standard errors of the paired difference; five
seeds where those alone leave no doubt.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from simulation import simulate
from simulation.diary import CAUSES, DOMAIN_NAMES, EVENTS, ROLE_DETAILS, TIE_KINDS
from simulation.history import weekly_columns
from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.state import FIELDS

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "parameter_effects.md"
THREADS = 2
WORDS = {"domain": DOMAIN_NAMES, "cause": CAUSES, "detail": (*ROLE_DETAILS, *TIE_KINDS)}


def load_effects():
    name = "parameter_effects_of_small_worlds"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "effects.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


effects = load_effects()
EXPECTED = effects.read_expected()
QUIET = tomllib.loads((HERE / "quiet_parameters.toml").read_text(encoding="utf-8"))
BY_NAME = {"parameters": PARAMETERS, "levers": LEVERS}
ALL = [(part, name) for part, known in BY_NAME.items() for name in known]


@pytest.fixture(scope="module")
def pool():
    # Compiled once, before two threads would both begin to.
    simulate("baseline", people=20, years=0.02, seed=1, threads=1)
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads


@pytest.mark.slow
@pytest.mark.parametrize(("part", "name"), ALL, ids=[f"{part}-{name}" for part, name in ALL])
def test_each_moves_what_it_was_expected_to_move_or_is_listed_as_quiet(part, name, pool):
    expected = EXPECTED[part][name]
    is_seen, effect = effects.whether_seen(expected, pool)
    said = (
        f"{name}, {' to '.join(expected.ends)}, in {expected.plan}: {expected.measure} should go {expected.goes}; "
        f"it goes from {effect.low:g} to {effect.high:g}, by {effect.difference:g} with a standard error of {effect.error:g}"
    )
    if name in QUIET[part]:
        assert not is_seen, f"{said}: no longer quiet, take it out of quiet_parameters.toml"
    else:
        assert is_seen, f"{said}: quiet, or not as expected"


def test_something_is_expected_of_every_parameter_and_of_every_lever():
    for part, known in BY_NAME.items():
        assert list(EXPECTED[part]) == list(known)


def test_whatever_is_listed_as_quiet_exists_and_has_a_reason():
    for part, known in BY_NAME.items():
        assert set(QUIET[part]) <= set(known)
        assert all(reason.strip() for reason in QUIET[part].values())


@pytest.mark.parametrize(("part", "name"), ALL, ids=[f"{part}-{name}" for part, name in ALL])
def test_every_measure_can_be_read(part, name):
    expected = EXPECTED[part][name]
    kind, subject, *more = expected.measure.split()
    people = {name for one in FIELDS for name in (one.name, f"{one.name}_start", f"{one.name}_end")}
    assert kind in ("weekly", "count", "value", "spread", "link")
    assert expected.goes in ("up", "down")
    if kind == "weekly":
        assert subject in weekly_columns()
    elif kind == "link":
        assert {subject, *more} <= people
        assert len(more) == 1
    else:
        assert subject in EVENTS
        assert all(word in WORDS[key] for key, word in (one.split("=") for one in more))


@pytest.mark.parametrize("plan", sorted({one.plan for part in EXPECTED.values() for one in part.values()}))
def test_every_small_world_can_be_read(plan):
    one = next(one for part in EXPECTED.values() for one in part.values() if one.plan == plan)
    scenario = effects.scenario_of(one, changed=False)
    assert (scenario.people, scenario.years) == (one.people, one.years)


@pytest.mark.parametrize("name", LEVERS)
def test_every_policy_can_be_read(name):
    scenario = effects.scenario_of(EXPECTED["levers"][name], changed=True)
    assert scenario.policies[-1].lever == name


def test_the_page_has_one_row_for_each_of_them():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    expected = [EXPECTED[part][name] for part, name in ALL]
    assert rows == [(one.name, one.plan, one.measure) for one in expected], "run: python docs/make_parameter_effects.py"
