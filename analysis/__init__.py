"""Questions asked of the model: comparisons of policies, their effects with both intervals, figures, reports, lives."""

from __future__ import annotations

from importlib import import_module as _import_module

_HOME = {
    "Effects": "analysis.effect",
    "compare": "analysis.effect",
    "Effect": "analysis.intervals",
    "OUTCOMES": "analysis.outcomes",
    "Outcome": "analysis.outcomes",
    "Life": "analysis.life",
    "tell_life": "analysis.life",
    "write_comparison": "analysis.results",
    "gap": "analysis.gaps",
    "observe": "analysis.observing",
    "own_outcome": "analysis.catalogue",
    "Stretch": "analysis.stretch",
}

__all__ = [
    "Effect", "Effects", "Life", "OUTCOMES", "Outcome", "Stretch", "compare", "gap", "observe", "own_outcome", "tell_life",
    "write_comparison",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for, so that `recovery --help` need not load everything."""
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    return getattr(_import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
