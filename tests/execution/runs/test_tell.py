"""Tells from the request to what is stored."""

import asyncio

import pytest
from django.core.exceptions import SynchronousOnlyOperation

from execution.clients.fake import SILENCE, Gate
from plandex_server.threads import in_thread
from plans.models import Plan
from tests.context.samples import a_file
from tests.execution.runs.replies import block, creating, done, plan_of, section
from tests.execution.runs.stage import Stage, on_stage


@on_stage
async def test_it_works(stage: Stage) -> None:
    stage.models.queue("planner", "It is ", "in `a.py`.")
    stream = await stage.told("Where is it?", isChatOnly=True, buildMode="none")
    assert stream.reply == "It is in `a.py`."
    assert stream.types[0] == "start"
    assert stream.types[-2:] == ["describing", "finished"]
    assert await stage.status() == ("finished", "")
    messages = (await stage.turn()).messages
    assert [(message.num, message.role, message.message) for message in messages] == [
        (1, "user", "Where is it?"),
        (2, "assistant", "It is in `a.py`."),
    ]
    assert [message.flags.is_chat for message in messages] == [True, True]
    assert await stage.log() == [
        "Message #2 | 🤖 Plandex reply | 7 🪙",
        "Message #1 | 💬 User prompt | 4 🪙",
    ]


@on_stage
async def test_the_stream_is_plain_text_that_no_proxy_holds_back(stage: Stage) -> None:
    stage.models.queue("planner", "Yes.")
    viewer = await stage.tell(isChatOnly=True)
    await viewer.end()
    assert viewer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert viewer.headers["Cache-Control"] == "no-cache"
    assert viewer.headers["X-Accel-Buffering"] == "no"
    assert "Content-Length" not in viewer.headers


@on_stage
async def test_a_plan_is_made_and_worked_through(stage: Stage) -> None:
    """New files, an edit, a move, a removal and a script, in two tasks."""
    await stage.request("POST", "context", [a_file("old.py", "x = 1\n"), a_file("gone.py", "y\n")])
    paths = {"old.py": True, "gone.py": True}
    stage.models.queue("planner", plan_of("Write it", "Clean up", uses="`old.py`, `new.py`"))
    stage.models.queue(
        "coder",
        "Now.\n\n",
        creating("new.py", "import os\n"),
        "**Updating `old.py`**\nType: overwrite\nSummary: all of it\n\n",
        block("old.py", "x = 2\n"),
        done("Write it"),
    )
    stage.models.queue(
        "coder",
        section("Move Files", "`old.py` → `lib/old.py`"),
        section("Remove Files", "`gone.py`"),
        block("_apply.sh", "pytest\n", lang="bash"),
        done("Clean up"),
    )
    stream = await stage.told(projectPaths=paths)
    turn = await stage.turn()
    assert stream.terminal == {"type": "finished"}
    assert dict(turn.state.files.files) == {
        "new.py": "import os\n",
        "lib/old.py": "x = 2\n",
        "_apply.sh": "pytest\n",
    }
    assert set(turn.state.files.removed) == {"old.py", "gone.py"}
    assert [(task.title, task.is_finished) for task in turn.subtasks] == [
        ("Write it", True),
        ("Clean up", True),
    ]
    assert await stage.status() == ("finished", "")
    built = {
        (info["path"], info["finished"], info.get("removed", False))
        for info in stream.all("buildInfo")
    }
    assert {
        ("new.py", True, False),
        ("old.py", False, False),
        ("old.py", True, False),
        ("lib/old.py", True, False),
        ("old.py", True, True),
        ("gone.py", True, True),
        ("_apply.sh", True, False),
    } == built


@on_stage
async def test_what_each_reply_did_is_in_its_flags_and_in_the_log(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "import os\n"), done("Write it"))
    await stage.told()
    prompt, plan, code = (await stage.turn()).messages
    assert (plan.flags.did_make_plan, plan.flags.did_write_code) == (True, False)
    assert plan.flags.current_stage.tell_stage == "planning"
    assert plan.flags.current_stage.planning_phase == "tasks"
    assert [task.title for task in plan.added_subtasks or ()] == ["Write it"]
    assert code.flags.did_write_code and code.flags.did_complete_task
    assert code.flags.did_complete_plan
    assert code.flags.current_stage.tell_stage == "implementation"
    assert code.subtask is not None and code.subtask.title == "Write it"
    assert code.message.endswith("has been completed.\n")
    log = await stage.log()
    assert log[0] == "🏗️  Build pending changes\n • 📄 new.py"
    assert log[1].startswith("Message #3 | 🤖 Plandex reply | 👨‍💻 Wrote Code | 🏁 | ")
    assert "📋 Write it\n • 📄 new.py" in log[1]
    assert log[2].startswith("Message #2 | 🤖 Plandex reply | 📋 Made Plan | ")
    assert "• Write it" in log[2]
    assert log[3] == f"Message #1 | 💬 User prompt | {prompt.tokens} 🪙"
    descriptions = (await stage.turn()).state.descriptions
    written = [one for one in descriptions if one.wrote_files]
    assert [one.commit_msg for one in written] == ["Change some files"]
    assert written[0].did_build and not written[0].unbuilt


