"""The cyclic garbage collector of a process that serves for long."""

import atexit
import gc


def calm_collector() -> None:
    """What is loaded now stays: the collector need not look through it again and again, and the
    short-lived objects of streams rarely form cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    # Else it looks through everything once more at the end, for memory that goes with the process.
    atexit.register(gc.freeze)
