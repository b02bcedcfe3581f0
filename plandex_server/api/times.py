"""Times as the CLI decodes them: RFC 3339 with a zone."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
"""A time in an answer."""
ZERO_TIME = "0001-01-01T00:00:00Z"
"""How the CLI's language writes a time that was never set."""


def rfc3339(moment: datetime) -> str:
    """UTC with microseconds, e.g. `2025-01-02T03:04:05.120000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
