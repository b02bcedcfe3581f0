"""Questions to the client: files that the model never saw, and files to load."""

import pytest

from execution.clients.fake import SILENCE, Gate, Step
from execution.models import PendingAction
from plandex_server.threads import in_thread
from plans.models import Plan
from tests.context.samples import a_file, a_map
from tests.execution.runs.replies import block, creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage

PATHS = {"a.py": True, "b.py": True}
FILES = "Look.\n\n### Files\n\n- `b.py` (`f`)\n- `a.py`\n<PlandexFinish/>"


def _interrupted(stage: Stage, *rest: Step, uses: str = "a.py") -> None:
    stage.models.queue("planner", plan_of("Write it", uses=uses))
    stage.models.queue(
        "coder",
        "Text\n\n",
        '- a.py:\n<PlandexBlock lang="python" path="a.py">\nnever shown',
        SILENCE,
    )
    if rest:
        stage.models.queue("coder", *rest)


def _sent(stage: Stage) -> list[tuple[str, str]]:
    """The last messages of the newest request to the coder."""
    messages = stage.models.asked("coder")[-1].messages
    return [(message.role, message.text) for message in messages[-2:]]


@on_stage
async def test_a_file_is_loaded_and_the_reply_goes_on_in_it(stage: Stage) -> None:
    _interrupted(stage, "import os\n", "</PlandexBlock>\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    seen = viewer.seen
    assert seen.messages[-1] == {"type": "promptMissingFile", "missingFilePath": "a.py"}
    assert seen.reply.endswith("Text\n\n- a.py:\n```python\n")
    assert await stage.status() == ("missingFile", "")
    assert stage.models.cancelled[-1] == "coder"
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    stage.models.defaults["whole-file-builder"] = lambda request: "nothing"
    await stage.answer("load", "a.py", "import os\n\n\nx = 1\n")
    stream = await viewer.end()
    assert stream.reply.endswith("```python\nimport os\n```\n**Write it** has been completed.\n")
    partial, instruction = _sent(stage)
    assert partial == (
        "assistant",
        'Text\n\n- a.py:\n<PlandexBlock lang="python" path="a.py">\n',
    )
    assert instruction[0] == "user"
    turn = await stage.turn()
    assert turn.context_paths == {"a.py"}
    assert turn.messages[-1].message == (
        'Text\n\n- a.py:\n<PlandexBlock lang="python" path="a.py">\nimport os\n</PlandexBlock>\n'
        "**Write it** has been completed.\n"
    )
    assert [operation.path for operation in turn.state.descriptions[-1].operations] == ["a.py"]
    assert len([message for message in turn.messages if message.role == "assistant"]) == 2


@on_stage
async def test_a_loaded_file_is_shown_though_its_task_does_not_name_it(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("other.py", "o = 1\n")])
    _interrupted(stage, "x = 2\n", "</PlandexBlock>\n", done("Write it"), uses="other.py")
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    viewer = await stage.tell(projectPaths=PATHS, smartContext=True)
    await viewer.until("promptMissingFile")
    await stage.answer("load", "a.py", "x = 1\n")
    assert (await viewer.end()).terminal == {"type": "finished"}
    system = stage.models.asked("coder")[-1].messages[0].text
    assert "- other.py:" in system and "- a.py:\n\n```\nx = 1\n```" in system


@on_stage
async def test_a_file_is_overwritten(stage: Stage) -> None:
    _interrupted(stage, "y = 2\n</PlandexBlock>\n", block("a.py", "y = 3\n"), done("Write it"))
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("overwrite", "a.py")
    stream = await viewer.end()
    assert stream.types.count("promptMissingFile") == 1
    assert stream.terminal == {"type": "finished"}
    assert (await stage.turn()).context_paths == set()
    assert "a.py" in await stage.files()


