"""Stopping a run: its reply so far is kept, and the branch is free at once."""

import asyncio
import threading

import pytest

from execution.clients.fake import SILENCE, Gate
from execution.models import ModelCall
from execution.runtime import Runtime
from execution.services.session import Session
from execution.services.session_open import session_open
from plandex_server.threads import in_thread
from tests.context.samples import a_file
from tests.execution.runs.replies import block, creating, done, plan_of, section, unplaceable
from tests.execution.runs.stage import Stage, edit_given_up, models_helpless, on_stage


@on_stage
async def test_the_reply_so_far_is_kept(stage: Stage) -> None:
    stage.models.queue("planner", "Half a ", "sentence", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("sentence")
    reply = await stage.stop()
    assert reply.body == b""
    stream = await viewer.end()
    assert stream.frames[-1] == {"type": "aborted"}
    assert stream.reply == "Half a sentence"
    message = (await stage.turn()).messages[-1]
    assert (message.message, message.stopped, message.num) == ("Half a sentence", True, 2)
    assert not message.flags.has_error
    assert await stage.status() == ("stopped", "")
    assert (await stage.log())[0].startswith("Message #2 | 🤖 Plandex reply | 🛑 stopped | ")
    assert stage.models.cancelled == ["planner"]


@on_stage
async def test_a_new_tell_is_accepted_at_once(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    await stage.stop()
    stage.models.queue("planner", "Whole.")
    assert (await stage.told("Again")).reply == "Whole."


@on_stage
async def test_nothing_is_stored_of_a_reply_without_words(stage: Stage) -> None:
    gate = Gate()
    stage.models.queue("planner", gate, SILENCE)
    viewer = await stage.tell()
    await gate.wait_reached()
    await stage.stop()
    assert (await viewer.end()).types == ["start", "aborted"]
    assert len((await stage.turn()).messages) == 1


@on_stage
async def test_finished_files_are_kept_and_the_others_can_be_built(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue(
        "coder",
        creating("new.py", "import os\n"),
        block("a.py", "def f():\n    return 3\n"),
        "- cut.py:\n",
        '<PlandexBlock lang="python" path="cut.py">\nhalf of',
        SILENCE,
    )
    gate = Gate()
    stage.models.queue("builder", gate, SILENCE)
    viewer = await stage.tell(projectPaths={"a.py": True})
    await gate.wait_reached()
    await viewer.until_text("half of")
    await stage.stop()
    await viewer.end()
    assert await stage.files() == {"new.py": "import os\n"}
    description = (await stage.turn()).state.descriptions[-1]
    assert [operation.path for operation in description.unbuilt] == ["a.py"]
    stage.models.queue("builder", "<PlandexCorrect/>")
    stage.models.defaults["builder"] = lambda request: "nothing"
    stage.models.defaults["whole-file-builder"] = lambda request: "nothing"
    stream = await (await stage.build()).end()
    assert [info["path"] for info in stream.all("buildInfo")] == ["a.py", "a.py"]


@on_stage
async def test_what_an_earlier_run_has_built_is_not_built_again(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file(path, "x = 1\n") for path in ("a.py", "c.py")])
    models_helpless(stage.models)
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`, `c.py`"))
    stage.models.queue(
        "coder",
        creating("new.py", "n = 1\n"),
        unplaceable("c.py"),
        unplaceable("a.py"),
        done("Write it"),
    )
    paths = {"a.py": True, "c.py": True}
    await stage.told(projectPaths=paths)
    assert await stage.files() == {"new.py": "n = 1\n"}
    # One of both is built now, and the model of the other falls silent.
    stage.models.queue("builder", SILENCE)
    whole = "<PlandexWholeFile>\nx = 1\n\nnowhere()\n</PlandexWholeFile>"
    stage.models.defaults["whole-file-builder"] = lambda request: whole
    viewer = await stage.build(projectPaths=paths)
    await viewer.until("buildInfo", 3)
    await stage.stop()
    await viewer.end()
    left = [one.path for each in (await stage.turn()).state.descriptions for one in each.unbuilt]
    assert len(left) == 1 and set(left) < set(paths)
    assert len(await stage.files()) == 2


@on_stage
async def test_a_failed_edit_stays_given_up_when_the_run_is_stopped(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    models_helpless(stage.models)
    stage.models.queue("planner", plan_of("One", uses="`a.py`"))
    stage.models.queue("coder", unplaceable("a.py"), done("One"))
    await stage.told(projectPaths={"a.py": True})
    stage.models.queue("planner", plan_of("Two", uses="`a.py`"))
    stage.models.queue("coder", section("Remove Files", "`a.py`"), "And ", SILENCE)
    viewer = await stage.tell(projectPaths={"a.py": True})
    await viewer.until_text("And")
    await viewer.until("buildInfo", 3)
    await stage.stop()
    await viewer.end()
    turn = await stage.turn()
    assert turn.state.files.removed == {"a.py"}
    assert not any(one.unbuilt for one in turn.state.descriptions)


@on_stage
async def test_a_failed_edit_stays_given_up_within_a_stopped_reply(stage: Stage) -> None:
    viewer = await edit_given_up(stage)
    await stage.stop()
    await viewer.end()
    turn = await stage.turn()
    assert turn.state.files.removed == {"a.py"}
    assert not any(one.unbuilt for one in turn.state.descriptions)


@on_stage
async def test_a_stop_while_describing_keeps_one_whole_reply(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "import os\n"), done("Write it"))
    gate = Gate()
    stage.models.queue("commit-messages", gate, SILENCE)
    viewer = await stage.tell()
    await gate.wait_reached()
    await stage.stop()
    assert (await viewer.end()).terminal == {"type": "aborted"}
    messages = (await stage.turn()).messages
    assert [message.stopped for message in messages] == [False, False, True]
    assert await stage.files() == {"new.py": "import os\n"}


@on_stage
async def test_a_stop_between_two_replies_stores_none_twice(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    gate = Gate()
    stage.models.queue("coder", gate, SILENCE)
    viewer = await stage.tell()
    await gate.wait_reached()
    await stage.stop()
    await viewer.end()
    messages = (await stage.turn()).messages
    assert [message.role for message in messages] == ["user", "assistant"]
    assert not messages[-1].stopped


@on_stage
async def test_a_stop_during_the_last_builds_keeps_replies_builds_and_usage(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue(
        "coder",
        creating("new.py", "import os\n"),
        block("a.py", "def f():\n    return 3\n"),
        done("Write it"),
    )
    gate = Gate()
    stage.models.queue("builder", gate, SILENCE)
    viewer = await stage.tell(projectPaths={"a.py": True})
    await gate.wait_reached()
    await viewer.until("repliesFinished")
    await stage.stop()
    assert (await viewer.end()).terminal == {"type": "aborted"}
    assert await stage.files() == {"new.py": "import os\n"}
    assert len((await stage.turn()).messages) == 3
    assert await stage.status() == ("stopped", "")

    def results() -> list[str]:
        return list(ModelCall.objects.filter(role="builder").values_list("result", flat=True))

    assert await in_thread(results) == ["cancelled"]


@on_stage
async def test_a_second_stop_finds_nothing_to_stop(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    await stage.stop()
    reply = await stage.stop(status=404)
    assert reply.text.strip() == "No active model stream for plan"
    assert (await viewer.end()).types.count("aborted") == 1


@on_stage
async def test_two_stops_at_the_same_time_end_one_run(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    replies = await asyncio.gather(stage.stop((204, 404)), stage.stop((204, 404)))
    assert 204 in {reply.status for reply in replies}
    await viewer.end()
    assert len((await stage.turn()).messages) == 2


@on_stage
async def test_a_build_is_stopped(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "def f():\n    return 3\n"), done("Write it"))
    await stage.told(buildMode="none", projectPaths={"a.py": True})
    gate = Gate()
    stage.models.queue("builder", gate, SILENCE)
    viewer = await stage.build()
    await gate.wait_reached()
    await stage.stop()
    assert (await viewer.end()).terminal == {"type": "aborted"}
    assert (await stage.turn()).state.descriptions[-1].unbuilt


@on_stage
async def test_many_are_stopped_within_the_patience_of_the_cli(stage: Stage) -> None:
    """More stops than the server has threads."""
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(stage.stop((204, 404)) for _ in range(12)))
    assert asyncio.get_running_loop().time() - began < 1.5
    await viewer.end()


@on_stage
async def test_a_stop_while_a_run_opens_ends_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens, goes_on = threading.Event(), threading.Event()

    def slowly(runtime: Runtime, run_id: str) -> Session | None:
        opens.set()
        goes_on.wait()
        return session_open(runtime, run_id)

    monkeypatch.setattr("execution.services.run.session_open", slowly)
    viewer = await stage.tell()
    await in_thread(opens.wait)
    stage.runtime.stop((await stage.run()).pk)
    goes_on.set()
    assert (await viewer.end()).terminal == {"type": "aborted"}
    assert await stage.status() == ("stopped", "")
