"""Which parts of the model a scenario lives by: its layer, and the mechanisms and forms that it switches off or on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulation.mechanisms import FORMS, LAYERS, MECHANISMS
from simulation.scenario_check import Reading
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


def switch_warnings(layer: str, switch_off: Sequence[str]) -> list[str]:
    """Switches that switch nothing, in plain sentences."""
    twice = [name for name in switch_off if name in LAYERS[layer]]
    return [f"{name} is switched off, but the {layer} layer has switched it off already." for name in twice]
