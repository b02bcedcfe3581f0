"""Loaded context."""

from tests.wire.kinds import BOOL, INT, TEXT, TIME, Kind, MapOf, Maybe, Obj, OneOf, Refused

CONTEXT = Obj(
    {
        "id": TEXT,
        "ownerId": TEXT,
        "contextType": OneOf(
            ("file", "url", "note", "directory tree", "piped data", "image", "map")
        ),
        "name": TEXT,
        "url": TEXT,
        "file_path": TEXT,
        "sha": TEXT,
        "numTokens": INT,
        "body?": TEXT,
        "bodySize?": INT,
        "forceSkipIgnore": BOOL,
        "imageDetail?": TEXT,
        "mapParts?": MapOf(TEXT),
        "mapShas?": MapOf(TEXT),
        "mapTokens?": MapOf(INT),
        "mapSizes?": MapOf(INT),
        "autoLoaded": BOOL,
        "createdAt": TIME,
        "updatedAt": TIME,
    }
)


class ListedContext(Kind):
    """The CLI computes conflicts with a listed context only while it has no body."""

    def check(self, value: object, where: str) -> None:
        CONTEXT.check(value, where)
        assert isinstance(value, dict)
        if value.get("body") or value.get("mapParts"):
            raise Refused(f"{where}: the list must not hold bodies")


LOAD = Obj(
    {
        "tokensAdded": INT,
        "totalTokens": INT,
        "maxTokensExceeded": BOOL,
        "maxTokens": INT,
        "msg": TEXT,
    }
)
CACHED_MAPS = Obj({"loadRes": Maybe(LOAD), "cachedByPath": Maybe(MapOf(BOOL))})
DELETED_CONTEXT = Obj({"tokensRemoved": INT, "totalTokens": INT, "msg": TEXT})
