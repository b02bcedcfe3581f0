"""What a client is told when the server can't use its disk or its database."""

import errno
from collections.abc import Iterator

import psycopg

from plandex_server.errors import ApiError

DISK_FULL = "The server's disk is full, so nothing was stored. Free some space there and try again."
READ_ONLY = "The server's database can only be read, so nothing was stored; its operator must act."
BUSY = "The server's database is busy, so nothing was stored. Try again in a moment."
AWAY = "The server can't use its database now, so nothing was stored. Try again in a moment."

# As PostgreSQL and SQLite name them: the beginnings of their codes.
_MESSAGES = {
    "53100": DISK_FULL,
    "SQLITE_FULL": DISK_FULL,
    "25006": READ_ONLY,
    "SQLITE_READONLY": READ_ONLY,
    "40P01": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "SQLITE_BUSY": BUSY,
    "08": AWAY,
    "53": AWAY,
    "57P": AWAY,
    "SQLITE_CANTOPEN": AWAY,
    "SQLITE_IOERR": AWAY,
}


class StorageFailed(ApiError):
    """A 500: after a 503 the CLI would send its request again, and again."""

    code = "storage_failed"


def storage_failure(error: BaseException) -> StorageFailed | None:
    """The outage behind an exception, if it is one."""
    for link in _chain(error):
        if isinstance(link, OSError) and link.errno in (errno.ENOSPC, errno.EDQUOT):
            return StorageFailed(DISK_FULL)
        code = _code(link)
        for beginning, message in _MESSAGES.items():
            if code.startswith(beginning):
                return StorageFailed(message)
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what caused it: Django's errors come from those of the driver."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def _code(error: BaseException) -> str:
    if isinstance(error, psycopg.Error):
        is_away = type(error) in (psycopg.OperationalError, psycopg.InterfaceError)
        # Without a code: nobody answered who could have given one.
        return error.sqlstate or ("08" if is_away else "")
    return getattr(error, "sqlite_errorname", "")
