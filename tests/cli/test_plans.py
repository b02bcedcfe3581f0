"""Plans come and go: names, folders, the archive."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer

pytestmark = pytest.mark.cli


def _names(desk: Desk, *flags: str) -> list[str]:
    """The plans of a list, as it shows them."""
    rows = [line.split("|") for line in desk.run("plans", *flags).text.splitlines()]
    return [row[2].replace("👈", "").strip() for row in rows if len(row) > 3][1:]


def _delete(desk: Desk, which: str) -> None:
    with desk.open("delete-plan", which) as terminal:
        terminal.until("(y)es | (n)o")
        terminal.press("y")
        assert terminal.end() == 0


def test_names(desk: Desk) -> None:
    desk.run("new", "--name", "first")
    desk.run("new", "--name", "first")
    desk.run("rename", "zweiter Plän")
    assert _names(desk) == ["zweiter Plän", "first"]
    desk.run("cd", "first")
    assert "first" in desk.run("current").text
    desk.run("cd", "1")
    assert "zweiter Plän" in desk.run("current").text
    assert "Plan not found" in desk.fail("cd", "third")


def test_the_archive(desk: Desk) -> None:
    desk.run("new", "--name", "kept")
    desk.run("new", "--name", "put-away")
    desk.run("archive", "put-away")
    assert (_names(desk), _names(desk, "--archived")) == (["kept"], ["put-away"])
    desk.run("unarchive", "put-away")
    assert sorted(_names(desk)) == ["kept", "put-away"]


def test_many_are_deleted_at_once(desk: Desk) -> None:
    for name in ("old1", "new1", "old2", "new2", "new3"):
        desk.run("new", "--name", name)
    _delete(desk, "old*")
    assert _names(desk) == ["new3", "new2", "new1"]
    _delete(desk, "1-2")  # the CLI counts ranges from 0, and asks
    assert _names(desk) == ["new3"]
    desk.run("delete-plan", "--all")
    assert _names(desk) == []


def test_a_draft_is_named_by_its_first_prompt(desk: Desk, models: ModelServer) -> None:
    desk.run("new")
    assert "draft" in desk.run("current").text
    models.queue("planner", "Hello.")
    desk.run("chat", "Good morning")
    assert "named-by-model" in desk.run("current").text
