"""Requests to the registry's models and their answers, for the tests of the clients."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from execution.clients.base import Delta, ModelClient, ModelRequest, Tool, Usage
from execution.clients.router import ModelRouter
from execution.logic.chat_messages import ChatMessage, text_message
from models_config.logic.credentials import Credentials, ProviderChoice, choose_provider
from tests.execution.clients.scripted import Answer, Provider
from tests.models_config.logic.samples import LLAMA, ORG

KEY = "sk-secret-0123456789abcdef"
AWS_SECRET = "aws-secret-0123456789"
TOOL = Tool("namePlan", "Names it", {"type": "object", "properties": {}})
AUTH: dict[str, dict[str, str]] = {
    "openai": {"OPENAI_API_KEY": KEY},
    "openrouter": {"OPENROUTER_API_KEY": KEY},
    "anthropic": {"ANTHROPIC_API_KEY": KEY},
    "google-ai-studio": {"GEMINI_API_KEY": KEY},
    "azure-openai": {"AZURE_OPENAI_API_KEY": KEY, "AZURE_API_BASE": "https://me.example"},
    "deepseek": {"DEEPSEEK_API_KEY": KEY},
    "perplexity": {"PERPLEXITY_API_KEY": KEY},
    "ollama": {},
    "custom": {"TOGETHER_API_KEY": KEY},
    "aws-bedrock": {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
        "AWS_REGION": "us-east-1",
    },
    "google-vertex": {
        "GOOGLE_APPLICATION_CREDENTIALS": '{"type": "service_account"}',
        "VERTEXAI_PROJECT": "proj",
        "VERTEXAI_LOCATION": "us-east5",
    },
}
MODEL = {
    "openai": "openai/gpt-4.1",
    "openrouter": "openai/gpt-4.1",
    "anthropic": "anthropic/claude-sonnet-4",
    "google-ai-studio": "google/gemini-2.5-flash-thinking",
    "azure-openai": "openai/gpt-4.1",
    "deepseek": "deepseek/r1",
    "perplexity": "perplexity/sonar-reasoning",
    "ollama": "qwen/qwen3-8b-local",
    "custom": LLAMA.model_id,
    "aws-bedrock": "anthropic/claude-sonnet-4",
    "google-vertex": "google/gemini-2.5-pro",
}


def chosen(provider: str, model: str = "", **auth_vars: str) -> ProviderChoice:
    """The provider's way to a model, chosen as for a run."""
    choice = choose_provider(model or MODEL[provider], ORG, Credentials(AUTH[provider] | auth_vars))
    assert choice.provider == provider
    return choice


def asked(choice: ProviderChoice, *messages: ChatMessage, **changes: Any) -> ModelRequest:
    return ModelRequest(
        choice=choice,
        messages=messages or (text_message("system", "Be brief."), text_message("user", "Hi")),
        temperature=0.3,
        top_p=0.9,
        **changes,
    )


@dataclass
class Told:
    """An answer put together."""

    text: str = ""
    reasoning: str = ""
    finish: str | None = None
    usage: Usage | None = None

    def add(self, delta: Delta) -> None:
        self.text += delta.text
        self.reasoning += delta.reasoning
        self.finish = delta.finish or self.finish
        self.usage = delta.usage or self.usage

    def add_all(self, deltas: Iterable[Delta]) -> None:
        for delta in deltas:
            self.add(delta)


async def collect(models: ModelClient, request: ModelRequest, into: Told | None = None) -> Told:
    told = Told() if into is None else into
    async with aclosing(models.stream(request)) as stream:
        async for delta in stream:
            told.add(delta)
    return told


class Scene:
    """A scripted provider and a router, with the choices led to the one instead of the internet."""

    def __init__(self, provider: Provider, models: ModelRouter) -> None:
        self.provider = provider
        self.models = models

    def lead(self, choice: ProviderChoice, path: str = "") -> ProviderChoice:
        return replace(choice, base_url=self.provider.url + path)

    async def ask(self, choice: ProviderChoice, into: Told | None = None, **changes: Any) -> Told:
        return await collect(self.models, asked(self.lead(choice), **changes), into)


def play(
    script: Callable[[Scene], Awaitable[None]],
    *answers: Answer,
) -> Provider:
    """Runs a scene and gives the provider with the requests that it received."""

    async def main() -> Provider:
        models = ModelRouter()
        async with Provider(*answers) as provider:
            try:
                async with asyncio.timeout(20):
                    await script(Scene(provider, models))
            finally:
                await models.close()
        return provider

    return asyncio.run(main())
