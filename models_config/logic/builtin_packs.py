"""The packs that every client has compiled in."""

from functools import cache
from typing import Any

from models_config.logic.catalog import read_data
from models_config.logic.pack_input import pack_from_json
from models_config.logic.packs import ModelPack

DEFAULT_PACK = "daily-driver"


@cache
def builtin_packs() -> dict[str, ModelPack]:
    """Every built-in pack by its name, in the CLI's order."""
    packs = (pack_from_json(raw) for raw in read_data("model_packs.json", list[dict[str, Any]]))
    return {pack.name: pack for pack in packs}


def default_pack() -> ModelPack:
    """The pack of an org that never chose one."""
    return builtin_packs()[DEFAULT_PACK]
