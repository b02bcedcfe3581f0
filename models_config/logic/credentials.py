"""Which provider serves a model with the credentials of a request, and how to reach it."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from models_config.logic.catalog import (
    CUSTOM_PROVIDER,
    AuthVar,
    BuiltInProvider,
    ModelProperties,
    Transport,
    UsesProvider,
    builtin_models,
    builtin_providers,
)
from models_config.logic.org_models import CustomProvider, OrgModels

NO_CREDENTIALS = "No api keys/credentials provided for models"
NO_SUBSCRIPTION = (
    "This server does not use Claude subscriptions. Set ANTHROPIC_API_KEY or the key of another "
    "provider of the model, or turn the subscription off"
)
ORG_HEADERS = {"OPENAI_ORG_ID": "OpenAI-Organization"}
MIN_SECRET = 4
"""Shorter values are no keys, and hiding them would garble the text around them."""

# Extra variables of the built-in providers that say where a model is, not who asks for it.
_OPEN_VARS = frozenset(
    {
        "OPENAI_ORG_ID",
        "VERTEXAI_PROJECT",
        "VERTEXAI_LOCATION",
        "AZURE_API_BASE",
        "AZURE_API_VERSION",
        "AZURE_DEPLOYMENTS_MAP",
        "AWS_REGION",
        "AWS_INFERENCE_PROFILE_ARN",
    }
)
_SECRET_FIELDS = ("private_key", "private_key_id", "client_secret", "refresh_token")
_MULTI_REGIONS = ("us", "eu")
# These become part of a host name or a path.
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]*")


class NoCredentials(ValueError):
    """No provider of a model can be used with the credentials that came with the request."""


class BadCredential(ValueError):
    """A credential is there but cannot be read. The message never shows its value."""


@dataclass(frozen=True, slots=True)
class ProviderAuth:
    """The secrets of one provider. They stay out of every `repr`, and so out of logs."""

    api_key: str = field(default="", repr=False)
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that no message and no log may show, the longest first."""
        found = {self.api_key, self.api_key.strip()}
        for var, value in self.extra.items():
            if var in _OPEN_VARS:
                continue
            found |= {value, value.strip(), *_inner_secrets(value)}
        shown = (secret for secret in found if len(secret) >= MIN_SECRET)
        return tuple(sorted(shown, key=len, reverse=True))


class HasAuth(Protocol):
    """A choice of a provider, or the bare access to one."""

    @property
    def auth(self) -> ProviderAuth: ...


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The `reasoning` object of a request: a budget, or an effort, or only whether it is shown."""

    max_tokens: int | None
    effort: str | None
    exclude: bool


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """Everything that a model client needs to send a request for a model."""

    model_id: str
    provider: str
    custom_provider: str | None
    transport: Transport
    model_name: str  # as listed: for messages, usage records and prices
    api_model: str  # as the provider's own API expects it
    base_url: str
    auth: ProviderAuth
    headers: Mapping[str, str] = field(repr=False)
    properties: ModelProperties
    org_key: bool = False  # whether the org's key is used, not one that came with the request

    @property
    def composite(self) -> str:
        """The provider's id, unique among built-in and custom ones."""
        if self.custom_provider is None:
            return self.provider
        return f"{self.provider}|{self.custom_provider}"

    @property
    def sends_role_params(self) -> bool:
        """Whether temperature and top-p go into the request."""
        return self.transport is not Transport.OLLAMA and not self.properties.role_params_disabled

    @property
    def shows_reasoning(self) -> bool:
        """Whether the model's reasoning is streamed to the user."""
        return self.properties.include_reasoning and not self.properties.hide_reasoning

    @property
    def reasoning(self) -> Reasoning | None:
        """What to ask for, None when the request has no `reasoning` object."""
        exclude = not self.shows_reasoning
        if self.properties.reasoning_budget > 0:
            return Reasoning(self.properties.reasoning_budget, None, exclude)
        if self.properties.reasoning_effort_enabled:
            return Reasoning(None, self.properties.reasoning_effort or None, exclude)
        if self.properties.include_reasoning:
            return Reasoning(None, None, self.properties.hide_reasoning)
        return None


