"""What one request to a model uses: its row while it runs, and when it has ended."""

import time
from dataclasses import dataclass
from decimal import Decimal

from execution.clients.base import Delta, Usage
from execution.models import CallResult, ModelCall
from models_config.logic.credentials import ProviderChoice
from models_config.logic.prices import Price, TokenCounts, cost_of, rounded
from plandex_server.db import now

CHARS_PER_TOKEN = 4
EXPECTED_OUTPUT = 4_000
"""Tokens of an answer, for what a call may cost: a long reply; most are shorter."""
MAX_TOKENS = 1_000_000_000
"""No call uses so many; what a provider says beyond would not fit the row."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Who asks whom for what, and at which price."""

    org_id: str
    user_id: str
    plan_id: str
    run_id: str | None
    session_id: str
    role: str
    purpose: str
    pack: str
    input_tokens: int
    choice: ProviderChoice
    price: Price | None


class Meter:
    """Measures one request. `call` is its row, running until `stop`."""

    def __init__(self, facts: CallFacts) -> None:
        self._price = facts.price
        self._start = time.monotonic()
        self._first: float | None = None
        self._chars = 0
        self._usage: Usage | None = None
        self.result: str = CallResult.CANCELLED
        self.call = _row(facts)

    def begin(self) -> None:
        """The request goes out now: what came before was our own work."""
        self._start = time.monotonic()

    def count(self, delta: Delta) -> None:
        if self._first is None and (delta.text or delta.reasoning):
            self._first = time.monotonic() - self._start
        self._chars += len(delta.text) + len(delta.reasoning)
        if delta.usage is not None:
            self._usage = delta.usage

    def stop(self) -> ModelCall:
        """The row with what was used; without the provider's own count that is an estimate."""
        call, usage = self.call, _plausible(self._usage) or self._estimate()
        call.result = self.result
        call.input_tokens, call.output_tokens = usage.input, usage.output
        call.cached_tokens, call.cache_write_tokens = usage.cached, usage.cache_write
        call.reasoning_tokens = usage.reasoning
        call.reported = self._usage is not None
        call.cost, call.cache_saving = self._cost(usage)
        call.first_token_ms = None if self._first is None else int(self._first * 1000)
        call.duration_ms = int((time.monotonic() - self._start) * 1000)
        return call

    def _estimate(self) -> Usage:
        """A request that was refused before any text came costs nothing."""
        if self.result.startswith("error") and not self._chars:
            return Usage()
        return Usage(input=self.call.input_tokens, output=self._chars // CHARS_PER_TOKEN)

    def _cost(self, usage: Usage) -> tuple[Decimal | None, Decimal]:
        tokens = TokenCounts(usage.input, usage.output, usage.cached, usage.cache_write)
        nothing = not (usage.input or usage.output)
        by_list = None if self._price is None or nothing else cost_of(self._price, tokens)
        saved = by_list.saved if by_list is not None else Decimal(0)
        if usage.cost is not None:
            return rounded(Decimal(str(usage.cost))), saved
        if nothing:
            return Decimal(0), saved
        return (None if by_list is None else by_list.total), saved


def _plausible(usage: Usage | None) -> Usage | None:
    """A provider's count as the row can keep it: a broken provider must not cost the reply."""
    if usage is None:
        return None
    return Usage(
        input=_clamped(usage.input),
        output=_clamped(usage.output),
        cached=_clamped(usage.cached),
        reasoning=_clamped(usage.reasoning),
        cache_write=_clamped(usage.cache_write),
        cost=usage.cost,
    )


def _clamped(count: int) -> int:
    return min(max(count, 0), MAX_TOKENS)


def _row(facts: CallFacts) -> ModelCall:
    choice, price = facts.choice, facts.price
    reserved = Decimal(0)
    if price is not None:
        reserved = cost_of(price, TokenCounts(facts.input_tokens, EXPECTED_OUTPUT)).total
        price = price.at(facts.input_tokens)
    return ModelCall(
        org_id=facts.org_id,
        user_id=facts.user_id,
        plan_id=facts.plan_id,
        run_id=facts.run_id,
        session_id=facts.session_id.replace("\0", "")[:64],
        role=facts.role,
        purpose=facts.purpose,
        pack=facts.pack,
        model_id=choice.model_id,
        model_name=choice.model_name,
        provider=choice.composite,
        org_key=choice.org_key,
        input_tokens=facts.input_tokens,
        input_price=price.input if price is not None else None,
        output_price=price.output if price is not None else None,
        reserved=reserved,
        result=CallResult.RUNNING,
        reported=False,
        started_at=now(),
    )
