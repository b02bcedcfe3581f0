"""Provider keys that an org holds: sealed, used for their provider alone, checked, rotated."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from execution.clients.key_check import Checked, Verdict
from execution.services.held_keys import credentials_with_held
from models_config.logic.catalog import UsesProvider
from models_config.logic.credentials import Credentials, HeldKey, NoCredentials, choose_provider
from models_config.logic.org_models import CustomModel, CustomProvider, OrgModels
from models_config.logic.provider_keys import KeyProvider, checked_values, key_providers
from orgs.models import AuditEvent, KeyCheck, Org, ProviderKey
from orgs.selectors import provider_key_values
from tests.factories import World
from tests.models_config.bodies import PROVIDER

KEY = "sk-or-v1-marker-0123456789abcdef"
URL = "/provider_keys"
MODEL = "anthropic/claude-sonnet-4"


def held(world: World) -> ProviderKey:
    """The org's key for OpenRouter, set over HTTP."""
    sent = {"values": {"OPENROUTER_API_KEY": f" {KEY} "}}
    shown = world.owner.put(f"{URL}/openrouter", sent).json
    assert shown["isHeld"] and shown["lastFour"] == "cdef"
    return ProviderKey.objects.get()


@pytest.mark.django_db
def test_a_key_is_sealed_and_never_shown(world: World) -> None:
    key = held(world)
    assert KEY.encode() not in bytes(key.sealed)
    assert provider_key_values(key) == {"OPENROUTER_API_KEY": KEY}
    listed = world.owner.api.get(URL)
    assert KEY not in listed.text
    assert [one["provider"] for one in listed.json if one["isHeld"]] == ["openrouter"]
    (event,) = AuditEvent.objects.filter(action="provider_key.set")
    assert KEY not in json.dumps(event.details)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM orgs_providerkey")
        assert KEY not in repr(cursor.fetchall())


@pytest.mark.django_db
def test_the_first_key_turns_the_mode_on_and_the_last_one_off(world: World) -> None:
    held(world)
    session = world.owner.api.get("/orgs/session").json
    assert session["integratedModelsMode"] is True
    world.owner.get("/projects", status=401)  # told once that its settings are outdated
    world.owner.get("/projects", status=200)
    world.owner.api.delete(f"{URL}/openrouter", status=204)
    assert not Org.objects.get(pk=world.org.pk).integrated_models_mode
    world.owner.api.delete(f"{URL}/openrouter", status=404)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "values"),
    [
        ("openrouter", {}),
        ("openrouter", {"OPENROUTER_API_KEY": "  "}),
        ("openrouter", {"OPENAI_API_KEY": KEY}),
        ("openrouter", {"OPENROUTER_API_KEY": "ключ"}),
        ("openrouter", {"OPENROUTER_API_KEY": "a\nb"}),
        ("azure-openai", {"AZURE_OPENAI_API_KEY": KEY}),
        ("google-vertex", {"GOOGLE_APPLICATION_CREDENTIALS": "{", "VERTEXAI_PROJECT": "p"}),
        ("ollama", {"X": KEY}),
        ("anthropic-pro", {"ANTHROPIC_CLAUDE_MAX_TOKEN": KEY}),
        ("nobody", {"X": KEY}),
    ],
)
def test_keys_that_make_no_sense(world: World, provider: str, values: dict[str, str]) -> None:
    reply = world.owner.api.put(f"{URL}/{provider}", {"values": values}, status=400)
    assert KEY not in reply.text
    assert not ProviderKey.objects.exists()


@pytest.mark.django_db
def test_rotation_seals_anew_and_can_be_repeated(world: World, settings: Settings) -> None:
    settings.SEAL_KEYS = ["old secret"]
    key = held(world)
    settings.SEAL_KEYS = ["new secret", "old secret"]
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "Sealed anew: 1 provider keys" in out.getvalue()
    settings.SEAL_KEYS = ["new secret"]
    key.refresh_from_db()
    assert provider_key_values(key) == {"OPENROUTER_API_KEY": KEY}
    call_command("rotate_keys", stdout=out)
    assert "Sealed anew: 0 provider keys" in out.getvalue()
    settings.SEAL_KEYS = ["another secret"]
    with pytest.raises(CommandError, match="opens 1 provider keys"):
        call_command("rotate_keys", stdout=out)
    assert credentials_with_held(world.org.id, {}).held == {}


# -- whose key is used ----------------------------------------------------------------------


def chosen(own: dict[str, str], keys: dict[str, HeldKey]) -> tuple[str, bool]:
    choice = choose_provider(MODEL, OrgModels(), Credentials(own, held=keys))
    return choice.auth.api_key, choice.org_key


ORG = {"openrouter": HeldKey({"OPENROUTER_API_KEY": "the-org-s"})}


