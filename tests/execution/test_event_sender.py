"""When news of runs is sent to other processes."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from execution import event_sender
from execution.event_sender import Sender
from execution.logic.events import Describing, Event, Reply
from execution.logic.stretches import Stretch
from execution.run_log import RunLog
from plandex_server.loops import new_loop


@dataclass
class Sent:
    """Keeps what is sent, or fails so many times."""

    batches: list[dict[str, tuple[int, int]]] = field(default_factory=list)
    failures: int = 0

    async def send(self, stretches: Sequence[Stretch]) -> None:
        """Of each run the numbers of the first and the last event."""
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise OSError("away")
        self.batches.append(
            {one.run_id: (one.first, one.first + len(one.entries) - 1) for one in stretches}
        )

    async def is_followed(self, run_id: str) -> bool:
        return False


class Logs:
    """A few logs and their sender."""

    def __init__(self, sent: Sent) -> None:
        self._logs: dict[str, RunLog] = {run: RunLog() for run in "abc"}
        self.sender = Sender(sent, self._logs)

    def append(self, run_id: str, event: Event, *, waited: float = 0.0) -> None:
        log = self._logs[run_id]
        log.entries.append(event)
        at = asyncio.get_running_loop().time() - waited
        self.sender.note(run_id, log, at, is_text=isinstance(event, Reply))


def on_loop(test: Callable[[Sent, Logs], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """On a loop of the kind that workers have."""

    def run() -> None:
        async def whole() -> None:
            sent = Sent()
            await test(sent, Logs(sent))

        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(whole())

    run.__name__ = test.__name__
    return run


async def _until(sent: Sent, count: int) -> None:
    async with asyncio.timeout(5):
        for _ in range(5000):
            if len(sent.batches) >= count:
                return
            await asyncio.sleep(0.001)


@on_loop
async def test_first_text_and_other_events_go_at_once(sent: Sent, logs: Logs) -> None:
    logs.append("a", Reply("first"))
    await _until(sent, 1)
    logs.append("a", Reply("second"))
    logs.append("b", Describing())
    await _until(sent, 2)
    assert sent.batches == [{"a": (1, 1)}, {"a": (2, 2), "b": (1, 1)}]


@on_loop
async def test_text_waits_for_that_of_other_runs(sent: Sent, logs: Logs) -> None:
    for run in "abc":
        logs.append(run, Reply("first"))
    await _until(sent, 1)
    for run in "abcabc":
        logs.append(run, Reply("more"))
        await asyncio.sleep(0)
    await _until(sent, 2)
    assert sent.batches[1] == {run: (2, 3) for run in "abc"}


@on_loop
async def test_text_that_has_waited_waits_no_more(sent: Sent, logs: Logs) -> None:
    """It takes along what would have waited."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_sender, "TEXT_WAITS_S", 3600.0)
        for run in "ab":
            logs.append(run, Reply("first"))
        await _until(sent, 1)
        logs.append("a", Reply("second"))
        logs.append("b", Reply("second"), waited=3601.0)
        await _until(sent, 2)
    assert sent.batches[1] == {"a": (2, 2), "b": (2, 2)}


@on_loop
async def test_news_comes_while_a_timer_is_due(sent: Sent, logs: Logs) -> None:
    logs.append("a", Reply("first"))
    await _until(sent, 1)
    loop = asyncio.get_running_loop()
    loop.call_later(event_sender.TEXT_WAITS_S - 0.002, logs.append, "b", Describing())
    logs.append("a", Reply("second"))
    time.sleep(2 * event_sender.TEXT_WAITS_S)  # noqa: ASYNC251  both are due when the loop looks
    await _until(sent, 2)
    assert sent.batches[1] == {"a": (2, 2), "b": (1, 1)}


@on_loop
async def test_what_failed_goes_again_with_what_came_since(sent: Sent, logs: Logs) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_sender, "AGAIN_S", 0.01)
        sent.failures = 2
        logs.append("a", Reply("first"))
        await asyncio.sleep(0.005)
        logs.append("a", Reply("second"))
        await _until(sent, 1)
    assert sent.batches == [{"a": (1, 2)}]


@on_loop
async def test_nothing_goes_while_it_is_held(sent: Sent, logs: Logs) -> None:
    logs.sender.hold()
    logs.append("a", Describing())
    await asyncio.sleep(0.02)
    assert not sent.batches
    logs.sender.go_on()
    await _until(sent, 1)
    assert sent.batches == [{"a": (1, 1)}]


@on_loop
async def test_who_leaves_sends_what_is_new_and_nothing_else(sent: Sent, logs: Logs) -> None:
    logs.append("a", Reply("first"))
    await _until(sent, 1)
    logs.append("a", Reply("second"))
    await logs.sender.leave()
    assert sent.batches == [{"a": (1, 1)}, {"a": (2, 2)}]
    logs.append("a", Describing())
    await asyncio.sleep(0.02)
    assert len(sent.batches) == 2
