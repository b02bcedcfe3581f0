"""A model that notes every chunk it sends: each has a name of its own, `c<call>n<number>`."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.models import FIXED, ModelServer, begin, end, send

CHUNKS = 50
EVERY_S = 0.3
FILES = 4
CHUNK = re.compile(r"c\d{5}n\d{4}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk, and when it was sent or received."""

    name: str
    at: float


class NotingModels(ModelServer):
    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Chunk] = []
        self.calls = 0

    async def answer_request(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        role = request["model"].removeprefix("bench-")
        script = str(request["messages"])
        if role in FIXED or "script:faults" not in script:
            await super().answer_request(request, writer)
            return
        self.calls += 1
        begin(writer)
        for text in _texts(role, script, self.calls):
            send(writer, text)
            await writer.drain()
            at = time.time()
            self.sent += [Chunk(name, at) for name in CHUNK.findall(text)]
            await asyncio.sleep(EVERY_S)
        end(writer)
        await writer.drain()


def _texts(role: str, script: str, call: int) -> list[str]:
    if role == "coder":
        return _files(call)
    return _tasks() if "script:faults-files" in script else _words(call)


def _words(call: int) -> list[str]:
    return [f"c{call:05d}n{number:04d} " for number in range(CHUNKS)]


def _tasks() -> list[str]:
    return ["### Tasks\n\n1. Write the files\nUses: `new.py`\n\n", "<PlandexFinish/>"]


def _files(call: int) -> list[str]:
    """Files that no other answer writes, a few lines at a time."""
    texts: list[str] = []
    for file in range(FILES):
        path = f"many/f{call}_{file}.py"
        texts.append(f'- {path}:\n<PlandexBlock lang="python" path="{path}">\n')
        lines = range(file * 10, file * 10 + 10)
        texts += [f'"""c{call:05d}n{line:04d}"""\n' for line in lines]
        texts.append("</PlandexBlock>\n\n")
    return [*texts, "**Write the files** has been completed.\n\n", "<PlandexFinish/>"]
