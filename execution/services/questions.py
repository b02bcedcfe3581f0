"""Questions of a run to its user's client: what to do about a file, which files to load."""

import asyncio
import logging
from collections.abc import Sequence

from execution.errors import RunFailed
from execution.logic.events import LoadContext, PromptMissingFile
from execution.logic.prompts.wrapped import MissingFileChoice
from execution.logic.stretches import Answered, Entry
from execution.models import PendingAction
from execution.services.actions import action_answer, action_open, action_result
from execution.services.database_away import steadily
from execution.services.session import Session
from plandex_server.db import new_id
from plandex_server.threads import in_thread
from plans.models import PlanStatus

logger = logging.getLogger(__name__)

MISSING_FILE = "missing_file"
AUTO_LOAD = "auto_load"
MISSING_FILE_S = 30 * 60
"""A person may be away from the terminal."""
AUTO_LOAD_S = 30.0
"""A client reads and sends files by itself; one that has not in this time never will."""
AUTO_LOAD_UNSEEN_S = 30 * 60
"""Nobody is connected: the next client that connects gets the question."""
LOOK_AGAIN_S = 2.0
"""The answer wakes the run; looking again covers an answer that another process took."""


async def ask_missing_file(session: Session, path: str) -> MissingFileChoice:
    """Asks the user about a file; waits for the answer."""
    await session.status(PlanStatus.MISSING_FILE)
    auto = session.tell.auto_context
    question = PromptMissingFile(path, auto_context=auto)
    answer = await _ask(session, MISSING_FILE, {"path": path}, question, MISSING_FILE_S)
    if answer is None:
        raise RunFailed("Stream error: timeout waiting for missing file choice")
    return MissingFileChoice(str(answer))


async def load_context(session: Session, paths: Sequence[str]) -> None:
    """Lets the client load files; the run goes on when it has."""
    seen = await session.runtime.log.is_followed(session.run.id)
    if not seen and not session.tell.auto_context:
        return
    question = LoadContext(tuple(paths))
    limit = AUTO_LOAD_S if seen else AUTO_LOAD_UNSEEN_S
    answer = await _ask(session, AUTO_LOAD, {"paths": list(paths)}, question, limit)
    if answer is None:
        raise RunFailed("Stream error: timeout waiting for auto load context response")
    session.emit(Answered())


async def _ask(
    session: Session, kind: str, payload: dict[str, object], question: Entry, seconds: float
) -> object | None:
    action = await steadily(action_open, session.run, new_id(), kind, payload)
    session.emit(question)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        answer = await steadily(action_result, action)
        if answer is not None:
            return answer
        await session.runtime.news(session.run.id, min(LOOK_AGAIN_S, deadline - loop.time()))
    return await _closed(action)


async def _closed(action: PendingAction) -> object | None:
    """Closes a question that nobody answered, unless the answer came at the last moment."""
    if await in_thread(action_answer, action, ""):
        return None
    return await steadily(action_result, action)
