"""Reading a model pack: every spelling of the keys, roles as strings or objects, also nested."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec

from models_config.logic.catalog import RoleId, roles
from models_config.logic.pack_json import API_KEYS, FALLBACKS
from models_config.logic.packs import ROLE_FIELDS, ModelPack, RoleConfig
from models_config.logic.refusals import BadShape, Refused
from plandex_server import typed
from plandex_server.api.names import MAX_NAME_LENGTH, holds_controls

MAX_FALLBACK_DEPTH = 10
FLOAT32_MAX = 3.4028234663852886e38
HEAD_KEYS = ("id", "name", "description", "localProvider")
# JSON numbers that every client reads exactly.
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _RoleJson(msgspec.Struct, rename="camel"):
    model_id: str | None = None
    base_model_config: dict[str, Any] | None = None  # rows from before 2.2.0
    temperature: float | None = None
    top_p: float | None = None
    reserved_output_tokens: Count | None = None
    max_convo_tokens: Count | None = None
    large_context_fallback: "str | _RoleJson | None" = None
    large_output_fallback: "str | _RoleJson | None" = None
    error_fallback: "str | _RoleJson | None" = None
    strong_model: "str | _RoleJson | None" = None


class _PackHead(msgspec.Struct, rename="camel"):
    id: str | None = None
    name: str | None = None
    description: str | None = None
    local_provider: str | None = None


def role_from_json(value: object, role: RoleId) -> RoleConfig:
    """Read a role from any of its forms.

    Raises `BadShape` for wrong types, `Refused` for a missing model id or endless fallbacks.
    """
    try:
        parsed = typed.convert(value, str | _RoleJson)
    except msgspec.ValidationError as error:
        raise BadShape(f"{roles()[role].pack_key}: {error}") from error
    except RecursionError:
        raise Refused(_too_deep(role)) from None
    return _role(parsed, role, depth=0)


def _too_deep(role: RoleId) -> str:
    return f"Fallbacks of the {role} role are nested too deep"


def _role(value: str | _RoleJson, role: RoleId, depth: int) -> RoleConfig:
    if depth > MAX_FALLBACK_DEPTH:
        raise Refused(_too_deep(role))
    if isinstance(value, str):
        value = _RoleJson(model_id=value)
    defaults = roles()[role]
    fallbacks: dict[str, RoleConfig | None] = {}
    for field in FALLBACKS:
        nested = getattr(value, field)
        fallbacks[field] = _role(nested, role, depth + 1) if nested else None
    is_planner = role is RoleId.PLANNER and depth == 0
    return RoleConfig(
        role=role,
        model_id=_model_id(value, role),
        temperature=_parameter(value.temperature, defaults.default_temperature),
        top_p=_parameter(value.top_p, defaults.default_top_p),
        reserved_output_tokens=value.reserved_output_tokens or 0,
        max_convo_tokens=(value.max_convo_tokens or 0) if is_planner else 0,
        **fallbacks,
    )


def _model_id(value: _RoleJson, role: RoleId) -> str:
    old = (value.base_model_config or {}).get("modelId")
    model_id = old if isinstance(old, str) and old else value.model_id
    if not model_id:
        raise Refused(f"The {role} role has no model id")
    return model_id


def _parameter(value: float | None, default: float) -> float:
    if value is None:
        return default
    if not math.isfinite(value) or abs(value) > FLOAT32_MAX:
        raise BadShape("a temperature or topP is out of range")
    return value


def pack_from_json(raw: object, base: ModelPack | None = None) -> ModelPack:
    """Read a pack. Roles that are not sent keep the value of `base`; without one they must be sent.

    Raises `BadShape` or `Refused`.
    """
    if not isinstance(raw, Mapping):
        raise BadShape("a model pack must be an object")
    try:
        head = typed.convert({key: raw.get(key) for key in HEAD_KEYS}, _PackHead)
    except msgspec.ValidationError as error:
        raise BadShape(str(error)) from error
    _check_head(head)
    name = head.name if head.name is not None else base.name if base else ""
    configs = {field: base.own_role(role) if base else None for role, field in ROLE_FIELDS.items()}
    configs |= dict(_sent_roles(raw, base)) | dict(_full_roles(raw))
    for role, field in ROLE_FIELDS.items():
        if configs[field] is None and not roles()[role].optional:
            raise Refused(f"Model pack {name} has no model for the {role} role")
    return typed.convert(
        {
            "id": head.id or (base.id if base else ""),
            "name": name,
            "description": _kept(head.description, base.description if base else ""),
            "local_provider": _kept(head.local_provider, base.local_provider if base else ""),
            **configs,
        },
        ModelPack,
    )


def _check_head(head: _PackHead) -> None:
    """Refuse what no column holds and no terminal shows."""
    if any("\0" in text for text in (head.description, head.local_provider) if text):
        raise BadShape("it holds a NUL character")
    if head.name and (len(head.name) > MAX_NAME_LENGTH or holds_controls(head.name)):
        raise BadShape(
            f"its name is longer than {MAX_NAME_LENGTH} characters or holds control characters"
        )


def _kept(sent: str | None, before: str) -> str:
    return before if sent is None else sent


def _sent_roles(
    raw: Mapping[str, Any], base: ModelPack | None
) -> Iterator[tuple[str, RoleConfig | None]]:
    for role, field in ROLE_FIELDS.items():
        value = _first(raw, (roles()[role].pack_key, roles()[role].client_key, API_KEYS.get(role)))
        if value is None or value == "":
            continue
        # A bare id that names the model in use changes nothing: the API form shows no more of it.
        if base is not None and value == base.role(role).model_id:
            continue
        yield field, role_from_json(value, role)


def _full_roles(raw: Mapping[str, Any]) -> Iterator[tuple[str, RoleConfig | None]]:
    full = raw.get("roles")
    if full is None:
        return
    if not isinstance(full, Mapping):
        raise BadShape("roles: expected an object")
    for role, field in ROLE_FIELDS.items():
        info = roles()[role]
        for key in (info.client_key, info.pack_key):
            if key in full:
                yield field, None if full[key] is None else role_from_json(full[key], role)


def _first(raw: Mapping[str, Any], keys: tuple[str | None, ...]) -> object:
    return next((raw[key] for key in keys if key and raw.get(key) is not None), None)
