"""Reading and writing a plan's history: the only door to its objects, trees and commits.

A write is one short transaction: it locks the branch's row, inserts what is new and moves the
branch's head by compare-and-set. A read needs no lock, since nothing it reads ever changes. Never
hold a write open across a model call or any other wait.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from plandex_server.db import now
from plandex_server.observe.tracing import span
from plandex_server.prepared import Prepared, Slots
from plandex_server.prepared_writes import PreparedInsert, PreparedUpdate
from plans.errors import BranchNotFound, RevisionNotFound, StaleBranch
from plans.logic.versions import (
    CommitContent,
    Kind,
    commit_time,
    decode_tree,
    encode_tree,
    hash_of,
)
from plans.models import Branch, Commit
from plans.services.objects import objects_read, objects_write

_LOCKED = Prepared(lambda slots: Branch.objects.select_for_update().filter(pk=slots.branch_id))
_COMMIT = Prepared(lambda slots: Commit.objects.filter(pk=slots.commit_id))
_COMMITTED = PreparedInsert(
    Commit, conflict="(plan_id, sha) DO UPDATE SET message = EXCLUDED.message", returning="id"
)


def _head_slots(slots: Slots) -> dict[str, Any]:
    return {
        "head_id": slots.after,
        "context_tokens": slots.context_tokens,
        "convo_tokens": slots.convo_tokens,
        "updated_at": slots.now,
    }


_MOVED = PreparedUpdate(
    lambda slots: (
        Branch.objects.filter(pk=slots.branch_id, head_id=slots.before),
        _head_slots(slots),
    )
)
_BEGUN = PreparedUpdate(
    lambda slots: (
        Branch.objects.filter(pk=slots.branch_id, head_id=None),
        _head_slots(slots),
    )
)


class Revision:
    """A plan as it was at one commit (`None`: before the first). Costs the same for any commit."""

    def __init__(self, plan_id: str, commit: Commit | None) -> None:
        self.plan_id = plan_id
        self.commit = commit
        self._trees: dict[Kind, dict[str, str]] = {}
        self._kept: dict[str, bytes] = {}

    @property
    def sha(self) -> str:
        return self.commit.sha if self.commit else ""

    def tree(self, kind: Kind) -> Mapping[str, str]:
        """Key → hash of every item of the kind."""
        self._load_trees([kind])
        return self._trees[kind]

    def preload(self, kinds: Sequence[Kind]) -> None:
        """Reads all items of these kinds in two queries: what is asked of them later is there."""
        self._load_trees(kinds)
        self._kept |= self._found({hash for kind in kinds for hash in self._trees[kind].values()})

    def read(self, kind: Kind, key: str) -> bytes | None:
        return self.read_many({kind: [key]})[kind].get(key)

    def read_all(self, kind: Kind) -> dict[str, bytes]:
        return self.read_many({kind: None})[kind]

    def read_many(
        self, wanted: Mapping[Kind, Collection[str] | None]
    ) -> dict[Kind, dict[str, bytes]]:
        """The items of several kinds (`None`: all of the kind) in two queries; unknown keys are
        left out."""
        self._load_trees(list(wanted))
        picked = {
            kind: {
                key: self._trees[kind][key]
                for key in (self._trees[kind] if keys is None else keys)
                if key in self._trees[kind]
            }
            for kind, keys in wanted.items()
        }
        blobs = self._found({hash for tree in picked.values() for hash in tree.values()})
        return {
            kind: {key: blobs[hash] for key, hash in tree.items()} for kind, tree in picked.items()
        }

    def _load_trees(self, kinds: Sequence[Kind]) -> None:
        missing = [kind for kind in kinds if kind not in self._trees]
        if not missing:
            return
        hashes = self.commit.trees if self.commit else {}
        wanted = {hashes[kind] for kind in missing if kind in hashes}
        blobs = self._complete(wanted, objects_read(self.plan_id, wanted))
        for kind in missing:
            self._trees[kind] = decode_tree(blobs[hashes[kind]]) if kind in hashes else {}

    def _found(self, hashes: Collection[str]) -> dict[str, bytes]:
        kept = {hash: self._kept[hash] for hash in hashes if hash in self._kept}
        missing = [hash for hash in hashes if hash not in kept]
        return kept | self._complete(missing, self._blobs(missing)) if missing else kept

    def _blobs(self, hashes: Collection[str]) -> dict[str, bytes]:
        return objects_read(self.plan_id, hashes)

    def _complete(self, hashes: Collection[str], blobs: dict[str, bytes]) -> dict[str, bytes]:
        """Only a revision that no branch reaches any more can lose objects: it was collected, or
        its plan was deleted, while it was read."""
        if len(blobs) < len(hashes):
            raise RevisionNotFound(self.sha)
        return blobs


class Draft(Revision):
    """The next commit of a branch, while its write transaction is open.

    Set `message` to commit; left at `None`, or with nothing changed, no commit is made. Counters
    belong to the commit, so that a rewind brings them back.
    """

    def __init__(self, branch: Branch) -> None:
        super().__init__(branch.plan_id, branch.head)
        self.branch = branch
        self.message: str | None = None
        self.user_id: str | None = None
        self.seconds_later = 0
        self.context_tokens = branch.context_tokens
        self.convo_tokens = branch.convo_tokens
        self._new: dict[str, bytes] = {}
        self._touched: set[Kind] = set()

    def put(self, kind: Kind, key: str, data: bytes) -> None:
        self.tree(kind)
        hash = hash_of(data)
        self._trees[kind][key] = hash
        self._new[hash] = data
        self._touched.add(kind)

    def delete(self, kind: Kind, key: str) -> None:
        self.tree(kind)
        if self._trees[kind].pop(key, None) is not None:
            self._touched.add(kind)

    def time(self) -> datetime:
        """When the commit will say it was made."""
        parent = self.commit.created_at if self.commit else None
        return commit_time(now=now(), parent=parent, later=self.seconds_later)

    def _blobs(self, hashes: Collection[str]) -> dict[str, bytes]:
        fresh = {hash: self._new[hash] for hash in hashes if hash in self._new}
        return fresh | super()._blobs([hash for hash in hashes if hash not in fresh])

    def commit_now(self) -> Commit | None:
        """Inserts what is new and moves the head. Called once, at the end of the transaction."""
        before = self.commit.trees if self.commit else {}
        trees, objects = self._trees_now(before)
        if self.message is None or trees == before:
            return None
        objects_write(self.plan_id, objects)
        commit = self._insert(trees, self.message)
        _head_move(self.branch, commit)
        return commit

    def _trees_now(self, before: Mapping[str, str]) -> tuple[dict[str, str], dict[str, bytes]]:
        """The trees of the commit, without empty ones, and the objects that it may be first to use.

        A blob that was put and then replaced or deleted in the same draft is not among them.
        """
        trees, objects = dict(before), dict[str, bytes]()
        for kind in self._touched:
            tree = self._trees[kind]
            if not tree:
                trees.pop(kind.value, None)
                continue
            encoded = encode_tree(tree)
            trees[kind.value] = hash_of(encoded)
            objects[trees[kind.value]] = encoded
            objects.update({hash: self._new[hash] for hash in tree.values() if hash in self._new})
        return trees, objects

    def _insert(self, trees: dict[str, str], message: str) -> Commit:
        content = CommitContent(
            parent=self.sha,
            trees=trees,
            message=message,
            user_id=self.user_id or "",
            created_at=self.time(),
            context_tokens=self.context_tokens,
            convo_tokens=self.convo_tokens,
        )
        commit = Commit(
            plan_id=self.plan_id,
            sha=content.sha(),
            parent=self.commit,
            trees=trees,
            message=message,
            user_id=self.user_id,
            created_at=content.created_at,
            context_tokens=self.context_tokens,
            convo_tokens=self.convo_tokens,
        )
        # The same commit may be there, left by a rewind: an update of nothing gives its key.
        added = _COMMITTED.one(commit)
        assert added is not None, "it returns the row's key"
        [commit.pk] = added
        return commit


def revision_head(branch: Branch) -> Revision:
    """The branch as it is now."""
    return Revision(branch.plan_id, branch.head)


def revision_at(commit: Commit) -> Revision:
    return Revision(commit.plan_id, commit)


@contextmanager
def branch_write(branch: Branch, *, user_id: str | None = None) -> Iterator[Draft]:
    """The write transaction of a branch. Reads inside it see the head that will be replaced.

    Raises `BranchNotFound` when the branch was deleted meanwhile. The given `branch` object is
    brought up to date once the transaction succeeded.
    """
    with span("commit"), transaction.atomic():
        locked = branch_lock(branch)
        if locked.head_id is not None:
            locked.head = _head_of(locked, known=branch)
        draft = Draft(locked)
        draft.user_id = user_id
        yield draft
        draft.commit_now()
    _refresh(branch, locked)


def branch_lock(branch: Branch) -> Branch:
    """The branch's row, locked until the transaction ends. Call inside a transaction.

    The head is read afterwards, never joined in: PostgreSQL would give a waiter the row as the
    winner left it, with the head's columns of before or none at all.
    """
    locked = _LOCKED.first(branch_id=branch.pk)
    if locked is None:
        raise BranchNotFound(branch.name)
    return locked


def _head_of(locked: Branch, *, known: Branch) -> Commit | None:
    """The locked branch's head; that of `known`, if it is the same: commits never change."""
    if known.head_id == locked.head_id and Branch.head.is_cached(known):
        return known.head
    return _COMMIT.first(commit_id=locked.head_id)


