"""Vertex: tokens made of a credentials file, and the two protocols of its models."""

import asyncio
import base64
import json
import time
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from execution.clients.google_sign_in import SCOPE
from execution.clients.vertex import TOKEN_URL
from execution.logic.model_errors import ModelError
from models_config.logic.credentials import ProviderChoice
from tests.execution.clients.asking import Scene, chosen, play
from tests.execution.clients.scripted import Answer, error, recorded

CLAUDE, GEMINI = "anthropic/claude-sonnet-4", "google/gemini-2.5-flash-thinking"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()
ACCOUNT = {
    "type": "service_account",
    "project_id": "other",
    "private_key_id": "key-id-0123",
    "private_key": PEM,
    "client_email": "server@proj.iam.gserviceaccount.com",
    "token_uri": "http://127.0.0.1:1/not-asked",
}
USER = {
    "type": "authorized_user",
    "client_id": "id.apps.googleusercontent.com",
    "client_secret": "GOCSPX-secret",
    "refresh_token": "1//refresh",
}


def token(text: str) -> Answer:
    answer = {"access_token": text, "expires_in": 3599, "token_type": "Bearer"}
    return Answer([json.dumps(answer).encode()], content_type="application/json")


def on_vertex(model: str, account: Any = ACCOUNT, **auth_vars: str) -> ProviderChoice:
    credentials = {"GOOGLE_APPLICATION_CREDENTIALS": json.dumps(account)} | auth_vars
    return chosen("google-vertex", model, **credentials)


class Clock:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


async def ask(scene: Scene, choice: ProviderChoice, clock: Clock | None = None) -> Any:
    """The router's tokens are led to the scripted provider too."""
    tokens = scene.models.tokens
    tokens.token_url = f"{scene.provider.url}/token"
    tokens.clock = clock or tokens.clock
    return await scene.ask(choice)


def test_gemini_speaks_openais_protocol() -> None:
    async def script(scene: Scene) -> None:
        told = await ask(scene, on_vertex(GEMINI))
        assert (told.text, told.reasoning) == ("The answer is 4", "**Plan** it out")

    asked_token, request = play(script, token("ya29.a"), Answer([recorded("google.sse")])).requests
    assert asked_token.target == "/token"
    assert request.target == "/projects/proj/locations/us-east5/endpoints/openapi/chat/completions"
    assert request.headers["authorization"] == "Bearer ya29.a"
    assert request.json["model"] == "google/gemini-2.5-flash"


def test_claude_speaks_anthropics_protocol() -> None:
    async def script(scene: Scene) -> None:
        assert (await ask(scene, on_vertex(CLAUDE))).text == "Grüße, wörld 🌍"

    _, request = play(script, token("ya29.a"), Answer([recorded("anthropic.sse")])).requests
    assert request.target == (
        "/projects/proj/locations/us-east5/publishers/anthropic/models/"
        "claude-sonnet-4@20250514:streamRawPredict"
    )
    assert request.headers["authorization"] == "Bearer ya29.a"
    assert request.json["anthropic_version"] == "vertex-2023-10-16"
    assert "model" not in request.json


