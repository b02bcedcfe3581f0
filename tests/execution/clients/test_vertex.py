"""Vertex: tokens made of a credentials file, and the two protocols of its models."""

import json
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from execution.clients.vertex import SCOPE
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
        self.now = 1_750_000_000.0

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
    clock = Clock()

    async def script(scene: Scene) -> None:
        await ask(scene, on_vertex(GEMINI), clock)

    provider = play(script, token("ya29.a"), Answer([recorded("google.sse")]))
    form = parse_qs(provider.requests[0].raw.decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    url = f"{provider.url}/token"
    options: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(
        form["assertion"][0], PRIVATE.public_key(), ["RS256"], audience=url, options=options
    )
    assert claims == {
        "iss": ACCOUNT["client_email"],
        "scope": SCOPE,
        "aud": url,
        "iat": int(clock.now),
        "exp": int(clock.now) + 3600,
    }
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


@pytest.mark.parametrize(
    ("account", "text"),
    [
        ({"type": "external_account"}, "service account or of a user"),
        (ACCOUNT | {"private_key": "no key"}, "private key that can't be read"),
        (ACCOUNT | {"private_key": 5}, "can't be read"),
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
