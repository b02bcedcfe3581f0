"""The rows of model calls: written before a call, closed once with what it used."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from execution.models import DAY_SUMS, CallResult, ModelCall, UsageDay
from models_config.logic.prices import Price, TokenCounts, cost_of
from plandex_server.db import now
from plandex_server.prepared import Slots
from plandex_server.prepared_writes import PreparedInsert, PreparedUpdate

LOST_AFTER = timedelta(hours=3)
"""A run ends after two, and its calls with it."""
_CLOSING = (
    "result",
    "input_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "reported",
    "cost",
    "cache_saving",
    "first_token_ms",
    "duration_ms",
)
_KEY = ("org_id", "user_id", "plan_id", "role", "purpose", "model_id", "model_name", "provider")

_CLOSED = PreparedUpdate(
    lambda slots: (
        ModelCall.objects.filter(pk=slots.call_id, result=CallResult.RUNNING),
        {name: getattr(slots, name) for name in _CLOSING} | {"reserved": 0},
    )
)
_DAY_BEGUN = PreparedInsert(UsageDay, conflict="DO NOTHING")


def calls_add(calls: Iterable[ModelCall]) -> None:
    """Writes calls that have ended and have no row yet."""
    with transaction.atomic():
        for call in _ordered(calls):
            call.reserved = Decimal(0)
            call.save(force_insert=True)
            _add_to_day(call)


def calls_close(calls: Iterable[ModelCall]) -> None:
    """Writes what calls used, and adds it to their days. A call that is closed stays as it is, so
    a repeat counts nothing twice."""
    ordered = _ordered(calls)
    if not ordered:
        return
    with transaction.atomic(savepoint=False):
        for call in ordered:
            values = {name: getattr(call, name) for name in _CLOSING}
            if _CLOSED.run(call_id=call.pk, **values):
                _add_to_day(call)


def calls_kill(found: QuerySet[ModelCall]) -> int:
    """Closes calls whose process died; how many. What they used is estimated: all of the request,
    and nothing of an answer that nobody has."""
    calls = list(found.filter(result=CallResult.RUNNING))
    for call in calls:
        _estimate(call)
    calls_close(calls)
    return len(calls)


def calls_kill_lost() -> int:
    """Those that nobody else will close: older than any run lives."""
    return calls_kill(ModelCall.objects.filter(started_at__lt=now() - LOST_AFTER))


def _estimate(call: ModelCall) -> None:
    """Marks a call as killed, at the price that its row knows."""
    call.result, call.reported = CallResult.KILLED, False
    if call.input_price is not None and call.output_price is not None:
        price = Price(input=call.input_price, output=call.output_price)
        tokens = TokenCounts(input=call.input_tokens, output=call.output_tokens)
        call.cost = cost_of(price, tokens).total


def _ordered(calls: Iterable[ModelCall]) -> list[ModelCall]:
    """One order for all keeps two writes of the same days from a deadlock."""
    return sorted(calls, key=lambda call: tuple(map(str, _key_of(call).values())))


def _key_of(call: ModelCall) -> dict[str, Any]:
    day = call.started_at.date()
    return {"day": day} | {name: getattr(call, name) for name in _KEY}


def _add_to_day(call: ModelCall) -> None:
    key, amounts = _key_of(call), _amounts(call)
    more = _more(tuple(name for name, value in key.items() if value is None))
    if more.run(**key, **_added(amounts)) or _DAY_BEGUN.one(UsageDay(**key, **amounts)) != (0,):
        return
    more.run(**key, **_added(amounts))  # another call of the day was quicker


@lru_cache
def _more(without: tuple[str, ...]) -> PreparedUpdate:
    """Adds to a day's sums; the fields `without` are null."""

    def build(slots: Slots) -> tuple[QuerySet[UsageDay], dict[str, Any]]:
        key = {name: None if name in without else getattr(slots, name) for name in ("day", *_KEY)}
        sums = {name: F(name) + getattr(slots, f"more_{name}") for name in DAY_SUMS}
        return UsageDay.objects.filter(**key), sums

    return PreparedUpdate(build)


def _added(amounts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"more_{name}": amount for name, amount in amounts.items()}


def _amounts(call: ModelCall) -> dict[str, Any]:
    return {
        "calls": 1,
        "failed": int(call.result not in (CallResult.FINISHED, CallResult.CANCELLED)),
        "unpriced": int(call.cost is None),
        "input_tokens": call.input_tokens,
        "cached_tokens": call.cached_tokens,
        "cache_write_tokens": call.cache_write_tokens,
        "output_tokens": call.output_tokens,
        "reasoning_tokens": call.reasoning_tokens,
        "cost": call.cost or Decimal(0),
        "cache_saving": call.cache_saving,
    }
