"""Model packs, custom models and settings."""

from tests.wire.kinds import (
    BOOL,
    INT,
    NUMBER,
    TEXT,
    TIME,
    Kind,
    ListOf,
    MapOf,
    Maybe,
    Obj,
    OneOf,
    Refused,
)


class RoleConfig(Kind):
    """A role of a model pack, with fallbacks of the same form."""

    def check(self, value: object, where: str) -> None:
        fallback = Maybe(RoleConfig())
        Obj(
            {
                "role": TEXT,
                "modelId": TEXT,
                "temperature": NUMBER,
                "topP": NUMBER,
                "reservedOutputTokens": INT,
                "largeContextFallback?": fallback,
                "largeOutputFallback?": fallback,
                "errorFallback?": fallback,
                "strongModel?": fallback,
                "maxConvoTokens?": INT,
                "localProvider?": TEXT,
            }
        ).check(value, where)


_ROLE = RoleConfig()
MODEL_PACK = Obj(
    {
        "id": TEXT,
        "name": TEXT,
        "description": TEXT,
        "localProvider?": TEXT,
        "planner": _ROLE,
        "coder?": Maybe(_ROLE),
        "contextLoader?": Maybe(_ROLE),
        "planSummary": _ROLE,
        "builder": _ROLE,
        "wholeFileBuilder?": Maybe(_ROLE),
        "namer": _ROLE,
        "commitMsg": _ROLE,
        "execStatus": _ROLE,
    }
)
_MODEL_PROVIDER = Obj({"provider": TEXT, "customProvider?": TEXT, "modelName": TEXT})
CUSTOM_MODEL = Obj(
    {
        "id?": TEXT,
        "modelId": TEXT,
        "publisher": TEXT,
        "description": TEXT,
        "maxTokens": INT,
        "defaultMaxConvoTokens": INT,
        "maxOutputTokens": INT,
        "reservedOutputTokens": INT,
        "preferredOutputFormat": OneOf(("xml", "tool-call-json")),
        "providers": ListOf(_MODEL_PROVIDER),
        "createdAt?": TIME,
        "updatedAt?": TIME,
    }
)
CUSTOM_PROVIDER = Obj(
    {
        "id": TEXT,
        "name": TEXT,
        "baseUrl": TEXT,
        "skipAuth?": BOOL,
        "apiKeyEnvVar?": TEXT,
        "extraAuthVars?": ListOf(
            Obj({"var": TEXT, "maybeJSONFilePath?": BOOL, "required?": BOOL, "default?": TEXT})
        ),
    }
)


class Settings(Obj):
    """Resolving a pack ends the CLI's process unless the settings are marked as filled."""

    def check(self, value: object, where: str) -> None:
        super().check(value, where)
        assert isinstance(value, dict)
        if not value["configured"]:
            raise Refused(f"{where}: configured must be true")


SETTINGS = Settings(
    {
        "modelPackName": TEXT,
        "modelPack": Maybe(MODEL_PACK),
        "customModelPacks": ListOf(MODEL_PACK),
        "customModels": ListOf(CUSTOM_MODEL),
        "customModelsById": MapOf(CUSTOM_MODEL),
        "customProviders": ListOf(CUSTOM_PROVIDER),
        "usesCustomProviderByModelId": MapOf(ListOf(_MODEL_PROVIDER)),
        "isCloud": BOOL,
        "configured": BOOL,
        "updatedAt": TIME,
    }
)

MESSAGE = Obj({"msg": TEXT})
