"""What was asked before and what is asked now, told apart in words: the name of each thing that differs, and both its values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

NAMED_AT_MOST = 6
"""How many things that differ are named."""

LONGEST = 60
"""Signs of the longest value that is shown; of a longer one only the name is."""

ONE, SEVERAL = ("base", "other", "scenario"), ("others", "worlds")
"""Inputs that are one scenario, and those that are a row of them."""

NAMES = {"code": "the code of the model", "others": "other scenarios", "other": "other scenario", "base": "base scenario"}

FOLLOW = {"weeks": "years"}
"""Things that differ only because another does."""

_NONE = "none"

Leaf = tuple[str, Any, Any]
"""Something that differs: what it is called, as it was, as it is."""


def differing_in_words(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What differs between two sets of inputs of one command: "people 500 there, 1,000 now; seeds 1-3 there, 1-5 now".

    What differs alike in all scenarios is told once. "" where nothing differs that JSON can hold.

    Examples
    --------
    >>> differing_in_words({"seeds": [1, 2, 3], "draws": 0}, {"seeds": [1, 2, 3, 7], "draws": 0})
    'seeds 1-3 there, 1-3,7 now'
    """
    old, new = (json.loads(json.dumps(inputs, default=str)) for inputs in (before, now))
    told = list(dict.fromkeys(_told(leaf) for leaf in _leaves(old, new)))
    more = len(told) - NAMED_AT_MOST
    return "; ".join(told[:NAMED_AT_MOST] + ([f"and {more} more"] if more > 0 else []))


def _leaves(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Leaf]:
    scenarios = [each for each in dict.fromkeys([*old, *new]) if each in (*ONE, *SEVERAL)]
    yield from _in_scenarios(old, new, scenarios)
    for name in dict.fromkeys([*old, *new]):
        if name not in scenarios:
            yield from _in_values(NAMES.get(name, name), old.get(name), new.get(name))


def _in_scenarios(old: Mapping[str, Any], new: Mapping[str, Any], names: list[str]) -> Iterator[Leaf]:
    """What differs in the scenarios, or their names where these do; without a name of one where all differ alike."""
    found: dict[str, list[Leaf]] = {}
    for name in names:
        before, now = (_row(inputs.get(name)) for inputs in (old, new))
        if [each.get("name") for each in before] != [each.get("name") for each in now]:
            yield NAMES.get(name, name), _listed(before), _listed(now)
            continue
        for number, (ours, theirs) in enumerate(zip(before, now, strict=True)):
            found[f"{name} {number}"] = [
                (f"{leaf[0]} of {ours.get('name')}", *leaf[1:]) for leaf in _in_values("", ours, theirs)
            ]
    bare = [[(said.rpartition(" of ")[0], *values) for said, *values in leaves] for leaves in found.values()]
    for leaves, without in zip(found.values(), bare, strict=True):
        for leaf, short in zip(leaves, without, strict=True):
            yield short if all(short in each for each in bare) else leaf


def _row(given: Any) -> list[dict[str, Any]]:
    """Scenarios as a row of them."""
    return [each for each in (given if isinstance(given, list) else [given]) if isinstance(each, dict)]


def _listed(scenarios: list[dict[str, Any]]) -> str:
    return ", ".join(str(each.get("name")) for each in scenarios) or _NONE


def _in_values(called: str, old: Any, new: Any) -> Iterator[Leaf]:
    """What differs in two values, down to what has no parts; rows of things that have names, by these."""
    if old == new:
        return
    ours, theirs = (_by_name(each) for each in (old, new))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in dict.fromkeys([*ours, *theirs]):
            if FOLLOW.get(name) not in ours or ours[FOLLOW[name]] == theirs.get(FOLLOW[name]):
                yield from _in_values(f"{called} {name}".strip(), ours.get(name), theirs.get(name))
        return
    yield called, old, new


def _by_name(value: Any) -> Any:
    """A row of things by the name or lever of each, or by their numbers where these are not enough; others as they are."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return value
    names = [str(each.get("name") or each.get("lever") or each.get("state") or "") for each in value]
    if "" in names or len({*names}) < len(names):
        return {str(number): each for number, each in enumerate(value, start=1)}
    return dict(zip(names, value, strict=True))


def _told(leaf: Leaf) -> str:
    called, old, new = leaf[0].replace("_", " "), _shown(leaf[1]), _shown(leaf[2])
    if called == NAMES["code"] or max(len(old), len(new)) > LONGEST or "\n" in old + new:
        return called
    return f"{called} {old} there, {new} now"


def _shown(value: Any) -> str:
    """A value as a command line would have it: whole numbers in a row as "1-3,7"."""
    if value is None or value in ("", [], {}):
        return _NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    if isinstance(value, list) and all(isinstance(each, int) for each in value):
        return _ranges(value)
    if isinstance(value, dict):  # a policy, an assumption or the like that is there in one of the two only
        return _shown(value.get("set", value.get("range", "one")))
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value)
    return str(value)


def _ranges(numbers: list[int]) -> str:
    """Whole numbers in a row, those that follow each other as a range."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ",".join(str(one[0]) if len(one) == 1 else f"{one[0]}-{one[-1]}" for one in found)
