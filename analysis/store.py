"""The run store: finished worlds, numbers measured from worlds, and failures, each lived once and found by its name.

An entry is a folder, `<store>/<kind>/<first two digits of its name>/<its name>/`, of a `record.json` and the files that it
lists. It is written beside its place and moved there whole. There are no locks: several processes may read, write and prune
one store at once, on one machine or on a shared disk. At worst a world is lived twice; a reader finds an entry as it was
written, or is told that it is gone or damaged.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.store_records import (
    FORMAT,
    RECORD,
    UNFINISHED,
    Damaged,
    bytes_of,
    damages,
    is_plain,
    read_bytes,
    read_record,
    record_of,
    remove,
    settle_folder,
    sum_of,
    unused_name,
    write_through,
    wrong_size,
)
from simulation.errors import OutputError, Problem

__all__ = ["FAILED", "KINDS", "NUMBERS", "WORLDS", "Damaged", "Entry", "Row", "RunStore"]

WORLDS, NUMBERS, FAILED = "worlds", "numbers", "failed"
KINDS = (WORLDS, NUMBERS, FAILED)
STORE = "store.json"
WHAT = "run store of recovery-journeys"

OLD_SECONDS = 3600
"""Age at which something unfinished is taken for what a process that was killed has left."""

ROOM = 64 * 1024
"""Bytes that must find room before long work begins."""

_PART = re.compile(r"[0-9a-f]{2}")
_NAME = re.compile(r"[0-9a-f]{32}")
_TURNS = 20
"""How often a write begins again where other processes change the same entry, before it gives up."""

_LOOKS = 3
"""How often a file is found damaged before it is said: another process may just be mending it or adding to its entry."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_IN_THE_WAY = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)


