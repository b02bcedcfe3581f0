"""The one door to runs. Only this module knows where they are executed: in this process, or by
the workers of a cluster."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

from django.conf import settings

from execution.branch_news import run_announce
from execution.cluster.connection import redis_connect
from execution.cluster.control import control_send
from execution.cluster.orphans import Orphans
from execution.cluster.queue import RunQueue
from execution.cluster.viewers import RemoteLogs
from execution.models import Run
from execution.run_log import Follower
from execution.runtime import Runtime, owner_make
from execution.services.claims import run_claim
from execution.services.recovery import run_resume
from execution.services.run import execute
from execution.services.runs import run_has_ended
from plandex_server.once import once
from plandex_server.threads import in_thread, loop_of_threads

LOOK_S = 0.05
"""How often the database is asked whether a run of a worker has ended."""


class Logs(Protocol):
    async def follow(self, run_id: str, *, after: int = 0, is_new: bool = False) -> Follower: ...


@once
def runtime() -> Runtime:
    """The runs of this process."""
    return Runtime(execute)


@once
def redis_client() -> Any:
    """Of a cluster: the client of the event loop."""
    return redis_connect()


@once
def run_queue() -> RunQueue:
    """Of a cluster: where runs wait for a worker."""
    return RunQueue(redis_client())


@once
def orphans() -> Orphans:
    """Of a cluster: the runs that no worker executes."""
    return Orphans(redis_client())


@once
def _remote() -> RemoteLogs:
    return RemoteLogs(redis_client(), attend=orphans().look)


def logs() -> Logs:
    """The event logs that this process can follow."""
    return _remote() if settings.CLUSTER else runtime().log


def owner() -> str:
    """Whose a new run is: this process's, or nobody's until a worker takes it."""
    return "" if settings.CLUSTER else runtime().owner


async def start(run: Run) -> None:
    """Starts a run that was committed, unless it runs already or has ended."""
    if run.finished_at is not None:
        return
    if settings.CLUSTER:
        if not run.owner:
            run_queue().offer(run.id)
    elif not runtime().has(run.id):
        runtime().start(run.id)
    _in_background(run_announce(run.branch_id))


_background: set[asyncio.Task[None]] = set()


def _in_background(work: Coroutine[Any, Any, None]) -> None:
    """Does what only makes things quicker: nobody waits for it while Redis hangs."""
    task = asyncio.get_running_loop().create_task(work)
    _background.add(task)
    task.add_done_callback(_background.discard)


async def stop(run_id: str) -> None:
    """Cancels a run whose row says that it is to stop."""
    if not settings.CLUSTER:
        runtime().stop(run_id)
    elif not await in_thread(_end_unowned, run_id):
        _in_background(orphans().stop(run_id))
        await control_send(run_id, "stop")


def _end_unowned(run_id: str) -> bool:
    """Ends a stopped run that no worker executes; there may be no worker that would."""
    run = run_claim(run_id, owner_make())
    if run is None:
        return False
    run_resume(run)
    return True


async def ended(run_id: str, seconds: float) -> None:
    """Waits for a run's end, so many seconds at most."""
    if not settings.CLUSTER:
        await runtime().ended(run_id, seconds)
        return
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        if await in_thread(run_has_ended, run_id):
            return
        await asyncio.sleep(LOOK_S)


def wake(run_id: str) -> None:
    """Lets a waiting run look for its answer; from any thread."""
    if settings.CLUSTER:
        _on_loop(control_send(run_id, "wake"))
    else:
        runtime().wake(run_id)


def stop_soon(run_id: str) -> None:
    """`stop`, from a thread that need not know when it is done."""
    _on_loop(stop(run_id))


def _on_loop(work: Coroutine[Any, Any, None]) -> None:
    """Does asynchronous work for a thread, on the loop that sent it its request."""
    loop = loop_of_threads()
    if loop is None:
        asyncio.run(work)
    else:
        asyncio.run_coroutine_threadsafe(work, loop)