def branches_lock(plan_ids: Collection[str]) -> None:
    """Holds off every writer of the plans, makers of new branches too, until the transaction ends:
    they lock the branch they start from. Call inside a transaction."""
    rows = Branch.objects.select_for_update().filter(plan_id__in=plan_ids)
    list(rows.order_by("pk").values("pk"))


def branch_rewind(branch: Branch, *, to: Commit) -> None:
    """Moves the head to another commit of the plan; its counters come back with it."""
    with transaction.atomic():
        locked = branch_lock(branch)
        if not Commit.objects.filter(pk=to.pk, plan_id=locked.plan_id).exists():
            raise RevisionNotFound(to.sha)
        _head_move(locked, to)
    _refresh(branch, locked)


def _refresh(branch: Branch, locked: Branch) -> None:
    branch.head = locked.head
    for field in ("context_tokens", "convo_tokens", "status", "error", "updated_at"):
        setattr(branch, field, getattr(locked, field))


def _head_move(branch: Branch, commit: Commit) -> None:
    """Compare-and-set; call inside the branch's write transaction."""
    moment = now()
    move = _MOVED if branch.head_id is not None else _BEGUN
    moved = move.run(
        branch_id=branch.pk,
        before=branch.head_id,
        after=commit.pk,
        context_tokens=commit.context_tokens,
        convo_tokens=commit.convo_tokens,
        now=moment,
    )
    if not moved:
        raise StaleBranch(branch.name)
    branch.head, branch.updated_at = commit, moment
    branch.context_tokens, branch.convo_tokens = commit.context_tokens, commit.convo_tokens
