"""The plan config: how much the CLI does by itself. Stored and sent whole, validated by shape."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from models_config.logic.json_shapes import PlanConfigJson
from models_config.logic.refusals import BadShape
from plandex_server import typed

# What the API description calls `autoContext`.
API_ALIAS = "autoLoadContext"


class AutoMode(StrEnum):
    FULL = "full"
    SEMI = "semi"
    PLUS = "plus"
    BASIC = "basic"
    NONE = "none"
    CUSTOM = "custom"


class PlanConfig(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The defaults here are zero values: of a key that is not sent, when no preset is either."""

    auto_mode: str = ""
    editor: str = ""
    editor_command: str = ""
    editor_args: list[str] | None = None
    editor_open_manually: bool = False
    auto_continue: bool = False
    auto_build: bool = False
    auto_update_context: bool = False
    auto_context: bool = False
    smart_context: bool = False
    auto_apply: bool = False
    auto_commit: bool = False
    skip_commit: bool = False
    can_exec: bool = False
    auto_exec: bool = False
    auto_debug: bool = False
    auto_debug_tries: int = 0
    auto_revert_on_rewind: bool = False
    skip_changes_menu: bool = False


KEYS = {
    field.encode_name.lower(): field.encode_name for field in msgspec.structs.fields(PlanConfig)
}

_STEPS: tuple[tuple[str, frozenset[AutoMode]], ...] = tuple(
    (field, frozenset(modes))
    for field, modes in {
        "auto_continue": (AutoMode.FULL, AutoMode.SEMI, AutoMode.PLUS, AutoMode.BASIC),
        "auto_build": (AutoMode.FULL, AutoMode.SEMI, AutoMode.PLUS, AutoMode.BASIC),
        "auto_update_context": (AutoMode.FULL, AutoMode.SEMI, AutoMode.PLUS),
        "auto_context": (AutoMode.FULL, AutoMode.SEMI),
        "smart_context": (AutoMode.FULL, AutoMode.SEMI, AutoMode.PLUS),
        "auto_apply": (AutoMode.FULL,),
        "auto_commit": (AutoMode.FULL, AutoMode.SEMI, AutoMode.PLUS),
        "can_exec": (AutoMode.FULL, AutoMode.SEMI, AutoMode.PLUS),
        "auto_exec": (AutoMode.FULL,),
        "auto_debug": (AutoMode.FULL,),
        "auto_revert_on_rewind": tuple(mode for mode in AutoMode if mode is not AutoMode.CUSTOM),
        "skip_changes_menu": (),
    }.items()
)
FULL_DEBUG_TRIES = 5
_PRESETS = tuple(mode for mode in AutoMode if mode is not AutoMode.CUSTOM)


def with_preset(config: PlanConfig, mode: AutoMode) -> PlanConfig:
    """The config with a preset's switches; `custom` changes the mode alone."""
    changes: dict[str, Any] = {"auto_mode": mode.value}
    if mode is not AutoMode.CUSTOM:
        changes |= {field: mode in modes for field, modes in _STEPS}
    if mode is AutoMode.FULL:
        changes["auto_debug_tries"] = FULL_DEBUG_TRIES
    return msgspec.structs.replace(config, **changes)


def default_config() -> PlanConfig:
    """The config of a user who never set one."""
    return with_preset(PlanConfig(), AutoMode.SEMI)


def config_from_json(raw: object, current: PlanConfig | None = None) -> PlanConfig:
    """Read a whole config: unknown keys are dropped, missing ones are as in the preset that the
    config names, and without one get their zero value.

    `autoContext` may be sent under its API name too. When both are sent and differ, the one that
    differs from `current` is the one that the client changed. Raises `BadShape`.
    """
    if not isinstance(raw, Mapping):
        raise BadShape("config: expected an object")
    known = {
        KEYS[key.lower()]: value
        for key, value in raw.items()
        if key.lower() in KEYS and value is not None
    }
    try:
        config = typed.convert(_preset(known.get("autoMode")) | known, PlanConfig)
        alias = typed.convert(raw.get(API_ALIAS), bool | None)
    except msgspec.ValidationError as error:
        raise BadShape(str(error)) from error
    if alias is not None and _alias_wins(alias, known, current):
        config = msgspec.structs.replace(config, auto_context=alias)
    if not -(2**31) <= config.auto_debug_tries < 2**31:
        raise BadShape("autoDebugTries is out of range")
    return config


def _preset(name: object) -> dict[str, Any]:
    """Every key of a preset; none of what is no preset."""
    if not isinstance(name, str) or name not in _PRESETS:
        return {}
    preset: dict[str, Any] = msgspec.to_builtins(with_preset(PlanConfig(), AutoMode(name)))
    return preset


def _alias_wins(alias: bool, known: Mapping[str, Any], current: PlanConfig | None) -> bool:
    return "autoContext" not in known or current is None or alias != current.auto_context


def config_to_json(config: PlanConfig) -> PlanConfigJson:
    """Every key, the API's name for `autoContext` included."""
    built: PlanConfigJson = msgspec.to_builtins(config)
    built["autoLoadContext"] = config.auto_context
    return built


def with_setting(config: PlanConfig, field: str, value: bool | int | str) -> PlanConfig:
    """The config after one setting was changed by itself, the settings that hang on it included."""
    changes: dict[str, Any] = {field: value, **_coupled(config, field, value)}
    if field not in UNCOUPLED_FIELDS:
        changes["auto_mode"] = AutoMode.CUSTOM.value
    return msgspec.structs.replace(config, **changes)


# Changing these leaves the preset's name in place.
UNCOUPLED_FIELDS = frozenset(
    {
        "skip_commit",
        "skip_changes_menu",
        "editor",
        "editor_command",
        "editor_args",
        "editor_open_manually",
    }
)


def _coupled(config: PlanConfig, field: str, value: bool | int | str) -> dict[str, bool | int]:
    tries = config.auto_debug_tries or FULL_DEBUG_TRIES
    match field, bool(value):
        case "auto_build", False:
            return {"auto_apply": False}
        case "auto_apply", True:
            return {"auto_build": True}
        case "can_exec", False:
            return {"auto_exec": False, "auto_debug": False}
        case "auto_exec", True:
            return {"can_exec": True}
        case "auto_exec", False:
            return {"auto_debug": False}
        case "auto_debug", True:
            return {"can_exec": True, "auto_exec": True, "auto_debug_tries": tries}
        case "auto_debug_tries", False:
            return {"auto_debug": False}
        case "auto_debug_tries", True:
            return {"can_exec": True, "auto_exec": True, "auto_debug": True}
        case _:
            return {}
