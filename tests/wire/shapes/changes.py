"""Pending changes."""

from tests.wire.kinds import BOOL, INT, TEXT, TIME, ListOf, MapOf, Maybe, Obj, OneOf, Refused
from tests.wire.shapes.context import CONTEXT

_STREAMED_CHANGE = Obj(
    {
        "old": Obj(
            {"startLine": INT, "endLine": INT, "startLineString": TEXT, "endLineString": TEXT}
        ),
        "startLineIncluded": BOOL,
        "endLineIncluded": BOOL,
        "new": TEXT,
    }
)
_REPLACEMENT = Obj(
    {
        "id": TEXT,
        "old": TEXT,
        "summary": TEXT,
        "entireFile": BOOL,
        "new": TEXT,
        "failed": BOOL,
        "rejectedAt?": Maybe(TIME),
        "streamedChange": Maybe(_STREAMED_CHANGE),
    }
)
_RESULT = Obj(
    {
        "id": TEXT,
        "typeVersion": INT,
        "replaceWithLineNums": BOOL,
        "convoMessageId": TEXT,
        "planBuildId": TEXT,
        "path": TEXT,
        "content": TEXT,
        "anyFailed": BOOL,
        "appliedAt?": Maybe(TIME),
        "rejectedAt?": Maybe(TIME),
        "replacements": Maybe(ListOf(_REPLACEMENT)),
        "removedFile": BOOL,
        "createdAt": TIME,
        "updatedAt": TIME,
    }
)
_OPERATION = Obj(
    {
        "Type": OneOf(("file", "move", "remove", "reset")),
        "Path": TEXT,
        "Destination": TEXT,
        "Content": TEXT,
        "Description": TEXT,
        "ReplyBefore": TEXT,
        "NumTokens": INT,
    }
)
_DESCRIPTION = Obj(
    {
        "id": TEXT,
        "convoMessageId": TEXT,
        "summarizedToMessageId": TEXT,
        "wroteFiles": BOOL,
        "commitMsg": TEXT,
        "operations": Maybe(ListOf(_OPERATION)),
        "didBuild": BOOL,
        "buildPathsInvalidated": Maybe(MapOf(BOOL)),
        "error": TEXT,
        "appliedAt?": Maybe(TIME),
        "createdAt": TIME,
        "updatedAt": TIME,
    }
)
_APPLY = Obj(
    {
        "id": TEXT,
        "userId": TEXT,
        "convoMessageIds": Maybe(ListOf(TEXT)),
        "convoMessageDescriptionIds": Maybe(ListOf(TEXT)),
        "planFileResultIds": Maybe(ListOf(TEXT)),
        "commitMsg": TEXT,
        "createdAt": TIME,
    }
)


class CurrentPlan(Obj):
    """The CLI writes `files` and deletes `removedByPath` at the same time."""

    def check(self, value: object, where: str) -> None:
        super().check(value, where)
        assert isinstance(value, dict)
        files = value["currentPlanFiles"]["files"]
        removed = value["currentPlanFiles"]["removedByPath"]
        both = [path for path, gone in removed.items() if gone and path in files]
        if both:
            raise Refused(f"{where}: {both} are written and removed at once")
        if any(removed.values()) and not files:
            raise Refused(f"{where}: with only removals the CLI sees no changes")


CURRENT_PLAN = CurrentPlan(
    {
        "planResult": Obj(
            {
                "sortedPaths": Maybe(ListOf(TEXT)),
                "fileResultsByPath": MapOf(ListOf(_RESULT)),
                "results": Maybe(ListOf(_RESULT)),
                "replacementsByPath": MapOf(Maybe(ListOf(_REPLACEMENT))),
            }
        ),
        "currentPlanFiles": Obj(
            {
                "files": MapOf(TEXT),
                "removedByPath": MapOf(BOOL),
                "updatedAtByPath": MapOf(TIME),
            }
        ),
        "convoMessageDescriptions": Maybe(ListOf(_DESCRIPTION)),
        "planApplies": ListOf(_APPLY),
        "contextsByPath": MapOf(CONTEXT),
    }
)
