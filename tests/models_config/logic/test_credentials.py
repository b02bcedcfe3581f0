import base64
from typing import Any

import msgspec
import pytest

from models_config.logic.catalog import Transport, UsesProvider
from models_config.logic.credentials import (
    Credentials,
    NoCredentials,
    Reasoning,
    auth_vars_of,
    available_providers,
    choose_provider,
    fallback_provider,
)
from models_config.logic.org_models import CustomProvider, OrgModels
from models_config.logic.provider_auth import BadCredential
from tests.models_config.logic.samples import LLAMA, ORG, TOGETHER

SONNET = "anthropic/claude-sonnet-4"
AWS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "eu-west-1"}
VERTEX = {
    "GOOGLE_APPLICATION_CREDENTIALS": '{"type": "service_account"}',
    "VERTEXAI_PROJECT": "proj",
    "VERTEXAI_LOCATION": "us-east5",
}
AZURE = {"AZURE_OPENAI_API_KEY": "k", "AZURE_API_BASE": "https://me.openai.azure.com"}
SUBSCRIPTION = {"ANTHROPIC_CLAUDE_MAX_TOKEN": "t"}
ROUTER = {"OPENROUTER_API_KEY": "r"}


def given(**auth_vars: str) -> Credentials:
    return Credentials(auth_vars=auth_vars)


CHOICES: list[tuple[str, dict[str, str], str, str, str, str]] = [
    # model, variables, transport, model's name there, base url, key
    ("openai/o3-high", {"OPENAI_API_KEY": "k"}, "openai", "o3", "https://api.openai.com/v1", "k"),
    (
        "openai/o3-high",
        ROUTER,
        "openrouter",
        "openai/o3",
        "https://openrouter.ai/api/v1",
        "r",
    ),
    ("openai/o3-high", AZURE, "azure", "o3", "https://me.openai.azure.com", "k"),
    (
        "openai/o3-high",
        AZURE | {"AZURE_DEPLOYMENTS_MAP": '{"o3": "my-o3"}'},
        "azure",
        "my-o3",
        "https://me.openai.azure.com",
        "k",
    ),
    (
        "openai/o3-high",
        AZURE | {"AZURE_DEPLOYMENTS_MAP": '{"o4": "my-o4"}'},
        "azure",
        "o3",
        "https://me.openai.azure.com",
        "k",
    ),
    (
        SONNET,
        {"ANTHROPIC_API_KEY": "k"},
        "anthropic",
        "claude-sonnet-4-0",
        "https://api.anthropic.com",
        "k",
    ),
    (
        SONNET,
        AWS,
        "bedrock",
        "anthropic.claude-sonnet-4-20250514-v1:0",
        "https://bedrock-runtime.eu-west-1.amazonaws.com",
        "",
    ),
    (
        "anthropic/claude-opus-4",
        AWS,
        "bedrock",
        "anthropic.claude-opus-4-20250514-v1:0",
        "https://bedrock-runtime.eu-west-1.amazonaws.com",
        "",
    ),
    (
        SONNET,
        VERTEX,
        "vertex",
        "claude-sonnet-4@20250514",
        "https://us-east5-aiplatform.googleapis.com/v1",
        "",
    ),
    (
        "google/gemini-2.5-pro",
        VERTEX | {"VERTEXAI_LOCATION": "global"},
        "vertex",
        "gemini-2.5-pro",
        "https://aiplatform.googleapis.com/v1",
        "",
    ),
    (
        "google/gemini-2.5-pro",
        {"GEMINI_API_KEY": "k"},
        "google",
        "gemini-2.5-pro",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "k",
    ),
    (
        "deepseek/r1",
        {"DEEPSEEK_API_KEY": "k"},
        "deepseek",
        "deepseek-reasoner",
        "https://api.deepseek.com/v1",
        "k",
    ),
    (
        "perplexity/sonar-reasoning",
        {"PERPLEXITY_API_KEY": "k"},
        "perplexity",
        "sonar-reasoning",
        "https://api.perplexity.ai",
        "k",
    ),
    ("qwen/qwen3-8b-local", {}, "ollama", "qwen3:8b", "http://localhost:11434/v1", ""),
    (
        LLAMA.model_id,
        {"TOGETHER_API_KEY": "k"} | ROUTER,
        "custom",
        "meta-llama/Llama-4-Maverick",
        "https://api.together.xyz/v1",
        "k",
    ),
    (
        LLAMA.model_id,
        ROUTER,
        "openrouter",
        "meta-llama/llama-4-maverick",
        "https://openrouter.ai/api/v1",
        "r",
    ),
]


