"""Everything that goes wrong between this server and a provider."""

import asyncio
import gzip
import socket
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from execution.clients.failures import MAX_TEXT, status_failure
from execution.logic.model_errors import ModelError, ModelErrorKind
from plandex_server.db import now
from tests.execution.clients.asking import KEY, Scene, Told, asked, chosen, collect, play
from tests.execution.clients.scripted import Answer, error, recorded

BOTH = ["openai", "anthropic"]
OTHER, LIMITED = ModelErrorKind.OTHER, ModelErrorKind.RATE_LIMITED
TOO_LONG, OVERLOADED = ModelErrorKind.CONTEXT_TOO_LONG, ModelErrorKind.OVERLOADED


def failing(provider: str, answer: Answer, into: Told | None = None) -> ModelError:
    found: list[ModelError] = []

    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError) as caught:
            await scene.ask(chosen(provider), into)
        found.append(caught.value)

    play(script, answer)
    return found[0]


def body(kind: str, message: str) -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": message}}


STATUSES: list[tuple[Answer, ModelErrorKind, bool, float | None]] = [
    (error(400, body("invalid_request_error", "bad")), OTHER, False, None),
    (error(401, body("authentication_error", "invalid x-api-key")), OTHER, False, None),
    (error(403, body("permission_error", "no")), OTHER, False, None),
    (error(404, body("not_found_error", "model: x")), OTHER, False, None),
    (error(413, body("request_too_large", "Request exceeds")), TOO_LONG, False, None),
    (error(429, body("rate_limit_error", "slow"), retry_after="7"), LIMITED, True, 7.0),
    (error(429, body("rate_limit_error", "slow"), retry_after="60"), LIMITED, False, None),
    (error(429, body("rate_limit_error", "Please retry in 3.5s.")), LIMITED, True, 3.5),
    (error(500, body("api_error", "Internal server error")), OTHER, True, None),
    (error(503, b"<html><head><title>503 Busy</title></head></html>"), OTHER, True, None),
    (error(529, body("overloaded_error", "Overloaded")), OVERLOADED, True, None),
    (
        error(400, body("invalid_request_error", "prompt is too long: 210000 tokens > 200000")),
        TOO_LONG,
        False,
        None,
    ),
    (
        error(
            400, [{"error": {"message": "The input token count (1) exceeds the maximum number"}}]
        ),
        TOO_LONG,
        False,
        None,
    ),
    (
        error(400, {"error": {"message": "Too large", "code": "context_length_exceeded"}}),
        TOO_LONG,
        False,
        None,
    ),
]


@pytest.mark.parametrize("provider", BOTH)
@pytest.mark.parametrize(("answer", "kind", "retriable", "wait"), STATUSES)
def test_error_answers(
    provider: str, answer: Answer, kind: ModelErrorKind, retriable: bool, wait: float | None
) -> None:
    found = failing(provider, answer)
    assert (found.status, found.kind, found.retriable) == (answer.status, kind, retriable)
    assert found.retry_after == wait


def test_a_date_to_wait_for_is_measured_by_our_clock_if_the_answer_has_none() -> None:
    headers = {"retry-after": format_datetime(now() + timedelta(seconds=5))}
    wait = status_failure(429, "slow down", headers, chosen("custom")).retry_after
    assert wait is not None and 0 < wait <= 5


def test_the_body_is_the_text() -> None:
    found = failing("openai", error(404, {"error": {"message": "no such model", "code": 1}}))
    assert found.msg == '{"error": {"message": "no such model", "code": 1}}'


def test_a_page_is_reduced_to_its_title() -> None:
    page = b"<!DOCTYPE html><html><title>\n502 Bad Gateway</title>" + b"<p>x</p>" * 1000
    assert failing("openai", error(502, page)).msg == "502 Bad Gateway"


@pytest.mark.parametrize("title", [" " * 60_000, "<title>" * 8_000])
def test_a_page_whose_title_has_no_end(title: str) -> None:
    page = f"<html><title>{title}".encode()
    assert failing("openai", error(502, page)).msg == "an HTML page"


