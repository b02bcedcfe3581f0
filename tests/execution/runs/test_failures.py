"""Providers that fail: other tries, other models, and how a run ends when none helps."""

from typing import Any

import msgspec
import pytest
from django.db import OperationalError

from execution.clients.base import Delta
from execution.clients.fake import SILENCE, Gate
from execution.logic.model_errors import connection_error, http_error
from execution.services import patience
from execution.services.run import DATABASE_AWAY
from execution.services.runs import run_end
from models_config.logic.catalog import RoleId
from models_config.logic.packs import RoleConfig
from models_config.logic.settings import resolve_pack
from plandex_server.errors import NotFound
from plandex_server.threads import in_thread
from plans.models import Branch
from tests.execution.runs.replies import block, creating, done, plan_of
from tests.execution.runs.stage import KEY, Stage, on_stage

DOWN = http_error(503, "overloaded", {})
BAD_REQUEST = http_error(400, "bad request", {})
TOO_LONG = http_error(413, "too large", {})
CUT_OFF = connection_error("example.com closed the connection")
NO_CACHE = http_error(400, "cache_control is not supported", {})


def _error(stream: Any) -> str:
    assert stream.terminal is not None and stream.terminal["type"] == "error", stream.terminal
    assert stream.terminal["error"]["type"] == "other"
    return str(stream.terminal["error"]["msg"])


@on_stage
async def test_a_provider_may_fail_twice(stage: Stage) -> None:
    stage.models.queue("planner", DOWN)
    stage.models.queue("planner", connection_error("connection reset by peer"))
    stage.models.queue("planner", "At last.")
    stream = await stage.told(isChatOnly=True)
    assert stream.reply == "At last."
    assert stream.terminal == {"type": "finished"}


@on_stage
async def test_tries_run_out(stage: Stage) -> None:
    for _ in range(4):
        stage.models.queue("planner", DOWN)
    stream = await stage.told()
    assert stream.types == ["start", "error"]
    name = "openrouter/anthropic/claude-sonnet-4"
    assert _error(stream) == (
        f"Stream error: The AI model ({name}) stopped streaming with error code 503: overloaded"
        " | Failed after 3 retries"
    )
    assert await stage.status() == ("error", _error(stream))
    assert len((await stage.turn()).messages) == 1


@on_stage
async def test_what_can_not_be_repeated_fails_at_once(stage: Stage) -> None:
    stage.models.queue("planner", BAD_REQUEST)
    stream = await stage.told()
    assert "error code 400: bad request" in _error(stream)
    assert "retries" not in _error(stream)


@on_stage
async def test_the_text_before_a_failure_is_kept(stage: Stage) -> None:
    stage.models.queue("planner", "I'll start by ", "reading", DOWN)
    stream = await stage.told()
    assert stream.reply == "I'll start by reading"
    message = (await stage.turn()).messages[-1]
    assert message.message == "I'll start by reading"
    assert message.flags.has_error and not message.stopped
    assert message.flags.current_stage.tell_stage == "planning"
    assert message.flags.current_stage.planning_phase == "tasks"
    description = (await stage.turn()).state.descriptions[-1]
    assert description.error == _error(stream)
    assert (await stage.log())[0].startswith("Message #2 | 🤖 Plandex reply | 🚨 Error | ")
    assert await stage.status() == ("error", _error(stream))
    assert (await stage.run()).end == "error"


@on_stage
async def test_files_before_a_failure_are_kept(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    gate = Gate()
    stage.models.queue("coder", creating("new.py", "n = 1\n"), "And ", gate, DOWN)
    viewer = await stage.tell()
    await viewer.until("buildInfo")
    gate.open()
    assert _error(await viewer.end()).startswith("Stream error: ")
    assert await stage.files() == {"new.py": "n = 1\n"}
    flags = (await stage.turn()).messages[-1].flags
    assert flags.has_error and flags.has_unfinished_subtasks
    assert flags.current_stage.tell_stage == "implementation"


@on_stage
async def test_files_before_a_failure_can_be_built_later(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), "And ", DOWN)
    await stage.told(buildMode="none")
    assert await stage.files() == {}
    await (await stage.build()).end()
    assert await stage.files() == {"new.py": "n = 1\n"}


@on_stage
async def test_the_end_of_the_connection_is_a_failure(stage: Stage) -> None:
    stage.models.queue("planner", "Half an ans", CUT_OFF)
    stream = await stage.told()
    assert "stopped responding" in _error(stream)
    assert (await stage.turn()).messages[-1].flags.has_error


@on_stage
async def test_a_connection_that_ends_before_any_text_is_tried_again(stage: Stage) -> None:
    stage.models.queue("planner", CUT_OFF)
    stage.models.queue("planner", "Here.")
    assert (await stage.told(isChatOnly=True)).reply == "Here."


