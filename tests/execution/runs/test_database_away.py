"""A database that goes away in the middle of a run, and comes back."""

from typing import Any

import pytest
from django.db import OperationalError

from execution.logic.model_errors import http_error
from execution.run_sums import run_sums
from execution.services import ending, runs
from execution.services.runs import run_end
from execution.services.storing import reply_store
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
    monkeypatch.setattr(ending, "run_end", Away(run_end, 2 * ending.TRIES))
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
    monkeypatch.setattr(ending, "reply_store", Away(reply_store, 2 * ending.TRIES + 1))
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
