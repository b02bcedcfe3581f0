"""Recorded answers of the providers that speak OpenAI's protocol, cut in every way."""

import gzip

import pytest

from execution.clients.base import Usage
from execution.clients.openai_stream import OpenAIReader
from execution.logic.model_errors import ModelError, ModelErrorKind
from tests.execution.clients.asking import TOOL, Scene, Told, chosen, play
from tests.execution.clients.scripted import Answer, recorded

ANSWERS = {
    "openai": ("openai.sse", Told("Grüße, wörld 🌍", "", "stop", Usage(1200, 40, 1024, 16))),
    "azure-openai": ("azure.sse", Told("Hello", "", "stop", Usage(8, 1, 0, 0))),
    "openrouter": ("openrouter.sse", Told("Done", "Let me see.", "stop", Usage(300, 20, 200, 12))),
    "deepseek": ("deepseek.sse", Told("Yes", "Hmm.", "stop", Usage(50, 11, 32, 7))),
    "google-ai-studio": (
        "google.sse",
        Told("The answer is 4", "**Plan** it out", "stop", Usage(9, 5, 0, 0)),
    ),
    "perplexity": ("perplexity.sse", Told("Four.", "\nWell", "stop", Usage(12, 10, 0, 3))),
    "ollama": ("ollama.sse", Told("Hi", "Okay", "stop", Usage(11, 3, 0, 0))),
    "custom": (
        "openai_tool.sse",
        Told('{"planName":"fix-login"}', "", "tool_calls", Usage(80, 9, 0, 0)),
    ),
}


def read(provider: str, *pieces: bytes, content_type: str = "text/event-stream") -> Told:
    reader, told = OpenAIReader(chosen(provider), content_type, has_tool=True), Told()
    for piece in pieces:
        told.add_all(reader.feed(piece))
    if not reader.done:
        told.add_all(reader.end())
    return told


@pytest.mark.parametrize("provider", ANSWERS)
def test_an_answer_is_read_over_http(provider: str) -> None:
    name, expected = ANSWERS[provider]

    async def script(scene: Scene) -> None:
        assert await scene.ask(chosen(provider), tool=TOOL) == expected

    play(script, Answer([recorded(name)]))


def test_a_function_call_that_nobody_asked_for_is_no_text() -> None:
    async def script(scene: Scene) -> None:
        told = await scene.ask(chosen("custom"))
        assert (told.text, told.finish) == ("", "tool_calls")
        told = await scene.ask(chosen("openai"))
        assert told == ANSWERS["openai"][1]

    play(script, Answer([recorded("openai_tool.sse")]), Answer([recorded("openai.sse")]))


def test_a_packed_answer_is_read() -> None:
    name, expected = ANSWERS["openai"]
    packed = gzip.compress(recorded(name))

    async def script(scene: Scene) -> None:
        assert await scene.ask(chosen("openai")) == expected

    answer = Answer([packed[:90], packed[90:]], headers={"content-encoding": "gzip"})
    request = play(script, answer).requests[0]
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("provider", ANSWERS)
def test_cuts_change_nothing(provider: str) -> None:
    name, expected = ANSWERS[provider]
    data = recorded(name)
    assert read(provider, *(data[at : at + 1] for at in range(len(data)))) == expected
    for at in range(0, len(data), 7):
        assert read(provider, data[:at], data[at:]) == expected


@pytest.mark.parametrize("provider", ANSWERS)
def test_line_ends_change_nothing(provider: str) -> None:
    name, expected = ANSWERS[provider]
    data = recorded(name)
    assert read(provider, data.replace(b"\n", b"\r\n")) == expected
    assert read(provider, data.replace(b"\n\n", b"\n")) == expected
    assert read(provider, data.replace(b"data: ", b"data:")) == expected


@pytest.mark.parametrize("provider", ANSWERS)
def test_the_end_mark_may_be_missing(provider: str) -> None:
    name, expected = ANSWERS[provider]
    data = recorded(name).replace(b"data: [DONE]\n\n", b"")
    assert read(provider, data) == expected
    assert read(provider, data.rstrip(b"\n")) == expected


def test_an_answer_that_breaks_off_is_an_error() -> None:
    data = recorded("openai.sse")
    half = data[: data.index(b'{"id":"chatcmpl-1"', data.index(b"w\xc3\xb6rld"))]
    with pytest.raises(ModelError, match="broke off") as caught:
        read("openai", half)
    assert caught.value.retriable


def test_an_event_may_have_several_lines() -> None:
    data = (
        b'data: {"choices": [{"delta":\ndata: {"content": "a"},\n'
        b'data: "finish_reason": "stop"}]}\n\n'
    )
    assert read("custom", data) == Told("a", "", "stop")


def test_empty_finish_reasons_are_none() -> None:
    chunk = b'data: {"choices": [{"delta": {"content": "%s"}, "finish_reason": "%s"}]}\n\n'
    assert read("custom", chunk % (b"a", b""), chunk % (b"b", b"length")) == Told(
        "ab", "", "length"
    )


def test_an_answer_that_is_not_streamed_is_read() -> None:
    body = (
        b'{"object": "chat.completion", "choices": [{"message": {"role": "assistant", '
        b'"content": "all"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}'
    )
    told = read("custom", body[:20], body[20:], content_type="application/json; charset=utf-8")
    assert told == Told("all", "", "stop", Usage(3, 0, 0, 0))


