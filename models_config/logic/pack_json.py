"""Writing the JSON forms of a model pack; `pack_input` reads them.

- wire: role objects with every key, what settings and `/model_sets` send to the CLI
- schema: compact, a role is its model id unless more is set; `POST /custom_models`
- client: the schema form under the keys of the CLI's settings file
- API: model ids under the names of the API description, and the wire roles under `roles`
"""

import hashlib
import math
import struct
from typing import Any

import msgspec

from models_config.logic.catalog import RoleId, roles
from models_config.logic.json_shapes import (
    CliModelPackJson,
    ModelPackJson,
    ModelRoleJson,
    ModelRolesJson,
)
from models_config.logic.packs import ROLE_FIELDS, ModelPack, RoleConfig

FALLBACKS = {
    "large_context_fallback": "largeContextFallback",
    "large_output_fallback": "largeOutputFallback",
    "error_fallback": "errorFallback",
    "strong_model": "strongModel",
}
# Names of the API description that no other form has.
API_KEYS = {
    RoleId.PLANNER: "planner",
    RoleId.CODER: "coder",
    RoleId.BUILDER: "builder",
    RoleId.SUMMARIZER: "summarizer",
    RoleId.WHOLE_FILE_BUILDER: "verifier",
    RoleId.ARCHITECT: "contextLoader",
}


def float32(value: float) -> float:
    """The value as the CLI holds it; one that is too large for it is infinite."""
    try:
        rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return rounded


def short_float(value: float) -> str:
    """The shortest decimal that the CLI reads as the same number: `0.9`, not 0.8999999761581421."""
    wanted = float32(value)
    digits = (f"{wanted:.{precision}g}" for precision in range(1, 10))
    return next(text for text in digits if float32(float(text)) == wanted)


def role_to_wire(config: RoleConfig, *, top: bool = True) -> ModelRoleJson:
    """The role object that the CLI decodes, null fallbacks included."""
    built: ModelRoleJson = {
        "role": config.role.value,
        "modelId": config.model_id,
        "temperature": config.temperature,
        "topP": config.top_p,
        "reservedOutputTokens": config.reserved_output_tokens,
        "largeContextFallback": _if_set(config.large_context_fallback, top=False),
        "largeOutputFallback": _if_set(config.large_output_fallback, top=False),
        "errorFallback": _if_set(config.error_fallback, top=False),
        "strongModel": _if_set(config.strong_model, top=False),
    }
    if config.role is RoleId.PLANNER and top:
        built["maxConvoTokens"] = config.max_convo_tokens
    return built


def _if_set(config: RoleConfig | None, *, top: bool = True) -> ModelRoleJson | None:
    return None if config is None else role_to_wire(config, top=top)


def roles_to_wire(pack: ModelPack) -> ModelRolesJson:
    """All nine roles as objects, unset ones null."""
    return {
        "planner": role_to_wire(pack.planner),
        "coder": _if_set(pack.coder),
        "planSummary": role_to_wire(pack.plan_summary),
        "builder": role_to_wire(pack.builder),
        "wholeFileBuilder": _if_set(pack.whole_file_builder),
        "namer": role_to_wire(pack.namer),
        "commitMsg": role_to_wire(pack.commit_msg),
        "execStatus": role_to_wire(pack.exec_status),
        "contextLoader": _if_set(pack.context_loader),
    }


def pack_to_wire(pack: ModelPack) -> CliModelPackJson:
    """The ModelPack that the CLI decodes."""
    built: CliModelPackJson = {
        "id": pack.id,
        "name": pack.name,
        "localProvider": pack.local_provider,
        "description": pack.description,
        **roles_to_wire(pack),
    }
    if not pack.local_provider:
        del built["localProvider"]
    return built


def pack_to_api(pack: ModelPack) -> ModelPackJson:
    """The ModelPack of the API description: model ids, and the full objects under `roles`."""
    return {
        "id": pack.id,
        "name": pack.name,
        "description": pack.description,
        "localProvider": pack.local_provider,
        "planner": pack.role(RoleId.PLANNER).model_id,
        "coder": pack.role(RoleId.CODER).model_id,
        "builder": pack.role(RoleId.BUILDER).model_id,
        "summarizer": pack.role(RoleId.SUMMARIZER).model_id,
        "verifier": pack.role(RoleId.WHOLE_FILE_BUILDER).model_id,
        "contextLoader": pack.role(RoleId.ARCHITECT).model_id,
        "roles": roles_to_wire(pack),
    }


def role_to_schema(config: RoleConfig, *, compact: bool = True) -> str | dict[str, Any]:
    """The schema form: parameters equal to the role's defaults are left out."""
    defaults = roles()[config.role]
    built: dict[str, Any] = {"modelId": config.model_id}
    if float32(config.temperature) != float32(defaults.default_temperature):
        built["temperature"] = float(short_float(config.temperature))
    if float32(config.top_p) != float32(defaults.default_top_p):
        built["topP"] = float(short_float(config.top_p))
    if config.reserved_output_tokens:
        built["reservedOutputTokens"] = config.reserved_output_tokens
    if config.max_convo_tokens:
        built["maxConvoTokens"] = config.max_convo_tokens
    for field, key in FALLBACKS.items():
        nested: RoleConfig | None = getattr(config, field)
        if nested is not None:
            built[key] = role_to_schema(nested)
    return config.model_id if compact and len(built) == 1 else built


def pack_to_schema(pack: ModelPack) -> dict[str, Any]:
    """The ModelPackSchema form."""
    return {"name": pack.name, "description": pack.description, **_schema_roles(pack)}


def pack_to_client(pack: ModelPack) -> dict[str, Any]:
    """The form of the CLI's custom models file."""
    schema = _schema_roles(pack)
    renamed = {info.pack_key: info.client_key for info in roles().values()}
    return {
        "name": pack.name,
        "description": pack.description,
        **{renamed.get(key, key): value for key, value in schema.items()},
    }


def _schema_roles(pack: ModelPack, *, compact: bool = True) -> dict[str, Any]:
    built: dict[str, Any] = {"localProvider": pack.local_provider} if pack.local_provider else {}
    for role in ROLE_FIELDS:
        config = pack.own_role(role)
        if config is not None:
            info = roles()[role]
            built[info.pack_key] = role_to_schema(config, compact=compact or info.optional)
    return built


def schema_hash(pack: ModelPack) -> str:
    """The digest by which the CLI knows whether its settings file still matches.

    The CLI's encoder writes required roles as objects and everything else compact.
    """
    return hashlib.sha256(msgspec.json.encode(_schema_roles(pack, compact=False))).hexdigest()


def same_pack(left: ModelPack, right: ModelPack) -> bool:
    """Whether two packs are equal to the CLI, which compares schema forms."""
    return pack_to_schema(left) == pack_to_schema(right)
