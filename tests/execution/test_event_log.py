"""The event log: numbers, followers, and what reaches the database when."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest
from django.db import DataError

from execution.event_log import EventLog
from execution.logic.events import Describing, Finished, Reply
from execution.logic.stretches import Entry, Stretch
from execution.run_log import Follower

RUN = "run-1"


class Disk:
    """Keeps what is written; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.stretches: list[Stretch] = []
        self.failures = failures
        self.written = threading.Event()

    def write(self, stretches: list[Stretch]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        self.stretches += stretches
        self.written.set()

    @property
    def entries(self) -> list[Entry]:
        return [entry for stretch in self.stretches for entry in stretch.entries]


def _play(scene: Coroutine[Any, Any, None]) -> None:
    async def played() -> None:
        async with asyncio.timeout(10):
            await scene
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others)

    asyncio.run(played())


def test_it_works() -> None:
    async def scene() -> None:
        disk = Disk()
        log = EventLog(disk.write)
        log.open(RUN)
        log.append(RUN, Reply("a"))
        follower = await log.follow(RUN)
        assert follower.take() == [Reply("a")]
        log.append(RUN, Reply("b"))
        assert await follower.wait(1)
        assert follower.take() == [Reply("b")]
        assert follower.position == 2
        assert not await follower.wait(0.001)

    _play(scene())


