"""The CLI's own prompt line."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import ModelServer, Pause
from tests.cli.terminal import ENTER, Terminal

pytestmark = pytest.mark.cli
CTRL_C = "\x03"


def _type(terminal: Terminal, line: str) -> None:
    """A person's keys come one by one: the prompt line completes while they are pressed."""
    terminal.rest()
    for key in line:
        terminal.press(key)
    terminal.rest()
    terminal.press(ENTER)


def test_a_session(desk: Desk, models: ModelServer) -> None:
    desk.write("main.py", "import sys\n")
    models.queue("planner", "Here is my answer.")
    models.queue("planner", "Here is another.")
    with desk.open("repl", "--chat") as terminal:
        terminal.until("Chat mode is enabled")
        _type(terminal, "@main.py")
        terminal.until("Loaded 1 file into context")
        _type(terminal, "explain the whole of it please")
        terminal.until("Here is my answer.")
        terminal.until("Here is my answer.")
        _type(terminal, "\\ls")
        terminal.until("Total tokens")
        _type(terminal, "\\multi")
        _type(terminal, "first line of two")
        _type(terminal, "second line of two")
        _type(terminal, "\\send")
        terminal.until("Here is another.")
        terminal.until("Here is another.")
        _type(terminal, "\\quit")
        assert terminal.end() == 0
    first, second = models.asked.of("planner")
    assert "import sys" in first
    assert "first line of two\\nsecond line of two" in second


def test_an_interrupted_reply_leaves_the_prompt_line(desk: Desk, models: ModelServer) -> None:
    pause = Pause()
    models.queue("planner", "It begins. ", pause, "It goes on.")
    models.queue("planner", "Once more.")
    with desk.open("repl", "--chat") as terminal:
        terminal.until("Chat mode is enabled")
        _type(terminal, "tell me a very long story")
        terminal.until("It begins.")
        pause.wait_reached()
        terminal.press(CTRL_C)
        terminal.until("Stopped early")
        pause.go_on()
        _type(terminal, "and now a short one please")
        terminal.until("Once more.")
        _type(terminal, "\\quit")
        assert terminal.end() == 0
    assert "It begins." in models.asked.of("planner")[1]
    assert "It goes on." not in desk.run("convo").text
