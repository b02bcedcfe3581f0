"""Replies that are watched, left, stopped, taken up again, or that fail at first."""

import pytest

from tests.cli.desk import Desk
from tests.cli.model_server import Failure, ModelServer, Pause
from tests.execution.runs.replies import creating, done, plan_of

pytestmark = pytest.mark.cli


def test_a_reply_is_stopped_and_continued(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "stop")
    pause = Pause()
    models.queue("planner", plan_of("Write it"))
    models.queue("coder", creating("one.py", "n = 1\n"), "Half of the reply ", pause, "is missing")
    with desk.open("tell", "Write two") as terminal:
        terminal.until("Half of the reply")
        pause.wait_reached()
        terminal.press("s")
        terminal.until("Stopped early")
        assert terminal.end() == 0
    pause.go_on()
    said = desk.run("convo").text
    assert "Half of the reply" in said and "is missing" not in said
    models.queue("coder", creating("two.py", "n = 2\n"), done("Write it"))
    desk.run("continue")
    assert "Half of the reply" in models.asked.of("coder")[-1]
    desk.apply()
    assert desk.files() == {"one.py", "two.py"}


def test_a_stop_from_another_terminal(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "stop-elsewhere")
    pause = Pause()
    models.queue("planner", "A long answer ", pause, "goes on")
    with desk.open("chat", "Tell me all") as terminal:
        terminal.until("A long answer")
        desk.run("stop")
        terminal.until("Stopped early")
        assert terminal.end() == 0
    pause.go_on()
    assert "A long answer" in desk.run("convo").text


def test_a_second_terminal_sees_the_whole_reply(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "connect")
    pause = Pause()
    models.queue("planner", plan_of("Write it"))
    models.queue("coder", "It begins. ", pause, creating("one.py", "n = 1\n"), done("Write it"))
    with desk.open("tell", "Write one") as first:
        first.until("It begins.")
        pause.wait_reached()
        with desk.open("connect") as second:
            second.until("It begins.")
            pause.go_on()
            assert (first.end(), second.end()) == (0, 0)
            for terminal in (first, second):
                assert "I will do it step by step" in terminal.text
                assert "one.py" in terminal.text
    desk.apply()
    assert desk.files() == {"one.py"}


def test_a_plan_goes_on_in_the_background(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "background")
    pause = Pause()
    models.queue("planner", plan_of("Write it"))
    models.queue("coder", "It begins. ", pause, creating("one.py", "n = 1\n"), done("Write it"))
    with desk.open("tell", "Write one") as terminal:
        terminal.until("It begins.")
        terminal.press("b")
        terminal.until("active in the background")
        assert terminal.end() == 0
    assert "background" in desk.run("ps").text
    with desk.open("connect") as terminal:
        terminal.until("It begins.")
        pause.go_on()
        assert terminal.end() == 0
    desk.apply()
    assert desk.files() == {"one.py"}


@pytest.mark.parametrize("status", [429, 500])
def test_a_provider_fails_twice_and_then_answers(
    desk: Desk, models: ModelServer, status: int
) -> None:
    desk.run("new", "--name", f"failing-{status}")
    models.queue("planner", Failure(status))
    models.queue("planner", Failure(status))
    models.queue("planner", "Here I am.")
    told = desk.run("chat", "Are you there?")
    assert "Here I am." in told.text
    assert len(models.asked.of("planner")) == 3


def test_a_provider_that_refuses_is_quoted(desk: Desk, models: ModelServer) -> None:
    desk.run("new", "--name", "refusing")
    for _ in range(12):
        models.queue("planner", Failure(400))
    with desk.open("chat", "Are you there?") as terminal:
        terminal.until("The model has failure 400.")
        assert terminal.end() == 1
    models.forget()
    models.queue("planner", "Now I am.")
    assert "Now I am." in desk.run("chat", "And now?").text
