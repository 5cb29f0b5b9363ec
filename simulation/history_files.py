"""Tables written to files part by part, each file beside its place and then moved into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

PEOPLE_A_PART = 131_072
EVENTS_A_PART = 1_048_576
"""Rows that are made into a table at a time, so that a file of a million people, or of their events, is never held whole."""

Parts = Callable[[], Iterable[pd.DataFrame]]
"""Gives a table in parts of the same columns, one after the other, at least one of them; may be asked again."""


def write_parquet(parts: Parts, path: Path, meanings: Mapping[str, tuple[str, str]]) -> Path:
    """A Parquet file of all parts, each a row group or more; its metadata has unit and meaning of the columns in `meanings`."""
    return beside(path, lambda place: _write_parquet(parts(), place, meanings))


def write_csv(parts: Parts, path: Path) -> Path:
    """A CSV file of all parts, one header."""

    def write(place: str) -> None:
        for number, part in enumerate(parts()):
            part.to_csv(place, index=False, mode="a" if number else "w", header=not number)

    return beside(path, write)


def write_text(text: str, path: Path) -> Path:
    """A text file."""
    return beside(path, lambda place: Path(place).write_text(text, encoding="utf-8"))


def beside(path: Path, write: Callable[[str], Any]) -> Path:
    """Write a file under another name in the same folder, then move it into place."""
    handle, other = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        write(other)
        os.chmod(other, 0o644)
        os.replace(other, path)
    except BaseException:
        Path(other).unlink(missing_ok=True)
        raise
    return path


def _write_parquet(parts: Iterable[pd.DataFrame], path: str, meanings: Mapping[str, tuple[str, str]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    try:
        for part in parts:
            arrow = pa.Table.from_pandas(part, preserve_index=False)
            if writer is None:
                fields = []
                for one in arrow.schema:
                    unit, means = meanings.get(one.name, ("", ""))
                    fields.append(one.with_metadata({"unit": unit, "means": means}) if means else one)
                schema = pa.schema(fields, metadata=arrow.schema.metadata)
                writer = pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(arrow.cast(schema))
    finally:
        if writer is not None:
            writer.close()
