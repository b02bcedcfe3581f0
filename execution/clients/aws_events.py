"""The binary event stream of AWS, as Bedrock sends it.

A message is: its length and the length of its headers (4 bytes each), their CRC32, the headers, the
payload, and the CRC32 of all before it. A chunk's payload is JSON with the model's event in base64.
"""

import base64
import binascii
import struct
from collections.abc import Iterator
from typing import Any

import msgspec

from execution.clients.failures import status_failure, unreadable
from execution.clients.sse import MAX_EVENT
from execution.logic.model_errors import ModelError
from models_config.logic.credentials import ProviderChoice

_PRELUDE = struct.Struct(">III")
_OVERHEAD = _PRELUDE.size + 4
_STRING = 7
# The size of a header's value by its type; strings and bytes carry their own.
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
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


class _Chunk(msgspec.Struct):
    bytes: str = ""


_decode_chunk = msgspec.json.Decoder(_Chunk).decode


class AwsEvents:
    """Gives the model's events, each when all of it has arrived."""

    def __init__(self, choice: ProviderChoice) -> None:
        self._choice = choice
        self._rest = b""

    def feed(self, received: bytes) -> Iterator[bytes]:
        """The events that these bytes complete; those before a broken one come first."""
        data, at = self._rest + received, 0
        while len(data) - at >= _PRELUDE.size:
            size, header_size, checksum = _PRELUDE.unpack_from(data, at)
            if binascii.crc32(data[at : at + 8]) != checksum or not (
                _OVERHEAD + header_size <= size <= MAX_EVENT
            ):
                raise unreadable("a damaged event")
            if len(data) - at < size:
                break
            event = self._event(data[at : at + size], header_size)
            if event is not None:
                yield event
            at += size
        self._rest = data[at:]

    def end(self) -> Iterator[bytes]:
        return iter(())

    def _event(self, message: bytes, header_size: int) -> bytes | None:
        (checksum,) = struct.unpack(">I", message[-4:])
        if binascii.crc32(message[:-4]) != checksum:
            raise unreadable("a damaged event")
        headers = _headers(message[_PRELUDE.size : _PRELUDE.size + header_size])
        payload = message[_PRELUDE.size + header_size : -4]
        if headers.get(":message-type") != "event":
            raise self._error(headers, payload)
        if headers.get(":event-type") != "chunk":
            return None
        try:
            return base64.b64decode(_decode_chunk(payload).bytes)
        except (msgspec.DecodeError, ValueError):
            raise unreadable("an event that can't be read") from None

    def _error(self, headers: dict[str, str], payload: bytes) -> ModelError:
        kind = headers.get(":exception-type") or headers.get(":error-code") or "error"
        status = _STATUS.get(kind, 500)
        text = headers.get(":error-message") or _message(payload)
        return status_failure(status, f"{kind}: {text}", {}, self._choice)


def _headers(data: bytes) -> dict[str, str]:
    """The headers that are strings; others say nothing that is needed."""
    found: dict[str, str] = {}
    at = 0
    try:
        while at < len(data):
            name_end = at + 1 + data[at]
            name, kind = data[at + 1 : name_end].decode(), data[name_end]
            at = name_end + 1
            if kind in _SIZES:
                at += _SIZES[kind]
                continue
            (size,) = struct.unpack_from(">H", data, at)
            if kind == _STRING:
                found[name] = data[at + 2 : at + 2 + size].decode()
            at += 2 + size
    except (IndexError, struct.error, UnicodeDecodeError):
        raise unreadable("a damaged event") from None
    return found


def _message(payload: bytes) -> str:
    try:
        value: Any = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return payload.decode(errors="replace")
    message = value.get("message") if isinstance(value, dict) else None
    return message if isinstance(message, str) else payload.decode()
