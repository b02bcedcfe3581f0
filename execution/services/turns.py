"""A turn: everything that the next reply of a run is made from, read at once from the branch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db.models import F

from context.logic.items import ContextItem as StoredItem
from context.logic.items import ContextType, items_decode
from execution.logic.changes import (
    APPLY_SCRIPT,
    CurrentFiles,
    Description,
    PlanApply,
    Result,
    current_files,
    decode_applies,
    decode_descriptions,
    decode_results,
)
from execution.logic.context_items import ContextItem, ItemKind, PlanFiles
from execution.logic.conversation import Summary
from execution.logic.pending import StagedChange, overlaid, unbuilt_paths
from execution.logic.subtasks import Subtask
from models_config.logic.limits import PackLimits, pack_limits
from models_config.logic.org_models import OrgModels
from models_config.logic.packs import ModelPack
from models_config.logic.prices import OrgPrices
from models_config.logic.settings import resolve_pack
from models_config.selectors import org_registry
from plandex_server.prepared import Prepared
from plans.errors import BranchNotFound
from plans.logic.convo import ConvoMessage
from plans.logic.convo import Subtask as StoredSubtask
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.convo import convo_read, subtasks_read
from plans.services.settings import settings_of
from plans.services.summaries import summaries_for
from plans.services.versions import Revision, revision_head

_BRANCH = Prepared(
    lambda slots: (
        Branch.objects.select_related("head", "plan")
        .filter(pk=slots.branch_id)
        .annotate(models_stamp=F("plan__org__models_stamp"))
    )
)
_READ = [kind for kind in Kind if kind is not Kind.MAP_PARTS]
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RunModels:
    """The models of a plan: the org's own, the pack in force, what fits into it, and the org's
    own prices."""

    org: OrgModels
    pack: ModelPack
    limits: PackLimits
    prices: OrgPrices


def models_read(revision: Revision, org_id: str, stamp: str | None = None) -> RunModels:
    """`stamp` is that of the org's models, where it has just been read."""
    registry = org_registry(org_id, stamp)
    org = registry.models
    pack = resolve_pack(settings_of(revision, registry), org)
    return RunModels(org, pack, pack_limits(pack, org), registry.prices)


@dataclass(frozen=True)
class PlanState:
    """Contexts and changes of a branch. Without `slots`: what follows from them is cached."""

    items: Sequence[StoredItem]
    bodies: Mapping[str, str]
    results: Sequence[Result]
    descriptions: Sequence[Description]
    applies: Sequence[PlanApply]
    staged: Sequence[StagedChange] = ()

    def with_staged(self, changes: Sequence[StagedChange]) -> "PlanState":
        """The same with more staged changes."""
        return replace(self, staged=(*self.staged, *changes))

    @cached_property
    def body_by_path(self) -> dict[str, str]:
        """Path → body of the file contexts; of two with one path the later one counts."""
        return {
            item.file_path: self.bodies.get(item.id, "")
            for item in self.items
            if item.file_path and item.context_type in (ContextType.FILE, ContextType.IMAGE)
        }

    @cached_property
    def files(self) -> CurrentFiles:
        """The files with everything pending, staged changes included."""
        return current_files(overlaid(self.results, self.staged), self.body_by_path)

    @cached_property
    def newest_at(self) -> datetime:
        """When the newest result was made."""
        results = overlaid(self.results, self.staged)
        return max((result.created_at for result in results), default=NEVER)

    @cached_property
    def built_by_reply(self) -> dict[str, frozenset[str]]:
        """Reply id → the paths on which all that the reply asked for is built."""
        found: dict[str, frozenset[str]] = {}
        for description in self.descriptions:
            paths = [operation.path for operation in description.operations]
            unbuilt = [operation.path for operation in description.unbuilt]
            reply_id = description.convo_message_id
            missing = unbuilt_paths(unbuilt, reply_id, self.staged)
            found[reply_id] = frozenset(paths) - missing
        return found

    def text_of(self, path: str) -> str | None:
        """What a build starts from: the pending text, else the loaded body; None if neither."""
        if path in self.files.removed:
            return None
        return self.files.files.get(path, self.body_by_path.get(path))


