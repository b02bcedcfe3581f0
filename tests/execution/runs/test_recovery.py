"""Runs whose process died: what the database holds of them is kept, and they end."""

import asyncio

import pytest

from execution.clients.fake import SILENCE, Gate
from execution.models import Build, PendingAction
from execution.services.recovery import DIED, runs_recover
from plandex_server.threads import in_thread
from tests.context.samples import a_file
from tests.execution.runs.replies import block, creating, done, plan_of, unplaceable
from tests.execution.runs.stage import (
    Stage,
    edit_given_up,
    models_helpless,
    on_stage,
    runtime_make,
)


async def _die(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of the run ends after its last flush, without another word; a new one starts."""

    async def nothing(session: object) -> None:
        pass

    run = await stage.run()
    await stage.runtime.log.flush()
    with monkeypatch.context() as patched:
        patched.setattr("execution.services.run._end_cancelled", nothing)
        stage.runtime.stop(run.id)
        await stage.runtime.ended(run.id, 5)
        await asyncio.sleep(0)
    runtime = runtime_make(stage.models)
    monkeypatch.setattr("execution.launch.runtime", lambda: runtime)
    stage.runtime = runtime


async def _die_in_a_reply(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The viewers have seen half a sentence."""
    stage.models.queue("planner", "Half a ", "sentence", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("sentence")
    await _die(stage, monkeypatch)


@on_stage
async def test_the_reply_so_far_is_kept_as_stopped(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _die_in_a_reply(stage, monkeypatch)
    assert (await stage.run()).finished_at is None
    assert await in_thread(runs_recover) == 1
    message = (await stage.turn()).messages[-1]
    assert (message.message, message.stopped) == ("Half a sentence", True)
    assert await stage.status() == ("error", DIED)
    assert DIED == "The server stopped during this reply; use continue"
    run = await stage.run()
    assert (run.end, run.error, run.sealed_credentials) == ("error", DIED, None)
    assert await in_thread(runs_recover) == 0


@on_stage
async def test_what_can_not_be_kept_keeps_no_branch_busy(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _die_in_a_reply(stage, monkeypatch)

    def impossible(**_: object) -> None:
        raise ValueError

    with monkeypatch.context() as patched:
        patched.setattr("execution.services.recovery.partial_store", impossible)
        assert await in_thread(runs_recover) == 1
    assert await stage.status() == ("error", DIED)
    stage.models.queue("planner", "Whole.")
    assert (await stage.told(isChatOnly=True)).terminal == {"type": "finished"}


@on_stage
async def test_continue_goes_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.models.queue("planner", plan_of("One", "Two"))
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    stage.models.queue("coder", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    await _die(stage, monkeypatch)
    await in_thread(runs_recover)
    stage.models.queue("coder", creating("two.py", "2\n"), done("Two"))
    stream = await stage.told("", isUserContinue=True)
    assert stream.terminal == {"type": "finished"}
    assert set(await stage.files()) == {"one.py", "two.py"}


@on_stage
async def test_finished_builds_are_committed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.models.queue("planner", plan_of("One"))
    stage.models.queue("coder", creating("one.py", "1\n"), "And then ", SILENCE)
    viewer = await stage.tell()
    await viewer.until("buildInfo")
    await viewer.until_text("then")
    await _die(stage, monkeypatch)
    assert await stage.files() == {}
    await in_thread(runs_recover)
    assert await stage.files() == {"one.py": "1\n"}
    turn = await stage.turn()
    assert not any(description.unbuilt for description in turn.state.descriptions)
    assert {result.convo_message_id for result in turn.state.results} == {turn.messages[-1].id}
    assert await in_thread(lambda: list(Build.objects.values_list("committed", "result"))) == [
        (True, None)
    ]


@on_stage
async def test_a_failed_edit_stays_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the run is stopped: its file was removed since."""
    await edit_given_up(stage)
    await _die(stage, monkeypatch)
    await in_thread(runs_recover)
    turn = await stage.turn()
    assert turn.state.files.removed == {"a.py"}
    assert not any(one.unbuilt for one in turn.state.descriptions)


@on_stage
async def test_an_edit_that_failed_can_be_built_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing overtook it."""
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    models_helpless(stage.models)
    stage.models.queue("planner", plan_of("One", uses="`a.py`"))
    stage.models.queue("coder", unplaceable("a.py"), creating("b.py", "b\n"), "And ", SILENCE)
    viewer = await stage.tell(projectPaths={"a.py": True})
    await viewer.until_text("And")
    await viewer.until("buildInfo", 3)
    await _die(stage, monkeypatch)
    await in_thread(runs_recover)
    left = [one.path for one in (await stage.turn()).state.descriptions[-1].unbuilt]
    assert left == ["a.py"] and await stage.files() == {"b.py": "b\n"}


@on_stage
async def test_the_log_ends_with_one_error(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    key = {"Idempotency-Key": "k-1"}
    viewer = await stage.tell(headers=key)
    await viewer.until_text("Half")
    await _die(stage, monkeypatch)
    await in_thread(runs_recover)
    stream = await (await stage.tell(headers=key)).end()
    assert stream.types == ["start", "reply", "error"]
    assert stream.reply == "Half"
    assert stream.messages[-1]["error"]["msg"] == DIED


@on_stage
async def test_a_reply_that_was_stored_is_not_stored_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    stage.models.queue("planner", plan_of("One"))
    stage.models.queue("coder", gate, SILENCE)
    await stage.tell()
    await gate.wait_reached()
    await _die(stage, monkeypatch)
    await in_thread(runs_recover)
    messages = (await stage.turn()).messages
    assert [message.stopped for message in messages] == [False, False]
    assert await stage.status() == ("error", DIED)


@on_stage
async def test_nothing_beyond_an_open_question_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model's text for a file that it never saw came in one piece with what led to it."""
    stage.models.queue("planner", plan_of("One", uses="a.py"))
    stage.models.queue("coder", "Text\n\n" + block("a.py", "all lost\n") + "more", SILENCE)
    viewer = await stage.tell(projectPaths={"a.py": True})
    await viewer.until("promptMissingFile")
    await _die(stage, monkeypatch)
    await in_thread(runs_recover)
    message = (await stage.turn()).messages[-1]
    assert message.message == 'Text\n\n- a.py:\n<PlandexBlock lang="python" path="a.py">\n'
    assert (await stage.turn()).state.descriptions[-1].operations == []
    assert not await in_thread(PendingAction.objects.filter(answered_at=None).exists)


@on_stage
async def test_a_dead_build_can_be_repeated(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("One", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "def f():\n    return 3\n"), done("One"))
    await stage.told(buildMode="none", projectPaths={"a.py": True})
    gate = Gate()
    stage.models.queue("builder", gate, SILENCE)
    await stage.build()
    await gate.wait_reached()
    await _die(stage, monkeypatch)
    await in_thread(runs_recover)
    assert await stage.status() == ("error", DIED)
    assert not await in_thread(Build.objects.filter(state="running").exists)
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    stage.models.defaults["whole-file-builder"] = lambda request: "nothing"
    assert (await (await stage.build()).reply()).status == 200


@on_stage
async def test_a_shut_down_ends_runs_with_what_they_have(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    await stage.runtime.drain()
    stream = await viewer.end()
    assert stream.terminal is not None
    assert stream.terminal["error"]["msg"] == DIED
    message = (await stage.turn()).messages[-1]
    assert (message.message, message.stopped) == ("Half", True)
    assert await stage.status() == ("error", DIED)


@on_stage
async def test_a_stop_asked_of_another_process_is_heard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is a row; the process that executes the run looks for it."""
    from execution.services.runs import run_stop_request

    monkeypatch.setattr("execution.runtime.HEARTBEAT_S", 0.02)
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    await in_thread(run_stop_request, await stage.run())
    assert (await viewer.end()).terminal == {"type": "aborted"}
