"""The provider keys of an org: sealed, replaced as a whole, never shown."""

from collections.abc import Mapping

import msgspec
from django.db import transaction

from accounts.models import User
from orgs.logic.audit import Action
from orgs.models import KeyCheck, Org, ProviderKey
from orgs.services.audit import audit_record
from plandex_server.db import now
from plandex_server.origin import current_origin
from plandex_server.seal import reseal, seal

HINT_CHARS = 4
LONG_ENOUGH = 16
"""Of a shorter key the last characters would say too much."""


def provider_key_store(
    *,
    org: Org,
    provider: str,
    values: Mapping[str, str],
    key_variable: str = "",
    address: str = "",
) -> ProviderKey:
    """Sets or replaces what the org holds for a provider; `values` were checked. The org's first
    key turns its integrated mode on."""
    user_id = _actor_id()
    fields = {
        "sealed": seal(msgspec.json.encode(dict(values))),
        "variables": sorted(values),
        "hint": _hint(values.get(key_variable, "")),
        "address": address,
        "updated_by_id": user_id,
        "updated_at": now(),
        "checked_at": None,
        "check_result": KeyCheck.NEVER,
        "check_note": "",
    }
    with transaction.atomic():
        _hold(org.pk)
        is_first = not ProviderKey.objects.filter(org=org).exists()
        key, is_new = ProviderKey.objects.update_or_create(
            org=org,
            provider=provider,
            defaults=fields,
            create_defaults=fields | {"created_by_id": user_id},
        )
        if is_first:
            _set_mode(org, True)
        details = {"variables": sorted(values), "new": is_new}
        _record(Action.KEY_SET, key, details)
    return key


def provider_key_remove(*, key: ProviderKey) -> None:
    """Forgets what the org holds for a provider; with its last key the integrated mode ends."""
    with transaction.atomic():
        _hold(key.org_id)
        deleted, _ = ProviderKey.objects.filter(pk=key.pk).delete()
        if not deleted:
            return  # another request was quicker
        if not ProviderKey.objects.filter(org_id=key.org_id).exists():
            _set_mode(key.org, False)
        _record(Action.KEY_REMOVED, key)


def provider_key_checked(*, key: ProviderKey, result: KeyCheck, note: str) -> None:
    """Keeps what the provider said of a key, unless it was replaced or removed meanwhile."""
    told = {"checked_at": now(), "check_result": result, "check_note": note[:255]}
    for name, value in told.items():
        setattr(key, name, value)
    with transaction.atomic():
        if ProviderKey.objects.filter(pk=key.pk, sealed=key.sealed).update(**told):
            _record(Action.KEY_CHECKED, key, {"result": str(result)})


def integrated_mode_set(*, org: Org, on: bool) -> None:
    """Whether the CLI of the org's people stops asking for keys of their own."""
    with transaction.atomic():
        _set_mode(org, on)
        audit_record(
            Action.ORG_CHANGED,
            org_id=org.id,
            kind="org",
            target_id=org.id,
            target=org.name,
            details={"integrated_models_mode": on},
        )


def provider_keys_reseal() -> tuple[int, int]:
    """Seals with the first seal key what is sealed with an older one: how many rows were, and how
    many no key of the server opens. A row that is replaced meanwhile is sealed anew already."""
    done = lost = 0
    for key_id in list(ProviderKey.objects.order_by("pk").values_list("pk", flat=True)):
        row = ProviderKey.objects.filter(pk=key_id).values_list("sealed", flat=True).first()
        if row is None:
            continue
        anew = reseal(bytes(row))
        if anew is None:
            lost += 1
        elif anew:
            done += ProviderKey.objects.filter(pk=key_id, sealed=row).update(sealed=anew)
    return done, lost


def _hold(org_id: str) -> None:
    """Until the transaction ends nobody else changes the org's keys: whether one is the first or
    the last decides about the mode."""
    Org.objects.select_for_update(no_key=True).get(pk=org_id)


def _set_mode(org: Org, on: bool) -> None:
    Org.objects.filter(pk=org.pk).update(integrated_models_mode=on)
    org.integrated_models_mode = on


def _hint(key: str) -> str:
    return key[-HINT_CHARS:] if len(key) >= LONG_ENOUGH else ""


def _actor_id() -> str | None:
    actor_id = current_origin().actor_id
    return actor_id if User.objects.filter(pk=actor_id).exists() else None


def _record(action: Action, key: ProviderKey, details: Mapping[str, object] | None = None) -> None:
    audit_record(
        action,
        org_id=key.org_id,
        kind="provider_key",
        target_id=key.provider,
        target=key.provider,
        details=details,
    )
