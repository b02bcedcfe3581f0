"""What a client of a stream gets to see: the events of a run's log as frames."""

import asyncio
from collections.abc import Sequence

from execution import launch
from execution.logic.coalescer import Coalescer
from execution.logic.events import Event, is_terminal
from execution.logic.requests import TellPlanRequest
from execution.logic.snapshot import Snapshot, snapshot_of
from execution.logic.stream_messages import (
    HEARTBEAT_FRAME,
    START,
    connect_active,
    encode_frame,
    message_of,
    reply_frame,
)
from execution.logic.stretches import Answered, Entry
from execution.logic.view_gate import ViewGate
from execution.models import Run, RunKind
from execution.run_log import Follower
from execution.services.run_request import request_decode
from plandex_server.api.dialect import Dialect
from plandex_server.streams import Write

CLI_MEDIA_TYPE = "text/plain; charset=utf-8"
VIEW_OPENS_S = 0.15
"""Even reply text, which the CLI keeps for its view, waits so long."""
VIEW_IS_OPEN_S = 0.6
"""The CLI shows its spinner for 350 ms at least before it opens its view, and drops what comes
earlier, except reply text."""
BUILD_VIEW_IS_OPEN_S = 0.95
"""Before a build its spinner has a text, and is shown for 700 ms."""
HEARTBEAT_EVERY_S = 5.0
GRACE_S = 1.0
"""After the terminal frame the client gets this long to close the connection itself."""


async def show_from_beginning(run: Run, dialect: Dialect, write: Write) -> None:
    """Writes all that happens in a run, from its first event on."""
    follower = await launch.logs().follow(run.id, is_new=not run.attempt)
    try:
        gate = _gate(run, dialect)
        write(encode_frame(START))
        if dialect is Dialect.CLI:
            await asyncio.sleep(VIEW_OPENS_S)
        await _show(follower, gate, write)
    finally:
        follower.close()


async def show_joined(run: Run, dialect: Dialect, write: Write) -> None:
    """What a client that joins sees: the run so far in one message, then all that follows."""
    follower = await launch.logs().follow(run.id)
    try:
        write(encode_frame(START))
        if dialect is Dialect.CLI:
            await asyncio.sleep(VIEW_IS_OPEN_S)
        entries = follower.take()
        last = _terminal(entries)
        shown = entries[:-1] if last is not None else entries
        for frame in _snapshot_frames(run, snapshot_of(shown)):
            write(frame)
        if last is not None:
            write(encode_frame(message_of(last)))
            await asyncio.sleep(GRACE_S)
            return
        await _show(follower, ViewGate(0.0), write)
    finally:
        follower.close()


def _snapshot_frames(run: Run, snapshot: Snapshot) -> list[bytes]:
    data = bytes(run.request)
    build_only = run.kind == RunKind.BUILD
    prompt = "" if build_only else request_decode(data, TellPlanRequest).prompt
    missing = snapshot.missing_file
    active = connect_active(
        prompt=prompt,
        replies=snapshot.replies,
        build_only=build_only,
        missing_file_path=missing.path if missing else "",
        missing_file_auto_context=missing.auto_context if missing else False,
    )
    messages = [active, *(message_of(info) for info in snapshot.builds.values())]
    if snapshot.load_context is not None:
        messages.append(message_of(snapshot.load_context))
    return [encode_frame(message) for message in messages]


def _gate(run: Run, dialect: Dialect) -> ViewGate:
    """Holds back what the CLI would drop; other clients have no view to wait for."""
    if dialect is not Dialect.CLI:
        return ViewGate(0.0)
    wait = BUILD_VIEW_IS_OPEN_S if run.kind == RunKind.BUILD else VIEW_IS_OPEN_S
    return ViewGate(asyncio.get_running_loop().time() + wait)


async def _show(follower: Follower, gate: ViewGate, write: Write) -> None:
    """Writes the events of a log as frames, with heartbeats, up to the terminal one."""
    loop = asyncio.get_running_loop()
    coalescer = Coalescer()

    def show(text: str, now: float) -> float:
        write(reply_frame(text))
        return coalescer.sent(now)

    heartbeat_at = loop.time() + HEARTBEAT_EVERY_S
    while True:
        now = loop.time()
        if now >= heartbeat_at:
            write(HEARTBEAT_FRAME)
            heartbeat_at += HEARTBEAT_EVERY_S
        entries = gate.let_through(follower.take(), now)
        events = [entry for entry in entries if not isinstance(entry, Answered)]
        frames = coalescer.take(events, now, since=follower.since)
        if frames:
            write(b"".join([encode_frame(frame.message) for frame in frames]))
        if events and is_terminal(events[-1]):
            await asyncio.sleep(GRACE_S)
            return
        due = [at for at in (coalescer.due(), gate.due()) if at is not None]
        if due:
            await follower.wait(min(*due, heartbeat_at) - now)
        else:
            bundles_until = coalescer.bundles_until
            await follower.flow(heartbeat_at - now, show, bundles_until=bundles_until)


def _terminal(entries: Sequence[Entry]) -> Event | None:
    """The event that ended the log, if it has ended."""
    last = entries[-1] if entries else None
    return (
        last if last is not None and not isinstance(last, Answered) and is_terminal(last) else None
    )
