"""DataCollector, batch_run and the arguments of a model, on every version of Mesa that is supported."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import mesa
import pandas as pd
import pytest

from simulation import RecoveryModel, simulate
from simulation.errors import ScenarioError, UserError

ROOT = Path(__file__).resolve().parents[2]


def test_the_collector_has_one_row_for_each_step():
    """Collected once, at the end of each step, and never at the start."""
    model = RecoveryModel("baseline", people=100, years=0.2, seed_number=1)
    assert len(model.datacollector.get_model_vars_dataframe()) == 0
    while model.running:
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 10
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 10


def test_the_collector_holds_the_weekly_table():
    """Every column, with the same values."""
    model = RecoveryModel("baseline", people=100, years=0.2, seed_number=1)
    while model.running:
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    weekly = simulate("baseline", people=100, years=0.2, seed=1).weekly.drop(columns="week")
    assert list(frame.columns) == list(weekly.columns)
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), weekly, check_dtype=False)


def test_a_collector_of_ones_own_reads_people():
    """Mesa's reporters of models and of agents work on people."""
    model = RecoveryModel("baseline", people=60, years=0.2, seed_number=1)
    collector = mesa.DataCollector(
        model_reporters={"hope": lambda m: m.agents.agg("hope", lambda all_: sum(all_) / len(all_))},
        agent_reporters={"identity": "identity", "use": "use"},
    )
    for _ in range(3):
        model.step()
        collector.collect(model)
    assert len(collector.get_model_vars_dataframe()) == 3
    assert len(collector.get_agent_vars_dataframe()) == 3 * 60


def batch(**others) -> list[dict]:
    """What Mesa's batch_run gives for two seeds of a small world."""
    return mesa.batch_run(
        RecoveryModel,
        parameters={"plan": ["baseline"], "people": [100], "years": [0.2], "seed_number": [1, 2]},
        number_processes=1, data_collection_period=-1, display_progress=False, **others,
    )  # fmt: skip


def test_batch_run_lives_each_world_to_its_end_and_reports_its_last_week():
    """By scenario names and seeds of our own, each run as it would be alone."""
    runs = batch()
    assert [run["seed_number"] for run in runs] == [1, 2]
    for run in runs:
        last = simulate("baseline", people=100, years=0.2, seed=run["seed_number"]).weekly.iloc[-1]
        for name in ("alive", "use_active", "family", "mean_hope", "mean_identity"):
            assert run[name] == pytest.approx(last[name]), name
    assert runs[0]["mean_hope"] != runs[1]["mean_hope"]


def test_batch_run_reports_each_week_when_asked():
    """Every week once, in order."""
    runs = mesa.batch_run(
        RecoveryModel,
        parameters={"plan": ["baseline"], "people": [60], "years": [0.1], "seed_number": [3]},
        number_processes=1, data_collection_period=1, display_progress=False,
    )  # fmt: skip
    weekly = simulate("baseline", people=60, years=0.1, seed=3).weekly
    collected = [run["mean_hope"] for run in runs]
    assert collected[-len(weekly) :] == pytest.approx(weekly["mean_hope"].tolist())


# Arguments


def test_the_seed_number_wins_over_rng_and_is_recorded():
    """A whole number by Mesa's name will do; with neither, one is drawn and can be used again."""
    assert RecoveryModel("baseline", people=30, years=0.1, seed_number=5, rng=6).seed_number == 5
    assert RecoveryModel("baseline", people=30, years=0.1, rng=6).seed_number == 6
    drawn = RecoveryModel("baseline", people=30, years=0.1)
    again = RecoveryModel("baseline", people=30, years=0.1, seed_number=drawn.seed_number)
    for model in (drawn, again):
        model.step()
    assert drawn.weekly.equals(again.weekly)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, True])
def test_a_seed_out_of_range_is_refused(seed):
    """Whole numbers from 0 to 2^63 - 1."""
    with pytest.raises(ScenarioError, match="seed"):
        RecoveryModel("baseline", people=30, seed_number=seed)


def test_an_unknown_engine_or_scenario_is_refused():
    """In one message, with what there is."""
    with pytest.raises(ScenarioError, match="plain"):
        RecoveryModel("baseline", people=30, engine="fast")
    with pytest.raises(UserError, match="baseline"):
        RecoveryModel("baselin", people=30)


def test_names_that_mesa_reserves_are_left_alone():
    """`scenario` and `time` mean something to newer versions of Mesa; week counts what has been lived."""
    model = RecoveryModel("baseline", people=30, years=0.1, seed_number=1)
    for _ in range(3):
        model.step()
    assert model.week == 3
    assert model.steps == 3
    assert "time" not in RecoveryModel.__dict__
    assert "scenario" not in RecoveryModel.__dict__


def test_a_newer_python_with_a_newer_mesa_gives_the_same_lives():
    """Where RECOVERY_PYTHON_312 names an interpreter that has what the model needs; the same weekly table there and here."""
    newer = os.environ.get("RECOVERY_PYTHON_312")
    if not newer:
        pytest.skip("RECOVERY_PYTHON_312 names no interpreter of Python 3.12 or later with Mesa 3.5 (.ci/run tests on one)")
    code = (
        "import sys, mesa\n"
        "from simulation import RecoveryModel\n"
        "model = RecoveryModel('baseline', people=60, years=0.2, seed_number=1)\n"
        "while model.running:\n"
        "    model.agents.do('step')\n"
        "    model.step()\n"
        "sys.stdout.write(mesa.__version__ + ' ' + repr(model.agents.get('identity')))\n"
    )
    done = subprocess.run([newer, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    version, identities = done.stdout.split(" ", 1)
    assert tuple(int(part) for part in version.split(".")[:2]) >= (3, 5)
    here = RecoveryModel("baseline", people=60, years=0.2, seed_number=1)
    while here.running:
        here.step()
    there = [float(each) for each in identities.strip("[]").split(",")]
    assert there == here.agents.get("identity")
