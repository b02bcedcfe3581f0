from datetime import UTC, datetime, timedelta, timezone

import pytest

from plans.logic.versions import (
    CommitContent,
    commit_time,
    decode_tree,
    encode_tree,
    hash_of,
    pack,
    short_sha,
    unpack,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_equal_trees_have_equal_names() -> None:
    one, other = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}
    assert encode_tree(one) == encode_tree(other)
    assert decode_tree(encode_tree(one)) == one
    assert encode_tree({}) != encode_tree({"": ""})


@pytest.mark.parametrize("data", [b"", b"short", b"long " * 1000, bytes(range(256)) * 3])
def test_packing_keeps_every_byte(data: bytes) -> None:
    stored, compressed = pack(data)
    assert unpack(stored, compressed) == data
    assert len(stored) <= len(data)


def test_what_repeats_is_compressed() -> None:
    stored, compressed = pack(b"long " * 1000)
    assert compressed
    assert len(stored) < 100


CONTENT = CommitContent(
    parent="",
    trees={"context": hash_of(b"x")},
    message="Loaded 1 file",
    user_id="u",
    created_at=NOON,
    context_tokens=1,
    convo_tokens=2,
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("parent", "p"),
        ("trees", {}),
        ("message", ""),
        ("user_id", ""),
        ("created_at", NOON + timedelta(seconds=1)),
        ("context_tokens", 2),
        ("convo_tokens", 1),
    ],
)
def test_a_commits_name_depends_on_all_of_it(field: str, value: object) -> None:
    fields = {name: getattr(CONTENT, name) for name in CommitContent.__slots__}
    assert CommitContent(**fields).sha() == CONTENT.sha()
    assert CommitContent(**(fields | {field: value})).sha() != CONTENT.sha()


@pytest.mark.parametrize(
    ("now", "parent", "later", "expected"),
    [
        (NOON.replace(microsecond=999_999), None, 0, NOON),
        (NOON, NOON - timedelta(hours=1), 0, NOON),
        (NOON, NOON + timedelta(hours=1), 0, NOON + timedelta(hours=1)),
        (NOON, NOON, 1, NOON + timedelta(seconds=1)),
        (NOON.astimezone(timezone(timedelta(hours=2))), None, 0, NOON),
    ],
)
def test_commit_times_are_whole_seconds_that_never_decrease(
    now: datetime, parent: datetime | None, later: int, expected: datetime
) -> None:
    moment = commit_time(now=now, parent=parent, later=later)
    assert moment == expected
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], "abcdef01"),
        (["abcdef0123456789"], "abcdef01"),
        (["abcdef0", "1234567890"], "abcdef01"),
        (["abcdef0199999999"], "abcdef012"),
        (["abcdef0199999999", "abcdef0123456700"], "abcdef012345678"),
    ],
)
def test_a_short_sha_names_one_commit(others: list[str], expected: str) -> None:
    assert short_sha("abcdef0123456789", others) == expected
