"""Many jobs at once: what is there is not run again, what fails is a record, and an interruption keeps what is done."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest

from analysis.ensemble import ROUNDS, gather, run_jobs
from analysis.jobs import failure_of
from analysis.pools import Died, Stopped, open_pool
from analysis.store import FAILED, NUMBERS, Damaged, Entry, RunStore
from simulation.errors import OutputError

FILES = {"weekly.parquet": b"a table"}


def name_of(number: int) -> str:
    return f"{number:032x}"


@dataclass
class Job:
    """Numbers to count, each an entry; some fail."""

    numbers: tuple[int, ...]
    failing: tuple[int, ...] = ()
    size: int = 1

    @property
    def wanted(self):
        return tuple((NUMBERS, name_of(number), ()) for number in self.numbers)

    @property
    def told(self):
        return f"numbers {self.numbers}"

    @property
    def worlds(self):
        return len(self.numbers)

    @property
    def work(self):
        return float(len(self.numbers) * self.size)

    def without(self, found):
        left = tuple(number for number in self.numbers if not found(NUMBERS, name_of(number), ()))
        return Job(left, self.failing, self.size) if left else None

    def run(self, check):
        check()
        return [self._entry(number) for number in self.numbers]

    def failures(self, message):
        return [failure_of(name_of(number), {"number": number}, self.told, message) for number in self.numbers]

    def _entry(self, number):
        if number in self.failing:
            return failure_of(name_of(number), {"number": number}, self.told, ValueError("broken"))
        return Entry(NUMBERS, name_of(number), {"number": number}, FILES)


@dataclass
class Here:
    """A pool that runs each job as it is submitted, and can be told to lose some."""

    width: int = 2
    deaths: dict[tuple[int, ...], int] = field(default_factory=dict)
    ran: list[tuple[int, ...]] = field(default_factory=list)
    stopped: bool = False
    revived: int = 0
    reaches_store: bool = False
    platform: dict[str, str] = field(default_factory=dict)
    back: list[list[Entry]] = field(default_factory=list)

    def submit(self, job):
        future: Future = Future()
        numbers = (job.job if self.reaches_store else job).numbers
        self.ran.append(numbers)
        if self.deaths.get(numbers, 0):
            self.deaths[numbers] -= 1
            future.set_exception(Died())
        else:
            try:
                self.back.append(list(job.run(lambda *_: None)))
                future.set_result(self.back[-1])
            except Died as died:
                future.set_exception(died)
        return future

    def stop(self):
        self.stopped = True

    def close(self):
        pass

    def revive(self):
        self.revived += 1


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "store")


def test_what_the_store_has_is_not_run_again(store):
    run_jobs([Job((1, 2))], store, Here())
    pool = Here()
    ran = run_jobs([Job((1, 2, 3)), Job((1,)), Job((4,))], store, pool)
    assert sorted(pool.ran) == [(3,), (4,)]
    assert (ran.lived, ran.reused) == (2, 3)


def test_each_job_is_handed_over_once_all_of_it_is_there(store):
    run_jobs([Job((1,))], store, Here())
    seen = []
    run_jobs([Job((2, 3)), Job((1,)), Job((4,), failing=(4,))], store, Here(), ready=seen.append)
    assert sorted(seen) == [0, 1]


@pytest.mark.parametrize("reaches_store", [True, False])
def test_workers_that_reach_the_store_write_to_it_and_others_hand_over(store, reaches_store):
    pool = Here(reaches_store=reaches_store)
    seen = []
    ran = run_jobs([Job((1, 2)), Job((3,), failing=(3,))], store, pool, ready=seen.append)
    assert (ran.lived, len(ran.failed), seen) == (2, 1, [0])
    assert sorted(row.kind for row in store.rows()) == [FAILED, NUMBERS, NUMBERS]
    back = [entry for entries in pool.back for entry in entries]
    assert [dict(entry.files) for entry in back if entry.kind == NUMBERS] == [{} if reaches_store else FILES] * 2
    assert store.read(NUMBERS, name_of(1)).files == FILES


def test_a_world_that_was_finished_before_its_process_died_is_not_lived_again(store):
    class Dies(Job):
        def run(self, check):
            yield self._entry(self.numbers[0])
            if len(self.numbers) > 1:
                raise Died

        def without(self, found):
            left = super().without(found)
            return Dies(left.numbers) if left else None

    pool = Here(reaches_store=True)
    ran = run_jobs([Dies((1, 2, 3))], store, pool)
    assert pool.ran == [(1, 2, 3), (2, 3)]
    assert [entry.name for entry in ran.failed] == [name_of(3)]
    assert ran.lived == 2


def test_a_failure_is_a_record_with_its_parameters_and_the_rest_go_on(store):
    ran = run_jobs([Job((1, 2), failing=(1,)), Job((3,))], store, Here())
    assert [entry.content["message"] for entry in ran.failed] == ["broken"]
    assert store.read(FAILED, name_of(1)).content["identity"] == {"number": 1}
    assert store.has(NUMBERS, name_of(2))
    assert store.has(NUMBERS, name_of(3))
    assert ran.lived == 2


def test_what_failed_is_tried_again_and_its_record_goes_once_it_succeeds(store):
    run_jobs([Job((1,), failing=(1,))], store, Here())
    ran = run_jobs([Job((1,))], store, Here())
    assert (ran.lived, ran.failed) == (1, [])
    assert not store.has(FAILED, name_of(1))


def test_a_job_whose_process_died_is_tried_once_more_alone(store):
    pool = Here(deaths={(1,): 1})
    ran = run_jobs([Job((1,)), Job((2,))], store, pool)
    assert sorted(pool.ran) == [(1,), (1,), (2,)]
    assert (ran.lived, ran.failed, pool.revived) == (2, [], 1)


def test_a_job_that_kills_its_process_twice_is_a_record_with_its_parameters(store):
    ran = run_jobs([Job((1,)), Job((2,))], store, Here(deaths={(1,): 2}))
    (failed,) = ran.failed
    assert "out of memory" in failed.content["message"]
    assert failed.content["identity"] == {"number": 1}
    assert ran.lived == 1


def test_only_so_many_jobs_are_in_flight_as_twice_the_width(store):
    flying, most = 0, 0

    class Slow(Here):
        def submit(self, job):
            nonlocal flying, most
            flying += 1
            most = max(most, flying)
            future: Future = Future()

            def finish():
                nonlocal flying
                flying -= 1
                future.set_result(list(job.run(lambda *_: None)))

            threading.Timer(0.01, finish).start()
            return future

    run_jobs([Job((number,)) for number in range(1, 30)], store, Slow(width=2))
    assert most <= 4


def test_progress_counts_worlds_to_live_and_ends_with_all_of_them(store):
    run_jobs([Job((1,))], store, Here())
    told = []
    run_jobs([Job((1, 2)), Job((3, 4), size=5)], store, Here(), lambda *now: told.append(now))
    assert told[0] == (0, 3, None)
    assert told[-1][:2] == (3, 3)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_what_another_command_has_lived_meanwhile_is_not_lived_again(store):
    class Meanwhile(Here):
        def submit(self, job):
            for number in range(1, 20):
                store.put(Entry(NUMBERS, name_of(number), {"number": number}))
            return super().submit(job)

    pool = Meanwhile(width=1)
    ran = run_jobs([Job((number,)) for number in range(1, 20)], store, pool)
    assert len(pool.ran) <= 2
    assert ran.lived + ran.reused == 19


def test_an_interruption_stops_the_pool_and_keeps_what_is_done(store):
    class Interrupted(Here):
        def submit(self, job):
            if len(self.ran) == 3:
                raise KeyboardInterrupt
            return super().submit(job)

    pool = Interrupted(width=5)
    with pytest.raises(KeyboardInterrupt):
        run_jobs([Job((number,)) for number in range(1, 9)], store, pool)
    assert pool.stopped
    assert sum(1 for _ in store.rows()) == 3


def test_nothing_is_run_where_the_store_cannot_be_written(store, monkeypatch):
    def refuse(self):
        raise OutputError("read-only")

    monkeypatch.setattr(RunStore, "check_writable", refuse)
    pool = Here()
    with pytest.raises(OutputError):
        run_jobs([Job((1,))], store, pool)
    assert pool.ran == []


def test_what_is_found_damaged_on_reading_is_lived_again(store):
    run_jobs([Job((1,)), Job((2,))], store, Here())
    broken = [True]

    def read(place):
        if place == 0 and broken.pop() if broken else False:
            raise Damaged(NUMBERS, name_of(1), "record.json", "not what was written")
        return store.read(NUMBERS, name_of(place + 1)).content["number"]

    pool = Here()
    found, ran = gather([Job((1,)), Job((2,))], store, pool, read)
    assert found == [1, 2]
    assert pool.ran == [(1,)]
    assert (ran.lived, ran.reused) == (1, 1)
    assert ran.damaged == [f"{store.place(NUMBERS, name_of(1))}/record.json: not what was written"]


def test_a_store_that_damages_all_it_is_given_is_said_and_not_tried_for_ever(store):
    def read(place):
        raise Damaged(NUMBERS, name_of(1), "record.json", "not what was written")

    pool = Here()
    with pytest.raises(Damaged):
        gather([Job((1,))], store, pool, read)
    assert len(pool.ran) == ROUNDS


def test_a_job_of_which_something_failed_reads_as_none(store):
    found, ran = gather([Job((1,), failing=(1,)), Job((2,))], store, Here(), lambda place: place)
    assert found == [None, 1]
    assert len(ran.failed) == 1


def test_a_world_on_a_thread_stops_in_its_week_when_the_run_is_stopped(store):
    class Endless(Job):
        def run(self, check):
            while True:
                check()
                time.sleep(0.01)

        def without(self, found):
            return self

    pool = open_pool(workers=1)
    threading.Timer(0.3, pool.stop).start()
    with pytest.raises(Stopped):
        run_jobs([Endless((1,))], store, pool)
