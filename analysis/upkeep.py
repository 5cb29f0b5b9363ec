"""What the run store holds and what may go: groups of entries, one entry in full, every byte checked, room made.

All of it reads or removes whole entries of a `RunStore`; nothing else that lies in its folder is ever touched.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.store import FAILED, NUMBERS, WORLDS, Damaged, Row, RunStore

CURRENT, OTHER_CODE, OTHER_PLATFORM, DAMAGED = "current", "of other code", "of another platform", "damaged"
"""How an entry stands to what a run on this machine would ask for."""

UNFINISHED = "unfinished"

FEWEST_DIGITS = 4
"""Digits of a name that must be given to find an entry by."""

_SEED = re.compile(r", seed \d+.*", re.DOTALL)

Progress = Callable[[int, int, float | None], None]


@dataclass(frozen=True)
class Now:
    """What a run on this machine would ask for: its platform tag, the code of the model, and the codes that measure."""

    platform: Mapping[str, str]
    model: str
    measures: Collection[str] = ()

    def standing(self, row: Row) -> str:
        """Whether a run may still use an entry; of the reasons why not, the first."""
        identity = identity_of(row)
        if row.damage:
            return DAMAGED
        known = self.measures if "measured" in identity else (self.model,)
        if identity.get("code") not in known:
            return OTHER_CODE
        return CURRENT if identity.get("platform") == self.platform else OTHER_PLATFORM


@dataclass
class Group:
    """Entries that are alike: worlds of one scenario, numbers of one kind, with the failures of either.

    `count` leaves out the failures. `kept` are the kinds of files that are kept of any of them.
    """

    kind: str
    what: str
    people: int | None
    weeks: int | None
    standing: str
    count: int = 0
    failed: int = 0
    seeds: set[int] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    bytes: int = 0
    newest: datetime | None = None

    def add(self, row: Row) -> None:
        """Count in one more entry."""
        seed = identity_of(row).get("seed")
        self.count += row.kind != FAILED
        self.failed += row.kind == FAILED
        self.seeds |= {seed} if isinstance(seed, int) else set()
        self.kept |= kept_of(row)
        self.bytes += row.bytes
        self.newest = row.made if self.newest is None else max(self.newest, row.made)


@dataclass(frozen=True)
class Checked:
    """What came of reading every byte: how many entries, how many bytes of them as written, and each damaged file."""

    entries: int
    bytes: int
    damaged: tuple[Damaged, ...]


@dataclass(frozen=True)
class Choice:
    """Which entries are to go besides those that no run can use: those that meet all that is given; `everything`, all.

    Entries made before `before`, of the scenario `scenario`, `failed` ones. Failures go only where they are asked for.
    """

    before: datetime | None = None
    scenario: str | None = None
    failed: bool = False
    everything: bool = False

    def reason(self, row: Row, now: Now) -> str:
        """Why an entry is to go, in a few words; nothing where it is to stay."""
        standing = now.standing(row)
        if self.everything:
            return "all"
        if standing == DAMAGED or (standing == OTHER_CODE and row.kind != FAILED):
            return standing
        asked = [
            "failed" if self.failed else "",
            f"of {self.scenario}" if self.scenario is not None else "",
            "old" if self.before is not None else "",
        ]
        meets = (
            (row.kind == FAILED) == self.failed
            and (self.scenario is None or self.scenario in scenarios_of(row))
            and (self.before is None or row.made < self.before)
        )
        return ", ".join(filter(None, asked)) if meets else ""


@dataclass
class Pruned:
    """What has gone, or would go: how many entries and bytes for each reason, by what they are."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    bytes: int = 0

    def add(self, kind: str, reason: str, size: int) -> None:
        """Count in one more."""
        self.counts[kind, reason] = self.counts.get((kind, reason), 0) + 1
        self.bytes += size


def identity_of(row: Row) -> Mapping[str, Any]:
    """All that decides an entry, as it was recorded; nothing where its record cannot be read."""
    identity = (row.content or {}).get("identity")
    return identity if isinstance(identity, Mapping) else {}


def what_of(row: Row) -> str:
    """What an entry is of, in a few words: the scenario of a world, what was measured and of what in numbers."""
    content, measured = row.content or {}, identity_of(row).get("measured")
    if isinstance(content.get("scenario"), str):
        return content["scenario"]
    told = _SEED.sub("", str(content.get("told", "not known")))
    return told if measured is None or told.startswith(str(measured)) else f"{measured}: {told}"


