"""What a world leaves behind: a weekly table, a people table, the events of every life, and how it came about."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulation.book import WeekEvents, WeekLine
from simulation.diary import (
    CAUSES, DISCLOSED, DOMAIN_NAMES, EVENTS, FLAG_OFF, FLAG_ON, MOVED, REACHED, ROLE_DETAILS, ROLE_GAINED, ROLE_LOST, TIE_ENDED,
    TIE_KINDS, TIE_MADE,
)  # fmt: skip
from simulation.engine import COUNTS, SUMS
from simulation.errors import OutputError, Problem
from simulation.history_files import EVENTS_A_PART, PEOPLE_A_PART, Parts, write_csv, write_parquet, write_text
from simulation.levers import LEVERS
from simulation.scenario import Scenario
from simulation.state import FIELDS, FLAG_NAMES, TOTALS, TRAITS

COUNT_MEANINGS = {
    "alive": "people alive",
    "with_a_problem": "people with a problem in some domain, recovering or not",
    "use_active": "people active in substance use",
    "use_recovering": "people recovering in substance use",
    "use_lapsed": "people in a lapse of substance use",
    "offending_active": "people active in offending",
    "offending_recovering": "people desisting",
    "offending_lapsed": "people in a lapse of offending",
    "mental_health_active": "people whose life is ruled by illness",
    "mental_health_recovering": "people living a life in recovery in mental health",
    "mental_health_lapsed": "people in a crisis of mental health",
    "symptoms": "people with symptoms",
    "in_custody": "people in custody",
    "homeless": "people homeless",
    "in_service": "people in a service",
    "flagged": "people with a flag",
    "flagged_without_cause": "people with a flag without cause",
    "with_record": "people with a record",
    "with_diagnosis": "people with a diagnosis as a label",
    "family": "people with a family role",
    "work": "people with work",
    "giving": "people with a giving role",
    "community": "people with a community role",
    "own_alive": "people with own experience alive",
    "own_recovering": "of people with own experience, recovering in every domain of their own",
    "own_sustained_year": "of people with own experience, recovering for a year or more in every domain of their own",
    "own_personal_recovery": "of people with own experience, in personal recovery",
    "own_homeless": "of people with own experience, homeless",
    "own_in_custody": "of people with own experience, in custody",
    "own_flagged": "of people with own experience, with a flag",
    "own_roles": "roles held by people with own experience",
    "own_kin_close": "living kin not estranged, of people with own experience",
    "own_ties": "living ties of people with own experience, kin included",
    "others_ties": "living ties of people without own experience, kin included",
}
"""Meaning of each whole-number column of the weekly table that is read off the state at the end of a week."""

MEAN_UNITS = {"quality_of_life": "0-100", "others_quality_of_life": "0-100"}
HAPPENED = tuple(f"{event}_events" for event in EVENTS)
"""Weekly columns that count the events of a week."""


def weekly_columns() -> dict[str, tuple[str, str]]:
    """Name of each column of the weekly table, with its unit and meaning."""
    columns = {"week": ("week", "week lived, from 0; states are those at its end")}
    columns |= {name: ("people", COUNT_MEANINGS[name]) for name in COUNTS}
    for name in SUMS:
        whose = "people without own experience" if name.startswith("others_") else "people with own experience"
        columns[f"mean_{name}"] = (MEAN_UNITS.get(name, "0-1"), f"mean {name.removeprefix('others_')} of {whose} alive")
    columns["public_stigma"] = ("0-1", "level of public stigma")
    columns |= {name: ("count", f"events of the week: {event}") for name, event in zip(HAPPENED, EVENTS, strict=True)}
    return columns


@dataclass
class History:
    """The whole history of one world.

    Attributes
    ----------
    weekly
        One row a week: `week`, then one column for each quantity of `weekly_columns`.
    people
        One row a person: `person`, traits, each state at the start and at the end, running totals.
    events
        One row an event, in week order: `person, week, event, domain, detail, cause, value`.
    panel
        One row for each person and week asked for, with every state; week w is the state after w weeks.
    snapshots
        The same as arrays, by week, shape (people,), in the order of permanent ids.
    reach, covered
        What each policy reached, and the permanent ids of those whom it covered in any week.
    tried
        What each experiment reached, told as `reach` does.
    provenance
        What the world was made from and with.
    """

    scenario: Scenario
    seed: int
    weeks: int
    weekly: pd.DataFrame
    start: np.ndarray
    end: np.ndarray
    snapshots: dict[int, np.ndarray]
    reach: list[dict[str, Any]]
    provenance: dict[str, Any]
    covered: list[np.ndarray] = field(repr=False, default_factory=list)
    happened: Sequence[WeekEvents] = field(repr=False, default_factory=list)
    tried: list[dict[str, Any]] = field(repr=False, default_factory=list)
    _events: pd.DataFrame | None = field(repr=False, default=None)

    @property
    def events(self) -> pd.DataFrame:
        """One row an event, in week order and, within a week, in the order of permanent ids."""
        if self._events is None:
            self._events = events_table(self.happened, self.scenario.area_names)
        return self._events

    @cached_property
    def columns(self) -> EventColumns:
        """The events as numbers, in the same order as the table. Raises ValueError where none were kept."""
        if len(self.happened) == self.weeks:
            return columns_of_weeks(self.happened)
        if self._events is None:
            raise ValueError("no events were kept of this world")
        return columns_of_table(self._events, self.scenario.area_names)

    @property
    def people(self) -> pd.DataFrame:
        """One row a person: traits, states at the start (`_start`) and the end (`_end`), running totals."""
        return people_table(self.start, self.end)

    def _people_in_parts(self) -> Iterator[pd.DataFrame]:
        for low in range(0, max(1, len(self.start)), PEOPLE_A_PART):
            yield people_table(self.start[low : low + PEOPLE_A_PART], self.end[low : low + PEOPLE_A_PART])

    def _events_in_parts(self) -> Iterator[pd.DataFrame]:
        if self._events is not None:
            yield self._events
            return
        weeks: list[WeekEvents] = []
        count = 0
        for place, week in enumerate(self.happened, 1):
            weeks.append(week)
            count += len(week)
            if count >= EVENTS_A_PART and place < len(self.happened):
                yield events_table(weeks, self.scenario.area_names)
                weeks, count = [], 0
        yield events_table(weeks, self.scenario.area_names)

    @property
    def panel(self) -> pd.DataFrame:
        """One row for each person and week asked for, with every state."""
        parts = []
        for week, state in sorted(self.snapshots.items()):
            part = pd.DataFrame({name: state[name] for name in state.dtype.names or ()})
            part.insert(1, "week", week)
            parts.append(part)
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"person": [], "week": []})

    def write(self, folder: str | Path, csv: bool = False) -> list[Path]:
        """Write run.json and the tables into `folder`, each beside its place and then moved into it; gives their paths.

        Tables of many people or events are made and written part by part, and never held whole.

        Raises
        ------
        OutputError
            If the folder cannot be made or written.
        """
        folder = Path(folder)
        tables: dict[str, Parts] = {
            "weekly": lambda: [self.weekly], "people": self._people_in_parts, "events": self._events_in_parts,
        }  # fmt: skip
        if self.snapshots:
            tables["panel"] = lambda: [self.panel]
        written = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, parts in tables.items():
                written.append(write_parquet(parts, folder / f"{name}.parquet", weekly_columns()))
                if csv:
                    written.append(write_csv(parts, folder / f"{name}.csv"))
            # Last, so that a folder with a run.json holds a whole run.
            text = json.dumps(self.provenance, indent=2, ensure_ascii=False) + "\n"
            written.append(write_text(text, folder / "run.json"))
        except OSError as problem:
            raise OutputError(
                Problem(str(folder), f"results cannot be written: {problem.strerror or problem}",
                        "a folder that can be written, with room left", "Name another with --out.")
            ) from problem  # fmt: skip
        return written


def _details(area_names: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """What the detail of an event says, by the event's number."""
    return {
        ROLE_GAINED: ROLE_DETAILS, ROLE_LOST: ROLE_DETAILS, FLAG_ON: FLAG_NAMES, FLAG_OFF: FLAG_NAMES,
        DISCLOSED: FLAG_NAMES, REACHED: tuple(LEVERS), MOVED: tuple(area_names), TIE_MADE: TIE_KINDS, TIE_ENDED: TIE_KINDS,
    }  # fmt: skip


