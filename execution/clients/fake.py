"""A model client without a network, for tests: it answers with what was queued for each role.

An answer is a list of steps: text is one chunk, `Delta` goes out as it is, a `ModelError` is
raised, a `Gate` holds the answer until it is opened, and `SILENCE` holds it for ever. An answer
ends with a finish reason and the provider's usage.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from enum import Enum

from execution.clients.base import Delta, ModelRequest, Tool, Usage
from execution.clients.cooldown import Cooldown
from execution.logic.model_errors import ModelError

USAGE = Usage(input=1000, output=50, cached=600, reasoning=7)


class Pause(Enum):
    SILENCE = "silence"


SILENCE = Pause.SILENCE


@dataclass(slots=True)
class Gate:
    """A place in an answer: `reached` when the answer came there, goes on once `opened`."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        self.opened.set()

    async def wait_reached(self) -> None:
        await self.reached.wait()


Step = str | Delta | ModelError | Gate | Pause
Answer = Callable[[ModelRequest], str]


class NothingQueued(Exception):
    """A model was asked and the test had no answer for it."""


@dataclass(slots=True)
class FakeModels:
    """`requests` are all calls so far, `left` the answers that nobody has asked for, `cancelled`
    the roles whose answers were not heard to their end."""

    requests: list[ModelRequest] = field(default_factory=list)
    defaults: dict[str, Answer] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    cooldown: Cooldown = field(default_factory=Cooldown)
    _queues: dict[str, deque[tuple[Step, ...]]] = field(default_factory=lambda: defaultdict(deque))

    def queue(self, role: str, *steps: Step) -> None:
        """The next answer of the role."""
        self._queues[role].append(steps)

    @property
    def left(self) -> dict[str, int]:
        return {role: len(queue) for role, queue in self._queues.items() if queue}

    def asked(self, role: str) -> list[ModelRequest]:
        """The role's requests, oldest first."""
        return [request for request in self.requests if request.role == role]

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        self.requests.append(request)
        try:
            for step in self._steps(request):
                match step:
                    case str():
                        yield Delta(text=step)
                        await asyncio.sleep(0)
                    case Delta():
                        yield step
                    case ModelError():
                        raise step
                    case Gate():
                        step.reached.set()
                        await step.opened.wait()
                    case Pause.SILENCE:
                        await asyncio.Event().wait()
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled.append(request.role)
            raise
        yield Delta(finish="stop")
        yield Delta(usage=USAGE)

    async def close(self) -> None:
        """There are no connections."""

    def _steps(self, request: ModelRequest) -> tuple[Step, ...]:
        queue = self._queues[request.role]
        if queue:
            return queue.popleft()
        if request.role in self.defaults:
            return (self.defaults[request.role](request),)
        raise NothingQueued(request.role)


def fields_answer(**fields: str | bool) -> Answer:
    """An answer with these fields, in the form that the request asks for."""

    def answer(request: ModelRequest) -> str:
        if request.tool is not None:
            return arguments_of(request.tool, fields)
        return "".join(f"<{name}>{_text(value)}</{name}>" for name, value in fields.items())

    return answer


def arguments_of(tool: Tool, fields: dict[str, str | bool]) -> str:
    """The function call's arguments, with something for every field that has no value."""
    names = tool.parameters["properties"]
    return json.dumps({name: fields.get(name, "") for name in names})


def _text(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value
