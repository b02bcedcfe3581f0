"""Rows as lines of JSON: the same on every back end, so that they can be moved and compared."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec
from django.apps.registry import Apps
from django.db import models

Read = Callable[[Any], Any]

# jsonb forgets the order of keys, so that order means nothing.
_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(list[Any]).decode

_READERS: dict[str, Read] = {
    "BinaryField": base64.b64decode,
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "DecimalField": Decimal,
}


class Table:
    """One table of the database, by its model."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.name = model._meta.label_lower
        # By name: models and their migrations may list them in different orders.
        self.fields = sorted(model._meta.concrete_fields, key=lambda field: field.attname)
        self.columns = [field.attname for field in self.fields]
        self.key = self.columns.index(model._meta.pk.attname)

    @cached_property
    def _decimals(self) -> list[int]:
        return [at for at, field in enumerate(self.fields) if _kind(field) == "DecimalField"]

    @cached_property
    def _readers(self) -> list[tuple[int, Read]]:
        kinds = [_kind(field) for field in self.fields]
        return [(at, _READERS[kind]) for at, kind in enumerate(kinds) if kind in _READERS]

    def line(self, values: Sequence[Any]) -> bytes:
        """A row as it is kept; values as the database gives them."""
        if self._decimals:
            values = list(values)
            for at in self._decimals:
                if values[at] is not None:
                    values[at] = format(values[at], "f")
        return _encode(values)

    def values(self, line: bytes) -> list[Any]:
        """A kept row's values, for the database."""
        values = _decode(line)
        for at, read in self._readers:
            if values[at] is not None:
                values[at] = read(values[at])
        return values

    def instance(self, values: Sequence[Any]) -> models.Model:
        return self.model(**dict(zip(self.columns, values, strict=True)))


def tables_of(apps: Apps) -> list[Table]:
    """Every table that Django's models describe, in the order of their names."""
    found = [
        Table(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]
    return sorted(found, key=lambda table: table.name)


def _kind(field: "models.Field[Any, Any]") -> str:
    """The field's type; of a reference that of what it refers to."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field.get_internal_type()


class Digest:
    """A fingerprint of rows that does not depend on their order, which back ends choose."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(line).digest(), "big")

    def text(self) -> str:
        return f"{self._sum % 2**256:064x}"
