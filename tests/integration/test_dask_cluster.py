"""Worlds lived on a Dask cluster: a real scheduler and real workers, each started here, on ports that are free."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import analysis
from analysis.ensemble import run_jobs
from analysis.jobs import WorldsJob, world_wanted
from analysis.pools import Died, Stopped, open_pool
from analysis.store import WORLDS, RunStore
from simulation import Scenario
from simulation.errors import UserError
from simulation.history import platform_tag

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
cluster = pytest.importorskip("analysis.pools_of_a_cluster")

TESTED = Path(analysis.__file__).resolve().parents[1]
ELSEWHERE = Path(__file__).resolve().parents[1] / "elsewhere"
slow = pytest.mark.slow

WITHOUT_PACKAGE = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("analysis", "simulation", "numba", "pandas"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from dask.__main__ import main
sys.argv = ["dask", *sys.argv[1:]]
main()
"""
"""Runs `dask` as on a machine where only Dask is installed."""


def until(true, seconds: float = 20.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


@dataclass
class Machines:
    """A scheduler and workers, as somebody would start them by hand."""

    folder: Path
    running: list[subprocess.Popen] = field(default_factory=list)

    @property
    def told(self) -> Path:
        """Where the scheduler writes its address."""
        return self.folder / "scheduler.json"

    @property
    def address(self) -> str:
        return json.loads(self.told.read_text())["address"]

    def dask(self, *arguments: str, tested: Path = TESTED, bare: bool = False) -> subprocess.Popen:
        program = ["-c", WITHOUT_PACKAGE] if bare else ["-m", "dask"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tested), str(ELSEWHERE)])}
        with open(self.folder / f"log-{len(self.running)}.txt", "w") as log:
            process = subprocess.Popen(
                [sys.executable, *program, *arguments], env=environment, cwd=self.folder, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def scheduler(self, bare: bool = False) -> subprocess.Popen:
        process = self.dask(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0",
            "--scheduler-file", str(self.told), bare=bare,
        )  # fmt: skip
        assert until(lambda: self.told.exists() and self.told.read_text().endswith("}")), self.logs()
        return process

    def worker(self, *more: str, tested: Path = TESTED) -> subprocess.Popen:
        return self.dask(
            "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard",
            "--local-directory", str(self.folder), *more, tested=tested,
        )  # fmt: skip

    def wait_for(self, workers: int) -> None:
        with self.asked() as client:
            client.wait_for_workers(workers, timeout=120)

    @contextlib.contextmanager
    def asked(self):
        """A client of our own, to look at the cluster from outside."""
        client = distributed.Client(self.address, set_as_default=False)
        try:
            yield client
        finally:
            client.close()

    def living(self) -> int:
        """Tasks that workers are at, those included that they have been told to forget."""
        with self.asked() as client:
            return sum(client.run(lambda dask_worker: len(dask_worker.state.executing)).values())

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("log-*.txt")))

    def end(self) -> None:
        """Workers first: they say goodbye to their scheduler, and wait for it where it is gone."""
        for process in reversed(self.running):
            process.terminate()
            try:
                process.wait(timeout=4)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def machines(tmp_path):
    machines = Machines(tmp_path)
    yield machines
    machines.end()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A scheduler and two workers for all tests that leave them as they were."""
    machines = Machines(tmp_path_factory.mktemp("cluster"))
    machines.scheduler()
    machines.worker("--nworkers", "2")
    machines.wait_for(2)
    yield machines
    machines.end()


@pytest.fixture
def pool(two):
    pool = open_pool(cluster=two.address)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def jobs():
    sys.path.insert(0, str(ELSEWHERE))
    import jobs_to_try

    yield jobs_to_try
    sys.path.remove(str(ELSEWHERE))


def worlds(seeds, platform) -> list[WorldsJob]:
    plan = replace(Scenario.load("baseline"), people=40, years=0.25)
    return [WorldsJob((world_wanted(plan, seed, states=(0, plan.weeks), platform=platform),)) for seed in seeds]


# Before there is a cluster


@pytest.mark.parametrize(("address", "said"), [
    ("127.0.0.1", "missing port number"),
    ("tcp://127.0.0.1:eighty", "the address that the scheduler tells when it starts"),
    ("http://127.0.0.1:8786", "unknown address scheme 'http'"),
    ("tls://127.0.0.1:8786", "name the certificates"),
    ("", "missing port number"),
])  # fmt: skip
def test_an_address_that_is_none_is_said(address, said):
    with pytest.raises(UserError) as told:
        open_pool(cluster=address)
    assert str(told.value).startswith(f"--cluster {address}")
    assert said in str(told.value)


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch):
    monkeypatch.setattr(cluster, "REACHED", 1.0)
    with pytest.raises(UserError, match="no scheduler has answered within 1 seconds"):
        open_pool(cluster="tcp://127.0.0.1:1")


def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"pip install 'recovery-journeys\[cluster\]'"):
        open_pool(cluster="tcp://127.0.0.1:1")


HERE = {"version": "1", "python": "3.11.7", "model": "a", "analysis": "b", "platform": platform_tag()}


@pytest.mark.parametrize(("there", "said"), [
    ({"w1": HERE, "w2": {**HERE, "version": "2"}}, "worker w2 has version 2 of recovery-journeys, and this machine 1"),
    ({"w1": {**HERE, "model": "c"}}, "worker w1 has other code of the model"),
    ({"w1": {**HERE, "analysis": "c"}}, "worker w1 has other code of the analysis"),
    ({"w1": ModuleNotFoundError("No module named 'analysis'")}, "worker w1 cannot run this package: ModuleNotFoundError"),
    ({"w1": HERE, "w2": {**HERE, "platform": {**HERE["platform"], "numba": "9"}}}, "workers w2 and w1 differ: numba 9 and"),
])  # fmt: skip
def test_workers_that_cannot_live_the_same_worlds_are_named(there, said):
    with pytest.raises(UserError) as told:
        cluster.agree("tcp://there:1", HERE, there)
    assert said in str(told.value)
    assert "to do: " in str(told.value)


def test_workers_of_another_platform_than_this_machine_are_welcome():
    other = {**HERE, "platform": {**HERE["platform"], "system": "Elsewhere"}, "python": "3.12.1"}
    assert cluster.agree("tcp://there:1", HERE, {"w1": other, "w2": other})["platform"] == other["platform"]


# With two workers


@slow
def test_a_world_is_the_same_on_a_cluster_as_here(pool):
    for job in worlds((1, 2, 3), pool.platform):
        (there,), (here,) = pool.submit(job).result(), job.run(lambda *_: None)
        assert (there.name, dict(there.files)) == (here.name, dict(here.files))


@slow
def test_a_cluster_is_as_wide_as_its_workers_and_of_their_platform(pool):
    assert (pool.width, pool.platform) == (2, platform_tag())


@slow
def test_worlds_are_lived_beside_each_other(pool, jobs):
    (one, _, began, ended), (other, _, began_too, ended_too) = [
        future.result()[0] for future in [pool.submit(jobs.Wait(50)), pool.submit(jobs.Wait(50))]
    ]
    assert one != other
    assert max(began, began_too) < min(ended, ended_too)


@slow
def test_results_come_through_the_store_and_are_not_lived_twice(two, pool, tmp_path):
    store = RunStore(tmp_path / "store")
    first = run_jobs(worlds(range(6), pool.platform), store, pool)
    again = run_jobs(worlds(range(8), pool.platform), store, pool)
    assert (first.lived, first.reused, again.lived, again.reused) == (6, 0, 2, 6)
    with two.asked() as client:
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0, "all is released"


@slow
def test_what_goes_wrong_there_is_raised_here(pool, jobs):
    with pytest.raises(ValueError, match="wrong") as told:
        pool.submit(jobs.Raise()).result()
    assert "jobs_to_try.py" in told.value.__notes__[0]
    with pytest.raises(RuntimeError, match="TwoReasons: 1 and 2"):
        pool.submit(jobs.Raise("TwoReasons")).result()
    with pytest.raises(TypeError, match="lock"):
        pool.submit(jobs.Hold(threading.Lock())).result()
    assert pool.submit(jobs.Give(5)).result() == [bytes(5)]


@slow
def test_stopping_ends_what_runs_on_the_cluster_too(two, jobs, tmp_path):
    pool = open_pool(cluster=two.address)
    futures = [pool.submit(jobs.WaitBeside(str(tmp_path))) for _ in range(6)]
    assert until(lambda: len(list(tmp_path.iterdir())) == 2)
    pool.stop()
    assert {type(future.exception(timeout=0)) for future in futures} == {Stopped}
    assert until(lambda: two.living() == 0)
    with two.asked() as client:
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0
    with pytest.raises(RuntimeError):
        pool.submit(jobs.Give(1))


@slow
@pytest.mark.parametrize("way", ["killed", "interrupted", "left"])
def test_a_command_that_ends_takes_its_worlds_off_the_cluster(two, tmp_path, way):
    """However it ends, and without a word of Dask's."""
    text = f"""
import sys
from analysis.pools import open_pool
from jobs_to_try import WaitBeside
pool = open_pool(cluster={two.address!r})
futures = [pool.submit(WaitBeside({str(tmp_path)!r})) for _ in range(5)]
print("given", flush=True)
if {way != "left"}:
    try:
        futures[0].result()
    except KeyboardInterrupt:
        pool.stop()
        sys.exit(130)
sys.stdin.readline()
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTED), str(ELSEWHERE)])}
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", text], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout.readline() == "given\n"
    assert until(lambda: len(list(tmp_path.iterdir())) == 2)
    if way != "left":
        child.send_signal({"killed": signal.SIGKILL, "interrupted": signal.SIGINT}[way])
    out, err = child.communicate("\n", timeout=120)
    assert (out, err, child.returncode) == ("", "", {"killed": -signal.SIGKILL, "interrupted": 130, "left": 0}[way])
    assert until(lambda: two.living() == 0)


# When machines fail


@slow
def test_a_run_goes_on_when_a_worker_is_killed(machines, tmp_path):
    machines.scheduler()
    workers = [machines.worker("--no-nanny"), machines.worker("--no-nanny")]
    machines.wait_for(2)
    pool = open_pool(cluster=machines.address)
    store = RunStore(tmp_path / "store")
    asked = worlds(range(30), pool.platform)
    killed = []

    def kill(done: int, _of: int, _left: float | None) -> None:
        if done >= 4 and not killed:
            workers[0].kill()
            killed.append(workers[0].wait())

    ran = run_jobs(asked, store, pool, kill)
    pool.close()
    assert killed
    assert (ran.lived, ran.failed) == (30, [])
    names = [name for job in asked for _, name, _ in job.wanted]
    assert sorted(row.name for row in store.rows() if row.kind == WORLDS) == sorted(names)
    fresh = [next(iter(job.run(lambda *_: None))) for job in asked[:3]]
    assert [dict(store.read(WORLDS, entry.name).files) for entry in fresh] == [dict(entry.files) for entry in fresh]


@slow
def test_a_job_that_takes_its_worker_with_it_again_and_again_is_given_up(machines, jobs):
    machines.scheduler()
    machines.worker("--nworkers", "2")
    machines.wait_for(2)
    pool = open_pool(cluster=machines.address)
    with pytest.raises(Died, match="one after another"):
        pool.submit(jobs.Die()).result(timeout=60)
    assert pool.submit(jobs.Give(3)).result(timeout=60) == [bytes(3)], "Dask has started its workers again"
    assert pool.submit(jobs.Die(once=str(machines.folder / "died"))).result(timeout=60) == ["lived"]
    pool.close()


@slow
def test_a_scheduler_that_goes_is_said(machines, jobs, tmp_path):
    scheduler = machines.scheduler()
    machines.worker()
    pool = open_pool(cluster=machines.address)
    futures = [pool.submit(jobs.WaitBeside(str(tmp_path))) for _ in range(3)]
    assert until(lambda: any(path.suffix == ".living" for path in tmp_path.iterdir()))
    scheduler.kill()
    with pytest.raises(UserError, match="the scheduler stopped answering") as told:
        futures[0].result(timeout=120)
    assert "what was finished is kept" in str(told.value)
    pool.stop()


@slow
@pytest.mark.parametrize("debug", ["", "1"])
def test_what_dask_logs_is_shown_only_to_those_who_look_for_a_mistake(machines, tmp_path, debug):
    scheduler = machines.scheduler()
    machines.worker()
    text = f"""
