"""Recorded answers in Anthropic's protocol, cut in every way."""

import pytest

from execution.clients.anthropic_stream import AnthropicReader
from execution.clients.base import Usage
from execution.clients.sse import SseData
from execution.logic.model_errors import ModelError, ModelErrorKind
from tests.execution.clients.asking import TOOL, Scene, Told, chosen, play
from tests.execution.clients.scripted import Answer, recorded

ANSWERS = {
    "anthropic.sse": Told(
        "Grüße, wörld 🌍", "Let me think", "stop", Usage(1530, 25, 1000, cache_write=500)
    ),
    "anthropic_tool.sse": Told('{"planName": "fix-login"}', "", "stop", Usage(70, 12, 0)),
}


def read(*pieces: bytes, has_tool: bool = True) -> Told:
    reader = AnthropicReader(chosen("anthropic"), SseData(), has_tool=has_tool)
    told = Told()
    for piece in pieces:
        told.add_all(reader.feed(piece))
    if not reader.done:
        told.add_all(reader.end())
    return told


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_read_over_http(name: str) -> None:
    async def script(scene: Scene) -> None:
        assert await scene.ask(chosen("anthropic"), tool=TOOL) == ANSWERS[name]

    play(script, Answer([recorded(name)]))


def test_a_function_call_that_nobody_asked_for_is_no_text() -> None:
    async def script(scene: Scene) -> None:
        told = await scene.ask(chosen("anthropic"))
        assert (told.text, told.finish) == ("", "stop")

    play(script, Answer([recorded("anthropic_tool.sse")]))
    assert read(recorded("anthropic.sse"), has_tool=False) == ANSWERS["anthropic.sse"]


@pytest.mark.parametrize("name", ANSWERS)
def test_cuts_and_line_ends_change_nothing(name: str) -> None:
    data = recorded(name)
    for form in (data, data.replace(b"\n", b"\r\n"), data.replace(b"\n\n", b"\n")):
        assert read(*(form[at : at + 1] for at in range(len(form)))) == ANSWERS[name]
        for at in range(0, len(form), 11):
            assert read(form[:at], form[at:]) == ANSWERS[name]


def test_the_end_is_seen_before_the_connection_closes() -> None:
    async def script(scene: Scene) -> None:
        assert (await scene.ask(chosen("anthropic"))).finish == "stop"

    play(script, Answer([recorded("anthropic.sse")], end="hang"))


def test_an_answer_that_breaks_off_is_an_error() -> None:
    data = recorded("anthropic.sse")
    with pytest.raises(ModelError, match="broke off") as caught:
        read(data[: data.index(b"event: message_delta")])
    assert caught.value.retriable


def test_the_last_event_may_be_missing() -> None:
    data = recorded("anthropic.sse")
    assert read(data[: data.index(b"event: message_stop")]) == ANSWERS["anthropic.sse"]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("end_turn", "stop"), ("max_tokens", "length"), ("refusal", "content_filter"), ("new", "new")],
)
def test_stop_reasons(reason: str, finish: str) -> None:
    event = b'data: {"type":"message_delta","delta":{"stop_reason":"%s"},"usage":{}}\n\n'
    assert read(event % reason.encode()).finish == finish


def test_an_error_after_some_text() -> None:
    told = Told()

    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="overloaded_error: Overloaded") as caught:
            await scene.ask(chosen("anthropic"), told)
        assert (caught.value.status, caught.value.kind) == (529, ModelErrorKind.OVERLOADED)

    play(script, Answer([recorded("anthropic_error.sse")]))
    assert told.text == "Half"


ERRORS = [
    ("rate_limit_error", 429, ModelErrorKind.RATE_LIMITED, True),
    ("api_error", 500, ModelErrorKind.OTHER, True),
    ("invalid_request_error", 400, ModelErrorKind.OTHER, False),
    ("request_too_large", 413, ModelErrorKind.CONTEXT_TOO_LONG, False),
    ("never_heard_of", 500, ModelErrorKind.OTHER, True),
]


@pytest.mark.parametrize(("kind", "status", "sorted_as", "retriable"), ERRORS)
def test_errors_in_the_stream(
    kind: str, status: int, sorted_as: ModelErrorKind, retriable: bool
) -> None:
    event = b'event: error\ndata: {"type":"error","error":{"type":"%s","message":"no"}}\n\n'
    with pytest.raises(ModelError) as caught:
        read(event % kind.encode())
    error = caught.value
    assert (error.status, error.kind, error.retriable) == (status, sorted_as, retriable)


@pytest.mark.parametrize("data", [b"data: {nonsense}\n\n", b'data: {"type": 5}\n\n'])
def test_nonsense_is_an_error(data: bytes) -> None:
    with pytest.raises(ModelError, match="can't be read"):
        read(data)


def test_unknown_events_are_passed_over() -> None:
    news = b'event: news\ndata: {"type": "news", "delta": {"type": "x", "citation": {"a": 1}}}\n\n'
    assert read(news + recorded("anthropic.sse")) == ANSWERS["anthropic.sse"]