@pytest.mark.parametrize(("model_id", "auth_vars", "transport", "name", "url", "key"), CHOICES)
def test_choice(
    model_id: str, auth_vars: dict[str, str], transport: str, name: str, url: str, key: str
) -> None:
    choice = choose_provider(model_id, ORG, given(**auth_vars))
    assert choice.transport == transport
    assert (choice.api_model, choice.base_url, choice.auth.api_key) == (name, url, key)
    assert choice.model_id == model_id


def test_the_models_own_order_decides() -> None:
    every = given(OPENAI_API_KEY="k", **ROUTER, **AZURE)
    uses = available_providers("openai/o3-high", ORG, every)
    assert [used.provider for used in uses] == ["openai", "azure-openai", "openrouter"]


def test_a_variable_counts_when_its_key_is_there() -> None:
    assert choose_provider("openai/o3-high", ORG, given(OPENAI_API_KEY="")).provider == "openai"


@pytest.mark.parametrize("missing", [*AWS, *VERTEX, *AZURE])
def test_every_required_variable_must_be_there(missing: str) -> None:
    family = next(one for one in (AWS, VERTEX, AZURE) if missing in one)
    model_id = "openai/o3-high" if family is AZURE else SONNET
    incomplete = {key: value for key, value in family.items() if key != missing}
    with pytest.raises(NoCredentials):
        choose_provider(model_id, ORG, given(**incomplete))


def test_extra_variables_and_defaults_travel_with_the_choice() -> None:
    azure = choose_provider("openai/o3-high", ORG, given(**AZURE))
    assert azure.auth.extra["AZURE_API_VERSION"] == "2025-04-01-preview"
    openai = choose_provider(
        "openai/o3-high", ORG, given(OPENAI_API_KEY="k", OPENAI_ORG_ID="org-1")
    )
    assert openai.headers == {"OpenAI-Organization": "org-1"}
    custom = choose_provider(LLAMA.model_id, ORG, given(TOGETHER_API_KEY="k"))
    assert custom.auth.extra == {"TOGETHER_REGION": "eu"}
    assert custom.composite == "custom|togetherai"
    bedrock = choose_provider(SONNET, ORG, given(**AWS, AWS_SESSION_TOKEN="s"))
    assert bedrock.auth.extra == AWS | {"AWS_SESSION_TOKEN": "s"}


def test_json_variables_may_come_in_base64() -> None:
    text = VERTEX["GOOGLE_APPLICATION_CREDENTIALS"]
    encoded = base64.b64encode(text.encode()).decode()
    sent = VERTEX | {"GOOGLE_APPLICATION_CREDENTIALS": encoded}
    choice = choose_provider(SONNET, ORG, given(**sent))
    assert choice.auth.extra["GOOGLE_APPLICATION_CREDENTIALS"] == text


@pytest.mark.parametrize("value", ["/home/me/key.json", "[]", "bm90IGpzb24=", "\ud800"])
def test_a_json_variable_that_is_none(value: str) -> None:
    sent = VERTEX | {"GOOGLE_APPLICATION_CREDENTIALS": value}
    with pytest.raises(BadCredential) as caught:
        choose_provider(SONNET, ORG, given(**sent))
    assert str(caught.value) == (
        "GOOGLE_APPLICATION_CREDENTIALS must be a JSON object, or one in base64"
    )


def test_secrets_do_not_show() -> None:
    credentials = given(OPENAI_API_KEY="sk-secret", OPENAI_ORG_ID="org-secret")
    assert "secret" not in repr(choose_provider("openai/o3-high", ORG, credentials))
    assert "secret" not in repr(credentials)


