"""Builds: each file operation becomes a staged change, in order per path, paths in parallel."""

import asyncio
import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from execution.errors import RunFailed
from execution.logic.events import BuildInfo
from execution.logic.new_files import only_shows_changes, unwrapped
from execution.logic.pending import StagedChange, encode_staged
from execution.logic.reply_grammar import Operation, OperationKind
from execution.models import Build, BuildState
from execution.observed import build_placed
from execution.services.database_away import steadily
from execution.services.edit_build import EditFailed, Edits, edit_replacements
from execution.services.file_changes import BuildFailed, ChangeMaker
from execution.services.session import Session
from execution.services.staged import build_put
from execution.services.turns import NEVER, PlanState
from plandex_server.db import now
from plandex_server.observe.tracing import span

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""Edits that may ask models at the same time in one run: what providers bear from one user."""


class Builds:
    """The builds of one run. Every operation waits for those before it on the same paths."""

    def __init__(self, session: Session, group: asyncio.TaskGroup, edits: Edits) -> None:
        self._session = session
        self._group = group
        self._edits = edits
        self._last: dict[str, asyncio.Task[None]] = {}
        self._running = 0
        self._room = asyncio.Semaphore(AT_ONCE)
        self.state: PlanState | None = None
        self.reply_ids: set[str] = set()
        self._newest = NEVER

    @property
    def is_idle(self) -> bool:
        return self._running == 0

    def look_at(self, state: PlanState, *, seen: Sequence[StagedChange] = ()) -> None:
        """The branch as the next builds find it; `seen` are the staged changes it includes.

        Builds that ended while it was read are added.
        """
        known = {change.build_id for change in seen}
        later = [change for change in self._session.staged if change.build_id not in known]
        self.state = state.with_staged(later) if later else state

    def add(self, reply_id: str, operation: Operation) -> None:
        """Queues one operation."""
        self.reply_ids.add(reply_id)
        paths = [path for path in (operation.path, operation.destination) if path]
        earlier = [self._last[path] for path in paths if path in self._last]
        self._running += 1
        task = self._group.create_task(self._after(earlier, reply_id, operation))
        for path in paths:
            self._last[path] = task

    async def wait(self, paths: Iterable[str] | None = None) -> None:
        """Waits for the builds of these paths, or for all."""
        tasks = (
            list(self._last.values())
            if paths is None
            else [self._last[path] for path in paths if path in self._last]
        )
        if tasks:
            await asyncio.wait(tasks)

    async def _after(
        self, earlier: list["asyncio.Task[None]"], reply_id: str, operation: Operation
    ) -> None:
        try:
            if earlier:
                await asyncio.wait(earlier)
            with span("build", kind=operation.kind.value):
                await self._one(reply_id, operation)
        finally:
            self._running -= 1

    async def _one(self, reply_id: str, operation: Operation) -> None:
        build_id, path = str(uuid.uuid4()), operation.path
        try:
            if operation.refusal:
                raise BuildFailed(operation.refusal)
            change = await self._change(build_id, reply_id, operation)
        except (BuildFailed, EditFailed) as failure:
            await self._failed(build_id, reply_id, path, str(failure))
            return
        except RunFailed as failure:
            await self._failed(build_id, reply_id, path, failure.msg)
            return
        if operation.kind is not OperationKind.FILE:
            build_placed(operation.kind.value)
        overtaken = self._overtaken(reply_id, operation)
        row = self._row(build_id, reply_id, path, BuildState.DONE)
        if change is None:
            logger.info("run %s: nothing to do for a %s", self._session.run.id, operation.kind)
            if overtaken or build_id in self._session.building:
                await self._put(row, overtaken)
            self._session.emit(BuildInfo(path, finished=True))
            return
        row.result = encode_staged(change)
        await self._put(row, overtaken)
        self._stage(change)
        self._session.emit(*_finished(operation, change, self._state))

    def _moment(self) -> datetime:
        """Now, but after all results so far: their times say in which order they are replayed, and
        a clock may be set back, or be behind that of the worker before."""
        newest = max(self._newest, self._state.newest_at)
        self._newest = max(now(), newest + timedelta(microseconds=1))
        return self._newest

    @property
    def _state(self) -> PlanState:
        assert self.state is not None, "builds start after the branch was read"
        return self.state

    def _stage(self, change: StagedChange) -> None:
        self._session.staged.append(change)
        self.state = self._state.with_staged([change])

    def _overtaken(self, reply_id: str, operation: Operation) -> list[str]:
        """Nobody wants an earlier operation built any more whose file is gone since, or reset, or
        written for a later prompt, by a model that knew the file without it."""
        edits = operation.kind is OperationKind.FILE
        if edits and not self._is_of_this_run(reply_id):
            return []
        return [
            earlier_id
            for earlier_id, path in self._session.failures
            if path == operation.path and not (edits and self._is_of_this_run(earlier_id))
        ]

    def _is_of_this_run(self, reply_id: str) -> bool:
        reply = self._session.reply
        return reply_id in self._session.reply_ids or (reply is not None and reply.id == reply_id)

    async def _failed(self, build_id: str, reply_id: str, path: str, why: str) -> None:
        session = self._session
        logger.warning("run %s: a build failed: %s", session.run.id, why[:200])
        build_placed("failed")
        session.failures[reply_id, path] = why
        row = self._row(build_id, reply_id, path, BuildState.FAILED)
        row.error = why
        await self._put(row)
        session.emit(BuildInfo(path, finished=True))

    def _row(self, build_id: str, reply_id: str, path: str, state: BuildState) -> Build:
        return Build(
            id=build_id,
            run_id=self._session.run.id,
            plan_id=self._session.run.plan_id,
            message_id=reply_id,
            path=path,
            state=state.value,
            created_at=self._moment(),
        )

    async def _put(self, row: Build, overtaken: Sequence[str] = ()) -> None:
        """Writes a build's row, or what became of it since it began."""
        session = self._session
        if row.state == BuildState.RUNNING:
            session.building.add(row.id)
        await steadily(build_put, row, overtaken)
        if row.state != BuildState.RUNNING:
            session.building.discard(row.id)
        for reply_id in overtaken:
            session.given_up.add((reply_id, row.path))
            del session.failures[reply_id, row.path]

    async def _change(
        self, build_id: str, reply_id: str, operation: Operation
    ) -> StagedChange | None:
        maker = ChangeMaker(
            build_id, reply_id, self._state, self._session.project_paths, self._moment
        )
        match operation.kind:
            case OperationKind.FILE:
                return await self._file(maker, operation)
            case OperationKind.MOVE:
                return maker.move(operation.path, operation.destination)
            case OperationKind.REMOVE:
                return maker.remove(operation.path)
            case OperationKind.RESET:
                return maker.reset(operation.path)

    async def _file(self, maker: ChangeMaker, operation: Operation) -> StagedChange | None:
        path = operation.path
        original = self._state.text_of(path)
        if not original:
            if only_shows_changes(operation):
                raise BuildFailed(f"the reply edits {path}, which does not exist or is empty")
            build_placed("new_file")
            return maker.write(path, unwrapped(operation.content, path))
        if not operation.content.strip():
            raise BuildFailed(f"the reply left the content of {path} empty")
        self._session.emit(BuildInfo(path))
        await self._put(self._row(maker.build_id, maker.reply_id, path, BuildState.RUNNING))
        async with self._room:
            text = await self._edits.place(path=path, original=original, operation=operation)
        if text == original:
            return None
        replacements = edit_replacements(original, text, summary=operation.description.strip())
        return maker.edit(path, replacements)


def _finished(operation: Operation, change: StagedChange, state: PlanState) -> list[BuildInfo]:
    if operation.kind is OperationKind.RESET:
        gone = operation.path not in state.body_by_path
        return [BuildInfo(operation.path, finished=True, removed=gone)]
    infos = [
        BuildInfo(result.path, finished=True, removed=result.removed_file)
        for result in change.results
    ]
    shown = {info.path for info in infos}
    return [
        *(
            BuildInfo(path, finished=True, removed=True)
            for path in change.rejects
            if path not in shown
        ),
        *infos,
    ]
