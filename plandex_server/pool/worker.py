"""The program of a worker process: read items, call the target, write results.

It is started as a script and imports only the standard library and the target, so that no
web framework is loaded. One message is a four-byte length and a pickle, in both directions.
The first message is the configuration; the answer to it says that the target is loaded.
Each result is written at once, so the supervisor always knows which item is being worked on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import resource
import signal
import struct
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")
PR_SET_PDEATHSIG = 1
NICE = 5
# After this time the rest of a chunk goes back, so that other callers get their turn.
SLICE_SECONDS = 0.1


class ItemTimeout(BaseException):
    """Raised by the timer; not an Exception, so that no target swallows it by accident."""


def send(stream: BinaryIO, message: object) -> None:
    """Write one message."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one message; EOFError when the other side is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    data = stream.read(LENGTH.unpack(head)[0])
    return pickle.loads(data)


def main() -> None:
    """Serve until the supervisor closes the pipe."""
    reader = os.fdopen(os.dup(0), "rb")
    writer = os.fdopen(os.dup(1), "wb")
    # A target that prints must not write into the protocol.
    os.dup2(2, 1)
    with contextlib.suppress(EOFError, BrokenPipeError):
        config = receive(reader)
        _restrain(config)
        target = _load(config["target"])
        send(writer, ("ready", None))
        _serve(reader, writer, target, config)


def _restrain(config: dict[str, Any]) -> None:
    """Give up everything that would let a bad item hurt the machine."""
    _die_with_parent(config["parent"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(NICE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = config["memory_mb"] * 1024 * 1024
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sys.path[:] = config["path"]


def _die_with_parent(parent: int) -> None:
    """Have the kernel end this process with its supervisor, even after a kill -9."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(0)


def _load(target: str) -> Callable[[Any], Any]:
    module, _, name = target.partition(":")
    loaded: Callable[[Any], Any] = getattr(import_module(module), name)
    return loaded


def _serve(
    reader: BinaryIO, writer: BinaryIO, target: Callable[[Any], Any], config: dict[str, Any]
) -> None:
    signal.signal(signal.SIGPROF, _on_alarm)
    started = resident_mb()
    while True:
        items = receive(reader)
        until = time.monotonic() + SLICE_SECONDS
        for item in items:
            send(writer, _answer(target, item, config))
            if time.monotonic() > until:
                break
        grown = resident_mb() - started
        send(writer, ("done", grown > config["growth_mb"]))


def _answer(target: Callable[[Any], Any], item: bytes, config: dict[str, Any]) -> tuple[str, Any]:
    _limit_cpu(config["kill_after"])
    _alarm.clear()
    # In processor time, so that a busy machine does not fail good items; the supervisor kills
    # what waits for something else.
    signal.setitimer(signal.ITIMER_PROF, config["item_timeout"])
    try:
        return ("ok", pickle.dumps(target(pickle.loads(item)), pickle.HIGHEST_PROTOCOL))
    except ItemTimeout:
        return ("failed", "took too long")
    except MemoryError:
        return ("failed", "out of memory")
    except RecursionError:
        return ("failed", "nested too deeply")
    except Exception as error:
        if _alarm:
            # Code in C may turn the timer's exception into one of its own.
            return ("failed", "took too long")
        return ("failed", f"{type(error).__name__}: {error}"[:500])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


# Holds something when this item's time was over.
_alarm: list[bool] = []


def _on_alarm(_signum: int, _frame: object) -> None:
    _alarm.append(True)
    raise ItemTimeout


def _limit_cpu(seconds: float) -> None:
    """Bound this item's processor time, for a worker whose supervisor cannot kill it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds + 2)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def resident_mb() -> int:
    """Resident memory of this process; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as stream:  # noqa: PTH123 - cheaper, once a chunk
            return int(stream.read().split()[1]) * resource.getpagesize() // (1024 * 1024)
    except OSError:
        return 0


if __name__ == "__main__":
    main()
