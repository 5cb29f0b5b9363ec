"""The README's two commands are the ones that are run, and its session is what the command says."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

COMMAND = re.compile(r"<!-- command (\d+) -->\s*```(?:bash|console|sh)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"<!-- session -->(.*?)<!-- end of session -->", re.DOTALL)
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def session() -> list[tuple[str, str]]:
    """(what is typed, what comes back) for each command of the README's session."""
    found = []
    for part in SESSION.findall(README):
        for block in BLOCK.findall(part):
            for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, answer = typed.partition("\n")
                found.append((command, answer))
    return found


def test_there_are_two_commands_and_each_is_marked():
    assert [number for number, _ in COMMAND.findall(README)] == ["1", "2"]


def test_the_first_runs_the_main_job_and_the_second_the_tests():
    first, second = (text for _, text in COMMAND.findall(README))
    assert "recovery compare the-visit independent-advocates" in first
    assert "pytest" in second


def test_the_checks_read_the_commands_from_the_readme():
    """.ci/run holds no copy that could drift."""
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in checks
    for _, text in COMMAND.findall(README):
        assert text.strip() not in checks


SAID = os.environ.get("RECOVERY_FIRST_COMMAND_SAID")
"""File with all that the README's first command said, where it has just been run: its worlds need not be lived again."""


def is_the_first_command(words: list[str]) -> bool:
    """Whether these words are what the README's first command comes to, once the package is installed."""
    first = dict(COMMAND.findall(README))["1"]
    return shlex.split(first.rpartition("&&")[2])[1:] == words[1:]


def answer_to(words: list[str], beginning: str, folder: Path) -> str:
    """What the command says: its answer first, and then what it told of its progress before that."""
    if SAID and is_the_first_command(words):
        progress, begins, answer = Path(SAID).read_text(encoding="utf-8").partition(beginning)
        return begins + answer + progress
    start = [sys.executable, "-c", "import sys; from analysis.cli import main; sys.exit(main())", *words[1:]]
    usual = {name: value for name, value in os.environ.items() if name != "LOKY_MAX_CPU_COUNT"}  # as many workers as cores
    done = subprocess.run(start, cwd=folder, env=usual, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_session_shows_what_the_first_command_says():
    assert [command for command, _ in session() if is_the_first_command(shlex.split(command))] == [
        "recovery compare the-visit independent-advocates"
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "answer"), session(), ids=lambda value: value if "\n" not in value else "")
def test_the_session_gives_what_it_shows(command, answer, tmp_path):
    """`...` stands for what differs from one machine to the next: seconds, mostly."""
    words = shlex.split(command)
    assert words[0].endswith("recovery"), "a session shows the command `recovery`"
    said = answer_to(words, " ".join(answer.split()[:3]), tmp_path)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(answer, said, options), f"it said:\n{said}"
