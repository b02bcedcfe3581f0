"""What the CLI shows of the server's limits: one sentence that says what to do."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, desk_make, home_make, ranks_make, sign_in
from tests.cli.model_server import ModelServer, Pause
from tests.cli.server import LiveServer

pytestmark = pytest.mark.cli


@pytest.fixture
def desk_of(tmp_path: Path, model_server: ModelServer) -> Iterator["DeskOf"]:
    made = DeskOf(tmp_path, model_server.url)
    yield made
    made.close()


class DeskOf:
    """A desk at a server with these variables."""

    def __init__(self, folder: Path, models_url: str) -> None:
        self._folder, self._models_url = folder, models_url
        self._servers: list[LiveServer] = []

    def __call__(self, *, models: bool = True, **env: str) -> Desk:
        server = LiveServer(self._folder, **env)
        self._servers.append(server)
        folder = self._folder / "desk"
        folder.mkdir()
        if models:
            return desk_make(folder, server.url, self._models_url)
        desk = Desk(folder / "home", folder / "project", os.environ["PLANDEX_CLI"])
        desk.project.mkdir()
        home_make(desk.home, ranks_make())
        sign_in(desk, server.url)
        return desk

    def close(self) -> None:
        for server in self._servers:
            server.close()


def test_a_run_too_many(desk_of: DeskOf, models: ModelServer) -> None:
    desk = desk_of(USER_RUNS="1", USER_RUNS_WAIT_S="1")
    desk.run("new", "--name", "one")
    pause = Pause()
    models.queue("planner", "Working on", pause, " it.\n\n<PlandexFinish/>")
    with desk.open("tell", "Say hello") as first:
        pause.wait_reached()
        desk.run("new", "--name", "two")
        refused = desk.fail("tell", "Say hello too")
        pause.go_on()
        assert first.end() == 0
    assert "You have 1 run in progress, which is all that this server allows one user" in refused
    assert "wait for one to end, or stop one" in refused


def test_requests_too_many(desk_of: DeskOf) -> None:
    desk = desk_of(models=False, USER_REQUESTS_PER_MINUTE="12")
    # A minute may end in between, but soon one of them holds more than twelve.
    said = (desk_says(desk, "model-packs") for _ in range(100))
    refused = next(one for one in said if "requests in a minute" in one)
    assert re.search(r"You have sent more than 12 requests in a minute; wait \d+ s", refused)


def desk_says(desk: Desk, *args: str) -> str:
    with desk.open(*args) as terminal:
        terminal.end()
        return terminal.text


def test_too_much_to_read(desk_of: DeskOf) -> None:
    desk = desk_of()
    desk.run("new", "--name", "one")
    desk.write("big.txt", "word and more " * 70_000)
    assert "exceed the token limit (192000) by" in desk_says(desk, "load", "big.txt")
