"""A request of each operation that succeeds for whoever may make it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from orgs.logic.permissions import Role
from tests.access.scene import NEW_EMAIL, Scene
from tests.models_config.bodies import PACK, STATE
from tests.wire.described import description

BUILT_IN = "deepseek/r1"
ROLES_OF_A_PACK = {"planner", "planSummary", "builder", "namer", "commitMsg", "execStatus"}
KEYS = {"authVars": {"OPENROUTER_API_KEY": "sk-or-v1-0123456789abcdef"}}

Body = Callable[[Scene], object]


def operations() -> Mapping[str, tuple[str, str]]:
    """Method and path by operation."""
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
    }


def request_of(operation: str, situation: str, scene: Scene) -> tuple[str, str, object]:
    """Method, path and body."""
    method, template = operations()[operation]
    path = re.sub(r"{(\w+)}", lambda found: scene.ids[found[1]], template)
    if operation == "listPlansRunning":
        path += f"?projectId={scene.project.id}"
    if operation == "inviteUser":
        return method, path, _invite(situation)
    if operation == "setOrgUserRole":
        return method, path, {"orgRoleId": _role(situation.rpartition("-to-")[2]).id}
    body = BODIES.get(operation)
    return method, path, body(scene) if body else None


def _invite(situation: str) -> dict[str, str]:
    return {"email": NEW_EMAIL, "name": "Nell Newcomer", "orgRoleId": _role(situation).id}


def _role(situation: str) -> Role:
    """`last-owner` stands for the attempt to make a member of that one."""
    return Role.MEMBER if situation == "last-owner" else Role(situation.replace("-", "_"))


def _pack(name: str) -> dict[str, Any]:
    return PACK | dict.fromkeys(ROLES_OF_A_PACK, BUILT_IN) | {"name": name}


def _account(scene: Scene) -> dict[str, str]:
    return {"email": scene.email, "pin": scene.pin, "userName": "Nell Newcomer"}


def _context(scene: Scene) -> object:
    return [{"contextType": "file", "name": "c.py", "file_path": "c.py", "body": "c\n"}]


BODIES: Mapping[str, Body] = {
    "createEmailVerification": lambda scene: {"email": NEW_EMAIL},
    "checkEmailPin": lambda scene: {"email": scene.email, "pin": scene.pin},
    "signIn": lambda scene: {"email": scene.email, "pin": scene.pin},
    "createAccount": _account,
    "createOrg": lambda scene: {"name": "Another Org"},
    "updateOrgUserConfig": lambda scene: {"promptedClaudeMax": True},
    "createProject": lambda scene: {"name": "project"},
    "projectSetPlan": lambda scene: {"planId": scene.plan.id},
    "renameProject": lambda scene: {"name": "renamed"},
    "createPlan": lambda scene: {"name": "new"},
    "getCurrentBranchesByPlanId": lambda scene: {"currentBranchByPlanId": {}},
    "renamePlan": lambda scene: {"name": "renamed"},
    "updatePlanConfig": lambda scene: {"config": None},
    "updateDefaultPlanConfig": lambda scene: {"config": None},
    "createBranch": lambda scene: {"name": "new"},
    "updateSettings": lambda scene: {"modelPackName": "strong"},
    "updateDefaultSettings": lambda scene: {"modelPackName": "strong"},
    "upsertCustomModels": lambda scene: STATE,
    "createModelPack": lambda scene: _pack("new"),
    "updateModelPack": lambda scene: _pack(PACK["name"]),
    "getCreditsSummary": lambda scene: {"month": True},
    "listCreditsTransactions": lambda scene: {"dayStart": "2025-01-01T00:00:00Z"},
    "setBudget": lambda scene: {"period": "day", "hardLimit": "2.50"},
    "setPrice": lambda scene: {"modelId": BUILT_IN, "input": "0.5", "output": "2"},
    "setProviderKey": lambda scene: {"values": {"OPENROUTER_API_KEY": "sk-or-v1-0123456789"}},
    "loadContext": _context,
    "updateContext": lambda scene: {scene.ids["contextId"]: {"body": "two\n"}},
    "deleteContext": lambda scene: {"ids": {scene.ids["contextId"]: True}},
    "getFileMap": lambda scene: {"mapInputs": {}},
    "loadCachedFileMap": lambda scene: {"filePaths": ["."]},
    "applyPlan": lambda scene: KEYS,
    "rejectFile": lambda scene: {"filePath": "a.py"},
    "rejectFiles": lambda scene: {"paths": ["a.py"]},
    "rewindPlan": lambda scene: {"sha": scene.ids["sha"]},
    "tellPlan": lambda scene: KEYS | {"prompt": "Do it.", "connectStream": True},
    "buildPlan": lambda scene: KEYS | {"connectStream": True},
    "respondMissingFile": lambda scene: {"choice": "skip", "filePath": "a.py"},
    "autoLoadContext": lambda scene: [],
}
