"""One entry of the run store in full, as plain values and in lines: what decides it, what is kept of it, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.store import FAILED, NUMBERS, WORLDS, Row, RunStore
from analysis.upkeep import CURRENT, OTHER_CODE, Now, identity_of, total, what_of

_ONE = {WORLDS: "world", NUMBERS: "numbers", FAILED: "failed"}
_TOLD_APART = ("scenario", "assumptions", "people", "weeks", "seed", "cohort", "nudge", "platform", "code")


def told_entry(store: RunStore, row: Row, now: Now) -> dict[str, Any]:
    """All that is known of an entry, as plain values; of what decides it, what differs from the defaults stands first."""
    identity, content = identity_of(row), row.content or {}
    code = identity.get("code")
    return {
        "kind": row.kind, "name": row.name, "what": what_of(row), "standing": now.standing(row), "damage": row.damage,
        "people": identity.get("people"), "weeks": identity.get("weeks"), "seed": identity.get("seed"),
        "cohort": _cohort(identity), "nudge": identity.get("nudge"), "scenario": scenario_parts(identity),
        "assumptions": assumptions_set(identity),
        "further": {name: value for name, value in identity.items() if name not in _TOLD_APART},
        "platform": identity.get("platform"), "code": code, "code_is_current": now.standing(row) != OTHER_CODE if code else None,
        "kept": dict(row.files), "bytes": row.bytes, "made": row.made.isoformat(), "seconds": content.get("seconds"),
        "path": str(store.place(row.kind, row.name)), "message": content.get("message"), "error": content.get("error"),
        "where": content.get("where"), "content": row.content,
    }  # fmt: skip


def scenario_parts(identity: Mapping[str, Any]) -> dict[str, Any]:
    """The deciding parts of a world's scenario that differ from those of one that says nothing."""
    from simulation.identity import identity_of as identity_of_world
    from simulation.scenario import Scenario

    parts = identity.get("scenario")
    if not isinstance(parts, Mapping):
        return {} if parts is None else {"scenarios": parts}
    usual = identity_of_world(Scenario("plain"), 0)["scenario"]
    return {name: value for name, value in parts.items() if name not in usual or usual[name] != value}


def assumptions_set(identity: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """Value and default of each assumption whose value is not the default; the default is None where it has none any more."""
    from simulation.parameters import PARAMETERS

    values = identity.get("assumptions")
    defaults = {name: parameter.default for name, parameter in PARAMETERS.items()}
    if not isinstance(values, Mapping):
        return {}
    return {
        name: {"value": value, "default": defaults.get(name)}
        for name, value in values.items()
        if value != defaults.get(name)
    }


def lines_of(told: Mapping[str, Any]) -> list[str]:
    """An entry in lines of plain words, from what `told_entry` gives."""
    heading = f"{_ONE[told['kind']]} {told['name']}: {told['what']}"
    lines = [heading, *_of_failure(told), *([f"damaged: {told['damage']}"] if told["damage"] else [])]
    if told["content"] is not None:
        lines += ["decided by", *(f"  {line}" for line in _deciding(told))]
    made = told["made"].replace("T", " ").replace("+00:00", " UTC")
    lived = f", lived in {told['seconds']:,.1f} s" if isinstance(told["seconds"], int | float) else ""
    lines += [f"made {made}{lived}", f"kept in {told['path']}, {size_in_words(told['bytes'])}"]
    return lines + [f"  {file}: {size_in_words(size)}" for file, size in told["kept"].items()]


def _of_failure(told: Mapping[str, Any]) -> list[str]:
    if told["kind"] != FAILED:
        return []
    error = f"{told['error']}: " if told["error"] else ""
    return [f"failed: {error}{told['message']}", *(f"  {line}" for line in told["where"] or [])]


def _deciding(told: Mapping[str, Any]) -> list[str]:
    people, weeks = total(told["people"]), total(told["weeks"])
    size = [f"{people:,} people" if people is not None else "", f"{weeks:,} weeks" if weeks is not None else "",
            f"seed {told['seed']}", f"cohort {told['cohort']}" if told["cohort"] else ""]  # fmt: skip
    nudge = [] if told["nudge"] is None else [f"person {told['nudge']} nudged, which changes nothing else"]
    lines = [", ".join(filter(None, size)), *nudge]
    for name, value in {**told["scenario"], **told["further"]}.items():
        several = isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value)
        lines += [f"{name}: {_in_words(one)}" for one in (value if several else [value])]
    lines += [f"assumption {name}: {each['value']:g}{_usually(each)}" for name, each in told["assumptions"].items()]
    platform = _in_words(told["platform"])
    standing = "current" if told["code_is_current"] else "other code than this: no run uses it any more"
    note = "" if told["standing"] in (CURRENT, OTHER_CODE) or told["damage"] else ", another platform than this"
    return [*lines, f"platform: {platform}{note}", f"code {told['code']}: {standing}"]


def _usually(each: Mapping[str, Any]) -> str:
    return " (unknown now)" if each["default"] is None else f" (default {each['default']:g})"


def _cohort(identity: Mapping[str, Any]) -> str | None:
    cohort = identity.get("cohort")
    return cohort.get("name") if isinstance(cohort, Mapping) else cohort


def _in_words(value: Any) -> str:
    """A plain value in one line; parts that are empty are left out."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items() if one not in (None, "", [], {}))
    if isinstance(value, list):
        return ", ".join(_in_words(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def size_in_words(size: int) -> str:
    """A number of bytes in the unit that it is read best in.

    >>> size_in_words(512), size_in_words(2_340_000)
    ('512 bytes', '2.3 MB')
    """
    for unit, bytes_in_it in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_in_it:
            return f"{size / bytes_in_it:,.1f} {unit}"
    return f"{size} bytes"
