"""The only file that configures Numba: turns the rule, written in plain Python, into machine code.

The rule modules stay plain. `kernels()` takes a copy of each of their functions, binds the copies to one another and hands
them to Numba; the plain functions go on working beside them, with the same results to the last bit (`fastmath` stays off, no
power is taken, and Numba calls the same library for exp and log). They make no array of their own, so Numba need not count who
still uses one (`_nrt`): counting took a tenth of a week. One function, `engine.fetch`, does nothing in plain Python and is an
instruction to the processor here.

What has been compiled is kept between runs in a folder named by a hash of the sources and versions: Numba's own cache does
not notice an edit in a function that a cached one calls.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
import types
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from simulation import diary, engine, luck, state, ties, week
from simulation.loading import edited_since_loaded

_MODULES = (state, luck, diary, week, ties, engine)
_ENTRIES = ("live_rows", "show_rows", "take_stock_of_rows", "tie_rows", "add_up_rows")
_KEPT_CACHES = 3
_CACHE_BYTES = 50_000_000

CHANCE_DTYPE = np.dtype([(name, np.float64) for name in engine.CHANCES], align=True)
"""One row: the luck of one person's week."""


def rule_hash() -> str:
    """A short name for the sources of the rule, their place, and the versions that compile it."""
    import numba

    digest = hashlib.sha256()
    for module in _MODULES:
        digest.update(Path(str(module.__file__)).read_bytes())
    for name in ("parameters", "levers", "mechanisms", "areas", "compiled"):
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    digest.update(str(Path(__file__).parent).encode())  # Numba keeps what it compiles by the place of the source too
    digest.update(f"{numba.__version__} {np.__version__} {sys.version_info[:3]} {platform.machine()}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Folder for compiled code, or None where none can be written. `RECOVERY_CACHE` names another; `off` keeps none."""
    asked = os.environ.get("RECOVERY_CACHE", "")
    if asked == "off" or edited_since_loaded(Path(__file__).parent.glob("*.py")):
        return None  # what is compiled now would be kept under the name of code that is not loaded
    base = Path(asked) if asked else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "recovery-journeys"
    folder = base / rule_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if shutil.disk_usage(folder).free < _CACHE_BYTES:
            return None
    except OSError:
        return None
    _forget_old(base, folder)
    return folder


def _forget_old(base: Path, folder: Path) -> None:
    """Delete all but the newest few caches, so that edits do not fill a disk."""
    ours = (p for p in base.iterdir() if p.is_dir() and p != folder and re.fullmatch(r"[0-9a-f]{16}", p.name))
    others = sorted(ours, key=lambda p: p.stat().st_mtime)
    for old in others[: -(_KEPT_CACHES - 1)]:
        shutil.rmtree(old, ignore_errors=True)


def is_compiled_before() -> bool:
    """Whether a run can start without compiling first."""
    folder = cache_folder()
    if folder is None:
        return False
    return all(any(folder.rglob(f"engine.{entry}-*.nbc")) for entry in _ENTRIES)


@cache
def kernels() -> types.SimpleNamespace:
    """The compiled passes over rows, by name: live_rows, show_rows, take_stock_of_rows, tie_rows, add_up_rows."""
    import numba

    folder = cache_folder()
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # set by name, read by Numba
    compiled: dict[Any, Any] = {engine.fetch: _fetch()}
    for module in _MODULES:
        namespace: dict[str, Any] = dict(vars(module))
        for name, value in list(namespace.items()):
            if isinstance(value, types.FunctionType) and value in compiled:
                namespace[name] = compiled[value]
        for name, value in list(namespace.items()):
            if isinstance(value, types.FunctionType) and value.__module__ == module.__name__ and value not in compiled:
                copy = types.FunctionType(value.__code__, namespace, name, value.__defaults__, value.__closure__)
                entry = name in _ENTRIES and module is engine
                kept = entry and folder is not None
                options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False, "cache": kept, "forceinline": not entry}
                compiled[value] = numba.njit(**options)(copy)
                namespace[name] = compiled[value]
    return types.SimpleNamespace(**{name: compiled[getattr(engine, name)] for name in _ENTRIES})


def _fetch() -> Any:
    """`engine.fetch` in machine code: the instruction that brings what lies at a place nearer, without waiting for it."""
    from llvmlite import ir  # type: ignore[import-untyped]  # comes with Numba
    from numba.core import types as kinds
    from numba.extending import intrinsic

    @intrinsic
    def fetch(typing_context: Any, table: Any, row: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            rows = context.make_array(signature.args[0])(context, builder, given[0]).data
            place = builder.bitcast(builder.gep(rows, [given[1]]), ir.IntType(8).as_pointer())
            flag = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [place.type, flag, flag, flag])
            ask = builder.module.declare_intrinsic("llvm.prefetch", (place.type,), kind)
            # To be read, not written; to be kept in all levels of the cache; data, not instructions.
            builder.call(ask, [place, flag(0), flag(3), flag(1)])
            return context.get_dummy_value()

        return kinds.void(table, row), generate

    return fetch
