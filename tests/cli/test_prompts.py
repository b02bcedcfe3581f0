"""The ways to give a prompt, and how far a reply goes."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer
from tests.execution.runs.replies import creating, done, plan_of

pytestmark = pytest.mark.cli


@pytest.fixture
def planned(desk: Desk) -> Desk:
    desk.run("new", "--name", "prompts")
    return desk


def _write_one(models: ModelServer) -> None:
    models.queue("planner", plan_of("Write it", uses="`one.py`"))
    models.queue("coder", creating("one.py", "n = 1\n"), done("Write it"))


def test_from_a_file_a_pipe_and_an_editor(planned: Desk, models: ModelServer) -> None:
    planned.write("prompt.txt", "Words in a file")
    planned.run("chat", "--file", "prompt.txt")
    planned.pipe("Words in a pipe", "chat")
    planned.pipe("Data of a pipe", "chat", "And words")
    editor = planned.home / "bin" / "vim"
    editor.write_text('#!/bin/sh\nfor file; do :; done\necho "Words in an editor" > "$file"\n')
    editor.chmod(0o755)
    planned.run("chat", "--editor=vim")
    prompts = models.asked.of("planner")
    assert "Words in a file" in prompts[0]
    assert "Words in a pipe" in prompts[1]
    assert "And words" in prompts[2] and "Data of a pipe" in prompts[2]
    assert "Words in an editor" in prompts[3]


def test_one_reply_and_then_the_next(planned: Desk, models: ModelServer) -> None:
    _write_one(models)
    planned.run("tell", "Write one", "--stop")
    assert models.asked.of("coder") == []
    planned.run("continue")
    planned.apply()
    assert planned.files() == {"one.py"}


def test_changes_are_built_later(planned: Desk, models: ModelServer) -> None:
    _write_one(models)
    planned.run("tell", "Write one", "--no-build")
    assert "No pending changes" in planned.run("diff", "--plain").text
    assert "Built plan" in planned.run("build").text
    assert "+n = 1" in planned.run("diff", "--plain").text


def test_an_answer_becomes_a_plan(planned: Desk, models: ModelServer) -> None:
    models.queue("planner", "I could write one.")
    planned.run("chat", "What could you do?")
    _write_one(models)
    planned.run("tell", "--from-chat", "--apply", "--skip-commit")
    assert "I could write one." in models.asked.of("planner")[-1]
    assert planned.files() == {"one.py"}


def test_one_of_several_files_is_rejected(planned: Desk, models: ModelServer) -> None:
    models.queue("planner", plan_of("Write it"))
    files = [creating(f"{name}.py", f"n = '{name}'\n") for name in ("one", "two", "three")]
    models.queue("coder", *files, done("Write it"))
    planned.run("tell", "Write three")
    planned.run("reject", "two.py")
    assert "has no changes to reject" in planned.fail("reject", "two.py")
    planned.apply()
    assert planned.files() == {"one.py", "three.py"}
