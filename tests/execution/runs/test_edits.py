"""Files that can't be written: the others are kept, and the end says what failed."""

import pytest

from execution.clients.fake import Gate
from execution.logic.model_errors import http_error
from tests.context.samples import a_file
from tests.execution.runs.replies import block, creating, done, plan_of, section, unplaceable
from tests.execution.runs.stage import Stage, models_helpless, on_stage

UNSAFE = ["../x.py", "/etc/passwd", ".git/hooks/pre-commit", "a/../../x.py", "C:\\x.py"]
UNPLACEABLE = unplaceable("a.py")
APPENDED = (
    "**Updating `a.py`**\nType: append\nSummary: z\nContext: after `y = 2`\n\n",
    block("a.py", "# ... existing code ...\ny = 2\nz = 3\n"),
)


@pytest.mark.parametrize("path", UNSAFE)
@on_stage
async def test_unsafe_paths_are_not_stored(stage: Stage, path: str) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue(
        "coder", block(path, "evil\n"), creating("new.py", "n = 1\n"), done("Write it")
    )
    stream = await stage.told()
    assert stream.terminal is not None
    error = stream.terminal["error"]["msg"]
    assert error.startswith(f"Build error: {path}: ")
    turn = await stage.turn()
    assert turn.state.files.files == {"new.py": "n = 1\n"}
    assert [one.path for one in turn.state.results] == ["new.py"]
    operations = [one.path for each in turn.state.descriptions for one in each.operations]
    assert operations == ["new.py"]
    assert not any(description.unbuilt for description in turn.state.descriptions)


