"""Projects, plans, branches and conversations."""

from tests.wire.kinds import BOOL, INT, TEXT, TIME, ListOf, MapOf, Maybe, Obj, OneOf, Refused
from tests.wire.shapes.people import PLAN_CONFIG

PROJECT = Obj({"id": TEXT, "name": TEXT})
PLAN = Obj(
    {
        "id": TEXT,
        "ownerId": TEXT,
        "projectId": TEXT,
        "name": TEXT,
        "sharedWithOrgAt?": Maybe(TIME),
        "totalReplies": INT,
        "activeBranches": INT,
        "planConfig?": Maybe(PLAN_CONFIG),
        "archivedAt?": Maybe(TIME),
        "createdAt": TIME,
        "updatedAt": TIME,
    }
)
BRANCH = Obj(
    {
        "id": TEXT,
        "planId": TEXT,
        "ownerId": TEXT,
        "parentBranchId": Maybe(TEXT),
        "name": TEXT,
        "status": OneOf(
            (
                "draft",
                "replying",
                "describing",
                "building",
                "missingFile",
                "finished",
                "stopped",
                "error",
            )
        ),
        "contextTokens": INT,
        "convoTokens": INT,
        "sharedWithOrgAt?": Maybe(TIME),
        "archivedAt?": Maybe(TIME),
        "createdAt": TIME,
        "updatedAt": TIME,
    }
)


class Running(Obj):
    """`plandex ps` cuts 4 characters off each id and takes each branch's plan unseen."""

    def check(self, value: object, where: str) -> None:
        super().check(value, where)
        assert isinstance(value, dict)
        for branch in value["branches"]:
            if branch["planId"] not in value["plansById"]:
                raise Refused(f"{where}: no plan for branch {branch['id']}")
            if len(value["streamIdByBranchId"].get(branch["id"], "")) < 4:
                raise Refused(f"{where}: no stream id for branch {branch['id']}")


RUNNING = Running(
    {
        "branches": ListOf(BRANCH),
        "streamStartedAtByBranchId": MapOf(TIME),
        "streamFinishedAtByBranchId": MapOf(TIME),
        "streamIdByBranchId": MapOf(TEXT),
        "plansById": MapOf(PLAN),
    }
)
_SUBTASK = Obj(
    {"title": TEXT, "description": TEXT, "usesFiles": Maybe(ListOf(TEXT)), "isFinished": BOOL}
)
_CONVO_FLAGS = Obj(
    dict.fromkeys(
        (
            "didMakePlan",
            "didRemoveTasks",
            "didMakeDebuggingPlan",
            "didLoadContext",
            "isChat",
            "didWriteCode",
            "didCompleteTask",
            "didCompletePlan",
            "hasUnfinishedSubtasks",
            "isApplyDebug",
            "isUserDebug",
            "hasError",
        ),
        BOOL,
    )
    | {
        "CurrentStage": Obj(
            {
                "TellStage": OneOf(("planning", "implementation", "")),
                "PlanningPhase": OneOf(("context", "tasks", "")),
            }
        )
    }
)
CONVO_MESSAGE = Obj(
    {
        "id": TEXT,
        "userId": TEXT,
        "role": OneOf(("user", "assistant")),
        "tokens": INT,
        "num": INT,
        "message": TEXT,
        "stopped": BOOL,
        "flags": _CONVO_FLAGS,
        "subtask?": Maybe(_SUBTASK),
        "addedSubtasks?": Maybe(ListOf(_SUBTASK)),
        "removedSubtasks?": Maybe(ListOf(TEXT)),
        "createdAt": TIME,
    }
)


CONFIG = Obj({"config": PLAN_CONFIG})
