"""Writes the table of who may do what as a page of the documentation.

python -m tests.access.page
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.access.table import Caller, Row, rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
INTRODUCTION = """\
# Who may do what

Every operation, and the status that each caller gets for a request that is right otherwise. The
suite makes these calls in both dialects, from the table that this page is written from
(`tests/access/table.txt`, `python -m tests.access.page`).

- **Anonymous** sends no token. **Other org** is somebody of another org, who acts in that one; to
  name an org that one is not in is 401 everywhere. A **removed user** was in the org, has a valid
  token and names the org.
- A **plan owner** is a member of the org who made the plan. A plan is *private*, *shared* with the
  org, or *left*: its owner was removed from the org. A shared plan is read by everyone in the org,
  and changed by its owner and those who may update any plan. A plan that was left is in reach of
  the latter, and of nobody else.
- The situations of people and invites are their roles; *own* is an invite that the calling admin
  made.
- Everyone in an org may change its custom models and its default settings.
- 401: no, dead or foreign token. 404: out of reach, as if it did not exist. 403: in reach,
  permission missing. In the CLI dialect a deleted context is answered 200 with a body instead of
  204, and packs are made by `upsertCustomModels` alone (400). In local mode, which has a single
  user, all that is about other people is 403.
"""


def page() -> str:
    return INTRODUCTION + "".join(_sections())


def _sections() -> Iterator[str]:
    for section, members in groupby(rows(), lambda row: row.section):
        yield f"\n## {section}\n\n"
        yield "| Operation | Situation | " + " | ".join(_title(one) for one in Caller) + " |\n"
        yield "| --- | --- |" + " ---: |" * len(Caller) + "\n"
        yield from map(_line, members)


def _title(caller: Caller) -> str:
    return caller.value[0].upper() + caller.value[1:]


def _line(row: Row) -> str:
    cells = [f"`{row.operation}`", row.situation.replace("-", " ") or "–"]
    cells += [str(status) for status in row.statuses.values()]
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page())