@on_stage
async def test_connections_that_end_before_any_text_are_counted(stage: Stage) -> None:
    for _ in range(4):
        stage.models.queue("planner", CUT_OFF)
    stream = await stage.told(isChatOnly=True)
    assert _error(stream).endswith(" | Failed after 3 retries")


@on_stage
async def test_silences_are_counted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_TOKEN_S", 0.02)
    for _ in range(4):
        stage.models.queue("planner", SILENCE)
    stream = await stage.told(isChatOnly=True)
    assert _error(stream).endswith(" | Failed after 3 retries")


@on_stage
async def test_the_finish_reason_error_is_a_failure(stage: Stage) -> None:
    stage.models.queue("planner", "Half", Delta(finish="error"))
    assert "stopped streaming with an error status" in _error(await stage.told())


@on_stage
async def test_a_silent_model_is_asked_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_TOKEN_S", 0.02)
    stage.models.queue("planner", SILENCE)
    stage.models.queue("planner", "Here.")
    assert (await stage.told(isChatOnly=True)).reply == "Here."


@on_stage
async def test_a_model_that_falls_silent_ends_the_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "NEXT_CHUNK_S", 0.02)
    stage.models.queue("planner", "Half", SILENCE)
    stream = await stage.told()
    assert "stream timeout due to inactivity" in _error(stream)
    assert (await stage.turn()).messages[-1].message == "Half"


@on_stage
async def test_usage_that_never_comes_is_not_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "USAGE_S", 0.02)
    stage.models.queue("planner", "Whole.", Delta(finish="stop"), SILENCE)
    stream = await stage.told(isChatOnly=True)
    assert stream.reply == "Whole."
    assert stream.terminal == {"type": "finished"}


@on_stage
async def test_cache_marks_are_left_out_when_they_are_refused(stage: Stage) -> None:
    stage.models.queue("planner", NO_CACHE)
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    assert [request.cache for request in stage.models.asked("planner")] == [True, False]


@on_stage
async def test_another_model_takes_over(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _planner(monkeypatch, error_fallback=_role("google/gemini-2.5-pro"))
    stage.models.queue("planner", BAD_REQUEST)
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    assert _asked(stage) == ["anthropic/claude-sonnet-4", "google/gemini-2.5-pro"]


@on_stage
async def test_the_other_model_may_fail_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _planner(monkeypatch, error_fallback=_role("google/gemini-2.5-pro"))
    for answer in (BAD_REQUEST, DOWN, DOWN):
        stage.models.queue("planner", answer)
    stream = await stage.told(isChatOnly=True)
    assert "(openrouter/google/gemini-2.5-pro)" in _error(stream)
    assert _asked(stage) == ["anthropic/claude-sonnet-4", *["google/gemini-2.5-pro"] * 2]


@on_stage
async def test_another_model_without_a_key_does_not_hide_the_failure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _planner(monkeypatch, model="anthropic/claude-sonnet-4", error_fallback=_role("openai/gpt-4.1"))
    stage.models.queue("planner", BAD_REQUEST)
    stream = await stage.told(isChatOnly=True, authVars={"ANTHROPIC_API_KEY": "sk-ant-1"})
    assert "error code 400: bad request" in _error(stream)


@on_stage
async def test_a_request_that_is_too_long_goes_to_a_larger_window(stage: Stage) -> None:
    stage.models.queue("planner", TOO_LONG)
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    assert _asked(stage) == ["anthropic/claude-sonnet-4", "google/gemini-2.5-pro"]


@on_stage
async def test_another_provider_of_the_model_takes_over(stage: Stage) -> None:
    keys = {"ANTHROPIC_API_KEY": "sk-ant-1", "OPENROUTER_API_KEY": KEY}
    stage.models.queue("planner", BAD_REQUEST)
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True, authVars=keys)
    providers = [request.choice.provider for request in stage.models.asked("planner")]
    assert providers == ["anthropic", "openrouter"]


@on_stage
async def test_a_request_larger_than_the_window_goes_to_a_larger_model(stage: Stage) -> None:
    words = "word " * 250_000
    await stage.request(
        "POST",
        "context",
        [{"contextType": "file", "name": "big.txt", "file_path": "big.txt", "body": words}],
    )
    stage.models.queue("planner", "Large.")
    await stage.told(isChatOnly=True)
    assert _asked(stage) == ["google/gemini-2.5-pro"]


@on_stage
async def test_a_request_that_no_model_holds_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.services.turns.pack_limits", lambda pack, org: _Tiny)
    stream = await stage.told("word " * 100)
    assert "the prompt is too long for the model; shorten it" in _error(stream)
    assert not stage.models.asked("planner")


