"""What clients answer to a run's questions. Any process may take an answer; the first one wins."""

from collections.abc import Sequence

from context.logic.items import ContextType
from context.logic.loading import NewContext
from context.logic.results import LoadResult
from context.selectors import plan_limits
from context.services.load import context_load
from execution.errors import TooManyTokens
from execution.logic.prompts.wrapped import MissingFileChoice
from execution.models import Run
from execution.services.actions import action_answer, action_pending
from execution.services.questions import AUTO_LOAD, MISSING_FILE
from plandex_server.errors import BadRequest
from plans.models import Branch

LOADED = "loaded"


def missing_file_answer(
    *, run: Run, user_id: str, choice: MissingFileChoice, path: str, body: str
) -> bool:
    """Takes the user's choice; False when the question was answered before, or never asked.

    A file that can't be loaded leaves the question open, so that another choice can be made.
    """
    action = action_pending(run.id, MISSING_FILE)
    if action is None:
        return False
    if path and path != action.payload["path"]:
        raise BadRequest(f"The run is waiting for a choice about {action.payload['path']}")
    if choice is MissingFileChoice.LOAD:
        _load_file(run, user_id, action.payload["path"], body)
    return action_answer(action, choice.value)


def _load_file(run: Run, user_id: str, path: str, body: str) -> None:
    item = NewContext(context_type=ContextType.FILE, name=path, file_path=path, body=body)
    result = context_load(
        branch=run.branch,
        user_id=user_id,
        items=[item],
        limits=plan_limits(run.branch),
        auto_loaded=True,
    )
    if result.max_tokens_exceeded:
        raise TooManyTokens(result.msg)


def auto_load_answer(*, run: Run, user_id: str, items: Sequence[NewContext]) -> LoadResult:
    """Loads what the run asked for; the run goes on whatever comes of it.

    An answer that comes late or twice loads nothing.
    """
    action = action_pending(run.id, AUTO_LOAD)
    if action is None:
        return LoadResult()
    try:
        return context_load(
            branch=run.branch,
            user_id=user_id,
            items=items,
            limits=plan_limits(run.branch),
            auto_loaded=True,
        )
    finally:
        action_answer(action, LOADED)


def context_loaded(*, branch: Branch, result: LoadResult) -> None:
    """An ordinary load of auto-loaded items is an answer too: the CLI sends it so after it had to
    sign in again."""
    run = Run.objects.filter(branch=branch, finished_at__isnull=True).first()
    action = action_pending(run.id, AUTO_LOAD) if run is not None else None
    if action is not None:
        action_answer(action, LOADED)
