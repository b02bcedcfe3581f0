"""Looking for a text in all that is stored, in whatever form it is kept."""

import base64
import zlib
from collections.abc import Iterator
from typing import Any

from django.db import connection


def tables_with(text: str) -> list[str]:
    """The tables of the database that hold the text anywhere."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(holds(value, text) for row in cursor.fetchall() for value in row):
                found.append(table)
    return found


def holds(value: Any, text: str) -> bool:
    """Whether the value holds the text: plain, packed, or in base64."""
    wanted = (text.encode(), base64.b64encode(text.encode()).rstrip(b"=")[:-1])
    return any(form in data for data in _forms(value) for form in wanted)


def _forms(value: Any) -> Iterator[bytes]:
    if isinstance(value, memoryview | bytes | bytearray):
        data = bytes(value)
        yield data
        try:
            yield zlib.decompress(data)
        except zlib.error:
            pass
    else:
        yield str(value).encode()
