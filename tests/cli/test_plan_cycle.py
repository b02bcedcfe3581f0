"""Whole plans, as people go through them."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer
from tests.execution.runs.replies import creating, done, plan_of

pytestmark = pytest.mark.cli


def test_it_works(desk: Desk, models: ModelServer) -> None:
    """From a new plan to files on the disk, and back."""
    desk.write("main.py", "import sys\n")
    desk.run("new", "--name", "first")
    assert "main.py" in desk.run("load", "main.py").text
    models.queue("planner", plan_of("Write it", uses="`main.py`, `hello.py`"))
    models.queue("coder", creating("hello.py", "print('hello')\n"), done("Write it"))
    told = desk.run("tell", "Say hello")
    assert "I will do it step by step" in told.text
    assert "hello.py" in told.text
    assert "+print('hello')" in desk.run("diff", "--plain").text
    assert desk.files() == {"main.py"}
    applied = desk.apply()
    assert "1 file updated" in applied.text
    assert desk.read("hello.py") == "print('hello')\n"
    log = desk.run("log").text
    assert "Loaded 1 file into context" in log and "User prompt" in log
    desk.run("rewind", "1", "--revert")
    assert desk.files() == {"main.py"}
    assert "+print('hello')" in desk.run("diff", "--plain").text
