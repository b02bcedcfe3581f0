"""Model settings of a plan branch or an org: a pack's name, or a pack of its own.

The org's models are joined in when settings are read and never stored with them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models_config.logic.builtin_packs import DEFAULT_PACK, builtin_packs, default_pack
from models_config.logic.catalog import builtin_providers
from models_config.logic.json_shapes import (
    CliSettingsJson,
    CustomModelJson,
    OrgModelsJson,
    SettingsJson,
)
from models_config.logic.org_models import (
    OrgModels,
    effective_publisher,
    model_to_wire,
    provider_to_wire,
    use_to_wire,
)
from models_config.logic.pack_diff import pack_changes
from models_config.logic.pack_input import pack_from_json
from models_config.logic.pack_json import pack_to_api, pack_to_wire
from models_config.logic.packs import ModelPack
from models_config.logic.refusals import BadShape, Refused

ZERO_TIME = "0001-01-01T00:00:00Z"
CUSTOM_NAME = "custom"
PLAN_TITLE = "⚙️  Updated model settings:"
ORG_TITLE = "⚙️  Updated org-wide default settings:"
NO_CHANGES = "No changes to settings"
NOTHING_GIVEN = "No model pack name or model pack provided"


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """What is stored; the name is empty exactly when there is a pack."""

    model_pack_name: str = DEFAULT_PACK
    model_pack: ModelPack | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SettingsRequest:
    """What a client asks for. The pack stays raw JSON: roles it leaves out may be kept."""

    model_pack_name: str = ""
    model_pack: dict[str, Any] | None = None


def stored_to_json(stored: StoredSettings) -> dict[str, Any]:
    """The form in which settings are kept with a plan's versions."""
    return {
        "modelPackName": stored.model_pack_name,
        "modelPack": None if stored.model_pack is None else pack_to_wire(stored.model_pack),
        "updatedAt": _time(stored.updated_at),
    }


def stored_from_json(raw: dict[str, Any] | None) -> StoredSettings:
    """Read settings that `stored_to_json` or a Go server wrote; none are the built-in default."""
    if not raw:
        return StoredSettings()
    pack = raw.get("modelPack")
    return StoredSettings(
        model_pack_name="" if pack else raw.get("modelPackName") or DEFAULT_PACK,
        model_pack=pack_from_json(pack) if pack else None,
        updated_at=_parsed_time(raw.get("updatedAt")),
    )


def resolve_pack(stored: StoredSettings, org: OrgModels) -> ModelPack:
    """The pack in force: its own, a built-in one, a custom one, else the default pack.

    A pack of its own that names a model the org no longer has gives way to the default pack: the
    CLI would crash on such a model.
    """
    if stored.model_pack is not None:
        return default_pack() if org.unknown_models(stored.model_pack) else stored.model_pack
    name = stored.model_pack_name
    return builtin_packs().get(name) or org.packs_by_name.get(name) or default_pack()


def settings_payload(
    stored: StoredSettings, org: OrgModels, *, api_form: bool = False
) -> SettingsJson | CliSettingsJson:
    """The settings object that clients decode. `api_form`: packs as the API describes them."""
    inline = stored.model_pack
    if inline is not None and org.unknown_models(inline):
        inline = None
    rest = _org_models_json(stored, org, has_pack=inline is not None)
    if api_form:
        api: SettingsJson = {
            "modelPack": None if inline is None else pack_to_api(inline),
            "customModelPacks": [pack_to_api(pack) for pack in org.packs],
            **rest,
        }
        return api
    cli: CliSettingsJson = {
        "modelPack": None if inline is None else pack_to_wire(inline),
        "customModelPacks": [pack_to_wire(pack) for pack in org.packs],
        **rest,
    }
    return cli


def _org_models_json(stored: StoredSettings, org: OrgModels, *, has_pack: bool) -> OrgModelsJson:
    # A model without a publisher would get no credentials from the CLI.
    models: dict[str, CustomModelJson] = {
        model.model_id: {**model_to_wire(model), "publisher": effective_publisher(model)}
        for model in org.models
    }
    return {
        "modelPackName": stored.model_pack_name or ("" if has_pack else DEFAULT_PACK),
        "customModels": list(models.values()),
        "customModelsById": models,
        "customProviders": [provider_to_wire(provider) for provider in org.providers],
        "usesCustomProviderByModelId": {
            model.model_id: [use_to_wire(used) for used in model.providers] for model in org.models
        },
        "isCloud": False,
        "configured": True,
        "updatedAt": _time(stored.updated_at),
    }


def settings_update(
    stored: StoredSettings,
    request: SettingsRequest,
    org: OrgModels,
    *,
    now: datetime,
    title: str = PLAN_TITLE,
    keep_roles: bool = False,
) -> tuple[StoredSettings, str]:
    """The settings after a request, and the message that the CLI prints.

    `keep_roles`: roles that a sent pack leaves out stay as they are in the pack in force (API
    dialect); without it they must be there. Raises `Refused` or `BadShape`.
    """
    if request.model_pack_name:
        if request.model_pack is not None:
            # The name wins; what is no pack is refused all the same.
            pack_from_json(request.model_pack, resolve_pack(stored, org))
        updated = _by_name(request.model_pack_name, org, now)
    elif request.model_pack is not None:
        base = resolve_pack(stored, org) if keep_roles else None
        updated = _inline(request.model_pack, base, org, now)
    else:
        raise Refused(NOTHING_GIVEN, status=400)
    changes = _changes(stored, updated, org)
    if not changes:
        return updated, NO_CHANGES
    return updated, title + "".join(f"\n  • {change}" for change in changes)


def _by_name(name: str, org: OrgModels, now: datetime) -> StoredSettings:
    if not org.knows_pack(name):
        raise Refused(f"'{name}' is not a built-in or custom model pack")
    return StoredSettings(model_pack_name=name, updated_at=now)


def _inline(
    raw: dict[str, Any], base: ModelPack | None, org: OrgModels, now: datetime
) -> StoredSettings:
    pack = pack_from_json(raw, base)
    check_pack(pack, org)
    return StoredSettings(model_pack_name="", model_pack=pack, updated_at=now)


def check_pack(pack: ModelPack, org: OrgModels) -> None:
    """Refuse a pack that clients could not work with."""
    unknown = org.unknown_models(pack)
    if unknown:
        raise Refused(f"'{unknown[0]}' is not built-in and not an existing custom model")
    check_local_provider(pack)


def check_local_provider(pack: ModelPack) -> None:
    """Refuse a local provider that no client knows."""
    provider = pack.local_provider
    built_in = builtin_providers().get(provider)
    if provider and not (built_in and built_in.local_only):
        raise Refused(f"'{provider}' is not a local model provider")


def _changes(old: StoredSettings, new: StoredSettings, org: OrgModels) -> list[str]:
    old_name = CUSTOM_NAME if old.model_pack is not None else old.model_pack_name
    if new.model_pack is None:
        return [f"model-pack | {old_name} → {new.model_pack_name}"]
    switched = [f"model-pack | {old_name} → {CUSTOM_NAME}"] if old.model_pack is None else []
    return switched + pack_changes(resolve_pack(old, org), new.model_pack)


def _time(moment: datetime | None) -> str:
    if moment is None:
        return ZERO_TIME
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _parsed_time(raw: object) -> datetime | None:
    if not isinstance(raw, str) or raw == ZERO_TIME:
        return None
    try:
        return datetime.fromisoformat(raw)
    except ValueError as error:
        raise BadShape("updatedAt is not a time") from error
