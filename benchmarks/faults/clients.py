"""Clients that tell, watch, and go on elsewhere when their connection breaks."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.world import World, tell_body

ENDS = frozenset({"finished", "error", "aborted"})
AGAIN_S = 0.3


@dataclass(slots=True)
class Seen:
    """What one client was shown of its run, in the order in which it came."""

    kind: str
    plan: str
    run: str = ""
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    reconnects: int = 0
    refusals: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.events[-1][0] if self.events else 0

    @property
    def end(self) -> str:
        kind = self.events[-1][1]["type"] if self.events else ""
        return kind if kind in ENDS else ""


class Client:
    def __init__(
        self,
        headers: Mapping[str, str],
        ports: tuple[int, int],
        plan: str,
        keys: Mapping[str, str],
        dice: random.Random,
    ) -> None:
        self._headers = headers
        self._ports = ports
        self._plan = plan
        self._keys = keys
        self._turn = dice.randrange(2)
        self._kind = dice.choice(("events", "websocket"))
        self._files = dice.random() < 0.3

    async def watch(self, until: float) -> Seen:
        """One run to its end, or until a moment."""
        prompt = "script:faults-files" if self._files else "script:faults"
        return await self._watch(prompt, not self._files, until)

    async def again(self, until: float) -> str:
        """How another short run on the same branch ends."""
        return (await self._watch("script:short", True, until)).end

    async def _watch(self, prompt: str, chat: bool, until: float) -> Seen:
        seen = Seen(self._kind, self._plan)
        body = tell_body(prompt, chat=chat) | {
            "authVars": dict(self._keys),
            "connectStream": self._kind == "events",
        }
        key = str(uuid.uuid4())
        show = self._events if self._kind == "events" else self._websocket
        timeout = aiohttp.ClientTimeout(total=None, sock_read=15, sock_connect=2)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while time.time() < until:
                if await _watched(show(session, seen, body, key), seen):
                    break
                seen.reconnects += 1
                self._turn = 1 - self._turn
                await asyncio.sleep(AGAIN_S)
        return seen

    @property
    def _address(self) -> str:
        return f"127.0.0.1:{self._ports[self._turn]}"

    @property
    def _base(self) -> str:
        return f"http://{self._address}/plans/{self._plan}/main"

    async def _events(
        self, session: aiohttp.ClientSession, seen: Seen, body: dict[str, Any], key: str
    ) -> AsyncGenerator[tuple[int, dict[str, Any]], None]:
        headers = {**self._headers, "Accept": "text/event-stream"}
        if seen.run:
            headers["Last-Event-ID"] = str(seen.last)
            asked = session.patch(
                f"{self._base}/connect", params={"run": seen.run}, headers=headers
            )
        else:
            headers["Idempotency-Key"] = key
            asked = session.post(f"{self._base}/tell", json=body, headers=headers)
        async with asked as answer:
            if answer.status != 200:
                seen.refusals.append(f"{answer.status} {(await answer.text())[:200]}")
                return
            seen.run = answer.headers["X-Run-Id"]
            number = 0
            async for line in answer.content:
                if line.startswith(b"id: "):
                    number = int(line[4:])
                elif line.startswith(b"data: ") and number:
                    yield number, json.loads(line[6:])

    async def _websocket(
        self, session: aiohttp.ClientSession, seen: Seen, body: dict[str, Any], key: str
    ) -> AsyncGenerator[tuple[int, dict[str, Any]], None]:
        if not seen.run:
            headers = {**self._headers, "Idempotency-Key": key}
            async with session.post(f"{self._base}/tell", json=body, headers=headers) as answer:
                if answer.status != 200:
                    seen.refusals.append(f"{answer.status} {(await answer.text())[:200]}")
                    return
        address = f"ws://{self._address}/ws/plans/{self._plan}/main"
        place = {"after": str(seen.last), **({"run": seen.run} if seen.run else {})}
        async with session.ws_connect(address, params=place, headers=self._headers) as socket:
            while True:
                message = await socket.receive(timeout=60)
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                frame = json.loads(message.data)
                if "error" in frame:
                    seen.refusals.append(str(frame["error"]))
                elif frame["event"]["type"] == "start":
                    seen.run = seen.run or frame["runId"]
                else:
                    yield frame["n"], frame["event"]


async def _watched(events: AsyncGenerator[tuple[int, dict[str, Any]], None], seen: Seen) -> bool:
    """Notes what comes on one connection; whether the run ended."""
    try:
        async with aclosing(events):
            async for number, event in events:
                seen.events.append((number, event))
                if seen.end:
                    return True
    except (aiohttp.ClientError, TimeoutError, OSError):
        pass
    return False


def headers_of(world: World) -> dict[str, str]:
    """The signed-in user in the API dialect."""
    return {"Authorization": world.headers["Authorization"]}
