"""Small model calls beside the replies that never answer: no finished reply waits for them."""

import pytest
from django.conf import settings

from execution.clients.fake import SILENCE
from execution.services import auxiliary, summaries
from models_config.logic.credentials import Credentials, choose_provider
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("DESCRIBE_S", "IS_FINISHED_S", "NAME_S"):
        monkeypatch.setattr(auxiliary, limit, 0.02)
    monkeypatch.setattr(summaries, "SUMMARY_S", 0.02)


@on_stage
async def test_a_reply_is_stored_without_its_description(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    stage.models.queue("commit-messages", SILENCE)
    stream = await stage.told()
    assert stream.types.count("finished") == 1
    assert await stage.status() == ("finished", "")
    assert await stage.files() == {"new.py": "n = 1\n"}
    description = (await stage.turn()).state.descriptions[-1]
    assert description.commit_msg == auxiliary.COMMIT_MSG_WITHOUT_MODEL


@on_stage
async def test_a_task_goes_on_while_nobody_says_that_it_is_finished(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), "Is that all?")
    stage.models.queue("auto-continue", SILENCE)
    stage.models.queue("coder", done("Write it"))
    stream = await stage.told()
    assert stream.terminal == {"type": "finished"}
    assert [task.is_finished for task in (await stage.turn()).subtasks] == [True]


@on_stage
async def test_the_limit_holds_for_all_tries_together(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    stage.models.queue("commit-messages", "<commitMsg>Slo", SILENCE)
    assert (await stage.told()).terminal == {"type": "finished"}
    assert len(stage.models.asked("commit-messages")) == 1


@on_stage
async def test_a_summary_that_never_comes_ends_too(stage: Stage) -> None:
    stage.models.queue("planner", "Yes.")
    stage.models.queue("summarizer", SILENCE)
    assert (await stage.told(isChatOnly=True)).terminal == {"type": "finished"}
    await stage.settled()
    assert stage.models.cancelled == ["summarizer"]


@on_stage
async def test_a_model_on_ones_own_machine_gets_more_time(stage: Stage) -> None:
    from execution.services.patience import LOCAL_PATIENCE, whole_limit

    models = (await stage.turn()).models
    local = choose_provider(
        "qwen/qwen3-8b-local", models.org, Credentials({}, settings.OLLAMA_BASE_URL)
    )
    hosted = choose_provider(
        "openai/gpt-4.1", models.org, Credentials({"OPENAI_API_KEY": "sk-0123"})
    )
    assert (whole_limit(10.0, hosted), whole_limit(10.0, local)) == (10.0, 10.0 * LOCAL_PATIENCE)
