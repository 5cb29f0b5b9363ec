"""The shape of a scenario file: which tables and keys there are, of which type. What they mean is checked afterwards.

The same declarations give the JSON Schema that editors use (`simulation.scenario_schema`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from simulation.areas import AREA_RANGES
from simulation.diary import EVENTS
from simulation.errors import Problem
from simulation.levers import LEVERS
from simulation.mechanisms import LAYERS
from simulation.state import DOMAINS, ROLES
from simulation.toml_lines import KeyPath, TomlText
from simulation.units import shown

FEWEST_PEOPLE = 20
"""A world of fewer people has too few for ties, areas and kin."""
MOST_PEOPLE = 10_000_000
MOST_YEARS = 100
MOST_COST = 1e12
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$"
PER = ("person-week", "person", "place-week")
"""What a lever may cost so much for each of: a week of a person reached, a person reached, a week of a place held."""
WHAT = ("state", "give_tie", "give_role", "take_role", "move")
"""Keys of an [[experiment]], just one of which says what it is done to."""

WHENS = ("decided", *(event for event in EVENTS if event != "died"))
"""Events that may begin an experiment: "decided" for either kind of decision."""
MOST_REPORTED = 100
"""Problems of one file that are told one by one; the rest are counted."""


def _number_or_words(given: object) -> object:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise PydanticCustomError("quantity", "a number, or a quantity in quotation marks")
    return given


Quantity = Annotated[
    Any, BeforeValidator(_number_or_words), WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]})
]


def _number_words_or_yes(given: object) -> object:
    return given if isinstance(given, bool) else _number_or_words(given)


Change = Annotated[
    Any,
    BeforeValidator(_number_words_or_yes),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "boolean"}]}),
]


def _amount_or_table(given: object) -> object:
    """An amount, alone or beside what it is for each of; tells which key is wrong, and what it may be."""
    amount, per = (given.get("amount"), given.get("per", PER[0])) if isinstance(given, dict) else (given, PER[0])
    named = "amount = " if isinstance(given, dict) else ""
    wrong = None  # what is given, what is allowed, what to do
    if isinstance(given, dict) and (more := [key for key in given if key not in ("amount", "per")]):
        wrong = (f"the key {shown(more[0])}", "the keys amount and per", f"Leave {shown(more[0])} out.")
    elif amount is None:
        wrong = ("no amount", f"an amount from 0 to {MOST_COST:,.0f}", "Write { amount = 900, per = \"person\" }.")
    elif not isinstance(amount, int | float) or isinstance(amount, bool) or not 0 <= amount <= MOST_COST:
        said = "a number without end, or of more than 15 digits" if amount == math.inf else _kind_of(amount)
        wrong = (f"{named}{said}", f"an amount of 0 or more, at most {MOST_COST:,.0f}", "Write it as a plain number.")
    elif per not in PER:
        listed = ", ".join(f'"{each}"' for each in PER)
        wrong = (f"per = {_kind_of(per)}", f"per = one of {listed}", 'Choose one of them, or leave per out for "person-week".')
    if wrong is not None:
        raise PydanticCustomError("amount", "an amount", {"wrong": wrong})
    return given


_AMOUNT = {"type": "number", "minimum": 0, "maximum": MOST_COST}
Amount = Annotated[
    Any,
    BeforeValidator(_amount_or_table),
    WithJsonSchema({"anyOf": [_AMOUNT, {
        "type": "object", "properties": {"amount": _AMOUNT, "per": {"type": "string", "enum": list(PER)}},
        "required": ["amount"], "additionalProperties": False,
    }]}),
]  # fmt: skip


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class PolicyTable(_Table):
    """[[policy]]: one thing that a decision-maker would change."""

    lever: Annotated[str, Field(description='the name of a lever, such as "unjustified_flags"')]
    set: Annotated[Quantity, Field(description="the lever's new value, with its unit")] = None
    multiply: Annotated[
        float, Field(ge=0, le=1000, description="a number from 0 to 1,000 that the lever's value is multiplied by")
    ] = 1
    add: Annotated[Quantity, Field(description="what is added to the lever's value, with its unit")] = None
    from_: Annotated[str, Field(alias="from", description='the week from which it acts: "year 2" or "week 52"')] = "week 0"
    until: Annotated[str, Field(description='the week in which it no longer acts: "year 4" or "week 156"')] = ""
    ramp: Annotated[str, Field(description='the time over which it grows to its full size: "26 weeks"')] = ""
    whom: Annotated[str, Field(description="a group's name or a rule on a person's state, in quotation marks")] = "everyone"
    covers: Annotated[Quantity, Field(description='the share of those people whom it reaches: "60 %"')] = None
    places: Annotated[int, Field(ge=1, le=MOST_PEOPLE, description="a whole number of places, 1 or more")] = 1
    because: Annotated[str, Field(description="the reason, in quotation marks")] = ""


class AssumptionTable(_Table):
    """[[assumption]]: what nobody is sure of."""

    name: Annotated[str, Field(description='the name of a parameter, such as "deterrence"')]
    set: Annotated[Quantity, Field(description="the value assumed, in the parameter's unit")] = None
    range: Annotated[
        list[Quantity], Field(min_length=2, max_length=2, description="two values, the low and the high one: [0, 0.4]")
    ] = []
    because: Annotated[str, Field(description="the reason, in quotation marks")] = ""


class PrimaryTable(_Table):
    """[primary]: what is judged, decided before running."""

    outcome: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", description='the name of an outcome, such as "relapsed"')
    ] = "relapsed"
    horizon: Annotated[str, Field(description='the time from the policy\'s first week: "2 years"')] = ""
    group: Annotated[str, Field(description="a group's name or a rule on a person's state, in quotation marks")] = "everyone"


def _area(name: str) -> Any:
    """The declaration of one number of an area, in the range that its declaration in the model gives."""
    low, high, means = AREA_RANGES[name]
    return Field(ge=low, le=high, description=f"a number from {low:g} to {high:g}: {means}")


class AreaTable(_Table):
    """[[area]]: a neighbourhood and its institutions; only what differs from the usual is given."""

    name: Annotated[str, Field(pattern=NAME, description='a name: "home", "new", or one of the scenario\'s own')]
    exposure: Annotated[float, _area("exposure")] = 1.0
    visibility: Annotated[float, _area("visibility")] = 1.0
    opportunity: Annotated[float, _area("opportunity")] = 0.0
    intolerance: Annotated[float, _area("intolerance")] = 1.0
    bias: Annotated[float, _area("bias")] = 1.0
    quality: Annotated[float, _area("quality")] = 0.0
    risk: Annotated[float, _area("risk")] = 0.0


class PopulationGroupTable(_Table):
    """[[population_group]]: a part of the population, and what it meets that others do not."""

    name: Annotated[str, Field(pattern=NAME, description='a name of the scenario\'s own, other than "others"')]
    share: Annotated[Quantity, Field(description='the share of all people who belong to it: "14 %"')]
    bias: Annotated[
        float, Field(ge=0, le=10, description="a number from 0 to 10: factor on unjustified flags on its people")
    ] = 1.0
    marked: Annotated[
        bool, Field(description="true or false: whether employers who cannot see records take its people to have one")
    ] = False
    because: Annotated[str, Field(description="the reason, in quotation marks")] = ""


class ExperimentTable(_Table):
    """[[experiment]]: what no policy could do, to see what follows from one thing alone."""

    state: Annotated[str, Field(description='the name of a state of a person, such as "hope"')] = ""
    set: Annotated[Change, Field(description="the state's new value: a number, true or false, or one of its words")] = None
    add: Annotated[Quantity, Field(description="a number that is added to the state")] = None
    cap: Annotated[Quantity, Field(description="a number from 0 to 1 that the state cannot exceed")] = None
    freeze: Annotated[bool, Field(description="true: the state stays as it is")] = False
    give_tie: Annotated[str, Field(description='a kind of tie, such as "recovering_a_year"')] = ""
    count: Annotated[int, Field(ge=-7, le=7, description="a whole number of ties from -7 to 7, not 0")] = 1
    give_role: Annotated[str, Field(description=f"a role: {', '.join(ROLES)}")] = ""
    take_role: Annotated[str, Field(description=f"a role: {', '.join(ROLES)}")] = ""
    move: Annotated[str, Field(description="the name of an area")] = ""
    from_: Annotated[str, Field(alias="from", description='the week in which it acts: "year 2" or "week 52"')] = "week 0"
    lasts: Annotated[str, Field(description='how long a cap, a freeze or a tie holds: "26 weeks"')] = ""
    when: Annotated[str, Field(description='an event after which it acts, once for each person, such as "decided"')] = ""
    domain: Annotated[str, Field(description=f"the domain of that event: {', '.join(DOMAINS)}")] = ""
    after: Annotated[str, Field(description='the time from that event until it acts: "26 weeks"')] = ""
    whom: Annotated[str, Field(description="a group's name or a rule on a person's state, in quotation marks")] = "everyone"
    covers: Annotated[Quantity, Field(description='the share of those people whom it is done to: "60 %"')] = None
    because: Annotated[str, Field(description="the reason, in quotation marks")] = ""


_COST = 'an amount of 0 or more for each person-week reached, or { amount = 900, per = "person" } (or "place-week")'


def _printable(given: str) -> str:
    if not given.isprintable() or given != given.strip():
        raise PydanticCustomError("currency", "a currency")
    return given


_CURRENCY = Field(pattern=r"^[^\s\d][^\n\d]{0,11}$", description='a currency of 1 to 12 letters or signs, such as "GBP"')
_COSTS: dict[str, Any] = {
    "currency": (Annotated[str, _CURRENCY, AfterValidator(_printable)], ""),
    **{name: (Annotated[Amount, Field(description=_COST)], None) for name in LEVERS},
}
CostTable: type[_Table] = create_model("CostTable", __base__=_Table, __doc__="[cost]: what levers cost.", **_COSTS)


class ScenarioTable(_Table):
    """A scenario of recovery-journeys: one question, and only its differences from the defaults."""

    question: Annotated[str, Field(description="the question that the scenario asks, in quotation marks")] = ""
    extends: Annotated[str, Field(description="the name of another scenario: never a path")] = ""
    cohort: Annotated[str, Field(pattern=NAME, description='the name of a starting population, such as "england"')] = "england"
    people: Annotated[
        int, Field(ge=FEWEST_PEOPLE, le=MOST_PEOPLE, description="a whole number of people, from 20 to 10,000,000")
    ] = 10_000
    years: Annotated[float, Field(gt=0, le=MOST_YEARS, description="a number of years, above 0 and at most 100")] = 10
    own_experience: Annotated[Quantity, Field(description='the share of people with own experience: "30 %"')] = None
    layer: Annotated[str, Field(description=f"a layer of the model: {', '.join(LAYERS)}")] = "labels"
    switch_off: Annotated[list[str], Field(max_length=100, description='a list of mechanisms: ["peers", "hope"]')] = []
    switch_on: Annotated[list[str], Field(max_length=100, description='a list of other forms: ["label_resistance"]')] = []
    primary: Annotated[PrimaryTable, Field(description="one table [primary]")] = PrimaryTable()
    policy: Annotated[list[PolicyTable], Field(max_length=60, description="tables [[policy]], at most 60")] = []
    assumption: Annotated[list[AssumptionTable], Field(max_length=400, description="tables [[assumption]], at most 400")] = []
    area: Annotated[list[AreaTable], Field(max_length=50, description="tables [[area]], at most 50")] = []
    population_group: Annotated[
        list[PopulationGroupTable], Field(max_length=20, description="tables [[population_group]], at most 20")
    ] = []
    cost: Annotated[CostTable, Field(description="one table [cost]")] = CostTable()  # type: ignore[valid-type]
    experiment: Annotated[
        list[ExperimentTable], Field(max_length=60, description="tables [[experiment]], at most 60")
    ] = []


_TABLES: Mapping[str, type[_Table]] = {
    "policy": PolicyTable, "assumption": AssumptionTable, "primary": PrimaryTable, "area": AreaTable,
    "population_group": PopulationGroupTable, "cost": CostTable, "experiment": ExperimentTable,
}  # fmt: skip
_REPEATED = ("policy", "assumption", "area", "population_group", "experiment")


def keys_of(table: type[_Table]) -> list[str]:
    """The keys that a table may have, as they are written in a file."""
    return [field.alias or name for name, field in table.model_fields.items()]


def _table_at(path: KeyPath) -> type[_Table]:
    """The table in which the last key of a path stands."""
    return _TABLES.get(str(path[0]), ScenarioTable) if len(path) > 1 else ScenarioTable


def table_name(path: KeyPath) -> str:
    """How the table that a path is in, or leads to, is named in a message: "[[policy]] 2"."""
    if not path or path[0] not in _TABLES:
        return ""
    if path[0] not in _REPEATED:
        return f"[{path[0]}]"
    number = f" {path[1] + 1}" if len(path) > 1 and isinstance(path[1], int) else ""
    return f"[[{path[0]}]]{number}"


def place_of(toml: TomlText, path: KeyPath) -> str:
    """File, line, table and key of a path, as a message says it."""
    key = next((part for part in reversed(path) if isinstance(part, str) and part not in _TABLES), "")
    parts = (toml.place(path), table_name(path), shown(key).strip('"') if key else "")
    return ", ".join(part for part in parts if part)


def check_shape(toml: TomlText) -> tuple[list[Problem], set[KeyPath]]:
    """Problems with the shape of a file, and the paths at which nothing more need be checked."""
    given, giants = _without_giants(toml.data)
    try:
        ScenarioTable.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
    else:
        return [], set()
    problems = [_problem(toml, giants, detail) for detail in found[:MOST_REPORTED]]
    if len(found) > MOST_REPORTED:
        problems.append(Problem(toml.where, f"{len(found) - MOST_REPORTED:,} more problems of shape", "", "Correct these first."))
    return problems, {tuple(detail["loc"]) for detail in found}


def _without_giants(data: object, path: KeyPath = ()) -> tuple[Any, dict[KeyPath, object]]:
    """The same data with whole numbers too large to be meant replaced by infinity, and those numbers by path."""
    giants: dict[KeyPath, object] = {}
    if isinstance(data, dict | list):
        pairs = data.items() if isinstance(data, dict) else enumerate(data)
        cleaned: dict[Any, Any] = {}
        for key, value in pairs:
            cleaned[key], more = _without_giants(value, (*path, key))
            giants |= more
        return (cleaned if isinstance(data, dict) else list(cleaned.values())), giants
    if isinstance(data, int) and abs(data) > 2**53:
        return float("inf"), {path: data}
    return data, {}


def _problem(toml: TomlText, giants: Mapping[KeyPath, object], detail: Mapping[str, Any]) -> Problem:
    """One problem of shape, in our own words."""
    path: KeyPath = tuple(detail["loc"])
    kind, given = detail["type"], giants.get(path, detail["input"])
    where = place_of(toml, path)
    if kind == "amount":
        return Problem(where, *detail["ctx"]["wrong"])
    if kind == "extra_forbidden":
        allowed = "the keys " + ", ".join(keys_of(_table_at(path)))
        if _table_at(path) is CostTable:
            allowed = "currency, and levers from `recovery list levers`"
        return Problem(where, f"the key {shown(path[-1])}", allowed, _nearest_key(path))
    if kind == "missing":
        what = _described(path)
        return Problem(where, f"no {path[-1]}", what, f"Add a line: {path[-1]} = ...")
    if kind in ("list_type", "model_type", "dict_type") and path[0] in _TABLES:
        brackets = table_name(path[:1])
        return Problem(where, _kind_of(given), _described(path), f"Start the table with {brackets} on a line of its own.")
    if kind in ("too_long", "too_short") and isinstance(given, list):
        todo = "Leave some out." if kind == "too_long" else "Give both."
        return Problem(where, f"{len(given)} of them", _described(path), todo)
    return Problem(where, _kind_of(given), _described(path), _what_to_do(path, given))


def _described(path: KeyPath) -> str:
    """What is allowed at a path, from the declaration of its key."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    holder = ScenarioTable if key in _TABLES else _table_at(path)
    for name, field in holder.model_fields.items():
        if key in (name, field.alias):
            return field.description or ""
    return ""


