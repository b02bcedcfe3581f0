"""Branches and rewinds."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer
from tests.cli.terminal import DOWN, ENTER
from tests.execution.runs.replies import creating, done, plan_of

pytestmark = pytest.mark.cli


def _write(desk: Desk, models: ModelServer, path: str, text: str) -> None:
    models.queue("planner", plan_of("Write it", uses=f"`{path}`"))
    models.queue("coder", creating(path, text), done("Write it"))
    desk.run("tell", f"Write {path}")


def test_branches_diverge(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "branches")
    _write(desk, models, "both.py", "b = 0\n")
    desk.run("checkout", "other", "--yes")
    _write(desk, models, "other.py", "o = 1\n")
    desk.run("checkout", "main")
    _write(desk, models, "main.py", "m = 1\n")
    on_main = desk.run("diff", "--plain").text
    desk.run("checkout", "other")
    on_other = desk.run("diff", "--plain").text
    assert "both.py" in on_main and "both.py" in on_other
    assert "main.py" in on_main and "other.py" not in on_main
    assert "other.py" in on_other and "main.py" not in on_other
    assert "Write main.py" not in desk.run("convo").text
    desk.apply()
    assert desk.files() == {"both.py", "other.py"}
    listed = desk.run("branches").text
    assert "main" in listed and "other" in listed


def _changed_after_apply(desk: Desk, models: ModelServer) -> None:
    """A plan that was applied, whose file somebody changed afterwards."""
    desk.run("new", "--name", "conflict")
    _write(desk, models, "one.py", "n = 1\n")
    desk.apply()
    desk.write("one.py", "n = 1  # mine\n")


def test_a_rewind_asks_before_it_overwrites(desk: Desk, models: ModelServer) -> None:
    _changed_after_apply(desk, models)
    with desk.open("rewind", "1", "--revert") as terminal:
        terminal.until("updated outside of Plandex")
        terminal.until("What do you want to do?")
        terminal.press(ENTER)
        terminal.until("reverted")
        assert terminal.end() == 0
    assert desk.files() == set()


def test_a_rewind_keeps_what_its_user_wants_to_keep(desk: Desk, models: ModelServer) -> None:
    _changed_after_apply(desk, models)
    with desk.open("rewind", "1", "--revert") as terminal:
        terminal.until("What do you want to do?")
        terminal.press(DOWN)
        terminal.press(ENTER)
        terminal.until("No project files were modified")
        assert terminal.end() == 0
    assert desk.read("one.py") == "n = 1  # mine\n"
    assert "+n = 1" in desk.run("diff", "--plain").text


def test_a_rewind_to_an_abbreviated_id(desk: Desk, models: ModelServer) -> None:
    desk.write("a.py", "a = 1\n")
    desk.run("new", "--name", "rewound")
    desk.run("load", "a.py")
    desk.run("load", "--note", "Short names")
    log = desk.run("log").text
    shas = [line.split()[2] for line in log.splitlines() if "Update " in line]
    desk.run("rewind", shas[1])
    listed = desk.run("ls").text
    assert "a.py" in listed and "note" not in listed
