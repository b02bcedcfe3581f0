"""A branch's runs over a WebSocket."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from pytest_django import Settings

from accounts.models import AuthToken
from execution.clients.fake import SILENCE, Gate
from execution.models import Run
from execution.selectors import run_after
from plandex_server.rates import Rates
from plandex_server.threads import in_thread
from tests.context.samples import a_file, a_map
from tests.execution.runs.exchange import PATIENCE_S
from tests.execution.runs.replies import done, plan_of
from tests.execution.runs.sockets import Socket
from tests.execution.runs.stage import Stage, on_stage
from tests.wire.client import StrictClient


def _open(
    stage: Stage,
    *,
    client: StrictClient | None = None,
    headers: dict[str, str] | None = None,
    plan: str = "",
    branch: str = "main",
    **query: object,
) -> Socket:
    sent = (client or stage.world.owner).headers() if headers is None else headers
    path = f"/ws/plans/{plan or stage.plan.id}/{branch}?{urlencode(query)}"
    socket = Socket(path, sent)
    stage.exchanges.append(socket)  # type: ignore[arg-type]  # it can leave, and has a task
    return socket


@on_stage
async def test_it_works(stage: Stage) -> None:
    gate = Gate()
    stage.models.queue("planner", "Before. ", gate, "After.")
    await stage.background(isChatOnly=True)
    await gate.wait_reached()
    socket = _open(stage)
    await socket.until("reply")
    gate.open()
    await socket.until("finished")
    assert socket.shown == [
        (0, "start"),
        (1, "reply"),
        (2, "reply"),
        (3, "describing"),
        (4, "finished"),
    ]
    assert socket.frames[0]["runId"] == (await stage.run()).id
    assert socket.reply == "Before. After."


@on_stage
async def test_a_client_goes_on_where_it_was(stage: Stage) -> None:
    stage.models.queue("planner", "One ", "two ", "three")
    await stage.told(isChatOnly=True)
    socket = _open(stage, after=2)
    await socket.until("finished")
    assert socket.shown[0] == (2, "start")
    assert socket.reply == "three"


@on_stage
async def test_it_waits_for_a_run(stage: Stage) -> None:
    socket = _open(stage)
    await asyncio.sleep(0.05)
    assert socket.frames == []
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    await socket.until("finished")
    assert socket.reply == "Here."


@on_stage
async def test_waiting_is_no_request(
    stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.USER_REQUESTS_PER_MINUTE = 2
    rates = Rates(clock=lambda: 600.0)
    looks = iter(range(10))
    looked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(*about: Any) -> Any:
        if next(looks, None) is None:
            loop.call_soon_threadsafe(looked.set)
        return run_after(*about)

    monkeypatch.setattr("orgs.authentication.rates", lambda: rates)
    monkeypatch.setattr("execution.websocket.LOOK_EVERY_S", 0.001)
    monkeypatch.setattr("execution.websocket.run_after", look)
    socket = _open(stage)
    await asyncio.wait_for(looked.wait(), PATIENCE_S)
    assert (socket.frames, socket.code) == ([], 0)
    await stage.request("GET", "convo", status=200)


@on_stage
async def test_it_follows_one_run_after_another(stage: Stage) -> None:
    for text in ("First.", "Second.", "Third."):
        stage.models.queue("planner", text)
    await stage.told(isChatOnly=True)
    first = await stage.run()
    await stage.told(isChatOnly=True)
    socket = _open(stage, after=1, run=first.id)
    await stage.told(isChatOnly=True)
    await socket.until("finished", 3)
    assert socket.reply == "Second.Third."
    assert [frame["n"] for frame in socket.frames if "runId" in frame] == [1, 0, 0]


@on_stage
async def test_it_finds_the_next_run_after_a_clock_was_set_back(stage: Stage) -> None:
    stage.models.queue("planner", "One.")
    await stage.told(isChatOnly=True)
    await in_thread(_made_later, await stage.run(), timedelta(hours=1))
    socket = _open(stage, after=0)
    await socket.until("finished")
    stage.models.queue("planner", "Two.")
    await stage.told(isChatOnly=True)
    await socket.until("finished", 2)
    assert socket.reply == "One.Two."


def _made_later(run: Run, by: timedelta) -> None:
    Run.objects.filter(pk=run.pk).update(created_at=run.created_at + by)


@on_stage
async def test_a_run_whose_end_was_seen_is_not_shown_again(stage: Stage) -> None:
    stage.models.queue("planner", "First.")
    await stage.told(isChatOnly=True)
    first = await stage.run()
    socket = _open(stage, after=3, run=first.id)
    stage.models.queue("planner", "Second.")
    await stage.told(isChatOnly=True)
    await socket.until("finished")
    assert socket.reply == "Second."


@on_stage
async def test_the_run_is_stopped(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    await stage.background(isChatOnly=True)
    socket = _open(stage)
    await socket.until("reply")
    socket.say({"action": "stop"})
    await socket.until("aborted")
    assert (await stage.turn()).messages[-1].stopped


@on_stage
async def test_questions_are_answered(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it", uses="a.py"))
    block = '- a.py:\n<PlandexBlock lang="python" path="a.py">\n'
    stage.models.queue("coder", "Text\n\n", block + "never shown", SILENCE)
    stage.models.queue("coder", done("Write it"))
    await stage.background(projectPaths={"a.py": True})
    socket = _open(stage)
    asked = await socket.until("promptMissingFile")
    assert asked["event"]["missingFilePath"] == "a.py"
    socket.say({"action": "missing_file", "filePath": "a.py", "choice": "skip", "body": ""})
    await socket.until("finished")
    assert not any("error" in frame for frame in socket.frames)


@on_stage
async def test_files_are_loaded(stage: Stage) -> None:
    await stage.request("POST", "context", [a_map(parts={"b.py": "def f()\n"})])
    stage.models.queue("architect", "Look.\n\n### Files\n\n- `b.py` (`f`)\n<PlandexFinish/>")
    stage.models.queue("planner", "All is well.")
    await stage.background(autoContext=True, projectPaths={"b.py": True})
    socket = _open(stage)
    asked = await socket.until("loadContext")
    assert asked["event"]["loadContextFiles"] == ["b.py"]
    socket.say({"action": "auto_load", "items": [a_file("b.py", "The text.\n", autoLoaded=True)]})
    await socket.until("finished")
    assert "b.py" in (await stage.turn()).context_paths


BAD_FRAMES = (
    ("{", "Error parsing the frame: it is not valid JSON"),
    ("[]", "Error parsing the frame: Expected `object`, got `array`"),
    ("{}", "action must be stop, missing_file or auto_load"),
    ('{"action": 1}', "Error parsing the frame: Expected `str`, got `int` - at `$.action`"),
    (
        '{"action": "missing_file", "choice": "maybe"}',
        "choice must be load, skip or overwrite",
    ),
    ('{"action": "auto_load", "items": [{"contextType": "soup"}]}', "no context type 'soup'"),
    ('{"action": "stop"}', "No active model stream for plan"),
)


@pytest.mark.parametrize(("text", "message"), BAD_FRAMES)
@on_stage
async def test_a_frame_that_can_not_be_followed_is_answered(
    stage: Stage, text: str, message: str
) -> None:
    socket = _open(stage)
    socket.say_raw(text)
    error = await socket.error()
    assert message in error["message"]
    assert error["code"] in (400, 404)
    assert socket.code == 0


@on_stage
async def test_bytes_are_no_frames(stage: Stage) -> None:
    socket = _open(stage)
    socket.say_raw(None, b"{}")
    assert (await socket.error())["message"] == "Error parsing the frame: it must be text"


# -- who may --------------------------------------------------------------------------------


@on_stage
async def test_browsers_put_the_token_into_the_address(stage: Stage) -> None:
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    owner = stage.world.owner
    socket = _open(stage, headers={}, token=owner.token, org=stage.world.org.id, after=0)
    await socket.until("finished")


@on_stage
async def test_without_a_token_it_is_closed(stage: Stage) -> None:
    socket = _open(stage, headers={})
    assert await socket.closed() == 4401
    assert (await socket.error())["details"]["reason"] == "no_auth_header"


@on_stage
async def test_a_dead_token_closes_it(stage: Stage) -> None:
    socket = _open(stage, headers={"Authorization": "Bearer a.b.c"})
    assert await socket.closed() == 4401


@on_stage
async def test_a_stranger_sees_no_plan(stage: Stage) -> None:
    assert await _open(stage, client=stage.world.stranger).closed() == 4404


@pytest.mark.parametrize("plan", ["00000000-0000-4000-8000-000000000000", "nonsense"])
@on_stage
async def test_there_is_no_such_plan(stage: Stage, plan: str) -> None:
    assert await _open(stage, plan=plan).closed() == 4404


@on_stage
async def test_there_is_no_such_branch(stage: Stage) -> None:
    assert await _open(stage, branch="other").closed() == 4404


@on_stage
async def test_there_is_no_such_run(stage: Stage) -> None:
    assert await _open(stage, run="00000000-0000-4000-8000-000000000000").closed() == 4404


@on_stage
async def test_a_place_is_a_number(stage: Stage) -> None:
    assert await _open(stage, after="here").closed() == 4400


@on_stage
async def test_there_is_no_such_address(stage: Stage) -> None:
    socket = Socket("/ws/elsewhere", {})
    assert await socket.closed() == 4404


@on_stage
async def test_signing_out_ends_it(stage: Stage) -> None:
    socket = _open(stage)
    socket.say({"action": "dance"})
    await socket.error()
    await in_thread(AuthToken.objects.all().delete)
    socket.say({"action": "stop"})
    assert await socket.closed() == 4401


@on_stage
async def test_a_connection_that_breaks_anywhere_loses_and_repeats_nothing(stage: Stage) -> None:
    stage.models.queue("planner", *[f"{number} " for number in range(6)])
    await stage.told(isChatOnly=True)
    run_id = (await stage.run()).id
    first = _open(stage, run=run_id)
    await first.until("finished")
    events = [frame for frame in first.frames if frame["event"]["type"] != "start"]
    for place in range(len(events)):
        socket = _open(stage, after=place, run=run_id)
        await socket.until("finished")
        rest = [frame for frame in socket.frames if frame["event"]["type"] != "start"]
        assert rest == events[place:]


@on_stage
async def test_a_second_stop_and_a_late_answer_change_nothing(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    await stage.background(isChatOnly=True)
    socket = _open(stage)
    await socket.until("reply")
    socket.say({"action": "stop"})
    socket.say({"action": "stop"})
    await socket.until("aborted")
    await stage.wait_ended()
    socket.say({"action": "missing_file", "filePath": "a.py", "choice": "skip"})
    socket.say({"action": "auto_load", "items": []})
    assert (await socket.error())["code"] == 404
    run = await stage.run()
    assert (run.end, (await stage.status())[0]) == ("aborted", "stopped")
    assert [event for _, event in socket.shown].count("aborted") == 1
    assert len((await stage.turn()).messages) == 2
