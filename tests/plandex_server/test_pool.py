"""The supervised pool of worker processes."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plandex_server.pool import PoolClosed, SupervisedPool, process
from plandex_server.pool.jobs import CHUNK_ITEMS, SLOW_SECONDS

TARGET = "tests.plandex_server.pool_targets:work"
HELD = "tests.plandex_server.pool_targets:held"
SLOW = "tests.plandex_server.pool_targets:slow"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def pool() -> Iterator[SupervisedPool]:
    pool = SupervisedPool(TARGET, workers=2, item_timeout=0.2, kill_after=1.5)
    yield pool
    pool.close()


def run(pool: SupervisedPool, *items: Any, timeout: float = 20.0) -> list[Any]:
    return pool.run(items, on_failure=lambda item, reason: (item, reason), timeout=timeout)


def test_it_works(pool: SupervisedPool) -> None:
    assert run(pool, 1, "two", None) == [1, "two", None]


def test_results_keep_the_order_over_many_chunks(pool: SupervisedPool) -> None:
    items = list(range(1000))

    assert run(pool, *items) == items


def test_nothing_starts_before_the_first_item() -> None:
    pool = SupervisedPool(TARGET)

    assert run(pool) == []
    assert pool.worker_pids() == []


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("crash", "crashed with SIGSEGV"),
        ("exit", "ended with status 3"),
        ("loop", "took too long"),
        ("stuck", "took too long and was killed"),
        ("memory", "out of memory"),
        ("recurse", "nested too deeply"),
        ("error", "ValueError: bad item"),
    ],
)
def test_a_bad_item_fails_alone(pool: SupervisedPool, item: str, reason: str) -> None:
    assert run(pool, 1, item, 2) == [1, (item, reason), 2]
    assert run(pool, 3) == [3]


@pytest.mark.parametrize(
    ("state", "used", "is_killed"), [("R", 0.0, False), ("R", 0.4, True), ("S", 0.0, True)]
)
def test_a_worker_that_waits_for_a_processor_gets_more_time(
    monkeypatch: pytest.MonkeyPatch, state: str, used: float, is_killed: bool
) -> None:
    uses = itertools.chain([("S", 0.0)], itertools.repeat((state, used)))
    monkeypatch.setattr(process, "processor_use", lambda _pid: next(uses))
    pool = SupervisedPool(SLOW, workers=1, kill_after=0.3)
    try:
        assert (run(pool, 0.6) == [(0.6, process.KILLED)]) is is_killed
    finally:
        pool.close()


def test_what_a_process_used_is_read() -> None:
    state, used = process.processor_use(os.getpid())

    assert state == "R"
    assert used > 0
    assert process.processor_use(2**30) == ("", 0.0)


def test_an_item_that_cannot_be_sent_fails_alone(pool: SupervisedPool) -> None:
    lock = threading.Lock()

    first, (_, reason), last = run(pool, 1, lock, 2)

    assert (first, last) == (1, 2)
    assert reason.startswith("cannot be sent")


def test_workers_are_restrained(pool: SupervisedPool) -> None:
    assert run(pool, "core", "nice") == [(0, 0), min(19, os.nice(0) + 5)]


def test_workers_load_no_web_framework(pool: SupervisedPool) -> None:
    (modules,) = run(pool, "modules")

    assert not {"django", "rest_framework", "celery"} & set(modules)


def test_workers_ignore_the_keyboard_and_keep_the_protocol_clean(pool: SupervisedPool) -> None:
    assert run(pool, "interrupt", "print", 5) == [None, None, 5]


def test_a_worn_out_worker_is_replaced() -> None:
    pool = SupervisedPool(TARGET, workers=1, items_per_worker=1)

    (first,) = run(pool, "pid")
    (second,) = run(pool, "pid")

    pool.close()
    assert first != second


def test_a_target_that_does_not_load_fails_every_item(capfd: pytest.CaptureFixture[str]) -> None:
    pool = SupervisedPool("tests.plandex_server.pool_targets:missing", workers=1)

    results = run(pool, 1, 2)

    pool.close()
    assert [reason.startswith("worker does not start") for _, reason in results] == [True, True]
    assert "AttributeError" in capfd.readouterr().err


def test_a_request_ends_at_its_time(pool: SupervisedPool) -> None:
    results = run(pool, *["loop"] * 20, timeout=0.8)

    assert len(results) == 20
    assert results[-1] == ("loop", "the time for the request was over")
    assert run(pool, 1) == [1]


def test_a_small_request_is_not_stuck_behind_a_large_one(tmp_path: Path) -> None:
    pool = SupervisedPool(HELD, workers=2, item_timeout=30, kill_after=30)
    files = [tmp_path / str(number) for number in range(CHUNK_ITEMS + 8)]
    large = threading.Thread(target=run, args=(pool, *map(str, files)))
    large.start()
    # Nobody knows yet that its items take long: it has both workers, each with a chunk.
    firsts = [files[0], files[CHUNK_ITEMS]]
    while not all(file.exists() for file in firsts):
        time.sleep(0.01)
    time.sleep(SLOW_SECONDS)
    for file in firsts:
        file.unlink()
    others = [file for file in files if file not in firsts]
    while not any(file.exists() for file in others):
        time.sleep(0.01)

    # No item is let go before this: with both workers held, it would get no answer.
    assert run(pool, "") == [""]
    assert large.is_alive()

    while large.is_alive():
        for file in files:
            file.unlink(missing_ok=True)
        large.join(0.02)
    pool.close()


def test_many_threads_share_the_pool(pool: SupervisedPool) -> None:
    answers: dict[int, list[Any]] = {}

    def call(number: int) -> None:
        answers[number] = run(pool, number, number + 1)

    threads = [threading.Thread(target=call, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {n: [n, n + 1] for n in range(40)}


def test_async_callers_share_the_pool(pool: SupervisedPool) -> None:
    async def call(number: int) -> list[Any]:
        return await pool.arun([number], on_failure=lambda _item, reason: reason, timeout=20)

    async def all_calls() -> list[list[Any]]:
        return await asyncio.gather(*(call(n) for n in range(100)))

    assert asyncio.run(all_calls()) == [[n] for n in range(100)]


def test_a_cancelled_caller_leaves_no_work(pool: SupervisedPool) -> None:
    async def cancelled() -> None:
        async with asyncio.timeout(0.2):
            await pool.arun(["loop"] * 50, on_failure=lambda *_: None, timeout=20)

    with pytest.raises(TimeoutError):
        asyncio.run(cancelled())

    # Fifty times the limit of one item would outlast the time of this request.
    assert run(pool, 1, timeout=5) == [1]


def test_closing_fails_waiting_callers_and_refuses_new_ones() -> None:
    pool = SupervisedPool(SLOW, workers=1, item_timeout=30, kill_after=30)
    results: list[Any] = []
    caller = threading.Thread(target=lambda: results.extend(run(pool, 20.0, 20.0)))
    caller.start()
    while not pool.worker_pids():
        time.sleep(0.01)

    pool.close()
    caller.join(5)

    assert results == [(20.0, "the pool was closed")] * 2
    with pytest.raises(PoolClosed):
        run(pool, 1)


def test_idle_workers_are_given_back() -> None:
    pool = SupervisedPool(TARGET, workers=1, idle_seconds=0.05)
    assert run(pool, 1) == [1]
    until = time.monotonic() + 5
    while pool.worker_pids() and time.monotonic() < until:
        time.sleep(0.01)

    assert pool.worker_pids() == []
    assert run(pool, 2) == [2]
    pool.close()


def test_workers_die_with_a_killed_parent() -> None:
    program = (
        "from plandex_server.pool import SupervisedPool\n"
        f"pool = SupervisedPool({SLOW!r}, workers=1, item_timeout=60, kill_after=60)\n"
        "fail = lambda item, reason: reason\n"
        "pool.run([0.0], on_failure=fail, timeout=20)\n"
        "print(pool.worker_pids()[0], flush=True)\n"
        "pool.run([50.0], on_failure=fail, timeout=60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert gone(worker)


def gone(pid: int) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
