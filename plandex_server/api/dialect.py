"""Which of the two dialects a request speaks: the only place that decides it."""

from collections.abc import Mapping
from enum import StrEnum

from plandex_server.errors import BadRequest

CLIENT_VERSION_HEADER = "X-Client-Version"
MINIMUM_CLIENT_VERSION = (2, 2, 0)


class Dialect(StrEnum):
    CLI = "cli"
    API = "api"


def dialect_of(headers: Mapping[str, str]) -> Dialect:
    """The CLI always sends its version; every other client speaks the API dialect."""
    return Dialect.CLI if headers.get(CLIENT_VERSION_HEADER) else Dialect.API


def check_client_version(headers: Mapping[str, str]) -> None:
    """Refuses a CLI that is too old; `development` builds and the API dialect pass."""
    version = headers.get(CLIENT_VERSION_HEADER, "").strip()
    if not version or version == "development":
        return
    parts = version.removeprefix("v").split("+")[0].split("-")[0].split(".")
    try:
        numbers = tuple(int(part) for part in parts)
    except ValueError:
        numbers = ()
    if (*numbers, 0, 0, 0) < MINIMUM_CLIENT_VERSION:  # 2.2 is 2.2.0
        raise BadRequest(
            "Client version is too old for this endpoint. Please upgrade to version 2.2.0 or later."
        )
