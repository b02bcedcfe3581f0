"""The checks of custom models, providers and packs, in the order and words that the CLI knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models_config.logic.builtin_packs import builtin_packs
from models_config.logic.catalog import builtin_models
from models_config.logic.item_checks import check_model, check_provider, check_uses
from models_config.logic.org_models import CustomModel, CustomProvider, OrgModels, same
from models_config.logic.pack_input import pack_from_json
from models_config.logic.pack_json import same_pack
from models_config.logic.packs import ModelPack
from models_config.logic.refusals import Refused
from models_config.logic.settings import check_local_provider
from plandex_server.api.names import holds_controls

# The width of the columns.
MAX_NAME = 255


@dataclass(frozen=True, slots=True)
class ModelsInput:
    """Models, providers and packs that a client sends. Packs stay raw JSON until their names are
    checked: which roles may be left out depends on the pack of that name."""

    models: tuple[CustomModel, ...] = ()
    providers: tuple[CustomProvider, ...] = ()
    packs: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What to write and, by natural key, what to delete."""

    models: tuple[CustomModel, ...]
    providers: tuple[CustomProvider, ...]
    packs: tuple[ModelPack, ...]
    deleted_models: frozenset[str] = frozenset()
    deleted_providers: frozenset[str] = frozenset()
    deleted_packs: frozenset[str] = frozenset()


def plan_sync(
    sent: ModelsInput,
    existing: OrgModels,
    *,
    keep_missing: bool,
    default_pack_in_use: ModelPack | None = None,
) -> SyncPlan:
    """Check an input and say what it changes. Raises `Refused`.

    `keep_missing`: rows that are not sent stay (API dialect); else they go. References are checked
    against what remains afterwards, so that nothing points at a row that this request deletes.
    """
    check_names(sent)
    packs = _packs(sent, existing, keep_missing)
    new = OrgModels(models=sent.models, providers=sent.providers, packs=packs)
    after = _merged(existing, new) if keep_missing else new
    for model in after.models:
        check_uses(model, after)
    for pack in after.packs:
        check_pack_models(pack, after)
    for provider in new.providers:
        check_provider(provider)
    for model in new.models:
        check_model(model)
    if default_pack_in_use is not None:
        _check_default(default_pack_in_use, existing, after)
    return _changes(new, existing, after)


def check_names(sent: ModelsInput) -> None:
    """Refuse duplicate, empty, overlong and built-in names."""
    _check_duplicates(sent)
    for provider in sent.providers:
        _check_name(provider.name, "Provider name")
    for model in sent.models:
        _check_name(model.model_id, "Model id")
        if model.model_id in builtin_models():
            raise Refused(
                f"{model.model_id} is a built-in base model id, "
                "so it can't be used for a custom model"
            )
    for pack in sent.packs:
        check_pack_name(_name(pack))


def check_pack_name(name: str) -> None:
    """Refuse a name that a custom pack can't have."""
    _check_name(name, "Model pack name")
    if name in builtin_packs():
        raise Refused(
            f"{name} is a built-in model pack name, so it can't be used for a custom model pack"
        )


def check_pack_models(pack: ModelPack, org: OrgModels) -> None:
    """Refuse a pack with models that do not exist."""
    for model_id in org.unknown_models(pack):
        raise Refused(
            f"'{model_id}' is not built-in, not being imported, and not an existing custom model"
        )
    check_local_provider(pack)


def _name(raw: dict[str, Any]) -> str:
    name = raw.get("name")
    return name if isinstance(name, str) else ""


def _packs(sent: ModelsInput, existing: OrgModels, keep_missing: bool) -> tuple[ModelPack, ...]:
    known = existing.packs_by_name if keep_missing else {}
    return tuple(pack_from_json(raw, known.get(_name(raw))) for raw in sent.packs)


def _check_duplicates(sent: ModelsInput) -> None:
    lines = [
        *_duplicates("Provider", (provider.name for provider in sent.providers)),
        *_duplicates("Model", (model.model_id for model in sent.models)),
        *_duplicates("Model pack", map(_name, sent.packs)),
    ]
    if lines:
        raise Refused("Has duplicates: " + "\n".join(lines), status=400)


def _duplicates(kind: str, names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    lines = []
    for name in names:
        if name in seen:
            lines.append(f"• {kind} {name} is duplicated")
        seen.add(name)
    return lines


def _check_name(name: str, what: str) -> None:
    if not name:
        raise Refused(f"{what} is required", status=400)
    if len(name) > MAX_NAME:
        raise Refused(f"{what} is longer than {MAX_NAME} characters")
    if holds_controls(name):
        raise Refused(f"{what} holds control characters; leave them out")


def _check_default(pack: ModelPack, existing: OrgModels, after: OrgModels) -> None:
    for model_id in after.unknown_models(pack):
        if existing.knows_model(model_id):
            raise Refused(
                f"Model {model_id} is used by the org's default settings, so it can't be removed"
            )


def _merged(existing: OrgModels, new: OrgModels) -> OrgModels:
    return OrgModels(
        models=tuple((existing.models_by_id | new.models_by_id).values()),
        providers=tuple((existing.providers_by_name | new.providers_by_name).values()),
        packs=tuple((existing.packs_by_name | new.packs_by_name).values()),
    )


def _changes(new: OrgModels, existing: OrgModels, after: OrgModels) -> SyncPlan:
    models, providers, packs = (
        existing.models_by_id,
        existing.providers_by_name,
        existing.packs_by_name,
    )
    return SyncPlan(
        models=tuple(
            one
            for one in new.models
            if one.model_id not in models or not same(one, models[one.model_id])
        ),
        providers=tuple(
            one
            for one in new.providers
            if one.name not in providers or not same(one, providers[one.name])
        ),
        packs=tuple(
            one for one in new.packs if one.name not in packs or not same_pack(one, packs[one.name])
        ),
        deleted_models=frozenset(models) - frozenset(after.models_by_id),
        deleted_providers=frozenset(providers) - frozenset(after.providers_by_name),
        deleted_packs=frozenset(packs) - frozenset(after.packs_by_name),
    )
