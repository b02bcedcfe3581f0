"""Many timers as few of the event loop's: what is due within a few milliseconds happens together.

Hundreds of viewers each have a time for their next frame. A timer of its own for each would cost
the loop as much as the frame.
"""

import asyncio
from collections.abc import Callable

STEP_S = 0.004
"""A call may come so much too early, and never later than the loop's own timers."""

Call = Callable[[float], None]
"""Is given the time by the loop's clock. It must not raise: the others still wait."""


class Wheel:
    """Use it on one event loop."""

    def __init__(self) -> None:
        self._steps: dict[int, list[Call]] = {}

    def at(self, when: float, call: Call) -> None:
        """Calls at this time of the loop's clock. There is no way to cancel that."""
        step = int(when / STEP_S)
        calls = self._steps.get(step)
        if calls is not None:
            calls.append(call)
            return
        self._steps[step] = [call]
        asyncio.get_running_loop().call_at(step * STEP_S, self._turn, step)

    def _turn(self, step: int) -> None:
        now = asyncio.get_running_loop().time()
        for call in self._steps.pop(step):
            call(now)