@dataclass(frozen=True)
class Entry:
    """One finished thing of the store: a world, numbers measured from worlds, or a failure.

    `kind` is "worlds", "numbers" or "failed"; `name` is 32 hex digits; `content` holds what JSON can; `files` are bytes by
    plain file name.
    """

    kind: str
    name: str
    content: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What the store knows of an entry without reading its files.

    `files` are sizes in bytes by name, `bytes` is the room that the entry takes, `made` is in UTC. Where the entry is damaged
    `damage` says which file and why, and `content` is None if its record is what cannot be read.
    """

    kind: str
    name: str
    content: Mapping[str, Any] | None
    files: Mapping[str, int]
    bytes: int
    made: datetime
    damage: str = ""


class RunStore:
    """The run store in `folder`, which need not be there yet: nothing is made before something is put.

    Raises OutputError where `folder` is a file, or holds files and is no run store.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._refuse_what_is_no_store()

    def has(self, kind: str, name: str, files: Iterable[str] = ()) -> bool:
        """Whether an entry is finished with at least these files: its record is right, each file is there in its size.

        Quick: the files themselves are not read. False for whatever is damaged.
        """
        place = self.place(kind, name)
        try:
            listed = read_record(place, kind, name)["files"]
        except (KeyError, Damaged):
            return False
        return all(file in listed and not wrong_size(place / file, listed[file]) for file in files)

    def read(self, kind: str, name: str, files: Iterable[str] | None = None) -> Entry:
        """An entry with these of its files (None: all of them), every byte checked.

        Raises KeyError where there is no such entry or it has not got such a file, Damaged where it is not what was written.
        """
        asked = None if files is None else tuple(files)
        for _ in range(_LOOKS - 1):
            with contextlib.suppress(Damaged):
                return self._read_once(kind, name, asked)
        return self._read_once(kind, name, asked)

    def put(self, entry: Entry) -> None:
        """Write an entry beside its place and move it there; its files are added to those that the entry has already.

        Raises OutputError where the store cannot be written; then nothing of the entry is left.
        """
        unfit = [file for file in entry.files if not is_plain(file)]
        if unfit:
            raise ValueError(f"no plain file names: {unfit}")
        place = self.place(entry.kind, entry.name)
        try:
            for turn in range(_TURNS):
                try:
                    self._make()
                    place.parent.mkdir(parents=True, exist_ok=True)
                    if self._put_once(entry, place):
                        return
                except (FileNotFoundError, FileExistsError):  # another process has removed a folder under our feet
                    if turn == _TURNS - 1:
                        raise
        except OSError as error:
            raise OutputError(self._cannot_write(error)) from error
        raise OutputError(self._cannot_write(OSError(errno.EBUSY, "other processes keep on changing it")))

    def drop(self, kind: str, name: str) -> None:
        """Remove an entry: gone in one move, so that nobody meets half of it. Nothing where there is none.

        Raises OutputError where it cannot be removed.
        """
        place = self.place(kind, name)
        aside = unused_name(place.parent)
        try:
            os.rename(place, aside)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise OutputError(self._cannot_write(error)) from error
        remove(aside)

    def check_writable(self) -> None:
        """Nothing where the store can be written; makes it where it is missing, and removes what killed processes left.

        Raises OutputError otherwise, before any long work is done in vain.
        """
        try:
            self._make()
            beside = unused_name(self.folder)
            try:
                write_through(beside, b"\0" * ROOM)
            finally:
                remove(beside)
        except OSError as error:
            raise OutputError(self._cannot_write(error)) from error
        self.clear_leftovers()

    def clear_leftovers(self) -> None:
        """Remove what killed processes have left, and folders that hold no entry any more, as far as it can be done."""
        for path in self.leftovers():
            remove(path)
        for folder in self._parts():
            with contextlib.suppress(OSError):  # it holds entries; a write that has just found it makes it again
                folder.rmdir()

    def row(self, kind: str, name: str) -> Row:
        """What the store knows of one entry. Raises KeyError where there is none."""
        place = self.place(kind, name)
        try:
            return _row(place, kind, name)
        except FileNotFoundError:
            raise KeyError(f"{kind}/{name}") from None

    def damage(self, kind: str, name: str) -> str:
        """What keeps an entry that is there from being whole, as far as sizes and its record tell; "" where nothing does."""
        with contextlib.suppress(KeyError, OSError):
            return self.row(kind, name).damage
        return ""

    def rows(self) -> Iterator[Row]:
        """Every entry of the store, damaged ones too, by kind and name."""
        for kind, name in self.names():
            try:
                row = self.row(kind, name)
            except KeyError:  # gone since its name was read
                continue
            yield row

    def names(self) -> Iterator[tuple[str, str]]:
        """Kind and name of every entry, damaged ones too."""
        for folder in self._parts():
            for name in _listed(folder):
                if _NAME.fullmatch(name) and name.startswith(folder.name):
                    yield folder.parent.name, name

    def leftovers(self, older_than: float = OLD_SECONDS) -> list[Path]:
        """What processes that were killed have left unfinished, untouched for `older_than` seconds."""
        found, latest = [], time.time() - older_than
        for folder in (self.folder, *self._parts()):
            for name in _listed(folder):
                path = folder / name
                with contextlib.suppress(OSError):  # its own process may just have moved it into place
                    if name.startswith(UNFINISHED) and path.lstat().st_mtime <= latest:
                        found.append(path)
        return found

    def damages(self, kind: str, name: str) -> list[Damaged]:
        """Each file of an entry that is not what was written, from every byte. Raises KeyError where there is none."""
        place = self.place(kind, name)
        found: list[Damaged] = []
        for _ in range(_LOOKS):
            try:
                found = damages(place, read_record(place, kind, name))
            except Damaged as damaged:
                found = [damaged]
            if not found:
                break
        return found

    def place(self, kind: str, name: str) -> Path:
        """The folder of an entry, there or not. Raises ValueError where no entry can be called that."""
        if kind not in KINDS or not _NAME.fullmatch(name):
            raise ValueError(f"no entry of a run store: {kind}/{name}")
        return self.folder / kind / name[:2] / name

    def _parts(self) -> Iterator[Path]:
        """The folders that entries lie in, one for the first two digits of their names, in order."""
        for kind in KINDS:
            for part in _listed(self.folder / kind):
                if _PART.fullmatch(part):
                    yield self.folder / kind / part

    def _read_once(self, kind: str, name: str, asked: tuple[str, ...] | None) -> Entry:
        place = self.place(kind, name)
        record = read_record(place, kind, name)
        wanted = record["files"] if asked is None else asked
        return Entry(kind, name, record["content"], {file: read_bytes(place, record, file) for file in wanted})

    def _put_once(self, entry: Entry, place: Path) -> bool:
        """Whether the entry stands whole with all files of ours; False where other processes came between."""
        held = self._whole(entry, place)
        if held is None:
            return self._move_in(entry, place)
        if all(file in held["files"] for file in entry.files):
            return True
        if not self._add(entry, place, held):
            return False
        now = self._whole(entry, place)
        return now is not None and all(file in now["files"] for file in entry.files)

    def _whole(self, entry: Entry, place: Path) -> dict[str, Any] | None:
        """The record that stands where `entry` goes; None where there is none, or one that `entry` must take the place of.

        The last failure is the one to tell: an earlier one gives way to it.
        """
        try:
            record = read_record(place, entry.kind, entry.name)
        except (KeyError, Damaged):
            return None
        if damages(place, record) or (entry.kind == FAILED and record["content"] != entry.content):
            return None
        return record

    def _move_in(self, entry: Entry, place: Path) -> bool:
        """Write all of an entry and move it into place, in that of a damaged one; False where another process was first."""
        sums = {file: sum_of(data) for file, data in entry.files.items()}
        record = record_of(entry.kind, entry.name, entry.content, sums)
        with _written(place.parent, {**entry.files, RECORD: bytes_of(record)}) as beside:
            if not _moved(beside, place):
                if self._whole(entry, place) is not None:
                    return False
                self.drop(entry.kind, entry.name)
                if not _moved(beside, place):
                    return False
        settle_folder(place.parent)
        return True

    def _add(self, entry: Entry, place: Path, held: Mapping[str, Any]) -> bool:
        """Move the files that an entry has not got yet into its folder, and then the record that lists them all.

        False where another process has changed the entry since it was `held`: its files would be lost from the record.
        """
        files = {file: data for file, data in entry.files.items() if file not in held["files"]}
        sums = {**held["files"], **{file: sum_of(data) for file, data in files.items()}}
        record = record_of(entry.kind, entry.name, {**held["content"], **entry.content}, sums)
        with _written(place.parent, {**files, RECORD: bytes_of(record)}) as beside:
            for file in files:
                os.replace(beside / file, place / file)
            if self._whole(entry, place) != held:
                return False
            os.replace(beside / RECORD, place / RECORD)
        settle_folder(place)
        return True

    def _make(self) -> None:
        """Make the folder and its `store.json` where they are missing or cannot be read."""
        path = self.folder / STORE
        if _is_marked(path):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = unused_name(self.folder)
        try:
            write_through(beside, json.dumps({"what": WHAT, "format": FORMAT}).encode() + b"\n")
            os.replace(beside, path)
        finally:
            remove(beside)

    def _refuse_what_is_no_store(self) -> None:
        given = ""
        try:
            there = [name for name in os.listdir(self.folder) if not name.startswith(".")]
        except FileNotFoundError:
            return
        except NotADirectoryError:
            given = "a file"
        except OSError as error:
            given = f"it cannot be read: {_said(error)}"
        else:
            given = "" if not there else _against(self.folder / STORE, there)
        if given:
            allowed = "a run store, an empty folder or a new one"
            raise OutputError(Problem(str(self.folder), given, allowed, "name another with --store"))

    def _cannot_write(self, error: OSError) -> Problem:
        full = error.errno in _FULL
        first = "free some room (recovery runs prune shows what can go)" if full else "let it be written"
        return Problem(
            str(self.folder), _said(error), "a folder that you may write in, with room for what is finished",
            f"{first}, or name another with --store; what was finished is kept, and the same command goes on from there",
        )  # fmt: skip


