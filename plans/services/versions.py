"""Reading and writing a plan's history: the only door to its objects, trees and commits.

A write is one short transaction: it locks the branch's row, inserts what is new and moves the
branch's head by compare-and-set. A read needs no lock, since nothing it reads ever changes. Never
hold a write open across a model call or any other wait.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from plandex_server.db import now
from plans.errors import BranchNotFound, StaleBranch
from plans.logic.versions import (
    CommitContent,
    Kind,
    commit_time,
    decode_tree,
    encode_tree,
    hash_of,
    pack,
    unpack,
)
from plans.models import Branch, Commit, PlanObject

_PER_QUERY = 5000


class Revision:
    """A plan as it was at one commit (`None`: before the first). Costs the same for any commit."""

    def __init__(self, plan_id: str, commit: Commit | None) -> None:
        self.plan_id = plan_id
        self.commit = commit
        self._trees: dict[Kind, dict[str, str]] = {}

    @property
    def sha(self) -> str:
        return self.commit.sha if self.commit else ""

    def tree(self, kind: Kind) -> Mapping[str, str]:
        """Key → hash of every item of the kind."""
        self._load_trees([kind])
        return self._trees[kind]

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
        blobs = self._blobs({hash for tree in picked.values() for hash in tree.values()})
        return {
            kind: {key: blobs[hash] for key, hash in tree.items()} for kind, tree in picked.items()
        }

    def _load_trees(self, kinds: Sequence[Kind]) -> None:
        missing = [kind for kind in kinds if kind not in self._trees]
        if not missing:
            return
        hashes = self.commit.trees if self.commit else {}
        blobs = _objects_read(self.plan_id, {hashes[kind] for kind in missing if kind in hashes})
        for kind in missing:
            self._trees[kind] = decode_tree(blobs[hashes[kind]]) if kind in hashes else {}

    def _blobs(self, hashes: Collection[str]) -> dict[str, bytes]:
        return _objects_read(self.plan_id, hashes)


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
        trees = dict(self.commit.trees) if self.commit else {}
        objects = dict(self._new)
        for kind in self._touched:
            encoded = encode_tree(self._trees[kind])
            trees[kind.value] = hash_of(encoded)
            objects[trees[kind.value]] = encoded
        if self.message is None or (self.commit is not None and trees == self.commit.trees):
            return None
        if self.commit is None and not self._touched:
            return None
        _objects_write(self.plan_id, objects)
        commit = self._insert(trees, self.message)
        _head_move(self.branch, commit)
        return commit

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
        commit, _ = Commit.objects.get_or_create(
            plan_id=self.plan_id,
            sha=content.sha(),
            defaults={
                "parent": self.commit,
                "trees": trees,
                "message": message,
                "user_id": self.user_id,
                "created_at": content.created_at,
                "context_tokens": self.context_tokens,
                "convo_tokens": self.convo_tokens,
            },
        )
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
    brought up to date.
    """
    with transaction.atomic():
        locked = branch_lock(branch)
        draft = Draft(locked)
        draft.user_id = user_id
        yield draft
        if draft.commit_now() is not None:
            branch.head = locked.head
        for field in ("context_tokens", "convo_tokens", "status", "error", "updated_at"):
            setattr(branch, field, getattr(locked, field))


def branch_lock(branch: Branch) -> Branch:
    """The branch's row, locked until the transaction ends. Call inside a transaction."""
    locked = (
        Branch.objects.select_for_update(of=("self",))
        .select_related("head")
        .filter(pk=branch.pk)
        .first()
    )
    if locked is None:
        raise BranchNotFound(branch.name)
    return locked


def branch_rewind(branch: Branch, *, to: Commit) -> None:
    """Moves the head to an older commit; its counters come back with it."""
    with transaction.atomic():
        locked = branch_lock(branch)
        _head_move(locked, to)
    branch.head = to
    branch.context_tokens, branch.convo_tokens = to.context_tokens, to.convo_tokens


def _head_move(branch: Branch, commit: Commit) -> None:
    """Compare-and-set; call inside the branch's write transaction."""
    moved = Branch.objects.filter(pk=branch.pk, head_id=branch.head_id).update(
        head=commit,
        context_tokens=commit.context_tokens,
        convo_tokens=commit.convo_tokens,
        updated_at=now(),
    )
    if not moved:
        raise StaleBranch(branch.name)
    branch.head = commit
    branch.context_tokens, branch.convo_tokens = commit.context_tokens, commit.convo_tokens


def _objects_write(plan_id: str, objects: Mapping[str, bytes]) -> None:
    """Inserts blobs and trees that the plan does not hold yet."""
    rows = []
    for hash, data in objects.items():
        stored, compressed = pack(data)
        rows.append(PlanObject(plan_id=plan_id, hash=hash, data=stored, compressed=compressed))
    PlanObject.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _objects_read(plan_id: str, hashes: Collection[str]) -> dict[str, bytes]:
    wanted = list(hashes)
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), _PER_QUERY):
        rows = PlanObject.objects.filter(
            plan_id=plan_id, hash__in=wanted[start : start + _PER_QUERY]
        ).values_list("hash", "data", "compressed")
        for hash, data, compressed in rows:
            found[hash] = unpack(bytes(data), compressed)
    return found
