"""The run store in rough company: real processes that write, read and prune at once, that are killed, and disks that are full."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from analysis.store import WORLDS, RunStore

ROOT = Path(__file__).resolve().parents[2]

BEGINNING = """
import os, random, sys
from analysis.store import FAILED, NUMBERS, WORLDS, Damaged, Entry, RunStore
from simulation.errors import OutputError

def name_of(number):
    return f"{number % 3:02x}" + f"{number:030x}"

def data_of(number, file, writer=0):
    return f"{number}:{file}:{writer}:".encode() * 50

def world(number, *files, writer=0):
    return Entry(WORLDS, name_of(number), {"seed": number}, {file: data_of(number, file, writer) for file in files})

def check(number, entry):
    '''Whether an entry is what some process wrote, to the last bit.'''
    assert entry.content == {"seed": number}, entry.content
    for file, data in entry.files.items():
        assert data in [data_of(number, file, writer) for writer in range(4)], (number, file)
"""
"""What the programs of these tests share: entries whose bytes say which they are."""


def program(text: str) -> list[str]:
    return [sys.executable, "-c", BEGINNING + textwrap.dedent(text)]


def start(text: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [*program(text), *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen) -> str:
    """What a process said, once it has ended well."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def damage_in(folder: Path) -> list[str]:
    store = RunStore(folder)
    return [str(damaged) for kind, name in store.names() for damaged in store.damages(kind, name)]


def unfinished_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob(".unfinished-*"))


# --- Processes

ADDING = """
folder, writer, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
store, luck = RunStore(folder), random.Random(writer)
for _ in range(rounds):
    number = luck.randrange(6)
    files = luck.sample(["weekly.parquet", "state-00056.parquet", "events.parquet"], 2)
    store.put(world(number, *files, writer=int(sys.argv[4]) * writer))
    number = luck.randrange(6)
    try:
        check(number, store.read(WORLDS, name_of(number)))
    except (KeyError, Damaged):
        pass
"""

REMOVING = """
folder, rounds = sys.argv[1], int(sys.argv[2])
from analysis.upkeep import Choice, Now, prune, verify
now = Now({}, "")
for _ in range(rounds):
    store = RunStore(folder)
    prune(store, now, Choice(everything=True))
    verify(store)
    list(store.rows())
"""


@pytest.mark.parametrize("differ", [0, 1], ids=["with the same bytes", "with bytes that differ"])
def test_processes_that_add_to_the_same_worlds_leave_each_of_them_whole(tmp_path, differ):
    folder = tmp_path / "store"
    for process in [start(ADDING, folder, writer, 150, differ) for writer in (1, 2, 3)]:
        end(process)
    assert damage_in(folder) == []
    assert unfinished_in(folder) == []
    assert len(list(RunStore(folder).names())) == 6


def test_worlds_that_are_removed_while_others_put_and_read_them_are_whole_or_gone(tmp_path):
    folder = tmp_path / "store"
    started = [start(ADDING, folder, writer, 150, 1) for writer in (1, 2)] + [start(REMOVING, folder, 200)]
    for process in started:
        end(process)
    assert damage_in(folder) == []
    end(start(ADDING, folder, 3, 60, 1))
    assert len(list(RunStore(folder).names())) == 6
    assert damage_in(folder) == []


KEEPING_ON = """
store = RunStore(sys.argv[1])
number = int(sys.argv[2])
while True:
    for files in (["weekly.parquet"], ["weekly.parquet", "events.parquet"]):
        store.put(world(number, *files))
        print(name_of(number), *files, flush=True)
    number += 1
"""


def test_a_process_killed_at_any_moment_leaves_all_that_it_finished_and_nothing_half_written(tmp_path):
    """Twenty kills, each in the middle of putting; what a killed process said is finished is there."""
    folder, luck, finished = tmp_path / "store", random.Random(4), {}
    for kill in range(20):
        process = start(KEEPING_ON, folder, 1_000 * kill)
        told = [process.stdout.readline()]
        time.sleep(luck.uniform(0, 0.05))
        process.kill()
        told += process.communicate(timeout=60)[0].splitlines()
        for line in told:
            name, *files = line.split()
            if len(name) == 32 and all(file.endswith(".parquet") for file in files):
                finished.setdefault(name, set()).update(files)
        assert damage_in(folder) == []
    store = RunStore(folder)
    assert len(finished) > 20
    for name, files in finished.items():
        assert set(store.read(WORLDS, name).files) >= files
    assert len(list(store.names())) <= len(finished) + 20, "at most the one that was just being put"
    assert sorted(store.leftovers(older_than=0)) == unfinished_in(folder)


