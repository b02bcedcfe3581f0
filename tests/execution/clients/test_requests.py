"""What is sent to each provider: address, headers, body."""

import pytest

from execution.clients.base import ModelRequest
from execution.clients.openai_shapes import openai_body
from execution.logic.chat_messages import ChatMessage, ImagePart, Part, text_message
from execution.logic.model_errors import ModelError
from tests.execution.clients.asking import KEY, TOOL, Scene, asked, chosen, play
from tests.execution.clients.scripted import Answer, Provider, error, recorded

DONE = Answer([recorded("openai.sse")])
IMAGE = ImagePart("data:image/png;base64,AAAA")


def sent(provider: str, **auth_vars: str) -> Provider:
    async def script(scene: Scene) -> None:
        await scene.ask(chosen(provider, **auth_vars), stop=("<END>",))

    return play(script, DONE)


ADDRESSES = [
    ("openai", "/chat/completions", "authorization", f"Bearer {KEY}"),
    ("openrouter", "/chat/completions", "authorization", f"Bearer {KEY}"),
    ("google-ai-studio", "/chat/completions", "authorization", f"Bearer {KEY}"),
    ("deepseek", "/chat/completions", "authorization", f"Bearer {KEY}"),
    ("perplexity", "/chat/completions", "authorization", f"Bearer {KEY}"),
    ("custom", "/chat/completions", "authorization", f"Bearer {KEY}"),
    ("ollama", "/chat/completions", "authorization", None),
    (
        "azure-openai",
        "/openai/deployments/gpt-4.1/chat/completions?api-version=2025-04-01-preview",
        "api-key",
        KEY,
    ),
]


@pytest.mark.parametrize(("provider", "target", "header", "value"), ADDRESSES)
def test_address_and_key(provider: str, target: str, header: str, value: str | None) -> None:
    request = sent(provider).requests[0]
    assert (request.method, request.target) == ("POST", target)
    assert request.headers.get(header) == value
    others = {name: text for name, text in request.headers.items() if name != header}
    assert KEY not in str(others)


def test_deployments_of_azure() -> None:
    provider = sent("azure-openai", AZURE_DEPLOYMENTS_MAP='{"gpt-4.1": "my-own"}')
    assert provider.requests[0].target.startswith("/openai/deployments/my-own/chat/completions?")


def test_the_callers_organization_and_not_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-server")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-server")
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-server")
    own = sent("openai", OPENAI_ORG_ID="org-of-caller").requests[0].headers
    assert own["openai-organization"] == "org-of-caller"
    for headers in (own, sent("custom").requests[0].headers):
        assert "of-server" not in str(headers)


def test_the_body_of_openai() -> None:
    assert sent("openai").requests[0].json == {
        "model": "gpt-4.1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.3,
        "top_p": 0.9,
        "stop": ["<END>"],
    }


def body(
    provider: str, model: str = "", *messages: ChatMessage, **changes: object
) -> dict[str, object]:
    return openai_body(asked(chosen(provider, model), *messages, **changes))


def test_a_model_that_takes_no_parameters() -> None:
    found = body("openai", "openai/o3-high", stop=("<END>",))
    assert found == {
        "model": "o3",
        "messages": [{"role": "user", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "reasoning_effort": "high",
    }


REASONING: list[tuple[str, str, dict[str, object]]] = [
    ("openai", "openai/o4-mini-low", {"reasoning_effort": "low"}),
    ("azure-openai", "openai/o3-medium", {"reasoning_effort": "medium"}),
    ("openrouter", "openai/o3-high", {"reasoning": {"exclude": True, "effort": "high"}}),
    (
        "openrouter",
        "anthropic/claude-sonnet-4-thinking",
        {"reasoning": {"exclude": True, "max_tokens": 32000}},
    ),
    ("openrouter", "deepseek/r1", {"reasoning": {"exclude": False}}),
    ("openrouter", "openai/gpt-4.1", {}),
    (
        "google-ai-studio",
        "google/gemini-2.5-flash-thinking",
        {"extra_body": {"google": {"thinking_config": {"include_thoughts": True}}}},
    ),
    (
        "google-vertex",
        "google/gemini-2.5-flash-thinking-hidden",
        {"extra_body": {"google": {"thinking_config": {"include_thoughts": False}}}},
    ),
    ("google-ai-studio", "google/gemini-2.5-pro", {}),
    ("deepseek", "deepseek/r1", {}),
    ("perplexity", "perplexity/sonar-reasoning", {}),
]


@pytest.mark.parametrize(("provider", "model", "expected"), REASONING)
def test_reasoning(provider: str, model: str, expected: dict[str, object]) -> None:
    found = body(provider, model)
    names = ("reasoning", "reasoning_effort", "extra_body")
    assert {name: found[name] for name in names if name in found} == expected


def test_a_forced_tool() -> None:
    found = body("openai", tool=TOOL)
    assert found["tool_choice"] == {"type": "function", "function": {"name": "namePlan"}}
    assert found["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "namePlan",
                "description": "Names it",
                "parameters": {"type": "object", "properties": {}},
            },
        }
    ]


def test_ollama_gets_no_role_parameters() -> None:
    assert not {"temperature", "top_p"} & body("ollama").keys()


