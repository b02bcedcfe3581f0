from typing import Any

import pytest
from msgspec.structs import replace

from models_config.logic.plan_config import (
    AutoMode,
    PlanConfig,
    config_from_json,
    config_to_json,
    default_config,
    with_preset,
    with_setting,
)
from models_config.logic.refusals import BadShape

DEFAULT = {
    "autoMode": "semi",
    "editor": "",
    "editorCommand": "",
    "editorArgs": None,
    "editorOpenManually": False,
    "autoContinue": True,
    "autoBuild": True,
    "autoUpdateContext": True,
    "autoContext": True,
    "smartContext": True,
    "autoApply": False,
    "autoCommit": True,
    "skipCommit": False,
    "canExec": True,
    "autoExec": False,
    "autoDebug": False,
    "autoDebugTries": 0,
    "autoRevertOnRewind": True,
    "skipChangesMenu": False,
}

# full, semi, plus, basic, none
PRESETS = """
autoContinue        1 1 1 1 0
autoBuild           1 1 1 1 0
autoUpdateContext   1 1 1 0 0
autoContext         1 1 0 0 0
smartContext        1 1 1 0 0
autoApply           1 0 0 0 0
autoCommit          1 1 1 0 0
canExec             1 1 1 0 0
autoExec            1 0 0 0 0
autoDebug           1 0 0 0 0
autoRevertOnRewind  1 1 1 1 1
skipChangesMenu     0 0 0 0 0
"""
ROWS = [line.split() for line in PRESETS.strip().splitlines()]


def test_the_default_has_every_key() -> None:
    assert config_to_json(default_config()) == DEFAULT | {"autoLoadContext": True}


@pytest.mark.parametrize("column", range(5))
def test_presets(column: int) -> None:
    mode = list(AutoMode)[column]
    every = PlanConfig(
        skip_commit=True, editor="vim", editor_args=["-n"], auto_debug_tries=3, auto_mode="custom"
    )
    json = config_to_json(with_preset(every, mode))
    switches = dict(json)
    for row in ROWS:
        assert switches[row[0]] is (row[column + 1] == "1"), row[0]
    assert json["autoMode"] == mode
    assert json["autoDebugTries"] == (5 if mode is AutoMode.FULL else 3)
    assert (json["skipCommit"], json["editor"], json["editorArgs"]) == (True, "vim", ["-n"])


def test_custom_changes_the_mode_alone() -> None:
    full = with_preset(PlanConfig(), AutoMode.FULL)
    json = config_to_json(with_preset(full, AutoMode.CUSTOM))
    assert json == config_to_json(full) | {"autoMode": "custom"}


def test_reading_what_was_written() -> None:
    assert config_from_json(config_to_json(default_config())) == default_config()
    assert config_from_json(DEFAULT) == default_config()


@pytest.mark.parametrize(
    ("raw", "changes"),
    [
        ({}, {}),
        ({"unknown": 1}, {}),
        ({"autoMode": None, "editorArgs": None}, {}),
        ({"AUTOBUILD": True}, {"autoBuild": True}),
        ({"autoLoadContext": True}, {"autoContext": True}),
        ({"editorArgs": ["a", "b"]}, {"editorArgs": ["a", "b"]}),
        ({"autoMode": "unheard-of"}, {"autoMode": "unheard-of"}),
    ],
)
def test_reading_as_the_go_decoder_does(raw: dict[str, Any], changes: dict[str, Any]) -> None:
    zero = config_to_json(PlanConfig()) | changes
    assert config_to_json(config_from_json(raw)) == zero | {"autoLoadContext": zero["autoContext"]}


@pytest.mark.parametrize("mode", [mode for mode in AutoMode if mode is not AutoMode.CUSTOM])
def test_what_is_left_out_is_as_in_the_preset(mode: AutoMode) -> None:
    preset = with_preset(PlanConfig(), mode)
    assert config_from_json({"autoMode": mode.value}) == preset
    changed = config_from_json({"automode": mode.value, "autoBuild": False, "editor": "vi"})
    assert changed == replace(preset, auto_build=False, editor="vi")
    without = config_from_json({"autoMode": mode.value, "autoLoadContext": False})
    assert without == replace(preset, auto_context=False)


@pytest.mark.parametrize("current", [True, False])
@pytest.mark.parametrize("key", ["autoContext", "autoLoadContext"])
def test_the_changed_name_wins(current: bool, key: str) -> None:
    before = PlanConfig(auto_context=current)
    sent = config_to_json(before) | {key: not current}
    assert config_from_json(sent, before).auto_context is not current
    assert config_from_json(config_to_json(before), before) == before
    assert config_from_json({key: current}, before).auto_context is current


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"autoBuild": "yes"},
        {"autoDebugTries": "5"},
        {"autoDebugTries": 2**40},
        {"editorArgs": "x"},
        {"autoLoadContext": 1},
        {"autoContext": {}, "autoLoadContext": True},
    ],
)
def test_wrong_types(raw: object) -> None:
    with pytest.raises(BadShape):
        config_from_json(raw)


@pytest.mark.parametrize(
    ("before", "field", "value", "changes"),
    [
        ({"auto_apply": True}, "auto_build", False, {"auto_apply": False}),
        ({}, "auto_build", True, {}),
        ({}, "auto_apply", True, {"auto_build": True}),
        ({}, "auto_apply", False, {}),
        (
            {"auto_exec": True, "auto_debug": True},
            "can_exec",
            False,
            {"auto_exec": False, "auto_debug": False},
        ),
        ({}, "auto_exec", True, {"can_exec": True}),
        ({"auto_debug": True, "can_exec": True}, "auto_exec", False, {"auto_debug": False}),
        (
            {},
            "auto_debug",
            True,
            {"can_exec": True, "auto_exec": True, "auto_debug_tries": 5},
        ),
        ({"auto_debug_tries": 2}, "auto_debug", True, {"can_exec": True, "auto_exec": True}),
        ({"auto_debug": True}, "auto_debug_tries", 0, {"auto_debug": False}),
        (
            {},
            "auto_debug_tries",
            4,
            {"auto_debug": True, "can_exec": True, "auto_exec": True},
        ),
    ],
)
def test_coupled_settings(
    before: dict[str, Any], field: str, value: bool | int, changes: dict[str, Any]
) -> None:
    expected = PlanConfig(**(before | {field: value, "auto_mode": "custom"} | changes))
    assert with_setting(PlanConfig(**before), field, value) == expected


@pytest.mark.parametrize("field", ["skip_commit", "skip_changes_menu"])
def test_some_settings_leave_the_mode(field: str) -> None:
    assert with_setting(default_config(), field, True).auto_mode == "semi"
