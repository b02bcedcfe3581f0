"""What is left of a reply when the server ends in the middle of it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, desk_make
from tests.cli.model_server import ModelServer, Pause
from tests.cli.server import LiveServer
from tests.execution.runs.replies import creating, done, plan_of

pytestmark = pytest.mark.cli
WORDS = "".join(f"word {number}, " for number in range(200))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server that only one test uses, because it ends it."""
    live = LiveServer(tmp_path)
    yield live
    live.close()


@pytest.fixture
def own_desk(tmp_path: Path, own_server: LiveServer, models: ModelServer) -> Desk:
    return desk_make(tmp_path, own_server.url, models.url)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_what_was_said_is_kept(
    own_server: LiveServer, own_desk: Desk, models: ModelServer, how: signal.Signals
) -> None:
    desk, pause = own_desk, Pause()
    desk.run("new", "--name", "killed")
    models.queue("planner", plan_of("Write it"))
    models.queue("coder", creating("one.py", "n = 1\n"), WORDS, pause, "never said")
    with desk.open("tell", "Write two") as terminal:
        terminal.until("word 150,")
        pause.wait_reached()
        terminal.until("word 199,")
        code = own_server.end(how)
        if how != signal.SIGKILL:
            terminal.until("The server stopped during this reply; use continue")
    pause.go_on()
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 0)
    own_server.start()
    assert "Traceback" not in own_server.log
    said = desk.run("convo").text
    assert "word 199," in said and "never said" not in said
    models.queue("coder", creating("two.py", "n = 2\n"), done("Write it"))
    desk.run("continue")
    assert "word 199," in models.asked.of("coder")[-1]
    desk.apply()
    assert desk.files() == {"one.py", "two.py"}
