"""People and orgs."""

from tests.wire.kinds import BOOL, INT, TEXT, TIME, ListOf, MapOf, Maybe, Obj, OneOf, Refused

ORG = Obj(
    {
        "id": TEXT,
        "name": TEXT,
        "isTrial": BOOL,
        "autoAddDomainUsers": BOOL,
        "integratedModelsMode?": BOOL,
    }
)
PLAN_CONFIG = Obj(
    {
        "autoMode": OneOf(("full", "semi", "plus", "basic", "none", "custom")),
        "editor": TEXT,
        "editorCommand": TEXT,
        "editorArgs": Maybe(ListOf(TEXT)),
        "autoDebugTries": INT,
    }
    | dict.fromkeys(
        (
            "editorOpenManually",
            "autoContinue",
            "autoBuild",
            "autoUpdateContext",
            "autoContext",
            "smartContext",
            "autoApply",
            "autoCommit",
            "skipCommit",
            "canExec",
            "autoExec",
            "autoDebug",
            "autoRevertOnRewind",
            "skipChangesMenu",
        ),
        BOOL,
    )
)
USER = Obj(
    {
        "id": TEXT,
        "name": TEXT,
        "email": TEXT,
        "isTrial": BOOL,
        "numNonDraftPlans": INT,
        "defaultPlanConfig?": PLAN_CONFIG,
    }
)
ORG_USER_CONFIG = Obj(
    {
        "promptedClaudeMax": BOOL,
        "useClaudeSubscription": BOOL,
        "claudeSubscriptionCooldownStartedAt": TIME,
    }
)
ORG_USER = Obj(
    {"orgId": TEXT, "userId": TEXT, "orgRoleId": TEXT, "config?": Maybe(ORG_USER_CONFIG)}
)
ORG_ROLE = Obj({"id": TEXT, "isDefault": BOOL, "label": TEXT, "description": TEXT})
INVITE = Obj(
    {
        "id": TEXT,
        "orgId": TEXT,
        "email": TEXT,
        "name": TEXT,
        "orgRoleId": TEXT,
        "inviterId": TEXT,
        "inviteeId": Maybe(TEXT),
        "acceptedAt": Maybe(TIME),
        "createdAt": TIME,
    }
)
SESSION = Obj(
    {
        "userId": TEXT,
        "token": TEXT,
        "email": TEXT,
        "userName": TEXT,
        "orgs": ListOf(ORG),
        "isLocalMode": BOOL,
    }
)


class Users(Obj):
    """`plandex users` looks every user's role up without asking whether it is there."""

    def check(self, value: object, where: str) -> None:
        super().check(value, where)
        assert isinstance(value, dict)
        for user in value["users"]:
            if user["id"] not in value["orgUsersByUserId"]:
                raise Refused(f"{where}: no orgUsersByUserId entry for {user['id']}")


USERS = Users({"users": ListOf(USER), "orgUsersByUserId": MapOf(ORG_USER)})