OTHER = ModelErrorKind.OTHER
ERRORS: list[tuple[bytes, int, ModelErrorKind, bool]] = [
    (b'data: {"error": {"message": "boom", "code": "server_error"}}\n\n', 500, OTHER, True),
    (
        b'data: {"error": {"message": "slow down", "code": 429}}\n\n',
        429,
        ModelErrorKind.RATE_LIMITED,
        True,
    ),
    (b'data: {"error": {"message": "no", "code": "401"}}\n\n', 401, OTHER, False),
    (b'data: {"error": "out of memory"}\n\n', 500, OTHER, True),
    (b'data: {"object": "error", "message": "bad", "code": 400}\n\n', 400, OTHER, False),
    (
        b'data: [{"error": {"code": 503, "message": "Try later", "status": "UNAVAILABLE"}}]\n\n',
        503,
        OTHER,
        True,
    ),
    (b'event: error\ndata: {"error": {"message": "x", "code": 400}}\n\n', 400, OTHER, False),
    (b'{"error": {"message": "bare", "code": 502}}\n', 502, OTHER, True),
    (b'{\n  "error": {\n    "message": "bare",\n    "code": 502\n  }\n}\n', 502, OTHER, True),
    (
        b'data: {"error": {"message": "maximum context length is 8192 tokens", "code": 400}}\n\n',
        400,
        ModelErrorKind.CONTEXT_TOO_LONG,
        False,
    ),
]


@pytest.mark.parametrize(("data", "status", "kind", "retriable"), ERRORS)
def test_an_error_in_the_stream(
    data: bytes, status: int, kind: ModelErrorKind, retriable: bool
) -> None:
    with pytest.raises(ModelError) as caught:
        read("custom", data)
    error = caught.value
    assert (error.status, error.kind, error.retriable) == (status, kind, retriable)


def test_an_error_in_the_body_of_a_good_answer() -> None:
    body = b'{"error": {"message": "No endpoints found", "code": 404}}'
    with pytest.raises(ModelError, match="No endpoints found") as caught:
        read("openrouter", body, content_type="application/json")
    assert caught.value.status == 404


def test_what_the_provider_behind_a_router_said() -> None:
    error = (
        b'data: {"error": {"message": "Provider returned error", "code": 400, "metadata": '
        b'{"raw": "prompt is too long: 9 tokens", "provider_name": "Anthropic"}}}\n\n'
    )
    with pytest.raises(ModelError, match="Provider returned error: prompt is too long") as caught:
        read("openrouter", error)
    assert caught.value.kind is ModelErrorKind.CONTEXT_TOO_LONG


def test_an_error_after_some_text() -> None:
    told = Told()

    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="Provider disconnected unexpectedly") as caught:
            await scene.ask(chosen("openrouter"), told)
        assert caught.value.status == 502

    play(script, Answer([recorded("openrouter_error.sse")]))
    assert told.text == "Half"


def test_a_machine_without_room_is_an_error_finish() -> None:
    data = (
        b'data: {"choices": [{"delta": {}, "finish_reason": "insufficient_system_resource"}]}\n\n'
    )
    assert read("deepseek", data).finish == "error"


@pytest.mark.parametrize(
    "data",
    [b"data: {nonsense}\n\n", b"data: 17\n\n", b'data: {"choices": 5}\n\n', b"data: \xff\xfe\n\n"],
)
def test_nonsense_is_an_error(data: bytes) -> None:
    with pytest.raises(ModelError, match="can't be read"):
        read("custom", data)


def _chunk(content: str, finish: str = "null") -> bytes:
    choice = f'{{"delta": {{"content": {content}}}, "finish_reason": {finish}}}'
    return f'data: {{"choices": [{choice}]}}'.encode()


ODD = {
    "parts": (
        _chunk('[{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]'),
        "Hello",
        "",
    ),
    "thoughts": (
        _chunk('[{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]')
        + b"\n\n"
        + _chunk('[{"type": "text", "text": "Hello"}]'),
        "Hello",
        "Hm.",
    ),
    "half a character": (_chunk(r'"Hello \ud83d"'), "Hello \ufffd", ""),
    "bytes that are no text": (_chunk('"Hello"').replace(b"lo", b"lo\xff"), "Hello\ufffd", ""),
    "nothing at all": (b"data: null\n\n" + _chunk('"Hello"'), "Hello", ""),
}


@pytest.mark.parametrize(("data", "text", "reasoning"), ODD.values(), ids=ODD)
def test_an_odd_chunk_is_understood(data: bytes, text: str, reasoning: str) -> None:
    told = read("custom", data + b"\n\ndata: [DONE]\n\n")
    assert (told.text, told.reasoning) == (text, reasoning)


def test_odd_counts_cost_no_reply() -> None:
    usage = (
        b'{"prompt_tokens": "12", "completion_tokens": 3.0, "prompt_tokens_details": '
        b'{"cached_tokens": 4.0}, "completion_tokens_details": "none", "reasoning_tokens": [1]}'
    )
    last = _chunk('"."', '"stop"')[:-1] + b', "usage": ' + usage + b"}"
    told = read("custom", _chunk('"Hello"') + b"\n\n" + last + b"\n\n")
    assert told.text == "Hello."
    assert told.usage == Usage(input=12, output=3, cached=4)


def test_an_endless_line_is_an_error() -> None:
    with pytest.raises(ModelError, match="without an end"):
        read("custom", b"data: " + b"x" * (5 * 1024 * 1024))
