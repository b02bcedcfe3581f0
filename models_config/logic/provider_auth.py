"""The secrets of a provider, as they came with a request or as an org holds them."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from models_config.logic.catalog import AuthVar, BuiltInProvider
from models_config.logic.org_models import CustomProvider

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


def auth_from(provider: BuiltInProvider | CustomProvider, given: Mapping[str, str]) -> ProviderAuth:
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
