"""One entry of the run store on disk: its record with a checksum, its files, and what can be wrong with them.

A record's checksum stands first in the file and is taken over the very bytes that follow, so that any changed bit is found,
one that would not change what is read (`1e-05` and `1E-05` are the same number) included.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMAT = 1
RECORD = "record.json"
UNFINISHED = ".unfinished-"
"""How the name of a folder or file begins that is being written, or being removed."""

EARLY, OTHER, MISSING, UNREADABLE = "ends too early", "not what was written", "missing", "cannot be read"

_TRIES = 3
"""How often a folder is removed before it is left to be removed later: a file on its way may come in while it is emptied."""

_FILE = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)+")
_HEAD = re.compile(rb'\{"checksum":"([0-9a-f]{64})",')


class Damaged(Exception):
    """A file of an entry is not what was written; says of which entry, which file and why."""

    def __init__(self, kind: str, name: str, file: str, why: str) -> None:
        super().__init__(kind, name, file, why)
        self.kind, self.name, self.file, self.why = kind, name, file, why

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}/{self.file}: {self.why}"


def is_plain(file: str) -> bool:
    """Whether a file of an entry may have this name: it leads nowhere else, and is not the record's own."""
    return _FILE.fullmatch(file) is not None and file != RECORD


def record_of(kind: str, name: str, content: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The record of an entry made now, but for its checksum; `files` has size in bytes and SHA-256 of each by name."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return {"format": FORMAT, "kind": kind, "name": name, "made": made, "files": dict(files), "content": dict(content)}


def sum_of(data: bytes) -> dict[str, Any]:
    """Size in bytes and SHA-256 of the content of a file, as a record lists them."""
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def bytes_of(record: Mapping[str, Any]) -> bytes:
    """The bytes of `record.json`: canonical JSON, the checksum of all the rest first."""
    rest = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    return b'{"checksum":"%s",%s\n' % (hashlib.sha256(rest).hexdigest().encode(), rest[1:])


def read_record(place: Path, kind: str, name: str) -> dict[str, Any]:
    """The record of the entry in the folder `place`, checked.

    Raises KeyError where there is no such folder, Damaged where its record is not what was written.
    """
    try:
        data = (place / RECORD).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if not os.path.lexists(place):
            raise KeyError(f"{kind}/{name}") from None
        raise Damaged(kind, name, RECORD, MISSING) from None
    except OSError:
        raise Damaged(kind, name, RECORD, UNREADABLE) from None
    if not data.endswith(b"\n"):  # canonical JSON has no other line end
        raise Damaged(kind, name, RECORD, EARLY)
    head = _HEAD.match(data)
    if head is None or hashlib.sha256(b"{" + data[head.end() : -1]).hexdigest().encode() != head[1]:
        raise Damaged(kind, name, RECORD, OTHER)
    record = json.loads(data)
    if record.get("format") != FORMAT:
        raise Damaged(kind, name, RECORD, UNREADABLE)
    if (record["kind"], record["name"]) != (kind, name) or not all(map(is_plain, record["files"])):
        raise Damaged(kind, name, RECORD, OTHER)
    return record


def wrong_size(path: Path, about: Mapping[str, Any]) -> str:
    """What the size of a file says against it, or nothing; reads none of it."""
    try:
        found = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except OSError:
        return UNREADABLE
    return "" if found == about["bytes"] else EARLY if found < about["bytes"] else OTHER


def wrong_bytes(path: Path, about: Mapping[str, Any]) -> str:
    """What is wrong with a file, or nothing, from every byte of it; never holds more than a piece of it in memory."""
    if why := wrong_size(path, about):
        return why
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return MISSING
    except OSError:
        return UNREADABLE
    return "" if found == about["sha256"] else OTHER


def read_bytes(place: Path, record: Mapping[str, Any], file: str) -> bytes:
    """The content of a file that a record lists.

    Raises KeyError where it does not list it, Damaged where it is not what was written.
    """
    if file not in record["files"]:
        raise KeyError(f"{record['kind']}/{record['name']}/{file}")
    about, why = record["files"][file], ""
    try:
        data = (place / file).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        why = MISSING
    except OSError:
        why = UNREADABLE
    else:
        if len(data) != about["bytes"]:
            why = EARLY if len(data) < about["bytes"] else OTHER
        elif hashlib.sha256(data).hexdigest() != about["sha256"]:
            why = OTHER
    if why:
        raise Damaged(record["kind"], record["name"], file, why)
    return data


def damages(place: Path, record: Mapping[str, Any], files: Iterable[str] | None = None) -> list[Damaged]:
    """Each file of an entry (or of `files` alone) that is not what was written, from every byte."""
    found = []
    for file in record["files"] if files is None else files:
        if why := wrong_bytes(place / file, record["files"][file]):
            found.append(Damaged(record["kind"], record["name"], file, why))
    return found


def write_through(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def settle_folder(path: Path) -> None:
    """Wait until the disk has the names of a folder, on systems that know how."""
    with contextlib.suppress(OSError):  # Windows opens no folder, and some shared disks refuse
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def unused_name(folder: Path) -> Path:
    """A path in `folder` that nobody has, for something unfinished."""
    return folder / f"{UNFINISHED}{secrets.token_hex(8)}"


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it, as far as it can be done."""
    if not path.is_dir() or path.is_symlink():
        with contextlib.suppress(OSError):
            path.unlink()
        return
    for _ in range(_TRIES):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
