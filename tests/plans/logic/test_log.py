import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.logic.log import log_body, log_entry, log_time

CLI_TIME = re.compile(r"^\w{3} \w{3} \d{1,2}, \d{4} \| \d{1,2}:\d{2}:\d{2}(am|pm) UTC$", re.ASCII)


@dataclass(frozen=True)
class Commit:
    message: str
    sha: str = "0123abc"
    created_at: datetime = datetime(2026, 1, 5, 15, 4, 5, tzinfo=UTC)


HEADER = "📝 Update 0123abc | Mon Jan 5, 2026 | 3:04:05pm UTC"


def read_as_the_cli(body: str) -> list[tuple[str, str]]:
    """(sha, title) of each entry; raises where the CLI crashes."""
    found = []
    for chunk in body.split("\n\n"):
        lines = chunk.split("\n")
        if len(lines) < 2 or "|" not in lines[0]:
            continue
        match = re.search(r"📝 Update (\w+)", lines[0])
        assert match is not None, f"the CLI crashes on {lines[0]!r}"
        found.append((match[1], lines[1]))
    return found


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 5, 15, 4, 5, tzinfo=UTC), "Mon Jan 5, 2026 | 3:04:05pm UTC"),
        (datetime(2026, 12, 31, 0, 0, 0, tzinfo=UTC), "Thu Dec 31, 2026 | 12:00:00am UTC"),
        (datetime(2026, 2, 10, 12, 30, 0, tzinfo=UTC), "Tue Feb 10, 2026 | 12:30:00pm UTC"),
        (datetime(2026, 2, 10, 9, 5, 59, 999999, UTC), "Tue Feb 10, 2026 | 9:05:59am UTC"),
        (
            datetime(2026, 1, 1, 1, 0, 0, tzinfo=timezone(timedelta(hours=2))),
            "Wed Dec 31, 2025 | 11:00:00pm UTC",
        ),
    ],
)
def test_times(moment: datetime, text: str) -> None:
    assert log_time(moment) == text
    assert CLI_TIME.match(text)


def test_entries() -> None:
    assert log_entry(Commit("Title\n\nBody")) == f"{HEADER}\nTitle\n\nBody"
    assert log_entry(Commit("")) == HEADER


def test_messages_are_tidied_as_git_does() -> None:
    message = "\n\nTitle  \n\n\n\nBody \r\n   \n\n"
    assert log_entry(Commit(message)) == f"{HEADER}\nTitle\n\nBody"


def test_bodies() -> None:
    assert log_body([]) == ""
    body = log_body([Commit("B", sha="b2"), Commit("A", sha="a1")])
    assert body == "\n\n".join(
        [
            "📝 Update b2 | Mon Jan 5, 2026 | 3:04:05pm UTC\nB",
            "📝 Update a1 | Mon Jan 5, 2026 | 3:04:05pm UTC\nA",
        ]
    )


def test_paragraphs_that_look_like_entries_are_guarded() -> None:
    message = "Message #1 | x\n\n• A | B\n• C | D\n\nLoaded | one line"
    entry = log_entry(Commit(message))
    assert entry == f"{HEADER}\nMessage #1 | x\n\n• A ¦ B\n• C | D\n\nLoaded | one line"
    assert read_as_the_cli(entry) == [("0123abc", "Message #1 | x")]


@given(st.lists(st.text(alphabet="ab|\n 📝"), max_size=5))
def test_the_cli_finds_every_entry_with_a_message(messages: list[str]) -> None:
    commits = [Commit(message, sha=f"c{i}") for i, message in enumerate(messages)]
    shas = [sha for sha, _ in read_as_the_cli(log_body(commits))]
    assert shas == [commit.sha for commit in commits if commit.message.strip()]
