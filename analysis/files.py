"""Writing results: each file beside its place and then moved into it, so that no half-written file bears a final name."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.inputs_told import differing_in_words
from simulation.errors import OutputError, Problem

if TYPE_CHECKING:
    import pandas as pd

UNFINISHED = ".unfinished-"
"""What the name of a folder of results says while they are being written."""

OLD_SECONDS = 3600
"""Age at which unfinished results are taken for those of a run that was killed."""


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
def staged(folder: Path, receipt: str, inputs: Any = None, force: bool = True) -> Iterator[Path]:
    """A folder beside `folder` to write results in; they are moved into place together once all are written.

    Where `folder` is there already it lies inside, since nothing can be moved into a folder where a disk is mounted from beside
    it. `receipt` names the file that lists the results: it is moved last, and files that the receipt of former results lists
    are removed. After a failure or an interruption nothing is left, neither of the results nor of the folder beside.

    Raises OutputError where results cannot be written, or where, without `force`, results of other inputs have appeared.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(folder)
        place = folder if folder.is_dir() else folder.parent
        beside = Path(tempfile.mkdtemp(dir=place, prefix=f".{folder.name}{UNFINISHED}"))
    except OSError as error:
        raise OutputError(_cannot_write(folder, error)) from error
    try:
        yield beside
        already_there(folder, receipt, inputs, force)
        _move(beside, folder, receipt)
    except OutputError as error:
        # What the user asked for is named, not the hidden folder beside it.
        problems = [replace(each, where=each.where.replace(str(beside), str(folder))) for each in error.problems]
        raise OutputError(problems) from error
    except OSError as error:
        raise OutputError(_cannot_write(folder, error)) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _remove_unfinished(folder: Path) -> None:
    """Remove what runs that were killed an hour ago or longer have left beside `folder` and in it."""
    start, old = f".{folder.name}{UNFINISHED}", time.time() - OLD_SECONDS
    for place in (folder.parent, folder):
        for path in place.iterdir() if place.is_dir() else ():
            if path.name.startswith(start) and path.is_dir() and path.stat().st_mtime < old:
                shutil.rmtree(path, ignore_errors=True)


def _move(beside: Path, folder: Path, receipt: str) -> None:
    """Move results into `folder`; at no moment does a receipt stand beside files that it does not list."""
    beside.chmod(0o755)
    if not folder.exists():
        os.replace(beside, folder)
        return
    new = [path.name for path in beside.iterdir()]
    former = [name for name in _recorded(folder, receipt) if name not in new]
    for name in [*new, *former]:
        if (folder / name).is_dir():
            raise OutputError(_in_the_way(folder / name, "a folder, where a file of the results must go"))
    for name in [receipt, *former]:
        (folder / name).unlink(missing_ok=True)
    for name in sorted(new, key=lambda name: (name == receipt, name)):
        os.replace(beside / name, folder / name)


def list_files(folder: Path, receipt: str) -> dict[str, dict]:
    """Size in bytes and SHA-256 of each file of results in `folder` but its `receipt`, by name, as a receipt lists them."""
    return {path.name: _size_and_hash(path) for path in sorted(folder.iterdir()) if path.name != receipt}


def lost_files(folder: Path, receipt: str) -> list[str]:
    """Names of the files of `folder` that are missing, or not what its `receipt` says of them."""
    found = []
    for name, recorded in _recorded(folder, receipt).items():
        path = folder / name
        if not path.is_file() or _size_and_hash(path) != recorded:
            found.append(name)
    return found


def _size_and_hash(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _recorded(folder: Path, receipt: str) -> dict[str, Any]:
    """What a receipt lists; nothing where there is none to read. Names that lead out of the folder are left out."""
    try:
        listed = json.loads((folder / receipt).read_text(encoding="utf-8"))["files"]
        return {name: about for name, about in listed.items() if Path(name).name == name != ".."}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def put_json(path: Path, content: Any) -> Path:
    """Write `content` as JSON to `path`, in one move."""
    return put(path, json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as plain data; what is no number becomes None."""
    return list(table.astype(object).where(table.notna(), None).to_dict("records"))


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
    both = isinstance(old, dict) and isinstance(inputs, dict)
    told = differing_in_words(old, inputs) if both else ""
    return f"results of other inputs ({told})" if told else "results of other inputs"


def _in_the_way(folder: Path, what: str) -> Problem:
    return Problem(
        f"--out {folder}", f"it holds {what}", "an empty or new folder, or the same inputs again",
        "give another --out, or --force to overwrite what is there",
    )  # fmt: skip


def _cannot_write(path: Path, error: OSError) -> Problem:
    return Problem(str(path), error.strerror or str(error), "a folder you may write in", "give another --out")
