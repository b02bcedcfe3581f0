"""What a model call costs. Prices are dollars per million tokens.

`data/prices.json` is our own list, with its sources and their date: the registry has no prices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import msgspec

from models_config.logic.catalog import builtin_providers, read_data

MILLION = Decimal(1_000_000)
PLACES = Decimal("0.0000000001")
"""As exact as a cost is stored."""


class LongPrice(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What all tokens of a request cost that has more input than `tokens`."""

    tokens: int
    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Without prices of their own, tokens from the cache and into it cost what others cost.
    `request` comes on top of each request."""

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    request: Decimal = Decimal(0)
    above: LongPrice | None = None

    def at(self, input_tokens: int) -> "Price":
        """The price of a request of this size."""
        above = self.above
        if above is None or input_tokens <= above.tokens:
            return self
        return Price(
            input=above.input,
            output=above.output,
            cached_input=above.cached_input,
            cache_write=self.cache_write,
            request=self.request,
        )


class ListedPrice(Price, frozen=True, kw_only=True, rename="camel"):
    provider: str
    model_name: str


class PriceList(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    as_of: str
    sources: tuple[str, ...]
    prices: tuple[ListedPrice, ...]


FREE = Price(input=Decimal(0), output=Decimal(0))


@cache
def price_list() -> PriceList:
    return read_data("prices.json", PriceList)


@cache
def _listed() -> dict[tuple[str, str], Price]:
    return {(price.provider, price.model_name): price for price in price_list().prices}


OrgPrices = Mapping[tuple[str, str], Price]
"""An org's own prices by model id and provider; the provider is empty for all of them."""


def price_of(*, model_id: str, provider: str, model_name: str, own: OrgPrices) -> Price | None:
    """The org's own price, else the list's; None where nobody knows it."""
    found = own.get((model_id, provider)) or own.get((model_id, ""))
    if found is not None:
        return found
    built_in = builtin_providers().get(provider)
    if built_in is not None and built_in.local_only:
        return FREE
    return _listed().get((provider, model_name))


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """`input` includes what came from the provider's cache and what was written to it."""

    input: int
    output: int
    cached: int = 0
    cache_write: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """`saved` is what the cached tokens would have cost more without the cache."""

    total: Decimal
    saved: Decimal


def cost_of(price: Price, tokens: TokenCounts) -> Cost:
    at = price.at(tokens.input)
    cached = min(tokens.cached, tokens.input)
    written = min(tokens.cache_write, tokens.input - cached)
    plain = tokens.input - cached - written
    cached_price = at.input if at.cached_input is None else at.cached_input
    write_price = at.input if at.cache_write is None else at.cache_write
    total = (
        plain * at.input + cached * cached_price + written * write_price + tokens.output * at.output
    ) / MILLION + at.request
    saved = cached * (at.input - cached_price) / MILLION
    return Cost(rounded(total), rounded(max(saved, Decimal(0))))


def rounded(dollars: Decimal) -> Decimal:
    return dollars.quantize(PLACES, rounding=ROUND_HALF_UP)
