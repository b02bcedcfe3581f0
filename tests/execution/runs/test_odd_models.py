"""Models that send what no database takes, and databases that refuse what a run has."""

import json
from typing import Any

import pytest
from django.db import DataError

from execution.clients.base import Delta, Usage
from execution.clients.fake import fields_answer
from execution.logic.failure_texts import CUT
from execution.logic.model_errors import http_error
from execution.models import ModelCall
from execution.services import ending, metering
from execution.services.runs import run_end
from plandex_server.threads import in_thread
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage

REFUSED = "a row with the words of a user"


@on_stage
async def test_a_nul_in_an_answer_is_left_out(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = '\0'\n"), done("Write\0 it"))
    stream = await stage.told()
    assert stream.terminal == {"type": "finished"}
    assert await stage.files() == {"new.py": "n = ''\n"}
    assert "\0" not in "".join(message.message for message in (await stage.turn()).messages)


@on_stage
async def test_a_nul_in_a_failure_is_left_out(stage: Stage) -> None:
    stage.models.queue("planner", http_error(400, "bad\0 request", {}))
    await stage.told()
    status, error = await stage.status()
    assert status == "error"
    assert error.endswith("error code 400: bad request")


@pytest.mark.parametrize("odd", ['"\\ud83d half"', '"\\u0000 none"'])
@on_stage
async def test_a_commit_message_with_odd_characters(stage: Stage, odd: str) -> None:
    def answered(request: Any) -> str:
        assert request.tool is not None
        return f'{{"commitMsg": {odd}}}'

    stage.models.defaults["commit-messages"] = answered
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    stream = await stage.told()
    assert stream.terminal == {"type": "finished"}
    (told,) = [one.commit_msg for one in (await stage.turn()).state.descriptions if one.commit_msg]
    assert "\0" not in told
    assert json.loads(json.dumps(told).encode()) == told.encode().decode()


@pytest.mark.parametrize("count", [-5, 2**40])
@on_stage
async def test_a_count_that_no_call_uses(stage: Stage, count: int) -> None:
    usage = Usage(input=count, output=count, cached=count, reasoning=count, cache_write=count)
    stage.models.queue("planner", "Here.", Delta(finish="stop"), Delta(usage=usage))
    stream = await stage.told(isChatOnly=True)
    assert (stream.reply, stream.terminal) == ("Here.", {"type": "finished"})
    await stage.settled()
    call = await in_thread(lambda: ModelCall.objects.get(role="planner"))
    assert call.reported
    assert call.input_tokens == call.output_tokens == min(max(count, 0), metering.MAX_TOKENS)


@on_stage
async def test_a_run_ends_though_its_last_events_are_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "LONG_WAIT_S", 0.001)

    def refusing(*args: Any, last: Any = None, **kwargs: Any) -> bool:
        if last is not None:
            raise DataError(REFUSED)
        return run_end(*args, **kwargs)

    monkeypatch.setattr(ending, "run_end", refusing)
    stage.models.queue("planner", "Here.")
    stream = await stage.told(isChatOnly=True)
    assert stream.terminal == {"type": "finished"}
    assert (await stage.wait_ended()).end == "finished"
    assert await stage.status() == ("finished", "")


@on_stage
async def test_the_log_tells_nothing_of_a_row_that_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refusing(*args: Any, **kwargs: Any) -> None:
        raise DataError(REFUSED)

    monkeypatch.setattr("execution.services.after_reply.reply_store", refusing)
    stage.models.queue("planner", "Text.")
    await stage.told()
    assert "DataError" in caplog.text
    assert REFUSED not in caplog.text


@on_stage
async def test_a_model_without_a_word_is_asked_again(stage: Stage) -> None:
    stage.models.queue("planner", Delta(finish="stop"))
    stage.models.queue("planner", "Here I am.")
    stream = await stage.told()
    assert (stream.reply, stream.terminal) == ("Here I am.", {"type": "finished"})
    assert [message.message for message in (await stage.turn()).messages][1:] == ["Here I am."]


@on_stage
async def test_a_model_without_a_word_twice_is_a_failure(stage: Stage) -> None:
    for _ in range(2):
        stage.models.queue("planner", Delta(reasoning="Hm."), Delta(finish="stop"))
    stream = await stage.told()
    assert stream.terminal is not None and stream.terminal["type"] == "error"
    status, error = await stage.status()
    assert status == "error"
    assert "didn't respond: it answered without a word | Failed after 1 retries" in error
    assert len((await stage.turn()).messages) == 1


@pytest.mark.parametrize("reason", CUT)
@on_stage
async def test_a_reply_that_was_cut_says_so(stage: Stage, reason: str) -> None:
    """To its viewers; the conversation has the model's words only."""
    stage.models.queue("planner", "Half an ans", Delta(finish=reason))
    stream = await stage.told(isChatOnly=True)
    assert stream.reply == f"Half an ans\n\n⚠️  {CUT[reason]}\n\n"
    assert stream.terminal == {"type": "finished"}
    assert (await stage.turn()).messages[-1].message == "Half an ans"


@on_stage
async def test_a_file_that_was_cut_is_not_written(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    half = creating("new.py", "a = 1\nb = 2\n").partition("2")[0]
    stage.models.queue("coder", half, Delta(finish="length"))
    stage.models.defaults["auto-continue"] = fields_answer(reasoning="No.", subtaskFinished=False)
    stage.models.queue("coder", creating("new.py", "a = 1\nb = 2\n"), done("Write it"))
    stream = await stage.told()
    assert CUT["length"] in stream.reply
    assert await stage.files() == {"new.py": "a = 1\nb = 2\n"}