# --- Disks


def on_a_disk_of(tmp_path: Path, size: str, text: str) -> None:
    """Run a program with a small disk of its own, in memory, mounted where its first argument says."""
    unshare, mount = shutil.which("unshare"), shutil.which("mount")
    if not (unshare and mount):
        pytest.skip("a small disk is mounted with unshare and mount, which are not here")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = f"mount -t tmpfs -o size={size} tmpfs {disk}"
    tried = subprocess.run([unshare, "-rm", "sh", "-c", mounting], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no disk may be mounted here: {tried.stderr.strip()}")
    command = [unshare, "-rm", "sh", "-c", f'{mounting} && exec "$@"', "sh", *program(text), str(disk)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert list(disk.iterdir()) == [], "the disk was the program's own"


def test_a_full_disk_is_told_loses_nothing_and_the_same_run_goes_on_once_there_is_room(tmp_path):
    on_a_disk_of(tmp_path, "1m", """
        store = RunStore(sys.argv[1])
        store.check_writable()
        large = lambda number: Entry(WORLDS, name_of(number), {"seed": number}, {"weekly.parquet": os.urandom(100_000)})
        number = 0
        try:
            while True:
                store.put(large(number))
                number += 1
        except OutputError as error:
            (problem,) = error.problems
        assert 5 <= number <= 10, number
        assert problem.where == sys.argv[1]
        assert problem.given == "no room left on the disk"
        assert "recovery runs prune" in problem.todo
        open(sys.argv[1] + "/.filler", "wb").write(b"0" * 40_000)
        try:
            store.check_writable()
            raise SystemExit("long work would begin on a full disk")
        except OutputError as error:
            assert "no room" in str(error)
        names = list(store.names())
        assert len(names) == number
        assert not any(store.damages(*each) for each in names)
        assert store.leftovers(older_than=0) == []
        assert all(store.has(WORLDS, name_of(each), ["weekly.parquet"]) for each in range(number))
        os.unlink(sys.argv[1] + "/.filler")
        store.drop(*names[0])
        store.put(large(number))
        assert len(list(store.names())) == number
    """)  # fmt: skip


def test_a_read_only_disk_is_told_and_what_is_there_can_still_be_used(tmp_path):
    on_a_disk_of(tmp_path, "1m", """
        import subprocess
        RunStore(sys.argv[1]).put(world(1, "weekly.parquet"))
        subprocess.run(["mount", "-o", "remount,ro", sys.argv[1]], check=True)
        store = RunStore(sys.argv[1])
        for write in (
            store.check_writable,
            lambda: store.put(world(2, "weekly.parquet")),
            lambda: store.put(world(1, "events.parquet")),
            lambda: store.drop(WORLDS, name_of(1)),
        ):
            try:
                write()
                raise SystemExit("written on a read-only disk")
            except OutputError as error:
                (problem,) = error.problems
                assert problem.given == "it cannot be written: read-only file system", problem
                assert problem.where == sys.argv[1]
        store.put(world(1, "weekly.parquet"))
        assert store.has(WORLDS, name_of(1), ["weekly.parquet"])
        check(1, store.read(WORLDS, name_of(1)))
    """)  # fmt: skip


def test_a_limit_on_the_size_of_files_is_told_and_leaves_nothing(tmp_path):
    end(start("""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        store = RunStore(sys.argv[1])
        store.put(world(1, "weekly.parquet"))
        try:
            store.put(Entry(WORLDS, name_of(2), {}, {"weekly.parquet": b"0" * 200_000}))
            raise SystemExit("written over the limit")
        except OutputError as error:
            assert "file too large" in str(error), error
        check(1, store.read(WORLDS, name_of(1)))
        assert store.leftovers(older_than=0) == []
        assert not store.has(WORLDS, name_of(2))
    """, tmp_path / "store"))  # fmt: skip
