"""A full disk, and a clock that jumps: runs end truthfully, and nothing stored is lost."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper

from execution.clients.fake import Gate
from execution.services.run import DATABASE_AWAY
from plandex_server import db
from plandex_server.threads import in_thread
from tests.context.samples import a_file
from tests.execution.runs.replies import block, creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage


class Disk:
    """While it is full, the database takes nothing that it would have to write."""

    def __init__(self) -> None:
        self.is_full = False
        self.refused = 0

    def check(self, sql: object) -> None:
        text = str(sql).lstrip().upper()
        writes = text.startswith(("INSERT", "UPDATE", "DELETE")) or "INSERT INTO" in text
        if self.is_full and writes:
            self.refused += 1
            raise OperationalError("database or disk is full")


@pytest.fixture
def disk(by_cursors: None, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    for name in ("execute", "executemany"):
        original = getattr(CursorWrapper, name)

        def checked(self: Any, sql: Any, *args: Any, original: Any = original) -> Any:
            disk.check(sql)
            return original(self, sql, *args)

        monkeypatch.setattr(CursorWrapper, name, checked)
    monkeypatch.setattr("execution.services.ending.LONG_WAIT_S", 0.01)
    monkeypatch.setattr("execution.event_log.FLUSH_EVERY_S", 0.01)
    return disk


@on_stage
async def test_a_disk_that_is_full_for_a_while_costs_nothing(stage: Stage, disk: Disk) -> None:
    gate, full = Gate(), Gate()
    stage.models.queue("planner", "One, ", gate, "two, ", full, "three.")
    viewer = await stage.tell(isChatOnly=True)
    await gate.wait_reached()
    disk.is_full = True
    gate.open()
    await viewer.until_text("two, ")  # shown all the same
    while disk.refused < 2:
        await in_thread(lambda: None)
    disk.is_full = False
    full.open()
    stream = await viewer.end()
    assert (stream.reply, stream.terminal) == ("One, two, three.", {"type": "finished"})
    assert await stage.status() == ("finished", "")
    assert (await stage.turn()).messages[-1].message == "One, two, three."


@on_stage
async def test_a_run_that_ends_while_the_disk_is_full(stage: Stage, disk: Disk) -> None:
    gate = Gate()
    stage.models.queue("planner", "One, ", gate, "two.")
    viewer = await stage.tell(isChatOnly=True)
    await gate.wait_reached()
    disk.is_full = True
    gate.open()
    stream = await viewer.end()
    # What could not be stored must not look as if it was.
    assert stream.terminal is not None
    assert stream.terminal["error"]["msg"] == DATABASE_AWAY
    assert stream.reply == "One, two."
    disk.is_full = False
    run = await stage.wait_ended()
    assert (run.end, run.sealed_credentials) == ("error", None)
    assert await stage.status() == ("error", DATABASE_AWAY)
    assert (await stage.turn()).messages[-1].message == "One, two."
    stage.models.queue("planner", "Again.")
    assert (await stage.told(isChatOnly=True)).terminal == {"type": "finished"}


@on_stage
async def test_a_tell_while_the_disk_is_full_is_refused(stage: Stage, disk: Disk) -> None:
    disk.is_full = True
    reply = await (await stage.tell()).reply()
    assert reply.status == 500  # the CLI would send it again after a 503
    assert "disk is full" not in reply.text and "Traceback" not in reply.text
    disk.is_full = False
    stage.models.queue("planner", "Yes.")
    assert (await stage.told(isChatOnly=True)).reply == "Yes."


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator["Clock"]:
    """Every module that took `now` gets one that can be set."""
    clock = Clock()
    for module in list(sys.modules.values()):
        if getattr(module, "now", None) is db.now:
            monkeypatch.setattr(module, "now", clock)
    yield clock


class Clock:
    def __init__(self) -> None:
        self._real = db.now
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return self._real() + self.offset


@pytest.mark.parametrize("hours", [-30, 30])
@on_stage
async def test_a_clock_that_jumps_changes_neither_order_nor_end(
    stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setattr("execution.runtime.HEARTBEAT_S", 0.01)
    await stage.request("POST", "context", [a_file("a.py", "one = 1\ntwo = 2\n")])
    gate = Gate()
    stage.models.queue("planner", plan_of("One", "Two", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "one = 11\ntwo = 2\n"), done("One"))
    stage.models.queue(
        "coder", gate, block("a.py", "one = 11\ntwo = 22\n"), creating("b.py", "b\n"), done("Two")
    )
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    viewer = await stage.tell(projectPaths={"a.py": True})
    await gate.wait_reached()
    clock.offset = timedelta(hours=hours)
    gate.open()
    assert (await viewer.end()).terminal == {"type": "finished"}
    assert await stage.status() == ("finished", "")
    assert await stage.files() == {"a.py": "one = 11\ntwo = 22\n", "b.py": "b\n"}
    stages = [m.flags.current_stage.tell_stage for m in (await stage.turn()).messages[1:]]
    assert stages == ["planning", "implementation", "implementation"]
    run = await stage.run()
    assert await in_thread(lambda: run.builds.filter(committed=True).count()) == 3
