"""Changing an org's models, packs and default settings."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec
from django.conf import settings

from models_config.errors import InvalidModels, ModelsRefused, PackExists
from models_config.logic.addresses import url_problem
from models_config.logic.builtin_packs import builtin_packs, default_pack
from models_config.logic.catalog import ModelProperties
from models_config.logic.org_models import CustomModel as ModelValue
from models_config.logic.org_models import CustomProvider as ProviderValue
from models_config.logic.org_models import to_wire
from models_config.logic.pack_input import pack_from_json
from models_config.logic.pack_json import pack_to_wire, roles_to_wire
from models_config.logic.packs import ModelPack
from models_config.logic.refusals import BadShape, Refused
from models_config.logic.settings import ORG_TITLE, SettingsRequest, settings_update
from models_config.logic.validation import (
    ModelsInput,
    SyncPlan,
    check_pack_models,
    check_pack_name,
    plan_sync,
)
from models_config.models import (
    CustomModel,
    CustomPack,
    CustomProvider,
    DefaultSettings,
)
from models_config.selectors import (
    custom_pack_row,
    org_registry,
    pack_value,
)
from models_config.stamps import org_models_change
from orgs.logic.audit import Action
from orgs.models import Org
from orgs.services.audit import audit_record
from plandex_server.db import now
from plandex_server.errors import ApiError

PROPERTY_KEYS = [field.encode_name for field in msgspec.structs.fields(ModelProperties)]


def models_sync(*, org: Org, sent: ModelsInput, keep_missing: bool) -> SyncPlan:
    """Bring the org's models, providers and packs to the sent state, all or nothing."""
    with org_models_change(org.id), refusals("Invalid request body"):
        have = org_registry(org.id)
        plan = plan_sync(
            sent,
            have.models,
            keep_missing=keep_missing,
            default_pack_in_use=have.defaults.model_pack,
        )
        for provider in plan.providers:
            _check_address(provider)
            _provider_write(org, provider)
        for number, model in enumerate(plan.models):
            _model_write(org, model, number)
        for number, pack in enumerate(plan.packs):
            _pack_write(org, pack, number)
        _delete(org, plan)
        _sync_record(org, plan)
    return plan


def models_remove(
    *,
    org: Org,
    models: Collection[str] = (),
    providers: Collection[str] = (),
    packs: Collection[str] = (),
) -> SyncPlan:
    """Takes what is named away from the org; refused for what something else still uses."""
    with org_models_change(org.id):  # what another request adds meanwhile stays
        have = org_registry(org.id).models
        kept = ModelsInput(
            models=tuple(one for one in have.models if one.model_id not in models),
            providers=tuple(one for one in have.providers if one.name not in providers),
            packs=tuple(dict(pack_to_wire(one)) for one in have.packs if one.name not in packs),
        )
        return models_sync(org=org, sent=kept, keep_missing=False)


def pack_create(*, org: Org, raw: object) -> ModelPack:
    """A new custom pack; roles that are not sent are the default pack's."""
    with org_models_change(org.id), refusals("Invalid request body"):
        pack = pack_from_json(raw, _blank_default())
        check_pack_name(pack.name)
        models = org_registry(org.id).models
        if pack.name in models.packs_by_name:
            raise PackExists(f"A model pack named {pack.name} already exists")
        check_pack_models(pack, models)
        row = _pack_write(org, pack, 0)
        _pack_record(row)
        return pack_value(row)


def pack_update(*, org: Org, set_id: str, raw: object) -> ModelPack:
    """Change a custom pack; roles that are not sent stay."""
    if set_id in builtin_packs():
        raise ModelsRefused(f"{set_id} is a built-in model pack, so it can't be changed")
    with org_models_change(org.id), refusals("Invalid request body"):
        row = custom_pack_row(org_id=org.id, set_id=set_id)
        pack = pack_from_json(raw, pack_value(row))
        models = org_registry(org.id).models
        if pack.name != row.name:
            check_pack_name(pack.name)
            if pack.name in models.packs_by_name:
                raise PackExists(f"A model pack named {pack.name} already exists")
        check_pack_models(pack, models)
        row.name, row.description = pack.name, pack.description
        row.local_provider, row.roles = pack.local_provider, roles_to_wire(pack)
        row.updated_at = now()
        row.save(update_fields=["name", "description", "local_provider", "roles", "updated_at"])
        _pack_record(row)
        return pack_value(row)


