"""Writes a scenario as one TOML text that extends nothing, for a reader who has none of the files that it was made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulation.levers import LEVERS
from simulation.parameters import PARAMETERS
from simulation.state import FIELD
from simulation.units import UNITS

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario_parts import Assumption, Experiment, Policy

_MANY = 20
"""Dots or brackets in one text from which they are written as escapes: the reader takes lines full of them for nested tables."""


def scenario_as_toml(scenario: Scenario) -> str:
    """TOML text of everything that a scenario says; numbers are written to the last bit.

    Use when a scenario must be read where its file, and the files that it extends, are not. Do not use to show a scenario to a
    person: `Scenario.describe` does that.
    """
    top = {
        "question": scenario.question, "cohort": scenario.cohort, "people": scenario.people, "years": scenario.years,
        "own_experience": scenario.own_experience, "layer": scenario.layer, "switch_off": scenario.switch_off,
        "switch_on": scenario.switch_on,
    }  # fmt: skip
    parts = [
        _table("", top),
        _primary(scenario),
        *(_table("[[area]]", area) for area in scenario.areas),
        *(_table("[[population_group]]", group.resolved()) for group in scenario.population_groups),
        *(_table("[[policy]]", _policy(policy)) for policy in scenario.policies),
        *(_table("[[experiment]]", _experiment(experiment)) for experiment in scenario.experiments),
        *(_table("[[assumption]]", _assumption(one)) for one in scenario.assumptions.values()),
        _costs(scenario),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _primary(scenario: Scenario) -> str:
    """The table of what is judged; nothing where the scenario declares nothing, as it must not declare it here either."""
    judged = scenario.primary
    if not judged.declared:
        return ""
    given = {"outcome": judged.outcome, "horizon": f"{judged.horizon_weeks} weeks", "group": judged.group}
    return _table("[primary]", given)


def _policy(policy: Policy) -> dict[str, object]:
    change = policy.value if policy.how == "multiply" else _quantity(policy.value, LEVERS[policy.lever].unit)
    return {
        "lever": policy.lever, policy.how: change, "from": f"week {policy.start}", "until": _moment(policy.until),
        "ramp": _duration(policy.ramp), "whom": None if policy.whom == "everyone" else policy.whom, "covers": policy.covers,
        "places": policy.places, "because": policy.because,
    }  # fmt: skip


def _assumption(one: Assumption) -> dict[str, object]:
    unit = PARAMETERS[one.name].unit
    limits = None if one.range is None else [_quantity(end, unit) for end in one.range]
    value = None if one.set is None else _quantity(one.set, unit)
    return {"name": one.name, "set": value, "range": limits, "because": one.because}


def _experiment(one: Experiment) -> dict[str, object]:
    words = FIELD[one.state].words if one.do == "set" else ()
    ways: dict[str, dict[str, object]] = {
        "set": {"state": one.state, "set": words[int(one.value)] if words else one.value},
        "add": {"state": one.state, "add": one.value},
        "cap": {"state": one.state, "cap": one.value},
        "freeze": {"state": one.state, "freeze": True},
        "give_tie": {"give_tie": one.what, "count": one.count},
    }
    done = ways.get(one.do, {one.do: one.what})
    return done | {
        "from": f"week {one.start}", "when": one.when, "domain": one.domain, "after": _duration(one.after),
        "lasts": _duration(one.lasts), "whom": one.whom, "covers": one.covers, "because": one.because,
    }  # fmt: skip


def _costs(scenario: Scenario) -> str:
    if not scenario.currency:
        return ""
    amounts: dict[str, object] = {cost.lever: {"amount": cost.amount, "per": cost.per} for cost in scenario.costs}
    return _table("[cost]", {"currency": scenario.currency} | amounts)


def _quantity(value: float, unit: str) -> object:
    """A value with its unit where one must be said; a share of so many a week is never written as per cent, which would round."""
    known = UNITS[unit]
    if known.kind == "time":
        return f"{value!r} weeks"
    return f"{value!r} a {known.per}" if known.per else value


def _moment(week: int | None) -> str:
    return "" if week is None else f"week {week}"


def _duration(weeks: int | None) -> str:
    return f"{weeks} weeks" if weeks else ""


def _table(head: str, keys: Mapping[str, object]) -> str:
    """A table with those of the keys that have a value."""
    lines = [f"{key} = {_toml(value)}" for key, value in keys.items() if value is not None and value != ""]
    return "\n".join([head, *lines] if head else lines)


def _toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return repr(value)


def _quoted(text: str) -> str:
    """Words in quotation marks: JSON's escapes are TOML's too, but TOML wants the delete sign escaped."""
    escaped = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    for sign in ".[{":
        if escaped.count(sign) > _MANY:
            escaped = escaped.replace(sign, f"\\u{ord(sign):04x}")
    return escaped
