"""The binary event stream of AWS."""

import base64
import binascii
import json
import struct

import pytest

from execution.clients.anthropic_stream import AnthropicReader
from execution.clients.aws_events import AwsEvents
from execution.clients.base import Usage
from execution.logic.model_errors import ModelError, ModelErrorKind
from tests.execution.clients.asking import Told, chosen
from tests.execution.clients.scripted import recorded


def message(headers: dict[str, str], payload: bytes, extra: bytes = b"") -> bytes:
    head = extra + b"".join(
        bytes([len(name)])
        + name.encode()
        + b"\x07"
        + struct.pack(">H", len(value))
        + value.encode()
        for name, value in headers.items()
    )
    start = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    start += struct.pack(">I", binascii.crc32(start))
    whole = start + head + payload
    return whole + struct.pack(">I", binascii.crc32(whole))


def chunk(event: bytes) -> bytes:
    headers = {
        ":event-type": "chunk",
        ":content-type": "application/json",
        ":message-type": "event",
    }
    payload = {"bytes": base64.b64encode(event).decode(), "p": "abcdefgh"}
    return message(headers, json.dumps(payload).encode())


def failure(kind: str, text: str) -> bytes:
    headers = {":exception-type": kind, ":message-type": "exception"}
    return message(headers, json.dumps({"message": text}).encode())


def stream(name: str) -> bytes:
    """A recorded answer as Bedrock wraps it."""
    lines = recorded(name).splitlines()
    return b"".join(chunk(line[6:]) for line in lines if line.startswith(b"data: "))


def read(*pieces: bytes) -> Told:
    choice = chosen("aws-bedrock")
    reader = AnthropicReader(choice, AwsEvents(choice))
    told = Told()
    for piece in pieces:
        told.add_all(reader.feed(piece))
    if not reader.done:
        told.add_all(reader.end())
    return told


EXPECTED = Told("Grüße, wörld 🌍", "Let me think", "stop", Usage(1530, 25, 1000, cache_write=500))


def test_cuts_change_nothing() -> None:
    data = stream("anthropic.sse")
    assert read(data) == EXPECTED
    assert read(*(data[at : at + 1] for at in range(len(data)))) == EXPECTED
    for at in range(0, len(data), 13):
        assert read(data[:at], data[at:]) == EXPECTED


def test_other_events_and_header_types_are_passed_over() -> None:
    typed = b"\x04flag\x00" + b"\x04when\x08" + bytes(8) + b"\x03raw\x06\x00\x02ab"
    odd = message({":message-type": "event", ":event-type": "metadata"}, b"{}", typed)
    assert read(odd + stream("anthropic.sse")) == EXPECTED


OTHER = ModelErrorKind.OTHER
FAILURES = [
    ("throttlingException", "Too many requests", 429, ModelErrorKind.RATE_LIMITED, True),
    ("throttlingException", "Too many tokens", 429, ModelErrorKind.RATE_LIMITED, True),
    (
        "validationException",
        "Input is too long for requested model.",
        400,
        ModelErrorKind.CONTEXT_TOO_LONG,
        False,
    ),
    ("modelStreamErrorException", "broken", 500, OTHER, True),
    ("accessDeniedException", "no access", 403, OTHER, False),
]


@pytest.mark.parametrize(("kind", "text", "status", "sorted_as", "retriable"), FAILURES)
def test_exceptions_in_the_stream(
    kind: str, text: str, status: int, sorted_as: ModelErrorKind, retriable: bool
) -> None:
    with pytest.raises(ModelError, match=text) as caught:
        read(failure(kind, text))
    error = caught.value
    assert (error.status, error.kind, error.retriable) == (status, sorted_as, retriable)


def test_text_before_an_exception_is_kept() -> None:
    choice, told = chosen("aws-bedrock"), Told()
    reader = AnthropicReader(choice, AwsEvents(choice))
    text = b'{"type":"content_block_delta","delta":{"type":"text_delta","text":"Half"}}'
    with pytest.raises(ModelError):
        told.add_all(reader.feed(chunk(text) + failure("internalServerException", "oh")))
    assert told.text == "Half"


@pytest.mark.parametrize("place", [4, 9, 20, -1])
def test_a_damaged_event_is_an_error(place: int) -> None:
    data = bytearray(chunk(b'{"type":"ping"}'))
    data[place] ^= 0x40
    with pytest.raises(ModelError, match="damaged"):
        read(bytes(data))


def test_an_answer_that_breaks_off_is_an_error() -> None:
    with pytest.raises(ModelError, match="broke off"):
        read(stream("anthropic.sse")[:-400])
