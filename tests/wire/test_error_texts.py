"""What users read when something is refused: plain text for the CLI, in an object for everybody
else."""

import pytest

from orgs.logic.permissions import Role
from plans.models import Plan
from tests.factories import World, invite_make
from tests.plans.factories import plan_make, user_of
from tests.wire.client import ApiClient, StrictClient
from tests.wire.refusals import (
    ACCOUNTS,
    CONTEXT,
    MODELS,
    OF_THE_CLI,
    PEOPLE,
    PLANS,
    PROJECTS,
    Refusal,
)


def named(one: Refusal) -> str:
    return f"{one.method} {one.path[:40]} {one.text[:40]}"


@pytest.fixture
def known(world: World) -> dict[str, str]:
    owner = user_of(world.owner)
    plan = plan_make(project=world.project, owner=owner, name="one")
    archived = plan_make(project=world.project, owner=owner, name="two")
    Plan.objects.filter(pk=archived.pk).update(archived_at=archived.created_at)
    invite_make(org=world.org, email="asked@example.com")
    roles = world.owner.get("/orgs/roles").json
    return {
        "owner": owner.id,
        "project": world.project.id,
        "plan": plan.id,
        "archived": archived.id,
        "main": f"/plans/{plan.id}/main",
        "role": next(one["id"] for one in roles if one["label"] == Role.MEMBER.label),
    }


def filled(body: object, known: dict[str, str]) -> object:
    if isinstance(body, dict) and all(isinstance(value, str | bool) for value in body.values()):
        return {
            key: value.format_map(known) if isinstance(value, str) else value
            for key, value in body.items()
        }
    return body


def said(client: StrictClient | ApiClient, one: Refusal, known: dict[str, str]) -> str:
    path = one.path.format_map(known)
    reply = client.request(one.method, path, filled(one.body, known), status=one.status)
    if isinstance(client, ApiClient):
        assert reply.json["code"] == one.status
        text: str = reply.json["message"]
        return text
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reply.text.endswith("\n")
    return reply.text[:-1]


def is_as_known(one: Refusal, text: str) -> bool:
    return text.startswith(one.text[:-1]) if one.text.endswith("…") else text == one.text


@pytest.mark.parametrize(
    "one", [*ACCOUNTS, *PEOPLE, *PROJECTS, *PLANS, *CONTEXT, *MODELS], ids=named
)
def test_the_text(world: World, team_mode: None, known: dict[str, str], one: Refusal) -> None:
    for client in (world.owner, world.owner.api):
        text = said(client, one, known)
        assert is_as_known(one, text), text


@pytest.mark.parametrize("one", OF_THE_CLI, ids=named)
def test_the_text_for_the_cli(world: World, known: dict[str, str], one: Refusal) -> None:
    assert said(world.owner, one, known) == one.text


@pytest.mark.parametrize(
    ("client", "text"),
    [
        (StrictClient(), "no auth header"),
        (StrictClient("dead"), ""),
    ],
    ids=["no token", "a dead token"],
)
def test_who_is_not_signed_in(world: World, client: StrictClient, text: str) -> None:
    reply = client.get("/projects", status=401)
    if text:
        assert reply.text == f"{text}\n"
    else:
        assert reply.headers["Content-Type"] == "application/json"
        expected = {"type": "invalid_token", "status": 401, "msg": "Invalid auth token"}
        assert reply.json == expected
    assert client.api.get("/projects", status=401).json["code"] == 401


def test_who_is_no_member(world: World) -> None:
    world.stranger.org_id = world.org.id
    assert world.stranger.get("/projects", status=401).text == "not a member of org\n"
    world.stranger.org_id = ""
    assert world.stranger.get("/projects", status=401).text == "no org id\n"


def test_local_mode_manages_no_people(world: World, local_mode: None) -> None:
    """As JSON: the CLI prints the message and ends."""
    for path in ("/users", "/invites/pending", "/invites/all"):
        reply = world.owner.get(path, status=403)
        assert reply.headers["Content-Type"] == "application/json"
        assert reply.json["type"] == "other"
        assert reply.json["status"] == 403
        assert world.owner.api.get(path, status=403).json["message"] == reply.json["msg"]


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("PATCH", "/plans/{plan}/rename", "Only the plan owner can rename a plan"),
        ("DELETE", "/plans/{plan}", "Only the plan owner can delete a plan"),
    ],
)
def test_a_shared_plan_is_its_owners(
    world: World, known: dict[str, str], method: str, path: str, text: str
) -> None:
    world.owner.patch("/plans/{plan}/share".format_map(known))
    for client in (world.member, world.member.api):
        reply = client.request(method, path.format_map(known), {"name": "x"}, status=403)
        assert text in reply.text
