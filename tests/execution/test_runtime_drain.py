"""What a process leaves behind when it stops."""

import asyncio

from execution.clients.fake import FakeModels
from execution.event_log import EventLog
from execution.logic.events import Aborted
from execution.runtime import Runtime

PATIENCE_S = 8.0


class ClosingModels(FakeModels):
    def __init__(self, busy: asyncio.Event) -> None:
        super().__init__()
        self.closed_after: list[bool] = []
        self._busy = busy

    async def close(self) -> None:
        self.closed_after.append(self._busy.is_set())


async def _nothing(runtime: Runtime, run_id: str) -> None:
    return None


def test_connections_are_closed_when_nobody_uses_them_any_more() -> None:
    async def main() -> list[bool]:
        left = asyncio.Event()

        async def summary() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                left.set()

        models = ClosingModels(left)
        runtime = Runtime(_nothing, models=models)
        runtime.in_background(summary())
        await asyncio.sleep(0)
        await runtime.drain()
        return models.closed_after

    assert asyncio.run(main()) == [True]


def test_viewers_see_the_end_before_the_connections_are_closed() -> None:
    async def main() -> list[object]:
        seen: list[object] = []

        async def execute(runtime: Runtime, run_id: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                runtime.log.end(run_id, Aborted())

        async def watch() -> None:
            follower = await log.follow("run")
            watching.set()
            await follower.wait(PATIENCE_S)
            for _ in range(50):  # a viewer is slower than the run
                await asyncio.sleep(0)
            seen.extend(follower.take())
            follower.close()

        watching = asyncio.Event()
        log = EventLog(write=lambda stretches: None)
        runtime = Runtime(execute, models=FakeModels(), log=log)
        runtime.start("run")
        viewer = asyncio.create_task(watch())
        await watching.wait()
        await runtime.drain()
        ended_with = list(seen)
        viewer.cancel()
        return ended_with

    assert asyncio.run(main()) == [Aborted()]
