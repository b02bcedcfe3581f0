"""Request bodies, decoded as the CLI's own language does it.

Keys match in any case, unknown keys are ignored, a missing key or `null` leaves the field's
default, and types are strict; but as in JSON Schema, `1.0` is an integer. Shapes are
`msgspec.Struct` classes in the apps' `serializers.py`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from plandex_server import typed
from plandex_server.errors import BadRequest

T = TypeVar("T")

BAD_BODY = "Error parsing request body"
# Larger floats stay what they are: integers of 64 bits are the largest that any field takes.
_MOST = 2.0**63
NEEDED = "x-needed"

Needed = Annotated[T, msgspec.Meta(extra_json_schema={NEEDED: True})]
"""A field that the API description calls required, though its default only fails in the service,
with the text that the CLI shows."""


def one_needed(**kinds: Mapping[str, object]) -> msgspec.Meta:
    """For a shape whose description says that one at least of these fields is there, and is of its
    kind: `Annotated[Shape, one_needed(…)]`. That, too, is checked in the service."""
    options = [{"required": [name], "properties": {name: kind}} for name, kind in kinds.items()]
    return msgspec.Meta(extra_json_schema={"anyOf": options})


Storable = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": r"^[^\x00]*$"})]
"""A string of a `StoredBody`, for the API description."""


class Body(msgspec.Struct, rename="camel", kw_only=True):
    """Base of request shapes: snake_case fields, the CLI's camelCase keys, all with defaults."""

    def __repr__(self) -> str:
        """Without the fields: among them are keys, prompts and files."""
        return f"<{type(self).__name__}>"


class StoredBody(Body):
    """A body whose strings go into columns: PostgreSQL stores no NUL and looks for none."""


def parse(body: bytes, kind: type[T], *, error: str = BAD_BODY) -> T:
    """The body as a `kind`; anything else is a 400 whose text starts with `error`."""
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest(f"{error}: it is not valid JSON") from None
    return convert(_with_whole_numbers(raw), kind, error=error)


def _with_whole_numbers(raw: object) -> object:
    """`raw`, changed in place, with integers for the floats that are one."""
    whole = [raw]
    left: list[Any] = [whole]
    while left:
        one = left.pop()
        for key, value in one.items() if isinstance(one, dict) else enumerate(one):
            if isinstance(value, float):
                if value.is_integer() and abs(value) < _MOST:
                    one[key] = int(value)
            elif isinstance(value, dict | list):
                left.append(value)
    return whole[0]


# An escape in a JSON string; half of a surrogate pair is no character.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def mended(body: bytes) -> bytes:
    """For bodies that carry files: what is no character in a string becomes U+FFFD, as in Go."""
    try:
        typed.decode(body, msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return _ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body)
    return body


def convert(raw: object, kind: type[T], *, error: str = BAD_BODY) -> T:
    """A decoded value as a `kind`, with the rules of this module."""
    try:
        value = typed.convert(_loosened(raw, kind), kind)
    except msgspec.ValidationError as problem:
        raise BadRequest(f"{error}: {problem}") from None
    return storable(value, error) if isinstance(value, StoredBody) else value


def storable(value: T, error: str = BAD_BODY) -> T:
    """The value, unless a string in it holds a NUL."""
    try:
        plain = msgspec.to_builtins(value)
    except RecursionError:
        raise BadRequest(f"{error}: it is nested too deep") from None
    if _has_nul(plain):
        raise BadRequest(f"{error}: it holds a NUL character")
    return value


def _has_nul(value: object) -> bool:
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if "\0" in one:
                return True
        elif isinstance(one, dict):
            left += (*one, *one.values())
        elif isinstance(one, list):
            left += one
    return False


def _loosened(raw: object, kind: Any) -> object:
    """`raw` with keys in the shape's own spelling and without nulls, down through nested shapes."""
    if isinstance(raw, dict):
        fields = _fields(kind)
        if fields is not None:
            return {
                fields[name][0]: _loosened(value, fields[name][1])
                for key, value in raw.items()
                if value is not None and (name := key.lower()) in fields
            }
        inner = _inner(kind, dict, 1)
        if inner is not None and _has_shape(inner):
            return {key: _loosened(value, inner) for key, value in raw.items()}
    elif isinstance(raw, list):
        inner = _inner(kind, list, 0)
        if inner is not None and _has_shape(inner):
            return [_loosened(value, inner) for value in raw]
    return raw


@lru_cache(maxsize=256)
def _fields(kind: Any) -> dict[str, tuple[str, Any]] | None:
    """Lower-case key → (exact key, type) of the shape inside `kind`, or None."""
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            hints = get_type_hints(option)
            return {
                field.encode_name.lower(): (field.encode_name, hints[field.name])
                for field in msgspec.structs.fields(option)
            }
    return None


@lru_cache(maxsize=256)
def _inner(kind: Any, container: type, position: int) -> Any:
    for option in _options(kind):
        if get_origin(option) is container:
            return get_args(option)[position]
    return None


@lru_cache(maxsize=256)
def _has_shape(kind: Any) -> bool:
    return _fields(kind) is not None or any(
        get_origin(option) in (list, dict) for option in _options(kind)
    )


def _options(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
