"""What the real CLI sent when people joined a team and worked on a plan, sent again: the answers
are still what they were, and what the CLI can decode."""

import json
import re
from typing import Any

import pytest
from django.core import mail

from tests.execution.runs.exchange import Exchange, Viewer
from tests.execution.runs.stage import Stage, on_stage
from tests.wire.client import Reply, StrictClient
from tests.wire.described import check_described
from tests.wire.recorded import Names, recording, shape

pytestmark = pytest.mark.usefixtures("team_mode")


@on_stage
async def test_people(stage: Stage) -> None:
    await replay(stage, "people")


@on_stage
async def test_a_plan_cycle(stage: Stage) -> None:
    await replay(stage, "plan_cycle")


async def replay(stage: Stage, name: str) -> None:
    recorded = recording(name)
    assert len(recorded.calls) > 15
    for role, texts in recorded.replies.items():
        for text in texts:
            stage.models.queue(role, text)
    names = Names()
    for call in recorded.calls:
        reply = await _sent(stage, names, call)
        where = f"{call['method']} {call['path']}: {reply.body[:300]!r}"
        assert reply.status == call["status"], where
        if call["answer"] is not None:
            names.learn(call["answer"], reply.json)
            assert shape(reply.json) == shape(call["answer"]), where


async def _sent(stage: Stage, names: Names, call: dict[str, Any]) -> Reply:
    """The answer, held against the description and the CLI's demands."""
    method, path = call["method"], names.of(call["path"])
    client = StrictClient(token=names.of(call["token"]), org_id=names.of(call["org"]))
    body = _with_pin(names.of(call["body"]))
    raw = b"" if body is None else json.dumps(body).encode()
    if path.endswith("/tell"):
        viewer = Viewer(method, path, client.headers(), raw)
        stage.exchanges.append(viewer)
        stream = await viewer.end()
        assert stream.types[-1] == "finished"
        return Reply(viewer.status, viewer.headers, b"")
    exchange = Exchange(method, path, client.headers(), raw)
    stage.exchanges.append(exchange)
    reply = await exchange.reply()
    client.check(method, path, reply, body)
    check_described(method, path, reply.status, reply.headers, reply.body)
    return reply


def _with_pin(body: Any) -> Any:
    if isinstance(body, dict) and body.get("pin") == "<pin>":
        found = re.search(r"PIN is (\w{6})", str(mail.outbox[-1].body))
        assert found
        return body | {"pin": found[1]}
    return body