def scenarios_of(row: Row) -> set[str]:
    """Names of the scenarios that an entry is of: the numbers of a comparison are of several, those of a trial of none."""
    identity = identity_of(row)
    named = identity.get("scenario") if "measured" in identity else what_of(row)
    return set(re.split(r" against |, ", named)) if isinstance(named, str) and row.content is not None else set()


def kept_of(row: Row) -> set[str]:
    """What is kept of an entry: "weekly" for `weekly.parquet`, "states" for `state-00056.parquet`.

    The people covered are not named: wherever the weekly table is kept they are.
    """
    kinds = {re.split(r"[-.]", file)[0] for file in row.files if row.content is not None}
    return {"states" if kind == "state" else kind for kind in kinds - {"covered"}}


def groups_of(rows: Iterable[Row], now: Now) -> list[Group]:
    """Entries put together by what they are of, people, weeks and standing; worlds first, by name."""
    groups: dict[tuple, Group] = {}
    for row in rows:
        identity, standing = identity_of(row), now.standing(row)
        kind = row.kind if row.kind != FAILED else NUMBERS if "measured" in identity else WORLDS
        key = (kind, what_of(row), total(identity.get("people")), total(identity.get("weeks")), standing)
        groups.setdefault(key, Group(*key)).add(row)
    order = (WORLDS, NUMBERS)
    return [groups[key] for key in sorted(groups, key=lambda key: (order.index(key[0]), *map(str, key[1:])))]


def total(number: Any) -> int | None:
    """A whole number as recorded, or the sum of those of several cohorts; None where there is none."""
    if isinstance(number, Mapping):
        number = sum(one for one in number.values() if isinstance(one, int))
    return number if isinstance(number, int) else None


def in_ranges(numbers: Iterable[int]) -> str:
    """Whole numbers in short form.

    >>> in_ranges([4, 1, 2, 3, 7])
    '1-4,7'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{low}" if low == high else f"{low}-{high}" for low, high in runs)


def named(store: RunStore, digits: str) -> list[str]:
    """Names of entries that begin with these digits, in order."""
    return sorted({name for _, name in store.names() if name.startswith(digits)})


def nearest_names(store: RunStore, digits: str, most: int = 3) -> list[str]:
    """Names that have the most of their first digits in common with `digits`."""

    def shared(name: str) -> int:
        return next((at for at, pair in enumerate(zip(name, digits, strict=False)) if pair[0] != pair[1]), len(digits))

    return sorted({name for _, name in store.names()}, key=lambda name: (-shared(name), name))[:most]


def rows_named(store: RunStore, name: str) -> list[Row]:
    """The entries of this name: a world or numbers, and a failure where an earlier attempt is on record."""
    return [row for row in store.rows() if row.name == name]


def verify(store: RunStore, progress: Progress | None = None) -> Checked:
    """Read every byte of every entry; gives how much was read, and each file that is not what was written."""
    names = list(store.names())
    entries, size = 0, 0
    damaged: list[Damaged] = []
    for done, (kind, name) in enumerate(names):
        if progress is not None:
            progress(done, len(names), None)
        with contextlib.suppress(KeyError, FileNotFoundError):  # another process has removed it
            damaged += store.damages(kind, name)
            size += store.row(kind, name).bytes
            entries += 1
    if progress is not None and names:
        progress(len(names), len(names), None)
    return Checked(entries, size, tuple(damaged))


def prune(store: RunStore, now: Now, choice: Choice, *, dry_run: bool = False) -> Pruned:
    """Remove what no run can use, and what is chosen besides; with `dry_run` only say what would go.

    Raises OutputError where the store cannot be written; what has gone by then has gone.
    """
    gone = Pruned()
    for path in store.leftovers():
        gone.add(UNFINISHED, "left by a process that was killed", _size(path))
    if not dry_run:
        store.clear_leftovers()
    for row in store.rows():
        reason = choice.reason(row, now)
        if not reason:
            continue
        if not dry_run:
            store.drop(row.kind, row.name)
        gone.add(row.kind, reason, row.bytes)
    return gone


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    paths = [path, *path.rglob("*")] if path.is_dir() and not path.is_symlink() else [path]
    found = 0
    for each in paths:
        with contextlib.suppress(OSError):
            found += each.lstat().st_size if not each.is_dir() else 0
    return found
