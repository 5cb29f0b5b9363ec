"""Recovery journeys: an agent-based simulation of how people recover.

The names below are the whole public surface; `recovery --help` is the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation import loading as _loading  # noqa: F401 - first, since it notes when

if TYPE_CHECKING:
    from simulation.compiled import is_compiled_before
    from simulation.history import History
    from simulation.model import RecoveryModel
    from simulation.people import Person
    from simulation.run import settle, simulate
    from simulation.scenario import Scenario
    from simulation.world import Start, World

__all__ = ["History", "Person", "RecoveryModel", "Scenario", "Start", "World", "is_compiled_before", "settle", "simulate"]

_ROOMS = {
    "History": "history", "Person": "people", "RecoveryModel": "model", "Scenario": "scenario", "World": "world",
    "Start": "world", "is_compiled_before": "compiled", "settle": "run", "simulate": "run",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that `import simulation` stays quick."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'simulation' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"simulation.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
