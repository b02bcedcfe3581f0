"""A database that goes away in the middle of a run, and comes back."""

import threading
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from execution.logic.model_errors import http_error
from execution.run_sums import run_sums
from execution.runtime import Runtime
from execution.services import ending, run, runs
from execution.services.database_away import TRIES
from execution.services.run import DATABASE_GONE
from execution.services.runs import run_end
from execution.services.session_open import session_open
from execution.services.storing import reply_store
from plandex_server.threads import in_thread
from tests.execution.runs.stage import Stage, on_stage

BAD_REQUEST = http_error(400, "bad request", {})


class Away:
    """Stands in for a function that needs the database, for its first calls."""

    def __init__(self, work: Any, calls: int, error: type[Exception] = OperationalError) -> None:
        self.work, self.calls, self.error = work, calls, error

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls -= 1
        if self.calls >= 0:
            raise self.error("away")
        return self.work(*args, **kwargs)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "LONG_WAIT_S", 0.001)


@on_stage
async def test_an_end_is_stored_when_it_is_back(
    stage: Stage, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "run_end", Away(run_end, 2 * TRIES))
    stage.models.queue("planner", "Whole.")
    stream = await stage.told(isChatOnly=True)
    assert stream.terminal == {"type": "finished"}
    assert (await stage.wait_ended()).end == "finished"
    assert await stage.status() == ("finished", "")


@on_stage
async def test_an_end_whose_sums_fail_is_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "run_sums", Away(run_sums, 1))
    stage.models.queue("planner", "Whole.")
    stream = await stage.told(isChatOnly=True)
    assert stream.terminal == {"type": "finished"}
    assert (await stage.wait_ended()).end == "finished"


@on_stage
async def test_a_partial_reply_is_stored_when_it_is_back(
    stage: Stage, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "reply_store", Away(reply_store, 2 * TRIES + 1))
    stage.models.queue("planner", "Half an ans", BAD_REQUEST)
    stream = await stage.told(isChatOnly=True)
    assert stream.terminal is not None and stream.terminal["type"] == "error"
    assert (await stage.wait_ended()).end == "error"
    messages = (await stage.turn()).messages
    assert [message.message for message in messages] == ["Do it.", "Half an ans"]


@on_stage
async def test_what_can_never_be_stored_does_not_keep_a_run_from_its_end(
    stage: Stage, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "reply_store", Away(reply_store, 1000, ValueError))
    stage.models.queue("planner", "Half an ans", BAD_REQUEST)
    await stage.told(isChatOnly=True)
    assert (await stage.wait_ended()).end == "error"


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@on_stage
async def test_a_run_begins_when_it_is_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(run, "session_open", Away(session_open, TRIES - 1, error))
    stage.models.queue("planner", "Whole.")
    stream = await stage.told(isChatOnly=True)
    assert (stream.reply, stream.terminal) == ("Whole.", {"type": "finished"})


@on_stage
async def test_a_run_that_can_not_begin_ends(
    stage: Stage, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "session_open", Away(session_open, TRIES))
    stream = await stage.told(isChatOnly=True)
    assert stream.types == ["start", "error"]
    assert stream.messages[-1]["error"]["msg"] == DATABASE_GONE
    assert await stage.status() == ("error", DATABASE_GONE)
    ended = await stage.wait_ended()
    assert (ended.end, ended.error, ended.sealed_credentials) == ("error", DATABASE_GONE, None)
    stage.models.queue("planner", "Yes.")
    assert (await stage.told(isChatOnly=True)).reply == "Yes."


@on_stage
async def test_a_run_that_can_not_begin_ends_when_the_database_is_back(
    stage: Stage, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "session_open", Away(session_open, TRIES))
    monkeypatch.setattr(ending, "run_end", Away(run_end, 2 * TRIES))
    stream = await stage.told(isChatOnly=True)
    assert stream.terminal is not None and stream.terminal["type"] == "error"
    assert (await stage.wait_ended()).end == "error"
    assert await stage.status() == ("error", DATABASE_GONE)


@on_stage
async def test_a_run_that_can_not_be_read_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the key is gone that its credentials were sealed with: nobody tries again."""
    monkeypatch.setattr(run, "session_open", Away(session_open, 1, ValueError))
    stream = await stage.told(isChatOnly=True)
    assert stream.terminal is not None
    assert "its log says why" in stream.terminal["error"]["msg"]
    assert (await stage.wait_ended()).sealed_credentials is None


@on_stage
async def test_a_run_that_can_not_begin_is_stopped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, goes_on = threading.Event(), threading.Event()

    def away(runtime: Runtime, run_id: str) -> None:
        tried.set()
        goes_on.wait()
        raise OperationalError("away")

    monkeypatch.setattr(run, "session_open", away)
    viewer = await stage.tell(isChatOnly=True)
    await in_thread(tried.wait)
    stage.runtime.stop((await stage.run()).pk)
    goes_on.set()
    assert (await viewer.end()).terminal == {"type": "aborted"}
    assert await stage.status() == ("stopped", "")
