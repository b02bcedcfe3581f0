"""What the pool's tests run in its workers; imports nothing a worker must not load."""

import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def work(item: Any) -> Any:
    """Do what the item says."""
    actions: dict[Any, Callable[[], Any]] = {
        "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "exit": lambda: os._exit(3),
        "loop": loop,
        "stuck": stuck,
        "memory": lambda: len(bytearray(3 << 30)),
        "recurse": recurse,
        "pid": os.getpid,
        "nice": lambda: os.nice(0),
        "core": lambda: resource.getrlimit(resource.RLIMIT_CORE),
        "interrupt": lambda: os.kill(os.getpid(), signal.SIGINT),
        "print": lambda: print("to standard output"),  # noqa: T201 - must not harm the protocol
        "modules": lambda: sorted(sys.modules),
    }
    if item in actions:
        return actions[item]()
    if item == "error":
        raise ValueError("bad item")
    return item


def loop() -> None:
    """Never return, but stay interruptible."""
    while True:
        pass


def stuck() -> None:
    """Hang in C code: the timer's exception cannot be raised, only a kill helps."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    ctypes.PyDLL(None).sleep(60)


def recurse() -> None:
    """Nest calls without end."""
    recurse()


def held(path: str) -> str:
    """Tell with a file that the item is being worked on; end when the file is gone."""
    if path:
        Path(path).touch()
        while Path(path).exists():
            time.sleep(0.01)
    return path


def slow(seconds: float) -> float:
    """Take a while and say when it was done."""
    time.sleep(seconds)
    return time.monotonic()
