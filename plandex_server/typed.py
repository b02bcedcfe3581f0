"""Decoding into types, from any thread.

msgspec reads a class's fields when it first meets the class, and other threads see what it has read
so far: two threads that decode into the same class for the first time can end the process with a
segmentation fault. So each type is read under a lock before it is used. A `Decoder` that a module
makes while it is imported needs none.
"""

import threading
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")

_reading = threading.Lock()
_known: set[Any] = set()


@overload
def decode(data: bytes | str, kind: type[T]) -> T: ...
@overload
def decode(data: bytes | str, kind: Any) -> Any: ...
def decode(data: bytes | str, kind: Any) -> Any:
    """JSON as a `kind`; raises `msgspec.DecodeError`."""
    _read(kind)
    return msgspec.json.decode(data, type=kind)


@overload
def convert(value: object, kind: type[T]) -> T: ...
@overload
def convert(value: object, kind: Any) -> Any: ...
def convert(value: object, kind: Any) -> Any:
    """A decoded value as a `kind`; raises `msgspec.ValidationError`."""
    _read(kind)
    return msgspec.convert(value, kind)


def _read(kind: Any) -> None:
    if kind not in _known:
        with _reading:
            msgspec.json.Decoder(kind)
            _known.add(kind)
