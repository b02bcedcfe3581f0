"""The `logs` body, read as the CLI's `rewind` reads it."""

import re
from dataclasses import dataclass

from tests.wire.kinds import Refused

_HEADER = re.compile(
    r"📝 Update (?P<sha>\w+) \| "
    r"(?P<time>\w{3} \w{3} \d{1,2}, \d{4} \| \d{1,2}:\d{2}:\d{2}(am|pm) UTC)"
)


@dataclass(frozen=True, slots=True)
class LogEntry:
    sha: str
    time: str
    title: str


def log_entries(body: str) -> list[LogEntry]:
    """The entries that `rewind` would offer; refuses what would crash it."""
    entries = []
    for chunk in body.split("\n\n"):
        lines = chunk.split("\n")
        if len(lines) < 2 or "|" not in lines[0]:
            continue
        header = _HEADER.fullmatch(lines[0])
        if header is None:
            raise Refused(f"rewind crashes on this paragraph of a log message: {chunk!r}")
        entries.append(LogEntry(header["sha"], header["time"], lines[1]))
    return entries


def check_logs(shas: list[str], body: str) -> None:
    """`shas[i]` belongs to entry i, and every entry can be chosen."""
    found = [entry.sha for entry in log_entries(body)]
    if found != shas:
        raise Refused(f"logs: the shas {shas} are not those of the body {found}")
