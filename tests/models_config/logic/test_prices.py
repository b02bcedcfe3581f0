"""What calls cost, by hand-made sums."""

from decimal import Decimal

import pytest

from models_config.logic.catalog import builtin_models, builtin_providers
from models_config.logic.prices import (
    FREE,
    LongPrice,
    Price,
    TokenCounts,
    cost_of,
    price_list,
    price_of,
)

CLAUDE = Price(
    input=Decimal(3),
    cached_input=Decimal("0.3"),
    cache_write=Decimal("3.75"),
    output=Decimal(15),
)


def test_each_kind_of_token_has_its_price() -> None:
    cost = cost_of(CLAUDE, TokenCounts(input=10_000, cached=6_000, cache_write=1_000, output=500))
    # 3,000 × 3 + 6,000 × 0.3 + 1,000 × 3.75 + 500 × 15, per million
    assert cost.total == Decimal("0.02205")
    assert cost.saved == Decimal("0.0162")  # 6,000 × 2.7


def test_without_prices_of_its_own_the_cache_costs_as_other_input() -> None:
    price = Price(input=Decimal(2), output=Decimal(8))
    cost = cost_of(price, TokenCounts(input=1_000, cached=400, cache_write=100, output=0))
    assert (cost.total, cost.saved) == (Decimal("0.002"), Decimal(0))


@pytest.mark.parametrize(
    ("tokens", "dollars"),
    [(200_000, Decimal("0.25")), (200_001, Decimal("0.5000025"))],
)
def test_a_long_request_costs_more_for_all_its_tokens(tokens: int, dollars: Decimal) -> None:
    above = LongPrice(tokens=200_000, input=Decimal("2.5"), output=Decimal(15))
    price = Price(input=Decimal("1.25"), output=Decimal(10), above=above)
    assert cost_of(price, TokenCounts(input=tokens, output=0)).total == dollars


def test_a_fee_per_request_comes_on_top() -> None:
    price = Price(input=Decimal(1), output=Decimal(5), request=Decimal("0.012"))
    assert cost_of(price, TokenCounts(input=1_000, output=1_000)).total == Decimal("0.018")


def test_more_cached_tokens_than_input_are_not_believed() -> None:
    assert cost_of(CLAUDE, TokenCounts(input=10, cached=50, output=0)).total == Decimal("0.000003")


def test_the_org_s_own_price_wins_over_the_list() -> None:
    own = {("openai/gpt-4.1", ""): FREE, ("openai/gpt-4.1", "azure-openai"): CLAUDE}
    asked = {"model_id": "openai/gpt-4.1", "own": own}
    assert price_of(provider="openai", model_name="gpt-4.1", **asked) is FREE  # type: ignore[arg-type]
    assert price_of(provider="azure-openai", model_name="azure/gpt-4.1", **asked) is CLAUDE  # type: ignore[arg-type]


def test_local_models_are_free_and_unknown_ones_have_no_price() -> None:
    assert price_of(model_id="m", provider="ollama", model_name="ollama_chat/m", own={}) is FREE
    assert price_of(model_id="m", provider="custom|x", model_name="m", own={}) is None


def test_the_registry_s_models_have_prices() -> None:
    providers = builtin_providers()
    missing = {
        (used.provider, used.model_name)
        for model in builtin_models().values()
        for used in model.providers
        if not providers[used.provider].has_claude_max_auth
        and price_of(
            model_id=model.model_id, provider=used.provider, model_name=used.model_name, own={}
        )
        is None
    }
    # OpenRouter has no model of this name; should it answer, it names the cost itself.
    assert missing == {("openrouter", "mistral/devstral-small")}


def test_the_list_names_its_sources_and_their_date() -> None:
    assert price_list().sources and price_list().as_of
