"""A world packed for the store and read back is the same to the last bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import packing
from analysis.jobs import world_wanted
from analysis.packing import files_of, pack_world, state_file, unpack_world
from analysis.store import Damaged, Entry
from simulation import Scenario, simulate
from simulation.history import platform_tag
from simulation.state import STATE_DTYPE


@pytest.fixture(scope="module")
def plan():
    return Scenario.load("independent-advocates").with_settings(people=60, years=0.5)


@pytest.fixture(scope="module")
def world(plan):
    return simulate(plan, seed=3, panel=(5, 20), threads=1)


@pytest.fixture(scope="module")
def entry(plan, world):
    wanted = world_wanted(plan, 3, states=(0, 5, 26), events=True, platform=platform_tag())
    return pack_world(wanted.name, wanted.identity(), world, (0, 5, 26), events=True)


def same(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether two states hold the same bits in every column."""
    return one.dtype == two.dtype and all(
        np.array_equal(one[name].view(np.uint8 if one[name].itemsize == 1 else f"u{one[name].itemsize}"),
                       two[name].view(np.uint8 if two[name].itemsize == 1 else f"u{two[name].itemsize}"))
        for name in one.dtype.names
    )  # fmt: skip


def test_everything_of_a_world_comes_back(world, entry):
    found = unpack_world(entry)
    pd.testing.assert_frame_equal(found.weekly, world.weekly, check_exact=True)
    pd.testing.assert_frame_equal(found.events, world.events, check_exact=True)
    assert set(found.snapshots) == {0, 5, 26}
    for week, state in ((0, world.start), (5, world.snapshots[5]), (26, world.end)):
        assert all(np.array_equal(found.snapshots[week][name], state[name], equal_nan=state[name].dtype.kind == "f")
                   for name in state.dtype.names)  # fmt: skip
    assert (found.reach, found.tried) == (world.reach, world.tried)
    assert [ids.tolist() for ids in found.covered] == [ids.tolist() for ids in world.covered]


def test_only_what_is_asked_for_is_kept(plan, world):
    wanted = world_wanted(plan, 3, states=(5,), platform=platform_tag())
    packed = pack_world(wanted.name, wanted.identity(), world, (5,), events=False)
    assert set(packed.files) == set(files_of((5,))) == {"weekly.parquet", "covered.parquet", "state-00005.parquet"}


def test_a_week_that_was_not_looked_at_cannot_be_packed(plan, world):
    with pytest.raises(KeyError):
        pack_world("0" * 32, {}, world, (6,), events=False)


def test_any_reader_of_parquet_reads_a_state(tmp_path, entry, world):
    (tmp_path / "state.parquet").write_bytes(entry.files[state_file(5)])
    table = pq.read_table(tmp_path / "state.parquet").to_pandas()
    assert table["person"].tolist() == list(range(60))
    assert np.array_equal(table["identity"].to_numpy(), world.snapshots[5]["identity"])


@given(st.binary(min_size=0, max_size=4 * STATE_DTYPE.itemsize))
def test_a_state_of_any_bits_comes_back_bit_by_bit(data):
    people = len(data) // STATE_DTYPE.itemsize
    state = np.frombuffer(data[: people * STATE_DTYPE.itemsize], dtype=STATE_DTYPE).copy()
    assert same(packing._read_state(packing._of_state(state)), state)


@given(st.lists(st.lists(st.integers(0, 2**40), unique=True)))
def test_people_covered_come_back_policy_by_policy(covered):
    arrays = [np.array(ids, dtype=np.int64) for ids in covered]
    assert [ids.tolist() for ids in packing._read_covered(packing._of_covered(arrays))] == covered


def test_a_file_that_is_no_table_of_ours_is_damage(entry):
    for broken in (b"", b"nothing", entry.files["weekly.parquet"]):
        with pytest.raises(Damaged):
            unpack_world(Entry(entry.kind, entry.name, entry.content, {**entry.files, state_file(5): broken}))
