"""One client for all providers, and what it keeps and closes."""

import asyncio
from dataclasses import replace

import pytest

from execution.clients.pool import HttpPool, SdkClients
from execution.clients.router import ModelRouter
from execution.logic.model_errors import ModelError
from models_config.logic.catalog import builtin_providers
from tests.execution.clients.asking import AUTH, KEY, Scene, asked, chosen, collect, play
from tests.execution.clients.scripted import Answer, Provider, recorded

DONE = Answer([recorded("openai.sse")])


def test_every_provider_of_the_registry_is_covered() -> None:
    assert set(AUTH) == {*builtin_providers(), "custom"} - {"anthropic-pro"}


def test_a_subscription_is_refused() -> None:
    choice = replace(chosen("anthropic"), provider="anthropic-pro")
    with pytest.raises(ModelError, match="does not use Claude subscriptions") as caught:
        ModelRouter().stream(asked(choice))
    assert not caught.value.retriable


def test_users_of_an_address_share_a_client_but_no_key() -> None:
    async def script(scene: Scene) -> None:
        for key in ("first-key", "second-key"):
            await scene.ask(chosen("openai", OPENAI_API_KEY=key))

    keys = [request.headers["authorization"] for request in play(script, DONE).requests]
    assert keys == ["Bearer first-key", "Bearer second-key"]


def test_client_objects_are_few() -> None:
    kept = SdkClients(bound=2)
    first = kept.get("a", object)
    kept.get("b", object)
    assert kept.get("a", object) is first
    kept.get("c", object)
    assert len(kept) == 2
    assert kept.get("a", object) is first


def test_each_loop_has_its_connections() -> None:
    models = ModelRouter()

    async def main() -> str:
        async with Provider(DONE) as provider:
            choice = replace(chosen("openai"), base_url=provider.url)
            told = await collect(models, asked(choice))
            await models.close()
        return told.text

    assert [asyncio.run(main()) for _ in range(2)] == ["Grüße, wörld 🌍"] * 2


def test_closing_closes_the_connections() -> None:
    async def script(scene: Scene) -> None:
        await scene.ask(chosen("openai"))
        await scene.models.close()
        async with asyncio.timeout(2):
            await scene.provider.connections[0].wait_closed()
        assert (await scene.ask(chosen("openai"))).finish == "stop"

    assert len(play(script, DONE).connections) == 2


def test_closing_what_was_never_used() -> None:
    asyncio.run(HttpPool().close())
    asyncio.run(ModelRouter().close())


def test_nothing_that_is_logged_shows_a_key(caplog: pytest.LogCaptureFixture) -> None:
    async def script(scene: Scene) -> None:
        await scene.ask(chosen("openai"))

    with caplog.at_level("DEBUG"):
        play(script, DONE)
    assert KEY not in caplog.text
