"""Who a request is from: the CLI's envelope, a bare JWT, and what is refused."""

import base64
import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuthToken, User
from accounts.tokens import SignInToken, opaque_hash
from orgs.models import Membership, Org
from plandex_server.db import now
from tests.factories import World, client_make, org_make, user_make
from tests.wire.client import ApiClient, StrictClient, envelope

SESSION = "/orgs/session"


def status_of(header: str, **headers: str) -> int:
    named = {"Authorization": header} if header else {}
    return Client().get(SESSION, headers=named | headers).status_code


def test_it_works(world: World) -> None:
    assert world.member.get(SESSION).json["id"] == world.org.id
    assert world.member.api.get(SESSION).json["id"] == world.org.id


def test_one_query(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for client in (world.member, world.member.api, ApiClient(world.member.token)):
        with django_assert_num_queries(1):
            client.get(SESSION)


def test_the_envelope_as_the_cli_builds_it() -> None:
    header = envelope(
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "9b2f7f1e-7a52-4e0e-8f0f-0d6a6f6a1c11",
        "Local Org",
    )
    assert header == (
        "Bearer eyJ0b2tlbiI6IjNmMjUwNGUwLTRmODktNDFkMy05YTBjLTAzMDVlODJjMzMwMSIsIm9yZ0lkIjoiOWIy"
        "ZjdmMWUtN2E1Mi00ZTBlLThmMGYtMGQ2YTZmNmExYzExIiwiaGFzaCI6Ijk5ZjcxNDNjMzkzOGMyOWZjZjFmMjFj"
        "NjY5M2ZkN2E3MzViMmIwYmM5MTEyOGNmNDk0MzI2OTcyZmJiMjlkZGQifQ=="
    )


@pytest.mark.parametrize("pad", [0, 1, 2])
def test_lenient_base64(world: World, pad: int) -> None:
    content = {"token": world.member.token, "orgId": world.org.id, "hash": "", "x": "?" * pad}
    raw = json.dumps(content, ensure_ascii=False).encode()
    for encoded in (base64.urlsafe_b64encode(raw), base64.b64encode(raw)):
        assert status_of("Bearer " + encoded.decode()) == 200
        assert status_of("bearer " + encoded.decode().rstrip("=")) == 200


def test_an_opaque_token_is_known_by_its_hash(world: World) -> None:
    token = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    expected = "6704e007afafc2009ab9ddf89cbfa0e6b2c10564dde8eeff52589275ff810c15"
    assert opaque_hash(token) == expected
    AuthToken.objects.create(
        user_id=world.member.user_id, token_hash=expected, expires_at=now() + timedelta(days=1)
    )
    StrictClient(token=token, org_id=world.org.id).get(SESSION)
    ApiClient(token=token, org_id=world.org.id).get(SESSION)
    assert status_of(envelope(str(uuid.uuid4()), world.org.id)) == 401


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_a_dead_token_asks_the_cli_to_sign_in_again(world: World, field: str) -> None:
    AuthToken.objects.filter(user_id=world.member.user_id).update(**{field: now()})
    assert world.member.get(SESSION, status=401).json == {
        "type": "invalid_token",
        "status": 401,
        "msg": "Invalid auth token",
    }
    assert world.member.api.get(SESSION, status=401).json == {
        "code": 401,
        "message": "Invalid auth token",
        "details": {"reason": "invalid_token"},
    }


def test_a_deactivated_users_token_is_dead(world: World) -> None:
    User.objects.filter(pk=world.member.user_id).update(is_active=False)
    world.member.get(SESSION, status=401)


def test_a_jwt_without_its_row_is_dead(world: World) -> None:
    AuthToken.objects.filter(user_id=world.member.user_id).delete()
    world.member.get(SESSION, status=401)


def test_a_jwt_of_another_key_is_foreign(world: World) -> None:
    head, payload, signature = world.member.token.split(".")
    forged = f"{head}.{payload}.{signature[::-1]}"
    for client in (StrictClient(token=forged, org_id=world.org.id), ApiClient(token=forged)):
        client.get(SESSION, status=401)


def test_a_jwt_says_no_more_than_its_owner(world: World) -> None:
    payload = SignInToken(world.member.token).payload  # type: ignore[arg-type]
    assert set(payload) == {"token_type", "exp", "iat", "jti", "user_id"}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer !!!!",
        "Bearer " + base64.urlsafe_b64encode(b"no json").decode(),
        "Bearer " + base64.urlsafe_b64encode(b"[]").decode(),
        "Bearer " + base64.urlsafe_b64encode(b'{"token":5}').decode(),
        "Bearer a.b.c",
        "Bearer a.b",
        envelope("", "org"),
        envelope("nonsense", "org"),
        envelope("nul\x00", "org"),
    ],
)
@pytest.mark.django_db
def test_what_is_no_token(header: str) -> None:
    assert status_of(header) == 401
    assert status_of(header, **{"X-Client-Version": "2.2.1"}) == 401