def test_the_subscription_is_never_used() -> None:
    with_router = given(**SUBSCRIPTION, **ROUTER)
    assert choose_provider(SONNET, ORG, with_router).provider == "openrouter"
    with pytest.raises(NoCredentials, match="does not use Claude subscriptions"):
        choose_provider(SONNET, ORG, given(**SUBSCRIPTION))


def test_no_credentials_names_what_is_missing() -> None:
    with pytest.raises(NoCredentials) as caught:
        choose_provider("openai/o3-high", ORG, given(DEEPSEEK_API_KEY="k"))
    assert str(caught.value) == (
        "No api keys/credentials provided for models: openai/o3-high needs OPENAI_API_KEY, "
        "or AZURE_OPENAI_API_KEY and AZURE_API_BASE, or OPENROUTER_API_KEY"
    )
    with pytest.raises(NoCredentials, match="no provider serves gone/model"):
        choose_provider("gone/model", ORG, given())
    lost = OrgModels(models=(msgspec.structs.replace(LLAMA, providers=LLAMA.providers[:1]),))
    with pytest.raises(NoCredentials, match="no usable provider serves"):
        choose_provider(LLAMA.model_id, lost, given())


def test_local_providers_of_a_pack() -> None:
    both = "mistral/devstral-small"
    credentials = given(**ROUTER)
    # Without a local provider of the pack, its order puts Ollama first.
    assert choose_provider(both, ORG, credentials).provider == "ollama"
    assert choose_provider(both, ORG, credentials, "ollama").provider == "ollama"
    assert choose_provider(both, ORG, credentials, "another").provider == "openrouter"


@pytest.mark.parametrize("address", ["http://gpu:11434", "http://gpu:11434/v1/"])
def test_ollama_runs_where_the_server_is_told(address: str) -> None:
    credentials = Credentials(auth_vars={}, ollama_base_url=address)
    choice = choose_provider("qwen/qwen3-8b-local", ORG, credentials, "ollama")
    assert choice.base_url == "http://gpu:11434/v1"
    assert not choice.sends_role_params


def test_skip_auth_needs_nothing() -> None:
    open_provider = CustomProvider(name="togetherai", base_url="http://x", skip_auth=True)
    org = OrgModels(models=(LLAMA,), providers=(open_provider,))
    choice = choose_provider(LLAMA.model_id, org, given())
    assert (choice.base_url, choice.auth.api_key) == ("http://x", "")


def test_two_custom_providers_each_with_the_models_name_there() -> None:
    other = CustomProvider(name="other", base_url="http://other", api_key_env_var="OTHER")
    uses = [
        *LLAMA.providers[:1],
        UsesProvider(provider="custom", custom_provider="other", model_name="llama-other"),
    ]
    org = OrgModels(
        models=(msgspec.structs.replace(LLAMA, providers=uses),), providers=(TOGETHER, other)
    )
    choice = choose_provider(LLAMA.model_id, org, given(OTHER="k"))
    assert (choice.api_model, choice.base_url) == ("llama-other", "http://other")


@pytest.mark.parametrize(
    ("model_id", "auth_vars", "expected"),
    [
        ("openai/o3-high", {"OPENAI_API_KEY": "k"}, None),
        ("openai/o3-high", {"OPENAI_API_KEY": "k"} | AZURE, "azure-openai"),
        ("openai/o3-high", {"OPENAI_API_KEY": "k"} | AZURE | ROUTER, "openrouter"),
        (SONNET, AWS | VERTEX, "google-vertex"),
        (LLAMA.model_id, {"TOGETHER_API_KEY": "k"} | ROUTER, "openrouter"),
        # OpenRouter is no fallback of itself.
        ("mistral/devstral-small", ROUTER, "openrouter"),
    ],
)
def test_fallback(model_id: str, auth_vars: dict[str, str], expected: str | None) -> None:
    credentials = given(**auth_vars)
    chosen = choose_provider(model_id, ORG, credentials)
    fallback = fallback_provider(chosen, ORG, credentials)
    assert (fallback.provider if fallback else None) == expected
    assert fallback is None or fallback.composite != chosen.composite


