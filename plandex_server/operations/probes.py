"""Asking the parts of an installation how they are, without waiting long for any of them.

Each part has a thread of its own: one that hangs holds up neither the others, nor the event loop,
nor the threads of requests. Who asks again meanwhile is told so, instead of adding to the pile.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum

LIMIT_S = 2.0
"""Load balancers give up after a few seconds; a part that takes longer is as good as away."""
FRESH_S = 0.5
"""An answer this young is given again: the address is open, and probes must cost nothing."""


class State(StrEnum):
    OK = "ok"
    UNUSED = "unused"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Part:
    """How a part is; `detail` says in words what is wrong, without names of hosts or users."""

    state: State
    detail: str = ""
    ms: float | None = None


class Probe:
    """One part's check, and its thread."""

    def __init__(self, name: str, check: Callable[[], Part]) -> None:
        self._name = name
        self._check = check
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"probe-{name}")
        self._running: Future[Part] | None = None
        self._asked_at = 0.0

    def ask(self) -> "Future[Part]":
        """The answer of now: a new check, or the one that is under way or was made just before."""
        running = self._running
        if running is not None and (not running.done() or self._is_fresh()):
            return running
        self._asked_at = time.monotonic()
        self._running = self._thread.submit(self._checked)
        return self._running

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._asked_at < FRESH_S

    def _checked(self) -> Part:
        began = time.perf_counter()
        try:
            part = self._check()
        except Exception as failure:  # whatever it is: the part does not work
            # Its class only: the text of a driver's error names hosts and users.
            return Part(State.FAILED, f"failed: {type(failure).__name__}", _ms(began))
        return part if part.ms is not None else Part(part.state, part.detail, _ms(began))


def ask_all(probes: Mapping[str, Probe], limit: float = LIMIT_S) -> dict[str, Part]:
    """Asks all parts at once; for threads."""
    asked = {name: probe.ask() for name, probe in probes.items()}
    wait(asked.values(), timeout=limit)
    return {name: _answer(future, limit) for name, future in asked.items()}


async def ask_all_async(probes: Mapping[str, Probe], limit: float = LIMIT_S) -> dict[str, Part]:
    """Asks all parts at once; for the event loop."""
    asked = {name: probe.ask() for name, probe in probes.items()}
    open_ones = [asyncio.wrap_future(_copied(future)) for future in asked.values()]
    if open_ones:
        await asyncio.wait(open_ones, timeout=limit)
    return {name: _answer(future, limit) for name, future in asked.items()}


def _copied(future: "Future[Part]") -> "Future[Part]":
    """A future that may be cancelled without cancelling the check that others wait for."""
    copy: Future[Part] = Future()

    def settle(done: "Future[Part]") -> None:
        if copy.set_running_or_notify_cancel():
            copy.set_result(done.result())

    future.add_done_callback(settle)
    return copy


def _answer(future: "Future[Part]", limit: float) -> Part:
    if future.done():
        return future.result()
    return Part(State.FAILED, f"no answer within {limit:g} s")


def worst(parts: Iterable[Part]) -> State:
    """The state of the whole."""
    states = {part.state for part in parts}
    return next((state for state in (State.FAILED, State.DEGRADED) if state in states), State.OK)


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
