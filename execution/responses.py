"""JSON shapes of pending changes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from context.serializers import context_form
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
from plandex_server.api.times import rfc3339


def current_plan_json(state: PlanState) -> dict[str, Any]:
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


def _files_json(files: CurrentFiles) -> dict[str, Any]:
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


def result_json(result: Result) -> dict[str, Any]:
    return {
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
        **_times(appliedAt=result.applied_at, rejectedAt=result.rejected_at),
    }


def replacement_json(replacement: Replacement) -> dict[str, Any]:
    return {
        "id": replacement.id,
        "old": replacement.old,
        "summary": replacement.summary,
        "entireFile": replacement.entire_file,
        "new": replacement.new,
        "failed": replacement.failed,
        "streamedChange": None,
        **_times(rejectedAt=replacement.rejected_at),
    }


def description_json(description: Description, broken: Iterable[str] = ()) -> dict[str, Any]:
    """`broken` paths, whose results can't be replayed, are shown as to be built again."""
    again = set(description.build_paths_invalidated)
    again |= {operation.path for operation in description.operations} & set(broken)
    return {
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
        **_times(appliedAt=description.applied_at),
    }


def apply_json(apply: PlanApply) -> dict[str, Any]:
    return {
        "id": apply.id,
        "userId": apply.user_id,
        "convoMessageIds": apply.convo_message_ids,
        "convoMessageDescriptionIds": apply.convo_message_description_ids,
        "planFileResultIds": apply.plan_file_result_ids,
        "commitMsg": apply.commit_msg,
        "createdAt": rfc3339(apply.created_at),
    }


def _times(**moments: datetime | None) -> dict[str, str]:
    """Keys that are left out while unset."""
    return {key: rfc3339(moment) for key, moment in moments.items() if moment is not None}
