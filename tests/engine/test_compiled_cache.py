"""What has been compiled is kept between runs: damage is compiled anew, once, and nothing but our own is ever deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from simulation import compiled
from simulation.compiled import cache_folder, is_compiled_before, kernels

ROOT = Path(__file__).resolve().parents[2]


def doubled(number):
    return 2 * number


def cut_short(text: bytes) -> bytes:
    return text[: len(text) // 2]


def changed_within(text: bytes) -> bytes:
    middle = len(text) // 2
    return text[:middle] + bytes([text[middle] ^ 1]) + text[middle + 1 :]


def emptied(text: bytes) -> bytes:
    return b""


@pytest.fixture
def run_anew(monkeypatch, tmp_path):
    """Calls a small function as a new process would, with what is kept in a folder; gives how often it was found there."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))

    def run() -> int:
        dispatcher = numba.njit(cache=True)(doubled)
        dispatcher._cache = compiled._whole_or_none(doubled)
        assert dispatcher(21) == 42
        return sum(dispatcher.stats.cache_hits.values())

    return run


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", [cut_short, changed_within, emptied])
def test_a_damaged_cache_is_compiled_anew_once(run_anew, tmp_path, kind, damage):
    """Index and code alike; a changed byte may stand in the code itself, where nothing else would see it."""
    assert [run_anew(), run_anew()] == [0, 1]
    (kept,) = tmp_path.rglob(f"*.{kind}")
    kept.write_bytes(damage(kept.read_bytes()))
    assert [run_anew(), run_anew()] == [0, 1]


def test_all_passes_of_the_engine_are_kept_so():
    """`kernels` puts the cache that sees damage in place of Numba's own."""
    assert cache_folder() is not None
    for name, kernel in vars(kernels()).items():
        assert type(kernel._cache).__qualname__ == type(compiled._whole_or_none(doubled)).__qualname__, name


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_run_with_a_damaged_cache_says_nothing_and_mends_it(lived, tmp_path, kind):
    """One pass of the engine is cut short in a copy of the cache; the run after it finds all compiled."""
    lived("baseline", 50, 0.1)
    folder = cache_folder()
    shutil.copytree(folder, tmp_path / folder.name)
    (kept,) = (tmp_path / folder.name).rglob(f"engine.show_rows-*.{kind}")
    kept.write_bytes(cut_short(kept.read_bytes()))
    ask = (
        "from simulation import simulate\nfrom simulation.compiled import is_compiled_before\n"
        "before = is_compiled_before()\nsimulate('baseline', people=50, years=0.1, seed=1)\nprint(before, is_compiled_before())"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=os.environ | {"RECOVERY_CACHE": str(tmp_path)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("False True\n", "")


# Folders


@pytest.fixture
def base(monkeypatch, tmp_path):
    """A folder of caches, named to the package, with the model's own caches of five earlier versions, oldest first."""
    monkeypatch.setenv("RECOVERY_CACHE", str(tmp_path))
    for age, name in enumerate("54321"):
        (tmp_path / (name * 16)).mkdir()
        marker = tmp_path / (name * 16) / compiled._MARKER
        marker.touch()
        os.utime(marker, (10**9 + age, 10**9 + age))
    return tmp_path


def caches_in(base: Path) -> set[str]:
    return {path.name[0] for path in base.iterdir() if path != cache_folder()}


def test_the_caches_used_last_are_kept_beside_that_of_today(base):
    assert (cache_folder() / compiled._MARKER).exists()
    assert caches_in(base) == {"2", "1"}


def test_a_cache_that_is_used_counts_as_new(base, monkeypatch):
    """The oldest, used once more, outlives those that were made after it."""
    with monkeypatch.context() as patch:
        patch.setattr(compiled, "_forget_old", lambda *_: None)
        patch.setattr(compiled, "rule_hash", lambda: "5" * 16)
        assert cache_folder() == base / ("5" * 16)
    assert cache_folder() is not None
    assert caches_in(base) == {"5", "1"}


def test_a_folder_without_our_marker_is_never_deleted(base):
    """Whatever its name: sixteen hexadecimal figures name other things too."""
    for name in ("0123456789abcdef", "deadbeefdeadbeef", "letters"):
        (base / name).mkdir()
        os.utime(base / name, (1, 1))
        (base / name / "thesis").write_text("years of work")
    cache_folder()
    for name in ("0123456789abcdef", "deadbeefdeadbeef", "letters"):
        assert (base / name / "thesis").read_text() == "years of work"


def test_a_damaged_cache_is_not_called_compiled(monkeypatch, tmp_path):
    """So that who waits for it is told that it is compiled first."""
    monkeypatch.setenv("RECOVERY_CACHE", str(tmp_path))
    folder = cache_folder()
    for entry in compiled._ENTRIES:
        for kind in ("nbi", "nbc"):
            text = b"compiled"
            (folder / f"engine.{entry}-1.py311.1.{kind}").write_bytes(text + compiled.hashlib.sha256(text).digest())
    assert is_compiled_before()
    (kept,) = folder.glob("engine.tie_rows-*.nbc")
    kept.write_bytes(cut_short(kept.read_bytes()))
    assert not is_compiled_before()