def test_a_service_account_signs_for_itself() -> None:
    async def script(scene: Scene) -> None:
        await ask(scene, on_vertex(GEMINI))

    provider = play(script, token("ya29.a"), Answer([recorded("google.sse")]))
    form = parse_qs(provider.requests[0].raw.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    # Whether the signature is right, and whether it is valid now, is checked here too.
    public = PRIVATE.public_key()
    claims = jwt.decode(form["assertion"][0], public, ["RS256"], audience=TOKEN_URL)
    assert claims.pop("exp") - claims.pop("iat") == 3600
    assert claims == {"iss": ACCOUNT["client_email"], "scope": SCOPE, "aud": TOKEN_URL}
    assert jwt.get_unverified_header(form["assertion"][0])["kid"] == "key-id-0123"


def test_a_users_own_credentials() -> None:
    async def script(scene: Scene) -> None:
        await ask(scene, on_vertex(GEMINI, USER))

    asked_token = play(script, token("ya29.a"), Answer([recorded("google.sse")])).requests[0]
    assert parse_qs(asked_token.raw.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": [USER["client_id"]],
        "client_secret": [USER["client_secret"]],
        "refresh_token": [USER["refresh_token"]],
    }


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    clock = Clock()
    done = Answer([recorded("google.sse")])

    async def script(scene: Scene) -> None:
        for passed in (0, 3000, 400):
            clock.now += passed
            await ask(scene, on_vertex(GEMINI), clock)

    requests = play(script, token("ya29.a"), done, done, token("ya29.b"), done).requests
    sent = [request.headers.get("authorization") for request in requests]
    assert sent == [None, "Bearer ya29.a", "Bearer ya29.a", None, "Bearer ya29.b"]


def test_other_credentials_get_their_own_token() -> None:
    done = Answer([recorded("google.sse")])

    async def script(scene: Scene) -> None:
        await ask(scene, on_vertex(GEMINI))
        await ask(scene, on_vertex(GEMINI, USER))

    requests = play(script, token("ya29.a"), done, token("ya29.b"), done).requests
    assert requests[3].headers["authorization"] == "Bearer ya29.b"


def test_runs_that_begin_together_ask_for_one_token() -> None:
    done = Answer([recorded("google.sse")])

    async def script(scene: Scene) -> None:
        await asyncio.gather(*(ask(scene, on_vertex(GEMINI)) for _ in range(5)))

    targets = [request.target for request in play(script, token("ya29.a"), done).requests]
    assert targets.count("/token") == 1
    assert len(targets) == 6


def test_the_file_may_come_in_base64() -> None:
    encoded = base64.b64encode(json.dumps(ACCOUNT).encode()).decode()

    async def script(scene: Scene) -> None:
        choice = chosen("google-vertex", GEMINI, GOOGLE_APPLICATION_CREDENTIALS=encoded)
        assert (await ask(scene, choice)).text == "The answer is 4"

    play(script, token("ya29.a"), Answer([recorded("google.sse")]))


@pytest.mark.parametrize("kind", ["external_account", "impersonated_service_account", "gdch"])
def test_credentials_that_name_what_the_server_would_use_are_refused(kind: str) -> None:
    account = {
        "type": kind,
        "token_url": "http://127.0.0.1:1/",
        "credential_source": {"file": "/etc/passwd", "executable": {"command": "id"}},
        "source_credentials": USER,
    }

    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="service account or of a user"):
            await ask(scene, on_vertex(GEMINI, account))

    assert play(script, token("x")).requests == []


def test_google_can_not_be_reached() -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match=r"can't reach 127\.0\.0\.1") as caught:
            await ask(scene, on_vertex(GEMINI))
        assert caught.value.retriable

    play(script, Answer(end="reset"))


@pytest.mark.parametrize(
    ("account", "text"),
    [
        ({"type": "external_account"}, "service account or of a user"),
        (ACCOUNT | {"private_key": "no key"}, "private key is none"),
        (ACCOUNT | {"private_key": 5}, "can't be read"),
        ({"type": "service_account"}, "a field is missing"),
        ({"type": "authorized_user", "client_id": "id"}, "a field is missing"),
        ({"type": "authorized_user", "client_id": 1, "client_secret": []}, "a field is missing"),
    ],
)
def test_credentials_that_are_none(account: Any, text: str) -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match=text) as caught:
            await ask(scene, on_vertex(GEMINI, account))
        assert not caught.value.retriable

    assert play(script, token("x")).requests == []


@pytest.mark.parametrize(("status", "seen", "retriable"), [(400, 401, False), (503, 503, True)])
def test_google_refuses_the_credentials(status: int, seen: int, retriable: bool) -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="Google refused the credentials") as caught:
            await ask(scene, on_vertex(GEMINI, USER))
        assert (caught.value.status, caught.value.retriable) == (seen, retriable)
        assert USER["refresh_token"] not in caught.value.msg

    play(script, error(status, {"error": f"invalid_grant {USER['refresh_token']}"}))


def test_an_answer_without_a_token() -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="no access token"):
            await ask(scene, on_vertex(GEMINI))

    play(script, Answer([b"[]"], content_type="application/json"))
