"""What a tell or build is told before any stream begins, and requests that come twice."""

import asyncio

import pytest
from pytest_django import Settings

from execution.clients.fake import SILENCE
from execution.logic.requests import TellPlanRequest
from execution.models import Run
from execution.services import new_runs
from execution.services.run_request import request_decode, run_credentials
from plandex_server.threads import in_thread
from tests.execution.runs.exchange import Exchange
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import KEY, Stage, on_stage


@on_stage
async def test_without_credentials_nothing_starts(stage: Stage) -> None:
    viewer = await stage.tell(authVars={})
    reply = await viewer.reply()
    assert reply.status == 400
    assert reply.text.startswith("No api keys/credentials provided for models")
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert not await in_thread(Run.objects.exists)


@on_stage
async def test_older_keys_are_taken_too(stage: Stage) -> None:
    stage.models.queue("planner", "Yes.")
    await stage.told(isChatOnly=True, authVars=None, apiKeys={"OPENROUTER_API_KEY": KEY})
    assert stage.models.asked("planner")[0].choice.auth.api_key == KEY


@on_stage
async def test_one_run_at_a_time(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    reply = await (await stage.tell("Another")).reply()
    assert reply.status == 409
    assert reply.text.strip().endswith(
        f"Error telling plan: plan {stage.plan.id} branch main "
        "already has an active stream on this host"
    )
    assert len((await stage.turn()).messages) == 1
    await stage.stop()
    await viewer.end()


@on_stage
async def test_a_build_while_a_run_goes_on_is_refused(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    await stage.told(buildMode="none")
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell(isChatOnly=True)
    await viewer.until_text("Half")
    reply = await (await stage.build()).reply()
    assert reply.status == 409
    assert "already has an active stream" in reply.text
    await stage.stop()
    await viewer.end()
    assert (await (await stage.build()).end()).terminal == {"type": "finished"}


@on_stage
async def test_of_two_tells_at_the_same_time_one_is_refused(stage: Stage) -> None:
    stage.models.queue("planner", "One.", SILENCE)
    viewers = await asyncio.gather(stage.tell("One"), stage.tell("Two"))
    assert sorted(viewer.status for viewer in viewers) == [200, 409]
    await min(viewers, key=lambda viewer: viewer.status).until_text("One.")
    await stage.stop()


@on_stage
async def test_a_key_that_comes_again_means_the_same_run(stage: Stage) -> None:
    stage.models.queue("planner", "Only once.")
    key = {"Idempotency-Key": "k-1"}
    first = await (await stage.tell(headers=key)).end()
    again = await (await stage.tell(headers=key)).end()
    assert again.messages == first.messages
    assert await in_thread(Run.objects.count) == 1
    assert len((await stage.turn()).messages) == 2


@on_stage
async def test_a_key_that_comes_again_joins_the_run_that_goes_on(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    key = {"Idempotency-Key": "k-1"}
    first = await stage.tell(headers=key)
    await first.until_text("Half")
    second = await stage.tell(headers=key)
    await second.until_text("Half")
    await stage.stop()
    assert (await second.end()).reply == (await first.end()).reply == "Half"


@on_stage
async def test_a_key_that_comes_again_is_answered_whatever_has_changed(stage: Stage) -> None:
    """There is nothing left to build, and no key is given any more."""
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    await (await stage.tell(buildMode="none", headers={"Idempotency-Key": "k-1"})).end()
    key = {"Idempotency-Key": "k-2"}
    first = await (await stage.build(headers=key)).end()
    again = await (await stage.build(headers=key)).end()
    assert first.types[-1] == "finished"
    assert again.messages == first.messages
    tell = await stage.tell(buildMode="none", authVars={}, headers={"Idempotency-Key": "k-1"})
    assert tell.status == 200
    assert await in_thread(Run.objects.count) == 2


@on_stage
async def test_a_key_with_another_body_is_refused(stage: Stage) -> None:
    stage.models.queue("planner", "Only once.")
    key = {"Idempotency-Key": "k-1"}
    await (await stage.tell(headers=key)).end()
    assert (await (await stage.tell("Something else", headers=key)).reply()).status == 409


@on_stage
async def test_a_key_twice_at_the_same_moment_is_one_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request looks before the first has made its run."""
    stage.models.queue("planner", "Only once.", SILENCE)
    key = {"Idempotency-Key": "k-1"}
    first = await stage.tell(headers=key)
    await first.until_text("once")
    look, blind = new_runs._earlier, iter([True])
    monkeypatch.setattr(
        new_runs, "_earlier", lambda *about: None if next(blind, False) else look(*about)
    )
    second = await stage.tell(headers=key)
    assert second.status == 200
    await stage.stop()
    assert (await second.end()).reply == "Only once."


@on_stage
async def test_who_may_not_change_the_plan_may_not_tell(stage: Stage) -> None:
    refused = await stage.tell(client=stage.world.stranger)
    assert refused.status == 404
    hidden = await stage.tell(client=stage.world.member)
    assert hidden.status in (403, 404)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"prompt": 7}'])
@on_stage
async def test_an_odd_body_is_refused(stage: Stage, body: bytes) -> None:
    path = f"/plans/{stage.plan.id}/main/tell"
    exchange = Exchange("POST", path, stage.world.owner.headers(), body)
    stage.exchanges.append(exchange)
    reply = await exchange.reply()
    assert reply.status == 400, reply
    stage.world.owner.check("POST", path, reply, None)


@on_stage
async def test_a_body_has_a_limit(stage: Stage, settings: Settings) -> None:
    settings.MAX_STREAM_BODY_BYTES = 10_000
    reply = await (await stage.tell("x" * 10_000)).reply()
    assert reply.status == 413
    assert reply.text == "The request's body is larger than 10000 bytes.\n"
    assert not await in_thread(Run.objects.exists)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics", "/projects"])
@on_stage
async def test_who_has_not_signed_in_sends_little(
    stage: Stage, settings: Settings, path: str
) -> None:
    settings.MAX_SMALL_BODY_BYTES = 1000
    exchange = Exchange("GET", path, {}, b"x" * 1001)
    stage.exchanges.append(exchange)
    assert (await exchange.reply()).status == 413


@on_stage
async def test_a_branch_that_does_not_exist_is_not_found(stage: Stage) -> None:
    stage.branch = "nowhere"
    assert (await (await stage.tell()).reply()).status == 404


@on_stage
async def test_keys_are_sealed_while_the_run_goes_on_and_erased_at_its_end(stage: Stage) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    run = await stage.run()
    assert run.sealed_credentials is not None
    assert KEY.encode() not in bytes(run.sealed_credentials)
    assert await in_thread(run_credentials, run) == {"OPENROUTER_API_KEY": KEY}
    asked = await in_thread(request_decode, bytes(run.request), TellPlanRequest)
    assert (asked.auth_vars, asked.api_keys) == (None, None)
    await stage.stop()
    await viewer.end()
    assert (await stage.run()).sealed_credentials is None


@on_stage
async def test_a_long_list_of_paths_is_taken(stage: Stage) -> None:
    stage.models.queue("planner", "Yes.")
    paths = {f"src/some/folder/file_{number}.py": True for number in range(20_000)}
    assert (await stage.told(isChatOnly=True, projectPaths=paths)).reply == "Yes."


def test_a_request_that_is_printed_shows_no_keys() -> None:
    asked = TellPlanRequest(prompt="The secret plan.", auth_vars={"OPENROUTER_API_KEY": KEY})
    assert repr(asked) == "<TellPlanRequest>"
