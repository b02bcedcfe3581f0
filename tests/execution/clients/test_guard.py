"""Which addresses the clients connect to: asked of each address, when the connection is made."""

import socket
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from execution.clients import guard
from execution.logic.model_errors import ModelError
from tests.execution.clients.asking import Scene, asked, chosen, collect, play
from tests.execution.clients.scripted import Answer, recorded

BOTH = ["openai", "anthropic"]


def refusal(base_url: str, provider: str = "openai") -> ModelError:
    found: list[ModelError] = []

    async def script(scene: Scene) -> None:
        choice = replace(chosen(provider), base_url=base_url)
        with pytest.raises(ModelError) as caught:
            await collect(scene.models, asked(choice))
        found.append(caught.value)

    play(script, Answer())
    return found[0]


@pytest.mark.parametrize("provider", BOTH)
@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[::ffff:169.254.169.254]", "0xa9fea9fe", "0.0.0.0"],
)
def test_metadata_addresses_are_not_called(provider: str, host: str) -> None:
    found = refusal(f"http://{host}/v1", provider)
    assert "is not called" in found.msg
    assert not found.retriable


def test_a_name_is_judged_by_what_it_resolves_to_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it passed a moment ago: it may resolve anew for each connection."""
    resolve = socket.getaddrinfo

    def rebound(host: Any, *rest: Any, **options: Any) -> Any:
        return resolve("169.254.169.254" if host == "rebound.test" else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    found = refusal("http://rebound.test/v1")
    assert found.msg.startswith("rebound.test is not called")
    assert not found.retriable


def test_private_addresses_are_called_unless_forbidden(settings: Settings) -> None:
    async def script(scene: Scene) -> None:
        told = await scene.ask(chosen("openai"))
        assert told.text

    play(script, Answer([recorded("openai.sse")]))

    settings.FORBID_PRIVATE_PROVIDERS = True

    async def forbidden(scene: Scene) -> None:
        with pytest.raises(ModelError, match="this server refuses private addresses"):
            await scene.ask(chosen("openai"))

    provider = play(forbidden, Answer([recorded("openai.sse")]))
    assert not provider.connections


def test_what_the_operator_configured_is_called(settings: Settings) -> None:
    settings.FORBID_PRIVATE_PROVIDERS = True

    async def script(scene: Scene) -> None:
        settings.OLLAMA_BASE_URL = scene.provider.url
        guard._operators_own.cache_clear()
        told = await scene.ask(chosen("openai"))
        assert told.text

    try:
        play(script, Answer([recorded("openai.sse")]))
    finally:
        guard._operators_own.cache_clear()


def test_redirects_are_not_followed() -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="redirects requests"):
            await scene.ask(chosen("openai"))

    headers = {"location": "http://169.254.169.254/latest/meta-data"}
    provider = play(script, Answer(status=302, headers=headers))
    assert len(provider.requests) == 1