def default_settings_update(*, org: Org, sent: SettingsRequest, keep_roles: bool) -> str:
    """Set the org's default settings; answers the message that the CLI prints."""
    moment = now()
    with org_models_change(org.id), refusals("Error decoding request body"):
        have = org_registry(org.id)
        updated, message = settings_update(
            have.defaults,
            sent,
            have.models,
            now=moment,
            title=ORG_TITLE,
            keep_roles=keep_roles,
        )
        pack = updated.model_pack
        DefaultSettings.objects.update_or_create(
            org=org,
            defaults={
                "model_pack_name": updated.model_pack_name,
                "model_pack": None if pack is None else pack_to_wire(pack),
                "updated_at": moment,
            },
        )
        audit_record(
            Action.DEFAULT_SETTINGS_CHANGED,
            org_id=org.id,
            kind="default_settings",
            target=updated.model_pack_name or "(a pack of their own)",
        )
    return message


def _sync_record(org: Org, plan: SyncPlan) -> None:
    """What was changed and deleted, by name; nothing where nothing was."""
    changed = {
        "models": [model.model_id for model in plan.models],
        "providers": [provider.name for provider in plan.providers],
        "packs": [pack.name for pack in plan.packs],
        "deleted": [
            *plan.deleted_models,
            *plan.deleted_providers,
            *plan.deleted_packs,
        ],
    }
    if any(changed.values()):
        audit_record(Action.MODELS_CHANGED, org_id=org.id, kind="models", details=changed)


def _pack_record(row: CustomPack) -> None:
    audit_record(
        Action.PACK_CHANGED,
        org_id=row.org_id,
        kind="model_pack",
        target_id=row.id,
        target=row.name,
    )


def _check_address(provider: ProviderValue) -> None:
    problem = url_problem(provider.base_url, forbid_private=settings.FORBID_PRIVATE_PROVIDERS)
    if problem:
        raise Refused(f"The address of provider {provider.name} can't be used: {problem}")


@contextmanager
def refusals(bad_shape: str) -> Iterator[None]:
    """Turns what `logic` refuses into answers; `bad_shape` begins the text for malformed JSON."""
    try:
        yield
    except BadShape as error:
        raise InvalidModels(f"{bad_shape}: {error}") from None
    except Refused as error:
        kind: type[ApiError] = InvalidModels if error.status == 400 else ModelsRefused
        raise kind(error.msg) from None


def _blank_default() -> ModelPack:
    return msgspec.structs.replace(default_pack(), name="", description="", id="")


def _model_write(org: Org, model: ModelValue, number: int) -> None:
    wire = to_wire(model)
    moment = now()
    values: dict[str, Any] = {
        "publisher": model.publisher,
        "description": model.description,
        "properties": {key: wire[key] for key in PROPERTY_KEYS if key in wire},
        "providers": wire["providers"],
        "updated_at": moment,
    }
    created = {**values, "created_at": moment + timedelta(microseconds=number)}
    CustomModel.objects.update_or_create(
        org=org, model_id=model.model_id, defaults=values, create_defaults=created
    )


def _provider_write(org: Org, provider: ProviderValue) -> None:
    values: dict[str, Any] = {
        "base_url": provider.base_url,
        "has_aws_auth": provider.has_aws_auth,
        "skip_auth": provider.skip_auth,
        "api_key_env_var": provider.api_key_env_var,
        "extra_auth_vars": [to_wire(extra) for extra in provider.extra_auth_vars],
        "updated_at": now(),
    }
    CustomProvider.objects.update_or_create(org=org, name=provider.name, defaults=values)


def _pack_write(org: Org, pack: ModelPack, number: int) -> CustomPack:
    moment = now()
    values: dict[str, Any] = {
        "description": pack.description,
        "local_provider": pack.local_provider,
        "roles": roles_to_wire(pack),
        "updated_at": moment,
    }
    created = {**values, "created_at": moment + timedelta(microseconds=number)}
    row, _ = CustomPack.objects.update_or_create(
        org=org, name=pack.name, defaults=values, create_defaults=created
    )
    return row


def _delete(org: Org, plan: SyncPlan) -> None:
    CustomModel.objects.filter(org=org, model_id__in=plan.deleted_models).delete()
    CustomProvider.objects.filter(org=org, name__in=plan.deleted_providers).delete()
    CustomPack.objects.filter(org=org, name__in=plan.deleted_packs).delete()
