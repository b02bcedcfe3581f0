"""Times as the CLI decodes them: RFC 3339 with a zone."""

import re
from datetime import UTC, datetime
from typing import Annotated

import msgspec

Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""A time in an answer."""
ZERO_TIME = "0001-01-01T00:00:00Z"
"""How the CLI's language writes a time that was never set."""

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def moment_of(text: str) -> datetime | None:
    """The moment that an RFC 3339 text names, to the microsecond, in its own zone."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        return None
    seconds, fraction, zone = found[1], found[2] or "", found[3]
    try:
        return datetime.fromisoformat(f"{seconds}{fraction[:7]}{zone}")
    except ValueError:
        return None


def rfc3339(moment: datetime) -> str:
    """UTC with microseconds, e.g. `2025-01-02T03:04:05.120000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
