"""JSON shapes of plans, branches, messages and configs: the CLI's keys and the API's in one."""

from typing import Annotated, Any, NotRequired, TypedDict, cast

import msgspec

from models_config.logic.json_shapes import PlanConfigJson
from models_config.logic.plan_config import (
    PlanConfig,
    config_from_json,
    config_to_json,
    default_config,
)
from models_config.logic.refusals import BadShape
from plandex_server.api.body import NEEDED, Body, Storable, storable
from plandex_server.api.names import MAX_NAME_LENGTH, Name, OptionalName
from plandex_server.api.times import Time, rfc3339
from plandex_server.errors import BadRequest
from plans.logic.convo import ConvoFlags, ConvoMessage, Role, Subtask
from plans.logic.names import BRANCH_NAME_PATTERN
from plans.models import Branch, Plan
from plans.selectors import PlanOverview

BAD_CONFIG = "Error decoding request body"

_DEFAULT_CONFIG = config_to_json(default_config())


class NameRequest(Body):
    name: OptionalName = ""


class CurrentBranchesRequest(Body):
    current_branch_by_plan_id: dict[str, str] = {}


class NewNameRequest(Body):
    name: Name = ""


BranchName = Annotated[
    str,
    msgspec.Meta(
        extra_json_schema={
            NEEDED: True,
            "minLength": 1,
            "maxLength": MAX_NAME_LENGTH,
            "pattern": BRANCH_NAME_PATTERN,
        }
    ),
]


class NewBranchRequest(Body):
    name: BranchName = ""


class PlanConfigBody(PlanConfig, frozen=True, kw_only=True, rename="camel"):
    """A whole config: what is left out is as in the preset that `autoMode` names, else off."""

    auto_load_context: bool = False
    editor: Storable = ""
    editor_command: Storable = ""
    editor_args: list[Storable] | None = None


class ConfigBody(TypedDict, total=False):
    """For the API description: `logic` reads the config. Without one it is the default."""

    config: PlanConfigBody | None


class ConfigRequest(Body):
    config: dict[str, Any] | None = None


class PlanJson(TypedDict):
    id: str
    orgId: str
    ownerId: str
    projectId: str
    name: str
    sharedWithOrgAt: Time | None
    totalReplies: int
    activeBranches: int
    currentBranch: str
    contextTokens: int
    convoTokens: int
    planConfig: PlanConfigJson
    archivedAt: Time | None
    createdAt: Time
    updatedAt: Time


class BranchJson(TypedDict):
    """`parent` is the name of the branch that it was made from."""

    id: str
    planId: str
    ownerId: str
    parentBranchId: str | None
    parent: str | None
    name: str
    sha: str
    status: str
    error: str | None
    contextTokens: int
    convoTokens: int
    sharedWithOrgAt: Time | None
    archivedAt: Time | None
    createdAt: Time
    updatedAt: Time


class ConvoMessageJson(TypedDict):
    """`content` and `message` are the same text."""

    id: str
    planId: str
    branch: str
    userId: str
    role: Role
    tokens: int
    num: int
    message: str
    content: str
    stopped: bool
    flags: ConvoFlags
    subtask: NotRequired[Subtask]
    addedSubtasks: NotRequired[list[Subtask]]
    removedSubtasks: NotRequired[list[str]]
    activeContextIds: None
    createdAt: Time


class LogJson(TypedDict):
    """`body` is the log as text; `shas` are its entries' ids in the same order."""

    shas: list[str]
    body: str


class PlanConfigAnswerJson(TypedDict):
    config: PlanConfigJson


def plan_json(overview: PlanOverview) -> PlanJson:
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


def new_plan_json(plan: Plan) -> PlanJson:
    """A plan that was just made."""
    return plan_json(PlanOverview(plan, 1, "main", 0, 0))


def branch_json(branch: Branch) -> BranchJson:
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


def message_json(message: ConvoMessage, branch: Branch) -> ConvoMessageJson:
    shown: ConvoMessageJson = {
        "id": message.id,
        "planId": branch.plan_id,
        "branch": branch.name,
        "userId": message.user_id,
        "role": message.role,
        "tokens": message.tokens,
        "num": message.num,
        "message": message.message,
        "content": message.message,
        "stopped": message.stopped,
        "flags": message.flags,
        "activeContextIds": None,
        "createdAt": rfc3339(message.created_at),
    }
    if message.subtask:
        shown["subtask"] = message.subtask
    if message.added_subtasks:
        shown["addedSubtasks"] = message.added_subtasks
    if message.removed_subtasks:
        shown["removedSubtasks"] = message.removed_subtasks
    return shown


def config_json(stored: dict[str, Any] | None) -> PlanConfigJson:
    """The config of a plan or user as it is in force; it was checked when it was stored."""
    return _DEFAULT_CONFIG if stored is None else cast(PlanConfigJson, stored)


def config_input(body: ConfigRequest, *, stored: dict[str, Any] | None) -> PlanConfigJson | None:
    """The config to store in place of `stored`; None, for none sent, is the built-in default."""
    if body.config is None:
        return None
    try:
        config = config_to_json(config_from_json(body.config, _config(stored)))
    except BadShape as error:
        raise BadRequest(f"{BAD_CONFIG}: {error}") from None
    return storable(config, BAD_CONFIG)


def _config(stored: dict[str, Any] | None) -> PlanConfig:
    return default_config() if stored is None else config_from_json(stored)
