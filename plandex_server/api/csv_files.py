"""Tables as CSV files to download."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

MEDIA = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    response = HttpResponse(text.getvalue(), content_type=f"{MEDIA}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(value: object) -> object:
    """Names are people's own: a spreadsheet must not take one for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return "" if value is None else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
