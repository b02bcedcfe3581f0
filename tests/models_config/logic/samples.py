"""Custom models, providers and packs for tests."""

import json
from pathlib import Path
from typing import Any

from models_config.logic.catalog import AuthVar, UsesProvider
from models_config.logic.org_models import CustomModel, CustomProvider, OrgModels
from models_config.logic.pack_input import pack_from_json
from models_config.logic.packs import ModelPack

DATA = Path(__file__).resolve().parents[2] / "data" / "models_config"

LLAMA = CustomModel(
    model_id="meta-llama/llama-4-maverick",
    publisher="meta-llama",
    description="Llama 4 Maverick",
    default_max_convo_tokens=75000,
    max_tokens=1048576,
    max_output_tokens=16000,
    reserved_output_tokens=16000,
    preferred_output_format="xml",
    has_image_support=True,
    providers=[
        UsesProvider(
            provider="custom",
            custom_provider="togetherai",
            model_name="meta-llama/Llama-4-Maverick",
        ),
        UsesProvider(provider="openrouter", model_name="meta-llama/llama-4-maverick"),
    ],
)
TOGETHER = CustomProvider(
    name="togetherai",
    base_url="https://api.together.xyz/v1",
    api_key_env_var="TOGETHER_API_KEY",
    extra_auth_vars=[AuthVar(var="TOGETHER_REGION", default="eu")],
)
REQUIRED = ("planner", "planSummary", "builder", "namer", "commitMsg", "execStatus")


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text())


def pack_body(model_id: str = "openai/o3-high", **changes: Any) -> dict[str, Any]:
    """A pack with one model everywhere, optional roles left out."""
    return {"name": "mine", **dict.fromkeys(REQUIRED, model_id), **changes}


def pack_make(model_id: str = "openai/o3-high", **changes: Any) -> ModelPack:
    return pack_from_json(pack_body(model_id, **changes))


ORG = OrgModels(models=(LLAMA,), providers=(TOGETHER,), packs=(pack_make(LLAMA.model_id),))