def people_table(start: np.ndarray, end: np.ndarray) -> pd.DataFrame:
    """The people table of those whose rows these are, shape (people,) each, at the start and at the end."""
    columns: dict[str, Any] = {name: start[name] for name in TRAITS}
    for one in FIELDS:
        if one.name not in columns and one.kind in ("state", "derived"):
            columns[f"{one.name}_start"] = start[one.name]
            columns[f"{one.name}_end"] = end[one.name]
    columns |= {name: end[name] for name in TOTALS}
    return pd.DataFrame(columns)


def _joined(happened: Iterable[WeekEvents]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Weeks of all events, and their columns by name, each week read once."""
    weeks, sizes = [], []
    parts: dict[str, list[np.ndarray]] = {name: [] for name in EVENT_COLUMNS[1:]}
    for week in happened:
        weeks.append(week.week)
        sizes.append(len(week))
        for name, column in parts.items():
            column.append(getattr(week, name))
    columns = {name: np.concatenate(column or [np.zeros(0, dtype=np.int32)]) for name, column in parts.items()}
    return np.repeat(np.array(weeks, dtype=np.int32), np.array(sizes, dtype=np.int64)), columns


def events_table(happened: Iterable[WeekEvents], area_names: Iterable[str]) -> pd.DataFrame:
    """The events of all weeks as one table, in words."""
    weeks, columns = _joined(happened)
    event, detail = columns["event"], columns["detail"]
    words = [""]
    code = np.zeros(len(event), dtype=np.int16)
    for number, names in _details(area_names).items():
        which = event == number
        code[which] = len(words) + detail[which]
        words += names
    kept = list(dict.fromkeys(words))
    same = np.array([kept.index(word) for word in words], dtype=np.int16)
    return pd.DataFrame(
        {
            "person": columns["person"].astype(np.int32),
            "week": weeks,
            "event": pd.Categorical.from_codes(event.astype(np.int8), categories=list(EVENTS)),
            "domain": pd.Categorical.from_codes(columns["domain"].astype(np.int8), categories=list(DOMAIN_NAMES)),
            "detail": pd.Categorical.from_codes(same[code], categories=kept),
            "cause": pd.Categorical.from_codes(columns["cause"].astype(np.int8), categories=list(CAUSES)),
            "value": columns["value"].astype(np.float64),
        }
    )


@dataclass(frozen=True)
class EventColumns:
    """Events as numbers, each column of shape (events,), in week order.

    Numbers are those of `simulation.diary`; `detail` is the place in the list of what the event can say, -1 where it says
    nothing.
    """

    week: np.ndarray
    person: np.ndarray
    event: np.ndarray
    domain: np.ndarray
    detail: np.ndarray
    cause: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.week)

    def where(self, kept: np.ndarray) -> EventColumns:
        """Those events for which `kept`, shape (events,), is true."""
        return EventColumns(*(getattr(self, name)[kept] for name in EVENT_COLUMNS))


EVENT_COLUMNS = ("week", "person", "event", "domain", "detail", "cause", "value")


def event_in_words(columns: EventColumns, at: int, area_names: Iterable[str]) -> dict[str, Any]:
    """One event as a row of the events table, in words."""
    event, detail = int(columns.event[at]), int(columns.detail[at])
    said = _details(area_names).get(event, ())
    return {
        "person": int(columns.person[at]), "week": int(columns.week[at]), "event": EVENTS[event],
        "domain": DOMAIN_NAMES[columns.domain[at]], "detail": said[detail] if said else "",
        "cause": CAUSES[columns.cause[at]], "value": float(columns.value[at]),
    }  # fmt: skip


def columns_of_weeks(happened: Iterable[WeekEvents]) -> EventColumns:
    """The events of all weeks as numbers."""
    weeks, columns = _joined(happened)
    event, detail = columns["event"].astype(np.int8), columns["detail"].astype(np.int16)
    says = np.isin(event, list(_details(())))
    return EventColumns(
        weeks, columns["person"].astype(np.int32), event, columns["domain"].astype(np.int8),
        np.where(says, detail, -1).astype(np.int16), columns["cause"].astype(np.int8), columns["value"].astype(np.float64),
    )  # fmt: skip


def columns_of_table(events: pd.DataFrame, area_names: Iterable[str]) -> EventColumns:
    """The events of a table as numbers: what `events_table` put into words, read back.

    Raises
    ------
    ValueError
        If the table holds words that are not this version's.
    """

    def numbers(name: str, words: tuple[str, ...]) -> np.ndarray:
        column = events[name].cat
        place = pd.Index(words).get_indexer(column.categories)
        found = place[column.codes.to_numpy()] if len(place) else np.zeros(0)
        if len(found) and found.min() < 0:
            raise ValueError(f"unknown words in {name}")
        return np.asarray(found, dtype=np.int8)

    event = numbers("event", EVENTS)
    said = events["detail"].cat
    detail = np.full(len(events), -1, dtype=np.int16)
    codes = said.codes.to_numpy()
    for number, words in _details(area_names).items():
        which = event == number
        detail[which] = pd.Index(words).get_indexer(said.categories)[codes[which]]
    return EventColumns(
        events["week"].to_numpy(np.int32), events["person"].to_numpy(np.int32), event, numbers("domain", DOMAIN_NAMES),
        detail, numbers("cause", CAUSES), events["value"].to_numpy(np.float64),
    )  # fmt: skip


def weekly_table(lines: list[WeekLine]) -> pd.DataFrame:
    """One row a week from each week's counts, sums, numbers of events, and level of public stigma."""
    counts = np.array([line[0] for line in lines]).reshape(len(lines), len(COUNTS))
    sums = np.array([line[1] for line in lines]).reshape(len(lines), len(SUMS))
    happened = np.array([line[2] for line in lines]).reshape(len(lines), len(EVENTS))
    own = counts[:, COUNTS.index("own_alive")]
    others = counts[:, COUNTS.index("alive")] - own
    columns: dict[str, np.ndarray] = {"week": np.arange(len(lines), dtype=np.int32)}
    columns |= {name: counts[:, place] for place, name in enumerate(COUNTS)}
    for place, name in enumerate(SUMS):
        of = others if name.startswith("others_") else own
        # A mean over nobody is not known, and says so.
        columns[f"mean_{name}"] = np.where(of > 0, sums[:, place] / np.maximum(of, 1), np.nan)
    columns["public_stigma"] = np.array([line[3] for line in lines])
    columns |= {name: happened[:, place] for place, name in enumerate(HAPPENED)}
    return pd.DataFrame(columns)


def platform_tag() -> dict[str, str]:
    """What two runs must share to be the same to the last bit.

    `vectors` are the instructions that NumPy found in this processor: its exponentials differ in a last bit between them.
    """
    libc = " ".join(platform.libc_ver()).strip()
    found = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    return {
        "system": platform.system(), "libm": libc or "unknown", "processor": platform.machine(),
        "vectors": " ".join(found) or "none beyond the least", "numba": metadata.version("numba"), "numpy": np.__version__,
    }  # fmt: skip


def provenance_of(
    scenario: Scenario, seed: int, weeks: int, assumptions: dict[str, float], engine: str, started: float
) -> dict[str, Any]:
    """What a world was made from and with, as plain values that JSON can hold."""
    import hashlib

    resolved = scenario.resolved()
    text = json.dumps(resolved, sort_keys=True, ensure_ascii=False)
    return {
        "scenario": scenario.name, "scenario_text": scenario.text, "extends": list(scenario.extended),
        "scenario_hash": hashlib.sha256(text.encode()).hexdigest(), "resolved": resolved, "assumptions": assumptions,
        "seed": seed, "people": scenario.people, "weeks": weeks, "engine": engine,
        "versions": {"recovery-journeys": version(), "python": platform.python_version(), "mesa": metadata.version("mesa"),
                     "pandas": pd.__version__},
        "platform": platform_tag(), "wall_seconds": round(time.perf_counter() - started, 3),
    }  # fmt: skip


def version() -> str:
    """Version of this package, or "unknown" where it runs from a checkout that was never installed."""
    try:
        return metadata.version("recovery-journeys")
    except metadata.PackageNotFoundError:
        return "unknown"
