"""The binary event stream of AWS, as Bedrock sends it: a chunk's payload is JSON with the model's
event in base64. Import it through `pool.imported`: botocore takes a moment to load."""

import base64
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from botocore.eventstream import EventStreamBuffer, ParserError

from execution.clients.failures import status_failure, unreadable
from execution.logic.model_errors import ModelError
from models_config.logic.credentials import ProviderChoice

_STATUS = {
    "validationException": 400,
    "accessDeniedException": 403,
    "resourceNotFoundException": 404,
    "modelTimeoutException": 408,
    "throttlingException": 429,
    "internalServerException": 500,
    "modelStreamErrorException": 500,
    "serviceUnavailableException": 503,
}
_DAMAGED = (ParserError, struct.error, IndexError, UnicodeDecodeError)
"""What the parser raises for bytes that are no event."""


class _Chunk(msgspec.Struct):
    bytes: str = ""


_decode_chunk = msgspec.json.Decoder(_Chunk).decode


class AwsEvents:
    """Gives the model's events, each when all of it has arrived."""

    def __init__(self, choice: ProviderChoice) -> None:
        self._choice = choice
        self._buffer = EventStreamBuffer()

    def feed(self, received: bytes) -> Iterator[bytes]:
        """The events that these bytes complete; those before a broken one come first."""
        self._buffer.add_data(received)
        while True:
            try:
                message = next(self._buffer, None)
            except _DAMAGED:
                raise unreadable("a damaged event") from None
            if message is None:
                return
            event = self._event(message.headers, message.payload)
            if event is not None:
                yield event

    def end(self) -> Iterator[bytes]:
        return iter(())

    def _event(self, headers: Mapping[str, Any], payload: bytes) -> bytes | None:
        if headers.get(":message-type") != "event":
            raise self._error(headers, payload)
        if headers.get(":event-type") != "chunk":
            return None
        try:
            return base64.b64decode(_decode_chunk(payload).bytes)
        except (msgspec.DecodeError, ValueError):
            raise unreadable("an event that can't be read") from None

    def _error(self, headers: Mapping[str, Any], payload: bytes) -> ModelError:
        kind = str(headers.get(":exception-type") or headers.get(":error-code") or "error")
        text = headers.get(":error-message") or _message(payload)
        return status_failure(_STATUS.get(kind, 500), f"{kind}: {text}", {}, self._choice)


def _message(payload: bytes) -> str:
    try:
        value: Any = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return payload.decode(errors="replace")
    message = value.get("message") if isinstance(value, dict) else None
    return message if isinstance(message, str) else payload.decode()
