"""`recovery list`: what there is, each with its unit, range, source and meaning."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from analysis.cli import console


def list_what(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="scenarios, levers, parameters, outcomes, cohorts, groups, states, events, mechanisms, fits or claims.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """List scenarios, levers, parameters, outcomes, cohorts, groups, states, events, mechanisms, fits or claims.

    Example: recovery list levers
    """
    rows = LISTS[console.choose("WHAT", what, list(LISTS))]()
    if as_json:
        console.say_json(rows)
        return
    if sys.stdout.isatty():
        (_print_entries if what in LONG else _print_table)(what, rows)
        return
    for row in rows:
        console.say(" | ".join(f"{value}" for value in row.values() if value not in ("", None)))


def _print_table(what: str, rows: list[dict]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=what, box=box.SIMPLE_HEAD, title_justify="left")
    for at, name in enumerate(rows[0] if rows else []):
        table.add_column(name, no_wrap=at == 0, style="bold" if at == 0 else None)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)


def _print_entries(what: str, rows: list[dict]) -> None:
    """One below the other, where what there is to say of each fits no column."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    page = Console()
    page.print(Text(what, style="italic"))
    for row in rows:
        page.print(Text(f"\n{row['name']}", style="bold"))
        for key, value in list(row.items())[1:]:
            page.print(Padding(Text.assemble((f"{key}: ", "dim"), str(value)), (0, 0, 0, 2)))


def _scenarios() -> list[dict]:
    from simulation.scenario import Scenario, find_scenario

    found = []
    for path in sorted(find_scenario("baseline").parent.glob("*.toml")):
        scenario = Scenario.load(path)
        found.append({
            "name": scenario.name, "cohort": scenario.cohort, "people": scenario.people, "years": scenario.years,
            "question": scenario.question,
        })  # fmt: skip
    return found


def _cohorts() -> list[dict]:
    import tomllib

    from simulation.scenario import find_scenario

    found = []
    for path in sorted((find_scenario("baseline").parent / "cohorts").glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        words = next(
            (content[key] for key in ("means", "description", "who", "title") if isinstance(content.get(key), str)), ""
        )
        found.append({"name": path.stem, "means": words})
    return found


def _levers() -> list[dict]:
    from simulation.levers import LEVERS

    return [
        {
            "name": lever.name, "base": _base(lever.base), "unit": lever.unit, "range": f"{lever.low:g} to {lever.high:g}",
            "whom": "everyone" if lever.scope == "everyone" else "anyone",
            "means": " ".join(part for part in (lever.means, lever.caution) if part),
        }
        for lever in LEVERS.values()
    ]  # fmt: skip


def _base(value: float) -> str:
    return "none" if value == float("inf") else f"{value:g}"


def _parameters() -> list[dict]:
    from simulation.parameters import PARAMETERS

    return [
        {
            "name": parameter.name, "default": f"{parameter.default:g}", "unit": parameter.unit,
            "range": f"{parameter.low:g} to {parameter.high:g}", "basis": parameter.basis, "kind": parameter.kind,
            "source": parameter.source, "means": parameter.means,
        }
        for parameter in PARAMETERS.values()
    ]  # fmt: skip


def _outcomes() -> list[dict]:
    """What is counted about people: every comparison reports the usual ones, the others are asked for."""
    from analysis.catalogue import EVERY
    from analysis.outcomes import OUTCOMES

    return [
        {
            "name": outcome.id, "usual": "usual" if outcome.id in OUTCOMES else "asked for", "unit": outcome.unit,
            "better": outcome.better, "means": outcome.means, "among": outcome.at_risk_means, "censoring": outcome.censoring,
            "source": outcome.source,
        }
        for outcome in EVERY.values()
    ]  # fmt: skip


def _groups() -> list[dict]:
    from simulation.groups import GROUPS

    return [{"name": group.name, "rule": group.rule, "means": group.means} for group in GROUPS.values()]


def _states() -> list[dict]:
    """What is known of a person, for rules and experiments."""
    from simulation.state import FIELDS

    return [
        {
            "name": field.name, "kind": field.kind, "unit": field.unit, "range": f"{field.low:g} to {field.high:g}",
            "words": ", ".join(field.words), "means": field.means,
        }
        for field in FIELDS
    ]  # fmt: skip


def _events() -> list[dict]:
    """What can happen to a person, in which domains, and what may begin an experiment."""
    from simulation.diary import EVENTS, OF_A_DOMAIN
    from simulation.state import DOMAINS

    domains = ", ".join(DOMAINS)
    decided = {"name": "decided", "domains": domains, "experiments": "may begin one (when): either kind of decision"}
    return [decided] + [
        {"name": name, "domains": domains if name in OF_A_DOMAIN else "",
         "experiments": "begins none" if name == "died" else "may begin one (when)"}
        for name in EVENTS
    ]  # fmt: skip


def _mechanisms() -> list[dict]:
    """Mechanisms of a week as the rule tells them, then what `switch_off`, `switch_on` and `layer` may name."""
    from analysis.mechanisms import read_mechanisms
    from simulation.mechanisms import FORMS, LAYERS, LAYERS_IN_WORDS, MECHANISMS

    rows = [
        {"name": found.name, "kind": "step of a week", "does": found.does, "off": "", "theory": found.theory,
         "evidence": found.evidence}
        for found in read_mechanisms()
    ]  # fmt: skip
    switches = [
        *((one.name, "switch_off", one.means, f"off: {one.off}") for one in MECHANISMS.values()),
        *((one.name, "switch_on", one.means, one.off) for one in FORMS.values()),
        *((name, "layer", LAYERS_IN_WORDS[name], _off_in(name)) for name in LAYERS),
    ]
    return rows + [
        {"name": name, "kind": kind, "does": does, "off": off, "theory": "", "evidence": ""}
        for name, kind, does, off in switches
    ]


def _fits() -> list[dict]:
    from analysis.fit import fit_names, load_fit

    return [
        {"name": fit.name, "layer": fit.layer, "means": fit.means, "searched": len(fit.searched),
         "within two sd": "" if not fit.made else f"{fit.made['within']} of 32, {fit.made['layer_within']} of 7"}
        for fit in map(load_fit, fit_names())
    ]  # fmt: skip


def _claims() -> list[dict]:
    from analysis.claims import load_claims

    return [{"name": one.id, "class": one.kind, "claim": one.claim} for one in load_claims().values()]


def _off_in(layer: str) -> str:
    from simulation.mechanisms import LAYERS

    return f"off: {', '.join(LAYERS[layer])}" if LAYERS[layer] else "nothing is off"


LONG = {"outcomes"}
"""Lists whose rows say too much for a table."""

LISTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "scenarios": _scenarios,
    "levers": _levers,
    "parameters": _parameters,
    "outcomes": _outcomes,
    "cohorts": _cohorts,
    "groups": _groups,
    "states": _states,
    "events": _events,
    "mechanisms": _mechanisms,
    "fits": _fits,
    "claims": _claims,
}
