"""Pools live jobs and bring back what comes of them, stop at once, and leave nothing behind however they end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path

import pytest

import analysis
import analysis.pools_of_processes as processes
from analysis.jobs import WorldsJob, world_wanted
from analysis.pools import Died, Stopped, default_workers, open_pool
from simulation import Scenario
from simulation.errors import UserError
from simulation.history import platform_tag

TESTED = Path(analysis.__file__).resolve().parents[1]
ELSEWHERE = Path(__file__).resolve().parents[1] / "elsewhere"
POSIX = pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is not sent to a group of processes here")


@pytest.fixture(scope="module")
def jobs():
    """The module of jobs to try, where processes find it too."""
    sys.path.insert(0, str(ELSEWHERE))
    import jobs_to_try

    yield jobs_to_try
    sys.path.remove(str(ELSEWHERE))


@pytest.fixture(params=[1, 2], ids=["a thread", "processes"])
def pool(request, jobs):
    pool = open_pool(request.param)
    yield pool
    pool.stop() if request.param == 1 else pool.close()


@pytest.fixture
def two(jobs):
    """A pool of two processes."""
    pool = open_pool(2)
    yield pool
    pool.close()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc").exists()


def until(true, seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def test_by_default_there_is_a_worker_for_each_core_that_may_be_used(monkeypatch):
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT")
    assert 1 <= default_workers() <= os.cpu_count()
    assert open_pool().width == default_workers()


def test_where_one_core_may_be_used_worlds_are_lived_in_this_process(monkeypatch, jobs):
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    assert open_pool().submit(jobs.Wait()).result()[0][0] == os.getpid()


@pytest.mark.parametrize(("asked", "said"), [
    ({"workers": 0}, "--workers\n  given: 0\n  allowed: 1 or more"),
    ({"workers": -2}, "given: -2"),
    ({"workers": 2, "cluster": "tcp://127.0.0.1:1"}, "leave one of the two out"),
])  # fmt: skip
def test_what_cannot_be_had_is_said(asked, said):
    with pytest.raises(UserError) as told:
        open_pool(**asked)
    assert said in str(told.value)


# What comes of a job


def test_every_job_gives_its_own(pool, jobs):
    futures = [pool.submit(jobs.Give(size)) for size in range(20)]
    assert [len(future.result()[0]) for future in futures] == list(range(20))


def test_a_pool_says_what_machines_it_has(pool):
    assert pool.platform == platform_tag()


def test_worlds_are_lived_beside_each_other(two, jobs):
    (one, _, began, ended), (other, _, began_too, ended_too) = [
        future.result()[0] for future in [two.submit(jobs.Wait(30)), two.submit(jobs.Wait(30))]
    ]
    assert len({one, other, os.getpid()}) == 3
    assert max(began, began_too) < min(ended, ended_too)


def test_one_worker_is_a_thread_of_this_process(jobs):
    pool = open_pool(1)
    assert pool.submit(jobs.Wait()).result()[0][0] == os.getpid()
    pool.close()


def test_a_world_is_the_same_wherever_it_is_lived(two):
    plan = replace(Scenario.load("baseline"), people=40, years=0.25)
    job = WorldsJob(tuple(world_wanted(plan, seed, states=(0, plan.weeks), platform=two.platform) for seed in (1, 2)))
    there, here = two.submit(job).result(), list(job.run(lambda *_: None))
    assert [entry.name for entry in there] == [entry.name for entry in here]
    assert [dict(entry.files) for entry in there] == [dict(entry.files) for entry in here]


def test_what_a_job_raises_is_raised_and_the_others_go_on(pool, jobs):
    wrong, right = pool.submit(jobs.Raise()), pool.submit(jobs.Give(1))
    with pytest.raises(ValueError, match="wrong"):
        wrong.result()
    assert right.result() == [b"\0"]


@pytest.mark.parametrize("what", ["TwoReasons", "SystemExit"])
def test_what_cannot_be_raised_elsewhere_is_said(two, jobs, what):
    said = {"TwoReasons": "TwoReasons: 1 and 2", "SystemExit": "SystemExit: 3"}[what]
    with pytest.raises(RuntimeError, match=said) as told:
        two.submit(jobs.Raise(what)).result()
    assert "jobs_to_try.py" in told.value.__notes__[0]
    assert two.submit(jobs.Give(1)).result() == [b"\0"]


def test_a_job_that_ends_its_process_politely_does_not_end_this_one(jobs):
    pool = open_pool(1)
    with pytest.raises(RuntimeError, match="SystemExit: 3"):
        pool.submit(jobs.Raise("SystemExit")).result()
    pool.close()


def test_what_cannot_be_sent_is_said_and_the_pool_goes_on(two, jobs):
    with pytest.raises(TypeError, match="lock"):
        two.submit(jobs.Hold(threading.Lock())).result()
    with pytest.raises(TypeError, match="lock"):
        two.submit(jobs.GiveWhatCannotBeSent()).result()
    assert two.submit(jobs.Hold("")).result() == ["str"]


def test_a_large_result_comes_whole(two, jobs):
    assert two.submit(jobs.Give(60_000_000)).result() == [bytes(60_000_000)]


# Processes


def test_processes_use_one_thread_and_leave_interruptions_to_their_parent(two, jobs):
    environment, deaf, _ = two.submit(jobs.Look(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS"))).result()
    assert (set(environment.values()), deaf) == ({"1"}, True)


def test_processes_load_only_what_their_jobs_need(two, jobs):
    processes._borrow(2).stop()  # none that has lived worlds before
    *_, modules = two.submit(jobs.Look()).result()
    assert not {"numba", "pandas", "matplotlib", "mesa", "distributed", "typer"} & set(modules)


def test_a_pool_takes_over_the_processes_of_the_last_one(jobs):
    def pids(width):
        pool = open_pool(width)
        found = {future.result()[0][0] for future in [pool.submit(jobs.Wait(10)) for _ in range(2 * width)]}
        pool.close()
        return found

    first = pids(2)
    assert pids(2) == first
    assert len(pids(3) | first) == 5
    assert not any(is_alive(pid) for pid in first)


def test_processes_without_work_end_themselves(jobs, monkeypatch):
    processes._borrow(2).stop()
    monkeypatch.setattr(processes, "IDLE", 0.2)
    pool = open_pool(2)
    pid, *_ = pool.submit(jobs.Wait()).result()[0]
    assert until(lambda: not is_alive(pid), 5)
    assert pool.submit(jobs.Wait()).result()[0][0] != pid
    pool.stop()


def test_a_pool_in_another_thread_works_the_same(jobs):
    found = []

    def ask():
        pool = open_pool(2)
        found.append(pool.submit(jobs.Give(3)).result())
        pool.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[bytes(3)]] * 3


# Processes that die


def test_a_process_that_is_killed_is_missed_and_the_pool_can_go_on(two, jobs):
    for _ in range(3):
        with pytest.raises(Died):
            two.submit(jobs.Die()).result(timeout=120)
        two.revive()
    assert two.submit(jobs.Give(1)).result() == [b"\0"]


def test_all_jobs_in_flight_are_given_back_when_a_process_dies(two, jobs):
    futures = [two.submit(jobs.Wait(500)) for _ in range(3)] + [two.submit(jobs.Die(0.1))]
    futures[0].add_done_callback(lambda _: None)
    pid = next(iter(two._crew._processes))
    os.kill(pid, signal.SIGKILL)
    assert {type(future.exception(timeout=120)) for future in futures} == {Died}
    assert isinstance(two.submit(jobs.Wait()).exception(timeout=120), Died), "nothing more, until it is revived"
    two.revive()
    assert two.submit(jobs.Give(1)).result() == [b"\0"]


def test_a_process_killed_while_it_sends_a_result_is_missed(two, jobs, monkeypatch):
    monkeypatch.setattr(processes, "STUCK", 0.5)
    futures = [two.submit(jobs.DieWhileSending()), two.submit(jobs.Wait(2000))]
    assert {type(future.exception(timeout=120)) for future in futures} == {Died}
    two.revive()
    assert two.submit(jobs.Give(1)).result() == [b"\0"]


def test_reviving_a_pool_that_lives_changes_nothing(pool, jobs):
    before = pool.submit(jobs.Wait()).result()[0][1]
    pool.revive()
    assert pool.submit(jobs.Wait()).result()[0][1] == before


# The end


def test_stopping_ends_everything_at_once_and_delivers_nothing_more(jobs, tmp_path):
    for width in (1, 2):
        pool = open_pool(width)
        futures = [pool.submit(jobs.WaitBeside(str(tmp_path))) for _ in range(6)]
        assert until(lambda width=width: len(list(tmp_path.iterdir())) == width)
        pids = [int(path.stem) for path in tmp_path.iterdir()]
        pool.stop()
        assert {type(future.exception(timeout=0)) for future in futures} == {Stopped}
        assert until(lambda pids=pids: not any(is_alive(pid) for pid in pids if pid != os.getpid()))
        with pytest.raises(RuntimeError):
            pool.submit(jobs.Give(1))
        for path in tmp_path.iterdir():
            path.unlink()


def test_stopping_twice_or_after_closing_is_stopping(jobs):
    for width in (1, 2):
        pool = open_pool(width)
        pool.submit(jobs.Give(1)).result()
        pool.close()
        pool.stop()
        pool.stop()


def test_what_was_done_before_stopping_is_kept(pool, jobs):
    done = pool.submit(jobs.Give(2))
    wait([done])
    pool.stop()
    assert done.result() == [bytes(2)]


SCRIPT = """
import sys, time
import analysis.pools_of_processes, simulation.history
from jobs_to_try import Wait
from analysis.pools import open_pool
print("begun", flush=True)
pool = open_pool(int(sys.argv[1]))
try:
    futures = [pool.submit(Wait(3000)) for _ in range(5)] + [pool.submit(Wait(1, 0.0))]
    print(*pool._crew._processes if sys.argv[1] != "1" else (), flush=True)
    if sys.argv[2] == "wait":
        [future.result() for future in futures]
