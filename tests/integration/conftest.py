"""The command `recovery`, run inside the test and in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from analysis.cli import run_command


@dataclass(frozen=True)
class Said:
    """What a command ended with, and what it said on the output and on the error stream."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def pictures(request) -> None:
    """Pictures of a command are turned into points only for tests marked `rendered`: it is half of a small comparison."""
    if not request.node.get_closest_marker("rendered"):
        request.getfixturevalue("blank_pictures")


@pytest.fixture
def recovery(tmp_path, monkeypatch, capsys) -> Callable[..., Said]:
    """`recovery("list", "levers")` in an empty folder, as from a shell whose output is piped."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> Said:
        code = run_command([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return command
