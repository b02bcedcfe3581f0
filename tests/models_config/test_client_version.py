import pytest

from tests.factories import World

TOO_OLD = "Client version is too old for this endpoint. Please upgrade to version 2.2.0 or later.\n"
PLACES = [
    ("GET", "/model_sets"),
    ("POST", "/model_sets"),
    ("PUT", "/model_sets/x"),
    ("GET", "/custom_models"),
    ("POST", "/custom_models"),
]


@pytest.mark.parametrize(("method", "path"), PLACES)
@pytest.mark.parametrize("version", ["2.1.9", "0.1", "old"])
def test_a_client_that_is_too_old(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, path: str, version: str
) -> None:
    monkeypatch.setattr("tests.wire.client.CLI_VERSION", version)
    assert world.owner.request(method, path, {}, status=400).text == TOO_OLD


@pytest.mark.parametrize("version", ["development", "2.2", "v2.2.0-rc.1", "3"])
def test_what_is_new_enough_passes(
    world: World, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr("tests.wire.client.CLI_VERSION", version)
    world.owner.get("/custom_models", status=200)
    world.owner.get("/model_sets", status=200)


def test_the_other_endpoints_ask_for_no_version(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.wire.client.CLI_VERSION", "2.1.0")
    world.owner.get("/custom_providers", status=200)
    world.owner.get("/default_settings", status=200)
