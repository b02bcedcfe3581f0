"""A worker that notes when it received each chunk: `python -m benchmarks.faults.worker`.

A line for each in the file that `RECEIVED_FILE` names, written at once, so that a worker that is
killed has noted what it had. What a model sent and no process had read yet is not a server's to
keep.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.faults.model import CHUNK, Chunk

if TYPE_CHECKING:
    from execution.clients.base import Delta

FILE = "RECEIVED_FILE"


def received_read(file: Path) -> list[Chunk]:
    """What all workers that used this file received."""
    lines = file.read_text().splitlines() if file.exists() else []
    return [Chunk(name, float(at)) for name, at in (line.split() for line in lines)]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
    import django
    from django.core.management import call_command

    django.setup()
    _note(Path(os.environ[FILE]))
    call_command("worker")


def _note(file: Path) -> None:
    from execution.clients.openai_stream import OpenAIReader

    notes = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    feed = OpenAIReader.feed

    def noted(reader: OpenAIReader, received: bytes) -> "Iterator[Delta]":
        for delta in feed(reader, received):
            lines = [f"{name} {time.time():.3f}\n" for name in CHUNK.findall(delta.text)]
            if lines:
                os.write(notes, "".join(lines).encode())
            yield delta

    OpenAIReader.feed = noted  # type: ignore[method-assign, assignment]  # its first parameter has another name


if __name__ == "__main__":
    main()
