"""Addresses of custom providers that are refused when they are given."""

from pytest_django import Settings

from tests.factories import World
from tests.models_config.bodies import PROVIDER


def _status(world: World, base_url: str) -> int:
    body = {"providers": [PROVIDER | {"baseUrl": base_url}]}
    return world.owner.api.probe("POST", "/custom_models", body).status


def test_metadata_addresses_are_refused(world: World) -> None:
    assert _status(world, "http://169.254.169.254/latest") == 422
    assert _status(world, "http://10.0.0.5:8000/v1") == 200


def test_private_addresses_can_be_forbidden(world: World, settings: Settings) -> None:
    settings.FORBID_PRIVATE_PROVIDERS = True
    assert _status(world, "http://10.0.0.5:8000/v1") == 422
    assert _status(world, "http://localhost:11434") == 422
    assert _status(world, "https://api.together.xyz/v1") == 200
