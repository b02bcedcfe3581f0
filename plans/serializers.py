"""JSON shapes of plans, branches, messages and configs: the CLI's keys and the API's in one."""

from typing import Any

import msgspec

from models_config.logic.plan_config import (
    PlanConfig,
    config_from_json,
    config_to_json,
    default_config,
)
from models_config.logic.refusals import BadShape
from plandex_server.api.body import Body
from plandex_server.api.times import rfc3339
from plandex_server.errors import BadRequest
from plans.logic.convo import ConvoMessage
from plans.models import Branch, Plan
from plans.selectors import PlanOverview

BAD_CONFIG = "Error decoding request body"

_DEFAULT_CONFIG = config_to_json(default_config())


class NameRequest(Body):
    name: str = ""


class CurrentBranchesRequest(Body):
    current_branch_by_plan_id: dict[str, str] = {}


class ConfigRequest(Body):
    config: dict[str, Any] | None = None


def plan_json(overview: PlanOverview) -> dict[str, Any]:
    plan = overview.plan
    return {
        "id": plan.pk,
        "orgId": plan.org_id,
        "ownerId": plan.owner_id,
        "projectId": plan.project_id,
        "name": plan.name,
        "sharedWithOrgAt": rfc3339(plan.shared_with_org_at) if plan.shared_with_org_at else None,
        "totalReplies": plan.total_replies,
        "activeBranches": overview.active_branches,
        "currentBranch": overview.current_branch,
        "contextTokens": overview.context_tokens,
        "convoTokens": overview.convo_tokens,
        "planConfig": config_json(plan.config),
        "archivedAt": rfc3339(plan.archived_at) if plan.archived_at else None,
        "createdAt": rfc3339(plan.created_at),
        "updatedAt": rfc3339(plan.updated_at),
    }


def new_plan_json(plan: Plan) -> dict[str, Any]:
    """A plan that was just made."""
    return plan_json(PlanOverview(plan, 1, "main", 0, 0))


def branch_json(branch: Branch) -> dict[str, Any]:
    """`branch` comes with its `head` and `parent`."""
    return {
        "id": branch.pk,
        "planId": branch.plan_id,
        "ownerId": branch.owner_id,
        "parentBranchId": branch.parent_id,
        "parent": branch.parent.name if branch.parent else None,
        "name": branch.name,
        "sha": branch.head.sha if branch.head else "",
        "status": branch.status,
        "error": branch.error or None,
        "contextTokens": branch.context_tokens,
        "convoTokens": branch.convo_tokens,
        "sharedWithOrgAt": None,
        "archivedAt": None,
        "createdAt": rfc3339(branch.created_at),
        "updatedAt": rfc3339(branch.updated_at),
    }


def message_json(message: ConvoMessage, branch: Branch) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(message)
    del shown["activatePaths"], shown["activatePathsOrdered"]
    for key in ("subtask", "addedSubtasks", "removedSubtasks"):
        if not shown[key]:
            del shown[key]
    return shown | {
        "planId": branch.plan_id,
        "branch": branch.name,
        "content": message.message,
        "activeContextIds": None,
        "createdAt": rfc3339(message.created_at),
    }


def config_json(stored: dict[str, Any] | None) -> dict[str, Any]:
    """The config of a plan or user as it is in force; it was checked when it was stored."""
    return _DEFAULT_CONFIG if stored is None else stored


def config_input(body: ConfigRequest, *, stored: dict[str, Any] | None) -> dict[str, Any] | None:
    """The config to store in place of `stored`; None, for none sent, is the built-in default."""
    if body.config is None:
        return None
    try:
        return config_to_json(config_from_json(body.config, _config(stored)))
    except BadShape as error:
        raise BadRequest(f"{BAD_CONFIG}: {error}") from None


def _config(stored: dict[str, Any] | None) -> PlanConfig:
    return default_config() if stored is None else config_from_json(stored)
