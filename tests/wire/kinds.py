"""JSON as the CLI's language decodes it: a small vocabulary to write its shapes down.

It is stricter than the decoder where the decoder would go on with a zero value: a key that a
shape lists must be there, and `null` only where the shape says `Maybe`. A name with a trailing
`?` may be missing. Unknown keys are ignored, as the CLI does.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")

_DECIMAL = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


class Refused(AssertionError):
    """The CLI could not work with this answer."""


class Kind(ABC):
    @abstractmethod
    def check(self, value: object, where: str) -> None: ...


@dataclass(frozen=True)
class Scalar(Kind):
    name: str
    types: tuple[type, ...]

    def check(self, value: object, where: str) -> None:
        # A bool is an int in Python only.
        if type(value) not in self.types:
            raise Refused(f"{where}: {value!r} is not {self.name}")


@dataclass(frozen=True)
class Time(Kind):
    """RFC 3339 with a `T` and a zone, and a day that exists."""

    def check(self, value: object, where: str) -> None:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise Refused(f"{where}: {value!r} is not a time with a zone")
        try:
            datetime.fromisoformat(value[:19])
        except ValueError:
            raise Refused(f"{where}: {value!r} is no moment") from None


@dataclass(frozen=True)
class Decimal(Kind):
    """An amount: a number, or one as text."""

    def check(self, value: object, where: str) -> None:
        text = value if isinstance(value, str) else str(value)
        if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
            raise Refused(f"{where}: {value!r} is no decimal")


@dataclass(frozen=True)
class OneOf(Kind):
    words: tuple[str, ...]

    def check(self, value: object, where: str) -> None:
        if value not in self.words:
            raise Refused(f"{where}: {value!r} is none of {self.words}")


@dataclass(frozen=True)
class Maybe(Kind):
    kind: Kind

    def check(self, value: object, where: str) -> None:
        if value is not None:
            self.kind.check(value, where)


@dataclass(frozen=True)
class ListOf(Kind):
    kind: Kind

    def check(self, value: object, where: str) -> None:
        if not isinstance(value, list):
            raise Refused(f"{where}: {value!r} is not a list")
        for number, item in enumerate(value):
            self.kind.check(item, f"{where}[{number}]")


@dataclass(frozen=True)
class MapOf(Kind):
    kind: Kind

    def check(self, value: object, where: str) -> None:
        for key, item in _object(value, where).items():
            self.kind.check(item, f"{where}[{key!r}]")


class Obj(Kind):
    def __init__(self, fields: Mapping[str, Kind]) -> None:
        self.fields = {name.removesuffix("?"): kind for name, kind in fields.items()}
        self.optional = {name.removesuffix("?") for name in fields if name.endswith("?")}

    def extended(self, fields: Mapping[str, Kind]) -> "Obj":
        mine = {
            f"{name}?" if name in self.optional else name: kind
            for name, kind in self.fields.items()
        }
        return Obj(mine | dict(fields))

    def check(self, value: object, where: str) -> None:
        present = _object(value, where)
        known = {name.lower() for name in self.fields}
        for key in present:
            # The decoder matches keys in any case: `Name` beside `name` would overwrite it.
            if key not in self.fields and key.lower() in known:
                raise Refused(f"{where}: the key {key!r} shadows one of the same letters")
        for name, kind in self.fields.items():
            if name in present:
                kind.check(present[name], f"{where}.{name}")
            elif name not in self.optional:
                raise Refused(f"{where}: the key {name!r} is missing")


def _object(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Refused(f"{where}: {value!r} is not an object")
    return value


class Anything(Kind):
    def check(self, value: object, where: str) -> None:
        pass


TEXT = Scalar("a string", (str,))
INT = Scalar("a whole number", (int,))
NUMBER = Scalar("a number", (int, float))
BOOL = Scalar("true or false", (bool,))
TIME = Time()
DECIMAL = Decimal()
ANYTHING = Anything()
