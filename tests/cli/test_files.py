"""What reaches the disk when a plan is applied."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer
from tests.execution.runs.replies import block, creating, done, plan_of, section

pytestmark = pytest.mark.cli
SCRIPT = block("_apply.sh", "echo 'it runs' > made.txt\n", lang="bash")


def test_moves_and_removals_in_two_tasks(desk: Desk, models: ModelServer) -> None:
    for path in ("old.py", "gone.py", "kept.py"):
        desk.write(path, f"# {path}\n")
    desk.run("new", "--name", "moves")
    desk.run("load", "old.py", "gone.py", "kept.py")
    models.queue("planner", plan_of("Write it", "Clean up", uses="`old.py`, `gone.py`, `new.py`"))
    models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    models.queue(
        "coder",
        section("Move Files", "`old.py` → `lib/old.py`"),
        section("Remove Files", "`gone.py`"),
        done("Clean up"),
    )
    desk.run("tell", "Tidy up")
    assert len(models.asked.of("coder")) == 2
    desk.apply()
    assert desk.files() == {"kept.py", "new.py", "lib/old.py"}
    assert desk.read("lib/old.py") == "# old.py\n"
    assert "gone.py" not in desk.run("ls").text


def test_only_removals(desk: Desk, models: ModelServer) -> None:
    desk.write("gone.py", "g = 1\n")
    desk.run("new", "--name", "removals")
    desk.run("load", "gone.py")
    models.queue("planner", plan_of("Clean up", uses="`gone.py`"))
    models.queue("coder", section("Remove Files", "`gone.py`"), done("Clean up"))
    desk.run("tell", "Tidy up")
    desk.apply()
    assert desk.files() == set()


def test_an_edit_keeps_the_rest_of_the_file(desk: Desk, models: ModelServer) -> None:
    rest = "\n\ndef sub(a, b):\n    return a - b\n"
    mended = "def add(a, b):\n    return a + b\n" + rest
    desk.write("calc.py", "def add(a, b):\n    return a - b\n" + rest)
    desk.run("new", "--name", "edit")
    desk.run("load", "calc.py")
    models.queue("planner", plan_of("Mend it", uses="`calc.py`"))
    models.queue(
        "coder",
        "**Updating `calc.py`**\nType: replace\nSummary: Replace the body of `add`\n"
        "Replace: lines 1-2\nContext: Before `sub`\n\n",
        block("calc.py", "def add(a, b):\n    return a + b\n\n\n# ... existing code ...\n"),
        done("Mend it"),
    )
    models.queue("whole-file-builder", f"<PlandexWholeFile>\n{mended}</PlandexWholeFile>")
    desk.run("tell", "Mend add")
    assert "+    return a + b" in desk.run("diff", "--plain").text
    desk.apply()
    assert desk.read("calc.py") == mended


def test_commands_run_after_the_files_are_written(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "script")
    models.queue("planner", plan_of("Write it"))
    models.queue("coder", creating("new.py", "n = 1\n"), SCRIPT, done("Write it"))
    desk.run("tell", "Write and run it")
    with desk.open("apply") as terminal:
        terminal.until("Execute now?")
        assert desk.files() == {"new.py"}
        terminal.press("y")
        terminal.until("Applied changes")
        assert terminal.end() == 0
    assert desk.files() == {"new.py", "made.txt"}
    assert desk.read("made.txt") == "it runs\n"


def test_changes_are_committed_with_the_words_of_the_model(desk: Desk, models: ModelServer) -> None:
    desk.git("init", "-q")
    desk.write("main.py", "m = 1\n")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "Begin")
    desk.run("new", "--name", "commit")
    models.queue("planner", plan_of("Write it"))
    models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    models.queue("commit-messages", "<commitMsg>Count to one</commitMsg>")
    desk.run("tell", "Count")
    desk.run("apply", "--commit")
    assert "Count to one" in desk.git("log", "-1", "--format=%B")
    assert desk.git("status", "--porcelain", "new.py") == ""


def test_rejected_changes_are_not_applied(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "reject")
    models.queue("planner", plan_of("Write it", uses="`one.py`, `two.py`"))
    models.queue(
        "coder", creating("one.py", "n = 1\n"), creating("two.py", "n = 2\n"), done("Write it")
    )
    desk.run("tell", "Write two")
    desk.run("reject", "two.py")
    assert "two.py" not in desk.run("diff", "--plain").text
    desk.apply()
    assert desk.files() == {"one.py"}
    assert "No changes to apply" in desk.apply().text


def test_commands_that_fail_are_mended(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "debug")
    failing = block("_apply.sh", "echo 'it is broken'; exit 3\n", lang="bash")
    models.queue("planner", plan_of("Write it"))
    models.queue("coder", creating("new.py", "n = 1\n"), failing, done("Write it"))
    desk.run("tell", "Write and run it")
    models.queue("planner", plan_of("Mend it"))
    overwriting = "**Updating `_apply.sh`**\nType: overwrite\nSummary: commands that work\n\n"
    models.queue("coder", overwriting, SCRIPT, done("Mend it"))
    shown = desk.run("apply", "--auto-exec", "--debug=2", "--skip-commit").text
    assert "it is broken" in shown
    assert "it is broken" in models.asked.of("planner")[1]
    assert desk.files() == {"new.py", "made.txt"}
