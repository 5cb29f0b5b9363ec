"""A world as files to keep, and the same world read back, to the last bit.

`weekly.parquet` is always kept, and `covered.parquet`, the people whom each policy covered; the state of everyone in a week is
`state-00056.parquet`, the whole history `events.parquet`. All can be read by any reader of Parquet.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.store import WORLDS, Damaged, Entry
from simulation import History
from simulation.history import EventColumns, columns_of_table
from simulation.state import STATE_DTYPE

WEEKLY, COVERED, EVENTS = "weekly.parquet", "covered.parquet", "events.parquet"


@dataclass(frozen=True)
class KeptWorld:
    """What is kept of one world, under the names that its `History` has: only the weeks asked for, and events where asked for."""

    content: Mapping[str, Any]
    weekly: pd.DataFrame
    snapshots: dict[int, np.ndarray]
    covered: list[np.ndarray]
    events: pd.DataFrame | None = None
    reach: list[dict[str, Any]] = field(default_factory=list)
    tried: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def columns(self) -> EventColumns:
        """Every event, as numbers, in week order. Raises Damaged where its words are not this version's."""
        if self.events is None:
            raise KeyError(EVENTS)
        try:
            return columns_of_table(self.events, self.content["areas"])
        except ValueError as error:
            raise Damaged(WORLDS, str(self.content["scenario"]), EVENTS, str(error)) from error


def state_file(week: int) -> str:
    """Name of the file with everybody's state after so many weeks."""
    return f"state-{week:05d}.parquet"


def files_of(states: Iterable[int] = (), events: bool = False) -> tuple[str, ...]:
    """Names of the files that a world is kept in: its weekly table, the states of these weeks, and its events where asked for."""
    return (WEEKLY, COVERED, *(state_file(week) for week in sorted(set(states))), *((EVENTS,) if events else ()))


def pack_world(
    name: str, identity: Mapping[str, Any], world: History, states: Iterable[int], events: bool
) -> Entry:
    """The entry of one world for the store: its weekly table, these weeks' states, and its events where asked for.

    Raises
    ------
    KeyError
        If `world` does not hold the state of one of these weeks.
    """
    files = {WEEKLY: _of_frame(world.weekly), COVERED: _of_covered(world.covered)}
    files |= {state_file(week): _of_state(_state(world, week)) for week in states}
    if events:
        files[EVENTS] = _of_frame(world.events)
    content = {
        "identity": dict(identity), "scenario": world.scenario.name, "seed": world.seed, "reach": world.reach,
        "areas": list(world.scenario.area_names),
        "tried": world.tried, "versions": world.provenance["versions"], "seconds": world.provenance["wall_seconds"],
    }  # fmt: skip
    return Entry(WORLDS, name, content, files)


def unpack_world(entry: Entry) -> KeptWorld:
    """The world that an entry of the store holds, with those of its files that were read.

    Raises
    ------
    Damaged
        If a file is whole but no table that this version writes.
    """
    try:
        states = {int(file[6:11]): _read_state(data) for file, data in entry.files.items() if file.startswith("state-")}
        return KeptWorld(
            content=entry.content, weekly=_read_frame(entry.files[WEEKLY]), snapshots=states,
            covered=_read_covered(entry.files[COVERED]),
            events=_read_frame(entry.files[EVENTS]) if EVENTS in entry.files else None,
            reach=list(entry.content["reach"]), tried=list(entry.content["tried"]),
        )  # fmt: skip
    except (pa.ArrowInvalid, KeyError, ValueError, TypeError) as error:
        raise Damaged(entry.kind, entry.name, "its tables", "cannot be read") from error


def _state(world: History, week: int) -> np.ndarray:
    if week in world.snapshots:
        return world.snapshots[week]
    return {0: world.start, world.weeks: world.end}[week]


def _of_frame(frame: pd.DataFrame) -> bytes:
    return _written(pa.Table.from_pandas(frame, preserve_index=False), use_dictionary=_categories(frame))


def _categories(frame: pd.DataFrame) -> list[str]:
    return [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)]


def _of_state(state: np.ndarray) -> bytes:
    # Numbers between 0 and 1 hardly repeat: a dictionary of them only takes room and time.
    return _written(pa.table({name: state[name] for name in state.dtype.names or ()}), use_dictionary=False)


def _of_covered(covered: list[np.ndarray]) -> bytes:
    policy = np.repeat(np.arange(len(covered)), [len(ids) for ids in covered])
    person = np.concatenate([*covered, np.zeros(0, dtype=np.int64)])
    table = pa.table({"policy": policy.astype(np.int16), "person": person.astype(np.int64)})
    return _written(table.replace_schema_metadata({"policies": str(len(covered))}), use_dictionary=False)


def _written(table: pa.Table, use_dictionary: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", compression_level=1, use_dictionary=use_dictionary, write_statistics=False
    )
    return sink.getvalue()


def _read(data: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(data), use_threads=False)


def _read_frame(data: bytes) -> pd.DataFrame:
    return _read(data).to_pandas()


def _read_state(data: bytes) -> np.ndarray:
    table = _read(data)
    if set(table.column_names) != set(STATE_DTYPE.names or ()):
        raise ValueError("another version's states")
    state = np.zeros(table.num_rows, dtype=STATE_DTYPE)
    for name in table.column_names:
        state[name] = table[name].to_numpy()
    return state


def _read_covered(data: bytes) -> list[np.ndarray]:
    table = _read(data)
    policy, person = table["policy"].to_numpy(), table["person"].to_numpy()
    return [person[policy == number] for number in range(int(table.schema.metadata[b"policies"]))]