@pytest.mark.parametrize("moment", ["before", "meanwhile"])
def test_who_follows_a_run_that_is_just_begun_hears_of_it(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run's row is there before its log is."""

    async def scene() -> None:
        log = EventLog(Disk().write)
        read: asyncio.Future[list[Entry]] = asyncio.get_running_loop().create_future()

        async def slowly(*call: object) -> list[Entry]:
            return await read

        monkeypatch.setattr("execution.event_log.in_thread", slowly)
        following = asyncio.create_task(log.follow(RUN))
        other = asyncio.create_task(log.follow(RUN))
        await asyncio.sleep(0)
        if moment == "before":
            read.set_result([])
            await asyncio.wait({following, other})
            log.open(RUN)
        else:
            log.open(RUN)
            read.set_result([])
        log.append(RUN, Reply("a"))
        for follower in (await following, await other):
            assert await follower.wait(1)
            assert follower.take() == [Reply("a")]

    _play(scene())


def test_who_follows_a_run_that_another_process_began_gets_the_rest() -> None:
    async def scene() -> None:
        log = EventLog(Disk().write)
        follower = await log.follow(RUN, is_new=True)
        log.open(RUN, [Reply("a"), Reply("b")])
        assert await follower.wait(1)
        assert follower.take() == [Reply("a"), Reply("b")]
        await log.flush()
        assert log.unflushed(RUN).entries == []

    _play(scene())


def test_stretches_are_numbered_without_gaps() -> None:
    async def scene() -> None:
        disk = Disk()
        log = EventLog(disk.write)
        log.open(RUN)
        for letter in "abc":
            log.append(RUN, Reply(letter))
        await log.flush()
        log.append(RUN, Describing())
        await log.flush()
        await log.flush()
        assert [(one.first, len(one.entries)) for one in disk.stretches] == [(1, 3), (4, 1)]

    _play(scene())


def test_text_that_waited_to_be_read_is_shown_as_old(monkeypatch: pytest.MonkeyPatch) -> None:
    ages: list[float] = []

    def woken(self: Follower, *, with_text: bool, at: float) -> None:
        ages.append(asyncio.get_running_loop().time() - at)

    async def scene() -> None:
        log = EventLog(Disk().write)
        log.open(RUN)
        await log.follow(RUN)
        log.received(RUN, "A", waited=5.0)
        log.append(RUN, Reply("a"))
        log.append(RUN, Describing())
        log.received(RUN, "B")
        log.append(RUN, Reply("b"))

    monkeypatch.setattr(Follower, "wake", woken)
    _play(scene())
    assert [round(age) for age in ages] == [5, 0, 0]


def test_a_flush_takes_all_runs_at_once() -> None:
    async def scene() -> None:
        disk = Disk()
        log = EventLog(disk.write)
        for run in ("run-1", "run-2", "run-3"):
            log.open(run)
            log.append(run, Reply(run))
        await log.flush()
        assert [one.run_id for one in disk.stretches] == ["run-1", "run-2", "run-3"]

    _play(scene())


def test_what_could_not_be_written_is_written_later() -> None:
    async def scene() -> None:
        disk = Disk(failures=1)
        log = EventLog(disk.write)
        log.open(RUN)
        log.restart(RUN, "reply-1", "")
        log.append(RUN, Reply("a"))
        log.received(RUN, "A")
        with pytest.raises(OSError, match="disk full"):
            await log.flush()
        log.append(RUN, Reply("b"))
        log.received(RUN, "B")
        await log.flush()
        (stretch,) = disk.stretches
        assert (stretch.first, list(stretch.entries)) == (1, [Reply("a"), Reply("b")])
        assert (stretch.reply_id, stretch.raw, stretch.restarted) == ("reply-1", "AB", True)

    _play(scene())


def test_it_flushes_by_itself_and_survives_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.event_log.FLUSH_EVERY_S", 0.005)

    async def scene() -> None:
        disk = Disk(failures=2)
        log = EventLog(disk.write)
        log.open(RUN)
        log.append(RUN, Reply("a"))
        for _ in range(1000):
            await asyncio.sleep(0.005)
            if disk.stretches:
                break
        assert disk.entries == [Reply("a")]

    _play(scene())


def test_the_words_of_a_new_reply_replace_the_old_ones() -> None:
    async def scene() -> None:
        disk = Disk()
        log = EventLog(disk.write)
        log.open(RUN)
        log.restart(RUN, "reply-1", "")
        log.received(RUN, "old")
        log.restart(RUN, "reply-2", "kept ")
        log.received(RUN, "new")
        await log.flush()
        log.received(RUN, " end")
        await log.flush()
        first, second = disk.stretches
        assert (first.reply_id, first.raw, first.restarted) == ("reply-2", "kept new", True)
        assert (second.raw, second.restarted) == (" end", False)

    _play(scene())


def test_words_that_come_during_a_write_are_not_lost() -> None:
    async def scene() -> None:
        disk, log = Disk(), EventLog()
        written = asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(stretches: list[Stretch]) -> None:
            if not disk.stretches:
                add = asyncio.run_coroutine_threadsafe(more(), loop)
                add.result(5)
            disk.write(stretches)

        async def more() -> None:
            log.append(RUN, Reply("b"))
            log.received(RUN, "B")
            written.set()

        log = EventLog(slow)
        log.open(RUN)
        log.restart(RUN, "reply-1", "")
        log.append(RUN, Reply("a"))
        log.received(RUN, "A")
        await log.flush()
        await log.flush()
        assert written.is_set()
        assert disk.entries == [Reply("a"), Reply("b")]
        assert "".join(one.raw for one in disk.stretches) == "AB"

    _play(scene())


def test_followers_of_an_ended_log_read_it_to_its_end() -> None:
    async def scene() -> None:
        log = EventLog(Disk().write)
        log.open(RUN)
        follower = await log.follow(RUN)
        log.append(RUN, Reply("a"))
        log.end(RUN, Finished())
        assert follower.take() == [Reply("a"), Finished()]
        late = await log.follow(RUN, after=1)
        assert late.take() == [Finished()]

    _play(scene())


def test_a_follower_that_left_is_forgotten() -> None:
    async def scene() -> None:
        log = EventLog(Disk().write)
        log.open(RUN)
        follower = await log.follow(RUN)
        assert await log.is_followed(RUN)
        follower.close()
        assert not await log.is_followed(RUN)

    _play(scene())


def test_a_forgotten_log_is_read_from_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[Entry] = [Reply("a"), Finished()]
    monkeypatch.setattr("execution.storage.entries_read", lambda run_id: stored)

    async def scene() -> None:
        log = EventLog(Disk().write)
        assert (await log.follow(RUN)).take() == stored
        assert (await log.follow(RUN, after=1)).take() == [Finished()]

    _play(scene())


def test_a_log_that_another_process_began_goes_on_with_its_numbers() -> None:
    async def scene() -> None:
        disk = Disk()
        log = EventLog(disk.write)
        log.open(RUN, [Reply("a"), Describing()])
        log.append(RUN, Reply("b"))
        await log.flush()
        assert [(one.first, one.entries) for one in disk.stretches] == [(3, [Reply("b")])]

    _play(scene())


def test_a_disk_that_stays_full_is_spoken_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("execution.event_log.FLUSH_EVERY_S", 0.001)

    async def scene() -> None:
        disk = Disk(failures=3)
        log = EventLog(disk.write)
        log.open(RUN)
        log.append(RUN, Reply("a"))
        await asyncio.to_thread(disk.written.wait, 10)
        assert disk.entries == [Reply("a")]

    _play(scene())
    assert caplog.text.count("writing failed") == 1


class Picky(Disk):
    """Takes no stretch of one run, and nothing together with it."""

    def __init__(self, refused: str) -> None:
        super().__init__()
        self.refused = refused
        self.writes: list[list[str]] = []

    def write(self, stretches: list[Stretch]) -> None:
        self.writes.append([stretch.run_id for stretch in stretches])
        if any(stretch.run_id == self.refused for stretch in stretches):
            raise DataError("not this one")
        super().write(stretches)


def test_a_run_that_the_database_refuses_holds_up_no_other() -> None:
    async def scene() -> None:
        disk = Picky(refused="odd")
        log = EventLog(disk.write)
        for run in ("odd", RUN):
            log.open(run)
            log.append(run, Reply("a"))
        await log.flush()
        assert disk.entries == [Reply("a")]
        disk.writes.clear()
        log.append(RUN, Reply("b"))
        await log.flush()
        assert disk.entries == [Reply("a"), Reply("b")]
        assert disk.writes == [[RUN], ["odd"]]
        disk.refused = ""
        await log.flush()
        assert disk.entries == [Reply("a"), Reply("b"), Reply("a")]
        assert log.unflushed("odd").entries == []

    _play(scene())
