"""The version store against a plain model in memory: any sequence of writes, branches, deletions,
rewinds and collections gives the same states, counters, logs and stored objects."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from plans.errors import BranchExists, BranchNotFound, RevisionNotFound
from plans.logic.versions import Kind, encode_tree, hash_of
from plans.models import Branch, Commit, PlanObject
from plans.selectors import branch_log, commit_of_plan, commit_on_branch
from plans.services.branches import branch_create, branch_delete
from plans.services.garbage import plan_collect_garbage
from plans.services.versions import Draft, branch_rewind, branch_write, revision_at, revision_head
from tests.plans.factories import plan_make

State = dict[Kind, dict[str, bytes]]

KINDS = st.sampled_from([Kind.CONTEXT, Kind.BODY, Kind.CONVO])
KEYS = st.sampled_from(["a", "b", "ä/ö", "d"])
# Few values, so that branches share them, and one that is compressed.
DATA = st.sampled_from([b"", b"one", b"two", b"\x00\xff", b"long" * 400])
CHANGES = st.lists(st.tuples(KINDS, KEYS, st.none() | DATA), max_size=5)
MESSAGES = st.none() | st.sampled_from(["", "Loaded 1 file", "💬 twice"])
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class ModelCommit:
    parent: str
    state: State
    message: str
    created_at: datetime
    tokens: tuple[int, int]

    def hashes(self) -> set[str]:
        trees = [{key: hash_of(data) for key, data in tree.items()} for tree in self.state.values()]
        blobs = {hash for tree in trees for hash in tree.values()}
        return blobs | {hash_of(encode_tree(tree)) for tree in trees}


@dataclass
class Model:
    """`heads` maps a branch to a commit, `""` before the first."""

    commits: dict[str, ModelCommit] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)

    def state(self, sha: str) -> State:
        return self.commits[sha].state if sha else {}

    def tokens(self, sha: str) -> tuple[int, int]:
        return self.commits[sha].tokens if sha else (0, 0)

    def line(self, sha: str) -> list[str]:
        line = []
        while sha:
            line.append(sha)
            sha = self.commits[sha].parent
        return line


def changed(state: State, changes: list[tuple[Kind, str, bytes | None]]) -> State:
    result = {kind: dict(tree) for kind, tree in state.items()}
    for kind, key, data in changes:
        if data is None:
            result.get(kind, {}).pop(key, None)
        else:
            result.setdefault(kind, {})[key] = data
    return {kind: tree for kind, tree in result.items() if tree}


class Failure(Exception):
    pass


class Versions(RuleBasedStateMachine):
    shas = Bundle("shas")
    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(heads={"main": ""})
        self.plan = plan_make()
        self.clock = START

    @contextmanager
    def now(self) -> Iterator[None]:
        with patch("plans.services.versions.now", lambda: self.clock):
            yield

    @initialize(target=names)
    def start(self) -> str:
        return "main"

    def branch(self, name: str) -> Branch:
        return Branch.objects.select_related("head").get(plan=self.plan, name=name)

    @rule(seconds=st.integers(-3, 3), micros=st.integers(0, 999_999))
    def clock_moves(self, seconds: int, micros: int) -> None:
        self.clock += timedelta(seconds=seconds, microseconds=micros)

    @rule(
        target=shas,
        name=names,
        changes=CHANGES,
        message=MESSAGES,
        tokens=st.tuples(st.integers(-5, 5), st.integers(-5, 5)),
    )
    def write(
        self,
        name: str,
        changes: list[tuple[Kind, str, bytes | None]],
        message: str | None,
        tokens: tuple[int, int],
    ) -> Any:
        head = self.model.heads[name]
        branch = self.branch(name)
        with self.now(), branch_write(branch) as draft:
            self.apply(draft, changes, message, tokens)
            expected = changed(self.model.state(head), changes)
            assert read(draft) == expected, "a draft reads what was put into it"
        if message is None or expected == self.model.state(head):
            assert branch.head_id == self.branch(name).head_id
            return head
        assert branch.head is not None
        return self.committed(name, branch.head, expected, tokens)

    def apply(
        self,
        draft: Draft,
        changes: list[tuple[Kind, str, bytes | None]],
        message: str | None,
        tokens: tuple[int, int],
    ) -> None:
        for kind, key, data in changes:
            if data is None:
                draft.delete(kind, key)
            else:
                draft.put(kind, key, data)
        draft.message = message
        draft.context_tokens += tokens[0]
        draft.convo_tokens += tokens[1]

    def committed(self, name: str, commit: Commit, state: State, added: tuple[int, int]) -> str:
        head = self.model.heads[name]
        before = self.model.tokens(head)
        parent_time = self.model.commits[head].created_at if head else START - timedelta(days=1)
        expected = ModelCommit(
            parent=head,
            state=state,
            message=commit.message,
            created_at=max(self.clock.replace(microsecond=0), parent_time),
            tokens=(before[0] + added[0], before[1] + added[1]),
        )
        assert commit.created_at == expected.created_at
        known = self.model.commits.setdefault(commit.sha, expected)
        assert known == expected, "one name, one content"
        self.model.objects |= expected.hashes()
        self.model.heads[name] = commit.sha
        return commit.sha

    @rule(name=names, changes=CHANGES)
    def write_fails(self, name: str, changes: list[tuple[Kind, str, bytes | None]]) -> None:
        with pytest.raises(Failure), branch_write(self.branch(name)) as draft:
            self.apply(draft, changes, "never", (1, 1))
            raise Failure

    @rule(name=names, changes=CHANGES, fresh=st.integers(0, 99))
    def write_does_not_see_stale_heads(
        self, name: str, changes: list[tuple[Kind, str, bytes | None]], fresh: int
    ) -> None:
        stale = self.branch(name)
        for round in range(2):
            head = self.model.heads[name]
            content = f"{fresh} {round}".encode()
            with self.now(), branch_write(stale if round else self.branch(name)) as draft:
                self.apply(draft, changes, "again", (0, 1))
                draft.put(Kind.STATE, "fresh", content)
            state = changed(self.model.state(head), [*changes, (Kind.STATE, "fresh", content)])
            if state != self.model.state(head):
                commit = self.branch(name).head
                assert commit is not None
                self.committed(name, commit, state, (0, 1))
        assert stale.head_id == self.branch(name).head_id

    @rule(target=names, parent=names, name=st.sampled_from(["b1", "b2", "b3"]))
    def create_branch(self, parent: str, name: str) -> Any:
        start = self.branch(parent)
        if name in self.model.heads:
            with pytest.raises(BranchExists):
                branch_create(parent=start, name=name, owner_id=self.plan.owner_id)
            return parent
        branch_create(parent=start, name=name, owner_id=self.plan.owner_id)
        self.model.heads[name] = self.model.heads[parent]
        return name

    @rule(name=consumes(names))
    def delete_branch(self, name: str) -> None:
        """Another entry of the same name may stay in the bundle, so the name is made again."""
        if name == "main":
            return
        gone = self.branch(name)
        branch_delete(branch=gone)
        with pytest.raises(BranchNotFound), branch_write(gone) as draft:
            draft.message = "too late"
        branch_create(parent=self.branch("main"), name=name, owner_id=self.plan.owner_id)
        self.model.heads[name] = self.model.heads["main"]

    @rule(name=names, steps=st.integers(0, 4))
    def rewind(self, name: str, steps: int) -> None:
        line = self.model.line(self.model.heads[name])
        if steps >= len(line):
            return
        branch = self.branch(name)
        branch_rewind(branch, to=commit_on_branch(branch, line[steps][:12]))
        self.model.heads[name] = line[steps]
        assert (branch.context_tokens, branch.convo_tokens) == self.model.tokens(line[steps])

    @rule(sha=shas)
    def read_any_revision(self, sha: str) -> None:
        if not sha:
            return
        if sha not in self.model.commits:
            with pytest.raises(RevisionNotFound):
                commit_of_plan(self.plan, sha)
            return
        commit = commit_of_plan(self.plan, sha)
        assert read(revision_at(commit)) == self.model.state(sha)
        assert (commit.context_tokens, commit.convo_tokens) == self.model.tokens(sha)

    @rule()
    def collect_garbage(self) -> None:
        kept = {sha for head in self.model.heads.values() for sha in self.model.line(head)}
        objects = {hash for sha in kept for hash in self.model.commits[sha].hashes()}
        late = datetime.now(UTC) + timedelta(days=4000)
        done = plan_collect_garbage(plan_id=self.plan.id, before=late)
        assert done.commits == len(self.model.commits) - len(kept)
        assert done.objects == len(self.model.objects) - len(objects)
        self.model.commits = {sha: self.model.commits[sha] for sha in kept}
        self.model.objects = objects

    @rule()
    def collect_garbage_within_the_grace(self) -> None:
        early = START - timedelta(days=2)
        done = plan_collect_garbage(plan_id=self.plan.id, before=early)
        assert (done.commits, done.objects) == (0, 0)

    @invariant()
    def branches_agree(self) -> None:
        branches = Branch.objects.select_related("head").filter(plan=self.plan)
        found = {branch.name: branch for branch in branches}
        assert found.keys() == self.model.heads.keys()
        for name, head in self.model.heads.items():
            branch = found[name]
            assert revision_head(branch).sha == head
            assert (branch.context_tokens, branch.convo_tokens) == self.model.tokens(head)

    def teardown(self) -> None:
        stored = list(PlanObject.objects.filter(plan=self.plan).values_list("hash", flat=True))
        assert sorted(stored) == sorted(self.model.objects), "each content is stored once"
        for name, head in self.model.heads.items():
            branch = self.branch(name)
            line = self.model.line(head)
            commits = [self.model.commits[sha] for sha in line]
            log = [(entry.sha, entry.message, entry.created_at) for entry in branch_log(branch)]
            assert log == [
                (sha, commit.message, commit.created_at)
                for sha, commit in zip(line, commits, strict=True)
            ]
            times = [commit.created_at for commit in commits]
            assert times == sorted(times, reverse=True), "times never decrease along a branch"
            assert read(revision_head(branch)) == self.model.state(head)
        assert Commit.objects.filter(plan=self.plan).count() == len(self.model.commits)


def read(revision: Any) -> State:
    everything = revision.read_many(dict.fromkeys(Kind))
    for kind, tree in everything.items():
        for key, data in tree.items():
            assert hash_of(data) == revision.tree(kind)[key]
    return {kind: tree for kind, tree in everything.items() if tree}


def test_any_sequence_agrees_with_the_model(db: None) -> None:
    run_state_machine_as_test(
        Versions,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
