"""The JSON Schema of a scenario file, made from the declarations of its shape, for editors that know JSON Schema."""

from __future__ import annotations

import json
from typing import Any

from simulation.areas import AREA_RANGES
from simulation.groups import GROUPS
from simulation.levers import LEVERS
from simulation.mechanisms import FORMS, HELD, LAYERS, MECHANISMS
from simulation.parameters import PARAMETERS
from simulation.scenario_parts import SETTABLE
from simulation.scenario_shape import WHAT, WHENS, ScenarioTable
from simulation.state import DOMAINS, GIVEN_TIES, ROLES

_NAMES_IN_AN_EXPERIMENT = {
    "state": tuple(dict.fromkeys((*SETTABLE, *HELD))), "give_tie": GIVEN_TIES[1:], "give_role": ROLES, "take_role": ROLES,
    "when": WHENS, "domain": DOMAINS,
}  # fmt: skip


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, with the names of levers, parameters, groups, mechanisms, states and events."""
    schema = ScenarioTable.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    tables = schema["$defs"]
    tables["PolicyTable"]["properties"]["lever"]["enum"] = list(LEVERS)
    tables["AssumptionTable"]["properties"]["name"]["enum"] = list(PARAMETERS)
    for table, key in (("PolicyTable", "whom"), ("PrimaryTable", "group"), ("ExperimentTable", "whom")):
        tables[table]["properties"][key]["examples"] = list(GROUPS)
    schema["properties"]["layer"]["enum"] = list(LAYERS)
    schema["properties"]["switch_off"]["items"]["enum"] = list(MECHANISMS)
    schema["properties"]["switch_on"]["items"]["enum"] = list(FORMS)
    for key, names in _NAMES_IN_AN_EXPERIMENT.items():
        tables["ExperimentTable"]["properties"][key]["enum"] = list(names)
    tables["PolicyTable"]["oneOf"] = [{"required": [how]} for how in ("set", "multiply", "add")]
    tables["AssumptionTable"]["oneOf"] = [{"required": [how]} for how in ("set", "range")]
    tables["ExperimentTable"]["oneOf"] = [{"required": [what]} for what in WHAT]
    del schema["properties"]["cost"]["default"]
    _share_one_cost(tables)
    _drop_defaults(schema)
    return schema


def _share_one_cost(tables: dict[str, Any]) -> None:
    """Say once, not for each lever, what a cost may be."""
    costs = tables["CostTable"]["properties"]
    tables["Cost"] = {key: value for key, value in costs["policing"].items() if key not in ("title", "default")}
    for lever in LEVERS:
        costs[lever] = {"$ref": "#/$defs/Cost"}


def _drop_defaults(schema: dict[str, Any]) -> None:
    """Take out defaults that stand for "not given", which an editor would offer as values."""
    for table in (schema, *schema["$defs"].values()):
        for declared in table.get("properties", {}).values():
            if declared.get("default") in (None, "", [], {}):
                declared.pop("default", None)
    for table, keys in (("PolicyTable", ("multiply", "places")), ("ExperimentTable", ("freeze", "count"))):
        for key in keys:
            schema["$defs"][table]["properties"][key].pop("default", None)
    for name, declared in schema["$defs"]["AreaTable"]["properties"].items():
        if name in AREA_RANGES:
            declared.pop("default", None)


def schema_text() -> str:
    """The JSON Schema as it is written beside the shipped scenarios."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
