"""How long a model may take: for its first token, for the next one, for the whole call."""

import asyncio
import time

from models_config.logic.catalog import builtin_providers
from models_config.logic.credentials import ProviderChoice

FIRST_TOKEN_S = 90.0
"""Per 150,000 tokens of the request: reading them takes a provider this long at worst."""
FIRST_TOKEN_STEP = 150_000
FIRST_TOKEN_MAX_S = 15 * 60.0
"""Also the limit of local models, which may have to be loaded first."""
NEXT_CHUNK_S = 60.0
LOCAL_PATIENCE = 6.0
"""Models that need no key run on somebody's own machine, which may be this much slower."""
USAGE_S = 10.0
"""Usage comes right after the end; a provider that sends none is not waited for."""


class Patience:
    """How long the next chunk may take, and never beyond the deadline. The limit is moved seldom,
    since moving it costs more than reading a chunk; so it is up to `SLACK_S` shorter than it
    says."""

    SLACK_S = 5.0

    def __init__(self, first: float, deadline: float) -> None:
        self._deadline = deadline
        self.first = self._until(first)
        self.finished = False
        self._moved_at: float | None = None

    def extend(self, limit: asyncio.Timeout, *, finished: bool) -> None:
        now = time.monotonic()
        if finished and not self.finished:
            self.finished = True
            limit.reschedule(self._until(USAGE_S))
        elif not self.finished and (self._moved_at is None or now - self._moved_at > self.SLACK_S):
            self._moved_at = now
            limit.reschedule(self._until(NEXT_CHUNK_S))

    def _until(self, seconds: float) -> float:
        return min(asyncio.get_running_loop().time() + seconds, self._deadline)


def first_limit(input_tokens: int, choice: ProviderChoice) -> float:
    """For the first token."""
    provider = builtin_providers().get(choice.provider)
    if provider is not None and provider.local_only:
        return FIRST_TOKEN_MAX_S
    steps = 1 + input_tokens // FIRST_TOKEN_STEP
    return min(FIRST_TOKEN_S * steps, FIRST_TOKEN_MAX_S)


def whole_limit(seconds: float, choice: ProviderChoice) -> float:
    """The limit of a whole call. A model on somebody's own machine gets more time."""
    provider = builtin_providers().get(choice.provider)
    own = not choice.auth.api_key and not choice.auth.extra
    local = own or (provider is not None and provider.local_only)
    return seconds * LOCAL_PATIENCE if local else seconds
