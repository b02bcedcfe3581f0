"""Every operation, called by everybody, in both dialects."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from execution.clients.key_check import Checked, Verdict
from tests.access.calls import operations, request_of
from tests.access.page import PAGE, page
from tests.access.scene import Scene, prepare, scene_make
from tests.access.table import Caller, Row, rows
from tests.factories import World
from tests.wire.client import ApiClient, StrictClient

ROWS = rows()
STREAMS = {"tellPlan", "buildPlan", "connectPlan"}
# The CLI makes packs by another operation.
NOT_FOR_THE_CLI = {"createModelPack", "updateModelPack"}
NEED_NO_ORG = {"signOut", "listOrgs", "createOrg"}


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch, team_mode: None) -> None:
    """Runs are made and not executed. What streaming views read, they read on the test's thread,
    where its transaction is."""
    monkeypatch.setattr("execution.streaming.in_thread", _in_this_thread)
    monkeypatch.setattr("execution.launch.start", _not_started)
    monkeypatch.setattr("execution.streaming.STOP_WAIT_S", 0.0)
    monkeypatch.setattr("execution.services.provider_keys.key_check", _accepted)


async def _in_this_thread(function: Callable[..., Any], *args: object) -> Any:
    return await sync_to_async(function)(*args)


async def _accepted(access: object) -> Checked:
    return Checked(Verdict.ACCEPTED, "fine")


async def _not_started(run: object) -> None:
    pass


def status_of(client: StrictClient | ApiClient, row: Row, scene: Scene) -> int:
    """The status of the operation's answer, which is held against the description and the CLI's
    demands; nothing of it stays."""
    method, path, body = request_of(row.operation, row.situation, scene)
    with transaction.atomic():
        if row.operation in STREAMS:
            status = client.opened(method, path, body)
        else:
            status = client.probe(method, path, body).status
        transaction.set_rollback(True)
    return status


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_may(row: Row) -> None:
    scene = scene_make(row.situation)
    prepare(scene, row.operation, row.situation)
    for caller, expected in row.statuses.items():
        client = scene.clients[caller]
        assert status_of(client.api, row, scene) == expected, caller
        assert status_of(client, row, scene) == in_cli_dialect(row.operation, expected), caller


def in_cli_dialect(operation: str, status: int) -> int:
    if operation in NOT_FOR_THE_CLI and status != 401:
        return 400
    # The CLI decodes a body.
    return 200 if (operation, status) == ("deleteContext", 204) else status


@pytest.mark.parametrize(
    "row",
    {row.operation: row for row in ROWS if row.statuses[Caller.ANONYMOUS] == 401}.values(),
    ids=str,
)
def test_an_org_that_one_is_not_in_is_refused(db: None, row: Row) -> None:
    scene = scene_make(row.situation)
    prepare(scene, row.operation, row.situation)
    stranger = scene.clients[Caller.OTHER_ORG]
    stranger.org_id = scene.org.id
    if row.operation in NEED_NO_ORG:
        assert status_of(stranger, row, scene) < 300
    else:
        assert status_of(stranger, row, scene) == status_of(stranger.api, row, scene) == 401


def test_every_operation_is_in_the_table() -> None:
    assert {row.operation for row in ROWS} == set(operations())


def test_the_page_shows_the_table() -> None:
    assert PAGE.read_text() == page(), "write it again: python -m tests.access.page"


def test_situations_are_all_there() -> None:
    """What a plan's id leads to is asked of each of its situations."""
    for operation, (_, path) in operations().items():
        if "{planId}" in path:
            situations = {row.situation for row in ROWS if row.operation == operation}
            assert situations == {"private", "shared", "left"}, operation


def test_a_role_is_that_of_the_org(world: World) -> None:
    """An owner elsewhere is nobody here."""
    assert world.stranger.get("/orgs/session").json["id"] == world.other_org.id
    world.stranger.org_id = world.org.id
    world.stranger.get("/orgs/session", status=401)
