"""What an org has to give to hold the key of a provider, and where it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from models_config.logic.catalog import CUSTOM_PROVIDER, BuiltInProvider, builtin_providers
from models_config.logic.credentials import ProviderAccess, provider_access
from models_config.logic.org_models import CustomProvider, OrgModels

MAX_VALUE = 64 * 1024
"""Files of credentials are some kilobytes."""


class KeyProblem(ValueError):
    """The provider or a value can't be taken; the text names it, never the value."""


@dataclass(frozen=True, slots=True)
class KeyVariable:
    """One value that is asked for. `is_file`: the text of a JSON file."""

    name: str
    is_required: bool
    is_file: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class KeyProvider:
    """A provider whose key an org can hold; `id` is `custom|<name>` for one of its own."""

    id: str
    provider: BuiltInProvider | CustomProvider

    @property
    def key_variable(self) -> str:
        return self.provider.api_key_env_var

    @property
    def address(self) -> str:
        """What the key is bound to: the address of a custom provider."""
        return "" if isinstance(self.provider, BuiltInProvider) else self.provider.base_url

    @property
    def variables(self) -> tuple[KeyVariable, ...]:
        key = self.key_variable
        extra = (
            KeyVariable(var.var, var.required, var.maybe_json_file_path, var.default)
            for var in self.provider.extra_auth_vars
        )
        return ((KeyVariable(key, True),) if key else ()) + tuple(extra)

    def access(self, values: Mapping[str, str]) -> ProviderAccess:
        return provider_access(self.provider, values)


def key_providers(org: OrgModels) -> dict[str, KeyProvider]:
    """The providers that take a key from an org, by id."""
    found = {
        provider.id: KeyProvider(provider.id, provider)
        for provider in builtin_providers().values()
        if not provider.skip_auth and not provider.has_claude_max_auth
    }
    for custom in org.providers:
        if custom.required_auth_vars or custom.api_key_env_var:
            id_ = f"{CUSTOM_PROVIDER}|{custom.name}"
            found[id_] = KeyProvider(id_, custom)
    return found


def key_provider(org: OrgModels, provider: str) -> KeyProvider:
    found = key_providers(org).get(provider)
    if found is None:
        raise KeyProblem(f"No provider that takes a key is called {provider[:100]}")
    return found


def checked_values(target: KeyProvider, sent: Mapping[str, str]) -> dict[str, str]:
    """The values to store, without blanks around them. Raises `KeyProblem`."""
    values = {name: value.strip() for name, value in sent.items() if value.strip()}
    known = {variable.name: variable for variable in target.variables}
    for name in values.keys() - known.keys():
        raise KeyProblem(f"{target.id} has no variable {name[:100]}; it has {', '.join(known)}")
    for variable in known.values():
        if variable.is_required and variable.name not in values:
            raise KeyProblem(f"{variable.name} is missing")
    for name, value in values.items():
        if len(value) > MAX_VALUE:
            raise KeyProblem(f"{name} is too long")
        if "\0" in value or (not known[name].is_file and not _is_header(value)):
            raise KeyProblem(f"{name} has characters that no key has")
    try:
        target.access(values)
    except (ValueError, KeyError) as problem:  # its texts name variables only
        raise KeyProblem(str(problem)) from None
    return values


def _is_header(value: str) -> bool:
    """Keys travel in headers, which hold printable ASCII."""
    return value.isascii() and value.isprintable()