@contextlib.contextmanager
def _written(parent: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A new folder in `parent` with these files, on the disk; whatever is still there in the end is removed."""
    beside = unused_name(parent)
    try:
        beside.mkdir()
        for file, data in files.items():
            write_through(beside / file, data)
        settle_folder(beside)
        yield beside
    finally:
        if os.path.lexists(beside):
            remove(beside)


def _moved(beside: Path, place: Path) -> bool:
    """Move an entry into its place; False where something stands there."""
    try:
        os.rename(beside, place)
    except OSError as error:
        if error.errno in _IN_THE_WAY:
            return False
        raise
    return True


def _row(place: Path, kind: str, name: str) -> Row:
    try:
        record = read_record(place, kind, name)
    except Damaged as damaged:
        made = datetime.fromtimestamp(place.lstat().st_mtime, UTC)
        files = {file: size for file in _listed(place) if (size := _size(place / file)) is not None}
        return Row(kind, name, None, files, sum(files.values()), made, f"{damaged.file}: {damaged.why}")
    sizes = {file: about["bytes"] for file, about in record["files"].items()}
    wrong = {file: why for file, about in record["files"].items() if (why := wrong_size(place / file, about))}
    total = sum(_size(place / file) or 0 for file in (*sizes, RECORD))
    damage = ", ".join(f"{file}: {why}" for file, why in wrong.items())
    return Row(kind, name, record["content"], sizes, total, datetime.fromisoformat(record["made"]), damage)


def _listed(folder: Path) -> list[str]:
    """Names in a folder, in order; none where it is not there."""
    try:
        return sorted(os.listdir(folder))
    except OSError:  # not there, or a link that leads nowhere or round in a circle
        return []


def _size(path: Path) -> int | None:
    try:
        return path.lstat().st_size
    except OSError:
        return None


def _is_marked(path: Path) -> bool:
    """Whether a `store.json` says that its folder is a run store in this format."""
    try:
        said = json.loads(path.read_bytes())
        return said["what"] == WHAT and said["format"] == FORMAT
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False


def _against(path: Path, there: list[str]) -> str:
    """What keeps a folder that holds these names from being a run store: nothing, or a few words.

    A `store.json` that is missing or cannot be read is no reason where nothing but entries stands beside it: what is finished is
    not lost for the sake of one line, which is written again.
    """
    if _is_marked(path):
        return ""
    try:
        said = json.loads(path.read_bytes())
    except FileNotFoundError:
        return "" if set(there) <= set(KINDS) else f"it holds files and is no run store (no {STORE})"
    except (OSError, ValueError, RecursionError):
        return "" if set(there) <= {STORE, *KINDS} else f"its {STORE} cannot be read"
    if isinstance(said, dict) and said.get("what") == WHAT:
        return f"a run store in format {said.get('format')!r}, and this version knows format {FORMAT} only"
    return f"it holds files and is no run store (another {STORE})"


def _said(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "no room left on the disk"
    if error.errno == errno.EDQUOT:
        return "no room left in your share of the disk"
    return f"it cannot be written: {(error.strerror or str(error)).lower()}"
