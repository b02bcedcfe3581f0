"""The built-in models, providers and roles. The CLI has the same registry compiled in, so ids,
names and limits are data files that must equal the CLI's.

The values are msgspec structs: frozen like the other values of `logic`, and read straight from
JSON, which keeps the start of the process fast.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from plandex_server import typed

DATA = Path(__file__).resolve().parent.parent / "data"

CUSTOM_PROVIDER = "custom"
CLAUDE_MAX_PROVIDER = "anthropic-pro"

T = TypeVar("T")


class Transport(StrEnum):
    """The wire protocol and the endpoint family that a provider speaks."""

    OPENAI = "openai"
    OPENROUTER = "openrouter"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    VERTEX = "vertex"
    AZURE = "azure"
    BEDROCK = "bedrock"
    DEEPSEEK = "deepseek"
    PERPLEXITY = "perplexity"
    OLLAMA = "ollama"
    CUSTOM = "custom"


class RoleId(StrEnum):
    """What a model is asked to do."""

    PLANNER = "planner"
    CODER = "coder"
    ARCHITECT = "architect"
    SUMMARIZER = "summarizer"
    BUILDER = "builder"
    WHOLE_FILE_BUILDER = "whole-file-builder"
    NAMES = "names"
    COMMIT_MESSAGES = "commit-messages"
    AUTO_CONTINUE = "auto-continue"


class ModelProperties(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a model can do and how it wants to be asked; the CLI's shared model properties."""

    default_max_convo_tokens: int = 0
    max_tokens: int = 0
    max_output_tokens: int = 0
    reserved_output_tokens: int = 0
    preferred_output_format: str = ""
    system_prompt_disabled: bool = False
    role_params_disabled: bool = False
    stop_disabled: bool = False
    predicted_output_enabled: bool = False
    reasoning_effort_enabled: bool = False
    reasoning_effort: str = ""
    include_reasoning: bool = False
    hide_reasoning: bool = False
    reasoning_budget: int = 0
    supports_cache_control: bool = False
    single_message_no_system_prompt: bool = False
    token_estimate_padding_pct: float = 0.0
    has_image_support: bool = False


class UsesProvider(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A provider that serves a model, and the model's name there."""

    provider: str = ""
    custom_provider: str | None = None
    model_name: str = ""

    @property
    def composite(self) -> str:
        """The provider's id, unique among built-in and custom ones."""
        if self.custom_provider is None:
            return self.provider
        return f"{self.provider}|{self.custom_provider}"


class AuthVar(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A variable that a provider needs beside its key."""

    var: str = ""
    maybe_json_file_path: bool = msgspec.field(name="maybeJSONFilePath", default=False)
    required: bool = False
    default: str = ""


class BuiltInModel(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A model id that every client knows."""

    model_id: str
    publisher: str
    label: str
    properties: ModelProperties
    providers: tuple[UsesProvider, ...]
    # Properties that replace the listed ones when a request is sent: where the registry defines an
    # id twice, limits come from the first definition and requests from the other one.
    request_properties: dict[str, bool | int | float | str] = {}

    @property
    def local_only(self) -> bool:
        """Whether only providers on the user's own machine serve the model."""
        return all(builtin_providers()[used.provider].local_only for used in self.providers)

    def properties_for_request(self) -> ModelProperties:
        """The properties that shape a request to the model."""
        if not self.request_properties:
            return self.properties
        merged = msgspec.to_builtins(self.properties) | self.request_properties
        return typed.convert(merged, ModelProperties)


class BuiltInProvider(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A provider that every client knows."""

    id: str
    transport: Transport
    base_url: str = ""
    # What the registry's model names carry in front and the provider's own API does not expect.
    model_name_prefix: str = ""
    api_key_env_var: str = ""
    extra_auth_vars: tuple[AuthVar, ...] = ()
    required_auth_vars: tuple[str, ...] = ()
    skip_auth: bool = False
    local_only: bool = False
    allowed_in_custom_model_file: bool = False
    has_aws_auth: bool = msgspec.field(name="hasAWSAuth", default=False)
    has_claude_max_auth: bool = False


class Role(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A role of a model pack, its keys in the three JSON forms, and its default parameters."""

    id: RoleId
    pack_key: str
    client_key: str
    label: str
    optional: bool
    fallback_role: RoleId | None
    default_temperature: float
    default_top_p: float
    purpose: str


def read_data(name: str, type_: type[T]) -> T:
    """Decode one of the app's data files."""
    return typed.decode((DATA / name).read_bytes(), type_)


@cache
def builtin_models() -> dict[str, BuiltInModel]:
    """Every built-in model by its id, in the order in which the CLI lists them."""
    models = read_data("models.json", tuple[BuiltInModel, ...])
    return {model.model_id: model for model in models}


@cache
def builtin_providers() -> dict[str, BuiltInProvider]:
    """Every built-in provider by its id, in the CLI's order."""
    providers = read_data("providers.json", tuple[BuiltInProvider, ...])
    return {provider.id: provider for provider in providers}


@cache
def roles() -> dict[RoleId, Role]:
    """The nine roles, in the CLI's order."""
    return {role.id: role for role in read_data("roles.json", tuple[Role, ...])}
