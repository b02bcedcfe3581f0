"""How each provider refuses and fails, in its own form of an error."""

import pytest

from execution.logic.model_errors import ModelError, ModelErrorKind
from tests.execution.clients.asking import AUTH, KEY, Scene, chosen, play
from tests.execution.clients.scripted import Answer, error
from tests.execution.clients.test_vertex import CLAUDE, GEMINI, on_vertex, token
from tests.execution.clients.test_vertex import ask as ask_on_vertex

OTHER, LIMITED = ModelErrorKind.OTHER, ModelErrorKind.RATE_LIMITED
TOO_LONG, OVERLOADED = ModelErrorKind.CONTEXT_TOO_LONG, ModelErrorKind.OVERLOADED

Case = tuple[Answer, ModelErrorKind, bool, float | None]
"""An answer; its kind, whether another try makes sense, and the wait that it asks for."""


def google(code: int, status: str, text: str) -> Answer:
    return error(code, [{"error": {"code": code, "message": text, "status": status}}])


def openai(status: int, text: str, **more: str) -> Answer:
    return error(status, {"error": {"message": text} | more})


GOOGLE: list[Case] = [
    (google(400, "INVALID_ARGUMENT", "API key not valid."), OTHER, False, None),
    (google(429, "RESOURCE_EXHAUSTED", "Quota exceeded. Retry in 5.2s."), LIMITED, True, 5.2),
    (
        google(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        OVERLOADED,
        True,
        None,
    ),
    (google(503, "UNAVAILABLE", "The model is overloaded."), OTHER, True, None),
]
CASES: dict[str, list[Case]] = {
    "openai": [
        (openai(401, "Incorrect API key provided", code="invalid_api_key"), OTHER, False, None),
        (openai(429, "Rate limit reached. Please try again in 2s."), LIMITED, True, 2.0),
        (openai(500, "The server had an error", type="server_error"), OTHER, True, None),
    ],
    "openrouter": [
        (openai(402, "Insufficient credits"), OTHER, False, None),
        (openai(400, "Provider returned error"), OTHER, True, None),
        (openai(429, "Rate limit exceeded: free-models-per-min"), LIMITED, True, None),
    ],
    "anthropic": [
        (error(401, {"type": "error", "error": {"message": "invalid key"}}), OTHER, False, None),
        (
            error(529, {"type": "error", "error": {"type": "overloaded_error"}}),
            OVERLOADED,
            True,
            None,
        ),
    ],
    "google-ai-studio": GOOGLE,
    "google-vertex": GOOGLE,
    "azure-openai": [
        (error(401, {"statusCode": 401, "message": "Unauthorized."}), OTHER, False, None),
        (openai(404, "does not exist", code="DeploymentNotFound"), OTHER, False, None),
        (openai(429, "Please retry after 6 seconds.", code="429"), LIMITED, True, 6.0),
        (openai(429, "Please retry after 60 seconds.", code="429"), LIMITED, False, None),
    ],
    "deepseek": [
        (openai(402, "Insufficient Balance"), OTHER, False, None),
        (openai(422, "Failed to deserialize the JSON body"), OTHER, False, None),
        (openai(503, "Service is too busy."), OTHER, True, None),
    ],
    "perplexity": [
        (
            Answer([b"<html><title>401 Authorization Required</title>"], 401, "text/html"),
            OTHER,
            False,
            None,
        ),
        (openai(429, "Request rate limit exceeded", type="requests"), LIMITED, True, None),
    ],
    "ollama": [
        (openai(404, 'model "qwen3:8b" not found, try pulling it first'), OTHER, False, None),
        (openai(500, "llama runner process has terminated"), OTHER, True, None),
    ],
    "aws-bedrock": [
        (error(403, {"message": "The security token is expired"}), OTHER, False, None),
        (error(429, {"message": "Too many requests, please wait."}), LIMITED, True, None),
        (error(429, {"message": "Too many tokens, please wait."}), LIMITED, True, None),
        (error(400, {"message": "Input is too long for requested model."}), TOO_LONG, False, None),
    ],
    "custom": [
        (error(400, {"error": "no such model"}), OTHER, False, None),
        (Answer([b"upstream connect error"], 503, "text/plain"), OTHER, True, None),
    ],
}


def test_every_provider_is_covered() -> None:
    assert set(CASES) == set(AUTH)


@pytest.mark.parametrize(
    ("provider", "case"),
    [(provider, case) for provider, cases in CASES.items() for case in cases],
)
def test_a_refusal_is_understood(provider: str, case: Case) -> None:
    answer, kind, retriable, wait = case

    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError) as caught:
            if provider == "google-vertex":
                await ask_on_vertex(scene, on_vertex(GEMINI))
            else:
                await scene.ask(chosen(provider))
        found = caught.value
        assert (found.status, found.kind, found.retriable) == (answer.status, kind, retriable)
        assert found.retry_after == wait
        assert found.msg

    play(script, *([token("ya29.a")] if provider == "google-vertex" else []), answer)


def test_claude_on_vertex_refuses_as_anthropic_does() -> None:
    answer = error(529, {"type": "error", "error": {"type": "overloaded_error"}})

    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError) as caught:
            await ask_on_vertex(scene, on_vertex(CLAUDE))
        assert (caught.value.kind, caught.value.retriable) == (OVERLOADED, True)

    play(script, token("ya29.a"), answer)


@pytest.mark.parametrize("provider", sorted(set(CASES) - {"google-vertex"}))
def test_a_connection_that_breaks_before_the_answer(provider: str) -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="closed the connection") as caught:
            await scene.ask(chosen(provider))
        assert caught.value.retriable
        assert KEY not in caught.value.msg

    play(script, Answer(end="reset"))
