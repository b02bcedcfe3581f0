"""Setting the provider keys of an org: what is sent is checked, on request by the provider too."""

import asyncio
from collections.abc import Mapping

from execution.clients.key_check import Checked, Verdict, key_check
from execution.errors import BadKey, KeyRefused
from models_config.logic.provider_keys import (
    KeyProblem,
    KeyProvider,
    checked_values,
    key_provider,
)
from models_config.selectors import org_registry
from orgs.models import KeyCheck, Org, ProviderKey
from orgs.selectors import provider_key_values
from orgs.services.provider_keys import (
    provider_key_checked,
    provider_key_remove,
    provider_key_store,
)
from plandex_server.seal import SealBroken

_RESULTS = {
    Verdict.ACCEPTED: KeyCheck.ACCEPTED,
    Verdict.REFUSED: KeyCheck.REFUSED,
    Verdict.UNREACHABLE: KeyCheck.UNREACHABLE,
}


def key_save(
    *, org: Org, provider: str, values: Mapping[str, str], check: bool = False
) -> ProviderKey:
    """Stores what the org holds for a provider. With `check` the provider is asked first, and a
    key that it refuses is not stored (`KeyRefused`); one that can't be checked is."""
    try:
        target = key_provider(org_registry(org.id).models, provider)
        wanted = checked_values(target, values)
    except KeyProblem as problem:
        raise BadKey(str(problem)) from None
    checked = _asked(target, wanted) if check else None
    if checked is not None and checked.verdict is Verdict.REFUSED:
        raise KeyRefused(f"{provider} does not accept the key. {checked.note}")
    key = provider_key_store(
        org=org,
        provider=provider,
        values=wanted,
        key_variable=target.key_variable,
        address=target.address,
    )
    if checked is not None:
        _keep(key, checked)
    return key


def key_recheck(*, key: ProviderKey) -> ProviderKey:
    """Asks the provider about a key that the org holds."""
    try:
        target = key_provider(org_registry(key.org_id).models, key.provider)
        values = provider_key_values(key)
    except KeyProblem as problem:
        raise BadKey(str(problem)) from None
    except SealBroken:
        raise BadKey("The key is sealed with a key that this server does not have") from None
    if key.address != target.address:
        raise BadKey("The provider's address has changed since the key was given; set it again")
    _keep(key, _asked(target, values))
    return key


def key_remove(*, key: ProviderKey) -> None:
    provider_key_remove(key=key)


def _asked(target: KeyProvider, values: Mapping[str, str]) -> Checked:
    """Blocks the thread: never call it inside a transaction."""
    return asyncio.run(key_check(target.access(values)))


def _keep(key: ProviderKey, checked: Checked) -> None:
    provider_key_checked(key=key, result=_RESULTS[checked.verdict], note=checked.note)
