"""The command where a stream is closed, full or cannot show a sign, and where it is interrupted at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis.cli import run_command

COMMAND = [sys.executable, "-c", "from analysis.cli import main; main()"]
SMALL = ["--people", "30", "--years", "0.1"]
FULL = Path("/dev/full")


def shell(redirection, *arguments, **environment):
    """`recovery` with these arguments as from a shell, its streams redirected."""
    line = f'"$@" {redirection}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line, "bash", *COMMAND, *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, **environment}, errors="replace",
    )  # fmt: skip


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_failure(closed):
    done = shell(closed, "list", "cohorts")
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_an_answer_that_finds_no_room_is_one_message():
    done = shell(f">{FULL}", "list", "levers")
    assert done.returncode == 2
    assert done.stderr.count("recovery: ") == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_progress_that_nobody_can_read_does_not_stop_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = shell(f"2>{FULL}", "run", "baseline", *SMALL, PYTHONPATH=str(Path(__file__).resolve().parents[2]))
    assert done.returncode == 0
    assert (tmp_path / "results" / "baseline" / "run.json").exists()


def test_a_reader_who_has_seen_enough_is_no_failure():
    done = shell("| head -n 1", "list", "parameters")
    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_a_sign_that_the_output_cannot_show_is_replaced(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "baseline"\nquestion = "\u4eba?"', encoding="utf-8")
    done = shell("", "check", str(path), PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert "mine: ??" in done.stdout


@pytest.mark.parametrize("wait", [0.05, 0.15, 0.3])
def test_an_interruption_in_the_first_moments_is_told_without_a_traceback(wait, tmp_path):
    """The clock starts with our first line: before it, Python itself is still starting."""
    # What runs in the background of a script ignores interruptions from the start; this test must not.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = heed + "print(flush=True); " + COMMAND[-1]
    process = subprocess.Popen(
        [COMMAND[0], "-c", code, "run", "baseline", "--years", "50"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}, cwd=tmp_path,
    )  # fmt: skip
    process.stdout.readline()
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "interrupted" in told


def test_an_interruption_that_a_library_turned_into_its_own_error_is_still_one(monkeypatch, capsys):
    import analysis.cli.app

    def broken(*_, **__):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as interruption:
            raise ImportError("half imported") from interruption

    monkeypatch.setattr(analysis.cli.app, "app", broken)
    assert run_command(["list", "levers"]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["evidence", "calibrate"], "is kept, and the same command goes on"),
        (["attribute", "the-visit", "spoken-for"], "is kept, and the same command goes on"),
        (["run", "baseline"], "nothing was written"),
    ],
)
def test_an_interruption_says_what_it_leaves(monkeypatch, capsys, arguments, left):
    import analysis.cli.app

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(analysis.cli.app, "app", interrupted)
    assert run_command(arguments) == 130
    assert left in capsys.readouterr().err
