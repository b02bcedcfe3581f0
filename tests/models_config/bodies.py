"""Request bodies that the CLI sends."""

from typing import Any

PROVIDER: dict[str, Any] = {
    "name": "togetherai",
    "baseUrl": "https://api.together.xyz/v1",
    "apiKeyEnvVar": "TOGETHER_API_KEY",
}
MODEL: dict[str, Any] = {
    "modelId": "meta-llama/llama-4-maverick",
    "publisher": "meta-llama",
    "description": "Llama 4 Maverick",
    "defaultMaxConvoTokens": 75000,
    "maxTokens": 1048576,
    "maxOutputTokens": 16000,
    "reservedOutputTokens": 16000,
    "preferredOutputFormat": "xml",
    "hasImageSupport": True,
    "providers": [
        {
            "provider": "custom",
            "customProvider": "togetherai",
            "modelName": "meta-llama/Llama-4-Maverick",
        },
        {"provider": "openrouter", "modelName": "meta-llama/llama-4-maverick"},
    ],
}
PACK: dict[str, Any] = {
    "name": "mine",
    "description": "My pack",
    "planner": "deepseek/r1",
    "coder": {"modelId": "deepseek/v3", "largeContextFallback": "google/gemini-2.5-pro"},
    "planSummary": "meta-llama/llama-4-maverick",
    "builder": {"modelId": "deepseek/r1-hidden", "strongModel": "openai/o3-medium"},
    "namer": "meta-llama/llama-4-maverick",
    "commitMsg": "meta-llama/llama-4-maverick",
    "execStatus": "deepseek/r1-hidden",
}
STATE: dict[str, Any] = {"providers": [PROVIDER], "models": [MODEL], "modelPacks": [PACK]}


def state(**changes: Any) -> dict[str, Any]:
    """The complete state with some of its three lists replaced."""
    return STATE | changes


def without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in keys}
