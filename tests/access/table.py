"""The table of who may do what: `table.txt`, one line for each operation and situation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

TABLE = Path(__file__).with_name("table.txt")


class Caller(StrEnum):
    """Who calls, in the order of the table's columns."""

    ANONYMOUS = "anonymous"
    OTHER_ORG = "other org"
    MEMBER = "member"
    PLAN_OWNER = "plan owner"
    BILLING_ADMIN = "billing admin"
    ADMIN = "admin"
    OWNER = "owner"
    REMOVED = "removed user"


@dataclass(frozen=True, slots=True)
class Row:
    """What each caller is answered. `situation` says in which state the thing is that is asked for,
    or is empty where there is nothing to say."""

    section: str
    operation: str
    situation: str
    statuses: Mapping[Caller, int]

    def __str__(self) -> str:
        return f"{self.operation} {self.situation}".strip()


def rows() -> list[Row]:
    return list(_rows(TABLE.read_text()))


def _rows(text: str) -> Iterator[Row]:
    section = ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line and not line.startswith("#"):
            operation, situation, *statuses = line.split()
            yield Row(
                section=section,
                operation=operation,
                situation="" if situation == "-" else situation,
                statuses=dict(zip(Caller, map(int, statuses), strict=True)),
            )
