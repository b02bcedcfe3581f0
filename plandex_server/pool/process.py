"""One worker process as the supervisor sees it."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .worker import LENGTH

SCRIPT = Path(__file__).with_name("worker.py")
# Imports of a large target on a busy machine; only a broken one takes longer.
START_SECONDS = 60.0
KILLED = "took too long and was killed"
# A worker that waits for a processor is not at fault: a busy machine gives it so many times
# its limit, as long as it has used no more than half of the limit itself.
PATIENCE = 2
STEP_SECONDS = 0.5
READ_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What every worker of a pool is told at its start."""

    target: str
    item_timeout: float
    kill_after: float
    memory_mb: int
    growth_mb: int


class WorkerDied(Exception):
    """The worker is gone; the message says how it ended."""


class WorkerProcess:
    """A running worker. One thread owns it."""

    def __init__(self, config: WorkerConfig) -> None:
        self._kill_after = config.kill_after
        self._buffer = bytearray()
        self._used = 0.0
        self.items_done = 0
        self._process = subprocess.Popen(
            [sys.executable, "-E", "-s", "-P", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdin and self._process.stdout, "both pipes were asked for"
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        start = {
            "target": config.target,
            "item_timeout": config.item_timeout,
            "kill_after": config.kill_after,
            "memory_mb": config.memory_mb,
            "growth_mb": config.growth_mb,
            "parent": os.getpid(),
            "path": [entry or str(Path.cwd()) for entry in sys.path],
        }
        try:
            self._write(start, START_SECONDS)
            self._read(START_SECONDS)
        except WorkerDied:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, items: list[bytes]) -> None:
        """Hand over a chunk of pickled items; WorkerDied if the worker does not take it."""
        self._used = processor_use(self.pid)[1]
        self._write(items, self._kill_after)

    def receive(self) -> tuple[str, Any]:
        """The next answer; WorkerDied when the worker ended or had to be killed."""
        answer: tuple[str, Any] = self._read(self._kill_after)
        return answer

    def stop(self) -> None:
        """End the process from another thread; its owner notices and cleans up."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def kill(self) -> str:
        """End the process at once and say how it ended."""
        self.stop()
        code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        return _ending(code)

    def _write(self, message: object, seconds: float) -> None:
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        view = memoryview(LENGTH.pack(len(data)) + data)
        deadline = time.monotonic() + seconds
        while view:
            if not self._wait(self._in, select.POLLOUT, deadline, seconds):
                raise WorkerDied("did not take its work")
            try:
                view = view[os.write(self._in, view) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise WorkerDied("ended early") from error

    def _read(self, seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        needed = LENGTH.size
        while True:
            if len(self._buffer) >= LENGTH.size:
                needed = LENGTH.size + LENGTH.unpack_from(self._buffer)[0]
            if len(self._buffer) >= needed:
                data = bytes(self._buffer[LENGTH.size : needed])
                del self._buffer[:needed]
                return pickle.loads(data)
            if not self._wait(self._out, select.POLLIN, deadline, seconds):
                raise WorkerDied(KILLED)
            chunk = os.read(self._out, READ_BYTES)
            if not chunk:
                raise WorkerDied(_ending(self._process.wait()))
            self._buffer += chunk

    def _wait(self, fd: int, event: int, deadline: float, seconds: float) -> bool:
        """Wait until a pipe is ready; longer than `seconds` if the worker cannot run."""
        # `poll`, as `select` has no room for a busy server's pipes.
        poll = select.poll()
        poll.register(fd, event)
        last = deadline + (PATIENCE - 1) * seconds
        while not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            state, used = processor_use(self.pid)
            if state not in _HELD_UP or used - self._used > seconds / 2 or deadline >= last:
                return False
            deadline = time.monotonic() + STEP_SECONDS
        return True


# Runnable, and waiting for the disk, as the kernel calls it.
_HELD_UP = ("R", "D")


def processor_use(pid: int) -> tuple[str, float]:
    """A process's state and the seconds of processor time it used; ("", 0) if nobody tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return "", 0.0
    return fields[0].decode(), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with status {code}"
    with contextlib.suppress(ValueError):
        return f"crashed with {signal.Signals(-code).name}"
    return f"crashed with signal {-code}"
