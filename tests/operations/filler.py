"""Rows for every table, whatever its columns: for tests that care about all data alike."""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.apps.registry import Apps
from django.db import models, transaction

ROWS = 2
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 891234, tzinfo=UTC)
FIRST_NUMBER = 900_001
"""Beyond the rows that migrations write by themselves."""
TEXT = "ein Wörtchen 🦄\n\t\"quoted\" \\ 'single' %s "
JSON = {"b": [1, None, "ü", 1.5], "a": {"z": True, "y": {}}}

# What constraints forbid to set together.
_EMPTY = {("budget", "plan"), ("defaultsettings", "model_pack")}


def fill(apps: Apps, using: str, skip: Iterable[str] = ()) -> dict[str, int]:
    """Two rows in every table; how many each has got. References hold, since every row is known
    by its number."""
    filled = {}
    skipped = set(skip)
    with transaction.atomic(using):
        for model in apps.get_models(include_auto_created=True):
            label = model._meta.label_lower
            if not model._meta.managed or model._meta.proxy or label in skipped:
                continue
            fields = list(model._meta.concrete_fields)
            rows = [
                model(**{field.attname: _value(model, field, row) for field in fields})
                for row in range(ROWS)
            ]
            for row in rows:
                manager: Any = model._base_manager
                manager.using(using)._insert([row], fields=fields, using=using, raw=True)
            filled[label] = ROWS
    return filled


def _key(model: type[models.Model], row: int) -> Any:
    key = model._meta.pk
    if key.remote_field:
        return _key(key.remote_field.model, row)
    if isinstance(key, models.AutoField):
        return FIRST_NUMBER + row
    name = f"{model._meta.label_lower}.{row}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _value(model: type[models.Model], field: "models.Field[Any, Any]", row: int) -> Any:
    if field.primary_key:
        return _key(model, row)
    if (model._meta.model_name, field.name) in _EMPTY:
        return None
    if field.remote_field:
        # The last row has no references that it may lack.
        is_free = field.null and row == ROWS - 1
        return None if is_free else _key(field.remote_field.model, row)
    if field.choices:
        values = [value for value, _ in field.flatchoices]
        return values[row % len(values)]
    return _plain(field, row)


def _plain(field: "models.Field[Any, Any]", row: int) -> Any:
    match field.get_internal_type():
        case "CharField" | "SlugField" | "EmailField":
            return f"{row} {field.name} ü"[: field.max_length]
        case "TextField":
            return TEXT + str(row)
        case "BinaryField":
            return bytes(range(256)) + bytes([row])
        case "JSONField":
            return JSON | {"row": row}
        case "BooleanField":
            return bool(row)
        case "DateTimeField":
            return MOMENT.replace(year=2020 + row)
        case "DateField":
            return date(2020 + row, 2, 29 - row)
        case "DecimalField":
            assert isinstance(field, models.DecimalField)
            return Decimal(f"{row}.{'5':0<{field.decimal_places}}")
        case kind if "Integer" in kind:
            return row + 7
        case "FloatField":
            return row + 0.25
    raise AssertionError(f"no value for {field}")