@on_stage
async def test_unsafe_operations_are_not_stored(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue(
        "coder",
        section("Move Files", "`a.py` → `../../.bashrc`"),
        section("Remove Files", "`/etc/passwd`"),
        done("Write it"),
    )
    stream = await stage.told(projectPaths={"a.py": True, "/etc/passwd": True})
    assert stream.terminal is not None
    assert ".bashrc" in stream.terminal["error"]["msg"]
    assert "/etc/passwd" in stream.terminal["error"]["msg"]
    turn = await stage.turn()
    assert turn.state.results == []
    assert not any(description.operations for description in turn.state.descriptions)


@on_stage
async def test_an_unsafe_path_in_a_reply_that_was_cut_is_not_stored(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue(
        "coder",
        block("../x.py", "evil\n"),
        creating("new.py", "n = 1\n"),
        http_error(400, "no", {}),
    )
    await stage.told(buildMode="none")
    description = (await stage.turn()).state.descriptions[-1]
    assert [operation.path for operation in description.operations] == ["new.py"]


@on_stage
async def test_an_unsafe_path_is_never_asked_for(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", block("../x.py", "evil\n"), done("Write it"))
    stream = await stage.told(projectPaths={"../x.py": True})
    assert "promptMissingFile" not in stream.types


@on_stage
async def test_an_edit_that_fails_leaves_the_others(stage: Stage) -> None:
    models_helpless(stage.models)
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue(
        "coder",
        UNPLACEABLE,
        creating("new.py", "n = 1\n"),
        done("Write it"),
    )
    stream = await stage.told(projectPaths={"a.py": True})
    assert stream.terminal is not None
    error = stream.terminal["error"]["msg"]
    assert error.startswith("Build error: a.py: ")
    assert await stage.status() == ("error", error)
    assert await stage.files() == {"new.py": "n = 1\n"}
    description = (await stage.turn()).state.descriptions[-1]
    assert [operation.path for operation in description.unbuilt] == ["a.py"]
    assert (await stage.turn()).subtasks[0].is_finished


@on_stage
async def test_a_builder_reads_why_its_text_was_refused(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\ny = 2\nx = 1\ny = 3\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    snippet = "# ... existing code ...\nx = 1\nnew = 2\n# ... existing code ...\n"
    stage.models.queue("coder", block("a.py", snippet), done("Write it"))
    for answer in (_instead("elsewhere()"), _instead("x = 1\nnew = 2")):
        stage.models.queue("builder", answer)
    await stage.told(projectPaths={"a.py": True})
    first, second = (asked.messages[0].text for asked in stage.models.asked("builder"))
    reason = "The result was refused. The result does not follow from the update."
    assert reason not in first
    assert reason in second
    assert await stage.files() == {"a.py": "x = 1\ny = 2\nx = 1\nnew = 2\ny = 3\n"}


@on_stage
async def test_one_answer_confirms_a_doubtful_edit_or_mends_it(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\ny = 2\nx = 1\ny = 3\n")])
    snippet = "# ... existing code ...\nx = 1\nnew = 2\n# ... existing code ...\n"
    for answer in ("<PlandexCorrect/>\n<PlandexFinish/>", _instead("x = 1\nnew = 2")):
        stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
        stage.models.queue("coder", block("a.py", snippet), done("Write it"))
        stage.models.queue("builder", answer)
        before = len(stage.models.asked("builder"))
        await stage.told(projectPaths={"a.py": True})
        assert len(stage.models.asked("builder")) == before + 1
        (text,) = (await stage.files()).values()
        assert text.count("new = 2\n") == 1
        await stage.request("PATCH", "reject_all")


def _instead(new: str) -> str:
    return (
        "<PlandexIncorrect/>\n<PlandexReplacements>\n<Replacement>\n<Old>\npdx-3: x = 1\n</Old>\n"
        f"<New>\n{new}\n</New>\n</Replacement>\n</PlandexReplacements>\n<PlandexFinish/>"
    )


@on_stage
async def test_an_edit_that_failed_is_built_later(stage: Stage) -> None:
    models_helpless(stage.models)
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue(
        "coder",
        UNPLACEABLE,
        done("Write it"),
    )
    await stage.told(projectPaths={"a.py": True})
    for role in ("builder", "whole-file-builder"):
        stage.models.defaults[role] = lambda request: _whole("x = 1\n\nnowhere()\n")
    stream = await (await stage.build(projectPaths={"a.py": True})).end()
    assert stream.terminal == {"type": "finished"}
    assert await stage.files() == {"a.py": "x = 1\n\nnowhere()\n"}
    assert await stage.status() == ("finished", "")


@on_stage
async def test_a_task_sees_the_edits_that_are_built_later(stage: Stage) -> None:
    models_helpless(stage.models)
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", "Use it", uses="`a.py`"))
    stage.models.queue(
        "coder",
        UNPLACEABLE,
        done("Write it"),
    )
    stage.models.queue("coder", done("Use it"))
    await stage.told(projectPaths={"a.py": True}, autoContinue=False)
    await stage.told("", isUserContinue=True, autoContinue=False, buildMode="none")
    for role in ("builder", "whole-file-builder"):
        stage.models.defaults[role] = lambda request: _whole("x = 1\n\nnowhere()\n")
    await stage.told("", isUserContinue=True, smartContext=True)
    system = stage.models.asked("coder")[-1].messages[0].text
    assert "x = 1\n\nnowhere()\n" in system


def _whole(text: str) -> str:
    return f"<PlandexWholeFile>\n{text}</PlandexWholeFile>"


@on_stage
async def test_a_move_of_what_is_not_there_fails_alone(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue(
        "coder",
        section("Move Files", "`nothing.py` → `b.py`"),
        creating("new.py", "n = 1\n"),
        done("Write it"),
    )
    stream = await stage.told()
    assert stream.terminal is not None
    assert stream.terminal["error"]["msg"].startswith("Build error: nothing.py: ")
    assert await stage.files() == {"new.py": "n = 1\n"}


@on_stage
async def test_a_move_never_overwrites_a_file(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "1\n"), a_file("b.py", "2\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue("coder", section("Move Files", "`a.py` → `b.py`"), done("Write it"))
    stream = await stage.told(projectPaths={"a.py": True, "b.py": True})
    assert stream.terminal is not None and stream.terminal["type"] == "error"
    assert await stage.files() == {}


@on_stage
async def test_a_reset_takes_back_what_is_pending(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it", "Undo it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    stage.models.queue("coder", section("Reset Changes", "`new.py`"), done("Undo it"))
    stream = await stage.told()
    assert await stage.files() == {}
    assert stream.all("buildInfo")[-1] == {
        "path": "new.py",
        "numTokens": 0,
        "finished": True,
        "removed": True,
    }


@on_stage
async def test_an_edit_that_changes_nothing_is_no_failure(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "x = 1\n"), done("Write it"))
    stream = await stage.told(projectPaths={"a.py": True})
    assert stream.terminal == {"type": "finished"}
    assert (await stage.turn()).state.results == []
    assert not any(one.unbuilt for one in (await stage.turn()).state.descriptions)


@on_stage
async def test_a_success_does_not_hide_an_earlier_failure_of_its_file(stage: Stage) -> None:
    """The first edit is still to be built, so the run must not end as if all was done."""
    models_helpless(stage.models)
    await stage.request("POST", "context", [a_file("a.py", "x = 1\ny = 2\n")])
    stage.models.queue("planner", plan_of("One", "Two", uses="`a.py`"))
    stage.models.queue(
        "coder",
        UNPLACEABLE,
        done("One"),
    )
    stage.models.queue(
        "coder",
        *APPENDED,
        done("Two"),
    )
    stream = await stage.told(projectPaths={"a.py": True})
    assert await stage.files() == {"a.py": "x = 1\ny = 2\nz = 3\n"}
    unbuilt = [one.unbuilt for one in (await stage.turn()).state.descriptions if one.unbuilt]
    assert len(unbuilt) == 1
    assert stream.terminal is not None and stream.terminal["type"] == "error"


@on_stage
async def test_an_edit_that_failed_is_not_built_once_a_later_prompt_wrote_its_file(
    stage: Stage,
) -> None:
    models_helpless(stage.models)
    await stage.request("POST", "context", [a_file("a.py", "x = 1\ny = 2\n")])
    stage.models.queue("planner", plan_of("One", uses="`a.py`"))
    stage.models.queue("coder", UNPLACEABLE, done("One"))
    assert (await stage.told(projectPaths={"a.py": True})).terminal != {"type": "finished"}
    stage.models.queue("planner", plan_of("Two", uses="`a.py`"))
    stage.models.queue(
        "coder",
        *APPENDED,
        done("Two"),
    )
    stream = await stage.told(projectPaths={"a.py": True})
    assert stream.terminal == {"type": "finished"}
    assert await stage.files() == {"a.py": "x = 1\ny = 2\nz = 3\n"}
    assert not any(one.unbuilt for one in (await stage.turn()).state.descriptions)


@on_stage
async def test_an_edit_that_failed_is_not_built_once_its_file_is_removed(stage: Stage) -> None:
    models_helpless(stage.models)
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("One", "Two", uses="`a.py`"))
    stage.models.queue(
        "coder",
        UNPLACEABLE,
        done("One"),
    )
    stage.models.queue("coder", section("Remove Files", "`a.py`"), done("Two"))
    stream = await stage.told(projectPaths={"a.py": True})
    assert stream.terminal == {"type": "finished"}
    state = (await stage.turn()).state
    assert state.files.removed == {"a.py"}
    assert not any(one.unbuilt for one in state.descriptions)


@pytest.mark.parametrize(
    "later",
    [("Remove Files", "`a.py`"), ("Move Files", "`a.py` → `b.py`"), ("Reset Changes", "`a.py`")],
)
@on_stage
async def test_an_edit_that_failed_is_not_built_once_a_later_prompt_takes_its_file_away(
    stage: Stage, later: tuple[str, str]
) -> None:
    models_helpless(stage.models)
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("One", uses="`a.py`"))
    stage.models.queue("coder", UNPLACEABLE, done("One"))
    assert (await stage.told(projectPaths={"a.py": True})).terminal != {"type": "finished"}
    assert any(one.unbuilt for one in (await stage.turn()).state.descriptions)
    stage.models.queue("planner", plan_of("Two", uses="`a.py`"))
    stage.models.queue("coder", section(*later), done("Two"))
    stream = await stage.told(projectPaths={"a.py": True})
    assert stream.terminal == {"type": "finished"}
    assert not any(one.unbuilt for one in (await stage.turn()).state.descriptions)


@on_stage
async def test_all_that_a_run_builds_is_one_commit(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One", "Two"))
    stage.models.queue("coder", creating("a.py", "1\n"), done("One"))
    stage.models.queue("coder", creating("b.py", "2\n"), done("Two"))
    await stage.told()
    built = [message for message in await stage.log() if "Build pending changes" in message]
    assert built == ["🏗️  Build pending changes\n • 📄 a.py\n • 📄 b.py"]
    assert (await stage.log())[0] == built[0]


@on_stage
async def test_what_is_built_is_seen_while_the_run_goes_on(stage: Stage) -> None:
    gate = Gate()
    stage.models.queue("planner", plan_of("One", "Two"))
    stage.models.queue("coder", creating("a.py", "1\n"), done("One"))
    stage.models.queue("coder", gate, creating("b.py", "2\n"), done("Two"))
    viewer = await stage.tell()
    await gate.wait_reached()
    plan = (await stage.request("GET", "current_plan")).json
    assert plan["currentPlanFiles"]["files"] == {"a.py": "1\n"}
    assert "+1" in (await stage.request("GET", "diffs")).text
    gate.open()
    await viewer.end()
    plan = (await stage.request("GET", "current_plan")).json
    assert plan["currentPlanFiles"]["files"] == {"a.py": "1\n", "b.py": "2\n"}


@on_stage
async def test_a_file_that_the_request_shows_is_not_sent_a_second_time(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One", "Two", uses="`a.py`"))
    stage.models.queue("coder", creating("a.py", "first = 1\n"), done("One"))
    stage.models.queue("coder", done("Two"))
    await stage.told()
    request = stage.models.asked("coder")[-1]
    assert sum(message.text.count("first = 1") for message in request.messages) == 1
    assert "first = 1" in request.messages[0].text
    [earlier] = [message for message in request.messages if "**One** has" in message.text]
    assert "The block for `a.py` is left out here" in earlier.text
    assert "first = 1" in (await stage.turn()).messages[2].message  # stored whole


@on_stage
async def test_a_file_that_is_not_shown_stays_in_the_reply_that_wrote_it(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("One", uses="`a.py`"))
    stage.models.queue("coder", creating("a.py", "first = 1\n"), done("One"))
    await stage.told(buildMode="none")
    stage.models.queue("planner", "Yes.")
    await stage.told("Is it?", buildMode="none")
    request = stage.models.asked("planner")[-1]
    assert any("first = 1" in message.text for message in request.messages[1:])


@on_stage
async def test_a_path_in_another_case_is_the_file_of_the_project(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("src/Store.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`./src/store.py`"))
    stage.models.queue("coder", block("SRC/store.py", "x = 2\n"), done("Write it"))
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    stream = await stage.told(projectPaths={"src/Store.py": True})
    assert stream.terminal == {"type": "finished"}
    turn = await stage.turn()
    assert turn.subtasks[0].uses_files == ("src/Store.py",)
    assert turn.state.files.files == {"src/Store.py": "x = 2\n"}


@on_stage
async def test_a_file_announced_as_new_keeps_its_path(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("readme.md", "old\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`README.md`"))
    stage.models.queue("coder", creating("README.md", "new\n"), done("Write it"))
    stream = await stage.told(projectPaths={"readme.md": True})
    assert stream.terminal == {"type": "finished"}
    assert await stage.files() == {"README.md": "new\n"}


@on_stage
async def test_a_fence_around_a_new_file_is_not_written(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "```python\nn = 1\n```\n"), done("Write it"))
    assert (await stage.told()).terminal == {"type": "finished"}
    assert await stage.files() == {"new.py": "n = 1\n"}


@on_stage
async def test_an_edit_of_a_file_that_is_not_there_is_no_new_file(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    edit = block("none.py", "# ... existing code ...\n\n\ndef f() -> None: ...\n")
    stage.models.queue("coder", edit, done("Write it"))
    stream = await stage.told()
    assert stream.terminal is not None
    assert stream.terminal["error"]["msg"] == (
        "Build error: none.py: the reply edits none.py, which does not exist or is empty"
    )
    assert await stage.files() == {}
