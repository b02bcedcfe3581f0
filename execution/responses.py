"""JSON shapes of pending changes."""

from collections.abc import Iterable, Sequence
from typing import NotRequired, TypedDict

from context.serializers import ContextItemJson, context_form
from execution.logic.changes import (
    APPLY_SCRIPT,
    CurrentFiles,
    Description,
    PlanApply,
    Replacement,
    Result,
    pending_by_path,
)
from execution.services.turns import PlanState
from plandex_server.api.times import Time, rfc3339


class ReplacementJson(TypedDict):
    id: str
    old: str
    summary: str
    entireFile: bool
    new: str
    failed: bool
    rejectedAt: NotRequired[Time]
    streamedChange: None


class FileResultJson(TypedDict):
    """What a build made of a file: a whole `content`, or replacements in it."""

    id: str
    typeVersion: int
    replaceWithLineNums: bool
    convoMessageId: str
    planBuildId: str
    path: str
    content: str
    anyFailed: bool
    replacements: list[ReplacementJson] | None
    removedFile: bool
    appliedAt: NotRequired[Time]
    rejectedAt: NotRequired[Time]
    createdAt: Time
    updatedAt: Time


class OperationJson(TypedDict):
    Type: str
    Path: str
    Destination: str
    Content: str
    Description: str
    ReplyBefore: str
    NumTokens: int


class ReplyDescriptionJson(TypedDict):
    """What a reply asked for."""

    id: str
    convoMessageId: str
    summarizedToMessageId: str
    wroteFiles: bool
    commitMsg: str
    operations: list[OperationJson]
    didBuild: bool
    buildPathsInvalidated: dict[str, bool]
    error: str
    appliedAt: NotRequired[Time]
    createdAt: Time
    updatedAt: Time


class PlanApplyJson(TypedDict):
    id: str
    userId: str
    convoMessageIds: Sequence[str]
    convoMessageDescriptionIds: Sequence[str]
    planFileResultIds: Sequence[str]
    commitMsg: str
    createdAt: Time


class CurrentFilesJson(TypedDict):
    files: dict[str, str]
    removedByPath: dict[str, bool]
    updatedAtByPath: dict[str, Time]


class PlanResultJson(TypedDict):
    sortedPaths: list[str]
    fileResultsByPath: dict[str, list[FileResultJson]]
    results: list[FileResultJson]
    replacementsByPath: dict[str, list[ReplacementJson]]


class CurrentPlanJson(TypedDict):
    """A plan's pending changes, and what they rest on."""

    planResult: PlanResultJson
    currentPlanFiles: CurrentFilesJson
    convoMessageDescriptions: list[ReplyDescriptionJson]
    planApplies: list[PlanApplyJson]
    contextsByPath: dict[str, ContextItemJson]


class RewindJson(TypedDict):
    """`latestCommit` is the log's text of the revision that is the latest now."""

    latestSha: str
    latestCommit: str


def current_plan_json(state: PlanState) -> CurrentPlanJson:
    """The state of a plan as the CLI reviews, applies and rewinds it."""
    pending = pending_by_path(state.results)
    files = state.files
    shown = {path: results for path, results in pending.items() if path not in files.broken}
    return {
        "planResult": {
            "sortedPaths": list(shown),
            "fileResultsByPath": {
                path: [result_json(result) for result in results] for path, results in shown.items()
            },
            "results": [result_json(result) for result in state.results],
            "replacementsByPath": {
                path: [
                    replacement_json(replacement)
                    for result in results
                    for replacement in result.replacements or ()
                ]
                for path, results in shown.items()
            },
        },
        "currentPlanFiles": _files_json(files),
        "convoMessageDescriptions": [
            description_json(one, files.broken)
            for one in state.descriptions
            if one.wrote_files and one.applied_at is None
        ],
        "planApplies": [apply_json(one) for one in state.applies],
        "contextsByPath": {
            item.file_path: context_form(item, body=state.bodies.get(item.id, ""))
            for item in state.items
            if item.file_path
        },
    }


def _files_json(files: CurrentFiles) -> CurrentFilesJson:
    """A removed path is only in `removedByPath`: the CLI writes `files` and deletes at once. It
    takes empty `files` for nothing to apply, and never writes the script as a file."""
    texts = dict(files.files)
    if files.removed and not texts:
        texts[APPLY_SCRIPT] = ""
    return {
        "files": texts,
        "removedByPath": dict.fromkeys(sorted(files.removed), True),
        "updatedAtByPath": {path: rfc3339(moment) for path, moment in files.updated_at.items()},
    }


def result_json(result: Result) -> FileResultJson:
    shown: FileResultJson = {
        "id": result.id,
        "typeVersion": 1 if result.replacements else 0,
        "replaceWithLineNums": False,
        "convoMessageId": result.convo_message_id,
        "planBuildId": result.plan_build_id,
        "path": result.path,
        "content": result.content,
        "anyFailed": result.any_failed,
        "replacements": (
            [replacement_json(one) for one in result.replacements] if result.replacements else None
        ),
        "removedFile": result.removed_file,
        "createdAt": rfc3339(result.created_at),
        "updatedAt": rfc3339(result.updated_at),
    }
    if result.applied_at is not None:
        shown["appliedAt"] = rfc3339(result.applied_at)
    if result.rejected_at is not None:
        shown["rejectedAt"] = rfc3339(result.rejected_at)
    return shown


def replacement_json(replacement: Replacement) -> ReplacementJson:
    shown: ReplacementJson = {
        "id": replacement.id,
        "old": replacement.old,
        "summary": replacement.summary,
        "entireFile": replacement.entire_file,
        "new": replacement.new,
        "failed": replacement.failed,
        "streamedChange": None,
    }
    if replacement.rejected_at is not None:
        shown["rejectedAt"] = rfc3339(replacement.rejected_at)
    return shown


def description_json(description: Description, broken: Iterable[str] = ()) -> ReplyDescriptionJson:
    """`broken` paths, whose results can't be replayed, are shown as to be built again."""
    again = set(description.build_paths_invalidated)
    again |= {operation.path for operation in description.operations} & set(broken)
    shown: ReplyDescriptionJson = {
        "id": description.id,
        "convoMessageId": description.convo_message_id,
        "summarizedToMessageId": description.summarized_to_message_id,
        "wroteFiles": description.wrote_files,
        "commitMsg": description.commit_msg,
        "operations": [
            {
                "Type": operation.kind,
                "Path": operation.path,
                "Destination": operation.destination,
                "Content": operation.content,
                "Description": operation.description,
                "ReplyBefore": "",
                "NumTokens": operation.num_tokens,
            }
            for operation in description.operations
        ],
        "didBuild": description.did_build,
        "buildPathsInvalidated": dict.fromkeys(sorted(again), True),
        "error": description.error,
        "createdAt": rfc3339(description.created_at),
        "updatedAt": rfc3339(description.updated_at),
    }
    if description.applied_at is not None:
        shown["appliedAt"] = rfc3339(description.applied_at)
    return shown


def apply_json(apply: PlanApply) -> PlanApplyJson:
    return {
        "id": apply.id,
        "userId": apply.user_id,
        "convoMessageIds": apply.convo_message_ids,
        "convoMessageDescriptionIds": apply.convo_message_description_ids,
        "planFileResultIds": apply.plan_file_result_ids,
        "commitMsg": apply.commit_msg,
        "createdAt": rfc3339(apply.created_at),
    }
