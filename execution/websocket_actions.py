"""What a client may ask for on a WebSocket: stop, and answers to a run's questions."""

from context.serializers import LoadRequest
from execution import launch
from execution.logic.prompts.wrapped import MissingFileChoice
from execution.models import Run
from execution.selectors import run_active
from execution.services.answers import auto_load_answer, missing_file_answer
from execution.services.runs import run_stop_request
from plandex_server.api.body import Body, parse
from plandex_server.errors import BadRequest
from plandex_server.threads import in_thread
from plans.models import Branch

BAD_FRAME = "Error parsing the frame"


class ClientFrame(Body):
    action: str = ""
    file_path: str = ""
    choice: str = ""
    body: str = ""
    items: list[LoadRequest] = []


async def act(branch: Branch, user_id: str, text: str | None) -> None:
    """Does what a frame asks for, to the branch's active run; raises `ApiError`.

    A double or late answer changes nothing.
    """
    if text is None:
        raise BadRequest(f"{BAD_FRAME}: it must be text")
    frame = parse(text.encode("utf-8", "replace"), ClientFrame, error=BAD_FRAME)
    match frame.action:
        case "stop":
            run = await in_thread(_stop, branch)
            await launch.stop(run.id)
        case "missing_file":
            run = await in_thread(_missing_file, branch, user_id, frame)
            launch.wake(run.id)
        case "auto_load":
            await in_thread(_auto_load, branch, user_id, frame)
        case _:
            raise BadRequest("action must be stop, missing_file or auto_load")


def _stop(branch: Branch) -> Run:
    run = run_active(branch)
    run_stop_request(run)
    return run


def _missing_file(branch: Branch, user_id: str, frame: ClientFrame) -> Run:
    try:
        choice = MissingFileChoice(frame.choice)
    except ValueError:
        raise BadRequest("choice must be load, skip or overwrite") from None
    run = run_active(branch)
    missing_file_answer(
        run=run, user_id=user_id, choice=choice, path=frame.file_path, body=frame.body
    )
    return run


def _auto_load(branch: Branch, user_id: str, frame: ClientFrame) -> None:
    items = [one.item() for one in frame.items]
    run = run_active(branch)
    try:
        auto_load_answer(run=run, user_id=user_id, items=items)
    finally:
        launch.wake(run.id)
