"""The only file that configures Numba: turns the rule, written in plain Python, into machine code.

The rule modules stay plain. `kernels()` takes a copy of each of their functions, binds the copies to one another and hands
them to Numba; the plain functions go on working beside them, with the same results to the last bit (`fastmath` stays off, no
power is taken, and Numba calls the same library for exp and log). They make no array of their own, so Numba need not count who
still uses one (`_nrt`): counting took a tenth of a week. All of them are put inside the pass that calls them (`forceinline`):
calling one another took a third. Two functions are written in instructions here: `engine.fetch`, which does nothing in plain
Python, and `luck.four_at_once`, which gives the same numbers.

What has been compiled is kept between runs in a folder named by a hash of the sources and versions: Numba's own cache does
not notice an edit in a function that a cached one calls. Nor does it notice damage: what is kept carries a digest of itself, and
what does not match it is taken away and compiled anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import platform
import re
import shutil
import sys
import tempfile
import types
from collections.abc import Iterator
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
_MARKER = "compiled-by-recovery-journeys"
"""File in each cache that says whose it is: only folders with it are ever deleted. Its time is when the cache was last used."""
_DIGEST_BYTES = 32

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
    with contextlib.suppress(OSError):  # another user's marker cannot be touched; their cache can be used all the same
        (folder / _MARKER).touch()
    _forget_old(base, folder)
    return folder


def _forget_old(base: Path, folder: Path) -> None:
    """Delete all of our caches but those used last, so that edits do not fill a disk."""
    used = {}
    for other in base.iterdir():
        with contextlib.suppress(OSError):  # no cache of ours, or one that somebody else has just deleted
            if other != folder and re.fullmatch(r"[0-9a-f]{16}", other.name):
                used[other] = (other / _MARKER).stat().st_mtime_ns
    for old in sorted(used, key=lambda other: used[other])[: -(_KEPT_CACHES - 1)]:
        shutil.rmtree(old, ignore_errors=True)


def is_compiled_before() -> bool:
    """Whether a run can start without compiling first."""
    folder = cache_folder()
    if folder is None:
        return False
    kept = [f"engine.{entry}-*.{kind}" for entry in _ENTRIES for kind in ("nbi", "nbc")]
    return all(any(map(_is_whole, folder.rglob(pattern))) for pattern in kept)


def _is_whole(path: Path) -> bool:
    """Whether a kept file ends in the digest of all that stands before it."""
    try:
        text = path.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(text[:-_DIGEST_BYTES]).digest() == text[-_DIGEST_BYTES:]


@cache
def kernels() -> types.SimpleNamespace:
    """The compiled passes over rows, by name: live_rows, show_rows, take_stock_of_rows, tie_rows, add_up_rows."""
    import numba

    folder = cache_folder()
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # set by name, read by Numba
    compiled: dict[Any, Any] = {engine.fetch: _fetch(), luck.four_at_once: _four_at_once()}
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
                options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False, "cache": kept}
                options["forceinline"] = not entry  # a pass is one piece of code: no time is lost between its functions
                compiled[value] = numba.njit(**options)(copy)
                if kept:
                    compiled[value]._cache = _whole_or_none(copy)
                namespace[name] = compiled[value]
    return types.SimpleNamespace(**{name: compiled[getattr(engine, name)] for name in _ENTRIES})


def _whole_or_none(function: types.FunctionType) -> Any:
    """Numba's cache of one function, but that each file ends in a digest, and a damaged one counts as none.

    A file cut short would end a run with an error of pickle, until somebody deleted it; changed within, it could be run as it is.
    """
    from numba.core import caching

    files: Any = caching.IndexDataCacheFile
    kept: Any = caching.FunctionCache

    class Files(files):  # type: ignore[misc]  # Numba publishes no types
        @contextlib.contextmanager
        def _open_for_write(self, filepath: str) -> Iterator[io.BytesIO]:
            text = io.BytesIO()
            yield text
            with super()._open_for_write(filepath) as file:
                file.write(text.getvalue() + hashlib.sha256(text.getvalue()).digest())

        def _load_index(self) -> Any:
            return super()._load_index() if self._stands(self._index_path) else {}

        def _load_data(self, name: str) -> Any:
            path = self._data_path(name)
            return super()._load_data(name) if self._stands(path) else None

        def _stands(self, path: str) -> bool:
            if _is_whole(Path(path)):
                return True
            Path(path).unlink(missing_ok=True)
            return False

    class Kept(kept):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(function)
            self._cache_file = Files(self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp())

    return Kept()


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


def _four_at_once() -> Any:
    """`luck.four_at_once` in machine code: four counters in the lanes of one vector.

    The compiler finds no vectors in Philox by itself, because it takes a product of 64-bit lanes for dear; that both factors lie
    below 2^32, where processors have one instruction, it sees once the lanes are there.
    """
    from llvmlite import ir
    from numba.core import types as kinds_of_numba
    from numba.extending import intrinsic

    kinds: Any = kinds_of_numba
    lanes = 4
    word = ir.VectorType(ir.IntType(64), lanes)
    number = ir.VectorType(ir.DoubleType(), lanes)

    def all_of(value: Any) -> Any:
        return ir.Constant(word, [value] * lanes)

    @intrinsic
    def four_at_once(typing_context: Any, word0: Any, word1: Any, word2: Any, word3: Any, key0: Any, key1: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            def lane_of(value: Any, kind: Any) -> Any:
                return context.cast(builder, value, kind, kinds.int64)

            def vector(value: Any, kind: Any) -> Any:
                if isinstance(kind, kinds.BaseTuple):
                    each = [lane_of(builder.extract_value(value, at), kind[at]) for at in range(lanes)]
                else:
                    each = [lane_of(value, kind)] * lanes
                made = ir.Constant(word, ir.Undefined)
                for at, one in enumerate(each):
                    made = builder.insert_element(made, one, ir.IntType(32)(at))
                return builder.and_(made, all_of(luck.MASK))

            w0, w1, w2, w3, k0, k1 = map(vector, given, signature.args)
            low, half = all_of(luck.MASK), all_of(32)
            for _ in range(luck.ROUNDS):
                product0 = builder.mul(w0, all_of(luck.MULTIPLY0))
                product1 = builder.mul(w2, all_of(luck.MULTIPLY1))
                w0, w1, w2, w3 = (
                    builder.xor(builder.xor(builder.lshr(product1, half), w1), k0), builder.and_(product1, low),
                    builder.xor(builder.xor(builder.lshr(product0, half), w3), k1), builder.and_(product0, low),
                )  # fmt: skip
                k0 = builder.and_(builder.add(k0, all_of(luck.ADD0)), low)
                k1 = builder.and_(builder.add(k1, all_of(luck.ADD1)), low)
            middle, cell = ir.Constant(number, [0.5] * lanes), ir.Constant(number, [2.0**-32] * lanes)
            found = []
            for made in (w0, w1, w2, w3):
                narrow = builder.trunc(made, ir.VectorType(ir.IntType(32), lanes))
                unit = builder.fmul(builder.fadd(builder.uitofp(narrow, number), middle), cell)
                each = [builder.extract_element(unit, ir.IntType(32)(at)) for at in range(lanes)]
                found.append(context.make_tuple(builder, of_lanes, each))
            return context.make_tuple(builder, kinds.UniTuple(of_lanes, 4), found)

        of_lanes = kinds.UniTuple(kinds.float64, lanes)
        return kinds.UniTuple(of_lanes, 4)(word0, word1, word2, word3, key0, key1), generate

    return four_at_once
