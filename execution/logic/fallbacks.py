"""What to do after a failed model call: the one table of retries and fallbacks.

| Failure | Next |
| --- | --- |
| text was already received | give up: the text would come twice |
| cache marks not supported | the same request without them, once, not counted |
| subscription quota used up | wait as told, not counted |
| context too long | the large-context fallback, else as «not retriable» |
| not retriable, or a third failure | the error fallback, else once another provider, |
| | else, if retriable, the remaining retries |
| an answer without a word | the same model again, once; then as a third failure |
| retriable | the same model again: 3 times, on a fallback once |
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from execution.logic.model_errors import ModelError, ModelErrorKind

MAX_RETRIES = 3
MAX_FALLBACK_RETRIES = 1
RETRIES_BEFORE_FALLBACK = 2
# A model that has nothing to say twice has nothing to say; each time costs a whole request.
MAX_EMPTY_RETRIES = 1
# The wait asked for, and a little more: many clients come back at the same moment.
RETRY_AFTER_FACTOR = 1.1
# A quota that stays used up after this many waits will not open within this run.
MAX_QUOTA_WAITS = 3


class Action(StrEnum):
    RETRY = "retry"
    WITHOUT_CACHE = "without_cache"
    LARGE_CONTEXT_FALLBACK = "large_context_fallback"
    ERROR_FALLBACK = "error_fallback"
    PROVIDER_FALLBACK = "provider_fallback"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was tried for one call so far, and which ways are still open."""

    has_large_context_fallback: bool = False
    has_error_fallback: bool = False
    has_provider_fallback: bool = False
    received_text: bool = False
    uses_cache: bool = True
    on_fallback: bool = False
    retries: int = 0
    quota_waits: int = 0
    total_retries: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """The next step, the seconds to wait before it, and the attempts that include it.

    After a fallback the caller sets the `has_…` flags again if the new model has its own.
    """

    action: Action
    delay: float
    attempts: Attempts


def next_attempt(attempts: Attempts, error: ModelError, *, jitter: float) -> Decision:
    """Decide what follows a failure. `jitter` is a random number from 0 to 1."""
    if attempts.received_text:
        return Decision(Action.GIVE_UP, 0.0, attempts)
    if error.kind is ModelErrorKind.CACHE_SUPPORT and attempts.uses_cache:
        return Decision(Action.WITHOUT_CACHE, 0.0, replace(attempts, uses_cache=False))
    if error.kind is ModelErrorKind.QUOTA_EXHAUSTED and error.retriable:
        if attempts.quota_waits < MAX_QUOTA_WAITS:
            waited = replace(attempts, quota_waits=attempts.quota_waits + 1)
            return Decision(Action.RETRY, _delay(error, jitter), waited)
        return _switch(attempts, error) or Decision(Action.GIVE_UP, 0.0, attempts)
    is_empty = error.kind is ModelErrorKind.EMPTY
    few = MAX_EMPTY_RETRIES if is_empty else MAX_FALLBACK_RETRIES
    patience = few if attempts.on_fallback or is_empty else RETRIES_BEFORE_FALLBACK
    if not error.retriable or attempts.retries >= patience:
        switched = _switch(attempts, error)
        if switched is not None:
            return switched
    limit = few if attempts.on_fallback or is_empty else MAX_RETRIES
    if not error.retriable or attempts.retries >= limit:
        return Decision(Action.GIVE_UP, 0.0, attempts)
    retried = replace(
        attempts, retries=attempts.retries + 1, total_retries=attempts.total_retries + 1
    )
    return Decision(Action.RETRY, _delay(error, jitter), retried)


def _switch(attempts: Attempts, error: ModelError) -> Decision | None:
    """The fallback that fits the failure; each can be taken once."""
    on_fallback = replace(
        attempts,
        on_fallback=True,
        retries=0,
        quota_waits=0,
        uses_cache=True,
        total_retries=attempts.total_retries + 1,
    )
    too_long = error.kind is ModelErrorKind.CONTEXT_TOO_LONG
    if too_long and attempts.has_large_context_fallback:
        taken = replace(on_fallback, has_large_context_fallback=False)
        return Decision(Action.LARGE_CONTEXT_FALLBACK, 0.0, taken)
    if attempts.has_error_fallback:
        return Decision(Action.ERROR_FALLBACK, 0.0, replace(on_fallback, has_error_fallback=False))
    # The same model has the same window at every provider.
    if attempts.has_provider_fallback and not too_long:
        return Decision(
            Action.PROVIDER_FALLBACK, 0.0, replace(on_fallback, has_provider_fallback=False)
        )
    return None


def _delay(error: ModelError, jitter: float) -> float:
    if error.retry_after is not None:
        return error.retry_after * RETRY_AFTER_FACTOR
    return 1.0 + 0.2 * jitter
