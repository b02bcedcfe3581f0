"""Whatever bytes a provider sends, however they are cut: no exception but `ModelError`, the same
answer, no text lost."""

import json
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execution.clients.anthropic_stream import AnthropicReader
from execution.clients.aws_events import AwsEvents
from execution.clients.openai_stream import OpenAIReader
from execution.clients.sse import SseData
from execution.clients.thinking import ThoughtSplitter
from execution.logic.model_errors import ModelError
from tests.execution.clients.asking import Told, chosen
from tests.execution.clients.scripted import recorded
from tests.execution.clients.test_aws_events import chunk, failure
from tests.execution.logic.steps import is_linear

Reader = OpenAIReader | AnthropicReader

READERS: dict[str, Callable[[], Reader]] = {
    "openai": lambda: OpenAIReader(chosen("openai")),
    "openai whole": lambda: OpenAIReader(chosen("openai"), "application/json"),
    "anthropic": lambda: AnthropicReader(chosen("anthropic"), SseData()),
    "bedrock": lambda: AnthropicReader(chosen("aws-bedrock"), AwsEvents(chosen("aws-bedrock"))),
}
WORDS: list[bytes] = [
    b"data: ",
    b"data:",
    b"event: message_start\n",
    b": comment\n",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"[DONE]",
    b'{"choices":[{"delta":{"content":"a"}}]}',
    b'{"choices":[{"delta":{"content":"<think>b"},"finish_reason":"stop"}]}',
    b'{"choices":null,"usage":{"prompt_tokens":1}}',
    b'{"choices":[{}]}',
    b'{"error":{"message":"no","code":429}}',
    b'{"type":"content_block_delta","delta":{"type":"text_delta","text":"c"}}',
    b'{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}',
    b'{"type":"error","error":{"type":"overloaded_error","message":"full"}}',
    b'{"type":"message_stop"}',
    chunk(b'{"type":"content_block_delta","delta":{"text":"d"}}'),
    failure("throttlingException", "slow down"),
    b"{",
    b"}",
    b'"',
    "é🙂".encode(),
    b"\xff\x00",
]
BYTES = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=6)), max_size=12).map(
    b"".join
)


def _read(make: Callable[[], Reader], pieces: list[bytes]) -> tuple[Told, str]:
    """What was told, and the failure at its end if there was one."""
    reader, told = make(), Told()
    try:
        for piece in pieces:
            told.add_all(reader.feed(piece))
            if reader.done:
                return told, ""
        told.add_all(reader.end())
    except ModelError as error:
        return told, str(error)
    return told, ""


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None)
@given(data=BYTES, cuts=st.lists(st.integers(0, 400), max_size=8))
def test_any_bytes_in_any_pieces_are_read_alike(name: str, data: bytes, cuts: list[int]) -> None:
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    pieces = [data[a:b] for a, b in pairwise(places)]
    assert _read(READERS[name], [data]) == _read(READERS[name], pieces)


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(st.text(max_size=20), max_size=8))
def test_no_text_is_lost(texts: list[str]) -> None:
    def event(text: str) -> bytes:
        return b"data: " + json.dumps({"choices": [{"delta": {"content": text}}]}).encode()

    # A first word keeps the answer from beginning with a thought or a blank.
    body = b"\n\n".join([*map(event, ["Well: ", *texts]), b"data: [DONE]", b""])
    told, failed = _read(READERS["openai"], [body])
    assert (told.text, failed) == ("Well: " + "".join(texts), "")


TAGGED = st.lists(
    st.sampled_from(["<think>", "</think>", "<thought>", "<th", "ink>", "<", "a b", "\n", " "]),
    max_size=10,
)


@settings(max_examples=200, deadline=None)
@given(pieces=TAGGED)
def test_thoughts_are_told_from_the_answer_wherever_they_are_cut(pieces: list[str]) -> None:
    def split(parts: list[str]) -> tuple[str, str]:
        splitter = ThoughtSplitter()
        found = [*map(splitter.split, parts), splitter.end()]
        return "".join(one for one, _ in found), "".join(two for _, two in found)

    whole = "".join(pieces)
    thought, answer = split(list(whole))
    assert split([whole]) == split(pieces) == (thought, answer)
    # Blanks around an answer may go, and one pair of tags.
    told, written = "".join((thought + answer).split()), "".join(whole.split())
    assert len(told) >= len(written) - len("<thought></thought>")


@pytest.mark.parametrize("name", ["openai.sse", "deepseek.sse", "openrouter.sse"])
def test_a_long_answer_takes_linear_work(name: str) -> None:
    lines = recorded(name).decode().split("\n\n")
    body = "\n\n".join([lines[0]] * 400)

    def read(text: str) -> None:
        pieces = [text[at : at + 7].encode() for at in range(0, len(text), 7)]
        _read(READERS["openai"], pieces)

    assert is_linear(read, body)
