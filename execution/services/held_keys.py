"""The provider keys that an org holds, for a run or a lone call of its people."""

from collections.abc import Mapping

from django.conf import settings

from models_config.logic.credentials import Credentials, HeldKey
from orgs.selectors import provider_keys_open


def credentials_with_held(org_id: str, auth_vars: Mapping[str, str]) -> Credentials:
    """What came with a request, and what the org holds beside it."""
    held = {key.provider: HeldKey(key.values, key.address) for key in provider_keys_open(org_id)}
    return Credentials(auth_vars, settings.OLLAMA_BASE_URL, held)