@on_stage
async def test_a_file_is_skipped(stage: Stage) -> None:
    _interrupted(stage, creating("new.py", "n = 1\n"), done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("skip", "a.py")
    await viewer.end()
    partial, instruction = _sent(stage)
    assert partial == ("assistant", "Text\n")
    assert "a.py" in instruction[1]
    system = stage.models.asked("coder")[-1].messages[0].text
    assert "a.py" in system
    assert await stage.files() == {"new.py": "n = 1\n"}
    assert (await stage.turn()).messages[-1].message.startswith("Text\n**Creating `new.py`**")


@on_stage
async def test_a_block_without_a_label_is_cut_at_its_tag(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it", uses="a.py"))
    stage.models.queue("coder", 'Text\n\n<PlandexBlock lang="python" path="a.py">\npack', SILENCE)
    stage.models.queue("coder", "more\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("skip", "a.py")
    await viewer.end()
    assert _sent(stage)[0] == ("assistant", "Text\n")
    assert (await stage.turn()).messages[-1].message.startswith("Text\nmore\n")


@on_stage
async def test_files_before_the_question_are_built_once(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it", uses="a.py"))
    stage.models.queue(
        "coder",
        creating("new.py", "n = 1\n"),
        '- a.py:\n<PlandexBlock lang="python" path="a.py">\n',
        SILENCE,
    )
    stage.models.queue("coder", "y = 2\n</PlandexBlock>\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("overwrite", "a.py")
    stream = await viewer.end()
    assert [info["path"] for info in stream.all("buildInfo")] == ["new.py", "a.py"]
    operations = (await stage.turn()).state.descriptions[-1].operations
    assert [operation.path for operation in operations] == ["new.py", "a.py"]
    assert {result.convo_message_id for result in (await stage.turn()).state.results} == {
        (await stage.turn()).messages[-1].id
    }


@on_stage
async def test_two_files_are_asked_for_one_after_the_other(stage: Stage) -> None:
    _interrupted(stage, "y = 2\n</PlandexBlock>\n\n", block("b.py", "never\n"), SILENCE)
    stage.models.queue("coder", "z = 3\n</PlandexBlock>\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("overwrite", "a.py")
    await viewer.until("promptMissingFile", 2)
    await stage.answer("overwrite", "b.py")
    await viewer.end()
    assert await stage.files() == {"a.py": "y = 2\n", "b.py": "z = 3\n"}


@on_stage
async def test_with_auto_context_the_client_is_to_answer_by_itself(stage: Stage) -> None:
    _interrupted(stage, "y = 2\n</PlandexBlock>\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True)
    await viewer.until("promptMissingFile")
    assert viewer.seen.messages[-1]["missingFileAutoContext"] is True
    await stage.answer("overwrite", "a.py")
    await viewer.end()


@on_stage
async def test_the_first_answer_wins(stage: Stage) -> None:
    _interrupted(stage, "y = 2\n</PlandexBlock>\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("overwrite", "a.py")
    # The run may have ended by then.
    await stage.answer("load", "a.py", "late\n", status=(200, 404))
    await viewer.end()
    assert (await stage.turn()).context_paths == set()


@on_stage
async def test_odd_answers_leave_the_question_open(stage: Stage) -> None:
    _interrupted(stage, "y = 2\n</PlandexBlock>\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("maybe", "a.py", status=400)
    await stage.answer("overwrite", "b.py", status=400)
    assert await stage.status() == ("missingFile", "")
    await stage.answer("overwrite", "a.py")
    await viewer.end()


@on_stage
async def test_a_file_that_is_too_large_leaves_the_question_open(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_thread(lambda: Plan.objects.update(config={"autoContext": False}))
    _interrupted(stage, "more\n", done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    monkeypatch.setattr("context.selectors.pack_limits", lambda pack, models: _SmallLimits)
    await stage.answer("load", "a.py", "word " * 1000, status=422)
    await stage.answer("skip", "a.py")
    await viewer.end()


@on_stage
async def test_a_file_that_is_there_already_is_an_answer(stage: Stage) -> None:
    """Another client may have loaded it; there is nothing to commit then."""
    _interrupted(stage, "x = 2\n</PlandexBlock>\n", done("Write it"))
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    await stage.answer("load", "a.py", "x = 1\n", status=200)
    assert (await viewer.end()).terminal == {"type": "finished"}
    assert (await stage.turn()).context_paths == {"a.py"}


class _SmallLimits:
    planner_input = 100
    architect_input = 50


@on_stage
async def test_who_connects_later_is_asked_too(stage: Stage) -> None:
    _interrupted(stage, "y = 2\n</PlandexBlock>\n", done("Write it"))
    await stage.background(projectPaths=PATHS, autoContext=True)
    viewer = await stage.connect()
    await viewer.until("connectActive")
    while viewer.seen.messages[1].get("missingFilePath") != "a.py":
        await viewer.left()
        viewer = await stage.connect()
        await viewer.until("connectActive")
    assert viewer.seen.messages[1]["initReplies"][-1].endswith("- a.py:\n```python\n")
    assert viewer.seen.messages[1]["missingFileAutoContext"] is True
    await stage.answer("overwrite", "a.py")
    stream = await viewer.end()
    assert stream.reply.startswith("y = 2\n```\n")
    assert "promptMissingFile" not in stream.types


@on_stage
async def test_who_connects_after_the_answer_is_not_asked(stage: Stage) -> None:
    gate = Gate()
    stage.models.queue("planner", plan_of("Write it", uses="a.py"))
    stage.models.queue("coder", "Text\n\n", block("a.py", "never"), SILENCE)
    stage.models.queue("coder", "On I go.\n", gate, done("Write it"))
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.answer("skip", "a.py")
    await gate.wait_reached()
    late = await stage.connect()
    await late.until("connectActive")
    active = late.seen.messages[1]
    assert "missingFilePath" not in active
    assert active["initReplies"][-1] == "Text\nOn I go.\n"
    gate.open()
    await viewer.end()
    await late.end()


@on_stage
async def test_a_question_ends_when_nobody_answers(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.services.questions.MISSING_FILE_S", 0.02)
    _interrupted(stage)
    stream = await stage.told(projectPaths=PATHS)
    assert stream.terminal is not None
    error = stream.terminal["error"]
    assert error["msg"] == "Stream error: timeout waiting for missing file choice"
    assert not await in_thread(PendingAction.objects.filter(answered_at=None).exists)


@on_stage
async def test_a_stop_ends_the_question(stage: Stage) -> None:
    _interrupted(stage)
    viewer = await stage.tell(projectPaths=PATHS)
    await viewer.until("promptMissingFile")
    await stage.stop()
    await viewer.end()
    assert not await in_thread(PendingAction.objects.filter(answered_at=None).exists)
    message = (await stage.turn()).messages[-1]
    assert message.stopped
    assert message.message == 'Text\n\n- a.py:\n<PlandexBlock lang="python" path="a.py">\n'
    await stage.answer("load", "a.py", status=404)


# -- files to load --------------------------------------------------------------------------


async def _with_map(stage: Stage) -> None:
    await stage.request("POST", "context", [a_map(parts={"a.py": "x\n", "b.py": "def f()\n"})])


@on_stage
async def test_the_client_loads_what_the_architect_names(stage: Stage) -> None:
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", "All is well.")
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True)
    await viewer.until("loadContext")
    assert viewer.seen.messages[-1] == {
        "type": "loadContext",
        "loadContextFiles": ["b.py", "a.py"],
    }
    loaded = [a_file(path, f"The text of {path}.\n", autoLoaded=True) for path in ("b.py", "a.py")]
    reply = await stage.request("POST", "auto_load_context", loaded)
    assert reply.json["tokensAdded"] > 0
    assert reply.json["msg"].startswith("Loaded 2 files into context | added → ")
    stream = await viewer.end()
    assert stream.terminal == {"type": "finished"}
    turn = await stage.turn()
    assert all(item.auto_loaded for item in turn.state.items if item.file_path in PATHS)
    message = turn.messages[1]
    assert message.flags.did_load_context
    assert message.flags.current_stage.planning_phase == "context"
    assert message.activate_paths_ordered == ["b.py", "a.py"]
    system = stage.models.asked("planner")[0].messages[0].text
    assert system.index("The text of b.py.") < system.index("The text of a.py.")


@on_stage
async def test_an_empty_answer_lets_the_run_go_on(stage: Stage) -> None:
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", "All is well.")
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True)
    await viewer.until("loadContext")
    reply = await stage.request("POST", "auto_load_context", [])
    assert (reply.json["tokensAdded"], reply.json["msg"]) == (0, "")
    await viewer.end()


@pytest.mark.parametrize("body", [{"no": "list"}, [7], [{"contextType": "planet"}]])
@on_stage
async def test_an_answer_that_makes_no_sense_leaves_the_files_to_be_loaded(
    stage: Stage, body: object
) -> None:
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", "All is well.")
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True)
    await viewer.until("loadContext")
    refused = await stage.request("POST", "auto_load_context", body, status=400)
    assert refused.text.count("\n") <= 1 and "{" not in refused.text
    loaded = [a_file("a.py", "1\n", autoLoaded=True)]
    assert (await stage.request("POST", "auto_load_context", loaded)).json["tokensAdded"] > 0
    assert (await viewer.end()).terminal == {"type": "finished"}


@on_stage
async def test_files_that_do_not_fit_are_refused_in_one_answer_and_the_run_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_thread(lambda: Plan.objects.update(config={"autoContext": False}))
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", "All is well.")
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True)
    await viewer.until("loadContext")
    monkeypatch.setattr("context.selectors.pack_limits", lambda pack, models: _SmallLimits)
    loaded = [a_file("a.py", "word " * 1000, autoLoaded=True)]
    reply = await stage.request("POST", "auto_load_context", loaded)
    assert reply.json["maxTokensExceeded"] is True
    assert (await viewer.end()).terminal == {"type": "finished"}
    assert "a.py" not in (await stage.turn()).context_paths


@on_stage
async def test_a_second_answer_loads_nothing(stage: Stage) -> None:
    gate = Gate()
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", gate, "All is well.")
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True)
    await viewer.until("loadContext")
    await stage.request("POST", "auto_load_context", [a_file("a.py", "1\n", autoLoaded=True)])
    await gate.wait_reached()
    late = await stage.request(
        "POST", "auto_load_context", [a_file("b.py", "2\n", autoLoaded=True)]
    )
    assert late.json["tokensAdded"] == 0
    gate.open()
    await viewer.end()
    assert (await stage.turn()).context_paths >= {"a.py"}
    assert "b.py" not in (await stage.turn()).context_paths


@on_stage
async def test_an_ordinary_load_is_an_answer_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.services.questions.LOOK_AGAIN_S", 0.01)
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", "All is well.")
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True)
    await viewer.until("loadContext")
    await stage.request("POST", "context", [a_file("a.py", "1\n", autoLoaded=True)])
    assert (await viewer.end()).terminal == {"type": "finished"}


@on_stage
async def test_who_connects_later_loads_the_files(stage: Stage) -> None:
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", "All is well.")
    await stage.background(projectPaths=PATHS, autoContext=True)
    while not await in_thread(PendingAction.objects.exists):
        pass
    viewer = await stage.connect()
    await viewer.until("loadContext")
    await stage.request("POST", "auto_load_context", [])
    assert (await viewer.end()).terminal == {"type": "finished"}


@on_stage
async def test_a_client_that_does_not_load_ends_the_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.services.questions.AUTO_LOAD_S", 0.02)
    await _with_map(stage)
    stage.models.queue("architect", FILES)
    stream = await stage.told(projectPaths=PATHS, autoContext=True)
    assert stream.terminal is not None
    assert stream.terminal["error"]["msg"] == (
        "Stream error: timeout waiting for auto load context response"
    )
    messages = (await stage.turn()).messages
    assert [message.flags.has_error for message in messages] == [False, False]


@on_stage
async def test_without_auto_context_nothing_is_loaded(stage: Stage) -> None:
    await _with_map(stage)
    stage.models.queue("planner", "See `a.py`.")
    stream = await stage.told(projectPaths=PATHS)
    assert "loadContext" not in stream.types
    assert not stage.models.asked("architect")


@on_stage
async def test_files_that_are_loaded_are_not_asked_for_again(stage: Stage) -> None:
    await _with_map(stage)
    await stage.request("POST", "context", [a_file("a.py", "1\n"), a_file("b.py", "2\n")])
    stage.models.queue("architect", FILES)
    stage.models.queue("planner", "All is well.")
    stream = await stage.told(projectPaths=PATHS, autoContext=True)
    assert "loadContext" not in stream.types
    assert len(stage.models.asked("planner")) == 1


@on_stage
async def test_a_chat_that_needs_no_files_ends_after_its_context_phase(stage: Stage) -> None:
    await _with_map(stage)
    stage.models.queue("architect", "Hello! I need no `a.py` for that.")
    stage.models.defaults["planner"] = lambda request: "never"
    viewer = await stage.tell(projectPaths=PATHS, autoContext=True, isChatOnly=True)
    await viewer.until("loadContext")
    await stage.request("POST", "auto_load_context", [])
    await viewer.end()
    assert not stage.models.asked("planner")
