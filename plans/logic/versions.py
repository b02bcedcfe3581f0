"""The shape of a plan's history: blobs, trees and commits, as plain values.

A *blob* is the content of one item; a *tree* maps the keys of one kind to the hashes of their
blobs; a *commit* names one tree per kind. All three are named by the SHA-256 of their content, so
branches share whatever is equal.
"""

import hashlib
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

Tree = Mapping[str, str]
"""Key of an item → hash of its blob."""


class Kind(StrEnum):
    """What a history holds. `BODY` and `MAP_PARTS` keep the large parts of contexts apart, so that
    a list of contexts never reads them."""

    CONTEXT = "context"
    BODY = "body"
    MAP_PARTS = "map_parts"
    CONVO = "convo"
    DESCRIPTION = "description"
    RESULT = "result"
    APPLY = "apply"
    STATE = "state"


SHORT_SHA_LENGTH = 8
_COMPRESS_FROM = 512
_encode = msgspec.json.Encoder().encode
_decode_tree = msgspec.json.Decoder(dict[str, str]).decode


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def encode_tree(tree: Tree) -> bytes:
    """Canonical: equal trees have equal bytes, hence equal hashes."""
    return _encode(dict(sorted(tree.items())))


def decode_tree(data: bytes) -> dict[str, str]:
    return _decode_tree(data)


def pack(data: bytes) -> tuple[bytes, bool]:
    """The bytes to store and whether they are compressed."""
    if len(data) < _COMPRESS_FROM:
        return data, False
    packed = zlib.compress(data, 1)
    return (packed, True) if len(packed) < len(data) else (data, False)


def unpack(data: bytes, compressed: bool) -> bytes:
    return zlib.decompress(data) if compressed else data


@dataclass(frozen=True, slots=True)
class CommitContent:
    """All that a commit's name is made of."""

    parent: str
    trees: Mapping[str, str]
    message: str
    user_id: str
    created_at: datetime
    context_tokens: int
    convo_tokens: int

    def sha(self) -> str:
        return hash_of(
            _encode(
                [
                    self.parent,
                    dict(sorted(self.trees.items())),
                    self.message,
                    self.user_id,
                    self.created_at.timestamp(),
                    self.context_tokens,
                    self.convo_tokens,
                ]
            )
        )


def short_sha(sha: str, others: Collection[str] = ()) -> str:
    """The start of `sha` that names it among `others`, at least eight characters."""
    length = SHORT_SHA_LENGTH
    while any(other != sha and other.startswith(sha[:length]) for other in others):
        length += 1
    return sha[:length]


def commit_time(*, now: datetime, parent: datetime | None, later: int = 0) -> datetime:
    """Whole seconds, never before the parent; `later` seconds after that.

    The CLI knows the time of a revision only in whole seconds, and takes an apply as undone when
    its time is not before that of the revision it rewinds to.
    """
    moment = now.astimezone(UTC).replace(microsecond=0)
    if parent is not None and parent > moment:
        moment = parent
    return moment + timedelta(seconds=later)
