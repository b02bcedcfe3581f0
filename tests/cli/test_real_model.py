"""A real model answers: what so small a one writes is not judged, but how its runs end."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.world import World, tell_body
from tests.cli.desk import Desk, desk_make
from tests.cli.real_model import RealModel
from tests.cli.server import LiveServer, free_port
from tests.wire.stream import Stream, read_stream

pytestmark = [pytest.mark.cli, pytest.mark.real_model]

PATIENCE_S = 900.0
"""A processor that others use too may need a second for each token."""
ENDS = {"finished": "finished", "error": "error"}


@pytest.fixture(scope="module")
def real_model() -> RealModel:
    return RealModel(free_port())


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path_factory.mktemp("server"))
    yield server
    server.close()


def test_a_chat(tmp_path: Path, live: LiveServer, real_model: RealModel) -> None:
    desk = desk_make(tmp_path, live.url, real_model.url)
    desk.run("new", "--name", "hello")
    with desk.open("chat", "Say hello to the world.") as terminal:
        assert terminal.end(PATIENCE_S) == 0, terminal.text
    assert _answer(desk, "Say hello to the world."), "the model said something"


def test_a_plan(live: LiveServer, real_model: RealModel) -> None:
    world = World(live.url)
    world.sign_in(real_model.url)
    project = world.call("POST", "/projects", {"name": "real"})["id"]
    plan = world.call("POST", f"/projects/{project}/plans", {"name": "real"})["id"]
    stream = _told(world, plan, "Write a file hello.txt that says hello.")
    assert sum(frame["type"] in ENDS for frame in stream.frames) == 1
    assert stream.terminal is not None
    assert stream.reply, "the model said something"
    world.close()  # the connection was idle for too long; the next call opens another
    [branch] = world.call("GET", f"/plans/{plan}/branches")
    assert branch["status"] == ENDS[stream.terminal["type"]]
    error = stream.terminal.get("error", {}).get("msg", "")
    assert (branch.get("error") or "") == error
    conversation = world.call("GET", f"/plans/{plan}/main/convo")
    world.close()
    assert [message["role"] for message in conversation][:2] == ["user", "assistant"]


def _told(world: World, plan: str, prompt: str) -> Stream:
    """A tell of a few replies to its end, read as strictly as the CLI reads."""
    body = tell_body(prompt, chat=False) | {"autoContinue": False}
    connection = http.client.HTTPConnection(world.host, world.port, timeout=PATIENCE_S)
    with closing(connection):
        connection.request("POST", f"/plans/{plan}/main/tell", json.dumps(body), world.headers)
        response = connection.getresponse()
        assert response.status == 200
        return read_stream([response.read()])


def _answer(desk: Desk, prompt: str) -> str:
    """What the conversation shows after the prompt."""
    return desk.run("convo", "--plain").text.partition(prompt)[2].strip()