def test_the_cli_must_name_an_org(world: World) -> None:
    world.member.org_id = ""
    assert world.member.get(SESSION, status=401).text == "no org id\n"


@pytest.mark.parametrize("org_id", ["nonsense", "nul\x00", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_org(world: World, org_id: str) -> None:
    world.member.org_id = org_id
    assert world.member.get(SESSION, status=401).text == "not a member of org\n"


def test_someone_elses_org(world: World) -> None:
    for client in (world.stranger, world.stranger.api):
        client.org_id = world.org.id
        client.get(SESSION, status=401)


def test_the_id_of_an_org_may_be_in_capitals(world: World) -> None:
    world.member.org_id = world.org.id.upper()
    world.member.get(SESSION)


def test_a_bearer_may_leave_the_only_org_out(world: World) -> None:
    assert ApiClient(world.member.token).get(SESSION).json["id"] == world.org.id


def test_a_bearer_of_several_orgs_must_name_one(world: World) -> None:
    second = org_make(owner=User.objects.get(pk=world.member.user_id))
    api = ApiClient(world.member.token)
    assert api.get(SESSION, status=400).json["details"]["reason"] == "org_not_named"
    api.org_id = second.id
    assert api.get(SESSION).json["id"] == second.id


@pytest.mark.django_db
def test_a_bearer_without_an_org() -> None:
    client_make(user_make()).api.get(SESSION, status=401)


def test_a_removed_member(world: World) -> None:
    Membership.objects.filter(user_id=world.member.user_id).delete()
    world.member.get(SESSION, status=401)


def test_a_changed_mode_is_told_once(world: World) -> None:
    Org.objects.filter(pk=world.org.pk).update(integrated_models_mode=True)
    assert world.member.get("/projects", status=401).json["type"] == "auth_outdated"
    assert world.member.get(SESSION).json["integratedModelsMode"] is True
    world.member.integrated = True
    world.member.get("/projects")

    Org.objects.filter(pk=world.org.pk).update(integrated_models_mode=False)
    world.member.get("/projects", status=401)
    world.member.integrated = False
    world.member.get("/projects")


def test_a_cli_that_does_not_learn_is_let_through(world: World) -> None:
    Org.objects.filter(pk=world.org.pk).update(integrated_models_mode=True)
    world.member.get("/projects", status=401)
    world.member.get("/projects")


def test_the_session_never_answers_auth_outdated(world: World) -> None:
    Org.objects.filter(pk=world.org.pk).update(integrated_models_mode=True)
    world.member.get(SESSION)


def test_another_name_or_no_hash_is_not_outdated(world: World) -> None:
    Org.objects.filter(pk=world.org.pk).update(integrated_models_mode=True)
    world.member.org_name = "Old Name"
    world.member.get("/projects")
    world.member.api.get("/projects")
    empty = json.dumps({"token": world.member.token, "orgId": world.org.id, "hash": ""})
    header = "Bearer " + base64.urlsafe_b64encode(empty.encode()).decode()
    assert Client().get("/projects", headers={"Authorization": header}).status_code == 200
