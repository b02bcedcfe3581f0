"""The text of `plandex log`, which `plandex rewind` takes apart again."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

_BLANK_LINES = re.compile(r"\n{3,}")
# `rewind` takes a paragraph with this mark in its first line for an entry, and crashes on ours.
_MARK, _HARMLESS_MARK = "|", "¦"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


class LoggedCommit(Protocol):
    @property
    def sha(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


def log_body(commits: Iterable[LoggedCommit]) -> str:
    """All entries, in the order given: newest first."""
    return "\n\n".join(log_entry(commit) for commit in commits)


def log_entry(commit: LoggedCommit) -> str:
    """One entry: a header line, then the commit's message."""
    header = f"📝 Update {commit.sha} | {log_time(commit.created_at)}"
    message = _tidy(commit.message)
    return f"{header}\n{message}" if message else header


def log_time(moment: datetime) -> str:
    """The one form of a time that `rewind` can read, rounded down to the second."""
    utc = moment.astimezone(UTC)
    hour = utc.hour % 12 or 12
    half = "am" if utc.hour < 12 else "pm"
    day = f"{_DAYS[utc.weekday()]} {_MONTHS[utc.month - 1]} {utc.day}, {utc.year:04d}"
    return f"{day} | {hour}:{utc:%M:%S}{half} UTC"


def _tidy(message: str) -> str:
    lines = (line.rstrip() for line in message.splitlines())
    text = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
    first, *others = text.split("\n\n")
    return "\n\n".join([first, *map(_guarded, others)])


def _guarded(paragraph: str) -> str:
    first, newline, rest = paragraph.partition("\n")
    return first.replace(_MARK, _HARMLESS_MARK) + newline + rest if newline else paragraph