def test_the_org_s_key_serves_who_brings_none() -> None:
    assert chosen({}, ORG) == ("the-org-s", True)


def test_a_key_that_comes_with_the_request_wins() -> None:
    assert chosen({"OPENROUTER_API_KEY": "mine"}, ORG) == ("mine", False)
    assert chosen({"OPENROUTER_API_KEY": " "}, ORG) == ("the-org-s", True)


def test_a_request_can_not_send_the_org_s_key_to_its_own_address() -> None:
    ours = {"AZURE_OPENAI_API_KEY": "k", "AZURE_API_BASE": "https://ours"}
    azure = {"azure-openai": HeldKey(ours)}
    own = {"AZURE_API_BASE": "https://evil.example"}
    choice = choose_provider("openai/gpt-4.1", OrgModels(), Credentials(own, held=azure))
    assert choice.base_url == "https://ours"


def test_a_custom_provider_gets_only_the_key_for_its_address() -> None:
    provider = CustomProvider(
        name="x", base_url="https://ours/v1", api_key_env_var="OPENAI_API_KEY"
    )
    target = KeyProvider("custom|x", provider)
    org = OrgModels(providers=(provider,))
    assert "custom|x" in key_providers(org)
    assert checked_values(target, {"OPENAI_API_KEY": "k"}) == {"OPENAI_API_KEY": "k"}
    used = UsesProvider(provider="custom", custom_provider="x", model_name="m")
    model = CustomModel(model_id="m", providers=[used])
    moved = HeldKey({"OPENAI_API_KEY": "k"}, address="https://evil.example")
    with pytest.raises(NoCredentials, match="key for x was given for another address"):
        choose_provider(
            "m",
            OrgModels(models=(model,), providers=(provider,)),
            Credentials({}, held={"custom|x": moved, "openai": HeldKey({"OPENAI_API_KEY": "k"})}),
        )


# -- asking the provider ----------------------------------------------------------------------


@pytest.fixture
def provider_url() -> Iterator[str]:
    """A provider that knows one key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.headers.get("Authorization") == "Bearer good" and self.path == "/v1/models"
            self.send_response(200 if good else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_a_key_is_checked_before_it_is_stored(world: World, provider_url: str) -> None:
    provider = PROVIDER | {"name": "x", "baseUrl": provider_url, "apiKeyEnvVar": "X_KEY"}
    world.owner.api.post("/custom_models", {"providers": [provider]})
    path = f"{URL}/custom%7Cx"
    refused = {"values": {"X_KEY": "bad-key-marker"}, "check": True}
    reply = world.owner.api.put(path, refused, status=422)
    assert "does not accept the key. Refused with status 401" in reply.text
    assert "bad-key-marker" not in reply.text and not ProviderKey.objects.exists()
    shown = world.owner.api.put(path, {"values": {"X_KEY": "good"}, "check": True}).json
    assert shown["checkResult"] == "accepted" and shown["checkedAt"]
    assert world.owner.api.post(f"{path}/check").json["checkResult"] == "accepted"
    moved = provider | {"baseUrl": "http://127.0.0.1:9/v1"}
    world.owner.api.post("/custom_models", {"providers": [moved]})
    world.owner.api.post(f"{path}/check", status=400)


@pytest.mark.django_db
@pytest.mark.parametrize("replaced", [True, False])
def test_a_key_that_goes_while_its_provider_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch, replaced: bool
) -> None:
    """The answer is about the key that was asked about, and of no other one."""
    held(world)

    def slow(target: object, values: object) -> Checked:
        if replaced:
            sent = {"values": {"OPENROUTER_API_KEY": f"{KEY}-2"}}
            world.owner.api.put(f"{URL}/openrouter", sent, status=200)
        else:
            world.owner.api.delete(f"{URL}/openrouter", status=204)
        return Checked(Verdict.REFUSED, "no such key")

    monkeypatch.setattr("execution.services.provider_keys._asked", slow)
    world.owner.api.post(f"{URL}/openrouter/check", {}, status=200)
    assert [key.check_result for key in ProviderKey.objects.all()] == [KeyCheck.NEVER] * replaced
    assert not AuditEvent.objects.filter(action="provider_key.checked").exists()


@pytest.mark.django_db
def test_a_provider_that_is_away_does_not_keep_a_key_from_being_stored(world: World) -> None:
    provider = PROVIDER | {"name": "x", "baseUrl": "http://127.0.0.1:9/v1", "apiKeyEnvVar": "X_KEY"}
    world.owner.api.post("/custom_models", {"providers": [provider]})
    sent = {"values": {"X_KEY": "good"}, "check": True}
    shown = world.owner.api.put(f"{URL}/custom%7Cx", sent).json
    assert (shown["isHeld"], shown["checkResult"]) == (True, "unreachable")