except KeyboardInterrupt:
    began = time.monotonic()
    pool.stop()
    print("stopped", time.monotonic() - began, flush=True)
    sys.exit(130)
"""


def script(*arguments, text=SCRIPT, stdin=None) -> subprocess.Popen:
    """A program of its own, in a group of processes of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTED), str(ELSEWHERE)])}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-" if stdin else "-c", *([] if stdin else [text]), *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        start_new_session=True,
    )  # fmt: skip


def group(leader: int) -> list[int]:
    """Processes of a group that run, where the system tells."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def interrupted(width: int, moment: float | None = None) -> tuple[int, str, str, float]:
    """Status, output, errors and seconds of the script when Ctrl-C is pressed: at a moment, or once it has given its jobs."""
    child = script(str(width), "wait")
    child.stdout.readline()
    if moment is None:
        child.stdout.readline()
    else:
        time.sleep(moment)
    began = time.monotonic()
    os.killpg(child.pid, signal.SIGINT)
    try:
        out, err = child.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        # A library that is just being imported may swallow it, and a person presses again; jobs take thirty seconds.
        began = time.monotonic()
        os.killpg(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=120)
    assert until(lambda: not group(child.pid))
    return child.returncode, out, err, time.monotonic() - began


@POSIX
@pytest.mark.parametrize("width", [1, 2])
def test_an_interruption_stops_the_parent_and_no_child_says_a_word(width, record_property):
    status, out, err, seconds = interrupted(width)
    assert (status, err) == (130, "")
    assert out.startswith("stopped")
    record_property("figure", f"{width} at once: all gone {seconds:.2f} s after Ctrl-C")


@POSIX
@pytest.mark.slow
def test_an_interruption_at_any_moment_leaves_no_process_and_no_words_of_children(record_property):
    moments, longest = random.Random(4), 0.0
    for tenth in range(15):
        moment = moments.uniform(0.1 * tenth, 0.1 * (tenth + 1))  # somewhere in each tenth of a second, up to 1.5
        status, out, err, seconds = interrupted(2, moment)
        longest = max(longest, seconds)
        # While the script still asks for the pool, outside of its `try`, the interruption is Python's own to tell.
        assert (status, err) == (130, "") or (not out and err.count("Traceback") == 1 and "KeyboardInterrupt" in err), moment
    record_property("figure", f"all gone at most {longest:.2f} s after Ctrl-C")


def test_a_line_that_two_threads_close_at_the_same_moment_is_closed_once():
    read, write = Pipe(duplex=False)
    together, close = threading.Barrier(2), write._close

    def slowly(*arguments):
        time.sleep(0.1)
        close(*arguments)

    write._close = slowly
    line = processes._closed_once(write)
    with ThreadPoolExecutor(2) as threads:
        closing = [threads.submit(lambda: (together.wait(), line.close())) for _ in range(2)]
    assert [future.exception() for future in closing] == [None, None]
    assert line.closed
    read.close()


@POSIX
def test_processes_go_when_their_parent_is_killed():
    child = script("2", "wait")
    child.stdout.readline()
    pids = [int(pid) for pid in child.stdout.readline().split()]
    assert len(pids) == 2
    assert all(map(is_alive, pids))
    child.kill()
    out, err = child.communicate(timeout=120)
    assert until(lambda: not any(map(is_alive, pids)))
    assert (out, err) == ("", "")


@pytest.mark.parametrize("width", [1, 2])
def test_a_program_that_ends_without_closing_its_pool_ends(width):
    child = script(str(width), "leave")
    _, err = child.communicate(timeout=120)
    assert (child.returncode, err) == (0, "")


def test_a_program_ends_after_a_process_was_killed_while_it_sent_a_result():
    text = """
import analysis.pools_of_processes as processes
from analysis.pools import open_pool
from jobs_to_try import DieWhileSending
processes.STUCK = 0.5
print(type(open_pool(2).submit(DieWhileSending()).exception()).__name__)
"""
    child = script(text=text)
    out, err = child.communicate(timeout=120)
    assert (out.split(), err, child.returncode) == (["Died"], "", 0)


def test_a_program_typed_in_needs_no_guard():
    """Processes do not read the program that started them: as from a notebook."""
    text = "from jobs_to_try import Give\nfrom analysis.pools import open_pool\nprint('once')\n"
    child = script(stdin=True)
    out, err = child.communicate(text + "print(len(open_pool(2).submit(Give(7)).result()[0]))\n", timeout=120)
    assert (out.split(), err, child.returncode) == (["once", "7"], "", 0)
