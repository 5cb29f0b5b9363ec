"""Which parts of the model a scenario lives by: its layer, and the mechanisms and forms that it switches off or on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulation.mechanisms import FORMS, HELD, LAYERS, MECHANISMS, switched_off
from simulation.scenario_check import Reading
from simulation.scenario_parts import Experiment
from simulation.units import shown

_LISTING = "recovery list mechanisms"


def read_layer(reading: Reading) -> str | None:
    """The layer that a file names, if it names a known one."""
    return reading.known(("layer",), list(LAYERS), "layer", _LISTING)


def read_switches(reading: Reading, key: str) -> list[str]:
    """The mechanisms or forms that a file lists under `key`, "switch_off" or "switch_on", each once."""
    known: Mapping[str, object] = MECHANISMS if key == "switch_off" else FORMS
    elsewhere, home = (FORMS, "switch_on") if key == "switch_off" else (MECHANISMS, "switch_off")
    what = "mechanism that can be switched off" if key == "switch_off" else "form that can be switched on"
    found: list[str] = []
    for number in reading.entries(key):
        given = reading.get(key, number)
        if isinstance(given, str) and given not in known and given in elsewhere:
            reading.tell((key, number), f"{shown(given)}, no {what}", f"names from `{_LISTING}`",
                         f"Write it in {home}, if that is meant.")
            continue
        name = reading.known((key, number), list(known), what, _LISTING)
        if name is not None and name not in found:
            found.append(name)
    return found


def layer_warning(layer: str) -> str:
    """What a world of part of the model rests on, in a sentence; "" for the whole of it."""
    if not LAYERS[layer]:
        return ""
    return (
        f"The {layer} layer is lived with the numbers that were fitted to the full model: only the null layer has a fit of its "
        "own (recovery evidence validate --fit independent-hazards)."
    )


def switch_warnings(layer: str, switch_off: Sequence[str]) -> list[str]:
    """A layer that was not fitted as it is lived, and switches that switch nothing, in plain sentences."""
    told = layer_warning(layer)
    twice = [name for name in switch_off if name in LAYERS[layer]]
    again = [f"{name} is switched off, but the {layer} layer has switched it off already." for name in twice]
    return [told, *again] if told else again


def held_states(layer: str, switch_off: Sequence[str]) -> dict[str, str]:
    """States that nothing moves, an experiment no more than anything else, and by what: mechanisms, or the layer."""
    found: dict[str, list[str]] = {}
    for mechanism in switched_off(layer, tuple(switch_off)):
        by = mechanism.name if mechanism.name in switch_off else f"the {layer} layer"
        for state in mechanism.holds:
            if state in HELD:
                found.setdefault(state, []).append(by)
    return {state: ", ".join(dict.fromkeys(by)) for state, by in found.items()}


def held_warnings(experiments: Sequence[Experiment], layer: str, switch_off: Sequence[str]) -> list[str]:
    """Experiments on states that nothing moves, in plain sentences."""
    held = held_states(layer, switch_off)
    return [
        f"{one.where}: {one.state.replace('_', ' ')} is switched off ({held[one.state]}): the experiment on it does nothing."
        for one in experiments if one.state in held
    ]