@on_stage
async def test_the_branch_says_what_the_run_does(stage: Stage) -> None:
    replying, describing = Gate(), Gate()
    stage.models.queue("planner", "Plan.\n", replying, plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "import os\n"), done("Write it"))
    stage.models.queue("commit-messages", describing, "<commitMsg>Do</commitMsg>")
    viewer = await stage.tell()
    await replying.wait_reached()
    assert await stage.status() == ("replying", "")
    replying.open()
    await describing.wait_reached()
    assert await stage.status() == ("describing", "")
    describing.open()
    await viewer.end()
    assert await stage.status() == ("finished", "")


@on_stage
async def test_builds_go_on_after_the_last_reply(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    gate = Gate()
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "def f():\n    return 3\n"), done("Write it"))
    stage.models.queue("builder", gate, "<PlandexCorrect/>")
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    stage.models.defaults["whole-file-builder"] = lambda request: "nothing"
    viewer = await stage.tell(projectPaths={"a.py": True})
    await viewer.until("repliesFinished")
    assert await stage.status() == ("building", "")
    gate.open()
    stream = await viewer.end()
    assert stream.types.index("repliesFinished") < len(stream.types) - 2


@on_stage
async def test_files_that_are_built_while_their_reply_goes_on_wait_for_its_end(
    stage: Stage,
) -> None:
    """All of them: the reply ends once, and nobody else would release the others."""
    gate = Gate()
    files = {f"new{number}.py": f"n = {number}\n" for number in range(5)}
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue(
        "coder",
        *(creating(path, text) for path, text in files.items()),
        gate,
        done("Write it"),
    )
    viewer = await stage.tell()
    await viewer.until("buildInfo", len(files))
    gate.open()
    assert (await viewer.end()).terminal == {"type": "finished"}
    assert await stage.files() == files
    assert not any(one.unbuilt for one in (await stage.turn()).state.descriptions)


@on_stage
async def test_all_is_committed_before_the_end_is_told(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "import os\n"), done("Write it"))
    viewer = await stage.tell()
    await viewer.until("finished")
    assert await stage.status() == ("finished", "")
    assert await stage.files() == {"new.py": "import os\n"}
    stage.models.queue("planner", "Done already.")
    second = await stage.tell("And now?", isChatOnly=True)
    assert (await second.end()).reply == "Done already."


@on_stage
async def test_a_plan_without_a_name_is_named(stage: Stage) -> None:
    await in_thread(lambda: Plan.objects.update(name="draft"))
    stage.models.queue("planner", "Yes.")
    await stage.told("Is it?")
    plan = await in_thread(Plan.objects.get)
    assert plan.name == "a-fine-plan"


@on_stage
async def test_a_plan_that_no_model_names_is_named_after_its_prompt(stage: Stage) -> None:
    await in_thread(lambda: Plan.objects.update(name="draft"))
    stage.models.defaults["names"] = lambda request: "I would rather not"
    stage.models.queue("planner", "Yes.")
    stream = await stage.told("Add a flag to the list command, please")
    assert stream.terminal == {"type": "finished"}
    plan = await in_thread(Plan.objects.get)
    assert plan.name == "add-a-flag-to-the"


@on_stage
async def test_a_run_does_not_wait_for_a_name(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.services.auxiliary.NAME_S", 0.3)
    await in_thread(lambda: Plan.objects.update(name="draft"))
    stage.models.queue("names", SILENCE)
    stage.models.queue("planner", "Yes.")
    assert (await stage.told("Is it so?")).terminal == {"type": "finished"}
    assert (await in_thread(Plan.objects.get)).name == "is-it-so"


@on_stage
async def test_no_query_runs_on_the_event_loop(stage: Stage) -> None:
    """Django refuses them, so that every test here would fail with one."""
    with pytest.raises(SynchronousOnlyOperation):
        Plan.objects.count()


@on_stage
async def test_a_run_nobody_watches_goes_its_way(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "import os\n"), done("Write it"))
    await stage.background()
    run = await stage.wait_ended()
    assert (run.end, run.error) == ("finished", "")
    assert await stage.files() == {"new.py": "import os\n"}


