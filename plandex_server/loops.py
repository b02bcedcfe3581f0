"""The event loop of a process."""

import asyncio
import sys

SWITCH_S = 0.0005
"""How long a thread may keep the interpreter while the event loop wants it. The loop asks for it
again after each read and write, so Python's own 5 ms would add up to seconds while threads are
busy with the requests that begin hundreds of runs."""


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, which costs a streamed chunk less and answers more evenly under load; Python's own
    on systems that it does not run on."""
    sys.setswitchinterval(SWITCH_S)
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
