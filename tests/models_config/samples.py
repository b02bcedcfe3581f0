"""What services take, from the bodies that the CLI sends."""

from typing import Any

from models_config.logic.org_models import CustomModel, CustomProvider
from models_config.logic.validation import ModelsInput
from plandex_server import typed


def models_sent(body: dict[str, Any]) -> ModelsInput:
    return ModelsInput(
        models=typed.convert(body.get("models", []), tuple[CustomModel, ...]),
        providers=typed.convert(body.get("providers", []), tuple[CustomProvider, ...]),
        packs=tuple(body.get("modelPacks", [])),
    )