class _Tiny:
    planner_input = 50
    architect_input = 50
    coder_input = 50
    planner_max_convo_tokens = 50


@on_stage
async def test_small_calls_never_fail_a_run(stage: Stage) -> None:
    for role in ("commit-messages", "auto-continue"):
        stage.models.queue(role, BAD_REQUEST)
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), "Is that all?")
    stage.models.queue("coder", done("Write it"))
    stream = await stage.told()
    assert stream.terminal == {"type": "finished"}
    descriptions = (await stage.turn()).state.descriptions
    assert "Update files" in [one.commit_msg for one in descriptions]


@on_stage
async def test_a_run_has_a_time_limit(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.services.run.RUN_LIMIT_S", 1.0)
    stage.models.queue("planner", "Half", SILENCE)
    stream = await stage.told()
    assert _error(stream) == "The run exceeded the time limit of 2 hours"
    assert (await stage.turn()).messages[-1].message == "Half"
    assert (await stage.status())[0] == "error"


@on_stage
async def test_a_fault_of_the_server_shows_nothing_of_its_inside(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("execution.services.after_reply.reply_store", broken)
    stage.models.queue("planner", "Text.")
    stream = await stage.told()
    assert _error(stream) == "The server failed during this run; its log says why"
    assert (await stage.turn()).messages[-1].message == "Text."
    assert "RuntimeError" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (OperationalError("locked"), DATABASE_AWAY),
        (NotFound("The branch is gone"), "The branch is gone"),
    ],
)
@on_stage
async def test_what_keeps_a_plan_from_being_read_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, problem: Exception, told: str
) -> None:
    def broken(*args: object) -> None:
        raise problem

    monkeypatch.setattr("execution.services.replies.turn_read", broken)
    stream = await stage.told()
    assert stream.types == ["start", "error"]
    assert _error(stream) == told
    assert await stage.status() == ("error", told)
    assert not stage.models.requests


@pytest.mark.parametrize("model", ["google/gemini-2.5-pro", "deepseek/r1"])
@on_stage
async def test_reasoning_is_at_most_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """One model whose reasoning users see, one whose reasoning they don't."""
    _planner(monkeypatch, model=model)
    thought = Delta(reasoning="First `a.py`… " + block("evil.py", "x\n"))
    stage.models.queue("planner", thought, Delta(text="The answer.", reasoning="Sure. "))
    stream = await stage.told(projectPaths={"evil.py": True})
    turn = await stage.turn()
    assert turn.messages[-1].message == "The answer."
    assert turn.state.descriptions[-1].operations == []
    assert stream.reply.endswith("The answer.")
    assert ("First" in stream.reply) == stage.models.asked("planner")[0].choice.shows_reasoning


@on_stage
async def test_a_stop_between_two_tries_is_heard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.logic.fallbacks._delay", lambda error, jitter: 60.0)
    gate = Gate()
    stage.models.queue("planner", gate, DOWN)
    viewer = await stage.tell()
    await gate.wait_reached()
    gate.open()
    await stage.stop()
    assert (await viewer.end()).types == ["start", "aborted"]


@on_stage
async def test_the_end_of_a_run_is_written_when_the_database_is_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter(range(3))

    def flaky(*args: Any, **kwargs: Any) -> bool:
        if next(failures, None) is not None:
            raise OperationalError("database is locked")
        return run_end(*args, **kwargs)

    monkeypatch.setattr("execution.services.ending.run_end", flaky)
    stage.models.queue("planner", "Text.")
    assert (await stage.told()).terminal == {"type": "finished"}
    assert await stage.status() == ("finished", "")


def _role(model: str) -> RoleConfig:
    return RoleConfig(role=RoleId.PLANNER, model_id=model, temperature=0.3, top_p=0.3)


def _planner(monkeypatch: pytest.MonkeyPatch, *, model: str = "", **fallbacks: Any) -> None:
    """Changes the planner of the pack in force."""

    def changed(*args: Any) -> Any:
        pack = resolve_pack(*args)
        changes = fallbacks | ({"model_id": model} if model else {})
        planner = msgspec.structs.replace(pack.planner, **changes)
        return msgspec.structs.replace(pack, planner=planner)

    monkeypatch.setattr("execution.services.turns.resolve_pack", changed)


def _asked(stage: Stage) -> list[str]:
    return [request.choice.model_id for request in stage.models.asked("planner")]


@on_stage
async def test_a_branch_that_failed_takes_the_next_prompt(stage: Stage) -> None:
    stage.models.queue("planner", BAD_REQUEST)
    await stage.told()
    stage.models.queue("planner", "Now it works.")
    await stage.told("Again")
    assert await stage.status() == ("finished", "")
    assert await in_thread(lambda: Branch.objects.get(pk=stage.branch_id).error) == ""
