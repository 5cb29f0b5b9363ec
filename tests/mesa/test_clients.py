"""Tools of others drive the model as a modeller's own scripts would: mesa.batch_run, SALib alone, the EMA Workbench."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from simulation import simulate
from simulation.parameters import PARAMETERS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def script(name: str):
    """A script of docs/ as a module of its own."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def needs(package: str, brought_by: str):
    return pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"{brought_by} is not installed")


def relapses(plan: str, seed: int, **assumptions: float) -> int:
    return int(simulate(plan, people=300, years=1, seed=seed, assumptions=assumptions).weekly["relapse_events"].sum())


def paired(seed: int, **assumptions: float) -> int:
    return relapses("independent-advocates", seed, **assumptions) - relapses("the-visit", seed, **assumptions)


def test_batch_run_gives_the_paired_difference_that_simulate_gives_at_each_point_under_the_same_seeds():
    drive = script("drive_with_mesa")
    table = drive.main()
    ends = PARAMETERS[drive.NAME].low, PARAMETERS[drive.NAME].high
    assert list(table.index) == [(value, seed) for value in ends for seed in (1, 2, 3)]
    for value, seed in ((ends[0], 1), (ends[1], 3)):
        assert table.loc[(value, seed), "the-visit"] == relapses("the-visit", seed, **{drive.NAME: value})
        assert table.loc[(value, seed), "difference"] == paired(seed, **{drive.NAME: value})


@needs("SALib", "SALib")
def test_salib_alone_screens_assumptions_and_a_dummy_by_the_effect_of_a_policy():
    """Its bounds are those of the table; the dummy's reach is what other seeds do, and no 0."""
    drive = script("drive_with_salib")
    assert drive.problem["bounds"][:-1] == [[PARAMETERS[name].low, PARAMETERS[name].high] for name in drive.NAMES]
    table = drive.main(trajectories=2).set_index("names")
    assert list(table.index) == [*drive.NAMES, "dummy"]
    assert np.isfinite(table[["mu_star", "sigma"]].to_numpy(dtype=float)).all()
    assert table.loc["dummy", "mu_star"] > 0
    values = dict(zip(drive.NAMES, (0.1, 1.0, 0.5), strict=True))
    for dummy, seeds in ((0.0, (1, 2, 3)), (1.0, (4, 5, 6))):
        by_hand = np.mean([paired(seed, **values) for seed in seeds])
        assert drive.effect(np.array([*values.values(), dummy])) == by_hand


@needs("ema_workbench", "the extra `discovery`")
def test_the_ema_workbench_lives_both_worlds_of_a_pair_under_the_same_seeds_in_each_experiment():
    drive = script("drive_with_ema")
    table = drive.main(experiments=3)
    assert len(table) == 3
    assert set(drive.goes_with(table).index) == {*drive.NAMES, "dummy"}
    for row in table.head(2).to_dict("records"):
        values = {name: row[name] for name in drive.NAMES}
        assert all(PARAMETERS[name].low <= value <= PARAMETERS[name].high for name, value in values.items())
        assert row["left_alone"] == np.mean([relapses("the-visit", seed, **values) for seed in drive.SEEDS])
        assert row["difference"] == pytest.approx(np.mean([paired(seed, **values) for seed in drive.SEEDS]))


def test_the_page_of_clients_names_every_script():
    page = (DOCS / "clients.md").read_text(encoding="utf-8")
    scripts = sorted(path.name for path in DOCS.glob("drive_with_*.py"))
    assert len(scripts) == 3
    assert [name for name in scripts if f"({name})" not in page] == []
