"""What models used, and summaries of conversations."""

from typing import Any

import pytest

from execution.clients.fake import SILENCE, USAGE
from execution.logic.model_errors import http_error
from execution.models import ModelCall
from plandex_server.threads import in_thread
from plans.models import ConvoSummary
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage


async def _calls(stage: Stage) -> list[ModelCall]:
    await stage.settled()
    return await in_thread(lambda: list(ModelCall.objects.order_by("started_at")))


@on_stage
async def test_every_call_is_recorded(stage: Stage) -> None:
    stage.models.queue("planner", "I will.\n\n### Tasks\n\n1. One\nUses: `one.py`\n")
    stage.models.queue("coder", creating("one.py", "1\n"), "**One** has been completed.\n")
    await stage.told(sessionId="session-1")
    calls = await _calls(stage)
    run = await stage.run()
    assert [(call.role, call.purpose) for call in calls] == [
        ("planner", "Response"),
        ("coder", "Response"),
        ("commit-messages", "Response summary"),
        ("summarizer", "Conversation summary"),
    ]
    for call in calls:
        assert (call.input_tokens, call.output_tokens) == (USAGE.input, USAGE.output)
        assert (call.cached_tokens, call.reasoning_tokens) == (USAGE.cached, USAGE.reasoning)
        assert call.reported and call.result == "finished"
        assert (call.run_id, call.plan_id) == (run.id, stage.plan.id)
        assert (call.user_id, call.session_id) == (stage.world.owner.user_id, "session-1")
        assert call.pack == "daily-driver"
        assert call.provider == "openrouter"
        assert call.first_token_ms is not None


@on_stage
async def test_a_stopped_call_is_estimated(stage: Stage) -> None:
    stage.models.queue("planner", "Eight characters and more", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("more")
    await stage.stop()
    await viewer.end()
    (call,) = await _calls(stage)
    assert (call.result, call.reported) == ("cancelled", False)
    assert call.input_tokens > 100
    assert call.output_tokens == len("Eight characters and more") // 4


@on_stage
async def test_failed_tries_are_recorded_too(stage: Stage) -> None:
    stage.models.queue("planner", http_error(503, "overloaded", {}))
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    calls = [call for call in await _calls(stage) if call.role == "planner"]
    assert [call.result for call in calls] == ["error: other", "finished"]


@on_stage
async def test_a_plan_counts_its_replies(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One"))
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    await stage.told()

    def total() -> int:
        stage.plan.refresh_from_db()
        return stage.plan.total_replies

    assert await in_thread(total) == 2


# -- summaries ------------------------------------------------------------------------------


async def _summaries() -> list[ConvoSummary]:
    return await in_thread(lambda: list(ConvoSummary.objects.order_by("created_at")))


@on_stage
async def test_a_run_leaves_a_summary(stage: Stage) -> None:
    stage.models.queue("planner", "Yes.")
    await stage.told(isChatOnly=True)
    await stage.settled()
    (summary,) = await _summaries()
    assert summary.summary == "## Summary of the plan so far:\n\nAll went well."
    assert summary.num_messages == 2
    assert summary.latest_message_id == (await stage.turn()).messages[-1].id
    reply = await stage.request("GET", "status")
    assert reply.text == summary.summary


@on_stage
async def test_a_summary_that_fails_harms_nothing(stage: Stage) -> None:
    stage.models.queue("summarizer", http_error(400, "no", {}))
    stage.models.queue("planner", "Yes.")
    stream = await stage.told(isChatOnly=True)
    await stage.settled()
    assert stream.terminal == {"type": "finished"}
    assert await _summaries() == []
    assert (await stage.request("GET", "status")).text == ""


@on_stage
async def test_a_long_conversation_is_sent_as_its_summary(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    _limit_convo(monkeypatch, 60)
    stage.models.queue("planner", "long " * 80)
    await stage.told("Say something long", isChatOnly=True)
    await stage.settled()
    stage.models.queue("planner", "Short.")
    await stage.told("And now?", isChatOnly=True)
    sent = [message.text for message in stage.models.asked("planner")[1].messages]
    assert "## Summary of the plan so far:\n\nAll went well." in sent
    assert not any("long long" in text for text in sent)
    description = (await stage.turn()).state.descriptions[-1]
    assert description.summarized_to_message_id == (await stage.turn()).messages[1].id


@on_stage
async def test_a_summary_takes_up_the_one_before(stage: Stage) -> None:
    for text in ("First answer.", "Second answer."):
        stage.models.queue("planner", text)
        await stage.told(isChatOnly=True)
        await stage.settled()
    first, second = stage.models.asked("summarizer")
    texts = [message.text for message in second.messages]
    assert any("All went well." in text for text in texts)
    assert not any("First answer." in text for text in texts)
    assert any("Second answer." in text for text in texts)
    assert any("First answer." in message.text for message in first.messages)


def _limit_convo(monkeypatch: pytest.MonkeyPatch, tokens: int) -> None:
    """Models that read little of a conversation."""
    import dataclasses

    from models_config.logic.limits import pack_limits

    def limited(*args: Any) -> Any:
        return dataclasses.replace(pack_limits(*args), planner_max_convo_tokens=tokens)

    monkeypatch.setattr("execution.services.turns.pack_limits", limited)
