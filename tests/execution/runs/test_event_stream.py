"""Streams as `text/event-stream`, for clients that ask for it."""

import json
from typing import Any

import pytest

from execution.clients.fake import SILENCE, Gate
from tests.execution.runs.exchange import Exchange
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage, tell_body

ACCEPT = {"Accept": "text/event-stream"}
Event = tuple[int | None, dict[str, Any]]


async def _ask(
    stage: Stage, method: str, word: str, body: object = None, **headers: str
) -> Exchange:
    sent = stage.world.owner.headers() | ACCEPT | headers
    raw = b"" if body is None else json.dumps(body).encode()
    exchange = Exchange(method, f"/plans/{stage.plan.id}/main/{word}", sent, raw)
    stage.exchanges.append(exchange)
    await exchange.started()
    return exchange


async def _tell(stage: Stage, **headers: str) -> Exchange:
    return await _ask(stage, "POST", "tell", tell_body("Do it.") | {"isChatOnly": True}, **headers)


async def _connect(stage: Stage, query: str = "", **headers: str) -> Exchange:
    return await _ask(stage, "PATCH", f"connect{query}", **headers)


async def _events(exchange: Exchange) -> list[Event]:
    """The whole stream, checked line by line."""
    reply = await exchange.reply()
    assert reply.status == 200, reply.body
    assert exchange.headers["Content-Type"] == "text/event-stream"
    *blocks, rest = reply.body.decode().split("\n\n")
    assert rest == ""
    return [event for block in blocks if (event := _event(block)) is not None]


def _event(block: str) -> Event | None:
    if block.startswith(":"):
        return None
    lines = dict(line.split(": ", 1) for line in block.split("\n"))
    assert lines.keys() in ({"id", "data"}, {"data"}), block
    return (int(lines["id"]) if "id" in lines else None), json.loads(lines["data"])


def _shown(events: list[Event]) -> list[tuple[int | None, str]]:
    return [(number, event["type"]) for number, event in events]


@on_stage
async def test_it_works(stage: Stage) -> None:
    stage.models.queue("planner", "One ", "two\n\ndata: three")
    exchange = await _tell(stage)
    events = await _events(exchange)
    assert _shown(events) == [
        (None, "start"),
        (1, "reply"),
        (2, "reply"),
        (3, "describing"),
        (4, "finished"),
    ]
    assert "".join(event.get("replyChunk", "") for _, event in events) == "One two\n\ndata: three"
    assert exchange.headers["X-Run-Id"] == (await stage.run()).id
    assert exchange.headers["Cache-Control"] == "no-cache"


@on_stage
async def test_a_client_goes_on_after_the_last_event_it_has(stage: Stage) -> None:
    gate = Gate()
    stage.models.queue("planner", "One ", "two ", gate, "three")
    exchange = await _tell(stage)
    await gate.wait_reached()
    await exchange.left()
    later = await _connect(stage, **{"Last-Event-ID": "1"})
    gate.open()
    events = await _events(later)
    assert [number for number, _ in events] == [None, 2, 3, 4, 5]
    assert events[1][1]["replyChunk"] == "two "


@on_stage
async def test_a_run_that_ended_meanwhile_is_told_to_its_end(stage: Stage) -> None:
    stage.models.queue("planner", "One ", "two")
    run_id = (await _tell(stage)).headers["X-Run-Id"]
    await stage.wait_ended()
    events = await _events(await _connect(stage, f"?run={run_id}", **{"Last-Event-ID": "2"}))
    assert _shown(events) == [(None, "start"), (3, "describing"), (4, "finished")]


@on_stage
async def test_the_run_is_the_one_that_the_client_names(stage: Stage) -> None:
    stage.models.queue("planner", "First.")
    stage.models.queue("planner", "Second.")
    run_id = (await _tell(stage)).headers["X-Run-Id"]
    await stage.wait_ended()
    await stage.told(isChatOnly=True)
    events = await _events(await _connect(stage, f"?run={run_id}"))
    assert events[1][1] == {"type": "reply", "replyChunk": "First."}


@on_stage
async def test_nothing_is_left_for_who_has_the_end(stage: Stage) -> None:
    stage.models.queue("planner", "One")
    await _events(await _tell(stage))
    assert (await _connect(stage, **{"Last-Event-ID": "3"})).status == 404


@on_stage
async def test_nothing_runs(stage: Stage) -> None:
    assert (await _connect(stage)).status == 404


@pytest.mark.parametrize("place", ["x", "-1", "1.5", "9" * 40, "²"])
@on_stage
async def test_a_place_is_a_number(stage: Stage, place: str) -> None:
    assert (await _connect(stage, **{"Last-Event-ID": place})).status == 400


@on_stage
async def test_silence_is_filled_with_comments(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.event_stream.SIGN_EVERY_S", 0.01)
    gate = Gate()
    stage.models.queue("planner", gate, SILENCE)
    exchange = await _tell(stage)
    await gate.wait_reached()
    await exchange._until(lambda: b"".join(exchange.chunks).count(b": still here\n\n") > 1)


@on_stage
async def test_a_repeated_request_gets_the_stream_from_its_first_event(stage: Stage) -> None:
    stage.models.queue("planner", "One")
    first = await _events(await _tell(stage, **{"Idempotency-Key": "k"}))
    assert await _events(await _tell(stage, **{"Idempotency-Key": "k"})) == first


@on_stage
async def test_whoever_connects_again_anywhere_gets_exactly_the_rest(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    exchange = await _ask(stage, "POST", "tell", tell_body("Do it."))
    whole = [event for event in await _events(exchange) if event[0] is not None]
    assert [number for number, _ in whole] == list(range(1, len(whole) + 1))
    run_id = exchange.headers["X-Run-Id"]
    for place in range(len(whole)):
        again = await _connect(stage, f"?run={run_id}", **{"Last-Event-ID": str(place)})
        rest = [event for event in await _events(again) if event[0] is not None]
        assert rest == whole[place:]
