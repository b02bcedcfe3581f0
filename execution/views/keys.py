"""The provider keys that an org holds. Nothing here shows one."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.http import HttpResponse
from rest_framework.request import Request

from execution.services.provider_keys import key_recheck, key_remove, key_save
from models_config.logic.provider_keys import KeyProvider, key_providers
from models_config.selectors import registry_of
from orgs.authentication import Auth, auth_of
from orgs.logic.permissions import Permission
from orgs.models import ProviderKey
from orgs.selectors import provider_key_get, provider_key_list
from plandex_server.api.body import Storable, StoredBody
from plandex_server.api.describe import Answer, describes
from plandex_server.api.times import Time, rfc3339
from plandex_server.api.views import ApiViewSet, answer, parse


class ProviderKeyRequest(StoredBody):
    """The values by variable name, and whether the provider is asked before they are stored."""

    values: dict[str, Storable] = {}
    check: bool = False


class KeyVariableJson(TypedDict):
    name: str
    required: bool
    isJson: bool


class ProviderKeyJson(TypedDict):
    """A provider, whether the org holds its key, and what is known of that."""

    provider: str
    variables: Sequence[KeyVariableJson]
    isHeld: bool
    heldVariables: Sequence[str]
    lastFour: str
    updatedAt: Time | None
    checkedAt: Time | None
    checkResult: str
    checkNote: str


class ProviderKeyViewSet(ApiViewSet):
    @describes(
        "listProviderKeys",
        "Orgs",
        "The providers that take a key, and which ones the org holds.",
        returns={200: Answer("Providers.", Sequence[ProviderKeyJson])},
        errors=(403,),
    )
    def list(self, request: Request) -> HttpResponse:
        auth = _keeper(request)
        held = {key.provider: key for key in provider_key_list(auth.org)}
        targets = key_providers(registry_of(auth.org).models)
        return answer([_json(target, held.get(id_)) for id_, target in targets.items()])

    @describes(
        "setProviderKey",
        "Orgs",
        "Set or replace what the org holds for a provider; the first key turns the org's "
        "integrated mode on. Afterwards nothing shows it.",
        body=ProviderKeyRequest,
        returns={200: Answer("What is known of the key.", ProviderKeyJson)},
        errors=(403, 422),
    )
    def set(self, request: Request, provider: str) -> HttpResponse:
        auth = _keeper(request)
        body = parse(request, ProviderKeyRequest)
        key = key_save(org=auth.org, provider=provider, values=body.values, check=body.check)
        return _known(auth, key)

    @describes(
        "checkProviderKey",
        "Orgs",
        "Ask the provider whether it accepts the key that the org holds.",
        returns={200: Answer("What is known of the key.", ProviderKeyJson)},
        errors=(400, 403),
    )
    def check(self, request: Request, provider: str) -> HttpResponse:
        auth = _keeper(request)
        return _known(auth, key_recheck(key=provider_key_get(org=auth.org, provider=provider)))

    @describes(
        "deleteProviderKey",
        "Orgs",
        "Forget what the org holds for a provider.",
        returns={204: "Key forgotten."},
        errors=(403,),
    )
    def destroy(self, request: Request, provider: str) -> HttpResponse:
        auth = _keeper(request)
        key_remove(key=provider_key_get(org=auth.org, provider=provider))
        return answer(status=204)


def _keeper(request: Request) -> Auth:
    auth = auth_of(request)
    auth.require(
        Permission.MANAGE_PROVIDER_KEYS, "User does not have permission to manage provider keys"
    )
    return auth


def _known(auth: Auth, key: ProviderKey) -> HttpResponse:
    targets: Mapping[str, KeyProvider] = key_providers(registry_of(auth.org).models)
    return answer(_json(targets[key.provider], key))


def _json(target: KeyProvider, key: ProviderKey | None) -> ProviderKeyJson:
    return {
        "provider": target.id,
        "variables": [
            {"name": one.name, "required": one.is_required, "isJson": one.is_file}
            for one in target.variables
        ],
        "isHeld": key is not None,
        "heldVariables": key.variables if key else [],
        "lastFour": key.hint if key else "",
        "updatedAt": rfc3339(key.updated_at) if key else None,
        "checkedAt": rfc3339(key.checked_at) if key and key.checked_at else None,
        "checkResult": key.check_result if key else "",
        "checkNote": key.check_note if key else "",
    }