def _kind_of(given: object) -> str:
    if isinstance(given, dict):
        return "a table"
    if isinstance(given, list):
        return "a list"
    return shown(given)


def _what_to_do(path: KeyPath, given: object) -> str:
    if isinstance(given, str) and path[-1] in ("people", "years", "places", "multiply"):
        return f"Write a number without quotation marks: {path[-1]} = 10."
    if not isinstance(given, str) and path[-1] in ("from", "until", "ramp", "horizon", "lasts", "after"):
        return "Say the unit, in quotation marks."
    if not isinstance(given, str) and "quotation marks" in _described(path):
        return f'Put it in quotation marks: {path[-1]} = "...".'
    return f"Change {path[-1]}, or leave it out." if isinstance(path[-1], str) else "Change this value."


def _nearest_key(path: KeyPath) -> str:
    """Which key was probably meant."""
    given, table = str(path[-1])[:80], _table_at(path)
    named = ((name, other) for name, other in _TABLES.items() if other is not CostTable)
    every: tuple[tuple[str, type[_Table]], ...] = (*named, ("", ScenarioTable))
    for name, other in every:
        if other is not table and given in keys_of(other):
            home = table_name((name,)) if name else "the top of the file, before the first table"
            return f'"{given}" belongs to {home}.'
    near = get_close_matches(given, keys_of(table), n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    return "Leave it out, or give it one of the names allowed."
