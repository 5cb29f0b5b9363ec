"""Writing results: each file beside its place and then moved into it, so that no half-written file bears a final name."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulation.errors import OutputError, Problem


def put(path: Path, content: str | bytes) -> Path:
    """Write `content` under a temporary name in the same folder, then move it to `path`; gives `path`.

    Raises OutputError where the folder cannot be made or written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise OutputError(_cannot_write(path, error)) from error
    return path


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` to write results in; they are moved into place together once all are written.

    After a failure or an interruption nothing is left, neither of the results nor of the folder beside. Raises OutputError
    where it cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise OutputError(_cannot_write(folder, error)) from error
    try:
        yield beside
        beside.chmod(0o755)
        if folder.exists():
            for path in sorted(beside.iterdir()):
                os.replace(path, folder / path.name)
        else:
            os.replace(beside, folder)
    except OSError as error:
        raise OutputError(_cannot_write(folder, error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def put_json(path: Path, content: Any) -> Path:
    """Write `content` as JSON to `path`, in one move."""
    return put(path, json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")


def fingerprint(content: Any) -> str:
    """A short hash of anything that JSON can hold: equal contents, equal fingerprints."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_writable(folder: Path) -> None:
    """Nothing if a folder of this name can be written or made; leaves nothing behind.

    Raises OutputError otherwise, before any long work is done in vain.
    """
    made: list[Path] = []
    try:
        for path in reversed([folder, *folder.parents]):
            if not path.exists():
                path.mkdir()
                made.append(path)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(_cannot_write(folder, error)) from error
    finally:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir()


def already_there(folder: Path, receipt: str, inputs: Any, force: bool) -> bool:
    """Whether `folder` holds finished results of these very inputs, as recorded in its file `receipt`.

    Raises OutputError where it holds something else and `force` is not given: results are never overwritten in silence.
    """
    record = folder / receipt
    if force or not folder.exists():
        return False
    if not record.exists():
        if any(not path.name.startswith(".") for path in folder.iterdir()):
            raise OutputError(_in_the_way(folder, f"files that are not results of this command (no {receipt})"))
        return False
    try:
        before = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(_in_the_way(folder, f"a {receipt} that cannot be read ({error})")) from error
    if isinstance(before, dict) and before.get("inputs_fingerprint") == fingerprint(inputs):
        return True
    raise OutputError(_in_the_way(folder, _differing(before, inputs)))


def _differing(before: Any, inputs: Any) -> str:
    old = before.get("inputs") if isinstance(before, dict) else None
    if not isinstance(old, dict) or not isinstance(inputs, dict):
        return "results of other inputs"
    now = json.loads(json.dumps(inputs, default=str))
    names = {"code": "the code of the model", "base": "the base scenario", "others": "the other scenarios"}
    differing = [name for name in {**old, **now} if old.get(name) != now.get(name)]
    changed = [names.get(name, name.replace("_", " ")) for name in differing]
    return f"results of other inputs (they differ in: {', '.join(changed)})"


def _in_the_way(folder: Path, what: str) -> Problem:
    return Problem(
        f"--out {folder}", f"it holds {what}", "an empty or new folder, or the same inputs again",
        "give another --out, or --force to overwrite what is there",
    )  # fmt: skip


def _cannot_write(path: Path, error: OSError) -> Problem:
    return Problem(str(path), error.strerror or str(error), "a folder you may write in", "give another --out")
