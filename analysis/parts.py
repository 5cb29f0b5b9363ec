"""The parts of a policy: what only the other world has, part by part, and the worlds that have some of them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.pairing import check_comparable, differ_in_policies_only, differing_policies, own_policies
from analysis.shapley import parts_in
from simulation.errors import ComparisonError, Problem

FEW_PARTS = 4
"""So many parts take 16 worlds a seed; more are lived with a warning."""

MOST_PARTS = 6
"""So many parts take 64 worlds a seed; more must be put into groups."""


@dataclass(frozen=True)
class Part:
    """One part of a policy: its name, and the places of its policies in the other scenario."""

    name: str
    places: tuple[int, ...]

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        return self.name.replace("_", " ")


def parts_of(base: Any, other: Any, groups: Mapping[str, Sequence[str]] | None = None) -> tuple[Part, ...]:
    """The parts that tell `other` from `base`: each policy of its own, or those that `groups` put together under a name.

    A part is called by its lever; further policies on that lever are "lever (2)" and so on. A group names levers, all of whose
    policies it takes, or such parts; what no group names stays a part of its own.

    Raises
    ------
    ComparisonError
        If anything but policies that only `other` has tells the worlds apart, there are none, or a group cannot be made.
    """
    check_comparable(base, other)
    _check_only_added(base, other)
    single = _single(base, other)
    if not single:
        raise ComparisonError(
            Problem(other.name, f"no policy that {base.name} lacks", "a scenario with policies of its own",
                    f"let {other.name} extend {base.name} and add [[policy]] tables")
        )  # fmt: skip
    return _grouped(single, groups or {}, other)


def check_number_of(parts: Sequence[Part], other: Any) -> None:
    """Nothing where all sets of these parts can be lived. Raises ComparisonError where they are too many."""
    if len(parts) > MOST_PARTS:
        raise ComparisonError(
            Problem(f"the parts of {other.name}", f"{len(parts)} ({', '.join(part.name for part in parts)})",
                    f"at most {MOST_PARTS}, as each doubles the number of worlds",
                    f"put some together: parts={{'a name': [{parts[0].name!r}, {parts[1].name!r}]}}, or "
                    f"--part 'a name={parts[0].name},{parts[1].name}'")
        )  # fmt: skip


def many_in_words(parts: Sequence[Part], seeds: int, draws: int) -> str:
    """A warning of how many worlds so many parts take; "" for few."""
    if len(parts) <= FEW_PARTS:
        return ""
    arms = 1 << len(parts)
    return (
        f"{len(parts)} parts take {arms} worlds for each seed and draw, {arms * (seeds + draws):,} in all: parts put together "
        "in groups take fewer."
    )


def with_some(base: Any, other: Any, parts: Sequence[Part], coalition: int) -> Any:
    """The scenario with these parts only, numbered as `parts_in` says: `base` for none, `other` for all.

    What each policy covers is chosen by luck of the person's own, keyed by the lever: no part changes it for another.
    """
    chosen = [parts[number] for number in parts_in(coalition, len(parts))]
    if not chosen:
        return base
    if len(chosen) == len(parts):
        return other
    left_out = {place for part in parts if part not in chosen for place in part.places}
    kept = tuple(policy for place, policy in enumerate(other.policies) if place not in left_out)
    return replace(other, name=f"{other.name} ({', '.join(part.words for part in chosen)} only)", policies=kept)


def _check_only_added(base: Any, other: Any) -> None:
    only_base = differing_policies(other, base)
    if not only_base and differ_in_policies_only(base, other):
        return
    given = (
        f"policies that only {base.name} has ({', '.join(policy.lever for policy in only_base)})" if only_base
        else "other assumptions, switches, experiments or another layer"
    )  # fmt: skip
    raise ComparisonError(
        Problem(f"{base.name} and {other.name}", given, f"worlds that differ in policies that only {other.name} has",
                f"let {other.name} extend {base.name}, and add nothing but [[policy]] tables")
    )  # fmt: skip


def _single(base: Any, other: Any) -> list[Part]:
    """Each policy that only the other world has, as a part of its own."""
    found: list[Part] = []
    for place, own in enumerate(own_policies(base, other)):
        if not own:
            continue
        lever = other.policies[place].lever
        before = sum(other.policies[part.places[0]].lever == lever for part in found)
        found.append(Part(lever if not before else f"{lever} ({before + 1})", (place,)))
    return found


def _grouped(single: list[Part], groups: Mapping[str, Sequence[str]], other: Any) -> tuple[Part, ...]:
    taken: dict[str, str] = {}
    found: list[Part] = []
    for group, names in groups.items():
        places: list[int] = []
        for name in [names] if isinstance(names, str) else names:
            for part in _named(name, single, other):
                if part.name in taken:
                    raise ComparisonError(
                        Problem(f"part {group!r}", f"{part.name}, which is in {taken[part.name]!r} already",
                                "each policy in one part", "leave it out of one of them")
                    )  # fmt: skip
                taken[part.name] = group
                places += part.places
        if not places:
            raise ComparisonError(Problem(f"part {group!r}", "nothing", "at least one lever", "name one, or leave it out"))
        found.append(Part(group, tuple(sorted(places))))
    whole = [*found, *(part for part in single if part.name not in taken)]
    names = [part.name for part in whole]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ComparisonError(
            Problem(f"part {twice[0]!r}", "the name of another part", "a name of its own", "give another name")
        )
    return tuple(sorted(whole, key=lambda part: part.places[0]))


def _named(name: str, single: Sequence[Part], other: Any) -> list[Part]:
    """The parts that a name stands for: those on the lever of this name, or the one that is called so."""
    on_lever = [part for part in single if other.policies[part.places[0]].lever == name]
    found = on_lever or [part for part in single if part.name == name]
    if not found:
        known = [part.name for part in single]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        todo = f"did you mean {near[0]!r}?" if near else f"name one of them, as {known[0]!r}"
        raise ComparisonError(Problem(f"part {name!r}", f"no policy that only {other.name} has", ", ".join(known), todo))
    return found
