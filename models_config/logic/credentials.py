"""Which provider serves a model with the credentials of a request, and how to reach it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models_config.logic.catalog import (
    CUSTOM_PROVIDER,
    BuiltInProvider,
    ModelProperties,
    Transport,
    UsesProvider,
    builtin_models,
    builtin_providers,
)
from models_config.logic.org_models import CustomProvider, OrgModels
from models_config.logic.provider_address import api_model, base_url
from models_config.logic.provider_auth import ProviderAuth, auth_from

NO_CREDENTIALS = "No api keys/credentials provided for models"
NO_SUBSCRIPTION = (
    "This server does not use Claude subscriptions. Set ANTHROPIC_API_KEY or the key of another "
    "provider of the model, or turn the subscription off"
)
ORG_HEADERS = {"OPENAI_ORG_ID": "OpenAI-Organization"}


class NoCredentials(ValueError):
    """No provider of a model can be used with the credentials that came with the request."""


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
    auth = auth_from(provider, values)
    return ProviderAccess(
        transport=_transport(provider),
        base_url=base_url(provider, auth),
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
    auth = auth_from(provider, values.given)
    return ProviderChoice(
        model_id=model_id,
        provider=used.provider,
        custom_provider=used.custom_provider,
        transport=_transport(provider),
        model_name=used.model_name,
        api_model=api_model(used, provider, auth),
        base_url=base_url(provider, auth, credentials.ollama_base_url),
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
