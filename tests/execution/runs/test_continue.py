"""`plandex continue`: which stage it goes on with."""

import pytest

from execution.clients.base import ModelRequest
from execution.clients.fake import SILENCE
from execution.logic.model_errors import http_error
from tests.context.samples import a_map
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage

BAD_REQUEST = http_error(400, "bad request", {})


def _sent(request: ModelRequest) -> list[str]:
    return [message.text for message in request.messages]


async def _continued(stage: Stage, **fields: object) -> None:
    stream = await stage.told("", isUserContinue=True, **fields)
    assert stream.terminal == {"type": "finished"}


@on_stage
async def test_without_messages_there_is_nothing_to_continue(stage: Stage) -> None:
    stream = await stage.told("", isUserContinue=True)
    assert stream.types == ["start", "error"]
    assert stream.terminal == {
        "type": "error",
        "error": {
            "type": "continue_no_messages",
            "status": 400,
            "msg": "No messages yet. Can't continue plan.",
        },
    }
    assert (await stage.turn()).messages == []


@on_stage
async def test_it_goes_on_with_the_next_task(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One", "Two"))
    await stage.told(autoContinue=False)
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    stage.models.queue("coder", creating("two.py", "2\n"), done("Two"))
    await _continued(stage)
    assert set(await stage.files()) == {"one.py", "two.py"}
    turn = await stage.turn()
    assert [message.role for message in turn.messages] == ["user", *["assistant"] * 3]
    sent = _sent(stage.models.asked("coder")[0])
    assert "The current stage is: IMPLEMENTATION" in sent[-1]


@on_stage
async def test_a_stopped_reply_is_planned_again(stage: Stage) -> None:
    await stage.request("POST", "context", [a_map(parts={"a.py": "x\n"})])
    stage.models.queue("architect", "I will need", SILENCE)
    viewer = await stage.tell("Make it blue", autoContext=True)
    await viewer.until_text("need")
    await stage.stop()
    await viewer.end()
    stage.models.queue("architect", "Nothing is needed.")
    stage.models.queue("planner", "It is blue.")
    await _continued(stage, autoContext=True)
    sent = _sent(stage.models.asked("architect")[1])
    assert "Make it blue" in sent[-1]
    assert sum("Make it blue" in text for text in sent) == 1
    assert "I will need" in sent


@on_stage
async def test_a_failed_reply_is_implemented_again(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One", "Two"))
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    stage.models.queue("coder", "Half", BAD_REQUEST)
    await stage.told()
    stage.models.queue("coder", creating("two.py", "2\n"), done("Two"))
    await _continued(stage)
    assert set(await stage.files()) == {"one.py", "two.py"}
    assert len(stage.models.asked("planner")) == 1


@on_stage
async def test_after_a_context_phase_comes_the_plan(stage: Stage) -> None:
    await stage.request("POST", "context", [a_map(parts={"a.py": "x\n"})])
    stage.models.queue("architect", "Nothing is needed.")
    stage.models.queue("planner", BAD_REQUEST)
    await stage.told(autoContext=True)
    stage.models.queue("planner", "Fine as it is.")
    await _continued(stage, autoContext=True)
    assert len(stage.models.asked("architect")) == 1


@on_stage
async def test_after_a_reply_without_a_plan_it_plans(stage: Stage) -> None:
    stage.models.queue("planner", "What do you mean?")
    await stage.told()
    stage.models.queue("planner", plan_of("One"))
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    await _continued(stage)
    assert set(await stage.files()) == {"one.py"}


@on_stage
async def test_without_a_task_there_is_nothing_to_implement(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One"))
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    await stage.told()
    stream = await stage.told("", isUserContinue=True)
    assert stream.terminal is not None
    assert stream.terminal["error"]["msg"] == (
        "There's no current task to implement. Try a prompt instead of the 'continue' command."
    )


@on_stage
async def test_a_chat_never_implements(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One"))
    await stage.told(autoContinue=False)
    stage.models.queue("planner", "We were talking about One.")
    await _continued(stage, isChatOnly=True)
    assert not stage.models.asked("coder")


@pytest.mark.parametrize("flag", ["isUserDebug", "isApplyDebug"])
@on_stage
async def test_a_debug_prompt_makes_a_debug_plan(stage: Stage, flag: str) -> None:
    stage.models.queue("planner", plan_of("Repair"))
    await stage.told("It failed: …", autoContinue=False, **{flag: True})
    prompt, plan = (await stage.turn()).messages
    assert plan.flags.did_make_debugging_plan
    assert prompt.flags.is_user_debug == (flag == "isUserDebug")
    assert prompt.flags.is_apply_debug == (flag == "isApplyDebug")
    assert "🐞 Made Debug Plan" in (await stage.log())[0]


@pytest.mark.parametrize("exec_enabled", [True, False])
@on_stage
async def test_the_cli_reports_a_failed_script_without_the_flag(
    stage: Stage, exec_enabled: bool
) -> None:
    stage.models.queue("planner", plan_of("Repair"))
    report = "Execution failed with exit status 2. Output:\n\nno such target\n\n--\n\n"
    await stage.told(report, autoContinue=False, execEnabled=exec_enabled)
    prompt, plan = (await stage.turn()).messages
    assert prompt.flags.is_apply_debug == exec_enabled
    assert plan.flags.did_make_debugging_plan == exec_enabled


@on_stage
async def test_tasks_are_removed(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One", "Two"))
    await stage.told(autoContinue=False)
    stage.models.queue("planner", "### Remove Tasks\n- Two\n\n" + plan_of("Three"))
    await stage.told("Not two", autoContinue=False)
    turn = await stage.turn()
    assert [task.title for task in turn.subtasks] == ["One", "Three"]
    message = turn.messages[-1]
    assert message.removed_subtasks == ["Two"]
    assert message.flags.did_remove_tasks
    assert "🔄 Revised Plan" in (await stage.log())[0]


@on_stage
async def test_a_question_with_open_tasks_goes_on_with_them(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One"))
    await stage.told(autoContinue=False)
    stage.models.queue("planner", "Yes, that is right.")
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    stream = await stage.told("Is that right?")
    assert stream.terminal == {"type": "finished"}
    assert len(stage.models.asked("planner")) == 2