from analysis.pools import open_pool
from jobs_to_try import WaitBeside
pool = open_pool(cluster={machines.address!r})
future = pool.submit(WaitBeside({str(tmp_path)!r}))
print("given", flush=True)
print(type(future.exception()).__name__)
pool.stop()
"""
    path = os.pathsep.join([str(TESTED), str(ELSEWHERE)])
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", text], env={**os.environ, "PYTHONPATH": path, "RECOVERY_DEBUG": debug},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout.readline() == "given\n"
    assert until(lambda: any(path.suffix == ".living" for path in tmp_path.iterdir()))
    scheduler.kill()
    out, err = child.communicate(timeout=120)
    assert (out, child.returncode, "distributed" in err) == ("UserError\n", 0, bool(debug)), err


@slow
def test_a_scheduler_without_workers_is_said(machines, monkeypatch):
    machines.scheduler()
    monkeypatch.setattr(cluster, "MANNED", 0.5)
    with pytest.raises(UserError, match="start some: dask worker"):
        open_pool(cluster=machines.address)


@slow
def test_the_address_of_a_worker_is_not_that_of_a_scheduler(two):
    with two.asked() as client:
        worker = next(iter(client.nthreads()))
    with pytest.raises(UserError, match="a Dask worker listens there"):
        open_pool(cluster=worker)


@slow
def test_a_worker_with_other_code_lives_nothing_whenever_it_comes(machines, jobs):
    other = machines.folder / "other"
    for package in ("simulation", "analysis", "scenarios"):
        shutil.copytree(TESTED / package, other / package, ignore=shutil.ignore_patterns("__pycache__"))
    with open(other / "simulation" / "units.py", "a") as source:
        source.write("\nANOTHER = 1\n")
    machines.scheduler()
    right = machines.worker()
    machines.wait_for(1)
    pool = open_pool(cluster=machines.address)
    machines.worker(tested=other)
    machines.wait_for(2)
    with pytest.raises(UserError, match="other code of the model"):
        open_pool(cluster=machines.address)
    right.terminate()
    right.wait()
    with pytest.raises(UserError, match="other code of the model"):
        pool.submit(jobs.Give(1)).result(timeout=120)
    pool.close()


@slow
def test_a_scheduler_need_not_have_the_package(machines, jobs):
    machines.scheduler(bare=True)
    machines.worker()
    pool = open_pool(cluster=machines.address)
    assert pool.submit(jobs.Give(4)).result(timeout=120) == [bytes(4)]
    pool.close()
