"""Files that models ask for, and files that they never saw."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer
from tests.cli.terminal import DOWN, ENTER
from tests.execution.runs.replies import block, creating, done, plan_of

pytestmark = pytest.mark.cli
WHOLE = "x = 2\ny = 1\n"


def _write_unseen(desk: Desk, models: ModelServer) -> None:
    """A plan whose reply comes to a file of the project that nobody loaded, after a new one: the
    CLI's question hears the arrow keys only while something is built."""
    desk.write("seen.py", "import unseen\n")
    desk.write("unseen.py", "x = 1\ny = 1\n")
    desk.run("new", "--name", "unseen")
    desk.run("load", "seen.py")
    models.queue("planner", plan_of("Write it", uses="`unseen.py`"))
    models.queue(
        "coder", creating("first.py", "f = 1\n"), block("unseen.py", WHOLE), done("Write it")
    )


def test_a_missing_file_is_loaded(desk: Desk, models: ModelServer) -> None:
    _write_unseen(desk, models)
    models.queue("coder", WHOLE, "</PlandexBlock>\n\n", done("Write it"))
    models.queue("whole-file-builder", f"<PlandexWholeFile>\n{WHOLE}</PlandexWholeFile>")
    with desk.open("tell", "Change it") as terminal:
        terminal.until("isn't in context")
        terminal.press(ENTER)
        assert terminal.end() == 0
    assert "y = 1" in models.asked.of("coder")[1]
    assert "unseen.py" in desk.run("ls").text
    desk.apply()
    assert desk.read("unseen.py") == WHOLE


def test_a_missing_file_is_skipped(desk: Desk, models: ModelServer) -> None:
    _write_unseen(desk, models)
    models.queue("coder", creating("other.py", "o = 1\n"), done("Write it"))
    with desk.open("tell", "Change it") as terminal:
        terminal.until("isn't in context")
        terminal.rest()
        terminal.press(DOWN)
        terminal.until("> Skip generating")
        terminal.press(ENTER)
        assert terminal.end() == 0
    assert "unseen.py" not in desk.run("ls").text
    desk.apply()
    assert desk.read("unseen.py") == "x = 1\ny = 1\n"
    assert desk.read("other.py") == "o = 1\n"


def test_files_are_loaded_when_the_architect_asks(desk: Desk, models: ModelServer) -> None:
    desk.write("pkg/area.py", "def area(side):\n    return side * side\n")
    desk.write("pkg/other.py", "def other():\n    pass\n")
    desk.run("new", "--name", "auto")
    desk.run("set-config", "auto-load-context", "true")
    desk.run("load", ".", "--map")
    files = "### Categories\n\n- Areas\n\n### Files\n\n- `pkg/area.py` (`area`)\n\n<PlandexFinish/>"
    models.queue("architect", "I need one file.\n\n", files)
    models.queue("planner", plan_of("Write it", uses="`pkg/area.py`, `test_area.py`"))
    models.queue("coder", creating("test_area.py", "assert True\n"), done("Write it"))
    desk.run("tell", "Test the area")
    listed = desk.run("ls").text
    assert "pkg/area.py" in listed
    assert "pkg/other.py" not in listed
    assert "return side * side" not in models.asked.of("architect")[0]
    assert "return side * side" in models.asked.of("planner")[0]
    desk.apply()
    assert desk.read("test_area.py") == "assert True\n"


def test_a_file_that_changed_is_updated_before_it_is_used(desk: Desk, models: ModelServer) -> None:
    desk.write("main.py", "version = 1\n")
    desk.run("new", "--name", "update")
    desk.run("load", "main.py")
    desk.write("main.py", "version = 2\n")
    models.queue("planner", "It is two.")
    desk.run("chat", "Which version?")
    assert "version = 2" in models.asked.of("planner")[0]


def test_a_missing_file_is_overwritten(desk: Desk, models: ModelServer) -> None:
    _write_unseen(desk, models)
    models.queue("coder", WHOLE, "</PlandexBlock>\n\n", done("Write it"))
    with desk.open("tell", "Change it") as terminal:
        terminal.until("isn't in context")
        terminal.rest()
        terminal.press(DOWN)
        terminal.until("> Skip generating")
        terminal.press(DOWN)
        terminal.until("> Allow Plandex to overwrite")
        terminal.press(ENTER)
        assert terminal.end() == 0
    desk.apply()
    assert desk.read("unseen.py") == WHOLE
    assert desk.read("first.py") == "f = 1\n"


def test_pending_changes_are_built_again_on_a_file_that_changed(
    desk: Desk, models: ModelServer
) -> None:
    add, rest = "def add(a, b):\n    return {}\n", "\n\ndef sub(a, b):\n    return a - b\n"
    desk.write("calc.py", add.format("a - b") + rest)
    desk.run("new", "--name", "again")
    desk.run("load", "calc.py")
    models.queue("planner", plan_of("Mend it", uses="`calc.py`"))
    snippet = block("calc.py", add.format("a + b") + "\n\n# ... existing code ...\n")
    models.queue(
        "coder",
        "**Updating `calc.py`**\nType: replace\nSummary: Replace the body of `add`\n"
        "Replace: lines 1-2\nContext: Before `sub`\n\n",
        snippet,
        done("Mend it"),
    )
    desk.run("tell", "Mend add")
    commented = "\n# Numbers\n" + rest
    desk.write("calc.py", add.format("a - b") + commented)
    with desk.open("update") as terminal:
        terminal.until("conflict with pending changes")
        terminal.press("y")
        assert terminal.end() == 0
    desk.apply()
    assert desk.read("calc.py") == add.format("a + b") + commented
