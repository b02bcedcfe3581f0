"""The event loop of a process."""

import asyncio


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, which costs a streamed chunk less and answers more evenly under load; Python's own
    on systems that it does not run on."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