@pytest.mark.parametrize(
    ("model_id", "expected", "shown"),
    [
        ("openai/o3-high", Reasoning(None, "high", True), False),
        (f"{SONNET}-thinking", Reasoning(32000, None, True), False),
        (f"{SONNET}-thinking-hidden", Reasoning(32000, None, True), False),
        ("google/gemini-2.5-flash-thinking", Reasoning(None, None, False), True),
        ("google/gemini-2.5-flash-thinking-hidden", Reasoning(None, None, True), False),
        ("deepseek/r1", Reasoning(None, None, False), True),
        (SONNET, None, False),
    ],
)
def test_reasoning(model_id: str, expected: Reasoning | None, shown: bool) -> None:
    choice = choose_provider(model_id, ORG, given(**ROUTER, OPENAI_API_KEY="k"))
    assert choice.reasoning == expected
    assert choice.shows_reasoning == shown


def test_properties_reach_the_client() -> None:
    o3 = choose_provider("openai/o3-high", ORG, given(OPENAI_API_KEY="k"))
    assert o3.transport is Transport.OPENAI
    assert o3.properties.stop_disabled and o3.properties.system_prompt_disabled
    assert not o3.sends_role_params
    sonnet = choose_provider(SONNET, ORG, given(ANTHROPIC_API_KEY="k"))
    assert sonnet.properties.supports_cache_control and sonnet.sends_role_params


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (({"A": "1"}, {"B": "2"}, "org"), {"A": "1"}),
        ((None, {"B": "2"}, "org"), {"B": "2", "OPENAI_ORG_ID": "org"}),
        ((None, None, ""), {}),
        (({}, {"B": "2"}, ""), {}),
    ],
)
def test_auth_vars_of(arguments: Any, expected: dict[str, str]) -> None:
    assert auth_vars_of(*arguments) == expected


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("europe-west1", "https://europe-west1-aiplatform.googleapis.com/v1"),
        ("us", "https://aiplatform.us.rep.googleapis.com/v1"),
        ("global", "https://aiplatform.googleapis.com/v1"),
    ],
)
def test_places_of_vertex(location: str, url: str) -> None:
    choice = choose_provider(SONNET, ORG, given(**VERTEX | {"VERTEXAI_LOCATION": location}))
    assert choice.base_url == url


@pytest.mark.parametrize(
    "bad",
    [
        VERTEX | {"VERTEXAI_LOCATION": "evil.example/#"},
        VERTEX | {"VERTEXAI_PROJECT": "a/../b"},
        VERTEX | {"GOOGLE_APPLICATION_CREDENTIALS": " "},
        AWS | {"AWS_REGION": "evil.example/"},
        AWS | {"AWS_SECRET_ACCESS_KEY": ""},
        AZURE | {"AZURE_API_BASE": ""},
    ],
)
def test_values_that_can_not_be_used(bad: dict[str, str]) -> None:
    model = "openai/gpt-4.1" if "AZURE_API_BASE" in bad else SONNET
    with pytest.raises(BadCredential):
        choose_provider(model, ORG, given(**bad))


def test_an_inference_profile_is_the_model() -> None:
    arn = "arn:aws:bedrock:eu-west-1:1:inference-profile/x"
    choice = choose_provider(SONNET, ORG, given(**AWS, AWS_INFERENCE_PROFILE_ARN=arn))
    assert choice.api_model == arn


def test_what_no_message_may_show() -> None:
    account = '{"type": "service_account", "private_key": "PEM text", "client_email": "me@x"}'
    vertex = choose_provider(
        SONNET, ORG, given(**VERTEX | {"GOOGLE_APPLICATION_CREDENTIALS": account})
    )
    assert vertex.auth.secrets == (account, "PEM text")
    keyed = given(OPENAI_API_KEY=" the-key\n", OPENAI_ORG_ID="org-open")
    assert choose_provider("openai/gpt-4.1", ORG, keyed).auth.secrets == (" the-key\n", "the-key")
    bedrock = choose_provider(
        SONNET, ORG, given(AWS_ACCESS_KEY_ID="AKID", AWS_SECRET_ACCESS_KEY="hush", AWS_REGION="us")
    )
    assert set(bedrock.auth.secrets) == {"AKID", "hush"}
