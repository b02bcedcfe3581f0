"""What is sent in Anthropic's protocol: to Anthropic, Vertex and Bedrock."""

from typing import Any

import pytest

from execution.clients.anthropic_shapes import anthropic_body
from execution.logic.chat_messages import ChatMessage, ImagePart, Part, text_message
from tests.execution.clients.asking import KEY, TOOL, Scene, asked, chosen, play
from tests.execution.clients.scripted import Answer, recorded

SONNET = "anthropic/claude-sonnet-4"
DONE = Answer([recorded("anthropic.sse")])


def body(model: str = SONNET, *messages: ChatMessage, **changes: Any) -> dict[str, Any]:
    return anthropic_body(asked(chosen("anthropic", model), *messages, **changes))


def test_address_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-of-server")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-server")

    async def script(scene: Scene) -> None:
        await scene.ask(chosen("anthropic"))

    request = play(script, DONE).requests[0]
    assert (request.method, request.target) == ("POST", "/v1/messages")
    assert request.headers["x-api-key"] == KEY
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in request.headers
    assert "of-server" not in str(request.headers)
    assert request.json == body()


def test_the_body() -> None:
    assert body(stop=("<END>",)) == {
        "model": "claude-sonnet-4-0",
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
        "max_tokens": 64_000,
        "stream": True,
        "stop_sequences": ["<END>"],
        "temperature": 0.3,
    }


LIMITS = [
    ("anthropic", "anthropic/claude-opus-4", 32_000),
    ("anthropic", "anthropic/claude-sonnet-4", 64_000),
    ("anthropic", "anthropic/claude-3.7-sonnet", 64_000),
    ("anthropic", "anthropic/claude-3.5-sonnet", 8192),
    ("anthropic", "anthropic/claude-3.5-haiku", 8192),
    ("google-vertex", "anthropic/claude-opus-4", 32_000),
    ("google-vertex", "anthropic/claude-3.5-sonnet", 8192),
    ("aws-bedrock", "anthropic/claude-opus-4", 32_000),
    ("aws-bedrock", "anthropic/claude-sonnet-4", 64_000),
]


@pytest.mark.parametrize(("provider", "model", "limit"), LIMITS)
def test_the_providers_limit_of_an_answer(provider: str, model: str, limit: int) -> None:
    assert anthropic_body(asked(chosen(provider, model)))["max_tokens"] == limit


@pytest.mark.parametrize(
    ("input_tokens", "expected"), [(0, 64_000), (110_000, 48_750), (150_000, 40_000)]
)
def test_the_answer_must_fit_into_the_window(input_tokens: int, expected: int) -> None:
    assert body(input_tokens=input_tokens)["max_tokens"] == expected


def test_thinking_excludes_temperature_and_a_forced_tool() -> None:
    found = body("anthropic/claude-sonnet-4-thinking", tool=TOOL)
    assert found["thinking"] == {"type": "enabled", "budget_tokens": 32_000}
    assert found["max_tokens"] > 32_000
    assert found["tool_choice"] == {"type": "auto"}
    assert "temperature" not in found


def test_thinking_leaves_room_for_the_answer() -> None:
    found = body("anthropic/claude-3.7-sonnet-thinking", input_tokens=160_000)
    assert found["max_tokens"] == 20_000
    assert found["thinking"]["budget_tokens"] == 20_000 - 4096


def test_a_forced_tool() -> None:
    found = body(tool=TOOL)
    assert found["tool_choice"] == {"type": "tool", "name": "namePlan"}
    assert found["tools"] == [
        {
            "name": "namePlan",
            "description": "Names it",
            "input_schema": {"type": "object", "properties": {}},
        }
    ]


def test_a_temperature_above_the_providers() -> None:
    request = asked(chosen("anthropic"))
    hot = type(request)(request.choice, request.messages, temperature=1.5, top_p=1)
    assert anthropic_body(hot)["temperature"] == 1.0


def test_turns_begin_and_end_with_the_user() -> None:
    found = body(
        SONNET,
        text_message("system", "Rules"),
        text_message("assistant", "a"),
        text_message("user", "b"),
        text_message("user", "c"),
        text_message("user", "\n"),
        text_message("assistant", "d "),
    )
    turns = [
        (turn["role"], [part["text"] for part in turn["content"]]) for turn in found["messages"]
    ]
    assert turns == [
        ("user", ["Go on."]),
        ("assistant", ["a"]),
        ("user", ["b", "c"]),
        ("assistant", ["d "]),
        ("user", ["Go on."]),
    ]


def test_a_single_system_message_is_the_users() -> None:
    found = body(SONNET, text_message("system", "Name it"))
    assert "system" not in found
    assert found["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Name it"}]}]


def test_images() -> None:
    found = body(
        SONNET, ChatMessage("user", (Part("Look"), ImagePart("data:image/png;base64,AAA")))
    )
    assert found["messages"][0]["content"][1] == {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": "AAA"},
    }


def marks(found: dict[str, Any]) -> list[str]:
    parts = [*found["system"], *(part for turn in found["messages"] for part in turn["content"])]
    return [part["text"] for part in parts if "cache_control" in part]


def test_cache_marks_are_the_last_four() -> None:
    messages = (
        ChatMessage("system", (Part("1", cache=True), Part("2", cache=True), Part("3"))),
        ChatMessage("user", tuple(Part(str(number), cache=True) for number in range(4, 7))),
    )
    assert marks(body(SONNET, *messages)) == ["2", "4", "5", "6"]
    assert marks(body(SONNET, *messages, cache=False)) == []