@dataclass(frozen=True, slots=True)
class HeldKey:
    """What an org holds for one provider. A custom provider's is for one address only."""

    values: Mapping[str, str] = field(repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The variables that came with a request, what the org holds by provider, and where local
    models run."""

    auth_vars: Mapping[str, str] = field(repr=False)
    ollama_base_url: str = ""
    held: Mapping[str, HeldKey] = field(default_factory=dict, repr=False)


def auth_vars_of(
    auth_vars: Mapping[str, str] | None,
    api_keys: Mapping[str, str] | None = None,
    openai_org_id: str = "",
) -> dict[str, str]:
    """The variables of a request body: `authVars` win, older keys and org id else."""
    if auth_vars is not None:
        return dict(auth_vars)
    merged = dict(api_keys or {})
    if openai_org_id:
        merged["OPENAI_ORG_ID"] = openai_org_id
    return merged


def _inner_secrets(value: str) -> Iterator[str]:
    """The secret fields of a credentials file."""
    try:
        fields = msgspec.json.decode(value)
    except msgspec.DecodeError:
        return
    if isinstance(fields, dict):
        for name in _SECRET_FIELDS:
            if isinstance(fields.get(name), str):
                yield fields[name]


def choose_provider(
    model_id: str, org: OrgModels, credentials: Credentials, local_provider: str = ""
) -> ProviderChoice:
    """The provider that serves the model. Raises `NoCredentials` or `BadCredential`."""
    available = available_providers(model_id, org, credentials, local_provider)
    if not available:
        raise NoCredentials(_explain(model_id, org, credentials))
    return _choice(model_id, available[0], org, credentials)


def fallback_provider(
    chosen: ProviderChoice, org: OrgModels, credentials: Credentials, local_provider: str = ""
) -> ProviderChoice | None:
    """Another provider of the same model for when the chosen one fails: OpenRouter, which routes
    around outages itself, else the next in the list."""
    available = available_providers(chosen.model_id, org, credentials, local_provider)
    others = [used for used in available if used.composite != chosen.composite]
    if not others:
        return None
    router = (used for used in others if used.provider == Transport.OPENROUTER)
    return _choice(chosen.model_id, next(router, others[0]), org, credentials)


def available_providers(
    model_id: str, org: OrgModels, credentials: Credentials, local_provider: str = ""
) -> list[UsesProvider]:
    """The model's providers that have credentials, in order of preference."""
    return [
        used
        for used in org.uses_providers(model_id)
        if _is_usable(used, org, credentials) and not _is_other_local(used, local_provider)
    ]


def _is_usable(used: UsesProvider, org: OrgModels, credentials: Credentials) -> bool:
    provider = _provider(used, org)
    if provider is None or _is_subscription(used):
        return False
    return _values(used, provider, credentials) is not None


@dataclass(frozen=True, slots=True)
class _Values:
    given: Mapping[str, str] = field(repr=False)
    are_the_orgs: bool = False


def _values(
    used: UsesProvider, provider: BuiltInProvider | CustomProvider, credentials: Credentials
) -> _Values | None:
    """All variables of one provider, from the request or else from the org: never some of each,
    or a request could send the org's key to an address of its own."""
    own, needed = credentials.auth_vars, provider.required_auth_vars
    held = credentials.held.get(used.composite)
    if held is not None and not _is_held_for(held, provider):
        held = None
    if all(var in own for var in needed) and (held is None or _are_filled(needed, own)):
        return _Values(own)
    if held is not None and _are_filled(needed, held.values):
        return _Values(held.values, are_the_orgs=True)
    return _Values(own) if provider.skip_auth else None


def _is_held_for(held: HeldKey, provider: BuiltInProvider | CustomProvider) -> bool:
    return isinstance(provider, BuiltInProvider) or held.address == provider.base_url


def _are_filled(needed: Iterable[str], values: Mapping[str, str]) -> bool:
    return all(values.get(var, "").strip() for var in needed)


def _is_other_local(used: UsesProvider, local_provider: str) -> bool:
    built_in = builtin_providers().get(used.provider)
    if built_in is None or not local_provider:
        return False
    return built_in.local_only and used.provider != local_provider


def _is_subscription(used: UsesProvider) -> bool:
    built_in = builtin_providers().get(used.provider)
    return built_in is not None and built_in.has_claude_max_auth


def _provider(used: UsesProvider, org: OrgModels) -> BuiltInProvider | CustomProvider | None:
    if used.provider == CUSTOM_PROVIDER:
        return org.providers_by_name.get(used.custom_provider or "")
    return builtin_providers().get(used.provider)


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """A provider's address and the secrets for it, without a model."""

    transport: Transport
    base_url: str
    auth: ProviderAuth


def provider_access(
    provider: BuiltInProvider | CustomProvider, values: Mapping[str, str]
) -> ProviderAccess:
    """Raises `BadCredential` for values that can't be used."""
    auth = _auth(provider, values)
    return ProviderAccess(
        transport=_transport(provider),
        base_url=_base_url(provider, auth, Credentials(values)),
        auth=auth,
    )


def _transport(provider: BuiltInProvider | CustomProvider) -> Transport:
    return provider.transport if isinstance(provider, BuiltInProvider) else Transport.CUSTOM


def _choice(
    model_id: str, used: UsesProvider, org: OrgModels, credentials: Credentials
) -> ProviderChoice:
    provider = _provider(used, org)
    properties = _request_properties(model_id, org)
    assert provider is not None and properties is not None, "only usable providers are chosen"
    values = _values(used, provider, credentials)
    assert values is not None, "only usable providers are chosen"
    auth = _auth(provider, values.given)
    return ProviderChoice(
        model_id=model_id,
        provider=used.provider,
        custom_provider=used.custom_provider,
        transport=_transport(provider),
        model_name=used.model_name,
        api_model=_api_model(used, provider, auth),
        base_url=_base_url(provider, auth, credentials),
        auth=auth,
        headers={
            header: auth.extra[var] for var, header in ORG_HEADERS.items() if auth.extra.get(var)
        },
        properties=properties,
        org_key=values.are_the_orgs,
    )


def _request_properties(model_id: str, org: OrgModels) -> ModelProperties | None:
    built_in = builtin_models().get(model_id)
    return built_in.properties_for_request() if built_in else org.properties(model_id)


def _auth(provider: BuiltInProvider | CustomProvider, given: Mapping[str, str]) -> ProviderAuth:
    extra: dict[str, str] = {}
    for var in provider.extra_auth_vars:
        value = given.get(var.var) or var.default
        if var.required and not value.strip():
            raise BadCredential(f"{var.var} is empty")
        if value:
            extra[var.var] = _json_text(var, value) if var.maybe_json_file_path else value
    key = given.get(provider.api_key_env_var, "") if provider.api_key_env_var else ""
    return ProviderAuth(api_key=key, extra=extra)


def _json_text(var: AuthVar, value: str) -> str:
    """The JSON text of a variable that the CLI may send as it is or in base64. A path is not
    opened: it names a file of the user's machine, not of the server's."""
    for text in _decodings(value):
        try:
            if isinstance(msgspec.json.decode(text), dict):
                return text
        except (msgspec.DecodeError, UnicodeEncodeError):
            continue
    raise BadCredential(f"{var.var} must be a JSON object, or one in base64")


def _decodings(value: str) -> Iterator[str]:
    yield value
    try:
        yield base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return


def _api_model(
    used: UsesProvider, provider: BuiltInProvider | CustomProvider, auth: ProviderAuth
) -> str:
    if not isinstance(provider, BuiltInProvider):
        return used.model_name
    name = used.model_name.removeprefix(provider.model_name_prefix)
    if provider.transport is Transport.PERPLEXITY:
        # The registry keeps a suffix that this provider no longer knows.
        return name.removesuffix("-online")
    if provider.transport is Transport.BEDROCK:
        return auth.extra.get("AWS_INFERENCE_PROFILE_ARN") or name
    deployments = auth.extra.get("AZURE_DEPLOYMENTS_MAP")
    if deployments:
        deployment = msgspec.json.decode(deployments).get(name)
        return deployment if isinstance(deployment, str) and deployment else name
    return name


def _base_url(
    provider: BuiltInProvider | CustomProvider, auth: ProviderAuth, credentials: Credentials
) -> str:
    if not isinstance(provider, BuiltInProvider):
        return provider.base_url
    extra = auth.extra
    match provider.transport:
        case Transport.AZURE:
            return extra["AZURE_API_BASE"]
        case Transport.BEDROCK:
            region = _checked(extra, "AWS_REGION", _PLACE)
            return f"https://bedrock-runtime.{region}.amazonaws.com"
        case Transport.VERTEX:
            _checked(extra, "VERTEXAI_PROJECT", _PROJECT)
            return _vertex_url(_checked(extra, "VERTEXAI_LOCATION", _PLACE))
        case Transport.OLLAMA:
            return _ollama_url(credentials.ollama_base_url or provider.base_url)
        case _:
            return provider.base_url


def _checked(extra: Mapping[str, str], var: str, allowed: re.Pattern[str]) -> str:
    """A value that becomes part of an address; the CLI sends what its user's shell has."""
    value = extra.get(var, "")
    if not allowed.fullmatch(value):
        raise BadCredential(f"{var} must be the name of a place or a project")
    return value


def _vertex_url(location: str) -> str:
    if location == "global":
        return "https://aiplatform.googleapis.com/v1"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com/v1"
    return f"https://{location}-aiplatform.googleapis.com/v1"


def _ollama_url(address: str) -> str:
    """Ollama's OpenAI-compatible API; its users give the address alone."""
    return address.rstrip("/").removesuffix("/v1") + "/v1"


def _explain(model_id: str, org: OrgModels, credentials: Credentials) -> str:
    used = org.uses_providers(model_id)
    if not used:
        return f"{NO_CREDENTIALS}: no provider serves {model_id}"
    if any(_has_subscription(one, credentials) for one in used):
        return f"{NO_CREDENTIALS}: {model_id}. {NO_SUBSCRIPTION}"
    moved = [one.custom_provider for one in used if _has_moved(one, org, credentials)]
    if moved:
        return (
            f"{NO_CREDENTIALS}: the org's key for {moved[0]} was given for another address of it; "
            "an owner or admin of the org has to set the key again"
        )
    needs = [
        " and ".join(provider.required_auth_vars)
        for provider in (_provider(one, org) for one in used if not _is_subscription(one))
        if provider is not None and provider.required_auth_vars
    ]
    if not needs:
        return f"{NO_CREDENTIALS}: no usable provider serves {model_id}"
    return f"{NO_CREDENTIALS}: {model_id} needs {', or '.join(dict.fromkeys(needs))}"


def _has_moved(used: UsesProvider, org: OrgModels, credentials: Credentials) -> bool:
    """Whether the org holds a key that is for an earlier address of its provider."""
    provider, held = _provider(used, org), credentials.held.get(used.composite)
    return provider is not None and held is not None and not _is_held_for(held, provider)


def _has_subscription(used: UsesProvider, credentials: Credentials) -> bool:
    provider = builtin_providers().get(used.provider)
    if provider is None or not provider.has_claude_max_auth:
        return False
    return all(var in credentials.auth_vars for var in provider.required_auth_vars)