@on_stage
async def test_without_auto_continue_one_reply_is_made(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One", "Two"))
    await stage.told(autoContinue=False)
    assert await stage.status() == ("finished", "")
    assert [task.title for task in (await stage.turn()).subtasks] == ["One", "Two"]
    stage.models.queue("coder", creating("one.py", "1\n"), done("One"))
    await stage.told("", isUserContinue=True, autoContinue=False)
    assert await stage.files() == {"one.py": "1\n"}


@on_stage
async def test_nothing_is_built_until_it_is_asked_for(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "import os\n"), done("Write it"))
    stream = await stage.told(buildMode="none")
    assert "buildInfo" not in stream.types
    assert await stage.files() == {}
    stream = await (await stage.build()).end()
    assert stream.types == ["start", "buildInfo", "finished"]
    assert await stage.files() == {"new.py": "import os\n"}
    assert (await stage.log())[0] == "🏗️  Build pending changes\n • 📄 new.py"
    again = await stage.build()
    reply = await again.reply()
    assert (reply.status, reply.text.strip()) == (404, "No builds")
    assert await stage.status() == ("finished", "")


@on_stage
async def test_a_later_tell_builds_what_was_left(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue(
        "coder",
        creating("new.py", "import os\n"),
        section("Move Files", "`new.py` → `moved.py`"),
        done("Write it"),
    )
    await stage.told(buildMode="none")
    stage.models.queue("planner", "Nothing to do.")
    await stage.told("Go on")
    assert await stage.files() == {"moved.py": "import os\n"}


@on_stage
async def test_a_chat_writes_no_files(stage: Stage) -> None:
    stage.models.queue("planner", "Like so:\n\n", block("a.py", "x = 1\n"))
    stream = await stage.told(isChatOnly=True, projectPaths={"a.py": True})
    assert '<PlandexBlock lang="python" path="a.py">' in stream.reply
    assert {"buildInfo", "promptMissingFile"}.isdisjoint(stream.types)
    turn = await stage.turn()
    assert turn.state.files.files == {}
    assert [one.wrote_files for one in turn.state.descriptions] == [False]


@on_stage
async def test_a_list_in_a_chat_is_no_plan(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    await stage.told(isChatOnly=True)
    assert list((await stage.turn()).subtasks) == []


@on_stage
async def test_a_model_decides_whether_a_task_is_finished(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("a.py", "a\n"), "More is to come.")
    stage.models.queue("coder", creating("b.py", "b\n"), "That was all.")
    stage.models.queue("auto-continue", "no such form")
    stream = await stage.told()
    assert stream.types.count("describing") == 3
    assert set(await stage.files()) == {"a.py", "b.py"}
    assert (await stage.turn()).subtasks[0].is_finished


@on_stage
async def test_a_task_that_never_ends_is_given_up(stage: Stage) -> None:
    stage.models.defaults["auto-continue"] = lambda request: "no"
    stage.models.queue("planner", plan_of("Write it"))
    for _ in range(5):
        stage.models.queue("coder", "Thinking about it.")
    stream = await stage.told()
    assert stream.terminal == {"type": "finished"}
    assert (await stage.turn()).subtasks[0].is_finished


@on_stage
async def test_replies_have_a_limit(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.logic.stages.MAX_ITERATIONS", 2)
    stage.models.queue("planner", plan_of(*(f"Task {number}" for number in range(9))))
    for number in range(2):
        stage.models.queue("coder", done(f"Task {number}"))
    stream = await stage.told()
    assert stream.types.count("describing") == 3
    run = await stage.run()
    assert (run.end, run.iteration) == ("finished", 2)


@on_stage
async def test_an_edit_waits_for_the_one_before_on_its_file(stage: Stage) -> None:
    """Two blocks for one new file: the second is an edit of the first."""
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue(
        "coder",
        creating("new.py", "a = 1\nb = 2\nc = 3\n"),
        "**Updating `new.py`**\nType: append\nSummary: d\nContext: after `c = 3`\n\n",
        block("new.py", "# ... existing code ...\n\nc = 3\nd = 4\n"),
        done("Write it"),
    )
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    await stage.told()
    assert (await stage.files())["new.py"].splitlines() == [
        "a = 1",
        "b = 2",
        "c = 3",
        "d = 4",
    ]


@on_stage
async def test_a_task_is_not_written_before_its_files_are_built(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    gate = Gate()
    stage.models.queue("planner", plan_of("One", "Two", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "def f():\n    return 3\n"), done("One"))
    stage.models.queue("builder", gate, "<PlandexCorrect/>")
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    stage.models.defaults["whole-file-builder"] = lambda request: "nothing"
    stage.models.queue("coder", done("Two"))
    viewer = await stage.tell(projectPaths={"a.py": True})
    await gate.wait_reached()
    await viewer.until("describing", 2)
    await asyncio.sleep(0.05)
    assert len(stage.models.asked("coder")) == 1
    gate.open()
    await viewer.end()
    assert len(stage.models.asked("coder")) == 2
