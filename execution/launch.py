"""The one door to start a run. Only this module knows where runs are executed."""

from functools import lru_cache

from execution.runtime import Runtime
from execution.services.run import execute


@lru_cache(maxsize=1)
def runtime() -> Runtime:
    """The runs of this process."""
    return Runtime(execute)


def start(run_id: str) -> None:
    """Starts a run that was committed. Call on the event loop."""
    runtime().start(run_id)