def test_only_deepseek_is_told_how_much_it_may_write() -> None:
    assert body("deepseek", "deepseek/v3")["max_tokens"] == 8192
    assert "max_tokens" not in body("openai") | body("openrouter") | body("google-ai-studio")


MARKED = ChatMessage("system", (Part("Rules", cache=True), Part("More")))


def test_cache_marks_where_the_model_knows_them() -> None:
    messages = (MARKED, text_message("user", "Hi"))
    found = body("openrouter", "anthropic/claude-sonnet-4", *messages)
    assert found["messages"] == [
        {
            "role": "system",
            "content": [
                {"type": "text", "text": "Rules", "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "More"},
            ],
        },
        {"role": "user", "content": "Hi"},
    ]
    plain = [{"role": "system", "content": "Rules\n\nMore"}, {"role": "user", "content": "Hi"}]
    assert body("openai", "", *messages)["messages"] == plain
    without = asked(chosen("openrouter", "anthropic/claude-sonnet-4"), *messages, cache=False)
    assert openai_body(without)["messages"] == plain


@pytest.mark.parametrize(("provider", "detail"), [("openai", "high"), ("google-ai-studio", None)])
def test_images(provider: str, detail: str | None) -> None:
    found = body(provider, "", ChatMessage("user", (Part("Look"), IMAGE)))
    image = {"url": "data:image/png;base64,AAAA"} | ({"detail": detail} if detail else {})
    assert found["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look"},
                {"type": "image_url", "image_url": image},
            ],
        }
    ]


def roles(request: ModelRequest) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in openai_body(request)["messages"]]


@pytest.mark.parametrize(
    ("provider", "model", "role"),
    [
        ("openai", "openai/gpt-4.1", "system"),
        ("openrouter", "anthropic/claude-sonnet-4", "user"),
        ("google-ai-studio", "google/gemini-2.5-pro", "user"),
        ("perplexity", "perplexity/r1-1776", "user"),
        ("openai", "openai/o3-low", "user"),
    ],
)
def test_a_single_system_message(provider: str, model: str, role: str) -> None:
    assert roles(asked(chosen(provider, model), text_message("system", "Name it"))) == [
        (role, "Name it")
    ]


def test_turns_and_blanks() -> None:
    messages = (
        text_message("system", "Rules"),
        text_message("user", "a"),
        text_message("assistant", "  "),
        text_message("user", "b"),
        text_message("assistant", "c"),
        text_message("user", "d"),
    )
    merged = [("system", "Rules"), ("user", "a\n\nb"), ("assistant", "c"), ("user", "d")]
    assert roles(asked(chosen("deepseek"), *messages)) == merged
    apart = [merged[0], ("user", "a"), ("user", "b"), *merged[2:]]
    assert roles(asked(chosen("openai"), *messages)) == apart


def test_servers_that_know_no_stream_options() -> None:
    refused = error(400, {"error": {"message": "Unrecognized argument: stream_options"}})

    async def script(scene: Scene) -> None:
        for _ in range(2):
            assert (await scene.ask(chosen("custom"))).finish == "stop"

    requests = play(script, refused, DONE).requests
    assert ["stream_options" in request.json for request in requests] == [True, False, False]


@pytest.mark.parametrize("key", ["sk-\nabc", "“sk-quoted”", "sk-\x00"])
def test_a_key_that_no_header_can_carry(key: str) -> None:
    async def script(scene: Scene) -> None:
        with pytest.raises(ModelError, match="characters") as caught:
            await scene.ask(chosen("openai", OPENAI_API_KEY=key))
        assert not caught.value.retriable
        assert key not in caught.value.msg

    assert play(script, DONE).requests == []


def test_blanks_around_a_key_are_no_part_of_it() -> None:
    request = sent("openai", OPENAI_API_KEY=f" {KEY}\n").requests[0]
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_connections_are_kept() -> None:
    async def script(scene: Scene) -> None:
        for _ in range(3):
            await scene.ask(chosen("openai"))
        assert len(scene.provider.connections) == 1

    play(script, DONE)


@pytest.mark.parametrize("provider", ["openai", "openrouter", "azure-openai", "ollama"])
def test_later_requests_to_an_address_are_as_the_first(provider: str) -> None:
    """They are made from it, and it was another caller's."""
    other = {"openai": {"OPENAI_ORG_ID": "org-of-other"}}.get(provider, {})

    async def script(scene: Scene) -> None:
        await scene.ask(chosen(provider, **other), stop=("<END>",))
        await scene.ask(chosen(provider), stop=("<END>",))

    first, second = play(script, DONE, DONE).requests
    assert (second.method, second.target, second.json) == (first.method, first.target, first.json)
    assert second.headers.pop("content-length") == str(len(second.raw))
    first.headers.pop("content-length")
    assert first.headers.pop("openai-organization", None) == other.get("OPENAI_ORG_ID")
    assert second.headers == first.headers


def test_each_deployment_of_azure_has_its_own_address() -> None:
    async def script(scene: Scene) -> None:
        for deployment in ("one", "two", "one"):
            given = f'{{"gpt-4.1": "{deployment}"}}'
            await scene.ask(chosen("azure-openai", AZURE_DEPLOYMENTS_MAP=given))

    targets = [request.target for request in play(script, DONE, DONE, DONE).requests]
    names = [target.removeprefix("/openai/deployments/").partition("/")[0] for target in targets]
    assert names == ["one", "two", "one"]
