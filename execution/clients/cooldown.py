"""Providers that fail again and again rest for a while, so that no call waits for them in vain.

In this process only: another one learns the same from its own first calls. Who asks chooses: a
model without another way is asked for even while its provider rests.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from execution.logic.model_errors import ModelError, ModelErrorKind
from models_config.logic.credentials import ProviderChoice

FAILURES = 3
"""In a row; fewer are bad luck, which the retries of a call are for."""
WINDOW_S = 120.0
"""Failures further apart than this are not one trouble."""
REST_S = 20.0
MAX_REST_S = 300.0
"""Rests double up to this: a provider that is down for an hour is asked a few times."""
PROBE_S = 60.0
"""How long the others wait for the one call that tries a rested provider."""
MAX_STATES = 1024

_BAD_KEY = frozenset({401, 402, 403})
_OUT_OF_ORDER = frozenset({ModelErrorKind.OVERLOADED, ModelErrorKind.RATE_LIMITED})

Key = tuple[str, str, bytes]


@dataclass(slots=True)
class _State:
    failures: int = 0
    failed_at: float = 0.0
    rests_until: float = 0.0
    rest: float = REST_S
    is_probed: bool = False

    def has_rest(self) -> bool:
        return self.failures >= FAILURES


class Cooldown:
    """What this process knows of the providers' health, by provider and key."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._states: OrderedDict[Key, _State] = OrderedDict()
        self._lock = Lock()  # requests call models on threads of their own

    def is_resting(self, choice: ProviderChoice) -> bool:
        state = self._states.get(self._key(choice))
        return state is not None and self._clock() < state.rests_until

    def admits(self, choice: ProviderChoice) -> bool:
        """Whether to call the provider now. After a rest the first who asks tries for all."""
        with self._lock:
            state = self._states.get(self._key(choice))
            now = self._clock()
            if state is None or not state.has_rest():
                return True
            if now < state.rests_until:
                return False
            state.rests_until, state.is_probed = now + PROBE_S, True
            return True

    def failed(self, choice: ProviderChoice, error: ModelError) -> None:
        """A call failed. Failures that the request itself brought on do not count."""
        if _is_providers(error):
            with self._lock:
                self._count(self._state(self._key(choice)), error)

    def succeeded(self, choice: ProviderChoice) -> None:
        if self._states:
            with self._lock:
                self._states.pop(self._key(choice), None)

    def _count(self, state: _State, error: ModelError) -> None:
        now = self._clock()
        if state.has_rest():
            if state.is_probed:
                state.rest = min(state.rest * 2, MAX_REST_S)
                state.rests_until, state.is_probed = now + state.rest, False
            return
        recent = now - state.failed_at <= WINDOW_S
        state.failures = state.failures + 1 if recent else 1
        state.failed_at = now
        if error.kind is ModelErrorKind.RATE_LIMITED and not error.retriable:
            state.failures = FAILURES  # it asks for a long wait itself
        if state.has_rest():
            state.rests_until = now + state.rest

    def _state(self, key: Key) -> _State:
        state = self._states.setdefault(key, _State())
        self._states.move_to_end(key)
        if len(self._states) > MAX_STATES:
            self._states.popitem(last=False)
        return state

    def _key(self, choice: ProviderChoice) -> Key:
        """The key that it was called with as a hash, which says nothing outside this process."""
        digest = hashlib.blake2b(key=self._salt, digest_size=16)
        for text in (choice.auth.api_key, *sorted(choice.auth.extra.values())):
            digest.update(text.encode(errors="replace") + b"\0")
        return choice.composite, choice.base_url, digest.digest()


def _is_providers(error: ModelError) -> bool:
    """Whether the failure says something of the provider or the key, not of one request."""
    if error.kind in _OUT_OF_ORDER:
        return True
    if error.kind is not ModelErrorKind.OTHER:
        return False
    if error.status is None:
        return error.retriable  # the connection or a time limit
    return error.status >= 500 or error.status in _BAD_KEY
