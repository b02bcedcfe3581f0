"""What a process leaves behind when it stops."""

import asyncio

from execution.clients.fake import FakeModels
from execution.runtime import Runtime


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
