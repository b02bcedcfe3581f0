"""The JSON objects of packs, settings and plan configs, as types.

The forms that the CLI gets are named `Cli…`; the others are those of the API dialect.
"""

from typing import Annotated, NotRequired, TypedDict

import msgspec

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class ModelRoleJson(TypedDict):
    """A role's model, its parameters, and the models to use instead of it."""

    role: str
    modelId: str
    temperature: float
    topP: float
    reservedOutputTokens: int
    maxConvoTokens: NotRequired[int]
    largeContextFallback: "ModelRoleJson | None"
    largeOutputFallback: "ModelRoleJson | None"
    errorFallback: "ModelRoleJson | None"
    strongModel: "ModelRoleJson | None"


class ModelRolesJson(TypedDict):
    """All roles; an unset one is done by the planner's or the builder's model."""

    planner: ModelRoleJson
    coder: ModelRoleJson | None
    planSummary: ModelRoleJson
    builder: ModelRoleJson
    wholeFileBuilder: ModelRoleJson | None
    namer: ModelRoleJson
    commitMsg: ModelRoleJson
    execStatus: ModelRoleJson
    contextLoader: ModelRoleJson | None


class CliModelPackJson(ModelRolesJson):
    id: str
    name: str
    localProvider: NotRequired[str]
    description: str


class ModelPackJson(TypedDict):
    """The roles' model ids, and the whole roles under `roles`."""

    id: str
    name: str
    description: str
    localProvider: str
    planner: str
    coder: str
    builder: str
    summarizer: str
    verifier: str
    contextLoader: str
    roles: ModelRolesJson


class UsesProviderJson(TypedDict):
    """A provider that serves a model, and the model's name there."""

    provider: str
    customProvider: NotRequired[str]
    modelName: str


class CustomModelJson(TypedDict):
    """A model that the org defined. Keys without a value are left out."""

    id: NotRequired[str]
    modelId: str
    publisher: str
    description: str
    defaultMaxConvoTokens: int
    maxTokens: int
    maxOutputTokens: int
    reservedOutputTokens: int
    preferredOutputFormat: str
    systemPromptDisabled: NotRequired[bool]
    roleParamsDisabled: NotRequired[bool]
    stopDisabled: NotRequired[bool]
    predictedOutputEnabled: NotRequired[bool]
    reasoningEffortEnabled: NotRequired[bool]
    reasoningEffort: NotRequired[str]
    includeReasoning: NotRequired[bool]
    hideReasoning: NotRequired[bool]
    reasoningBudget: NotRequired[int]
    supportsCacheControl: NotRequired[bool]
    singleMessageNoSystemPrompt: NotRequired[bool]
    tokenEstimatePaddingPct: NotRequired[float]
    hasImageSupport: bool
    providers: list[UsesProviderJson]
    createdAt: NotRequired[Moment]
    updatedAt: NotRequired[Moment]


class AuthVarJson(TypedDict):
    """A variable that a provider needs beside its key."""

    var: str
    maybeJSONFilePath: NotRequired[bool]
    required: NotRequired[bool]
    default: NotRequired[str]


class CustomProviderJson(TypedDict):
    """An OpenAI-compatible endpoint that the org defined. Keys without a value are left out."""

    id: NotRequired[str]
    name: str
    baseUrl: str
    hasAWSAuth: NotRequired[bool]
    skipAuth: NotRequired[bool]
    apiKeyEnvVar: NotRequired[str]
    extraAuthVars: NotRequired[list[AuthVarJson]]


class OrgModelsJson(TypedDict):
    modelPackName: str
    customModels: list[CustomModelJson]
    customModelsById: dict[str, CustomModelJson]
    customProviders: list[CustomProviderJson]
    usesCustomProviderByModelId: dict[str, list[UsesProviderJson]]
    isCloud: bool
    configured: bool
    updatedAt: Moment


class SettingsJson(OrgModelsJson):
    """Model settings: a pack's name, or a pack of their own; with the org's models joined in."""

    modelPack: ModelPackJson | None
    customModelPacks: list[ModelPackJson]


class CliSettingsJson(OrgModelsJson):
    modelPack: CliModelPackJson | None
    customModelPacks: list[CliModelPackJson]


class PlanConfigJson(TypedDict):
    """How much the CLI does by itself. `autoLoadContext` is `autoContext` under another name."""

    autoMode: str
    editor: str
    editorCommand: str
    editorArgs: list[str] | None
    editorOpenManually: bool
    autoContinue: bool
    autoBuild: bool
    autoUpdateContext: bool
    autoContext: bool
    autoLoadContext: bool
    smartContext: bool
    autoApply: bool
    autoCommit: bool
    skipCommit: bool
    canExec: bool
    autoExec: bool
    autoDebug: bool
    autoDebugTries: int
    autoRevertOnRewind: bool
    skipChangesMenu: bool


class SettingsUpdateJson(TypedDict):
    """What changed, as text for people."""

    msg: str