@pytest.mark.parametrize("provider", BOTH)
def test_a_huge_body_is_cut(provider: str) -> None:
    huge = Answer([b"x" * 100_000] * 100, 500, "text/plain", end="hang")
    found = failing(provider, huge)
    assert found.msg == "x" * MAX_TEXT + "…"


def test_a_compressed_body_is_read() -> None:
    packed = gzip.compress(b'{"error": {"message": "packed"}}')
    answer = Answer([packed], 400, "application/json", {"content-encoding": "gzip"})
    assert "packed" in failing("openai", answer).msg


ECHOES = [
    f"Incorrect API key provided: {KEY}.",
    "Incorrect API key provided: sk-secre*****cdef. See the page",
    f"headers: {{'authorization': 'Bearer {KEY}'}}",
    "key AIzaSyA1234567890abcdefghijklmnop is not valid",
]


@pytest.mark.parametrize("provider", BOTH)
@pytest.mark.parametrize("echo", ECHOES)
def test_no_message_shows_a_key(provider: str, echo: str) -> None:
    for answer in (
        error(401, {"error": {"message": echo}}),
        Answer([b'data: {"type": "error", "error": {"message": "%s"}}\n\n' % echo.encode()]),
    ):
        found = failing(provider, answer)
        assert "[hidden]" in found.msg
        for secret in (KEY, "cdef", "AIzaSy", "secre"):
            assert secret not in found.msg


@pytest.mark.parametrize("provider", BOTH)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(provider: str, status: int) -> None:
    answer = Answer([b""], status, headers={"location": "http://127.0.0.1:1/elsewhere"})
    found = failing(provider, answer)
    assert not found.retriable
    assert found.msg.startswith("127.0.0.1 redirects requests")


@pytest.mark.parametrize("provider", BOTH)
def test_a_refused_connection(provider: str) -> None:
    async def script(scene: Scene) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        choice = replace(chosen(provider), base_url=f"http://127.0.0.1:{port}")
        with pytest.raises(ModelError, match=r"can't connect to 127\.0\.0\.1") as caught:
            await collect(scene.models, asked(choice))
        assert caught.value.retriable

    play(script, Answer())


@pytest.mark.parametrize("provider", BOTH)
def test_a_connection_that_is_reset_before_the_answer(provider: str) -> None:
    found = failing(provider, Answer(end="reset"))
    assert (found.msg, found.retriable) == ("127.0.0.1 closed the connection", True)


@pytest.mark.parametrize("end", ["reset", "cut"])
@pytest.mark.parametrize(
    ("provider", "name"), [("openai", "openai.sse"), ("anthropic", "anthropic.sse")]
)
def test_a_connection_that_breaks_in_the_answer(provider: str, name: str, end: str) -> None:
    told, data = Told(), recorded(name)
    half = data[: data.index(", wörld".encode())]
    found = failing(provider, Answer([half], end=end), told)
    assert told.text == "Grüße"
    assert (found.msg, found.retriable) == ("127.0.0.1 closed the connection", True)


@pytest.mark.parametrize("provider", BOTH)
def test_a_reader_that_leaves_closes_the_connection(provider: str) -> None:
    async def script(scene: Scene) -> None:
        request = asked(scene.lead(chosen(provider)))
        stream = scene.models.stream(request)
        await anext(stream)
        await stream.aclose()
        async with asyncio.timeout(2):
            await scene.provider.connections[0].wait_closed()

    name = "openai.sse" if provider == "openai" else "anthropic.sse"
    data = recorded(name)
    half = data[: data.index(", wörld".encode())]
    play(script, Answer([half], end="hang"))


@pytest.mark.parametrize("provider", BOTH)
def test_a_time_limit_of_the_caller(provider: str) -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await scene.ask(chosen(provider))

    play(script, Answer([b": still thinking\n\n"], end="hang"))


@pytest.mark.parametrize("address", ["http://[::1", "ftp://example.org", "http://", "no address"])
def test_an_address_that_is_none(address: str) -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError) as caught:
            await collect(scene.models, asked(replace(chosen("custom"), base_url=address)))
        assert KEY not in caught.value.msg

    play(script, Answer())