def plan_state_read(revision: Revision, staged: Sequence[StagedChange] = ()) -> PlanState:
    """Contexts with bodies and all changes, in two queries."""
    kinds = (Kind.CONTEXT, Kind.BODY, Kind.RESULT, Kind.DESCRIPTION, Kind.APPLY)
    found = revision.read_many({kind: None for kind in kinds})
    return PlanState(
        items=items_decode(found[Kind.CONTEXT]),
        bodies={key: data.decode() for key, data in found[Kind.BODY].items()},
        results=decode_results(found[Kind.RESULT].values()),
        descriptions=decode_descriptions(found[Kind.DESCRIPTION].values()),
        applies=decode_applies(found[Kind.APPLY].values()),
        staged=tuple(staged),
    )


@dataclass(frozen=True)
class Turn:
    """What one iteration of a run knows about its branch."""

    branch: Branch
    models: RunModels
    state: PlanState
    messages: Sequence[ConvoMessage]
    summaries: Sequence[Summary]
    subtasks: Sequence[Subtask] = field(default_factory=tuple)

    @cached_property
    def contexts(self) -> list[ContextItem]:
        """The contexts as prompts show them."""
        return [_shown(item, self.state.bodies.get(item.id, "")) for item in self.state.items]

    @cached_property
    def context_paths(self) -> set[str]:
        return {item.file_path for item in self.state.items if item.file_path}

    @cached_property
    def plan_files(self) -> PlanFiles:
        """The plan's changes as prompts show them."""
        files = self.state.files
        return PlanFiles(
            pending={path: text for path, text in files.files.items() if path != APPLY_SCRIPT},
            removed=frozenset(files.removed),
            apply_script=files.files.get(APPLY_SCRIPT),
            applied_scripts=[apply.script for apply in self.state.applies if apply.script],
        )


def turn_read(branch_id: str, org_id: str, staged: Sequence[StagedChange]) -> Turn:
    """The branch as it is now, with the run's own staged changes."""
    branch = _branch(branch_id)
    revision = revision_head(branch)
    revision.preload(_READ)
    messages = convo_read(revision)
    return Turn(
        branch=branch,
        models=models_read(revision, org_id, branch.models_stamp),
        state=plan_state_read(revision, staged),
        messages=messages,
        summaries=summaries_read(branch.plan_id, messages),
        subtasks=[from_stored(task) for task in subtasks_read(revision)],
    )


def conversation_read(branch_id: str) -> tuple[list[ConvoMessage], list[Summary]]:
    """The branch's messages as they are now, and their summaries, both oldest first."""
    branch = _branch(branch_id)
    messages = convo_read(revision_head(branch))
    return messages, summaries_read(branch.plan_id, messages)


def _branch(branch_id: str) -> Any:
    """With its org's `models_stamp`."""
    branch = _BRANCH.first(branch_id=branch_id)
    if branch is None:
        raise BranchNotFound(branch_id)
    return branch


def summaries_read(plan_id: str, messages: Sequence[ConvoMessage]) -> list[Summary]:
    """The summaries of messages that this branch holds, oldest first."""
    rows = summaries_for(plan_id=plan_id, message_ids=[message.id for message in messages])
    return [
        Summary(
            text=row.summary,
            tokens=row.tokens,
            latest_message_id=row.latest_message_id,
            latest_created_at_ms=int(row.latest_message_created_at.timestamp() * 1000),
        )
        for row in rows
    ]


def from_stored(task: StoredSubtask) -> Subtask:
    return Subtask(
        title=task.title,
        description=task.description,
        uses_files=tuple(task.uses_files or ()),
        is_finished=task.is_finished,
        num_tries=task.num_tries,
    )


def to_stored(task: Subtask) -> StoredSubtask:
    return StoredSubtask(
        title=task.title,
        description=task.description,
        uses_files=list(task.uses_files),
        is_finished=task.is_finished,
        num_tries=task.num_tries,
    )


def _shown(item: StoredItem, body: str) -> ContextItem:
    return ContextItem(
        id=item.id,
        kind=ItemKind(item.context_type.value),
        name=item.name,
        path=item.file_path,
        url=item.url,
        body=body,
        num_tokens=item.num_tokens,
        auto_loaded=item.auto_loaded,
        image_detail=item.image_detail or "high",
    )
