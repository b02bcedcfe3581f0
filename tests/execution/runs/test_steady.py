"""Runs outlive a database that is away for a moment, whatever it was about to do for them."""

import asyncio
import importlib
import itertools
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.db.backends.utils import CursorWrapper
from django.db.models import Sum

from execution.models import Build, ModelCall, UsageDay
from execution.services.database_away import STEADY_TRIES
from execution.services.run import DATABASE_AWAY
from execution.services.turns import turn_read
from plandex_server.observe import logs
from plandex_server.threads import in_thread
from tests.context.samples import a_file
from tests.execution.runs.replies import block, creating, done, plan_of, section
from tests.execution.runs.stage import Stage, on_stage

STEPS = [
    "after_reply.reply_store",
    "builds.build_put",
    "ending.builds_commit",
    "questions.action_open",
    "questions.action_result",
    "replies.prompt_store",
    "replies.turn_read",
    "runs.run_iteration_set",
    "runs.run_status_set",
    "session.call_begin",
]
COMMITS = [
    "🏗️  Build pending changes",
    "Message #4 | 🤖 Plandex reply | 👨‍💻 Wrote Code | 🏁",
    "Loaded 1 file into context | added →",
    "Message #3 | 🤖 Plandex reply | 👨‍💻 Wrote Code |",
    "Message #2 | 🤖 Plandex reply | 📋 Made Plan",
    "Message #1 | 💬 User prompt",
]


async def _told(stage: Stage) -> None:
    """A run with everything in it: builds, a removal, a question; and what is left of it."""
    await stage.request("POST", "context", [a_file("a.py", "a = 1\n")])
    before = len(await stage.log())
    stage.models.queue("planner", plan_of("One", "Two", uses="a.py"))
    stage.models.queue("coder", creating("b.py", "b\n"), creating("c.py", "c\n"), done("One"))
    stage.models.queue("coder", section("Remove Files", "`c.py`"), block("d.py", "lost\n"))
    stage.models.queue("coder", "d = 1\n</PlandexBlock>\n\n", done("Two"))
    viewer = await stage.tell(projectPaths={"a.py": True, "d.py": True})
    await viewer.until("promptMissingFile")
    await stage.answer("load", "d.py", "d = 0\n")
    assert (await viewer.end()).terminal == {"type": "finished"}
    assert await stage.status() == ("finished", "")
    await stage.settled()
    log = await stage.log()
    for one, told in zip(log, COMMITS, strict=False):
        assert one.startswith(told)
    assert len(log) == before + len(COMMITS)
    assert (await stage.files())["b.py"] == "b\n"
    turn = await stage.turn()
    assert not any(one.unbuilt for one in turn.state.descriptions)
    await in_thread(_check_rows)


def _check_rows() -> None:
    assert not Build.objects.exclude(committed=True).exists()
    assert not ModelCall.objects.filter(result="running").exists()
    counted = UsageDay.objects.aggregate(Sum("calls"))["calls__sum"]
    assert counted == ModelCall.objects.count()


@on_stage
async def test_it_works(stage: Stage) -> None:
    await _told(stage)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@on_stage
async def test_no_step_is_heard_of_the_first_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Each is done, and again as if it had not been."""
    unheard = set(STEPS)

    def deaf(name: str, work: Any) -> Any:
        def step(*args: Any, **kwargs: Any) -> Any:
            result = work(*args, **kwargs)
            if name in unheard:
                unheard.remove(name)
                raise error("the connection is gone")
            return result

        return step

    for name in STEPS:
        module, function = name.split(".")
        found = importlib.import_module(f"execution.services.{module}")
        monkeypatch.setattr(found, function, deaf(name, getattr(found, function)))
    await _told(stage)
    assert not unheard


@pytest.mark.parametrize("nth", [17, 19])
@on_stage
async def test_some_statements_fail(
    stage: Stage, by_cursors: None, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """Every so many of those of runs; they carry the run's name, as log lines do."""
    counter, execute = itertools.count(1), CursorWrapper.execute

    def flaky(self: Any, sql: Any, params: Any = None) -> Any:
        if logs.run_id.get() and next(counter) % nth == 0:
            raise OperationalError("the connection is gone")
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", flaky)
    await _told(stage)
    assert next(counter) > 5 * nth


@pytest.mark.parametrize(("calls", "told"), [(STEADY_TRIES - 1, ""), (STEADY_TRIES, DATABASE_AWAY)])
@on_stage
async def test_patience_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, calls: int, told: str
) -> None:
    left = itertools.count(calls, -1)

    def away(*args: Any) -> Any:
        if next(left) > 0:
            raise OperationalError("away")
        return turn_read(*args)

    monkeypatch.setattr("execution.services.replies.turn_read", away)
    if not told:
        stage.models.queue("planner", "Whole.")
    await stage.told(isChatOnly=True)
    assert await stage.status() == ("error" if told else "finished", told)


@on_stage
async def test_a_stop_is_heard_meanwhile(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.services.database_away.FIRST_WAIT_S", 600.0)
    monkeypatch.setattr("execution.services.database_away.LONGEST_WAIT_S", 600.0)
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def away(*args: Any) -> Any:
        loop.call_soon_threadsafe(gate.set)
        raise OperationalError("away")

    monkeypatch.setattr("execution.services.replies.turn_read", away)
    viewer = await stage.tell(isChatOnly=True)
    await gate.wait()
    await stage.stop()
    assert (await viewer.end()).terminal == {"type": "aborted"}
