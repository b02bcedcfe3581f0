"""Where a provider is reached, and what it calls a model: both may depend on the credentials."""

import re
from collections.abc import Mapping

import msgspec

from models_config.logic.catalog import BuiltInProvider, Transport, UsesProvider
from models_config.logic.org_models import CustomProvider
from models_config.logic.provider_auth import BadCredential, ProviderAuth

_MULTI_REGIONS = ("us", "eu")
# These become part of a host name or a path.
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]*")


def api_model(
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


def base_url(
    provider: BuiltInProvider | CustomProvider, auth: ProviderAuth, ollama_base_url: str = ""
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
            return _ollama_url(ollama_base_url or provider.base_url)
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
